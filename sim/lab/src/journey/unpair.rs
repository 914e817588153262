//! "Unpaired Users": from the phone, from the Passwordless client, from Control Center, in Entra.

use http::Method;
use serde_json::json;
use windows::Window;

use crate::lab::{Lab, Place};
use crate::people::{JourneyError, Person};

impl Lab {
    /// Deletes the security key on the phone.
    ///
    /// # Errors
    ///
    /// When the phone does not list it.
    pub fn delete_on_phone(&mut self, who: &Person) -> Result<(), JourneyError> {
        let phone = who.phone()?;
        self.open_app(who)?;
        self.tap(&phone, "My Security Keys")?;
        self.tap_in(&phone, &who.upn, ">")?;
        self.tap(&phone, "Delete")?;
        self.tap(&phone, "Delete")
    }

    /// Unpairs the phone in the Passwordless client.
    ///
    /// # Errors
    ///
    /// When the client does not list it.
    pub fn unpair_in_client(&mut self, who: &Person) -> Result<(), JourneyError> {
        let client = who.window(Window::Passwordless)?;
        let phone = who.phone_name()?.to_owned();
        self.with_workstation(who.workstation_name()?, |machine, now| machine.open(now, Window::Passwordless));
        self.tap_in(&client, &phone, "Unpair")?;
        self.tap(&client, "Unpair")
    }

    /// Opens Integration User Management as the administrator, on one of its tabs.
    ///
    /// # Errors
    ///
    /// When Control Center shows something else.
    pub fn open_user_management(&mut self, tab: &str) -> Result<(), JourneyError> {
        self.open_integration("User Management")?;
        let screen = self.screen(&Place::Admin).unwrap_or_default();
        let tab = screen.buttons.iter().map(|button| button.label.clone()).find(|label| label.starts_with(tab));
        match tab {
            Some(tab) => self.tap(&Place::Admin, &tab),
            None => Err(JourneyError::Other(format!("Control Center shows no such tab:\n{screen}"))),
        }
    }

    /// Deletes a user in Control Center.
    ///
    /// # Errors
    ///
    /// When no tab lists the user.
    pub fn delete_in_control_center(&mut self, who: &Person) -> Result<(), JourneyError> {
        let Some(tab) = self.tabs_that_list(who)?.pop() else {
            return Err(JourneyError::Other(format!("User Management lists {} nowhere", who.upn)));
        };
        self.open_user_management(tab)?;
        self.tap_in(&Place::Admin, &who.upn, "Delete")?;
        self.tap(&Place::Admin, "Delete")
    }

    /// The tabs of User Management that list the user, in their order on the page.
    ///
    /// # Errors
    ///
    /// When Control Center shows something else.
    pub fn tabs_that_list(&mut self, who: &Person) -> Result<Vec<&'static str>, JourneyError> {
        let mut tabs = Vec::new();
        for tab in ["Pending", "Paired with HYPR", "Paired with Azure"] {
            self.open_user_management(tab)?;
            if self.screen(&Place::Admin).is_some_and(|screen| screen.row(&who.upn).is_ok()) {
                tabs.push(tab);
            }
        }
        Ok(tabs)
    }

    /// An administrator deletes every security key of a person by Graph.
    ///
    /// # Errors
    ///
    /// When Graph refuses.
    pub fn delete_keys_in_entra(&mut self, who: &Person) -> Result<(), JourneyError> {
        let keys = format!("/users/{}/authentication/fido2Methods", who.upn);
        let listed = self.graph(Method::GET, &keys, None)?;
        for key in listed["value"].as_array().into_iter().flatten() {
            self.graph(Method::DELETE, &format!("{keys}/{}", key["id"].as_str().unwrap_or_default()), None)?;
        }
        Ok(())
    }

    /// Deletes the only security key in security info, with Edge.
    ///
    /// # Errors
    ///
    /// When security info does not list it.
    pub fn delete_in_security_info(&mut self, who: &Person) -> Result<(), JourneyError> {
        let edge = who.window(Window::Edge)?;
        self.browse(who, Window::Edge, super::SECURITY_INFO)?;
        self.tap(&edge, "UPDATE INFO")?;
        self.tap_in(&edge, "Security key", "Delete")?;
        self.answer_text_message(who, &edge)?;
        self.tap(&edge, "Ok")
    }

    /// An administrator suspends an account, or lets it in again.
    ///
    /// # Errors
    ///
    /// When Graph refuses.
    pub fn enable_account(&mut self, who: &Person, enabled: bool) -> Result<(), JourneyError> {
        self.graph(Method::PATCH, &format!("/users/{}", who.upn), Some(&json!({ "accountEnabled": enabled })))?;
        Ok(())
    }

    /// An administrator deletes an account.
    ///
    /// # Errors
    ///
    /// When Graph refuses.
    pub fn delete_account(&mut self, who: &Person) -> Result<(), JourneyError> {
        self.graph(Method::DELETE, &format!("/users/{}", who.upn), None)?;
        Ok(())
    }

    /// An administrator restores a deleted account.
    ///
    /// # Errors
    ///
    /// When no deleted account was this person's, or Graph refuses.
    pub fn restore_account(&mut self, who: &Person) -> Result<(), JourneyError> {
        let deleted = "/directory/deletedItems";
        let listed = self.graph(Method::GET, &format!("{deleted}/microsoft.graph.user"), None)?;
        // Entra puts the object id before the name of a deleted user.
        let is_theirs = |user: &&serde_json::Value| {
            user["userPrincipalName"].as_str().is_some_and(|upn| upn.to_lowercase().ends_with(&who.upn.to_lowercase()))
        };
        let found = listed["value"].as_array().into_iter().flatten().find(is_theirs);
        let Some(id) = found.and_then(|user| user["id"].as_str()) else {
            return Err(JourneyError::Other(format!("no deleted account of {} in {listed}", who.upn)));
        };
        self.graph(Method::POST, &format!("{deleted}/{id}/restore"), None)?;
        Ok(())
    }

    /// An administrator takes a directory role from the service account.
    ///
    /// # Errors
    ///
    /// When Entra has no such role, or Graph refuses.
    pub fn take_role_from_service_account(&mut self, name: &str) -> Result<(), JourneyError> {
        let role = entra::Role::by_display_name(name)
            .ok_or_else(|| JourneyError::Other(format!("Entra has no role {name:?}")))?;
        let account = format!("/users/{}", self.registration().service_account);
        let account = self.graph(Method::GET, &account, None)?;
        let id = account["id"].as_str().unwrap_or_default();
        let path = format!("/directoryRoles(roleTemplateId='{}')/members/{id}/$ref", role.template_id());
        self.graph(Method::DELETE, &path, None)?;
        Ok(())
    }
}
