//! Syncs against hand-made answers.

use http::{Response, StatusCode};
use p256::ecdsa::SigningKey;
use serde_json::json;
use uuid::Uuid;

use super::*;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;
const URI: &str = SECURITY_KEY_SIGN_IN;

fn machine(join: Join) -> Intune {
    let key = SigningKey::from_slice(&[3; 32]).expect("a scalar of P-256");
    Intune::new(Device { id: Uuid::from_u128(7), key, join })
}

fn answer(intune: &mut Intune, status: u16, body: &Value) -> String {
    let (id, request) = intune.poll_request().expect("a request is out");
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = StatusCode::from_u16(status).expect("a status");
    intune.handle_response(NOW, id, Ok(response));
    request.uri().to_string()
}

fn sync(intune: &mut Intune, status: u16, body: &Value) {
    intune.sync(NOW);
    assert_eq!(answer(intune, 200, &json!({ "Nonce": "n" })), "https://login.microsoftonline.com/common/oauth2/token");
    assert_eq!(answer(intune, status, body), ENDPOINT);
    assert!(intune.poll_request().is_none());
}

fn settings(value: &Value) -> Value {
    json!({ "settings": [{ "uri": "./Device/Vendor/MSFT/Other", "value": 1 }, { "uri": URI, "value": value }] })
}

#[test]
fn the_setting_decides_and_only_one_allows() {
    let check = |body: &Value, expect| {
        let mut intune = machine(Join::Cloud);
        sync(&mut intune, 200, body);
        assert_eq!(intune.security_keys(), expect, "{body}");
        assert_eq!(intune.standing(), &Standing::Managed { at: NOW });
    };
    check(&settings(&json!(1)), SecurityKeys::Enabled);
    check(&settings(&json!(0)), SecurityKeys::Disabled);
    check(&settings(&json!("1")), SecurityKeys::Disabled);
    check(&json!({ "settings": [] }), SecurityKeys::Disabled);
}

#[test]
fn what_intune_no_longer_gives_is_gone() {
    let mut intune = machine(Join::Hybrid);
    sync(&mut intune, 200, &settings(&json!(1)));
    sync(&mut intune, 200, &json!({ "settings": [] }));
    assert_eq!(intune.security_keys(), SecurityKeys::Disabled);
}

#[test]
fn a_refusal_takes_the_settings_and_its_words_are_kept() {
    let mut intune = machine(Join::Cloud);
    sync(&mut intune, 200, &settings(&json!(1)));
    sync(&mut intune, 403, &json!({ "error": "MENROLL_E_USERLICENSE", "message": "No licence." }));
    assert_eq!(intune.security_keys(), SecurityKeys::Disabled);
    assert_eq!(intune.standing(), &Standing::Refused { words: "No licence. (MENROLL_E_USERLICENSE)".into() });
}

#[test]
fn a_sync_without_an_answer_changes_nothing() {
    let check = |status, body: &Value, expect: &str| {
        let mut intune = machine(Join::Cloud);
        sync(&mut intune, 200, &settings(&json!(1)));
        sync(&mut intune, status, body);
        assert_eq!(intune.security_keys(), SecurityKeys::Enabled);
        assert_eq!(intune.standing(), &Standing::Failed { words: expect.into() });
    };
    check(503, &Value::Null, "Intune answered 503 Service Unavailable.");
    check(200, &json!([]), "Intune's answer cannot be read.");
}

#[test]
fn a_machine_asks_every_eight_hours() {
    let mut intune = machine(Join::Cloud);
    assert_eq!(intune.poll_timeout(), None);
    sync(&mut intune, 200, &settings(&json!(1)));
    assert_eq!(intune.poll_timeout(), Some(NOW + PAUSE));
    intune.handle_timeout(NOW + PAUSE);
    assert!(intune.poll_request().is_some());
    assert_eq!(intune.poll_timeout(), Some(NOW + PAUSE + PAUSE));
}

#[test]
fn a_machine_that_is_not_joined_asks_nobody() {
    let mut intune = machine(Join::None);
    intune.sync(NOW);
    assert!(intune.poll_request().is_none());
    assert_eq!(intune.poll_timeout(), None);
}
