//! What the sign-in screen tells the journal.

use std::fmt;

use super::{Account, Method};
use crate::webauthn::Failure;

/// One thing that happened at sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The screen was locked.
    Locked,
    /// The machine woke up.
    Woke,
    /// Somebody tries to sign in.
    Tried {
        /// How.
        method: Method,
    },
    /// Somebody is signed in.
    SignedIn {
        /// Who.
        account: Account,
        /// How.
        method: Method,
    },
    /// The sign-in was refused.
    Refused {
        /// Entra's AADSTS code, if it gave one.
        code: Option<u32>,
        /// What the screen says.
        words: String,
    },
    /// The security key gave no assertion.
    KeyFailed {
        /// Why.
        failure: Failure,
    },
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Locked => write!(f, "Windows is locked."),
            Self::Woke => write!(f, "Windows wakes up."),
            Self::Tried { method } => write!(f, "Somebody signs in to Windows by {method}."),
            Self::SignedIn { account, method } => write!(f, "{} is signed in to Windows by {method}.", account.upn),
            Self::Refused { code: Some(code), words } => {
                write!(f, "Entra refuses (AADSTS{code}), Windows says: {words}")
            }
            Self::Refused { code: None, words } => write!(f, "Windows says: {words}"),
            Self::KeyFailed { failure } => write!(f, "The security key did not sign in: {failure}."),
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Password => "password",
            Self::SecurityKey => "security key",
        })
    }
}
