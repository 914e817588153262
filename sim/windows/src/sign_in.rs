//! Windows sign-in: the lock screen, its sign-in options, and the way to Entra (the guide's "Logging In to Windows").
//!
//! Windows puts the account and the method forward that were used last. A security key signs in whom it belongs to,
//! whatever name stands on the screen.

mod entra;
mod event;
mod form;
pub(crate) mod nonce;
mod words;

use std::collections::VecDeque;

use bytes::Bytes;
use clockwork::{ExchangeId, Outbox, Reply, Screen, Verb, VerbError};
use http::Request;

use crate::browser::SingleSignOn;
use crate::device::Device;
use crate::passwordless::{Join, SecurityKeys, System};
use crate::webauthn::{Ceremony, Conclusion, CredentialJson, Failure};
use entra::Proof;
pub use event::Event;
use form::{Form, Tiles};

/// A person's account, as Entra names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The person's name.
    pub name: String,
    /// The user principal name.
    pub upn: String,
}

/// An account of the machine's own.
#[derive(Clone, PartialEq, Eq)]
pub struct LocalAccount {
    /// Its name, without the machine's.
    pub name: String,
    /// Its password.
    pub password: String,
}

impl std::fmt::Debug for LocalAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LocalAccount").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Somebody is signed in; the session stays while the screen is locked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Who.
    pub account: Account,
    /// What Edge signs in with; a local account has nothing.
    pub single_sign_on: Option<SingleSignOn>,
}

/// A way to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// By password.
    Password,
    /// By security key.
    SecurityKey,
}

/// What the sign-in screen wants from the workstation.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask a security key.
    Ask(Box<Ceremony>),
    /// The person no longer wants it.
    StopAsking,
    /// Somebody is signed in.
    Opened,
}

/// What a machine lets in without asking Entra.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// The computer's name.
    pub name: String,
    /// What it runs.
    pub system: System,
    /// Its own account, if it has one.
    pub local_account: Option<LocalAccount>,
}

/// The sign-in screen of one machine.
pub struct SignIn {
    device: Device,
    machine: Machine,
    /// Intune's policy for security keys at sign-in.
    security_keys: SecurityKeys,
    session: Option<Session>,
    last: Option<(Account, Method)>,
    stage: Stage,
    outbox: Outbox,
    effects: VecDeque<Effect>,
    events: VecDeque<Event>,
}

/// What the screen waits for.
enum Stage {
    /// Nothing: the desktop is open.
    Desktop,
    /// The person.
    Form(Form),
    /// Entra's nonce.
    Nonce { form: Form, proof: WantedProof, exchange: ExchangeId },
    /// The security key.
    Key { form: Form, nonce: String },
    /// Entra's answer.
    Token { form: Form, method: Method, exchange: ExchangeId },
}

/// What the nonce is for.
enum WantedProof {
    Password { user_name: String, password: String },
    Key,
}

impl SignIn {
    /// A machine to which nobody has signed in yet.
    #[must_use]
    pub fn new(device: Device, machine: Machine) -> Self {
        Self {
            device,
            machine,
            security_keys: SecurityKeys::Disabled,
            session: None,
            last: None,
            stage: Stage::Form(Form::for_other_user(Method::Password)),
            outbox: Outbox::default(),
            effects: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// Intune's policy says that security keys may be used from now on, or may not.
    pub fn handle_policy(&mut self, security_keys: SecurityKeys) {
        self.security_keys = security_keys;
    }

    /// Whose session there is, locked or not.
    #[must_use]
    pub fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }

    /// Whether the desktop is open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Desktop)
    }

    /// Locks the screen: the last account and method stand on it. A machine without a session stays as it is.
    pub fn handle_lock(&mut self) {
        if self.session.is_none() {
            return;
        }
        self.stop_asking();
        self.stage = Stage::Form(self.first_form());
        self.events.push_back(Event::Locked);
    }

    /// The machine wakes up locked. With a security key plugged in, Windows asks it at once, for "Other User".
    pub fn handle_wake(&mut self, keys: Keys) {
        self.stop_asking();
        self.events.push_back(Event::Woke);
        if keys == Keys::Present && self.tiles() == Tiles::WithSecurityKey {
            self.try_key(Form::for_other_user(Method::SecurityKey));
        } else {
            self.stage = Stage::Form(self.first_form());
        }
    }

    /// What stands on the screen while it is not open; `hint` is what the key is asked for.
    #[must_use]
    pub fn screen(&self, hint: Option<&str>) -> Screen {
        match &self.stage {
            Stage::Desktop => Screen::new("Desktop", &[], &[]),
            Stage::Form(form) => form.screen(self.tiles(), self.last.as_ref().map(|(account, _)| account)),
            Stage::Nonce { form, .. } | Stage::Token { form, .. } => Screen::new(form.title(), &[words::WAIT], &[]),
            Stage::Key { form, .. } => {
                Screen::new(form.title(), &[hint.unwrap_or(words::WAIT)], &[form::CANCEL, form::OPTIONS])
            }
        }
    }

    /// What a person did.
    ///
    /// # Errors
    ///
    /// When the screen has no such thing.
    pub fn handle_verb(&mut self, verb: &Verb) -> Result<(), VerbError> {
        let screen = self.screen(None);
        match verb {
            Verb::Type { field, text } => {
                screen.field(field)?;
                if let Stage::Form(form) = &mut self.stage {
                    form.handle_text(field, text);
                }
                Ok(())
            }
            Verb::Tap(label) => {
                screen.button(label)?;
                self.handle_tap(label);
                Ok(())
            }
            Verb::TapIn { .. } | Verb::Present(_) | Verb::Scan(_) => Err(screen.meaningless(verb)),
        }
    }

    /// How the ceremony that was asked for ended.
    pub fn handle_conclusion(&mut self, conclusion: Conclusion) {
        match (self.take_stage(), conclusion) {
            (Stage::Key { form, nonce }, Ok(CredentialJson::Assertion(assertion))) => {
                self.send_proof(form, &nonce, &Proof::Fido { assertion: &assertion });
            }
            (Stage::Key { form, .. }, Ok(CredentialJson::Registration(_))) => self.stage = Stage::Form(form),
            (Stage::Key { form, .. }, Err(failure)) => self.refuse_key(form, &failure),
            (stage, _) => self.stage = stage,
        }
    }

    /// The next request to Entra.
    pub fn poll_request(&mut self) -> Option<(ExchangeId, Request<Bytes>)> {
        self.outbox.poll()
    }

    /// Entra's reply.
    pub fn handle_response(&mut self, id: ExchangeId, reply: Reply) {
        match self.take_stage() {
            Stage::Nonce { form, proof, exchange } if exchange == id => match nonce::read(reply) {
                Ok(nonce) => self.handle_nonce(form, proof, nonce),
                Err(refusal) => self.refuse(form, refusal),
            },
            Stage::Token { form, method, exchange } if exchange == id => match entra::read_token(reply) {
                Ok(session) => self.open(session, method),
                Err(refusal) => self.refuse(form, refusal),
            },
            stage => self.stage = stage,
        }
    }

    /// What the workstation is to do, oldest first.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// What happened, oldest first.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    fn handle_tap(&mut self, label: &str) {
        self.stop_asking();
        let mut form = match self.take_stage() {
            Stage::Form(form) => form,
            stage => return self.stage = stage,
        };
        match label {
            form::CANCEL => self.stage = Stage::Form(form),
            form::SIGN_IN if form.method() == Method::SecurityKey => self.try_key(form),
            form::SIGN_IN => self.try_password(form),
            form::SECURITY_KEY => {
                form.choose(Method::SecurityKey);
                self.try_key(form);
            }
            form::PASSWORD => {
                form.choose(Method::Password);
                self.stage = Stage::Form(form);
            }
            form::OPTIONS => {
                form.show_options();
                self.stage = Stage::Form(form);
            }
            form::OTHER_USER => self.stage = Stage::Form(Form::for_other_user(form.method())),
            _ => self.stage = Stage::Form(self.first_form()),
        }
    }

    fn try_password(&mut self, mut form: Form) {
        let (user_name, password) = form.take_credentials();
        if user_name.is_empty() || password.is_empty() {
            form.say([words::INCOMPLETE.into()]);
            self.stage = Stage::Form(form);
            return;
        }
        if let Some(session) = self.local_session(&user_name) {
            let is_right = self.machine.local_account.as_ref().is_some_and(|own| own.password == password);
            return if is_right {
                self.open(session, Method::Password)
            } else {
                self.refuse(form, entra::Refusal { code: None, words: words::refusal(50126).into() })
            };
        }
        self.ask_nonce(form, WantedProof::Password { user_name, password });
    }

    /// The session of the machine's own account, if it is meant: by its name, with or without the machine's.
    fn local_session(&self, user_name: &str) -> Option<Session> {
        let own = self.machine.local_account.as_ref()?;
        let full = format!("{}\\{}", self.machine.name, own.name);
        let name = user_name.strip_prefix(".\\").unwrap_or(user_name);
        let is_meant = name.eq_ignore_ascii_case(&own.name) || name.eq_ignore_ascii_case(&full);
        is_meant.then(|| Session { account: Account { name: own.name.clone(), upn: full }, single_sign_on: None })
    }

    fn try_key(&mut self, form: Form) {
        self.ask_nonce(form, WantedProof::Key);
    }

    /// Step 1 of every sign-in; a machine that is not joined has no way to Entra.
    fn ask_nonce(&mut self, mut form: Form, proof: WantedProof) {
        if self.device.join == Join::None {
            let words = match self.machine.system {
                System::Windows => words::NOT_JOINED,
                System::MacOs => words::MAC,
            };
            self.refuse(form, entra::Refusal { code: None, words: words.into() });
            return;
        }
        form.say([]);
        let method = match proof {
            WantedProof::Password { .. } => Method::Password,
            WantedProof::Key => Method::SecurityKey,
        };
        self.events.push_back(Event::Tried { method });
        let exchange = self.outbox.send(nonce::request());
        self.stage = Stage::Nonce { form, proof, exchange };
    }

    fn handle_nonce(&mut self, form: Form, proof: WantedProof, nonce: String) {
        match proof {
            WantedProof::Key => {
                self.effects.push_back(Effect::Ask(Box::new(entra::ceremony(&nonce))));
                self.stage = Stage::Key { form, nonce };
            }
            WantedProof::Password { user_name, password } => {
                self.send_proof(form, &nonce, &Proof::Password { username: &user_name, password: &password });
            }
        }
    }

    fn send_proof(&mut self, form: Form, nonce: &str, proof: &Proof<'_>) {
        let request = entra::token_request(&self.device, nonce, proof);
        let method = proof.method();
        let exchange = self.outbox.send(request);
        self.stage = Stage::Token { form, method, exchange };
    }

    fn open(&mut self, session: Session, method: Method) {
        self.events.push_back(Event::SignedIn { account: session.account.clone(), method });
        self.last = Some((session.account.clone(), method));
        self.session = Some(session);
        self.stage = Stage::Desktop;
        self.effects.push_back(Effect::Opened);
    }

    fn refuse(&mut self, mut form: Form, refusal: entra::Refusal) {
        form.say([refusal.words.clone()]);
        self.events.push_back(Event::Refused { code: refusal.code, words: refusal.words });
        self.stage = Stage::Form(form);
    }

    /// A cancelled prompt needs no words.
    fn refuse_key(&mut self, mut form: Form, failure: &Failure) {
        if *failure != Failure::Cancelled {
            let (title, text) = failure.words();
            form.say([title.into(), text.into()]);
        }
        self.events.push_back(Event::KeyFailed { failure: failure.clone() });
        self.stage = Stage::Form(form);
    }

    /// Back from the key prompt to the form.
    fn stop_asking(&mut self) {
        match self.take_stage() {
            Stage::Key { form, .. } => {
                self.effects.push_back(Effect::StopAsking);
                self.refuse_key(form, &Failure::Cancelled);
            }
            stage => self.stage = stage,
        }
    }

    fn first_form(&self) -> Form {
        match &self.last {
            // A method that is no longer offered is not put forward.
            Some((account, _)) if self.tiles() == Tiles::PasswordOnly => {
                Form::for_account(account.clone(), Method::Password)
            }
            Some((account, method)) => Form::for_account(account.clone(), *method),
            None => Form::for_other_user(Method::Password),
        }
    }

    fn tiles(&self) -> Tiles {
        match (self.device.join, self.security_keys) {
            (Join::Cloud | Join::Hybrid, SecurityKeys::Enabled) => Tiles::WithSecurityKey,
            _ => Tiles::PasswordOnly,
        }
    }

    /// Whoever takes the stage puts another in its place; until then the screen is locked.
    fn take_stage(&mut self) -> Stage {
        std::mem::replace(&mut self.stage, Stage::Form(Form::for_other_user(Method::Password)))
    }
}

/// Whether any security key is plugged in when the machine wakes up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// At least one.
    Present,
    /// None.
    Absent,
}

#[cfg(test)]
mod tests;
