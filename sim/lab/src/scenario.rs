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

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "description: x\nstart: 2027-03-01T09:00:00Z\ntenant: {name: Bank, domain: bank.example}\nusers:\n  - {name: Carol Shaw, upn: carol@bank.example, password: Heather-42}\n";

    fn check(text: &str, expect: &str) {
        let error = Scenario::parse(Path::new("scenarios/x.yaml"), text).unwrap_err();
        assert_eq!(error.to_string(), expect);
    }

    #[test]
    fn what_a_file_leaves_out_is_what_the_guide_sets_up() {
        let scenario = Scenario::parse(Path::new("x.yaml"), GOOD).unwrap();
        assert_eq!(scenario.application.name, "HYPRAuthApp");
        assert_eq!(scenario.service_account.roles, ["Directory Writers", "Privileged Authentication Administrator"]);
        assert_eq!(scenario.user("Carol").unwrap().upn, "carol@bank.example");
    }

    #[test]
    fn a_change_takes_a_day_at_most() {
        let with = |delay: &str| GOOD.replace("domain:", &format!("replication: {{roles: {delay}}}, domain:"));
        let scenario = Scenario::parse(Path::new("x.yaml"), &with("1m 30s")).unwrap();
        assert_eq!(scenario.tenant.replication.roles, SignedDuration::from_secs(90));
        for wrong in ["-1s", "25h"] {
            let error = Scenario::parse(Path::new("x.yaml"), &with(wrong)).unwrap_err().to_string();
            let expect = "tenant.replication.roles: a change takes from 0s to 24h";
            assert!(error.starts_with("x.yaml:3:") && error.contains(expect), "{error}");
        }
    }

    #[test]
    fn a_quota_that_could_not_be_used_is_refused_where_it_stands() {
        let with = |quotas: &str| GOOD.replace("domain:", &format!("throttling: {{{quotas}}}, domain:"));
        assert!(Scenario::parse(Path::new("x.yaml"), &with("")).unwrap().tenant.throttling.is_some());
        let refused = |quotas: &str, expect: &str| check(&with(quotas), &format!("scenarios/x.yaml:{expect}"));
        refused(
            "resource_units: {limit: 9, window: 10s}",
            "3:59: tenant.throttling.resource_units.limit: from 10 to 1000000, not 9",
        );
        refused("writes: {limit: 0, window: 10s}", "3:51: tenant.throttling.writes.limit: from 1 to 1000000, not 0");
        refused("reports: {limit: 1, window: 0s}", "3:63: tenant.throttling.reports.window: from 1s to 24h");
        refused("intune: {limit: 1, window: 25h}", "3:62: tenant.throttling.intune.window: from 1s to 24h");
        refused(
            "writes: {limit: -1, window: 1s}",
            "3:51: tenant.throttling.writes.limit: invalid type: integer `-1`, expected u32",
        );
        refused("writes: {limit: 1}", "3:43: tenant.throttling.writes: missing field `window`");
        refused(
            "reads: {limit: 1}",
            "3:35: tenant.throttling: unknown field `reads`, expected one of `resource_units`, `writes`, `tenant_writes`, `reports`, `conditional_access`, `intune`, `intune_writes`, `token_requests`",
        );
    }

    #[test]
    fn an_unknown_field_is_refused_where_it_stands() {
        check(
            &GOOD.replace("domain:", "domian:"),
            "scenarios/x.yaml:3:22: tenant: unknown field `domian`, expected one of `name`, `domain`, `is_set_up`, `asks_permission_type`, `enforce_attestation`, `security_keys`, `blocked_aaguids`, `windows_security_key_sign_in`, `service_account_needs_mfa`, `replication`, `throttling`",
        );
    }

    #[test]
    fn a_malformed_value_is_refused_where_it_stands() {
        let text = format!("{GOOD}workstations:\n  - {{name: WS-1, joined: claud, user: Carol}}\n");
        check(
            &text,
            "scenarios/x.yaml:7:26: workstations[0].joined: unknown variant `claud`, expected one of `cloud`, `hybrid`, `none`",
        );
    }

    #[test]
    fn a_name_that_refers_to_nobody_is_refused_where_it_stands() {
        let text = format!("{GOOD}phones:\n  - owner: Dave\n    name: P\n    model: M\n    platform: ios\n");
        check(&text, "scenarios/x.yaml:7:12: \"Dave\": no such user; the users are: Carol Shaw");
    }

    #[test]
    fn an_account_of_another_domain_is_refused() {
        check(
            &GOOD.replace("carol@bank.example", "carol@bonk.example"),
            "scenarios/x.yaml:5:29: \"carol@bonk.example\": the tenant's accounts end in @bank.example",
        );
    }

    #[test]
    fn a_place_is_that_of_the_value_and_not_of_the_same_word_elsewhere() {
        let text = format!(
            "{GOOD}integration: {{name: Bank, invited: [Carol, Dave]}}\nphones:\n  - {{owner: Carol, platform: ios, name: Dave's old one, model: M}}\n"
        );
        check(&text, "scenarios/x.yaml:6:44: \"Dave\": no such user; the users are: Carol Shaw");
    }

    #[test]
    fn two_things_of_one_name_are_refused() {
        let machines =
            "workstations:\n  - {name: WS, joined: cloud, user: Carol}\n  - {name: ws, joined: cloud, user: Carol}\n";
        check(&format!("{GOOD}{machines}"), "scenarios/x.yaml:8:12: \"ws\": another workstation has this name");
        let phone = "  - {owner: Carol, platform: ios, name: P, model: M}\n";
        check(&format!("{GOOD}phones:\n{phone}{phone}"), "scenarios/x.yaml:8:41: \"P\": another phone has this name");
        let user = |name: &str, upn: &str| {
            format!("{GOOD}  - {{name: {name}, upn: {upn}@bank.example, password: Thistle-17}}\n")
        };
        check(
            &user("Carol Jones", "jones"),
            "scenarios/x.yaml:6:12: \"Carol Jones\": another user has this first name; steps could not tell them apart",
        );
        check(
            &user("Dave Jones", "CAROL"),
            "scenarios/x.yaml:6:29: \"CAROL@bank.example\": another account has this user principal name",
        );
        check(
            &user("Dave Jones", "hyprserviceaccount"),
            "scenarios/x.yaml:6:29: \"hyprserviceaccount@bank.example\": another account has this user principal name",
        );
    }

    #[test]
    fn a_value_that_nobody_would_take_is_refused() {
        let add = |line: &str, expect: &str| check(&format!("{GOOD}{line}\n"), &format!("scenarios/x.yaml:{expect}"));
        let set = |old: &str, new: &str, expect: &str| {
            check(&GOOD.replace(old, new), &format!("scenarios/x.yaml:{expect}"));
        };
        let calendar = "start: the lab's calendar goes from the year 1971 to the year 8999";
        set("2027-03-01", "9999-12-30", &format!("2:8: {calendar}"));
        set("2027-03-01", "1969-12-30", &format!("2:8: {calendar}"));
        set("2027-03-01", "-000001-12-30", &format!("2:8: {calendar}"));
        set("domain: bank.example", "domain: ", "3:30: \"\" is no domain name");
        set("Heather-42", "short", "5:59: a password has at least 8 characters");
        set(
            "Carol Shaw",
            "carol shaw",
            "5:12: \"carol shaw\": steps call people by the first word: a capital, then small letters from a to z",
        );
        set(
            "upn: carol@",
            "upn: carol shaw@",
            "5:29: \"carol shaw@bank.example\" is no user principal name, for example carol.shaw@bank.example",
        );
        add(
            "application: {secret_days: 9223372036854775807}",
            "6:28: application.secret_days: expected 36500 days at most, found 9223372036854775807",
        );
        add(
            "application: {permissions: [everything]}",
            "6:29: \"everything\" is no delegated permission of Microsoft Graph, for example \
             UserAuthenticationMethod.ReadWrite.All",
        );
        add(
            "applications: [{name: A, client_id: 14d82eec-204b-4c2f-b7e8-296a70dab67e}]",
            "6:37: 14d82eec-204b-4c2f-b7e8-296a70dab67e: another application has this client id",
        );
        add(
            "applications: [{name: A, client_id: 5c5ed0a2-0e5a-4a77-8a0b-0d1d9f6a0001, kind: public, secret: x}]",
            "6:81: \"A\": a public application can keep no secret and no certificate",
        );
        add(
            "applications: [{name: A, client_id: 5c5ed0a2-0e5a-4a77-8a0b-0d1d9f6a0001, permissions: [everything]}]",
            "6:89: \"everything\" is no permission of Microsoft Graph, for example User.Read.All, nor one that an \
             application here exposes, for example api://CLIENT-ID/access_as_user",
        );
        add(
            "service_account: {roles: [Global Adminstrator]}",
            "6:27: \"Global Adminstrator\" is no directory role of this lab; the roles are: Application Administrator, Authentication Administrator, Authentication Policy \
             Administrator, Cloud Application Administrator, Cloud Device Administrator, Conditional Access \
             Administrator, Directory Readers, Directory Writers, Global Administrator, Global Reader, \
             Helpdesk Administrator, Intune Administrator, Privileged Authentication Administrator, \
             Privileged Role Administrator, Security Administrator, User Administrator",
        );
        add(
            "control_center: {feature_flags: [AZURE]}",
            "6:34: \"AZURE\" is no feature flag here; the flags are: AZURE_IDP_INTEGRATION, AZURE_NATIVE_LOGIN, \
             ENABLE_CUSTOM_EVENT_MGMT",
        );
        add(
            "control_center: {host: login.microsoftonline.com}",
            "6:24: \"login.microsoftonline.com\" is a host of Microsoft's",
        );
        add(
            "integration: {name: Bank & Sons}",
            "6:21: \"Bank & Sons\": Application Name may hold only letters, digits, spaces, dashes and underscores.",
        );
        add("integration: {name: Bank, restrict_domains: [a.b, 'c d']}", "6:51: \"c d\" is no domain name");
        add(
            "phones: [{owner: Carol, platform: ios, name: a, model: b, faults: ['any:unset-up-bit', 'sign:nonsense']}]",
            "6:88: \"sign:nonsense\": \"nonsense\" is no fault; it is status=NAME, response=HEX, slow-touch=DURATION, \
             wrong-rp-id-hash, unset-up-bit, unset-uv-bit, set-be-bit, set-bs-bit, invalid-signature, counter-stuck, \
             counter-replayed, no-attestation, other-aaguid, extra-extension, drop-extensions, invalid-response, \
             truncated-response, no-credentials, absent-touch, key-store-full or pin-soft-lock",
        );
        add(
            "workstations: [{name: M, system: macos, joined: cloud, user: Carol}]",
            "6:49: \"M\": a Mac is joined to nothing here",
        );
        add(
            "workstations: [{name: M, joined: none, user: Carol, local_account: {user_name: 'a b', password: Heather-42}}]",
            "6:80: \"a b\" is no name of a local account, for example carol",
        );
        add(
            "workstations: [{name: M, joined: none, user: Carol, local_account: {user_name: ab, password: short}}]",
            "6:94: a password has at least 8 characters",
        );
        add(
            "faults: [{verdict: !answer 9999}]",
            "6:20: faults[0].verdict: an answer has a status from 200 to 599, not 9999",
        );
    }

    #[test]
    fn what_only_the_lab_finds_wrong_stands_where_it_is_wrong() {
        let check = |lines: &str, expect: &str| {
            let text = format!("{GOOD}{lines}integration: {{name: Bank}}\n");
            let scenario = Scenario::parse(Path::new("scenarios/x.yaml"), &text).expect("a scenario");
            let seed = clockwork::Seed::of(&["setup"]);
            let error = crate::Lab::start(scenario, &seed).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(error.starts_with(expect), "{error}");
        };
        check("application: {consented: false}\n", "scenarios/x.yaml:7:14: the integration \"Bank\" was not added: ");
        check("application: {secret_days: -1}\n", "scenarios/x.yaml:7:14: the integration \"Bank\" was not added: ");
        check(
            "applications: [{name: A, client_id: 5c5ed0a2-0e5a-4a77-8a0b-0d1d9f6a0001, certificates: [x]}]\n",
            "scenarios/x.yaml:6:15: the tenant cannot be made: the certificate of the application \"A\" cannot be",
        );
        check("service_account: {roles: []}\n", "scenarios/x.yaml:7:14: the integration \"Bank\" was not added: ");
    }

    #[test]
    fn what_the_library_misplaces_stands_where_it_is_wrong() {
        check(&GOOD.replace("start:", "description: y\nstart:"), "scenarios/x.yaml:2:1: duplicate field `description`");
        check(
            &GOOD.replace("password:", "upn: x, password:"),
            "scenarios/x.yaml:5:49: users[0]: duplicate field `upn`",
        );
        check(
            &format!("---\n{GOOD}---\n{GOOD}"),
            "scenarios/x.yaml:7:1: a file holds one scenario; `---` begins another",
        );
        check(
            "- a\n",
            "scenarios/x.yaml:1:1: invalid type: sequence, expected a scenario: description, start, tenant, users, ...",
        );
        check(
            &GOOD.replace("T09:00:00Z", ""),
            "scenarios/x.yaml:2:8: start: failed to find time component, which is required for parsing a timestamp; expected an instant such as 2027-03-01T09:00:00Z",
        );
        check("# nothing\n\n", "scenarios/x.yaml:1:1: the file is empty; expected description, start, tenant, users");
        check(
            &GOOD.replace("  - {", "\t- {"),
            "scenarios/x.yaml:5:1: found character that cannot start any token; YAML is indented with spaces, not with tabs",
        );
    }

    #[test]
    fn a_byte_order_mark_and_the_line_ends_of_windows_are_no_error() {
        let text = format!("\u{feff}{}", GOOD.replace('\n', "\r\n"));
        assert_eq!(Scenario::parse(Path::new("x.yaml"), &text).unwrap().description, "x");
    }

    #[test]
    fn a_scenario_is_named_and_not_a_path() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
        assert!(Scenario::named(&folder, "default").is_ok());
        for name in ["../scenarios/default", "/etc/passwd", "", "default.yaml", "..", "a\\b", "a\0"] {
            let error = Scenario::named(&folder, name).unwrap_err().to_string();
            assert!(
                error.ends_with("is no scenario's name: letters, digits, spaces, dashes and underscores"),
                "{error}"
            );
        }
    }

    #[test]
    fn every_shipped_file_is_a_scenario() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
        let files = files(&folder).unwrap();
        assert!(files.len() >= 5, "{files:?}");
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            Scenario::parse(&file, &text).unwrap_or_else(|error| panic!("{error}"));
        }
    }
}
