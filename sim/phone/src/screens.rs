//! Which screen the app shows and what a tap does there; a ceremony lies on top of all others.

use clockwork::{Button, Face, Field, Screen, Verb, VerbError};
use jiff::Timestamp;

use crate::account::Refusal;
use crate::phone::{Phone, Platform};
use crate::security_keys::KeyPage;
use crate::{AccountId, Event, pairing, words};

/// Whether the app runs, and what it shows.
pub(crate) enum App {
    Closed,
    /// It runs behind another one.
    Background(View),
    Open(View),
}

/// What the open app shows under a ceremony.
pub(crate) enum View {
    Home {
        note: Option<String>,
    },
    Scanner,
    CodeEntry {
        app_name: String,
        pin: String,
    },
    Pairing(pairing::Step),
    Notice(Notice),
    WebAccounts,
    Computers,
    SecurityKeys,
    Key(AccountId, KeyPage),
    /// The phone's passcode, which ends a block of the biometric.
    Passcode {
        typed: String,
        attempt: Attempt,
    },
}

/// A message with nothing but OK under it, which leads home.
pub(crate) struct Notice {
    title: &'static str,
    pub(crate) text: String,
}

/// Whether the biometric prompt has failed before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attempt {
    First,
    Repeated,
}

impl View {
    pub(crate) fn home() -> Self {
        Self::Home { note: None }
    }

    pub(crate) fn home_with(note: &str) -> Self {
        Self::Home { note: Some(note.to_owned()) }
    }
}

impl Notice {
    pub(crate) fn new(title: &'static str, text: &str) -> Self {
        Self { title, text: text.to_owned() }
    }

    pub(crate) fn disabled() -> Self {
        Self::new(words::INTEGRATION_DISABLED, words::DISABLED_WARNING)
    }

    pub(crate) fn domain(username: &str) -> Self {
        Self { title: words::DOMAIN_NOT_ACCEPTED, text: words::domain_warning(username) }
    }

    /// The warning for a ceremony that the phone refused; `username` when the phone knows for whom it was.
    pub(crate) fn refused(refusal: Refusal, username: Option<&str>, rp_id: &str) -> Self {
        match refusal {
            Refusal::IntegrationDisabled => Self::disabled(),
            Refusal::DomainNotAccepted => Self::domain(username.unwrap_or_default()),
            Refusal::NotPaired => Self { title: words::NOT_PAIRED, text: words::not_paired_warning(rp_id) },
        }
    }

    /// The message for a call that nobody answered, or not in words that the phone knows.
    pub(crate) fn unreachable() -> Self {
        Self::new(words::UNREACHABLE, words::CHECK_CONNECTION)
    }
}

impl Attempt {
    pub(crate) fn explain(self, platform: Platform, screen: &mut Screen) {
        if self == Self::Repeated {
            screen.texts.push(words::not_recognised(platform).to_owned());
        }
    }
}

impl Face for Phone {
    fn screen(&self) -> Screen {
        if let Some(question) = self.bluetooth_screen() {
            return question;
        }
        match (&self.app, &self.ceremony) {
            (App::Closed | App::Background(_), _) => Screen::new(&self.config.name, &[], &[words::APP]),
            (App::Open(_), Some(ceremony)) => self.ceremony_screen(ceremony),
            (App::Open(view), None) => self.view_screen(view),
        }
    }

    fn handle_verb(&mut self, now: Timestamp, verb: &Verb) -> Result<(), VerbError> {
        // A tap that comes after the deadline finds the screen that the deadline has left.
        self.handle_timeout(now);
        let outcome = self.act(now, verb);
        self.take_authenticator_events(now);
        outcome
    }
}

impl Phone {
    /// Does what the verb says to the present screen.
    fn act(&mut self, now: Timestamp, verb: &Verb) -> Result<(), VerbError> {
        let screen = self.screen();
        match verb {
            Verb::Tap(label) => {
                screen.button(label)?;
                self.tap(now, label).ok_or_else(|| screen.meaningless(verb))
            }
            Verb::TapIn { row, button } => {
                let line = screen.row(row)?;
                let index = screen.rows.iter().position(|it| it == line).unwrap_or_default();
                require_button(&screen, &line.buttons, button)?;
                self.open_row(index).ok_or_else(|| screen.meaningless(verb))
            }
            Verb::Type { field, text } => {
                screen.field(field)?;
                self.type_into(field, text).ok_or_else(|| screen.meaningless(verb))
            }
            // The question of the system stands before the app.
            Verb::Present(_) | Verb::Scan(_) if self.bluetooth_screen().is_some() => Err(screen.meaningless(verb)),
            Verb::Present(gesture) => self.present(now, *gesture).ok_or_else(|| screen.meaningless(verb)),
            Verb::Scan(text) => match (&self.app, &self.ceremony) {
                // The camera is one tap away from home, so that a scan there opens it.
                (App::Open(View::Scanner | View::Home { .. }), None) => {
                    self.scan(text);
                    Ok(())
                }
                _ => Err(screen.meaningless(verb)),
            },
        }
    }

    /// Does what a button of the present screen does; `None` when it has no such button.
    fn tap(&mut self, now: Timestamp, label: &str) -> Option<()> {
        if self.tap_in_bluetooth(label).is_some() {
            return Some(());
        }
        if self.ceremony.is_some() {
            return self.tap_in_ceremony(now, label);
        }
        let App::Open(view) = &self.app else {
            self.open_app(now);
            return Some(());
        };
        match (view, label) {
            (View::Home { .. } | View::Scanner, words::ENTER_CODE) => {
                self.show(View::CodeEntry { app_name: String::new(), pin: String::new() });
            }
            (View::Home { .. }, words::SCAN_QR) => self.show(View::Scanner),
            (View::Home { .. }, words::MY_WEB_ACCOUNTS) => self.show(View::WebAccounts),
            (View::Home { .. }, words::MY_COMPUTERS) => self.show(View::Computers),
            (View::Home { .. }, words::MY_SECURITY_KEYS) => self.show(View::SecurityKeys),
            (View::Home { .. }, words::ENTER_PASSCODE) => {
                self.show(View::Passcode { typed: String::new(), attempt: Attempt::First });
            }
            (View::Passcode { typed, .. }, words::UNLOCK) => {
                let typed = typed.clone();
                self.enter_passcode(&typed);
            }
            (View::CodeEntry { app_name, pin }, words::CONTINUE) => {
                let (app_name, pin) = (app_name.clone(), pin.clone());
                self.enter_code(&app_name, &pin);
            }
            (View::Pairing(pairing::Step::Paired(id)), words::DONE) => {
                let id = id.clone();
                self.finish_pairing(&id);
            }
            (View::Pairing(_), words::CANCEL) => self.cancel_pairing(),
            (View::Scanner | View::CodeEntry { .. } | View::Passcode { .. }, words::CANCEL)
            | (View::Notice(_), words::OK)
            | (View::WebAccounts | View::Computers | View::SecurityKeys, words::BACK) => self.show(View::home()),
            (View::Key(id, page), _) => {
                let (id, page) = (id.clone(), page.clone());
                return self.tap_in_key(&id, page, label);
            }
            _ => return None,
        }
        Some(())
    }

    fn open_row(&mut self, index: usize) -> Option<()> {
        let id = match self.app.view()? {
            View::SecurityKeys => self.accounts.keys().nth(index)?.clone(),
            View::Computers => self.computers().nth(index)?.0.id.clone(),
            _ => return None,
        };
        self.show(View::Key(id, KeyPage::Overview));
        Some(())
    }

    fn type_into(&mut self, field: &str, text: &str) -> Option<()> {
        let App::Open(view) = &mut self.app else { return None };
        let typed = match (view, field) {
            (View::CodeEntry { app_name, .. }, words::APP_NAME) => app_name,
            (View::CodeEntry { pin, .. }, words::PIN) => pin,
            (View::Key(_, KeyPage::Renaming { label }), words::NAME) => label,
            (View::Passcode { typed, .. }, words::PASSCODE) => typed,
            _ => return None,
        };
        text.clone_into(typed);
        Some(())
    }

    fn present(&mut self, now: Timestamp, gesture: clockwork::Gesture) -> Option<()> {
        if self.ceremony.is_some() {
            return self.present_azure_biometric(now, gesture);
        }
        let App::Open(View::Pairing(pairing::Step::Authenticating(_))) = &self.app else { return None };
        self.present_hypr_biometric(gesture);
        Some(())
    }

    fn view_screen(&self, view: &View) -> Screen {
        match view {
            View::Home { note } => self.home_screen(note.as_deref()),
            View::Scanner => Screen::new(words::SCANNER, &[words::SCANNER_HINT], &[words::ENTER_CODE, words::CANCEL]),
            View::CodeEntry { app_name, pin } => {
                let buttons = [words::CONTINUE, words::CANCEL];
                let mut screen = Screen::new(words::ENTER_CODE, &[words::ENTER_CODE_HINT], &buttons);
                screen.fields = vec![field(words::APP_NAME, app_name), field(words::PIN, pin)];
                screen
            }
            View::Pairing(step) => step.screen(self.config.platform),
            View::Notice(notice) => {
                let mut screen = Screen::new(notice.title, &[&notice.text], &[words::OK]);
                screen.icons.push(clockwork::Icon::new(words::WARNING, notice.title));
                screen
            }
            View::WebAccounts => Screen::new(words::MY_WEB_ACCOUNTS, &[words::NO_WEB_ACCOUNTS], &[words::BACK]),
            View::Computers => self.computers_screen(),
            View::SecurityKeys => self.keys_screen(),
            View::Key(id, page) => self.key_screen(id, page),
            View::Passcode { typed, attempt } => {
                let text = words::locked(self.config.platform);
                let mut screen = Screen::new(words::ENTER_PASSCODE, &[text], &[words::UNLOCK, words::CANCEL]);
                if *attempt == Attempt::Repeated {
                    screen.texts.push(words::WRONG_PASSCODE.to_owned());
                }
                // As on any phone, what is typed does not stand on the screen.
                screen.fields.push(field(words::PASSCODE, &"•".repeat(typed.chars().count())));
                screen
            }
        }
    }

    /// The phone's passcode ends a block of the biometric, which nothing in CTAP does.
    fn enter_passcode(&mut self, typed: &str) {
        if !self.config.passcode.is(typed) {
            return self.show(View::Passcode { typed: String::new(), attempt: Attempt::Repeated });
        }
        self.key.unblock_verification();
        self.events.push_back(Event::BiometricUnlocked);
        self.show(View::home());
    }

    fn home_screen(&self, note: Option<&str>) -> Screen {
        let sections = [words::SCAN_QR, words::ENTER_CODE, words::MY_WEB_ACCOUNTS, words::MY_COMPUTERS];
        let mut screen = Screen::new(words::APP, note.as_slice(), &sections);
        if !self.accounts.is_empty() {
            screen.buttons.push(Button::new(words::MY_SECURITY_KEYS));
        }
        if self.key.uv_retries() == 0 {
            screen.texts.push(words::locked(self.config.platform).to_owned());
            screen.buttons.push(Button::new(words::ENTER_PASSCODE));
        }
        screen
    }
}

pub(crate) fn field(label: &str, value: &str) -> Field {
    Field { label: label.to_owned(), value: value.to_owned() }
}

fn require_button(screen: &Screen, buttons: &[Button], wanted: &str) -> Result<(), VerbError> {
    if buttons.iter().any(|button| button.label == wanted) {
        return Ok(());
    }
    let present = buttons.iter().map(|button| button.label.clone()).collect();
    Err(VerbError::Missing { kind: "button", wanted: wanted.to_owned(), screen: screen.title.clone(), present })
}
