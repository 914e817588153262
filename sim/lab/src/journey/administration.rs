//! "Setting Up the HYPR Tenant": what an administrator does in Control Center's pages.

use std::collections::BTreeMap;

use http::{Request, StatusCode};
use jiff::SignedDuration;
use serde_json::Value;

use crate::archive;
use crate::lab::{Lab, Place};
use crate::people::{JourneyError, Person};

const ADMIN: Place = Place::Admin;

impl Lab {
    /// Opens Control Center's list of integrations, signing in where that is asked.
    ///
    /// # Errors
    ///
    /// When Control Center shows something else.
    pub fn open_integrations(&mut self) -> Result<(), JourneyError> {
        let hypr = self.scenario().control_center.clone();
        self.open_as_admin(&format!("https://{}/cc/ui/integrations", hypr.host));
        if self.screen(&ADMIN).is_some_and(|screen| screen.field("Password").is_ok()) {
            self.enter(&ADMIN, "Email", &hypr.admin_email)?;
            self.enter(&ADMIN, "Password", &hypr.admin_password)?;
            self.tap(&ADMIN, "Sign In")?;
        }
        self.await_words(&ADMIN, "Integrations", SignedDuration::ZERO)
    }

    /// From Integrations to the form: Add New Integrations, Azure AD, Native Azure Login Experience, Next.
    ///
    /// # Errors
    ///
    /// When a page of the guide does not come.
    pub fn open_integration_form(&mut self) -> Result<(), JourneyError> {
        self.open_integrations()?;
        for label in ["Add New Integrations", "Azure AD", "Native Azure Login Experience", "Next"] {
            self.tap(&ADMIN, label)?;
        }
        Ok(())
    }

    /// Goes towards the integration form as far as Control Center offers the way.
    ///
    /// # Errors
    ///
    /// When Control Center shows no list of integrations.
    pub fn look_for_native_login(&mut self) -> Result<(), JourneyError> {
        self.open_integrations()?;
        for label in ["Add New Integrations", "Azure AD"] {
            if self.screen(&ADMIN).is_some_and(|screen| screen.button(label).is_ok()) {
                self.tap(&ADMIN, label)?;
            }
        }
        Ok(())
    }

    /// Fills the form with what the registration in Entra gave, and clicks Add Integration.
    ///
    /// # Errors
    ///
    /// When the form is not on the screen.
    pub fn submit_integration_form(&mut self, changed: &[(&str, &str)]) -> Result<(), JourneyError> {
        let registration = self.registration().clone();
        let values = [
            ("Application Name", "HighlandsPasskey".to_owned()),
            ("Client ID", registration.client_id.to_string()),
            ("Tenant ID", registration.tenant_id.to_string()),
            ("Client Secret", registration.client_secret),
            ("Service Account Username", registration.service_account),
            ("Service Account Password", registration.service_account_password),
        ];
        for (field, value) in values {
            let value =
                changed.iter().find(|(changed, _)| *changed == field).map_or(value.as_str(), |(_, value)| value);
            self.enter(&ADMIN, field, value)?;
        }
        self.tap(&ADMIN, "Add Integration")
    }

    /// Opens a page of the integration: `User Management`, `Integration Settings`, `Login Settings`, ... Those of its
    /// application are in Advanced mode.
    ///
    /// # Errors
    ///
    /// When there is no integration or no such page.
    pub fn open_integration(&mut self, page: &str) -> Result<(), JourneyError> {
        let name = self.first_integration()?;
        if ADVANCED_PAGES.contains(&page) {
            self.open_application(&name, page)
        } else {
            self.tap_in(&ADMIN, &name, page)
        }
    }

    /// Changes to Advanced mode, chooses an application and opens a page of it.
    ///
    /// # Errors
    ///
    /// When there is no such application or no such page.
    pub fn open_application(&mut self, rp_app_id: &str, page: &str) -> Result<(), JourneyError> {
        self.open_integrations()?;
        self.tap(&ADMIN, "Advanced")?;
        self.tap_in(&ADMIN, rp_app_id, "Choose")?;
        self.tap(&ADMIN, page)
    }

    /// Ticks or clears a feature flag of the first integration's application, or of the whole tenant, and saves.
    ///
    /// # Errors
    ///
    /// When the page does not offer it.
    pub fn set_feature_flag(&mut self, level: FlagLevel, flag: &str, on: bool) -> Result<(), JourneyError> {
        match level {
            FlagLevel::Application => self.open_integration("Feature Flags")?,
            FlagLevel::Global => {
                self.open_integrations()?;
                self.tap(&ADMIN, "Advanced")?;
                self.tap(&ADMIN, "Global Feature Flags")?;
            }
        }
        self.enter(&ADMIN, flag, if on { "on" } else { "off" })?;
        self.tap(&ADMIN, "Save")
    }

    /// The name of the first integration, with the list of integrations on the screen.
    fn first_integration(&mut self) -> Result<String, JourneyError> {
        self.open_integrations()?;
        let screen = self.screen(&ADMIN).unwrap_or_default();
        let name = screen.rows.first().and_then(|row| row.cells.first()).map(|(_, name)| name.clone());
        let Some(name) = name else {
            return Err(JourneyError::Other(format!("Control Center lists no integration:\n{screen}")));
        };
        Ok(name)
    }

    /// Invites somebody to the integration whose User Management is on the screen, or else to the first.
    ///
    /// # Errors
    ///
    /// When the pages do not offer it.
    pub fn invite_user(&mut self, email: &str) -> Result<(), JourneyError> {
        if self.screen(&ADMIN).is_none_or(|screen| screen.button("Invite Users").is_err()) {
            self.open_integration("User Management")?;
        }
        self.tap(&ADMIN, "Invite Users")?;
        self.enter(&ADMIN, "Email", email)?;
        self.tap(&ADMIN, "Invite")
    }

    /// Clicks Enable or Disable in Integration Settings and closes the confirmation.
    ///
    /// # Errors
    ///
    /// When the page does not offer it.
    pub fn switch_integration(&mut self, label: &str) -> Result<(), JourneyError> {
        self.open_integration("Integration Settings")?;
        self.tap(&ADMIN, label)?;
        if self.screen(&ADMIN).is_some_and(|screen| screen.button("Close").is_ok()) {
            self.tap(&ADMIN, "Close")?;
        }
        Ok(())
    }

    /// Switches Restrict Domains on with these domains, separated by commas, and saves.
    ///
    /// # Errors
    ///
    /// When Login Settings does not offer it.
    pub fn restrict_domains(&mut self, domains: &str) -> Result<(), JourneyError> {
        self.open_integration("Login Settings")?;
        if self.screen(&ADMIN).is_some_and(|screen| screen.button("+Add Domain").is_err()) {
            self.tap(&ADMIN, "Restrict Domains")?;
        }
        for domain in domains.split(',') {
            self.tap(&ADMIN, "+Add Domain")?;
            self.enter(&ADMIN, "Domain", domain)?;
        }
        self.tap(&ADMIN, "Save")
    }

    /// Downloads the desktop client of the first integration; the answer is the files of the archive.
    ///
    /// # Errors
    ///
    /// When Login Settings does not offer it, or what comes is no archive.
    pub fn download_desktop_client(&mut self) -> Result<BTreeMap<String, Vec<u8>>, JourneyError> {
        self.open_integration("Login Settings")?;
        self.tap(&ADMIN, "Download Desktop Client")?;
        self.tap(&ADMIN, "Download Now")?;
        self.downloaded_files()
    }

    /// The files of the archive that the administrator's browser has saved last.
    ///
    /// # Errors
    ///
    /// When it has saved none, or one that is no archive.
    pub fn downloaded_files(&self) -> Result<BTreeMap<String, Vec<u8>>, JourneyError> {
        let Some(file) = self.admin_downloads.last() else {
            return Err(JourneyError::Other("the administrator's browser has saved no file".to_owned()));
        };
        archive::files(&file.body).map_err(|problem| JourneyError::Other(format!("{}: {problem}", file.file_name)))
    }

    /// Installs the Passwordless client from what the administrator has downloaded: the installer and the parameters
    /// beside it.
    ///
    /// # Errors
    ///
    /// When the archive lacks one of both, or the parameters are refused.
    pub fn install_from_download(&mut self, who: &Person) -> Result<(), JourneyError> {
        if !self.downloaded_files()?.keys().any(|name| name.ends_with(".msi")) {
            return Err(JourneyError::Other("the archive holds no installer".to_owned()));
        }
        let parameters = self.downloaded_parameters()?;
        self.install(who, &parameters)
    }

    /// The same with another install token on the installer's command line.
    ///
    /// # Errors
    ///
    /// When nothing was downloaded, or the parameters are refused.
    pub fn install_with_token(&mut self, who: &Person, install_token: &str) -> Result<(), JourneyError> {
        let mut parameters = self.downloaded_parameters()?;
        parameters["installToken"] = install_token.into();
        self.install(who, &parameters)
    }

    /// The `hypr.json` of the archive that was downloaded last.
    ///
    /// # Errors
    ///
    /// When there is none, or it is no JSON.
    pub fn downloaded_parameters(&self) -> Result<Value, JourneyError> {
        let files = self.downloaded_files()?;
        let parameters = files.get("hypr.json").ok_or_else(|| JourneyError::Other("no hypr.json there".to_owned()))?;
        serde_json::from_slice(parameters).map_err(|error| JourneyError::Other(format!("hypr.json: {error}")))
    }

    /// How Control Center answers whoever asks for the phones of a workstation with the install token.
    ///
    /// # Errors
    ///
    /// When nothing was downloaded, or the person has no workstation.
    pub fn ask_with_install_token(&mut self, who: &Person) -> Result<Option<StatusCode>, JourneyError> {
        let parameters = self.downloaded_parameters()?;
        let machine = self.workstations[who.workstation_name()?].machine_id().to_owned();
        let text = |member: &str| parameters[member].as_str().unwrap_or_default().to_owned();
        let request = Request::get(format!("{}/api/lab/workstation/{machine}/devices", text("rpUrl")))
            .header("authorization", format!("Bearer {}", text("installToken")))
            .body(bytes::Bytes::new())
            .map_err(|error| JourneyError::Other(error.to_string()))?;
        Ok(self.hosts.begin(request).advance().and_then(Result::ok).map(|response| response.status()))
    }

    fn install(&mut self, who: &Person, parameters: &Value) -> Result<(), JourneyError> {
        let name = who.workstation_name()?.to_owned();
        let installed = self.with_workstation(&name, |machine, _| machine.install_client(&parameters.to_string()));
        installed.map_err(|error| JourneyError::Other(format!("the client of {name} was not installed: {error}")))
    }
}

/// Whether a feature flag is set for one application or for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlagLevel {
    /// For the application of the first integration.
    Application,
    /// For the tenant; application flags set here count for every application.
    Global,
}

/// Pages that stand in Advanced mode only.
const ADVANCED_PAGES: [&str; 3] = ["Workstation Settings", "Feature Flags", "Access Tokens"];
