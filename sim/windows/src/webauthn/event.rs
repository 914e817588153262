//! What the WebAuthn client tells the journal.

use std::fmt;

use wire::Status;

use super::client::Conclusion;
use super::failure::Failure;
use super::{Ceremony, Operation, client_pin, get_assertion, get_info, make_credential, selection};

/// One thing that happened in a ceremony.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A page, or the sign-in screen, asked for a credential.
    Began {
        /// `create` or `get`.
        operation: &'static str,
        /// Who asked.
        origin: String,
    },
    /// No plugged-in key is of use: "Virtually Blind".
    NoKey,
    /// A command went to a key.
    Sent {
        /// The key.
        key: String,
        /// The command's name.
        command: &'static str,
    },
    /// A key answered.
    Answered {
        /// The key.
        key: String,
        /// The command's name.
        command: &'static str,
        /// The status byte.
        status: Status,
    },
    /// The ceremony ended with a credential.
    Completed,
    /// The ceremony ended without one.
    Failed(Failure),
}

impl Event {
    pub(crate) fn began(ceremony: &Ceremony) -> Self {
        let operation = match ceremony.operation {
            Operation::Create(_) => "create",
            Operation::Get(_) => "get",
        };
        Self::Began { operation, origin: ceremony.origin.clone() }
    }

    pub(crate) fn answered(key: &str, command: &'static str, response: &[u8]) -> Self {
        let status = Status(response.first().copied().unwrap_or(Status::OTHER.0));
        Self::Answered { key: key.to_owned(), command, status }
    }

    pub(crate) fn ended(conclusion: &Conclusion) -> Self {
        match conclusion {
            Ok(_) => Self::Completed,
            Err(failure) => Self::Failed(failure.clone()),
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Began { operation, origin } => write!(f, "{origin} calls navigator.credentials.{operation}."),
            Self::NoKey => write!(f, "Windows finds no security key."),
            Self::Sent { key, command } => write!(f, "Windows sends {command} to {key}."),
            Self::Answered { key, command, status } => write!(f, "{key} answers {command} with {status}."),
            Self::Completed => write!(f, "The ceremony ends with a credential."),
            Self::Failed(failure) => write!(f, "The ceremony ends with {}: {failure}.", failure.exception()),
        }
    }
}

/// The specification's name of a command that this client sends.
pub(crate) fn command_name(command: &[u8]) -> &'static str {
    match command.first() {
        Some(&make_credential::COMMAND) => "authenticatorMakeCredential",
        Some(&get_assertion::COMMAND) => "authenticatorGetAssertion",
        Some(&get_info::COMMAND) => "authenticatorGetInfo",
        Some(&client_pin::COMMAND) => "authenticatorClientPIN",
        Some(&selection::COMMAND) => "authenticatorSelection",
        Some(&get_assertion::NEXT_COMMAND) => "authenticatorGetNextAssertion",
        _ => "unknown command",
    }
}
