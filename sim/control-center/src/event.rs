//! What happens in Control Center, one variant a thing; the journal and the Audit Trail are both made of these.

use std::fmt;

use jiff::Timestamp;

use crate::center::SignInError;
use crate::flags::ApplicationFlag;
use crate::integration::Toggle;
use crate::people::Phase;
use crate::staff::Role;

/// Something that happened. No variant holds a secret.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// An administrator signed in.
    AdminSignedIn {
        /// Who.
        email: String,
    },
    /// Somebody failed to sign in.
    AdminRefused {
        /// As whom.
        email: String,
        /// Why.
        reason: SignInError,
    },
    /// An administrator signed out.
    AdminSignedOut {
        /// Who.
        email: String,
    },
    /// An integration was added; it is DISABLED.
    IntegrationAdded {
        /// Which.
        rp_app_id: String,
    },
    /// An integration was not added.
    IntegrationRefused {
        /// The Application Name that was typed.
        rp_app_id: String,
        /// Why.
        reason: String,
    },
    /// An integration was enabled.
    IntegrationEnabled {
        /// Which.
        rp_app_id: String,
    },
    /// An integration was disabled.
    IntegrationDisabled {
        /// Which.
        rp_app_id: String,
    },
    /// An integration was deleted; groups and keys stay in Entra.
    IntegrationDeleted {
        /// Which.
        rp_app_id: String,
    },
    /// Login Settings were saved.
    DomainsRestricted {
        /// Of which integration.
        rp_app_id: String,
        /// The accepted domains; none when any is accepted.
        accepted: Option<Vec<String>>,
    },
    /// Workstation Settings were saved.
    WorkstationSettingsSaved {
        /// Of which integration.
        rp_app_id: String,
    },
    /// A feature flag of one application was set or unset.
    FlagSet {
        /// Of which application.
        rp_app_id: String,
        /// Which flag.
        flag: ApplicationFlag,
        /// To what.
        to: Toggle,
    },
    /// A Control Center user was added, changed or deleted.
    StaffChanged {
        /// Whose line.
        email: String,
        /// The role, or nothing when the user was deleted.
        now: Option<Role>,
    },
    /// An event hook was added.
    HookAdded {
        /// Its name.
        name: String,
    },
    /// An event hook was deleted.
    HookDeleted {
        /// Its name.
        name: String,
    },
    /// An event could not be delivered to a hook.
    HookFailed {
        /// The hook's name.
        name: String,
        /// Why the last attempt failed.
        reason: String,
    },
    /// An access token was created.
    TokenCreated {
        /// For which application.
        rp_app_id: String,
        /// Which token.
        token_id: String,
        /// What it is called.
        name: String,
        /// By whom.
        by: String,
    },
    /// An access token was revoked.
    TokenRevoked {
        /// Of which application.
        rp_app_id: String,
        /// Which token.
        token_id: String,
        /// By whom.
        by: String,
    },
    /// A feature flag was set or unset for the whole tenant.
    GlobalFlagSet {
        /// Which flag, as HYPR spells it.
        flag: &'static str,
        /// To what.
        to: Toggle,
    },
    /// A user was invited; the e-mail only informs.
    UserInvited {
        /// To which integration.
        rp_app_id: String,
        /// Whom.
        username: String,
    },
    /// An administrator deleted a user.
    UserDeleted {
        /// From which integration.
        rp_app_id: String,
        /// Whom.
        username: String,
    },
    /// A workstation shows a QR code.
    PairingStarted(Pairing),
    /// A phone has scanned it.
    QrScanned(Pairing),
    /// A phone or a workstation was turned away.
    PairingRefused {
        /// Where.
        pairing: Pairing,
        /// Why.
        reason: String,
    },
    /// Nobody scanned the code in time, or the phone did not finish.
    PairingExpired(Pairing),
    /// A phone is paired with HYPR.
    PairedWithHypr {
        /// Where.
        pairing: Pairing,
        /// Which phone.
        device_id: String,
        /// The FIDO id of the pairing.
        fido_user: String,
    },
    /// A workstation setting that was left on has failed, as the guide says it does.
    SettingLeftOn {
        /// Where.
        pairing: Pairing,
        /// Which.
        setting: LeftOn,
    },
    /// A phone has made a credential for Entra.
    PasskeyReported(Link),
    /// Entra knows the credential: the phone is paired with Azure.
    PasskeyConfirmed(Link),
    /// A pairing with HYPR ended.
    Unpaired {
        /// Whose and which.
        link: Link,
        /// From where.
        from: UnpairedFrom,
    },
    /// A key was deleted in Entra.
    KeyDeleted {
        /// Of which integration.
        rp_app_id: String,
        /// Whose.
        username: String,
    },
    /// The Azure pairing of a user no longer exists, or exists again.
    AzurePairingChecked {
        /// Of which integration.
        rp_app_id: String,
        /// Whose.
        username: String,
        /// What is wrong with it, if anything.
        trouble: Option<&'static str>,
    },
    /// A user is in the group of the phase, and in no other group of HYPR's.
    GroupMoved {
        /// Of which integration.
        rp_app_id: String,
        /// Whom.
        username: String,
        /// Into which group; none for a deleted user.
        into: Option<Phase>,
    },
    /// A user is seen in another tab.
    PhaseChanged {
        /// Of which integration.
        rp_app_id: String,
        /// Who.
        username: String,
        /// The phase before.
        from: Phase,
        /// The phase now.
        to: Phase,
    },
    /// Entra did not do what was asked.
    EntraRefused {
        /// Of which integration.
        rp_app_id: String,
        /// About whom, if it was one user.
        username: Option<String>,
        /// What was tried.
        task: &'static str,
        /// Entra's code, if it gave one.
        code: Option<String>,
        /// What it said.
        reason: String,
    },
    /// Entra is busy; Control Center tries again.
    EntraBusy {
        /// Of which integration.
        rp_app_id: String,
        /// What is asked.
        call: &'static str,
        /// When it is asked again.
        until: Timestamp,
    },
}

/// One attempt to pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairing {
    /// With which integration.
    pub rp_app_id: String,
    /// Who.
    pub username: String,
    /// At which workstation.
    pub machine_id: String,
    /// In which session.
    pub session_id: String,
}

/// A user's pairing with one phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// With which integration.
    pub rp_app_id: String,
    /// Who.
    pub username: String,
    /// With which phone.
    pub device_id: String,
}

/// A workstation setting that the guide wants off for this integration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOn {
    /// Enable Offline Mode.
    OfflineMode,
    /// Recovery Mode.
    RecoveryMode,
}

impl fmt::Display for LeftOn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OfflineMode => "Offline Mode",
            Self::RecoveryMode => "Recovery Mode",
        })
    }
}

/// Where a pairing was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnpairedFrom {
    /// On the phone.
    Phone,
    /// In the Passwordless client.
    Client,
    /// In Control Center.
    ControlCenter,
}

impl fmt::Display for UnpairedFrom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Phone => "the phone",
            Self::Client => "the Passwordless client",
            Self::ControlCenter => "Control Center",
        })
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AdminSignedIn { email } => write!(f, "{email} signed in to Control Center."),
            Self::AdminRefused { email, reason } => write!(f, "{email} could not sign in to Control Center. {reason}"),
            Self::AdminSignedOut { email } => write!(f, "{email} signed out of Control Center."),
            Self::IntegrationAdded { rp_app_id } => write!(f, "The integration {rp_app_id} was added."),
            Self::IntegrationRefused { rp_app_id, reason } => {
                write!(f, "The integration {rp_app_id:?} was not added: {reason}")
            }
            Self::IntegrationEnabled { rp_app_id } => write!(f, "The integration {rp_app_id} was enabled."),
            Self::IntegrationDisabled { rp_app_id } => write!(f, "The integration {rp_app_id} was disabled."),
            Self::IntegrationDeleted { rp_app_id } => write!(f, "The integration {rp_app_id} was deleted."),
            Self::DomainsRestricted { rp_app_id, accepted: None } => write!(f, "{rp_app_id} accepts any domain."),
            Self::DomainsRestricted { rp_app_id, accepted: Some(domains) } => {
                let domains = if domains.is_empty() { "no domain".to_owned() } else { domains.join(", ") };
                write!(f, "{rp_app_id} accepts {domains}.")
            }
            Self::WorkstationSettingsSaved { rp_app_id } => {
                write!(f, "Workstation Settings of {rp_app_id} were saved.")
            }
            Self::FlagSet { rp_app_id, flag, to } => {
                write!(f, "{flag} of {rp_app_id} was turned {}.", if *to == Toggle::On { "on" } else { "off" })
            }
            Self::StaffChanged { email, now: Some(role) } => {
                write!(f, "The Control Center user {email} has the role {}.", role.name())
            }
            Self::StaffChanged { email, now: None } => write!(f, "The Control Center user {email} was deleted."),
            Self::HookAdded { name } => write!(f, "The event hook {name} was added."),
            Self::HookDeleted { name } => write!(f, "The event hook {name} was deleted."),
            Self::HookFailed { name, reason } => write!(f, "An event could not be delivered to {name}: {reason}"),
            Self::TokenCreated { token_id, name, .. } => {
                write!(f, "Endpoint API token creation request; tokenId={token_id} name={name}")
            }
            Self::TokenRevoked { token_id, by, .. } => {
                write!(f, "Endpoint API token revoked. tokenId={token_id} revokedBy={by}")
            }
            Self::GlobalFlagSet { flag, to } => {
                write!(f, "{flag} was turned {} for the whole tenant.", if *to == Toggle::On { "on" } else { "off" })
            }
            Self::UserInvited { username, rp_app_id } => write!(f, "{username} was invited to {rp_app_id}."),
            Self::UserDeleted { username, rp_app_id } => write!(f, "{username} was deleted from {rp_app_id}."),
            Self::PairingStarted(at) => write!(f, "A workstation shows {} a QR code.", at.username),
            Self::QrScanned(at) => write!(f, "A phone scanned the QR code of {}.", at.username),
            Self::PairingRefused { pairing, reason } => write!(f, "Pairing {} was refused: {reason}", pairing.username),
            Self::PairingExpired(at) => write!(f, "The QR code of {} has expired.", at.username),
            Self::PairedWithHypr { pairing, device_id, .. } => {
                write!(f, "{} paired the phone {device_id} with HYPR.", pairing.username)
            }
            Self::SettingLeftOn { pairing, setting } => {
                write!(
                    f,
                    "{setting} could not be set up for {}: it does not work with this integration.",
                    pairing.username
                )
            }
            Self::PasskeyReported(link) => write!(f, "The phone of {} made a key for Entra.", link.username),
            Self::PasskeyConfirmed(link) => write!(f, "Entra knows the key of {}.", link.username),
            Self::Unpaired { link, from } => write!(f, "{} was unpaired from {from}.", link.username),
            Self::KeyDeleted { username, .. } => write!(f, "A key of {username} was deleted in Entra."),
            Self::AzurePairingChecked { username, trouble: None, .. } => {
                write!(f, "The Azure pairing of {username} exists again.")
            }
            Self::AzurePairingChecked { username, trouble: Some(trouble), .. } => {
                write!(f, "The Azure pairing of {username} no longer exists: {trouble}")
            }
            Self::GroupMoved { username, into: Some(phase), .. } => {
                write!(f, "{username} is now in {}.", phase.group_name())
            }
            Self::GroupMoved { username, into: None, .. } => write!(f, "{username} is in no group of HYPR's any more."),
            Self::PhaseChanged { username, from, to, .. } => write!(f, "{username} went from {from} to {to}."),
            Self::EntraRefused { task, reason, .. } => write!(f, "Could not {task}: {reason}"),
            Self::EntraBusy { call, until, .. } => write!(f, "Entra is too busy to {call}; trying again at {until}."),
        }
    }
}
