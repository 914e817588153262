//! Admin consent: what the organization has granted to an application, and granting it what it asks for.

use std::collections::{BTreeMap, BTreeSet};

use http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Asked, Kind, configured};
use crate::applications::first_party;
use crate::graph::{GraphError, Permissions};
use crate::pages::portal::desk::Desk;
use crate::pages::portal::registrations::Registration;

/// The permissions that the organization has granted.
pub(super) fn granted(desk: &mut Desk<'_>, of: &Registration) -> Result<BTreeSet<Asked>, GraphError> {
    let (Some(grants), Some(roles)) = (
        present(desk.list(&format!("{}/oauth2PermissionGrants", of.principal()), &[]))?,
        present(desk.list(&format!("{}/appRoleAssignments", of.principal()), &[]))?,
    ) else {
        return Ok(BTreeSet::new());
    };
    let map = Permissions::get();
    let scopes = grants.iter().filter(|grant| grant["consentType"] == "AllPrincipals");
    let scopes = scopes.flat_map(|grant| grant["scope"].as_str().unwrap_or_default().split_whitespace());
    let delegated = scopes.filter_map(|name| map.delegated(name)).map(|name| Asked { kind: Kind::Delegated, name });
    let roles = roles.iter().filter_map(|role| Uuid::parse_str(role["appRoleId"].as_str()?).ok());
    let application = roles.filter_map(|id| map.app_role(id)).map(|name| Asked { kind: Kind::Application, name });
    Ok(delegated.chain(application).collect())
}

/// An application that has no service principal has been granted nothing.
fn present<T>(found: Result<T, GraphError>) -> Result<Option<T>, GraphError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.status == StatusCode::NOT_FOUND => Ok(None),
        Err(error) => Err(error),
    }
}

/// Grants for everybody what the registration asks for.
pub(super) fn grant(desk: &mut Desk<'_>, of: &Registration) -> Result<(), GraphError> {
    let wanted = configured(of);
    let principal = match present(desk.read(&of.principal()))? {
        Some(principal) => principal,
        None => desk.post("servicePrincipals", &json!({ "appId": of.app_id }))?,
    };
    let resource = desk.read(&format!("servicePrincipals(appId='{}')", first_party::GRAPH))?["id"].clone();
    let scopes = wanted.iter().filter(|asked| asked.kind == Kind::Delegated).map(|asked| asked.name);
    grant_scopes(desk, of, &principal["id"], &resource, scopes.collect())?;
    let held = granted(desk, of)?;
    for asked in wanted.iter().filter(|asked| asked.kind == Kind::Application && !held.contains(asked)) {
        let role = json!({
            "principalId": principal["id"], "resourceId": resource, "appRoleId": asked.kind.id(asked.name),
        });
        desk.post(&format!("{}/appRoleAssignments", of.principal()), &role)?;
    }
    Ok(())
}

/// The organization's grant is one object: what is asked for is put in the place of what was granted.
fn grant_scopes(
    desk: &mut Desk<'_>,
    of: &Registration,
    principal: &Value,
    resource: &Value,
    scopes: Vec<&str>,
) -> Result<(), GraphError> {
    let grants = desk.list(&format!("{}/oauth2PermissionGrants", of.principal()), &[])?;
    let by_consent: BTreeMap<&str, &Value> =
        grants.iter().filter_map(|grant| Some((grant["consentType"].as_str()?, &grant["id"]))).collect();
    let scope = scopes.join(" ");
    match by_consent.get("AllPrincipals").and_then(|id| id.as_str()) {
        Some(id) => desk.patch(&format!("oauth2PermissionGrants/{id}"), &json!({ "scope": scope })),
        None if scope.is_empty() => Ok(()),
        None => {
            let grant = json!({
                "clientId": principal, "consentType": "AllPrincipals", "resourceId": resource, "scope": scope,
            });
            desk.post("oauth2PermissionGrants", &grant).map(drop)
        }
    }
}
