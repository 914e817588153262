//! Graph: each route's answer, and each refusal with its exact status and code (entra.md §2).

use crate::common::*;
use http::Request;
use jiff::SignedDuration;
use serde_json::{Value, json};

const NONE: Value = Value::Null;

fn group_body(name: &str) -> Value {
    json!({ "displayName": name, "mailNickname": "hypr", "mailEnabled": false, "securityEnabled": true, "groupTypes": [] })
}

fn create_group(lab: &Lab, token: &str, name: &str) -> String {
    let answer = lab.graph("POST", "v1.0/groups", token, group_body(name));
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.text("id")
}

fn reference(id: impl std::fmt::Display) -> Value {
    json!({ "@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{id}") })
}

#[test]
fn me_has_the_eleven_default_properties_in_their_order() {
    let lab = Lab::new();
    let token = lab.sign_in("service");
    let answer = lab.graph("GET", "v1.0/me", &token, NONE);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["odata-version"], "4.0");
    let expected = json!({
        "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users/$entity", "businessPhones": [],
        "displayName": "service Example", "givenName": null, "jobTitle": null, "mail": null, "mobilePhone": null,
        "officeLocation": null, "preferredLanguage": null, "surname": null, "userPrincipalName": upn("service"),
        "id": lab.user_id("service"),
    });
    assert_eq!(answer.body.to_string(), expected.to_string());
}

#[test]
fn select_picks_and_refuses_what_does_not_exist() {
    let lab = Lab::new();
    let token = lab.sign_in("service");
    let path = format!("v1.0/users/{}?$select=id,accountEnabled", upn("carol"));
    let answer = lab.graph("GET", &path, &token, NONE);
    let context = "https://graph.microsoft.com/v1.0/$metadata#users(id,accountEnabled)/$entity";
    let id = lab.user_id("carol");
    assert_eq!(answer.body, json!({ "@odata.context": context, "id": id, "accountEnabled": true }));
    let answer = lab.graph("GET", &format!("v1.0/users/{id}?$select=shoeSize"), &token, NONE);
    assert_eq!(answer.graph_error(), (400, "BadRequest"));
    assert_eq!(answer.message(), "Could not find a property named 'shoeSize' on type 'microsoft.graph.user'.");
}

#[test]
fn roles_and_groups_are_what_one_is_a_member_of() {
    let lab = Lab::new();
    let token = lab.sign_in("service");
    let group = create_group(&lab, &token, "A");
    let id = lab.user_id("service");
    assert_eq!(lab.graph("POST", &format!("v1.0/groups/{group}/members/$ref"), &token, reference(id)).status, 204);
    let answer = lab.graph("GET", "v1.0/me/memberOf", &token, NONE);
    let mut found: Vec<(String, String)> = answer.body["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|object| {
            let key = object.get("roleTemplateId").unwrap_or(&object["id"]);
            (object["@odata.type"].as_str().unwrap().to_owned(), key.as_str().unwrap().to_owned())
        })
        .collect();
    found.sort();
    let role = "#microsoft.graph.directoryRole".to_owned();
    let mut expected = vec![
        (role.clone(), "9360feb5-f418-4baa-8175-e2a00bac4301".to_owned()),
        (role, "7be44c8a-adaf-4e2a-84d6-ab2649e08a13".to_owned()),
        ("#microsoft.graph.group".to_owned(), group),
    ];
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn a_token_that_is_missing_forged_old_or_foreign_is_401() {
    let lab = Lab::new();
    let good = lab.sign_in("service");
    let ask = |token: &str| {
        let answer = lab.graph("GET", "v1.0/me", token, NONE);
        assert_eq!(answer.graph_error(), (401, "InvalidAuthenticationToken"));
        assert!(answer.headers["www-authenticate"].to_str().unwrap().starts_with("Bearer"));
        answer.message().to_owned()
    };
    assert_eq!(ask(""), "Access token is empty.");
    assert!(ask("not-a-jwt").starts_with("IDX14100"));
    let parts: Vec<&str> = good.split('.').collect();
    let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", parts[1]);
    assert_eq!(ask(&unsigned), "CompactToken parsing failed with error code: 80049217");
    let swapped = if parts[2].starts_with('A') { "B" } else { "A" };
    let forged = format!("{}.{}.{swapped}{}", parts[0], parts[1], &parts[2][1..]);
    assert_eq!(ask(&forged), "Access token validation failure. Invalid signature.");
    let app = APP.to_string();
    let id_token = lab.token(TENANT, &password_form(&app, &upn("service"))).text("id_token");
    assert!(!ask(&id_token).is_empty());
    lab.clock.advance(SignedDuration::from_secs(3599));
    assert_eq!(ask(&good), "Lifetime validation failed, the token is expired.");
    let bare = lab.send(Request::get("https://graph.microsoft.com/v1.0/me").body(String::new()).unwrap());
    assert_eq!(bare.message(), "Access token is empty.");
}

#[test]
fn the_token_of_a_disabled_user_dies() {
    let lab = Lab::new();
    let token = lab.sign_in("carol");
    let id = lab.user_id("carol");
    lab.with(|tenant| tenant.set_account("an administrator", id, entra::Account::Disabled)).unwrap();
    assert_eq!(lab.graph("GET", "v1.0/me", &token, NONE).graph_error(), (401, "InvalidAuthenticationToken"));
}

#[test]
fn paths_and_verbs_that_do_not_exist_say_which() {
    let lab = Lab::new();
    let token = lab.sign_in("service");
    for (method, path, status, code, message) in [
        ("GET", "v1.0/usersss", 400, "BadRequest", "Resource not found for the segment 'usersss'."),
        ("GET", "v1.0/me/shoes", 400, "BadRequest", "Resource not found for the segment 'shoes'."),
        ("GET", "v1.0/users/a/b/c", 400, "BadRequest", "Resource not found for the segment 'b'."),
        ("GET", "v1.0", 400, "BadRequest", "Resource not found for the segment ''."),
        ("GET", "v3.0/me", 400, "BadRequest", "Invalid version: v3.0"),
        ("PUT", "v1.0/me", 405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target."),
    ] {
        let answer = lab.graph(method, path, &token, NONE);
        assert_eq!((answer.graph_error(), answer.message()), ((status, code), message), "{method} {path}");
    }
    assert_eq!(lab.graph("GET", "beta/ME", &token, NONE).status, 200);
}

#[test]
fn groups_are_created_found_by_name_read_and_owned() {
    let lab = Lab::new();
    let token = lab.sign_in("service");
    let name = "HYPR Group (Eligible for Pairing)";
    let answer = lab.graph("POST", "v1.0/groups", &token, group_body(name));
    assert_eq!(answer.status, 201);
    let id = answer.text("id");
    let location =
        format!("https://graph.microsoft.com/v2/{TENANT}/directoryObjects/{id}/Microsoft.DirectoryServices.Group");
    assert_eq!(answer.headers["location"], location);
    assert_eq!(answer.body["createdDateTime"], "2026-03-02T09:00:00Z");
    assert_eq!(answer.body["securityEnabled"], true);
    assert!(answer.text("securityIdentifier").starts_with("S-1-12-1-"));
    let filter = "v1.0/groups?$filter=displayName%20eq%20'HYPR%20Group%20(Eligible%20for%20Pairing)'&$select=id";
    let found = lab.graph("GET", filter, &token, NONE);
    assert_eq!(found.body["value"], json!([{ "id": id }]));
    let none = lab.graph("GET", "v1.0/groups?$filter=displayName+eq+'x'", &token, NONE);
    assert_eq!(none.body["value"], json!([]));
    assert_eq!(lab.graph("GET", &format!("v1.0/groups('{id}')"), &token, NONE).text("displayName"), name);
    assert_eq!(lab.graph("DELETE", &format!("v1.0/groups/{id}"), &token, NONE).status, 204);
    let gone = lab.graph("GET", &format!("v1.0/groups/{id}"), &token, NONE);
    assert_eq!(gone.graph_error(), (404, "Request_ResourceNotFound"));
}

#[test]
fn what_makes_no_security_group_is_refused() {
    let lab = Lab::new();
    let token = lab.sign_in("service");
    for (change, code) in [
        (json!({ "displayName": null }), "Request_BadRequest"),
        (json!({ "displayName": 7 }), "Request_BadRequest"),
        (json!({ "mailNickname": null }), "Request_BadRequest"),
        (json!({ "mailEnabled": true }), "Request_BadRequest"),
        (json!({ "groupTypes": ["Unified"] }), "Request_BadRequest"),
        (json!({ "colour": "red" }), "BadRequest"),
    ] {
        let mut body = group_body("A");
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        assert_eq!(lab.graph("POST", "v1.0/groups", &token, body).graph_error(), (400, code), "{change}");
    }
    assert_eq!(lab.graph("POST", "v1.0/groups", &token, json!([1])).graph_error(), (400, "BadRequest"));
}

#[test]
fn members_are_added_once_listed_and_removed_once() {
    let lab = Lab::new();
    let token = lab.sign_in("service");
    let group = create_group(&lab, &token, "A");
    let carol = lab.user_id("carol");
    let members = format!("v1.0/groups/{group}/members");
    let add = |body| lab.graph("POST", &format!("{members}/$ref"), &token, body);
    assert_eq!(add(reference(carol)).status, 204);
    let again = add(reference(carol));
    assert_eq!(again.graph_error(), (400, "Request_BadRequest"));
    assert!(again.message().contains("already exist"), "{}", again.message());
    let absent = uuid::Uuid::from_u128(5);
    assert_eq!(add(reference(absent)).graph_error(), (404, "Request_ResourceNotFound"));
    assert_eq!(add(json!({ "@odata.id": "https://elsewhere.example/x" })).graph_error(), (400, "Request_BadRequest"));
    let list = lab.graph("GET", &members, &token, NONE);
    assert_eq!(list.body["value"][0]["@odata.type"], "#microsoft.graph.user");
    assert_eq!(list.body["value"][0]["id"], json!(carol));
    assert_eq!(list.body["value"].as_array().unwrap().len(), 1);
    let remove = || lab.graph("DELETE", &format!("{members}/{carol}/$ref"), &token, NONE);
    assert_eq!(remove().status, 204);
    assert_eq!(remove().graph_error(), (404, "Request_ResourceNotFound"));
    let unknown = format!("v1.0/groups/{absent}/members/$ref");
    assert_eq!(lab.graph("POST", &unknown, &token, reference(carol)).graph_error(), (404, "Request_ResourceNotFound"));
}

#[test]
fn users_are_listed_filtered_and_paged() {
    let lab = Lab::new();
    let token = lab.sign_in("service");
    let ids = |answer: &Answer| -> Vec<String> {
        let users = answer.body["value"].as_array().unwrap();
        users.iter().map(|user| user["userPrincipalName"].as_str().unwrap().to_owned()).collect()
    };
    let ask = |query: &str| lab.graph("GET", &format!("v1.0/users{query}"), &token, NONE);
    assert_eq!(ids(&ask("?$filter=startswith%28userPrincipalName%2C%27caro%27%29")), [upn("carol")]);
    assert_eq!(
        ids(&ask(&format!("?$filter=userPrincipalName eq '{}'", upn("CAROL")).replace(' ', "%20"))),
        [upn("carol")]
    );
    assert_eq!(ids(&ask("?filter=accountEnabled+eq+false")), [upn("disabled")]);
    let mut paged = Vec::new();
    let mut next = Some("?$top=4".to_owned());
    while let Some(query) = next {
        let page = ask(&query);
        paged.extend(ids(&page));
        let link = page.body.get("@odata.nextLink").and_then(Value::as_str);
        next = link.map(|link| link.strip_prefix("https://graph.microsoft.com/v1.0/users").unwrap().to_owned());
    }
    let mut all = ids(&ask(""));
    all.sort();
    paged.sort();
    assert_eq!(paged, all);
    assert_eq!(all.len(), 9);
    for (query, code) in [
        ("?$filter=displayName%20ne%20'x'", "Request_UnsupportedQuery"),
        ("?$filter=shoeSize%20eq%20'x'", "BadRequest"),
        ("?$orderby=shoeSize", "BadRequest"),
        ("?$count=true", "Request_UnsupportedQuery"),
        ("?$search=x", "Request_UnsupportedQuery"),
        ("?$top=1000", "BadRequest"),
        ("?$top=0", "BadRequest"),
    ] {
        assert_eq!(ask(query).graph_error(), (400, code), "{query}");
    }
}

#[test]
fn users_are_created_suspended_and_deleted() {
    let lab = Lab::new();
    let token = lab.sign_in("admin");
    let body = |name: &str, domain: &str| {
        json!({ "accountEnabled": true, "displayName": "D", "mailNickname": name, "userPrincipalName": format!("{name}@{domain}"),
            "passwordProfile": { "password": PASSWORD, "forceChangePasswordNextSignIn": false } })
    };
    let created = lab.graph("POST", "v1.0/users", &token, body("dave", DOMAIN));
    assert_eq!(created.status, 201, "{}", created.body);
    assert_eq!(created.body.as_object().unwrap().keys().nth(1).unwrap(), "id");
    let taken = lab.graph("POST", "v1.0/users", &token, body("Dave", DOMAIN));
    assert_eq!(taken.graph_error(), (400, "Request_BadRequest"));
    assert_eq!(taken.body["error"]["details"][0]["code"], "ObjectConflict");
    for (name, domain) in
        [("eve", "elsewhere.example"), ("", DOMAIN), ("e\nve", DOMAIN), ("e ve", DOMAIN), (&"e".repeat(99), DOMAIN)]
    {
        let refused = lab.graph("POST", "v1.0/users", &token, body(name, domain));
        assert_eq!(refused.graph_error(), (400, "Request_BadRequest"), "{name:?}");
    }
    let (app, dave) = (APP.to_string(), upn("dave"));
    assert_eq!(lab.token(TENANT, &password_form(&app, &dave)).status, 200);
    let path = format!("v1.0/users/{}", created.text("id"));
    assert_eq!(lab.graph("PATCH", &path, &token, json!({ "accountEnabled": false, "displayName": "E" })).status, 204);
    assert_eq!(lab.token(TENANT, &password_form(&app, &dave)).refusal().2, 50_057);
    assert_eq!(lab.graph("GET", &path, &token, NONE).text("displayName"), "E");
    let bad = lab.graph("PATCH", &path, &token, json!({ "displayName": "F", "accountEnabled": "no" }));
    assert_eq!(bad.graph_error(), (400, "Request_BadRequest"));
    assert_eq!(lab.graph("GET", &path, &token, NONE).text("displayName"), "E");
    assert_eq!(lab.graph("DELETE", &path, &token, NONE).status, 204);
    assert_eq!(lab.graph("GET", &path, &token, NONE).graph_error(), (404, "Request_ResourceNotFound"));
    assert_eq!(lab.token(TENANT, &password_form(&app, &dave)).refusal().2, 500_341);
}

#[test]
fn a_deleted_user_leaves_the_groups() {
    let lab = Lab::new();
    let token = lab.sign_in("service");
    let group = create_group(&lab, &token, "A");
    let carol = lab.user_id("carol");
    lab.graph("POST", &format!("v1.0/groups/{group}/members/$ref"), &token, reference(carol));
    assert_eq!(lab.graph("DELETE", &format!("v1.0/users/{carol}"), &token, NONE).status, 204);
    let members = lab.graph("GET", &format!("v1.0/groups/{group}/members"), &token, NONE);
    assert_eq!(members.body["value"], json!([]));
}

/// Status of one request by `name` on a lab of its own, since requests change things; `{carol}`, `{admin}` and
/// `{group}` (owned by the service account) stand for ids.
fn status_for(name: &str, method: &str, path: &str, body: &Value) -> u16 {
    let lab = Lab::new();
    let group = create_group(&lab, &lab.sign_in("service"), "Owned by the service account");
    let (carol, admin) = (lab.user_id("carol").to_string(), lab.user_id("admin").to_string());
    let path = path.replace("{carol}", &carol).replace("{admin}", &admin).replace("{group}", &group);
    let answer = lab.graph(method, &path, &lab.sign_in(name), body.clone());
    if answer.status == 403 {
        assert_eq!(answer.graph_error().1, "Authorization_RequestDenied");
    }
    answer.status.as_u16()
}

#[test]
fn a_signed_in_user_can_do_what_the_role_allows_and_no_more() {
    let people = ["writer", "service", "authadmin", "admin", "mallory"];
    for (method, path, body, expected) in [
        ("GET", "v1.0/users", NONE, [200, 200, 200, 200, 200]),
        ("POST", "v1.0/groups", group_body("B"), [201, 201, 403, 201, 403]),
        ("DELETE", "v1.0/groups/{group}", NONE, [403, 204, 403, 204, 403]),
        ("PATCH", "v1.0/users/{carol}", json!({ "accountEnabled": true }), [204, 204, 204, 204, 403]),
        ("PATCH", "v1.0/users/{admin}", json!({ "accountEnabled": true }), [204, 204, 403, 204, 403]),
        ("DELETE", "v1.0/users/{carol}", NONE, [403, 204, 204, 204, 403]),
        ("DELETE", "v1.0/users/{admin}", NONE, [403, 204, 403, 204, 403]),
        ("GET", "v1.0/users/{carol}/authentication/fido2Methods", NONE, [403, 200, 200, 200, 403]),
        ("GET", "v1.0/users/{admin}/authentication/fido2Methods", NONE, [403, 200, 403, 200, 403]),
        ("DELETE", "v1.0/users/{carol}/authentication/fido2Methods/AAAA0", NONE, [403, 404, 404, 404, 403]),
    ] {
        let found = people.map(|name| status_for(name, method, path, &body));
        assert_eq!(found, expected, "{method} {path}");
    }
}

#[test]
fn a_role_without_the_permission_is_not_enough() {
    let lab = Lab::new();
    let public = PUBLIC.to_string();
    let admin = upn("admin");
    let form = [
        ("grant_type", "password"),
        ("client_id", &*public),
        ("username", &*admin),
        ("password", PASSWORD),
        ("scope", "User.Read"),
    ];
    let token = lab.token(TENANT, &form).text("access_token");
    assert_eq!(lab.graph("GET", "v1.0/me", &token, NONE).status, 200);
    let answer = lab.graph("POST", "v1.0/groups", &token, group_body("A"));
    assert_eq!(answer.graph_error(), (403, "Authorization_RequestDenied"));
    assert_eq!(answer.message(), "Insufficient privileges to complete the operation.");
}

#[test]
fn who_may_only_enable_and_disable_renames_nobody() {
    let lab = Lab::new();
    let (helpdesk, admin) = (HELPDESK.to_string(), upn("admin"));
    let token = lab.token(TENANT, &password_form(&helpdesk, &admin)).text("access_token");
    let path = format!("v1.0/users/{}", upn("carol"));
    assert_eq!(lab.graph("PATCH", &path, &token, json!({ "accountEnabled": false })).status, 204);
    for body in [json!({ "displayName": "Eve" }), json!({ "accountEnabled": true, "displayName": "Eve" })] {
        let refused = lab.graph("PATCH", &path, &token, body);
        assert_eq!(refused.graph_error(), (403, "Authorization_RequestDenied"));
    }
    let (name, enabled) = lab.with(|tenant| {
        let carol = tenant.user_by_name(&upn("carol")).expect("a configured user");
        (carol.display_name.clone(), carol.account_enabled)
    });
    assert_eq!((name.as_str(), enabled), ("carol Example", false), "a refused request changes nothing");
}

#[test]
fn a_key_in_parentheses_that_is_not_understood_lists_nobody() {
    let lab = Lab::new();
    let token = lab.sign_in("admin");
    for path in ["v1.0/users(1)", "v1.0/users(userPrincipalName='carol')"] {
        assert_eq!(lab.graph("GET", path, &token, NONE).graph_error(), (400, "BadRequest"), "{path}");
    }
}

#[test]
fn an_application_goes_by_its_app_roles_and_is_nobodys_me() {
    let lab = Lab::new();
    let daemon = DAEMON.to_string();
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", daemon.as_str()),
        ("client_secret", "wOt8Q~good"),
        ("scope", "https://graph.microsoft.com/.default"),
    ];
    let token = lab.token(TENANT, &form).text("access_token");
    assert_eq!(lab.graph("GET", "v1.0/users", &token, NONE).status, 200);
    assert_eq!(
        lab.graph("POST", "v1.0/groups", &token, group_body("A")).graph_error(),
        (403, "Authorization_RequestDenied")
    );
    let me = lab.graph("GET", "v1.0/me", &token, NONE);
    assert_eq!(
        (me.graph_error(), me.message()),
        ((400, "BadRequest"), "/me request is only valid with delegated authentication flow.")
    );
}

#[test]
fn the_methods_of_a_user_are_listed() {
    let lab = Lab::new();
    let token = lab.sign_in("service");
    let path = format!("v1.0/users/{}/authentication/methods", lab.user_id("careful"));
    let answer = lab.graph("GET", &path, &token, NONE);
    let kinds: Vec<&str> =
        answer.body["value"].as_array().unwrap().iter().map(|method| method["@odata.type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["#microsoft.graph.passwordAuthenticationMethod", "#microsoft.graph.phoneAuthenticationMethod"]);
    let keys = format!("v1.0/users/{}/authentication/fido2Methods", lab.user_id("careful"));
    assert_eq!(lab.graph("GET", &keys, &token, NONE).body["value"], json!([]));
    for method in ["GET", "DELETE"] {
        assert_eq!(lab.graph(method, &format!("{keys}/AAAA0"), &token, NONE).graph_error(), (404, "resourceNotFound"));
    }
    let nobody = "v1.0/users/nobody@highlands.onmicrosoft.com/authentication/fido2Methods";
    assert_eq!(lab.graph("GET", nobody, &token, NONE).graph_error(), (404, "Request_ResourceNotFound"));
    let filtered = lab.graph("GET", &format!("{keys}?$filter=id%20eq%20'1'"), &token, NONE);
    assert_eq!(filtered.graph_error(), (400, "Request_UnsupportedQuery"));
}

#[test]
fn creation_options_are_given_and_a_broken_registration_is_refused() {
    let lab = Lab::new();
    let token = lab.sign_in("service");
    let keys = format!("v1.0/users/{}/authentication/fido2Methods", lab.user_id("carol"));
    let answer = lab.graph("GET", &format!("{keys}/creationOptions()"), &token, NONE);
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.body["challengeTimeoutDateTime"], "2026-03-02T09:05:00Z");
    assert_eq!(answer.body["publicKey"]["rp"], json!({ "id": "login.microsoft.com", "name": "Microsoft" }));
    let empty = lab.graph("POST", &keys, &token, json!({ "displayName": "HYPR" }));
    assert_eq!(empty.graph_error(), (400, "badRequest"));
    assert_eq!(empty.message(), "The request is missing a fido2AuthenticationMethod entity");
    let body = json!({ "displayName": "HYPR", "publicKeyCredential": { "id": "AAAA",
        "response": { "clientDataJSON": "e30", "attestationObject": "oA" }, "clientExtensionResults": {} } });
    assert_eq!(lab.graph("POST", &keys, &token, body).graph_error(), (400, "badRequest"));
}

#[test]
fn a_policy_failure_carries_json_in_its_message() {
    let mut config = config();
    config.fido2_policy.include.clear();
    let lab = Lab::of(config);
    let token = lab.sign_in("service");
    let path = format!("v1.0/users/{}/authentication/fido2Methods/creationOptions", lab.user_id("carol"));
    let answer = lab.graph("GET", &path, &token, NONE);
    assert_eq!(answer.graph_error(), (400, "badRequest"));
    let inner: Value = serde_json::from_str(answer.message()).unwrap();
    assert_eq!(inner["odata.error"]["values"][0]["value"], "error_user_group_restriction_policy_failure");
}

#[test]
fn the_fido2_policy_is_read_and_changed_by_those_who_may() {
    let lab = Lab::new();
    let public = PUBLIC.to_string();
    let token = |name: &str| {
        let name = upn(name);
        let form = [
            ("grant_type", "password"),
            ("client_id", public.as_str()),
            ("username", name.as_str()),
            ("password", PASSWORD),
            ("scope", "Policy.ReadWrite.AuthenticationMethod"),
        ];
        lab.token(TENANT, &form).text("access_token")
    };
    let path = "v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2";
    let kind = "#microsoft.graph.fido2AuthenticationMethodConfiguration";
    let change = json!({ "@odata.type": kind, "isAttestationEnforced": false, "keyRestrictions":
        { "isEnforced": true, "enforcementType": "allow", "aaGuids": ["0076631b-d4a0-427f-5773-0ec71c9e0279"] } });
    assert_eq!(
        lab.graph("PATCH", path, &token("service"), change.clone()).graph_error(),
        (403, "Authorization_RequestDenied")
    );
    let admin = token("admin");
    assert_eq!(lab.graph("GET", path, &admin, NONE).body["isAttestationEnforced"], true);
    assert_eq!(lab.graph("PATCH", path, &admin, change).status, 204);
    let changed = lab.graph("GET", &path.replace("fido2", "Fido2"), &admin, NONE).body;
    assert_eq!(changed["isAttestationEnforced"], false);
    assert_eq!(changed["keyRestrictions"]["aaGuids"], json!(["0076631b-d4a0-427f-5773-0ec71c9e0279"]));
    assert_eq!(changed["includeTargets"][0]["id"], "all_users");
    for bad in [json!({ "state": "enabled" }), json!({ "@odata.type": kind, "state": "on" })] {
        assert_eq!(lab.graph("PATCH", path, &admin, bad).graph_error(), (400, "BadRequest"));
    }
}

#[test]
fn the_organization_names_its_domains() {
    let lab = Lab::new();
    let answer = lab.graph("GET", "v1.0/organization", &lab.sign_in("carol"), NONE);
    assert_eq!(answer.body["value"][0]["id"], TENANT);
    assert_eq!(answer.body["value"][0]["verifiedDomains"][0]["name"], DOMAIN);
}

#[test]
fn writes_and_refusals_stand_in_the_journal() {
    let lab = Lab::new();
    let token = lab.sign_in("service");
    lab.events();
    create_group(&lab, &token, "A");
    lab.graph("GET", "v1.0/nothing", &token, NONE);
    let lines: Vec<String> = lab.events().iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            format!("{} created the group \"A\"", upn("service")),
            "Graph refused GET /v1.0/nothing: 400 BadRequest: Resource not found for the segment 'nothing'.".to_owned(),
        ]
    );
}
