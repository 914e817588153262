//! The on-behalf-of grant: an application that was called with a user's token calls Graph in the user's name, and each
//! refusal with its code (entra.md §1.4).

use crate::common::*;
use entra::{Account, ApplicationConfig, ClientKind, Config, Consent, Event, Grant};
use jiff::SignedDuration;
use serde_json::{Value, json};
use uuid::{Uuid, uuid};

const CLIENT: Uuid = uuid!("aaaaaaaa-0000-4000-8000-000000000011");
const API: Uuid = uuid!("aaaaaaaa-0000-4000-8000-000000000012");
const OTHER_API: Uuid = uuid!("aaaaaaaa-0000-4000-8000-000000000013");
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const GRAPH_SCOPE: &str = "https://graph.microsoft.com/User.Read";

/// A public client, the application that it calls, and another one.
fn tenant() -> Config {
    let mut config = config();
    let access = |api: Uuid| format!("api://{api}/access_as_user");
    let exposing = |app: ApplicationConfig, name: &str| ApplicationConfig {
        display_name: name.into(),
        exposes: vec!["access_as_user".into()],
        ..app
    };
    config.applications.extend([
        ApplicationConfig {
            display_name: "Client".into(),
            kind: ClientKind::Public,
            ..application(CLIENT, &["User.Read", &access(API), &access(OTHER_API)], &[])
        },
        exposing(application(API, &["User.Read"], &["User.Read.All"]), "API"),
        ApplicationConfig {
            consent: Consent::Missing,
            ..exposing(application(OTHER_API, &["User.Read"], &[]), "Other API")
        },
    ]);
    config
}

/// Carol's token for an application, as the public client gets it.
fn token_for(lab: &Lab, scope: &str, name: &str) -> Answer {
    let (client, user) = (CLIENT.to_string(), upn("carol"));
    let mut form = password_form(&client, &user).to_vec();
    form.retain(|(name, _)| !["client_secret", "scope"].contains(name));
    form.push(("scope", scope));
    let answer = lab.token(TENANT, &form);
    assert_eq!(answer.status, 200, "{name}: {}", answer.body);
    answer
}

fn carols_token(lab: &Lab) -> String {
    token_for(lab, &format!("api://{API}/access_as_user"), "access").text("access_token")
}

/// The grant with some fields replaced; an empty value leaves the field out.
fn on_behalf(lab: &Lab, assertion: &str, changes: &[(&str, &str)]) -> Answer {
    let api = API.to_string();
    let mut form = vec![
        ("grant_type", GRANT),
        ("client_id", api.as_str()),
        ("client_secret", "wOt8Q~good"),
        ("assertion", assertion),
        ("scope", GRAPH_SCOPE),
        ("requested_token_use", "on_behalf_of"),
    ];
    for (name, value) in changes {
        form.retain(|(known, _)| known != name);
        form.push((*name, *value));
    }
    form.retain(|(_, value)| !value.is_empty());
    lab.token(TENANT, &form)
}

fn picked(claims: &Value, names: &[&str]) -> Value {
    names.iter().map(|&name| (name.to_owned(), claims[name].clone())).collect::<serde_json::Map<_, _>>().into()
}

#[test]
fn a_token_for_an_application_is_of_v2_and_names_it() {
    let lab = Lab::of(tenant());
    let answer = token_for(&lab, &format!("api://{API}/access_as_user openid"), "access");
    assert_eq!(answer.body["scope"], format!("api://{API}/access_as_user openid"));
    let claims = claims(&answer.text("access_token"));
    let names = ["aud", "azp", "azpacr", "iss", "oid", "preferred_username", "scp", "ver", "appid", "upn"];
    let expected = json!({
        "aud": API, "azp": CLIENT, "azpacr": "0", "iss": format!("https://login.microsoftonline.com/{TENANT}/v2.0"),
        "oid": lab.user_id("carol"), "preferred_username": upn("carol"), "scp": "access_as_user openid", "ver": "2.0",
        "appid": null, "upn": null,
    });
    assert_eq!(picked(&claims, &names), expected);
    let refused = lab.graph("GET", "v1.0/me", &answer.text("access_token"), Value::Null);
    assert_eq!(refused.graph_error(), (401, "InvalidAuthenticationToken"));
    assert_eq!(refused.message(), "Access token validation failure. Invalid audience.");
}

#[test]
fn the_application_gets_a_token_of_the_user_for_graph() {
    let lab = Lab::of(tenant());
    let assertion = carols_token(&lab);
    lab.events();
    let answer = on_behalf(&lab, &assertion, &[("scope", &format!("{GRAPH_SCOPE} offline_access openid"))]);
    assert_eq!(answer.status, 200, "{}", answer.body);
    let found = claims(&answer.text("access_token"));
    let expected = json!({
        "aud": "00000003-0000-0000-c000-000000000000", "appid": API, "appidacr": "1", "oid": lab.user_id("carol"),
        "upn": upn("carol"), "scp": "User.Read openid", "amr": ["pwd"], "auth_time": start().as_second(), "ver": "1.0",
        "idtyp": "user",
    });
    let names: Vec<&str> = expected.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(picked(&found, &names), expected);
    assert_eq!(claims(&answer.text("id_token"))["aud"], json!(API));
    let me = lab.graph("GET", "v1.0/me", &answer.text("access_token"), Value::Null);
    assert_eq!(me.body["userPrincipalName"], upn("carol"));
    let issued = Event::TokenIssued {
        client_id: API,
        client: "API".into(),
        user: Some(upn("carol")),
        grant: Grant::OnBehalfOf,
        scope: "User.Read openid".into(),
    };
    assert_eq!(lab.events(), [issued]);
    let (api, refresh) = (API.to_string(), answer.text("refresh_token"));
    let form = [("grant_type", "refresh_token"), ("client_id", &api), ("client_secret", "wOt8Q~good")];
    assert_eq!(lab.token(TENANT, &[&form[..], &[("refresh_token", &refresh)]].concat()).status, 200);
}

#[test]
fn each_refusal_has_its_code() {
    let lab = Lab::of(tenant());
    let assertion = carols_token(&lab);
    let id_token = token_for(&lab, &format!("api://{API}/access_as_user openid"), "id").text("id_token");
    let of_graph = token_for(&lab, "User.Read", "graph").text("access_token");
    let (head, signature) = assertion.rsplit_once('.').unwrap();
    let other_letter = if signature.starts_with('A') { 'B' } else { 'A' };
    let forged = format!("{head}.{other_letter}{}", &signature[1..]);
    let (api, other, client) = (API.to_string(), OTHER_API.to_string(), CLIENT.to_string());
    let app_token = lab.token(
        TENANT,
        &[
            ("grant_type", "client_credentials"),
            ("client_id", &other),
            ("client_secret", "wOt8Q~good"),
            ("scope", &format!("api://{API}/.default")),
        ],
    );
    let app_token = app_token.text("access_token");
    let check = |assertion: &str, changes: &[(&str, &str)], expected: (u16, &str, u64)| {
        let answer = on_behalf(&lab, assertion, changes);
        assert_eq!(answer.refusal(), expected, "{changes:?}: {}", answer.body);
        assert!(!answer.text("error_description").contains('{'), "a placeholder is left: {}", answer.body);
    };
    check("", &[], (400, "invalid_request", 900_144));
    check("no token", &[], (400, "invalid_request", 50_027));
    check(&forged, &[], (400, "invalid_grant", 50_013));
    check(&of_graph, &[], (400, "invalid_grant", 500_131));
    check(&id_token, &[], (400, "invalid_request", 240_002));
    check(&app_token, &[], (400, "unauthorized_client", 7_000_114));
    check(&assertion, &[("client_id", &other)], (400, "invalid_grant", 500_131));
    check(&assertion, &[("scope", "https://graph.microsoft.com/Mail.Read")], (400, "invalid_grant", 65_001));
    let unlisted = format!("api://{OTHER_API}/.default");
    check(&assertion, &[("scope", &unlisted)], (400, "invalid_resource", 650_057));
    let two = format!("{GRAPH_SCOPE} api://{API}/access_as_user");
    check(&assertion, &[("scope", &two)], (400, "invalid_request", 28_000));
    check(&assertion, &[("scope", "")], (400, "invalid_request", 900_144));
    check(&assertion, &[("client_secret", "")], (401, "invalid_client", 7_000_219));
    check(&assertion, &[("client_secret", ""), ("client_id", &client)], (401, "invalid_client", 7_000_219));
    check(&assertion, &[("client_secret", "wrong")], (401, "invalid_client", 7_000_215));
    check(&assertion, &[("requested_token_use", "")], (400, "invalid_request", 900_144));
    check(&assertion, &[("requested_token_use", "else")], (400, "invalid_request", 9_002_313));
    assert_eq!(on_behalf(&lab, &assertion, &[("client_id", &api)]).status, 200, "the assertion is good many times");
}

#[test]
fn the_middle_tier_needs_its_own_consent() {
    let lab = Lab::of(tenant());
    let assertion = token_for(&lab, &format!("api://{OTHER_API}/access_as_user"), "access").text("access_token");
    let other = OTHER_API.to_string();
    let refused = on_behalf(&lab, &assertion, &[("client_id", &other)]);
    assert_eq!(refused.refusal(), (400, "invalid_grant", 65_001));
    assert_eq!(refused.body["suberror"], "consent_required");
}

#[test]
fn an_assertion_dies_with_its_hour_and_with_its_account() {
    let lab = Lab::of(tenant());
    let assertion = carols_token(&lab);
    let id = lab.user_id("carol");
    lab.with(|tenant| tenant.set_account("an administrator", id, Account::Disabled)).unwrap();
    assert_eq!(on_behalf(&lab, &assertion, &[]).refusal(), (400, "invalid_grant", 50_057));
    lab.with(|tenant| tenant.set_account("an administrator", id, Account::Enabled)).unwrap();
    lab.clock.advance(SignedDuration::from_secs(3599));
    assert_eq!(on_behalf(&lab, &assertion, &[]).refusal(), (400, "invalid_grant", 500_133));
}

#[test]
fn a_policy_for_graph_holds_for_the_middle_tier_too() {
    let mut config = tenant();
    config.conditional_access[0].include = [entra::Subject::User(upn("carol"))].into();
    let lab = Lab::of(config);
    let (client, user) = (CLIENT.to_string(), upn("carol"));
    let mut form = password_form(&client, &user).to_vec();
    form.retain(|(name, _)| !["client_secret", "scope"].contains(name));
    form.push(("scope", "User.Read"));
    assert_eq!(lab.token(TENANT, &form).refusal(), (400, "invalid_grant", 50_079));
}

#[test]
fn graph_grants_and_withdraws_permissions_of_an_application() {
    let lab = Lab::of(tenant());
    let admin = lab.sign_in_with_everything("admin");
    let get = |path: &str| lab.graph("GET", path, &admin, Value::Null);
    let principal = |app: Uuid| get(&format!("v1.0/servicePrincipals(appId='{app}')")).text("id");
    let (api, other) = (principal(API), principal(OTHER_API));
    let shown = get(&format!("v1.0/servicePrincipals/{api}?$select=oauth2PermissionScopes,servicePrincipalNames"));
    assert_eq!(shown.body["oauth2PermissionScopes"][0]["value"], "access_as_user");
    assert_eq!(shown.body["servicePrincipalNames"], json!([API, format!("api://{API}")]));
    let consent = |scope: &str| {
        let body = json!({ "clientId": other, "consentType": "AllPrincipals", "resourceId": api, "scope": scope });
        lab.graph("POST", "v1.0/oauth2PermissionGrants", &admin, body)
    };
    assert_eq!(consent("User.Read").status, 400, "the permission is Graph's, not the application's");
    let made = consent("access_as_user");
    assert_eq!(made.status, 201, "{}", made.body);
    let grants = get(&format!("v1.0/servicePrincipals/{other}/oauth2PermissionGrants"));
    assert_eq!(grants.values("scope"), ["access_as_user"]);
    let assertion = token_for(&lab, &format!("api://{OTHER_API}/access_as_user"), "access").text("access_token");
    let ask = || {
        let (client, scope) = (OTHER_API.to_string(), format!("{API}/access_as_user"));
        on_behalf(&lab, &assertion, &[("client_id", &client), ("scope", &scope)])
    };
    assert_eq!(ask().status, 200);
    let path = format!("v1.0/oauth2PermissionGrants/{}", made.text("id"));
    assert_eq!(lab.graph("DELETE", &path, &admin, Value::Null).status, 204);
    assert_eq!(ask().refusal(), (400, "invalid_grant", 65_001));
}

#[test]
fn a_registration_made_through_graph_exposes_permissions_and_lets_clients_in_beforehand() {
    let lab = Lab::of(tenant());
    let admin = lab.sign_in_with_everything("admin");
    let scope = "0f1b4ea4-1f0e-4d3c-9a0b-000000000001";
    let exposed = json!({
        "id": scope, "value": "Orders.Read", "type": "User", "isEnabled": true, "userConsentDisplayName": "Read orders",
        "adminConsentDisplayName": "Read orders", "adminConsentDescription": "Read orders",
    });
    let body = json!({
        "displayName": "Orders", "identifierUris": ["https://highlands_azure.com/orders"],
        "api": {
            "oauth2PermissionScopes": [exposed],
            "preAuthorizedApplications": [{ "appId": CLIENT, "delegatedPermissionIds": [scope] }],
        },
    });
    let made = lab.graph("POST", "v1.0/applications", &admin, body);
    assert_eq!(made.status, 201, "{}", made.body);
    let made = lab.graph("POST", "v1.0/servicePrincipals", &admin, json!({ "appId": made.text("appId") }));
    assert_eq!(made.status, 201, "{}", made.body);
    let answer = token_for(&lab, "https://highlands_azure.com/orders/Orders.Read", "let in beforehand");
    let claims = claims(&answer.text("access_token"));
    let expected = json!({
        "aud": "https://highlands_azure.com/orders", "scp": "Orders.Read", "ver": "1.0", "appid": CLIENT,
    });
    assert_eq!(picked(&claims, &["aud", "scp", "ver", "appid"]), expected);
}
