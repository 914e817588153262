//! Discovery, keys, hosts and what every answer carries (entra.md §1.2, §1.3).

use crate::common::*;
use http::Request;
use serde_json::json;

const LOGIN: &str = "https://login.microsoftonline.com";

#[test]
fn the_openid_configuration_leads_to_keys_that_verify_tokens() {
    let lab = Lab::new();
    let configuration = lab.get(&format!("{LOGIN}/{DOMAIN}/v2.0/.well-known/openid-configuration"));
    assert_eq!(configuration.text("issuer"), format!("{LOGIN}/{TENANT}/v2.0"));
    assert_eq!(configuration.text("token_endpoint"), format!("{LOGIN}/{TENANT}/oauth2/v2.0/token"));
    let keys = lab.get(&configuration.text("jwks_uri"));
    let jwk: jsonwebtoken::jwk::Jwk = serde_json::from_value(keys.body["keys"][0].clone()).unwrap();
    let token = lab.sign_in("service");
    let kid = jsonwebtoken::decode_header(&token).unwrap().kid;
    assert_eq!(kid, jwk.common.key_id);
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::RS256);
    validation.validate_exp = false;
    validation.set_audience(&["00000003-0000-0000-c000-000000000000"]);
    let key = jsonwebtoken::DecodingKey::from_jwk(&jwk).unwrap();
    let data = jsonwebtoken::decode::<serde_json::Value>(&token, &key, &validation).unwrap();
    assert_eq!(data.claims["tid"], TENANT);
}

#[test]
fn an_unknown_tenant_has_no_configuration() {
    let lab = Lab::new();
    let answer = lab.get(&format!("{LOGIN}/nowhere.example/v2.0/.well-known/openid-configuration"));
    assert_eq!(answer.refusal(), (400, "invalid_tenant", 90_002));
    let common = lab.get(&format!("{LOGIN}/common/v2.0/.well-known/openid-configuration"));
    assert_eq!(common.text("issuer"), format!("{LOGIN}/{{tenantid}}/v2.0"));
}

#[test]
fn instance_discovery_knows_its_aliases_only() {
    let lab = Lab::new();
    let url = |host: &str| {
        format!(
            "{LOGIN}/common/discovery/instance?api-version=1.1&authorization_endpoint=https%3A%2F%2F{host}%2F{TENANT}%2Foauth2%2Fv2.0%2Fauthorize"
        )
    };
    let answer = lab.get(&url("login.microsoftonline.com"));
    assert!(answer.text("tenant_discovery_endpoint").contains(TENANT));
    assert_eq!(lab.get(&url("login.example")).refusal(), (400, "invalid_instance", 50_049));
}

#[test]
fn a_user_realm_is_managed_or_unknown() {
    let lab = Lab::new();
    let realm = |upn: &str| lab.get(&format!("{LOGIN}/common/userrealm/{upn}?api-version=1.0")).text("account_type");
    assert_eq!(realm("carol.shaw@highlands_azure.com"), "Managed");
    assert_eq!(realm("a@elsewhere.example"), "Unknown");
}

#[test]
fn hosts_are_told_apart_and_what_is_not_simulated_says_so() {
    let lab = Lab::new();
    let not_simulated = lab.get(&format!("{LOGIN}/{TENANT}/saml2"));
    assert_eq!(not_simulated.status, 501);
    assert_eq!(
        not_simulated.body,
        json!({
            "error": "not_simulated",
            "error_description": format!("passkey-lab does not simulate GET /{TENANT}/saml2"),
        })
    );
    assert_eq!(lab.get("https://graph.windows.net/").status, 421);
    let by_header = Request::get("/v1.0/me").host_header("graph.microsoft.com:443");
    assert_eq!(lab.send(by_header).graph_error(), (401, "InvalidAuthenticationToken"));
}

#[test]
fn a_machine_that_wants_to_join_learns_where_and_gets_a_nonce() {
    let lab = Lab::new();
    let host = "https://enterpriseregistration.windows.net";
    let found = lab.get(&format!("{host}/HIGHLANDS_azure.com/Discover?api-version=1.9&managed=True"));
    assert_eq!(found.body["DeviceJoinService"]["JoinEndpoint"], format!("{host}/EnrollmentServer/device/"));
    assert_eq!(found.body["DeviceJoinService"]["JoinResourceId"], "urn:ms-drs:enterpriseregistration.windows.net");
    assert_eq!(
        found.body["AuthenticationService"]["OAuth2"]["TokenEndpoint"],
        format!("{LOGIN}/{TENANT}/oauth2/token")
    );
    assert_eq!(found.body["TenantInfo"]["TenantId"], TENANT);
    let service = found.body["NonceService"]["Endpoint"].as_str().unwrap().to_owned();
    let nonce = |url: &str| lab.get(&format!("{url}?api-version=1.0"));
    let (one, other) = (nonce(&service).text("Value"), nonce(&service).text("Value"));
    assert!(one.len() > 20 && one != other, "{one} {other}");
    assert_eq!(nonce(&format!("{host}/EnrollmentServer/nonce/{}/", uuid::Uuid::nil())).status, 404);
    assert_eq!(lab.get(&format!("{host}/nowhere.example/Discover")).status, 404);
    assert_eq!(lab.get(&format!("{host}/EnrollmentServer/key/")).status, 501);
}

#[test]
fn every_answer_carries_the_labs_date_and_an_id() {
    let lab = Lab::new();
    for url in [
        format!("{LOGIN}/common/discovery/instance?authorization_endpoint={LOGIN}/common/oauth2/authorize"),
        format!("{LOGIN}/nothing"),
        "https://graph.microsoft.com/v1.0/me".to_owned(),
        "https://mysignins.microsoft.com/nothing".to_owned(),
        "https://www.office.com/nothing".to_owned(),
    ] {
        let answer = lab.get(&url);
        assert_eq!(answer.headers["date"], "Mon, 02 Mar 2026 09:00:00 GMT", "{url}");
        let id = answer.headers.get("request-id").or_else(|| answer.headers.get("x-ms-request-id"));
        assert!(id.is_some(), "{url}");
    }
}

#[test]
fn a_body_of_more_than_a_mebibyte_is_refused() {
    let lab = Lab::new();
    let body = || "x".repeat((1 << 20) + 1);
    let token = format!("{LOGIN}/{TENANT}/oauth2/v2.0/token");
    assert_eq!(lab.send(Request::post(token).body(body()).unwrap()).refusal(), (413, "invalid_request", 9_002_313));
    let authorization = format!("Bearer {}", lab.sign_in("admin"));
    let users = Request::post("https://graph.microsoft.com/v1.0/users").header("authorization", authorization);
    assert_eq!(lab.send(users.body(body()).unwrap()).graph_error(), (413, "BadRequest"));
}

#[test]
fn the_token_endpoint_is_only_posted_to() {
    let lab = Lab::new();
    let answer = lab.get(&format!("{LOGIN}/{TENANT}/oauth2/v2.0/token"));
    assert_eq!(answer.refusal(), (405, "invalid_request", 900_561));
    assert_eq!(answer.headers["allow"], "POST");
}

trait HostHeader {
    fn host_header(self, host: &str) -> Request<String>;
}

impl HostHeader for http::request::Builder {
    fn host_header(self, host: &str) -> Request<String> {
        self.header("host", host).body(String::new()).unwrap()
    }
}
