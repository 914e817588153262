//! `microsoft.com`: the short address that devices show.

use axum::Router;
use axum::routing::get;

use super::{Shared, wrong_method};
use crate::oauth::device::DEVICE_AUTH;

pub(in crate::http) fn routes() -> Router<Shared> {
    Router::new()
        .route("/devicelogin", get(|| async { axum::response::Redirect::to(DEVICE_AUTH) }))
        .method_not_allowed_fallback(wrong_method)
}
