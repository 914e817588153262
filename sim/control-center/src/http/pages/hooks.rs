//! Custom Event Hooks, a tile of "Add New Integrations" (`hypr.md` §2.6).

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;

use super::{Page, PageError, Shell, show};
use crate::flags::TenantFlag;
use crate::http::form::Fields;
use crate::http::session::SignedIn;

const HOME: &str = "/cc/ui/integrations/new/event-hooks";

pub(super) fn routes() -> Router<Shell> {
    Router::new().route("/cc/ui/integrations/new/event-hooks", get(list).post(change))
}

#[derive(Template)]
#[template(path = "event_hooks.html")]
struct Hooks<'a> {
    admin: &'a str,
    rows: Vec<Row>,
    typed: &'a str,
    error: Option<String>,
}

struct Row {
    name: String,
    event_type: &'static str,
    endpoint: String,
}

async fn list(State(shell): State<Shell>, admin: SignedIn) -> Page {
    show_list(&shell, &admin, "", None)
}

/// "Add Event Hook" or "Delete".
async fn change(State(shell): State<Shell>, admin: SignedIn, fields: Fields) -> Page {
    let (now, json) = (shell.now(), fields.text("hook"));
    if let Some(name) = fields.one("delete") {
        shell.with_core(|core| core.delete_hook(now, name));
    } else if let Err(error) = shell.with_core(|core| core.add_hook(now, json)) {
        return show_list(&shell, &admin, json, Some(error.to_string()));
    }
    Ok(Redirect::to(HOME).into_response())
}

fn show_list(shell: &Shell, admin: &SignedIn, typed: &str, error: Option<String>) -> Page {
    let offered = shell.with_core(|core| core.config().tenant_flags.contains(&TenantFlag::EnableCustomEventMgmt));
    if !offered {
        return Err(PageError::NotFound("Custom Event Hooks are not offered by this tenant.".to_owned()));
    }
    let rows = shell.with_core(|core| {
        let rows = core.hooks().map(|hook| Row {
            name: hook.name.clone(),
            event_type: hook.event_type.tag(),
            endpoint: hook.endpoint.to_string(),
        });
        rows.collect()
    });
    show(&Hooks { admin: &admin.who, rows, typed, error })
}
