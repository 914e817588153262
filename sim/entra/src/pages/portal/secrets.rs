//! Certificates & secrets: client secrets (the guide's "Create Client Secret").

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::desk::{Desk, alerts, confirmed, typed};
use super::registrations::Registration;
use super::{Outcome, not_found};
use crate::graph::GraphError;
use crate::oauth::Form;
use crate::pages::page::{Answer, InputKind, Link, Page};

/// How long a secret may live, and in how many days it has ended.
const EXPIRES: [(&str, i64); 5] = [
    ("180 days (6 months)", 180),
    ("90 days (3 months)", 90),
    ("365 days (12 months)", 365),
    ("545 days (18 months)", 545),
    ("730 days (24 months)", 730),
];
/// What stands behind the first characters of a value that is not visible any more.
const HIDDEN: &str = "******************";

pub(super) fn blade(desk: &mut Desk<'_>, of: &Registration, rest: &[&str], form: Option<&Form>) -> Outcome {
    let back = format!("{}/secrets", of.area().href());
    match (rest, form) {
        ([], None) => Ok(list(desk, of, None).into()),
        (["new"], None) => Ok(new_page(desk, of, None, &[])),
        (["new"], Some(form)) => match add(desk, of, form) {
            // Shown on the answer to the form and nowhere else, since nobody keeps it.
            Ok(secret) => Ok(list(desk, of, Some(&secret)).into()),
            Err(refused) => Ok(new_page(desk, of, Some(form), &alerts(&refused))),
        },
        ([id, "delete"], form) => {
            let Ok(id) = Uuid::parse_str(id) else { return Ok(not_found(desk)) };
            let question = |desk: &Desk<'_>, alerts: &[String]| {
                let text = "Do you want to delete this client secret? Applications that use it can no longer sign in.";
                desk.question(&of.area(), "Delete client secret", text, alerts, &back)
            };
            let path = format!("{}/removePassword", of.path());
            confirmed(desk, form, &back, question, |desk| desk.post(&path, &json!({ "keyId": id })).map(drop))
        }
        _ => Ok(not_found(desk)),
    }
}

/// The secrets, the new one with its value.
fn list(desk: &Desk<'_>, of: &Registration, new: Option<&Value>) -> Page {
    let root = format!("{}/secrets", of.area().href());
    let known = of.document["passwordCredentials"].as_array().into_iter().flatten();
    let rows = known.chain(new).map(|secret| {
        let text = |name: &str| secret[name].as_str().unwrap_or_default();
        let value = match secret["secretText"].as_str() {
            Some(value) => value.to_owned(),
            None => format!("{}{HIDDEN}", text("hint")),
        };
        let expires: String = text("endDateTime").chars().take(10).collect();
        let delete = Link::new("Delete", format!("{root}/{}/delete", text("keyId")));
        (vec![text("displayName").into(), expires.into(), value.into(), text("keyId").into()], vec![delete])
    });
    let mut texts = vec!["A secret string that the application uses to prove its identity when requesting a token."];
    if new.is_some() {
        texts.push("Client secret values cannot be viewed, except for immediately after creation. Be sure to save the secret before you leave the page.");
    }
    let mut page = desk
        .page(&of.area(), "Certificates & secrets", &texts)
        .with_table(&["Description", "Expires", "Value", "Secret ID"], rows.collect())
        .with_command("New client secret", format!("{root}/new"));
    // The answer to the form is the list, too.
    page.frame.iter_mut().for_each(|frame| frame.path.clone_from(&root));
    page
}

fn new_page(desk: &Desk<'_>, of: &Registration, form: Option<&Form>, alerts: &[String]) -> Answer {
    let expires = InputKind::Choice(EXPIRES.map(|(label, _)| label).into());
    let input = desk
        .form()
        .input("description", "Description", InputKind::Text, typed(form, "description", ""))
        .input("expires", "Expires", expires, typed(form, "expires", EXPIRES[0].0))
        .button("Add");
    let page = desk.page(&of.area(), "Add a client secret", &[]).with_alerts(alerts).with_form(input);
    page.with_link("Cancel", format!("{}/secrets", of.area().href())).into()
}

fn add(desk: &mut Desk<'_>, of: &Registration, form: &Form) -> Result<Value, GraphError> {
    let wanted = form.field("expires").unwrap_or_default();
    let days = EXPIRES.iter().find(|(label, _)| *label == wanted).map(|(_, days)| *days);
    let days = days.ok_or_else(|| GraphError::bad_request("Choose when the secret expires."))?;
    let end = desk.now.checked_add(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MAX);
    let credential = json!({ "displayName": form.field("description"), "endDateTime": crate::graph::date(end) });
    desk.post(&format!("{}/addPassword", of.path()), &json!({ "passwordCredential": credential }))
}
