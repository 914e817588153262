//! Scopes: what a client asks for, and what its consent gives it (entra.md §1.4, §1.6).

use uuid::Uuid;

use crate::applications::{Application, ClientKind, TokenVersion, first_party};
use crate::directory::UserId;
use crate::error::{Refusal, aadsts};
use crate::tenant::{Api, Tenant};
use crate::tokens::Audience;

/// The scopes of one request, whose permissions are of one resource.
pub(crate) struct Scopes {
    /// Its client id; Microsoft Graph's when no scope names a resource.
    resource: Uuid,
    /// The resource as the client calls it.
    called: String,
    scopes: Vec<Scope>,
}

struct Scope {
    /// As the client spelled it; clients look for their own spelling in the answer.
    spelled: String,
    meaning: Meaning,
}

/// A resource: its client id, and as the client calls it.
type Named<'w> = (Uuid, &'w str);

enum Meaning {
    /// `openid`, `profile`, `email`, `offline_access`.
    OpenId,
    /// `<resource>/.default`: everything consented to.
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
        let words = text.split_whitespace().map(|word| Scope::parse(tenant, word)).collect::<Result<Vec<_>, _>>()?;
        let mut named = words.iter().filter_map(|(resource, _)| *resource);
        let (resource, called) = named.next().unwrap_or((first_party::GRAPH, ""));
        if named.any(|(other, _)| other != resource) {
            return Err(aadsts::SEVERAL_RESOURCES.refuse().with("scope", text));
        }
        let called = called.to_owned();
        let scopes: Vec<Scope> = words.into_iter().map(|(_, scope)| scope).collect();
        let defaults = scopes.iter().filter(|scope| matches!(scope.meaning, Meaning::Default)).count();
        let permissions = scopes.iter().filter(|scope| matches!(scope.meaning, Meaning::Permission(_))).count();
        if scopes.is_empty() || (defaults > 0 && permissions > 0) {
            return Err(aadsts::INVALID_SCOPE.refuse().with("scope", text));
        }
        Ok(Self { resource, called, scopes })
    }

    pub(crate) fn has(&self, openid: &str) -> bool {
        self.scopes.iter().any(|scope| scope.spelled == openid)
    }

    /// Whether `.default` is asked for.
    pub(crate) fn has_default(&self) -> bool {
        self.scopes.iter().any(|scope| matches!(scope.meaning, Meaning::Default))
    }

    /// The permissions, without their resource.
    pub(crate) fn permissions(&self) -> impl Iterator<Item = &str> {
        self.scopes.iter().filter_map(|scope| match &scope.meaning {
            Meaning::Permission(name) => Some(name.as_str()),
            Meaning::OpenId | Meaning::Default => None,
        })
    }

    /// The client id of the resource.
    pub(crate) fn resource(&self) -> Uuid {
        self.resource
    }

    /// Whom a token is for.
    pub(crate) fn audience(&self, tenant: &Tenant) -> Audience {
        let version = tenant.api(self.resource).map_or(TokenVersion::V1, Api::token_version);
        let is_called = version == TokenVersion::V1 && self.resource != first_party::GRAPH;
        Audience { name: if is_called { self.called.clone() } else { self.resource.to_string() }, version }
    }

    /// What the organization's consent, and the user's own, gives the application of it, or 65001; 650057 when the
    /// application does not even ask for the resource.
    pub(crate) fn granted_to(&self, tenant: &Tenant, app: &Application, user: UserId) -> Result<Granted, Refusal> {
        let refused = || {
            let refusal = aadsts::CONSENT_MISSING.refuse().with("id", &app.app_id.to_string());
            refusal.with("name", &app.display_name)
        };
        let grants = tenant.permitted(app, self.resource, user);
        let (mut answer, mut claim) = (Vec::new(), Vec::new());
        for scope in &self.scopes {
            match &scope.meaning {
                // A refresh token says for itself that offline_access was granted.
                Meaning::OpenId if scope.spelled == "offline_access" => {}
                Meaning::OpenId => {
                    answer.push(scope.spelled.clone());
                    claim.push(scope.spelled.clone());
                }
                Meaning::Default if grants.is_empty() => {
                    self.check_registered(tenant, app)?;
                    return Err(refused());
                }
                Meaning::Default => {
                    let uri = tenant.api(self.resource).map(Api::uri).unwrap_or_default();
                    answer.extend(grants.iter().map(|name| format!("{uri}/{name}")));
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

    /// 650057 for an application whose registration asks for nothing of the resource, and to which nobody has granted
    /// any of it; Microsoft's own are registered elsewhere.
    pub(crate) fn check_registered(&self, tenant: &Tenant, app: &Application) -> Result<(), Refusal> {
        let asks = |kind| app.registered_ids(self.resource, kind).next().is_some();
        let is_granted = app.grants().any(|(resource, ..)| resource == self.resource);
        if app.kind == ClientKind::FirstParty || asks("Scope") || asks("Role") || is_granted {
            return Ok(());
        }
        let listed: Vec<String> = app.registered_resources().map(|id| id.to_string()).collect();
        let called = if self.called.is_empty() { tenant.api(self.resource).map(Api::uri) } else { None };
        let refusal = aadsts::RESOURCE_NOT_LISTED.refuse().with("id", &app.app_id.to_string());
        let refusal =
            refusal.with("name", &app.display_name).with("resource", called.as_deref().unwrap_or(&self.called));
        Err(refusal.with("resource_id", &self.resource.to_string()).with("listed", &listed.join(", ")))
    }
}

impl std::fmt::Display for Scopes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words: Vec<&str> = self.scopes.iter().map(|scope| scope.spelled.as_str()).collect();
        f.write_str(&words.join(" "))
    }
}

impl Scope {
    /// A scope, and the resource that it is of.
    fn parse<'w>(tenant: &Tenant, word: &'w str) -> Result<(Option<Named<'w>>, Self), Refusal> {
        let spelled = word.to_owned();
        if OPENID.contains(&word) {
            return Ok((None, Self { spelled, meaning: Meaning::OpenId }));
        }
        let (resource, name) = match word.rsplit_once('/') {
            Some((resource, name)) => ((resource_called(tenant, resource)?, resource), name),
            None => ((first_party::GRAPH, ""), word),
        };
        let meaning = if name == ".default" { Meaning::Default } else { Meaning::Permission(name.to_owned()) };
        let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c)) && !name.is_empty();
        if !plain {
            return Err(aadsts::INVALID_SCOPE.refuse().with("scope", word));
        }
        Ok((Some(resource), Self { spelled, meaning }))
    }
}

/// Client credentials take exactly one scope, `<resource>/.default`.
pub(crate) fn of_client_credentials(tenant: &Tenant, scope: &str) -> Result<Scopes, Refusal> {
    match scope.strip_suffix("/.default") {
        Some(resource) => {
            resource_called(tenant, resource)?;
            Scopes::parse(tenant, scope)
        }
        None => Err(aadsts::SCOPE_NOT_DEFAULT.refuse().with("scope", scope)),
    }
}

/// The client id of the resource that a request calls so, or 500011.
fn resource_called(tenant: &Tenant, resource: &str) -> Result<Uuid, Refusal> {
    let refused = || aadsts::RESOURCE_NOT_FOUND.refuse().with("name", resource).with("tenant", tenant.name());
    tenant.api_called(resource).map(Api::app_id).ok_or_else(refused)
}
