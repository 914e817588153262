//! Who asks for a token, and how it proves to be itself (RFC 6749 §2.3, RFC 7523 §2.2).

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::{TokenRequest, assertion, form};
use crate::applications::{Application, ClientKind, SecretCheck};
use crate::error::{Refusal, aadsts};
use crate::tenant::Tenant;
use crate::tokens::{Client, Proof};

/// What a client brings to prove itself.
enum Credential<'a> {
    Nothing,
    Secret(&'a str),
    Assertion(&'a str),
}

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// The only capability that clients have: continuous access evaluation.
const CONTINUOUS_ACCESS_EVALUATION: &str = "CP1";

/// The client that a request names, once it has proved to be it; `missing` is what a confidential one is told that
/// brings nothing.
pub(super) fn authenticated(
    tenant: &mut Tenant,
    now: Timestamp,
    request: &TokenRequest<'_>,
    missing: &'static aadsts::Code,
) -> Result<Client, Refusal> {
    let basic = request.authorization.and_then(basic_credentials);
    let (client_id, credential) = match &basic {
        Some((id, secret)) => (id.as_str(), Credential::Secret(secret)),
        None => named(request)?,
    };
    let app_id = tenant.client(client_id)?.app_id;
    let counted = tenant.throttle.charge_token_request(now, app_id);
    counted.map_err(|excess| aadsts::THROTTLED.refuse().retry_after(excess.retry_after_s))?;
    let app = tenant.client(client_id)?;
    let proof = match (app.kind, credential) {
        (ClientKind::Confidential, Credential::Nothing) => return Err(missing.refuse()),
        (ClientKind::Confidential, Credential::Secret(secret)) => {
            check_secret(now, app, secret)?;
            Proof::Secret
        }
        (ClientKind::Confidential, Credential::Assertion(assertion)) => {
            assertion::check(tenant, now, app, request.origin, assertion)?;
            Proof::Certificate
        }
        // Nothing proves a public client to be itself, so it cannot be the subject of a token.
        (_, Credential::Nothing) if missing != aadsts::MISSING_SECRET => {
            return Err(missing.refuse());
        }
        (ClientKind::Public | ClientKind::FirstParty, Credential::Nothing) => Proof::Nothing,
        (ClientKind::Public | ClientKind::FirstParty, _) => return Err(aadsts::PUBLIC_CLIENT_SECRET.refuse()),
    };
    Ok(Client { app: Arc::clone(app), proof, capabilities: capabilities(request.form.field("claims")) })
}

/// The client id of a request, for the log: nothing has proved it.
pub(super) fn claimed(request: &TokenRequest<'_>) -> Option<Uuid> {
    let basic = request.authorization.and_then(basic_credentials).map(|(id, _)| id);
    Uuid::parse_str(basic.as_deref().or(request.form.field("client_id"))?).ok()
}

/// The client that a form names, and what it brings.
fn named<'a>(request: &TokenRequest<'a>) -> Result<(&'a str, Credential<'a>), Refusal> {
    let client_id = request.form.required("client_id")?;
    let assertion = request.form.field("client_assertion");
    let credential = match (request.form.field("client_secret"), assertion) {
        (Some(secret), _) => Credential::Secret(secret),
        (None, Some(_)) if request.form.field("client_assertion_type") != Some(ASSERTION_TYPE) => {
            return Err(aadsts::MISSING_PARAMETER.refuse().with("name", "client_assertion_type"));
        }
        (None, Some(assertion)) => Credential::Assertion(assertion),
        (None, None) => Credential::Nothing,
    };
    Ok((client_id, credential))
}

fn check_secret(now: Timestamp, app: &Application, secret: &str) -> Result<(), Refusal> {
    let code = match app.check_secret(now, secret) {
        SecretCheck::Valid => return Ok(()),
        SecretCheck::Expired => aadsts::EXPIRED_SECRET,
        SecretCheck::Wrong => aadsts::WRONG_SECRET,
    };
    Err(code.refuse().with("id", &app.app_id.to_string()))
}

/// `Basic` credentials; RFC 6749 §2.3.1 has both halves form-encoded.
fn basic_credentials(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((form::decoded(id), form::decoded(secret)))
}

/// What `claims` says of `xms_cc`; a value that nobody knows is left out.
fn capabilities(claims: Option<&str>) -> Vec<&'static str> {
    let claims = claims.and_then(|claims| serde_json::from_str::<Value>(claims).ok()).unwrap_or_default();
    let values = claims.pointer("/access_token/xms_cc/values").and_then(Value::as_array);
    let known = values.is_some_and(|values| values.iter().any(|value| value == CONTINUOUS_ACCESS_EVALUATION));
    if known { vec![CONTINUOUS_ACCESS_EVALUATION] } else { Vec::new() }
}
