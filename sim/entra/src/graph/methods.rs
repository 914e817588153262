//! Authentication methods of a user (entra.md §2.9): password, phones, Temporary Access Pass, security keys.

mod passes;
mod passwords;
mod phones;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::answer::{self, Answer};
use super::call::{Call, text};
use super::error::GraphError;
use crate::directory::User;
use crate::fido::{AttestationLevel, Passkey, PasskeyType};

pub(crate) use passes::{add_pass, delete_pass, pass, passes};
pub(crate) use passwords::{password, passwords, reset_password};
pub(crate) use phones::{add_phone, change_phone, delete_phone, phone, phones};

/// The longest name of a key.
const NAME_CHARS_MAX: usize = 30;

/// `authentication/methods`: of every kind.
pub(crate) fn all(call: Call<'_>) -> Result<Answer, GraphError> {
    call.query.refuse_all()?;
    let methods: Vec<Value> = every(&call, call.user()?);
    Ok(list(&call, "methods", methods))
}

/// `authentication/methods/{method}`, whatever its kind.
pub(crate) fn one(call: Call<'_>) -> Result<Answer, GraphError> {
    call.query.refuse_all()?;
    let wanted = call.captures.get("method").unwrap_or_default();
    let found = every(&call, call.user()?).into_iter().find(|method| method["id"] == wanted);
    single(&call, "methods", found.ok_or_else(|| GraphError::no_such_method(wanted))?)
}

fn every(call: &Call<'_>, user: &User) -> Vec<Value> {
    let typed = |kind: &str, properties: Value| {
        let mut method = json!({ "@odata.type": format!("#microsoft.graph.{kind}AuthenticationMethod") });
        method.as_object_mut().expect("made as an object").extend(properties.as_object().cloned().unwrap_or_default());
        method
    };
    let password = std::iter::once(typed("password", passwords::properties(user)));
    let phones = phones::all(user).into_iter().map(|phone| typed("phone", phone));
    let passes = passes::of(user, call.now).map(|pass| typed("temporaryAccessPass", pass));
    let keys = call.tenant.passkeys.of_user(user.id).into_iter().map(|key| typed("fido2", properties(key)));
    password.chain(phones).chain(passes).chain(keys).collect()
}

pub(crate) fn keys(call: Call<'_>) -> Result<Answer, GraphError> {
    call.query.refuse_all()?;
    let keys = call.tenant.passkeys.of_user(call.user()?.id).into_iter().map(properties).collect();
    Ok(list(&call, "fido2Methods", keys))
}

pub(crate) fn key(call: Call<'_>) -> Result<Answer, GraphError> {
    call.query.refuse_all()?;
    let user = call.user()?;
    let method = call.captures.get("method").unwrap_or_default();
    let key = call.tenant.passkeys.method(user.id, method).ok_or_else(|| GraphError::no_such_method(method))?;
    single(&call, "fido2Methods", properties(key))
}

pub(crate) fn rename_key(call: Call<'_>) -> Result<Answer, GraphError> {
    let body = call.json(&["displayName"])?;
    let name = text(&body, "displayName", "Fido2AuthenticationMethod")?;
    if name.chars().count() > NAME_CHARS_MAX {
        return Err(GraphError::bad_method_request("The display name must have 1 to 30 characters."));
    }
    let user = call.user()?.id;
    let method = call.captures.get("method").unwrap_or_default();
    let renamed = call.tenant.rename_key(call.caller.name(), user, method, name);
    renamed.ok_or_else(|| GraphError::no_such_method(method))?;
    Ok(Answer::NoContent)
}

pub(crate) fn delete_key(call: Call<'_>) -> Result<Answer, GraphError> {
    let method = call.captures.get("method").unwrap_or_default();
    let id = call.user()?.id;
    let deleted = call.tenant.delete_key(call.caller.name(), id, method);
    deleted.ok_or_else(|| GraphError::no_such_method(method))?;
    Ok(Answer::NoContent)
}

/// One key as an answer of its own.
pub(super) fn entity(call: &Call<'_>, key: &Passkey) -> Result<Value, GraphError> {
    body(call, "fido2Methods", properties(key))
}

fn context(call: &Call<'_>, collection: &str, suffix: &str) -> Result<Value, GraphError> {
    let user = call.user()?.id;
    Ok(call.context(&format!("users('{user}')/authentication/{collection}{suffix}")))
}

fn list(call: &Call<'_>, collection: &str, methods: Vec<Value>) -> Answer {
    let context = context(call, collection, "").unwrap_or_default();
    Answer::Ok(json!({ "@odata.context": context, "value": methods }))
}

fn single(call: &Call<'_>, collection: &str, method: Value) -> Result<Answer, GraphError> {
    body(call, collection, method).map(Answer::Ok)
}

fn body(call: &Call<'_>, collection: &str, method: Value) -> Result<Value, GraphError> {
    let mut body = json!({ "@odata.context": context(call, collection, "/$entity")? });
    body.as_object_mut().expect("made as an object").extend(method.as_object().cloned().unwrap_or_default());
    Ok(body)
}

/// Certificates are named by their SHA-256 thumbprint (convention of the lab; Entra's are SHA-1).
fn properties(key: &Passkey) -> Value {
    let thumbprint = |der: &Vec<u8>| Sha256::digest(der).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    json!({
        "id": key.method_id(), "displayName": key.display_name, "createdDateTime": answer::date(key.created),
        "aaGuid": key.aaguid, "model": key.model(),
        "attestationCertificates": key.attestation_chain.iter().map(thumbprint).collect::<Vec<_>>(),
        "attestationLevel": match key.attestation_level {
            AttestationLevel::Attested => "attested",
            AttestationLevel::NotAttested => "notAttested",
        },
        "passkeyType": match key.kind {
            PasskeyType::DeviceBound => "deviceBound",
            PasskeyType::Synced => "synced",
        },
    })
}
