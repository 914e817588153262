//! `graph.microsoft.com`: bytes in, bytes out; routing is the core's, since OData paths are not axum's.
//!
//! Under a name of the client's own, the addresses in annotations (`@odata.nextLink`, `@odata.id`) are that name's, both
//! ways; the core knows Graph's name only.

use axum::Router;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::Response;
use axum::routing::get;
use bytes::Bytes;
use http::header::LOCATION;
use http::{HeaderValue, Request};
use serde_json::Value;

use super::{Shared, into_axum, login, received};
use crate::graph;
use crate::origin::Origin;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/oidc/userinfo", get(login::user_info).post(login::user_info)).fallback(answer)
}

async fn answer(
    State(shared): State<Shared>,
    origin: Origin,
    parts: http::request::Parts,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let body = received(body).map(|body| match &origin {
        Origin::Microsoft => body,
        Origin::Own(_) => with_addresses(body, &|url| origin.unlink(url)),
    });
    let request = Request::from_parts(parts, body);
    let response = shared.with(|tenant, now| graph::answer(tenant, now, &request));
    into_axum(match &origin {
        Origin::Microsoft => response,
        Origin::Own(_) => in_own_name(response, &origin),
    })
}

fn in_own_name(mut response: http::Response<Bytes>, origin: &Origin) -> http::Response<Bytes> {
    let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    if let Some(location) = location.and_then(|location| HeaderValue::try_from(origin.link(location)).ok()) {
        response.headers_mut().insert(LOCATION, location);
    }
    response.map(|body| with_addresses(body, &|url| origin.link(url)))
}

/// The same JSON with the addresses of its annotations changed; what is no JSON stays what it is.
fn with_addresses(body: Bytes, change: &impl Fn(&str) -> String) -> Bytes {
    match serde_json::from_slice::<Value>(&body) {
        Ok(mut value @ (Value::Object(_) | Value::Array(_))) => {
            change_annotations(&mut value, change);
            Bytes::from(value.to_string())
        }
        _ => body,
    }
}

fn change_annotations(value: &mut Value, change: &impl Fn(&str) -> String) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| change_annotations(item, change)),
        Value::Object(fields) => fields.iter_mut().for_each(|(name, value)| match value {
            Value::String(text) if name.contains("@odata.") => *text = change(text),
            Value::Array(items) if name.contains("@odata.") => items.iter_mut().for_each(|item| {
                if let Value::String(text) = item {
                    *text = change(text);
                }
            }),
            value => change_annotations(value, change),
        }),
        _ => {}
    }
}
