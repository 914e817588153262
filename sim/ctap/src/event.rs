//! What an authenticator did, one event for each thing worth a line in the journal. No event holds a secret.

use std::fmt;

use wire::Status;

use crate::{Answer, ConfigCommand, Fault, Permissions, Prompt, StatusWord};

/// Something an authenticator did or saw.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A command was decoded.
    Command {
        /// The specification's name of the command.
        name: &'static str,
        /// The relying party it names, if it names one.
        rp_id: Option<String>,
    },
    /// A rule lets a command go wrong.
    Faulted {
        /// The specification's name of the command.
        name: &'static str,
        /// What goes wrong.
        fault: Fault,
    },
    /// A command was answered.
    Response {
        /// The specification's name of the command.
        name: &'static str,
        /// The first byte of the answer.
        status: Status,
    },
    /// A U2F message was answered.
    U2fResponse {
        /// The specification's name of the message.
        name: &'static str,
        /// The last two bytes of the answer.
        word: StatusWord,
    },
    /// The user is asked.
    Prompted(Prompt),
    /// The user has answered.
    Answered(Answer),
    /// The user did not answer in time.
    TimedOut,
    /// The host has withdrawn the command.
    Cancelled,
    /// A biometric did not match.
    VerificationFailed {
        /// How often it may still fail before built-in verification is blocked.
        retries_left: u8,
    },
    /// A PIN was wrong.
    PinMismatch {
        /// How often one may still be.
        retries_left: u8,
    },
    /// A PIN was set or changed.
    PinSet,
    /// A finger was enrolled.
    FingerprintEnrolled,
    /// A finger was forgotten.
    FingerprintRemoved,
    /// A setting was changed.
    Configured(ConfigCommand),
    /// A PIN/UV auth token was issued.
    TokenIssued {
        /// The relying party to which it is bound; empty when to none.
        rp_id: String,
        /// What it permits.
        permissions: Permissions,
    },
    /// The token in use was withdrawn by the key's owner.
    TokenRevoked,
    /// A credential was made.
    CredentialCreated {
        /// Its relying party.
        rp_id: String,
        /// Its account's name.
        user: Option<String>,
        /// Its id.
        id: Vec<u8>,
    },
    /// A credential was put onto the key by whoever plays with it.
    CredentialInjected {
        /// Its relying party.
        rp_id: String,
        /// Its account's name.
        user: Option<String>,
        /// Its id.
        id: Vec<u8>,
    },
    /// A credential was deleted, or replaced by a newer one of the same account.
    CredentialDeleted {
        /// Its relying party.
        rp_id: String,
        /// Its account's name.
        user: Option<String>,
        /// Its id.
        id: Vec<u8>,
    },
    /// What a credential tells of its account was changed by the host.
    CredentialUpdated {
        /// Its relying party.
        rp_id: String,
        /// Its account's new name.
        user: Option<String>,
    },
    /// The large-blob array was written anew.
    LargeBlobsWritten {
        /// Its size, the digest included.
        bytes: usize,
    },
    /// The key is as it left the factory: credentials, PIN, fingerprints and settings are gone.
    Reset,
    /// An assertion was signed.
    Asserted {
        /// The relying party.
        rp_id: String,
        /// The account's name.
        user: Option<String>,
        /// The counter that was signed.
        sign_count: u32,
    },
    /// The host asked the key to make itself noticed.
    Winked,
    /// The key lost its power: tokens, channels and whatever was under way are gone.
    PowerCycled,
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Command { name, rp_id: Some(rp_id) } => write!(f, "{name} for {rp_id}"),
            Self::Command { name, rp_id: None } => write!(f, "{name}"),
            Self::Faulted { name, fault } => write!(f, "{name} goes wrong on purpose: {fault}"),
            Self::Response { name, status } => write!(f, "{name} answered {status}"),
            Self::U2fResponse { name, word } => write!(f, "{name} answered {word}"),
            Self::Prompted(prompt) => write!(f, "the user is asked for {prompt}"),
            Self::Answered(answer) => write!(f, "the user's answer: {answer}"),
            Self::TimedOut => write!(f, "the user did not answer in time"),
            Self::Cancelled => write!(f, "the host withdrew the command"),
            Self::VerificationFailed { retries_left } => {
                write!(f, "the biometric did not match, {retries_left} attempts are left")
            }
            Self::PinMismatch { retries_left } => write!(f, "the PIN does not match; {retries_left} retries left"),
            Self::PinSet => write!(f, "a PIN was set"),
            Self::FingerprintEnrolled => write!(f, "a finger was enrolled"),
            Self::FingerprintRemoved => write!(f, "a finger was removed"),
            Self::Configured(command) => write!(f, "{} was carried out", command.name()),
            Self::TokenIssued { rp_id, permissions } => write!(f, "a token to {permissions} at {rp_id} was issued"),
            Self::TokenRevoked => write!(f, "the token was withdrawn"),
            Self::CredentialCreated { rp_id, user, .. } => {
                write!(f, "a credential for {} at {rp_id} was made", name(user))
            }
            Self::CredentialInjected { rp_id, user, .. } => {
                write!(f, "a credential for {} at {rp_id} was injected", name(user))
            }
            Self::CredentialDeleted { rp_id, user, .. } => {
                write!(f, "the credential of {} at {rp_id} was deleted", name(user))
            }
            Self::CredentialUpdated { rp_id, user } => {
                write!(f, "the credential of {} at {rp_id} was updated", name(user))
            }
            Self::LargeBlobsWritten { bytes } => write!(f, "a large-blob array of {bytes} bytes was written"),
            Self::Reset => write!(f, "the key was reset"),
            Self::Asserted { rp_id, user, sign_count } => {
                write!(f, "an assertion for {} at {rp_id} was signed with counter {sign_count}", name(user))
            }
            Self::Winked => write!(f, "the host asked the key to make itself noticed"),
            Self::PowerCycled => write!(f, "the key lost its power"),
        }
    }
}

fn name(user: &Option<String>) -> &str {
    user.as_deref().unwrap_or("an unnamed account")
}
