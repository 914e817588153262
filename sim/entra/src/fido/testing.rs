//! A hand-made authenticator and client for tests: they sign whatever they are told to, right or wrong.

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{DerSignature, SigningKey};
use p256::pkcs8::DecodePrivateKey as _;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use wire::Base64Url;
use wire::attestation::AttestationObject;
use wire::auth_data::Flags;
use wire::client_data::{self, ClientData};
use wire::webauthn::{Assertion, AssertionResponse, PUBLIC_KEY};
use x509_cert::Certificate;
use x509_cert::der::{DecodePem as _, Encode as _};

use super::passkey::{AttestationLevel, Passkey, PasskeyType};
use super::{AssertionParts, CredentialKey, HYPR_AAGUID, NewKey};
use crate::es256::PublicKey;

/// The root that the tests' tenants trust.
pub(crate) const ROOT_PEM: &str = include_str!("../../../../fixtures/pki/attestation-root.pem");
pub(crate) const LEAF_PEM: &str = include_str!("../../../../fixtures/pki/hypr-attestation.pem");
pub(crate) const LEAF_KEY_PEM: &str = include_str!("../../../../fixtures/pki/hypr-attestation.key.pem");
pub(crate) const FOREIGN_LEAF_PEM: &str = include_str!("../../../../fixtures/pki/foreign-attestation.pem");
pub(crate) const FOREIGN_LEAF_KEY_PEM: &str = include_str!("../../../../fixtures/pki/foreign-attestation.key.pem");

/// Chains of two and three, each to [`ROOT_PEM`] but for what its name says; every leaf certifies [`LEAF_KEY_PEM`].
pub(crate) mod chains {
    pub(crate) const GOOD: [&str; 2] = [
        include_str!("../../../../fixtures/pki/chains/leaf-of-intermediate.pem"),
        include_str!("../../../../fixtures/pki/chains/intermediate.pem"),
    ];
    /// Below an intermediate whose path length is 0.
    pub(crate) const TOO_DEEP: [&str; 3] = [
        include_str!("../../../../fixtures/pki/chains/leaf-of-too-deep.pem"),
        include_str!("../../../../fixtures/pki/chains/too-deep.pem"),
        include_str!("../../../../fixtures/pki/chains/intermediate.pem"),
    ];
    /// Issued by an authority whose key usage is not to sign certificates.
    pub(crate) const NOT_FOR_SIGNING: [&str; 2] = [
        include_str!("../../../../fixtures/pki/chains/leaf-of-not-for-signing.pem"),
        include_str!("../../../../fixtures/pki/chains/not-for-signing.pem"),
    ];
    /// Issued by a leaf.
    pub(crate) const BELOW_A_LEAF: [&str; 2] =
        [include_str!("../../../../fixtures/pki/chains/leaf-of-leaf.pem"), super::LEAF_PEM];
}

/// One key on the authenticator.
#[derive(Clone)]
pub(crate) struct TestKey {
    pub(crate) key: SigningKey,
    pub(crate) credential_id: Vec<u8>,
}

/// Everything that goes into a registration; each field may be made wrong.
#[derive(Clone)]
pub(crate) struct Making {
    pub(crate) client_data: ClientData,
    pub(crate) rp_id_hash: [u8; 32],
    pub(crate) flags: u8,
    pub(crate) sign_count: u32,
    pub(crate) aaguid: Uuid,
    pub(crate) statement: Statement,
    pub(crate) cose_algorithm: u8,
}

/// What vouches for the key.
#[derive(Clone)]
pub(crate) enum Statement {
    /// `packed` with certificates, signed by the leaf's key.
    Chain { key_pem: &'static str, chain_pem: Vec<&'static str> },
    /// `packed`, signed by the key itself.
    SelfSigned,
    /// `packed`, signed by the key itself over other bytes.
    BadlySigned,
    /// Any format with any statement.
    Other { format: String, cbor: Vec<u8> },
}

/// Everything that goes into an assertion; each field may be made wrong.
#[derive(Clone)]
pub(crate) struct Signing {
    pub(crate) client_data: ClientData,
    pub(crate) rp_id_hash: [u8; 32],
    pub(crate) flags: u8,
    pub(crate) sign_count: u32,
    pub(crate) user_handle: Option<Vec<u8>>,
}

/// COSE's number for ES256 as CBOR.
pub(crate) const COSE_ES256: u8 = 0x26;

impl TestKey {
    pub(crate) fn new(number: u8) -> Self {
        let key = SigningKey::from_slice(&[number; 32]).expect("a small number is a key");
        Self { key, credential_id: vec![number; 32] }
    }

    /// The registration of a key for a challenge, by a client that does everything right.
    pub(crate) fn make(&self, making: &Making) -> NewKey {
        let client_data_json = making.client_data.to_json();
        let auth_data = self.attested_auth_data(making);
        let hash: [u8; 32] = Sha256::digest(&client_data_json).into();
        let (format, statement) = self.statement(making, &[auth_data.as_slice(), &hash].concat());
        let object = AttestationObject { format: &format, statement: &statement, auth_data: &auth_data };
        NewKey {
            display_name: "HYPR".into(),
            credential_id: self.credential_id.clone(),
            client_data_json,
            attestation_object: object.to_cbor(),
            transports: vec!["usb".into()],
        }
    }

    /// An assertion of the key.
    pub(crate) fn sign(&self, signing: &Signing) -> Assertion {
        let client_data_json = signing.client_data.to_json();
        let auth_data = auth_data(signing.rp_id_hash, signing.flags, signing.sign_count);
        let signed = [auth_data.as_slice(), &Sha256::digest(&client_data_json)].concat();
        let id = Base64Url(self.credential_id.clone());
        Assertion {
            id: id.clone(),
            raw_id: id,
            kind: PUBLIC_KEY.into(),
            authenticator_attachment: None,
            response: AssertionResponse {
                client_data_json: client_data_json.into(),
                authenticator_data: auth_data.into(),
                signature: der_signature(&self.key, &signed).into(),
                user_handle: signing.user_handle.clone().map(Base64Url),
            },
            client_extension_results: serde_json::Map::new(),
        }
    }

    pub(crate) fn parts(&self, signing: &Signing) -> AssertionParts {
        self.sign(signing).into()
    }

    pub(crate) fn public_key(&self) -> CredentialKey {
        let point = PublicKey::from_sec1(self.key.verifying_key().to_sec1_point(false).as_bytes());
        CredentialKey::Es256(point.expect("a point"))
    }

    fn attested_auth_data(&self, making: &Making) -> Vec<u8> {
        let point = self.key.verifying_key().to_sec1_point(false);
        let cose = [
            &[0xA5, 0x01, 0x02, 0x03, making.cose_algorithm, 0x20, 0x01, 0x21, 0x58, 0x20][..],
            point.x().expect("an uncompressed point has x"),
            &[0x22, 0x58, 0x20],
            point.y().expect("an uncompressed point has y"),
        ];
        let length = u16::try_from(self.credential_id.len()).expect("ids of tests are short");
        let head = auth_data(making.rp_id_hash, making.flags, making.sign_count);
        let credential = [making.aaguid.as_bytes(), length.to_be_bytes().as_slice(), &self.credential_id].concat();
        [head, credential, cose.concat()].concat()
    }

    fn statement(&self, making: &Making, signed: &[u8]) -> (String, Vec<u8>) {
        match &making.statement {
            Statement::Chain { key_pem, chain_pem } => {
                let key = SigningKey::from_pkcs8_pem(key_pem).expect("the fixture is a key");
                let chain: Vec<Vec<u8>> = chain_pem.iter().map(|pem| der(pem)).collect();
                ("packed".into(), packed(&der_signature(&key, signed), &chain))
            }
            Statement::SelfSigned => ("packed".into(), packed(&der_signature(&self.key, signed), &[])),
            Statement::BadlySigned => ("packed".into(), packed(&der_signature(&self.key, b"other bytes"), &[])),
            Statement::Other { format, cbor } => (format.clone(), cbor.clone()),
        }
    }
}

impl Making {
    /// What a good client does with a challenge.
    pub(crate) fn of(challenge: &[u8]) -> Self {
        Self {
            client_data: client_data(client_data::CREATE, challenge),
            rp_id_hash: super::rp_id_hash(),
            flags: Flags::UP | Flags::UV | Flags::AT,
            sign_count: 1,
            aaguid: HYPR_AAGUID,
            statement: Statement::Chain { key_pem: LEAF_KEY_PEM, chain_pem: vec![LEAF_PEM] },
            cose_algorithm: COSE_ES256,
        }
    }
}

impl Signing {
    /// What a good client does with a challenge.
    pub(crate) fn of(challenge: &[u8], user_handle: Vec<u8>) -> Self {
        Self {
            client_data: client_data(client_data::GET, challenge),
            rp_id_hash: super::rp_id_hash(),
            flags: Flags::UP | Flags::UV,
            sign_count: 2,
            user_handle: Some(user_handle),
        }
    }
}

/// A credential with an RSA key, that of the fixture for client applications.
pub(crate) struct RsaTestKey {
    key: jsonwebtoken::EncodingKey,
    credential_id: Vec<u8>,
}

impl RsaTestKey {
    pub(crate) fn new() -> Self {
        let pem = include_bytes!("../../../../fixtures/pki/client-application.key.pem");
        let key = jsonwebtoken::EncodingKey::from_rsa_pem(pem).expect("the fixture is an RSA key");
        Self { key, credential_id: vec![0x25; 32] }
    }

    /// The registration for a challenge, `packed` and signed by the key itself; `algorithm` is what the statement names.
    pub(crate) fn make(&self, challenge: &[u8], algorithm: &[u8]) -> NewKey {
        let client_data_json = client_data(client_data::CREATE, challenge).to_json();
        let head = auth_data(super::rp_id_hash(), Flags::UP | Flags::UV | Flags::AT, 1);
        let auth_data =
            [head, HYPR_AAGUID.as_bytes().to_vec(), vec![0, 32], self.credential_id.clone(), self.cose()].concat();
        let hash: [u8; 32] = Sha256::digest(&client_data_json).into();
        let signature = self.signature(&[auth_data.as_slice(), &hash].concat());
        let statement = [b"\xA2\x63alg", algorithm, b"\x63sig", &byte_string(&signature)].concat();
        let object = AttestationObject { format: "packed", statement: &statement, auth_data: &auth_data };
        NewKey {
            display_name: "RSA".into(),
            credential_id: self.credential_id.clone(),
            attestation_object: object.to_cbor(),
            client_data_json,
            transports: Vec::new(),
        }
    }

    /// An assertion of the key.
    pub(crate) fn assertion(&self, signing: &Signing) -> AssertionParts {
        let mut assertion = TestKey::new(1).sign(signing);
        let hash = Sha256::digest(&assertion.response.client_data_json.0);
        let signed = [assertion.response.authenticator_data.0.as_slice(), &hash].concat();
        assertion.id = Base64Url(self.credential_id.clone());
        assertion.response.signature = self.signature(&signed).into();
        assertion.into()
    }

    fn signature(&self, signed: &[u8]) -> Vec<u8> {
        let text =
            jsonwebtoken::crypto::sign(signed, &self.key, jsonwebtoken::Algorithm::RS256).expect("the key signs");
        Base64Url::parse(&text).expect("base64url").0
    }

    pub(crate) fn public_key(&self) -> CredentialKey {
        CredentialKey::from_cose(&self.cose()).expect("a COSE key")
    }

    /// kty 3, alg -257, n, e.
    fn cose(&self) -> Vec<u8> {
        let jwk = jsonwebtoken::jwk::Jwk::from_encoding_key(&self.key, jsonwebtoken::Algorithm::RS256).expect("a JWK");
        let jwk = serde_json::to_value(jwk.algorithm).expect("a JWK is JSON");
        let number = |name: &str| Base64Url::parse(jwk[name].as_str().expect("text")).expect("base64url").0;
        [&b"\xA4\x01\x03\x03\x39\x01\x00\x20"[..], &byte_string(&number("n")), b"\x21", &byte_string(&number("e"))]
            .concat()
    }
}

/// COSE's number for RS256 as CBOR.
pub(crate) const COSE_RS256: [u8; 3] = [0x39, 0x01, 0x00];

/// A stored key with a fixed key pair, that of `TestKey::new(7)`.
pub(crate) fn passkey(user: Uuid, credential_id: &[u8]) -> Passkey {
    Passkey {
        credential_id: credential_id.to_vec(),
        user,
        display_name: "HYPR".into(),
        created: jiff::Timestamp::UNIX_EPOCH,
        public_key: TestKey::new(7).public_key(),
        sign_count: 0,
        aaguid: HYPR_AAGUID,
        attestation_level: AttestationLevel::NotAttested,
        attestation_chain: Vec::new(),
        kind: PasskeyType::DeviceBound,
        transports: vec!["usb".into()],
    }
}

/// The DER of a PEM certificate.
pub(crate) fn der(pem: &str) -> Vec<u8> {
    Certificate::from_pem(pem).and_then(|certificate| certificate.to_der()).expect("the fixture is a certificate")
}

fn client_data(kind: &str, challenge: &[u8]) -> ClientData {
    ClientData {
        kind: kind.into(),
        challenge: Base64Url(challenge.to_vec()).to_string(),
        origin: "https://login.microsoft.com".into(),
        cross_origin: false,
    }
}

fn auth_data(rp_id_hash: [u8; 32], flags: u8, sign_count: u32) -> Vec<u8> {
    [rp_id_hash.as_slice(), &[flags], &sign_count.to_be_bytes()].concat()
}

fn der_signature(key: &SigningKey, signed: &[u8]) -> Vec<u8> {
    let signature: DerSignature = key.sign(signed);
    signature.as_bytes().to_vec()
}

/// CBOR of a `packed` statement.
fn packed(signature: &[u8], chain: &[Vec<u8>]) -> Vec<u8> {
    let members = if chain.is_empty() { 2 } else { 3 };
    let mut cbor = vec![0xA0 | members];
    cbor.extend(b"\x63alg\x26\x63sig");
    cbor.extend(byte_string(signature));
    if !chain.is_empty() {
        cbor.extend(b"\x63x5c");
        cbor.push(0x80 | u8::try_from(chain.len()).expect("chains of tests are short"));
        chain.iter().for_each(|certificate| cbor.extend(byte_string(certificate)));
    }
    cbor
}

fn byte_string(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).expect("strings of tests are short");
    let head = match length {
        0..24 => vec![0x40 | length as u8],
        24..256 => vec![0x58, length as u8],
        _ => [&[0x59][..], &length.to_be_bytes()].concat(),
    };
    [head, bytes.to_vec()].concat()
}
