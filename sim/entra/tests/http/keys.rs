//! A security key's life through Graph (entra.md §2.9, §3.2): options, registration, list, deletion.

use crate::common::*;
use entra::Event;
use entra::fido::AttestationEnforcement;
use p256::ecdsa::SigningKey;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use wire::Base64Url;
use wire::attestation::AttestationObject;
use wire::client_data::{CREATE, ClientData};

const CREDENTIAL_ID: [u8; 16] = [0xED; 16];
const METHOD_ID: &str = "7e3t7e3t7e3t7e3t7e3t7Q2";

fn lab() -> Lab {
    let mut config = config();
    config.fido2_policy.attestation = AttestationEnforcement::NotEnforced;
    Lab::of(config)
}

fn keys_of(lab: &Lab, name: &str) -> String {
    format!("v1.0/users/{}/authentication/fido2Methods", lab.user_id(name))
}

/// What a well-behaved authenticator without attestation answers to `challenge`.
pub(crate) fn public_key_credential(challenge: &str) -> Value {
    let client_data = ClientData {
        kind: CREATE.into(),
        challenge: challenge.into(),
        origin: "https://login.microsoft.com".into(),
        cross_origin: false,
    };
    let object = AttestationObject { format: "none", statement: &[0xA0], auth_data: &auth_data() };
    json!({
        "id": Base64Url(CREDENTIAL_ID.to_vec()),
        "response": {
            "clientDataJSON": Base64Url(client_data.to_json()),
            "attestationObject": Base64Url(object.to_cbor()),
        },
        "clientExtensionResults": {},
    })
}

/// RP ID hash, flags UP, UV and AT, counter, then the attested credential with its COSE key.
fn auth_data() -> Vec<u8> {
    let key = SigningKey::from_slice(&[7; 32]).expect("a scalar below the order");
    let point = key.verifying_key().to_sec1_point(false);
    let (x, y) = point.as_bytes()[1..].split_at(32);
    [
        &Sha256::digest("login.microsoft.com")[..],
        &[0x45, 0, 0, 0, 1],
        &0x0076631b_d4a0_427f_5773_0ec71c9e0279_u128.to_be_bytes(),
        &[0, 16],
        &CREDENTIAL_ID,
        &[0xA5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32],
        x,
        &[0x22, 0x58, 32],
        y,
    ]
    .concat()
}

/// The sub-code in the JSON text that a refusal's message is.
fn sub_code(answer: &Answer) -> String {
    let message: Value = serde_json::from_str(answer.message()).expect("the message is JSON");
    message["odata.error"]["values"][0]["value"].as_str().expect("a sub-code").to_owned()
}

fn register(lab: &Lab, name: &str) -> Answer {
    let token = lab.sign_in("service");
    let keys = keys_of(lab, name);
    let options = lab.graph("GET", &format!("{keys}/creationOptions"), &token, Value::Null);
    let challenge = options.body["publicKey"]["challenge"].as_str().expect("a challenge");
    let body = json!({ "displayName": "HYPR", "publicKeyCredential": public_key_credential(challenge) });
    lab.graph("POST", &keys, &token, body)
}

#[test]
fn a_key_is_registered_listed_and_deleted_once() {
    let lab = lab();
    let answer = register(&lab, "carol");
    assert_eq!(answer.status, 201, "{}", answer.body);
    let carol = lab.user_id("carol");
    let key = json!({
        "id": METHOD_ID, "displayName": "HYPR", "createdDateTime": "2026-03-02T09:00:00Z",
        "aaGuid": "0076631b-d4a0-427f-5773-0ec71c9e0279", "model": "HYPR FIDO2 Authenticator",
        "attestationCertificates": [], "attestationLevel": "notAttested", "passkeyType": "deviceBound",
    });
    let context = format!("https://graph.microsoft.com/v1.0/$metadata#users('{carol}')/authentication/fido2Methods");
    let mut entity = json!({ "@odata.context": format!("{context}/$entity") });
    entity.as_object_mut().unwrap().extend(key.as_object().unwrap().clone());
    assert_eq!(answer.body, entity);
    let token = lab.sign_in("service");
    let keys = keys_of(&lab, "carol");
    let list = || lab.graph("GET", &keys, &token, Value::Null).body;
    assert_eq!(list(), json!({ "@odata.context": context, "value": [key] }));
    let one = format!("{keys}/{METHOD_ID}");
    assert_eq!(lab.graph("GET", &one, &token, Value::Null).body, entity);
    lab.events();
    assert_eq!(lab.graph("DELETE", &one, &token, Value::Null).status, 204);
    let deleted = Event::KeyDeleted { user: upn("carol"), name: "HYPR".into(), by: upn("service") };
    assert_eq!(lab.events(), [deleted]);
    assert_eq!(lab.graph("DELETE", &one, &token, Value::Null).graph_error(), (404, "resourceNotFound"));
    assert_eq!(list()["value"], json!([]));
}

#[test]
fn a_credential_id_is_registered_once_in_the_tenant() {
    let lab = lab();
    assert_eq!(register(&lab, "carol").status, 201);
    let again = register(&lab, "mallory");
    assert_eq!(again.graph_error(), (400, "badRequest"));
    assert_eq!(sub_code(&again), "error_duplicate_credential");
}

#[test]
fn an_unattested_key_is_refused_where_attestation_is_enforced() {
    let answer = register(&Lab::new(), "carol");
    assert_eq!(answer.graph_error(), (400, "badRequest"));
    assert_eq!(sub_code(&answer), "error_attestation_required");
}

#[test]
fn deleting_ones_own_key_takes_a_sign_in_with_mfa() {
    let lab = lab();
    assert_eq!(register(&lab, "carol").status, 201);
    let token = lab.sign_in("carol");
    let own = "v1.0/me/authentication/fido2Methods";
    assert_eq!(lab.graph("GET", own, &token, Value::Null).body["value"][0]["id"], METHOD_ID);
    let answer = lab.graph("DELETE", &format!("{own}/{METHOD_ID}"), &token, Value::Null);
    assert_eq!(answer.graph_error(), (403, "accessDenied"));
    assert_eq!(answer.message(), "MFA is required for a 'RemoveKey' operation, but was not performed.");
}
