//! Feature flags: those of one application, and those of the whole tenant (guide "Setting Up the HYPR Tenant"). Where HYPR
//! keeps the switches is not published; the pages are a convention of the lab.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;

use super::{Page, Shell, app_home, show};
use crate::center::UnknownIntegration;
use crate::flags::{ApplicationFlag, TenantFlag};
use crate::http::form::Fields;
use crate::http::session::SignedIn;
use crate::integration::Toggle;

pub(super) fn routes() -> Router<Shell> {
    Router::new()
        .route("/cc/ui/flags", get(global).post(save_global))
        .route("/cc/ui/apps/{rp_app_id}/flags", get(flags).post(save_flags))
}

#[derive(Template)]
#[template(path = "flags.html")]
struct Flags<'a> {
    admin: &'a str,
    name: &'a str,
    app: String,
    flags: Vec<(&'static str, Toggle)>,
    message: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "global_flags.html")]
struct GlobalFlags<'a> {
    admin: &'a str,
    tenant: Vec<(&'static str, Toggle)>,
    application: Vec<(&'static str, Toggle)>,
    warning: Option<String>,
    message: Option<&'static str>,
}

const SAVED: Option<&str> = Some("Feature Flags saved successfully");

async fn flags(State(shell): State<Shell>, admin: SignedIn, Path(rp_app_id): Path<String>) -> Page {
    show_flags(&shell, &admin, &rp_app_id, None)
}

async fn save_flags(
    State(shell): State<Shell>,
    admin: SignedIn,
    Path(rp_app_id): Path<String>,
    fields: Fields,
) -> Page {
    let now = shell.now();
    for flag in ApplicationFlag::ALL {
        shell.with_core(|core| core.set_flag(now, &rp_app_id, flag, ticked(&fields, flag.name())))?;
    }
    show_flags(&shell, &admin, &rp_app_id, SAVED)
}

async fn global(State(shell): State<Shell>, admin: SignedIn) -> Page {
    show_global(&shell, &admin, None)
}

async fn save_global(State(shell): State<Shell>, admin: SignedIn, fields: Fields) -> Page {
    let now = shell.now();
    shell.with_core(|core| {
        TenantFlag::ALL.into_iter().for_each(|flag| core.set_tenant_flag(now, flag, ticked(&fields, flag.name())));
        ApplicationFlag::ALL.into_iter().for_each(|flag| core.set_global_flag(now, flag, ticked(&fields, flag.name())));
    });
    show_global(&shell, &admin, SAVED)
}

fn show_flags(shell: &Shell, admin: &SignedIn, rp_app_id: &str, message: Option<&'static str>) -> Page {
    let flags = shell.with_core(|core| {
        let set = &core.integration(rp_app_id)?.flags;
        Some(ApplicationFlag::ALL.map(|flag| (flag.name(), toggle(set.contains(&flag)))))
    });
    let flags = flags.ok_or_else(|| UnknownIntegration(rp_app_id.to_owned()))?.into();
    show(&Flags { admin: &admin.who, name: rp_app_id, app: app_home(rp_app_id), flags, message })
}

fn show_global(shell: &Shell, admin: &SignedIn, message: Option<&'static str>) -> Page {
    let page = shell.with_core(|core| {
        let set = core.global_flags();
        let names: Vec<&str> = set.iter().map(|flag| flag.name()).collect();
        GlobalFlags {
            admin: &admin.who,
            tenant: TenantFlag::ALL
                .map(|flag| (flag.name(), toggle(core.config().tenant_flags.contains(&flag))))
                .into(),
            application: ApplicationFlag::ALL.map(|flag| (flag.name(), toggle(set.contains(&flag)))).into(),
            warning: (!names.is_empty()).then(|| {
                format!("{} is set for every application. Set it for the application alone.", names.join(" and "))
            }),
            message,
        }
    });
    show(&page)
}

fn ticked(fields: &Fields, name: &str) -> Toggle {
    toggle(fields.one(name).is_some())
}

fn toggle(on: bool) -> Toggle {
    if on { Toggle::On } else { Toggle::Off }
}
