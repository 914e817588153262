//! The device API for Passwordless clients, a convention of the lab; each struct here is a body on the wire.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};

use super::Shell;
use super::device_api::{Refusal, bearer, body, phase_name};
use crate::center::{PairedDevice, PairingOffer, PairingRequest, PairingState};
use crate::device::JoinType;
use crate::integration::Toggle;

pub(super) fn routes() -> Router<Shell> {
    Router::new()
        .route("/rp/api/lab/workstation/pairing", post(start_pairing))
        .route("/rp/api/lab/workstation/pairing/{session_id}", get(pairing_state))
        .route("/rp/api/lab/workstation/{machine_id}/devices", get(devices))
        .route("/rp/api/lab/workstation/{machine_id}/devices/{device_id}", delete(unpair))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StartBody {
    rp_app_id: String,
    machine_id: String,
    machine_name: String,
    join_type: JoinBody,
    username: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum JoinBody {
    AzureAd,
    Hybrid,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OfferBody {
    session_id: String,
    pin: String,
    activation_code: String,
    expires: String,
    qr: String,
    workstation_settings: SettingsBody,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SettingsBody {
    security_key: bool,
    offline_mode: bool,
    recovery_mode: bool,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct StateBody {
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<PhoneBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhoneBody {
    device_id: String,
    device_name: String,
    model: String,
    os: &'static str,
}

#[derive(Serialize)]
struct DevicesBody {
    devices: Vec<DeviceBody>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DeviceBody {
    device_id: String,
    device_name: String,
    username: String,
    phase: &'static str,
}

async fn start_pairing(State(shell): State<Shell>, headers: HeaderMap, bytes: Bytes) -> Result<Response, Refusal> {
    let request: StartBody = body(&bytes)?;
    let request = PairingRequest {
        rp_app_id: request.rp_app_id,
        machine_id: request.machine_id,
        machine_name: request.machine_name,
        join: match request.join_type {
            JoinBody::AzureAd => JoinType::AzureAd,
            JoinBody::Hybrid => JoinType::Hybrid,
        },
        username: request.username,
    };
    let now = shell.now();
    let offer = shell.with_core(|core| core.start_pairing(now, bearer(&headers), request))?;
    Ok((StatusCode::CREATED, Json(OfferBody::from(offer))).into_response())
}

async fn pairing_state(
    State(shell): State<Shell>,
    Path(session_id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<StateBody>, Refusal> {
    let now = shell.now();
    let state = shell.with_core(|core| core.pairing_state(now, bearer(&headers), &session_id))?;
    Ok(Json(StateBody::from(state)))
}

async fn devices(
    State(shell): State<Shell>,
    Path(machine_id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<DevicesBody>, Refusal> {
    let devices = shell.with_core(|core| core.workstation_devices(bearer(&headers), &machine_id))?;
    let devices = devices.into_iter().map(|device| DeviceBody {
        device_id: device.device_id,
        device_name: device.name,
        username: device.username,
        phase: phase_name(device.phase),
    });
    Ok(Json(DevicesBody { devices: devices.collect() }))
}

async fn unpair(
    State(shell): State<Shell>,
    Path((machine_id, device_id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<StatusCode, Refusal> {
    let now = shell.now();
    shell.with_core(|core| core.unpair_from_client(now, bearer(&headers), &machine_id, &device_id))?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<PairingOffer> for OfferBody {
    fn from(offer: PairingOffer) -> Self {
        let settings = offer.settings;
        Self {
            session_id: offer.session_id,
            pin: offer.pin.reveal().to_owned(),
            activation_code: offer.activation_code,
            expires: offer.expires.to_string(),
            qr: offer.qr,
            workstation_settings: SettingsBody {
                security_key: settings.security_key == Toggle::On,
                offline_mode: settings.offline_mode == Toggle::On,
                recovery_mode: settings.recovery_mode == Toggle::On,
            },
        }
    }
}

impl From<PairingState> for StateBody {
    fn from(state: PairingState) -> Self {
        match state {
            PairingState::Waiting => Self { state: "WAITING", ..Self::default() },
            PairingState::Scanned => Self { state: "SCANNED", ..Self::default() },
            PairingState::Expired => Self { state: "EXPIRED", ..Self::default() },
            PairingState::Refused { message } => Self { state: "REFUSED", message: Some(message), ..Self::default() },
            PairingState::Paired { device, token } => Self {
                state: "PAIRED",
                device: Some(PhoneBody::from(device)),
                device_token: token.map(|token| token.reveal().to_owned()),
                ..Self::default()
            },
        }
    }
}

impl From<PairedDevice> for PhoneBody {
    fn from(device: PairedDevice) -> Self {
        Self { device_id: device.device_id, device_name: device.name, model: device.model, os: device.os.name() }
    }
}
