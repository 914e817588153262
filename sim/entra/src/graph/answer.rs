//! Graph's successful answers and the headers that every answer has (entra.md §2.1).

use bytes::Bytes;
use http::{Response, StatusCode, header, response};
use jiff::Timestamp;
use serde_json::Value;

use crate::error::Trace;

/// A successful answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    /// 200.
    Ok(Value),
    /// 201; where the object is, if it is a directory object.
    Created { body: Value, location: Option<String> },
    /// 202; where to see how it went.
    Accepted { body: Value, location: String },
    /// 200, as plain text.
    Text(String),
    /// 204.
    NoContent,
}

const JSON: &str = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

impl Answer {
    pub(crate) fn into_response(self, trace: &Trace) -> Response<Bytes> {
        let (status, body, location) = match self {
            Self::Text(text) => return plain(text, trace),
            Self::Accepted { body, location } => (StatusCode::ACCEPTED, Some(body), Some(location)),
            Self::Ok(body) => (StatusCode::OK, Some(body), None),
            Self::Created { body, location } => (StatusCode::CREATED, Some(body), location),
            Self::NoContent => (StatusCode::NO_CONTENT, None, None),
        };
        let mut response = builder(status, trace);
        if let Some(location) = location {
            response = response.header(header::LOCATION, location);
        }
        let body = body.map(|body| Bytes::from(body.to_string()));
        if body.is_some() {
            response = response.header(header::CONTENT_TYPE, JSON).header("odata-version", "4.0");
        }
        response.body(body.unwrap_or_default()).expect("every header value here is plain ASCII")
    }
}

fn plain(text: String, trace: &Trace) -> Response<Bytes> {
    let response = builder(StatusCode::OK, trace).header(header::CONTENT_TYPE, "text/plain");
    response.header("odata-version", "4.0").body(Bytes::from(text)).expect("every header value here is plain ASCII")
}

/// Graph writes instants in whole seconds.
pub(crate) fn date(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

pub(super) fn builder(status: StatusCode, trace: &Trace) -> response::Builder {
    Response::builder()
        .status(status)
        .header("request-id", trace.trace_id.to_string())
        .header("client-request-id", trace.correlation_id.to_string())
        .header(header::CACHE_CONTROL, "no-cache")
        .header(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000")
}
