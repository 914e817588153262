//! Scopes: what a client asks for, and what its consent gives it (entra.md §1.4, §1.6).

use uuid::Uuid;

use crate::applications::{Application, first_party};
use crate::directory::UserId;
use crate::error::{Refusal, aadsts};
use crate::tenant::Tenant;
use crate::tokens::GRAPH_URL;

/// The scopes of one request; every permission is Graph's.
pub(crate) struct Scopes(Vec<Scope>);

struct Scope {
    /// As the client spelled it; clients look for their own spelling in the answer.
    spelled: String,
    meaning: Meaning,
}

enum Meaning {
    /// `openid`, `profile`, `email`, `offline_access`.
    OpenId,
    /// `<graph>/.default`: everything consented to.
    Default,
    /// One permission, without its resource.
    Permission(String),
}

/// What was granted, for the answer's `scope` and the token's `scp`.
pub(crate) struct Granted {
    pub(crate) answer: String,
    pub(crate) claim: String,
}

/// Device codes and refresh tokens keep the scope, and anybody may ask for a device code (convention of the lab).
const SCOPE_BYTES_MAX: usize = 4096;
const OPENID: [&str; 4] = ["openid", "profile", "email", "offline_access"];

impl Scopes {
    pub(crate) fn parse(tenant: &Tenant, text: &str) -> Result<Self, Refusal> {
        if text.len() > SCOPE_BYTES_MAX {
            return Err(aadsts::INVALID_SCOPE.refuse().with("scope", "of this length"));
        }
        let scopes = text.split_whitespace().map(|word| Scope::parse(tenant, word)).collect::<Result<Vec<_>, _>>()?;
        let defaults = scopes.iter().filter(|scope| matches!(scope.meaning, Meaning::Default)).count();
        let permissions = scopes.iter().filter(|scope| matches!(scope.meaning, Meaning::Permission(_))).count();
        if scopes.is_empty() || (defaults > 0 && permissions > 0) {
            return Err(aadsts::INVALID_SCOPE.refuse().with("scope", text));
        }
        Ok(Self(scopes))
    }

    pub(crate) fn has(&self, openid: &str) -> bool {
        self.0.iter().any(|scope| scope.spelled == openid)
    }

    /// Whether `.default` is asked for.
    pub(crate) fn has_default(&self) -> bool {
        self.0.iter().any(|scope| matches!(scope.meaning, Meaning::Default))
    }

    /// The permissions, without their resource.
    pub(crate) fn permissions(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|scope| match &scope.meaning {
            Meaning::Permission(name) => Some(name.as_str()),
            Meaning::OpenId | Meaning::Default => None,
        })
    }

    /// What the organization's consent, and the user's own, gives the application of it, or 65001.
    pub(crate) fn granted_to(&self, app: &Application, user: UserId) -> Result<Granted, Refusal> {
        let refused = || {
            let refusal = aadsts::CONSENT_MISSING.refuse().with("id", &app.app_id.to_string());
            refusal.with("name", &app.display_name)
        };
        let grants = app.grants_for(user);
        let (mut answer, mut claim) = (Vec::new(), Vec::new());
        for scope in &self.0 {
            match &scope.meaning {
                // A refresh token says for itself that offline_access was granted.
                Meaning::OpenId if scope.spelled == "offline_access" => {}
                Meaning::OpenId => {
                    answer.push(scope.spelled.clone());
                    claim.push(scope.spelled.clone());
                }
                Meaning::Default if grants.is_empty() => return Err(refused()),
                Meaning::Default => {
                    answer.extend(grants.iter().map(|name| format!("{GRAPH_URL}/{name}")));
                    claim.extend(grants.iter().map(|name| (*name).to_owned()));
                }
                Meaning::Permission(name) => {
                    let known = grants.iter().find(|grant| grant.eq_ignore_ascii_case(name));
                    claim.push((*known.ok_or_else(refused)?).to_owned());
                    answer.push(scope.spelled.clone());
                }
            }
        }
        Ok(Granted { answer: answer.join(" "), claim: claim.join(" ") })
    }
}

impl std::fmt::Display for Scopes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words: Vec<&str> = self.0.iter().map(|scope| scope.spelled.as_str()).collect();
        f.write_str(&words.join(" "))
    }
}

impl Scope {
    fn parse(tenant: &Tenant, word: &str) -> Result<Self, Refusal> {
        let spelled = word.to_owned();
        if OPENID.contains(&word) {
            return Ok(Self { spelled, meaning: Meaning::OpenId });
        }
        let name = match word.rsplit_once('/') {
            Some((resource, name)) => {
                check_resource(tenant, resource)?;
                name
            }
            None => word,
        };
        let meaning = if name == ".default" { Meaning::Default } else { Meaning::Permission(name.to_owned()) };
        let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c)) && !name.is_empty();
        if plain { Ok(Self { spelled, meaning }) } else { Err(aadsts::INVALID_SCOPE.refuse().with("scope", word)) }
    }
}

/// Client credentials take exactly one scope, `<resource>/.default`.
pub(crate) fn check_client_credentials(tenant: &Tenant, scope: &str) -> Result<(), Refusal> {
    match scope.strip_suffix("/.default") {
        Some(resource) => check_resource(tenant, resource),
        None => Err(aadsts::SCOPE_NOT_DEFAULT.refuse().with("scope", scope)),
    }
}

/// The lab's tenant has one resource: Graph, by its URL or application id.
fn check_resource(tenant: &Tenant, resource: &str) -> Result<(), Refusal> {
    let known = resource.trim_end_matches('/') == GRAPH_URL || Uuid::parse_str(resource) == Ok(first_party::GRAPH);
    if known {
        return Ok(());
    }
    Err(aadsts::RESOURCE_NOT_FOUND.refuse().with("name", resource).with("tenant", tenant.name()))
}
