//! Integration Settings: state and deletion (guide "HYPR Groups in Entra/AzureAD").

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};

use super::{Page, Shell, home, show};
use crate::center::UnknownIntegration;
use crate::http::session::SignedIn;
use crate::integration::IntegrationState;
use crate::people::Phase;

pub(super) fn routes() -> Router<Shell> {
    Router::new()
        .route("/cc/ui/integrations/{rp_app_id}/settings", get(settings))
        .route("/cc/ui/integrations/{rp_app_id}/enable", post(enable))
        .route("/cc/ui/integrations/{rp_app_id}/enabled", get(enabled))
        .route("/cc/ui/integrations/{rp_app_id}/disable", post(disable))
        .route("/cc/ui/integrations/{rp_app_id}/delete", get(confirm_delete).post(delete))
}

#[derive(Template)]
#[template(path = "integration_settings.html")]
struct Settings<'a> {
    admin: &'a str,
    name: &'a str,
    home: String,
    state: IntegrationState,
    groups: Vec<GroupRow>,
}

struct GroupRow {
    name: &'static str,
    id: String,
}

#[derive(Template)]
#[template(path = "integration_enabled.html")]
struct Enabled<'a> {
    admin: &'a str,
    name: &'a str,
    home: String,
}

#[derive(Template)]
#[template(path = "delete_integration.html")]
struct Delete<'a> {
    admin: &'a str,
    name: &'a str,
    home: String,
}

async fn settings(State(shell): State<Shell>, admin: SignedIn, Path(rp_app_id): Path<String>) -> Page {
    let page = shell.with_core(|core| {
        let integration = core.integration(&rp_app_id)?;
        let row = |phase: Phase| GroupRow {
            name: phase.group_name(),
            id: integration.groups.get(&phase).cloned().unwrap_or_default(),
        };
        Some(Settings {
            admin: &admin.who,
            name: &rp_app_id,
            home: home(&rp_app_id),
            state: integration.state,
            groups: Phase::ALL.map(row).into(),
        })
    });
    show(&page.ok_or_else(|| UnknownIntegration(rp_app_id.clone()))?)
}

async fn enable(State(shell): State<Shell>, _: SignedIn, Path(rp_app_id): Path<String>) -> Page {
    let now = shell.now();
    shell.with_core(|core| core.enable(now, &rp_app_id))?;
    Ok(Redirect::to(&format!("{}/enabled", home(&rp_app_id))).into_response())
}

/// "Let the confetti fly, then click Close."
async fn enabled(State(shell): State<Shell>, admin: SignedIn, Path(rp_app_id): Path<String>) -> Page {
    exists(&shell, &rp_app_id)?;
    show(&Enabled { admin: &admin.who, name: &rp_app_id, home: home(&rp_app_id) })
}

async fn disable(State(shell): State<Shell>, _: SignedIn, Path(rp_app_id): Path<String>) -> Page {
    let now = shell.now();
    shell.with_core(|core| core.disable(now, &rp_app_id))?;
    Ok(Redirect::to(&format!("{}/settings", home(&rp_app_id))).into_response())
}

async fn confirm_delete(State(shell): State<Shell>, admin: SignedIn, Path(rp_app_id): Path<String>) -> Page {
    exists(&shell, &rp_app_id)?;
    show(&Delete { admin: &admin.who, name: &rp_app_id, home: home(&rp_app_id) })
}

async fn delete(State(shell): State<Shell>, _: SignedIn, Path(rp_app_id): Path<String>) -> Page {
    let now = shell.now();
    shell.with_core(|core| core.delete_integration(now, &rp_app_id))?;
    Ok(Redirect::to("/cc/ui/integrations").into_response())
}

fn exists(shell: &Shell, rp_app_id: &str) -> Result<(), UnknownIntegration> {
    let exists = shell.with_core(|core| core.integration(rp_app_id).is_some());
    if exists { Ok(()) } else { Err(UnknownIntegration(rp_app_id.to_owned())) }
}
