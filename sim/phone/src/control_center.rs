//! Control Center's device API as the phone speaks it: requests out, replies read. Paths and JSON are conventions of
//! the lab, but for `pendingqr`, which is HYPR's (QR fallback).

use bytes::Bytes;
use clockwork::Reply;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::account::{AccountId, Domain, Integration, Join, Phase, Server};
use crate::{Passkey, PhoneConfig, Platform};

/// What the largest QR code (version 40, level L) holds.
const QR_BYTES_MAX: usize = 2_953;
/// The longest name that goes into a request's address.
const NAME_BYTES_MAX: usize = 1_000;

/// What a pairing QR code says.
#[derive(Clone)]
pub(crate) struct Qr {
    pub(crate) server: Server,
    pub(crate) session_id: String,
    pin: String,
    pub(crate) machine_name: String,
    pub(crate) username: String,
}

impl Qr {
    /// Reads the text of a QR code; `None` when it is not one of HYPR's, or not of version 1.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.len() > QR_BYTES_MAX {
            return None;
        }
        let code: QrCode = serde_json::from_str(text).ok()?;
        let server = Server::parse(&code.rp_url)?;
        (code.version == 1).then_some(Self {
            server,
            session_id: code.session_id,
            pin: code.pin,
            machine_name: code.machine_name,
            username: code.username,
        })
    }
}

/// The phone as one Control Center knows it.
#[derive(Clone, Debug)]
pub(crate) struct Enrolment {
    pub(crate) device_id: String,
    /// `Authorization`, marked sensitive so that `Debug` hides it.
    bearer: HeaderValue,
}

/// Why a call failed, by whose fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Failure {
    /// The network's.
    #[error("{0}")]
    Unreachable(String),
    /// Ours or the user's: Control Center says no.
    #[error("{status} {code}: {text}")]
    Refused { status: StatusCode, code: String, text: String },
    /// Control Center's: it is in trouble or answers what nobody understands.
    #[error("Control Center is at fault: {0}")]
    Faulty(String),
}

impl Failure {
    /// Whether Control Center does not accept the phone's token.
    pub(crate) fn refuses_the_phone(&self) -> bool {
        matches!(self, Self::Refused { status: StatusCode::UNAUTHORIZED, .. })
    }
}

/// The answer to a scan.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Scanned {
    pub(crate) username: String,
    pub(crate) rp_app_id: String,
    domain_accepted: bool,
}

/// The answer to the completion of a pairing.
pub(crate) struct Completed {
    pub(crate) enrolment: Enrolment,
    pub(crate) body: CompletedBody,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CompletedBody {
    device_id: String,
    device_token: String,
    pub(crate) account: CompletedAccount,
    pub(crate) workstation: Workstation,
    pub(crate) integration: Integration,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CompletedAccount {
    pub(crate) username: String,
    #[serde(default)]
    pub(crate) display_name: Option<String>,
    pub(crate) rp_app_id: String,
    #[serde(default)]
    pub(crate) object_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Workstation {
    pub(crate) machine_id: String,
    pub(crate) machine_name: String,
    pub(crate) join_type: Join,
}

/// What Control Center says of one account.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccountStatus {
    pub(crate) rp_app_id: String,
    pub(crate) username: String,
    #[serde(default)]
    pub(crate) object_id: Option<String>,
    pub(crate) integration: Integration,
    domain_accepted: bool,
    pub(crate) phase: Phase,
    pub(crate) relying_party: String,
}

impl Scanned {
    pub(crate) fn domain(&self) -> Domain {
        domain(self.domain_accepted)
    }
}

impl AccountStatus {
    pub(crate) fn domain(&self) -> Domain {
        domain(self.domain_accepted)
    }
}

// --- requests

/// Asks for the QR code behind an activation code.
pub(crate) fn pending_qr(server: &Server, activation_code: &str) -> Request<Bytes> {
    let mut url = url(server, &["versioned", "device", "pendingqr"]);
    url.query_pairs_mut().append_pair("activationCode", activation_code);
    request(Method::GET, &url, None, None)
}

/// Tells that the code was scanned.
pub(crate) fn scan(qr: &Qr) -> Request<Bytes> {
    let url = url(&qr.server, &["api", "lab", "device", "sessions", &qr.session_id, "scan"]);
    request(Method::POST, &url, None, Some(json!({ "pin": qr.pin })))
}

/// Completes the pairing after the HYPR biometric; `known` is the phone's enrolment there, if it has one already, and
/// its token proves that the device id is its own.
pub(crate) fn complete(qr: &Qr, config: &PhoneConfig, known: Option<&Enrolment>) -> Request<Bytes> {
    let url = url(&qr.server, &["api", "lab", "device", "sessions", &qr.session_id, "complete"]);
    let mut body = json!({
        "pin": qr.pin,
        "deviceName": config.name,
        "model": config.model,
        "os": match config.platform { Platform::Ios => "IOS", Platform::Android => "ANDROID" },
        "osVersion": config.os_version,
        "appVersion": config.app_version,
    });
    if let Some(enrolment) = known {
        body["deviceId"] = json!(enrolment.device_id);
    }
    request(Method::POST, &url, known, Some(body))
}

/// Asks for the state of every account there.
pub(crate) fn status(server: &Server, phone: &Enrolment) -> Request<Bytes> {
    request(Method::GET, &device_url(server, phone, &[]), Some(phone), None)
}

/// Reports a new key.
pub(crate) fn report_passkey(account: &AccountId, rp_id: &str, passkey: &Passkey, phone: &Enrolment) -> Request<Bytes> {
    let body = json!({
        "rpAppId": account.rp_app_id,
        "username": account.username,
        "rpId": rp_id,
        "credentialId": passkey.credential_id,
        "userHandle": passkey.user_handle,
    });
    request(Method::POST, &device_url(&account.server, phone, &["passkeys"]), Some(phone), Some(body))
}

/// Unpairs an account.
pub(crate) fn remove(account: &AccountId, phone: &Enrolment) -> Request<Bytes> {
    let path = ["accounts", &account.rp_app_id, &account.username];
    request(Method::DELETE, &device_url(&account.server, phone, &path), Some(phone), None)
}

// --- replies

/// Reads a QR code behind an activation code.
pub(crate) fn read_qr(reply: Reply) -> Result<Qr, Failure> {
    let body = accepted(reply)?;
    let text = std::str::from_utf8(&body).ok();
    text.and_then(Qr::parse).ok_or_else(|| Failure::Faulty("the QR code behind the activation code is not one".into()))
}

/// Reads the answer to a scan.
pub(crate) fn read_scan(reply: Reply) -> Result<Scanned, Failure> {
    read(reply)
}

/// Reads the answer to a completion.
pub(crate) fn read_completed(reply: Reply) -> Result<Completed, Failure> {
    let body: CompletedBody = read(reply)?;
    let names = [&body.device_id, &body.account.rp_app_id, &body.account.username];
    if names.iter().any(|name| name.is_empty() || name.len() > NAME_BYTES_MAX) {
        return Err(Failure::Faulty("it gives names that fit into no address".into()));
    }
    let mut bearer = HeaderValue::try_from(format!("Bearer {}", body.device_token))
        .map_err(|_| Failure::Faulty("the device token does not fit into a header".into()))?;
    bearer.set_sensitive(true);
    Ok(Completed { enrolment: Enrolment { device_id: body.device_id.clone(), bearer }, body })
}

/// Reads the state of every account.
pub(crate) fn read_status(reply: Reply) -> Result<Vec<AccountStatus>, Failure> {
    #[derive(Deserialize)]
    struct Body {
        accounts: Vec<AccountStatus>,
    }
    read::<Body>(reply).map(|body| body.accounts)
}

/// Reads the answer to a reported key: the phase of its user.
pub(crate) fn read_phase(reply: Reply) -> Result<Phase, Failure> {
    #[derive(Deserialize)]
    struct Body {
        phase: Phase,
    }
    read::<Body>(reply).map(|body| body.phase)
}

/// Reads the answer to a removal. An account that Control Center does not know is removed already.
pub(crate) fn read_removal(reply: Reply) -> Result<(), Failure> {
    match accepted(reply) {
        Err(Failure::Refused { status: StatusCode::NOT_FOUND, .. }) => Ok(()),
        answer => answer.map(drop),
    }
}

fn read<T: DeserializeOwned>(reply: Reply) -> Result<T, Failure> {
    serde_json::from_slice(&accepted(reply)?)
        .map_err(|error| Failure::Faulty(format!("its answer is garbled: {error}")))
}

fn accepted(reply: Reply) -> Result<Bytes, Failure> {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Body {
        error_code: String,
        error_text: String,
    }
    let response = reply.map_err(|unreachable| Failure::Unreachable(unreachable.to_string()))?;
    let status = response.status();
    if status.is_success() {
        return Ok(response.into_body());
    }
    if !status.is_client_error() || status == StatusCode::TOO_MANY_REQUESTS {
        return Err(Failure::Faulty(format!("it answers {status}")));
    }
    let body: Body = serde_json::from_slice(response.body()).unwrap_or_default();
    Err(Failure::Refused { status, code: body.error_code, text: body.error_text })
}

fn domain(accepted: bool) -> Domain {
    if accepted { Domain::Accepted } else { Domain::NotAccepted }
}

fn device_url(server: &Server, phone: &Enrolment, rest: &[&str]) -> url::Url {
    let path: Vec<&str> = ["api", "lab", "device", &phone.device_id].into_iter().chain(rest.iter().copied()).collect();
    url(server, &path)
}

fn url(server: &Server, path: &[&str]) -> url::Url {
    let mut url = server.url().clone();
    url.path_segments_mut().expect("an https address has a path").extend(path);
    url
}

fn request(method: Method, url: &url::Url, phone: Option<&Enrolment>, body: Option<Value>) -> Request<Bytes> {
    let mut request = Request::builder().method(method).uri(url.as_str());
    if let Some(phone) = phone {
        request = request.header(AUTHORIZATION, phone.bearer.clone());
    }
    if body.is_some() {
        request = request.header(CONTENT_TYPE, "application/json");
    }
    let body = body.map(|body| Bytes::from(body.to_string())).unwrap_or_default();
    request.body(body).expect("an address that url has parsed and headers that were checked make a request")
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct QrCode {
    version: u32,
    rp_url: String,
    session_id: String,
    pin: String,
    machine_name: String,
    username: String,
}
