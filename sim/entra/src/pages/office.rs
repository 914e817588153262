//! `https://www.office.com/`: content that Azure protects.

use jiff::Timestamp;

use super::page::{Answer, Page};
use super::web_app::{Proof, WebApp};
use crate::tenant::Tenant;

impl Tenant {
    /// GET `/`.
    pub(crate) fn office_home(&mut self, now: Timestamp, cookie: Option<&str>) -> Answer {
        match self.visitor(now, WebApp::Office, cookie, Proof::Session, "/") {
            Ok(user) => {
                let welcome = format!("Welcome, {}", user.display_name);
                Page::new("Microsoft 365", &[&welcome, &user.upn]).with_link("Sign out", "/logout").into()
            }
            Err(to_sign_in) => to_sign_in,
        }
    }
}
