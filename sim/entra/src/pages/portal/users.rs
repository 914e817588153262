//! Users: the list, a new one, deleted ones (the guide's "Create Service Account").

use serde_json::{Value, json};
use url::form_urlencoded;
use uuid::Uuid;

use super::area::Area;
use super::desk::{Desk, alerts, confirmed, listed, typed};
use super::{Outcome, not_found, user};
use crate::graph::GraphError;
use crate::oauth::Form;
use crate::pages::page::{Answer, Cell, InputKind, Link};

pub(super) const ROOT: &str = "/directory/users";
const DELETED: &str = "/directory/users/deleted";

const OWN_PASSWORD: &str = "Let me create the password";
const MADE_PASSWORD: &str = "Auto-generate password";
/// The letters of a password that the portal makes up, and how many there are.
const LETTERS: &str = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const LETTERS_COUNT: usize = 12;

pub(super) fn blade(desk: &mut Desk<'_>, rest: &[&str], form: Option<&Form>) -> Outcome {
    match (rest, form) {
        ([], None) => list(desk),
        ([], Some(form)) => {
            let search = form.field("search").unwrap_or_default();
            let query = form_urlencoded::Serializer::new(String::new()).append_pair("search", search).finish();
            Ok(Answer::redirect(format!("{ROOT}?{query}")))
        }
        (["new"], None) => {
            let page = desk.page(&Area::Users, "New user", &["Create a new internal user in your organization."]);
            Ok(page.with_link("Create user", format!("{ROOT}/new/create")).with_link("Cancel", ROOT).into())
        }
        (["new", "create"], form) => create(desk, form),
        (["deleted"], None) => deleted(desk),
        (["deleted", id, "restore"], form) => match Uuid::parse_str(id) {
            Ok(id) => restore(desk, id, form),
            Err(_) => Ok(not_found(desk)),
        },
        ([id, rest @ ..], form) => match Uuid::parse_str(id) {
            Ok(id) => user::blade(desk, id, rest, form),
            Err(_) => Ok(not_found(desk)),
        },
    }
}

fn list(desk: &mut Desk<'_>) -> Outcome {
    let search = desk.query("search");
    let quoted = search.replace('\'', "''");
    let filter = format!("startswith(displayName,'{quoted}') or startswith(userPrincipalName,'{quoted}')");
    let select = ("$select", "id,displayName,userPrincipalName,accountEnabled");
    let options = [select, ("$filter", &*filter)];
    let found = desk.list("users", if search.is_empty() { &options[..1] } else { &options })?;
    let rows = found.iter().map(|user| {
        let text = |name: &str| user[name].as_str().unwrap_or_default();
        let name = Cell::link(text("displayName"), format!("{ROOT}/{}", text("id")));
        let enabled = if user["accountEnabled"] == true { "Yes" } else { "No" };
        (vec![name, text("userPrincipalName").into(), enabled.into()], Vec::new())
    });
    let find = desk.form().input("search", "Search users", InputKind::Search, &search);
    let columns = ["Display name", "User principal name", "Account enabled"];
    let page = desk.page(&Area::Users, "Users", listed(&found)).with_table(&columns, rows.collect()).with_form(find);
    Ok(page.with_command("New user", format!("{ROOT}/new")).with_command("Deleted users", DELETED).into())
}

fn create(desk: &mut Desk<'_>, form: Option<&Form>) -> Outcome {
    let Some(form) = form else { return Ok(create_page(desk, None, &[])) };
    let made = (form.field("choice") == Some(MADE_PASSWORD)).then(|| desk.random(LETTERS, LETTERS_COUNT));
    match add(desk, form, made.as_deref()) {
        Ok(user) => Ok(match made {
            None => Answer::redirect(ROOT),
            Some(password) => made_page(desk, &user, &password),
        }),
        Err(refused) => Ok(create_page(desk, Some(form), &alerts(&refused))),
    }
}

fn create_page(desk: &Desk<'_>, form: Option<&Form>, alerts: &[String]) -> Answer {
    let choice = InputKind::Radio(vec![OWN_PASSWORD, MADE_PASSWORD]);
    let input = desk
        .form()
        .input("user", "User name", InputKind::Text, typed(form, "user", ""))
        .input("name", "Name", InputKind::Text, typed(form, "name", ""))
        .input("choice", "Password", choice, typed(form, "choice", MADE_PASSWORD))
        .input("newpassword", "Initial password", InputKind::Password, "")
        .button("Create");
    let domain = format!("The user name is completed by @{}.", desk.domain);
    let page = desk.page(&Area::Users, "Create new user", &[&domain]).with_alerts(alerts).with_form(input);
    page.with_link("Cancel", ROOT).into()
}

/// Whoever is created so changes the password at the first sign-in.
fn add(desk: &mut Desk<'_>, form: &Form, made: Option<&str>) -> Result<Value, GraphError> {
    let user = form.field("user").unwrap_or_default().trim();
    let upn = if user.contains('@') || user.is_empty() { user.to_owned() } else { format!("{user}@{}", desk.domain) };
    let password = made.or_else(|| form.field("newpassword")).unwrap_or_default();
    desk.post(
        "users",
        &json!({
            "accountEnabled": true, "displayName": form.field("name").unwrap_or_default().trim(),
            "mailNickname": upn.split('@').next().unwrap_or_default(), "userPrincipalName": upn,
            "passwordProfile": { "password": password, "forceChangePasswordNextSignIn": true },
        }),
    )
}

/// A password that nobody has typed is shown here and nowhere else.
fn made_page(desk: &Desk<'_>, user: &Value, password: &str) -> Answer {
    let text = |name: &str| user[name].as_str().unwrap_or_default();
    desk.page(&Area::Users, "Successfully created user", &["The password is not visible after you leave this page."])
        .with_fact("User principal name", text("userPrincipalName"))
        .with_fact("Initial password", password)
        .with_link("Done", ROOT)
        .into()
}

fn deleted(desk: &mut Desk<'_>) -> Outcome {
    let select = "id,displayName,userPrincipalName,deletedDateTime";
    let found = desk.list("directory/deletedItems/microsoft.graph.user", &[("$select", select)])?;
    let rows = found.iter().map(|user| {
        let text = |name: &str| user[name].as_str().unwrap_or_default();
        let at: String = text("deletedDateTime").chars().take(10).collect();
        let restore = Link::new("Restore user", format!("{DELETED}/{}/restore", text("id")));
        (vec![text("displayName").into(), text("userPrincipalName").into(), at.into()], vec![restore])
    });
    let text = "Deleted users are kept for 30 days.";
    let columns = ["Display name", "User principal name", "Deletion date"];
    Ok(desk.page(&Area::Users, "Deleted users", &[text]).with_table(&columns, rows.collect()).into())
}

fn restore(desk: &mut Desk<'_>, id: Uuid, form: Option<&Form>) -> Outcome {
    let question = |desk: &Desk<'_>, alerts: &[String]| {
        desk.question(&Area::Users, "Restore user", "Do you want to restore this user?", alerts, DELETED)
    };
    let path = format!("directory/deletedItems/{id}/restore");
    confirmed(desk, form, DELETED, question, |desk| desk.post(&path, &Value::Null).map(drop))
}
