//! authenticatorReset (CTAP 2.3 §6.6).

use super::*;
use crate::Answer::{Decline, Hold};
use crate::{Prompt, Purpose, Touch};

const RESET: &[u8] = &[7];

/// A key that has all that a reset takes away.
fn desk() -> Desk {
    let mut desk = Desk::with_pin("ctap-2.3");
    desk.register_by_pin(RP, "carol");
    desk.key.durable.config.always_uv = true;
    desk.key.durable.pin.min_length = 6;
    desk.key.durable.large_blobs = vec![1; 99];
    desk.pin_token(Protocol::Two, 0x40, None);
    desk.key.handle_power_cycle(desk.now);
    desk
}

fn prompt(touch: Touch) -> Prompt {
    Prompt::Presence { rp_id: String::new(), user: None, purpose: Purpose::Reset(touch) }
}

#[test]
fn a_reset_leaves_nothing_but_the_model() {
    let mut desk = desk();
    let before = desk.key.snapshot();
    desk.events();
    assert_eq!(desk.send_bytes(RESET, &[Accept]).0, "CTAP2_OK");
    assert_eq!(
        desk.events(),
        [
            "authenticatorReset",
            "the user is asked for consent to a reset of this key",
            "the user's answer: accepted",
            "the key was reset",
            "authenticatorReset answered CTAP2_OK (0x00)",
        ]
    );
    let (key, new) = (&desk.key.durable, Desk::of("ctap-2.3").key.durable);
    assert_eq!(desk.key.credentials().count(), 0);
    assert_eq!((&key.pin, key.config, &key.large_blobs), (&new.pin, new.config, &new.large_blobs));
    assert_eq!((key.uv_retries, key.persistent_token), (new.uv_retries, None));
    let restored = before.into_durable(desk.key.profile.aaguid).expect("its own snapshot").0;
    assert_ne!(key.identifier, restored.identifier);
    assert_ne!(key.cred_store_state, restored.cred_store_state);
    desk.set_pin();
    desk.register_by_pin(RP, "carol");
}

#[test]
fn tokens_and_keys_of_before_are_void() {
    let mut desk = desk();
    let token = desk.pin_token(Protocol::Two, 0x04, None);
    let (public, _) = desk.agree(Protocol::Two);
    assert_eq!(desk.send_bytes(RESET, &[Accept]).0, "CTAP2_OK");
    let request = Request(0x0A, BTreeMap::new())
        .with(1, Value::Int(1))
        .with(3, Value::Int(2))
        .with(4, param(Protocol::Two, &token, &[1]));
    desk.check(&request, &[], "CTAP2_ERR_PIN_AUTH_INVALID");
    assert_ne!(desk.agree(Protocol::Two).0, public);
}

#[test]
fn a_reset_is_taken_within_ten_seconds_of_power_up() {
    let mut desk = desk();
    desk.pass(10);
    assert_eq!(desk.send_bytes(RESET, &[Decline]).0, "CTAP2_ERR_OPERATION_DENIED");
    desk.pass(1);
    assert_eq!(desk.send_bytes(RESET, &[]).0, "CTAP2_ERR_NOT_ALLOWED");
    assert_eq!(desk.key.credentials().count(), 1);
    desk.key.handle_power_cycle(desk.now);
    // What was asked for in time may be answered later.
    desk.key.handle_command(desk.now, RESET);
    desk.pass(20);
    desk.key.handle_answer(desk.now, Accept);
    assert_eq!(desk.response().0, "CTAP2_OK");
}

#[test]
fn a_new_key_has_its_power_from_when_it_is_first_spoken_to() {
    let mut desk = Desk::of("ctap-2.0");
    desk.now += SignedDuration::from_hours(1);
    assert_eq!(desk.send_bytes(RESET, &[Accept]).0, "CTAP2_OK");
    desk.pass(11);
    assert_eq!(desk.send_bytes(RESET, &[]).0, "CTAP2_ERR_NOT_ALLOWED");
}

#[test]
fn a_user_who_declines_or_does_nothing_keeps_everything() {
    let mut desk = desk();
    assert_eq!(desk.send_bytes(RESET, &[Decline]).0, "CTAP2_ERR_OPERATION_DENIED");
    desk.key.handle_command(desk.now, RESET);
    assert_eq!(desk.key.prompt(), Some(&prompt(Touch::Short)));
    desk.pass(30);
    assert_eq!(desk.response().0, "CTAP2_ERR_USER_ACTION_TIMEOUT");
    desk.key.handle_power_cycle(desk.now);
    desk.key.handle_command(desk.now, RESET);
    desk.key.handle_cancel(desk.now);
    assert_eq!(desk.response().0, "CTAP2_ERR_KEEPALIVE_CANCEL");
    assert_eq!(desk.key.credentials().count(), 1);
}

#[test]
fn a_short_touch_is_not_enough_where_a_long_one_is_set() {
    let mut desk = desk();
    desk.key.durable.config.long_touch_for_reset = true;
    desk.key.handle_command(desk.now, RESET);
    desk.key.handle_answer(desk.now, Accept);
    assert_eq!(desk.key.prompt(), Some(&prompt(Touch::Long)));
    assert_eq!(prompt(Touch::Long).to_string(), "consent by a long touch to a reset of this key");
    desk.key.handle_answer(desk.now, Hold);
    assert_eq!(desk.response().0, "CTAP2_OK");
    assert!(!desk.key.durable.config.long_touch_for_reset);
}

#[test]
fn a_long_touch_is_consent_wherever_a_short_one_is() {
    let mut desk = Desk::new();
    desk.check(&make_credential(), &[Hold, Verified], "CTAP2_OK");
    desk.key.handle_command(desk.now, &make_credential().bytes());
    desk.key.handle_answer(desk.now, Accept);
    desk.key.handle_answer(desk.now, Hold);
    assert!(matches!(desk.key.prompt(), Some(Prompt::Verification { .. })));
}

#[test]
fn a_phone_whose_app_removes_keys_has_no_reset() {
    for profile in ["hypr-ios", "hypr-android"] {
        assert_eq!(Desk::of(profile).send_bytes(RESET, &[]).0, "CTAP1_ERR_INVALID_COMMAND");
    }
}
