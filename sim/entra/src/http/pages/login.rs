//! `login.microsoftonline.com` and `login.microsoft.com`: authorization endpoint, sign-in pages, key ceremonies.

use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Json, Router};
use bytes::Bytes;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, Method, Uri};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::{received, segment};
use super::html::respond_to;
use super::{Posted, Shared, cookie, wrong_method};
use crate::oauth::{Endpoint, Form};
use crate::origin::{LOGIN, Origin};
use crate::pages::{self, Answer, Browser, SESSION_COOKIE};
use crate::tenant::Tenant;

/// The routes; both hosts serve all of them, as Entra's do.
pub(in crate::http) fn routes() -> Router<Shared> {
    Router::new()
        .route("/{tenant}/oauth2/v2.0/authorize", authorize(Endpoint::V2))
        .route("/{tenant}/oauth2/authorize", authorize(Endpoint::V1))
        .route("/{tenant}/adminconsent", get(admin_consent))
        .route("/{tenant}/v2.0/adminconsent", get(admin_consent))
        .route("/{tenant}/oauth2/v2.0/logout", get(logout))
        .route("/{tenant}/oauth2/logout", get(logout))
        .route("/common/oauth2/deviceauth", get(device_auth).post(device_code))
        .route("/devicelogin", get(device_auth))
        .route("/common/oauth2/nativeclient", get(native_client))
        .route("/appverify", post_form(Tenant::post_app_verify))
        .route("/common/login", post_form(Tenant::post_login))
        .route("/common/GetCredentialType", post(credential_type))
        .route("/common/Consent/Set", post_form(Tenant::post_consent))
        .route("/common/SSPR/End", post_form(Tenant::post_new_password))
        .route("/common/SAS/BeginAuth", post_form(Tenant::post_begin_auth))
        .route("/common/SAS/ProcessAuth", post_form(Tenant::post_process_auth))
        .route("/kmsi", post_form(Tenant::post_kmsi))
        .route("/common/fido/get", post(fido_get))
        .route("/{tenant}/fido/create", post(fido_create))
        .route("/.well-known/webauthn", get(related_origins))
        .method_not_allowed_fallback(wrong_method)
}

fn authorize(endpoint: Endpoint) -> MethodRouter<Shared> {
    let handler = move |State(shared): State<Shared>,
                        origin: Origin,
                        method: Method,
                        uri: Uri,
                        headers: HeaderMap,
                        Posted(posted): Posted| async move {
        let query = uri.query().unwrap_or_default();
        let form = if method == Method::POST { posted } else { Form::parse(query.as_bytes()) };
        let tenant = segment(&uri);
        let url = origin.link(&format!("{LOGIN}{}?{query}", uri.path()));
        let browser = Browser {
            url: &url,
            session: session(&headers),
            credential: headers.get("x-ms-refreshtokencredential").and_then(|value| value.to_str().ok()),
        };
        respond_to(&origin, shared.with(|core, now| pages::authorize(core, now, endpoint, tenant, &form, &browser)))
    };
    get(handler).post(handler)
}

async fn admin_consent(State(shared): State<Shared>, origin: Origin, uri: Uri, headers: HeaderMap) -> Response {
    let query = uri.query().unwrap_or_default();
    let (form, url) = (Form::parse(query.as_bytes()), origin.link(&format!("{LOGIN}{}?{query}", uri.path())));
    let browser = Browser { url: &url, session: session(&headers), credential: None };
    respond_to(&origin, shared.with(|core, now| pages::admin_consent(core, now, segment(&uri), &form, &browser)))
}

async fn logout(
    State(shared): State<Shared>,
    origin: Origin,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let form = Form::parse(query.unwrap_or_default().as_bytes());
    respond_to(&origin, shared.with(|core, now| core.sign_out(now, session(&headers), &form)))
}

async fn device_auth(origin: Origin) -> Response {
    respond_to(&origin, pages::code_page(&[]))
}

async fn device_code(
    State(shared): State<Shared>,
    origin: Origin,
    headers: HeaderMap,
    Posted(form): Posted,
) -> Response {
    respond_to(&origin, shared.with(|core, now| pages::enter_code(core, now, &form, session(&headers))))
}

/// The script of the page asks in JSON, whatever content type it names.
async fn credential_type(State(shared): State<Shared>, body: Result<Bytes, BytesRejection>) -> Response {
    let body = match received(body) {
        Ok(body) => body,
        Err(status) => return status.into_response(),
    };
    let asked = serde_json::from_slice::<Value>(&body).unwrap_or_default();
    match shared.with(|core, now| pages::credential_type(core, now, &asked)) {
        Some(answer) => ([(CACHE_CONTROL, "no-store, no-cache")], Json(answer)).into_response(),
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// Where applications without a page of their own are answered: they read the address.
async fn native_client() -> Response {
    ([(CONTENT_TYPE, "text/html; charset=utf-8")], "<!DOCTYPE html><title></title>").into_response()
}

async fn fido_get(origin: Origin, Posted(form): Posted) -> Response {
    respond_to(&origin, pages::fido_get(&form))
}

async fn fido_create(origin: Origin, Posted(form): Posted) -> Response {
    respond_to(&origin, pages::fido_create(&form))
}

/// Related Origin Requests (entra.md §3.5 item 3).
async fn related_origins() -> Response {
    Json(json!({ "origins": ["https://login.live.com", "https://login.microsoftonline.com"] })).into_response()
}

fn post_form(step: fn(&mut Tenant, Timestamp, &Form) -> Answer) -> MethodRouter<Shared> {
    post(move |State(shared): State<Shared>, origin: Origin, Posted(form): Posted| async move {
        respond_to(&origin, shared.with(|core, now| step(core, now, &form)))
    })
}

fn session(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, SESSION_COOKIE).or_else(|| cookie(headers, "ESTSAUTHPERSISTENT"))
}
