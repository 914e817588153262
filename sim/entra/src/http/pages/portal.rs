//! `portal.azure.com`, `entra.microsoft.com`, `intune.microsoft.com`: the portal.

use axum::extract::{Extension, RawQuery, State};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Router, routing};
use http::{HeaderMap, Uri};

use super::html::respond;
use super::{Posted, Shared, cookie, wrong_method};
use crate::oauth::Form;
use crate::pages::{Site, Visit, WebApp};

pub(in crate::http) fn routes() -> Router<Shared> {
    let blade = || routing::get(show).post(send);
    Router::new()
        .route("/", blade())
        .route("/{*blade}", blade())
        .route("/signin/index/", post(signed_in))
        .route("/signout", get(sign_out))
        .method_not_allowed_fallback(wrong_method)
}

async fn show(
    State(shared): State<Shared>,
    Extension(site): Extension<Site>,
    RawQuery(query): RawQuery,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    visit(&shared, site, &uri, query.as_deref(), &headers, None)
}

async fn send(
    State(shared): State<Shared>,
    Extension(site): Extension<Site>,
    RawQuery(query): RawQuery,
    uri: Uri,
    headers: HeaderMap,
    Posted(form): Posted,
) -> Response {
    visit(&shared, site, &uri, query.as_deref(), &headers, Some(&form))
}

fn visit(
    shared: &Shared,
    site: Site,
    uri: &Uri,
    query: Option<&str>,
    headers: &HeaderMap,
    form: Option<&Form>,
) -> Response {
    let cookie = cookie(headers, WebApp::Portal(site).cookie());
    let visit = Visit { site, cookie, path: uri.path(), query: query.unwrap_or_default(), form };
    respond(&shared.with(|core, now| core.portal(now, &visit)))
}

async fn signed_in(State(shared): State<Shared>, Extension(site): Extension<Site>, Posted(form): Posted) -> Response {
    respond(&shared.with(|core, now| core.receive_code(now, WebApp::Portal(site), &form)))
}

async fn sign_out(Extension(site): Extension<Site>) -> Response {
    respond(&WebApp::Portal(site).sign_out())
}
