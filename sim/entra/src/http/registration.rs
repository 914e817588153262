//! `enterpriseregistration.windows.net`: discovery and nonces of the device registration service.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use serde_json::{Value, json};

use super::Shared;
use crate::device_registration;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/{domain}/Discover", get(discover))
        .route("/{domain}/discover", get(discover))
        .route("/EnrollmentServer/nonce/{tenant}/", get(nonce))
        .route("/EnrollmentServer/nonce/{tenant}", get(nonce))
}

async fn discover(State(shared): State<Shared>, Path(domain): Path<String>) -> Response {
    answer(shared.with(|tenant, _| device_registration::discover(tenant, &domain)), &domain)
}

async fn nonce(State(shared): State<Shared>, Path(id): Path<String>) -> Response {
    answer(shared.with(|tenant, now| device_registration::nonce(tenant, now, &id)), &id)
}

/// Words and status for a tenant that is not this one are the lab's.
fn answer(found: Option<Value>, name: &str) -> Response {
    let missing = || {
        let message = format!("The tenant '{name}' is not known to the device registration service.");
        (StatusCode::NOT_FOUND, Json(json!({ "code": "invalid_tenant", "message": message }))).into_response()
    };
    found.map_or_else(missing, |body| Json(body).into_response())
}
