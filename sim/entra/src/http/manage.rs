//! `manage.microsoft.com`: where devices fetch Intune's settings.
//!
//! Convention of the lab: the real wire is OMA-DM in SyncML, behind a certificate that enrolment gives. Here it is one
//! form with a request that the device has signed, and JSON back.

use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use bytes::Bytes;
use http::StatusCode;
use serde_json::json;

use super::{Shared, received};
use crate::intune::{self, NotManaged};
use crate::oauth::Form;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/lab/mdm/sync", post(sync))
}

async fn sync(State(shared): State<Shared>, body: Result<Bytes, BytesRejection>) -> Response {
    let body = match received(body) {
        Ok(body) => body,
        Err(status) => return status.into_response(),
    };
    match shared.with(|tenant, now| intune::sync(tenant, now, &Form::parse(&body))) {
        Ok(settings) => Json(settings).into_response(),
        Err(refused) => {
            let status = match &refused {
                NotManaged::Device(_) => StatusCode::UNAUTHORIZED,
                NotManaged::NoLicence { .. } | NotManaged::NotJoined => StatusCode::FORBIDDEN,
            };
            (status, Json(json!({ "error": refused.name(), "message": refused.to_string() }))).into_response()
        }
    }
}
