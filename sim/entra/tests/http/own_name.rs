//! The tenant under a name that is not Microsoft's: addresses lead back to it, and everything is behind one name.

use crate::common::*;
use http::Request;
use serde_json::{Value, json};

const OWN: &str = "https://lab.test:8443";

#[test]
fn a_discovery_document_names_only_addresses_of_the_clients_own() {
    let lab = Lab::new();
    for version in ["/v2.0", ""] {
        let document = lab.get(&format!("{OWN}/{TENANT}{version}/.well-known/openid-configuration")).body;
        let fields = document.as_object().expect("a document");
        let endpoints = fields.iter().filter(|(name, _)| name.contains("endpoint") || *name == "jwks_uri");
        let endpoints: Vec<_> = endpoints.filter_map(|(name, value)| Some((name, value.as_str()?))).collect();
        assert!(endpoints.len() >= 6, "{document}");
        for (name, url) in endpoints {
            assert!(url.starts_with(OWN), "{name}: {url}");
        }
    }
}

#[test]
fn the_issuer_of_an_id_token_is_the_one_of_the_discovery_document() {
    let lab = Lab::new();
    let (app, carol) = (APP.to_string(), upn("carol"));
    let form = password_form(&app, &carol);
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let answer = lab.send(Request::post(format!("{OWN}/{TENANT}/oauth2/v2.0/token")).body(body).unwrap());
    let document = lab.get(&format!("{OWN}/{TENANT}/v2.0/.well-known/openid-configuration"));
    assert_eq!(claims(&answer.text("id_token"))["iss"], document.text("issuer"));
    assert_eq!(claims(&answer.text("access_token"))["iss"], format!("https://sts.windows.net/{TENANT}/"));
}

#[test]
fn instance_discovery_knows_the_name_that_it_was_asked_under_and_no_other() {
    let lab = Lab::new();
    let ask = |host: &str| {
        let endpoint = format!("https%3A%2F%2F{host}%2F{TENANT}%2Foauth2%2Fv2.0%2Fauthorize");
        lab.get(&format!("{OWN}/common/discovery/instance?api-version=1.1&authorization_endpoint={endpoint}"))
    };
    let answer = ask("lab.test");
    assert_eq!(
        answer.text("tenant_discovery_endpoint"),
        format!("{OWN}/{TENANT}/v2.0/.well-known/openid-configuration")
    );
    assert_eq!(answer.body["metadata"][1]["aliases"], json!(["lab.test:8443", "lab.test"]));
    assert_eq!(ask("other.test").refusal(), (400, "invalid_instance", 50_049));
}

#[test]
fn graph_is_behind_its_paths_and_its_annotations_lead_back() {
    let lab = Lab::new();
    let token = lab.sign_in("admin");
    let ask = |method: &str, path: &str, body: Value| {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = Request::builder().method(method).uri(format!("{OWN}/v1.0/{path}"));
        let request = request.header("authorization", format!("Bearer {token}"));
        lab.send(request.header("content-type", "application/json").body(body).unwrap())
    };
    let users = ask("GET", "users?$top=1", Value::Null);
    assert!(users.text("@odata.nextLink").starts_with(&format!("{OWN}/v1.0/users?")), "{}", users.body);
    let group = json!({ "displayName": "G", "mailNickname": "g", "mailEnabled": false, "securityEnabled": true });
    let group = ask("POST", "groups", group);
    assert!(group.text("@odata.context").starts_with(OWN), "{}", group.body);
    let member = json!({ "@odata.id": format!("{OWN}/v1.0/directoryObjects/{}", lab.user_id("carol")) });
    assert_eq!(ask("POST", &format!("groups/{}/members/$ref", group.text("id")), member).status, 204);
}

#[test]
fn a_name_of_microsofts_keeps_its_own_addresses_and_strict_transport() {
    let lab = Lab::new();
    let header = |url: &str| lab.get(url).headers.contains_key("strict-transport-security");
    assert!(header(&format!("https://login.windows.net/{TENANT}/discovery/keys")));
    assert!(!header(&format!("{OWN}/{TENANT}/discovery/keys")), "a browser would hold all of a developer's host to it");
    let answer = lab.get(&format!("https://login.windows.net/{TENANT}/v2.0/.well-known/openid-configuration"));
    assert_eq!(answer.text("issuer"), format!("https://login.microsoftonline.com/{TENANT}/v2.0"));
}
