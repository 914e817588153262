//! An application as a resource ("Expose an API"): its names, its permissions, and the shape of its tokens
//! (Graph `identifierUris` and `api`; entra.md §1.7).

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::Application;
use crate::graph::Consenter;

/// A permission of an application's own (`permissionScope`).
#[derive(Clone, Copy, Debug)]
pub(crate) struct ApiScope<'a> {
    pub(crate) id: Uuid,
    pub(crate) name: &'a str,
    /// Who may grant it.
    pub(crate) consenter: Consenter,
    /// What the consent page says of it.
    pub(crate) text: &'a str,
}

/// Which claims an application reads in tokens that are meant for it (`requestedAccessTokenVersion`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenVersion {
    V1,
    V2,
}

impl Application {
    /// Whether a request that names `resource` means this application: by its client id or an identifier URI.
    pub(crate) fn is_called(&self, resource: &str) -> bool {
        Uuid::parse_str(resource) == Ok(self.app_id) || self.identifier_uris().any(|uri| uri == resource)
    }

    pub(crate) fn identifier_uris(&self) -> impl Iterator<Item = &str> {
        self.profile.get("identifierUris").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    }

    /// The permissions that clients may ask for; one that cannot be read or is switched off is none.
    pub(crate) fn api_scopes(&self) -> impl Iterator<Item = ApiScope<'_>> {
        self.api_list("oauth2PermissionScopes").filter(|scope| scope["isEnabled"] != false).filter_map(ApiScope::read)
    }

    pub(crate) fn api_scope(&self, name: &str) -> Option<ApiScope<'_>> {
        self.api_scopes().find(|scope| scope.name.eq_ignore_ascii_case(name))
    }

    /// What a client may do here without anybody's consent (`preAuthorizedApplications`).
    pub(crate) fn preauthorized(&self, client: Uuid) -> impl Iterator<Item = &str> {
        let of_client = move |entry: &&Value| id_of(&entry["appId"]) == Some(client);
        let listed = self.api_list("preAuthorizedApplications").filter(of_client);
        let ids = listed.filter_map(|entry| entry["delegatedPermissionIds"].as_array()).flatten().filter_map(id_of);
        ids.filter_map(|id| self.api_scopes().find(|scope| scope.id == id)).map(|scope| scope.name)
    }

    pub(crate) fn token_version(&self) -> TokenVersion {
        match self.profile.get("api").map(|api| &api["requestedAccessTokenVersion"]) {
            Some(version) if version == 2 => TokenVersion::V2,
            _ => TokenVersion::V1,
        }
    }

    fn api_list(&self, name: &str) -> impl Iterator<Item = &Value> {
        self.profile.get("api").and_then(|api| api[name].as_array()).into_iter().flatten()
    }
}

impl<'a> ApiScope<'a> {
    fn read(scope: &'a Value) -> Option<Self> {
        Some(Self {
            id: id_of(&scope["id"])?,
            name: scope["value"].as_str()?,
            consenter: if scope["type"] == "User" { Consenter::User } else { Consenter::Admin },
            text: scope["userConsentDisplayName"].as_str().or(scope["adminConsentDisplayName"].as_str())?,
        })
    }
}

fn id_of(value: &Value) -> Option<Uuid> {
    Uuid::parse_str(value.as_str()?).ok()
}

/// The `api` of an application that a scenario has expose permissions, each of which users may grant; its tokens are of
/// v2.0.
pub(super) fn exposing(app_id: Uuid, names: &[String]) -> Value {
    let scope = |name: &String| {
        json!({
            "id": scope_id(app_id, name), "value": name, "type": "User", "isEnabled": true,
            "adminConsentDisplayName": name, "adminConsentDescription": name,
            "userConsentDisplayName": name, "userConsentDescription": name,
        })
    };
    json!({
        "acceptMappedClaims": null, "knownClientApplications": [], "requestedAccessTokenVersion": 2,
        "oauth2PermissionScopes": names.iter().map(scope).collect::<Vec<_>>(), "preAuthorizedApplications": [],
    })
}

/// The id of a permission that a scenario has an application expose: clients of it name it as well.
pub(super) fn scope_id(app_id: Uuid, name: &str) -> Uuid {
    let hash = Sha256::new().chain_update(app_id.as_bytes()).chain_update(name).finalize();
    let bytes = hash.first_chunk::<16>().expect("SHA-256 has 32 bytes");
    uuid::Builder::from_random_bytes(*bytes).into_uuid()
}

/// Resource and name of `api://CLIENT-ID/NAME`.
pub(super) fn named(permission: &str) -> Option<(Uuid, &str)> {
    let (id, name) = permission.strip_prefix("api://")?.split_once('/')?;
    Some((Uuid::parse_str(id).ok()?, name))
}

/// The identifier URI that the portal proposes.
pub(super) fn proposed_uri(app_id: Uuid) -> String {
    format!("api://{app_id}")
}
