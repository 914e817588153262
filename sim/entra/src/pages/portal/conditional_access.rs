//! Conditional Access policies: a new one, its state, and whom it leaves out (the guide's "One Condition").

use serde_json::{Value, json};
use uuid::Uuid;

use super::area::Area;
use super::desk::{Desk, alerts, typed};
use super::{Outcome, not_found};
use crate::graph::GraphError;
use crate::oauth::Form;
use crate::pages::page::{Answer, Cell, InputKind};

pub(super) const ROOT: &str = "/directory/security/conditional-access";
const POLICIES: &str = "identity/conditionalAccess/policies";

/// "Enable policy", and Graph's `state`.
const STATES: [(&str, &str); 3] =
    [("Report-only", "enabledForReportingButNotEnforced"), ("On", "enabled"), ("Off", "disabled")];
/// "Grant", and one of Graph's `builtInControls`.
const GRANTS: [(&str, &str); 4] = [
    ("Require multifactor authentication", "mfa"),
    ("Require device to be marked as compliant", "compliantDevice"),
    ("Require Microsoft Entra hybrid joined device", "domainJoinedDevice"),
    ("Block access", "block"),
];
/// "Grant" by an authentication strength.
const RESISTANT: &str = "Require phishing-resistant MFA";
const RESISTANT_ID: &str = "00000000-0000-0000-0000-000000000004";
const ALL_USERS: &str = "All users";
const SELECTED: &str = "Select users";
const UNCHANGED: &str = "As it is";
/// Words of Graph that stand for users, beside `All`.
const WORDS: [&str; 2] = ["None", "GuestsOrExternalUsers"];

pub(super) fn blade(desk: &mut Desk<'_>, rest: &[&str], form: Option<&Form>) -> Outcome {
    match (rest, form) {
        ([], None) => list(desk),
        (["new"], form) => edit(desk, None, form),
        ([id], form) => match Uuid::parse_str(id) {
            Ok(id) => {
                let policy = desk.read(&format!("{POLICIES}/{id}"))?;
                edit(desk, Some(&policy), form)
            }
            Err(_) => Ok(not_found(desk)),
        },
        _ => Ok(not_found(desk)),
    }
}

fn list(desk: &mut Desk<'_>) -> Outcome {
    let found = desk.list(POLICIES, &[])?;
    let rows = found.iter().map(|policy| {
        let text = |name: &str| policy[name].as_str().unwrap_or_default();
        let state = STATES.iter().find(|(_, state)| *state == text("state")).map_or("", |(label, _)| label);
        (vec![Cell::link(text("displayName"), format!("{ROOT}/{}", text("id"))), state.into()], Vec::new())
    });
    let page = desk.page(&Area::Security, "Conditional Access policies", &[]);
    Ok(page
        .with_table(&["Policy name", "State"], rows.collect())
        .with_command("New policy", format!("{ROOT}/new"))
        .into())
}

fn edit(desk: &mut Desk<'_>, policy: Option<&Value>, form: Option<&Form>) -> Outcome {
    let mut refused = Vec::new();
    if let Some(form) = form {
        match save(desk, policy, form) {
            Ok(()) => return Ok(Answer::redirect(ROOT)),
            Err(error) => refused = alerts(&error),
        }
    }
    page(desk, policy, form, &refused)
}

fn page(desk: &mut Desk<'_>, policy: Option<&Value>, form: Option<&Form>, alerts: &[String]) -> Outcome {
    let nothing = Value::Null;
    let policy_or_nothing = policy.unwrap_or(&nothing);
    let users = &policy_or_nothing["conditions"]["users"];
    let included = user_names(desk, &users["includeUsers"]);
    let excluded = user_names(desk, &users["excludeUsers"]);
    let name = policy_or_nothing["displayName"].as_str().unwrap_or_default();
    let state = policy_or_nothing["state"].as_str().unwrap_or("enabledForReportingButNotEnforced");
    let state = STATES.iter().find(|(_, known)| *known == state).map_or(STATES[0].0, |(label, _)| label);
    let include = if policy.is_none() || users["includeUsers"][0] == "All" { ALL_USERS } else { SELECTED };
    // What a policy grants by more than one control is not for this page to change.
    let known = policy.is_some().then_some(UNCHANGED).into_iter();
    let grants: Vec<&'static str> = known.chain(GRANTS.map(|(label, _)| label)).chain([RESISTANT]).collect();
    let grant = grants[0];
    let states = InputKind::Choice(STATES.map(|(label, _)| label).into());
    let input = desk
        .form()
        .input("name", "Name", InputKind::Text, typed(form, "name", name))
        .input("include", "Include", InputKind::Choice(vec![ALL_USERS, SELECTED]), typed(form, "include", include))
        .input("included", "Include users", InputKind::Text, typed(form, "included", &included))
        .input("excluded", "Exclude users", InputKind::Text, typed(form, "excluded", &excluded))
        .input("grant", "Grant", InputKind::Choice(grants), typed(form, "grant", grant))
        .input("state", "Enable policy", states, typed(form, "state", state))
        .button(if policy.is_some() { "Save" } else { "Create" });
    let title = if policy.is_some() { name } else { "New Conditional Access policy" };
    let text = "Users are named by their user principal names, separated by commas. Target resources: all resources.";
    let mut page = desk.page(&Area::Security, title, &[text]).with_alerts(alerts).with_form(input);
    for (fact, list) in [("Include groups", "includeGroups"), ("Exclude groups", "excludeGroups")] {
        let count = users[list].as_array().map_or(0, Vec::len);
        if count > 0 {
            page = page.with_fact(fact, count.to_string());
        }
    }
    Ok(page.with_link("Cancel", ROOT).into())
}

/// The principal names of users by id, separated by commas; words stay, apart from `All`.
fn user_names(desk: &mut Desk<'_>, ids: &Value) -> String {
    let ids = ids.as_array().into_iter().flatten().filter_map(Value::as_str).filter(|id| *id != "All");
    let named = ids.map(|id| {
        let user =
            Uuid::parse_str(id).ok().and_then(|id| desk.read(&format!("users/{id}?$select=userPrincipalName")).ok());
        let name = user.and_then(|user| Some(user["userPrincipalName"].as_str()?.to_owned()));
        name.unwrap_or_else(|| id.to_owned())
    });
    named.collect::<Vec<_>>().join(", ")
}

fn save(desk: &mut Desk<'_>, policy: Option<&Value>, form: &Form) -> Result<(), GraphError> {
    let include = match form.field("include") {
        Some(ALL_USERS) => vec!["All".to_owned()],
        _ => user_ids(desk, form.field("included").unwrap_or_default())?,
    };
    let exclude = user_ids(desk, form.field("excluded").unwrap_or_default())?;
    let state = STATES.iter().find(|(label, _)| form.field("state") == Some(label)).map(|(_, state)| state);
    let mut document = json!({
        "displayName": form.field("name").unwrap_or_default().trim(), "state": state,
        "conditions": { "users": { "includeUsers": include, "excludeUsers": exclude } },
    });
    if form.field("grant") != Some(UNCHANGED) {
        document["grantControls"] = grant(form.field("grant").unwrap_or_default());
    }
    match policy {
        Some(policy) => desk.patch(&format!("{POLICIES}/{}", policy["id"].as_str().unwrap_or_default()), &document),
        None => {
            document["conditions"]["applications"] = json!({ "includeApplications": ["All"] });
            desk.post(POLICIES, &document).map(drop)
        }
    }
}

fn grant(label: &str) -> Value {
    if label == RESISTANT {
        return json!({ "operator": "OR", "builtInControls": [], "authenticationStrength": { "id": RESISTANT_ID } });
    }
    let control = GRANTS.iter().find(|(known, _)| *known == label).map(|(_, control)| control);
    json!({ "operator": "OR", "builtInControls": control.into_iter().collect::<Vec<_>>(), "authenticationStrength": null })
}

/// The ids of users by their principal names or ids; words stay.
fn user_ids(desk: &mut Desk<'_>, names: &str) -> Result<Vec<String>, GraphError> {
    let names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
    names
        .map(|name| match Uuid::parse_str(name) {
            Ok(id) => Ok(id.to_string()),
            Err(_) if WORDS.contains(&name) => Ok(name.to_owned()),
            Err(_) => desk.named("users", "userPrincipalName", name),
        })
        .collect()
}
