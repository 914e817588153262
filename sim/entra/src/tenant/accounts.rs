//! Accounts: finding them, checking passwords, suspending and deleting.

use clockwork::Stream;
use jiff::Timestamp;
use uuid::Uuid;

use super::{Activity, BadConfig, Change, Facet, SignIn, Tenant};
use crate::config::{Account, Licence, PasswordState, UserConfig};
use crate::directory::{User, UserId};
use crate::error::{Refusal, aadsts};
use crate::event::Event;
use crate::fido::Passkey;
use crate::secret::Digested;

/// Entra's shortest password.
pub(crate) const PASSWORD_CHARS_MIN: usize = 8;

/// What makes a new user, whoever asks.
pub(crate) struct NewUser<'a> {
    pub(crate) upn: &'a str,
    pub(crate) display_name: &'a str,
    pub(crate) mail_nickname: &'a str,
    pub(crate) password: &'a str,
    pub(crate) password_state: PasswordState,
    pub(crate) account_enabled: bool,
    pub(crate) profile: std::collections::BTreeMap<&'static str, serde_json::Value>,
}

impl Tenant {
    /// The user with this object id.
    #[must_use]
    pub fn user(&self, id: UserId) -> Option<&User> {
        self.users.get(&id)
    }

    /// The user with this principal name, whatever its case.
    #[must_use]
    pub fn user_by_name(&self, upn: &str) -> Option<&User> {
        self.users.get(self.names.get(&upn.to_lowercase())?)
    }

    /// The users behind an id, by object id.
    pub(crate) fn users_after(&self, id: Option<UserId>) -> impl Iterator<Item = &User> {
        use std::ops::Bound::{Excluded, Unbounded};
        self.users.range((id.map_or(Unbounded, Excluded), Unbounded)).map(|(_, user)| user)
    }

    /// How many users there are.
    pub(crate) fn user_count(&self) -> usize {
        self.users.len()
    }

    /// Changes a user in place; what else follows from it is the caller's.
    pub(crate) fn update_user<T>(&mut self, id: UserId, change: impl FnOnce(&mut User) -> T) -> Option<T> {
        self.keep_before(Facet::User(id));
        let changed = change(self.users.get_mut(&id)?);
        self.touch(Change::User(id));
        Some(changed)
    }

    /// Gives a user another principal name, which is free.
    pub(crate) fn change_name(&mut self, id: UserId, upn: &str) -> Option<()> {
        self.keep_before(Facet::User(id));
        let user = self.users.get_mut(&id)?;
        self.names.remove(&user.upn.to_lowercase());
        self.names.insert(upn.to_lowercase(), id);
        user.upn = upn.to_owned();
        self.touch(Change::User(id));
        Some(())
    }

    /// Sets a password, as an administrator does; every session ends.
    pub(crate) fn reset_password(
        &mut self,
        now: Timestamp,
        id: UserId,
        password: &str,
        state: PasswordState,
    ) -> Option<()> {
        let password = Digested::new(password, &mut self.rng);
        self.lockouts.forget(id);
        self.update_user(id, |user| {
            user.password = password;
            user.password_state = state;
            user.password_changed = now;
            user.sessions_valid_from = now;
        })
    }

    /// Every user, by object id.
    pub fn users(&self) -> impl Iterator<Item = &User> {
        self.users.values()
    }

    /// Checks a name and a password; the account's state is looked at only once the password is right.
    ///
    /// # Errors
    ///
    /// 50034 unknown, 500341 deleted, 50053 too many wrong ones before, 50126 wrong password, 50057 disabled, 50055 the
    /// password must be changed first.
    pub(crate) fn check_password(&mut self, now: Timestamp, upn: &str, password: &str) -> Result<UserId, Refusal> {
        let user = self.user_by_name(upn).ok_or_else(|| self.unknown_user(upn))?;
        let (id, is_right) = (user.id, user.password.matches(password));
        let (is_enabled, state) = (user.account_enabled, user.password_state);
        if self.lockouts.is_locked(now, id) {
            return Err(aadsts::ACCOUNT_LOCKED.refuse());
        }
        if !is_right {
            if !self.lockouts.is_repeated(id, password) {
                self.lockouts.count(now, id, Digested::new(password, &mut self.rng));
            }
            return Err(aadsts::WRONG_PASSWORD.refuse());
        }
        self.lockouts.forget(id);
        if !is_enabled {
            return Err(aadsts::USER_DISABLED.refuse());
        }
        match state {
            PasswordState::Permanent => Ok(id),
            PasswordState::MustChange => Err(aadsts::PASSWORD_EXPIRED.refuse()),
        }
    }

    /// Replaces a password that the user knows by one that stays; the sessions of the old one end.
    ///
    /// # Errors
    ///
    /// As [`Tenant::check_password`], without 50055.
    pub(crate) fn change_password(
        &mut self,
        now: Timestamp,
        upn: &str,
        old: &str,
        new: &str,
    ) -> Result<UserId, Refusal> {
        match self.check_password(now, upn, old) {
            Ok(_) => {}
            Err(refusal) if refusal.code == aadsts::PASSWORD_EXPIRED => {}
            Err(refusal) => return Err(refusal),
        }
        let password = Digested::new(new, &mut self.rng);
        let id = self.names[&upn.to_lowercase()];
        let user = self.users.get_mut(&id).expect("every name leads to a user");
        user.password = password;
        user.password_state = PasswordState::Permanent;
        user.sessions_valid_from = now;
        user.password_changed = now;
        Ok(id)
    }

    /// The account behind an earlier sign-in, if it may still go on.
    ///
    /// # Errors
    ///
    /// 500341 or 50034 when it is gone, 50057 when it is disabled, 50173 when its sessions were ended since.
    pub(crate) fn check_sign_in(&self, sign_in: &SignIn) -> Result<&User, Refusal> {
        let user = self.users.get(&sign_in.user).ok_or_else(|| self.unknown_id(sign_in.user))?;
        if !user.account_enabled {
            return Err(aadsts::USER_DISABLED.refuse());
        }
        if sign_in.at < user.sessions_valid_from {
            let refusal = aadsts::GRANT_REVOKED.refuse().with("issued", &sign_in.at.to_string());
            return Err(refusal.with("valid_from", &user.sessions_valid_from.to_string()));
        }
        Ok(user)
    }

    /// Suspends or re-enables an account; `by` is who does it, for the journal. `None` when there is no such user.
    pub fn set_account(&mut self, by: &str, id: UserId, account: Account) -> Option<()> {
        self.keep_before(Facet::User(id));
        let user = self.users.get_mut(&id)?;
        user.account_enabled = account == Account::Enabled;
        let (verb, name) = match account {
            Account::Enabled => ("enabled", "Enable account"),
            Account::Disabled => ("disabled", "Disable account"),
        };
        let what = format!("{verb} the account {}", user.upn);
        let activity = Activity::new(name, "User", id, &user.upn);
        self.touch(Change::User(id));
        self.record_change(by, activity, what);
        Some(())
    }

    /// Deletes a security key by its Graph method id. `None` when the user has no such key.
    pub fn delete_key(&mut self, by: &str, user: UserId, method_id: &str) -> Option<Passkey> {
        let key = self.passkeys.remove(user, method_id)?;
        let user = self.users.get(&user).map_or_else(|| user.to_string(), |user| user.upn.clone());
        self.record(Event::KeyDeleted { user, name: key.display_name.clone(), by: by.to_owned() });
        Some(key)
    }

    /// Renames a security key by its Graph method id.
    pub(crate) fn rename_key(&mut self, by: &str, user: UserId, method_id: &str, name: &str) -> Option<()> {
        let old = self.passkeys.rename(user, method_id, name)?;
        let upn = self.users.get(&user).map_or_else(|| user.to_string(), |user| user.upn.clone());
        let activity = Activity::new("Update Passkey (device-bound)", "User", user, &upn);
        self.record_change(by, activity, format!("renamed the security key {old:?} of {upn} to {name:?}"));
        Some(())
    }

    pub(crate) fn rename_user(&mut self, by: &str, id: UserId, display_name: &str) -> Option<()> {
        self.keep_before(Facet::User(id));
        let user = self.users.get_mut(&id)?;
        self.display_names.remove(user);
        user.display_name = display_name.to_owned();
        self.display_names.insert(user);
        let what = format!("renamed {} to {display_name:?}", user.upn);
        let activity = Activity::new("Update user", "User", id, &user.upn);
        self.touch(Change::User(id));
        self.record_change(by, activity, what);
        Some(())
    }

    /// Adds a user whose name is free.
    pub(crate) fn add_user(&mut self, now: Timestamp, new: &NewUser<'_>) -> &User {
        let id = self.rng.uuid();
        let user = User {
            id,
            upn: new.upn.to_owned(),
            display_name: new.display_name.to_owned(),
            mail_nickname: new.mail_nickname.to_owned(),
            mail: None,
            account_enabled: new.account_enabled,
            created: now,
            sessions_valid_from: now,
            phone: None,
            roles: std::collections::BTreeSet::new(),
            intune: Licence::Missing,
            profile: new.profile.clone(),
            other_phones: std::collections::BTreeMap::new(),
            access_pass: None,
            password_changed: now,
            password: Digested::new(new.password, &mut self.rng),
            password_state: new.password_state,
        };
        self.keep_before(Facet::User(id));
        self.names.insert(user.upn.to_lowercase(), id);
        self.display_names.insert(&user);
        self.touch(Change::User(id));
        self.users.entry(id).or_insert(user)
    }

    pub(super) fn add_configured_user(&mut self, config: UserConfig, rng: &mut Stream) -> Result<(), BadConfig> {
        let id = rng.uuid();
        if self.names.insert(config.upn.to_lowercase(), id).is_some() {
            return Err(BadConfig::DuplicateUser(config.upn));
        }
        let user = User {
            id,
            mail_nickname: config.upn.split('@').next().unwrap_or_default().to_owned(),
            upn: config.upn,
            display_name: config.display_name,
            mail: config.mail,
            account_enabled: config.account == Account::Enabled,
            created: self.created,
            sessions_valid_from: self.created,
            phone: config.phone,
            roles: config.roles.into_iter().collect(),
            intune: config.intune,
            profile: std::collections::BTreeMap::new(),
            other_phones: std::collections::BTreeMap::new(),
            access_pass: None,
            password_changed: self.created,
            password: Digested::new(config.password.reveal(), rng),
            password_state: config.password_state,
        };
        self.display_names.insert(&user);
        self.users.insert(id, user);
        Ok(())
    }

    fn unknown_user(&self, upn: &str) -> Refusal {
        let code = match self.recycled.by_name(&upn.to_lowercase()) {
            Some(_) => aadsts::USER_DELETED,
            None => aadsts::USER_NOT_FOUND,
        };
        code.refuse().with("user", upn).with("tenant", &self.name)
    }

    fn unknown_id(&self, id: Uuid) -> Refusal {
        match self.recycled.get(id) {
            Some(deleted) => self.unknown_user(&deleted.user.upn),
            None => aadsts::USER_NOT_FOUND.refuse().with("user", &id.to_string()).with("tenant", &self.name),
        }
    }
}
