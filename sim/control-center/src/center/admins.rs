//! Who may work in Control Center.

use jiff::Timestamp;

use super::ControlCenter;
use crate::event::Event;

impl ControlCenter {
    /// Signs an administrator in; the answer is the cookie of the session, or nothing when email or password is wrong.
    pub fn sign_in(&mut self, now: Timestamp, email: &str, password: &str) -> Option<String> {
        let email = email.trim();
        let known = self.config.admins.iter().find(|admin| admin.email.eq_ignore_ascii_case(email));
        match known.filter(|admin| admin.password.matches(password)).map(|admin| admin.email.clone()) {
            Some(email) => {
                let cookie = self.rng.hex(32);
                self.signed_in.insert(cookie.clone(), email.clone());
                self.note(now, Event::AdminSignedIn { email });
                Some(cookie)
            }
            None => {
                self.note(now, Event::AdminRefused { email: email.to_owned() });
                None
            }
        }
    }

    /// Who has signed in with this cookie.
    #[must_use]
    pub fn admin_of(&self, cookie: &str) -> Option<&str> {
        self.signed_in.get(cookie).map(String::as_str)
    }

    /// Ends the session of this cookie.
    pub fn sign_out(&mut self, now: Timestamp, cookie: &str) {
        if let Some(email) = self.signed_in.remove(cookie) {
            self.note(now, Event::AdminSignedOut { email });
        }
    }
}
