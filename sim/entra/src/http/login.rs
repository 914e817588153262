//! `login.microsoftonline.com`: discovery, the token endpoints, device codes (entra.md §1.1).

use axum::Router;
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderMap, Method, StatusCode, Uri};
use jiff::Timestamp;
use serde_json::Value;

use self::answer::{Asked, Kind};
use super::{Shared, received, segment};
use crate::error::{Refusal, aadsts};
use crate::oauth::{self, Endpoint, Form, TokenRequest, discovery, userinfo};
use crate::origin::Origin;
use crate::tenant::Tenant;

mod answer;

type Document = fn(&Tenant, &Origin, Endpoint, &str) -> Result<Value, Refusal>;
type Grant = fn(&mut Tenant, Timestamp, &TokenRequest<'_>) -> Result<Value, Refusal>;

pub(super) fn routes() -> Router<Shared> {
    use Endpoint::{V1, V2};
    Router::new()
        .route("/{tenant}/v2.0/.well-known/openid-configuration", document(discovery::openid_configuration, V2))
        .route("/{tenant}/.well-known/openid-configuration", document(discovery::openid_configuration, V1))
        .route("/{tenant}/discovery/v2.0/keys", document(discovery::keys, V2))
        .route("/{tenant}/discovery/keys", document(discovery::keys, V1))
        .route("/common/discovery/instance", get(instance))
        .route("/common/userrealm/{upn}", get(user_realm))
        .route("/common/UserRealm/{upn}", get(user_realm))
        .route("/common/userrealm", get(user_realm_by_query))
        .route("/common/UserRealm", get(user_realm_by_query))
        .route("/{tenant}/oauth2/v2.0/token", form(oauth::token, V2))
        .route("/{tenant}/oauth2/token", form(oauth::token, V1))
        .route("/{tenant}/oauth2/v2.0/devicecode", form(oauth::device::authorize, V2))
        .route("/{tenant}/oauth2/devicecode", form(oauth::device::authorize, V1))
        .route("/{tenant}/openid/userinfo", get(user_info).post(user_info))
        .method_not_allowed_fallback(wrong_method)
}

/// A document about the tenant that the path names.
fn document(make: Document, endpoint: Endpoint) -> MethodRouter<Shared> {
    get(move |State(shared): State<Shared>, origin: Origin, uri: Uri, headers: HeaderMap| async move {
        let answer = shared.with(|tenant, _| make(tenant, &origin, endpoint, segment(&uri)));
        Asked { shared: &shared, headers: &headers, origin: &origin }.respond(Kind::Document, answer)
    })
}

async fn instance(
    State(shared): State<Shared>,
    origin: Origin,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let field = |name| query.field(name).unwrap_or_default();
    let answer = discovery::instance(&origin, field("api-version"), field("authorization_endpoint"));
    Asked { shared: &shared, headers: &headers, origin: &origin }.respond(Kind::Document, answer)
}

async fn user_realm(
    State(shared): State<Shared>,
    origin: Origin,
    upn: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    // A name that is no text is nobody's.
    let upn = upn.map(|Path(upn)| upn).unwrap_or_default();
    let answer = shared.with(|tenant, _| discovery::user_realm(tenant, &upn));
    Asked { shared: &shared, headers: &headers, origin: &origin }.respond(Kind::Answer, Ok(answer))
}

async fn user_realm_by_query(
    State(shared): State<Shared>,
    origin: Origin,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let answer = shared.with(|tenant, _| discovery::user_realm(tenant, query.field("user").unwrap_or_default()));
    Asked { shared: &shared, headers: &headers, origin: &origin }.respond(Kind::Answer, Ok(answer))
}

/// An endpoint that takes a form.
fn form(answer: Grant, endpoint: Endpoint) -> MethodRouter<Shared> {
    post(
        move |State(shared): State<Shared>,
              origin: Origin,
              uri: Uri,
              headers: HeaderMap,
              body: Result<Bytes, BytesRejection>| async move {
            let asked = Asked { shared: &shared, headers: &headers, origin: &origin };
            let body = match received(body) {
                Ok(body) => body,
                Err(status) => return asked.refuse(status, &aadsts::MALFORMED_REQUEST.refuse()),
            };
            let form = Form::parse(&body);
            let authorization = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
            let request =
                TokenRequest { segment: segment(&uri), endpoint, form: &form, authorization, origin: &origin };
            asked.respond(Kind::Answer, shared.with(|tenant, now| answer(tenant, now, &request)))
        },
    )
}

/// UserInfo, at both hosts that have it.
pub(super) async fn user_info(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    let authorization = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    answer::user_info(shared.with(|tenant, now| userinfo::userinfo(tenant, now, authorization)))
}

async fn wrong_method(State(shared): State<Shared>, origin: Origin, method: Method, headers: HeaderMap) -> Response {
    let refusal = aadsts::WRONG_METHOD.refuse().with("method", method.as_str());
    Asked { shared: &shared, headers: &headers, origin: &origin }.refuse(StatusCode::METHOD_NOT_ALLOWED, &refusal)
}
