//! Device management: the machine fetches its settings from Intune (entra.md §2.11).
//!
//! A convention of the lab in place of OMA-DM: a nonce, then one request that the device has signed, then the settings
//! as JSON. The machine asks when it is switched on, every eight hours while somebody has a session on it, and when
//! somebody clicks Sync.
//!
//! **Invariant**: a setting holds until a sync says otherwise. What Intune no longer gives is gone; a sync that gets no
//! answer changes nothing.

use std::collections::VecDeque;
use std::fmt;

use bytes::Bytes;
use clockwork::{ExchangeId, Outbox, Reply};
use http::Request;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::device::{Device, post};
use crate::passwordless::{Join, SecurityKeys};
use crate::sign_in::nonce;

const ENDPOINT: &str = "https://manage.microsoft.com/lab/mdm/sync";
/// The setting behind the guide's "Enable Security Keys in Intune".
const SECURITY_KEY_SIGN_IN: &str = "./Device/Vendor/MSFT/PassportForWork/SecurityKey/UseSecurityKeyForSignin";
/// The pause between two syncs of a machine that is enrolled ("around every 8 hours").
const PAUSE: SignedDuration = SignedDuration::from_hours(8);

/// The machine's side of device management.
pub struct Intune {
    device: Device,
    stage: Stage,
    next_sync: Option<Timestamp>,
    standing: Standing,
    security_keys: SecurityKeys,
    outbox: Outbox,
    events: VecDeque<Event>,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The settings are those of Intune.
    Synced {
        /// Whether security keys may be used at sign-in.
        security_keys: SecurityKeys,
    },
    /// Intune gives no settings.
    NotManaged {
        /// Why.
        words: String,
    },
    /// Intune was not reached.
    Failed {
        /// Why.
        words: String,
    },
}

/// What a sync waits for.
enum Stage {
    Idle,
    Nonce(ExchangeId),
    Settings(ExchangeId),
}

/// How the last sync went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// There was none.
    Never,
    /// Intune manages the machine.
    Managed { at: Timestamp },
    /// Intune does not manage it.
    Refused { words: String },
    /// Intune was not reached; what it said before holds.
    Failed { words: String },
}

#[derive(Serialize)]
struct Claims<'a> {
    request_nonce: &'a str,
}

#[derive(Deserialize)]
struct Settings {
    settings: Vec<Setting>,
}

#[derive(Deserialize)]
struct Setting {
    uri: String,
    value: Value,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
    message: String,
}

impl Intune {
    /// A machine that has never asked.
    #[must_use]
    pub fn new(device: Device) -> Self {
        Self {
            device,
            stage: Stage::Idle,
            next_sync: None,
            standing: Standing::Never,
            security_keys: SecurityKeys::Disabled,
            outbox: Outbox::default(),
            events: VecDeque::new(),
        }
    }

    /// The machine's identity.
    pub(crate) fn device(&self) -> &Device {
        &self.device
    }

    /// Whether security keys may be used at sign-in, by the last sync.
    #[must_use]
    pub fn security_keys(&self) -> SecurityKeys {
        self.security_keys
    }

    /// How the last sync went.
    pub(crate) fn standing(&self) -> &Standing {
        &self.standing
    }

    /// Begins a sync, unless one is under way; a machine that is not joined has nobody to ask.
    pub fn sync(&mut self, now: Timestamp) {
        if self.device.join == Join::None {
            return;
        }
        self.next_sync = Some(now + PAUSE);
        if matches!(self.stage, Stage::Idle) {
            self.stage = Stage::Nonce(self.outbox.send(nonce::request()));
        }
    }

    /// The next request.
    pub fn poll_request(&mut self) -> Option<(ExchangeId, Request<Bytes>)> {
        self.outbox.poll()
    }

    /// The reply to a request.
    pub fn handle_response(&mut self, now: Timestamp, id: ExchangeId, reply: Reply) {
        match self.stage {
            Stage::Nonce(waiting) if waiting == id => match nonce::read(reply) {
                Ok(nonce) => {
                    let request = self.device.jwt(&Claims { request_nonce: &nonce });
                    self.stage = Stage::Settings(self.outbox.send(post(ENDPOINT, &[("request", &request)])));
                }
                Err(refusal) => self.end(Standing::Failed { words: refusal.words }),
            },
            Stage::Settings(waiting) if waiting == id => self.handle_settings(now, reply),
            _ => {}
        }
    }

    /// What happened, oldest first.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When the next sync is due.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.next_sync
    }

    /// Begins the sync that is due.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        if self.next_sync.is_some_and(|at| at <= now) {
            self.sync(now);
        }
    }

    fn handle_settings(&mut self, now: Timestamp, reply: Reply) {
        let reply = match reply {
            Ok(reply) => reply,
            Err(unreachable) => return self.end(Standing::Failed { words: unreachable.to_string() }),
        };
        if reply.status().is_success() {
            let Ok(Settings { settings }) = serde_json::from_slice(reply.body()) else {
                return self.end(Standing::Failed { words: "Intune's answer cannot be read.".to_owned() });
            };
            let allows = |it: &Setting| it.uri.eq_ignore_ascii_case(SECURITY_KEY_SIGN_IN) && it.value == 1;
            self.security_keys =
                if settings.iter().any(allows) { SecurityKeys::Enabled } else { SecurityKeys::Disabled };
            return self.end(Standing::Managed { at: now });
        }
        match serde_json::from_slice::<Refusal>(reply.body()) {
            Ok(Refusal { error, message }) => {
                self.security_keys = SecurityKeys::Disabled;
                self.end(Standing::Refused { words: format!("{message} ({error})") });
            }
            Err(_) => self.end(Standing::Failed { words: format!("Intune answered {}.", reply.status()) }),
        }
    }

    fn end(&mut self, standing: Standing) {
        let security_keys = self.security_keys;
        self.events.extend(match &standing {
            Standing::Never => None,
            Standing::Managed { .. } => Some(Event::Synced { security_keys }),
            Standing::Refused { words } => Some(Event::NotManaged { words: words.clone() }),
            Standing::Failed { words } => Some(Event::Failed { words: words.clone() }),
        });
        self.standing = standing;
        self.stage = Stage::Idle;
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Synced { security_keys: SecurityKeys::Enabled } => {
                write!(f, "Intune's settings are here: security keys may sign in.")
            }
            Self::Synced { security_keys: SecurityKeys::Disabled } => {
                write!(f, "Intune's settings are here: security keys may not sign in.")
            }
            Self::NotManaged { words } => write!(f, "Intune does not manage this machine: {words}"),
            Self::Failed { words } => write!(f, "Intune's settings cannot be fetched: {words}"),
        }
    }
}

#[cfg(test)]
mod tests;
