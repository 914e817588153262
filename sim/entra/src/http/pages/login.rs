//! `login.microsoftonline.com` and `login.microsoft.com`: authorization endpoint, sign-in pages, key ceremonies.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Json, Router};
use http::{HeaderMap, Method, Uri};
use jiff::Timestamp;
use serde_json::json;

use super::super::segment;
use super::html::respond;
use super::{Posted, Shared, cookie, wrong_method};
use crate::oauth::Form;
use crate::pages::{self, Answer, Browser, SESSION_COOKIE};
use crate::tenant::Tenant;

/// The routes; both hosts serve all of them, as Entra's do.
pub(in crate::http) fn routes() -> Router<Shared> {
    Router::new()
        .route("/{tenant}/oauth2/v2.0/authorize", get(authorize).post(authorize))
        .route("/{tenant}/oauth2/authorize", get(authorize).post(authorize))
        .route("/{tenant}/oauth2/v2.0/logout", get(logout))
        .route("/common/login", post_form(Tenant::post_login))
        .route("/common/SSPR/End", post_form(Tenant::post_new_password))
        .route("/common/SAS/BeginAuth", post_form(Tenant::post_begin_auth))
        .route("/common/SAS/ProcessAuth", post_form(Tenant::post_process_auth))
        .route("/kmsi", post_form(Tenant::post_kmsi))
        .route("/common/fido/get", post(fido_get))
        .route("/{tenant}/fido/create", post(fido_create))
        .route("/.well-known/webauthn", get(related_origins))
        .method_not_allowed_fallback(wrong_method)
}

async fn authorize(
    State(shared): State<Shared>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    Posted(posted): Posted,
) -> Response {
    let query = uri.query().unwrap_or_default();
    let form = if method == Method::POST { posted } else { Form::parse(query.as_bytes()) };
    let tenant = segment(&uri);
    let url = format!("https://login.microsoftonline.com{}?{query}", uri.path());
    let browser = Browser {
        url: &url,
        session: session(&headers),
        credential: headers.get("x-ms-refreshtokencredential").and_then(|value| value.to_str().ok()),
    };
    respond(&shared.with(|core, now| pages::authorize(core, now, tenant, &form, &browser)))
}

async fn logout(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    respond(&shared.with(|core, now| core.sign_out(now, session(&headers))))
}

async fn fido_get(Posted(form): Posted) -> Response {
    respond(&pages::fido_get(&form))
}

async fn fido_create(Posted(form): Posted) -> Response {
    respond(&pages::fido_create(&form))
}

/// Related Origin Requests (entra.md §3.5 item 3).
async fn related_origins() -> Response {
    Json(json!({ "origins": ["https://login.live.com", "https://login.microsoftonline.com"] })).into_response()
}

fn post_form(step: fn(&mut Tenant, Timestamp, &Form) -> Answer) -> MethodRouter<Shared> {
    post(move |State(shared): State<Shared>, Posted(form): Posted| async move {
        respond(&shared.with(|core, now| step(core, now, &form)))
    })
}

fn session(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, SESSION_COOKIE).or_else(|| cookie(headers, "ESTSAUTHPERSISTENT"))
}
