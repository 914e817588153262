//! The tenant's Global Administrator at Microsoft Graph: what somebody else does in Entra while the scenario runs.

use std::collections::BTreeMap;

use bytes::Bytes;
use clockwork::{ExchangeId, Outbox, Reply};
use http::{Method, Request};
use serde_json::Value;
use url::form_urlencoded;

use crate::Lab;

/// The administrator's exchanges, and the token while it lasts.
#[derive(Debug, Default)]
pub(crate) struct Administrator {
    outbox: Outbox,
    replies: BTreeMap<ExchangeId, Reply>,
}

impl Administrator {
    pub(crate) fn poll_request(&mut self) -> Option<(ExchangeId, Request<Bytes>)> {
        self.outbox.poll()
    }

    pub(crate) fn handle_response(&mut self, id: ExchangeId, reply: Reply) {
        self.replies.insert(id, reply);
    }
}

/// Graph refused, or could not be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GraphError {
    /// The scenario names nobody with the role.
    #[error("the scenario has no user with the role Global Administrator")]
    NoAdministrator,
    /// No answer.
    #[error("Graph did not answer: {0}")]
    NoAnswer(String),
    /// An answer that is no success.
    #[error("{request} was answered {status}: {body}")]
    Refused {
        /// Method and path.
        request: String,
        /// HTTP status.
        status: u16,
        /// The error body.
        body: String,
    },
}

impl Lab {
    /// Calls Graph as the tenant's Global Administrator with a fresh token; `Null` when the answer has no body.
    ///
    /// # Errors
    ///
    /// [`GraphError`] when the scenario has no such person, or Entra or Graph refuses.
    pub fn graph(&mut self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, GraphError> {
        let token = self.administrator_token()?;
        let request = Request::builder()
            .method(method)
            .uri(format!("https://graph.microsoft.com/v1.0{path}"))
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .body(Bytes::from(body.map(Value::to_string).unwrap_or_default()))
            .map_err(|error| GraphError::NoAnswer(error.to_string()))?;
        self.ask(request)
    }

    fn administrator_token(&mut self) -> Result<String, GraphError> {
        let role = "Global Administrator";
        let holds = |user: &&crate::scenario::User| user.roles.iter().any(|held| held == role);
        let user = self.scenario().users.iter().find(holds).ok_or(GraphError::NoAdministrator)?;
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "password")
            .append_pair("client_id", &COMMAND_LINE_TOOLS.to_string())
            .append_pair("username", &user.upn)
            .append_pair("password", &user.password)
            .append_pair("scope", "https://graph.microsoft.com/.default")
            .finish();
        let url = format!("https://login.microsoftonline.com/{}/oauth2/v2.0/token", self.scenario().tenant.domain);
        let request = Request::post(url)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Bytes::from(form))
            .map_err(|error| GraphError::NoAnswer(error.to_string()))?;
        let answer = self.ask(request)?;
        Ok(answer["access_token"].as_str().unwrap_or_default().to_owned())
    }

    fn ask(&mut self, request: Request<Bytes>) -> Result<Value, GraphError> {
        let what = format!("{} {}", request.method(), request.uri().path());
        let id = self.graph.outbox.send(request);
        self.settle();
        let reply = self.graph.replies.remove(&id);
        let reply = reply.ok_or_else(|| GraphError::NoAnswer("still waiting".into()))?;
        let response = reply.map_err(|unreachable| GraphError::NoAnswer(unreachable.to_string()))?;
        if !response.status().is_success() {
            let body = String::from_utf8_lossy(response.body()).into_owned();
            return Err(GraphError::Refused { request: what, status: response.status().as_u16(), body });
        }
        Ok(serde_json::from_slice(response.body()).unwrap_or(Value::Null))
    }
}

/// Microsoft Graph Command Line Tools, Microsoft's own public client for administrators.
pub(crate) const COMMAND_LINE_TOOLS: uuid::Uuid = uuid::uuid!("14d82eec-204b-4c2f-b7e8-296a70dab67e");

/// The setting of the guide's "Enable Security Keys in Intune".
pub const SECURITY_KEY_SIGN_IN: &str = "./Device/Vendor/MSFT/PassportForWork/SecurityKey/UseSecurityKeyForSignin";
