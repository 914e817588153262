//! `$batch` (entra.md §2.13): up to twenty requests in one, each answered by itself; some wait for others.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Method, Request, StatusCode, Uri};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::error::GraphError;
use super::{GraphRequest, answer_one, throttle};
use crate::tenant::Tenant;

const REQUESTS_MAX: usize = 20;

/// One request of a batch.
struct Item {
    id: String,
    depends_on: Vec<String>,
    /// The request, or why it cannot be one.
    request: Result<GraphRequest, GraphError>,
}

/// Answers a whole batch; only a batch that makes no sense is refused as such.
pub(super) fn answer(tenant: &mut Tenant, now: Timestamp, outer: &GraphRequest) -> Result<Answer, GraphError> {
    let items = parse(outer)?;
    let mut done: BTreeMap<&str, StatusCode> = BTreeMap::new();
    let mut responses = Vec::new();
    for item in &items {
        let failed = item.depends_on.iter().any(|id| done.get(id.as_str()).is_none_or(|status| !status.is_success()));
        let response = match &item.request {
            _ if failed => refused(GraphError::failed_dependency()),
            Ok(request) => performed(tenant, now, request),
            Err(error) => refused(error.clone()),
        };
        done.insert(&item.id, response.0);
        responses
            .push(json!({ "id": item.id, "status": response.0.as_u16(), "headers": response.1, "body": response.2 }));
    }
    Ok(Answer::Ok(json!({ "responses": responses })))
}

type Response = (StatusCode, Map<String, Value>, Value);

fn performed(tenant: &mut Tenant, now: Timestamp, request: &GraphRequest) -> Response {
    let response = answer_one(tenant, now, request);
    let shown = [
        CONTENT_TYPE,
        http::header::LOCATION,
        http::header::CACHE_CONTROL,
        http::header::RETRY_AFTER,
        throttle::RESOURCE_UNIT,
        throttle::LIMIT_PERCENTAGE,
        throttle::SCOPE,
        throttle::INFORMATION,
    ];
    let named = |name: &HeaderName| {
        let value = response.headers().get(name)?.to_str().ok()?;
        let name = match name.as_str() {
            "content-type" => "Content-Type",
            "retry-after" => "Retry-After",
            name => name,
        };
        Some((name.to_owned(), Value::from(value)))
    };
    let headers = shown.iter().filter_map(named).collect();
    let text = || Value::String(String::from_utf8_lossy(response.body()).into_owned());
    let body = if response.body().is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(response.body()).unwrap_or_else(|_| text())
    };
    (response.status(), headers, body)
}

fn refused(error: GraphError) -> Response {
    let headers = Map::from_iter([("Content-Type".to_owned(), "application/json".into())]);
    (error.status, headers, json!({ "error": { "code": error.code, "message": error.message } }))
}

fn parse(outer: &GraphRequest) -> Result<Vec<Item>, GraphError> {
    let body = outer.body().as_ref().map_err(|status| GraphError::no_body(*status))?;
    let body: Value = serde_json::from_slice(body).map_err(|_| GraphError::unreadable_body())?;
    let requests = body["requests"].as_array().ok_or_else(|| bad("The batch has no 'requests'."))?;
    if requests.is_empty() || requests.len() > REQUESTS_MAX {
        return Err(bad("The batch must have between 1 and 20 requests."));
    }
    let mut items: Vec<Item> = Vec::new();
    for request in requests {
        let item = item(outer, request)?;
        if items.iter().any(|known| known.id == item.id) {
            return Err(bad("The ids of the requests in a batch must be unique."));
        }
        // Whatever a request waits for stands before it, so that no circle can be.
        if item.depends_on.iter().any(|id| items.iter().all(|known| known.id != *id)) {
            return Err(bad("A request in a batch depends on one that does not stand before it."));
        }
        items.push(item);
    }
    Ok(items)
}

fn item(outer: &GraphRequest, request: &Value) -> Result<Item, GraphError> {
    let id = match &request["id"] {
        Value::String(id) if !id.is_empty() => id.clone(),
        _ => return Err(bad("Each request in a batch must have an id.")),
    };
    // Microsoft's Python client writes `depends_on`, always.
    let names = ["dependsOn", "depends_on"].iter().find_map(|name| request[name].as_array());
    let depends_on = names.into_iter().flatten().filter_map(|id| id.as_str().map(str::to_owned)).collect();
    Ok(Item { id, depends_on, request: inner(outer, request) })
}

fn inner(outer: &GraphRequest, request: &Value) -> Result<GraphRequest, GraphError> {
    let method = request["method"].as_str().and_then(|method| method.to_ascii_uppercase().parse::<Method>().ok());
    let method = method.ok_or_else(|| bad("The method of a request in a batch cannot be read."))?;
    let uri = uri(outer, request["url"].as_str().unwrap_or_default())?;
    let mut inner = Request::builder().method(method).uri(uri);
    if let Some(token) = outer.headers().get(AUTHORIZATION) {
        inner = inner.header(AUTHORIZATION, token);
    }
    let mut has_type = false;
    for (name, value) in request["headers"].as_object().into_iter().flatten() {
        let name = HeaderName::try_from(name.as_str()).map_err(|_| bad("A header of a request cannot be read."))?;
        let value = HeaderValue::try_from(value.as_str().unwrap_or_default());
        has_type |= name == CONTENT_TYPE;
        inner = inner.header(name, value.map_err(|_| bad("A header of a request cannot be read."))?);
    }
    let body = match &request["body"] {
        Value::Null => Bytes::new(),
        _ if !has_type => return Err(bad("A request with a body must have the header Content-Type.")),
        body => Bytes::from(body.to_string()),
    };
    inner.body(Ok(body)).map_err(|_| bad("The URL of a request in a batch cannot be read."))
}

/// Relative to the version, or absolute, as Microsoft's Python client writes it; never a batch again.
fn uri(outer: &GraphRequest, url: &str) -> Result<Uri, GraphError> {
    let version = outer.uri().path().split('/').find(|part| !part.is_empty()).unwrap_or_default();
    let path = match url.strip_prefix("https://graph.microsoft.com/") {
        Some(rest) => format!("/{rest}"),
        None => format!("/{version}/{}", url.trim_start_matches('/')),
    };
    // A literal blank or quote is common in hand-written batches.
    let path = path.replace(' ', "%20");
    let uri: Uri = path.parse().map_err(|_| bad("The URL of a request in a batch cannot be read."))?;
    if url.is_empty() || uri.path().to_ascii_lowercase().ends_with("/$batch") {
        return Err(bad("The URL of a request in a batch cannot be a batch or empty."));
    }
    Ok(uri)
}

fn bad(message: &str) -> GraphError {
    GraphError::bad_request(message)
}
