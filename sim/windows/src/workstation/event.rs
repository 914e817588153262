//! What a workstation tells the journal: its own events and those of its parts.

use std::fmt;

use super::Window;
use crate::browser::BrowserKind;
use crate::passwordless::Method;
use crate::{bluetooth, browser, intune, passwordless, sign_in, webauthn};

/// One thing that happened on a workstation.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// At the sign-in screen.
    SignIn(sign_in::Event),
    /// In Windows' Bluetooth.
    Bluetooth(bluetooth::Event),
    /// In device management.
    Intune(intune::Event),
    /// In a WebAuthn ceremony.
    WebAuthn(webauthn::Event),
    /// In the Passwordless client.
    Passwordless(passwordless::Event),
    /// In a browser.
    Browser(BrowserKind, browser::Event),
    /// A security key was plugged in.
    KeyAttached {
        /// Its name.
        key: String,
    },
    /// A security key was pulled out.
    KeyDetached {
        /// Its name.
        key: String,
    },
    /// A phone may be plugged in from now on.
    ConnectionReady {
        /// Control Center's id of the phone.
        device_id: String,
        /// How it is connected.
        method: Method,
    },
    /// A phone may not be plugged in any more.
    ConnectionRemoved {
        /// Control Center's id of the phone.
        device_id: String,
    },
    /// A window was to be opened behind the locked screen.
    StayedClosed {
        /// The window.
        window: Window,
    },
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignIn(event) => write!(f, "{event}"),
            Self::Bluetooth(event) => write!(f, "{event}"),
            Self::Intune(event) => write!(f, "{event}"),
            Self::WebAuthn(event) => write!(f, "{event}"),
            Self::Passwordless(event) => write!(f, "{event}"),
            Self::Browser(kind, event) => write!(f, "{kind}: {event}"),
            Self::KeyAttached { key } => write!(f, "Windows finds the security key {key}."),
            Self::KeyDetached { key } => write!(f, "The security key {key} is gone."),
            Self::ConnectionReady { device_id, method } => {
                write!(f, "{device_id} may be plugged in as a security key ({method}).")
            }
            Self::ConnectionRemoved { device_id } => {
                write!(f, "{device_id} may not be plugged in as a security key any more.")
            }
            Self::StayedClosed { window } => write!(f, "{window} cannot be opened: Windows is locked."),
        }
    }
}
