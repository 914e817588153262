//! The client: one ceremony at a time, over whichever keys are plugged in (WebAuthn Level 3 §5.1.3, §5.1.4).

use std::collections::{BTreeSet, VecDeque};

use bytes::Bytes;
use clockwork::{ExchangeId, Outbox, Reply, Screen, Stream, Verb, VerbError};
use http::{Request, StatusCode};
use indexmap::IndexSet;
use jiff::{SignedDuration, Timestamp};

use super::conversation::{Account, Conversation, Next};
use super::dialog::{self, Consent, Surface};
use super::event::{Event, command_name};
use super::failure::Failure;
use super::job::Job;
use super::rp_id::{self, RpIdError, Scope};
use super::selection::{self, Choice, Selection};
use super::{Ceremony, CredentialJson};
use crate::usb::KeyAnswer;

/// The range into which Windows brings a page's timeout, and what it takes when the page names none
/// (WebAuthn Level 3 §15.1).
const TIMEOUT_MS_MIN: u32 = 300_000;
const TIMEOUT_MS_MAX: u32 = 600_000;

/// What to tell a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyCommand {
    /// A CTAP command.
    Cbor(Vec<u8>),
    /// The command under way is no longer wanted.
    Cancel,
}

/// How a ceremony ended.
pub type Conclusion = Result<CredentialJson, Failure>;

/// The WebAuthn client of one workstation.
pub struct Client {
    rng: Stream,
    outbox: Outbox,
    keys: IndexSet<String>,
    run: Option<Run>,
    commands: VecDeque<(String, KeyCommand)>,
    conclusions: VecDeque<Conclusion>,
    events: VecDeque<Event>,
}

/// A ceremony under way.
struct Run {
    job: Job,
    surface: Surface,
    deadline: Timestamp,
    /// Keys that were asked and have no credential.
    useless: BTreeSet<String>,
    stage: Stage,
}

/// What the ceremony waits for.
enum Stage {
    /// The RP ID's list of related origins.
    RelatedOrigins(ExchangeId),
    /// The person agrees to a dialog.
    Consent(Consent),
    /// A key is plugged in.
    Insertion,
    /// The person touches one of several keys.
    Selection(Selection),
    /// A key answers.
    Key(Box<Asked>),
    /// The person chooses an account.
    Choice(Vec<Account>),
    /// The person closes the message.
    Closing(Failure),
}

/// A key that has a command of the ceremony.
struct Asked {
    key: String,
    conversation: Conversation,
    command: &'static str,
}

impl Client {
    /// A client without keys; `rng` feeds its key agreements.
    #[must_use]
    pub fn new(rng: Stream) -> Self {
        Self {
            rng,
            outbox: Outbox::default(),
            keys: IndexSet::new(),
            run: None,
            commands: VecDeque::new(),
            conclusions: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// Whether a ceremony is under way.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.run.is_some()
    }

    /// Starts a ceremony; one that is under way is cancelled, as Windows does when another window asks.
    pub fn handle_ceremony(&mut self, now: Timestamp, ceremony: Ceremony, surface: Surface) {
        self.handle_cancel();
        self.events.push_back(Event::began(&ceremony));
        let started = self.start(now, ceremony, surface);
        if let Err(failure) = started {
            self.conclude(Err(failure));
        }
    }

    /// Ends the ceremony as if the person had closed its dialog; without one, nothing happens.
    pub fn handle_cancel(&mut self) {
        if self.run.is_some() {
            self.conclude(Err(Failure::Cancelled));
        }
    }

    /// A key was plugged in.
    pub fn handle_attached(&mut self, key: &str) {
        self.keys.insert(key.to_owned());
        match self.run.as_mut().map(|run| &mut run.stage) {
            Some(Stage::Insertion) => self.ask_a_key(),
            Some(Stage::Selection(selection)) => {
                selection.add(key);
                self.send(key.to_owned(), vec![selection::COMMAND]);
            }
            _ => {}
        }
    }

    /// A key was pulled out; a ceremony that was asking it looks for another.
    pub fn handle_detached(&mut self, key: &str) {
        self.keys.shift_remove(key);
        let Some(run) = &mut self.run else { return };
        run.useless.remove(key);
        match &mut run.stage {
            Stage::Key(asked) if asked.key == key => self.ask_a_key(),
            Stage::Selection(selection) => match selection.handle_detached(key) {
                // With the last key the choice is gone, not the person's wish.
                Choice::Nobody(Failure::Cancelled) => self.ask_a_key(),
                choice => self.handle_choice(choice),
            },
            _ => {}
        }
    }

    /// A key said something.
    pub fn handle_answer(&mut self, key: &str, answer: KeyAnswer) {
        match answer {
            KeyAnswer::Processing | KeyAnswer::UserPresenceNeeded => {}
            KeyAnswer::Failed(error) => {
                if self.asked(key).is_some() {
                    self.fail(Failure::Usb(error));
                } else {
                    self.handle_touch(key, Err(Failure::Usb(error)));
                }
            }
            KeyAnswer::Response(response) => self.handle_key_response(key, &response),
        }
    }

    /// What the dialog shows, if one is open.
    #[must_use]
    pub fn screen(&self) -> Option<Screen> {
        let run = self.run.as_ref().filter(|run| run.surface != Surface::SignIn)?;
        match &run.stage {
            Stage::RelatedOrigins(_) => None,
            Stage::Consent(consent) => Some(consent.screen(&run.job)),
            Stage::Insertion => Some(dialog::insert_screen()),
            Stage::Selection(_) => Some(dialog::select_screen()),
            Stage::Key(_) => Some(dialog::touch_screen(&run.job)),
            Stage::Choice(accounts) => {
                Some(dialog::accounts_screen(accounts.iter().map(|account| account.label.as_str())))
            }
            Stage::Closing(failure) => Some(dialog::failure_screen(failure)),
        }
    }

    /// What the sign-in screen says while a key is asked for.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self.run.as_ref()?.stage {
            Stage::Insertion => Some(dialog::INSERT),
            Stage::Selection(_) | Stage::Key(_) => Some(dialog::TOUCH),
            _ => None,
        }
    }

    /// What the person did to the dialog.
    ///
    /// # Errors
    ///
    /// When no dialog is open or it has no such button.
    pub fn handle_verb(&mut self, verb: &Verb) -> Result<(), VerbError> {
        let screen = self.screen().unwrap_or_else(|| Screen::new("no Windows Security dialog", &[], &[]));
        let Verb::Tap(label) = verb else { return Err(screen.meaningless(verb)) };
        screen.button(label)?;
        match label.as_str() {
            dialog::CANCEL => self.conclude(Err(Failure::Cancelled)),
            label => self.handle_agreement(label),
        }
        Ok(())
    }

    /// The next command, and for which key.
    pub fn poll_command(&mut self) -> Option<(String, KeyCommand)> {
        self.commands.pop_front()
    }

    /// The end of the ceremony.
    pub fn poll_conclusion(&mut self) -> Option<Conclusion> {
        self.conclusions.pop_front()
    }

    /// The next request, for a list of related origins.
    pub fn poll_request(&mut self) -> Option<(ExchangeId, Request<Bytes>)> {
        self.outbox.poll()
    }

    /// The reply to a request.
    pub fn handle_response(&mut self, id: ExchangeId, reply: Reply) {
        let Some(run) = &self.run else { return };
        if !matches!(run.stage, Stage::RelatedOrigins(waiting) if waiting == id) {
            return;
        }
        let origin = &run.job.origin;
        let accepts = reply.is_ok_and(|reply| reply.status() == StatusCode::OK && rp_id::lists(reply.body(), origin));
        if accepts {
            self.show_first_dialog();
        } else {
            let foreign = RpIdError::Foreign { origin: origin.clone(), rp_id: run.job.rp_id.clone() };
            self.conclude(Err(foreign.into()));
        }
    }

    /// When the ceremony's time runs out.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.run.as_ref().map(|run| run.deadline)
    }

    /// Ends a ceremony whose time has run out.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        let Some(run) = self.run.as_ref().filter(|run| run.deadline <= now) else { return };
        let failure = match &run.stage {
            Stage::Closing(failure) => failure.clone(),
            _ => Failure::TimedOut,
        };
        self.conclude(Err(failure));
    }

    /// What happened, oldest first.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    fn start(&mut self, now: Timestamp, ceremony: Ceremony, surface: Surface) -> Result<(), Failure> {
        ceremony.check()?;
        let scope = rp_id::scope(&ceremony.origin, ceremony.rp_id())?;
        let deadline = now + timeout(ceremony.timeout_ms());
        let origin = rp_id::serialized(&ceremony.origin).ok_or_else(|| RpIdError::Origin(ceremony.origin.clone()))?;
        let (rp_id, related) = match scope {
            Scope::Own(rp_id) => (rp_id, None),
            Scope::Related(rp_id) => {
                let request = Request::get(format!("https://{rp_id}/.well-known/webauthn"));
                let request = request.body(Bytes::new()).map_err(|_| RpIdError::NotRegistrable(rp_id.clone()))?;
                (rp_id, Some(self.outbox.send(request)))
            }
        };
        let job = Job::new(ceremony.operation, origin, rp_id);
        let stage = related.map_or(Stage::Insertion, Stage::RelatedOrigins);
        self.run = Some(Run { job, surface, deadline, useless: BTreeSet::new(), stage });
        if related.is_none() {
            self.show_first_dialog();
        }
        Ok(())
    }

    fn show_first_dialog(&mut self) {
        let Some(run) = &mut self.run else { return };
        match Consent::first(run.surface, &run.job.operation) {
            Some(consent) => run.stage = Stage::Consent(consent),
            None => self.ask_a_key(),
        }
    }

    /// The person tapped the button that goes on.
    fn handle_agreement(&mut self, label: &str) {
        let Some(run) = &mut self.run else { return };
        match &mut run.stage {
            Stage::Consent(consent) => match consent.next(&run.job.operation) {
                Some(next) => *consent = next,
                None => self.ask_a_key(),
            },
            Stage::Choice(accounts) => {
                let chosen = accounts.iter().find(|account| account.label == label).cloned();
                if let Some(account) = chosen {
                    self.conclude(Ok(CredentialJson::Assertion(account.assertion)));
                }
            }
            Stage::Closing(failure) => {
                let failure = failure.clone();
                self.conclude(Err(failure));
            }
            Stage::RelatedOrigins(_) | Stage::Insertion | Stage::Selection(_) | Stage::Key(_) => {}
        }
    }

    /// Asks the key that may be of use; of several, the person chooses one by a touch. Waits for one if there is none.
    fn ask_a_key(&mut self) {
        let Some(run) = &mut self.run else { return };
        let mut useful: Vec<String> = self.keys.iter().filter(|key| !run.useless.contains(*key)).cloned().collect();
        match useful.len() {
            0 => {
                run.stage = Stage::Insertion;
                self.events.push_back(Event::NoKey);
            }
            1 => self.ask(useful.remove(0)),
            _ => {
                let mut selection = Selection::default();
                useful.iter().for_each(|key| selection.add(key));
                run.stage = Stage::Selection(selection);
                useful.into_iter().for_each(|key| self.send(key, vec![selection::COMMAND]));
            }
        }
    }

    fn ask(&mut self, key: String) {
        let Some(run) = &mut self.run else { return };
        let (conversation, command) = Conversation::begin();
        let name = command_name(&command);
        run.stage = Stage::Key(Box::new(Asked { key: key.clone(), conversation, command: name }));
        self.send(key, command);
    }

    /// A key that blinks has been touched, or will not be.
    fn handle_touch(&mut self, key: &str, answer: Result<wire::Status, Failure>) {
        let Some(Run { useless, stage: Stage::Selection(selection), .. }) = &mut self.run else { return };
        if answer.as_ref().is_ok_and(|status| ![wire::Status::OK, wire::Status::INVALID_COMMAND].contains(status)) {
            useless.insert(key.to_owned());
        }
        let choice = selection.handle_answer(key, answer);
        self.handle_choice(choice);
    }

    fn handle_choice(&mut self, choice: Choice) {
        match choice {
            Choice::Open => {}
            Choice::Key { chosen, others } => {
                self.commands.extend(others.into_iter().map(|key| (key, KeyCommand::Cancel)));
                self.ask(chosen);
            }
            Choice::Nobody(failure) => self.fail(failure),
        }
    }

    fn handle_key_response(&mut self, key: &str, response: &[u8]) {
        if let Some(Run { stage: Stage::Selection(_), .. }) = &self.run {
            self.events.push_back(Event::answered(key, command_name(&[selection::COMMAND]), response));
            let status = wire::Status(response.first().copied().unwrap_or(wire::Status::OTHER.0));
            return self.handle_touch(key, Ok(status));
        }
        let Some(Run { job, stage: Stage::Key(asked), .. }) = &mut self.run else { return };
        if asked.key != key {
            return;
        }
        self.events.push_back(Event::answered(key, asked.command, response));
        match asked.conversation.handle_response(job, &mut self.rng, response) {
            Next::Send(command) => {
                asked.command = command_name(&command);
                self.send(key.to_owned(), command);
            }
            Next::Finish(credential) => self.conclude(Ok(*credential)),
            Next::Choose(accounts) => self.choose(accounts),
            Next::Fail(failure) => self.handle_key_failure(key, failure),
        }
    }

    /// A key without the credential gives way to the next one; anything else ends the ceremony.
    fn handle_key_failure(&mut self, key: &str, failure: Failure) {
        let Some(run) = &mut self.run else { return };
        let gives_way = failure.status() == Some(wire::Status::NO_CREDENTIALS)
            || matches!(failure, Failure::NoCredential | Failure::Unsuitable(_));
        run.useless.insert(key.to_owned());
        if gives_way && self.keys.iter().any(|other| !run.useless.contains(other)) {
            self.ask_a_key();
        } else {
            self.fail(failure);
        }
    }

    /// The sign-in screen takes the account that the key names first, the last one added to it.
    fn choose(&mut self, accounts: Vec<Account>) {
        let Some(run) = &mut self.run else { return };
        match (run.surface, accounts.first()) {
            (Surface::SignIn, Some(first)) => {
                let credential = CredentialJson::Assertion(first.assertion.clone());
                self.conclude(Ok(credential));
            }
            _ => run.stage = Stage::Choice(accounts),
        }
    }

    /// Shows a failure; the page hears of it when the person closes the message.
    fn fail(&mut self, failure: Failure) {
        match &mut self.run {
            Some(run) if run.surface != Surface::SignIn => run.stage = Stage::Closing(failure),
            _ => self.conclude(Err(failure)),
        }
    }

    /// Ends the ceremony; keys that still work on it are told.
    fn conclude(&mut self, conclusion: Conclusion) {
        let at_work = match self.run.take().map(|run| run.stage) {
            Some(Stage::Key(asked)) if conclusion.is_err() => vec![asked.key],
            Some(Stage::Selection(selection)) => selection.waiting().cloned().collect(),
            _ => Vec::new(),
        };
        let plugged_in = at_work.into_iter().filter(|key| self.keys.contains(key));
        self.commands.extend(plugged_in.map(|key| (key, KeyCommand::Cancel)));
        self.events.push_back(Event::ended(&conclusion));
        self.conclusions.push_back(conclusion);
    }

    fn asked(&self, key: &str) -> Option<&Asked> {
        match &self.run.as_ref()?.stage {
            Stage::Key(asked) if asked.key == key => Some(asked),
            _ => None,
        }
    }

    fn send(&mut self, key: String, command: Vec<u8>) {
        self.events.push_back(Event::Sent { key: key.clone(), command: command_name(&command) });
        self.commands.push_back((key, KeyCommand::Cbor(command)));
    }
}

fn timeout(asked_ms: Option<u32>) -> SignedDuration {
    let ms = asked_ms.map_or(TIMEOUT_MS_MIN, |ms| ms.clamp(TIMEOUT_MS_MIN, TIMEOUT_MS_MAX));
    SignedDuration::from_millis(ms.into())
}

#[cfg(test)]
mod tests;
