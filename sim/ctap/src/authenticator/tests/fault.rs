//! Faults on purpose: each changes one thing, and the signature stays right unless it is the fault.

use wire::attestation::Packed;
use wire::auth_data::Flags;

use super::*;

const BOTH: u8 = Flags::UP | Flags::UV;

impl Desk {
    fn breaks(&mut self, rule: &str) {
        self.key.faults_mut().add(rule.parse().expect("a rule"));
    }
}

/// What an assertion and its signature look like after an honest registration and one honest assertion.
#[derive(Debug, PartialEq)]
struct Seen {
    flags: u8,
    sign_count: u32,
    rp_id_hash_is_right: bool,
    signature_is_right: bool,
}

impl Seen {
    const HONEST: Self = Self { flags: BOTH, sign_count: 3, rp_id_hash_is_right: true, signature_is_right: true };
}

fn check(fault: &str, expect: &Seen) {
    let mut desk = Desk::new();
    let (_, body) = desk.send(&make_credential(), &[Accept, Verified]);
    let registration = auth_data(&body);
    let registered = parsed(&registration);
    desk.check(&get_assertion(), &[Accept, Verified], "CTAP2_OK");
    desk.breaks(&format!("getAssertion:{fault}"));
    let (status, body) = desk.send(&get_assertion(), &[Accept, Verified]);
    assert_eq!(status, "CTAP2_OK");
    let bytes = auth_data(&body);
    let der = members(&body)[&3].clone();
    let signature = Decoder::new(&der).bytes().expect("bytes");
    let key = registered.credential.expect("a credential").public_key;
    let seen = Seen {
        flags: parsed(&bytes).flags.0,
        sign_count: parsed(&bytes).sign_count,
        rp_id_hash_is_right: parsed(&bytes).rp_id_hash == registered.rp_id_hash,
        signature_is_right: es256_verifies(key, &[&bytes[..], &HASH].concat(), signature),
    };
    assert_eq!(&seen, expect, "{fault}");
}

#[test]
fn an_assertion_has_one_fault_at_a_time() {
    check("wrong-rp-id-hash", &Seen { rp_id_hash_is_right: false, ..Seen::HONEST });
    check("unset-up-bit", &Seen { flags: Flags::UV, ..Seen::HONEST });
    check("unset-uv-bit", &Seen { flags: Flags::UP, ..Seen::HONEST });
    check("set-be-bit", &Seen { flags: BOTH | Flags::BE, ..Seen::HONEST });
    check("set-bs-bit", &Seen { flags: BOTH | Flags::BS, ..Seen::HONEST });
    check("invalid-signature", &Seen { signature_is_right: false, ..Seen::HONEST });
    check("counter-stuck", &Seen { sign_count: 2, ..Seen::HONEST });
    check("counter-replayed", &Seen { sign_count: 1, ..Seen::HONEST });
    check("extra-extension", &Seen { flags: BOTH | Flags::ED, ..Seen::HONEST });
    check("drop-extensions", &Seen::HONEST);
}

#[test]
fn a_rule_for_another_command_relying_party_or_occurrence_changes_nothing() {
    let mut desk = Desk::new();
    desk.breaks("makeCredential@login.microsoft.com#2:status=CTAP2_ERR_OPERATION_DENIED");
    desk.breaks("getAssertion@example.com:status=CTAP2_ERR_OPERATION_DENIED");
    desk.register("carol");
    desk.check(&get_assertion(), &[Accept, Verified], "CTAP2_OK");
    desk.check(&make_credential(), &[], "CTAP2_ERR_OPERATION_DENIED");
    desk.check(&make_credential(), &[Accept, Verified], "CTAP2_OK");
}

#[test]
fn a_registration_loses_its_attestation_or_takes_another_aaguid() {
    let register = |fault| {
        let mut desk = Desk::new();
        desk.breaks(fault);
        desk.send(&make_credential(), &[Accept, Verified]).1
    };
    let stripped = members(&register("any:no-attestation"));
    assert_eq!((stripped[&1].clone(), stripped[&3].as_slice()), (Value::Text("none").to_cbor(), [0xA0].as_slice()));

    let body = register("any:other-aaguid");
    let bytes = auth_data(&body);
    let credential = parsed(&bytes).credential.expect("a credential");
    assert_ne!(credential.aaguid, Profile::hypr_ios().aaguid);
    let statement = members(&body)[&3].clone();
    let signature = Packed::parse(&statement).expect("packed").signature;
    assert!(es256_verifies(credential.public_key, &[&bytes[..], &HASH].concat(), signature), "the fault is signed");
}

#[test]
fn an_extension_that_nobody_asked_for_comes_behind_those_that_were() {
    let extensions = |fault: &str| {
        let mut desk = Desk::of("ctap-2.3");
        desk.breaks(fault);
        let asked = text_map(&[("credProtect", Value::Int(2)), ("hmac-secret", Value::Bool(true))]);
        let request = make_credential().options(&[("rk", false)]).with(6, asked);
        let (status, body) = desk.send(&request, &[Accept]);
        assert_eq!(status, "CTAP2_OK");
        let bytes = auth_data(&body);
        parsed(&bytes).extensions.map(<[u8]>::to_vec)
    };
    let honest = extensions("getAssertion:drop-extensions").expect("both outputs");
    assert_eq!(honest[0], 0xA2);
    let more = extensions("any:extra-extension").expect("three outputs");
    wire::cbor::check_canonical(&more).expect("it is canonical");
    assert_eq!((more[0], &more[1..honest.len()]), (0xA3, &honest[1..]));
    assert_eq!(extensions("any:drop-extensions"), None);
}

#[test]
fn an_answer_is_another_status_or_other_bytes_and_nobody_is_asked() {
    let answer = |fault: &str| {
        let mut desk = Desk::new();
        desk.breaks(fault);
        desk.key.handle_command(desk.now, &make_credential().bytes());
        assert_eq!((desk.key.prompt(), desk.key.credentials().count()), (None, 0));
        desk.key.poll_response().expect("an answer")
    };
    assert_eq!(answer("any:status=CTAP2_ERR_UNSUPPORTED_ALGORITHM"), [0x26]);
    assert_eq!(answer("any:status=0xF3"), [0xF3]);
    assert_eq!(answer("any:response=00ff"), [0x00, 0xFF]);
}

#[test]
fn an_answer_is_of_the_wrong_shape_or_cut_off_when_all_has_been_done() {
    let answer = |fault: &str| {
        let mut desk = Desk::new();
        desk.breaks(fault);
        desk.key.handle_command(desk.now, &make_credential().bytes());
        desk.key.handle_answer(desk.now, Accept);
        desk.key.handle_answer(desk.now, Verified);
        assert_eq!(desk.key.credentials().count(), 1);
        desk.key.poll_response().expect("an answer")
    };
    let wrong = answer("any:invalid-response");
    wire::cbor::check_canonical(&wrong[1..]).expect("it is CBOR");
    assert_eq!(wrong, [0x00, 0xA1, 0x01, 0xF4]);
    let (whole, cut) = (answer("getInfo:invalid-response"), answer("any:truncated-response"));
    assert_eq!(cut, whole[..whole.len().div_ceil(2)]);
}

#[test]
fn a_key_that_finds_no_credentials_has_them_again_when_the_rule_is_gone() {
    let mut desk = Desk::new();
    desk.register("carol");
    desk.breaks("getAssertion:no-credentials");
    desk.check(&get_assertion(), &[Accept, Verified], "CTAP2_ERR_NO_CREDENTIALS");
    desk.key.faults_mut().clear();
    desk.check(&get_assertion(), &[Accept, Verified], "CTAP2_OK");
}

#[test]
fn a_full_key_makes_no_credential() {
    let mut desk = Desk::new();
    desk.breaks("makeCredential:key-store-full");
    desk.check(&make_credential(), &[Accept, Verified], "CTAP2_ERR_KEY_STORE_FULL");
    assert_eq!(desk.key.credentials().count(), 0);
}

#[test]
fn a_soft_lock_of_the_pin_ends_with_the_power() {
    let mut desk = Desk::with_pin("ctap-2.3");
    desk.breaks("clientPIN#1:pin-soft-lock");
    let retries = client_pin(1);
    let (_, body) = desk.send(&retries, &[]);
    assert_eq!(members(&body)[&4], [0xF5], "powerCycleState");
    let wrong = client_pin(5)
        .with(1, Value::Int(2))
        .with(3, Value::Raw(desk.agree(Protocol::Two).0))
        .with(6, Value::Bytes(vec![0; 32]));
    desk.check(&wrong, &[], "CTAP2_ERR_PIN_AUTH_BLOCKED");
    desk.key.handle_power_cycle(desk.now);
    desk.pin_token(Protocol::Two, 1, Some(RP));
}

#[test]
fn a_slow_touch_takes_effect_when_its_time_has_come() {
    let mut desk = Desk::new();
    desk.breaks("any:slow-touch=2s");
    desk.key.handle_command(desk.now, &make_credential().bytes());
    desk.key.handle_answer(desk.now, Accept);
    assert!(desk.key.prompt().is_some() && desk.key.unanswered().is_none());
    assert_eq!(desk.key.poll_timeout(), Some(desk.now + SignedDuration::from_secs(2)));
    desk.pass(2);
    assert!(desk.key.unanswered().is_some(), "the biometric is next");
    desk.key.handle_answer(desk.now, Verified);
    assert_eq!(desk.response().0, "CTAP2_OK");
}

#[test]
fn a_touch_slower_than_the_key_is_patient_and_one_that_is_absent_end_in_a_timeout() {
    for rule in ["any:slow-touch=31s", "any:absent-touch"] {
        let mut desk = Desk::new();
        desk.breaks(rule);
        desk.key.handle_command(desk.now, &make_credential().bytes());
        desk.key.handle_answer(desk.now, Accept);
        desk.pass(30);
        assert_eq!(desk.response().0, "CTAP2_ERR_USER_ACTION_TIMEOUT", "{rule}");
    }
}

#[test]
fn a_user_whose_touch_is_held_back_can_still_decline() {
    let mut desk = Desk::new();
    desk.breaks("any:absent-touch");
    desk.check(&make_credential(), &[Accept, Answer::Decline], "CTAP2_ERR_OPERATION_DENIED");
}

#[test]
fn a_fault_is_told_and_another_command_meanwhile_is_not_touched_by_it() {
    let mut desk = Desk::new();
    desk.register("carol");
    desk.breaks("getAssertion:invalid-response");
    desk.events();
    desk.key.handle_command(desk.now, &get_assertion().bytes());
    assert!(desk.events().contains(&"authenticatorGetAssertion goes wrong on purpose: invalid-response".to_owned()));
    desk.key.handle_command(desk.now, &[0x04]);
    assert_eq!(desk.response().0, "CTAP1_ERR_CHANNEL_BUSY");
    desk.key.handle_answer(desk.now, Accept);
    desk.key.handle_answer(desk.now, Verified);
    assert_eq!(desk.response(), ("CTAP2_OK".to_owned(), vec![0xA1, 0x01, 0xF4]));
}
