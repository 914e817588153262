//! The commands as a platform sees them: bytes in, a status by its name and bytes out.

mod bio_enrollment;
mod client_pin;
mod config;
mod credential_management;
mod extensions;
mod fault;
mod get_assertion;
mod get_info;
mod hmac_secret;
mod large_blobs;
mod make_credential;
mod malformed;
mod pin;
mod portable;
mod profiles;
mod reset;
mod snapshot;
mod u2f;
mod user;

use std::collections::BTreeMap;

use clockwork::{Seed, Stream};
use hmac::Mac as _;
use jiff::{SignedDuration, Timestamp};
use minicbor::{Decoder, Encoder};
use sha2::{Digest as _, Sha256};
use wire::auth_data::AuthData;

use super::*;
use crate::Answer::{Accept, Verified};
use crate::pin_uv::{SharedSecret, mac};
use crate::{Answer, Permissions};

pub(super) const RP: &str = "login.microsoft.com";
pub(super) const PIN: &[u8] = b"482913";
pub(super) const HASH: [u8; 32] = [0xCD; 32];

/// An authenticator, its user and a clock.
pub(super) struct Desk {
    pub(super) key: Authenticator,
    pub(super) now: Timestamp,
    platform: Stream,
}

/// A CBOR value, to write requests with.
#[derive(Clone)]
pub(super) enum Value {
    Int(i64),
    Bytes(Vec<u8>),
    Text(&'static str),
    Bool(bool),
    Null,
    List(Vec<Value>),
    Map(Vec<(Value, Value)>),
    Raw(Vec<u8>),
}

/// A request under construction: its members by number.
#[derive(Clone)]
pub(super) struct Request(u8, BTreeMap<i64, Value>);

impl Desk {
    pub(super) fn new() -> Self {
        Self::with(Attestation::packed_self())
    }

    pub(super) fn with(attestation: Attestation) -> Self {
        let seed = Seed::of(&["ctap tests"]);
        let key = Authenticator::new(Profile::hypr_ios(), attestation, seed.fork("phone/carol/ctap"));
        Self { key, now: "2024-03-01T09:00:00Z".parse().expect("a date"), platform: seed.fork("platform") }
    }

    /// A security key of a shipped profile.
    pub(super) fn of(profile: &str) -> Self {
        let mut desk = Self::new();
        let rng = Seed::of(&["ctap tests", profile]).fork("key/ctap");
        let profile = Profile::named(profile).expect("a shipped profile");
        desk.key = Authenticator::new(profile, Attestation::packed_self(), rng);
        desk
    }

    /// A security key of CTAP 2.3 whose model has a certificate.
    pub(super) fn with_attestation(profile: &str) -> Self {
        let mut desk = Self::of(profile);
        desk.key.attestation = Attestation::packed(
            include_str!("../../../../fixtures/pki/ctap-2.3-attestation.key.pem"),
            include_str!("../../../../fixtures/pki/ctap-2.3-attestation.pem"),
        )
        .expect("the fixture is a key with its certificate");
        desk
    }

    /// A security key of a shipped profile, with a PIN.
    pub(super) fn with_pin(profile: &str) -> Self {
        let mut desk = Self::of(profile);
        desk.set_pin();
        desk
    }

    /// Sets [`PIN`].
    pub(super) fn set_pin(&mut self) {
        let protocol = self.key.profile.pin_uv_auth_protocols.first().expect("a key that has a PIN");
        let protocol = Protocol::from_number(*protocol as u64).expect("one of the two");
        let (public, secret) = self.agree(protocol);
        let mut padded = [0; 64];
        padded[..PIN.len()].copy_from_slice(PIN);
        let new_pin_enc = secret.encrypt(&padded, &mut self.platform);
        let request = client_pin(3)
            .with(1, Value::Int(protocol as i64))
            .with(3, Value::Raw(public))
            .with(4, Value::Bytes(secret.authenticate(&new_pin_enc)))
            .with(5, Value::Bytes(new_pin_enc));
        self.check(&request, &[], "CTAP2_OK");
    }

    /// A token by [`PIN`], bound to a relying party or not.
    pub(super) fn pin_token(&mut self, protocol: Protocol, bits: i64, rp_id: Option<&'static str>) -> [u8; 32] {
        let (public, secret) = self.agree(protocol);
        let pin_hash_enc = secret.encrypt(&Sha256::digest(PIN)[..16], &mut self.platform);
        let mut request = client_pin(9)
            .with(1, Value::Int(protocol as i64))
            .with(3, Value::Raw(public))
            .with(6, Value::Bytes(pin_hash_enc))
            .with(9, Value::Int(bits));
        if let Some(rp_id) = rp_id {
            request = request.with(10, Value::Text(rp_id));
        }
        let (status, body) = self.send(&request, &[]);
        assert_eq!(status, "CTAP2_OK");
        let encrypted = Decoder::new(&members(&body)[&2]).bytes().expect("bytes").to_vec();
        secret.decrypt(&encrypted).expect("whole blocks").try_into().expect("32 bytes")
    }

    /// Makes a discoverable credential with a token by [`PIN`]; returns its id and the authenticator data.
    pub(super) fn register_by_pin(&mut self, rp_id: &'static str, user: &'static str) -> (Vec<u8>, Vec<u8>) {
        let token = self.pin_token(Protocol::Two, 1, Some(rp_id));
        let request = make_credential()
            .with(2, text_map(&[("id", Value::Text(rp_id)), ("name", Value::Text("A relying party"))]))
            .user(user)
            .options(&[("rk", true)])
            .authorised(Protocol::Two, &token);
        let (status, body) = self.send(&request, &[Accept]);
        assert_eq!(status, "CTAP2_OK");
        (self.key.credentials().last().expect("the credential just made").id.clone(), auth_data(&body))
    }

    /// Sends a request and gives these answers as long as they are asked for.
    pub(super) fn send(&mut self, request: &Request, answers: &[Answer]) -> (String, Vec<u8>) {
        self.send_bytes(&request.bytes(), answers)
    }

    pub(super) fn send_bytes(&mut self, bytes: &[u8], answers: &[Answer]) -> (String, Vec<u8>) {
        self.key.handle_command(self.now, bytes);
        for answer in answers {
            assert!(self.key.prompt().is_some(), "nobody asks for {answer:?}");
            self.key.handle_answer(self.now, *answer);
        }
        self.response()
    }

    pub(super) fn response(&mut self) -> (String, Vec<u8>) {
        let response = self.key.poll_response().expect("a response");
        (Status(response[0]).name().expect("a named status").to_owned(), response[1..].to_vec())
    }

    /// Asserts the status of a request.
    pub(super) fn check(&mut self, request: &Request, answers: &[Answer], expect: &str) {
        assert_eq!(self.send(request, answers).0, expect);
        assert!(self.key.prompt().is_none(), "somebody is still asked");
    }

    /// Makes a credential with built-in verification and returns its id.
    pub(super) fn register(&mut self, user: &'static str) -> Vec<u8> {
        let (status, _) = self.send(&make_credential().user(user), &[Accept, Verified]);
        assert_eq!(status, "CTAP2_OK");
        self.key.credentials().last().expect("the credential just made").id.clone()
    }

    pub(super) fn pass(&mut self, seconds: i64) {
        self.now += SignedDuration::from_secs(seconds);
        self.key.handle_timeout(self.now);
    }

    pub(super) fn events(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.key.poll_event()).map(|event| event.to_string()).collect()
    }

    /// The platform's half of the key agreement: its COSE key and the shared secret.
    pub(super) fn agree(&mut self, protocol: Protocol) -> (Vec<u8>, SharedSecret) {
        let request = client_pin(2).with(1, Value::Int(protocol as i64));
        let (status, body) = self.send(&request, &[]);
        assert_eq!(status, "CTAP2_OK");
        let (algorithm, x, y) = wire::cose::ec2_point(&members(&body)[&1]).expect("a COSE key");
        assert_eq!(algorithm, Some(-25));
        let ours = KeyAgreement::generate(&mut self.platform);
        let mut public = Vec::new();
        ours.push_public_key(&mut public);
        (public, ours.decapsulate(protocol, &x, &y).expect("a point"))
    }

    /// A request for a token by built-in verification, and the secret that opens the answer.
    pub(super) fn token_request(&mut self, protocol: Protocol, bits: i64) -> (Request, SharedSecret) {
        let (public, secret) = self.agree(protocol);
        let request = client_pin(6)
            .with(1, Value::Int(protocol as i64))
            .with(3, Value::Raw(public))
            .with(9, Value::Int(bits))
            .with(10, Value::Text(RP));
        (request, secret)
    }

    /// A token, after consent and biometric.
    pub(super) fn token(&mut self, protocol: Protocol, bits: i64) -> [u8; 32] {
        let (request, secret) = self.token_request(protocol, bits);
        let (status, body) = self.send(&request, &[Accept, Verified]);
        assert_eq!(status, "CTAP2_OK");
        let encrypted = Decoder::new(&members(&body)[&2]).bytes().expect("bytes").to_vec();
        secret.decrypt(&encrypted).expect("whole blocks").try_into().expect("32 bytes")
    }
}

impl Request {
    pub(super) fn with(mut self, key: i64, value: Value) -> Self {
        self.1.insert(key, value);
        self
    }

    pub(super) fn without(mut self, key: i64) -> Self {
        self.1.remove(&key);
        self
    }

    /// With pinUvAuthParam, which has another number in each command.
    pub(super) fn authorised(self, protocol: Protocol, token: &[u8; 32]) -> Self {
        let at = if self.0 == 1 { 8 } else { 6 };
        self.with(at, param(protocol, token, &HASH)).with(at + 1, Value::Int(protocol as i64))
    }

    pub(super) fn options(self, options: &[(&'static str, bool)]) -> Self {
        let at = if self.0 == 1 { 7 } else { 5 };
        self.with(at, Value::Map(options.iter().map(|(name, on)| (Value::Text(name), Value::Bool(*on))).collect()))
    }

    pub(super) fn user(self, name: &'static str) -> Self {
        self.with(3, text_map(&[("id", Value::Bytes(name.into())), ("name", Value::Text(name))]))
    }

    /// With the exclude or allow list.
    pub(super) fn list(self, ids: &[&[u8]]) -> Self {
        let at = if self.0 == 1 { 5 } else { 3 };
        self.with(at, Value::List(ids.iter().map(|id| descriptor(id)).collect()))
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let pairs = self.1.iter().map(|(key, value)| (Value::Int(*key), value.clone())).collect();
        [vec![self.0], Value::Map(pairs).to_cbor()].concat()
    }
}

impl Value {
    pub(super) fn to_cbor(&self) -> Vec<u8> {
        let mut e = Encoder::new(Vec::new());
        self.encode(&mut e);
        e.into_writer()
    }

    fn encode(&self, e: &mut Encoder<Vec<u8>>) {
        match self {
            Self::Int(number) => drop(e.i64(*number).expect("a Vec")),
            Self::Bytes(bytes) => drop(e.bytes(bytes).expect("a Vec")),
            Self::Text(text) => drop(e.str(text).expect("a Vec")),
            Self::Bool(on) => drop(e.bool(*on).expect("a Vec")),
            Self::Null => drop(e.null().expect("a Vec")),
            Self::List(items) => {
                e.array(items.len() as u64).expect("a Vec");
                items.iter().for_each(|item| item.encode(e));
            }
            Self::Map(pairs) => {
                e.map(pairs.len() as u64).expect("a Vec");
                pairs.iter().for_each(|(key, value)| {
                    key.encode(e);
                    value.encode(e);
                });
            }
            Self::Raw(cbor) => e.writer_mut().extend_from_slice(cbor),
        }
    }
}

/// `authenticate(token, message)`.
pub(super) fn param(protocol: Protocol, token: &[u8; 32], message: &[u8]) -> Value {
    let mut mac = mac(token, message).finalize().into_bytes().to_vec();
    mac.truncate(if protocol == Protocol::One { 16 } else { 32 });
    Value::Bytes(mac)
}

/// A registration of Carol with built-in verification.
pub(super) fn make_credential() -> Request {
    Request(1, BTreeMap::new())
        .with(1, Value::Bytes(HASH.to_vec()))
        .with(2, text_map(&[("id", Value::Text(RP)), ("name", Value::Text("Microsoft"))]))
        .user("carol@highlandsbank.com")
        .with(4, Value::List(vec![parameters(-257), parameters(-7)]))
        .options(&[("rk", true), ("uv", true)])
}

/// A sign-in with built-in verification and any credential.
pub(super) fn get_assertion() -> Request {
    Request(2, BTreeMap::new()).with(1, Value::Text(RP)).with(2, Value::Bytes(HASH.to_vec())).options(&[("uv", true)])
}

pub(super) fn client_pin(sub_command: i64) -> Request {
    Request(6, BTreeMap::new()).with(2, Value::Int(sub_command))
}

pub(super) fn text_map(pairs: &[(&'static str, Value)]) -> Value {
    Value::Map(pairs.iter().map(|(name, value)| (Value::Text(name), value.clone())).collect())
}

pub(super) fn parameters(algorithm: i64) -> Value {
    text_map(&[("alg", Value::Int(algorithm)), ("type", Value::Text("public-key"))])
}

pub(super) fn descriptor(id: &[u8]) -> Value {
    text_map(&[("id", Value::Bytes(id.to_vec())), ("type", Value::Text("public-key"))])
}

/// The members of a response's map, each as its CBOR.
pub(super) fn members(body: &[u8]) -> BTreeMap<u64, Vec<u8>> {
    wire::cbor::check_canonical(body).expect("responses are canonical");
    let mut decoder = Decoder::new(body);
    (0..decoder.map().expect("a map").expect("a definite map"))
        .map(|_| {
            let key = decoder.u64().expect("a number");
            let start = decoder.position();
            decoder.skip().expect("a value");
            (key, body[start..decoder.position()].to_vec())
        })
        .collect()
}

/// Authenticator data of a registration or an assertion, which both have it as member 2.
pub(super) fn auth_data(body: &[u8]) -> Vec<u8> {
    Decoder::new(&members(body)[&2]).bytes().expect("bytes").to_vec()
}

pub(super) fn parsed(auth_data: &[u8]) -> AuthData<'_> {
    AuthData::parse(auth_data).expect("authenticator data")
}

#[test]
fn an_authenticator_can_move_to_a_thread() {
    fn check<T: Send>() {}
    check::<crate::Hid>();
}

#[test]
fn permissions_tell_what_they_are() {
    let permissions = Permissions::requested(0x83, Permissions::DEFAULT).expect("mc, ga and an undefined bit");
    assert!(permissions.include(Permissions::GET_ASSERTION));
}

/// Whether a COSE key verifies a signature: by another library than the one that signed.
pub(super) fn es256_verifies(cose_key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
    let point = wire::cose::es256(cose_key).expect("an ES256 key");
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature).is_ok()
}
