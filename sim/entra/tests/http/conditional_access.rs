//! Conditional Access at the token endpoint: policies made through Graph, exact codes, the claims challenge, the log.

use crate::common::*;
use serde_json::{Value, json};

const POLICIES: &str = "v1.0/identity/conditionalAccess/policies";

/// Makes a policy for one user and every application, and names its id.
fn policy(lab: &Lab, admin: &str, user: &str, grant: &Value) -> String {
    let body = json!({
        "displayName": "P", "state": "enabled",
        "conditions": {
            "clientAppTypes": ["all"], "applications": { "includeApplications": ["All"] },
            "users": { "includeUsers": [lab.user_id(user)] },
        },
        "grantControls": grant,
    });
    let made = lab.graph("POST", POLICIES, admin, body);
    assert_eq!(made.status, 201, "{}", made.body);
    made.text("id")
}

fn password(lab: &Lab, user: &str) -> Answer {
    lab.token(TENANT, &password_form(&EVERYTHING.to_string(), &upn(user)))
}

#[test]
fn each_control_has_its_code_and_names_the_policy() {
    for (control, code, suberror) in [
        ("block", 53_003, "message_only"),
        ("compliantDevice", 53_000, "message_only"),
        ("domainJoinedDevice", 53_001, "message_only"),
        ("mfa", 50_079, "basic_action"),
        ("approvedApplication", 53_002, "message_only"),
        ("compliantApplication", 53_009, "message_only"),
        ("passwordChange", 50_142, "basic_action"),
    ] {
        let lab = Lab::new();
        let admin = lab.sign_in_with_everything("admin");
        let id = policy(&lab, &admin, "carol", &json!({ "operator": "OR", "builtInControls": [control] }));
        let answer = password(&lab, "carol");
        assert_eq!(answer.refusal(), (400, "invalid_grant", code), "{}", answer.body);
        assert_eq!(answer.body["suberror"], suberror);
        let claims: Value = serde_json::from_str(&answer.text("claims")).unwrap();
        assert_eq!(claims, json!({ "access_token": { "capolids": { "essential": true, "values": [id] } } }));
        let log = lab.graph("GET", "v1.0/auditLogs/signIns?$top=1", &admin, Value::Null);
        let entry = &log.body["value"][0];
        assert_eq!(
            (&entry["conditionalAccessStatus"], &entry["status"]["errorCode"]),
            (&json!("failure"), &json!(code))
        );
        let applied = entry["appliedConditionalAccessPolicies"].as_array().unwrap();
        let line = applied.iter().find(|line| line["id"] == *id).unwrap();
        assert_eq!(line["result"], "failure");
    }
}

#[test]
fn exclusion_lets_the_excluded_user_in() {
    let lab = Lab::new();
    let admin = lab.sign_in_with_everything("admin");
    let id = policy(&lab, &admin, "carol", &json!({ "operator": "OR", "builtInControls": ["block"] }));
    assert_eq!(password(&lab, "carol").refusal().2, 53_003);
    assert_eq!(password(&lab, "mallory").status, 200);
    let exclude = json!({ "conditions": { "users": { "excludeUsers": [lab.user_id("carol")] } } });
    assert_eq!(lab.graph("PATCH", &format!("{POLICIES}/{id}"), &admin, exclude).status, 204);
    assert_eq!(password(&lab, "carol").status, 200);
}

#[test]
fn a_policy_that_comes_later_stops_the_refresh_token() {
    let lab = Lab::new();
    let admin = lab.sign_in_with_everything("admin");
    let (app, carol) = (EVERYTHING.to_string(), upn("carol"));
    let mut form = password_form(&app, &carol).map(|(name, value)| (name, value.to_owned())).to_vec();
    form.iter_mut().filter(|(name, _)| *name == "scope").for_each(|(_, scope)| scope.push_str(" offline_access"));
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let token = lab.token(TENANT, &form).text("refresh_token");
    let refresh = || {
        let secret = form.iter().find(|(name, _)| *name == "client_secret").unwrap().1;
        let id = app.as_str();
        let fields = [("grant_type", "refresh_token"), ("client_id", id), ("client_secret", secret)];
        lab.token(TENANT, &[&fields[..], &[("refresh_token", token.as_str())]].concat())
    };
    assert_eq!(refresh().status, 200);
    policy(&lab, &admin, "carol", &json!({ "operator": "OR", "builtInControls": ["block"] }));
    assert_eq!(refresh().refusal(), (400, "invalid_grant", 53_003));
}

#[test]
fn an_application_by_itself_is_not_asked() {
    let lab = Lab::new();
    let admin = lab.sign_in_with_everything("admin");
    let body = json!({
        "displayName": "P", "state": "enabled",
        "conditions": { "applications": { "includeApplications": ["All"] }, "users": { "includeUsers": ["All"] } },
        "grantControls": { "operator": "OR", "builtInControls": ["block"] },
    });
    assert_eq!(lab.graph("POST", POLICIES, &admin, body).status, 201);
    assert_eq!(password(&lab, "admin").refusal().2, 53_003);
    let app = DAEMON.to_string();
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", app.as_str()),
        ("client_secret", "wOt8Q~good"),
        ("scope", "https://graph.microsoft.com/.default"),
    ];
    assert_eq!(lab.token(TENANT, &form).status, 200);
}
