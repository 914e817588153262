//! Conditional Access in the browser: blocked, sent for a stronger proof, let through.

use serde_json::{Value, json};

use super::*;
use crate::conditional_access::StoredPolicy;

const OFFICE: &str = "https://www.office.com/";
const POLICY: Uuid = uuid!("00000000-0000-4000-8000-0000000000ca");
/// Microsoft 365's own request.
const AUTHORIZE: &str = "https://login.microsoftonline.com/common/oauth2/v2.0/authorize\
    ?client_id=4765445b-32c6-49b0-83e6-1d93765276ca&response_type=code&scope=openid\
    &redirect_uri=https%3A%2F%2Fwww.office.com%2Flandingv2&response_mode=query";

impl World {
    /// A policy for everybody, with these grant controls and conditions beside.
    fn set_policy(&self, grant: Value, clients: &str) {
        let document = json!({
            "state": "enabled",
            "conditions": {
                "clientAppTypes": [clients],
                "applications": { "includeApplications": ["All"] },
                "users": { "includeUsers": ["All"] },
            },
            "grantControls": grant,
        });
        let policy = StoredPolicy::new(POLICY, "P".into(), document.as_object().unwrap().clone());
        self.with(|tenant| tenant.keep_policy(policy));
    }
}

fn built_in(control: &str) -> Value {
    json!({ "operator": "OR", "builtInControls": [control] })
}

fn phishing_resistant() -> Value {
    let strength = json!({ "id": "00000000-0000-0000-0000-000000000004" });
    json!({ "operator": "OR", "builtInControls": [], "authenticationStrength": strength })
}

fn sign_in(browser: &mut Browser) {
    browser.open(OFFICE).type_in("Email, phone, or Skype", CAROL).press("Next");
    browser.type_in("Password", PASSWORD).press("Sign in");
}

#[test]
fn what_no_interaction_can_mend_ends_the_sign_in_with_its_code() {
    for (control, code) in [
        ("block", 53_003),
        ("compliantDevice", 53_000),
        ("domainJoinedDevice", 53_001),
        ("approvedApplication", 53_002),
    ] {
        let world = World::new();
        world.set_policy(built_in(control), "all");
        let mut browser = world.browser();
        sign_in(&mut browser);
        assert_eq!(browser.title(), "You cannot access this right now", "{control}");
        assert!(browser.alerts()[0].starts_with(&format!("AADSTS{code}: ")), "{:?}", browser.alerts());
        assert_eq!(browser.alerts()[1], format!("Error code: {code}"));
        let log = world.with(|tenant| tenant.audit().sign_ins.back().unwrap().clone());
        assert_eq!((log.error, log.applied[0].id, log.applied[0].result), (code, POLICY, "failure"));
    }
}

#[test]
fn a_text_message_is_no_phishing_resistant_method() {
    let world = World::new();
    world.set_policy(phishing_resistant(), "all");
    let mut browser = world.browser();
    sign_in(&mut browser);
    assert_eq!((browser.title().as_str(), browser.buttons()), ("Verify your identity", Vec::new()));
    assert!(browser.alerts()[1].starts_with("AADSTS50079"));
    let flow = browser.hidden("flowToken");
    assert_eq!(flow, None, "there is no form to go on with");
    world.register(CAROL, &TestKey::new(1));
    let mut browser = world.browser();
    sign_in(&mut browser);
    assert_eq!(browser.buttons(), ["Use Windows Hello or a security key"]);
}

#[test]
fn a_session_by_text_message_is_asked_for_more_once_the_policy_wants_it() {
    let world = World::new();
    world.set_policy(built_in("mfa"), "all");
    let mut browser = world.browser();
    sign_in(&mut browser);
    browser.press("Text +X XXXXXXX42");
    let code = world.text_message();
    browser.type_in("Code", &code).press("Verify").press("No");
    assert_eq!(browser.title(), "Microsoft 365");
    world.set_policy(phishing_resistant(), "all");
    world.register(CAROL, &TestKey::new(1));
    browser.open(AUTHORIZE);
    assert_eq!(browser.title(), "Verify your identity");
    assert_eq!(browser.buttons(), ["Use Windows Hello or a security key"]);
}

#[test]
fn a_claims_challenge_brings_its_policy_along() {
    let world = World::new();
    world.set_policy(built_in("mfa"), "mobileAppsAndDesktopClients");
    let mut browser = world.browser();
    sign_in(&mut browser);
    browser.press("No");
    assert_eq!(browser.title(), "Microsoft 365", "the policy is about another kind of client");
    let claims = json!({ "access_token": { "capolids": { "essential": true, "values": [POLICY] } } }).to_string();
    let challenge: String = url::form_urlencoded::byte_serialize(claims.as_bytes()).collect();
    browser.open(&format!("{AUTHORIZE}&claims={challenge}"));
    assert_eq!(browser.title(), "Verify your identity");
    browser.press("Text +X XXXXXXX42");
    let code = world.text_message();
    browser.type_in("Code", &code).press("Verify");
    let log = world.with(|tenant| tenant.audit().sign_ins.back().unwrap().clone());
    assert_eq!((log.amr, log.applied[0].result), (["pwd", "sms", "mfa"].map(str::to_owned).to_vec(), "success"));
}

#[test]
fn a_report_only_policy_lets_everybody_in_and_says_what_it_would_have_done() {
    let world = World::new();
    world.set_policy(built_in("block"), "all");
    world.with(|tenant| {
        let mut document = tenant.conditional_access()[0].document.clone();
        document.insert("state".into(), "enabledForReportingButNotEnforced".into());
        tenant.keep_policy(StoredPolicy::new(POLICY, "P".into(), document));
    });
    let mut browser = world.browser();
    sign_in(&mut browser);
    assert_eq!(browser.press("No").title(), "Microsoft 365");
    let log = world.with(|tenant| tenant.audit().sign_ins.back().unwrap().clone());
    assert_eq!((log.error, log.applied[0].result), (0, "reportOnlyFailure"));
}
