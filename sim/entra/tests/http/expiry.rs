//! What expires is good until its last second and not in the next (entra.md §1.4, §1.10).

use crate::common::*;
use jiff::SignedDuration;
use serde_json::Value;

const SECOND: SignedDuration = SignedDuration::from_secs(1);

/// Asks a second before `lifetime` is over and when it is.
fn check<T: PartialEq + std::fmt::Debug>(lab: &Lab, lifetime: SignedDuration, ask: impl Fn() -> T, expect: [T; 2]) {
    lab.clock.advance(lifetime - SECOND);
    let before = ask();
    lab.clock.advance(SECOND);
    assert_eq!([before, ask()], expect);
}

#[test]
fn an_access_token_is_good_for_3599_seconds() {
    let lab = Lab::new();
    let token = lab.sign_in("carol");
    let ask = || lab.graph("GET", "v1.0/me", &token, Value::Null).status.as_u16();
    check(&lab, SignedDuration::from_secs(3599), ask, [200, 401]);
}

#[test]
fn a_client_secret_is_good_until_its_end() {
    let lab = Lab::new();
    let (app, carol) = (APP.to_string(), upn("carol"));
    let ask = || lab.token(TENANT, &password_form(&app, &carol)).refusal().2;
    check(&lab, SignedDuration::from_hours(24 * 365), ask, [0, 7_000_222]);
}

#[test]
fn a_device_code_is_good_for_fifteen_minutes() {
    let lab = Lab::new();
    let public = PUBLIC.to_string();
    let request = http::Request::post(format!("https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/devicecode"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("client_id={public}&scope=openid"));
    let code = lab.send(request.unwrap()).text("device_code");
    let form = [("grant_type", "device_code"), ("client_id", public.as_str()), ("device_code", code.as_str())];
    check(&lab, SignedDuration::from_mins(15), || lab.token(TENANT, &form).refusal().2, [70_016, 70_020]);
}

#[test]
fn a_refresh_token_is_good_for_ninety_days() {
    let lab = Lab::new();
    let app = APP.to_string();
    let token = lab.token(TENANT, &password_form(&app, &upn("carol"))).text("refresh_token");
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", app.as_str()),
        ("client_secret", "wOt8Q~good"),
        ("refresh_token", token.as_str()),
    ];
    check(&lab, SignedDuration::from_hours(24 * 90), || lab.token(TENANT, &form).refusal().2, [0, 700_082]);
}
