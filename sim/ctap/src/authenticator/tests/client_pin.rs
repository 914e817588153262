//! authenticatorClientPIN and tokens (CTAP 2.3 §6.5).

use wire::auth_data::Flags;

use super::*;
use crate::Answer::{Decline, NotVerified};

const BOTH: [Protocol; 2] = [Protocol::One, Protocol::Two];
const CAROL: &str = "carol@highlandsbank.com";

#[test]
fn a_token_spares_the_next_command_its_gestures_and_is_spent_by_it() {
    for protocol in BOTH {
        let mut desk = Desk::new();
        let token = desk.token(protocol, 1);
        let request = make_credential().options(&[("rk", true)]).authorised(protocol, &token);
        let (status, body) = desk.send(&request, &[]);
        assert_eq!(status, "CTAP2_OK");
        assert!(parsed(&auth_data(&body)).flags.has(Flags::UP | Flags::UV));
        desk.check(&request, &[], "CTAP2_ERR_PIN_AUTH_INVALID");

        let token = desk.token(protocol, 2);
        let request = get_assertion().options(&[]).authorised(protocol, &token);
        desk.check(&request, &[], "CTAP2_OK");
        desk.check(&request, &[], "CTAP2_ERR_PIN_AUTH_INVALID");
    }
}

#[test]
fn a_silent_assertion_spends_nothing() {
    let mut desk = Desk::new();
    let id = desk.register(CAROL);
    let token = desk.token(Protocol::Two, 2);
    let silent = get_assertion().options(&[("up", false)]).list(&[&id]).authorised(Protocol::Two, &token);
    let (status, body) = desk.send(&silent, &[]);
    assert_eq!((status.as_str(), parsed(&auth_data(&body)).flags), ("CTAP2_OK", Flags(Flags::UV)));
    desk.check(&get_assertion().options(&[]).authorised(Protocol::Two, &token), &[], "CTAP2_OK");
}

#[test]
fn a_token_serves_its_permission_its_relying_party_and_its_hash_only() {
    let mut desk = Desk::new();
    desk.register(CAROL);
    let token = desk.token(Protocol::Two, 2);
    let invalid = "CTAP2_ERR_PIN_AUTH_INVALID";
    desk.check(&make_credential().options(&[]).authorised(Protocol::Two, &token), &[], invalid);
    let request = get_assertion().options(&[]).authorised(Protocol::Two, &token);
    desk.check(&request.clone().with(1, Value::Text("example.com")), &[], invalid);
    desk.check(&request.clone().with(2, Value::Bytes(vec![1; 32])), &[], invalid);
    desk.check(&get_assertion().options(&[]).authorised(Protocol::One, &token), &[], invalid);
    desk.check(&request.clone().with(6, Value::Bytes(vec![0; 32])), &[], invalid);
    desk.check(&request, &[], "CTAP2_OK");
}

#[test]
fn a_token_ends_unused_after_thirty_seconds_and_with_the_power() {
    let mut desk = Desk::new();
    desk.register(CAROL);
    let request = |token| get_assertion().options(&[]).authorised(Protocol::Two, token);
    let token = desk.token(Protocol::Two, 2);
    desk.pass(31);
    desk.check(&request(&token), &[], "CTAP2_ERR_PIN_AUTH_INVALID");
    let token = desk.token(Protocol::Two, 2);
    desk.key.handle_power_cycle(desk.now);
    desk.check(&request(&token), &[], "CTAP2_ERR_PIN_AUTH_INVALID");
}

#[test]
fn presence_lasts_thirty_seconds_and_is_asked_for_again_after() {
    let mut desk = Desk::new();
    let id = desk.register(CAROL);
    let token = desk.token(Protocol::Two, 2);
    let silent = get_assertion().options(&[("up", false)]).list(&[&id]).authorised(Protocol::Two, &token);
    desk.check(&silent, &[], "CTAP2_OK");
    desk.pass(31);
    desk.check(&get_assertion().options(&[]).authorised(Protocol::Two, &token), &[Accept], "CTAP2_OK");
}

#[test]
fn a_newer_token_ends_the_older() {
    let mut desk = Desk::new();
    desk.register(CAROL);
    let old = desk.token(Protocol::Two, 2);
    desk.token(Protocol::One, 2);
    desk.check(&get_assertion().options(&[]).authorised(Protocol::Two, &old), &[], "CTAP2_ERR_PIN_AUTH_INVALID");
}

#[test]
fn a_token_that_was_withdrawn_serves_nothing() {
    let mut desk = Desk::new();
    desk.register(CAROL);
    let token = desk.token(Protocol::Two, 2);
    desk.events();
    desk.key.revoke_token();
    desk.key.revoke_token();
    assert_eq!(desk.events(), ["the token was withdrawn"]);
    let request = get_assertion().options(&[]).authorised(Protocol::Two, &token);
    desk.check(&request, &[], "CTAP2_ERR_PIN_AUTH_INVALID");
}

#[test]
fn a_request_for_a_token_is_checked_before_the_user_is_asked() {
    let mut desk = Desk::new();
    let (request, _) = desk.token_request(Protocol::Two, 1);
    for member in [1, 3, 9, 10] {
        desk.check(&request.clone().without(member), &[], "CTAP2_ERR_MISSING_PARAMETER");
    }
    desk.check(&request.clone().without(2), &[], "CTAP2_ERR_MISSING_PARAMETER");
    desk.check(&request.clone().with(1, Value::Int(3)), &[], "CTAP1_ERR_INVALID_PARAMETER");
    desk.check(&request.clone().with(9, Value::Int(0)), &[], "CTAP1_ERR_INVALID_PARAMETER");
    desk.check(&request.clone().with(9, Value::Int(0x05)), &[], "CTAP2_ERR_UNAUTHORIZED_PERMISSION");
    let key = |algorithm, x: u8| {
        let coordinates =
            [(-2, vec![x; 32]), (-3, vec![2; 32])].map(|(at, bytes)| (Value::Int(at), Value::Bytes(bytes)));
        let head = [(1, 2), (3, algorithm), (-1, 1)].map(|(at, number)| (Value::Int(at), Value::Int(number)));
        Value::Map([head.as_slice(), &coordinates].concat())
    };
    desk.check(&request.clone().with(3, key(-7, 1)), &[], "CTAP1_ERR_INVALID_PARAMETER");
    desk.check(&request.with(3, key(-25, 1)), &[], "CTAP1_ERR_INVALID_PARAMETER");
}

#[test]
fn subcommands_of_a_pin_are_not_implemented() {
    let mut desk = Desk::new();
    for sub_command in [0, 1, 3, 4, 5, 8, 9, 200] {
        let request = client_pin(sub_command).with(1, Value::Int(2));
        desk.check(&request, &[], "CTAP2_ERR_INVALID_SUBCOMMAND");
    }
}

#[test]
fn wrong_fingers_are_counted_within_the_command_and_block_in_the_end() {
    let mut desk = Desk::new();
    let retries = |desk: &mut Desk| {
        let (_, body) = desk.send(&client_pin(7), &[]);
        members(&body)[&5][0]
    };
    let (request, _) = desk.token_request(Protocol::Two, 1);
    assert_eq!(retries(&mut desk), 5);
    desk.check(&request, &[Accept, NotVerified, NotVerified, NotVerified], "CTAP2_ERR_UV_INVALID");
    assert_eq!(retries(&mut desk), 2);
    desk.check(&request, &[Accept, NotVerified, NotVerified], "CTAP2_ERR_UV_BLOCKED");
    desk.check(&request, &[], "CTAP2_ERR_UV_BLOCKED");
    desk.check(&make_credential(), &[], "CTAP2_ERR_PIN_BLOCKED");
    desk.check(&get_assertion(), &[], "CTAP2_ERR_PIN_BLOCKED");
    desk.key.handle_power_cycle(desk.now);
    assert_eq!(retries(&mut desk), 0);

    desk.key.unblock_verification();
    let (request, _) = desk.token_request(Protocol::Two, 1);
    desk.check(&request, &[Accept, NotVerified, Verified], "CTAP2_OK");
    assert_eq!(retries(&mut desk), 5);
}

#[test]
fn a_wrong_finger_within_a_command_denies_it() {
    let mut desk = Desk::new();
    let wrong = [Accept, NotVerified, NotVerified, NotVerified];
    desk.check(&make_credential(), &wrong, "CTAP2_ERR_OPERATION_DENIED");
}

#[test]
fn no_token_without_consent() {
    let mut desk = Desk::new();
    let (request, _) = desk.token_request(Protocol::Two, 1);
    desk.check(&request, &[Decline], "CTAP2_ERR_OPERATION_DENIED");
    desk.check(&request, &[Accept, Decline], "CTAP2_ERR_OPERATION_DENIED");
}

#[test]
fn a_touch_spends_the_token_in_use_whoever_asked_for_it_and_built_in_verification_does_not() {
    let request = get_assertion().options(&[]);
    let mut desk = Desk::with_pin("ctap-2.3");
    desk.register_by_pin(RP, "carol");
    let token = desk.pin_token(Protocol::Two, 2, Some(RP));
    desk.check(&request, &[Accept], "CTAP2_OK");
    desk.check(&request.clone().authorised(Protocol::Two, &token), &[], "CTAP2_ERR_PIN_AUTH_INVALID");

    let mut phone = Desk::new();
    phone.register(CAROL);
    let token = phone.token(Protocol::Two, 2);
    phone.check(&get_assertion(), &[Accept, Verified], "CTAP2_OK");
    phone.check(&request.authorised(Protocol::Two, &token), &[], "CTAP2_OK");
}
