//! "Setting Up the Entra/Azure AD Tenant": what an administrator does in the portal's pages.

use crate::lab::{Lab, Place};
use crate::people::{JourneyError, Person};

const ADMIN: Place = Place::Admin;

impl Lab {
    /// Opens an address in the administrator's browser and signs in there.
    ///
    /// # Errors
    ///
    /// When a page of the sign-in does not come.
    pub fn sign_in_as_admin(&mut self, url: &str, who: &Person) -> Result<(), JourneyError> {
        self.open_as_admin(url);
        self.enter(&ADMIN, "Email, phone, or Skype", &who.upn)?;
        self.tap(&ADMIN, "Next")?;
        self.enter(&ADMIN, "Password", &who.password)?;
        self.tap(&ADMIN, "Sign in")?;
        self.tap(&ADMIN, "No")
    }

    /// What stands beside a name on the administrator's screen, or in the column of that name; where there are more
    /// lines than one, in the line that shows `row`.
    ///
    /// # Errors
    ///
    /// When nothing stands there, or more than one thing.
    pub fn beside(&self, name: &str, row: Option<&str>) -> Result<String, JourneyError> {
        let screen = self.screen(&ADMIN).unwrap_or_default();
        let lines =
            screen.rows.iter().filter(|line| row.is_none_or(|row| line.cells.iter().any(|(_, value)| value == row)));
        let cells = lines.flat_map(|line| &line.cells).filter(|(known, _)| known == name);
        match cells.map(|(_, value)| value).collect::<Vec<_>>().as_slice() {
            [value] => Ok((*value).clone()),
            found => Err(JourneyError::Other(format!("{} things stand beside {name:?}:\n{screen}", found.len()))),
        }
    }

    /// Adds the integration with values for the form's fields; what is not given stays empty.
    ///
    /// # Errors
    ///
    /// When Control Center does not show the form.
    pub fn add_integration_with(&mut self, values: &[(&str, &str)]) -> Result<(), JourneyError> {
        self.open_integration_form()?;
        self.enter(&ADMIN, "Application Name", "HighlandsPasskey")?;
        for (field, value) in values {
            self.enter(&ADMIN, field, value)?;
        }
        self.tap(&ADMIN, "Add Integration")
    }
}
