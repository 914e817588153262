//! authenticatorConfig (CTAP 2.3 §6.11).

use super::*;

/// A subcommand, authorised by a token of the PIN.
fn config(desk: &mut Desk, sub_command: u8, params: Option<Value>) -> Request {
    let token = desk.pin_token(Protocol::Two, 0x20, None);
    let raw = params.as_ref().map(Value::to_cbor).unwrap_or_default();
    let message = [&[0xFF; 32][..], &[0x0D, sub_command], &raw].concat();
    let request = Request(0x0D, BTreeMap::new())
        .with(1, Value::Int(sub_command.into()))
        .with(3, Value::Int(2))
        .with(4, Value::Bytes(mac(&token, &message).finalize().into_bytes().to_vec()));
    match params {
        Some(params) => request.with(2, params),
        None => request,
    }
}

fn min_pin(length: i64, more: &[(i64, Value)]) -> Option<Value> {
    let pairs = [&[(1, Value::Int(length))], more].concat();
    Some(Value::Map(pairs.into_iter().map(|(key, value)| (Value::Int(key), value)).collect()))
}

fn bare(sub_command: i64) -> Request {
    Request(0x0D, BTreeMap::new()).with(1, Value::Int(sub_command))
}

#[test]
fn settings_stay_and_show() {
    let mut desk = Desk::with_pin("ctap-2.3");
    for sub_command in [1, 2, 4] {
        let request = config(&mut desk, sub_command, None);
        desk.check(&request, &[], "CTAP2_OK");
    }
    desk.key.handle_power_cycle(desk.now);
    let config = desk.key.durable.config;
    assert!(config.enterprise_attestation && config.always_uv && config.long_touch_for_reset);
    let (_, body) = desk.send_bytes(&[4], &[]);
    assert_eq!(members(&body)[&0x18], [0xF5]);
    let request = self::config(&mut desk, 2, None);
    desk.check(&request, &[], "CTAP2_OK");
    assert!(!desk.key.durable.config.always_uv, "it toggles");
}

#[test]
fn a_protected_authenticator_wants_a_token_that_permits_it() {
    let mut desk = Desk::with_pin("ctap-2.3");
    desk.check(&bare(2), &[], "CTAP2_ERR_PUAT_REQUIRED");
    let right = config(&mut desk, 2, None);
    desk.check(&right.clone().without(3), &[], "CTAP2_ERR_MISSING_PARAMETER");
    desk.check(&right.clone().with(1, Value::Int(1)), &[], "CTAP2_ERR_PIN_AUTH_INVALID");
    desk.pin_token(Protocol::Two, 0x04, None);
    desk.check(&right, &[], "CTAP2_ERR_PIN_AUTH_INVALID");
}

#[test]
fn what_nothing_protects_can_be_configured_until_always_uv_is_on() {
    let mut desk = Desk::of("ctap-2.3");
    desk.check(&bare(1), &[], "CTAP2_OK");
    desk.check(&bare(2), &[], "CTAP2_OK");
    desk.check(&bare(4), &[], "CTAP2_ERR_PUAT_REQUIRED");
    desk.check(&bare(2), &[], "CTAP2_OK");
    desk.check(&bare(4), &[], "CTAP2_OK");
}

#[test]
fn a_subcommand_that_the_profile_lacks_is_refused() {
    let mut desk = Desk::of("ctap-2.1-pin");
    desk.check(&bare(1), &[], "CTAP2_ERR_INVALID_SUBCOMMAND");
    desk.check(&bare(0x77), &[], "CTAP2_ERR_INVALID_SUBCOMMAND");
    Desk::of("hypr-ios").check(&bare(2), &[], "CTAP1_ERR_INVALID_COMMAND");
}

#[test]
fn the_minimum_grows_and_never_shrinks() {
    let mut desk = Desk::with_pin("ctap-2.3");
    let mut set = |length, more: &[(i64, Value)], expect: &str| {
        let request = config(&mut desk, 3, min_pin(length, more));
        desk.check(&request, &[], expect);
    };
    set(5, &[], "CTAP2_OK");
    set(4, &[], "CTAP2_ERR_PIN_POLICY_VIOLATION");
    set(64, &[], "CTAP2_ERR_PIN_POLICY_VIOLATION");
    set(6, &[(2, Value::List(vec![Value::Text("example.com"); 9]))], "CTAP2_ERR_KEY_STORE_FULL");
    set(6, &[(2, Value::List(vec![Value::Text(RP)]))], "CTAP2_OK");
    assert_eq!(desk.key.durable.pin.min_length, 6);
    assert!(!desk.key.durable.pin.force_change, "the PIN has six characters");
    let token = desk.pin_token(Protocol::Two, 1, Some(RP));
    let asks = text_map(&[("minPinLength", Value::Bool(true))]);
    let request = make_credential().options(&[]).with(6, asks).authorised(Protocol::Two, &token);
    let (status, body) = desk.send(&request, &[Accept]);
    assert_eq!(status, "CTAP2_OK");
    assert_eq!(parsed(&auth_data(&body)).extensions, Some(&[&[0xA1, 0x6C][..], b"minPinLength", &[6]].concat()[..]));
}

#[test]
fn a_pin_that_is_too_short_now_has_to_be_changed() {
    let mut desk = Desk::with_pin("ctap-2.3");
    let request = config(&mut desk, 3, min_pin(8, &[]));
    desk.check(&request, &[], "CTAP2_OK");
    let (_, body) = desk.send_bytes(&[4], &[]);
    assert_eq!((&members(&body)[&0x0C][..], &members(&body)[&0x0D][..]), (&[0xF5][..], &[8][..]));
    let (public, secret) = desk.agree(Protocol::Two);
    let hash = secret.encrypt(&Sha256::digest(PIN)[..16], &mut desk.platform);
    let request = client_pin(5).with(1, Value::Int(2)).with(3, Value::Raw(public)).with(6, Value::Bytes(hash));
    desk.check(&request, &[], "CTAP2_ERR_PIN_INVALID");
    let with_permissions = request.with(2, Value::Int(9)).with(9, Value::Int(4));
    desk.check(&with_permissions, &[], "CTAP2_ERR_PIN_POLICY_VIOLATION");
}

#[test]
fn a_change_can_be_demanded_of_a_pin_that_is_there() {
    let mut desk = Desk::of("ctap-2.3");
    let force = min_pin(4, &[(3, Value::Bool(true))]);
    let bare = bare(3).with(2, force.clone().expect("parameters"));
    desk.check(&bare, &[], "CTAP2_ERR_PIN_NOT_SET");
    desk.set_pin();
    let request = config(&mut desk, 3, force);
    desk.check(&request, &[], "CTAP2_OK");
    assert!(desk.key.durable.pin.force_change);
}
