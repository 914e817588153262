//! Who may work in Control Center: signing in and out, and the list of Control Center Users.

use jiff::Timestamp;

use super::ControlCenter;
use crate::event::Event;
use crate::integration::Toggle;
use crate::name::is_upn;
use crate::secret::Secret;
use crate::staff::{ControlCenterUser, Role};

/// Why somebody is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// Email or password is wrong; it is not told which.
    #[error("The email or the password is not right.")]
    Wrong,
    /// Basic Login.
    #[error("Your role, Basic Login, has no access to Control Center.")]
    NoAccess,
}

/// Why the list of Control Center Users is not changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StaffError {
    /// What was typed is no address.
    #[error("{0:?} is not an email address.")]
    NoAddress(String),
    /// Somebody has it already.
    #[error("{0} is a Control Center user already.")]
    Taken(String),
    /// Too short a password.
    #[error("A password has at least 8 characters.")]
    ShortPassword,
    /// There is no such user.
    #[error("There is no Control Center user {0}.")]
    Unknown(String),
    /// Nobody could give the role back.
    #[error("{0} is the last Admin.")]
    LastAdmin(String),
}

/// A user to be added.
#[derive(Clone, Debug)]
pub struct NewStaff {
    /// The address.
    pub email: String,
    /// The full name, or empty.
    pub name: String,
    /// The role.
    pub role: Role,
    /// Audit Trail Access.
    pub audit_trail: Toggle,
    /// The password.
    pub password: Secret,
}

impl ControlCenter {
    /// Signs a Control Center user in; the answer is the cookie of the session.
    ///
    /// # Errors
    ///
    /// [`SignInError`].
    pub fn sign_in(&mut self, now: Timestamp, email: &str, password: &str) -> Result<String, SignInError> {
        let email = email.trim();
        let proven = self.staff.get_mut(&email.to_lowercase()).filter(|user| user.password.matches(password));
        let admitted = match proven {
            None => Err(SignInError::Wrong),
            Some(user) if user.role == Role::BasicLogin => Err(SignInError::NoAccess),
            Some(user) => {
                user.last_active = Some(now);
                Ok(user.email.clone())
            }
        };
        let email = admitted.inspect_err(|reason| {
            self.note(now, Event::AdminRefused { email: email.to_owned(), reason: *reason });
        })?;
        let cookie = self.rng.hex(32);
        self.signed_in.insert(cookie.clone(), email.clone());
        self.note(now, Event::AdminSignedIn { email });
        Ok(cookie)
    }

    /// Who has signed in with this cookie.
    #[must_use]
    pub fn admin_of(&self, cookie: &str) -> Option<&ControlCenterUser> {
        self.staff.get(&self.signed_in.get(cookie)?.to_lowercase())
    }

    /// Ends the session of this cookie.
    pub fn sign_out(&mut self, now: Timestamp, cookie: &str) {
        if let Some(email) = self.signed_in.remove(cookie) {
            self.note(now, Event::AdminSignedOut { email });
        }
    }

    /// Everybody who may work here, by address.
    pub fn staff(&self) -> impl Iterator<Item = &ControlCenterUser> {
        self.staff.values()
    }

    /// Adds a Control Center user. HYPR sends a link to register a phone; the lab's users have a password, a convention.
    ///
    /// # Errors
    ///
    /// [`StaffError`].
    pub fn add_staff(&mut self, now: Timestamp, new: NewStaff) -> Result<(), StaffError> {
        let NewStaff { email, name, role, audit_trail, password } = new;
        let email = email.trim().to_owned();
        if !is_upn(&email) {
            return Err(StaffError::NoAddress(email));
        }
        if self.staff.contains_key(&email.to_lowercase()) {
            return Err(StaffError::Taken(email));
        }
        if password.reveal().chars().count() < PASSWORD_LEN_MIN {
            return Err(StaffError::ShortPassword);
        }
        let name = name.trim().to_owned();
        let user = ControlCenterUser { email: email.clone(), name, role, audit_trail, last_active: None, password };
        self.staff.insert(email.to_lowercase(), user);
        self.note(now, Event::StaffChanged { email, now: Some(role) });
        Ok(())
    }

    /// Changes role and Audit Trail Access; it counts from the next page that the user opens.
    ///
    /// # Errors
    ///
    /// Unknown user, or the last Admin.
    pub fn change_staff(
        &mut self,
        now: Timestamp,
        email: &str,
        role: Role,
        audit_trail: Toggle,
    ) -> Result<(), StaffError> {
        if role != Role::Admin {
            self.check_other_admin(email)?;
        }
        let user = self.staff.get_mut(&email.to_lowercase()).ok_or_else(|| StaffError::Unknown(email.to_owned()))?;
        (user.role, user.audit_trail) = (role, audit_trail);
        let email = user.email.clone();
        self.note(now, Event::StaffChanged { email, now: Some(role) });
        Ok(())
    }

    /// Deletes a Control Center user and ends the sessions of that user.
    ///
    /// # Errors
    ///
    /// Unknown user, or the last Admin.
    pub fn delete_staff(&mut self, now: Timestamp, email: &str) -> Result<(), StaffError> {
        self.check_other_admin(email)?;
        let gone = self.staff.remove(&email.to_lowercase()).ok_or_else(|| StaffError::Unknown(email.to_owned()))?;
        self.signed_in.retain(|_, signed_in| *signed_in != gone.email);
        self.note(now, Event::StaffChanged { email: gone.email, now: None });
        Ok(())
    }

    fn check_other_admin(&self, email: &str) -> Result<(), StaffError> {
        let mut admins = self.staff.values().filter(|user| user.role == Role::Admin);
        let other = admins.any(|user| !user.email.eq_ignore_ascii_case(email));
        if other { Ok(()) } else { Err(StaffError::LastAdmin(email.to_owned())) }
    }
}

const PASSWORD_LEN_MIN: usize = 8;
