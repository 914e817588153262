//! Registering a security key for somebody through Graph (entra.md §3.1, §3.2).

use serde_json::{Value, json};
use wire::Base64Url;

use super::answer::{self, Answer};
use super::call::Call;
use super::error::GraphError;
use super::methods;
use crate::fido::{NewKey, Registrar, RegistrationRefused};

/// `creationOptions`.
pub(crate) fn options(call: Call<'_>) -> Result<Answer, GraphError> {
    call.query.refuse_all()?;
    let user = call.user()?.id;
    call.tenant.check_registration(user, Registrar::Administrator).map_err(refusal)?;
    let options = call.tenant.creation_options(call.now, user);
    let (options, expires) = options.ok_or_else(|| GraphError::no_such_object(&user.to_string()))?;
    Ok(Answer::Ok(json!({
        "@odata.context": call.context("microsoft.graph.webauthnCredentialCreationOptions"),
        "challengeTimeoutDateTime": answer::date(expires),
        "publicKey": options,
    })))
}

/// `POST fido2Methods`.
pub(crate) fn register(call: Call<'_>) -> Result<Answer, GraphError> {
    let body = call.json(&["displayName", "publicKeyCredential"])?;
    let user = call.user()?.id;
    let new = new_key(&body.into())
        .ok_or_else(|| GraphError::bad_method_request("The request is missing a fido2AuthenticationMethod entity"))?;
    let registered = call.tenant.register_key(call.now, user, Registrar::Administrator, &new);
    let key = registered.map_err(refusal)?;
    let body = methods::entity(&call, call.user()?, &key);
    Ok(Answer::Created { body, location: None })
}

fn new_key(body: &Value) -> Option<NewKey> {
    let credential = &body["publicKeyCredential"];
    let response = credential["response"].as_object()?;
    // Clients write both clientDataJSON and clientDataJson, and the service takes both.
    let bytes = |name: &str| {
        let (_, value) = response.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        Base64Url::parse(value.as_str()?).map(|bytes| bytes.0)
    };
    Some(NewKey {
        display_name: body["displayName"].as_str()?.to_owned(),
        credential_id: Base64Url::parse(credential["id"].as_str()?)?.0,
        client_data_json: bytes("clientDataJSON")?,
        attestation_object: bytes("attestationObject")?,
        transports: Vec::new(),
    })
}

/// A refused registration carries JSON text in its message, with a sub-code (entra.md §3.2).
fn refusal(refused: RegistrationRefused) -> GraphError {
    GraphError::bad_method_request(refused.graph_message())
}
