//! The sign-in screen against hand-made answers of Entra.

use http::{Response, StatusCode};
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use serde_json::{Value, json};
use uuid::Uuid;
use wire::{Base64Url, Status};

use super::*;
use crate::fake_key::assertion_for_a_page as assertion;
use crate::webauthn::Operation;

const NONCE: &str = "AwABEgEAAAAD";

fn machine(join: Join, security_keys: SecurityKeys) -> SignIn {
    let key = SigningKey::from_slice(&[3; 32]).unwrap();
    let local_account = Some(LocalAccount { name: "carol".into(), password: "Local-1".into() });
    let machine = Machine { name: "WS-01".into(), system: System::Windows, local_account };
    let mut sign_in = SignIn::new(Device { id: Uuid::from_u128(7), key, join }, machine);
    sign_in.handle_policy(security_keys);
    sign_in
}

fn joined() -> SignIn {
    machine(Join::Cloud, SecurityKeys::Enabled)
}

fn tap(sign_in: &mut SignIn, label: &str) {
    sign_in.handle_verb(&Verb::Tap(label.into())).unwrap();
}

fn type_in(sign_in: &mut SignIn, field: &str, text: &str) {
    sign_in.handle_verb(&Verb::Type { field: field.into(), text: text.into() }).unwrap();
}

fn answer(sign_in: &mut SignIn, status: u16, body: &Value) -> Vec<(String, String)> {
    let (id, request) = sign_in.poll_request().expect("Entra is asked");
    assert_eq!(request.uri(), "https://login.microsoftonline.com/common/oauth2/token");
    let mut response = Response::new(body.to_string().into());
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    sign_in.handle_response(id, Ok(response));
    url::form_urlencoded::parse(request.body()).into_owned().collect()
}

fn nonce(sign_in: &mut SignIn) {
    let form = answer(sign_in, 200, &json!({ "Nonce": NONCE }));
    assert_eq!(form, [("grant_type".to_owned(), "srv_challenge".to_owned())]);
}

fn token() -> Value {
    let claims = json!({ "name": "Carol Shaw", "upn": "carol@bank.example", "oid": "1", "tid": "2" }).to_string();
    json!({
        "token_type": "pop",
        "refresh_token": "0.prt",
        "session_key": Base64Url(vec![6; 32]),
        "id_token": format!("e30.{}.", Base64Url(claims.into_bytes())),
    })
}

fn aadsts(code: u32) -> Value {
    json!({ "error": "invalid_grant", "error_codes": [code], "error_description": format!("AADSTS{code}: ..") })
}

fn sign_in_by_password(sign_in: &mut SignIn) {
    type_in(sign_in, "User name", "carol@bank.example");
    type_in(sign_in, "Password", "secret");
    tap(sign_in, "Sign in");
    nonce(sign_in);
    answer(sign_in, 200, &token());
    assert_eq!(sign_in.poll_effect(), Some(Effect::Opened));
}

/// The claims of the signed request, once its signature has been verified.
fn verified_claims(form: &[(String, String)], key: &[u8]) -> (Value, Value) {
    let request = &form.iter().find(|(name, _)| name == "request").unwrap().1;
    let (signed, signature) = request.rsplit_once('.').unwrap();
    let signature = Signature::from_slice(&Base64Url::parse(signature).unwrap().0).unwrap();
    VerifyingKey::from_sec1_bytes(key).unwrap().verify(signed.as_bytes(), &signature).unwrap();
    let (header, payload) = signed.split_once('.').unwrap();
    let json = |part| serde_json::from_slice(&Base64Url::parse(part).unwrap().0).unwrap();
    (json(header), json(payload))
}

#[test]
fn a_password_goes_to_entra_in_a_request_signed_by_the_device() {
    let mut sign_in = joined();
    type_in(&mut sign_in, "User name", "carol@bank.example");
    type_in(&mut sign_in, "Password", "secret");
    tap(&mut sign_in, "Sign in");
    nonce(&mut sign_in);
    let form = answer(&mut sign_in, 200, &token());
    let (header, claims) = verified_claims(&form, &sign_in.device.public_key());
    assert_eq!(header, json!({ "typ": "JWT", "alg": "ES256", "kid": "00000000-0000-0000-0000-000000000007" }));
    assert_eq!(
        claims,
        json!({
            "client_id": "38aa3b87-a06d-4817-b275-7a316988d93b",
            "request_nonce": NONCE,
            "scope": "openid aza ugs",
            "win_ver": "10.0.22631.4460",
            "grant_type": "password",
            "username": "carol@bank.example",
            "password": "secret",
        })
    );
    assert_eq!(&form[0], &("windows_api_version".to_owned(), "2.2".to_owned()));
}

#[test]
fn the_primary_refresh_token_is_kept_for_edge_and_out_of_sight() {
    let mut sign_in = joined();
    sign_in_by_password(&mut sign_in);
    let session = sign_in.session().unwrap();
    let expected = SingleSignOn { refresh_token: "0.prt".into(), session_key: vec![6; 32] };
    assert_eq!(session.single_sign_on, Some(expected));
    assert!(!format!("{session:?}").contains("prt"));
    assert!(sign_in.is_open());
}

#[test]
fn the_last_account_and_method_stand_on_the_lock_screen() {
    let mut sign_in = joined();
    sign_in_by_password(&mut sign_in);
    sign_in.handle_lock();
    let screen = sign_in.screen(None);
    assert_eq!(
        (screen.title.as_str(), screen.texts.as_slice()),
        ("Carol Shaw", &["carol@bank.example".to_owned()][..])
    );
    assert!(screen.field("Password").is_ok() && screen.field("User name").is_err());
    assert!(sign_in.session().is_some() && !sign_in.is_open());
}

#[test]
fn a_typed_password_is_shown_as_dots() {
    let mut sign_in = joined();
    type_in(&mut sign_in, "Password", "secret");
    assert_eq!(sign_in.screen(None).field("Password").unwrap().value, "●●●●●●");
}

#[test]
fn the_key_signs_the_nonce_and_the_name_switches_to_its_owner() {
    let mut sign_in = joined();
    tap(&mut sign_in, "Sign-in options");
    tap(&mut sign_in, "Security key");
    assert_eq!(sign_in.screen(None).title, "Other User");
    nonce(&mut sign_in);
    let Some(Effect::Ask(ceremony)) = sign_in.poll_effect() else { panic!("a key is asked") };
    let Operation::Get(options) = &ceremony.operation else { panic!("an assertion is asked for") };
    assert_eq!(ceremony.origin, "https://login.microsoft.com");
    assert_eq!(options.challenge.0, NONCE.as_bytes());
    assert_eq!(
        (options.rp_id.as_deref(), options.user_verification.as_str()),
        (Some("login.microsoft.com"), "required")
    );
    assert!(options.allow_credentials.is_empty());

    sign_in.handle_conclusion(Ok(CredentialJson::Assertion(assertion())));
    let form = answer(&mut sign_in, 200, &token());
    let (_, claims) = verified_claims(&form, &sign_in.device.public_key());
    assert_eq!(claims["grant_type"], "urn:passkey-lab:params:oauth:grant-type:fido");
    assert_eq!(claims["assertion"], serde_json::to_value(assertion()).unwrap());
    sign_in.handle_lock();
    let screen = sign_in.screen(None);
    assert_eq!(screen.title, "Carol Shaw");
    assert!(screen.shows("Sign in with your security key"));
}

#[test]
fn waking_up_with_a_key_asks_it_at_once_for_other_user() {
    let mut sign_in = joined();
    sign_in_by_password(&mut sign_in);
    sign_in.handle_wake(Keys::Present);
    nonce(&mut sign_in);
    assert!(matches!(sign_in.poll_effect(), Some(Effect::Ask(_))));
    assert_eq!(sign_in.screen(Some("Touch your security key")).title, "Other User");
    assert!(!sign_in.is_open());
}

#[test]
fn waking_up_without_a_key_or_without_the_policy_shows_the_last_account() {
    for (policy, keys) in [(SecurityKeys::Enabled, Keys::Absent), (SecurityKeys::Disabled, Keys::Present)] {
        let mut sign_in = machine(Join::Hybrid, policy);
        sign_in_by_password(&mut sign_in);
        sign_in.handle_wake(keys);
        assert_eq!(sign_in.screen(None).title, "Carol Shaw");
    }
}

#[test]
fn the_security_key_tile_needs_the_policy_and_a_joined_machine() {
    let cases = [
        (Join::Cloud, SecurityKeys::Enabled, true),
        (Join::Hybrid, SecurityKeys::Enabled, true),
        (Join::Cloud, SecurityKeys::Disabled, false),
        (Join::None, SecurityKeys::Enabled, false),
    ];
    for (join, policy, offered) in cases {
        let mut sign_in = machine(join, policy);
        tap(&mut sign_in, "Sign-in options");
        assert_eq!(sign_in.screen(None).button("Security key").is_ok(), offered, "{join:?} {policy:?}");
    }
}

#[test]
fn entras_refusals_are_said_in_windows_words() {
    let cases = [
        (50126, "The user name or password is incorrect. Try again."),
        (50057, "Your account has been disabled. Please see your system administrator."),
        (700003, "Your organization doesn't know this computer. Please see your system administrator."),
        (135000, "We couldn't verify your security key. Try again, or use another way to sign in."),
        (130501, "Your organization doesn't allow this security key for signing in."),
        (1, "We can't sign you in with this account right now. Try again later."),
    ];
    for (code, words) in cases {
        let mut sign_in = joined();
        type_in(&mut sign_in, "User name", "carol@bank.example");
        type_in(&mut sign_in, "Password", "secret");
        tap(&mut sign_in, "Sign in");
        nonce(&mut sign_in);
        answer(&mut sign_in, 400, &aadsts(code));
        assert!(sign_in.screen(None).shows(words), "{code}");
        assert!(!sign_in.is_open());
        let last = std::iter::from_fn(|| sign_in.poll_event()).last();
        assert_eq!(last, Some(Event::Refused { code: Some(code), words: words.into() }));
    }
}

#[test]
fn without_a_network_nobody_signs_in() {
    let mut sign_in = joined();
    tap(&mut sign_in, "Sign-in options");
    tap(&mut sign_in, "Security key");
    let (id, _) = sign_in.poll_request().unwrap();
    let unreachable = clockwork::Unreachable { host: "login.microsoftonline.com".into(), reason: "cut off".into() };
    sign_in.handle_response(id, Err(unreachable));
    assert!(sign_in.screen(None).shows(words::UNREACHABLE));
}

#[test]
fn a_machine_that_is_not_joined_knows_no_entra_account() {
    let mut sign_in = machine(Join::None, SecurityKeys::Enabled);
    type_in(&mut sign_in, "User name", "carol@bank.example");
    type_in(&mut sign_in, "Password", "secret");
    tap(&mut sign_in, "Sign in");
    assert!(sign_in.poll_request().is_none());
    assert!(sign_in.screen(None).shows("This computer isn't joined to Microsoft Entra ID."));
}

fn at_the_key_prompt() -> SignIn {
    let mut sign_in = joined();
    tap(&mut sign_in, "Sign-in options");
    tap(&mut sign_in, "Security key");
    nonce(&mut sign_in);
    sign_in.poll_effect();
    sign_in
}

#[test]
fn a_key_without_credentials_says_so_and_windows_stays_locked() {
    let mut sign_in = at_the_key_prompt();
    sign_in.handle_conclusion(Err(Failure::Status(Status::NO_CREDENTIALS)));
    assert!(sign_in.screen(None).shows("No credentials"));
    assert!(!sign_in.is_open());
}

#[test]
fn a_cancelled_prompt_leads_back_without_words() {
    let mut sign_in = at_the_key_prompt();
    tap(&mut sign_in, "Cancel");
    assert_eq!(sign_in.poll_effect(), Some(Effect::StopAsking));
    assert_eq!(sign_in.screen(None).texts, ["Sign in with your security key"]);
    sign_in.handle_conclusion(Err(Failure::Cancelled));
    assert!(!sign_in.is_open());
}

#[test]
fn from_the_key_prompt_the_other_ways_are_one_tap_away() {
    let mut sign_in = at_the_key_prompt();
    tap(&mut sign_in, "Sign-in options");
    assert_eq!(sign_in.poll_effect(), Some(Effect::StopAsking));
    tap(&mut sign_in, "Password");
    assert!(sign_in.screen(None).field("Password").is_ok());
}

#[test]
fn a_credential_that_nobody_waits_for_opens_nothing() {
    let mut sign_in = joined();
    sign_in.handle_conclusion(Ok(CredentialJson::Assertion(assertion())));
    assert!(!sign_in.is_open());
    assert!(sign_in.poll_request().is_none());
}

#[test]
fn a_reply_to_a_given_up_sign_in_opens_nothing() {
    let mut sign_in = joined();
    sign_in_by_password(&mut sign_in);
    sign_in.handle_lock();
    type_in(&mut sign_in, "Password", "secret");
    tap(&mut sign_in, "Sign in");
    let (id, _) = sign_in.poll_request().unwrap();
    sign_in.handle_lock();
    sign_in.handle_response(id, Ok(Response::new(token().to_string().into())));
    assert!(!sign_in.is_open());
}

#[test]
fn the_machine_s_own_account_needs_no_entra() {
    let check = |join, name: &str, password: &str, expect: bool| {
        let mut sign_in = machine(join, SecurityKeys::Disabled);
        type_in(&mut sign_in, "User name", name);
        type_in(&mut sign_in, "Password", password);
        tap(&mut sign_in, "Sign in");
        assert!(sign_in.poll_request().is_none(), "Entra is not asked for {name}");
        assert_eq!(sign_in.is_open(), expect, "{name}");
        sign_in
    };
    for name in ["carol", "Carol", ".\\carol", "ws-01\\carol"] {
        let sign_in = check(Join::None, name, "Local-1", true);
        let session = sign_in.session().expect("signed in");
        assert_eq!((session.account.upn.as_str(), session.single_sign_on.is_none()), ("WS-01\\carol", true));
    }
    let refused = check(Join::Cloud, "carol", "wrong", false);
    assert!(refused.screen(None).shows("The user name or password is incorrect. Try again."));
}
