//! The pages of Control Center, in the guide's words. They need no script.

mod add;
mod apps;
mod audit;
mod flags;
mod hooks;
mod integrations;
mod login;
mod login_settings;
mod part;
mod settings;
mod staff;
mod tokens;
mod users;
mod workstation_settings;

use askama::Template;
use axum::Router;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use http::StatusCode;
use jiff::Timestamp;

use super::{Shell, access};
use crate::center::UnknownIntegration;
use crate::staff::Right;
use part::Part;

pub(super) fn routes() -> Router<Shell> {
    Router::new()
        .route("/", get(|| async { Redirect::to("/cc/ui/integrations") }))
        .route("/cc", get(|| async { Redirect::to("/cc/ui/integrations") }))
        .merge(login::routes())
        .merge(integrations::routes())
        .merge(add::routes())
        .merge(users::routes())
        .merge(settings::routes())
        .merge(login_settings::routes())
        .merge(workstation_settings::routes())
        .merge(apps::routes())
        .merge(flags::routes())
        .merge(hooks::routes())
        .merge(staff::routes())
        .merge(tokens::routes())
        .merge(audit::routes())
}

/// A page that cannot be shown.
pub(super) enum PageError {
    NotFound(String),
    Forbidden { who: String, role: &'static str, right: Right },
    Template(askama::Error),
}

type Page = Result<Response, PageError>;

#[derive(Template)]
#[template(path = "not_found.html")]
struct NotFound<'a> {
    admin: &'a str,
    message: &'a str,
}

#[derive(Template)]
#[template(path = "forbidden.html")]
struct Forbidden<'a> {
    admin: &'a str,
    role: &'a str,
    action: &'a str,
}

/// The page that a template makes.
fn show(template: &impl Template) -> Page {
    Ok(Html(template.render()?).into_response())
}

/// Where the pages of an integration are, in Standard mode.
fn home(rp_app_id: &str) -> String {
    path("integrations", rp_app_id)
}

/// Where the pages of an application are, in Advanced mode.
fn app_home(rp_app_id: &str) -> String {
    path("apps", rp_app_id)
}

fn path(folder: &str, rp_app_id: &str) -> String {
    let mut url = url::Url::parse("https://localhost/cc/ui").expect("a literal URL parses");
    url.path_segments_mut().expect("https has a path").extend([folder, rp_app_id]);
    url.path().to_owned()
}

/// A time on a page.
fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

impl From<askama::Error> for PageError {
    fn from(error: askama::Error) -> Self {
        Self::Template(error)
    }
}

impl From<UnknownIntegration> for PageError {
    fn from(error: UnknownIntegration) -> Self {
        Self::NotFound(error.to_string())
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        match self {
            Self::NotFound(message) => match (NotFound { admin: "", message: &message }).render() {
                Ok(page) => (StatusCode::NOT_FOUND, Html(page)).into_response(),
                Err(error) => Self::Template(error).into_response(),
            },
            Self::Forbidden { who, role, right } => {
                let admin = format!("{who} ({role})");
                match (Forbidden { admin: &admin, role, action: access::words(right) }).render() {
                    Ok(page) => (StatusCode::FORBIDDEN, Html(page)).into_response(),
                    Err(error) => Self::Template(error).into_response(),
                }
            }
            Self::Template(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
        }
    }
}
