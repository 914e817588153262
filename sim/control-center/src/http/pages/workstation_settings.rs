//! Workstation Settings: of one application in Advanced mode (guide "Do This First"), and in Standard mode what new
//! applications begin with (`hypr.md` §2.4).

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;

use super::{Page, Shell, app_home, show};
use crate::center::UnknownIntegration;
use crate::http::form::Fields;
use crate::http::session::SignedIn;
use crate::integration::{Toggle, WorkstationSettings};
use crate::name::DEFAULT_WORKSTATION_APPLICATION;

pub(super) fn routes() -> Router<Shell> {
    Router::new()
        .route("/cc/ui/workstation", get(default_form).post(save_default))
        .route("/cc/ui/apps/{rp_app_id}/workstation-settings", get(form).post(save))
}

/// Name of the input, label, and state; the last one stands at the bottom of the page.
type Toggles = [(&'static str, &'static str, Toggle); 4];

#[derive(Template)]
#[template(path = "workstation_settings.html")]
struct Settings<'a> {
    admin: &'a str,
    name: &'a str,
    app: String,
    toggles: Toggles,
    message: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "workstation.html")]
struct Workstation<'a> {
    admin: &'a str,
    toggles: Toggles,
    message: Option<&'static str>,
}

const SAVED: Option<&str> = Some("Workstation Settings saved successfully");

async fn default_form(State(shell): State<Shell>, admin: SignedIn) -> Page {
    let settings = shell.with_core(|core| core.default_workstation_settings());
    show(&Workstation { admin: &admin.who, toggles: toggles(settings), message: None })
}

async fn save_default(State(shell): State<Shell>, admin: SignedIn, fields: Fields) -> Page {
    let (now, settings) = (shell.now(), read(&fields));
    shell.with_core(|core| core.save_default_workstation_settings(now, settings));
    show(&Workstation { admin: &admin.who, toggles: toggles(settings), message: SAVED })
}

async fn form(State(shell): State<Shell>, admin: SignedIn, Path(rp_app_id): Path<String>) -> Page {
    let settings = shell.with_core(|core| match core.integration(&rp_app_id) {
        None if rp_app_id == DEFAULT_WORKSTATION_APPLICATION => Some(core.default_workstation_settings()),
        integration => integration.map(|one| one.workstation_settings),
    });
    let settings = settings.ok_or_else(|| UnknownIntegration(rp_app_id.clone()))?;
    show_settings(&admin, &rp_app_id, settings, None)
}

async fn save(State(shell): State<Shell>, admin: SignedIn, Path(rp_app_id): Path<String>, fields: Fields) -> Page {
    let (now, settings) = (shell.now(), read(&fields));
    shell.with_core(|core| {
        if rp_app_id == DEFAULT_WORKSTATION_APPLICATION {
            core.save_default_workstation_settings(now, settings);
            return Ok(());
        }
        core.save_workstation_settings(now, &rp_app_id, settings)
    })?;
    show_settings(&admin, &rp_app_id, settings, SAVED)
}

fn show_settings(
    admin: &SignedIn,
    rp_app_id: &str,
    settings: WorkstationSettings,
    message: Option<&'static str>,
) -> Page {
    let (app, toggles) = (app_home(rp_app_id), toggles(settings));
    show(&Settings { admin: &admin.who, name: rp_app_id, app, toggles, message })
}

fn read(fields: &Fields) -> WorkstationSettings {
    let toggle = |name| if fields.one(name).is_some() { Toggle::On } else { Toggle::Off };
    WorkstationSettings {
        security_key: toggle("securityKey"),
        offline_mode: toggle("offlineMode"),
        recovery_mode: toggle("recoveryMode"),
        require_user_presence: toggle("requireUserPresence"),
    }
}

fn toggles(settings: WorkstationSettings) -> Toggles {
    [
        ("requireUserPresence", "Require User Presence", settings.require_user_presence),
        ("securityKey", "Enable Security Key", settings.security_key),
        ("offlineMode", "Enable Offline Mode", settings.offline_mode),
        ("recoveryMode", "Recovery Mode", settings.recovery_mode),
    ]
}
