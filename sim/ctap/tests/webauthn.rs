//! webauthn-rs-core as the oracle: what this authenticator makes, wrapped as WebAuthn, is taken by a relying party that
//! others wrote, and what misbehaves is refused. The oracle reads the machine's clock and randomness, which is why it
//! is seen by tests only.

use clockwork::Seed;
use ctap::{Answer, Attestation, Authenticator, Faults, Profile};
use jiff::Timestamp;
use minicbor::{Decoder, Encoder};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use webauthn_rs_core::WebauthnCore;
use webauthn_rs_core::proto::{AttestationConveyancePreference, Credential, UserVerificationPolicy};
use wire::attestation::AttestationObject;
use wire::client_data::{self, ClientData};
use wire::webauthn::{Assertion, AssertionResponse, AttestationResponse, PUBLIC_KEY, Registration};
use wire::{Base64Url, Status};

const RP_ID: &str = "login.microsoft.com";
const ORIGIN: &str = "https://login.microsoft.com";
const KEY: &str = include_str!("../../../fixtures/pki/hypr-attestation.key.pem");
const LEAF: &str = include_str!("../../../fixtures/pki/hypr-attestation.pem");

fn authenticator(attestation: Attestation) -> Authenticator {
    Authenticator::new(Profile::hypr_ios(), attestation, Seed::of(&["webauthn oracle"]).fork("phone/carol/ctap"))
}

fn relying_party() -> WebauthnCore {
    let origin = url::Url::parse(ORIGIN).expect("a URL");
    let timeout = std::time::Duration::from_secs(60);
    WebauthnCore::new_unsafe_experts_only("Microsoft", RP_ID, vec![origin], timeout, Some(false), Some(false))
}

/// Sends a command, accepts and verifies, and returns the response's CBOR.
fn run(key: &mut Authenticator, command: &[u8]) -> Vec<u8> {
    let now: Timestamp = "2024-03-01T09:00:00Z".parse().expect("a date");
    key.handle_command(now, command);
    key.handle_answer(now, Answer::Accept);
    key.handle_answer(now, Answer::Verified);
    let response = key.poll_response().expect("a response");
    assert_eq!(Status(response[0]), Status::OK);
    response[1..].to_vec()
}

fn client_data(kind: &str, options: &Value) -> Vec<u8> {
    let challenge = options["publicKey"]["challenge"].as_str().expect("a challenge").to_owned();
    ClientData { kind: kind.into(), challenge, origin: ORIGIN.into(), cross_origin: false }.to_json()
}

fn register(key: &mut Authenticator, rp: &WebauthnCore) -> Result<Credential, String> {
    let builder = rp
        .new_challenge_register_builder(b"carol-handle-123", "carol@highlandsbank.com", "Carol")
        .expect("a builder")
        .attestation(AttestationConveyancePreference::Direct)
        .user_verification_policy(UserVerificationPolicy::Required);
    let (options, state) = rp.generate_challenge_register(builder).expect("a challenge");
    let options = serde_json::to_value(options).expect("JSON");
    let json = client_data(client_data::CREATE, &options);
    let response = run(key, &make_credential(&Sha256::digest(&json)));
    let (id, attestation_object) = attestation_object(&response);
    let registration = Registration {
        id: Base64Url(id.clone()),
        raw_id: Base64Url(id),
        kind: PUBLIC_KEY.into(),
        authenticator_attachment: Some("cross-platform".into()),
        response: AttestationResponse {
            client_data_json: Base64Url(json),
            attestation_object: Base64Url(attestation_object),
            transports: vec!["usb".into()],
        },
        client_extension_results: serde_json::Map::new(),
    };
    let registration = serde_json::from_value(json!(registration)).expect("the oracle's form");
    rp.register_credential(&registration, &state, None).map_err(|error| error.to_string())
}

fn sign_in(key: &mut Authenticator, rp: &WebauthnCore, credential: &Credential) -> Result<u32, String> {
    let builder = rp
        .new_challenge_authenticate_builder(vec![credential.clone()], Some(UserVerificationPolicy::Required))
        .expect("a builder");
    let (options, state) = rp.generate_challenge_authenticate(builder).expect("a challenge");
    let options = serde_json::to_value(options).expect("JSON");
    let json = client_data(client_data::GET, &options);
    let response = run(key, &get_assertion(&Sha256::digest(&json)));
    let mut decoder = Decoder::new(&response);
    decoder.map().expect("a map");
    decoder.skip().and_then(|()| decoder.skip()).expect("the credential");
    decoder.skip().expect("a key");
    let authenticator_data = decoder.bytes().expect("authenticator data").to_vec();
    decoder.skip().expect("a key");
    let signature = decoder.bytes().expect("a signature").to_vec();
    let id = key.credentials().next().expect("the credential").id.clone();
    let assertion = Assertion {
        id: Base64Url(id.clone()),
        raw_id: Base64Url(id),
        kind: PUBLIC_KEY.into(),
        authenticator_attachment: Some("cross-platform".into()),
        response: AssertionResponse {
            client_data_json: Base64Url(json),
            authenticator_data: Base64Url(authenticator_data),
            signature: Base64Url(signature),
            user_handle: None,
        },
        client_extension_results: serde_json::Map::new(),
    };
    let assertion = serde_json::from_value(json!(assertion)).expect("the oracle's form");
    rp.authenticate_credential(&assertion, &state).map(|result| result.counter()).map_err(|error| error.to_string())
}

/// The credential id, and the response with its numbered members named.
fn attestation_object(response: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut decoder = Decoder::new(response);
    decoder.map().expect("a map");
    decoder.skip().expect("a key");
    let format = decoder.str().expect("a format");
    decoder.skip().expect("a key");
    let auth_data = decoder.bytes().expect("authenticator data");
    decoder.skip().expect("a key");
    let statement = &response[decoder.position()..];
    let parsed = wire::auth_data::AuthData::parse(auth_data).expect("authenticator data");
    let id = parsed.credential.expect("a credential").id.to_vec();
    (id, AttestationObject { format, statement, auth_data }.to_cbor())
}

fn make_credential(hash: &[u8]) -> Vec<u8> {
    let mut e = Encoder::new(vec![0x01]);
    let done = (|| {
        e.map(5)?.u8(1)?.bytes(hash)?;
        e.u8(2)?.map(2)?.str("id")?.str(RP_ID)?.str("name")?.str("Microsoft")?;
        e.u8(3)?.map(2)?.str("id")?.bytes(b"carol-handle-123")?.str("name")?.str("carol@highlandsbank.com")?;
        e.u8(4)?.array(1)?.map(2)?.str("alg")?.i8(-7)?.str("type")?.str("public-key")?;
        e.u8(7)?.map(2)?.str("rk")?.bool(true)?.str("uv")?.bool(true)?;
        Ok::<_, minicbor::encode::Error<std::convert::Infallible>>(())
    })();
    done.expect("a Vec takes every byte");
    e.into_writer()
}

fn get_assertion(hash: &[u8]) -> Vec<u8> {
    let mut e = Encoder::new(vec![0x02]);
    e.map(3)
        .and_then(|e| e.u8(1)?.str(RP_ID)?.u8(2)?.bytes(hash)?.u8(5)?.map(1)?.str("uv")?.bool(true))
        .expect("a Vec takes every byte");
    e.into_writer()
}

#[test]
fn a_registration_and_two_sign_ins_are_accepted() {
    for attestation in [Attestation::packed_self(), Attestation::packed(KEY, LEAF).expect("the fixture")] {
        let (mut key, rp) = (authenticator(attestation), relying_party());
        let mut credential = register(&mut key, &rp).expect("the registration is accepted");
        for counter in [2, 3] {
            assert_eq!(sign_in(&mut key, &rp, &credential), Ok(counter));
            credential.counter = counter;
        }
    }
}

#[test]
fn a_misbehaving_sign_in_is_refused() {
    for fault in ["any:wrong-rp-id-hash", "any:unset-up-bit", "any:unset-uv-bit", "any:invalid-signature"] {
        let (mut key, rp) = (authenticator(Attestation::packed_self()), relying_party());
        let credential = register(&mut key, &rp).expect("the registration is accepted");
        *key.faults_mut() = Faults::new(fault.parse());
        assert!(sign_in(&mut key, &rp, &credential).is_err(), "{fault}");
    }
}

#[test]
fn a_misbehaving_registration_is_refused() {
    for fault in ["any:wrong-rp-id-hash", "any:unset-up-bit", "any:unset-uv-bit", "any:invalid-signature"] {
        let (mut key, rp) = (authenticator(Attestation::packed_self()), relying_party());
        *key.faults_mut() = Faults::new(fault.parse());
        assert!(register(&mut key, &rp).is_err(), "{fault}");
    }
}
