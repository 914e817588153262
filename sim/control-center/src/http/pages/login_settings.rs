//! Login Settings: Restrict Domains and the desktop client (guide "Configure and Download the Desktop Client").

use std::collections::BTreeSet;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::get;
use http::header;

use super::{Page, Shell, home, show};
use crate::center::UnknownIntegration;
use crate::desktop_client::{ARCHIVE_NAME, INSTALLER_NAME, PARAMETERS_NAME};
use crate::http::form::Fields;
use crate::http::session::SignedIn;
use crate::integration::Toggle;
use crate::name::{DomainError, RestrictedDomains, parse_domains};

pub(super) fn routes() -> Router<Shell> {
    Router::new()
        .route("/cc/ui/integrations/{rp_app_id}/login-settings", get(form).post(change))
        .route("/cc/ui/integrations/{rp_app_id}/download", get(confirm_download))
        .route("/cc/ui/integrations/{rp_app_id}/desktop-client", get(download))
}

/// The page; the list of domains on it is saved only by "Save".
#[derive(Template)]
#[template(path = "login_settings.html")]
struct LoginSettings<'a> {
    admin: &'a str,
    name: &'a str,
    home: String,
    restrict: Toggle,
    listed: BTreeSet<String>,
    /// Whether the field for one more domain is open.
    entry: Entry,
    typed: String,
    message: Option<&'static str>,
    error: Option<String>,
}

/// The field that "+Add Domain" opens.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Entry {
    Open,
    Closed,
}

#[derive(Template)]
#[template(path = "download.html")]
struct Download<'a> {
    admin: &'a str,
    name: &'a str,
    home: String,
    installer: &'a str,
    parameters: &'a str,
}

impl<'a> LoginSettings<'a> {
    fn of(admin: &'a SignedIn, rp_app_id: &'a str, domains: RestrictedDomains) -> Self {
        let (restrict, listed) = match domains {
            RestrictedDomains::Off => (Toggle::Off, BTreeSet::new()),
            RestrictedDomains::On(listed) => (Toggle::On, listed),
        };
        let (admin, home, typed) = (admin.who.as_str(), home(rp_app_id), String::new());
        let entry = Entry::Closed;
        Self { admin, name: rp_app_id, home, restrict, listed, entry, typed, message: None, error: None }
    }

    fn add_typed(&mut self) -> Result<(), DomainError> {
        self.listed.extend(parse_domains(&self.typed)?);
        self.typed.clear();
        Ok(())
    }

    fn to_save(&self) -> Result<RestrictedDomains, String> {
        match self.restrict {
            Toggle::Off => Ok(RestrictedDomains::Off),
            Toggle::On if self.listed.is_empty() => {
                Err("Add at least one domain, or turn Restrict Domains off.".into())
            }
            Toggle::On => Ok(RestrictedDomains::On(self.listed.clone())),
        }
    }
}

async fn form(State(shell): State<Shell>, admin: SignedIn, Path(rp_app_id): Path<String>) -> Page {
    let domains = shell.with_core(|core| core.integration(&rp_app_id).map(|integration| integration.domains.clone()));
    let domains = domains.ok_or_else(|| UnknownIntegration(rp_app_id.clone()))?;
    show(&LoginSettings::of(&admin, &rp_app_id, domains))
}

/// The toggle, "+Add Domain", "x" or "Save". Nothing but "Save" changes what Control Center knows.
async fn change(State(shell): State<Shell>, admin: SignedIn, Path(rp_app_id): Path<String>, fields: Fields) -> Page {
    let mut page = LoginSettings::of(&admin, &rp_app_id, RestrictedDomains::Off);
    page.restrict = if fields.one("restrict").is_some() { Toggle::On } else { Toggle::Off };
    page.listed = fields.all("domain").flat_map(parse_domains).flatten().collect();
    page.typed = fields.text("domains").to_owned();
    if let Some(removed) = fields.one("remove") {
        page.listed.remove(removed);
        return show(&page);
    }
    if let Err(error) = page.add_typed() {
        page.entry = Entry::Open;
        page.error = Some(error.to_string());
        return show(&page);
    }
    match fields.text("action") {
        "toggle" => page.restrict = if page.restrict == Toggle::On { Toggle::Off } else { Toggle::On },
        "add" => page.entry = Entry::Open,
        _ => save(&shell, &rp_app_id, &mut page)?,
    }
    show(&page)
}

fn save(shell: &Shell, rp_app_id: &str, page: &mut LoginSettings<'_>) -> Result<(), UnknownIntegration> {
    match page.to_save() {
        Err(error) => page.error = Some(error),
        Ok(domains) => {
            let now = shell.now();
            shell.with_core(|core| core.restrict_domains(now, rp_app_id, domains))?;
            page.message = Some("Restrict Domains saved successfully");
        }
    }
    Ok(())
}

async fn confirm_download(State(shell): State<Shell>, admin: SignedIn, Path(rp_app_id): Path<String>) -> Page {
    if shell.with_core(|core| core.integration(&rp_app_id).is_none()) {
        return Err(UnknownIntegration(rp_app_id).into());
    }
    show(&Download {
        admin: &admin.who,
        name: &rp_app_id,
        home: home(&rp_app_id),
        installer: INSTALLER_NAME,
        parameters: PARAMETERS_NAME,
    })
}

async fn download(State(shell): State<Shell>, _: SignedIn, Path(rp_app_id): Path<String>) -> Page {
    let now = shell.now();
    let archive = shell.with_core(|core| core.desktop_client(now, &rp_app_id));
    let archive = archive.ok_or_else(|| UnknownIntegration(rp_app_id.clone()))?;
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{ARCHIVE_NAME}\"")),
    ];
    Ok((headers, archive).into_response())
}
