//! What the app remembers of a pairing (guide: "HYPR Mobile App Changes"): one entry of My Security Keys each.

use jiff::Timestamp;
use url::Url;

use crate::confirmation::Confirmation;

/// The relying party that Enterprise Passkeys are for, until Control Center names another.
pub const ENTRA: &str = "login.microsoft.com";

/// Bytes of a user's name that every authenticator keeps (WebAuthn Level 3 §6.4.1).
const NAME_BYTES_KEPT: usize = 64;

/// So that every request address stays far below what HTTP libraries take.
const SERVER_BYTES_MAX: usize = 2_000;

/// A Control Center, by its `rpUrl` (`https://highlandsbank.gethypr.com/rp`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Server(Url);

impl Server {
    /// The server with this `rpUrl`; `None` unless it is an https address that ends in `/rp`.
    #[must_use]
    pub fn parse(rp_url: &str) -> Option<Self> {
        let url = Url::parse(rp_url.trim_end_matches('/')).ok()?;
        let plain = url.scheme() == "https" && url.query().is_none() && url.fragment().is_none();
        let anonymous = url.username().is_empty() && url.password().is_none();
        // url lets hosts through that http does not.
        let sendable = url.as_str().len() <= SERVER_BYTES_MAX && http::Uri::try_from(url.as_str()).is_ok();
        (plain && anonymous && sendable && url.path().ends_with("/rp")).then_some(Self(url))
    }

    /// The server that a person means by an App Name: a host, or its address as the computer shows it.
    #[must_use]
    pub fn named(app_name: &str) -> Option<Self> {
        let name = app_name.trim().trim_start_matches("https://").trim_end_matches('/').trim_end_matches("/rp");
        (!name.is_empty() && !name.contains('/')).then(|| Self::parse(&format!("https://{name}/rp"))).flatten()
    }

    /// The host alone, for people.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    pub(crate) fn url(&self) -> &Url {
        &self.0
    }
}

/// Names an account: who, in which application of which Control Center.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AccountId {
    /// Where it is paired.
    pub server: Server,
    /// The integration's application.
    pub rp_app_id: String,
    /// The user, as Control Center writes it.
    pub username: String,
}

/// An account paired with this phone.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// Whose it is and where.
    pub id: AccountId,
    /// The person's name.
    pub display_name: String,
    /// The user's object id in Entra, when Control Center knows it.
    pub object_id: Option<String>,
    /// For whose ceremonies this account stands.
    pub relying_party: String,
    /// The name that the owner gave it.
    pub label: Option<String>,
    /// When it was paired with HYPR.
    pub paired_at: Timestamp,
    /// The integration's state, as last fetched.
    pub integration: Integration,
    /// What Restrict Domains says, as last fetched.
    pub domain: Domain,
    /// How far the pairing is, as last fetched.
    pub phase: Phase,
    /// Whether the pairing still stands.
    pub standing: Standing,
    /// The workstations from which it was paired.
    pub machines: Vec<Machine>,
    /// What the key was used for, oldest first.
    pub activity: Vec<Activity>,
    pub(crate) confirmation: Option<Confirmation>,
}

impl Account {
    /// Why the phone refuses ceremonies for this account; `None` when it does not.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        match (&self.standing, self.domain, self.integration) {
            (Standing::Unknown | Standing::Removing(_), _, _) => Some(Refusal::NotPaired),
            (Standing::Paired, Domain::NotAccepted, _) => Some(Refusal::DomainNotAccepted),
            (Standing::Paired, Domain::Accepted, Integration::Disabled) => Some(Refusal::IntegrationDisabled),
            (Standing::Paired, Domain::Accepted, Integration::Enabled) => None,
        }
    }

    /// Whether a credential of this relying party and user name is this account's; an authenticator keeps only the
    /// beginning of a long name.
    #[must_use]
    pub fn owns(&self, rp_id: &str, user_name: Option<&str>) -> bool {
        let whole = self.id.username.as_str();
        let kept = &whole[..whole.floor_char_boundary(NAME_BYTES_KEPT)];
        let is_ours = |name: &str| name.eq_ignore_ascii_case(whole) || name.eq_ignore_ascii_case(kept);
        self.relying_party == rp_id && user_name.is_some_and(is_ours)
    }
}

/// The integration's switch in Control Center.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Integration {
    /// Ceremonies are allowed.
    Enabled,
    /// Pairing with HYPR is all that works.
    Disabled,
}

/// The verdict of Restrict Domains on the user's domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// No restriction, or the domain is on the list.
    Accepted,
    /// The domain is not on the list.
    NotAccepted,
}

/// How far a user has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Phase {
    /// Invited only.
    Pending,
    /// Paired with HYPR, not with Azure.
    PairedWithHypr,
    /// The Enterprise Passkey works.
    PairedWithAzure,
}

/// Whether a pairing still stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// On both sides, as far as is known.
    Paired,
    /// Control Center does not know it any more.
    Unknown,
    /// The owner has deleted it; Control Center has not confirmed yet.
    Removing(Removal),
}

/// How far a removal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// Control Center has been asked.
    Asked,
    /// Control Center could not be reached or did not do it; asked again when the app opens.
    Postponed,
    /// Control Center does not accept this phone any more: asking again would change nothing.
    Refused,
}

/// A workstation from which an account was paired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How it is joined.
    pub join: Join,
}

/// How a workstation is joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Join {
    /// To Entra alone.
    AzureAd,
    /// To Active Directory and Entra; the phone lists it under My Computers.
    Hybrid,
}

/// A use of a security key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: Use,
}

/// What a security key was used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// It was registered with the relying party.
    Registered,
    /// It signed somebody in.
    SignedIn,
}

/// Why the phone answers a ceremony with `OPERATION_DENIED` without asking the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The integration is DISABLED.
    IntegrationDisabled,
    /// Restrict Domains leaves the user's domain out.
    DomainNotAccepted,
    /// No account is paired for the relying party, or Control Center does not know it any more.
    NotPaired,
}

impl std::fmt::Display for AccountId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} in {}", self.username, self.rp_app_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_name_is_a_host_or_the_address_that_the_computer_shows() {
        for name in ["bank.gethypr.com", " https://bank.gethypr.com/rp ", "https://bank.gethypr.com/"] {
            assert_eq!(Server::named(name), Server::parse("https://bank.gethypr.com/rp"), "{name}");
        }
        for name in ["", "https://", "two words", "bank.gethypr.com/evil/path", "user@bank.gethypr.com"] {
            assert_eq!(Server::named(name), None, "{name}");
        }
    }

    #[test]
    fn a_server_that_is_not_https_or_not_rp_is_no_server() {
        assert_eq!(Server::parse("http://bank.gethypr.com/rp"), None);
        assert_eq!(Server::parse("https://bank.gethypr.com/"), None);
        assert_eq!(Server::parse("https://bank\"quoted\".com/rp"), None);
        assert!(Server::parse("https://bank.gethypr.com:8443/rp").is_some());
    }
}
