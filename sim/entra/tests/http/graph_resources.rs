//! Groups in groups, the recycle bin, devices, policies, device configurations, logs: what each does in the tenant.

use crate::common::*;
use jiff::SignedDuration;
use serde_json::{Value, json};

const NONE: Value = Value::Null;

fn reference(id: impl std::fmt::Display) -> Value {
    json!({ "@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{id}") })
}

fn group(lab: &Lab, token: &str, name: &str, members: &[String]) -> String {
    let bound: Vec<String> =
        members.iter().map(|id| format!("https://graph.microsoft.com/v1.0/directoryObjects/{id}")).collect();
    let body = json!({ "displayName": name, "mailNickname": "x", "mailEnabled": false, "securityEnabled": true,
        "members@odata.bind": bound });
    let answer = lab.graph("POST", "v1.0/groups", token, body);
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.text("id")
}

#[test]
fn a_group_within_a_group_passes_its_members_on() {
    let lab = Lab::new();
    let token = lab.sign_in("service");
    let carol = lab.user_id("carol").to_string();
    let inner = group(&lab, &token, "Inner", std::slice::from_ref(&carol));
    let outer = group(&lab, &token, "Outer", std::slice::from_ref(&inner));
    let ids = |path: &str| lab.graph("GET", path, &token, NONE).values("id");
    assert_eq!(ids(&format!("v1.0/groups/{outer}/members")), vec![inner.clone()]);
    assert_eq!(ids(&format!("v1.0/groups/{outer}/members/microsoft.graph.user")), Vec::<String>::new());
    assert_eq!(ids(&format!("v1.0/groups/{outer}/transitiveMembers/microsoft.graph.user")), vec![carol.clone()]);
    assert_eq!(ids(&format!("v1.0/users/{carol}/memberOf")), vec![inner.clone()]);
    let mut both = vec![inner.clone(), outer.clone()];
    both.sort();
    assert_eq!(ids(&format!("v1.0/users/{carol}/transitiveMemberOf")), both);
    let checked = lab.graph(
        "POST",
        &format!("v1.0/users/{carol}/checkMemberGroups"),
        &token,
        json!({ "groupIds": [outer, MFA_GROUP] }),
    );
    assert_eq!(checked.body["value"], json!([outer]));
    // Each in the other is allowed, and ends nevertheless.
    assert_eq!(lab.graph("POST", &format!("v1.0/groups/{inner}/members/$ref"), &token, reference(&outer)).status, 204);
    assert_eq!(ids(&format!("v1.0/users/{carol}/transitiveMemberOf")), both);
    assert_eq!(lab.graph("POST", &format!("v1.0/groups/{inner}/members/$ref"), &token, reference(&inner)).status, 404);
}

#[test]
fn a_policy_reaches_into_nested_groups() {
    let lab = Lab::new();
    let token = lab.sign_in("service");
    let carol = lab.user_id("carol").to_string();
    let inner = group(&lab, &token, "Inner", &[carol]);
    assert_eq!(
        lab.graph("POST", &format!("v1.0/groups/{MFA_GROUP}/members/$ref"), &token, reference(inner)).status,
        204
    );
    let (app, carol) = (APP.to_string(), upn("carol"));
    assert_eq!(lab.token(TENANT, &password_form(&app, &carol)).refusal().2, 50_079);
}

#[test]
fn members_are_bound_all_or_none() {
    let lab = Lab::new();
    let token = lab.sign_in("service");
    let carol = lab.user_id("carol").to_string();
    let id = group(&lab, &token, "A", &[]);
    let bind = |ids: &[&str]| {
        let bound: Vec<String> = ids.iter().map(|id| format!("https://graph.microsoft.com/v1.0/users/{id}")).collect();
        lab.graph("PATCH", &format!("v1.0/groups/{id}"), &token, json!({ "members@odata.bind": bound })).status.as_u16()
    };
    assert_eq!(bind(&[&carol, "00000000-0000-0000-0000-000000000001"]), 404);
    assert_eq!(lab.graph("GET", &format!("v1.0/groups/{id}/members"), &token, NONE).body["value"], json!([]));
    let admin = lab.sign_in_with_everything("admin");
    let app = lab.graph("GET", &format!("v1.0/applications(appId='{APP}')"), &admin, NONE).text("id");
    let unfit = json!({ "displayName": "B", "mailNickname": "b", "mailEnabled": false, "securityEnabled": true,
        "members@odata.bind": [format!("https://graph.microsoft.com/v1.0/directoryObjects/{app}")] });
    let groups = || lab.with(|tenant| tenant.groups().count());
    let before = groups();
    assert_eq!(lab.graph("POST", "v1.0/groups", &token, unfit).status, 404);
    assert_eq!(groups(), before, "a refused request makes nothing");
    assert_eq!(bind(&[&carol]), 204);
    assert_eq!(bind(&[&carol]), 400);
    assert_eq!(bind(&[&*carol; 21]), 400);
}

#[test]
fn the_last_owner_of_a_group_stays() {
    let lab = Lab::new();
    let token = lab.sign_in("service");
    let id = group(&lab, &token, "A", &[]);
    let owners = format!("v1.0/groups/{id}/owners");
    let (service, carol) = (lab.user_id("service"), lab.user_id("carol"));
    let remove = |owner| lab.graph("DELETE", &format!("{owners}/{owner}/$ref"), &token, NONE).status.as_u16();
    assert_eq!(remove(service), 400);
    assert_eq!(lab.graph("POST", &format!("{owners}/$ref"), &token, reference(carol)).status, 204);
    assert_eq!(lab.graph("POST", &format!("{owners}/$ref"), &token, reference(carol)).status, 400);
    assert_eq!((remove(service), remove(service), remove(carol)), (204, 404, 400));
    // Carol owns it now and needs no role.
    let carols = lab.sign_in("carol");
    assert_eq!(lab.graph("DELETE", &format!("v1.0/groups/{id}"), &carols, NONE).status, 204);
}

#[test]
fn a_deleted_user_comes_back_whole_within_thirty_days_and_not_after() {
    let lab = Lab::new();
    let token = lab.sign_in("admin");
    let careful = lab.user_id("careful");
    let path = format!("v1.0/directory/deletedItems/{careful}");
    assert_eq!(lab.graph("DELETE", &format!("v1.0/users/{careful}"), &token, NONE).status, 204);
    let bin = lab.graph("GET", "v1.0/directory/deletedItems/microsoft.graph.user", &token, NONE);
    assert_eq!(bin.values("userPrincipalName"), [upn("careful")]);
    assert_eq!(
        lab.graph("GET", &format!("{path}?$select=deletedDateTime"), &token, NONE).text("deletedDateTime"),
        "2026-03-02T09:00:00Z"
    );
    assert_eq!(lab.graph("POST", &format!("{path}/restore"), &token, NONE).status, 200);
    assert_eq!(lab.graph("GET", &path, &token, NONE).status, 404);
    let members = lab.graph("GET", &format!("v1.0/groups/{MFA_GROUP}/members"), &token, NONE);
    assert_eq!(members.values("userPrincipalName"), [upn("careful")]);
    lab.graph("DELETE", &format!("v1.0/users/{careful}"), &token, NONE);
    let taken = json!({ "accountEnabled": true, "displayName": "D", "mailNickname": "d", "userPrincipalName": upn("careful"),
        "passwordProfile": { "password": PASSWORD } });
    assert_eq!(lab.graph("POST", "v1.0/users", &token, taken).status, 201);
    let refused = lab.graph("POST", &format!("{path}/restore"), &token, NONE);
    assert_eq!(refused.graph_error(), (400, "Request_BadRequest"));
    lab.clock.advance(SignedDuration::from_hours(24 * 30));
    let late = lab.sign_in("admin");
    assert_eq!(lab.graph("POST", &format!("{path}/restore"), &late, NONE).status, 404);
}

#[test]
fn ended_sessions_are_ended() {
    let lab = Lab::new();
    let (admin, carol) = (lab.sign_in("admin"), lab.sign_in("carol"));
    lab.clock.advance(SignedDuration::from_secs(2));
    let path = format!("v1.0/users/{}/revokeSignInSessions", lab.user_id("carol"));
    assert_eq!(lab.graph("POST", &path, &admin, NONE).body["value"], true);
    assert_eq!(lab.graph("GET", "v1.0/me", &carol, NONE).graph_error(), (401, "InvalidAuthenticationToken"));
}

#[test]
fn a_renamed_user_signs_in_by_the_new_name() {
    let lab = Lab::new();
    let admin = lab.sign_in("admin");
    let path = format!("v1.0/users/{}", lab.user_id("carol"));
    let change = json!({ "userPrincipalName": upn("caroline"), "jobTitle": "Cashier", "businessPhones": ["+1 5"], "mail": "c@x.example" });
    assert_eq!(lab.graph("PATCH", &path, &admin, change).status, 204);
    let (app, old, new) = (APP.to_string(), upn("carol"), upn("caroline"));
    assert_eq!(lab.token(TENANT, &password_form(&app, &old)).refusal().2, 50_034);
    assert_eq!(lab.token(TENANT, &password_form(&app, &new)).status, 200);
    let shown = lab.graph("GET", &format!("{path}?$select=jobTitle,businessPhones,proxyAddresses"), &admin, NONE);
    assert_eq!((&shown.body["jobTitle"], &shown.body["businessPhones"][0]), (&json!("Cashier"), &json!("+1 5")));
    let taken = lab.graph("PATCH", &path, &admin, json!({ "userPrincipalName": upn("mallory") }));
    assert_eq!(taken.graph_error(), (400, "Request_BadRequest"));
}

#[test]
fn a_conditional_access_policy_of_graph_is_the_one_that_sign_in_goes_by() {
    let lab = Lab::new();
    let admin = lab.sign_in_with_everything("admin");
    let policies = "v1.0/identity/conditionalAccess/policies";
    let (app, carol) = (APP.to_string(), upn("carol"));
    let sign_in = || lab.token(TENANT, &password_form(&app, &carol));
    let body = json!({ "displayName": "MFA for all", "state": "enabled",
        "conditions": { "clientAppTypes": ["all"], "applications": { "includeApplications": ["All"] },
            "users": { "includeUsers": ["All"], "excludeUsers": [lab.user_id("admin"), lab.user_id("service")] } },
        "grantControls": { "operator": "OR", "builtInControls": ["mfa"] } });
    let made = lab.graph("POST", policies, &admin, body.clone());
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(sign_in().refusal().2, 50_079);
    let path = format!("{policies}/{}", made.text("id"));
    let users = json!({ "conditions": { "users": { "excludeUsers": [lab.user_id("carol")] } } });
    assert_eq!(lab.graph("PATCH", &path, &admin, users).status, 204);
    assert_eq!(sign_in().status, 200);
    let kept = lab.graph("GET", &path, &admin, NONE);
    assert_eq!(kept.body["conditions"]["users"]["includeUsers"], json!(["All"]));
    assert_eq!(kept.text("modifiedDateTime"), "2026-03-02T09:00:00Z");
    for (name, change) in [
        ("state", json!("on")),
        ("grantControls", json!({ "builtInControls": ["magic"] })),
        ("conditions", json!({ "shoes": [] })),
        (
            "conditions",
            json!({ "applications": { "includeApplications": ["All"] }, "users": { "includeUsers": ["nobody"] } }),
        ),
        ("conditions", json!({ "applications": { "includeApplications": ["All"] } })),
        ("displayName", NONE),
    ] {
        let mut wrong = body.clone();
        wrong[name] = change;
        assert_eq!(lab.graph("POST", policies, &admin, wrong.clone()).status, 400, "{wrong}");
    }
    assert_eq!(lab.graph("DELETE", &path, &admin, NONE).status, 204);
    assert_eq!(lab.graph("GET", &path, &admin, NONE).status, 404);
}

#[test]
fn the_policy_of_a_scenario_is_shown_as_graph_shows_one() {
    let lab = Lab::new();
    let admin = lab.sign_in_with_everything("admin");
    let path = format!("v1.0/identity/conditionalAccess/policies/{}", uuid::Uuid::from_u128(9));
    let policy = lab.graph("GET", &path, &admin, NONE);
    assert_eq!(policy.body["conditions"]["users"]["includeGroups"], json!([MFA_GROUP]));
    assert_eq!(policy.body["conditions"]["users"]["excludeUsers"], json!([lab.user_id("service")]));
}

#[test]
fn the_policy_for_security_keys_is_kept_assigned_and_versioned() {
    let lab = Lab::new();
    let admin = lab.sign_in_with_everything("admin");
    let configurations = "v1.0/deviceManagement/deviceConfigurations";
    let setting = |value: Value| {
        json!({ "@odata.type": "#microsoft.graph.windows10CustomConfiguration", "displayName": "Security Keys",
            "omaSettings": [{ "@odata.type": "#microsoft.graph.omaSettingInteger", "displayName": "Turn on",
                "omaUri": "./Device/Vendor/MSFT/PassportForWork/SecurityKey/UseSecurityKeyForSignin", "value": value }] })
    };
    let made = lab.graph("POST", configurations, &admin, setting(json!(1)));
    assert_eq!((made.status.as_u16(), &made.body["version"]), (201, &json!(1)), "{}", made.body);
    assert_eq!(lab.graph("POST", configurations, &admin, setting(json!("1"))).status, 400);
    let path = format!("{configurations}/{}", made.text("id"));
    let target = json!({ "assignments": [{ "target": { "@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupId": MFA_GROUP } }] });
    assert_eq!(lab.graph("POST", &format!("{path}/assign"), &admin, target).status, 200);
    let kept = lab.graph("GET", &format!("{path}/assignments"), &admin, NONE);
    assert_eq!(kept.body["value"][0]["target"]["groupId"], json!(MFA_GROUP));
    let change = json!({ "description": "x", "version": u64::MAX, "id": "x" });
    let changed = lab.graph("PATCH", &path, &admin, change);
    assert_eq!((&changed.body["version"], changed.text("id")), (&json!(2), made.text("id")));
    let found = lab.graph("GET", &format!("{configurations}?$filter=contains(displayName,'keys')"), &admin, NONE);
    assert_eq!(found.values("displayName"), ["Security Keys"]);
    assert_eq!(lab.graph("DELETE", &path, &admin, NONE).status, 204);
    assert_eq!(lab.graph("GET", &path, &admin, NONE).status, 404);
}

#[test]
fn a_device_is_found_by_both_ids_disabled_and_deleted() {
    let lab = Lab::new();
    let admin = lab.sign_in_with_everything("admin");
    let by_device_id = format!("v1.0/devices(deviceId='{DEVICE}')");
    let id = lab.graph("GET", &by_device_id, &admin, NONE).text("id");
    let path = format!("v1.0/devices/{id}");
    assert_eq!(lab.graph("GET", &path, &admin, NONE).text("displayName"), "CAROL-PC");
    assert_eq!(lab.graph("PATCH", &by_device_id, &admin, json!({ "accountEnabled": false })).status, 204);
    assert_eq!(lab.with(|tenant| tenant.device(DEVICE).map(|device| device.account_enabled)), Some(false));
    assert_eq!(lab.graph("DELETE", &path, &admin, NONE).status, 204);
    assert!(lab.with(|tenant| tenant.device(DEVICE).is_none()));
    assert_eq!(lab.graph("GET", &path, &admin, NONE).graph_error(), (404, "Request_ResourceNotFound"));
}

#[test]
fn what_happens_in_the_tenant_is_in_its_logs() {
    let lab = Lab::new();
    let admin = lab.sign_in_with_everything("admin");
    let (app, carol) = (EVERYTHING.to_string(), upn("carol"));
    lab.token(TENANT, &password_form(&app, &carol));
    let mut wrong = password_form(&app, &carol);
    wrong[4].1 = "wrong";
    lab.token(TENANT, &wrong);
    let filter = format!("v1.0/auditLogs/signIns?$filter=userPrincipalName%20eq%20'{carol}'");
    let entries = lab.graph("GET", &filter, &admin, NONE);
    let codes: Vec<u64> =
        entries.body["value"].as_array().unwrap().iter().map(|e| e["status"]["errorCode"].as_u64().unwrap()).collect();
    assert_eq!(codes, [50_126, 0], "newest first");
    assert_eq!(entries.body["value"][1]["appId"], json!(EVERYTHING));
    let failed = lab.graph("GET", "v1.0/auditLogs/signIns?$filter=status/errorCode%20eq%2050126", &admin, NONE);
    assert_eq!(failed.values("userPrincipalName"), vec![carol.clone()]);
    lab.graph("PATCH", &format!("v1.0/users/{carol}"), &admin, json!({ "accountEnabled": false }));
    let audits = "v1.0/auditLogs/directoryAudits?$filter=activityDisplayName%20eq%20'Disable%20account'";
    let audit = lab.graph("GET", audits, &admin, NONE).body["value"][0].clone();
    assert_eq!(audit["initiatedBy"]["user"]["userPrincipalName"], upn("admin"));
    assert_eq!(audit["targetResources"][0]["id"], json!(lab.user_id("carol")));
    assert_eq!(audit["activityDateTime"], "2026-03-02T09:00:00Z");
}

#[test]
fn a_member_that_is_deleted_without_ref_is_gone_and_not_just_out_of_the_group() {
    let lab = Lab::new();
    let admin = lab.sign_in("admin");
    let careful = lab.user_id("careful");
    assert_eq!(lab.graph("DELETE", &format!("v1.0/groups/{MFA_GROUP}/members/{careful}"), &admin, NONE).status, 204);
    assert!(lab.with(|tenant| tenant.user(careful).is_none()));
}
