//! `graph.microsoft.com`: bytes in, bytes out; routing is the core's, since OData paths are not axum's.

use axum::Router;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::Response;
use bytes::Bytes;
use http::Request;

use super::{Shared, into_axum, received};
use crate::graph;

pub(super) fn routes() -> Router<Shared> {
    Router::new().fallback(answer)
}

async fn answer(
    State(shared): State<Shared>,
    parts: http::request::Parts,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let request = Request::from_parts(parts, received(body));
    into_axum(shared.with(|tenant, now| graph::answer(tenant, now, &request)))
}
