//! The app's life: open, in the background, closed, installed anew (guide "Pairing With Azure": "Open the HYPR Mobile
//! App", which is what lets it connect as a virtual USB key).

use jiff::Timestamp;

use crate::Event;
use crate::account::{AccountId, Server};
use crate::phone::{Biometric, Phone};
use crate::screens::{App, View};

impl Phone {
    /// Brings the app to the front: it fetches the state of its accounts, and asks again for removals that are
    /// not confirmed. An open app stays as it is; one that comes from the background shows what it showed before.
    pub fn open_app(&mut self, now: Timestamp) {
        let view = match std::mem::replace(&mut self.app, App::Closed) {
            open @ App::Open(_) => {
                self.app = open;
                return;
            }
            App::Background(view) => view,
            App::Closed => {
                // Whoever starts the app has unlocked the phone by its passcode, and that ends a block of the biometric
                // (a convention of the lab).
                if self.key.uv_retries() == 0 {
                    self.key.unblock_verification();
                }
                View::home()
            }
        };
        self.app = App::Open(view);
        self.events.push_back(Event::AppOpened);
        self.retry_removals();
        let servers: Vec<Server> = self.enrolments.keys().cloned().collect();
        for server in servers {
            self.fetch_status(&server);
        }
        self.accounts.values_mut().filter_map(|account| account.confirmation.as_mut()).for_each(|it| it.restart(now));
        self.tick_confirmations(now);
    }

    /// Another app comes to the front: the virtual USB key goes away and everything under way on it is dropped. What
    /// was asked of Control Center goes on.
    pub fn send_app_to_background(&mut self, now: Timestamp) {
        if !self.app.is_open() {
            return;
        }
        self.unplug(now);
        self.app = match std::mem::replace(&mut self.app, App::Closed) {
            App::Open(view) | App::Background(view) => App::Background(view),
            App::Closed => App::Closed,
        };
        self.events.push_back(Event::AppInBackground);
    }

    /// Closes the app: the virtual USB key goes away and everything under way on it is dropped.
    pub fn close_app(&mut self, now: Timestamp) {
        if matches!(self.app, App::Closed) {
            return;
        }
        self.unplug(now);
        self.app = App::Closed;
        self.events.push_back(Event::AppClosed);
    }

    /// Whether the app is at the front.
    #[must_use]
    pub fn is_app_open(&self) -> bool {
        self.app.is_open()
    }

    /// Deletes the app and installs it again. Keys, accounts and the biometric for Azure go with the old one, and nobody
    /// is told: Control Center and Entra go on as before.
    pub fn reinstall_app(&mut self, now: Timestamp) {
        self.close_app(now);
        let keys: Vec<Vec<u8>> = self.credentials().map(|credential| credential.id.clone()).collect();
        for key in keys {
            self.key.delete_credential(&key);
        }
        self.key.unblock_verification();
        self.take_authenticator_events(now);
        self.accounts.clear();
        self.enrolments.clear();
        self.calls.clear();
        self.azure_biometric = Biometric::NotRegistered;
        self.events.push_back(Event::AppReinstalled);
    }

    /// Shows a view, unless the app is closed.
    pub(crate) fn show(&mut self, view: View) {
        if let App::Open(shown) | App::Background(shown) = &mut self.app {
            *shown = view;
        }
    }

    /// Whether the page that the app shows, or would show, is about this account.
    pub(crate) fn is_about(&self, id: &AccountId) -> bool {
        matches!(self.app.view(), Some(View::Key(shown, _)) if shown == id)
    }
}

impl App {
    /// Whether the app is in front, and so able to be a security key.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self, Self::Open(_))
    }

    /// What it shows, or will show when it comes to the front again.
    pub(crate) fn view(&self) -> Option<&View> {
        match self {
            Self::Open(view) | Self::Background(view) => Some(view),
            Self::Closed => None,
        }
    }
}
