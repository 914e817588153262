//! Workstation Settings of one application (guide "Do This First").

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;

use super::{Page, Shell, home, show};
use crate::center::UnknownIntegration;
use crate::http::form::Fields;
use crate::http::session::SignedIn;
use crate::integration::{Toggle, WorkstationSettings};

pub(super) fn routes() -> Router<Shell> {
    Router::new().route("/cc/ui/integrations/{rp_app_id}/workstation-settings", get(form).post(save))
}

#[derive(Template)]
#[template(path = "workstation_settings.html")]
struct Settings<'a> {
    admin: &'a str,
    name: &'a str,
    home: String,
    /// Name of the input, label, and state.
    toggles: [(&'static str, &'static str, Toggle); 4],
    message: Option<&'static str>,
}

async fn form(State(shell): State<Shell>, admin: SignedIn, Path(rp_app_id): Path<String>) -> Page {
    let settings = shell.with_core(|core| core.integration(&rp_app_id).map(|one| one.workstation_settings));
    let settings = settings.ok_or_else(|| UnknownIntegration(rp_app_id.clone()))?;
    show_settings(&admin, &rp_app_id, settings, None)
}

async fn save(State(shell): State<Shell>, admin: SignedIn, Path(rp_app_id): Path<String>, fields: Fields) -> Page {
    let toggle = |name| if fields.one(name).is_some() { Toggle::On } else { Toggle::Off };
    let settings = WorkstationSettings {
        security_key: toggle("securityKey"),
        offline_mode: toggle("offlineMode"),
        recovery_mode: toggle("recoveryMode"),
        require_user_presence: toggle("requireUserPresence"),
    };
    let now = shell.now();
    shell.with_core(|core| core.save_workstation_settings(now, &rp_app_id, settings))?;
    show_settings(&admin, &rp_app_id, settings, Some("Workstation Settings saved successfully"))
}

fn show_settings(
    admin: &SignedIn,
    rp_app_id: &str,
    settings: WorkstationSettings,
    message: Option<&'static str>,
) -> Page {
    let toggles = [
        ("securityKey", "Enable Security Key", settings.security_key),
        ("offlineMode", "Enable Offline Mode", settings.offline_mode),
        ("recoveryMode", "Recovery Mode", settings.recovery_mode),
        ("requireUserPresence", "Require User Presence", settings.require_user_presence),
    ];
    show(&Settings { admin: &admin.email, name: rp_app_id, home: home(rp_app_id), toggles, message })
}
