//! `mysignins.microsoft.com`: security info.

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use http::HeaderMap;
use jiff::Timestamp;

use super::html::respond;
use super::{Posted, Shared, cookie, wrong_method};
use crate::oauth::Form;
use crate::pages::{Answer, SecurityInfoPage, WebApp};
use crate::tenant::Tenant;

pub(in crate::http) fn routes() -> Router<Shared> {
    use SecurityInfoPage::{AddMethod, Delete, KeyType, Methods, Overview, Ready};
    let views = [Overview, Methods, AddMethod, KeyType, Ready, Delete];
    let router = views.into_iter().fold(Router::new(), |router, page| router.route(page.path(), view(page)));
    router
        .route("/signin-oidc", get(signed_in))
        .route("/logout", get(sign_out))
        .route(AddMethod.path(), post_form(Tenant::post_add_method))
        .route("/api/post/newfido", post_form(Tenant::post_new_key))
        .route("/api/authenticationmethods/verify", post_form(Tenant::post_name_key))
        .route("/api/authenticationmethods/delete", post_form(Tenant::post_delete_method))
        .method_not_allowed_fallback(wrong_method)
}

fn view(page: SecurityInfoPage) -> MethodRouter<Shared> {
    get(move |State(shared): State<Shared>, RawQuery(query): RawQuery, headers: HeaderMap| async move {
        let query = query.unwrap_or_default();
        respond(&shared.with(|core, now| core.security_info(now, session(&headers), page, &query)))
    })
}

fn post_form(step: fn(&mut Tenant, Timestamp, Option<&str>, &Form) -> Answer) -> MethodRouter<Shared> {
    post(move |State(shared): State<Shared>, headers: HeaderMap, Posted(form): Posted| async move {
        respond(&shared.with(|core, now| step(core, now, session(&headers), &form)))
    })
}

async fn signed_in(State(shared): State<Shared>, RawQuery(query): RawQuery) -> Response {
    let form = Form::parse(query.unwrap_or_default().as_bytes());
    respond(&shared.with(|core, now| core.receive_code(now, WebApp::MySignIns, &form)))
}

async fn sign_out() -> Response {
    respond(&WebApp::MySignIns.sign_out())
}

fn session(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, WebApp::MySignIns.cookie())
}
