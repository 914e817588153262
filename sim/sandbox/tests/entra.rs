//! A scenario's tenant by itself: what stays from run to run, what does not, and what is told.

use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use clockwork::Clock;
use http::Request;
use http_body_util::BodyExt as _;
use jiff::{SignedDuration, Timestamp};
use lab::Scenario;
use sandbox::{Entra, Event};
use serde_json::Value;
use tower::ServiceExt as _;

const DESKTOP: &str = "5c5ed0a2-0e5a-4a77-8a0b-0d1d9f6a0003";

fn entra(now: &str) -> Entra {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/developer.yaml");
    let scenario = Scenario::read(&path).expect("a shipped scenario");
    Entra::of(scenario, Clock::manual(now.parse().expect("a literal"))).expect("a tenant")
}

fn post(router: &Router, path: &str, form: &str) -> Value {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let request = Request::post(format!("https://localhost/{path}")).body(Body::from(form.to_owned()));
    runtime.block_on(async {
        let Ok(response) = router.clone().oneshot(request.expect("a literal request")).await;
        let body = response.into_body().collect().await.expect("a body in memory").to_bytes();
        serde_json::from_slice(&body).expect("JSON")
    })
}

fn device_code(entra: &Entra) -> Value {
    let form = format!("client_id={DESKTOP}&scope=User.Read");
    post(&entra.router(|_| {}), "common/oauth2/v2.0/devicecode", &form)["device_code"].clone()
}

#[test]
fn ids_and_secrets_stay_and_codes_are_new_in_every_run() {
    let (one, other) = (entra("2026-12-01T00:00:00Z"), entra("2026-12-01T00:00:00Z"));
    let secret = |entra: &Entra| entra.config().applications[0].secrets[0].value.reveal().to_owned();
    assert_eq!(one.config().tenant_id, other.config().tenant_id);
    assert_eq!(secret(&one), secret(&other));
    assert_ne!(device_code(&one), device_code(&other));
}

#[test]
fn it_begins_now_whatever_the_scenario_says() {
    let now: Timestamp = "2031-05-01T00:00:00Z".parse().expect("a literal");
    let entra = entra("2031-05-01T00:00:00Z");
    let until = entra.config().applications[0].secrets[0].expires;
    assert_eq!(until, now + SignedDuration::from_hours(24 * 180));
    let form = format!(
        "grant_type=password&client_id={DESKTOP}&username=carol.shaw@highlands_azure.com&password=Heather-42-Loch\
         &scope=User.Read"
    );
    let answer = post(&entra.router(|_| {}), "organizations/oauth2/v2.0/token", &form);
    assert!(answer["access_token"].is_string(), "{answer}");
}

#[test]
fn it_throttles_if_the_scenario_says_so() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/developer.yaml");
    let text = std::fs::read_to_string(&path).expect("a shipped scenario");
    let quota = "tenant:\n  throttling: { token_requests: { limit: 1, window: 60s } }\n";
    let scenario = Scenario::parse(&path, &text.replacen("tenant:\n", quota, 1)).expect("a scenario");
    let clock = Clock::manual("2026-12-01T00:00:00Z".parse().expect("a literal"));
    let router = Entra::of(scenario, clock.clone()).expect("a tenant").router(|_| {});
    let form = format!("grant_type=device_code&client_id={DESKTOP}&device_code=x");
    let code = || post(&router, "common/oauth2/v2.0/token", &form)["error_codes"][0].clone();
    assert_eq!((code(), code()), (70018.into(), 90055.into()));
    clock.advance(SignedDuration::from_mins(3));
    assert_eq!(code(), 70018);
}

#[test]
fn what_happens_is_told_before_the_answer_leaves() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let listener = told.clone();
    let router = entra("2026-12-01T00:00:00Z").router(move |event| listener.lock().expect("one thread").push(event));
    let form = "grant_type=client_credentials&client_id=00000000-0000-4000-8000-000000000000&client_secret=x";
    post(&router, "highlands_azure.com/oauth2/v2.0/token", form);
    let told = told.lock().expect("one thread");
    assert!(matches!(told.as_slice(), [Event::SignInRefused { code: 700_016, .. }]), "{told:?}");
}
