//! The credentials on the phone and whose they are.

use ctap::Credential;
use jiff::Timestamp;

use crate::account::{Account, AccountId};
use crate::confirmation::Passkey;
use crate::phone::Phone;
use crate::{Activity, Event, Use};

impl Phone {
    /// The credentials that belong to an account.
    pub(crate) fn credentials_of(&self, account: &Account) -> impl Iterator<Item = &Credential> {
        self.credentials().filter(|it| account.owns(&it.rp_id, it.user_name.as_deref()))
    }

    /// Passes the authenticator's events on, and draws from them what a key was used for.
    pub(crate) fn take_authenticator_events(&mut self, now: Timestamp) {
        while let Some(event) = self.key.poll_event() {
            self.events.push_back(Event::Authenticator(event.clone()));
            match event {
                ctap::Event::CredentialCreated { id, .. } => self.note_registration(now, &id),
                ctap::Event::Asserted { rp_id, user, .. } => self.note_sign_in(now, &rp_id, user.as_deref()),
                _ => {}
            }
        }
    }

    fn note_registration(&mut self, now: Timestamp, credential_id: &[u8]) {
        let Some(credential) = self.credentials().find(|it| it.id == credential_id) else { return };
        let passkey =
            Passkey { credential_id: credential.id.clone().into(), user_handle: credential.user_handle.clone().into() };
        let (rp_id, user) = (credential.rp_id.clone(), credential.user_name.clone());
        match self.owner(&rp_id, user.as_deref()) {
            Some(id) => self.confirm(now, &id, passkey),
            None => self.events.push_back(Event::ForeignPasskeyMade { rp_id, user }),
        }
    }

    fn note_sign_in(&mut self, now: Timestamp, rp_id: &str, user: Option<&str>) {
        let Some(id) = self.owner(rp_id, user) else { return };
        if let Some(account) = self.accounts.get_mut(&id) {
            account.activity.push(Activity { at: now, what: Use::SignedIn });
        }
        self.events.push_back(Event::SignedIn { account: id });
    }

    fn owner(&self, rp_id: &str, user: Option<&str>) -> Option<AccountId> {
        self.accounts.values().find(|account| account.owns(rp_id, user)).map(|account| account.id.clone())
    }
}
