//! Authentication methods but for the keys' registration (entra.md §2.9).

use crate::common::*;
use jiff::SignedDuration;
use serde_json::{Value, json};

const NONE: Value = Value::Null;
const PASSWORD_METHOD: &str = "28c10230-6103-485e-b985-444c60001490";

fn base(lab: &Lab, name: &str) -> String {
    format!("v1.0/users/{}/authentication", lab.user_id(name))
}

#[test]
fn a_pass_is_shown_once_and_ends_by_the_clock_of_the_lab() {
    let lab = Lab::new();
    let token = lab.sign_in("service");
    let passes = format!("{}/temporaryAccessPassMethods", base(&lab, "carol"));
    let made = lab.graph("POST", &passes, &token, json!({ "lifetimeInMinutes": 30, "isUsableOnce": true }));
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(made.text("temporaryAccessPass").len(), 8);
    let state = || {
        let pass = lab.graph("GET", &format!("{passes}/{}", made.text("id")), &token, NONE);
        (pass.body["temporaryAccessPass"].clone(), pass.body["isUsable"].clone(), pass.text("methodUsabilityReason"))
    };
    assert_eq!(state(), (NONE, json!(true), "EnabledByPolicy".to_owned()));
    assert_eq!(lab.graph("POST", &passes, &token, json!({})).graph_error(), (400, "badRequest"));
    lab.clock.advance(SignedDuration::from_mins(30));
    assert_eq!(state(), (NONE, json!(false), "Expired".to_owned()));
    let later = json!({ "startDateTime": "2026-03-02T10:00:00Z" });
    let next = lab.graph("POST", &passes, &token, later);
    assert_eq!((next.status.as_u16(), next.text("methodUsabilityReason")), (201, "NotYetValid".to_owned()));
    assert_eq!(lab.graph("DELETE", &format!("{passes}/{}", next.text("id")), &token, NONE).status, 204);
    assert_eq!(lab.graph("GET", &passes, &token, NONE).body["value"], json!([]));
    let never = json!({ "startDateTime": "9999-12-30T21:59:59Z" });
    let made = lab.graph("POST", &passes, &token, never);
    assert_eq!((made.status.as_u16(), made.text("methodUsabilityReason")), (201, "NotYetValid".to_owned()));
    assert_eq!(lab.graph("DELETE", &format!("{passes}/{}", made.text("id")), &token, NONE).status, 204);
    for body in
        [json!({ "lifetimeInMinutes": 9 }), json!({ "lifetimeInMinutes": "60" }), json!({ "startDateTime": "noon" })]
    {
        assert_eq!(lab.graph("POST", &passes, &token, body.clone()).status, 400, "{body}");
    }
}

#[test]
fn a_reset_password_ends_sessions_and_must_be_changed() {
    let lab = Lab::new();
    let token = lab.sign_in("service");
    let carol = lab.sign_in("carol");
    lab.clock.advance(SignedDuration::from_secs(2));
    let reset = format!("{}/methods/{PASSWORD_METHOD}/resetPassword", base(&lab, "carol"));
    let made = lab.graph("POST", &reset, &token, NONE);
    assert_eq!(made.status, 202, "{}", made.body);
    assert!(made.headers["location"].to_str().unwrap().contains("/authentication/operations/"));
    assert_eq!(lab.graph("GET", "v1.0/me", &carol, NONE).status, 401);
    let app = APP.to_string();
    let (carol, password) = (upn("carol"), made.text("newPassword"));
    let mut form = password_form(&app, &carol);
    form[4].1 = &password;
    assert_eq!(lab.token(TENANT, &form).refusal().2, 50_055);
    let body = json!({ "newPassword": "Another horse 2", "requireChangeOnNextSignIn": false });
    let given = lab.graph("POST", &reset, &token, body);
    assert_eq!((given.status.as_u16(), &given.body["newPassword"]), (202, &NONE));
    form[4].1 = "Another horse 2";
    assert_eq!(lab.token(TENANT, &form).status, 200);
    assert_eq!(lab.graph("POST", &reset, &token, json!({ "newPassword": "short" })).status, 400);
}

#[test]
fn phones_are_added_changed_and_deleted_by_kind() {
    let lab = Lab::new();
    let token = lab.sign_in("service");
    let phones = format!("{}/phoneMethods", base(&lab, "carol"));
    let add = |kind: &str, number: &str| {
        lab.graph("POST", &phones, &token, json!({ "phoneType": kind, "phoneNumber": number }))
    };
    assert_eq!(add("mobile", "+1 5551234567").text("id"), "3179e48a-750b-4051-897c-87b9720928f7");
    assert_eq!(add("office", "+41 441234567x12").status, 201);
    assert_eq!(add("mobile", "+1 5551234567").graph_error(), (400, "badRequest"));
    for (kind, number) in
        [("fax", "+1 5551234567"), ("alternateMobile", "5551234567"), ("alternateMobile", "+1 call me")]
    {
        assert_eq!(add(kind, number).status, 400, "{kind} {number}");
    }
    assert_eq!(lab.graph("GET", &phones, &token, NONE).values("phoneType"), ["mobile", "office"]);
    let mobile = format!("{phones}/3179e48a-750b-4051-897c-87b9720928f7");
    assert_eq!(lab.graph("PATCH", &mobile, &token, json!({ "phoneNumber": "+1 5557654321" })).status, 200);
    assert_eq!(lab.graph("GET", &mobile, &token, NONE).text("phoneNumber"), "+1 5557654321");
    assert_eq!(lab.graph("DELETE", &mobile, &token, NONE).status, 204);
    assert_eq!(lab.graph("GET", &mobile, &token, NONE).graph_error(), (404, "resourceNotFound"));
}

#[test]
fn ones_own_methods_change_only_after_a_sign_in_with_mfa() {
    let lab = Lab::new();
    let token = lab.sign_in_with_everything("carol");
    let body = json!({ "phoneType": "mobile", "phoneNumber": "+1 5551234567" });
    let refused = lab.graph("POST", "v1.0/me/authentication/phoneMethods", &token, body);
    assert_eq!(refused.graph_error(), (403, "accessDenied"));
    assert_eq!(refused.message(), "MFA is required for a 'AddPhone' operation, but was not performed.");
    assert_eq!(lab.graph("GET", "v1.0/me/authentication/phoneMethods", &token, NONE).status, 200);
}

#[test]
fn a_key_may_come_as_late_as_its_challenge_allows() {
    let mut config = config();
    config.fido2_policy.attestation = entra::fido::AttestationEnforcement::NotEnforced;
    let lab = Lab::of(config);
    let keys = format!("users/{}/authentication/fido2Methods", lab.user_id("carol"));
    let challenge = || {
        let path = format!("beta/{keys}/creationOptions(challengeTimeoutInMinutes=600)");
        let options = lab.graph("GET", &path, &lab.sign_in("service"), NONE);
        options.body["publicKey"]["challenge"].as_str().expect("a challenge").to_owned()
    };
    let register = |challenge: &str| {
        let body =
            json!({ "displayName": "Key", "publicKeyCredential": crate::keys::public_key_credential(challenge) });
        lab.graph("POST", &format!("v1.0/{keys}"), &lab.sign_in("service"), body).status.as_u16()
    };
    let (first, second) = (challenge(), challenge());
    lab.clock.advance(SignedDuration::from_mins(599));
    assert_eq!((register(&first), register(&first)), (201, 400));
    lab.clock.advance(SignedDuration::from_mins(1));
    assert_eq!(register(&second), 400);
}

#[test]
fn beta_says_how_long_a_challenge_is_good_for() {
    let lab = Lab::new();
    let token = lab.sign_in("service");
    let options = format!("users/{}/authentication/fido2Methods/creationOptions", lab.user_id("carol"));
    let ends = |path: &str| lab.graph("GET", path, &token, NONE).text("challengeTimeoutDateTime");
    let long = "2026-03-02T10:00:00Z";
    assert_eq!(ends(&format!("v1.0/{options}")), "2026-03-02T09:05:00Z");
    assert_eq!(ends(&format!("beta/{options}(challengeTimeoutInMinutes=60)")), long);
    assert_eq!(ends(&format!("beta/{options}?challengeTimeoutInMinutes=60")), long);
    let alias = "challengeTimeoutInMinutes=@challengeTimeoutInMinutes";
    assert_eq!(ends(&format!("beta/{options}({alias})?@challengeTimeoutInMinutes=60")), long);
    assert_eq!(ends(&format!("beta/{options}({alias})")), "2026-03-02T09:05:00Z");
    for path in [
        format!("v1.0/{options}(challengeTimeoutInMinutes=60)"),
        format!("beta/{options}(challengeTimeoutInMinutes=4)"),
        format!("beta/{options}(challengeTimeoutInMinutes=43201)"),
        format!("beta/{options}(minutes=60)"),
        format!("beta/{options}?colour=red"),
    ] {
        assert_eq!(lab.graph("GET", &path, &token, NONE).status, 400, "{path}");
    }
}
