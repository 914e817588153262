//! What an administrator does to integrations (guide "Setting Up the HYPR Tenant", "Configure and Download the Desktop
//! Client").

use jiff::Timestamp;
use serde::Serialize;

use super::ControlCenter;
use super::line::{Job, Line};
use crate::desktop_client;
use crate::event::Event;
use crate::flags::TenantFlag;
use crate::graph::Connection;
use crate::integration::{Groups, Integration, IntegrationState, WorkstationSettings};
use crate::name::{ApplicationName, DEFAULT_WORKSTATION_APPLICATION, RestrictedDomains};
use crate::operation::{FormField, OperationId, Refusal};
use crate::secret::Secret;

/// The longest value of a field of "Add Integration": a convention of the lab, and more than Entra gives any of them.
const FIELD_LEN_MAX: usize = 512;

/// The form of "Add Integration", as it was filled in.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// Application Name.
    pub application_name: String,
    /// Client ID.
    pub client_id: String,
    /// Tenant ID.
    pub tenant_id: String,
    /// Client Secret.
    pub client_secret: Secret,
    /// Service Account Username.
    pub username: String,
    /// Service Account Password.
    pub password: Secret,
}

/// There is no such integration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Control Center has no integration {0:?}.")]
pub struct UnknownIntegration(pub String);

impl ControlCenter {
    /// Starts to add an integration; [`ControlCenter::take_conclusion`] tells how it ended.
    ///
    /// # Errors
    ///
    /// When the form itself is wrong: every refusal at once, and Entra is not asked.
    pub fn begin_add_integration(&mut self, now: Timestamp, draft: Draft) -> Result<OperationId, Vec<Refusal>> {
        let name = self.check_draft(&draft).inspect_err(|refusals| {
            let reason = refusals.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
            self.note(now, Event::IntegrationRefused { rp_app_id: draft.application_name.clone(), reason });
        })?;
        let connection = Connection {
            client_id: draft.client_id.trim().to_owned(),
            tenant_id: draft.tenant_id.trim().to_owned(),
            client_secret: draft.client_secret,
            username: draft.username.trim().to_owned(),
            password: draft.password,
        };
        let rp_app_id = name.to_string();
        self.lines.insert(rp_app_id.clone(), Line::new(connection));
        let id = self.new_operation();
        self.watch(id);
        self.enqueue_as(now, &rp_app_id, id, Job::AddIntegration { name });
        Ok(id)
    }

    fn check_draft(&self, draft: &Draft) -> Result<ApplicationName, Vec<Refusal>> {
        let missing = TenantFlag::OF_THE_GUIDE.into_iter().filter(|flag| !self.config.tenant_flags.contains(flag));
        let mut refusals: Vec<Refusal> = missing
            .map(|flag| Refusal { field: None, text: format!("The feature flag {flag} is not set for this tenant.") })
            .collect();
        let name = ApplicationName::parse(&draft.application_name);
        let name_trouble = match &name {
            Err(error) => Some(error.to_string()),
            Ok(name) if self.is_taken(name) => Some(format!("The Application Name {name} is in use already.")),
            Ok(_) => None,
        };
        refusals.extend(name_trouble.map(|text| Refusal { field: Some(FormField::ApplicationName), text }));
        let fields = [
            (FormField::ClientId, "Client ID", draft.client_id.as_str()),
            (FormField::TenantId, "Tenant ID", &draft.tenant_id),
            (FormField::ClientSecret, "Client Secret", draft.client_secret.reveal()),
            (FormField::ServiceAccountUsername, "Service Account Username", &draft.username),
            (FormField::ServiceAccountPassword, "Service Account Password", draft.password.reveal()),
        ];
        refusals.extend(fields.into_iter().filter_map(|(field, label, value)| {
            let text = match value.trim().len() {
                0 => format!("Enter the {label}."),
                1..=FIELD_LEN_MAX => return None,
                _ => format!("The {label} is too long."),
            };
            Some(Refusal { field: Some(field), text })
        }));
        match name {
            Ok(name) if refusals.is_empty() => Ok(name),
            _ => Err(refusals),
        }
    }

    /// Names that differ in letter case alone count as the same, a convention of the lab.
    fn is_taken(&self, name: &ApplicationName) -> bool {
        self.lines.keys().any(|taken| taken.eq_ignore_ascii_case(name.as_str()))
    }

    pub(super) fn integration_added(&mut self, now: Timestamp, name: ApplicationName, groups: Groups) {
        let rp_app_id = name.to_string();
        let integration = Integration {
            name,
            state: IntegrationState::Disabled,
            created_at: now,
            groups,
            domains: RestrictedDomains::Off,
            workstation_settings: self.default_workstation_settings,
            flags: self.config.application_flags.get(&rp_app_id).cloned().unwrap_or_default(),
            users: Default::default(),
            workstations: Default::default(),
            last_check_failure: None,
            install_token: Secret::new(self.rng.uuid().to_string()),
        };
        self.integrations.insert(rp_app_id.clone(), integration);
        self.note(now, Event::IntegrationAdded { rp_app_id });
    }

    /// Lets users register and authenticate at Entra.
    ///
    /// # Errors
    ///
    /// When there is no such integration.
    pub fn enable(&mut self, now: Timestamp, rp_app_id: &str) -> Result<(), UnknownIntegration> {
        self.existing(rp_app_id)?.state = IntegrationState::Enabled;
        self.note(now, Event::IntegrationEnabled { rp_app_id: rp_app_id.to_owned() });
        Ok(())
    }

    /// Forbids it; pairings, groups and keys stay.
    ///
    /// # Errors
    ///
    /// When there is no such integration.
    pub fn disable(&mut self, now: Timestamp, rp_app_id: &str) -> Result<(), UnknownIntegration> {
        self.existing(rp_app_id)?.state = IntegrationState::Disabled;
        self.note(now, Event::IntegrationDisabled { rp_app_id: rp_app_id.to_owned() });
        Ok(())
    }

    /// Forgets the integration with its users and workstations. Groups and keys stay in Entra: a convention of the lab.
    ///
    /// # Errors
    ///
    /// When there is no such integration.
    pub fn delete_integration(&mut self, now: Timestamp, rp_app_id: &str) -> Result<(), UnknownIntegration> {
        self.existing(rp_app_id)?;
        self.integrations.remove(rp_app_id);
        self.cut_line(rp_app_id);
        self.sessions.retain(|_, session| session.rp_app_id != rp_app_id);
        self.forget_idle_devices();
        self.drop_tokens_of(rp_app_id);
        self.note(now, Event::IntegrationDeleted { rp_app_id: rp_app_id.to_owned() });
        Ok(())
    }

    /// Saves Login Settings.
    ///
    /// # Errors
    ///
    /// When there is no such integration.
    pub fn restrict_domains(
        &mut self,
        now: Timestamp,
        rp_app_id: &str,
        domains: RestrictedDomains,
    ) -> Result<(), UnknownIntegration> {
        let accepted = match &domains {
            RestrictedDomains::Off => None,
            RestrictedDomains::On(domains) => Some(domains.iter().cloned().collect()),
        };
        self.existing(rp_app_id)?.domains = domains;
        self.note(now, Event::DomainsRestricted { rp_app_id: rp_app_id.to_owned(), accepted });
        Ok(())
    }

    /// Saves Workstation Settings.
    ///
    /// # Errors
    ///
    /// When there is no such integration.
    pub fn save_workstation_settings(
        &mut self,
        now: Timestamp,
        rp_app_id: &str,
        settings: WorkstationSettings,
    ) -> Result<(), UnknownIntegration> {
        self.existing(rp_app_id)?.workstation_settings = settings;
        self.note(now, Event::WorkstationSettingsSaved { rp_app_id: rp_app_id.to_owned() });
        Ok(())
    }

    /// Workstation Settings of Standard mode: what applications that are created from now on begin with.
    pub fn save_default_workstation_settings(&mut self, now: Timestamp, settings: WorkstationSettings) {
        self.default_workstation_settings = settings;
        self.note(now, Event::WorkstationSettingsSaved { rp_app_id: DEFAULT_WORKSTATION_APPLICATION.to_owned() });
    }

    /// Workstation Settings of Standard mode.
    #[must_use]
    pub fn default_workstation_settings(&self) -> WorkstationSettings {
        self.default_workstation_settings
    }

    /// The id of the Entra tenant that an integration is connected to.
    #[must_use]
    pub fn entra_tenant_of(&self, rp_app_id: &str) -> Option<&str> {
        self.lines.get(rp_app_id).map(Line::tenant_id)
    }

    /// The archive of "Download Desktop Client": the installer and its `hypr.json`.
    #[must_use]
    pub fn desktop_client(&self, now: Timestamp, rp_app_id: &str) -> Option<Vec<u8>> {
        self.hypr_json(rp_app_id).map(|parameters| desktop_client::archive(now, &parameters))
    }

    /// The `hypr.json` that lies beside the installer of the Passwordless client (`hypr.md` §4.1).
    #[must_use]
    pub fn hypr_json(&self, rp_app_id: &str) -> Option<String> {
        let integration = self.integration(rp_app_id)?;
        let parameters = InstallParameters {
            version: "1.0",
            rp_url: &self.rp_url(),
            app_id: rp_app_id,
            pinning_hash: &self.config.pinning_hash,
            install_token: integration.install_token.reveal(),
            support_email: &self.config.support_email,
            full_ui: "1",
        };
        Some(serde_json::to_string_pretty(&parameters).expect("strings always serialise"))
    }

    pub(super) fn existing(&mut self, rp_app_id: &str) -> Result<&mut Integration, UnknownIntegration> {
        self.integrations.get_mut(rp_app_id).ok_or_else(|| UnknownIntegration(rp_app_id.to_owned()))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InstallParameters<'a> {
    version: &'a str,
    rp_url: &'a str,
    app_id: &'a str,
    pinning_hash: &'a str,
    install_token: &'a str,
    support_email: &'a str,
    #[serde(rename = "fullUI")]
    full_ui: &'a str,
}
