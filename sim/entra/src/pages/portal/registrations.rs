//! App registrations: the list, a new one, one of them (the guide's "Register Application").

use serde_json::{Value, json};
use uuid::Uuid;

use super::area::Area;
use super::desk::{Desk, alerts, listed, typed};
use super::{Outcome, not_found, permissions, secrets};
use crate::applications::first_party;
use crate::graph::{GraphError, Permissions};
use crate::oauth::Form;
use crate::pages::page::{Answer, Cell, InputKind};

pub(super) const ROOT: &str = "/directory/app-registrations";

/// The application of a blade.
pub(super) struct Registration {
    /// Its client id.
    pub(super) app_id: Uuid,
    pub(super) name: String,
    /// As Graph shows it.
    pub(super) document: Value,
}

const SINGLE: &str = "Accounts in this organizational directory only";
const MULTIPLE: &str = "Accounts in any organizational directory";

impl Registration {
    fn open(desk: &mut Desk<'_>, app_id: Uuid) -> Result<Self, GraphError> {
        let document = desk.read(&format!("applications(appId='{app_id}')"))?;
        let name = document["displayName"].as_str().unwrap_or_default().to_owned();
        Ok(Self { app_id, name, document })
    }

    /// Its path at Graph.
    pub(super) fn path(&self) -> String {
        format!("applications(appId='{}')", self.app_id)
    }

    /// The path of its service principal at Graph.
    pub(super) fn principal(&self) -> String {
        format!("servicePrincipals(appId='{}')", self.app_id)
    }

    pub(super) fn area(&self) -> Area {
        Area::Registration(self.app_id, self.name.clone())
    }
}

pub(super) fn blade(desk: &mut Desk<'_>, rest: &[&str], form: Option<&Form>) -> Outcome {
    match (rest, form) {
        ([], None) => list(desk),
        (["new"], None) => Ok(new_page(desk, None, &[])),
        (["new"], Some(form)) => match register(desk, form) {
            Ok(app_id) => Ok(Answer::redirect(format!("{ROOT}/{app_id}"))),
            Err(refused) => Ok(new_page(desk, Some(form), &alerts(&refused))),
        },
        ([id, rest @ ..], form) => {
            let Ok(id) = Uuid::parse_str(id) else { return Ok(not_found(desk)) };
            let registration = Registration::open(desk, id)?;
            match (rest, form) {
                ([], None) => Ok(overview(desk, &registration)),
                (["api-permissions", rest @ ..], form) => permissions::blade(desk, &registration, rest, form),
                (["secrets", rest @ ..], form) => secrets::blade(desk, &registration, rest, form),
                _ => Ok(not_found(desk)),
            }
        }
        _ => Ok(not_found(desk)),
    }
}

fn list(desk: &mut Desk<'_>) -> Outcome {
    let found = desk.list("applications", &[("$orderby", "displayName"), ("$count", "true")])?;
    let text = |application: &Value, name: &str| application[name].as_str().unwrap_or_default().to_owned();
    let rows = found.iter().map(|application| {
        let id = text(application, "appId");
        let name = Cell::link(&text(application, "displayName"), format!("{ROOT}/{id}"));
        let created = text(application, "createdDateTime").chars().take(10).collect::<String>();
        (vec![name, id.into(), created.into()], Vec::new())
    });
    let columns = ["Display name", "Application (client) ID", "Created on"];
    let page =
        desk.page(&Area::Registrations, "App registrations", listed(&found)).with_table(&columns, rows.collect());
    Ok(page.with_command("New registration", format!("{ROOT}/new")).into())
}

fn new_page(desk: &Desk<'_>, form: Option<&Form>, alerts: &[String]) -> Answer {
    let accounts = InputKind::Radio(vec![SINGLE, MULTIPLE]);
    let input = desk
        .form()
        .input("name", "Name", InputKind::Text, typed(form, "name", ""))
        .input("accounts", "Supported account types", accounts, typed(form, "accounts", SINGLE))
        .input("redirect", "Redirect URI (optional)", InputKind::Text, typed(form, "redirect", ""))
        .button("Register");
    let who = format!("Who can use this application or access this API? {} is this directory.", desk.organization);
    let text = "The user-facing display name for this application (this can be changed later).";
    let page = desk.page(&Area::Registrations, "Register an application", &[text, &who]).with_alerts(alerts);
    page.with_form(input).with_link("Cancel", ROOT).into()
}

/// What the portal does beside: a service principal, and `User.Read` among the permissions (the guide).
fn register(desk: &mut Desk<'_>, form: &Form) -> Result<String, GraphError> {
    let user_read = Permissions::get().permissions.get("User.Read").and_then(|permission| permission.delegated);
    let redirects: Vec<&str> = form.field("redirect").into_iter().collect();
    let registered = desk.post(
        "applications",
        &json!({
            "displayName": form.field("name").unwrap_or_default().trim(),
            "signInAudience": if form.field("accounts") == Some(MULTIPLE) { "AzureADMultipleOrgs" } else { "AzureADMyOrg" },
            "web": { "redirectUris": redirects },
            "requiredResourceAccess": [{
                "resourceAppId": first_party::GRAPH, "resourceAccess": [{ "id": user_read, "type": "Scope" }],
            }],
        }),
    )?;
    let app_id = registered["appId"].as_str().unwrap_or_default().to_owned();
    desk.post("servicePrincipals", &json!({ "appId": app_id }))?;
    Ok(app_id)
}

fn overview(desk: &Desk<'_>, registration: &Registration) -> Answer {
    let text = |name: &str| registration.document[name].as_str().unwrap_or_default();
    let accounts = if text("signInAudience") == "AzureADMyOrg" { SINGLE } else { MULTIPLE };
    desk.page(&registration.area(), &registration.name, &[])
        .with_fact("Display name", &registration.name)
        .with_fact("Application (client) ID", registration.app_id.to_string())
        .with_fact("Object ID", text("id"))
        .with_fact("Directory (tenant) ID", desk.tenant_id().to_string())
        .with_fact("Supported account types", accounts)
        .into()
}
