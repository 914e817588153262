//! Custom Event Hooks: which events go where, read from the JSON that HYPR documents (`hypr.md` §2.6).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Uri, header};
use serde::Deserialize;

use crate::audit::{Record, to_json};
use crate::secret::Secret;

/// One hook.
#[derive(Clone, Debug)]
pub struct Hook {
    /// Its name, unique in the tenant.
    pub name: String,
    /// Which events it wants.
    pub event_type: EventType,
    /// Where they go.
    pub endpoint: Uri,
    method: Method,
    /// What goes along with each request; values may be secret.
    headers: Vec<(HeaderName, Secret)>,
}

/// The events that a hook wants, by their tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "HYPR's own names say what they are")]
pub enum EventType {
    Admin,
    All,
    Authentication,
    Deregistration,
    MagicLink,
    OfflineAccess,
    Registration,
    SmartKey,
    WebRegistration,
}

/// What is wrong with the JSON of a hook.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HookError {
    /// It is no such JSON.
    #[error("The event hook cannot be read: {0}")]
    Malformed(String),
    /// Another one has the name.
    #[error("An event hook of the name {0:?} exists already.")]
    Taken(String),
    /// Too many.
    #[error("A tenant has 10 event hooks at most.")]
    TooMany,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Definition {
    name: String,
    event_type: EventType,
    invocation_endpoint: String,
    http_method: String,
    auth_type: AuthType,
    #[serde(default)]
    auth_params: AuthParams,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
enum AuthType {
    #[serde(rename = "NONE")]
    Nothing,
    #[serde(rename = "BASIC")]
    Basic,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct AuthParams {
    basic_auth_parameters: Option<BasicAuth>,
    invocation_http_parameters: HttpParameters,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BasicAuth {
    username: String,
    password: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct HttpParameters {
    header_parameters: Vec<HeaderParameter>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct HeaderParameter {
    key: String,
    value: String,
    #[serde(default, rename = "isValueSecret")]
    _is_value_secret: bool,
}

impl Hook {
    /// Reads the JSON of a hook.
    ///
    /// # Errors
    ///
    /// [`HookError::Malformed`] says what does not fit.
    pub fn parse(json: &str) -> Result<Self, HookError> {
        let malformed = |problem: &dyn std::fmt::Display| HookError::Malformed(problem.to_string());
        let definition: Definition = serde_json::from_str(json).map_err(|error| malformed(&error))?;
        let headers = definition.headers().map_err(|problem| malformed(&problem))?;
        let endpoint: Uri = definition.invocation_endpoint.parse().map_err(|error| malformed(&error))?;
        if !matches!(endpoint.scheme_str(), Some("http" | "https")) || endpoint.host().is_none() {
            return Err(malformed(&"invocationEndpoint must be an http or https address"));
        }
        let methods = [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::PATCH];
        let method = methods.into_iter().find(|method| *method == definition.http_method.as_str());
        let method = method.ok_or_else(|| malformed(&"httpMethod must be GET, POST, PUT, DELETE or PATCH"))?;
        if definition.name.trim().is_empty() {
            return Err(malformed(&"name must not be empty"));
        }
        Ok(Self { name: definition.name, event_type: definition.event_type, endpoint, method, headers })
    }

    /// Whether it wants to hear of a record.
    pub(crate) fn wants(&self, record: &Record) -> bool {
        self.event_type == EventType::All || record.event_tags.split(' ').any(|tag| tag == self.event_type.tag())
    }

    /// The request that tells of a record: the record's own JSON, a convention of the lab.
    pub(crate) fn request(&self, record: &Record) -> Request<Bytes> {
        let mut request = Request::new(Bytes::from(to_json(record).to_string()));
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.endpoint.clone();
        request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        for (name, value) in &self.headers {
            if let Ok(value) = HeaderValue::try_from(value.reveal()) {
                request.headers_mut().insert(name.clone(), value);
            }
        }
        request
    }
}

impl Definition {
    fn headers(&self) -> Result<Vec<(HeaderName, Secret)>, String> {
        let mut headers = Vec::new();
        for HeaderParameter { key, value, .. } in &self.auth_params.invocation_http_parameters.header_parameters {
            let name = key.parse().map_err(|_| format!("{key:?} is no header"))?;
            HeaderValue::try_from(value).map_err(|_| format!("the value of {key:?} fits into no header"))?;
            headers.push((name, Secret::new(value.as_str())));
        }
        if self.auth_type == AuthType::Basic {
            let BasicAuth { username, password } =
                self.auth_params.basic_auth_parameters.as_ref().ok_or("BASIC needs basicAuthParameters")?;
            let credentials = STANDARD.encode(format!("{username}:{password}"));
            headers.push((header::AUTHORIZATION, Secret::new(format!("Basic {credentials}"))));
        }
        Ok(headers)
    }
}

impl EventType {
    /// HYPR's name, which is also the tag of the events.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Admin => "ADMIN",
            Self::All => "ALL",
            Self::Authentication => "AUTHENTICATION",
            Self::Deregistration => "DEREGISTRATION",
            Self::MagicLink => "MAGIC_LINK",
            Self::OfflineAccess => "OFFLINE_ACCESS",
            Self::Registration => "REGISTRATION",
            Self::SmartKey => "SMART_KEY",
            Self::WebRegistration => "WEB_REGISTRATION",
        }
    }
}
