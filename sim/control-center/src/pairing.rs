//! A pairing session: the QR code on the workstation's screen and what becomes of it. Its JSON is a convention of the lab.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::device::JoinType;
use crate::integration::Toggle;
use crate::people::Person;
use crate::secret::Secret;

/// How long a phone that has scanned may take for its biometric: a convention of the lab.
const COMPLETION_TIME: SignedDuration = SignedDuration::from_mins(3);
/// How long the end of a session can still be asked for: a convention of the lab.
const REMEMBERED: SignedDuration = SignedDuration::from_mins(10);

/// How long a QR code lives.
pub(crate) fn qr_lifetime(require_user_presence: Toggle) -> SignedDuration {
    match require_user_presence {
        Toggle::Off => SignedDuration::from_secs(60),
        Toggle::On => SignedDuration::from_secs(180),
    }
}

/// One attempt to pair a phone at a workstation.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) session_id: String,
    pub(crate) pin: Secret,
    pub(crate) activation_code: String,
    pub(crate) rp_app_id: String,
    pub(crate) machine_id: String,
    pub(crate) machine_name: String,
    pub(crate) join: JoinType,
    pub(crate) username: String,
    pub(crate) expires: Timestamp,
    pub(crate) state: SessionState,
    /// What Entra says about the user, once it has answered.
    pub(crate) person: Option<Person>,
}

/// Where a session stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SessionState {
    /// The code is on the screen.
    WaitsForScan,
    /// A phone has scanned and asks its owner for a biometric.
    WaitsForCompletion { until: Timestamp },
    /// The phone is paired.
    Paired { device_id: String, token: WorkstationToken, at: Timestamp },
    /// The phone was turned away.
    Refused { message: String, at: Timestamp },
    /// Too late.
    Expired { at: Timestamp },
}

/// Whether the workstation has fetched its device-unique token, which is handed out once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WorkstationToken {
    Waiting,
    HandedOut,
}

impl Session {
    /// When it ends by itself.
    pub(crate) fn deadline(&self) -> Option<Timestamp> {
        match self.state {
            SessionState::WaitsForScan => Some(self.expires),
            SessionState::WaitsForCompletion { until } => Some(until),
            _ => None,
        }
    }

    /// Whether nobody will ask for it any more.
    pub(crate) fn is_forgotten(&self, now: Timestamp) -> bool {
        match self.state {
            SessionState::WaitsForScan | SessionState::WaitsForCompletion { .. } => false,
            SessionState::Paired { at, .. } | SessionState::Refused { at, .. } | SessionState::Expired { at } => {
                now.duration_since(at) > REMEMBERED
            }
        }
    }

    pub(crate) fn scanned(&mut self, now: Timestamp) {
        self.state = SessionState::WaitsForCompletion { until: now + COMPLETION_TIME };
    }

    /// The text of the QR code, which the activation code fetches as well.
    pub(crate) fn qr_text(&self, rp_url: &str) -> String {
        let qr = Qr {
            version: 1,
            rp_url,
            rp_app_id: &self.rp_app_id,
            session_id: &self.session_id,
            pin: self.pin.reveal(),
            machine_id: &self.machine_id,
            machine_name: &self.machine_name,
            username: &self.username,
            expires: self.expires.to_string(),
        };
        serde_json::to_string(&qr).expect("strings and a number always serialise")
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Qr<'a> {
    version: u8,
    rp_url: &'a str,
    rp_app_id: &'a str,
    session_id: &'a str,
    pin: &'a str,
    machine_id: &'a str,
    machine_name: &'a str,
    username: &'a str,
    expires: String,
}
