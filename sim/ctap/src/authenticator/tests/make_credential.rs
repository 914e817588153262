//! authenticatorMakeCredential (CTAP 2.3 §6.1).

use wire::attestation::Packed;
use wire::auth_data::Flags;

use super::*;

const KEY: &str = include_str!("../../../../../fixtures/pki/hypr-attestation.key.pem");
const LEAF: &str = include_str!("../../../../../fixtures/pki/hypr-attestation.pem");

#[test]
fn a_registration_carries_flags_aaguid_id_and_a_signature_of_its_own_key() {
    let mut desk = Desk::new();
    let (status, body) = desk.send(&make_credential(), &[Accept, Verified]);
    assert_eq!(status, "CTAP2_OK");
    let bytes = auth_data(&body);
    let data = parsed(&bytes);
    let credential = data.credential.clone().expect("attested credential data");
    assert_eq!((data.flags, data.sign_count), (Flags(Flags::UP | Flags::UV | Flags::AT), 1));
    assert_eq!(credential.aaguid, Profile::hypr_ios().aaguid);
    let held = desk.key.credentials().next().expect("a credential");
    assert_eq!((credential.id, held.rp_id.as_str(), held.created), (held.id.as_slice(), RP, desk.now));
    assert_eq!(held.user_name.as_deref(), Some("carol@highlandsbank.com"));

    let statement = members(&body)[&3].clone();
    let packed = Packed::parse(&statement).expect("a packed statement");
    assert!(packed.x5c.is_empty());
    let signed = [&bytes[..], &HASH].concat();
    assert!(es256_verifies(credential.public_key, &signed, packed.signature), "the credential's key signed");
}

#[test]
fn certified_attestation_carries_the_chain() {
    let mut desk = Desk::with(Attestation::packed(KEY, LEAF).expect("the fixture"));
    let (_, body) = desk.send(&make_credential(), &[Accept, Verified]);
    let statement = members(&body)[&3].clone();
    assert_eq!(Packed::parse(&statement).expect("a packed statement").x5c.len(), 1);
}

#[test]
fn options_and_parameters_are_refused_with_their_own_status() {
    let mut desk = Desk::new();
    let request = make_credential();
    desk.check(&request.clone().options(&[("up", false)]), &[], "CTAP2_ERR_INVALID_OPTION");
    desk.check(&request.clone().options(&[]), &[], "CTAP2_ERR_OPERATION_DENIED");
    desk.check(&request.clone().with(4, Value::List(vec![parameters(-257)])), &[], "CTAP2_ERR_UNSUPPORTED_ALGORITHM");
    desk.check(&request.clone().with(4, Value::List(vec![])), &[], "CTAP2_ERR_UNSUPPORTED_ALGORITHM");
    desk.check(&request.clone().with(10, Value::Int(1)), &[], "CTAP1_ERR_INVALID_PARAMETER");
    desk.check(&request.clone().with(8, Value::Bytes(vec![1; 32])), &[], "CTAP2_ERR_MISSING_PARAMETER");
    let protocol = request.with(8, Value::Bytes(vec![1; 32])).with(9, Value::Int(3));
    desk.check(&protocol, &[], "CTAP1_ERR_INVALID_PARAMETER");
    assert_eq!(desk.key.credentials().count(), 0);
}

#[test]
fn a_zero_length_pin_uv_auth_param_asks_for_a_touch() {
    let mut desk = Desk::new();
    let request = make_credential().with(8, Value::Bytes(vec![]));
    desk.check(&request, &[Accept], "CTAP2_ERR_PIN_NOT_SET");
    desk.check(&request, &[Answer::Decline], "CTAP2_ERR_OPERATION_DENIED");
    desk.key.handle_command(desk.now, &request.bytes());
    desk.pass(30);
    assert_eq!(desk.response().0, "CTAP2_ERR_OPERATION_DENIED");
    desk.check(&get_assertion().with(6, Value::Bytes(vec![])), &[Accept], "CTAP2_ERR_PIN_NOT_SET");
}

#[test]
fn an_excluded_credential_is_told_after_consent_and_only_of_its_own_relying_party() {
    let mut desk = Desk::new();
    let id = desk.register("carol@highlandsbank.com");
    let excluding = make_credential().user("alice@highlandsbank.com").list(&[&[7; 32], &id]);
    desk.check(&excluding, &[Accept, Verified], "CTAP2_ERR_CREDENTIAL_EXCLUDED");
    let elsewhere = excluding.with(2, text_map(&[("id", Value::Text("example.com"))]));
    desk.check(&elsewhere, &[Accept, Verified], "CTAP2_OK");
}

#[test]
fn an_exclude_list_is_answered_at_once_with_a_token_whose_presence_lasts_and_after_a_touch_later() {
    let mut desk = Desk::new();
    let id = desk.register("carol@highlandsbank.com");
    let token = desk.token(Protocol::Two, 1);
    let excluding = make_credential().list(&[&id]).options(&[]).authorised(Protocol::Two, &token);
    desk.check(&excluding, &[], "CTAP2_ERR_CREDENTIAL_EXCLUDED");
    desk.pass(31);
    desk.check(&excluding, &[Answer::Decline], "CTAP2_ERR_CREDENTIAL_EXCLUDED");
}

#[test]
fn an_account_registered_anew_replaces_its_credential() {
    let mut desk = Desk::new();
    let old = desk.register("carol@highlandsbank.com");
    let new = desk.register("carol@highlandsbank.com");
    desk.register("alice@highlandsbank.com");
    assert_ne!(old, new);
    assert_eq!(desk.key.credentials().count(), 2);
    desk.check(&get_assertion().list(&[&old]), &[Accept, Verified], "CTAP2_ERR_NO_CREDENTIALS");
}

#[test]
fn a_full_store_takes_no_further_account() {
    let limits = crate::Limits { credentials: 1, ..Default::default() };
    let profile = Profile { limits, ..Profile::hypr_ios() };
    let mut desk = Desk::new();
    desk.key = Authenticator::new(profile, Attestation::packed_self(), Seed::of(&["full"]).fork("ctap"));
    desk.register("carol@highlandsbank.com");
    let request = make_credential().user("alice@highlandsbank.com");
    desk.check(&request, &[Accept, Verified], "CTAP2_ERR_KEY_STORE_FULL");
    desk.register("carol@highlandsbank.com");
}

#[test]
fn extensions_asked_for_are_answered_in_authenticator_data() {
    let mut desk = Desk::new();
    let extensions = text_map(&[
        ("credProtect", Value::Int(3)),
        ("hmac-secret", Value::Bool(true)),
        ("an-unknown-one", Value::Null),
    ]);
    let (status, body) = desk.send(&make_credential().with(6, extensions), &[Accept, Verified]);
    assert_eq!(status, "CTAP2_OK");
    let expect = text_map(&[("credProtect", Value::Int(3)), ("hmac-secret", Value::Bool(true))]).to_cbor();
    assert_eq!(parsed(&auth_data(&body)).extensions, Some(expect.as_slice()));
    let wrong = make_credential().with(6, text_map(&[("credProtect", Value::Int(4))]));
    desk.check(&wrong, &[], "CTAP1_ERR_INVALID_PARAMETER");
}

#[test]
fn the_same_seed_makes_the_same_bytes() {
    let run = || Desk::new().send(&make_credential(), &[Accept, Verified]);
    assert_eq!(run(), run());
}

#[test]
fn an_exclusion_is_told_whatever_becomes_of_the_touch_and_before_the_extensions() {
    let mut desk = Desk::of("ctap-2.3");
    desk.check(&make_credential().options(&[]), &[Accept], "CTAP2_OK");
    let id = desk.key.credentials().next().expect("a credential").id.clone();
    let excluding = make_credential().options(&[]).list(&[&id]);
    desk.check(&excluding, &[Answer::Decline], "CTAP2_ERR_CREDENTIAL_EXCLUDED");
    desk.key.handle_command(desk.now, &excluding.bytes());
    desk.pass(30);
    assert_eq!(desk.response().0, "CTAP2_ERR_CREDENTIAL_EXCLUDED");
    let wrong = excluding.with(6, text_map(&[("credProtect", Value::Int(4))]));
    desk.check(&wrong, &[Accept], "CTAP2_ERR_CREDENTIAL_EXCLUDED");
}

#[test]
fn enterprise_attestation_is_looked_at_after_the_options_and_before_the_token() {
    let mut desk = Desk::with_pin("ctap-2.3");
    let request = make_credential().options(&[("rk", true)]).with(10, Value::Int(1));
    desk.check(&request, &[], "CTAP2_ERR_PUAT_REQUIRED");
    let wrong = request.with(8, Value::Bytes(vec![1; 32])).with(9, Value::Int(2));
    desk.check(&wrong, &[], "CTAP1_ERR_INVALID_PARAMETER");
    desk.check(&wrong.without(10), &[], "CTAP2_ERR_PIN_AUTH_INVALID");
}
