//! A scripted security key for tests: CTAP responses written by hand, byte by byte, and the device's half of protocol 2.

use aes::Aes256;
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeEncrypt as _, KeyIvInit as _};
use hkdf::Hkdf;
use minicbor::Decoder;
use p256::{PublicKey, SecretKey};
use sha2::{Digest as _, Sha256};
use wire::webauthn::{Assertion, AssertionResponse, PUBLIC_KEY};

/// The token that the key issues.
pub(crate) const TOKEN: [u8; 32] = [0x77; 32];
/// The credential that the key makes and uses.
pub(crate) const CREDENTIAL: [u8; 3] = [0xC0, 0xFF, 0xEE];
/// The user handle that it holds.
pub(crate) const USER_HANDLE: &[u8] = b"OF:carol";
/// The signature that it gives, for the client to hand on unread.
pub(crate) const SIGNATURE: [u8; 4] = [0x30, 0x02, 0x05, 0x00];

/// A key that answers commands by what was set, and keeps them.
pub(crate) struct FakeKey {
    pub(crate) info: Vec<u8>,
    pub(crate) heard: Vec<Vec<u8>>,
    /// Answers that replace the usual ones: for the command byte, the next response.
    pub(crate) scripted: Vec<(u8, Vec<u8>)>,
    secret: SecretKey,
}

impl FakeKey {
    /// A phone of HYPR: built-in verification, tokens, resident keys.
    pub(crate) fn hypr() -> Self {
        Self::with_info(info(&[("rk", true), ("uv", true), ("pinUvAuthToken", true)], &[2, 1], None))
    }

    pub(crate) fn with_info(info: Vec<u8>) -> Self {
        let secret = SecretKey::from_slice(&[9; 32]).unwrap();
        Self { info, heard: Vec::new(), scripted: Vec::new(), secret }
    }

    /// The response to a command, or none while the key waits for its user.
    pub(crate) fn respond(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        wire::cbor::check_canonical(command.get(1..).filter(|cbor| !cbor.is_empty()).unwrap_or(&[0xA0])).unwrap();
        self.heard.push(command.to_vec());
        if let Some(at) = self.scripted.iter().position(|(byte, _)| *byte == command[0]) {
            let response = self.scripted.remove(at).1;
            return (!response.is_empty()).then_some(response);
        }
        Some(match command[0] {
            0x01 => ok(&made_credential()),
            0x02 => ok(&assertion(1)),
            0x04 => ok(&self.info),
            0x06 => self.client_pin(&command[1..]),
            0x08 => ok(&assertion(0)),
            _ => vec![0x01],
        })
    }

    fn client_pin(&self, parameters: &[u8]) -> Vec<u8> {
        match subcommand(parameters) {
            2 => ok(&[&[0xA1, 0x01][..], &cose(&self.secret.public_key())].concat()),
            6 => {
                let (_, x, y) = wire::cose::ec2_point(member(parameters, 3).unwrap()).unwrap();
                let peer = PublicKey::from_sec1_bytes(&[&[4][..], &x, &y].concat()).unwrap();
                let shared = self.secret.diffie_hellman(&peer);
                let protocol = Decoder::new(member(parameters, 1).unwrap()).u64().unwrap();
                let sealed = seal(protocol, shared.raw_secret_bytes());
                ok(&[&[0xA1, 0x02][..], &bytes(&sealed)].concat())
            }
            _ => vec![0x3E],
        }
    }
}

/// A status byte of success and CBOR.
pub(crate) fn ok(cbor: &[u8]) -> Vec<u8> {
    [&[0x00], cbor].concat()
}

/// A getInfo answer with these options and protocols; `limits` are maxCredentialCountInList and maxCredentialIdLength.
pub(crate) fn info(options: &[(&str, bool)], protocols: &[u8], limits: Option<(u8, u8)>) -> Vec<u8> {
    let mut info = vec![0xA4 + if limits.is_some() { 2 } else { 0 } + u8::from(!protocols.is_empty())];
    info.extend(b"\x01\x81\x68FIDO_2_1\x02\x82\x6BcredProtect\x6Bhmac-secret\x04");
    info.push(0xA0 + u8::try_from(options.len()).unwrap());
    for (name, value) in options {
        info.extend(text(name));
        info.push(if *value { 0xF5 } else { 0xF4 });
    }
    info.extend([0x05, 0x19, 0x04, 0xB0]);
    if !protocols.is_empty() {
        info.extend([0x06, 0x80 + u8::try_from(protocols.len()).unwrap()]);
        info.extend(protocols);
    }
    if let Some((count, length)) = limits {
        info.extend([0x07, count, 0x08, 0x18, length]);
    }
    info
}

/// A makeCredential answer: `packed`, flags UP, UV, AT.
pub(crate) fn made_credential() -> Vec<u8> {
    let statement = [&[0xA2, 0x63][..], b"alg", &[0x26, 0x63], b"sig", &bytes(&SIGNATURE)].concat();
    [&[0xA3, 0x01][..], &text("packed"), &[0x02], &bytes(&registration_data()), &[0x03], &statement].concat()
}

/// The authenticator data of [`made_credential`].
pub(crate) fn registration_data() -> Vec<u8> {
    let secret = SecretKey::from_slice(&[8; 32]).unwrap();
    let mut data = Sha256::digest(b"login.microsoft.com").to_vec();
    data.push(0x45);
    data.extend([0, 0, 0, 1]);
    data.extend([0xAA; 16]);
    data.extend([0, 3]);
    data.extend(CREDENTIAL);
    data.extend(cose(&secret.public_key()));
    data
}

/// A getAssertion answer; a count of 0 leaves the member out, as getNextAssertion does.
pub(crate) fn assertion(count: u8) -> Vec<u8> {
    assertion_of("carol", count)
}

/// A getAssertion answer for the account of this name.
pub(crate) fn assertion_of(name: &str, count: u8) -> Vec<u8> {
    let credential = [&[0xA2, 0x62][..], b"id", &bytes(&CREDENTIAL), &text("type"), &text("public-key")].concat();
    let user = [&[0xA2, 0x62][..], b"id", &bytes(USER_HANDLE), &text("name"), &text(name)].concat();
    let mut answer = vec![if count == 0 { 0xA4 } else { 0xA5 }, 0x01];
    answer.extend(credential);
    answer.push(0x02);
    answer.extend(bytes(&assertion_data()));
    answer.push(0x03);
    answer.extend(bytes(&SIGNATURE));
    answer.push(0x04);
    answer.extend(user);
    if count > 0 {
        answer.extend([0x05, count]);
    }
    answer
}

/// The authenticator data of [`assertion`].
pub(crate) fn assertion_data() -> Vec<u8> {
    [&Sha256::digest(b"login.microsoft.com")[..], &[0x05, 0, 0, 0, 2]].concat()
}

/// An assertion as a page gets it, for parts that only hand it on.
pub(crate) fn assertion_for_a_page() -> Assertion {
    Assertion {
        id: vec![1].into(),
        raw_id: vec![1].into(),
        kind: PUBLIC_KEY.into(),
        authenticator_attachment: None,
        response: AssertionResponse {
            client_data_json: vec![2].into(),
            authenticator_data: vec![3].into(),
            signature: vec![4].into(),
            user_handle: None,
        },
        client_extension_results: serde_json::Map::new(),
    }
}

/// The CBOR of one member of a command's map.
pub(crate) fn member(map: &[u8], wanted: u64) -> Option<&[u8]> {
    let mut decoder = Decoder::new(map);
    for _ in 0..decoder.map().unwrap().unwrap() {
        let key = decoder.u64().unwrap();
        let start = decoder.position();
        decoder.skip().unwrap();
        if key == wanted {
            return Some(&map[start..decoder.position()]);
        }
    }
    None
}

pub(crate) fn text(text: &str) -> Vec<u8> {
    [&[0x60 + u8::try_from(text.len()).unwrap()], text.as_bytes()].concat()
}

pub(crate) fn bytes(bytes: &[u8]) -> Vec<u8> {
    let length = u8::try_from(bytes.len()).unwrap();
    let head = if length < 24 { vec![0x40 + length] } else { vec![0x58, length] };
    [&head[..], bytes].concat()
}

fn subcommand(parameters: &[u8]) -> u64 {
    Decoder::new(member(parameters, 2).unwrap()).u64().unwrap()
}

fn cose(key: &PublicKey) -> Vec<u8> {
    let point = key.to_sec1_bytes();
    let point = PublicKey::from_sec1_bytes(&point).unwrap();
    let affine = p256::Sec1Point::from(point);
    let uncompressed = affine.as_bytes();
    let (x, y) = if uncompressed.len() == 65 { uncompressed[1..].split_at(32) } else { panic!("compressed") };
    [&[0xA5, 0x01, 0x02, 0x03, 0x38, 0x18, 0x20, 0x01, 0x21][..], &bytes(x), &[0x22], &bytes(y)].concat()
}

fn seal(protocol: u64, z: &[u8]) -> Vec<u8> {
    let mut plain = TOKEN;
    let (key, iv): ([u8; 32], [u8; 16]) = if protocol == 1 {
        (Sha256::digest(z).into(), [0; 16])
    } else {
        let mut key = [0; 32];
        Hkdf::<Sha256>::new(Some(&[0; 32]), z).expand(b"CTAP2 AES key", &mut key).unwrap();
        (key, [5; 16])
    };
    let cipher = cbc::Encryptor::<Aes256>::new(&key.into(), &iv.into());
    let sealed = cipher.encrypt_padded::<NoPadding>(&mut plain, 32).unwrap().to_vec();
    if protocol == 1 { sealed } else { [&iv[..], &sealed].concat() }
}
