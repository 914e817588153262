//! The device API for phones, a convention of the lab (`pendingqr` is HYPR's own path, `hypr.md` §3).

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::Shell;
use crate::center::{AccountView, Completed, Domain, NewPhone, RELYING_PARTY, ReportedPasskey, Scanned};
use crate::device::MobileOs;
use crate::fault::Fault;
use crate::people::Phase;

pub(super) fn routes() -> Router<Shell> {
    Router::new()
        .route("/rp/versioned/device/pendingqr", get(pending_qr))
        .route("/rp/api/lab/device/sessions/{session_id}/scan", post(scan))
        .route("/rp/api/lab/device/sessions/{session_id}/complete", post(complete))
        .route("/rp/api/lab/device/{device_id}", get(accounts))
        .route("/rp/api/lab/device/{device_id}/passkeys", post(report_passkey))
        .route("/rp/api/lab/device/{device_id}/accounts/{rp_app_id}/{username}", delete(unpair))
}

/// A [`Fault`] on its way out.
pub(super) struct Refusal(Fault);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorBody {
    title: &'static str,
    error_code: &'static str,
    error_text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CodeQuery {
    #[serde(default)]
    activation_code: String,
}

#[derive(Deserialize)]
struct ScanBody {
    pin: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ScannedBody {
    username: String,
    display_name: String,
    rp_app_id: String,
    integration: &'static str,
    domain_accepted: bool,
    machine_name: String,
    join_type: &'static str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CompleteBody {
    pin: String,
    device_id: Option<String>,
    device_name: String,
    model: String,
    os: OsBody,
    os_version: String,
    app_version: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum OsBody {
    Ios,
    Android,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CompletedBody {
    device_id: String,
    fido_user: String,
    device_token: String,
    account: NewAccountBody,
    workstation: WorkstationBody,
    integration: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewAccountBody {
    username: String,
    display_name: String,
    rp_app_id: String,
    /// Empty as long as Entra has not told it.
    object_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WorkstationBody {
    machine_id: String,
    machine_name: String,
    join_type: &'static str,
}

#[derive(Serialize)]
struct AccountsBody {
    accounts: Vec<AccountBody>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AccountBody {
    rp_app_id: String,
    username: String,
    object_id: String,
    integration: &'static str,
    domain_accepted: bool,
    phase: &'static str,
    relying_party: &'static str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PasskeyBody {
    rp_app_id: String,
    username: String,
    rp_id: String,
    credential_id: String,
}

#[derive(Serialize)]
struct PhaseBody {
    phase: &'static str,
}

async fn pending_qr(State(shell): State<Shell>, Query(query): Query<CodeQuery>) -> Result<Response, Refusal> {
    let now = shell.now();
    let text = shell.with_core(|core| core.pending_qr(now, &query.activation_code))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}

async fn scan(
    State(shell): State<Shell>,
    Path(session_id): Path<String>,
    bytes: Bytes,
) -> Result<Json<ScannedBody>, Refusal> {
    let ScanBody { pin } = body(&bytes)?;
    let now = shell.now();
    let scanned = shell.with_core(|core| core.scan(now, &session_id, &pin))?;
    Ok(Json(ScannedBody::from(scanned)))
}

async fn complete(
    State(shell): State<Shell>,
    Path(session_id): Path<String>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Response, Refusal> {
    let request: CompleteBody = body(&bytes)?;
    let phone = NewPhone {
        device_id: request.device_id,
        name: request.device_name,
        model: request.model,
        os: match request.os {
            OsBody::Ios => MobileOs::Ios,
            OsBody::Android => MobileOs::Android,
        },
        os_version: request.os_version,
        app_version: request.app_version,
    };
    let now = shell.now();
    let token = Some(bearer(&headers)).filter(|token| !token.is_empty());
    let completed = shell.with_core(|core| core.complete(now, &session_id, &request.pin, token, phone))?;
    Ok((StatusCode::CREATED, Json(CompletedBody::from(completed))).into_response())
}

async fn accounts(
    State(shell): State<Shell>,
    Path(device_id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<AccountsBody>, Refusal> {
    let now = shell.now();
    let accounts = shell.with_core(|core| core.device_accounts(now, bearer(&headers), &device_id))?;
    Ok(Json(AccountsBody { accounts: accounts.into_iter().map(AccountBody::from).collect() }))
}

async fn report_passkey(
    State(shell): State<Shell>,
    Path(device_id): Path<String>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Response, Refusal> {
    let PasskeyBody { rp_app_id, username, rp_id, credential_id } = body(&bytes)?;
    let passkey = ReportedPasskey { rp_app_id, username, rp_id, credential_id };
    let now = shell.now();
    let phase = shell.with_core(|core| core.report_passkey(now, bearer(&headers), &device_id, passkey))?;
    Ok((StatusCode::ACCEPTED, Json(PhaseBody { phase: phase_name(phase) })).into_response())
}

async fn unpair(
    State(shell): State<Shell>,
    Path((device_id, rp_app_id, username)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Refusal> {
    let now = shell.now();
    let token = bearer(&headers);
    shell.with_core(|core| core.unpair_from_phone(now, token, &device_id, &rp_app_id, &username))?;
    Ok(StatusCode::NO_CONTENT)
}

/// The bearer token of a request; none is accepted nowhere.
pub(super) fn bearer(headers: &HeaderMap) -> &str {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let scheme = value.and_then(|value| value.split_once(' '));
    scheme.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map_or("", |(_, token)| token.trim())
}

/// The JSON body of a request.
pub(super) fn body<T: DeserializeOwned>(bytes: &Bytes) -> Result<T, Fault> {
    serde_json::from_slice(bytes).map_err(|error| Fault::Malformed(error.to_string()))
}

/// A phase on the wire.
pub(super) fn phase_name(phase: Phase) -> &'static str {
    match phase {
        Phase::Pending => "PENDING",
        Phase::PairedWithHypr => "PAIRED_WITH_HYPR",
        Phase::PairedWithAzure => "PAIRED_WITH_AZURE",
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self(fault)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, title) = match &self.0 {
            Fault::Malformed(_) => (StatusCode::BAD_REQUEST, "Bad request"),
            Fault::TokenRefused => (StatusCode::UNAUTHORIZED, "Access token refused"),
            Fault::FlagMissing { .. } => (StatusCode::FORBIDDEN, "Feature flag missing"),
            Fault::PinWrong => (StatusCode::FORBIDDEN, "Wrong PIN"),
            Fault::DomainNotAccepted { .. } => (StatusCode::FORBIDDEN, "Domain not accepted"),
            Fault::ApplicationUnknown(_) => (StatusCode::NOT_FOUND, "Unknown application"),
            Fault::SessionUnknown => (StatusCode::NOT_FOUND, "Unknown pairing session"),
            Fault::DeviceUnknown => (StatusCode::NOT_FOUND, "Unknown phone"),
            Fault::WorkstationUnknown => (StatusCode::NOT_FOUND, "Unknown workstation"),
            Fault::AccountUnknown { .. } => (StatusCode::NOT_FOUND, "Unknown account"),
            Fault::PasskeyTaken => (StatusCode::CONFLICT, "Key taken"),
            Fault::SessionUsed => (StatusCode::CONFLICT, "QR code used"),
            Fault::SessionNotScanned => (StatusCode::CONFLICT, "QR code not scanned"),
            Fault::SessionExpired => (StatusCode::GONE, "QR code expired"),
        };
        let body = ErrorBody { title, error_code: self.0.code(), error_text: self.0.to_string() };
        (status, Json(body)).into_response()
    }
}

impl From<Scanned> for ScannedBody {
    fn from(scanned: Scanned) -> Self {
        Self {
            username: scanned.username,
            display_name: scanned.display_name,
            rp_app_id: scanned.rp_app_id,
            integration: scanned.integration.name(),
            // A domain that is not accepted never gets this far.
            domain_accepted: true,
            machine_name: scanned.machine_name,
            join_type: scanned.join.name(),
        }
    }
}

impl From<Completed> for CompletedBody {
    fn from(completed: Completed) -> Self {
        Self {
            device_id: completed.device_id,
            fido_user: completed.fido_user,
            device_token: completed.device_token.reveal().to_owned(),
            account: NewAccountBody {
                username: completed.username,
                display_name: completed.display_name,
                rp_app_id: completed.rp_app_id,
                object_id: completed.object_id.unwrap_or_default(),
            },
            workstation: WorkstationBody {
                machine_id: completed.machine_id,
                machine_name: completed.machine_name,
                join_type: completed.join.name(),
            },
            integration: completed.integration.name(),
        }
    }
}

impl From<AccountView> for AccountBody {
    fn from(account: AccountView) -> Self {
        Self {
            rp_app_id: account.rp_app_id,
            username: account.username,
            object_id: account.object_id.unwrap_or_default(),
            integration: account.integration.name(),
            domain_accepted: account.domain == Domain::Accepted,
            phase: phase_name(account.phase),
            relying_party: RELYING_PARTY,
        }
    }
}
