//! Registering a security key through Graph, for somebody or for oneself (entra.md §3.1, §3.2).

use jiff::SignedDuration;
use serde_json::{Value, json};
use wire::Base64Url;

use super::answer::{self, Answer};
use super::call::Call;
use super::error::GraphError;
use super::methods;
use crate::fido::{CHALLENGE_LIFETIME, NewKey, Registrar, RegistrationRefused};

/// How long beta may make a challenge good for.
const MINUTES_RANGE: std::ops::RangeInclusive<i64> = 5..=43_200;
const MINUTES: &str = "challengeTimeoutInMinutes";

/// `creationOptions`.
pub(crate) fn options(call: Call<'_>) -> Result<Answer, GraphError> {
    let lifetime = lifetime(&call)?;
    let user = call.user()?.id;
    call.tenant.check_registration(user, registrar(&call)).map_err(refusal)?;
    let options = call.tenant.creation_options(call.now, user, lifetime);
    let (options, expires) = options.ok_or_else(|| GraphError::no_such_object(&user.to_string()))?;
    Ok(Answer::Ok(json!({
        "@odata.context": call.context("microsoft.graph.webauthnCredentialCreationOptions"),
        "challengeTimeoutDateTime": answer::date(expires),
        "publicKey": options,
    })))
}

/// `challengeTimeoutInMinutes`, in the path or as its alias; only beta has it.
fn lifetime(call: &Call<'_>) -> Result<SignedDuration, GraphError> {
    let in_query = call.query.parameter(MINUTES)?.map(str::to_owned);
    let in_path = call.captures.get(MINUTES).map(str::to_owned);
    let given = match in_path {
        // `@x` in the path is an alias; without a value for it the parameter is absent.
        Some(alias) if alias.starts_with('@') => in_query,
        Some(value) => Some(value),
        None => in_query,
    };
    let is_named = given.is_some() || call.captures.get(MINUTES).is_some();
    if call.version != "beta" && is_named {
        return Err(GraphError::unknown_segment("creationOptions"));
    }
    let Some(given) = given else { return Ok(CHALLENGE_LIFETIME) };
    let minutes = given.parse().ok().filter(|minutes| MINUTES_RANGE.contains(minutes));
    let minutes = minutes.ok_or_else(|| {
        GraphError::bad_method_request(format!("'{given}' is no value for {MINUTES}: it must be between 5 and 43200."))
    })?;
    Ok(SignedDuration::from_mins(minutes))
}

/// `POST fido2Methods`.
pub(crate) fn register(call: Call<'_>) -> Result<Answer, GraphError> {
    let body = call.json(&["displayName", "publicKeyCredential"])?;
    let user = call.user()?.id;
    let new = new_key(&body.into())
        .ok_or_else(|| GraphError::bad_method_request("The request is missing a fido2AuthenticationMethod entity"))?;
    let registered = call.tenant.register_key(call.now, user, registrar(&call), &new);
    let key = registered.map_err(refusal)?;
    Ok(Answer::Created { body: methods::entity(&call, &key)?, location: None })
}

/// `/me` is self-service.
fn registrar(call: &Call<'_>) -> Registrar {
    if call.captures.get("user").is_some() { Registrar::Administrator } else { Registrar::User }
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
