//! What a tenant does that is worth a line in the journal; no line holds a secret.

use crate::secret::Secret;

/// One thing that happened in the tenant.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A token was issued.
    TokenIssued {
        /// The client's id.
        client_id: uuid::Uuid,
        /// Its display name.
        client: String,
        /// The user principal name; none for the application itself.
        user: Option<String>,
        /// By which grant.
        grant: Grant,
        /// Granted scopes or app roles.
        scope: String,
    },
    /// Somebody signed in interactively, with what (`amr`).
    SignedIn {
        /// The user principal name.
        user: String,
        /// Authentication methods used.
        amr: Vec<String>,
    },
    /// A sign-in or token request was refused.
    SignInRefused {
        /// The user principal name, as given.
        user: Option<String>,
        /// The AADSTS code.
        code: u32,
        /// Its text, without the code.
        reason: String,
    },
    /// Somebody replaced the password that an administrator had set.
    PasswordChanged {
        /// The user principal name.
        user: String,
    },
    /// A text message left for a phone; the journal masks the code.
    TextMessage {
        /// The phone number.
        to: String,
        /// The code in it.
        code: Secret,
    },
    /// A security key was registered.
    KeyRegistered {
        /// The user principal name.
        user: String,
        /// The key's name.
        name: String,
        /// The model.
        aaguid: uuid::Uuid,
    },
    /// A security key was refused at registration.
    KeyRefused {
        /// The user principal name.
        user: String,
        /// Why.
        reason: String,
    },
    /// A security key was deleted.
    KeyDeleted {
        /// The user principal name.
        user: String,
        /// The key's name.
        name: String,
        /// Who deleted it: a user principal name or an application.
        by: String,
    },
    /// Somebody changed the directory, through Graph or the portal.
    DirectoryChanged {
        /// Who: a user principal name or an application.
        by: String,
        /// What, as one plain sentence without its subject: `created the group "A"`.
        what: String,
    },
    /// A device fetched Intune's settings.
    DeviceSynced {
        /// Its name.
        device: String,
        /// How many settings apply to it.
        settings: usize,
    },
    /// A device asked Intune and gets nothing.
    DeviceNotManaged {
        /// Its name, or its id if the tenant does not know it.
        device: String,
        /// Why.
        reason: String,
    },
    /// Graph refused a request.
    GraphRefused {
        /// `POST /v1.0/groups`.
        request: String,
        /// HTTP status.
        status: u16,
        /// Graph's error code.
        code: String,
        /// Its message.
        message: String,
    },
}

/// How a token was asked for (`grant_type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grant {
    /// `client_credentials`.
    ClientCredentials,
    /// `password`.
    Password,
    /// `authorization_code`.
    AuthorizationCode,
    /// `refresh_token`.
    RefreshToken,
    /// `urn:ietf:params:oauth:grant-type:device_code`.
    DeviceCode,
    /// `urn:ietf:params:oauth:grant-type:jwt-bearer` with `requested_token_use=on_behalf_of`.
    OnBehalfOf,
    /// Windows sign-in: a primary refresh token.
    WindowsSignIn,
}

impl Grant {
    /// Whether a person has just been there, as Microsoft's logs tell sign-ins apart.
    pub(crate) fn is_interactive(self) -> bool {
        !matches!(self, Self::RefreshToken | Self::OnBehalfOf | Self::ClientCredentials)
    }
}

impl std::fmt::Display for Grant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::ClientCredentials => "client credentials",
            Self::Password => "a password",
            Self::AuthorizationCode => "an authorization code",
            Self::RefreshToken => "a refresh token",
            Self::DeviceCode => "a device code",
            Self::OnBehalfOf => "an assertion on behalf of the user",
            Self::WindowsSignIn => "Windows sign-in",
        })
    }
}

impl std::fmt::Display for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TokenIssued { client, user: Some(user), grant, scope, .. } => {
                write!(f, "issued a token to {client} for {user} by {grant}: {scope}")
            }
            Self::TokenIssued { client, user: None, grant, scope, .. } => {
                write!(f, "issued a token to {client} by {grant}: {scope}")
            }
            Self::SignedIn { user, amr } => write!(f, "{user} signed in ({})", amr.join(", ")),
            Self::SignInRefused { user: Some(user), code, reason } => {
                write!(f, "refused {user}: AADSTS{code}: {reason}")
            }
            Self::SignInRefused { user: None, code, reason } => write!(f, "refused a sign-in: AADSTS{code}: {reason}"),
            Self::PasswordChanged { user } => write!(f, "{user} set a new password"),
            Self::TextMessage { to, .. } => write!(f, "sent a code to {to}"),
            Self::KeyRegistered { user, name, aaguid } => {
                write!(f, "registered the security key {name:?} of {user} (AAGUID {aaguid})")
            }
            Self::KeyRefused { user, reason } => write!(f, "refused a security key of {user}: {reason}"),
            Self::KeyDeleted { user, name, by } => write!(f, "{by} deleted the security key {name:?} of {user}"),
            Self::DirectoryChanged { by, what } => write!(f, "{by} {what}"),
            Self::DeviceSynced { device, settings } => write!(f, "gave {device} {settings} Intune settings"),
            Self::DeviceNotManaged { device, reason } => write!(f, "gave {device} no Intune settings: {reason}"),
            Self::GraphRefused { request, status, code, message } => {
                write!(f, "Graph refused {request}: {status} {code}: {message}")
            }
        }
    }
}
