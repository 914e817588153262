//! The Audit Trail (`hypr.md` §2.6): documented event names where HYPR publishes them, `LAB_` names elsewhere.
//!
//! Every name that starts with `LAB_`, and its message, is a convention of the lab.

mod json;
mod search;

use jiff::Timestamp;

pub use json::to_json;
pub use search::{QuickFilter, Search};

use crate::center::{HOOK_FAILED, SignInError};
use crate::event::{Event, LeftOn, Link, Pairing};
use crate::name::CONTROL_CENTER_ADMIN;

/// One line of the Audit Trail, with the fields of HYPR's published sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// A number that only grows.
    pub id: String,
    /// `AUDIT`, always.
    pub kind: &'static str,
    /// The version of the record's shape.
    pub version: u8,
    /// What happened.
    pub message: String,
    /// Which part of HYPR has logged it.
    pub event_logged_by: Component,
    /// When it happened.
    pub event_time: Timestamp,
    /// The tenant: the first label of the host.
    pub tenant_id: String,
    /// 17 hexadecimal digits.
    pub trace_id: String,
    /// Whether it worked.
    pub is_successful: bool,
    /// Entra's code, or a `LAB_` code.
    pub error_code: Option<String>,
    /// The application.
    pub rp_app_id: Option<String>,
    /// The user.
    pub username: Option<String>,
    /// The phone.
    pub device_id: Option<String>,
    /// The workstation.
    pub machine_id: Option<String>,
    /// The pairing session.
    pub session_id: Option<String>,
    /// The FIDO id.
    pub fido_user: Option<String>,
    /// `LOGIN`, `CREATE_INTEGRATION`, `LAB_PAIRED_WITH_HYPR`.
    pub event_name: &'static str,
    /// `ADMIN`, `REGISTRATION`, `DEREGISTRATION`.
    pub event_tags: &'static str,
}

/// Which part of HYPR logs an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Component {
    /// `CONTROL_CENTER_SERVER`.
    ControlCenterServer,
    /// `RELYING_PARTY_SERVER`.
    RelyingPartyServer,
}

impl Component {
    /// As HYPR spells it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ControlCenterServer => "CONTROL_CENTER_SERVER",
            Self::RelyingPartyServer => "RELYING_PARTY_SERVER",
        }
    }
}

/// Where and when a record is made; the core knows, an event does not.
pub(crate) struct Stamp {
    pub(crate) id: u64,
    pub(crate) at: Timestamp,
    pub(crate) tenant_id: String,
    pub(crate) trace_id: String,
}

/// The name of an event and all that depends on it alone.
struct Entry {
    name: &'static str,
    tags: &'static str,
    message: Option<&'static str>,
    result: EntryResult,
}

enum EntryResult {
    Success,
    Failure(&'static str),
}

impl Record {
    /// The record of an event; some events are the journal's only.
    pub(crate) fn of(event: &Event, stamp: Stamp) -> Option<Self> {
        let entry = entry(event)?;
        let logged_by = match event {
            Event::AdminSignedIn { .. } | Event::AdminRefused { .. } | Event::AdminSignedOut { .. } => {
                Component::ControlCenterServer
            }
            _ => Component::RelyingPartyServer,
        };
        let mut record = Self {
            id: stamp.id.to_string(),
            kind: "AUDIT",
            version: 4,
            message: entry.message.map_or_else(|| event.to_string(), str::to_owned),
            event_logged_by: logged_by,
            event_time: stamp.at,
            tenant_id: stamp.tenant_id,
            trace_id: stamp.trace_id,
            is_successful: matches!(entry.result, EntryResult::Success),
            error_code: match entry.result {
                EntryResult::Success => None,
                EntryResult::Failure(code) => Some(code.to_owned()),
            },
            rp_app_id: None,
            username: None,
            device_id: None,
            machine_id: None,
            session_id: None,
            fido_user: None,
            event_name: entry.name,
            event_tags: entry.tags,
        };
        record.fill(event);
        Some(record)
    }

    /// Whom and what the event is about.
    fn fill(&mut self, event: &Event) {
        match event {
            Event::AdminSignedIn { email } | Event::AdminRefused { email, .. } | Event::AdminSignedOut { email } => {
                self.rp_app_id = Some(CONTROL_CENTER_ADMIN.to_owned());
                self.username = Some(email.clone());
            }
            Event::IntegrationAdded { rp_app_id }
            | Event::IntegrationRefused { rp_app_id, .. }
            | Event::IntegrationEnabled { rp_app_id }
            | Event::IntegrationDisabled { rp_app_id }
            | Event::IntegrationDeleted { rp_app_id }
            | Event::DomainsRestricted { rp_app_id, .. }
            | Event::WorkstationSettingsSaved { rp_app_id }
            | Event::EntraBusy { rp_app_id, .. }
            | Event::FlagSet { rp_app_id, .. } => self.rp_app_id = Some(rp_app_id.clone()),
            Event::StaffChanged { email, .. } => self.about(CONTROL_CENTER_ADMIN, email),
            Event::TokenCreated { rp_app_id, by, .. } | Event::TokenRevoked { rp_app_id, by, .. } => {
                self.about(rp_app_id, by)
            }
            Event::HookAdded { .. }
            | Event::HookDeleted { .. }
            | Event::HookFailed { .. }
            | Event::GlobalFlagSet { .. } => self.rp_app_id = Some(CONTROL_CENTER_ADMIN.to_owned()),
            Event::UserInvited { rp_app_id, username }
            | Event::UserDeleted { rp_app_id, username }
            | Event::KeyDeleted { rp_app_id, username }
            | Event::AzurePairingChecked { rp_app_id, username, .. }
            | Event::GroupMoved { rp_app_id, username, .. }
            | Event::PhaseChanged { rp_app_id, username, .. } => self.about(rp_app_id, username),
            Event::PairingStarted(pairing)
            | Event::QrScanned(pairing)
            | Event::PairingExpired(pairing)
            | Event::SettingLeftOn { pairing, .. }
            | Event::PairingRefused { pairing, .. } => self.at(pairing),
            Event::PairedWithHypr { pairing, device_id, fido_user } => {
                self.at(pairing);
                self.device_id = Some(device_id.clone());
                self.fido_user = Some(fido_user.clone());
            }
            Event::PasskeyReported(link) | Event::PasskeyConfirmed(link) | Event::Unpaired { link, .. } => {
                self.linked(link);
            }
            Event::EntraRefused { rp_app_id, username, code, .. } => {
                self.rp_app_id = Some(rp_app_id.clone());
                self.username.clone_from(username);
                if code.is_some() {
                    self.error_code.clone_from(code);
                }
            }
        }
    }

    fn about(&mut self, rp_app_id: &str, username: &str) {
        self.rp_app_id = Some(rp_app_id.to_owned());
        self.username = Some(username.to_owned());
    }

    fn at(&mut self, pairing: &Pairing) {
        self.about(&pairing.rp_app_id, &pairing.username);
        self.machine_id = Some(pairing.machine_id.clone());
        self.session_id = Some(pairing.session_id.clone());
    }

    fn linked(&mut self, link: &Link) {
        self.about(&link.rp_app_id, &link.username);
        self.device_id = Some(link.device_id.clone());
    }
}

fn entry(event: &Event) -> Option<Entry> {
    let ok = |name, tags, message| Some(Entry { name, tags, message: Some(message), result: EntryResult::Success });
    let told = |name, tags| Some(Entry { name, tags, message: None, result: EntryResult::Success });
    let bad = |name, tags, code| Some(Entry { name, tags, message: None, result: EntryResult::Failure(code) });
    match event {
        Event::AdminSignedIn { .. } => ok("LOGIN", "ADMIN", "The user logged in to Control Center."),
        Event::AdminRefused { reason: SignInError::Wrong, .. } => bad("LOGIN", "ADMIN", "LAB_PASSWORD_WRONG"),
        Event::AdminRefused { reason: SignInError::NoAccess, .. } => bad("LOGIN", "ADMIN", "LAB_ROLE_WITHOUT_ACCESS"),
        Event::AdminSignedOut { .. } => ok("LOGOUT", "ADMIN", "Logout from Control Center web console."),
        Event::IntegrationAdded { .. } => ok("CREATE_INTEGRATION", "ADMIN", "Successfully added an IdP integration."),
        Event::IntegrationRefused { .. } => bad("CREATE_INTEGRATION", "ADMIN", "LAB_INTEGRATION_REFUSED"),
        Event::IntegrationEnabled { .. } => {
            ok("ENABLE_INTEGRATION", "ADMIN", "Successfully enabled the IdP integration.")
        }
        Event::IntegrationDisabled { .. } => {
            ok("DISABLE_INTEGRATION", "ADMIN", "Successfully disabled the IdP integration.")
        }
        Event::IntegrationDeleted { .. } => {
            ok("DELETE_INTEGRATION", "ADMIN", "Successfully deleted the IdP integration.")
        }
        Event::DomainsRestricted { .. } => told("LAB_RESTRICT_DOMAINS", "ADMIN"),
        Event::WorkstationSettingsSaved { .. } => told("LAB_WORKSTATION_SETTINGS", "ADMIN"),
        Event::FlagSet { .. } | Event::GlobalFlagSet { .. } => told("LAB_FEATURE_FLAG", "ADMIN"),
        Event::StaffChanged { .. } => told("LAB_CONTROL_CENTER_USER", "ADMIN"),
        Event::HookAdded { .. } | Event::HookDeleted { .. } => told("LAB_EVENT_HOOK", "ADMIN"),
        Event::HookFailed { .. } => bad(HOOK_FAILED, "ADMIN", "LAB_EVENT_HOOK_FAILED"),
        Event::TokenCreated { .. } => told("ACCESS_TOKEN_CREATE", "ADMIN ACCESS_TOKEN"),
        Event::TokenRevoked { .. } => told("ACCESS_TOKEN_REVOKE", "ADMIN ACCESS_TOKEN"),
        Event::UserInvited { .. } => told("LAB_USER_INVITED", "ADMIN"),
        Event::UserDeleted { .. } => told("LAB_USER_DELETED", "ADMIN"),
        Event::PairingStarted(_) => told("LAB_PAIRING_STARTED", "REGISTRATION"),
        Event::QrScanned(_) => told("LAB_QR_SCANNED", "REGISTRATION"),
        Event::PairingRefused { .. } => bad("LAB_PAIRING_REFUSED", "REGISTRATION", "LAB_PAIRING_REFUSED"),
        Event::PairingExpired(_) => bad("LAB_PAIRING_EXPIRED", "REGISTRATION", "LAB_SESSION_EXPIRED"),
        Event::PairedWithHypr { .. } => told("LAB_PAIRED_WITH_HYPR", "REGISTRATION"),
        Event::SettingLeftOn { setting: LeftOn::OfflineMode, .. } => {
            bad("LAB_OFFLINE_MODE_SETUP", "OFFLINE_ACCESS", "LAB_SETTING_LEFT_ON")
        }
        Event::SettingLeftOn { setting: LeftOn::RecoveryMode, .. } => {
            bad("LAB_RECOVERY_MODE_SETUP", "OFFLINE_ACCESS", "LAB_SETTING_LEFT_ON")
        }
        Event::PasskeyReported(_) => told("LAB_PASSKEY_REPORTED", "REGISTRATION"),
        Event::PasskeyConfirmed(_) => told("LAB_PAIRED_WITH_AZURE", "REGISTRATION"),
        Event::Unpaired { .. } => told("LAB_UNPAIRED", "DEREGISTRATION"),
        Event::KeyDeleted { .. } => told("LAB_PASSKEY_DELETED", "DEREGISTRATION"),
        Event::AzurePairingChecked { trouble: None, .. } => told("LAB_AZURE_PAIRING_CHECKED", "ADMIN"),
        Event::AzurePairingChecked { trouble: Some(_), .. } => {
            bad("LAB_AZURE_PAIRING_CHECKED", "ADMIN", "LAB_AZURE_PAIRING_GONE")
        }
        Event::GroupMoved { .. } => told("LAB_GROUP_MOVED", "ADMIN"),
        Event::EntraRefused { .. } => bad("LAB_ENTRA_CALL", "ADMIN", "LAB_ENTRA_CALL_FAILED"),
        Event::PhaseChanged { .. } | Event::EntraBusy { .. } => None,
    }
}
