//! Replication lag and continuous access evaluation (entra.md §2.2, §2.3): who sees which change when.

use crate::common::*;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use entra::{Replication, Role};
use jiff::SignedDuration;
use serde_json::{Value, json};

const NONE: Value = Value::Null;
const READER: uuid::Uuid = uuid::uuid!("aaaaaaaa-0000-4000-8000-000000000009");

fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

/// A tenant that lags, with an application of all permissions of its own; the tokens of an administrator and of it.
fn lagging(delays: Replication) -> (Lab, String, String) {
    let mut config = config();
    config.applications.push(application(READER, &[], &permissions("application")));
    let lab = Lab::of_tenant(config, |tenant| tenant.with_replication(delays));
    let reader = READER.to_string();
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", reader.as_str()),
        ("client_secret", "wOt8Q~good"),
        ("scope", "https://graph.microsoft.com/.default"),
    ];
    let application = lab.token(TENANT, &form).text("access_token");
    let admin = lab.sign_in_with_everything("admin");
    (lab, admin, application)
}

fn new_group(lab: &Lab, token: &str) -> String {
    let body = json!({ "displayName": "New", "mailNickname": "new", "mailEnabled": false, "securityEnabled": true });
    lab.graph("POST", "v1.0/groups", token, body).text("id")
}

fn reference(id: &str) -> Value {
    json!({ "@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{id}") })
}

#[test]
fn a_new_object_is_read_by_id_and_listed_each_after_its_own_delay() {
    let (lab, admin, app) = lagging(Replication { read: seconds(5), list: seconds(10), ..Replication::default() });
    let id = new_group(&lab, &admin);
    let path = format!("v1.0/groups/{id}");
    let listed = |token: &str| lab.graph("GET", "v1.0/groups", token, NONE).values("id").contains(&id);
    assert_eq!(lab.graph("GET", &path, &app, NONE).graph_error(), (404, "Request_ResourceNotFound"));
    assert_eq!((listed(&admin), listed(&app)), (true, false), "a session reads its own writes");
    lab.clock.advance(seconds(4));
    assert_eq!(lab.graph("GET", &path, &app, NONE).status, 404);
    lab.clock.advance(seconds(1));
    assert_eq!(lab.graph("GET", &path, &app, NONE).status, 200);
    lab.clock.advance(seconds(4));
    assert!(!listed(&app));
    lab.clock.advance(seconds(1));
    assert!(listed(&app));
}

#[test]
fn a_changed_property_has_its_old_value_and_a_deleted_object_is_still_there() {
    let (lab, admin, app) = lagging(Replication { read: seconds(5), list: seconds(5), ..Replication::default() });
    let path = format!("v1.0/users/{}", lab.user_id("carol"));
    let name = || lab.graph("GET", &path, &app, NONE).body["displayName"].clone();
    lab.graph("PATCH", &path, &admin, json!({ "displayName": "Carol S." }));
    assert_eq!(name(), "carol Example");
    lab.clock.advance(seconds(2));
    lab.graph("DELETE", &path, &admin, NONE);
    assert_eq!(name(), "carol Example");
    lab.clock.advance(seconds(3));
    assert_eq!(name(), "Carol S.", "each change by its own time");
    lab.clock.advance(seconds(2));
    assert_eq!(lab.graph("GET", &path, &app, NONE).status, 404);
}

#[test]
fn a_reference_to_a_new_group_is_refused_until_it_is_seen() {
    let (lab, admin, app) = lagging(Replication { membership: seconds(8), ..Replication::default() });
    let path = format!("v1.0/groups/{}/members", new_group(&lab, &admin));
    let carol = reference(&lab.user_id("carol").to_string());
    let add = || lab.graph("POST", &format!("{path}/$ref"), &app, carol.clone());
    assert_eq!(add().graph_error(), (404, "Request_ResourceNotFound"));
    lab.clock.advance(seconds(8));
    assert_eq!(add().status, 204);
    assert_eq!(lab.graph("GET", &path, &admin, NONE).values("id"), Vec::<String>::new());
    lab.clock.advance(seconds(8));
    assert_eq!(lab.graph("GET", &path, &admin, NONE).values("id").len(), 1);
}

#[test]
fn a_role_counts_only_once_it_has_taken_effect() {
    let (lab, admin, _) = lagging(Replication { roles: seconds(60), ..Replication::default() });
    let carol = lab.user_id("carol");
    let body = json!({
        "roleDefinitionId": Role::UserAdministrator.template_id(), "principalId": carol, "directoryScopeId": "/",
    });
    let assign = || lab.graph("POST", "v1.0/roleManagement/directory/roleAssignments", &admin, body.clone());
    assert_eq!((assign().status.as_u16(), assign().status.as_u16()), (201, 400), "it is there, if not in effect");
    let tries = || {
        let token = lab.sign_in_with_everything("carol");
        let path = format!("v1.0/users/{}", lab.user_id("mallory"));
        let answer = lab.graph("PATCH", &path, &token, json!({ "jobTitle": "x" }));
        (claims(&token)["wids"].as_array().map_or(0, Vec::len), answer.status.as_u16())
    };
    assert_eq!(tries(), (1, 403));
    lab.clock.advance(seconds(59));
    assert_eq!(tries(), (1, 403));
    lab.clock.advance(seconds(1));
    assert_eq!(tries(), (2, 204));
}

#[test]
fn a_policy_is_read_as_it_was() {
    let (lab, admin, app) = lagging(Replication { policy: seconds(5), ..Replication::default() });
    let path = "v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2";
    let body = json!({ "@odata.type": "#microsoft.graph.fido2AuthenticationMethodConfiguration", "state": "disabled" });
    assert_eq!(lab.graph("PATCH", path, &admin, body).status, 204);
    let state = |token: &str| lab.graph("GET", path, token, NONE).text("state");
    assert_eq!((state(&admin), state(&app)), ("disabled".to_owned(), "enabled".to_owned()));
    lab.clock.advance(seconds(5));
    assert_eq!(state(&app), "disabled");
}

#[test]
fn the_tenant_names_its_deadlines_one_after_the_other() {
    let (lab, admin, _) = lagging(Replication { read: seconds(5), list: seconds(10), ..Replication::default() });
    assert_eq!(lab.with(|tenant| tenant.poll_timeout()), None);
    new_group(&lab, &admin);
    for due in [seconds(5), seconds(10)] {
        assert_eq!(lab.with(|tenant| tenant.poll_timeout()), Some(start() + due));
        lab.with(|tenant| tenant.handle_timeout(start() + due));
    }
    assert_eq!(lab.with(|tenant| tenant.poll_timeout()), None);
}

fn check_ends(end: &str, path: &str, body: Value) {
    let lab = Lab::new();
    let token = lab.sign_in("carol");
    lab.clock.advance(seconds(2));
    let admin = lab.sign_in_with_everything("admin");
    assert_eq!(lab.graph("GET", "v1.0/me", &token, NONE).status, 200, "{path}");
    let path = format!("v1.0/users/{}{path}", lab.user_id("carol"));
    assert!(lab.graph(end, &path, &admin, body).status.is_success(), "{path}");
    let refused = lab.graph("GET", "v1.0/me", &token, NONE);
    assert_eq!(refused.graph_error(), (401, "InvalidAuthenticationToken"), "{path}");
    let challenge = refused.headers["www-authenticate"].to_str().unwrap().to_owned();
    let (_, claims) = challenge.split_once("error=\"insufficient_claims\", claims=\"").expect("a claims challenge");
    let claims: Value = serde_json::from_slice(&STANDARD.decode(claims.trim_end_matches('"')).unwrap()).unwrap();
    let value = (start() + seconds(2)).as_second().to_string();
    assert_eq!(claims, json!({ "access_token": { "nbf": { "essential": true, "value": value } } }), "{path}");
}

#[test]
fn a_token_of_before_is_challenged_at_the_next_call() {
    check_ends("PATCH", "", json!({ "accountEnabled": false }));
    check_ends("DELETE", "", NONE);
    check_ends("POST", "/revokeSignInSessions", NONE);
    check_ends("PATCH", "", json!({ "passwordProfile": { "password": "Another horse 2" } }));
}
