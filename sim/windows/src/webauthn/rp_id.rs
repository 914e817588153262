//! May this origin use that RP ID (WebAuthn Level 3 §5.1.3 step 8, §5.11 for related origins)?

use std::collections::BTreeSet;

use url::Url;

/// Suffixes under which strangers register domains, besides every single label. A small guard, not the Public Suffix
/// List: it names those that a lab may meet (convention of the lab).
const PUBLIC_SUFFIXES: [&str; 8] = [
    "co.uk",
    "com.au",
    "co.jp",
    "github.io",
    "azurewebsites.net",
    "cloudapp.net",
    "onmicrosoft.com",
    "blob.core.windows.net",
];
/// Different registrable labels that a client takes from one list of related origins (§5.11.1 asks for at least 5).
const RELATED_LABELS_MAX: usize = 5;

/// How an origin and an RP ID belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The RP ID is the origin's domain or a registrable suffix of it.
    Own(String),
    /// It is not; only the RP ID's own list of related origins can allow it.
    Related(String),
}

/// The origin may not use the RP ID.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RpIdError {
    /// Not `https`, or no domain.
    #[error("{0} is no https origin with a domain")]
    Origin(String),
    /// The RP ID is no domain, or one under which anybody registers.
    #[error("{0} is not a registrable domain")]
    NotRegistrable(String),
    /// The RP ID belongs to another site, whose list does not name the origin.
    #[error("{rp_id} does not accept ceremonies of {origin}")]
    Foreign {
        /// The caller.
        origin: String,
        /// The RP ID asked for.
        rp_id: String,
    },
}

/// Compares an origin with the RP ID of the options.
///
/// # Errors
///
/// When either is unusable by itself.
pub fn scope(origin: &str, rp_id: Option<&str>) -> Result<Scope, RpIdError> {
    let host = secure_host(origin).ok_or_else(|| RpIdError::Origin(origin.to_owned()))?;
    let Some(rp_id) = rp_id else { return Ok(Scope::Own(host)) };
    if rp_id == host {
        return Ok(Scope::Own(host));
    }
    if !is_domain(rp_id) || is_public_suffix(rp_id) {
        return Err(RpIdError::NotRegistrable(rp_id.to_owned()));
    }
    let is_suffix = host.strip_suffix(rp_id).is_some_and(|labels| labels.ends_with('.'));
    Ok(if is_suffix { Scope::Own(rp_id.to_owned()) } else { Scope::Related(rp_id.to_owned()) })
}

/// Whether the body of `https://{rpId}/.well-known/webauthn` names the origin (§5.11.1).
pub(crate) fn lists(body: &[u8], origin: &str) -> bool {
    #[derive(serde::Deserialize)]
    struct Related {
        origins: Vec<String>,
    }
    let Ok(related) = serde_json::from_slice::<Related>(body) else { return false };
    let mut labels = BTreeSet::new();
    for listed in &related.origins {
        let Some(label) = secure_host(listed).as_deref().and_then(registrable_label) else { continue };
        if labels.len() >= RELATED_LABELS_MAX && !labels.contains(&label) {
            continue;
        }
        if serialized(listed).is_some_and(|listed| Some(listed) == serialized(origin)) {
            return true;
        }
        labels.insert(label);
    }
    false
}

/// The origin as client data spells it.
pub(crate) fn serialized(origin: &str) -> Option<String> {
    Url::parse(origin).ok().map(|url| url.origin().ascii_serialization())
}

fn secure_host(origin: &str) -> Option<String> {
    let url = Url::parse(origin).ok().filter(|url| url.scheme() == "https")?;
    url.domain().map(str::to_owned)
}

fn is_domain(name: &str) -> bool {
    Url::parse(&format!("https://{name}/")).is_ok_and(|url| url.domain() == Some(name))
}

fn is_public_suffix(domain: &str) -> bool {
    !domain.contains('.') || PUBLIC_SUFFIXES.contains(&domain)
}

/// The label right before the public suffix: `microsoft` of `login.microsoft.com`.
fn registrable_label(host: &str) -> Option<String> {
    let mut rest = host;
    while let Some((label, parent)) = rest.split_once('.') {
        if is_public_suffix(parent) {
            return Some(label.to_owned());
        }
        rest = parent;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(origin: &str, rp_id: Option<&str>, expect: Result<&str, &str>) {
        let found = match scope(origin, rp_id) {
            Ok(Scope::Own(id)) => Ok(format!("own {id}")),
            Ok(Scope::Related(id)) => Ok(format!("related {id}")),
            Err(error) => Err(error.to_string()),
        };
        assert_eq!(found.as_deref().map_err(String::as_str), expect);
    }

    #[test]
    fn an_rp_id_is_the_domain_itself_or_a_registrable_suffix() {
        check("https://login.microsoft.com", None, Ok("own login.microsoft.com"));
        check("https://login.microsoft.com", Some("login.microsoft.com"), Ok("own login.microsoft.com"));
        check("https://login.microsoft.com:8443", Some("microsoft.com"), Ok("own microsoft.com"));
        check("https://evillogin.microsoft.com", Some("login.microsoft.com"), Ok("related login.microsoft.com"));
        check("https://login.microsoftonline.com", Some("login.microsoft.com"), Ok("related login.microsoft.com"));
    }

    #[test]
    fn what_anybody_can_register_under_is_refused() {
        check("https://login.microsoft.com", Some("com"), Err("com is not a registrable domain"));
        check("https://a.co.uk", Some("co.uk"), Err("co.uk is not a registrable domain"));
        check("https://a.example.org", Some("exa mple.org"), Err("exa mple.org is not a registrable domain"));
        check("https://192.0.2.1", None, Err("https://192.0.2.1 is no https origin with a domain"));
        check("http://login.microsoft.com", None, Err("http://login.microsoft.com is no https origin with a domain"));
    }

    #[test]
    fn related_origins_are_compared_whole() {
        let body = br#"{"origins":["https://login.live.com","https://login.microsoftonline.com"]}"#;
        assert!(lists(body, "https://login.microsoftonline.com"));
        assert!(!lists(body, "https://login.microsoftonline.com:444"));
        assert!(!lists(body, "https://evil.example"));
        assert!(!lists(b"<html>", "https://login.live.com"));
    }

    #[test]
    fn a_sixth_label_of_related_origins_is_not_read() {
        let body = br#"{"origins":["https://a.com","https://b.com","https://c.com","https://d.com","https://e.com","https://f.com","https://x.e.com"]}"#;
        assert!(lists(body, "https://e.com"));
        assert!(!lists(body, "https://f.com"));
        assert!(lists(body, "https://x.e.com"));
    }
}
