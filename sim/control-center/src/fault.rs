//! Why the device API refuses; codes and words are a convention of the lab.

use crate::flags::ApplicationFlag;
use crate::name::domain_of;

/// A refusal for a phone or a Passwordless client.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The request makes no sense.
    #[error("The request cannot be read: {0}")]
    Malformed(String),
    /// No bearer token, or one that was not handed out for this.
    #[error("The access token is not accepted here.")]
    TokenRefused,
    /// There is no such integration.
    #[error("Control Center has no application {0:?}.")]
    ApplicationUnknown(String),
    /// The application lacks a feature flag.
    #[error("The feature flag {flag} is not set for the application {rp_app_id:?}.")]
    FlagMissing {
        /// Which application.
        rp_app_id: String,
        /// Which flag.
        flag: ApplicationFlag,
    },
    /// There is no such session or activation code.
    #[error("There is no such pairing session. Start again at the workstation.")]
    SessionUnknown,
    /// The code is too old.
    #[error("The QR code has expired. Start again at the workstation.")]
    SessionExpired,
    /// The code works once.
    #[error("The QR code was used already. Start again at the workstation.")]
    SessionUsed,
    /// Completed before it was scanned.
    #[error("The QR code has not been scanned yet.")]
    SessionNotScanned,
    /// Not the PIN of the session.
    #[error("The PIN does not belong to this pairing session.")]
    PinWrong,
    /// The integration restricts domains.
    #[error("Users of the domain {} are not accepted by this integration.", domain_of(.username).unwrap_or_default())]
    DomainNotAccepted {
        /// Whose.
        username: String,
    },
    /// There is no such phone.
    #[error("Control Center does not know this phone.")]
    DeviceUnknown,
    /// The key is another phone's.
    #[error("This key was reported by another phone.")]
    PasskeyTaken,
    /// There is no such workstation, or the phone is not paired with it.
    #[error("This phone is not paired with this workstation.")]
    WorkstationUnknown,
    /// The phone holds no such account.
    #[error("This phone holds no account of {username:?} for {rp_app_id:?}.")]
    AccountUnknown {
        /// Which application.
        rp_app_id: String,
        /// Which user.
        username: String,
    },
}

impl Fault {
    /// The code on the wire.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "LAB_MALFORMED",
            Self::TokenRefused => "LAB_TOKEN_REFUSED",
            Self::ApplicationUnknown(_) => "LAB_APPLICATION_UNKNOWN",
            Self::FlagMissing { .. } => "LAB_FEATURE_FLAG_MISSING",
            Self::SessionUnknown => "LAB_SESSION_UNKNOWN",
            Self::SessionExpired => "LAB_SESSION_EXPIRED",
            Self::SessionUsed => "LAB_SESSION_USED",
            Self::SessionNotScanned => "LAB_SESSION_NOT_SCANNED",
            Self::PinWrong => "LAB_PIN_WRONG",
            Self::DomainNotAccepted { .. } => "LAB_DOMAIN_NOT_ACCEPTED",
            Self::DeviceUnknown => "LAB_DEVICE_UNKNOWN",
            Self::PasskeyTaken => "LAB_PASSKEY_TAKEN",
            Self::WorkstationUnknown => "LAB_WORKSTATION_UNKNOWN",
            Self::AccountUnknown { .. } => "LAB_ACCOUNT_UNKNOWN",
        }
    }
}
