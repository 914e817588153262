//! Inviting, deleting and unpairing users (guide "User Management for HYPR Enterprise Passkey").

use jiff::Timestamp;

use super::ControlCenter;
use super::line::Job;
use crate::event::{Event, Link, UnpairedFrom};
use crate::mail::Mail;
use crate::name::is_upn;
use crate::operation::{OperationId, Purpose};
use crate::people::{Person, Phase, Stay, User};

/// Why a user cannot be invited.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InviteError {
    /// There is no such integration.
    #[error("Control Center has no integration {0:?}.")]
    UnknownIntegration(String),
    /// What was typed is no address.
    #[error("{0:?} is not an email address.")]
    NoAddress(String),
    /// The user is further than that.
    #[error("{0} has paired already.")]
    PairedAlready(String),
}

impl ControlCenter {
    /// Starts to invite a user, who must exist in Entra; [`ControlCenter::take_conclusion`] tells how it ended.
    ///
    /// # Errors
    ///
    /// When it needs no look at Entra to say no.
    pub fn begin_invite(&mut self, now: Timestamp, rp_app_id: &str, email: &str) -> Result<OperationId, InviteError> {
        let Some(integration) = self.integration(rp_app_id) else {
            return Err(InviteError::UnknownIntegration(rp_app_id.to_owned()));
        };
        let username = email.trim().to_owned();
        if !is_upn(&username) {
            return Err(InviteError::NoAddress(username));
        }
        if integration.user(&username).is_some_and(|user| user.phase() != Phase::Pending) {
            return Err(InviteError::PairedAlready(username));
        }
        let id = self.new_operation();
        self.watch(id);
        self.enqueue_as(now, rp_app_id, id, Job::FindUser { username, purpose: Purpose::Invitation });
        Ok(id)
    }

    /// Entra knows the person: Pending, and eligible for pairing.
    pub(super) fn user_invited(&mut self, now: Timestamp, rp_app_id: &str, person: &Person) {
        let Some(integration) = self.integrations.get_mut(rp_app_id) else { return };
        let user = integration.user_or_new(&person.username);
        user.stay = Stay::Member;
        user.learn(person);
        let username = user.username.clone();
        self.mails.push_back(Mail::invitation(&user.email, &user.display_name, rp_app_id));
        self.note(now, Event::UserInvited { rp_app_id: rp_app_id.to_owned(), username: username.clone() });
        self.enqueue(now, rp_app_id, Job::MoveGroups { username });
    }

    /// Opens User Management: repeats what Entra has refused before, then confirms every account with Entra.
    pub fn begin_refresh(&mut self, now: Timestamp, rp_app_id: &str) -> OperationId {
        let users = self.integration(rp_app_id).into_iter().flat_map(|integration| integration.users.values());
        let usernames: Vec<String> = users.map(|user| user.username.clone()).collect();
        for username in usernames {
            self.enqueue(now, rp_app_id, Job::DeleteKeys { username: username.clone() });
            self.enqueue(now, rp_app_id, Job::MoveGroups { username });
        }
        let id = self.new_operation();
        self.watch(id);
        self.enqueue_as(now, rp_app_id, id, Job::RefreshAccounts);
        id
    }

    /// Deletes a user: every pairing ends at once; keys and group membership go from Entra, and then the line from the
    /// list. While Entra cannot be reached the line stays, a convention of the lab.
    ///
    /// Nothing when there is no such user.
    pub fn begin_delete_user(&mut self, now: Timestamp, rp_app_id: &str, username: &str) -> Option<OperationId> {
        let user = self.integration(rp_app_id)?.user(username)?;
        let (username, devices) = (user.username.clone(), user.accounts.keys().cloned().collect::<Vec<_>>());
        self.note(now, Event::UserDeleted { rp_app_id: rp_app_id.to_owned(), username: username.clone() });
        self.change_user(now, rp_app_id, &username, |user| user.stay = Stay::Leaving);
        for device_id in devices {
            let link = Link { rp_app_id: rp_app_id.to_owned(), username: username.clone(), device_id };
            self.unpair(now, link, UnpairedFrom::ControlCenter);
        }
        self.enqueue(now, rp_app_id, Job::DeleteKeys { username: username.clone() });
        let id = self.new_operation();
        self.watch(id);
        self.enqueue_as(now, rp_app_id, id, Job::MoveGroups { username });
        Some(id)
    }

    /// Ends one pairing: the key goes from Entra, the user moves to Pending unless another phone is paired.
    pub(super) fn unpair(&mut self, now: Timestamp, link: Link, from: UnpairedFrom) {
        let Link { rp_app_id, username, device_id } = link.clone();
        // Said before the phase changes, so that the journal reads in the order of cause and effect.
        self.note(now, Event::Unpaired { link, from });
        self.change_user(now, &rp_app_id, &username, |user| user.unpair(now, &device_id));
        self.forget_idle_devices();
    }

    /// The phase of a user of one integration.
    #[must_use]
    pub fn phase_in(&self, rp_app_id: &str, upn: &str) -> Option<Phase> {
        self.integration(rp_app_id)?.user(upn).map(User::phase)
    }
}
