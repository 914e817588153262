//! Phones and workstations that Control Center knows (guide "User Device Details").

use crate::secret::HandedOut;

/// A phone with the HYPR Mobile App.
#[derive(Clone, Debug)]
pub struct Device {
    /// `DevId` and 26 characters.
    pub device_id: String,
    /// What its owner calls it.
    pub name: String,
    /// The model.
    pub model: String,
    /// The operating system.
    pub os: MobileOs,
    /// Its version.
    pub os_version: String,
    /// The version of the HYPR Mobile App.
    pub app_version: String,
    pub(crate) tokens: HandedOut,
}

/// The operating system of a phone, as Device Details spells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MobileOs {
    /// iPhone.
    Ios,
    /// Android.
    Android,
}

impl MobileOs {
    /// `IOS` or `ANDROID`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ios => "IOS",
            Self::Android => "ANDROID",
        }
    }
}

/// A Windows machine on which the Passwordless client has paired a phone.
#[derive(Clone, Debug)]
pub struct Workstation {
    /// A UUID.
    pub machine_id: String,
    /// Its name in the network.
    pub name: String,
    /// How it is joined.
    pub join: JoinType,
    pub(crate) tokens: HandedOut,
}

/// How a workstation belongs to the organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinType {
    /// Joined to Entra alone.
    AzureAd,
    /// Joined to Active Directory and Entra.
    Hybrid,
}

impl JoinType {
    /// `AZURE_AD` or `HYBRID`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AzureAd => "AZURE_AD",
            Self::Hybrid => "HYBRID",
        }
    }
}
