//! "Setting Up the HYPR Tenant": what an administrator does in Control Center's pages.

use jiff::SignedDuration;

use crate::lab::{Lab, Place};
use crate::people::JourneyError;

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

    /// Opens a page of the integration: `User Management`, `Integration Settings`, `Login Settings`, ...
    ///
    /// # Errors
    ///
    /// When there is no integration or no such page.
    pub fn open_integration(&mut self, page: &str) -> Result<(), JourneyError> {
        self.open_integrations()?;
        let screen = self.screen(&ADMIN).unwrap_or_default();
        let name = screen.rows.first().and_then(|row| row.cells.first()).map(|(_, name)| name.clone());
        let Some(name) = name else {
            return Err(JourneyError::Other(format!("Control Center lists no integration:\n{screen}")));
        };
        self.tap_in(&ADMIN, &name, page)
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
        self.enter(&ADMIN, "Restrict Domains", "on")?;
        self.enter(&ADMIN, "Accepted domains", domains)?;
        self.tap(&ADMIN, "Save")
    }
}
