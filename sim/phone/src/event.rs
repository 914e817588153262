//! What a phone reports for the journal: one event for each thing that happened on it.

use std::fmt;

use crate::{AccountId, Integration, Phase, Refusal};

/// Something that happened on the phone.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The app came to the front.
    AppOpened,
    /// Another app came to the front; the virtual USB key went away.
    AppInBackground,
    /// The app was closed; the virtual USB key went away with it.
    AppClosed,
    /// The app was deleted and installed again; keys and accounts went with the old one.
    AppReinstalled,
    /// The passcode has ended a block of the biometric.
    BiometricUnlocked,
    /// A workstation sees the phone as a USB security key.
    Attached {
        /// The workstation's machine id.
        machine: String,
    },
    /// The workstation sees it no more.
    Detached {
        /// The workstation's machine id.
        machine: String,
    },
    /// The owner has answered a computer that wants to be paired by Bluetooth.
    BluetoothAnswered {
        /// The computer's name.
        computer: String,
        /// Whether the digits are the same.
        is_same: bool,
    },
    /// The camera read a pairing code, or it came for an activation code.
    CodeRead {
        /// For whom.
        username: String,
        /// From which workstation.
        machine: String,
    },
    /// A pairing ended without an account.
    PairingFailed {
        /// Why.
        reason: String,
    },
    /// The HYPR biometric for pairing.
    HyprBiometric(Recognition),
    /// Paired with HYPR.
    Paired {
        /// The account.
        account: AccountId,
        /// From which workstation.
        machine: String,
        /// The integration's state at that moment.
        integration: Integration,
    },
    /// Control Center says that the integration is switched differently than before.
    IntegrationSeen {
        /// The account.
        account: AccountId,
        /// The new state.
        integration: Integration,
    },
    /// Control Center says that the user's domain is accepted now, or is not any more.
    DomainSeen {
        /// The account.
        account: AccountId,
        /// The new verdict.
        domain: crate::Domain,
    },
    /// Control Center says that the user is in another phase than before.
    PhaseSeen {
        /// The account.
        account: AccountId,
        /// The new phase.
        phase: Phase,
    },
    /// Control Center does not know the account any more.
    AccountUnknown {
        /// The account.
        account: AccountId,
    },
    /// Control Center knows the account again.
    AccountKnownAgain {
        /// The account.
        account: AccountId,
    },
    /// A call to Control Center failed.
    CallFailed {
        /// What was asked.
        call: &'static str,
        /// Why it failed.
        reason: String,
    },
    /// A relying party asks for the user.
    Asked {
        /// Who asks.
        rp_id: String,
        /// For which user, when the host said so.
        user: Option<String>,
        /// For what.
        purpose: ctap::Purpose,
    },
    /// The phone declined for the user.
    Refused {
        /// Who asked.
        rp_id: String,
        /// Why.
        refusal: Refusal,
    },
    /// The user touched Accept.
    Accepted {
        /// Who asked.
        rp_id: String,
    },
    /// The user declined, or closed the biometric prompt.
    Declined {
        /// Who asked.
        rp_id: String,
    },
    /// The request went away without the user.
    Abandoned {
        /// Who asked.
        rp_id: String,
        /// Why.
        reason: Abandonment,
    },
    /// The biometric for Azure was registered.
    AzureBiometricRegistered,
    /// The biometric for Azure.
    AzureBiometric(Recognition),
    /// A key was made for a paired account.
    PasskeyMade {
        /// The account.
        account: AccountId,
    },
    /// A key was made for somebody who is not paired on this phone.
    ForeignPasskeyMade {
        /// Who asked.
        rp_id: String,
        /// The user's name.
        user: Option<String>,
    },
    /// Control Center was told about the new key.
    PasskeyReported {
        /// The account.
        account: AccountId,
    },
    /// Five minutes passed and Azure did not confirm the key.
    ConfirmationGivenUp {
        /// The account.
        account: AccountId,
    },
    /// A paired account signed in with its key.
    SignedIn {
        /// The account.
        account: AccountId,
    },
    /// The owner gave a security key a name.
    Renamed {
        /// The account.
        account: AccountId,
        /// The name.
        label: String,
    },
    /// The owner deleted a security key; its credentials are gone from the phone.
    Deleted {
        /// The account.
        account: AccountId,
    },
    /// Control Center has not confirmed the deletion; it is asked again later.
    RemovalPostponed {
        /// The account.
        account: AccountId,
    },
    /// Control Center does not accept this phone any more, so that the deletion stays unconfirmed.
    RemovalRefused {
        /// The account.
        account: AccountId,
    },
    /// Control Center confirmed the deletion.
    Removed {
        /// The account.
        account: AccountId,
    },
    /// The owner took an account off the phone whose deletion Control Center will not confirm.
    Dropped {
        /// The account.
        account: AccountId,
    },
    /// What the authenticator says of itself.
    Authenticator(ctap::Event),
}

/// What the sensor made of a gesture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recognition {
    /// The owner.
    Recognised,
    /// Somebody else.
    NotRecognised,
    /// The prompt was closed.
    Cancelled,
}

/// Why a request went away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Abandonment {
    /// Nobody answered in time.
    TimedOut,
    /// The host sent CANCEL.
    CancelledByHost,
    /// The virtual USB key was unplugged.
    Disconnected,
    /// The biometric was refused too often.
    NotRecognised,
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BluetoothAnswered { computer, is_same: true } => write!(f, "The PIN of {computer} is confirmed."),
            Self::BluetoothAnswered { computer, is_same: false } => {
                write!(f, "The PIN of {computer} is not confirmed.")
            }
            Self::AppOpened => f.write_str("The app was opened."),
            Self::AppInBackground => f.write_str("The app went to the background."),
            Self::AppClosed => f.write_str("The app was closed."),
            Self::AppReinstalled => f.write_str("The app was deleted and installed again."),
            Self::BiometricUnlocked => f.write_str("The passcode has unlocked the biometric."),
            Self::Attached { machine } => write!(f, "Connected as a USB security key to {machine}."),
            Self::Detached { machine } => write!(f, "Disconnected from {machine}."),
            Self::CodeRead { username, machine } => write!(f, "Read the pairing code of {username} on {machine}."),
            Self::PairingFailed { reason } => write!(f, "Pairing failed: {reason}"),
            Self::HyprBiometric(recognition) => write!(f, "HYPR biometric {recognition}."),
            Self::Paired { account, machine, integration } => {
                write!(f, "Paired {account} with HYPR from {machine}; the integration is {integration:?}.")
            }
            Self::IntegrationSeen { account, integration } => {
                write!(f, "The integration of {account} is now {integration:?}.")
            }
            Self::DomainSeen { account, domain } => write!(f, "The domain of {account} is now {domain:?}."),
            Self::PhaseSeen { account, phase } => write!(f, "{account} is now {phase:?}."),
            Self::AccountUnknown { account } => write!(f, "Control Center does not know {account} any more."),
            Self::AccountKnownAgain { account } => write!(f, "Control Center knows {account} again."),
            Self::CallFailed { call, reason } => write!(f, "The call \"{call}\" to Control Center failed: {reason}"),
            Self::AzureBiometricRegistered => f.write_str("The biometric for Azure was registered."),
            Self::AzureBiometric(recognition) => write!(f, "Azure biometric {recognition}."),
            Self::Authenticator(event) => write!(f, "{event}"),
            Self::Asked { rp_id, user, purpose } => {
                write!(f, "{rp_id} asks {} for a {purpose}.", user.as_deref().unwrap_or("the user"))
            }
            Self::Refused { rp_id, refusal } => write!(f, "Refused {rp_id} without asking the user: {refusal:?}."),
            Self::Accepted { rp_id } => write!(f, "The user accepted the request of {rp_id}."),
            Self::Declined { rp_id } => write!(f, "The user declined the request of {rp_id}."),
            Self::Abandoned { rp_id, reason } => write!(f, "The request of {rp_id} ended: {reason:?}."),
            Self::PasskeyMade { account } => write!(f, "Made a key for {account}."),
            Self::ForeignPasskeyMade { rp_id, user } => {
                write!(
                    f,
                    "Made a key of {rp_id} for {}, who is not paired here.",
                    user.as_deref().unwrap_or("somebody")
                )
            }
            Self::PasskeyReported { account } => write!(f, "Reported the key of {account} to Control Center."),
            Self::ConfirmationGivenUp { account } => write!(f, "Azure did not confirm the key of {account} in time."),
            Self::SignedIn { account } => write!(f, "{account} signed in."),
            Self::Renamed { account, label } => write!(f, "The key of {account} is called {label:?} now."),
            Self::Deleted { account } => write!(f, "The key of {account} was deleted on the phone."),
            Self::RemovalPostponed { account } => {
                write!(f, "Control Center has not confirmed the removal of {account}; it is asked again later.")
            }
            Self::RemovalRefused { account } => {
                write!(f, "Control Center does not accept this phone any more and did not remove {account}.")
            }
            Self::Dropped { account } => write!(f, "{account} was taken off the phone, unconfirmed."),
            Self::Removed { account } => write!(f, "Control Center confirmed the removal of {account}."),
        }
    }
}

impl fmt::Display for Recognition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Recognised => "recognised",
            Self::NotRecognised => "not recognised",
            Self::Cancelled => "cancelled",
        })
    }
}
