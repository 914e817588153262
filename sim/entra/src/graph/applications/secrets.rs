//! Client secrets: shown once when they are added, by their hint after.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::properties::credential;
use super::{APPLICATION, names};
use crate::applications::{ClientSecret, HINT_CHARS};
use crate::graph::answer::Answer;
use crate::graph::call::{Call, guid, optional_text};
use crate::graph::error::GraphError;
use crate::secret::Digested;
use crate::tenant::Activity;

/// How long a secret lives when nobody says.
const LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 365 * 2);
/// The characters of a secret; real ones have 40, `8Q~` the fourth to the sixth of them.
const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
const CREDENTIAL: &str = "PasswordCredential";

/// `addPassword`.
pub(crate) fn add_password(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let body = call.json(&["passwordCredential"])?;
    let wanted = match body.get("passwordCredential") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(wanted)) => wanted.clone(),
        Some(_) => return Err(GraphError::invalid_value("passwordCredential", APPLICATION)),
    };
    let display_name = optional_text(&wanted, "displayName", CREDENTIAL)?.map(str::to_owned);
    let starts = instant(&wanted, "startDateTime")?.unwrap_or(call.now);
    let expires =
        instant(&wanted, "endDateTime")?.unwrap_or_else(|| starts.checked_add(LIFETIME).unwrap_or(Timestamp::MAX));
    if expires <= starts {
        return Err(GraphError::bad_content("The end date of a credential must be after its start date."));
    }
    let (id, app_id, name) = names(&call)?;
    let (before, after) = (call.tenant.rng.text(ALPHABET, HINT_CHARS), call.tenant.rng.text(ALPHABET, 34));
    let text = format!("{before}8Q~{after}");
    let secret = ClientSecret {
        key_id: call.tenant.rng.uuid(),
        display_name,
        hint: before,
        starts,
        expires,
        digest: Digested::new(&text, &mut call.tenant.rng),
    };
    let mut shown = Map::from_iter([("@odata.context".to_owned(), call.context("microsoft.graph.passwordCredential"))]);
    shown.extend(credential(&secret).as_object().cloned().unwrap_or_default());
    shown.insert("secretText".to_owned(), text.into());
    call.tenant.update_application(app_id, |application| application.secrets.push(secret));
    let what = format!("added a secret to the application {name:?}");
    call.record(activity(id, &name), what);
    Ok(Answer::Ok(Value::Object(shown)))
}

/// `removePassword`.
pub(crate) fn remove_password(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let body = call.json(&["keyId"])?;
    let key_id = guid(&body, "keyId", CREDENTIAL)?;
    let (id, app_id, name) = names(&call)?;
    let removed = call.tenant.update_application(app_id, |application| {
        let at = application.secrets.iter().position(|secret| secret.key_id == key_id)?;
        Some(application.secrets.remove(at))
    });
    if removed.flatten().is_none() {
        return Err(GraphError::bad_content(format!("No password credential found with keyId '{key_id}'.")));
    }
    call.record(activity(id, &name), format!("removed a secret of the application {name:?}"));
    Ok(Answer::NoContent)
}

fn activity(id: Uuid, name: &str) -> Activity {
    Activity::new("Update application – Certificates and secrets management", APPLICATION, id, name)
}

fn instant(wanted: &Map<String, Value>, property: &str) -> Result<Option<Timestamp>, GraphError> {
    let text = optional_text(wanted, property, CREDENTIAL)?;
    let parsed = text.map(str::parse).transpose();
    parsed.map_err(|_| GraphError::invalid_value(property, CREDENTIAL))
}
