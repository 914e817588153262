//! The client's side of Control Center's device API (convention of the lab).

use bytes::Bytes;
use clockwork::Reply;
use http::{HeaderValue, Method, Request, StatusCode, header};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::installation::Installation;
use super::{Join, Machine};

/// The answer to a pairing request: one QR code's life.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Session {
    pub(crate) session_id: String,
    pub(crate) activation_code: String,
    pub(crate) expires: Timestamp,
    pub(crate) qr: String,
    pub(crate) workstation_settings: WorkstationSettings,
}

/// The rpApp's Workstation Settings that the client heeds.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WorkstationSettings {
    pub(crate) security_key: bool,
}

/// How far a pairing has come.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Progress {
    pub(crate) state: ProgressState,
    pub(crate) message: Option<String>,
    pub(crate) device: Option<PairedDevice>,
    pub(crate) device_token: Option<String>,
}

/// A pairing's state.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum ProgressState {
    Waiting,
    Scanned,
    Paired,
    Refused,
    Expired,
}

/// The phone at the end of a pairing.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PairedDevice {
    pub(crate) device_id: String,
    pub(crate) device_name: String,
}

/// The answer to a device list request.
#[derive(Deserialize)]
pub(crate) struct DeviceList {
    pub(crate) devices: Vec<ListedDevice>,
}

/// One phone of the list.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListedDevice {
    pub(crate) device_id: String,
    pub(crate) device_name: String,
    pub(crate) username: String,
    pub(crate) phase: Phase,
}

/// How far the owner of a phone has come.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Phase {
    Pending,
    PairedWithHypr,
    PairedWithAzure,
}

impl ListedDevice {
    /// Whether the pairing with Azure is missing.
    pub(crate) fn is_incomplete(&self) -> bool {
        self.phase == Phase::PairedWithHypr
    }
}

/// Why an exchange gave no answer to work with; each is a sentence for the screen.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    #[error("{0}")]
    Unreachable(#[from] clockwork::Unreachable),
    /// Control Center says no.
    #[error("{text}")]
    Refused { status: StatusCode, text: String },
    #[error("Control Center's answer cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// An id or token that Control Center gave does not fit into a request.
    #[error("Control Center gave an id or a token that cannot be sent back: {0}")]
    Unsendable(#[from] http::Error),
    #[error("This computer is not joined to Microsoft Entra ID.")]
    NotJoined,
    #[error("Sign in to Windows with your work or school account; a local account cannot be paired.")]
    LocalAccount,
}

/// A request to send, or why it cannot be.
pub(crate) type Outgoing = Result<Request<Bytes>, ApiError>;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PairingRequest<'a> {
    rp_app_id: &'a str,
    machine_id: &'a str,
    machine_name: &'a str,
    join_type: &'static str,
    username: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ErrorBody {
    error_code: Option<String>,
    error_text: Option<String>,
    title: Option<String>,
}

/// Asks for a pairing; a machine that is not joined cannot.
pub(crate) fn pairing(to: &Installation, bearer: &str, machine: &Machine, username: &str) -> Outgoing {
    let join_type = match machine.join {
        Join::Cloud => "AZURE_AD",
        Join::Hybrid => "HYBRID",
        Join::None => return Err(ApiError::NotJoined),
    };
    if !username.contains('@') {
        return Err(ApiError::LocalAccount);
    }
    let body = PairingRequest {
        rp_app_id: &to.app_id,
        machine_id: &machine.machine_id,
        machine_name: &machine.name,
        join_type,
        username,
    };
    request(to, Method::POST, &["workstation", "pairing"], bearer, serde_json::to_vec(&body)?.into())
}

/// Asks how far a pairing has come.
pub(crate) fn progress(to: &Installation, bearer: &str, session_id: &str) -> Outgoing {
    request(to, Method::GET, &["workstation", "pairing", session_id], bearer, Bytes::new())
}

/// Asks for this machine's phones.
pub(crate) fn devices(to: &Installation, bearer: &str, machine: &Machine) -> Outgoing {
    request(to, Method::GET, &["workstation", &machine.machine_id, "devices"], bearer, Bytes::new())
}

/// Unpairs a phone.
pub(crate) fn unpair(to: &Installation, bearer: &str, machine: &Machine, device_id: &str) -> Outgoing {
    let path = ["workstation", &machine.machine_id, "devices", device_id];
    request(to, Method::DELETE, &path, bearer, Bytes::new())
}

/// The body of a good answer.
pub(crate) fn read<T: DeserializeOwned>(reply: Reply) -> Result<T, ApiError> {
    Ok(serde_json::from_slice(&accepted(reply)?)?)
}

/// The bytes of a good answer, which may be none.
pub(crate) fn accepted(reply: Reply) -> Result<Bytes, ApiError> {
    let reply = reply?;
    if reply.status().is_success() {
        return Ok(reply.into_body());
    }
    Err(ApiError::Refused { status: reply.status(), text: refusal(reply.status(), reply.body()) })
}

impl ApiError {
    /// Whether Control Center no longer knows the token.
    pub(crate) fn is_unauthorized(&self) -> bool {
        matches!(self, Self::Refused { status: StatusCode::UNAUTHORIZED, .. })
    }

    /// Whether Control Center no longer knows the thing asked for.
    pub(crate) fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused { status: StatusCode::NOT_FOUND, .. })
    }
}

fn refusal(status: StatusCode, body: &[u8]) -> String {
    let body = serde_json::from_slice::<ErrorBody>(body).ok();
    let (text, code) = body.map_or((None, None), |body| (body.error_text.or(body.title), body.error_code));
    let text = text.unwrap_or_else(|| format!("Control Center answered {status}."));
    code.map_or_else(|| text.clone(), |code| format!("{text} ({code})"))
}

fn request(to: &Installation, method: Method, path: &[&str], bearer: &str, body: Bytes) -> Outgoing {
    let mut url = to.rp_url.clone();
    url.path_segments_mut().expect("an https URL has a path").extend(["api", "lab"]).extend(path);
    let mut authorization = HeaderValue::try_from(format!("Bearer {bearer}")).map_err(http::Error::from)?;
    authorization.set_sensitive(true);
    let mut request = Request::builder()
        .method(method)
        .uri(url.as_str())
        .header(header::ACCEPT, "application/json")
        .header(header::AUTHORIZATION, authorization);
    if !body.is_empty() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    Ok(request.body(body)?)
}
