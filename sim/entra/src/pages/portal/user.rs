//! One user: overview, "Account enabled", deletion; roles and authentication methods beside it.

use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::area::Area;
use super::desk::{Desk, alerts, confirmed, tick, typed};
use super::{Outcome, methods, not_found, roles, users};
use crate::graph::GraphError;
use crate::oauth::Form;
use crate::pages::page::{Answer, InputKind};

/// The user of a blade.
pub(super) struct Account {
    pub(super) id: Uuid,
    pub(super) name: String,
    document: Value,
}

const SHOWN: &str = "id,displayName,userPrincipalName,accountEnabled,createdDateTime";

impl Account {
    fn open(desk: &mut Desk<'_>, id: Uuid) -> Result<Self, GraphError> {
        let document = desk.read(&format!("users/{id}?$select={SHOWN}"))?;
        let name = document["displayName"].as_str().unwrap_or_default().to_owned();
        Ok(Self { id, name, document })
    }

    fn text(&self, name: &str) -> &str {
        self.document[name].as_str().unwrap_or_default()
    }

    pub(super) fn area(&self) -> Area {
        Area::User(self.id, self.name.clone())
    }
}

pub(super) fn blade(desk: &mut Desk<'_>, id: Uuid, rest: &[&str], form: Option<&Form>) -> Outcome {
    let account = Account::open(desk, id)?;
    match (rest, form) {
        ([], None) => Ok(overview(desk, &account)),
        (["edit"], form) => edit(desk, &account, form),
        (["delete"], form) => delete(desk, &account, form),
        (["assigned-roles", rest @ ..], form) => roles::blade(desk, &account, rest, form),
        (["authentication-methods", rest @ ..], form) => methods::blade(desk, &account, rest, form),
        _ => Ok(not_found(desk)),
    }
}

fn overview(desk: &Desk<'_>, account: &Account) -> Answer {
    let status = if account.document["accountEnabled"] == true { "Enabled" } else { "Disabled" };
    let href = account.area().href();
    desk.page(&account.area(), &account.name, &[])
        .with_fact("Display name", &account.name)
        .with_fact("User principal name", account.text("userPrincipalName"))
        .with_fact("Object ID", account.id.to_string())
        .with_fact("Account status", status)
        .with_command("Edit properties", format!("{href}/edit"))
        .with_command("Delete", format!("{href}/delete"))
        .into()
}

/// Only what was changed is sent: the right to suspend an account is not the right to rename it.
fn edit(desk: &mut Desk<'_>, account: &Account, form: Option<&Form>) -> Outcome {
    let Some(form) = form else { return Ok(edit_page(desk, account, None, &[])) };
    let (name, enabled) = (form.field("name").unwrap_or_default().trim(), form.field("enabled").is_some());
    let mut change = json!({});
    if name != account.name {
        change["displayName"] = name.into();
    }
    if account.document["accountEnabled"] != enabled {
        change["accountEnabled"] = enabled.into();
    }
    let is_nothing = change.as_object().is_none_or(serde_json::Map::is_empty);
    let path = format!("users/{}", account.id);
    match if is_nothing { Ok(()) } else { desk.patch(&path, &change) } {
        Ok(()) => Ok(Answer::redirect(account.area().href())),
        Err(refused) => Ok(edit_page(desk, account, Some(form), &alerts(&refused))),
    }
}

fn edit_page(desk: &Desk<'_>, account: &Account, form: Option<&Form>, alerts: &[String]) -> Answer {
    let is_enabled = form.map_or(account.document["accountEnabled"] == true, |form| form.field("enabled").is_some());
    let input = desk
        .form()
        .input("name", "Display name", InputKind::Text, typed(form, "name", &account.name))
        .input("enabled", "Account enabled", tick(is_enabled), "on")
        .button("Save");
    let page = desk.page(&account.area(), "Edit properties", &[account.text("userPrincipalName")]);
    page.with_alerts(alerts).with_form(input).with_link("Cancel", account.area().href()).into()
}

fn delete(desk: &mut Desk<'_>, account: &Account, form: Option<&Form>) -> Outcome {
    let question = |desk: &Desk<'_>, alerts: &[String]| {
        let text = format!("Do you want to delete {}? The user can be restored for 30 days.", account.name);
        desk.question(&account.area(), "Delete user", &text, alerts, &account.area().href())
    };
    let path = format!("users/{}", account.id);
    confirmed(desk, form, users::ROOT, question, |desk| desk.change(Method::DELETE, &path, &Value::Null).map(drop))
}
