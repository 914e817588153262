//! Why a ceremony ended without a credential: what the page is told (WebAuthn Level 3 §5.1.3, §5.1.4), and what happened.

use wire::Status;

use super::rp_id::RpIdError;
use crate::usb::UsbError;

/// What the page sees: the name of the exception that the promise is rejected with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.name())]
pub enum DomException {
    /// The person or the key refused, or time ran out.
    NotAllowed,
    /// The key already holds a credential of the exclude list.
    InvalidState,
    /// No key can do what the options require.
    Constraint,
    /// The origin may not use this RP ID.
    Security,
    /// No algorithm of the options is supported.
    NotSupported,
    /// The options break a limit of the interface.
    Type,
}

impl DomException {
    /// The exception's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotAllowed => "NotAllowedError",
            Self::InvalidState => "InvalidStateError",
            Self::Constraint => "ConstraintError",
            Self::Security => "SecurityError",
            Self::NotSupported => "NotSupportedError",
            Self::Type => "TypeError",
        }
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The person closed the dialog.
    #[error("the person cancelled the dialog")]
    Cancelled,
    /// The ceremony's time ran out.
    #[error("the time for the ceremony ran out")]
    TimedOut,
    /// The origin may not use the RP ID.
    #[error("{0}")]
    RpId(#[from] RpIdError),
    /// The user handle of the options has no or too many bytes.
    #[error("the user handle has {0} bytes, not 1 to 64")]
    UserHandle(usize),
    /// The options name no algorithm of a public key.
    #[error("the options name no key type that Windows knows")]
    NoAlgorithm,
    /// The key lacks what the options require.
    #[error("the key {0}")]
    Unsuitable(Shortcoming),
    /// The key answered with an error.
    #[error("the key answered {0}")]
    Status(Status),
    /// None of the options' credentials can be one of this key.
    #[error("the key knows none of the credentials asked for")]
    NoCredential,
    /// The key's answer cannot be read.
    #[error("the key's answer to {0} cannot be read")]
    Unreadable(&'static str),
    /// The line to the key failed.
    #[error("{0}")]
    Usb(#[from] UsbError),
}

/// What a key lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Shortcoming {
    /// Any version of CTAP2.
    #[error("does not speak CTAP2")]
    Ctap2,
    /// An authenticator within the computer is required.
    #[error("is not part of the computer")]
    Attachment,
    /// User verification is required.
    #[error("cannot verify its user")]
    UserVerification,
    /// A discoverable credential is required.
    #[error("cannot hold discoverable credentials")]
    ResidentKey,
    /// A credential protection level must be enforced.
    #[error("cannot protect credentials")]
    CredentialProtection,
    /// The command is longer than the key takes.
    #[error("takes shorter messages only")]
    MessageSize,
}

impl Failure {
    /// What the page is told.
    #[must_use]
    pub const fn exception(&self) -> DomException {
        match self {
            Self::RpId(_) => DomException::Security,
            Self::UserHandle(_) => DomException::Type,
            Self::NoAlgorithm | Self::Status(Status::UNSUPPORTED_ALGORITHM) => DomException::NotSupported,
            Self::Status(Status::CREDENTIAL_EXCLUDED) => DomException::InvalidState,
            Self::Unsuitable(_) | Self::Status(Status::UNSUPPORTED_OPTION) => DomException::Constraint,
            Self::Cancelled
            | Self::TimedOut
            | Self::NoCredential
            | Self::Status(_)
            | Self::Unreadable(_)
            | Self::Usb(_) => DomException::NotAllowed,
        }
    }

    /// The CTAP status behind it, if a key gave one.
    #[must_use]
    pub const fn status(&self) -> Option<Status> {
        match self {
            Self::Status(status) => Some(*status),
            _ => None,
        }
    }

    /// Title and text for a failure: Windows' words where they are known, else a convention of the lab.
    pub(crate) fn words(&self) -> (&'static str, &'static str) {
        const WRONG: &str = "Something went wrong";
        match self {
            Self::Status(Status::CREDENTIAL_EXCLUDED) => (
                "You already registered this key",
                "You don't have to register it again. Try a different security key.",
            ),
            Self::Status(Status::NO_CREDENTIALS) | Self::NoCredential => {
                ("No credentials", "This security key doesn't look familiar. Please try a different one.")
            }
            Self::Status(Status::OPERATION_DENIED) => (WRONG, "The request was declined on the security key."),
            Self::Status(Status::USER_ACTION_TIMEOUT | Status::ACTION_TIMEOUT) => {
                (WRONG, "The security key was not touched in time.")
            }
            Self::Status(Status::UV_INVALID) => (WRONG, "Your fingerprint wasn't recognized. Try again."),
            Self::Status(Status::UV_BLOCKED | Status::PIN_BLOCKED) => {
                (WRONG, "There were too many attempts to verify you. Your security key is locked.")
            }
            Self::Status(Status::KEY_STORE_FULL) => (WRONG, "Your security key is full."),
            Self::Unsuitable(Shortcoming::UserVerification) => (
                "This security key can't be used",
                "The site requires a key that can verify you by PIN or fingerprint.",
            ),
            Self::Unsuitable(_) => ("This security key can't be used", "Please try a different one."),
            Self::Cancelled => ("Cancelled", "The request was cancelled."),
            Self::TimedOut => ("Request timed out", "The request was not completed in time. Try again."),
            Self::Usb(_) => (WRONG, "Windows lost contact with the security key. Remove it, insert it and try again."),
            Self::RpId(_) | Self::UserHandle(_) | Self::NoAlgorithm | Self::Status(_) | Self::Unreadable(_) => {
                (WRONG, "Your security key could not be used. Please try again.")
            }
        }
    }
}
