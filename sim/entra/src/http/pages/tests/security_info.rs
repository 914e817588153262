//! Security info: adding a key, listing it, using it, deleting it.

use serde_json::{Value, json};
use wire::Base64Url;
use wire::webauthn::{AttestationResponse, PUBLIC_KEY, Registration};

use super::*;
use crate::fido::MethodState;

const SECURITY_INFO: &str = "https://mysignins.microsoft.com/security-info";

/// Carol's browser at the list of her methods, signed in by password.
fn at_methods(world: &World) -> Browser {
    let mut browser = world.browser();
    browser.open(SECURITY_INFO).type_in("Email, phone, or Skype", CAROL).press("Next");
    browser.type_in("Password", PASSWORD).press("Sign in").press("No").press("UPDATE INFO");
    browser
}

fn verify_by_text(world: &World, browser: &mut Browser) {
    assert_eq!(browser.title(), "Verify your identity");
    browser.press("Text +X XXXXXXX42");
    let code = world.text_message();
    browser.type_in("Code", &code).press("Verify");
}

/// From the list to the page that makes the key.
fn to_ceremony(world: &World, browser: &mut Browser) {
    browser.press("Add sign-in method").press("Add");
    if browser.title() == "Verify your identity" {
        verify_by_text(world, browser);
    }
    browser.press("USB device").press("Next");
}

/// What a client makes of a new key.
fn registration(key: &TestKey, making: &Making) -> Value {
    let made = key.make(making);
    let id = Base64Url(made.credential_id);
    let registration = Registration {
        id: id.clone(),
        raw_id: id,
        kind: PUBLIC_KEY.into(),
        authenticator_attachment: Some("cross-platform".into()),
        response: AttestationResponse {
            client_data_json: made.client_data_json.into(),
            attestation_object: made.attestation_object.into(),
            transports: made.transports,
        },
        client_extension_results: serde_json::Map::new(),
    };
    serde_json::to_value(registration).unwrap()
}

fn add_key(world: &World, browser: &mut Browser, key: &TestKey, name: &str) {
    to_ceremony(world, browser);
    let made = registration(key, &Making::of(&browser.challenge()));
    browser.end_ceremony(Ok(made)).type_in("Name your security key", name).press("Next");
}

#[test]
fn a_key_is_added_listed_used_and_deleted() {
    let world = World::new();
    let mut browser = at_methods(&world);
    assert_eq!(browser.title(), "Security info");
    assert!(browser.shows("Password") && browser.shows("+X XXXXXXX42") && !browser.shows("Security key"));
    browser.press("Add sign-in method");
    assert_eq!((browser.title().as_str(), browser.buttons()), ("Add a method", vec!["Add".into(), "Cancel".into()]));
    browser.press("Add");
    verify_by_text(&world, &mut browser);
    assert_eq!(browser.title(), "Security key");
    assert_eq!(browser.buttons(), ["USB device", "NFC device", "Cancel"]);
    assert_eq!(browser.press("USB device").title(), "Have your key ready");
    browser.press("Next");
    assert_eq!(browser.url.as_str(), format!("https://login.microsoft.com/{TENANT}/fido/create"));
    let options = browser.ceremony()["publicKey"].clone();
    assert_eq!((&options["rp"]["id"], &options["user"]["name"]), (&json!("login.microsoft.com"), &json!(CAROL)));
    let key = TestKey::new(1);
    let made = registration(&key, &Making::of(&browser.challenge()));
    browser.end_ceremony(Ok(made));
    assert_eq!(browser.title(), "Name your security key");
    browser.type_in("Name your security key", "HYPR").press("Next");
    assert_eq!((browser.title().as_str(), browser.buttons()), ("You're all set!", vec!["Done".into()]));
    browser.press("Done");
    assert!(browser.shows("Security key") && browser.shows("HYPR"));

    let mut chrome = world.browser();
    chrome.open("https://www.office.com/").press("Sign-in options").press("Use Windows Hello or a security key");
    let signing = world.signing(CAROL, &chrome.challenge(), 2);
    chrome.end_ceremony(Ok(serde_json::to_value(key.sign(&signing)).unwrap())).press("No");
    assert_eq!(chrome.title(), "Microsoft 365");

    browser.press("Delete");
    assert_eq!(
        (browser.title().as_str(), browser.buttons()),
        ("Delete this method?", vec!["Ok".into(), "Cancel".into()])
    );
    browser.press("Ok");
    assert!(browser.title() == "Security info" && !browser.shows("HYPR"));
    let deleted = Event::KeyDeleted { user: CAROL.into(), name: "HYPR".into(), by: CAROL.into() };
    assert!(world.events().contains(&deleted));
    let mut chrome = world.browser();
    chrome.open("https://www.office.com/").press("Sign-in options").press("Use Windows Hello or a security key");
    let signing = world.signing(CAROL, &chrome.challenge(), 3);
    chrome.end_ceremony(Ok(serde_json::to_value(key.sign(&signing)).unwrap()));
    assert_eq!(chrome.alerts()[1], "Error code: 135001");
}

#[test]
fn a_second_factor_older_than_five_minutes_is_asked_for_again() {
    let world = World::new();
    let mut browser = at_methods(&world);
    add_key(&world, &mut browser, &TestKey::new(1), "HYPR");
    world.pass(5);
    assert_eq!(browser.press("Done").press("Delete").title(), "Delete this method?");
    world.pass(1);
    browser.press("Ok");
    verify_by_text(&world, &mut browser);
    assert_eq!(browser.title(), "Delete this method?");
    assert!(!browser.press("Ok").shows("HYPR"));
}

#[test]
fn a_key_is_a_second_factor_too() {
    let world = World::new();
    let key = TestKey::new(1);
    world.register(CAROL, &key);
    let mut browser = at_methods(&world);
    browser.press("Delete").press("Use Windows Hello or a security key");
    let signing = world.signing(CAROL, &browser.challenge(), 2);
    browser.end_ceremony(Ok(serde_json::to_value(key.sign(&signing)).unwrap()));
    assert_eq!(browser.title(), "Delete this method?");
}

#[test]
fn a_key_of_somebody_else_is_no_second_factor() {
    let world = World::new();
    let (own, other) = (TestKey::new(1), TestKey::new(2));
    world.register(CAROL, &own);
    world.register(DAVE, &other);
    let mut browser = at_methods(&world);
    browser.press("Delete").press("Use Windows Hello or a security key");
    let signing = world.signing(DAVE, &browser.challenge(), 2);
    browser.end_ceremony(Ok(serde_json::to_value(other.sign(&signing)).unwrap()));
    assert_eq!(
        (browser.title().as_str(), browser.alerts()[1].as_str()),
        ("Verify your identity", "Error code: 135012")
    );
}

#[test]
fn a_refused_key_says_why() {
    let world = World::new();
    let mut browser = at_methods(&world);
    to_ceremony(&world, &mut browser);
    let making =
        Making { flags: wire::auth_data::Flags::UP | wire::auth_data::Flags::AT, ..Making::of(&browser.challenge()) };
    browser.end_ceremony(Ok(registration(&TestKey::new(1), &making)));
    browser.type_in("Name your security key", "HYPR").press("Next");
    assert_eq!(browser.title(), "We're sorry, we ran into a problem");
    assert_eq!(browser.alerts()[1], "Error code: 135003 (error_user_not_verified)");
    let refused = Event::KeyRefused { user: CAROL.into(), reason: "the user verified flag is not set".into() };
    assert!(world.events().contains(&refused));
}

#[test]
fn a_ceremony_that_ends_without_a_key_says_so() {
    let world = World::new();
    for (exception, words) in [
        ("NotAllowedError", "Your security key could not be set up."),
        ("InvalidStateError", "This security key is already registered."),
    ] {
        let mut browser = at_methods(&world);
        to_ceremony(&world, &mut browser);
        browser.end_ceremony(Err(exception));
        assert_eq!(browser.title(), "We're sorry, we ran into a problem");
        assert!(browser.alerts()[0].starts_with(words));
        assert_eq!(browser.alerts()[1], format!("Error code: {exception}"));
    }
}

#[test]
fn a_name_that_is_too_long_may_be_given_again() {
    let world = World::new();
    let mut browser = at_methods(&world);
    add_key(&world, &mut browser, &TestKey::new(1), &"x".repeat(31));
    assert_eq!((browser.title().as_str(), browser.alerts().len()), ("Name your security key", 1));
    assert_eq!(browser.type_in("Name your security key", "HYPR").press("Next").title(), "You're all set!");
}

#[test]
fn a_second_key_names_the_first_as_excluded() {
    let world = World::new();
    world.register(CAROL, &TestKey::new(1));
    let mut browser = at_methods(&world);
    to_ceremony(&world, &mut browser);
    let excluded = browser.ceremony()["publicKey"]["excludeCredentials"].clone();
    assert_eq!(excluded[0]["id"], Base64Url(vec![1; 32]).to_string());
}

#[test]
fn the_page_says_that_the_method_is_off() {
    let world = World::new();
    world
        .with(|tenant| tenant.set_fido2_policy(Fido2Policy { state: MethodState::Disabled, ..Fido2Policy::default() }));
    let mut browser = at_methods(&world);
    let words = "Security key is not available: FIDO2 security keys are disabled by policy.";
    assert!(browser.shows(words));
    browser.press("Add sign-in method");
    assert_eq!(browser.alerts(), [words]);
    assert_eq!(browser.buttons(), ["Cancel"]);
}

#[test]
fn the_ceremony_pages_serve_no_other_site() {
    let world = World::new();
    let mut browser = world.browser();
    for (path, back) in [
        ("common/fido/get", "https://evil.example/"),
        ("x/fido/create", "https://mysignins.microsoft.com.evil.example/"),
    ] {
        browser
            .post(&format!("https://login.microsoft.com/{path}"), &[("postBackUrl", back), ("serverChallenge", "x")]);
        assert!(browser.alerts()[0].starts_with("AADSTS135004"), "{:?}", browser.alerts());
    }
    for (field, code) in [("cancelUrl", "AADSTS135005"), ("resumeUrl", "AADSTS135006")] {
        let back = ("postBackUrl", "https://login.microsoftonline.com/common/login");
        let fields = [back, (field, "https://login.microsoftonline.com.evil.example/"), ("serverChallenge", "x")];
        browser.post("https://login.microsoft.com/common/fido/get", &fields);
        assert!(browser.alerts()[0].starts_with(code), "{:?}", browser.alerts());
    }
    let good = "https://mysignins.microsoft.com/api/post/newfido";
    let fields = [
        ("postBackUrl", good),
        ("userId", "eA"),
        ("memberName", "x"),
        ("userDisplayName", "x"),
        ("ExcludeNextGenCredentialsJSON", "{"),
    ];
    browser.post("https://login.microsoft.com/x/fido/create", &fields);
    assert!(browser.alerts()[0].starts_with("AADSTS135015"), "{:?}", browser.alerts());
}
