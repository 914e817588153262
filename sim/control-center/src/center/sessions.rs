//! Pairing with HYPR: the workstation asks for a QR code, a phone scans it and completes (guide "Pairing with HYPR on a
//! Domain-joined Workstation"). The calls are a convention of the lab.

use jiff::Timestamp;

use super::workstations::PairedDevice;
use super::{ControlCenter, ID_ALPHABET};
use crate::device::{Device, JoinType, Workstation};
use crate::event::{Event, LeftOn, Pairing};
use crate::fault::Fault;
use crate::flags::ApplicationFlag;
use crate::integration::{Integration, IntegrationState, Toggle, WorkstationSettings};
use crate::name::is_upn;
use crate::pairing::{Session, SessionState, WorkstationToken, qr_lifetime};
use crate::people::{Account, Stay};
use crate::secret::{HandedOut, Secret};

use super::devices::{Completed, NewPhone};

/// What the Passwordless client asks for.
#[derive(Clone, Debug)]
pub struct PairingRequest {
    /// The application of `hypr.json`.
    pub rp_app_id: String,
    /// The machine's UUID.
    pub machine_id: String,
    /// Its name.
    pub machine_name: String,
    /// How it is joined.
    pub join: JoinType,
    /// Who is signed in to Windows.
    pub username: String,
}

/// What the Passwordless client shows.
#[derive(Clone)]
pub struct PairingOffer {
    /// 64 hexadecimal digits.
    pub session_id: String,
    /// 64 digits.
    pub pin: Secret,
    /// Six letters and digits.
    pub activation_code: String,
    /// When the code ends.
    pub expires: Timestamp,
    /// The text of the QR code.
    pub qr: String,
    /// The settings of the application.
    pub settings: WorkstationSettings,
}

impl std::fmt::Debug for PairingOffer {
    /// Without activation code and QR text: each of them gives the PIN away.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { session_id, expires, settings, .. } = self;
        let mut shown = f.debug_struct("PairingOffer");
        shown.field("session_id", session_id).field("expires", expires).field("settings", settings);
        shown.finish_non_exhaustive()
    }
}

/// What a session has come to, for the Passwordless client.
#[derive(Clone, Debug)]
pub enum PairingState {
    /// Nobody has scanned yet.
    Waiting,
    /// A phone has scanned.
    Scanned,
    /// A phone is paired; the device-unique token comes once.
    Paired {
        /// The phone.
        device: PairedDevice,
        /// The token that replaces the install token.
        token: Option<Secret>,
    },
    /// The phone was turned away.
    Refused {
        /// Why.
        message: String,
    },
    /// Too late.
    Expired,
}

/// What a phone learns from a scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scanned {
    /// The UPN.
    pub username: String,
    /// The full name, or the UPN as long as Entra has not told it.
    pub display_name: String,
    /// The application.
    pub rp_app_id: String,
    /// DISABLED is a warning, not a refusal.
    pub integration: IntegrationState,
    /// The workstation.
    pub machine_name: String,
    /// How it is joined.
    pub join: JoinType,
}

impl ControlCenter {
    /// A workstation starts to pair a phone.
    ///
    /// # Errors
    ///
    /// Unknown application, refused token, missing flag, or a name that is no UPN.
    pub fn start_pairing(
        &mut self,
        now: Timestamp,
        bearer: &str,
        request: PairingRequest,
    ) -> Result<PairingOffer, Fault> {
        self.expire_sessions(now);
        let integration =
            self.integration(&request.rp_app_id).ok_or_else(|| Fault::ApplicationUnknown(request.rp_app_id.clone()))?;
        if !may_act_for(integration, &request.machine_id, bearer) {
            return Err(Fault::TokenRefused);
        }
        if !is_upn(&request.username) || request.machine_id.is_empty() {
            return Err(Fault::Malformed("username must be a UPN, and machineId must not be empty".to_owned()));
        }
        let flag = ApplicationFlag::RpAppWorkstationEnabled;
        let settings = integration.workstation_settings;
        let has_flag = self.has_flag(&request.rp_app_id, flag);
        let session = self.new_session(now, request, settings);
        if !has_flag {
            let fault = Fault::FlagMissing { rp_app_id: session.rp_app_id.clone(), flag };
            self.note(now, Event::PairingRefused { pairing: pairing(&session), reason: fault.to_string() });
            return Err(fault);
        }
        let offer = PairingOffer {
            session_id: session.session_id.clone(),
            pin: session.pin.clone(),
            activation_code: session.activation_code.clone(),
            expires: session.expires,
            qr: session.qr_text(&self.rp_url()),
            settings,
        };
        self.note(now, Event::PairingStarted(pairing(&session)));
        let (rp_app_id, username) = (session.rp_app_id.clone(), session.username.clone());
        self.sessions.insert(session.session_id.clone(), session);
        self.look_up(now, &rp_app_id, &username, &offer.session_id);
        Ok(offer)
    }

    fn new_session(&mut self, now: Timestamp, request: PairingRequest, settings: WorkstationSettings) -> Session {
        Session {
            session_id: self.rng.hex(32),
            pin: Secret::new(self.rng.text("0123456789", 64)),
            activation_code: self.rng.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 6),
            rp_app_id: request.rp_app_id,
            machine_id: request.machine_id,
            machine_name: request.machine_name,
            join: request.join,
            username: request.username,
            expires: now + qr_lifetime(settings.require_user_presence),
            state: SessionState::WaitsForScan,
            person: None,
        }
    }

    /// What has become of a session.
    ///
    /// # Errors
    ///
    /// Unknown session or refused token.
    pub fn pairing_state(&mut self, now: Timestamp, bearer: &str, session_id: &str) -> Result<PairingState, Fault> {
        self.expire_sessions(now);
        let session = self.sessions.get(session_id).ok_or(Fault::SessionUnknown)?;
        let integration = self.integration(&session.rp_app_id).ok_or(Fault::SessionUnknown)?;
        if !may_act_for(integration, &session.machine_id, bearer) {
            return Err(Fault::TokenRefused);
        }
        match session.state.clone() {
            SessionState::WaitsForScan => Ok(PairingState::Waiting),
            SessionState::WaitsForCompletion { .. } => Ok(PairingState::Scanned),
            SessionState::Refused { message, .. } => Ok(PairingState::Refused { message }),
            SessionState::Expired { .. } => Ok(PairingState::Expired),
            SessionState::Paired { device_id, token, .. } => {
                let device = self.paired_device(&device_id).ok_or(Fault::DeviceUnknown)?;
                let token = (token == WorkstationToken::Waiting).then(|| self.exchange_token(session_id));
                Ok(PairingState::Paired { device, token: token.flatten() })
            }
        }
    }

    /// The install token is exchanged for a token of this workstation alone (`hypr.md` §4.2).
    fn exchange_token(&mut self, session_id: &str) -> Option<Secret> {
        let token = self.rng.uuid().to_string();
        let session = self.sessions.get_mut(session_id)?;
        let integration = self.integrations.get_mut(&session.rp_app_id)?;
        integration.workstations.get_mut(&session.machine_id)?.tokens.remember(&token);
        if let SessionState::Paired { token, .. } = &mut session.state {
            *token = WorkstationToken::HandedOut;
        }
        Some(Secret::new(token))
    }

    /// The text of the QR code for somebody who types the activation code (`hypr.md` §3, open endpoint).
    ///
    /// # Errors
    ///
    /// When no code on show is this one.
    pub fn pending_qr(&mut self, now: Timestamp, activation_code: &str) -> Result<String, Fault> {
        self.expire_sessions(now);
        let shown = self.sessions.values().filter(|session| session.state == SessionState::WaitsForScan);
        let mut matching = shown.filter(|session| session.activation_code.eq_ignore_ascii_case(activation_code.trim()));
        let session = matching.next().ok_or(Fault::SessionUnknown)?;
        Ok(session.qr_text(&self.rp_url()))
    }

    /// A phone has scanned.
    ///
    /// # Errors
    ///
    /// Unknown, expired or used code, wrong PIN; a missing flag or a domain that is not accepted, which end the session.
    pub fn scan(&mut self, now: Timestamp, session_id: &str, pin: &str) -> Result<Scanned, Fault> {
        let session = self.session_for_phone(now, session_id, pin)?;
        match session.state {
            SessionState::WaitsForScan => {}
            SessionState::Expired { .. } => return Err(Fault::SessionExpired),
            _ => return Err(Fault::SessionUsed),
        }
        let session = session.clone();
        self.check_welcome(now, &session)?;
        let integration = self.integration(&session.rp_app_id).ok_or(Fault::SessionUnknown)?;
        let known = integration.user(&session.username).map(|user| user.display_name.clone());
        let display_name = session.person.as_ref().map(|person| person.display_name.clone()).or(known);
        let scanned = Scanned {
            display_name: display_name.filter(|name| !name.is_empty()).unwrap_or_else(|| session.username.clone()),
            username: session.username.clone(),
            rp_app_id: session.rp_app_id.clone(),
            integration: integration.state,
            machine_name: session.machine_name.clone(),
            join: session.join,
        };
        self.note(now, Event::QrScanned(pairing(&session)));
        if let Some(session) = self.sessions.get_mut(session_id) {
            session.scanned(now);
        }
        Ok(scanned)
    }

    /// The phone's owner has authenticated: the phone is paired with HYPR, also while the integration is DISABLED.
    ///
    /// `bearer` is the phone's token if it has one; see [`ControlCenter::device_for`].
    ///
    /// # Errors
    ///
    /// Unknown, expired, used or not yet scanned code; wrong PIN; what [`ControlCenter::scan`] refuses and has come to
    /// be so since.
    pub fn complete(
        &mut self,
        now: Timestamp,
        session_id: &str,
        pin: &str,
        bearer: Option<&str>,
        phone: NewPhone,
    ) -> Result<Completed, Fault> {
        let session = self.session_for_phone(now, session_id, pin)?.clone();
        match session.state {
            SessionState::WaitsForCompletion { .. } => {}
            SessionState::WaitsForScan => return Err(Fault::SessionNotScanned),
            SessionState::Expired { .. } => return Err(Fault::SessionExpired),
            _ => return Err(Fault::SessionUsed),
        }
        self.check_welcome(now, &session)?;
        let device_id = self.device_for(bearer, phone);
        let token = Secret::new(self.rng.uuid().to_string());
        if let Some(device) = self.devices.get_mut(&device_id) {
            device.tokens.remember(token.reveal());
        }
        let fido_user = self.record_pairing(now, &session, &device_id);
        let at = pairing(&session);
        if let Some(session) = self.sessions.get_mut(session_id) {
            let token = WorkstationToken::Waiting;
            session.state = SessionState::Paired { device_id: device_id.clone(), token, at: now };
        }
        self.report_settings_left_on(now, &at);
        let integration = self.integration(&session.rp_app_id).ok_or(Fault::SessionUnknown)?;
        let user = integration.user(&session.username).ok_or(Fault::SessionUnknown)?;
        Ok(Completed {
            device_id,
            fido_user,
            device_token: token,
            username: user.username.clone(),
            display_name: if user.display_name.is_empty() { user.username.clone() } else { user.display_name.clone() },
            object_id: user.object_id.clone(),
            rp_app_id: session.rp_app_id.clone(),
            machine_id: session.machine_id.clone(),
            machine_name: session.machine_name.clone(),
            join: session.join,
            integration: integration.state,
        })
    }

    /// The phone that pairs. A device id that is claimed is believed if the phone shows its token; otherwise it gets a
    /// new one. A convention of the lab.
    fn device_for(&mut self, bearer: Option<&str>, phone: NewPhone) -> String {
        let claimed = phone.device_id.as_deref().and_then(|id| self.devices.get(id));
        let proven = claimed.filter(|device| bearer.is_some_and(|token| device.tokens.accepts(token)));
        let tokens = proven.map(|device| device.tokens.clone()).unwrap_or_default();
        let device_id = match proven.map(|device| device.device_id.clone()) {
            Some(device_id) => device_id,
            None => format!("DevId{}", self.rng.text(ID_ALPHABET, 26)),
        };
        let NewPhone { name, model, os, os_version, app_version, .. } = phone;
        let device = Device { device_id: device_id.clone(), name, model, os, os_version, app_version, tokens };
        self.devices.insert(device_id.clone(), device);
        device_id
    }

    /// Writes the pairing down with the user, who need not have been invited, and with the workstation.
    fn record_pairing(&mut self, now: Timestamp, session: &Session, device_id: &str) -> String {
        let new_fido_user = format!("User{}", self.rng.text(ID_ALPHABET, 26));
        let Some(integration) = self.integrations.get_mut(&session.rp_app_id) else { return new_fido_user };
        let workstation = integration.workstations.entry(session.machine_id.clone()).or_insert_with(|| Workstation {
            machine_id: session.machine_id.clone(),
            name: String::new(),
            join: session.join,
            tokens: HandedOut::default(),
        });
        workstation.name.clone_from(&session.machine_name);
        workstation.join = session.join;
        let user = integration.user_or_new(&session.username);
        let fido_user = user.accounts.get(device_id).map_or(new_fido_user, |account| account.fido_user.clone());
        let username = user.username.clone();
        let event = Event::PairedWithHypr {
            pairing: pairing(session),
            device_id: device_id.to_owned(),
            fido_user: fido_user.clone(),
        };
        self.note(now, event);
        self.change_user(now, &session.rp_app_id, &username, |user| {
            user.stay = Stay::Member;
            user.unpaired_at = None;
            user.last_active = Some(now);
            session.person.iter().for_each(|person| user.learn(person));
            let account = user.accounts.entry(device_id.to_owned()).or_insert_with(|| Account {
                fido_user: fido_user.clone(),
                workstations: Default::default(),
                passkeys: Vec::new(),
                created_at: now,
            });
            account.workstations.insert(session.machine_id.clone());
        });
        fido_user
    }

    /// Guide, "Do This First": settings left in their default state are reported as failures.
    fn report_settings_left_on(&mut self, now: Timestamp, pairing: &Pairing) {
        let Some(integration) = self.integration(&pairing.rp_app_id) else { return };
        let settings = integration.workstation_settings;
        let candidates = [(settings.offline_mode, LeftOn::OfflineMode), (settings.recovery_mode, LeftOn::RecoveryMode)];
        for (_, setting) in candidates.into_iter().filter(|(toggle, _)| *toggle == Toggle::On) {
            self.note(now, Event::SettingLeftOn { pairing: pairing.clone(), setting });
        }
    }

    fn session_for_phone(&mut self, now: Timestamp, session_id: &str, pin: &str) -> Result<&Session, Fault> {
        self.expire_sessions(now);
        let session = self.sessions.get(session_id).ok_or(Fault::SessionUnknown)?;
        if session.pin.matches(pin) { Ok(session) } else { Err(Fault::PinWrong) }
    }

    /// Turns a phone away whose user may not pair; that ends the session.
    fn check_welcome(&mut self, now: Timestamp, session: &Session) -> Result<(), Fault> {
        let integration = self.integration(&session.rp_app_id).ok_or(Fault::SessionUnknown)?;
        let flag = ApplicationFlag::Fido2MobileAuthenticator;
        let fault = if !self.has_flag(&session.rp_app_id, flag) {
            Fault::FlagMissing { rp_app_id: session.rp_app_id.clone(), flag }
        } else if !integration.domains.accept(&session.username) {
            Fault::DomainNotAccepted { username: session.username.clone() }
        } else {
            return Ok(());
        };
        self.refuse(now, session, &fault);
        Err(fault)
    }

    fn refuse(&mut self, now: Timestamp, session: &Session, fault: &Fault) {
        self.note(now, Event::PairingRefused { pairing: pairing(session), reason: fault.to_string() });
        if let Some(session) = self.sessions.get_mut(&session.session_id) {
            session.state = SessionState::Refused { message: fault.to_string(), at: now };
        }
    }

    pub(super) fn expire_sessions(&mut self, now: Timestamp) {
        let mut expired = Vec::new();
        for session in self.sessions.values_mut() {
            if session.deadline().is_some_and(|deadline| deadline <= now) {
                session.state = SessionState::Expired { at: now };
                expired.push(pairing(session));
            }
        }
        self.sessions.retain(|_, session| !session.is_forgotten(now));
        expired.into_iter().for_each(|pairing| self.note(now, Event::PairingExpired(pairing)));
    }
}

/// Whether the token is the install token of the application, or the workstation's own.
fn may_act_for(integration: &Integration, machine_id: &str, bearer: &str) -> bool {
    let own = integration.workstations.get(machine_id);
    integration.install_token.matches(bearer) || own.is_some_and(|workstation| workstation.tokens.accepts(bearer))
}

fn pairing(session: &Session) -> Pairing {
    Pairing {
        rp_app_id: session.rp_app_id.clone(),
        username: session.username.clone(),
        machine_id: session.machine_id.clone(),
        session_id: session.session_id.clone(),
    }
}
