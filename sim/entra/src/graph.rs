//! Microsoft Graph v1.0 (and beta, the same): a pure function from request to answer (entra.md §2).
//!
//! A request is routed by [`routes`], authenticated, authorized by [`permissions`] and role, then handled.

mod access;
mod answer;
mod call;
mod error;
mod groups;
mod methods;
mod odata;
mod organization;
mod path;
mod permissions;
mod policies;
mod registration;
mod routes;
mod users;

use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderMap};
use http::{Request, Response, StatusCode};
use jiff::Timestamp;
use uuid::Uuid;

use crate::error::Trace;
use crate::event::Event;
use crate::tenant::Tenant;
use access::Caller;
use answer::Answer;
use call::Call;
use error::GraphError;
use path::Path;

/// A request whose body may not have come whole; then the status says why.
type GraphRequest = Request<Result<Bytes, StatusCode>>;

/// Answers one Graph request.
pub(crate) fn answer(tenant: &mut Tenant, now: Timestamp, request: &GraphRequest) -> Response<Bytes> {
    let client_request_id = header(request.headers(), "client-request-id").and_then(|id| Uuid::parse_str(id).ok());
    let request_id = tenant.rng.uuid();
    let trace = Trace { trace_id: request_id, correlation_id: client_request_id.unwrap_or(request_id), at: now };
    match handle(tenant, now, request) {
        Ok(answer) => answer.into_response(&trace),
        Err(error) => {
            tenant.record(Event::GraphRefused {
                request: format!("{} {}", request.method(), request.uri().path()),
                status: error.status.as_u16(),
                code: error.code.to_owned(),
                message: error.message.clone(),
            });
            error.into_response(&trace)
        }
    }
}

fn handle(tenant: &mut Tenant, now: Timestamp, request: &GraphRequest) -> Result<Answer, GraphError> {
    let path = Path::parse(request.uri().path())?;
    let (route, captures) = routes::find(request.method(), &path)?;
    let caller = Caller::authenticate(tenant, now, header(request.headers(), AUTHORIZATION.as_str()))?;
    let query = odata::Query::parse(request.uri())?;
    let body = request.body().as_ref().map_err(|status| GraphError::no_body(*status))?;
    let call = Call { tenant, now, caller, captures, query, version: path.version, body };
    access::authorize(&call, route)?;
    (route.handler)(call)
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
