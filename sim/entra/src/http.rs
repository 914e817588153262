//! The tenant over HTTP: one router for every host name, told apart by the `Host` header (entra.md §0).

mod graph;
mod login;
mod manage;
mod names;
mod pages;
mod registration;

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, FromRequestParts, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use clockwork::Clock;
use http::header::DATE;
use http::request::Parts;
use http::{HeaderValue, StatusCode, Uri};
use jiff::Timestamp;
use serde_json::json;
use tower::ServiceExt as _;

use crate::origin::Origin;
use crate::tenant::Tenant;

pub use names::HOSTS;
use names::{Room, authority, room};

/// What every handler shares: the tenant and the lab's clock.
#[derive(Clone)]
pub(crate) struct Shared {
    tenant: Arc<Mutex<Tenant>>,
    clock: Clock,
}

#[derive(Clone)]
struct Hosts {
    login: Router,
    graph: Router,
    mysignins: Router,
    manage: Router,
    office: Router,
    microsoft: Router,
    portal: Router,
    registration: Router,
}

const BODY_BYTES_MAX: usize = 1 << 20;
/// What the sign-in service is sent without proof of anything, and remembers for a while, is smaller.
const LOGIN_BODY_BYTES_MAX: usize = 1 << 16;

/// Serves the tenant under all its host names ([`HOSTS`]), and under any name that is not one of Microsoft's: there the
/// sign-in service and Graph share the name, told apart by path.
pub fn router(tenant: Arc<Mutex<Tenant>>, clock: Clock) -> Router {
    let shared = Shared { tenant, clock };
    let hosts = Hosts {
        login: login::routes()
            .merge(pages::login())
            .fallback(not_simulated)
            .layer(DefaultBodyLimit::max(LOGIN_BODY_BYTES_MAX))
            .with_state(shared.clone()),
        graph: graph::routes().with_state(shared.clone()),
        mysignins: pages::mysignins().fallback(not_simulated).with_state(shared.clone()),
        manage: manage::routes()
            .fallback(not_simulated)
            .layer(DefaultBodyLimit::max(LOGIN_BODY_BYTES_MAX))
            .with_state(shared.clone()),
        office: pages::office().fallback(not_simulated).with_state(shared.clone()),
        microsoft: pages::microsoft().fallback(not_simulated).with_state(shared.clone()),
        portal: pages::portal().with_state(shared.clone()),
        registration: registration::routes().fallback(not_simulated).with_state(shared.clone()),
    };
    Router::new()
        .fallback(dispatch)
        .with_state(hosts)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(middleware::from_fn_with_state(shared, stamp))
}

impl Shared {
    /// Runs `work` on the tenant at the lab's present instant.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut Tenant, Timestamp) -> T) -> T {
        let now = self.clock.now();
        let mut tenant = self.tenant.lock().expect("no holder of the tenant panics while it holds the lock");
        tenant.notice(now);
        work(&mut tenant, now)
    }
}

async fn dispatch(State(hosts): State<Hosts>, mut request: Request) -> Response {
    let authority = authority(request.headers(), request.uri());
    let found = authority.as_ref().and_then(|authority| room(authority, request.uri().path()));
    let (router, origin) = match found {
        Some((Room::Login, origin)) => (hosts.login, origin),
        Some((Room::Graph, origin)) => (hosts.graph, origin),
        Some((Room::MySignIns, origin)) => (hosts.mysignins, origin),
        Some((Room::Manage, origin)) => (hosts.manage, origin),
        Some((Room::Office, origin)) => (hosts.office, origin),
        Some((Room::Microsoft, origin)) => (hosts.microsoft, origin),
        Some((Room::Registration, origin)) => (hosts.registration, origin),
        Some((Room::Portal(site), origin)) => {
            request.extensions_mut().insert(site);
            (hosts.portal, origin)
        }
        None => {
            let host = authority.map(|authority| authority.to_string()).unwrap_or_default();
            let text = format!("{host:?} is not a host name of the simulated tenant.");
            return (StatusCode::MISDIRECTED_REQUEST, text).into_response();
        }
    };
    request.extensions_mut().insert(origin);
    let Ok(response) = router.oneshot(request).await;
    response
}

impl<S: Sync> FromRequestParts<S> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().cloned().unwrap_or(Self::Microsoft))
    }
}

/// `Date` from the lab's clock, and an id for every answer that has none yet.
async fn stamp(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let has_id = ["x-ms-request-id", "request-id"].iter().any(|name| response.headers().contains_key(*name));
    let (date, id) = shared.with(|tenant, now| (http_date(now), (!has_id).then(|| tenant.rng.uuid())));
    response.headers_mut().insert(DATE, date);
    if let Some(id) = id {
        response.headers_mut().insert("x-ms-request-id", header_value(&id.to_string()));
    }
    response
}

/// RFC 9110 §5.6.7.
fn http_date(now: Timestamp) -> HeaderValue {
    header_value(&now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string())
}

fn header_value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("dates and UUIDs are plain ASCII")
}

/// The answer to a path that real Entra may have and the lab's does not (convention of the lab).
async fn not_simulated(request: Request) -> Response {
    let text = format!("passkey-lab does not simulate {} {}", request.method(), request.uri().path());
    let body = json!({ "error": "not_simulated", "error_description": text });
    (StatusCode::NOT_IMPLEMENTED, axum::Json(body)).into_response()
}

/// `{t}` of `/{t}/..` as it stands in the address: a tenant's id or domain needs no percent encoding.
fn segment(uri: &Uri) -> &str {
    uri.path().split('/').nth(1).unwrap_or_default()
}

/// The body of a request, or the status that says why there is none: 413 when it is too large.
type Received = Result<Bytes, StatusCode>;

fn received(body: Result<Bytes, BytesRejection>) -> Received {
    body.map_err(|rejection| rejection.status())
}

/// A core's response as axum's.
fn into_axum(response: http::Response<Bytes>) -> Response {
    response.map(axum::body::Body::from)
}
