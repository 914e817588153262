//! The dialogs of Windows Security, in the guide's order ("Pairing With Azure", "Logging In to Azure Protected Content").
//!
//! Words that the guide does not give follow Windows 11 or are a convention of the lab.

use clockwork::Screen;

use super::Operation;
use super::failure::Failure;
use super::job::Job;

/// Who called for the ceremony, which decides what is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// A browser that supports passkeys: its chooser comes first.
    PasskeyBrowser,
    /// A browser without a chooser: Windows' own dialogs come at once.
    PlainBrowser,
    /// The sign-in screen, which shows the words itself: no dialog at all.
    SignIn,
}

/// A dialog that waits for the person, before any key is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Consent {
    /// The browser's chooser.
    Chooser,
    /// "Security key setup".
    Setup,
    /// "Continue setup".
    ContinueSetup,
}

/// The chooser's button when a credential is made (guide).
const EXTERNAL_KEY: &str = "External security key or built-in sensor";
/// The chooser's button when one is used (guide).
const SECURITY_KEY: &str = "Security key";
pub(crate) const CANCEL: &str = "Cancel";
pub(crate) const OK: &str = "OK";
pub(crate) const CLOSE: &str = "Close";
/// The guide's "Virtually Blind": no key is plugged in.
pub(crate) const INSERT: &str = "Insert your security key into the USB port";
/// A key waits for its user.
pub(crate) const TOUCH: &str = "Touch your security key";

impl Consent {
    /// The first dialog of a ceremony, if it has any.
    pub(crate) fn first(surface: Surface, operation: &Operation) -> Option<Self> {
        match (surface, operation) {
            (Surface::PasskeyBrowser, _) => Some(Self::Chooser),
            (Surface::PlainBrowser, Operation::Create(_)) => Some(Self::Setup),
            (Surface::PlainBrowser, Operation::Get(_)) | (Surface::SignIn, _) => None,
        }
    }

    /// The dialog after this one was agreed to.
    pub(crate) fn next(self, operation: &Operation) -> Option<Self> {
        match (self, operation) {
            (Self::Chooser, Operation::Create(_)) => Some(Self::Setup),
            (Self::Setup, _) => Some(Self::ContinueSetup),
            (Self::Chooser, Operation::Get(_)) | (Self::ContinueSetup, _) => None,
        }
    }

    /// The button that agrees.
    pub(crate) fn agree(self, operation: &Operation) -> &'static str {
        match (self, operation) {
            (Self::Chooser, Operation::Create(_)) => EXTERNAL_KEY,
            (Self::Chooser, Operation::Get(_)) => SECURITY_KEY,
            (Self::Setup | Self::ContinueSetup, _) => OK,
        }
    }

    pub(crate) fn screen(self, job: &Job) -> Screen {
        let buttons = [self.agree(&job.operation), CANCEL];
        match (self, &job.operation) {
            (Self::Chooser, Operation::Create(_)) => {
                let text = format!("Create a passkey for {}", job.rp_id);
                Screen::new("Windows Security", &[&text, "Choose where to save it"], &buttons)
            }
            (Self::Chooser, Operation::Get(_)) => {
                let text = format!("Sign in to {}", job.rp_id);
                Screen::new("Windows Security", &["Sign in with your security key", &text], &buttons)
            }
            (Self::Setup, _) => {
                let origin = format!("This request comes from {}.", job.origin);
                Screen::new("Security key setup", &[&purpose(job), &origin], &buttons)
            }
            (Self::ContinueSetup, _) => {
                let text = format!("This will let {} see the make and model of your security key.", job.rp_id);
                Screen::new("Continue setup", &[&text], &buttons)
            }
        }
    }
}

/// No key is plugged in.
pub(crate) fn insert_screen() -> Screen {
    Screen::new(INSERT, &["Windows did not find a security key."], &[CANCEL])
}

/// A key is asked and the person has to act on it.
pub(crate) fn touch_screen(job: &Job) -> Screen {
    Screen::new(TOUCH, &[&purpose(job)], &[CANCEL])
}

/// Several keys are plugged in, and all of them wait for a touch.
pub(crate) fn select_screen() -> Screen {
    Screen::new(TOUCH, &["Touch the security key that you want to use."], &[CANCEL])
}

/// The key holds several accounts.
pub(crate) fn accounts_screen<'a>(labels: impl Iterator<Item = &'a str>) -> Screen {
    let buttons: Vec<&str> = labels.chain([CANCEL]).collect();
    Screen::new("Choose an account", &["Your security key holds several accounts."], &buttons)
}

/// The ceremony failed; the page hears of it when the dialog is closed.
pub(crate) fn failure_screen(failure: &Failure) -> Screen {
    let (title, text) = failure.words();
    Screen::new(title, &[text], &[CLOSE])
}

fn purpose(job: &Job) -> String {
    match &job.operation {
        Operation::Create(options) => {
            format!("Set up your security key to sign in to {} as {}.", job.rp_id, options.user.name)
        }
        Operation::Get(_) => format!("Sign in to {} with your security key.", job.rp_id),
    }
}
