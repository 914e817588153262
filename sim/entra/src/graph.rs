//! Microsoft Graph v1.0 and beta: a pure function from request to answer (entra.md §2).
//!
//! A request is routed by [`routes`], authenticated, authorized by [`permissions`] and role, then handled.

mod access;
mod answer;
mod applications;
mod batch;
mod call;
mod conditional_access;
mod deleted_items;
mod delta;
mod device_configurations;
mod devices;
mod directory_objects;
mod directory_roles;
mod documents;
mod error;
mod grants;
mod groups;
mod logs;
mod methods;
mod object;
mod odata;
mod organization;
mod path;
mod permissions;
mod policies;
mod registration;
mod replica;
mod routes;
mod service_principals;
mod throttle;
mod users;

use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderMap};
use http::{Method, Request, Response, StatusCode};
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::error::Trace;
use crate::event::Event;
use crate::tenant::Tenant;
pub(crate) use access::Caller;
pub(crate) use answer::date;
pub(crate) use error::GraphError;
pub(crate) use object::DirectoryObject;
pub(crate) use permissions::{Consent as Consenter, Permissions};

use answer::Answer;
use call::Call;
use odata::Consistency;
use path::{Path, Segment};
use throttle::Marks;

/// A request whose body may not have come whole; then the status says why.
type GraphRequest = Request<Result<Bytes, StatusCode>>;

/// Answers one Graph request, which may be a batch of them.
pub(crate) fn answer(tenant: &mut Tenant, now: Timestamp, request: &GraphRequest) -> Response<Bytes> {
    respond(tenant, now, request, |tenant, marks| {
        let path = Path::parse(request.uri().path())?;
        let is_batch =
            matches!(path.segments.as_slice(), [Segment::Plain(name)] if name.eq_ignore_ascii_case("$batch"));
        match (is_batch, request.method()) {
            (true, &Method::POST) => batch::answer(tenant, now, request),
            (true, _) => Err(GraphError::wrong_verb()),
            (false, _) => handle(tenant, now, &path, request, marks),
        }
    })
}

/// Answers a request that is no batch.
fn answer_one(tenant: &mut Tenant, now: Timestamp, request: &GraphRequest) -> Response<Bytes> {
    respond(tenant, now, request, |tenant, marks| {
        handle(tenant, now, &Path::parse(request.uri().path())?, request, marks)
    })
}

fn respond(
    tenant: &mut Tenant,
    now: Timestamp,
    request: &GraphRequest,
    work: impl FnOnce(&mut Tenant, &mut Marks) -> Result<Answer, GraphError>,
) -> Response<Bytes> {
    let client_request_id = header(request.headers(), "client-request-id").and_then(|id| Uuid::parse_str(id).ok());
    let request_id = tenant.rng.uuid();
    let trace = Trace { trace_id: request_id, correlation_id: client_request_id.unwrap_or(request_id), at: now };
    let mut marks = Marks::default();
    let response = match work(tenant, &mut marks) {
        Ok(answer) => answer.into_response(&trace),
        Err(error) => {
            record(tenant, request, &error);
            error.into_response(&trace)
        }
    };
    marks.onto(response)
}

fn record(tenant: &mut Tenant, request: &GraphRequest, error: &GraphError) {
    tenant.record(Event::GraphRefused {
        request: format!("{} {}", request.method(), request.uri().path()),
        status: error.status.as_u16(),
        code: error.code.to_owned(),
        message: error.message.clone(),
    });
}

/// Answers one of Microsoft's own web apps, which asks on behalf of its visitor and has signed them in itself: `path`
/// is behind the version, with its query.
pub(crate) fn ask(
    tenant: &mut Tenant,
    now: Timestamp,
    caller: &Caller,
    method: Method,
    path: &str,
    body: Option<&Value>,
) -> Result<Value, GraphError> {
    let body = Bytes::from(body.map(Value::to_string).unwrap_or_default());
    let request = Request::builder().method(method).uri(format!("/v1.0/{path}"));
    let request = request.header("consistencylevel", "eventual").body(Ok(body));
    let request = request.map_err(|_| GraphError::bad_request(format!("'{path}' is no path.")))?;
    let answer = Path::parse(request.uri().path())
        .and_then(|path| routed(tenant, now, (&path, &request), |_| Ok(caller.clone()), &mut Marks::default()))
        .inspect_err(|error| record(tenant, &request, error))?;
    Ok(match answer {
        Answer::Ok(body) | Answer::Created { body, .. } | Answer::Accepted { body, .. } => body,
        Answer::Text(text) => text.into(),
        Answer::NoContent => Value::Null,
    })
}

fn handle(
    tenant: &mut Tenant,
    now: Timestamp,
    path: &Path,
    request: &GraphRequest,
    marks: &mut Marks,
) -> Result<Answer, GraphError> {
    let authenticate =
        |tenant: &Tenant| Caller::authenticate(tenant, now, header(request.headers(), AUTHORIZATION.as_str()));
    routed(tenant, now, (path, request), authenticate, marks)
}

fn routed(
    tenant: &mut Tenant,
    now: Timestamp,
    (path, request): (&Path, &GraphRequest),
    authenticate: impl FnOnce(&Tenant) -> Result<Caller, GraphError>,
    marks: &mut Marks,
) -> Result<Answer, GraphError> {
    let (route, captures) = routes::find(request.method(), path)?;
    let caller = authenticate(tenant)?;
    let query = odata::Query::parse(request.uri(), consistency(request.headers()))?;
    if let Some(app) = caller.app() {
        throttle::charge(tenant, now, (app, route, &query, request.headers()), marks)?;
    }
    let body = request.body().as_ref().map_err(|status| GraphError::no_body(*status))?;
    replica::check_references(tenant, &caller, route, &captures, body)?;
    let version = path.version;
    replica::answer(tenant, caller.session(), route, |tenant| {
        let call = Call { tenant, now, caller, captures, query, version, body };
        access::authorize(&call, route)?;
        (route.handler)(call)
    })
}

fn consistency(headers: &HeaderMap) -> Consistency {
    match header(headers, "consistencylevel") {
        Some(level) if level.eq_ignore_ascii_case("eventual") => Consistency::Eventual,
        _ => Consistency::Session,
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
