//! Access tokens of the HTTP API (`hypr.md` §3): shown once, good for 30 days from each use, revocable.

use jiff::{SignedDuration, Timestamp};

use super::ControlCenter;
use crate::event::Event;
use crate::name::{BUILT_IN_APPLICATIONS, CONTROL_CENTER_ADMIN};
use crate::secret::{HandedOut, Secret};

/// The longest name of a token, a convention of the lab.
const NAME_LEN_MAX: usize = 64;
/// How long a token lives after it was created or used.
const LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 30);

/// What a token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Permission {
    /// User Management.
    UserManagement,
    /// Device Registration.
    DeviceRegistration,
    /// Authentication.
    Authentication,
    /// Reporting.
    Reporting,
}

/// An access token; the token itself is kept as a digest alone.
#[derive(Clone, Debug)]
pub struct AccessToken {
    /// Names it where it is revoked.
    pub id: String,
    /// What its creator calls it.
    pub name: String,
    /// The application; a token of `controlCenterAdmin` opens Control Center's own API.
    pub rp_app_id: String,
    /// What it may do.
    pub permission: Permission,
    /// Who created it.
    pub created_by: String,
    /// When it ends, if it is not used before that.
    pub expires: Timestamp,
    token: HandedOut,
}

/// Why a token is not created.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// There is no such application.
    #[error("Control Center has no application {0:?}.")]
    UnknownApplication(String),
    /// The name is empty or long.
    #[error("Enter a name of 1 to 64 characters.")]
    Name,
}

/// What a call needs its token for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need<'a> {
    /// Control Center's own API.
    ControlCenter(Permission),
    /// The API of one application.
    Application(&'a str, Permission),
}

impl Permission {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::UserManagement, Self::DeviceRegistration, Self::Authentication, Self::Reporting];

    /// As HYPR spells it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::UserManagement => "User Management",
            Self::DeviceRegistration => "Device Registration",
            Self::Authentication => "Authentication",
            Self::Reporting => "Reporting",
        }
    }
}

impl ControlCenter {
    /// Creates a token; the answer is the only time that it is seen.
    ///
    /// # Errors
    ///
    /// [`TokenError`].
    pub fn create_token(
        &mut self,
        now: Timestamp,
        by: &str,
        rp_app_id: &str,
        name: &str,
        permission: Permission,
    ) -> Result<Secret, TokenError> {
        if !BUILT_IN_APPLICATIONS.contains(&rp_app_id) && self.integration(rp_app_id).is_none() {
            return Err(TokenError::UnknownApplication(rp_app_id.to_owned()));
        }
        let name = name.trim().to_owned();
        if !(1..=NAME_LEN_MAX).contains(&name.chars().count()) {
            return Err(TokenError::Name);
        }
        let secret = format!("hypap-{}", self.rng.uuid());
        let (id, mut token) = (self.rng.uuid().to_string(), HandedOut::default());
        token.remember(&secret);
        self.note(
            now,
            Event::TokenCreated {
                rp_app_id: rp_app_id.to_owned(),
                token_id: id.clone(),
                name: name.clone(),
                by: by.to_owned(),
            },
        );
        let (rp_app_id, created_by) = (rp_app_id.to_owned(), by.to_owned());
        self.tokens.insert(
            id.clone(),
            AccessToken { id, name, rp_app_id, permission, created_by, expires: now + LIFETIME, token },
        );
        Ok(Secret::new(secret))
    }

    /// Revokes a token; it is refused from now on. Nothing when there is none of this id.
    pub fn revoke_token(&mut self, now: Timestamp, by: &str, token_id: &str) {
        if let Some(token) = self.tokens.remove(token_id) {
            let (token_id, by) = (token.id, by.to_owned());
            self.note(now, Event::TokenRevoked { rp_app_id: token.rp_app_id, token_id, by });
        }
    }

    /// The tokens of an application that have not ended, by id.
    pub fn tokens_of(&self, now: Timestamp, rp_app_id: &str) -> impl Iterator<Item = &AccessToken> {
        self.tokens.values().filter(move |token| token.rp_app_id == rp_app_id && now < token.expires)
    }

    /// Whether a bearer may do this; each use gives the token another 30 days.
    pub fn use_token(&mut self, now: Timestamp, bearer: &str, need: Need<'_>) -> bool {
        let (rp_app_id, permission) = match need {
            Need::ControlCenter(permission) => (CONTROL_CENTER_ADMIN, permission),
            Need::Application(rp_app_id, permission) => (rp_app_id, permission),
        };
        let fits = |token: &&mut AccessToken| {
            token.rp_app_id == rp_app_id && token.permission == permission && token.token.accepts(bearer)
        };
        let Some(token) = self.tokens.values_mut().find(fits).filter(|token| now < token.expires) else { return false };
        token.expires = now + LIFETIME;
        true
    }

    /// Forgets the tokens of an application that is deleted.
    pub(super) fn drop_tokens_of(&mut self, rp_app_id: &str) {
        self.tokens.retain(|_, token| token.rp_app_id != rp_app_id);
    }
}
