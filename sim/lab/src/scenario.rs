//! A lab described by YAML: who, which devices, how they are joined, which policies, when, and from which seed.
//!
//! The file's own structs live here; what the actors take is made from them in [`crate::setup`], so that a file's
//! shape and a core's shape can change apart. Whatever a file leaves out is what the guide sets up.

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

mod check;
mod error;
mod place;
#[cfg(test)]
mod tests;
mod throttling;

pub use error::ScenarioError;
pub(crate) use place::Segment;
pub use throttling::{Quota, Throttling};

/// A scenario file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a scenario: description, start, tenant, users, ...")]
pub struct Scenario {
    /// One sentence for people.
    pub description: String,
    /// The instant at which the lab begins.
    pub start: Timestamp,
    /// The file's share of the lab's seed.
    #[serde(default = "one")]
    pub seed: u64,
    /// The Entra tenant and its policies.
    pub tenant: Tenant,
    /// The people.
    pub users: Vec<User>,
    /// The registered application of the guide's "Register Application".
    #[serde(default)]
    pub application: Application,
    /// Applications of others: those of developers who point their own code at the tenant.
    #[serde(default)]
    pub applications: Vec<RegisteredApplication>,
    /// The account of the guide's "Create Service Account".
    #[serde(default)]
    pub service_account: ServiceAccount,
    /// The HYPR tenant.
    #[serde(default)]
    pub control_center: ControlCenter,
    /// The integration that stands when the lab begins, if one does.
    #[serde(default)]
    pub integration: Option<Integration>,
    /// Integrations beside it.
    #[serde(default)]
    pub more_integrations: Vec<Integration>,
    /// Windows machines.
    #[serde(default)]
    pub workstations: Vec<Workstation>,
    /// Phones with the HYPR Mobile App installed.
    #[serde(default)]
    pub phones: Vec<Phone>,
    /// What goes wrong on purpose from the beginning, first match wins.
    #[serde(default)]
    pub faults: Vec<crate::fault::Rule>,
    /// The file, for those who find only later what is wrong with it.
    #[serde(skip)]
    source: Source,
}

/// Where a scenario was read from.
#[derive(Clone, Debug, Default)]
struct Source {
    path: PathBuf,
    text: std::sync::Arc<str>,
}

/// The Entra tenant.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tenant {
    /// The organisation's name.
    pub name: String,
    /// The verified domain of its accounts.
    pub domain: String,
    /// Whether the application is registered and the service account created; else somebody does it by hand.
    #[serde(default = "yes")]
    pub is_set_up: bool,
    /// Whether the portal asks for the type of a permission; else it takes Delegated.
    #[serde(default = "yes")]
    pub asks_permission_type: bool,
    /// "Enforce attestation" of the FIDO2 policy.
    #[serde(default)]
    pub enforce_attestation: bool,
    /// Whether the FIDO2 security key method is enabled.
    #[serde(default = "yes")]
    pub security_keys: bool,
    /// AAGUIDs that the key restriction policy blocks.
    #[serde(default)]
    pub blocked_aaguids: Vec<uuid::Uuid>,
    /// Whether Intune has the policy that lets people sign in to Windows by security key, for all licensed users.
    #[serde(default = "yes")]
    pub windows_security_key_sign_in: bool,
    /// A Conditional Access policy asks everybody for MFA, the service account not excluded.
    #[serde(default)]
    pub service_account_needs_mfa: bool,
    /// How long the tenant's changes take until they are read.
    #[serde(default)]
    pub replication: Replication,
    /// What an application may ask for in which time; without it as much as it likes.
    #[serde(default)]
    pub throttling: Option<Throttling>,
}

/// Replication lag, by what reads too early; whatever is left out does not lag.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Replication {
    /// An object by its id.
    pub read: SignedDuration,
    /// Lists, filters and searches.
    pub list: SignedDuration,
    /// Members of groups.
    pub membership: SignedDuration,
    /// Directory roles: lists, tokens and what the holder may do.
    pub roles: SignedDuration,
    /// Policies.
    pub policy: SignedDuration,
}

/// A person with an account.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// Full name; steps call people by its first word.
    pub name: String,
    /// User principal name.
    pub upn: String,
    /// Password.
    pub password: String,
    /// Number of the telephone that gets text messages, the usual second factor.
    #[serde(default)]
    pub text_messages_to: Option<String>,
    /// Directory roles by name.
    #[serde(default)]
    pub roles: Vec<String>,
    /// Whether the account may sign in.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Whether the person has an Intune licence; without one no policy reaches the person's machines.
    #[serde(default = "yes")]
    pub intune_licence: bool,
    /// Whether the person has set the password; one that an administrator has set must be changed first.
    #[serde(default = "yes")]
    pub password_is_permanent: bool,
}

/// An application that is registered beside the guide's.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisteredApplication {
    /// Display name.
    pub name: String,
    /// The application (client) id.
    pub client_id: uuid::Uuid,
    /// Whether it can keep a secret.
    #[serde(default)]
    pub kind: ApplicationKind,
    /// The client secret, if it has one.
    #[serde(default)]
    pub secret: Option<String>,
    /// Days after the start at which the client secret expires.
    #[serde(default = "half_a_year")]
    pub secret_days: i64,
    /// Certificates, PEM, whose keys sign its client assertions.
    #[serde(default)]
    pub certificates: Vec<String>,
    /// Redirect URIs.
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    /// Delegated permissions: Graph's, and of other applications as `api://CLIENT-ID/NAME`.
    #[serde(default)]
    pub permissions: Vec<String>,
    /// Whether an administrator has granted them.
    #[serde(default = "yes")]
    pub consented: bool,
    /// Application permissions, granted.
    #[serde(default)]
    pub application_permissions: Vec<String>,
    /// Delegated permissions of its own, which other applications ask for.
    #[serde(default)]
    pub exposes: Vec<String>,
}

/// Whether an application can keep a secret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ApplicationKind {
    /// A web application or daemon.
    #[default]
    Confidential,
    /// Something that people install; it may use passwords and device codes.
    Public,
}

/// The registered application.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Application {
    /// Display name.
    pub name: String,
    /// Delegated Graph permissions with admin consent.
    pub permissions: Vec<String>,
    /// Whether an administrator has granted consent.
    pub consented: bool,
    /// Days after the start at which the client secret expires.
    pub secret_days: i64,
}

/// The service account.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServiceAccount {
    /// The part of the user name before the `@`.
    pub user_name: String,
    /// Its password, the permanent one.
    pub password: String,
    /// Directory roles by name.
    pub roles: Vec<String>,
    /// Whether somebody has signed in once and set the permanent password.
    pub password_is_permanent: bool,
}

/// The HYPR tenant.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ControlCenter {
    /// The HYPR tenant's host name.
    pub host: String,
    /// Feature flags of the tenant.
    pub feature_flags: Vec<String>,
    /// Who administers it.
    pub admin_email: String,
    /// The administrator's password.
    pub admin_password: String,
}

/// An integration that stands from the beginning; it is added by the same calls to Entra as one added by hand.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Integration {
    /// Application Name, which is the rpAppId.
    pub name: String,
    /// Whether an administrator has clicked Enable.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Feature flags of the application.
    #[serde(default = "application_flags")]
    pub feature_flags: Vec<String>,
    /// Accepted domains; none means any.
    #[serde(default)]
    pub restrict_domains: Vec<String>,
    /// Workstation settings that were left on, against the guide's "Do This First".
    #[serde(default)]
    pub settings_left_on: Vec<WorkstationSetting>,
    /// People who were invited, by full name or first word.
    #[serde(default)]
    pub invited: Vec<String>,
}

/// A toggle of Workstation Settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WorkstationSetting {
    /// Enable Security Key.
    SecurityKey,
    /// Enable Offline Mode.
    OfflineMode,
    /// Recovery Mode.
    RecoveryMode,
}

/// A Windows machine.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workstation {
    /// Computer name.
    pub name: String,
    /// How it is joined.
    pub joined: Join,
    /// Whose it is.
    pub user: String,
    /// What it runs.
    #[serde(default)]
    pub system: System,
    /// An account of the machine's own.
    #[serde(default)]
    pub local_account: Option<LocalAccount>,
    /// Whether the HYPR Passwordless client is installed; on Windows it is, unless the file says no.
    #[serde(default)]
    pub client_installed: Option<bool>,
    /// Whose client it is, by Application Name; without it, that of the first integration.
    #[serde(default)]
    pub integration: Option<String>,
}

/// An account that only one machine knows.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocalAccount {
    /// Its name.
    pub user_name: String,
    /// Its password.
    pub password: String,
}

/// What a machine runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum System {
    /// Windows.
    #[default]
    Windows,
    /// macOS.
    Macos,
}

/// How a machine is joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Join {
    /// Entra-joined.
    Cloud,
    /// Joined to Active Directory and to Entra.
    Hybrid,
    /// Neither.
    None,
}

/// A phone.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phone {
    /// Whose it is.
    pub owner: String,
    /// Its kind.
    pub platform: Platform,
    /// Its name, `Carol's iPhone`.
    pub name: String,
    /// Model, `iPhone 14`.
    pub model: String,
    /// The certificate chain that its attestations carry.
    #[serde(default)]
    pub attestation: Attestation,
    /// How far its clock is ahead; negative when it is behind.
    #[serde(default)]
    pub clock_ahead: SignedDuration,
    /// The passcode that its owner knows.
    #[serde(default = "passcode")]
    pub passcode: String,
    /// How many keys it has room for, 50 at most.
    #[serde(default = "keys_max")]
    pub keys_max: usize,
    /// What its security key does wrong on purpose from the beginning: rules as [`ctap::Rule`] reads them.
    #[serde(default)]
    pub faults: Vec<String>,
}

/// A phone's operating system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Platform {
    /// iOS.
    Ios,
    /// Android.
    Android,
}

/// Which root a phone's attestation certificate chains to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Attestation {
    /// The lab's FIDO root, which the tenant trusts.
    #[default]
    Trusted,
    /// A root that nobody trusts.
    Foreign,
    /// None: the credential signs for itself.
    SelfSigned,
}

impl Scenario {
    /// Reads `NAME.yaml` in `folder`.
    ///
    /// # Errors
    ///
    /// [`ScenarioError`] when there is no such file, or it is not a scenario.
    pub fn named(folder: &Path, name: &str) -> Result<Self, ScenarioError> {
        // A name, not a path: what a feature says must not reach files of other folders.
        let plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | ' ');
        if name.is_empty() || !name.chars().all(plain) {
            return Err(ScenarioError::no_name(name, folder));
        }
        Self::read(&folder.join(format!("{name}.yaml")))
    }

    /// Reads a scenario file.
    ///
    /// # Errors
    ///
    /// [`ScenarioError`] when there is no such file, or it is not a scenario.
    pub fn read(path: &Path) -> Result<Self, ScenarioError> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let bytes = std::fs::read(path).map_err(|error| ScenarioError::unreadable(path, folder, &error))?;
        let text = std::str::from_utf8(&bytes).map_err(|error| ScenarioError::not_text(path, &bytes, error))?;
        Self::parse(path, text)
    }

    /// Reads the text of a scenario file; `path` is for the error messages.
    ///
    /// # Errors
    ///
    /// [`ScenarioError`] says what is wrong at which line and column.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ScenarioError> {
        // Editors of Windows write a byte order mark, which the YAML library takes for the first field's first letter.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut scenario: Self = serde_yaml::from_str(text).map_err(|error| ScenarioError::yaml(path, text, &error))?;
        check::check(&scenario).map_err(|misfit| ScenarioError::misfit(path, text, &misfit))?;
        scenario.source = Source { path: path.to_owned(), text: text.into() };
        Ok(scenario)
    }

    /// What only the running lab finds wrong with a value: the place is that of `path`, or of what should hold it.
    pub(crate) fn refuse(&self, path: &[Segment], problem: String) -> ScenarioError {
        let misfit = check::Misfit { path: path.to_vec(), problem };
        ScenarioError::misfit(&self.source.path, &self.source.text, &misfit)
    }

    /// Every integration that stands when the lab begins, each with its place in the file.
    pub(crate) fn integrations(&self) -> impl Iterator<Item = (Vec<Segment>, &Integration)> {
        let first = self.integration.iter().map(|integration| (vec![Segment::Key("integration")], integration));
        let more = self.more_integrations.iter().enumerate();
        first.chain(more.map(|(index, it)| (vec![Segment::Key("more_integrations"), Segment::Index(index)], it)))
    }

    /// The user whose full name, or its first word, is `name`.
    #[must_use]
    pub fn user(&self, name: &str) -> Option<&User> {
        self.users.iter().find(|user| user.name == name || user.first_name() == name)
    }
}

impl Workstation {
    /// Whether the HYPR Passwordless client is installed when the lab begins.
    #[must_use]
    pub fn has_client(&self) -> bool {
        self.client_installed.unwrap_or(self.system == System::Windows)
    }
}

impl User {
    /// The first word of the name.
    #[must_use]
    pub fn first_name(&self) -> &str {
        self.name.split(' ').next().unwrap_or(&self.name)
    }
}

impl Default for Application {
    fn default() -> Self {
        Self {
            name: "HYPRAuthApp".into(),
            permissions: vec!["Directory.AccessAsUser.All".into(), "UserAuthenticationMethod.ReadWrite.All".into()],
            consented: true,
            secret_days: half_a_year(),
        }
    }
}

impl Default for ServiceAccount {
    fn default() -> Self {
        Self {
            user_name: "hyprserviceaccount".into(),
            password: "Svc-7-Permanent!".into(),
            roles: vec!["Directory Writers".into(), "Privileged Authentication Administrator".into()],
            password_is_permanent: true,
        }
    }
}

impl Default for ControlCenter {
    fn default() -> Self {
        Self {
            host: "highlandsbank.gethypr.com".into(),
            feature_flags: vec!["AZURE_IDP_INTEGRATION".into(), "AZURE_NATIVE_LOGIN".into()],
            admin_email: "admin@highlandsbank.example".into(),
            admin_password: "Control-7-Center!".into(),
        }
    }
}

/// Every scenario file of a folder, sorted by name.
///
/// # Errors
///
/// When the folder cannot be read.
pub fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn one() -> u64 {
    1
}

fn yes() -> bool {
    true
}

fn passcode() -> String {
    "258036".into()
}

fn keys_max() -> usize {
    usize::MAX
}

fn half_a_year() -> i64 {
    180
}

fn application_flags() -> Vec<String> {
    vec!["FIDO2_MOBILE_AUTHENTICATOR".into(), "RP_APP_WORKSTATION_ENABLED".into()]
}
