//! Authentication methods of a user, as an administrator sees and deletes them.

use serde_json::Value;

use super::desk::{Desk, confirmed};
use super::user::Account;
use super::{Outcome, not_found};
use crate::graph::GraphError;
use crate::oauth::Form;
use crate::pages::page::Link;

pub(super) fn blade(desk: &mut Desk<'_>, of: &Account, rest: &[&str], form: Option<&Form>) -> Outcome {
    match (rest, form) {
        ([], None) => list(desk, of),
        ([method, "delete"], form) => delete(desk, of, method, form),
        _ => Ok(not_found(desk)),
    }
}

fn methods(desk: &mut Desk<'_>, of: &Account) -> Result<Vec<Value>, GraphError> {
    let methods = desk.read(&format!("users/{}/authentication/methods", of.id))?;
    Ok(methods["value"].as_array().cloned().unwrap_or_default())
}

/// What a method is called, what tells it apart, and under which collection an administrator deletes it.
fn described(method: &Value) -> (&'static str, String, Option<&'static str>) {
    let text = |name: &str| method[name].as_str().unwrap_or_default().to_owned();
    match method["@odata.type"].as_str().unwrap_or_default() {
        "#microsoft.graph.fido2AuthenticationMethod" => {
            ("FIDO2 security key", text("displayName"), Some("fido2Methods"))
        }
        "#microsoft.graph.phoneAuthenticationMethod" => ("Phone number", text("phoneNumber"), Some("phoneMethods")),
        "#microsoft.graph.temporaryAccessPassAuthenticationMethod" => {
            ("Temporary Access Pass", String::new(), Some("temporaryAccessPassMethods"))
        }
        _ => ("Password", String::new(), None),
    }
}

fn root(of: &Account) -> String {
    format!("{}/authentication-methods", of.area().href())
}

fn list(desk: &mut Desk<'_>, of: &Account) -> Outcome {
    let methods = methods(desk, of)?;
    let rows = methods.iter().map(|method| {
        let (kind, detail, collection) = described(method);
        let id = method["id"].as_str().unwrap_or_default();
        let delete = collection.map(|_| Link::new("Delete", format!("{}/{id}/delete", root(of))));
        (vec![kind.into(), detail.into()], delete.into_iter().collect())
    });
    let text = "Authentication methods are the ways users sign into Microsoft Entra ID.";
    let page = desk.page(&of.area(), "Authentication methods", &[text]);
    Ok(page.with_table(&["Authentication method", "Detail"], rows.collect()).into())
}

fn delete(desk: &mut Desk<'_>, of: &Account, id: &str, form: Option<&Form>) -> Outcome {
    let methods = methods(desk, of)?;
    let found = methods.iter().find(|method| method["id"] == *id).map(described);
    let Some((kind, detail, Some(collection))) = found else { return Ok(not_found(desk)) };
    let question = |desk: &Desk<'_>, alerts: &[String]| {
        let text = format!("Do you want to delete the method {kind} {detail}? {} can no longer use it.", of.name);
        desk.question(&of.area(), "Delete authentication method", &text, alerts, &root(of))
    };
    let path = format!("users/{}/authentication/{collection}/{id}", of.id);
    confirmed(desk, form, &root(of), question, |desk| desk.delete(&path))
}
