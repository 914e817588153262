//! What the pages remember between requests: half-done sign-ins, browser sessions, sessions of the web apps.

use std::collections::BTreeSet;

use clockwork::Stream;
use jiff::{SignedDuration, Timestamp};

use super::authorize::Authorize;
use super::consent::Asked;
use super::security_info::Provision;
use super::web_app::{PendingSignIn, WebSession};
use crate::directory::UserId;
use crate::secret::Secret;
use crate::tenant::{Expiring, Found, SignIn};

/// The memory of the pages.
pub(crate) struct Sessions {
    pub(super) rng: Stream,
    flows: Expiring<Flow>,
    browsers: Expiring<BrowserSession>,
    pub(super) pending: Expiring<PendingSignIn>,
    pub(super) apps: Expiring<WebSession>,
    pub(super) provisions: Expiring<Provision>,
    /// Who signed in with a key the last time.
    by_key: BTreeSet<UserId>,
}

/// One sign-in under way: what was asked, and what the person is asked next.
#[derive(Clone)]
pub(super) struct Flow {
    pub(super) request: Authorize,
    /// The browser session that is being stepped up, if one is.
    pub(super) session: Option<String>,
    pub(super) stage: Stage,
    /// How many codes of text messages were wrong so far.
    pub(super) wrong_codes: u8,
}

/// What a sign-in waits for.
#[derive(Clone)]
pub(super) enum Stage {
    /// A name.
    Name,
    /// The person's password, or another way to sign in.
    Password { user: UserId },
    /// A new password in place of one that an administrator set.
    NewPassword { user: UserId },
    /// A second factor: choosing one.
    Verify { sign_in: SignIn },
    /// A second factor: the code that was sent.
    Code { sign_in: SignIn, code: Secret, sent: Timestamp },
    /// "Stay signed in?"
    Stay { sign_in: SignIn },
    /// "Permissions requested".
    Consent { sign_in: SignIn, asked: Asked },
    /// "Are you trying to sign in?", for a device.
    Confirm { sign_in: SignIn },
    /// Nothing: the code is on its way.
    Done,
}

/// What the `ESTSAUTH` cookie stands for.
#[derive(Clone)]
struct BrowserSession {
    sign_in: SignIn,
    expires: Timestamp,
}

/// A half-done sign-in is forgotten after an hour (convention of the lab).
const FLOW_LIFETIME: SignedDuration = SignedDuration::from_hours(1);
/// A session that is not to be kept ends after a day.
const SESSION_LIFETIME: SignedDuration = SignedDuration::from_hours(24);
/// "Stay signed in?" "Yes" keeps it for 90 days.
const PERSISTENT_LIFETIME: SignedDuration = SignedDuration::from_hours(90 * 24);
/// A web app asks Entra again after an hour, as its tokens would have ended by then.
const APP_LIFETIME: SignedDuration = SignedDuration::from_hours(1);
/// How many half-done sign-ins are kept: anybody can begin one, and each may be as long as an address.
const FLOWS_MAX: usize = 2_000;
/// How many sessions are kept; each took a sign-in.
const SESSIONS_MAX: usize = 200_000;
const OPAQUE: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Whether a browser session outlives the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    /// Until the browser is closed.
    Session,
    /// For 90 days.
    Persistent,
}

impl Sessions {
    pub(crate) fn new(rng: Stream) -> Self {
        Self {
            rng,
            flows: Expiring::new(FLOW_LIFETIME, FLOWS_MAX),
            browsers: Expiring::new(PERSISTENT_LIFETIME, SESSIONS_MAX),
            pending: Expiring::new(FLOW_LIFETIME, FLOWS_MAX),
            apps: Expiring::new(APP_LIFETIME, SESSIONS_MAX),
            provisions: Expiring::new(FLOW_LIFETIME, FLOWS_MAX),
            by_key: BTreeSet::new(),
        }
    }

    /// How many of each kind are kept, those first that anybody can have made: flows, pending sign-ins, browser sessions.
    #[cfg(test)]
    pub(crate) fn len(&self) -> [usize; 3] {
        [self.flows.len(), self.pending.len(), self.browsers.len()]
    }

    /// Remembers which method somebody signed in with.
    pub(super) fn note_method(&mut self, sign_in: &SignIn) {
        if sign_in.amr.iter().any(|method| method == "fido") {
            self.by_key.insert(sign_in.user);
        } else {
            self.by_key.remove(&sign_in.user);
        }
    }

    pub(super) fn has_signed_in_by_key(&self, user: UserId) -> bool {
        self.by_key.contains(&user)
    }

    /// An opaque name that nobody guesses.
    pub(super) fn opaque(&mut self) -> String {
        self.rng.text(OPAQUE, 64)
    }

    pub(super) fn begin(&mut self, now: Timestamp, flow: Flow) -> String {
        let token = self.opaque();
        self.flows.insert(now, token.clone(), flow);
        token
    }

    pub(super) fn flow(&mut self, now: Timestamp, token: &str) -> Option<Flow> {
        match self.flows.find(now, token) {
            Found::Live(flow) => Some(flow.clone()),
            Found::Expired(_) | Found::Unknown => None,
        }
    }

    /// Moves a flow on; one that ended meanwhile stays ended.
    pub(super) fn enter(&mut self, now: Timestamp, token: &str, stage: Stage) {
        if let Found::Live(flow) = self.flows.find(now, token) {
            flow.stage = stage;
        }
    }

    /// Counts a wrong code and says how many there were.
    pub(super) fn count_wrong_code(&mut self, now: Timestamp, token: &str) -> u8 {
        match self.flows.find(now, token) {
            Found::Live(flow) => {
                flow.wrong_codes = flow.wrong_codes.saturating_add(1);
                flow.wrong_codes
            }
            Found::Expired(_) | Found::Unknown => u8::MAX,
        }
    }

    /// Starts a browser session and names its cookie's value.
    pub(super) fn sign_in(&mut self, now: Timestamp, sign_in: SignIn, keep: Keep) -> String {
        let lifetime = match keep {
            Keep::Session => SESSION_LIFETIME,
            Keep::Persistent => PERSISTENT_LIFETIME,
        };
        let id = self.opaque();
        self.browsers.insert(now, id.clone(), BrowserSession { sign_in, expires: now + lifetime });
        id
    }

    /// Who is signed in by a cookie.
    pub(super) fn signed_in(&mut self, now: Timestamp, cookie: &str) -> Option<SignIn> {
        match self.browsers.find(now, cookie) {
            Found::Live(session) if session.expires > now => Some(session.sign_in.clone()),
            _ => None,
        }
    }

    /// Replaces what a session proves by something stronger or newer.
    pub(super) fn step_up(&mut self, now: Timestamp, cookie: &str, sign_in: SignIn) {
        if let Found::Live(session) = self.browsers.find(now, cookie) {
            session.sign_in = sign_in;
        }
    }

    /// Ends a browser session.
    pub(super) fn sign_out(&mut self, now: Timestamp, cookie: &str) {
        if let Found::Live(session) = self.browsers.find(now, cookie) {
            session.expires = now;
        }
    }
}
