//! `www.office.com`: content that Azure protects.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use http::HeaderMap;

use super::html::respond;
use super::{Posted, Shared, cookie, wrong_method};
use crate::pages::WebApp;

pub(in crate::http) fn routes() -> Router<Shared> {
    Router::new()
        .route("/", get(home))
        .route("/landingv2", post(signed_in))
        .route("/logout", get(sign_out))
        .method_not_allowed_fallback(wrong_method)
}

async fn home(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    respond(&shared.with(|core, now| core.office_home(now, cookie(&headers, WebApp::Office.cookie()))))
}

async fn signed_in(State(shared): State<Shared>, Posted(form): Posted) -> Response {
    respond(&shared.with(|core, now| core.receive_code(now, WebApp::Office, &form)))
}

async fn sign_out() -> Response {
    respond(&WebApp::Office.sign_out())
}
