//! Windows sign-in: nonce, primary refresh token, browser single sign-on (entra.md §3.6; MS-OAPXBC).
//!
//! Conventions of the lab: the request is signed ES256 with the device's P-256 key and names the device by `kid`, where
//! Windows sends a certificate; the session key comes back in the clear (`session_key`) instead of as a JWE; and the
//! variant that carries a WebAuthn assertion, which Microsoft has not published, is
//! `grant_type: urn:passkey-lab:params:oauth:grant-type:fido`.

mod jws;
mod nonces;
mod prt;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;
use wire::Base64Url;

use crate::applications::first_party;
use crate::directory::Device;
use crate::error::{Refusal, aadsts};
use crate::es256::PublicKey;
use crate::event::{Event, Grant};
use crate::fido::AssertionParts;
use crate::oauth::Form;
use crate::tenant::{SignIn, Tenant};
use jws::Jws;
pub(crate) use nonces::Nonces;
pub(crate) use prt::{PrimaryRefreshTokens, SingleSignOn, single_sign_on};

/// What the device signed.
#[derive(Deserialize)]
struct Request {
    request_nonce: Option<String>,
    #[serde(default)]
    scope: String,
    #[serde(flatten)]
    credential: Credential,
}

/// What a device signs for itself.
#[derive(Deserialize)]
struct DeviceRequest {
    #[serde(default)]
    request_nonce: String,
}

/// What the person brought, by `grant_type`.
#[derive(Deserialize)]
#[serde(tag = "grant_type")]
enum Credential {
    #[serde(rename = "password")]
    Password { username: String, password: String },
    #[serde(rename = "urn:passkey-lab:params:oauth:grant-type:fido")]
    Fido { assertion: Box<wire::webauthn::Assertion> },
    #[serde(other)]
    Unsupported,
}

/// `srv_challenge`: a nonce for the next request.
pub(crate) fn challenge(tenant: &mut Tenant, now: Timestamp) -> Value {
    json!({ "Nonce": tenant.nonces.issue(now, &mut tenant.rng) })
}

/// The signed request: device, nonce, then the person, in this order.
pub(crate) fn sign_in(tenant: &mut Tenant, now: Timestamp, form: &Form) -> Result<Value, Refusal> {
    let jws = Jws::parse(form.required("request")?).ok_or_else(|| aadsts::MALFORMED_REQUEST.refuse())?;
    let device = authenticated_device(tenant, &jws)?;
    let request: Request = jws.payload().ok_or_else(|| aadsts::MALFORMED_REQUEST.refuse())?;
    let nonce = request.request_nonce.unwrap_or_default();
    tenant.nonces.spend(now, &nonce)?;
    let sign_in = authenticate(tenant, now, request.credential, &nonce)?;
    Ok(answer(tenant, now, device, sign_in, request.scope))
}

/// A request in which only the device proves itself: its device id. The nonce is spent.
pub(crate) fn signed_by_device(tenant: &mut Tenant, now: Timestamp, form: &Form) -> Result<Uuid, Refusal> {
    let jws = Jws::parse(form.required("request")?).ok_or_else(|| aadsts::MALFORMED_REQUEST.refuse())?;
    let device = authenticated_device(tenant, &jws)?;
    let request: DeviceRequest = jws.payload().ok_or_else(|| aadsts::MALFORMED_REQUEST.refuse())?;
    tenant.nonces.spend(now, &request.request_nonce)?;
    Ok(device)
}

/// The device that signed, by the `kid` of the header.
fn authenticated_device(tenant: &Tenant, jws: &Jws<'_>) -> Result<Uuid, Refusal> {
    let id = jws.header("kid").and_then(|kid| Uuid::parse_str(&kid).ok());
    let unknown = || aadsts::DEVICE_NOT_FOUND.refuse().with("tenant", &tenant.id().to_string());
    let device: &Device = id.and_then(|id| tenant.device(id)).ok_or_else(unknown)?;
    if !device.account_enabled {
        return Err(aadsts::FIDO_DEVICE_DISABLED.refuse());
    }
    let key = PublicKey::from_sec1(&device.public_key);
    match key.is_some_and(|key| jws.is_signed_by(&key)) {
        true => Ok(device.device_id),
        false => Err(aadsts::DEVICE_AUTHENTICATION.refuse()),
    }
}

fn authenticate(tenant: &mut Tenant, now: Timestamp, credential: Credential, nonce: &str) -> Result<SignIn, Refusal> {
    match credential {
        Credential::Password { username, password } => {
            let user = tenant.check_password(now, &username, &password)?;
            Ok(SignIn { user, amr: vec!["pwd".into()], at: now, device: None })
        }
        Credential::Fido { assertion } => {
            let parts = AssertionParts::from(*assertion);
            let signed_in = tenant.sign_in_with_key_at_windows(now, &parts, nonce);
            signed_in.map_err(|refused| refused.code().refuse())
        }
        Credential::Unsupported => Err(aadsts::UNSUPPORTED_GRANT.refuse()),
    }
}

fn answer(tenant: &mut Tenant, now: Timestamp, device: Uuid, mut sign_in: SignIn, scope: String) -> Value {
    // The device's own signature is a proof beside the person's.
    sign_in.amr.push("rsa".into());
    sign_in.device = Some(device);
    let user = tenant.user(sign_in.user).expect("the sign-in found the user").clone();
    tenant.record(Event::SignedIn { user: user.upn.clone(), amr: sign_in.amr.clone() });
    tenant.record(Event::TokenIssued {
        client_id: first_party::WINDOWS_SIGN_IN,
        client: "Windows Sign In".into(),
        user: Some(user.upn.clone()),
        grant: Grant::WindowsSignIn,
        scope,
    });
    let id_token = unsigned_jwt(&json!({
        "name": user.display_name, "upn": user.upn, "oid": user.id, "tid": tenant.id(), "ver": "1.0",
    }));
    let client_info = json!({ "uid": user.id, "utid": tenant.id() }).to_string();
    let issued = tenant.primary_refresh_tokens.issue(now, device, sign_in, &mut tenant.rng);
    json!({
        "token_type": "pop",
        "refresh_token": issued.token,
        "refresh_token_expires_in": prt::LIFETIME.as_secs() - 1,
        "session_key": Base64Url(issued.session_key.to_vec()),
        "id_token": id_token,
        "client_info": Base64Url(client_info.into_bytes()),
    })
}

/// The id token beside a PRT has `alg: none`: it is for the device to read, not to prove anything.
fn unsigned_jwt(claims: &Value) -> String {
    let encoded = |text: String| Base64Url(text.into_bytes());
    format!("{}.{}.", encoded(r#"{"typ":"JWT","alg":"none"}"#.into()), encoded(claims.to_string()))
}
