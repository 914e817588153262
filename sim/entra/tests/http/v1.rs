//! The endpoints of v1.0: a resource instead of a scope, numbers as strings, refusals of their own (entra.md §1.4, §1.10).

use crate::common::*;
use http::Request;
use serde_json::json;

const GRAPH: &str = "https://graph.microsoft.com";
const LOGIN: &str = "https://login.microsoftonline.com";

fn token(lab: &Lab, form: &[(&str, &str)]) -> Answer {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    lab.send(Request::post(format!("{LOGIN}/{TENANT}/oauth2/token")).body(body).unwrap())
}

fn password<'a>(app: &'a str, name: &'a str) -> Vec<(&'a str, &'a str)> {
    let form = password_form(app, name).into_iter().filter(|(name, _)| *name != "scope");
    form.chain([("resource", GRAPH)]).collect()
}

#[test]
fn numbers_are_strings_and_the_resource_is_named() {
    let lab = Lab::new();
    let answer = token(&lab, &password(&APP.to_string(), &upn("service")));
    let begins = start().as_second();
    for (name, value) in [
        ("expires_in", json!("3599")),
        ("ext_expires_in", json!("3599")),
        ("not_before", json!(begins.to_string())),
        ("expires_on", json!((begins + 3599).to_string())),
        ("resource", json!(GRAPH)),
        ("scope", json!("Directory.AccessAsUser.All UserAuthenticationMethod.ReadWrite.All openid")),
    ] {
        assert_eq!(answer.body[name], value, "{name}");
    }
    let app = APP.to_string();
    let refresh = answer.text("refresh_token");
    let form = [("grant_type", "refresh_token"), ("client_id", &app), ("client_secret", "wOt8Q~good")];
    let form = [&form[..], &[("refresh_token", refresh.as_str())]].concat();
    let again = token(&lab, &form);
    assert_eq!((again.status.as_u16(), &again.body["resource"]), (200, &json!(GRAPH)));
    assert_ne!(again.text("refresh_token"), refresh);
}

#[test]
fn an_application_asks_by_resource_too() {
    let lab = Lab::new();
    let daemon = DAEMON.to_string();
    let form = [("grant_type", "client_credentials"), ("client_id", &daemon), ("client_secret", "wOt8Q~good")];
    let answer = token(&lab, &[&form[..], &[("resource", GRAPH)]].concat());
    assert_eq!(claims(&answer.text("access_token"))["roles"], json!(["User.Read.All"]));
    assert_eq!(token(&lab, &form).refusal(), (400, "invalid_request", 900_144));
}

#[test]
fn a_second_factor_is_an_interaction() {
    let lab = Lab::new();
    let answer = token(&lab, &password(&APP.to_string(), &upn("careful")));
    assert_eq!(answer.refusal(), (400, "interaction_required", 50_076));
}

#[test]
fn the_configuration_names_the_endpoints_of_v1_0() {
    let lab = Lab::new();
    let document = lab.get(&format!("{LOGIN}/common/.well-known/openid-configuration"));
    assert_eq!(document.text("issuer"), "https://sts.windows.net/{tenantid}/");
    assert_eq!(document.text("authorization_endpoint"), format!("{LOGIN}/common/oauth2/authorize"));
    assert_eq!(document.text("device_authorization_endpoint"), format!("{LOGIN}/common/oauth2/devicecode"));
    let keys = lab.get(&document.text("jwks_uri"));
    assert_eq!(keys.body["keys"][0]["kid"], keys.body["keys"][0]["x5t"]);
}

#[test]
fn a_device_code_is_told_in_the_words_of_v1_0() {
    let lab = Lab::new();
    let body = format!("client_id={PUBLIC}&resource={GRAPH}");
    let answer = lab.send(Request::post(format!("{LOGIN}/common/oauth2/devicecode")).body(body).unwrap());
    assert_eq!(answer.text("verification_url"), "https://microsoft.com/devicelogin");
    assert_eq!((answer.text("expires_in"), answer.text("interval")), ("900".into(), "5".into()));
    let (public, code) = (PUBLIC.to_string(), answer.text("device_code"));
    let poll = || token(&lab, &[("grant_type", "device_code"), ("client_id", &public), ("code", &code)]);
    assert_eq!(poll().refusal(), (400, "authorization_pending", 70_016));
    lab.clock.advance(jiff::SignedDuration::from_mins(15));
    assert_eq!(poll().refusal(), (400, "code_expired", 70_020));
}
