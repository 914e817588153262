//! What a signed-in user may do is permission ∩ role (entra.md §2.5): a table of roles and operations. Every caller has
//! every delegated permission.

use crate::common::*;
use entra::Role;
use serde_json::{Value, json};

const NONE: Value = Value::Null;
/// Directory Writers, Privileged Authentication Administrator, Authentication Administrator, User Administrator,
/// Global Administrator, nobody.
const CALLERS: [&str; 6] = ["writer", "privileged", "authadmin", "useradmin", "admin", "mallory"];

fn lab() -> Lab {
    let mut config = config();
    config.users.push(user("privileged", &[Role::PrivilegedAuthenticationAdministrator]));
    config.users.push(user("useradmin", &[Role::UserAdministrator]));
    config.users.push(user("boss", &[Role::GlobalAdministrator]));
    Lab::of(config)
}

/// `{carol}` has no role, `{boss}` is a Global Administrator, `{group}` and `{app}` are nobody's own.
fn status(caller: &str, method: &str, path: &str, body: &Value) -> u16 {
    let lab = lab();
    let (carol, boss, hypr) = (lab.user_id("carol"), lab.user_id("boss"), principal(&lab, APP));
    let graph = principal(&lab, "00000003-0000-0000-c000-000000000000".parse().unwrap());
    let named = |text: &str| {
        text.replace("{carol}", &carol.to_string())
            .replace("{boss}", &boss.to_string())
            .replace("{group}", &MFA_GROUP.to_string())
            .replace("{hypr}", &hypr)
            .replace("{graph}", &graph)
    };
    let body: Value = serde_json::from_str(&named(&body.to_string())).unwrap();
    let answer = lab.graph(method, &named(path), &lab.sign_in_with_everything(caller), body);
    if answer.status == 403 {
        assert_eq!(answer.graph_error().1, "Authorization_RequestDenied", "{caller} {method} {path}");
    }
    answer.status.as_u16()
}

fn principal(lab: &Lab, app_id: uuid::Uuid) -> String {
    let token = lab.sign_in_with_everything("admin");
    lab.graph("GET", &format!("v1.0/servicePrincipals(appId='{app_id}')"), &token, NONE).text("id")
}

#[test]
fn each_role_can_do_what_the_table_says_and_no_more() {
    let user = json!({ "accountEnabled": true, "displayName": "D", "mailNickname": "dave",
        "userPrincipalName": upn("dave"), "passwordProfile": { "password": PASSWORD } });
    let group = json!({ "displayName": "B", "mailNickname": "b", "mailEnabled": false, "securityEnabled": true });
    let member = json!({ "@odata.id": "https://graph.microsoft.com/v1.0/directoryObjects/{carol}" });
    let password = json!({ "passwordProfile": { "password": "Another horse 2" } });
    let reset = json!({ "newPassword": "Another horse 2" });
    let method = "authentication/methods/28c10230-6103-485e-b985-444c60001490/resetPassword";
    let grant = json!({ "clientId": "{hypr}", "consentType": "Principal", "principalId": "{carol}", "resourceId": "{graph}", "scope": "User.Read" });
    let app_role = json!({ "principalId": "{hypr}", "resourceId": "{graph}", "appRoleId": "df021288-bdef-4463-88db-98f22de89214" });
    let fido2 = json!({ "@odata.type": "#microsoft.graph.fido2AuthenticationMethodConfiguration", "state": "enabled" });
    let policy = "v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2";
    let role = json!({ "roleDefinitionId": "88d8e3e3-8f55-4a1e-953a-9b9898b8876b", "principalId": "{carol}", "directoryScopeId": "/" });
    let enabled = json!({ "accountEnabled": true });
    for (verb, path, body, expect) in [
        // Reading the directory takes no role.
        ("GET", "v1.0/users", &NONE, [200, 200, 200, 200, 200, 200]),
        ("GET", "v1.0/groups", &NONE, [200, 200, 200, 200, 200, 200]),
        // users: create, enable and disable, end sessions
        ("POST", "v1.0/users", &user, [201, 403, 403, 201, 201, 403]),
        ("PATCH", "v1.0/users/{carol}", &enabled, [204, 204, 204, 204, 204, 403]),
        ("PATCH", "v1.0/users/{boss}", &enabled, [204, 204, 403, 204, 204, 403]),
        ("POST", "v1.0/users/{carol}/revokeSignInSessions", &NONE, [200, 200, 200, 200, 200, 403]),
        // users: delete
        ("DELETE", "v1.0/users/{carol}", &NONE, [403, 204, 204, 204, 204, 403]),
        ("DELETE", "v1.0/users/{boss}", &NONE, [403, 204, 403, 403, 204, 403]),
        ("DELETE", "v1.0/directoryObjects/{carol}", &NONE, [403, 204, 204, 204, 204, 403]),
        ("DELETE", "v1.0/directoryObjects/{boss}", &NONE, [403, 204, 403, 403, 204, 403]),
        // users: password reset, both ways
        ("PATCH", "v1.0/users/{carol}", &password, [403, 204, 204, 204, 204, 403]),
        ("PATCH", "v1.0/users/{boss}", &password, [403, 204, 403, 403, 204, 403]),
        ("POST", &format!("v1.0/users/{{carol}}/{method}"), &reset, [403, 202, 202, 202, 202, 403]),
        ("POST", &format!("v1.0/users/{{boss}}/{method}"), &reset, [403, 202, 403, 403, 202, 403]),
        // authentication methods
        ("GET", "v1.0/users/{carol}/authentication/methods", &NONE, [403, 200, 200, 403, 200, 403]),
        ("GET", "v1.0/users/{boss}/authentication/methods", &NONE, [403, 200, 403, 403, 200, 403]),
        ("DELETE", "v1.0/users/{carol}/authentication/fido2Methods/AAAA0", &NONE, [403, 404, 404, 403, 404, 403]),
        ("DELETE", "v1.0/users/{boss}/authentication/fido2Methods/AAAA0", &NONE, [403, 404, 403, 403, 404, 403]),
        (
            "POST",
            "v1.0/users/{carol}/authentication/temporaryAccessPassMethods",
            &json!({}),
            [403, 201, 201, 403, 201, 403],
        ),
        // groups: create, change, members, owners; delete is another matter
        ("POST", "v1.0/groups", &group, [201, 403, 403, 201, 201, 403]),
        ("PATCH", "v1.0/groups/{group}", &json!({ "description": "x" }), [204, 403, 403, 204, 204, 403]),
        ("POST", "v1.0/groups/{group}/members/$ref", &member, [204, 403, 403, 204, 204, 403]),
        ("POST", "v1.0/groups/{group}/owners/$ref", &member, [204, 403, 403, 204, 204, 403]),
        ("DELETE", "v1.0/groups/{group}", &NONE, [403, 403, 403, 204, 204, 403]),
        // consent
        ("POST", "v1.0/oauth2PermissionGrants", &grant, [201, 403, 403, 403, 201, 403]),
        ("POST", "v1.0/servicePrincipals/{hypr}/appRoleAssignments", &app_role, [201, 403, 403, 403, 201, 403]),
        // policies, roles, logs, devices
        ("GET", policy, &NONE, [403, 403, 403, 403, 200, 403]),
        ("PATCH", policy, &fido2, [403, 403, 403, 403, 204, 403]),
        ("POST", "v1.0/roleManagement/directory/roleAssignments", &role, [403, 403, 403, 403, 201, 403]),
        ("GET", "v1.0/identity/conditionalAccess/policies", &NONE, [403, 403, 403, 403, 200, 403]),
        ("GET", "v1.0/auditLogs/signIns", &NONE, [403, 403, 403, 403, 200, 403]),
        ("PATCH", &format!("v1.0/devices(deviceId='{DEVICE}')"), &enabled, [403, 403, 403, 403, 204, 403]),
        ("DELETE", &format!("v1.0/applications(appId='{APP}')"), &NONE, [403, 403, 403, 403, 204, 403]),
    ] {
        assert_eq!(CALLERS.map(|caller| status(caller, verb, path, body)), expect, "{verb} {path} {body}");
    }
}

#[test]
fn the_other_roles_have_their_own_field() {
    let mut config = config();
    let roles = [
        ("roleadmin", Role::PrivilegedRoleAdministrator),
        ("caadmin", Role::ConditionalAccessAdministrator),
        ("intune", Role::IntuneAdministrator),
        ("appadmin", Role::ApplicationAdministrator),
        ("devices", Role::CloudDeviceAdministrator),
        ("policies", Role::AuthenticationPolicyAdministrator),
        ("reader", Role::GlobalReader),
    ];
    config.users.extend(roles.map(|(name, role)| user(name, &[role])));
    let lab = Lab::of(config);
    let ask = |path: &str| {
        roles.map(|(name, _)| lab.graph("GET", path, &lab.sign_in_with_everything(name), NONE).status.as_u16())
    };
    let policy = "v1.0/policies/authenticationMethodsPolicy";
    assert_eq!(ask("v1.0/identity/conditionalAccess/policies"), [403, 200, 403, 403, 403, 403, 200]);
    assert_eq!(ask("v1.0/deviceManagement/deviceConfigurations"), [403, 403, 200, 403, 403, 403, 200]);
    assert_eq!(ask(policy), [403, 403, 403, 403, 403, 200, 200]);
    assert_eq!(ask("v1.0/auditLogs/directoryAudits"), [403, 403, 403, 403, 403, 403, 200]);
    let carol = lab.user_id("carol");
    let body = json!({ "roleDefinitionId": "88d8e3e3-8f55-4a1e-953a-9b9898b8876b", "principalId": carol, "directoryScopeId": "/" });
    let assigned = roles.map(|(name, _)| {
        let path = "v1.0/roleManagement/directory/roleAssignments";
        lab.graph("POST", path, &lab.sign_in_with_everything(name), body.clone()).status.as_u16()
    });
    assert_eq!(assigned, [201, 403, 403, 403, 403, 403, 403]);
}

#[test]
fn a_group_for_roles_is_changed_only_by_who_assigns_roles() {
    let lab = lab();
    let admin = lab.sign_in_with_everything("admin");
    let body = json!({ "displayName": "R", "mailNickname": "r", "mailEnabled": false, "securityEnabled": true, "isAssignableToRole": true });
    let group = lab.graph("POST", "v1.0/groups", &admin, body.clone()).text("id");
    let writer = lab.sign_in_with_everything("writer");
    assert_eq!(lab.graph("POST", "v1.0/groups", &writer, body).status, 403);
    let path = format!("v1.0/groups/{group}");
    assert_eq!(lab.graph("PATCH", &path, &writer, json!({ "description": "x" })).status, 403);
    assert_eq!(lab.graph("PATCH", &path, &admin, json!({ "description": "x" })).status, 204);
    let useradmin = lab.sign_in_with_everything("useradmin");
    for path in [path.clone(), format!("v1.0/directoryObjects/{group}")] {
        assert_eq!(lab.graph("DELETE", &path, &useradmin, NONE).status, 403, "{path}");
    }
    assert_eq!(lab.graph("DELETE", &path, &admin, NONE).status, 204);
}

#[test]
fn a_role_that_is_given_opens_what_it_opens_and_a_withdrawn_one_does_not() {
    let lab = lab();
    let admin = lab.sign_in_with_everything("admin");
    let (mallory, carol) = (lab.user_id("mallory"), lab.user_id("carol"));
    let token = lab.sign_in_with_everything("mallory");
    let attempt =
        || lab.graph("PATCH", &format!("v1.0/users/{carol}"), &token, json!({ "jobTitle": "x" })).status.as_u16();
    assert_eq!(attempt(), 403);
    let body = json!({ "roleDefinitionId": "9360feb5-f418-4baa-8175-e2a00bac4301", "principalId": mallory, "directoryScopeId": "/" });
    let assignments = "v1.0/roleManagement/directory/roleAssignments";
    let assigned = lab.graph("POST", assignments, &admin, body.clone());
    assert_eq!((assigned.status.as_u16(), attempt()), (201, 204));
    let wids = claims(&lab.sign_in("mallory"))["wids"].to_string();
    assert!(wids.contains("9360feb5-f418-4baa-8175-e2a00bac4301"), "{wids}");
    let again = lab.graph("POST", assignments, &admin, body);
    assert_eq!(again.graph_error(), (400, "Request_BadRequest"));
    assert!(again.message().starts_with("A conflicting object"), "{}", again.message());
    let path = format!("{assignments}/{}", assigned.text("id"));
    assert_eq!(lab.graph("DELETE", &path, &admin, NONE).status, 204);
    assert_eq!(attempt(), 403);
    assert_eq!(lab.graph("GET", &path, &admin, NONE).graph_error(), (404, "Request_ResourceNotFound"));
}
