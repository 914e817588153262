//! From a scenario file to a running lab: everything that the guide's "Setting Up" sections do by hand.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use clockwork::{Clock, Journal, Seed};
use control_center::http::Shell;
use control_center::{Conclusion, Draft, RestrictedDomains, Toggle, WorkstationSettings};
use entra::fido::{AttestationEnforcement, Fido2Policy, KeyRestrictions, MethodState};
use jiff::SignedDuration;
use phone::Phone;
use uuid::Uuid;
use windows::browser::{Browser, BrowserKind};

use crate::fault::Faults;
use crate::lab::Lab;
use crate::net::Hosts;
use crate::receiver::Receiver;
use crate::scenario::Segment::{Index, Key};
use crate::scenario::{self, Scenario, ScenarioError, WorkstationSetting};

/// A lab could not be set up as its scenario says.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum SetupError {
    /// Entra, Control Center or an installer would not take what the file says.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Refused(#[from] ScenarioError),
}

/// What an administrator saved while registering the application: the values that the integration form asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Directory (tenant) id.
    pub tenant_id: Uuid,
    /// Application (client) id.
    pub client_id: Uuid,
    /// The value of the client secret.
    pub client_secret: String,
    /// The id of the client secret, which people paste by mistake.
    pub client_secret_id: Uuid,
    /// Service account user principal name.
    pub service_account: String,
    /// Its password.
    pub service_account_password: String,
}

impl Lab {
    /// Builds the lab of a scenario and lets it come to rest.
    ///
    /// # Errors
    ///
    /// [`SetupError`] when the scenario asks for what cannot be.
    pub fn start(scenario: Scenario, seed: &Seed) -> Result<Self, SetupError> {
        let registration = Registration::new(&scenario, seed);
        let clock = Clock::manual(scenario.start);
        let workstations: BTreeMap<_, _> =
            scenario.workstations.iter().map(|machine| (machine.name.clone(), workstation(machine, seed))).collect();
        let tenant = Arc::new(Mutex::new(made(&scenario, tenant(&scenario, &registration, &workstations), seed)?));
        let shell = Shell::new(control_center::ControlCenter::new(hypr_tenant(&scenario), seed), clock.clone());
        let mut hosts = Hosts::default();
        let microsoft = entra::http::router(tenant.clone(), clock.clone());
        entra::http::HOSTS.iter().for_each(|host| hosts.serve(host, &microsoft));
        hosts.serve(&scenario.control_center.host, &shell.router());
        let receiver = Receiver::default();
        hosts.serve(crate::receiver::HOST, &receiver.router());
        let mut lab = Self {
            clock,
            journal: Journal::default(),
            tenant,
            control_center: shell,
            admin: Browser::new(BrowserKind::Chrome),
            admin_downloads: Vec::new(),
            workstations,
            phones: scenario.phones.iter().map(|phone| (phone.name.clone(), new_phone(phone, seed))).collect(),
            hosts,
            faults: Faults::default(),
            reach: scenario
                .phones
                .iter()
                .map(|phone| (phone.name.clone(), windows::Reach { bluetooth: true, network: true }))
                .collect(),
            exchanges: Vec::new(),
            links: BTreeMap::new(),
            shown: BTreeMap::new(),
            text_messages: BTreeMap::new(),
            access_token: String::new(),
            mailboxes: BTreeMap::new(),
            receiver,
            graph: crate::graph::Administrator::default(),
            registration,
            scenario,
        };
        lab.settle();
        for machine in lab.scenario.workstations.clone() {
            lab.with_workstation(&machine.name, windows::Workstation::sync);
        }
        lab.integrate()?;
        lab.install_clients()?;
        lab.faults = Faults::new(lab.scenario.faults.clone());
        // What the guide sets up was done over days.
        throttle(&lab.scenario, &mut lab.tenant());
        lab.settle();
        Ok(lab)
    }

    /// The values that the integration form asks for.
    #[must_use]
    pub fn registration(&self) -> &Registration {
        &self.registration
    }
}

/// The Entra tenant of a scenario by itself, and what it was made from: no Control Center has touched it.
///
/// # Errors
///
/// [`SetupError`] when the scenario asks for what cannot be.
pub fn tenant_alone(scenario: &Scenario, seed: &Seed) -> Result<(entra::Config, entra::Tenant), SetupError> {
    let machines = scenario.workstations.iter();
    let workstations =
        machines.map(|machine| (machine.name.clone(), workstation(machine, seed))).collect::<BTreeMap<_, _>>();
    let config = tenant(scenario, &Registration::new(scenario, seed), &workstations);
    let mut tenant = made(scenario, config.clone(), seed)?;
    throttle(scenario, &mut tenant);
    Ok((config, tenant))
}

/// From now on the tenant counts what it is asked for, if the scenario says so.
fn throttle(scenario: &Scenario, tenant: &mut entra::Tenant) {
    let Some(limits) = &scenario.tenant.throttling else { return };
    let quota =
        |given: Option<scenario::Quota>| given.map(|given| entra::Quota { limit: given.limit, window: given.window });
    let published = entra::Throttling::default();
    tenant.begin_throttling(entra::Throttling {
        resource_units: quota(limits.resource_units),
        writes: quota(limits.writes).unwrap_or(published.writes),
        tenant_writes: quota(limits.tenant_writes).unwrap_or(published.tenant_writes),
        reports: quota(limits.reports).unwrap_or(published.reports),
        conditional_access: quota(limits.conditional_access).unwrap_or(published.conditional_access),
        intune: quota(limits.intune).unwrap_or(published.intune),
        intune_writes: quota(limits.intune_writes).unwrap_or(published.intune_writes),
        token_requests: quota(limits.token_requests),
    });
}

fn made(scenario: &Scenario, config: entra::Config, seed: &Seed) -> Result<entra::Tenant, ScenarioError> {
    let tenant = entra::Tenant::new(config, seed).map_err(|bad| {
        let place = match &bad {
            entra::BadConfig::ClientCertificate { .. } => Key("applications"),
            _ => Key("tenant"),
        };
        scenario.refuse(&[place], format!("the tenant cannot be made: {bad}"))
    })?;
    let scenario::Replication { read, list, membership, roles, policy } = scenario.tenant.replication;
    let tenant = tenant.with_replication(entra::Replication { read, list, membership, roles, policy });
    Ok(if scenario.tenant.asks_permission_type { tenant } else { tenant.with_permissions_taken_as_delegated() })
}

impl Registration {
    fn new(scenario: &Scenario, seed: &Seed) -> Self {
        let mut ids = seed.fork("setup");
        Self {
            tenant_id: ids.uuid(),
            client_id: ids.uuid(),
            client_secret: format!("{}8Q~{}", ids.text(SECRET_LETTERS, 3), ids.text(SECRET_LETTERS, 34)),
            client_secret_id: ids.uuid(),
            service_account: format!("{}@{}", scenario.service_account.user_name, scenario.tenant.domain),
            service_account_password: scenario.service_account.password.clone(),
        }
    }

    fn draft(&self, application_name: &str) -> Draft {
        Draft {
            application_name: application_name.to_owned(),
            client_id: self.client_id.to_string(),
            tenant_id: self.tenant_id.to_string(),
            client_secret: control_center::Secret::new(self.client_secret.as_str()),
            username: self.service_account.clone(),
            password: control_center::Secret::new(self.service_account_password.as_str()),
        }
    }
}

fn tenant(
    scenario: &Scenario,
    registration: &Registration,
    workstations: &BTreeMap<String, windows::Workstation>,
) -> entra::Config {
    let mut users: Vec<_> = scenario.users.iter().map(person).collect();
    users.extend(scenario.tenant.is_set_up.then(|| service_account(scenario, registration)));
    entra::Config {
        tenant_id: registration.tenant_id,
        name: scenario.tenant.name.clone(),
        domains: vec![scenario.tenant.domain.clone()],
        created: scenario.start - SignedDuration::from_hours(24 * 30),
        users,
        groups: Vec::new(),
        applications: applications(scenario, registration),
        devices: scenario
            .workstations
            .iter()
            .filter_map(|machine| device(scenario, machine, &workstations[&machine.name]))
            .collect(),
        device_configurations: device_configurations(&scenario.tenant),
        fido2_policy: fido2_policy(&scenario.tenant),
        conditional_access: if scenario.tenant.service_account_needs_mfa {
            vec![everybody_needs_mfa(scenario)]
        } else {
            Vec::new()
        },
        attestation_roots: vec![include_str!("../../../fixtures/pki/attestation-root.pem").to_owned()],
    }
}

fn person(user: &scenario::User) -> entra::UserConfig {
    entra::UserConfig {
        upn: user.upn.clone(),
        display_name: user.name.clone(),
        mail: Some(user.upn.clone()),
        password: user.password.as_str().into(),
        password_state: if user.password_is_permanent {
            entra::PasswordState::Permanent
        } else {
            entra::PasswordState::MustChange
        },
        account: if user.enabled { entra::Account::Enabled } else { entra::Account::Disabled },
        phone: user.text_messages_to.clone(),
        roles: roles(&user.roles),
        intune: if user.intune_licence { entra::Licence::Assigned } else { entra::Licence::Missing },
    }
}

fn service_account(scenario: &Scenario, registration: &Registration) -> entra::UserConfig {
    let account = &scenario.service_account;
    entra::UserConfig {
        upn: registration.service_account.clone(),
        display_name: "HYPR Service Account".to_owned(),
        mail: None,
        password: account.password.as_str().into(),
        password_state: if account.password_is_permanent {
            entra::PasswordState::Permanent
        } else {
            entra::PasswordState::MustChange
        },
        account: entra::Account::Enabled,
        phone: None,
        roles: roles(&account.roles),
        intune: entra::Licence::Missing,
    }
}

/// The file's names are checked when it is read.
fn roles(names: &[String]) -> Vec<entra::Role> {
    names.iter().filter_map(|name| entra::Role::by_display_name(name)).collect()
}

fn applications(scenario: &Scenario, registration: &Registration) -> Vec<entra::ApplicationConfig> {
    let own = scenario.tenant.is_set_up.then(|| hypr_auth_app(scenario, registration));
    let others = scenario.applications.iter().map(|application| registered(scenario, application));
    own.into_iter().chain([administration()]).chain(others).collect()
}

fn registered(scenario: &Scenario, application: &scenario::RegisteredApplication) -> entra::ApplicationConfig {
    let secret = application.secret.iter().map(|value| entra::SecretConfig {
        key_id: application.client_id,
        value: value.as_str().into(),
        expires: scenario.start + SignedDuration::from_hours(24 * application.secret_days),
    });
    entra::ApplicationConfig {
        app_id: application.client_id,
        display_name: application.name.clone(),
        kind: match application.kind {
            scenario::ApplicationKind::Confidential => entra::ClientKind::Confidential,
            scenario::ApplicationKind::Public => entra::ClientKind::Public,
        },
        redirect_uris: application.redirect_uris.clone(),
        secrets: secret.collect(),
        certificates: application.certificates.clone(),
        delegated_permissions: application.permissions.clone(),
        consent: if application.consented { entra::Consent::Admin } else { entra::Consent::Missing },
        application_permissions: application.application_permissions.clone(),
        exposes: application.exposes.clone(),
    }
}

fn hypr_auth_app(scenario: &Scenario, registration: &Registration) -> entra::ApplicationConfig {
    entra::ApplicationConfig {
        app_id: registration.client_id,
        display_name: scenario.application.name.clone(),
        kind: entra::ClientKind::Confidential,
        redirect_uris: Vec::new(),
        secrets: vec![entra::SecretConfig {
            key_id: registration.client_secret_id,
            value: registration.client_secret.as_str().into(),
            expires: scenario.start + SignedDuration::from_hours(24 * scenario.application.secret_days),
        }],
        certificates: Vec::new(),
        delegated_permissions: scenario.application.permissions.clone(),
        consent: if scenario.application.consented { entra::Consent::Admin } else { entra::Consent::Missing },
        application_permissions: Vec::new(),
        exposes: Vec::new(),
    }
}

/// What administrators use to act on the tenant while a scenario runs.
fn administration() -> entra::ApplicationConfig {
    let permissions = [
        "Directory.AccessAsUser.All",
        "UserAuthenticationMethod.ReadWrite.All",
        "Policy.ReadWrite.AuthenticationMethod",
        "Policy.Read.All",
        "Policy.ReadWrite.ConditionalAccess",
        "AuditLog.Read.All",
        "DeviceManagementConfiguration.ReadWrite.All",
    ];
    entra::ApplicationConfig {
        app_id: crate::graph::COMMAND_LINE_TOOLS,
        display_name: "Microsoft Graph Command Line Tools".to_owned(),
        kind: entra::ClientKind::Public,
        redirect_uris: Vec::new(),
        secrets: Vec::new(),
        certificates: Vec::new(),
        delegated_permissions: permissions.map(str::to_owned).into(),
        consent: entra::Consent::Admin,
        application_permissions: Vec::new(),
        exposes: Vec::new(),
    }
}

/// "Enable Security Keys in Intune", by Microsoft's instructions.
fn device_configurations(tenant: &scenario::Tenant) -> Vec<entra::DeviceConfigurationConfig> {
    let policy = entra::DeviceConfigurationConfig {
        display_name: "Security Keys for Windows Sign-In".to_owned(),
        settings: vec![entra::OmaSetting {
            display_name: "Turn on FIDO Security Keys for Windows Sign-In".to_owned(),
            uri: crate::graph::SECURITY_KEY_SIGN_IN.to_owned(),
            value: 1,
        }],
    };
    tenant.windows_security_key_sign_in.then_some(policy).into_iter().collect()
}

fn device(
    scenario: &Scenario,
    machine: &scenario::Workstation,
    workstation: &windows::Workstation,
) -> Option<entra::DeviceConfig> {
    let trust_type = match machine.joined {
        scenario::Join::Cloud => entra::TrustType::AzureAd,
        scenario::Join::Hybrid => entra::TrustType::ServerAd,
        scenario::Join::None => return None,
    };
    Some(entra::DeviceConfig {
        device_id: workstation.device_id(),
        display_name: machine.name.clone(),
        trust_type,
        public_key: workstation.device_public_key(),
        owner: scenario.user(&machine.user).map(|user| user.upn.clone()),
    })
}

fn fido2_policy(tenant: &scenario::Tenant) -> Fido2Policy {
    Fido2Policy {
        state: if tenant.security_keys { MethodState::Enabled } else { MethodState::Disabled },
        attestation: if tenant.enforce_attestation {
            AttestationEnforcement::Enforced
        } else {
            AttestationEnforcement::NotEnforced
        },
        key_restrictions: if tenant.blocked_aaguids.is_empty() {
            KeyRestrictions::None
        } else {
            KeyRestrictions::Block(tenant.blocked_aaguids.iter().copied().collect())
        },
        ..Fido2Policy::default()
    }
}

/// The administrators stay out of it, as Microsoft advises, so that somebody can still mend it.
fn everybody_needs_mfa(scenario: &Scenario) -> entra::ConditionalAccessPolicy {
    entra::ConditionalAccessPolicy {
        id: Uuid::from_u128(0x1ab),
        display_name: "Require MFA for everybody".to_owned(),
        include: BTreeSet::from([entra::Subject::AllUsers]),
        exclude: scenario
            .users
            .iter()
            .filter(|user| !user.roles.is_empty())
            .map(|user| entra::Subject::User(user.upn.clone()))
            .collect(),
    }
}

fn hypr_tenant(scenario: &Scenario) -> control_center::Config {
    let hypr = &scenario.control_center;
    let mut config = control_center::Config::new(&hypr.host);
    config.admins = vec![control_center::Admin {
        email: hypr.admin_email.clone(),
        password: control_center::Secret::new(hypr.admin_password.as_str()),
    }];
    config.tenant_flags =
        flags(&hypr.feature_flags, &control_center::TenantFlag::ALL, control_center::TenantFlag::name);
    for (_, integration) in scenario.integrations() {
        let all = control_center::ApplicationFlag::ALL;
        let flags = flags(&integration.feature_flags, &all, control_center::ApplicationFlag::name);
        config.application_flags.insert(integration.name.clone(), flags);
    }
    config
}

/// The file's names are checked when it is read.
fn flags<F: Copy + Ord>(names: &[String], all: &[F], name_of: fn(F) -> &'static str) -> BTreeSet<F> {
    all.iter().copied().filter(|flag| names.iter().any(|name| name == name_of(*flag))).collect()
}

fn workstation(machine: &scenario::Workstation, seed: &Seed) -> windows::Workstation {
    let mut ids = seed.fork(&format!("setup/{}", machine.name));
    let config = windows::WorkstationConfig {
        name: machine.name.clone(),
        machine_id: ids.uuid().to_string(),
        device_id: ids.uuid(),
        join: match machine.joined {
            scenario::Join::Cloud => windows::Join::Cloud,
            scenario::Join::Hybrid => windows::Join::Hybrid,
            scenario::Join::None => windows::Join::None,
        },
        system: match machine.system {
            scenario::System::Windows => windows::System::Windows,
            scenario::System::Macos => windows::System::MacOs,
        },
        local_account: machine
            .local_account
            .as_ref()
            .map(|own| windows::LocalAccount { name: own.user_name.clone(), password: own.password.clone() }),
    };
    windows::Workstation::new(config, seed)
}

fn new_phone(phone: &scenario::Phone, seed: &Seed) -> Phone {
    let (platform, os_version) = match phone.platform {
        scenario::Platform::Ios => (phone::Platform::Ios, "16.3"),
        scenario::Platform::Android => (phone::Platform::Android, "13"),
    };
    let config = phone::PhoneConfig {
        name: phone.name.clone(),
        owner: phone.owner.clone(),
        platform,
        model: phone.model.clone(),
        os_version: os_version.to_owned(),
        app_version: "8.3.0".to_owned(),
        clock_ahead: phone.clock_ahead,
        passcode: phone.passcode.as_str().into(),
        keys_max: phone.keys_max,
    };
    let mut made = Phone::new(config, attestation(phone.attestation), seed);
    // Whatever is no rule was refused with the file.
    *made.faults_mut() = ctap::Faults::new(phone.faults.iter().filter_map(|rule| rule.parse().ok()));
    made
}

fn attestation(kind: scenario::Attestation) -> ctap::Attestation {
    let (key, certificate) = match kind {
        scenario::Attestation::SelfSigned => return ctap::Attestation::packed_self(),
        scenario::Attestation::Trusted => (
            include_str!("../../../fixtures/pki/hypr-attestation.key.pem"),
            include_str!("../../../fixtures/pki/hypr-attestation.pem"),
        ),
        scenario::Attestation::Foreign => (
            include_str!("../../../fixtures/pki/foreign-attestation.key.pem"),
            include_str!("../../../fixtures/pki/foreign-attestation.pem"),
        ),
    };
    ctap::Attestation::packed(key, certificate).expect("the fixtures are a key and its certificate")
}

impl Lab {
    /// Adds the scenario's integrations by the same calls to Entra as those added by hand.
    fn integrate(&mut self) -> Result<(), SetupError> {
        let scenario = self.scenario.clone();
        scenario.integrations().try_for_each(|(place, integration)| self.add(&scenario, &place, integration))
    }

    fn add(
        &mut self,
        scenario: &Scenario,
        place: &[scenario::Segment],
        integration: &scenario::Integration,
    ) -> Result<(), SetupError> {
        let refused = |why: &str| {
            let problem = format!("the integration {:?} was not added: {why}", integration.name);
            SetupError::Refused(scenario.refuse(place, problem))
        };
        let now = self.now();
        let draft = self.registration.draft(&integration.name);
        let begun = self.control_center.with_core(|core| core.begin_add_integration(now, draft));
        let id = begun.map_err(|refusals| {
            let sentences: Vec<_> = refusals.iter().map(ToString::to_string).collect();
            refused(&sentences.join(" "))
        })?;
        self.settle();
        match self.control_center.with_core(|core| core.take_conclusion(id)) {
            Some(Conclusion::Done) => {}
            other => return Err(refused(&words(other))),
        }
        self.configure(integration).map_err(|why| refused(&why))?;
        self.invite(scenario, place, integration)
    }

    fn configure(&self, integration: &scenario::Integration) -> Result<(), String> {
        let now = self.now();
        let name = &integration.name;
        let left_on = |setting| if integration.settings_left_on.contains(&setting) { Toggle::On } else { Toggle::Off };
        let settings = WorkstationSettings {
            security_key: left_on(WorkstationSetting::SecurityKey),
            offline_mode: left_on(WorkstationSetting::OfflineMode),
            recovery_mode: left_on(WorkstationSetting::RecoveryMode),
            require_user_presence: Toggle::Off,
        };
        let domains = control_center::parse_domains(&integration.restrict_domains.join(","))
            .map_err(|error| error.to_string())?;
        self.control_center
            .with_core(|core| {
                core.save_workstation_settings(now, name, settings)?;
                if !integration.restrict_domains.is_empty() {
                    core.restrict_domains(now, name, RestrictedDomains::On(domains))?;
                }
                if integration.enabled { core.enable(now, name) } else { Ok(()) }
            })
            .map_err(|error: control_center::UnknownIntegration| error.to_string())
    }

    fn invite(
        &mut self,
        scenario: &Scenario,
        place: &[scenario::Segment],
        integration: &scenario::Integration,
    ) -> Result<(), SetupError> {
        for (index, guest) in integration.invited.iter().enumerate() {
            let upn = scenario.user(guest).map(|user| user.upn.clone()).unwrap_or_default();
            let refused = |why: String| {
                let path = [place, &[Key("invited"), Index(index)]].concat();
                SetupError::Refused(scenario.refuse(&path, format!("{upn} could not be invited: {why}")))
            };
            let now = self.now();
            let begun = self.control_center.with_core(|core| core.begin_invite(now, &integration.name, &upn));
            let id = begun.map_err(|error| refused(error.to_string()))?;
            self.settle();
            match self.control_center.with_core(|core| core.take_conclusion(id)) {
                Some(Conclusion::Done) => {}
                other => return Err(refused(words(other))),
            }
        }
        Ok(())
    }

    /// Installs the Passwordless client where the scenario has it, with the `hypr.json` of its integration.
    fn install_clients(&mut self) -> Result<(), SetupError> {
        let scenario = self.scenario.clone();
        let Some(integration) = &scenario.integration else { return Ok(()) };
        for (index, machine) in scenario.workstations.iter().enumerate().filter(|(_, it)| it.has_client()) {
            let of = machine.integration.as_ref().unwrap_or(&integration.name);
            let hypr_json = self.control_center.with_core(|core| core.hypr_json(of)).unwrap_or_default();
            let installed =
                self.with_workstation(&machine.name, |workstation, _| workstation.install_client(&hypr_json));
            installed.map_err(|error| {
                let problem = format!("the HYPR Passwordless client of {} was not installed: {error}", machine.name);
                scenario.refuse(&[Key("workstations"), Index(index)], problem)
            })?;
        }
        Ok(())
    }
}

/// Why an operation of Control Center is not done, in its own words.
fn words(conclusion: Option<Conclusion>) -> String {
    match conclusion {
        Some(Conclusion::Done) => "it is done".to_owned(),
        Some(Conclusion::Refused(refusal)) => refusal.to_string(),
        Some(Conclusion::Failed(failure)) => failure.to_string(),
        Some(Conclusion::Abandoned) => "the integration was deleted meanwhile".to_owned(),
        None => "it has not come to an end".to_owned(),
    }
}

/// The letters of real client secrets.
const SECRET_LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
