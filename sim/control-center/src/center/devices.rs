//! What phones ask for and report. The calls are a convention of the lab.

use jiff::Timestamp;

use super::ControlCenter;
use super::line::Job;
use crate::device::{Device, JoinType, MobileOs};
use crate::event::{Event, Link, UnpairedFrom};
use crate::fault::Fault;
use crate::graph::method_id;
use crate::integration::IntegrationState;
use crate::operation::Purpose;
use crate::people::{Passkey, PasskeyState, Phase};
use crate::secret::Secret;

/// The relying party for which a phone holds keys of this integration.
pub const RELYING_PARTY: &str = "login.microsoft.com";

/// The phone that completes a pairing.
#[derive(Clone, Debug)]
pub struct NewPhone {
    /// The id that it was given before, if it was.
    pub device_id: Option<String>,
    /// What its owner calls it.
    pub name: String,
    /// The model.
    pub model: String,
    /// The operating system.
    pub os: MobileOs,
    /// Its version.
    pub os_version: String,
    /// The version of the HYPR Mobile App.
    pub app_version: String,
}

/// What a phone learns when it is paired.
#[derive(Clone, Debug)]
pub struct Completed {
    /// Its id.
    pub device_id: String,
    /// The FIDO id of the pairing.
    pub fido_user: String,
    /// Its token.
    pub device_token: Secret,
    /// The UPN.
    pub username: String,
    /// The full name, or the UPN as long as Entra has not told it.
    pub display_name: String,
    /// The object id, once Entra has told it.
    pub object_id: Option<String>,
    /// The application.
    pub rp_app_id: String,
    /// The workstation's id.
    pub machine_id: String,
    /// The workstation's name.
    pub machine_name: String,
    /// How it is joined.
    pub join: JoinType,
    /// DISABLED is a warning.
    pub integration: IntegrationState,
}

/// One account of a phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountView {
    /// The application.
    pub rp_app_id: String,
    /// The UPN.
    pub username: String,
    /// The object id, once Entra has told it.
    pub object_id: Option<String>,
    /// Whether the phone may answer ceremonies.
    pub integration: IntegrationState,
    /// Whether the user's domain is accepted at present.
    pub domain: Domain,
    /// How far the pairing of this phone has come.
    pub phase: Phase,
}

/// Whether the integration accepts the domain of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// It does.
    Accepted,
    /// It does not, or no longer.
    Refused,
}

/// A credential that a phone has made.
#[derive(Clone, Debug)]
pub struct ReportedPasskey {
    /// The application of the account.
    pub rp_app_id: String,
    /// The account.
    pub username: String,
    /// The relying party that asked for it.
    pub rp_id: String,
    /// base64url.
    pub credential_id: String,
}

impl ControlCenter {
    /// The accounts of a phone; those that await confirmation are looked up in Entra, and the answer is the next one's.
    ///
    /// # Errors
    ///
    /// Unknown phone or refused token.
    pub fn device_accounts(
        &mut self,
        now: Timestamp,
        bearer: &str,
        device_id: &str,
    ) -> Result<Vec<AccountView>, Fault> {
        self.check_device(bearer, device_id)?;
        let accounts = self.accounts_of(device_id);
        for account in &accounts {
            let (rp_app_id, username) = (&account.rp_app_id, &account.username);
            self.change_user(now, rp_app_id, username, |user| user.last_active = Some(now));
            self.enqueue(now, rp_app_id, Job::ConfirmPasskey { username: username.clone() });
        }
        Ok(accounts)
    }

    /// A phone has made a credential for Entra; the answer is the phase of its account.
    ///
    /// # Errors
    ///
    /// Unknown phone or account, refused token, another relying party, a credential id that is none or another phone's.
    pub fn report_passkey(
        &mut self,
        now: Timestamp,
        bearer: &str,
        device_id: &str,
        passkey: ReportedPasskey,
    ) -> Result<Phase, Fault> {
        self.check_device(bearer, device_id)?;
        let ReportedPasskey { rp_app_id, username, rp_id, credential_id } = passkey;
        if rp_id != RELYING_PARTY {
            return Err(Fault::Malformed(format!("rpId must be {RELYING_PARTY}")));
        }
        let Some(method) = method_id(&credential_id) else {
            return Err(Fault::Malformed("credentialId must be base64url of 1 to 1023 bytes".to_owned()));
        };
        let username = self.account_holder(&rp_app_id, &username, device_id)?;
        if self.is_of_another_phone(&method, device_id) {
            return Err(Fault::PasskeyTaken);
        }
        let credential_id = credential_id.trim_end_matches('=').to_owned();
        let added = self.change_user(now, &rp_app_id, &username, |user| {
            user.last_active = Some(now);
            let account = user.accounts.get_mut(device_id)?;
            let known = account.passkeys.iter().any(|key| key.credential_id == credential_id);
            let state = PasskeyState::Reported;
            (!known).then(|| account.passkeys.push(Passkey { credential_id, rp_id, state }))
        });
        if added.flatten().is_some() {
            let (username, device_id) = (username.clone(), device_id.to_owned());
            self.note(now, Event::PasskeyReported(Link { rp_app_id: rp_app_id.clone(), username, device_id }));
        }
        self.enqueue(now, &rp_app_id, Job::ConfirmPasskey { username: username.clone() });
        let user = self.integration(&rp_app_id).and_then(|integration| integration.user(&username));
        let account = user.and_then(|user| user.accounts.get(device_id));
        account.map(crate::people::Account::phase).ok_or(Fault::AccountUnknown { rp_app_id, username })
    }

    /// The phone's owner deletes an account.
    ///
    /// # Errors
    ///
    /// Unknown phone or account, refused token.
    pub fn unpair_from_phone(
        &mut self,
        now: Timestamp,
        bearer: &str,
        device_id: &str,
        rp_app_id: &str,
        username: &str,
    ) -> Result<(), Fault> {
        self.check_device(bearer, device_id)?;
        let username = self.account_holder(rp_app_id, username, device_id)?;
        let link = Link { rp_app_id: rp_app_id.to_owned(), username, device_id: device_id.to_owned() };
        self.unpair(now, link, UnpairedFrom::Phone);
        Ok(())
    }

    /// Asks Entra who the user of a session is; the answer is there before a person has held a phone to the screen.
    pub(super) fn look_up(&mut self, now: Timestamp, rp_app_id: &str, username: &str, session_id: &str) {
        let accepted = self.integration(rp_app_id).is_some_and(|integration| integration.domains.accept(username));
        if accepted {
            let purpose = Purpose::Session(session_id.to_owned());
            self.enqueue(now, rp_app_id, Job::FindUser { username: username.to_owned(), purpose });
        }
    }

    fn accounts_of(&self, device_id: &str) -> Vec<AccountView> {
        let mut accounts = Vec::new();
        for integration in self.integrations.values() {
            for user in integration.users.values() {
                let account = user.accounts.get(device_id);
                accounts.extend(account.map(|account| AccountView {
                    rp_app_id: integration.rp_app_id().to_owned(),
                    username: user.username.clone(),
                    object_id: user.object_id.clone(),
                    integration: integration.state,
                    domain: if integration.domains.accept(&user.username) { Domain::Accepted } else { Domain::Refused },
                    phase: account.phase(),
                }));
            }
        }
        accounts
    }

    /// Whether another phone has reported the key that Graph calls `method`. Were it taken from two, the one that
    /// unpairs would take the other's key along.
    fn is_of_another_phone(&self, method: &str, device_id: &str) -> bool {
        let users = self.integrations.values().flat_map(|integration| integration.users.values());
        let others = users.flat_map(|user| &user.accounts).filter(|(holder, _)| *holder != device_id);
        let mut keys = others.flat_map(|(_, account)| &account.passkeys);
        keys.any(|key| method_id(&key.credential_id).as_deref() == Some(method))
    }

    fn check_device(&self, bearer: &str, device_id: &str) -> Result<&Device, Fault> {
        let device = self.devices.get(device_id).ok_or(Fault::DeviceUnknown)?;
        if device.tokens.accepts(bearer) { Ok(device) } else { Err(Fault::TokenRefused) }
    }

    /// The UPN as Control Center spells it, if the phone holds that account.
    fn account_holder(&self, rp_app_id: &str, username: &str, device_id: &str) -> Result<String, Fault> {
        let user = self.integration(rp_app_id).and_then(|integration| integration.user(username));
        let holder = user.filter(|user| user.accounts.contains_key(device_id));
        holder
            .map(|user| user.username.clone())
            .ok_or_else(|| Fault::AccountUnknown { rp_app_id: rp_app_id.to_owned(), username: username.to_owned() })
    }
}
