//! What a tenant is made of when a lab starts: plain values, as a scenario file gives them.

use jiff::Timestamp;
use uuid::Uuid;

use crate::applications::ClientKind;
use crate::conditional_access::ConditionalAccessPolicy;
use crate::directory::{GroupId, TrustType};
use crate::fido::Fido2Policy;
use crate::roles::Role;
use crate::secret::Secret;

/// A whole tenant.
#[derive(Clone, Debug)]
pub struct Config {
    /// The directory (tenant) id.
    pub tenant_id: Uuid,
    /// The organization's name.
    pub name: String,
    /// Verified domains; the first is the initial one (`*.onmicrosoft.com`).
    pub domains: Vec<String>,
    /// When the tenant was made: the creation date of everything in it.
    pub created: Timestamp,
    /// People and service accounts.
    pub users: Vec<UserConfig>,
    /// Groups that exist from the start.
    pub groups: Vec<GroupConfig>,
    /// App registrations, each with its service principal.
    pub applications: Vec<ApplicationConfig>,
    /// Joined and registered devices.
    pub devices: Vec<DeviceConfig>,
    /// Intune's device configurations, each assigned to all licensed users.
    pub device_configurations: Vec<DeviceConfigurationConfig>,
    /// The FIDO2 security key method policy.
    pub fido2_policy: Fido2Policy,
    /// Conditional Access policies.
    pub conditional_access: Vec<ConditionalAccessPolicy>,
    /// Roots that attestation chains may end in, PEM; stands for the FIDO metadata service.
    pub attestation_roots: Vec<String>,
}

/// A user.
#[derive(Clone, Debug)]
pub struct UserConfig {
    /// User principal name: `carol.shaw@highlands_azure.com`.
    pub upn: String,
    /// Display name.
    pub display_name: String,
    /// Mail address, if the user has a mailbox.
    pub mail: Option<String>,
    /// The password.
    pub password: Secret,
    /// Whether the password may be used as it is.
    pub password_state: PasswordState,
    /// Whether the account may sign in.
    pub account: Account,
    /// The number that text-message codes go to; a user with one has an MFA method.
    pub phone: Option<String>,
    /// Directory roles, tenant-wide.
    pub roles: Vec<Role>,
    /// Whether the user has an Intune licence, without which no policy reaches the user's devices.
    pub intune: Licence,
}

/// Whether a user has a licence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Licence {
    /// Has one.
    #[default]
    Assigned,
    /// Has none.
    Missing,
}

/// `accountEnabled`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Account {
    /// May sign in.
    #[default]
    Enabled,
    /// Suspended.
    Disabled,
}

/// `forceChangePasswordNextSignIn`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PasswordState {
    /// The user set it.
    #[default]
    Permanent,
    /// An administrator set it: it must be changed at the next sign-in.
    MustChange,
}

/// A group.
#[derive(Clone, Debug)]
pub struct GroupConfig {
    /// Object id, which policies name.
    pub id: GroupId,
    /// Display name.
    pub display_name: String,
    /// Description.
    pub description: Option<String>,
    /// Members by user principal name.
    pub members: Vec<String>,
}

/// An app registration with its service principal.
#[derive(Clone, Debug)]
pub struct ApplicationConfig {
    /// The application (client) id.
    pub app_id: Uuid,
    /// Display name.
    pub display_name: String,
    /// Whether it can keep a secret.
    pub kind: ClientKind,
    /// Redirect URIs.
    pub redirect_uris: Vec<String>,
    /// Client secrets.
    pub secrets: Vec<SecretConfig>,
    /// Certificates, PEM, whose keys may sign client assertions.
    pub certificates: Vec<String>,
    /// Delegated permissions that the registration asks for: Graph's by name (`Directory.AccessAsUser.All`), those that
    /// another application exposes as `api://CLIENT-ID/NAME`.
    pub delegated_permissions: Vec<String>,
    /// Whether an administrator has granted them.
    pub consent: Consent,
    /// Application permissions (app roles), granted.
    pub application_permissions: Vec<String>,
    /// Delegated permissions of its own, under `api://CLIENT-ID`, which other applications ask for.
    pub exposes: Vec<String>,
}

/// Whether the delegated permissions of an application may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// Granted for the whole organization.
    Admin,
    /// Nobody has consented.
    Missing,
}

/// A client secret.
#[derive(Clone, Debug)]
pub struct SecretConfig {
    /// Its id, which people paste by mistake for the value.
    pub key_id: Uuid,
    /// The value.
    pub value: Secret,
    /// When it stops working.
    pub expires: Timestamp,
}

/// A device that Windows has joined or registered.
#[derive(Clone, Debug)]
pub struct DeviceConfig {
    /// The device id (not its object id).
    pub device_id: Uuid,
    /// Its name.
    pub display_name: String,
    /// How it is joined.
    pub trust_type: TrustType,
    /// The public half of its device key: a P-256 point, SEC1 bytes.
    pub public_key: Vec<u8>,
    /// Who joined it, by user principal name: Intune manages it by this user's licence.
    pub owner: Option<String>,
}

/// A device configuration of Intune's with custom settings (`windows10CustomConfiguration`).
#[derive(Clone, Debug)]
pub struct DeviceConfigurationConfig {
    /// Display name.
    pub display_name: String,
    /// The settings.
    pub settings: Vec<OmaSetting>,
}

/// A whole number at an OMA-URI (`omaSettingInteger`).
#[derive(Clone, Debug)]
pub struct OmaSetting {
    /// Display name.
    pub display_name: String,
    /// Where the setting lives: `./Device/Vendor/MSFT/..`.
    pub uri: String,
    /// Its value.
    pub value: i64,
}
