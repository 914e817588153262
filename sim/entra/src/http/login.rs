//! `login.microsoftonline.com`: discovery and the token endpoints (entra.md §1.1).

use axum::Router;
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use bytes::Bytes;
use http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, PRAGMA};
use http::{HeaderMap, Method, StatusCode, Uri};
use serde_json::Value;
use uuid::Uuid;

use super::{Shared, into_axum, received, segment};
use crate::error::{Refusal, Trace, aadsts};
use crate::oauth::{self, Endpoint, Form, TokenRequest, discovery};
use crate::tenant::Tenant;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/{tenant}/v2.0/.well-known/openid-configuration", document(discovery::openid_configuration))
        .route("/{tenant}/discovery/v2.0/keys", document(discovery::keys))
        .route("/common/discovery/instance", get(instance))
        .route("/common/userrealm/{upn}", get(user_realm))
        .route("/{tenant}/oauth2/v2.0/token", token(Endpoint::V2))
        .route("/{tenant}/oauth2/token", token(Endpoint::V1))
        .method_not_allowed_fallback(wrong_method)
}

/// A document about the tenant that the path names.
fn document(make: fn(&Tenant, &str) -> Result<Value, Refusal>) -> MethodRouter<Shared> {
    get(move |State(shared): State<Shared>, uri: Uri, headers: HeaderMap| async move {
        let answer = shared.with(|tenant, _| make(tenant, segment(&uri)));
        respond(&shared, &headers, answer)
    })
}

async fn instance(State(shared): State<Shared>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let field = |name| query.field(name).unwrap_or_default();
    respond(&shared, &headers, discovery::instance(field("api-version"), field("authorization_endpoint")))
}

async fn user_realm(
    State(shared): State<Shared>,
    upn: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    // A name that is no text is nobody's.
    let upn = upn.map(|Path(upn)| upn).unwrap_or_default();
    let answer = shared.with(|tenant, _| discovery::user_realm(tenant, &upn));
    respond(&shared, &headers, Ok(answer))
}

fn token(endpoint: Endpoint) -> MethodRouter<Shared> {
    post(
        move |State(shared): State<Shared>, uri: Uri, headers: HeaderMap, body: Result<Bytes, BytesRejection>| async move {
            let body = match received(body) {
                Ok(body) => body,
                Err(status) => return refuse(&shared, &headers, status, &aadsts::MALFORMED_REQUEST.refuse()),
            };
            let form = Form::parse(&body);
            let authorization = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
            let request = TokenRequest { segment: segment(&uri), endpoint, form: &form, authorization };
            let answer = shared.with(|tenant, now| oauth::token(tenant, now, &request));
            respond(&shared, &headers, answer)
        },
    )
}

async fn wrong_method(State(shared): State<Shared>, method: Method, headers: HeaderMap) -> Response {
    let refusal = aadsts::WRONG_METHOD.refuse().with("method", method.as_str());
    refuse(&shared, &headers, StatusCode::METHOD_NOT_ALLOWED, &refusal)
}

/// JSON or a refusal's envelope, with the headers of the sign-in service.
fn respond(shared: &Shared, headers: &HeaderMap, answer: Result<Value, Refusal>) -> Response {
    match answer {
        Ok(body) => into_axum(envelope(StatusCode::OK, &body, &trace(shared, headers))),
        Err(refusal) => refuse(shared, headers, refusal_status(&refusal), &refusal),
    }
}

/// A refusal's envelope under a status that need not be the code's own.
fn refuse(shared: &Shared, headers: &HeaderMap, status: StatusCode, refusal: &Refusal) -> Response {
    let trace = trace(shared, headers);
    into_axum(envelope(status, &refusal.envelope(&trace), &trace))
}

fn trace(shared: &Shared, headers: &HeaderMap) -> Trace {
    let id = headers.get("client-request-id").and_then(|id| Uuid::parse_str(id.to_str().ok()?).ok());
    shared.with(|tenant, now| tenant.trace(now, id))
}

fn refusal_status(refusal: &Refusal) -> StatusCode {
    StatusCode::from_u16(refusal.code.status).expect("the table holds HTTP statuses")
}

fn envelope(status: StatusCode, body: &Value, trace: &Trace) -> http::Response<Bytes> {
    http::Response::builder()
        .status(status)
        .header(CONTENT_TYPE, "application/json; charset=utf-8")
        .header(CACHE_CONTROL, "no-store, no-cache")
        .header(PRAGMA, "no-cache")
        .header("x-content-type-options", "nosniff")
        .header("x-ms-request-id", trace.trace_id.to_string())
        .header("client-request-id", trace.correlation_id.to_string())
        .body(Bytes::from(body.to_string()))
        .expect("every header value here is plain ASCII")
}
