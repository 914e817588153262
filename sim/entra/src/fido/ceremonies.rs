//! Both ceremonies on a tenant: what Graph, the security-info pages, browsers and Windows call.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;
use wire::Base64Url;
use wire::webauthn::{CreationOptions, User};

use super::assertion::{self, Account, AccountState, AssertionParts, Expected, SignedChallenge};
use super::registration::{self, Ceremony, NewKey, Registrar};
use super::{AssertionRefused, Passkey, RegistrationRefused, challenge, descriptor};
use crate::directory::UserId;
use crate::event::Event;
use crate::tenant::{SignIn, Tenant};

/// What a security key proves (`amr`): the key, and by its user verification a second factor.
const KEY_METHODS: [&str; 2] = ["fido", "mfa"];

impl Tenant {
    /// Options for a new key of a user, and when their challenge ends; `None` when there is no such user.
    pub(crate) fn creation_options(
        &mut self,
        now: Timestamp,
        id: UserId,
        lifetime: SignedDuration,
    ) -> Option<(CreationOptions, Timestamp)> {
        let user = self.user(id)?;
        let entity = User {
            id: Base64Url(self.user_handles.of(id)),
            name: user.upn.clone(),
            display_name: user.display_name.clone(),
        };
        let (challenge, expires) = self.challenges.issue_for(now, id, lifetime, &mut self.rng);
        let held = self.passkeys.of_user(id).into_iter().map(descriptor).collect();
        Some((registration::creation_options(entity, &challenge, held), expires))
    }

    /// Whether a user may register a key, before a challenge is issued.
    pub(crate) fn check_registration(&self, user: UserId, registrar: Registrar) -> Result<(), RegistrationRefused> {
        self.fido2_policy.check_registration(registrar, &self.all_groups_of(user))
    }

    /// Registers a key for a user who exists.
    pub(crate) fn register_key(
        &mut self,
        now: Timestamp,
        user: UserId,
        registrar: Registrar,
        new: &NewKey,
    ) -> Result<Passkey, RegistrationRefused> {
        let groups = self.all_groups_of(user);
        let mut ceremony = Ceremony {
            user,
            groups: &groups,
            registrar,
            policy: &self.fido2_policy,
            roots: &self.attestation_roots,
            challenges: &mut self.challenges,
            passkeys: &self.passkeys,
        };
        let verified = registration::verify(now, new, &mut ceremony);
        let name = self.user(user).map(|user| user.upn.clone()).unwrap_or_default();
        let key = match verified {
            Ok(key) => key,
            Err(refused) => {
                self.record(Event::KeyRefused { user: name, reason: refused.to_string() });
                return Err(refused);
            }
        };
        self.passkeys.add(key.clone()).expect("step 22 found the credential id free");
        self.record(Event::KeyRegistered { user: name, name: key.display_name.clone(), aaguid: key.aaguid });
        Ok(key)
    }

    /// A challenge for a browser's sign-in.
    pub(crate) fn sign_in_challenge(&self, now: Timestamp) -> String {
        challenge::sign_in_challenge(&self.signing_key, now)
    }

    /// Verifies a browser's assertion; `user` is who typed a name before.
    pub(crate) fn sign_in_with_key(
        &mut self,
        now: Timestamp,
        parts: &AssertionParts,
        user: Option<UserId>,
    ) -> Result<SignIn, AssertionRefused> {
        self.assert_key(now, parts, user, None)
    }

    /// Verifies an assertion over a nonce of Windows sign-in.
    pub(crate) fn sign_in_with_key_at_windows(
        &mut self,
        now: Timestamp,
        parts: &AssertionParts,
        nonce: &str,
    ) -> Result<SignIn, AssertionRefused> {
        self.assert_key(now, parts, None, Some(nonce))
    }

    fn assert_key(
        &mut self,
        now: Timestamp,
        parts: &AssertionParts,
        user: Option<UserId>,
        nonce: Option<&str>,
    ) -> Result<SignIn, AssertionRefused> {
        // Taken out for the while, since the counter changes while the accounts are read.
        let mut passkeys = std::mem::take(&mut self.passkeys);
        let expected = Expected {
            challenge: nonce.map_or(SignedChallenge::SignIn(&self.signing_key), SignedChallenge::Nonce),
            user,
            handles: &self.user_handles,
            policy: &self.fido2_policy,
            account: &|id| self.key_account(id),
        };
        let verified = assertion::verify(now, parts, &expected, &mut passkeys);
        self.passkeys = passkeys;
        let amr = KEY_METHODS.map(str::to_owned).into();
        verified.map(|user| SignIn { user, amr, at: now, device: None })
    }

    fn key_account(&self, id: Uuid) -> Option<Account> {
        let user = self.user(id)?;
        let state = if user.account_enabled { AccountState::Enabled } else { AccountState::Disabled };
        Some(Account { state, groups: self.all_groups_of(id) })
    }
}
