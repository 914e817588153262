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

/// setMinPINLength with nothing but the complexity policy.
fn complexity(on: bool) -> Option<Value> {
    Some(Value::Map(vec![(Value::Int(4), Value::Bool(on))]))
}

/// The status of setting a PIN where there is none.
fn set(desk: &mut Desk, pin: &[u8]) -> String {
    let request = pin::set_request(desk, pin);
    desk.send(&request, &[]).0
}

fn policy(desk: &mut Desk) -> (Vec<u8>, Vec<u8>) {
    let (_, body) = desk.send_bytes(&[4], &[]);
    let info = members(&body);
    (info[&0x1B].clone(), info[&0x0C].clone())
}

const ON: [u8; 1] = [0xF5];
const OFF: [u8; 1] = [0xF4];

#[test]
fn a_simple_pin_is_good_until_the_complexity_policy_is_switched_on() {
    assert_eq!(set(&mut Desk::of("ctap-2.3"), b"123456"), "CTAP2_OK");
    let mut desk = Desk::of("ctap-2.3");
    assert_eq!(policy(&mut desk).0, OFF);
    let request = bare(3).with(2, complexity(true).expect("a map"));
    desk.check(&request, &[], "CTAP2_OK");
    assert_eq!(policy(&mut desk).0, ON);
    for (pin, expect) in [
        (&b"123456"[..], "CTAP2_ERR_PIN_POLICY_VIOLATION"),
        (b"PassWord", "CTAP2_ERR_PIN_POLICY_VIOLATION"),
        (b"7777", "CTAP2_ERR_PIN_POLICY_VIOLATION"),
        (b"78787878", "CTAP2_ERR_PIN_POLICY_VIOLATION"),
        (b"7891", "CTAP2_OK"),
    ] {
        assert_eq!(set(&mut desk, pin), expect, "{}", String::from_utf8_lossy(pin));
    }
}

#[test]
fn the_complexity_policy_stays_on_until_a_reset() {
    let mut desk = Desk::of("ctap-2.3");
    for on in [true, false] {
        desk.check(&bare(3).with(2, complexity(on).expect("a map")), &[], "CTAP2_OK");
        assert_eq!(policy(&mut desk).0, ON);
    }
    desk.key.handle_power_cycle(desk.now);
    desk.check(&Request(7, BTreeMap::new()), &[Accept], "CTAP2_OK");
    assert_eq!(policy(&mut desk).0, OFF);
}

#[test]
fn a_pin_that_is_too_simple_now_has_to_be_changed_and_another_has_not() {
    for (pin, change) in [(&b"112233"[..], ON), (PIN, OFF)] {
        let mut desk = Desk::of("ctap-2.3");
        assert_eq!(set(&mut desk, pin), "CTAP2_OK");
        desk.key.durable.pin.set.as_mut().expect("a PIN").hash = Sha256::digest(PIN)[..16].try_into().expect("half");
        let request = config(&mut desk, 3, complexity(true));
        desk.check(&request, &[], "CTAP2_OK");
        assert_eq!(policy(&mut desk), (ON.to_vec(), change.to_vec()));
    }
}

#[test]
fn a_model_without_a_complexity_policy_refuses_it() {
    let mut desk = Desk::with_pin("ctap-2.1-pin");
    let request = config(&mut desk, 3, complexity(true));
    desk.check(&request, &[], "CTAP1_ERR_INVALID_PARAMETER");
    let request = config(&mut desk, 3, complexity(false));
    desk.check(&request, &[], "CTAP2_OK");
}

#[test]
fn the_complexity_policy_survives_a_snapshot() {
    let mut desk = Desk::of("ctap-2.3");
    desk.check(&bare(3).with(2, complexity(true).expect("a map")), &[], "CTAP2_OK");
    let snapshot = desk.key.snapshot();
    let rng = Seed::of(&["ctap tests", "ctap-2.3"]).fork("key/ctap");
    let profile = Profile::named("ctap-2.3").expect("a shipped profile");
    desk.key = Authenticator::restore(profile, Attestation::packed_self(), rng, snapshot).expect("its own snapshot");
    assert_eq!(policy(&mut desk).0, ON);
}

#[test]
fn a_relying_party_that_is_listed_learns_whether_the_policy_is_enforced() {
    let mut desk = Desk::of("ctap-2.3");
    let asks = |value: Value| make_credential().options(&[]).with(6, text_map(&[("pinComplexityPolicy", value)]));
    let answer = |desk: &mut Desk| {
        let (status, body) = desk.send(&asks(Value::Bool(true)), &[Accept]);
        assert_eq!(status, "CTAP2_OK");
        parsed(&auth_data(&body)).extensions.map(<[u8]>::to_vec)
    };
    assert_eq!(answer(&mut desk), None, "it is not listed");
    let listed = Value::Map(vec![(Value::Int(2), Value::List(vec![Value::Text(RP)]))]);
    desk.check(&bare(3).with(2, listed), &[], "CTAP2_OK");
    let output = |enforced| text_map(&[("pinComplexityPolicy", Value::Bool(enforced))]).to_cbor();
    assert_eq!(answer(&mut desk), Some(output(false)));
    desk.check(&bare(3).with(2, complexity(true).expect("a map")), &[], "CTAP2_OK");
    assert_eq!(answer(&mut desk), Some(output(true)));
    desk.check(&asks(Value::Bool(false)), &[Accept], "CTAP2_OK");
    desk.check(&asks(Value::Int(1)), &[], "CTAP2_ERR_CBOR_UNEXPECTED_TYPE");
}
