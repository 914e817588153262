//! The PIN (CTAP 2.3 §6.5.5): set, changed, wrong, blocked; and what is asked of an authenticator that has one.

use super::*;

/// `LEFT(SHA-256(pin), 16)`, encrypted for the authenticator.
fn pin_request(desk: &mut Desk, protocol: Protocol, sub_command: i64, pin: &[u8]) -> Request {
    let (public, secret) = desk.agree(protocol);
    let hash = secret.encrypt(&Sha256::digest(pin)[..16], &mut desk.platform);
    client_pin(sub_command).with(1, Value::Int(protocol as i64)).with(3, Value::Raw(public)).with(6, Value::Bytes(hash))
}

pub(super) fn set_request(desk: &mut Desk, pin: &[u8]) -> Request {
    let (public, secret) = desk.agree(Protocol::Two);
    let mut padded = [0; 64];
    padded[..pin.len()].copy_from_slice(pin);
    let encrypted = secret.encrypt(&padded, &mut desk.platform);
    client_pin(3)
        .with(1, Value::Int(2))
        .with(3, Value::Raw(public))
        .with(4, Value::Bytes(secret.authenticate(&encrypted)))
        .with(5, Value::Bytes(encrypted))
}

fn retries(desk: &mut Desk) -> (i64, bool) {
    let (status, body) = desk.send(&client_pin(1), &[]);
    assert_eq!(status, "CTAP2_OK");
    let members = members(&body);
    (Decoder::new(&members[&3]).i64().expect("a number"), members[&4] == [0xF5])
}

#[test]
fn a_pin_has_four_to_sixty_three_characters() {
    let check = |pin: &[u8], expect: &str| {
        let mut desk = Desk::of("ctap-2.1-pin");
        let request = set_request(&mut desk, pin);
        desk.check(&request, &[], expect);
    };
    check(b"123", "CTAP2_ERR_PIN_POLICY_VIOLATION");
    check("äöü".as_bytes(), "CTAP2_ERR_PIN_POLICY_VIOLATION");
    check("äöüß".as_bytes(), "CTAP2_OK");
    check(&[b'7'; 63], "CTAP2_OK");
    check(&[b'7'; 64], "CTAP2_ERR_PIN_POLICY_VIOLATION");
    check(&[0xFF, 0xFE, 0xFD, 0xFC], "CTAP2_ERR_PIN_POLICY_VIOLATION");
}

#[test]
fn a_pin_is_set_once() {
    let mut desk = Desk::with_pin("ctap-2.1-pin");
    let request = set_request(&mut desk, b"other-pin");
    desk.check(&request, &[], "CTAP2_ERR_PIN_AUTH_INVALID");
}

#[test]
fn three_wrong_pins_in_a_row_need_a_power_cycle_and_eight_block_for_good() {
    let mut desk = Desk::with_pin("ctap-2.1-pin");
    for (left, expect) in [
        (7, "CTAP2_ERR_PIN_INVALID"),
        (6, "CTAP2_ERR_PIN_INVALID"),
        (5, "CTAP2_ERR_PIN_AUTH_BLOCKED"),
        (5, "CTAP2_ERR_PIN_AUTH_BLOCKED"),
    ] {
        let request = pin_request(&mut desk, Protocol::Two, 5, b"wrong");
        desk.check(&request, &[], expect);
        assert_eq!(retries(&mut desk), (left, left == 5));
    }
    let right = pin_request(&mut desk, Protocol::Two, 5, PIN);
    desk.check(&right, &[], "CTAP2_ERR_PIN_AUTH_BLOCKED");
    for expect in ["CTAP2_ERR_PIN_INVALID", "CTAP2_ERR_PIN_INVALID", "CTAP2_ERR_PIN_AUTH_BLOCKED"] {
        if expect == "CTAP2_ERR_PIN_INVALID" && retries(&mut desk) == (5, true) {
            desk.key.handle_power_cycle(desk.now);
        }
        let request = pin_request(&mut desk, Protocol::One, 5, b"wrong");
        desk.check(&request, &[], expect);
    }
    desk.key.handle_power_cycle(desk.now);
    let request = pin_request(&mut desk, Protocol::Two, 5, b"wrong");
    desk.check(&request, &[], "CTAP2_ERR_PIN_INVALID");
    let request = pin_request(&mut desk, Protocol::Two, 5, b"wrong");
    desk.check(&request, &[], "CTAP2_ERR_PIN_BLOCKED");
    desk.key.handle_power_cycle(desk.now);
    let right = pin_request(&mut desk, Protocol::Two, 5, PIN);
    desk.check(&right, &[], "CTAP2_ERR_PIN_BLOCKED");
}

#[test]
fn the_right_pin_gives_the_retries_back() {
    let mut desk = Desk::with_pin("ctap-2.0");
    let wrong = pin_request(&mut desk, Protocol::One, 5, b"wrong");
    desk.check(&wrong, &[], "CTAP2_ERR_PIN_INVALID");
    let right = pin_request(&mut desk, Protocol::One, 5, PIN);
    desk.check(&right, &[], "CTAP2_OK");
    assert_eq!(retries(&mut desk), (8, false));
}

#[test]
fn a_wrong_pin_voids_what_was_agreed() {
    let mut desk = Desk::with_pin("ctap-2.1-pin");
    let right = pin_request(&mut desk, Protocol::Two, 5, PIN);
    let wrong = pin_request(&mut desk, Protocol::Two, 5, b"wrong");
    desk.check(&wrong, &[], "CTAP2_ERR_PIN_INVALID");
    desk.check(&right, &[], "CTAP2_ERR_PIN_INVALID");
}

#[test]
fn a_protocol_that_the_profile_lacks_is_refused() {
    let mut desk = Desk::of("ctap-2.0");
    desk.check(&client_pin(2).with(1, Value::Int(2)), &[], "CTAP1_ERR_INVALID_PARAMETER");
    desk.check(&client_pin(2).with(1, Value::Int(1)), &[], "CTAP2_OK");
}

#[test]
fn tokens_with_permissions_are_for_profiles_that_have_them() {
    let mut desk = Desk::with_pin("ctap-2.0");
    let request = pin_request(&mut desk, Protocol::One, 9, PIN).with(9, Value::Int(1)).with(10, Value::Text(RP));
    desk.check(&request, &[], "CTAP2_ERR_INVALID_SUBCOMMAND");
    let mut desk = Desk::with_pin("ctap-2.1-pin");
    let ask = |desk: &mut Desk, bits: i64, expect: &str| {
        let request = pin_request(desk, Protocol::Two, 9, PIN).with(9, Value::Int(bits)).with(10, Value::Text(RP));
        desk.check(&request, &[], expect);
    };
    ask(&mut desk, 0, "CTAP1_ERR_INVALID_PARAMETER");
    ask(&mut desk, 0x37, "CTAP2_OK");
    ask(&mut desk, 0x08, "CTAP2_ERR_UNAUTHORIZED_PERMISSION");
    ask(&mut desk, 0x40, "CTAP2_ERR_UNAUTHORIZED_PERMISSION");
    let request = pin_request(&mut desk, Protocol::Two, 9, PIN).with(9, Value::Int(1));
    desk.check(&request, &[], "CTAP2_ERR_MISSING_PARAMETER");
}

/// What a registration without any verification is answered, and a sign-in.
fn check_unverified(mut desk: Desk, discoverable: bool, register: &str, sign_in: &str) {
    let request = make_credential().options(&[("rk", discoverable)]);
    let answers: &[Answer] = if register == "CTAP2_OK" { &[Accept] } else { &[] };
    desk.check(&request, answers, register);
    if register == "CTAP2_OK" {
        let id = desk.key.credentials().last().expect("the credential just made").id.clone();
        let request = get_assertion().options(&[]).list(&[&id]);
        let answers: &[Answer] = if sign_in == "CTAP2_OK" { &[Accept] } else { &[] };
        desk.check(&request, answers, sign_in);
    }
}

#[test]
fn without_verification_an_authenticator_does_what_its_protection_allows() {
    check_unverified(Desk::of("ctap-2.0"), true, "CTAP2_OK", "CTAP2_OK");
    check_unverified(Desk::with_pin("ctap-2.0"), true, "CTAP2_ERR_PUAT_REQUIRED", "");
    check_unverified(Desk::with_pin("ctap-2.0"), false, "CTAP2_ERR_PUAT_REQUIRED", "");
    check_unverified(Desk::with_pin("ctap-2.1-pin"), false, "CTAP2_OK", "CTAP2_OK");
    check_unverified(Desk::with_pin("ctap-2.1-pin"), true, "CTAP2_ERR_PUAT_REQUIRED", "");
    let always = |mut desk: Desk| {
        desk.key.durable.config.always_uv = true;
        desk
    };
    check_unverified(always(Desk::of("ctap-2.3")), false, "CTAP2_ERR_PUAT_REQUIRED", "");
    check_unverified(always(Desk::with_pin("ctap-2.3")), false, "CTAP2_ERR_PUAT_REQUIRED", "");
    check_unverified(Desk::of("hypr-ios"), true, "CTAP2_ERR_OPERATION_DENIED", "");
}

#[test]
fn verification_that_is_not_there_cannot_be_asked_for() {
    let mut desk = Desk::with_pin("ctap-2.1-pin");
    desk.check(&make_credential(), &[], "CTAP2_ERR_INVALID_OPTION");
    desk.check(&get_assertion(), &[], "CTAP2_ERR_INVALID_OPTION");
}

#[test]
fn a_blocked_finger_falls_back_to_the_pin() {
    let mut desk = Desk::with_pin("ctap-2.3");
    desk.key.durable.fingerprints.push(crate::durable::Fingerprint { template_id: vec![1], friendly_name: None });
    desk.key.durable.uv_retries = 0;
    desk.check(&make_credential(), &[], "CTAP2_ERR_PUAT_REQUIRED");
    let right = pin_request(&mut desk, Protocol::Two, 5, PIN);
    desk.check(&right, &[], "CTAP2_OK");
    assert_eq!(desk.key.uv_retries(), 5, "the PIN ends the block");
    desk.check(&make_credential(), &[Accept, Verified], "CTAP2_OK");
}

#[test]
fn where_nobody_can_be_verified_a_mac_is_checked_against_nothing() {
    let mut desk = Desk::of("ctap-2.3");
    let request = make_credential().options(&[("rk", true)]).with(8, Value::Bytes(vec![1; 32]));
    desk.check(&request.clone().with(9, Value::Int(3)), &[], "CTAP1_ERR_INVALID_PARAMETER");
    let (status, body) = desk.send(&request.with(9, Value::Int(2)), &[Accept]);
    assert_eq!((status.as_str(), auth_data(&body)[32]), ("CTAP2_OK", 0x41), "UP and AT, no UV");
}

#[test]
fn what_is_missing_is_missed_before_anything_is_looked_at() {
    let mut desk = Desk::of("ctap-2.1-pin");
    let (key, _) = desk.agree(Protocol::Two);
    let strange = |sub_command: i64| client_pin(sub_command).with(1, Value::Int(3));
    for sub_command in [3, 4, 5, 9] {
        desk.check(&strange(sub_command), &[], "CTAP2_ERR_MISSING_PARAMETER");
        let with_key = strange(sub_command).with(3, Value::Raw(key.clone()));
        desk.check(&with_key, &[], "CTAP2_ERR_MISSING_PARAMETER");
    }
    let whole = strange(9).with(3, Value::Raw(key)).with(6, Value::Bytes(vec![0; 32]));
    desk.check(&whole.clone().with(9, Value::Int(1)), &[], "CTAP2_ERR_MISSING_PARAMETER");
    desk.check(&whole.clone().with(9, Value::Int(8)), &[], "CTAP1_ERR_INVALID_PARAMETER");
    let known = whole.with(1, Value::Int(2));
    desk.check(&known.clone().with(9, Value::Int(8)), &[], "CTAP2_ERR_UNAUTHORIZED_PERMISSION");
    desk.check(&known.with(9, Value::Int(4)), &[], "CTAP2_ERR_PIN_NOT_SET");
}

#[test]
fn a_new_pin_is_sixty_four_bytes_in_whole_blocks() {
    let mut desk = Desk::of("ctap-2.1-pin");
    let (key, secret) = desk.agree(Protocol::Two);
    for (bytes, expect) in [(20, "CTAP2_ERR_PIN_AUTH_INVALID"), (48, "CTAP1_ERR_INVALID_PARAMETER")] {
        let encrypted = vec![7; bytes];
        let request = client_pin(3)
            .with(1, Value::Int(2))
            .with(3, Value::Raw(key.clone()))
            .with(4, Value::Bytes(secret.authenticate(&encrypted)))
            .with(5, Value::Bytes(encrypted));
        desk.check(&request, &[], expect);
    }
}
