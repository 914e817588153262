//! How one integration reaches Entra: what the admin typed, and the token that came of it (`entra.md` §1.4).

use bytes::Bytes;
use http::{Method, Request};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use url::form_urlencoded;

use crate::secret::Secret;

const SCOPE: &str = "https://graph.microsoft.com/.default offline_access openid";

/// What Control Center needs to call Entra: the app registration and the service account.
#[derive(Clone, Debug)]
pub struct Connection {
    /// Client ID.
    pub client_id: String,
    /// Tenant ID.
    pub tenant_id: String,
    /// Client Secret: its value, not its id.
    pub client_secret: Secret,
    /// Service Account Username.
    pub username: String,
    /// Service Account Password.
    pub password: Secret,
}

/// A connection and the tokens that it holds at the moment.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    connection: Connection,
    access: Option<AccessToken>,
    refresh: Option<Secret>,
}

#[derive(Clone, Debug)]
struct AccessToken {
    token: Secret,
    expires: Timestamp,
}

/// Which grant asks for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grant {
    Password,
    Refresh,
}

/// The success body of the token endpoint, §1.4.
#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    expires_in: i64,
    scope: Option<String>,
    refresh_token: Option<String>,
}

impl Link {
    pub(crate) fn new(connection: Connection) -> Self {
        Self { connection, access: None, refresh: None }
    }

    pub(crate) fn tenant_id(&self) -> &str {
        &self.connection.tenant_id
    }

    /// The access token, if it is still good.
    pub(crate) fn access_token(&self, now: Timestamp) -> Option<&str> {
        let fresh = self.access.as_ref().filter(|access| now < access.expires);
        fresh.map(|access| access.token.reveal())
    }

    /// Entra did not accept the access token, or the account's rights are to be read anew.
    pub(crate) fn forget_access_token(&mut self) {
        self.access = None;
    }

    /// Entra did not accept the refresh token.
    pub(crate) fn forget_refresh_token(&mut self) {
        self.refresh = None;
    }

    /// The grant to try first.
    pub(crate) fn grant(&self) -> Grant {
        if self.refresh.is_some() { Grant::Refresh } else { Grant::Password }
    }

    pub(crate) fn token_request(&self, grant: Grant) -> Request<Bytes> {
        let Connection { client_id, tenant_id, client_secret, username, password } = &self.connection;
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("client_id", client_id).append_pair("client_secret", client_secret.reveal());
        form.append_pair("scope", SCOPE);
        match (grant, &self.refresh) {
            (Grant::Refresh, Some(token)) => {
                form.append_pair("grant_type", "refresh_token").append_pair("refresh_token", token.reveal());
            }
            _ => {
                form.append_pair("grant_type", "password");
                form.append_pair("username", username).append_pair("password", password.reveal());
            }
        }
        let mut url = url::Url::parse("https://login.microsoftonline.com/").expect("a literal URL parses");
        url.path_segments_mut().expect("https has a path").extend([tenant_id, "oauth2", "v2.0", "token"]);
        Request::builder()
            .method(Method::POST)
            .uri(url.as_str())
            .header(http::header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(http::header::ACCEPT, "application/json")
            .body(Bytes::from(form.finish()))
            .expect("a URL made by the url crate is a URI, and the form has taken no long Tenant ID")
    }

    /// Keeps the tokens of a success body; the answer is the granted scope, or nothing when the body makes no sense.
    pub(crate) fn keep_tokens(&mut self, now: Timestamp, body: &[u8]) -> Option<String> {
        let answer: TokenAnswer = serde_json::from_slice(body).ok()?;
        if !answer.access_token.chars().all(|c| c.is_ascii_graphic()) {
            return None;
        }
        let expires = now + SignedDuration::from_secs(answer.expires_in.clamp(0, 86_400));
        self.access = Some(AccessToken { token: Secret::new(answer.access_token), expires });
        if let Some(token) = answer.refresh_token {
            self.refresh = Some(Secret::new(token));
        }
        Some(answer.scope.unwrap_or_default())
    }
}
