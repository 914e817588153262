//! `hypr.json`, the installation parameters beside the installer.

use serde::Deserialize;
use url::Url;
use uuid::Uuid;

/// The installation parameters, checked.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Installation {
    /// Control Center's relying-party URL, ends in `/rp`.
    pub(crate) rp_url: Url,
    /// The integration's rpApp.
    pub(crate) app_id: String,
    /// Proves at the first pairing that the installation came from Control Center.
    pub(crate) install_token: Uuid,
}

/// Why the installer refuses a `hypr.json`: the fault is the file's.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// The installer is one for Windows (guide, "What You'll Need").
    #[error("HYPR Passwordless needs Windows; macOS is not yet supported.")]
    MacOs,
    /// The archive was not unpacked as a whole.
    #[error("hypr.json is not beside the installer. Unpack both files of the archive and try again.")]
    NoFile,
    /// Not JSON, or a member of a wrong type.
    #[error("hypr.json cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// A member that the installer requires is absent or empty.
    #[error("hypr.json has no {0}")]
    Missing(&'static str),
    /// `rpUrl` does not lead to Control Center.
    #[error("rpUrl in hypr.json must be an https address that ends in /rp, not {0:?}")]
    RpUrl(String),
    /// `installToken` is not a UUID. The value is a secret and not shown.
    #[error("installToken in hypr.json is not a UUID")]
    InstallToken,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HyprJson {
    rp_url: Option<String>,
    app_id: Option<String>,
    install_token: Option<String>,
}

impl Installation {
    /// Reads and checks `hypr.json`. Members that the lab has no use for are ignored, among them `pinningHash`.
    pub(crate) fn parse(hypr_json: &str) -> Result<Self, InstallError> {
        let file: HyprJson = serde_json::from_str(hypr_json)?;
        let install_token = present(file.install_token, "installToken")?;
        Ok(Self {
            rp_url: rp_url(&present(file.rp_url, "rpUrl")?)?,
            app_id: present(file.app_id, "appId")?,
            install_token: Uuid::parse_str(&install_token).map_err(|_| InstallError::InstallToken)?,
        })
    }

    /// Whether both belong to the same rpApp of the same Control Center.
    pub(crate) fn is_same_application(&self, other: &Self) -> bool {
        self.rp_url == other.rp_url && self.app_id == other.app_id
    }

    /// Control Center's host.
    pub(crate) fn host(&self) -> &str {
        self.rp_url.host_str().expect("an https URL has a host")
    }
}

fn present(value: Option<String>, name: &'static str) -> Result<String, InstallError> {
    value.filter(|value| !value.trim().is_empty()).ok_or(InstallError::Missing(name))
}

fn rp_url(text: &str) -> Result<Url, InstallError> {
    let parsed = Url::parse(text).ok();
    let fits = |url: &Url| url.scheme() == "https" && url.path().ends_with("/rp") && url.query().is_none();
    parsed.filter(fits).ok_or_else(|| InstallError::RpUrl(text.to_owned()))
}
