//! authenticatorGetAssertion and authenticatorGetNextAssertion (CTAP 2.3 §6.2, §6.3).

use wire::auth_data::Flags;

use super::*;

const CAROL: &str = "carol@highlandsbank.com";

#[test]
fn an_assertion_is_signed_by_the_registered_key_and_counts() {
    let mut desk = Desk::new();
    let (_, registration) = desk.send(&make_credential(), &[Accept, Verified]);
    let registration = auth_data(&registration);
    let public_key = parsed(&registration).credential.expect("a credential").public_key.to_vec();
    for count in [2, 3] {
        let (status, body) = desk.send(&get_assertion(), &[Accept, Verified]);
        assert_eq!(status, "CTAP2_OK");
        let bytes = auth_data(&body);
        assert_eq!((parsed(&bytes).flags, parsed(&bytes).sign_count), (Flags(Flags::UP | Flags::UV), count));
        let der = members(&body)[&3].clone();
        let signature = Decoder::new(&der).bytes().expect("bytes");
        let signed = [&bytes[..], &HASH].concat();
        assert!(es256_verifies(&public_key, &signed, signature), "the registered key signed");
    }
}

#[test]
fn a_single_account_is_told_by_its_handle_only() {
    let mut desk = Desk::new();
    desk.register(CAROL);
    let (_, body) = desk.send(&get_assertion(), &[Accept, Verified]);
    let members = members(&body);
    assert_eq!(members[&4], text_map(&[("id", Value::Bytes(CAROL.into()))]).to_cbor());
    assert!(!members.contains_key(&5));
}

#[test]
fn several_accounts_come_newest_first_with_their_names() {
    let mut desk = Desk::new();
    desk.register(CAROL);
    desk.register("alice@highlandsbank.com");
    let user =
        |name: &'static str| text_map(&[("id", Value::Bytes(name.into())), ("name", Value::Text(name))]).to_cbor();

    let (_, first) = desk.send(&get_assertion(), &[Accept, Verified]);
    assert_eq!(members(&first)[&4], user("alice@highlandsbank.com"));
    assert_eq!(members(&first)[&5], [2]);
    let (status, second) = desk.send_bytes(&[8], &[]);
    assert_eq!((status.as_str(), members(&second)[&4].clone()), ("CTAP2_OK", user(CAROL)));
    assert!(!members(&second).contains_key(&5));
    assert_eq!(desk.send_bytes(&[8], &[]).0, "CTAP2_ERR_NOT_ALLOWED");
}

#[test]
fn further_assertions_end_with_any_other_command_and_with_time() {
    let mut desk = Desk::new();
    desk.register(CAROL);
    desk.register("alice@highlandsbank.com");
    assert_eq!(desk.send_bytes(&[8], &[]).0, "CTAP2_ERR_NOT_ALLOWED");
    desk.check(&get_assertion(), &[Accept, Verified], "CTAP2_OK");
    desk.send_bytes(&[4], &[]);
    assert_eq!(desk.send_bytes(&[8], &[]).0, "CTAP2_ERR_NOT_ALLOWED");
    desk.check(&get_assertion(), &[Accept, Verified], "CTAP2_OK");
    desk.pass(31);
    assert_eq!(desk.send_bytes(&[8], &[]).0, "CTAP2_ERR_NOT_ALLOWED");
}

#[test]
fn names_are_kept_from_a_user_who_is_present_but_not_verified() {
    let mut desk = Desk::new();
    desk.register(CAROL);
    desk.register("alice@highlandsbank.com");
    let (_, body) = desk.send(&get_assertion().options(&[]), &[Accept]);
    assert_eq!(members(&body)[&4], text_map(&[("id", Value::Bytes(b"alice@highlandsbank.com".into()))]).to_cbor());
    assert_eq!(members(&body)[&5], [2]);
}

#[test]
fn an_allow_list_picks_one_and_an_empty_one_is_none() {
    let mut desk = Desk::new();
    let carol = desk.register(CAROL);
    desk.register("alice@highlandsbank.com");
    let (_, body) = desk.send(&get_assertion().list(&[&[1; 32], &carol]), &[Accept, Verified]);
    assert_eq!(members(&body)[&1], descriptor(&carol).to_cbor());
    assert!(!members(&body).contains_key(&5));
    let (_, body) = desk.send(&get_assertion().list(&[]), &[Accept, Verified]);
    assert_eq!(members(&body)[&5], [2]);
}

#[test]
fn a_silent_probe_asks_nobody_and_proves_no_presence() {
    let mut desk = Desk::new();
    let id = desk.register(CAROL);
    let probe = get_assertion().options(&[("up", false)]);
    let (status, body) = desk.send(&probe.clone().list(&[&id]), &[]);
    assert_eq!((status.as_str(), parsed(&auth_data(&body)).flags), ("CTAP2_OK", Flags(0)));
    desk.check(&probe.clone().list(&[&[9; 32]]), &[], "CTAP2_ERR_NO_CREDENTIALS");
    desk.check(&probe.with(1, Value::Text("login.microsoft.com.evil.example")), &[], "CTAP2_ERR_NO_CREDENTIALS");
}

#[test]
fn no_credentials_is_told_at_once_unless_a_biometric_is_asked_for() {
    let mut desk = Desk::new();
    desk.check(&get_assertion().options(&[]), &[], "CTAP2_ERR_NO_CREDENTIALS");
    desk.check(&get_assertion(), &[Accept, Verified], "CTAP2_ERR_NO_CREDENTIALS");
}

#[test]
fn the_resident_key_option_is_not_one_of_assertions() {
    let mut desk = Desk::new();
    desk.check(&get_assertion().options(&[("rk", true)]), &[], "CTAP2_ERR_UNSUPPORTED_OPTION");
}

#[test]
fn cred_protect_hides_a_credential_from_an_unverified_user() {
    for (level, listed, discovered) in [(1, true, true), (2, true, false), (3, false, false)] {
        let mut desk = Desk::new();
        let protect = text_map(&[("credProtect", Value::Int(level))]);
        desk.check(&make_credential().with(6, protect), &[Accept, Verified], "CTAP2_OK");
        let id = desk.key.credentials().next().expect("a credential").id.clone();
        let silent = get_assertion().options(&[("up", false)]);
        let status = |found| if found { "CTAP2_OK" } else { "CTAP2_ERR_NO_CREDENTIALS" };
        desk.check(&silent.clone().list(&[&id]), &[], status(listed));
        desk.check(&silent, &[], status(discovered));
        desk.check(&get_assertion(), &[Accept, Verified], "CTAP2_OK");
    }
}

#[test]
fn a_deleted_credential_signs_no_more() {
    let mut desk = Desk::new();
    let id = desk.register(CAROL);
    assert!(desk.key.delete_credential(&id));
    assert!(!desk.key.delete_credential(&id));
    desk.check(&get_assertion().list(&[&id]), &[Accept, Verified], "CTAP2_ERR_NO_CREDENTIALS");
}

#[test]
fn the_account_of_a_credential_that_is_not_discoverable_is_not_told() {
    let mut desk = Desk::of("ctap-2.3");
    desk.check(&make_credential().options(&[]), &[Accept], "CTAP2_OK");
    let id = desk.key.credentials().next().expect("a credential").id.clone();
    let (status, body) = desk.send(&get_assertion().options(&[]).list(&[&id]), &[Accept]);
    assert_eq!(status, "CTAP2_OK");
    assert_eq!(members(&body).keys().copied().collect::<Vec<_>>(), [1, 2, 3]);
}

#[test]
fn further_assertions_end_with_the_token_that_has_allowed_the_first() {
    for (seconds, expect) in [(9, "CTAP2_OK"), (11, "CTAP2_ERR_NOT_ALLOWED")] {
        let mut desk = Desk::with_pin("ctap-2.3");
        desk.register_by_pin(RP, "carol");
        desk.register_by_pin(RP, "dave");
        let token = desk.pin_token(Protocol::Two, 2, Some(RP));
        let silent = get_assertion().options(&[("up", false)]).authorised(Protocol::Two, &token);
        desk.check(&silent, &[], "CTAP2_OK");
        desk.pass(590);
        desk.check(&get_assertion().options(&[]).authorised(Protocol::Two, &token), &[Accept], "CTAP2_OK");
        desk.pass(seconds);
        assert_eq!(desk.send_bytes(&[8], &[]).0, expect, "{seconds} s");
    }
}
