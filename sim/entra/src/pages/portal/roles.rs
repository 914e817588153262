//! Assigned roles of a user (the guide's "Create Service Account"): listed once replication lets them be read.

use serde_json::{Value, json};
use uuid::Uuid;

use super::desk::{Desk, alerts, confirmed, tick, typed};
use super::user::Account;
use super::{Outcome, not_found};
use crate::graph::GraphError;
use crate::oauth::Form;
use crate::pages::page::{Answer, InputKind, Link};
use crate::roles::Role;

const ASSIGNMENTS: &str = "roleManagement/directory/roleAssignments";

pub(super) fn blade(desk: &mut Desk<'_>, of: &Account, rest: &[&str], form: Option<&Form>) -> Outcome {
    match (rest, form) {
        ([], None) => list(desk, of),
        (["add"], form) => add(desk, of, form),
        ([template, "remove"], form) => {
            let role = Uuid::parse_str(template).ok().and_then(Role::by_template_id);
            match role {
                Some(role) => remove(desk, of, role, form),
                None => Ok(not_found(desk)),
            }
        }
        _ => Ok(not_found(desk)),
    }
}

fn root(of: &Account) -> String {
    format!("{}/assigned-roles", of.area().href())
}

fn assignments(desk: &mut Desk<'_>, of: &Account) -> Result<Vec<Value>, GraphError> {
    desk.list(ASSIGNMENTS, &[("$filter", &format!("principalId eq '{}'", of.id))])
}

fn role_of(assignment: &Value) -> Option<Role> {
    Role::by_template_id(Uuid::parse_str(assignment["roleDefinitionId"].as_str()?).ok()?)
}

fn list(desk: &mut Desk<'_>, of: &Account) -> Outcome {
    let assignments = assignments(desk, of)?;
    let rows = assignments.iter().filter_map(role_of).map(|role| {
        let remove = Link::new("Remove", format!("{}/{}/remove", root(of), role.template_id()));
        (vec![role.display_name().into(), role.description().into(), "Directory".into()], vec![remove])
    });
    let page =
        desk.page(&of.area(), "Assigned roles", &["Changes can take a while to appear. Refresh the page to see them."]);
    let page = page.with_table(&["Role", "Description", "Scope"], rows.collect());
    Ok(page.with_command("Add Assignments", format!("{}/add", root(of))).with_command("Refresh", root(of)).into())
}

/// The roles, to tick; "Search" narrows them down and keeps what is ticked.
fn add(desk: &mut Desk<'_>, of: &Account, form: Option<&Form>) -> Outcome {
    let ticked: Vec<Role> =
        Role::all().filter(|role| form.is_some_and(|form| form.field(&field(*role)).is_some())).collect();
    if form.is_none_or(|form| form.field("do") != Some("add")) {
        return Ok(add_page(desk, &ticked, of, form, &[]));
    }
    // One by one, as the portal does; what was done before a refusal stays done.
    for role in &ticked {
        let assignment =
            json!({ "roleDefinitionId": role.template_id(), "principalId": of.id, "directoryScopeId": "/" });
        if let Err(refused) = desk.post(ASSIGNMENTS, &assignment) {
            return Ok(add_page(desk, &ticked, of, form, &alerts(&refused)));
        }
    }
    Ok(Answer::redirect(root(of)))
}

fn add_page(desk: &Desk<'_>, ticked: &[Role], of: &Account, form: Option<&Form>, alerts: &[String]) -> Answer {
    let search = typed(form, "search", "");
    let fits =
        |role: &Role| ticked.contains(role) || role.display_name().to_lowercase().contains(&search.to_lowercase());
    let input = desk.form().input("search", "Search by name", InputKind::Search, search);
    let input = Role::all()
        .filter(fits)
        .fold(input, |input, role| input.input(field(role), role.display_name(), tick(ticked.contains(&role)), "on"));
    let page = desk.page(&of.area(), "Directory roles", &["Choose the roles to assign."]).with_alerts(alerts);
    page.with_form(input.choice("Add", "do", "add")).with_link("Cancel", root(of)).into()
}

/// The name of a role's box.
fn field(role: Role) -> String {
    role.template_id().to_string()
}

fn remove(desk: &mut Desk<'_>, of: &Account, role: Role, form: Option<&Form>) -> Outcome {
    let question = |desk: &Desk<'_>, alerts: &[String]| {
        let text = format!("Do you want to remove the role {} from {}?", role.display_name(), of.name);
        desk.question(&of.area(), "Remove assignment", &text, alerts, &root(of))
    };
    confirmed(desk, form, &root(of), question, |desk| {
        let held = assignments(desk, of)?;
        let Some(held) = held.iter().find(|assignment| role_of(assignment) == Some(role)) else { return Ok(()) };
        desk.delete(&format!("{ASSIGNMENTS}/{}", held["id"].as_str().unwrap_or_default()))
    })
}
