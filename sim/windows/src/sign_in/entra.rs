//! Windows' side of the sign-in to Entra: nonce, signed request, primary refresh token (entra.md §3.6).
//!
//! Conventions of the lab, since Microsoft has not published the FIDO variant: the grant type
//! `urn:passkey-lab:params:oauth:grant-type:fido` carries the WebAuthn assertion over the nonce; the device signs ES256
//! and names itself by `kid`; the session key comes as `session_key`.

use bytes::Bytes;
use clockwork::Reply;
use http::Request;
use serde::{Deserialize, Serialize};
use wire::webauthn::{Assertion, REQUIRED, RequestOptions};

use super::{Account, Method, Session, words};
use crate::browser::SingleSignOn;
use crate::device::{Device, post};
use crate::webauthn::{Ceremony, Operation};

pub(super) const TOKEN_ENDPOINT: &str = "https://login.microsoftonline.com/common/oauth2/token";
const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const RP_ID: &str = "login.microsoft.com";
const ORIGIN: &str = "https://login.microsoft.com";
/// The client id of Windows sign-in.
const CLIENT_ID: &str = "38aa3b87-a06d-4817-b275-7a316988d93b";
const WINDOWS_VERSION: &str = "10.0.22631.4460";

/// What the person brought.
#[derive(Serialize)]
#[serde(tag = "grant_type")]
pub(super) enum Proof<'a> {
    #[serde(rename = "password")]
    Password { username: &'a str, password: &'a str },
    #[serde(rename = "urn:passkey-lab:params:oauth:grant-type:fido")]
    Fido { assertion: &'a Assertion },
}

/// Why there is no session.
pub(crate) struct Refusal {
    /// AADSTS, if Entra gave one.
    pub(crate) code: Option<u32>,
    /// For the screen.
    pub(crate) words: String,
}

#[derive(Serialize)]
struct Claims<'a> {
    client_id: &'static str,
    request_nonce: &'a str,
    scope: &'static str,
    win_ver: &'static str,
    #[serde(flatten)]
    proof: &'a Proof<'a>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    refresh_token: String,
    session_key: String,
    id_token: String,
}

#[derive(Deserialize)]
struct IdToken {
    name: String,
    upn: String,
}

#[derive(Deserialize)]
struct ErrorAnswer {
    #[serde(default)]
    error_codes: Vec<u32>,
}

impl Proof<'_> {
    pub(super) const fn method(&self) -> Method {
        match self {
            Self::Password { .. } => Method::Password,
            Self::Fido { .. } => Method::SecurityKey,
        }
    }
}

/// The ceremony that a security key is asked for: any account of the key, the nonce as challenge.
pub(super) fn ceremony(nonce: &str) -> Ceremony {
    let options = RequestOptions {
        challenge: nonce.as_bytes().into(),
        timeout: None,
        rp_id: Some(RP_ID.into()),
        allow_credentials: Vec::new(),
        user_verification: REQUIRED.into(),
        extensions: serde_json::Map::new(),
    };
    Ceremony { origin: ORIGIN.into(), operation: Operation::Get(options) }
}

/// The request for a primary refresh token, signed with the device key.
pub(super) fn token_request(device: &Device, nonce: &str, proof: &Proof<'_>) -> Request<Bytes> {
    let claims =
        Claims { client_id: CLIENT_ID, request_nonce: nonce, scope: "openid aza ugs", win_ver: WINDOWS_VERSION, proof };
    let jwt = device.jwt(&claims);
    post(
        TOKEN_ENDPOINT,
        &[("windows_api_version", "2.2"), ("grant_type", JWT_BEARER), ("request", &jwt), ("client_info", "1")],
    )
}

pub(super) fn read_token(reply: Reply) -> Result<Session, Refusal> {
    let answer: TokenAnswer = read(reply)?;
    let identity = identity(&answer.id_token).ok_or_else(unreadable)?;
    let session_key = wire::Base64Url::parse(&answer.session_key).ok_or_else(unreadable)?.0;
    let single_sign_on = SingleSignOn { refresh_token: answer.refresh_token, session_key };
    Ok(Session { account: Account { name: identity.name, upn: identity.upn }, single_sign_on: Some(single_sign_on) })
}

/// The claims of an unsigned token: the device reads them, TLS and its own signature stand for who sent them.
fn identity(id_token: &str) -> Option<IdToken> {
    let payload = id_token.split('.').nth(1)?;
    serde_json::from_slice(&wire::Base64Url::parse(payload)?.0).ok()
}

pub(super) fn read<T: for<'de> Deserialize<'de>>(reply: Reply) -> Result<T, Refusal> {
    let reply = reply.map_err(|_| Refusal { code: None, words: words::UNREACHABLE.into() })?;
    if reply.status().is_success() {
        return serde_json::from_slice(reply.body()).map_err(|_| unreadable());
    }
    let error = serde_json::from_slice::<ErrorAnswer>(reply.body()).ok();
    let code = error.and_then(|error| error.error_codes.first().copied());
    Err(Refusal { code, words: code.map_or(words::UNREADABLE, words::refusal).into() })
}

fn unreadable() -> Refusal {
    Refusal { code: None, words: words::UNREADABLE.into() }
}
