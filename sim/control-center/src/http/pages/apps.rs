//! Advanced mode: "Choose an App" and the menu of one (`hypr.md` §2.1). Every integration has an application of its name;
//! HYPR's own three stand beside them.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;

use super::{Page, PageError, Shell, app_home, show};
use crate::http::session::SignedIn;
use crate::name::BUILT_IN_APPLICATIONS;

pub(super) fn routes() -> Router<Shell> {
    Router::new().route("/cc/ui/apps", get(choose)).route("/cc/ui/apps/{rp_app_id}", get(properties))
}

#[derive(Template)]
#[template(path = "apps.html")]
struct Apps<'a> {
    admin: &'a str,
    rows: Vec<Row>,
}

struct Row {
    name: String,
    kind: &'static str,
    app: String,
}

#[derive(Template)]
#[template(path = "app_properties.html")]
struct Properties<'a> {
    admin: &'a str,
    name: &'a str,
    app: String,
}

async fn choose(State(shell): State<Shell>, admin: SignedIn) -> Page {
    let names: Vec<String> =
        shell.with_core(|core| core.integrations().map(|one| one.rp_app_id().to_owned()).collect());
    let row = |name: &str, kind| Row { name: name.to_owned(), kind, app: app_home(name) };
    let own = names.iter().map(|name| row(name, "Native Azure Login Experience"));
    let built_in = BUILT_IN_APPLICATIONS.iter().map(|name| row(name, "HYPR"));
    show(&Apps { admin: &admin.who, rows: own.chain(built_in).collect() })
}

async fn properties(State(shell): State<Shell>, admin: SignedIn, Path(rp_app_id): Path<String>) -> Page {
    exists(&shell, &rp_app_id)?;
    show(&Properties { admin: &admin.who, name: &rp_app_id, app: app_home(&rp_app_id) })
}

/// Whether there is such an application.
pub(super) fn exists(shell: &Shell, rp_app_id: &str) -> Result<(), PageError> {
    let known =
        BUILT_IN_APPLICATIONS.contains(&rp_app_id) || shell.with_core(|core| core.integration(rp_app_id).is_some());
    if known { Ok(()) } else { Err(PageError::NotFound(format!("Control Center has no application {rp_app_id:?}."))) }
}
