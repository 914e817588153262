//! What the phone does while its virtual key is asked for the user (guide: "Pairing with Azure", "Logging In with
//! HYPR Enterprise Passkey"): check with Control Center, Accept or Decline, then the biometric for Azure.
//!
//! The authenticator says what it waits for (`ctap::Prompt`); after every input the screen follows it.

use std::collections::BTreeSet;

use clockwork::{ExchangeId, Gesture, Screen};
use ctap::{Answer, Prompt, Purpose};
use jiff::Timestamp;

use crate::account::{Account, ENTRA, Refusal, Server, Standing};
use crate::phone::{Biometric, Phone};
use crate::screens::{Attempt, Notice, View};
use crate::{Abandonment, Event, Recognition, words};

/// A request on the screen.
pub(crate) struct Ceremony {
    prompt: Prompt,
    step: Step,
}

/// What the request waits for.
enum Step {
    /// For Control Center's word on the accounts.
    Checking { waiting: BTreeSet<ExchangeId> },
    /// For Accept or Decline.
    Asking,
    /// For the user to begin with the registration of a biometric.
    Registering,
    /// For the biometric.
    Verifying(Attempt),
}

/// What was put into the authenticator last; it explains why a prompt went away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The user said yes.
    Agreed,
    /// The user said no.
    Declined,
    /// The phone said no.
    Refused,
    /// Something that is not the user.
    Gone(Abandonment),
}

impl Ceremony {
    /// Whether `next` belongs to what the user has been asked already: the biometric after Accept.
    fn leads_to(&self, next: &Prompt) -> bool {
        matches!((&self.prompt, next), (Prompt::Presence { .. }, Prompt::Verification { .. }))
            && self.prompt.rp_id() == next.rp_id()
    }
}

impl Phone {
    /// Follows the authenticator: takes its events, and begins, goes on with or ends what is on the screen.
    pub(crate) fn settle(&mut self, now: Timestamp, cause: Cause) {
        self.take_authenticator_events(now);
        let prompt = self.key.prompt().cloned();
        match (self.ceremony.take(), prompt) {
            (None, None) => {}
            (Some(ceremony), None) => self.end(&ceremony, cause),
            (None, Some(prompt)) => self.begin(now, prompt),
            (Some(ceremony), Some(prompt)) if ceremony.prompt == prompt => self.ceremony = Some(ceremony),
            (Some(ceremony), Some(prompt)) if ceremony.leads_to(&prompt) => self.ask(prompt),
            (Some(ceremony), Some(prompt)) => {
                self.end(&ceremony, cause);
                self.begin(now, prompt);
            }
        }
    }

    pub(crate) fn tap_in_ceremony(&mut self, now: Timestamp, label: &str) -> Option<()> {
        let ceremony = self.ceremony.as_mut()?;
        let rp_id = ceremony.prompt.rp_id().to_owned();
        match (&ceremony.step, label) {
            (Step::Asking, words::ACCEPT) => {
                self.events.push_back(Event::Accepted { rp_id });
                self.answer(now, Answer::Accept, Cause::Agreed);
            }
            (Step::Registering, words::REGISTER) => ceremony.step = Step::Verifying(Attempt::First),
            (Step::Checking { .. } | Step::Asking, words::DECLINE)
            | (Step::Registering | Step::Verifying(_), words::CANCEL) => {
                self.events.push_back(Event::Declined { rp_id });
                self.answer(now, Answer::Decline, Cause::Declined);
            }
            _ => return None,
        }
        Some(())
    }

    /// The sensor saw something; `None` when nobody asked it to look. The biometric that is recognised first is
    /// registered by that.
    pub(crate) fn present_azure_biometric(&mut self, now: Timestamp, gesture: Gesture) -> Option<()> {
        let ceremony = self.ceremony.as_mut()?;
        let Step::Verifying(attempt) = &mut ceremony.step else { return None };
        match gesture {
            Gesture::Right => {
                if self.azure_biometric == Biometric::NotRegistered {
                    self.azure_biometric = Biometric::Registered;
                    self.events.push_back(Event::AzureBiometricRegistered);
                }
                self.events.push_back(Event::AzureBiometric(Recognition::Recognised));
                self.answer(now, Answer::Verified, Cause::Agreed);
            }
            Gesture::Wrong => {
                *attempt = Attempt::Repeated;
                self.events.push_back(Event::AzureBiometric(Recognition::NotRecognised));
                self.answer(now, Answer::NotVerified, Cause::Gone(Abandonment::NotRecognised));
            }
            Gesture::Cancel => {
                self.events.push_back(Event::AzureBiometric(Recognition::Cancelled));
                self.answer(now, Answer::Decline, Cause::Declined);
            }
        }
        Some(())
    }

    /// Control Center has answered, or has failed to; the last answer decides. An answer that comes while the user is
    /// being asked may still refuse.
    pub(crate) fn handle_checked(&mut self, now: Timestamp, exchange: ExchangeId) {
        let Some(ceremony) = &mut self.ceremony else { return };
        let Step::Checking { waiting } = &mut ceremony.step else { return self.refuse_if_not_allowed(now) };
        if waiting.remove(&exchange) && waiting.is_empty() {
            self.decide(now);
        }
    }

    fn begin(&mut self, now: Timestamp, prompt: Prompt) {
        self.events.push_back(Event::Asked {
            rp_id: prompt.rp_id().to_owned(),
            user: prompt.user().map(str::to_owned),
            purpose: prompt.purpose(),
        });
        if !self.is_guarded(prompt.rp_id()) {
            return self.ask(prompt);
        }
        let servers: BTreeSet<Server> =
            self.concerned(&prompt).iter().map(|account| account.id.server.clone()).collect();
        let waiting: BTreeSet<ExchangeId> = servers.iter().filter_map(|server| self.fetch_status(server)).collect();
        let nobody_to_ask = waiting.is_empty();
        self.ceremony = Some(Ceremony { prompt, step: Step::Checking { waiting } });
        if nobody_to_ask {
            self.decide(now);
        }
    }

    /// Refuses, or lets the user decide.
    fn decide(&mut self, now: Timestamp) {
        self.refuse_if_not_allowed(now);
        if let Some(ceremony) = self.ceremony.take_if(|ceremony| matches!(ceremony.step, Step::Checking { .. })) {
            self.ask(ceremony.prompt);
        }
    }

    fn refuse_if_not_allowed(&mut self, now: Timestamp) {
        let Some(ceremony) = &self.ceremony else { return };
        let Some((refusal, username)) = self.verdict(&ceremony.prompt) else { return };
        let rp_id = ceremony.prompt.rp_id().to_owned();
        self.show(View::Notice(Notice::refused(refusal, username.as_deref(), &rp_id)));
        self.events.push_back(Event::Refused { rp_id, refusal });
        self.answer(now, Answer::Decline, Cause::Refused);
    }

    /// Why a request is refused, and whose account is the reason. Unless it is known for whom the request is, one
    /// account that must not be used is enough: the phone cannot take the answer back later (a convention of the lab).
    fn verdict(&self, prompt: &Prompt) -> Option<(Refusal, Option<String>)> {
        if !self.is_guarded(prompt.rp_id()) {
            return None;
        }
        let concerned = self.concerned(prompt);
        if concerned.is_empty() {
            return Some((Refusal::NotPaired, None));
        }
        concerned.iter().find_map(|account| Some((account.refusal()?, Some(account.id.username.clone()))))
    }

    fn ask(&mut self, prompt: Prompt) {
        let step = match (&prompt, self.azure_biometric) {
            // No HYPR profile enrols fingers over CTAP.
            (Prompt::Presence { .. } | Prompt::Sample { .. }, _) => Step::Asking,
            (Prompt::Verification { .. }, Biometric::NotRegistered) => Step::Registering,
            (Prompt::Verification { .. }, Biometric::Registered) => Step::Verifying(Attempt::First),
        };
        self.ceremony = Some(Ceremony { prompt, step });
    }

    fn answer(&mut self, now: Timestamp, answer: Answer, cause: Cause) {
        self.key.handle_answer(now, answer);
        self.settle(now, cause);
    }

    fn end(&mut self, ceremony: &Ceremony, cause: Cause) {
        match cause {
            // The warning is on the screen already.
            Cause::Refused => {}
            Cause::Agreed => self.return_home(View::home()),
            Cause::Declined => self.return_home(View::home_with(words::NOTE_DECLINED)),
            Cause::Gone(reason) => {
                self.events.push_back(Event::Abandoned { rp_id: ceremony.prompt.rp_id().to_owned(), reason });
                self.return_home(View::home_with(match reason {
                    Abandonment::TimedOut => words::NOTE_TIMED_OUT,
                    Abandonment::CancelledByHost => words::NOTE_CANCELLED,
                    Abandonment::Disconnected => words::NOTE_DISCONNECTED,
                    Abandonment::NotRecognised => words::not_recognised(self.config.platform),
                }));
            }
        }
    }

    /// A request that came between the steps of a pairing leaves the pairing where it was.
    fn return_home(&mut self, home: View) {
        if !matches!(self.app.view(), Some(View::Pairing(_))) {
            self.show(home);
        }
    }

    /// Whether ceremonies of `rp_id` are Control Center's business.
    fn is_guarded(&self, rp_id: &str) -> bool {
        rp_id == ENTRA || self.accounts.values().any(|account| account.relying_party == rp_id)
    }

    /// The accounts for which a request may be: the one it names; else, to sign in, those that hold a key, and to
    /// register, those that still stand; else all of the relying party.
    fn concerned(&self, prompt: &Prompt) -> Vec<&Account> {
        let rp_id = prompt.rp_id();
        let all = || self.accounts.values().filter(|account| account.relying_party == rp_id);
        let named = all().filter(|account| account.owns(rp_id, prompt.user())).collect();
        let likely = match prompt.purpose() {
            Purpose::SignIn => all().filter(|account| self.credentials_of(account).next().is_some()).collect(),
            Purpose::Register | Purpose::Manage | Purpose::Reset(_) | Purpose::Select => {
                all().filter(|account| account.standing == Standing::Paired).collect()
            }
        };
        [named, likely].into_iter().find(|accounts: &Vec<_>| !accounts.is_empty()).unwrap_or_else(|| all().collect())
    }

    pub(crate) fn ceremony_screen(&self, ceremony: &Ceremony) -> Screen {
        let platform = self.config.platform;
        let rp_id = ceremony.prompt.rp_id();
        let account = words::for_account(&self.meant(&ceremony.prompt));
        match &ceremony.step {
            Step::Checking { .. } => Screen::new(words::PLEASE_WAIT, &[words::ASKING_HYPR], &[words::DECLINE]),
            Step::Asking => {
                let (title, text) = words::request(ceremony.prompt.purpose(), rp_id);
                Screen::new(title, &[&text, &account], &[words::ACCEPT, words::DECLINE])
            }
            Step::Registering => {
                let text = words::use_sensor(platform, "register it for Azure");
                let texts = [words::SEPARATE_BIOMETRIC, &text];
                Screen::new(words::REGISTER_BIOMETRIC, &texts, &[words::REGISTER, words::CANCEL])
            }
            Step::Verifying(attempt) => {
                let text = words::use_sensor(platform, &format!("confirm the request of {rp_id}"));
                let mut screen = Screen::new(words::AZURE_BIOMETRIC, &[&text, &account], &[words::CANCEL]);
                attempt.explain(platform, &mut screen);
                screen
            }
        }
    }

    /// The users that a request may mean: the one it names, or those of the accounts concerned.
    fn meant<'a>(&'a self, prompt: &'a Prompt) -> Vec<&'a str> {
        match prompt.user() {
            Some(user) => vec![user],
            None => self.concerned(prompt).iter().map(|account| account.id.username.as_str()).collect(),
        }
    }
}
