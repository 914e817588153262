//! Waiting for the user: consent (user presence), then the biometric (`performBuiltInUv`, CTAP 2.3 §6.5.3.1).
//!
//! Convention of the lab: consent always comes before the biometric, also where both happen within one command.

use jiff::{SignedDuration, Timestamp};
use wire::Status;
use wire::auth_data::Flags;

use super::bio_enrollment::Capture;
use super::u2f::Polled;
use super::{Authenticator, Command, client_pin, get_assertion, make_credential};
use crate::fault::Touched;
use crate::{Answer, Event, Prompt, Purpose};

/// What an authenticator is doing.
pub(super) enum State {
    /// Nothing; the next command may come.
    Idle,
    /// A command waits for the user.
    Waiting(Waiting),
    /// No command waits, but a U2F host asks again and again.
    Polled(Polled),
}

/// A command that waits for the user.
pub(super) struct Waiting {
    pending: Pending,
    gesture: Gesture,
    prompt: Prompt,
    asked: Timestamp,
    deadline: Timestamp,
    /// A touch that a fault keeps from taking effect yet.
    held: Option<Answer>,
}

/// The gesture it waits for.
enum Gesture {
    Presence,
    Verification { attempts_left: u8 },
    Sample(Capture),
}

/// A command with gestures to come.
pub(super) struct Pending {
    pub(super) work: Work,
    pub(super) consent: Consent,
    pub(super) subject: Subject,
}

/// What is done once the user has consented.
pub(super) enum Work {
    MakeCredential(Box<make_credential::Work>),
    GetAssertion(Box<get_assertion::Work>),
    IssueToken(Box<client_pin::IssueToken>),
    /// authenticatorReset.
    Reset,
    /// authenticatorSelection.
    Select,
    /// A sample of a finger, and how long it may take.
    Capture(Capture, Option<SignedDuration>),
    /// A zero-length pinUvAuthParam: a touch, then this status (§6.1.2 step 1, §6.2.2 step 1).
    Touch(Command),
}

/// Which of the flags UP and UV are given already and which are still to be asked for.
#[derive(Clone, Copy)]
pub(super) struct Consent {
    pub(super) wanted: u8,
    pub(super) given: u8,
}

/// What the prompt names.
pub(super) struct Subject {
    pub(super) rp_id: String,
    pub(super) user: Option<String>,
    pub(super) purpose: Purpose,
}

impl Consent {
    pub(super) fn is_missing(self, flag: u8) -> bool {
        self.wanted & !self.given & flag != 0
    }
}

impl Work {
    fn command(&self) -> Command {
        match self {
            Self::MakeCredential(_) => Command::MAKE_CREDENTIAL,
            Self::GetAssertion(_) => Command::GET_ASSERTION,
            Self::IssueToken(_) => Command::CLIENT_PIN,
            Self::Reset => Command::RESET,
            Self::Select => Command::SELECTION,
            Self::Capture(..) => Command::BIO_ENROLLMENT,
            Self::Touch(command) => *command,
        }
    }
}

impl Pending {
    /// The status when the user declines.
    fn declined(&self) -> Status {
        match &self.work {
            Work::MakeCredential(work) if work.is_excluded() && !self.consent.is_missing(Flags::UV) => {
                Status::CREDENTIAL_EXCLUDED
            }
            _ => Status::OPERATION_DENIED,
        }
    }

    /// The status when the user does nothing: who is asked for a touch only has declined (§6.1.2 steps 1 and 14, §6.2.2
    /// steps 1 and 9), who is asked for a biometric as well has not (§6.1.2 step 11.2, §6.2.2 step 6.2).
    fn timed_out(&self) -> Status {
        match self.work {
            Work::MakeCredential(_) | Work::GetAssertion(_) if self.consent.is_missing(Flags::UV) => {
                Status::USER_ACTION_TIMEOUT
            }
            Work::MakeCredential(_) | Work::GetAssertion(_) | Work::Touch(_) => self.declined(),
            _ => Status::USER_ACTION_TIMEOUT,
        }
    }
}

impl Authenticator {
    /// What the authenticator waits for from the user.
    #[must_use]
    pub fn prompt(&self) -> Option<&Prompt> {
        match &self.state {
            State::Waiting(waiting) => Some(&waiting.prompt),
            State::Polled(polled) => polled.prompt(),
            State::Idle => None,
        }
    }

    /// What the user has yet to answer: the prompt, unless a touch was given that a fault keeps from taking effect.
    #[must_use]
    pub fn unanswered(&self) -> Option<&Prompt> {
        match &self.state {
            State::Waiting(waiting) if waiting.held.is_some() => None,
            _ => self.prompt(),
        }
    }

    /// The user answers the prompt. An answer that does not fit it, or that comes too late, changes nothing.
    pub fn handle_answer(&mut self, now: Timestamp, answer: Answer) {
        self.handle_timeout(now);
        if let State::Polled(polled) = &mut self.state
            && polled.handle_answer(now, answer)
        {
            self.events.push_back(Event::Answered(answer));
        }
        let Some(waiting) = self.take_waiting() else { return };
        match (waiting.gesture, answer) {
            (gesture @ Gesture::Presence, _) if waiting.prompt.takes(answer) => {
                if self.touch_at(waiting.asked).is_some_and(|at| at <= now) {
                    self.touched(now, waiting.pending, answer);
                } else {
                    self.state = State::Waiting(Waiting { gesture, held: Some(answer), ..waiting });
                }
            }
            (Gesture::Verification { .. }, Answer::Verified) => {
                self.events.push_back(Event::Answered(answer));
                self.unblock_verification();
                self.durable.uv_since_pin = self.durable.uv_since_pin.saturating_add(1);
                self.go_on(now, waiting.pending, Flags::UV);
            }
            (Gesture::Verification { attempts_left }, Answer::NotVerified) => {
                self.events.push_back(Event::Answered(answer));
                self.verification_failed(now, waiting.pending, attempts_left - 1);
            }
            (Gesture::Sample(capture), Answer::Sample(sample)) => {
                self.events.push_back(Event::Answered(answer));
                let outcome = self.finish_capture(capture, sample);
                self.respond(Command::BIO_ENROLLMENT, outcome);
            }
            (_, Answer::Decline) => {
                self.events.push_back(Event::Answered(answer));
                let status = waiting.pending.declined();
                self.respond(waiting.pending.work.command(), Err(status));
            }
            (gesture, _) => self.state = State::Waiting(Waiting { gesture, ..waiting }),
        }
    }

    /// The host withdraws the command that waits for the user; nothing happens when none does.
    pub fn handle_cancel(&mut self, now: Timestamp) {
        self.handle_timeout(now);
        if let Some(waiting) = self.take_waiting() {
            self.events.push_back(Event::Cancelled);
            self.respond(waiting.pending.work.command(), Err(Status::KEEPALIVE_CANCEL));
        }
    }

    /// The host begins anew without waiting for an answer: what waits for the user is dropped, and so is an answer
    /// that it has not fetched.
    pub(crate) fn handle_abort(&mut self) {
        if self.take_waiting().is_some() {
            self.events.push_back(Event::Cancelled);
        }
        self.responses.clear();
    }

    /// When the user's time is up.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        match &self.state {
            State::Waiting(waiting) => {
                let touch = waiting.held.and_then(|_| self.touch_at(waiting.asked));
                Some(touch.map_or(waiting.deadline, |at| at.min(waiting.deadline)))
            }
            State::Polled(polled) => Some(polled.until),
            State::Idle => None,
        }
    }

    /// Ends what has waited too long.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        self.powered_up.get_or_insert(now);
        if self.poll_timeout().is_none_or(|deadline| now < deadline) {
            return;
        }
        match std::mem::replace(&mut self.state, State::Idle) {
            State::Waiting(waiting) => self.end_waiting(now, waiting),
            State::Polled(polled) if polled.prompt().is_some() => self.events.push_back(Event::TimedOut),
            State::Polled(_) | State::Idle => {}
        }
    }

    /// Its time has come: that of a touch which was held back, or the end.
    fn end_waiting(&mut self, now: Timestamp, waiting: Waiting) {
        match waiting.held {
            Some(answer) if self.touch_at(waiting.asked).is_some_and(|at| at < waiting.deadline) => {
                self.touched(now, waiting.pending, answer);
            }
            _ => {
                self.events.push_back(Event::TimedOut);
                self.respond(waiting.pending.work.command(), Err(waiting.pending.timed_out()));
            }
        }
    }

    /// The command that waits for the user, which does so no longer.
    fn take_waiting(&mut self) -> Option<Waiting> {
        match std::mem::replace(&mut self.state, State::Idle) {
            State::Waiting(waiting) => Some(waiting),
            other => {
                self.state = other;
                None
            }
        }
    }

    /// From when on a touch takes effect that was asked for at `asked`; `None` is never.
    fn touch_at(&self, asked: Timestamp) -> Option<Timestamp> {
        match self.verdict.touched() {
            Touched::AtOnce => Some(asked),
            Touched::After(delay) => Some(asked + delay),
            Touched::Never => None,
        }
    }

    fn touched(&mut self, now: Timestamp, pending: Pending, answer: Answer) {
        self.events.push_back(Event::Answered(answer));
        self.go_on(now, pending, Flags::UP);
    }

    fn go_on(&mut self, now: Timestamp, mut pending: Pending, given: u8) {
        pending.consent.given |= given;
        self.advance(now, pending);
    }

    /// Asks for the next gesture that is missing, or finishes.
    pub(super) fn advance(&mut self, now: Timestamp, pending: Pending) {
        if let Work::Capture(capture, _) = pending.work {
            self.ask(now, pending, Gesture::Sample(capture));
        } else if pending.consent.is_missing(Flags::UP) {
            self.ask(now, pending, Gesture::Presence);
        } else if pending.consent.is_missing(Flags::UV) {
            let attempts_left = self.profile.built_in_uv.map_or(1, |uv| uv.attempts);
            self.ask(now, pending, Gesture::Verification { attempts_left });
        } else {
            self.finish(now, pending);
        }
    }

    fn ask(&mut self, now: Timestamp, pending: Pending, gesture: Gesture) {
        let Subject { rp_id, user, purpose } = &pending.subject;
        let (rp_id, user, purpose) = (rp_id.clone(), user.clone(), *purpose);
        let prompt = match gesture {
            Gesture::Presence => Prompt::Presence { rp_id, user, purpose },
            Gesture::Verification { .. } => Prompt::Verification { rp_id, user, purpose },
            Gesture::Sample(_) => Prompt::Sample { remaining: self.samples_remaining() },
        };
        let most = match pending.work {
            Work::Capture(_, Some(most)) => most,
            _ => USER_ACTION_MAX,
        };
        self.withdraw_polled();
        self.events.push_back(Event::Prompted(prompt.clone()));
        self.state = State::Waiting(Waiting { pending, gesture, prompt, asked: now, deadline: now + most, held: None });
    }

    fn verification_failed(&mut self, now: Timestamp, pending: Pending, attempts_left: u8) {
        let retries_left = self.durable.uv_retries.saturating_sub(1);
        self.durable.uv_retries = retries_left;
        self.events.push_back(Event::VerificationFailed { retries_left });
        if attempts_left > 0 && retries_left > 0 {
            return self.ask(now, pending, Gesture::Verification { attempts_left });
        }
        let status = match (&pending.work, retries_left) {
            (Work::IssueToken(_), 0) => Status::UV_BLOCKED,
            (Work::IssueToken(_), _) => Status::UV_INVALID,
            _ => self.verification_failed_status(),
        };
        self.respond(pending.work.command(), Err(status));
    }

    fn finish(&mut self, now: Timestamp, pending: Pending) {
        let command = pending.work.command();
        let given = pending.consent.given;
        let outcome = match pending.work {
            Work::MakeCredential(work) => self.finish_make_credential(now, *work, given),
            Work::GetAssertion(work) => self.finish_get_assertion(now, *work, given),
            Work::IssueToken(work) => Ok(self.finish_issue_token(now, *work, given)),
            Work::Reset => Ok(self.finish_reset()),
            Work::Select => Ok(vec![Status::OK.0]),
            // A sample is answered when it comes.
            Work::Capture(..) => Err(Status::NOT_ALLOWED),
            Work::Touch(_) if self.has_pin() => Err(Status::PIN_INVALID),
            Work::Touch(_) => Err(Status::PIN_NOT_SET),
        };
        self.respond(command, outcome);
    }
}

/// How long the user may take (§6.1.2, "a reasonable timeout"; 30 s is what the specification gives elsewhere).
const USER_ACTION_MAX: SignedDuration = SignedDuration::from_secs(30);
