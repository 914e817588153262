//! Accounts: finding them, checking passwords, suspending and deleting.

use clockwork::Stream;
use jiff::Timestamp;
use uuid::Uuid;

use super::{BadConfig, SignIn, Tenant};
use crate::config::{Account, PasswordState, UserConfig};
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

    /// Every user, by object id.
    pub fn users(&self) -> impl Iterator<Item = &User> {
        self.users.values()
    }

    /// Checks a name and a password; the account's state is looked at only once the password is right.
    ///
    /// # Errors
    ///
    /// 50034 unknown, 500341 deleted, 50126 wrong password, 50057 disabled, 50055 the password must be changed first.
    pub(crate) fn check_password(&self, upn: &str, password: &str) -> Result<UserId, Refusal> {
        let user = self.user_by_name(upn).ok_or_else(|| self.unknown_user(upn))?;
        if !user.password.matches(password) {
            return Err(aadsts::WRONG_PASSWORD.refuse());
        }
        if !user.account_enabled {
            return Err(aadsts::USER_DISABLED.refuse());
        }
        match user.password_state {
            PasswordState::Permanent => Ok(user.id),
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
        match self.check_password(upn, old) {
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
        let user = self.users.get_mut(&id)?;
        user.account_enabled = account == Account::Enabled;
        let verb = if user.account_enabled { "enabled" } else { "disabled" };
        let what = format!("{verb} the account {}", user.upn);
        self.record(Event::DirectoryChanged { by: by.to_owned(), what });
        Some(())
    }

    /// Moves a user to the recycle bin: out of every group, keys gone. `None` when there is no such user.
    pub fn delete_user(&mut self, by: &str, id: UserId) -> Option<()> {
        let user = self.users.remove(&id)?;
        let what = format!("deleted the user {}", user.upn);
        self.record(Event::DirectoryChanged { by: by.to_owned(), what });
        for group in self.memberships.remove(&id).unwrap_or_default() {
            self.groups.get_mut(&group).expect("a membership names a group").members.remove(&id);
        }
        self.passkeys.remove_user(id);
        let name = user.upn.to_lowercase();
        self.names.remove(&name);
        self.deleted.insert(name, user);
        Some(())
    }

    /// Deletes a security key by its Graph method id. `None` when the user has no such key.
    pub fn delete_key(&mut self, by: &str, user: UserId, method_id: &str) -> Option<Passkey> {
        let key = self.passkeys.remove(user, method_id)?;
        let user = self.users.get(&user).map_or_else(|| user.to_string(), |user| user.upn.clone());
        self.record(Event::KeyDeleted { user, name: key.display_name.clone(), by: by.to_owned() });
        Some(key)
    }

    pub(crate) fn rename_user(&mut self, by: &str, id: UserId, display_name: &str) -> Option<()> {
        let user = self.users.get_mut(&id)?;
        user.display_name = display_name.to_owned();
        let what = format!("renamed {} to {display_name:?}", user.upn);
        self.record(Event::DirectoryChanged { by: by.to_owned(), what });
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
            password: Digested::new(new.password, &mut self.rng),
            password_state: new.password_state,
        };
        self.names.insert(user.upn.to_lowercase(), id);
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
            password: Digested::new(config.password.reveal(), rng),
            password_state: config.password_state,
        };
        self.users.insert(id, user);
        Ok(())
    }

    fn unknown_user(&self, upn: &str) -> Refusal {
        let code = match self.deleted.get(&upn.to_lowercase()) {
            Some(_) => aadsts::USER_DELETED,
            None => aadsts::USER_NOT_FOUND,
        };
        code.refuse().with("user", upn).with("tenant", &self.name)
    }

    fn unknown_id(&self, id: Uuid) -> Refusal {
        match self.deleted.values().find(|user| user.id == id) {
            Some(user) => self.unknown_user(&user.upn),
            None => aadsts::USER_NOT_FOUND.refuse().with("user", &id.to_string()).with("tenant", &self.name),
        }
    }
}
