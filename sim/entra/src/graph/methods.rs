//! Authentication methods of a user (entra.md §2.9): password, phone, FIDO2 security keys.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::answer::{self, Answer};
use super::call::Call;
use super::error::GraphError;
use crate::directory::User;
use crate::fido::{AttestationLevel, Passkey, PasskeyType};

/// The one password method of every user.
const PASSWORD_METHOD: &str = "28c10230-6103-485e-b985-444c60001490";
/// The mobile phone method of every user who has one.
const MOBILE_METHOD: &str = "3179e48a-750b-4051-897c-87b9720928f7";

pub(crate) fn all(call: Call<'_>) -> Result<Answer, GraphError> {
    call.query.refuse_all()?;
    let user = call.user()?;
    let keys = call.tenant.passkeys.of_user(user.id).into_iter().map(|key| {
        let mut method = json!({ "@odata.type": "#microsoft.graph.fido2AuthenticationMethod" });
        method.as_object_mut().expect("made as an object").extend(properties(key));
        method
    });
    let methods: Vec<Value> = std::iter::once(password(user)).chain(phone(user)).chain(keys).collect();
    let context = call.context(&format!("users('{}')/authentication/methods", user.id));
    Ok(Answer::Ok(json!({ "@odata.context": context, "value": methods })))
}

pub(crate) fn keys(call: Call<'_>) -> Result<Answer, GraphError> {
    call.query.refuse_all()?;
    let user = call.user()?;
    let keys: Vec<Value> =
        call.tenant.passkeys.of_user(user.id).into_iter().map(|key| Value::Object(properties(key))).collect();
    Ok(Answer::Ok(json!({ "@odata.context": context(&call, user, ""), "value": keys })))
}

pub(crate) fn key(call: Call<'_>) -> Result<Answer, GraphError> {
    call.query.refuse_all()?;
    let user = call.user()?;
    let method = call.captures.get("method").unwrap_or_default();
    let key = call.tenant.passkeys.method(user.id, method).ok_or_else(|| GraphError::no_such_method(method))?;
    Ok(Answer::Ok(entity(&call, user, key)))
}

pub(crate) fn delete_key(call: Call<'_>) -> Result<Answer, GraphError> {
    let method = call.captures.get("method").unwrap_or_default();
    let id = call.user()?.id;
    let deleted = call.tenant.delete_key(call.caller.name(), id, method);
    deleted.ok_or_else(|| GraphError::no_such_method(method))?;
    Ok(Answer::NoContent)
}

/// One key as an answer of its own.
pub(super) fn entity(call: &Call<'_>, user: &User, key: &Passkey) -> Value {
    let mut body = json!({ "@odata.context": context(call, user, "/$entity") });
    body.as_object_mut().expect("made as an object").extend(properties(key));
    body
}

fn context(call: &Call<'_>, user: &User, suffix: &str) -> Value {
    call.context(&format!("users('{}')/authentication/fido2Methods{suffix}", user.id))
}

/// Certificates are named by their SHA-256 thumbprint (convention of the lab; Entra's are SHA-1).
fn properties(key: &Passkey) -> serde_json::Map<String, Value> {
    let thumbprint = |der: &Vec<u8>| Sha256::digest(der).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let method = json!({
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
    });
    method.as_object().cloned().unwrap_or_default()
}

fn password(user: &User) -> Value {
    json!({
        "@odata.type": "#microsoft.graph.passwordAuthenticationMethod", "id": PASSWORD_METHOD, "password": null,
        "createdDateTime": answer::date(user.created),
    })
}

fn phone(user: &User) -> Option<Value> {
    let number = user.phone.as_deref()?;
    Some(json!({
        "@odata.type": "#microsoft.graph.phoneAuthenticationMethod", "id": MOBILE_METHOD, "phoneNumber": number,
        "phoneType": "mobile", "smsSignInState": "notConfigured",
    }))
}
