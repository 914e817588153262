//! Presence for hosts that poll (FIDO U2F Raw Message Formats v1.2 §4.2, §5.3): asked for once, remembered for a
//! while, spent by one request.
//!
//! Convention of the lab: what was given serves the same kind of request for the same application, for ten seconds;
//! what was refused stays refused as long as the host goes on asking.

use jiff::{SignedDuration, Timestamp};

use super::request::{Control, Request};
use crate::apdu::StatusWord;
use crate::authenticator::Authenticator;
use crate::authenticator::gesture::State;
use crate::store::Serial;
use crate::{Answer, Event, Prompt, Purpose};

/// What a host has polled for.
pub(in crate::authenticator) struct Polled {
    purpose: Purpose,
    application: [u8; 32],
    stage: Stage,
    /// When it is forgotten. Each poll puts it off, but for presence that was given.
    pub(in crate::authenticator) until: Timestamp,
}

enum Stage {
    Asked(Prompt),
    Given,
    Refused,
}

impl Polled {
    /// What the user is asked.
    pub(in crate::authenticator) fn prompt(&self) -> Option<&Prompt> {
        match &self.stage {
            Stage::Asked(prompt) => Some(prompt),
            Stage::Given | Stage::Refused => None,
        }
    }

    /// Whether the user's answer is one to what is asked; it is remembered then.
    pub(in crate::authenticator) fn handle_answer(&mut self, now: Timestamp, answer: Answer) -> bool {
        let stage = match &self.stage {
            Stage::Asked(prompt) if prompt.takes(answer) => Stage::Given,
            Stage::Asked(_) if answer == Answer::Decline => Stage::Refused,
            _ => return false,
        };
        self.stage = stage;
        self.until = now + REMEMBERED;
        true
    }

    fn is_of(&self, request: &Request<'_>) -> bool {
        purpose(request) == Some(self.purpose) && request.application() == Some(&self.application)
    }
}

impl Authenticator {
    /// Whether the user has yet to answer to this very request, or has refused it.
    pub(super) fn is_still_asked(&mut self, now: Timestamp, request: &Request<'_>) -> bool {
        let State::Polled(polled) = &mut self.state else { return false };
        if !polled.is_of(request) || matches!(polled.stage, Stage::Given) {
            return false;
        }
        polled.until = now + REMEMBERED;
        true
    }

    /// Spends the presence that was given to this request.
    ///
    /// # Errors
    ///
    /// `SW_CONDITIONS_NOT_SATISFIED`: there is none, and the user is asked.
    pub(super) fn spend_presence(
        &mut self,
        now: Timestamp,
        request: &Request<'_>,
        credential: Option<Serial>,
    ) -> Result<(), StatusWord> {
        if matches!(&self.state, State::Polled(polled) if polled.is_of(request)) {
            self.state = State::Idle;
            return Ok(());
        }
        if let (Some(purpose), Some(application)) = (purpose(request), request.application()) {
            self.withdraw_polled();
            let user = credential.and_then(|serial| self.durable.store.by_serial(serial)?.user_name.clone());
            let prompt = Prompt::Presence { rp_id: self.application_name(application), user, purpose };
            self.record(Event::Prompted(prompt.clone()));
            let (stage, until) = (Stage::Asked(prompt), now + REMEMBERED);
            self.state = State::Polled(Polled { purpose, application: *application, stage, until });
        }
        Err(StatusWord::CONDITIONS_NOT_SATISFIED)
    }

    /// Another request takes the place of one that is polled for.
    pub(in crate::authenticator) fn withdraw_polled(&mut self) {
        if let State::Polled(polled) = &self.state {
            if polled.prompt().is_some() {
                self.record(Event::Cancelled);
            }
            self.state = State::Idle;
        }
    }
}

/// What presence is asked for; nothing where none is needed.
fn purpose(request: &Request<'_>) -> Option<Purpose> {
    match request {
        Request::Register { .. } => Some(Purpose::Register),
        Request::Authenticate { control: Control::EnforcePresence, .. } => Some(Purpose::SignIn),
        Request::Authenticate { .. } | Request::Version => None,
    }
}

/// How long a host may pause between two polls, and how long presence waits to be spent.
const REMEMBERED: SignedDuration = SignedDuration::from_secs(10);
