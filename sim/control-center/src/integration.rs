//! An Enterprise Passkey integration: one application, one connection to Entra, its users and its settings.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::device::Workstation;
use crate::flags::ApplicationFlag;
use crate::name::{ApplicationName, RestrictedDomains};
use crate::people::{Phase, User};
use crate::secret::Secret;

/// An integration of type "Native Azure Login Experience".
#[derive(Clone, Debug)]
pub struct Integration {
    /// The Application Name, which is the `rpAppId`.
    pub name: ApplicationName,
    /// DISABLED until an administrator enables it.
    pub state: IntegrationState,
    /// When it was added.
    pub created_at: Timestamp,
    /// The object ids of the three groups in Entra.
    pub groups: Groups,
    /// Login Settings.
    pub domains: RestrictedDomains,
    /// Workstation Settings.
    pub workstation_settings: WorkstationSettings,
    /// The feature flags of this application.
    pub flags: BTreeSet<ApplicationFlag>,
    /// Users by UPN in lower case.
    pub users: BTreeMap<String, User>,
    /// Workstations by machine id.
    pub workstations: BTreeMap<String, Workstation>,
    /// Why the last check of the accounts in Entra failed, if it did.
    pub last_check_failure: Option<String>,
    pub(crate) install_token: Secret,
}

/// Whether users may register and authenticate at Entra.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntegrationState {
    /// They may.
    Enabled,
    /// They may pair with HYPR, no more.
    Disabled,
}

impl IntegrationState {
    /// `ENABLED` or `DISABLED`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Enabled => "ENABLED",
            Self::Disabled => "DISABLED",
        }
    }
}

/// The object ids of the three groups.
pub type Groups = BTreeMap<Phase, String>;

/// Workstation Settings of one application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkstationSettings {
    /// The client offers a security key beside the phone; it does not work for this integration.
    pub security_key: Toggle,
    /// Left on, pairing reports a failure in the Audit Trail.
    pub offline_mode: Toggle,
    /// Left on, pairing reports a failure in the Audit Trail.
    pub recovery_mode: Toggle,
    /// The QR code lives three minutes instead of one.
    pub require_user_presence: Toggle,
}

/// A switch on a settings page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toggle {
    /// On.
    On,
    /// Off.
    Off,
}

impl Default for WorkstationSettings {
    /// What a new application inherits: a convention of the lab that follows the guide's "if they remain in their
    /// default state".
    fn default() -> Self {
        Self {
            security_key: Toggle::On,
            offline_mode: Toggle::On,
            recovery_mode: Toggle::On,
            require_user_presence: Toggle::Off,
        }
    }
}

impl Integration {
    /// The `rpAppId`.
    #[must_use]
    pub fn rp_app_id(&self) -> &str {
        self.name.as_str()
    }

    /// The user with this UPN, in any letter case.
    #[must_use]
    pub fn user(&self, username: &str) -> Option<&User> {
        self.users.get(&username.to_lowercase())
    }

    pub(crate) fn user_mut(&mut self, username: &str) -> Option<&mut User> {
        self.users.get_mut(&username.to_lowercase())
    }

    pub(crate) fn user_or_new(&mut self, username: &str) -> &mut User {
        self.users.entry(username.to_lowercase()).or_insert_with(|| User::new(username))
    }

    /// The users of one tab.
    pub fn users_in(&self, phase: Phase) -> impl Iterator<Item = &User> {
        self.users.values().filter(move |user| user.phase() == phase)
    }
}
