//! Forms that no page has made: whatever comes in place of what was asked, the sign-in goes on or ends in words.

use proptest::prelude::*;
use proptest::sample::select;

use super::*;

const LOGIN: &str = "https://login.microsoftonline.com";
const SECURITY_INFO: &str = "https://mysignins.microsoft.com";
/// Where the forms of a sign-in go.
const STEPS: [&str; 6] =
    ["common/login", "common/login", "common/SSPR/End", "common/SAS/BeginAuth", "common/SAS/ProcessAuth", "kmsi"];
/// Where the forms of security info go.
const ACTIONS: [&str; 5] = [
    "security-info/add",
    "api/post/newfido",
    "api/authenticationmethods/verify",
    "api/authenticationmethods/delete",
    "signin-oidc",
];
const NAMES: [&str; 22] = [
    "type",
    "goto",
    "loginfmt",
    "passwd",
    "assertion",
    "error_code",
    "otc",
    "LoginOptions",
    "currentpasswd",
    "newpasswd",
    "confirmnewpasswd",
    "AuthMethodId",
    "method",
    "canary",
    "Name",
    "id",
    "credentialId",
    "clientDataJson",
    "attestationObject",
    "transports",
    "code",
    "state",
];
const VALUES: [&str; 20] = [
    "",
    "11",
    "23",
    "1",
    "28",
    "options",
    "password",
    "verify",
    CAROL,
    SUSPENDED,
    SERVICE,
    PASSWORD,
    "000000",
    "Security key",
    "AAAA",
    "null",
    "[1]",
    "{\"id\":\"AAAA\",\"clientDataJSON\":\"e30\",\"authenticatorData\":\"\",\"signature\":\"\"}",
    "Zürich \u{7f}\r\n",
    "<script>",
];

fn fields() -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
    prop::collection::vec((select(&NAMES[..]), select(&VALUES[..])), 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_form_at_any_stage_of_a_sign_in_is_answered(
        forms in prop::collection::vec((select(&STEPS[..]), fields()), 1..16),
    ) {
        let world = World::new();
        world.with(|tenant| tenant.set_conditional_access(vec![mfa_for_all()]));
        let mut browser = world.browser();
        browser.open("https://www.office.com/");
        let token = browser.hidden("flowToken").expect("the first page belongs to a flow");
        for (path, mut fields) in forms {
            fields.push(("flowToken", &token));
            browser.post(&format!("{LOGIN}/{path}"), &fields);
            prop_assert!(browser.status < 500, "{} to {path} {fields:?}", browser.status);
        }
    }

    #[test]
    fn any_form_of_somebody_signed_in_is_answered(
        forms in prop::collection::vec((select(&ACTIONS[..]), fields()), 1..16),
    ) {
        let world = World::new();
        let mut browser = signed_in(&world);
        for (path, fields) in forms {
            browser.post(&format!("{SECURITY_INFO}/{path}"), &fields);
            prop_assert!(browser.status < 500, "{} to {path} {fields:?}", browser.status);
        }
    }
}

/// Carol's browser with a session, a second factor included.
fn signed_in(world: &World) -> Browser {
    world.with(|tenant| tenant.set_conditional_access(vec![mfa_for_all()]));
    let mut browser = world.browser();
    browser.open(&format!("{SECURITY_INFO}/security-info")).type_in("Email, phone, or Skype", CAROL).press("Next");
    browser.type_in("Password", PASSWORD).press("Sign in").press("Text +X XXXXXXX42");
    let code = world.text_message();
    browser.type_in("Code", &code).press("Verify").press("No");
    assert_eq!(browser.title(), "My Account");
    browser
}

#[test]
fn an_address_that_is_not_ascii_survives_the_way_through_the_sign_in() {
    let world = World::new();
    let request = http::Request::get("/security-info/delete?id=Zürich").header("host", "mysignins.microsoft.com");
    let request = request.body(axum::body::Body::empty()).unwrap();
    let response = browser::run(tower::ServiceExt::oneshot(world.router.clone(), request)).unwrap();
    assert_eq!(response.status(), 302);
    let mut browser = world.browser();
    browser.open(response.headers()["location"].to_str().unwrap());
    browser.type_in("Email, phone, or Skype", CAROL).press("Next").type_in("Password", PASSWORD).press("Sign in");
    browser.press("No");
    assert_eq!(browser.title(), "Verify your identity", "to delete takes a second factor");
    browser.press("Text +X XXXXXXX42");
    let code = world.text_message();
    browser.type_in("Code", &code).press("Verify");
    assert_eq!(browser.title(), "Security info", "there is no key of that id");
    assert!(browser.trail.iter().any(|url| url.query() == Some("id=Z%C3%BCrich")), "{:?}", browser.trail);
}

#[test]
fn another_method_and_a_body_that_is_too_large_are_refused_in_the_words_of_the_pages() {
    let world = World::new();
    let mut browser = world.browser();
    for url in
        [&format!("{LOGIN}/kmsi"), &format!("{SECURITY_INFO}/api/post/newfido"), "https://www.office.com/landingv2"]
    {
        browser.open(url);
        assert_eq!((browser.status, &browser.alerts()[0][..13]), (405, "AADSTS900561:"), "{url}");
        browser.post(url, &[("x", &"x".repeat(1 << 20))]);
        assert_eq!((browser.status, &browser.alerts()[0][..14]), (413, "AADSTS9002313:"), "{url}");
    }
}
