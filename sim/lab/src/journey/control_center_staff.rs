//! Control Center Users, access tokens, event hooks and e-mails: what administrators do beside the guide (`hypr.md` §2, §3).

use http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use crate::lab::{Lab, Place};
use crate::people::JourneyError;

const ADMIN: Place = Place::Admin;
/// The password of every Control Center user that a scenario adds.
const PASSWORD: &str = "Kelpie-11-Burn";

impl Lab {
    /// Control Center Settings, Add User.
    ///
    /// # Errors
    ///
    /// When a page does not offer it.
    pub fn add_control_center_user(&mut self, email: &str, role: &str, audit_trail: bool) -> Result<(), JourneyError> {
        self.open_integrations()?;
        self.tap(&ADMIN, "Control Center Settings")?;
        self.tap(&ADMIN, "Add User")?;
        self.enter(&ADMIN, "Email", email)?;
        self.enter(&ADMIN, "Password", PASSWORD)?;
        self.enter(&ADMIN, "Role", role)?;
        self.enter(&ADMIN, "Audit Trail Access", if audit_trail { "on" } else { "off" })?;
        self.tap(&ADMIN, "Save")
    }

    /// Signs the administrator's browser out, and in as somebody else.
    ///
    /// # Errors
    ///
    /// When a page does not offer it.
    pub fn sign_in_to_control_center(&mut self, email: &str) -> Result<(), JourneyError> {
        self.open_integrations()?;
        self.tap(&ADMIN, "Sign Out")?;
        self.enter(&ADMIN, "Email", email)?;
        self.enter(&ADMIN, "Password", PASSWORD)?;
        self.tap(&ADMIN, "Sign In")
    }

    /// Creates an access token and keeps it, as whoever copies it from the page.
    ///
    /// # Errors
    ///
    /// When the page does not offer it or shows none.
    pub fn create_access_token(&mut self, rp_app_id: &str, permission: &str) -> Result<(), JourneyError> {
        self.open_application(rp_app_id, "Access Tokens")?;
        self.enter(&ADMIN, "Token Name", "script")?;
        self.enter(&ADMIN, "Permission", permission)?;
        self.tap(&ADMIN, "Create Token")?;
        let screen = self.screen(&ADMIN).unwrap_or_default();
        let token = screen.field("Token").map(|field| field.value.clone());
        self.access_token = token.map_err(|_| JourneyError::Other(format!("no token is shown:\n{screen}")))?;
        Ok(())
    }

    /// A script searches the audit trail of the last day with the token; the answer is the status and the body.
    pub fn search_audit_trail(&mut self) -> (StatusCode, Value) {
        let (now, host) = (self.now().as_millisecond(), self.scenario().control_center.host.clone());
        let address = format!(
            "https://{host}/cc/api/versioned/audit/search?startTSUTC={}&endTSUTC={now}&pageSize=2&pageNumber=1&orderBy=eventTimeInUTC&sortDir=asc",
            now - 86_400_000
        );
        let request = Request::builder()
            .method(Method::GET)
            .uri(address)
            .header("authorization", format!("Bearer {}", self.access_token))
            .body(bytes::Bytes::new())
            .expect("an address and a token of visible letters");
        let reply = self.hosts.begin(request).advance();
        match reply {
            Some(Ok(response)) => {
                (response.status(), serde_json::from_slice(response.body()).unwrap_or_else(|_| json!(null)))
            }
            _ => (StatusCode::BAD_GATEWAY, json!(null)),
        }
    }

    /// The names of the events in the file that the Audit Trail's Export has saved last.
    ///
    /// # Errors
    ///
    /// When nothing was saved, or it is no such file.
    pub fn exported_events(&self) -> Result<Vec<String>, JourneyError> {
        let problem = |problem: &str| JourneyError::Other(format!("no audit trail was exported: {problem}"));
        let file = self.admin_downloads.last().ok_or_else(|| problem("the browser has saved no file"))?;
        let json: Value = serde_json::from_slice(&file.body).map_err(|error| problem(&error.to_string()))?;
        let events = json["data"].as_array().ok_or_else(|| problem("the file has no data"))?;
        Ok(events.iter().map(|event| event["eventName"].as_str().unwrap_or_default().to_owned()).collect())
    }

    /// Adds an event hook that sends events of this type to the lab's receiver.
    ///
    /// # Errors
    ///
    /// When the page does not offer it.
    pub fn add_event_hook(&mut self, event_type: &str) -> Result<(), JourneyError> {
        let hook = json!({
            "name": "SIEM",
            "eventType": event_type,
            "invocationEndpoint": format!("https://{}/events", crate::receiver::HOST),
            "httpMethod": "POST",
            "authType": "NONE",
            "authParams": {},
        });
        self.open_integrations()?;
        self.tap(&ADMIN, "Add New Integrations")?;
        self.tap(&ADMIN, "Custom Event Hooks")?;
        self.enter(&ADMIN, "Event Hook JSON", &hook.to_string())?;
        self.tap(&ADMIN, "Add Event Hook")
    }
}
