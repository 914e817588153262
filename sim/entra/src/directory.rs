//! Directory objects: users, groups, devices (Graph v1.0 resource types `user`, `group`, `device`).

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::config::{DeviceConfig, Licence, PasswordState};
use crate::roles::Role;
use crate::secret::Digested;

/// A user's object id.
pub type UserId = Uuid;
/// A group's object id.
pub type GroupId = Uuid;

/// A user.
#[derive(Clone, Debug)]
pub struct User {
    /// Object id.
    pub id: UserId,
    /// User principal name.
    pub upn: String,
    /// Display name.
    pub display_name: String,
    /// Mail nickname.
    pub mail_nickname: String,
    /// Mail address.
    pub mail: Option<String>,
    /// Whether the account may sign in.
    pub account_enabled: bool,
    /// When the account was made.
    pub created: Timestamp,
    /// Sessions and refresh tokens issued before this instant are dead (`signInSessionsValidFromDateTime`).
    pub sessions_valid_from: Timestamp,
    /// Where text-message codes go.
    pub phone: Option<String>,
    /// Directory roles, tenant-wide.
    pub roles: BTreeSet<Role>,
    /// Whether the user has an Intune licence.
    pub intune: Licence,
    /// Properties that the tenant keeps and never reads: `jobTitle`, `department`, ..
    pub(crate) profile: BTreeMap<&'static str, Value>,
    /// Numbers beside [`User::phone`].
    pub(crate) other_phones: BTreeMap<PhoneKind, String>,
    /// A Temporary Access Pass, if the user has one.
    pub(crate) access_pass: Option<AccessPass>,
    /// When the password was set.
    pub(crate) password_changed: Timestamp,
    pub(crate) password: Digested,
    pub(crate) password_state: PasswordState,
}

/// `phoneType` of the numbers beside the mobile phone's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PhoneKind {
    AlternateMobile,
    Office,
}

/// A Temporary Access Pass (`temporaryAccessPassAuthenticationMethod`).
#[derive(Clone, Debug)]
pub(crate) struct AccessPass {
    pub(crate) id: Uuid,
    pub(crate) created: Timestamp,
    pub(crate) starts: Timestamp,
    /// The pass itself is shown once.
    pub(crate) digest: Digested,
    /// Whether a one-time pass was used.
    pub(crate) is_spent: bool,
    pub(crate) lifetime_minutes: u32,
    pub(crate) is_usable_once: bool,
}

/// A security group.
#[derive(Clone, Debug)]
pub struct Group {
    /// Object id.
    pub id: GroupId,
    /// Display name; not unique.
    pub display_name: String,
    /// Mail nickname.
    pub mail_nickname: String,
    /// Description.
    pub description: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// Members: users, groups, devices and service principals by object id.
    pub members: BTreeSet<Uuid>,
    /// Owners: the delegated creator, for one.
    pub owners: BTreeSet<Uuid>,
    /// `isAssignableToRole`: whoever changes it must be able to assign roles.
    pub(crate) is_assignable_to_role: Option<bool>,
}

/// A device.
#[derive(Clone, Debug)]
pub struct Device {
    /// Object id.
    pub id: Uuid,
    /// The device id that tokens and certificates carry.
    pub device_id: Uuid,
    /// Name.
    pub display_name: String,
    /// How it is joined.
    pub trust_type: TrustType,
    /// Whether it may be used to sign in.
    pub account_enabled: bool,
    /// Whether Intune finds it compliant; nobody has said at first.
    pub is_compliant: Option<bool>,
    /// The public half of its device key: a P-256 point, SEC1 bytes.
    pub public_key: Vec<u8>,
    /// Who joined it.
    pub(crate) owner: Option<UserId>,
    /// When it was registered.
    pub(crate) registered: Timestamp,
}

/// How a device is joined (`trustType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrustType {
    /// Cloud-joined.
    AzureAd,
    /// Hybrid-joined.
    ServerAd,
    /// Registered only.
    Workplace,
}

impl Device {
    pub(crate) fn joined(id: Uuid, registered: Timestamp, owner: Option<UserId>, config: DeviceConfig) -> Self {
        Self {
            id,
            device_id: config.device_id,
            display_name: config.display_name,
            trust_type: config.trust_type,
            account_enabled: true,
            is_compliant: None,
            public_key: config.public_key,
            owner,
            registered,
        }
    }
}
