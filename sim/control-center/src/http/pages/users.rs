//! Integration User Management: tabs, Device Details, invitations, deletion (guide "User Management for HYPR Enterprise
//! Passkey").

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use serde::Deserialize;

use super::{Page, PageError, Part, Shell, home, show, time};
use crate::center::{Conclusion, ControlCenter, RELYING_PARTY, UnknownIntegration};
use crate::device::{Device, MobileOs};
use crate::http::form::Fields;
use crate::http::session::SignedIn;
use crate::integration::Integration;
use crate::people::{Account, Phase, User};

pub(super) fn routes() -> Router<Shell> {
    Router::new()
        .route("/cc/ui/integrations/{rp_app_id}/users", get(list))
        .route("/cc/ui/integrations/{rp_app_id}/users/{username}/devices", get(devices))
        .route("/cc/ui/integrations/{rp_app_id}/users/{username}/delete", get(confirm_delete).post(delete))
        .route("/cc/ui/integrations/{rp_app_id}/invite", get(invite_form).post(invite))
}

#[derive(Deserialize)]
struct ListQuery {
    tab: Option<String>,
    #[serde(default)]
    search: String,
    page: Option<String>,
}

#[derive(Template)]
#[template(path = "users.html")]
struct Users<'a> {
    admin: &'a str,
    name: &'a str,
    home: String,
    tabs: Vec<Tab>,
    shown: &'static str,
    key: &'static str,
    search: String,
    part: Part,
    rows: Vec<UserRow>,
    error: Option<String>,
}

struct Tab {
    label: &'static str,
    key: &'static str,
    count: usize,
}

struct UserRow {
    email: String,
    username: String,
    name: String,
    devices: usize,
    last_active: String,
    unpaired: Option<&'static str>,
    azure_trouble: Option<&'static str>,
    doomed: Option<String>,
}

#[derive(Template)]
#[template(path = "device_details.html")]
struct DeviceDetails<'a> {
    admin: &'a str,
    name: &'a str,
    home: String,
    username: String,
    rows: Vec<DeviceRow>,
}

struct DeviceRow {
    name: String,
    model: String,
    os: &'static str,
    device_id: String,
    fido_id: String,
    created: String,
    workstations: String,
    workstation_ids: String,
    web_domain: &'static str,
    username: String,
    domain_id: String,
    authenticators: Vec<&'static str>,
}

#[derive(Template)]
#[template(path = "delete_user.html")]
struct DeleteUser<'a> {
    admin: &'a str,
    name: &'a str,
    home: String,
    username: &'a str,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "invite.html")]
struct Invite<'a> {
    admin: &'a str,
    name: &'a str,
    home: String,
    email: &'a str,
    message: Option<String>,
    error: Option<String>,
}

/// Opening the page confirms the accounts with Entra first.
async fn list(
    State(shell): State<Shell>,
    admin: SignedIn,
    Path(rp_app_id): Path<String>,
    Query(query): Query<ListQuery>,
) -> Page {
    let now = shell.now();
    let id = shell.with_core(|core| core.begin_refresh(now, &rp_app_id));
    shell.conclusion(id).await;
    let phase =
        Phase::ALL.into_iter().find(|phase| Some(key(*phase)) == query.tab.as_deref()).unwrap_or(Phase::Pending);
    let (search, page) = (query.search.trim(), query.page.and_then(|page| page.parse().ok()).unwrap_or(1));
    let page = shell.with_core(|core| {
        let integration = core.integration(&rp_app_id)?;
        let tab =
            |phase: Phase| Tab { label: phase.tab(), key: key(phase), count: integration.users_in(phase).count() };
        let found: Vec<&User> = integration.users_in(phase).filter(|user| user.is_like(search)).collect();
        let part = Part::of(found.len(), page);
        Some(Users {
            admin: &admin.who,
            name: &rp_app_id,
            home: home(&rp_app_id),
            tabs: Phase::ALL.map(tab).into(),
            shown: phase.tab(),
            key: key(phase),
            search: search.to_owned(),
            rows: found[part.range()].iter().copied().map(UserRow::from).collect(),
            part,
            error: integration.last_check_failure.clone(),
        })
    });
    show(&page.ok_or_else(|| UnknownIntegration(rp_app_id.clone()))?)
}

async fn devices(
    State(shell): State<Shell>,
    admin: SignedIn,
    Path((rp_app_id, username)): Path<(String, String)>,
) -> Page {
    let page = shell.with_core(|core| {
        let integration = core.integration(&rp_app_id)?;
        let user = integration.user(&username)?;
        let rows = user.accounts.iter().map(|(id, account)| device_row(core, integration, user, id, account));
        Some(DeviceDetails {
            admin: &admin.who,
            name: &rp_app_id,
            home: home(&rp_app_id),
            username: user.username.clone(),
            rows: rows.collect(),
        })
    });
    show(&page.ok_or_else(|| unknown_user(&username))?)
}

async fn confirm_delete(
    State(shell): State<Shell>,
    admin: SignedIn,
    Path((rp_app_id, username)): Path<(String, String)>,
) -> Page {
    if !has_user(&shell, &rp_app_id, &username) {
        return Err(unknown_user(&username));
    }
    show(&DeleteUser { admin: &admin.who, name: &rp_app_id, home: home(&rp_app_id), username: &username, error: None })
}

async fn delete(
    State(shell): State<Shell>,
    admin: SignedIn,
    Path((rp_app_id, username)): Path<(String, String)>,
) -> Page {
    let now = shell.now();
    let begun = shell.with_core(|core| core.begin_delete_user(now, &rp_app_id, &username));
    let conclusion = shell.conclusion(begun.ok_or_else(|| unknown_user(&username))?).await;
    if !has_user(&shell, &rp_app_id, &username) {
        return Ok(Redirect::to(&format!("{}/users", home(&rp_app_id))).into_response());
    }
    let key_failure = shell.with_core(|core| {
        let user = core.integration(&rp_app_id)?.user(&username)?;
        user.doomed_keys.iter().find_map(|key| key.failure.clone())
    });
    let reason = match (key_failure, conclusion) {
        (Some(failure), _) => failure,
        (None, Conclusion::Failed(failure)) => failure.to_string(),
        (None, _) => "Entra still holds something of the user.".to_owned(),
    };
    let error = Some(format!("The user is unpaired, but stays in the list until Entra lets go: {reason}"));
    show(&DeleteUser { admin: &admin.who, name: &rp_app_id, home: home(&rp_app_id), username: &username, error })
}

async fn invite_form(State(shell): State<Shell>, admin: SignedIn, Path(rp_app_id): Path<String>) -> Page {
    if shell.with_core(|core| core.integration(&rp_app_id).is_none()) {
        return Err(UnknownIntegration(rp_app_id).into());
    }
    let home = home(&rp_app_id);
    show(&Invite { admin: &admin.who, name: &rp_app_id, home, email: "", message: None, error: None })
}

async fn invite(State(shell): State<Shell>, admin: SignedIn, Path(rp_app_id): Path<String>, fields: Fields) -> Page {
    let (now, email) = (shell.now(), fields.text("email").trim());
    let error = match shell.with_core(|core| core.begin_invite(now, &rp_app_id, email)) {
        Err(error) => Some(error.to_string()),
        Ok(id) => match shell.conclusion(id).await {
            Conclusion::Done => None,
            Conclusion::Failed(failure) => Some(failure.to_string()),
            Conclusion::Refused(_) | Conclusion::Abandoned => return Err(UnknownIntegration(rp_app_id).into()),
        },
    };
    let message = error.is_none().then(|| format!("{email} was invited."));
    let email = if error.is_some() { email } else { "" };
    show(&Invite { admin: &admin.who, name: &rp_app_id, home: home(&rp_app_id), email, message, error })
}

fn has_user(shell: &Shell, rp_app_id: &str, username: &str) -> bool {
    shell.with_core(|core| core.integration(rp_app_id).is_some_and(|integration| integration.user(username).is_some()))
}

fn unknown_user(username: &str) -> PageError {
    PageError::NotFound(format!("There is no user {username}."))
}

fn key(phase: Phase) -> &'static str {
    match phase {
        Phase::Pending => "pending",
        Phase::PairedWithHypr => "hypr",
        Phase::PairedWithAzure => "azure",
    }
}

impl From<&User> for UserRow {
    fn from(user: &User) -> Self {
        Self {
            email: user.email.clone(),
            username: user.username.clone(),
            name: user.display_name.clone(),
            devices: user.accounts.len(),
            last_active: user.last_active.map(time).unwrap_or_default(),
            unpaired: user.unpaired_warning(),
            azure_trouble: user.azure_trouble(),
            doomed: user.doomed_keys.iter().find_map(|key| key.failure.clone()),
        }
    }
}

fn device_row(
    core: &ControlCenter,
    integration: &Integration,
    user: &User,
    device_id: &str,
    account: &Account,
) -> DeviceRow {
    let device = core.device(device_id);
    let text = |field: fn(&Device) -> &String| device.map(field).cloned().unwrap_or_default();
    let names =
        account.workstations.iter().filter_map(|id| integration.workstations.get(id)).map(|one| one.name.as_str());
    DeviceRow {
        name: text(|device| &device.name),
        model: text(|device| &device.model),
        os: device.map(|device| device.os.name()).unwrap_or_default(),
        device_id: device_id.to_owned(),
        fido_id: account.fido_user.clone(),
        created: time(account.created_at),
        workstations: names.collect::<Vec<_>>().join(", "),
        workstation_ids: account.workstations.iter().map(String::as_str).collect::<Vec<_>>().join(", "),
        web_domain: RELYING_PARTY,
        username: user.username.clone(),
        domain_id: core.entra_tenant_of(integration.rp_app_id()).unwrap_or_default().to_owned(),
        authenticators: authenticators(device, account),
    }
}

/// What stands behind the icons: the biometric that the app asks for, and the key once Entra knows it. The words are a
/// convention of the lab.
fn authenticators(device: Option<&Device>, account: &Account) -> Vec<&'static str> {
    let biometric = device.map(|device| match device.os {
        MobileOs::Ios => "Face ID",
        MobileOs::Android => "Fingerprint",
    });
    let key = (account.phase() == Phase::PairedWithAzure).then_some("FIDO2");
    biometric.into_iter().chain(key).collect()
}
