//! Applications and their service principals (Graph `application`, `servicePrincipal`), and Microsoft's own clients.

mod api;
mod certificate;

use std::collections::{BTreeMap, BTreeSet};

use clockwork::Stream;
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::config::{ApplicationConfig, Consent};
use crate::directory::UserId;
use crate::graph::Permissions;
use crate::secret::Digested;

pub(crate) use api::TokenVersion;
pub use certificate::BadClientCertificate;
pub(crate) use certificate::{ClientCertificate, sha1_base64url};

/// An app registration together with its service principal in the tenant.
#[derive(Clone, Debug)]
pub struct Application {
    /// The application (client) id.
    pub app_id: Uuid,
    /// The service principal's object id.
    pub service_principal_id: Uuid,
    /// Display name.
    pub display_name: String,
    /// Whether it can keep a secret.
    pub kind: ClientKind,
    /// Redirect URIs.
    pub redirect_uris: Vec<String>,
    /// Delegated Graph permissions granted for the whole organization.
    pub delegated_grants: BTreeSet<String>,
    /// Delegated Graph permissions that users have granted for themselves.
    pub(crate) user_grants: BTreeMap<UserId, BTreeSet<String>>,
    /// Delegated permissions of other applications than Graph, by their client ids.
    pub(crate) api_grants: BTreeMap<Uuid, ApiGrants>,
    /// Application permissions granted.
    pub app_roles: BTreeSet<String>,
    /// The registration's object id.
    pub(crate) id: Uuid,
    /// When it was registered.
    pub(crate) created: Timestamp,
    /// Whether the registration has its service principal in the tenant.
    pub(crate) service_principal: Presence,
    /// Owners of the registration: users and service principals.
    pub(crate) owners: BTreeSet<Uuid>,
    /// Further properties of the registration, as Graph keeps them: `requiredResourceAccess`, `web`, `notes`, ..
    pub(crate) profile: BTreeMap<&'static str, Value>,
    pub(crate) secrets: Vec<ClientSecret>,
    pub(crate) certificates: Vec<ClientCertificate>,
}

/// Delegated permissions of one resource.
#[derive(Clone, Debug, Default)]
pub(crate) struct ApiGrants {
    organization: BTreeSet<String>,
    users: BTreeMap<UserId, BTreeSet<String>>,
}

/// Whether a service principal is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    Present,
    /// There, but nobody signs in to it.
    Disabled,
    Absent,
}

/// Whether a client can keep a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientKind {
    /// A web application or daemon: authenticates with a secret or a certificate.
    Confidential,
    /// An installed application that allows public client flows.
    Public,
    /// Microsoft's own, consented to beforehand everywhere.
    FirstParty,
}

/// A client secret (`passwordCredential`): what is kept of it.
#[derive(Clone, Debug)]
pub(crate) struct ClientSecret {
    pub(crate) key_id: Uuid,
    pub(crate) display_name: Option<String>,
    /// Its first three characters.
    pub(crate) hint: String,
    pub(crate) starts: Timestamp,
    pub(crate) expires: Timestamp,
    pub(crate) digest: Digested,
}

/// What became of a presented client secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SecretCheck {
    Valid,
    Expired,
    Wrong,
}

/// Microsoft's own clients (well-known application ids), which every tenant has without registering them.
pub mod first_party {
    use uuid::{Uuid, uuid};

    /// Windows sign-in (CloudAP).
    pub const WINDOWS_SIGN_IN: Uuid = uuid!("38aa3b87-a06d-4817-b275-7a316988d93b");
    /// My Sign-Ins: security info.
    pub const MY_SIGNINS: Uuid = uuid!("19db86c3-b2b9-44cc-b339-36da233a3be2");
    /// Microsoft 365's home page.
    pub const OFFICE: Uuid = uuid!("4765445b-32c6-49b0-83e6-1d93765276ca");
    /// The portal: Azure's, Entra's and Intune's alike.
    pub const AZURE_PORTAL: Uuid = uuid!("c44b4083-3bb0-49c1-b47d-974e53cbdf3c");
    /// Microsoft Graph, the resource.
    pub const GRAPH: Uuid = uuid!("00000003-0000-0000-c000-000000000000");

    /// Where My Sign-Ins receives its code.
    pub const MY_SIGNINS_REDIRECT: &str = "https://mysignins.microsoft.com/signin-oidc";
    /// Where Microsoft 365 receives its code.
    pub const OFFICE_REDIRECT: &str = "https://www.office.com/landingv2";

    /// Where the portal receives its code, under each of its names.
    pub const PORTAL_REDIRECTS: [&str; 4] = [
        "https://portal.azure.com/signin/index/",
        "https://entra.microsoft.com/signin/index/",
        "https://intune.microsoft.com/signin/index/",
        "https://endpoint.microsoft.com/signin/index/",
    ];

    /// Client id, name, redirect URIs and delegated permissions of the clients that sign people in.
    pub(super) const CLIENTS: [(Uuid, &str, &[&str], &[&str]); 4] = [
        (WINDOWS_SIGN_IN, "Windows Sign In", &[], OWN),
        (MY_SIGNINS, "My Signins", &[MY_SIGNINS_REDIRECT], OWN),
        (OFFICE, "OfficeHome", &[OFFICE_REDIRECT], OWN),
        (AZURE_PORTAL, "Azure Portal", &PORTAL_REDIRECTS, ADMINISTRATION),
    ];
    const OWN: &[&str] = &["User.Read", "UserAuthenticationMethod.ReadWrite"];
    /// What the portal's pages ask of Graph; what they get is up to the role of whoever is signed in.
    const ADMINISTRATION: &[&str] = &[
        "Directory.AccessAsUser.All",
        "RoleManagement.ReadWrite.Directory",
        "UserAuthenticationMethod.ReadWrite.All",
        "Policy.Read.All",
        "Policy.ReadWrite.AuthenticationMethod",
        "Policy.ReadWrite.ConditionalAccess",
        "DeviceManagementConfiguration.ReadWrite.All",
    ];
}

impl Application {
    pub(crate) fn registered(
        config: ApplicationConfig,
        created: Timestamp,
        rng: &mut Stream,
    ) -> Result<Self, BadClientCertificate> {
        let certificates = config.certificates.iter().map(|pem| ClientCertificate::from_pem(pem));
        let certificates = certificates.collect::<Result<_, _>>()?;
        let secrets = config.secrets.iter().map(|secret| ClientSecret {
            key_id: secret.key_id,
            display_name: None,
            hint: secret.value.reveal().chars().take(HINT_CHARS).collect(),
            starts: created,
            expires: secret.expires,
            digest: Digested::new(secret.value.reveal(), rng),
        });
        let asked: Vec<Value> = asked_for(&config);
        let mut profile = BTreeMap::from([("requiredResourceAccess", asked.into())]);
        if !config.exposes.is_empty() {
            profile.insert("identifierUris", json!([api::proposed_uri(config.app_id)]));
            profile.insert("api", api::exposing(config.app_id, &config.exposes));
        }
        let consented = config.delegated_permissions.iter().filter(|_| config.consent == Consent::Admin);
        let mut api_grants: BTreeMap<Uuid, ApiGrants> = BTreeMap::new();
        for (resource, name) in consented.clone().filter_map(|name| api::named(name)) {
            api_grants.entry(resource).or_default().organization.insert(name.to_owned());
        }
        Ok(Self {
            app_id: config.app_id,
            secrets: secrets.collect(),
            certificates,
            service_principal_id: rng.uuid(),
            display_name: config.display_name,
            kind: config.kind,
            redirect_uris: config.redirect_uris,
            delegated_grants: consented.filter(|name| api::named(name).is_none()).cloned().collect(),
            api_grants,
            app_roles: config.application_permissions.into_iter().collect(),
            user_grants: BTreeMap::new(),
            id: rng.uuid(),
            created,
            service_principal: Presence::Present,
            owners: BTreeSet::new(),
            profile,
        })
    }

    /// Microsoft's own clients.
    pub(crate) fn first_party(created: Timestamp, rng: &mut Stream) -> Vec<Self> {
        let client = |(app_id, name, redirects, permissions): (Uuid, &str, &[&str], &[&str])| Self {
            app_id,
            service_principal_id: rng.uuid(),
            display_name: name.to_owned(),
            kind: ClientKind::FirstParty,
            redirect_uris: redirects.iter().map(|&uri| uri.to_owned()).collect(),
            delegated_grants: permissions.iter().map(|&name| name.to_owned()).collect(),
            app_roles: BTreeSet::new(),
            secrets: Vec::new(),
            user_grants: BTreeMap::new(),
            api_grants: BTreeMap::new(),
            // Registered in Microsoft's own tenant: there is no registration here.
            id: Uuid::nil(),
            created,
            service_principal: Presence::Present,
            owners: BTreeSet::new(),
            profile: BTreeMap::new(),
            certificates: Vec::new(),
        };
        first_party::CLIENTS.map(client).into()
    }

    /// The delegated permissions of a resource that the application has for a user.
    pub(crate) fn grants_for(&self, resource: Uuid, user: UserId) -> BTreeSet<&str> {
        let (organization, users) = match self.api_grants.get(&resource) {
            _ if resource == first_party::GRAPH => (&self.delegated_grants, &self.user_grants),
            Some(grants) => (&grants.organization, &grants.users),
            None => return BTreeSet::new(),
        };
        organization.iter().chain(users.get(&user).into_iter().flatten()).map(String::as_str).collect()
    }

    /// What the organization, or a user for oneself, has granted of a resource's permissions.
    pub(crate) fn grants_mut(&mut self, resource: Uuid, user: Option<UserId>) -> &mut BTreeSet<String> {
        let (organization, users) = if resource == first_party::GRAPH {
            (&mut self.delegated_grants, &mut self.user_grants)
        } else {
            let grants = self.api_grants.entry(resource).or_default();
            (&mut grants.organization, &mut grants.users)
        };
        match user {
            None => organization,
            Some(user) => users.entry(user).or_default(),
        }
    }

    /// Every grant: the resource's client id, whose it is (the organization's when nobody's), the permissions.
    pub(crate) fn grants(&self) -> impl Iterator<Item = (Uuid, Option<UserId>, &BTreeSet<String>)> {
        let graph = (first_party::GRAPH, &self.delegated_grants, &self.user_grants);
        let others = self.api_grants.iter().map(|(id, grants)| (*id, &grants.organization, &grants.users));
        let all = std::iter::once(graph).chain(others).flat_map(|(resource, organization, users)| {
            let users = users.iter().map(move |(user, scopes)| (resource, Some(*user), scopes));
            std::iter::once((resource, None, organization)).chain(users)
        });
        all.filter(|(_, _, scopes)| !scopes.is_empty())
    }

    /// Takes back everything that was granted.
    pub(crate) fn withdraw_grants(&mut self) {
        self.delegated_grants.clear();
        self.user_grants.clear();
        self.api_grants.clear();
        self.app_roles.clear();
    }

    /// The client ids of the resources that the registration lists.
    pub(crate) fn registered_resources(&self) -> impl Iterator<Item = Uuid> {
        let resources = self.profile.get("requiredResourceAccess").and_then(Value::as_array).into_iter().flatten();
        resources.filter_map(|entry| Uuid::parse_str(entry["resourceAppId"].as_str()?).ok())
    }

    /// The ids of a resource's permissions of a kind (`Scope`, `Role`) that the registration lists.
    pub(crate) fn registered_ids(&self, resource: Uuid, kind: &str) -> impl Iterator<Item = Uuid> {
        let resources = self.profile.get("requiredResourceAccess").and_then(Value::as_array).into_iter().flatten();
        let own = resources.filter(move |entry| {
            entry["resourceAppId"].as_str().and_then(|id| Uuid::parse_str(id).ok()) == Some(resource)
        });
        let access = own.flat_map(|resource| resource["resourceAccess"].as_array().into_iter().flatten());
        let ids = access.filter(move |access| access["type"] == kind);
        ids.filter_map(|access| Uuid::parse_str(access["id"].as_str()?).ok())
    }

    /// Whether the application has registered this redirect URI. For `http://localhost` the port does not count, since
    /// an installed application listens on whichever is free (RFC 8252 §7.3).
    pub(crate) fn accepts_redirect(&self, uri: &str) -> bool {
        let exact = self.redirect_uris.iter().any(|known| known == uri);
        exact || without_loopback_port(uri).is_some_and(|uri| self.redirect_uris.contains(&uri))
    }

    pub(crate) fn check_secret(&self, now: Timestamp, secret: &str) -> SecretCheck {
        match self.secrets.iter().find(|known| known.digest.matches(secret)) {
            Some(known) if known.expires > now && known.starts <= now => SecretCheck::Valid,
            // Before its start a secret is as unknown as any other.
            Some(known) if known.starts > now => SecretCheck::Wrong,
            Some(_) => SecretCheck::Expired,
            None => SecretCheck::Wrong,
        }
    }
}

fn without_loopback_port(uri: &str) -> Option<String> {
    let rest = uri.strip_prefix("http://localhost:")?;
    let (port, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    port.parse::<u16>().ok().map(|_| format!("http://localhost{path}"))
}

/// How much of a secret its hint shows.
pub(crate) const HINT_CHARS: usize = 3;

/// `requiredResourceAccess` of a registration that a scenario describes.
fn asked_for(config: &ApplicationConfig) -> Vec<Value> {
    let map = Permissions::get();
    let delegated = config.delegated_permissions.iter().filter_map(|name| map.permissions.get(name)?.delegated);
    let application = config.application_permissions.iter().filter_map(|name| map.permissions.get(name)?.application);
    let access = delegated.map(|id| json!({ "id": id, "type": "Scope" }));
    let access: Vec<Value> = access.chain(application.map(|id| json!({ "id": id, "type": "Role" }))).collect();
    let mut asked = BTreeMap::from([(first_party::GRAPH, access)]);
    for (resource, name) in config.delegated_permissions.iter().filter_map(|name| api::named(name)) {
        let access = json!({ "id": api::scope_id(resource, name), "type": "Scope" });
        asked.entry(resource).or_default().push(access);
    }
    asked.retain(|_, access| !access.is_empty());
    asked.iter().map(|(id, access)| json!({ "resourceAppId": id, "resourceAccess": access })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_port_of_a_loopback_redirect_may_differ() {
        let check =
            |uri: &str, expect: Option<&str>| assert_eq!(without_loopback_port(uri).as_deref(), expect, "{uri}");
        check("http://localhost:49152", Some("http://localhost"));
        check("http://localhost:49152/callback", Some("http://localhost/callback"));
        check("http://localhost", None);
        check("http://localhost:1@evil.test/", None);
        check("https://localhost:49152", None);
    }
}
