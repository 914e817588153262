//! Applications from registration to token (entra.md §2.8): what is granted through Graph is what tokens carry.

use crate::common::*;
use jiff::SignedDuration;
use serde_json::{Value, json};

const NONE: Value = Value::Null;
const GRAPH: &str = "v1.0/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')";

struct Registered {
    lab: Lab,
    admin: String,
    app_id: String,
    id: String,
    principal: String,
    graph: String,
}

fn registered() -> Registered {
    let lab = Lab::new();
    let admin = lab.sign_in_with_everything("admin");
    let body = json!({ "displayName": "Fresh", "web": { "redirectUris": ["https://fresh.example/cb"] } });
    let app = lab.graph("POST", "v1.0/applications", &admin, body);
    assert_eq!(app.status, 201, "{}", app.body);
    let principal = lab.graph("POST", "v1.0/servicePrincipals", &admin, json!({ "appId": app.text("appId") }));
    assert_eq!(principal.status, 201, "{}", principal.body);
    let graph = lab.graph("GET", GRAPH, &admin, NONE).text("id");
    Registered { app_id: app.text("appId"), id: app.text("id"), principal: principal.text("id"), lab, admin, graph }
}

impl Registered {
    fn secret(&self) -> Answer {
        let body = json!({ "passwordCredential": { "displayName": "hypr", "endDateTime": "2026-04-02T09:00:00Z" } });
        let path = format!("v1.0/applications(appId='{}')/addPassword", self.app_id);
        self.lab.graph("POST", &path, &self.admin, body)
    }

    fn app_token(&self, secret: &str) -> Answer {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &*self.app_id),
            ("client_secret", secret),
            ("scope", "https://graph.microsoft.com/.default"),
        ];
        self.lab.token(TENANT, &form)
    }

    fn user_token(&self, secret: &str, name: &str, scope: &str) -> Answer {
        let name = upn(name);
        let form = [
            ("grant_type", "password"),
            ("client_id", &*self.app_id),
            ("client_secret", secret),
            ("username", &*name),
            ("password", PASSWORD),
            ("scope", scope),
        ];
        self.lab.token(TENANT, &form)
    }
}

#[test]
fn a_secret_is_shown_once_works_until_it_ends_and_not_after_removal() {
    let app = registered();
    let added = app.secret();
    assert_eq!(added.status, 200, "{}", added.body);
    let secret = added.text("secretText");
    assert_eq!((secret.len(), &secret[3..6], &secret[..3]), (40, "8Q~", &*added.text("hint")));
    let path = format!("v1.0/applications/{}", app.id);
    let kept = &app.lab.graph("GET", &path, &app.admin, NONE).body["passwordCredentials"][0];
    assert_eq!((&kept["secretText"], &kept["hint"]), (&NONE, &json!(added.text("hint"))));
    assert_eq!(app.app_token(&secret).status, 200);
    assert_eq!(app.app_token(&added.text("keyId")).refusal().2, 7_000_215);
    let far = json!({ "passwordCredential": { "startDateTime": "9999-12-30T21:59:59Z" } });
    let early = app.lab.graph("POST", &format!("{path}/addPassword"), &app.admin, far);
    assert_eq!((early.status.as_u16(), app.app_token(&early.text("secretText")).refusal().2), (200, 7_000_215));
    app.lab.clock.advance(SignedDuration::from_hours(24 * 31));
    assert_eq!(app.app_token(&secret).refusal().2, 7_000_222);
    let admin = app.lab.sign_in_with_everything("admin");
    let remove =
        || app.lab.graph("POST", &format!("{path}/removePassword"), &admin, json!({ "keyId": added.text("keyId") }));
    assert_eq!(remove().status, 204);
    assert_eq!(app.app_token(&secret).refusal().2, 7_000_215);
    assert_eq!(remove().graph_error(), (400, "Request_BadRequest"));
}

#[test]
fn an_application_without_a_service_principal_gets_no_token() {
    let app = registered();
    let secret = app.secret().text("secretText");
    let path = format!("v1.0/servicePrincipals/{}", app.principal);
    assert_eq!(app.lab.graph("DELETE", &path, &app.admin, NONE).status, 204);
    assert_eq!(app.app_token(&secret).refusal().2, 7_000_229);
    assert_eq!(app.lab.graph("GET", &path, &app.admin, NONE).graph_error(), (404, "Request_ResourceNotFound"));
    let back = app.lab.graph("POST", "v1.0/servicePrincipals", &app.admin, json!({ "appId": app.app_id }));
    assert_eq!((back.status.as_u16(), app.app_token(&secret).status.as_u16()), (201, 200));
    let again = app.lab.graph("POST", "v1.0/servicePrincipals", &app.admin, json!({ "appId": app.app_id }));
    assert_eq!(again.graph_error(), (400, "Request_BadRequest"));
}

#[test]
fn consent_for_the_organization_opens_scopes_and_withdrawal_closes_them() {
    let app = registered();
    let secret = app.secret().text("secretText");
    let ask = || app.user_token(&secret, "carol", "https://graph.microsoft.com/User.Read");
    assert_eq!(ask().refusal().2, 65_001);
    let grant = json!({ "clientId": app.principal, "consentType": "AllPrincipals", "principalId": null,
        "resourceId": app.graph, "scope": "User.Read Group.Read.All" });
    let granted = app.lab.graph("POST", "v1.0/oauth2PermissionGrants", &app.admin, grant.clone());
    assert_eq!(granted.status, 201, "{}", granted.body);
    assert_eq!(claims(&ask().text("access_token"))["scp"], "User.Read");
    let again = app.lab.graph("POST", "v1.0/oauth2PermissionGrants", &app.admin, grant);
    assert_eq!(again.status, 409);
    let path = format!("v1.0/oauth2PermissionGrants/{}", granted.text("id"));
    assert_eq!(app.lab.graph("PATCH", &path, &app.admin, json!({ "scope": "Group.Read.All" })).status, 204);
    assert_eq!(ask().refusal().2, 65_001);
    assert_eq!(app.lab.graph("DELETE", &path, &app.admin, NONE).status, 204);
    assert_eq!(app.lab.graph("GET", &path, &app.admin, NONE).status, 404);
}

#[test]
fn a_users_own_consent_is_for_that_user_alone() {
    let app = registered();
    let secret = app.secret().text("secretText");
    let grant = json!({ "clientId": app.principal, "consentType": "Principal", "principalId": app.lab.user_id("carol"),
        "resourceId": app.graph, "scope": "User.Read" });
    let granted = app.lab.graph("POST", "v1.0/oauth2PermissionGrants", &app.admin, grant);
    assert_eq!(granted.status, 201, "{}", granted.body);
    let ask = |name: &str| app.user_token(&secret, name, "https://graph.microsoft.com/.default");
    assert_eq!(ask("carol").status, 200);
    assert_eq!(ask("mallory").refusal().2, 65_001);
    let path = format!("v1.0/users/{}/oauth2PermissionGrants", app.lab.user_id("carol"));
    assert_eq!(app.lab.graph("GET", &path, &app.admin, NONE).values("scope"), ["User.Read"]);
}

#[test]
fn an_app_role_is_in_the_applications_own_token_and_opens_its_routes() {
    let app = registered();
    let secret = app.secret().text("secretText");
    let try_it = || {
        let token = app.app_token(&secret).text("access_token");
        (claims(&token)["roles"].clone(), app.lab.graph("GET", "v1.0/users", &token, NONE).status.as_u16())
    };
    assert_eq!(try_it(), (Value::Null, 403));
    let role = json!({ "principalId": app.principal, "resourceId": app.graph, "appRoleId": "df021288-bdef-4463-88db-98f22de89214" });
    let path = format!("v1.0/servicePrincipals/{}/appRoleAssignments", app.principal);
    let assigned = app.lab.graph("POST", &path, &app.admin, role.clone());
    assert_eq!(assigned.status, 201, "{}", assigned.body);
    assert_eq!(try_it(), (json!(["User.Read.All"]), 200));
    assert_eq!(app.lab.graph("POST", &path, &app.admin, role).graph_error(), (400, "Request_BadRequest"));
    let to = app.lab.graph("GET", &format!("{GRAPH}/appRoleAssignedTo"), &app.admin, NONE);
    assert!(to.values("principalId").contains(&app.principal), "{}", to.body);
    assert_eq!(app.lab.graph("DELETE", &format!("{path}/{}", assigned.text("id")), &app.admin, NONE).status, 204);
    assert_eq!(try_it().0, Value::Null);
}

#[test]
fn a_disabled_service_principal_gets_no_token() {
    let app = registered();
    let secret = app.secret().text("secretText");
    let path = format!("v1.0/servicePrincipals/{}", app.principal);
    let set =
        |enabled: bool| app.lab.graph("PATCH", &path, &app.admin, json!({ "accountEnabled": enabled })).status.as_u16();
    assert_eq!((set(false), app.app_token(&secret).refusal().2), (204, 7_000_112));
    assert_eq!(app.lab.graph("GET", &path, &app.admin, NONE).body["accountEnabled"], false);
    assert_eq!((set(true), app.app_token(&secret).status.as_u16()), (204, 200));
    assert_eq!(app.lab.graph("PATCH", GRAPH, &app.admin, json!({ "accountEnabled": false })).status, 400);
}

#[test]
fn an_application_that_may_change_what_it_owns_changes_nothing_else() {
    let mut config = config();
    config.applications.push(application(uuid::Uuid::from_u128(77), &[], &["Application.ReadWrite.OwnedBy"]));
    let lab = Lab::of(config);
    let client = uuid::Uuid::from_u128(77).to_string();
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", &*client),
        ("client_secret", "wOt8Q~good"),
        ("scope", "https://graph.microsoft.com/.default"),
    ];
    let token = lab.token(TENANT, &form).text("access_token");
    let own = lab.graph("POST", "v1.0/applications", &token, json!({ "displayName": "Child" }));
    assert_eq!(own.status, 201, "{}", own.body);
    let change = |app_id: &str| {
        let path = format!("v1.0/applications(appId='{app_id}')");
        lab.graph("PATCH", &path, &token, json!({ "notes": "x" })).status.as_u16()
    };
    assert_eq!((change(&own.text("appId")), change(&APP.to_string())), (204, 403));
    let principal =
        |app_id: &str| lab.graph("POST", "v1.0/servicePrincipals", &token, json!({ "appId": app_id })).status.as_u16();
    assert_eq!(principal(&own.text("appId")), 201);
    let other = lab.sign_in_with_everything("admin");
    let foreign = lab.graph("POST", "v1.0/applications", &other, json!({ "displayName": "Other" })).text("appId");
    assert_eq!(principal(&foreign), 403);
}

#[test]
fn tools_find_the_ids_of_permissions_at_microsoft_graphs_service_principal() {
    let lab = Lab::new();
    let token = lab.sign_in("carol");
    let answer = lab.graph("GET", &format!("{GRAPH}?$select=id,appRoles,oauth2PermissionScopes"), &token, NONE);
    let id_of = |list: &str, name: &str| {
        let all = answer.body[list].as_array().unwrap();
        all.iter().find(|permission| permission["value"] == name).map(|permission| permission["id"].clone())
    };
    assert_eq!(
        id_of("oauth2PermissionScopes", "Directory.AccessAsUser.All"),
        Some(json!("0e263e50-5827-48a4-b97c-d940288653c7"))
    );
    assert_eq!(id_of("appRoles", "Directory.AccessAsUser.All"), None);
    assert_eq!(id_of("appRoles", "User.Read.All"), Some(json!("df021288-bdef-4463-88db-98f22de89214")));
}

#[test]
fn whoever_registers_an_application_owns_and_changes_it_and_nobody_else_does() {
    let lab = Lab::new();
    let (carol, mallory) = (lab.sign_in_with_everything("carol"), lab.sign_in_with_everything("mallory"));
    let app = lab.graph("POST", "v1.0/applications", &carol, json!({ "displayName": "Carol's" }));
    assert_eq!(app.status, 201, "{}", app.body);
    let path = format!("v1.0/applications/{}", app.text("id"));
    assert_eq!(lab.graph("GET", &format!("{path}/owners"), &carol, NONE).values("userPrincipalName"), [upn("carol")]);
    let change = json!({ "notes": "x", "isFallbackPublicClient": true });
    assert_eq!(lab.graph("PATCH", &path, &mallory, change.clone()).status, 403);
    assert_eq!(lab.graph("PATCH", &path, &carol, change).status, 204);
    assert_eq!(lab.graph("GET", &path, &carol, NONE).body["isFallbackPublicClient"], true);
    for body in [
        json!({ "shoes": 1 }),
        json!({ "web": [] }),
        json!({ "signInAudience": "Everybody" }),
        json!({ "requiredResourceAccess": [{ "resourceAppId": "x", "resourceAccess": [] }] }),
    ] {
        assert_eq!(lab.graph("PATCH", &path, &carol, body.clone()).status, 400, "{body}");
    }
    assert_eq!(lab.graph("DELETE", &path, &carol, NONE).status, 204);
    assert_eq!(lab.graph("GET", &path, &carol, NONE).status, 404);
}
