//! What applications may do (entra.md §1.6, §2.8): `oAuth2PermissionGrant` here and `appRoleAssignment` beside it, which
//! token issue goes by. Delegated permissions are Microsoft Graph's or an application's own.

mod app_roles;

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use uuid::Uuid;
use wire::Base64Url;

use super::answer::Answer;
use super::call::{Call, guid, text};
use super::error::GraphError;
use super::odata::{self, Listing, Plan, Resource, Rules};
use super::service_principals::Principal;
use crate::applications::Application;
use crate::tenant::{Activity, Api, Tenant};

pub(crate) use app_roles::{assign_role, role_assignments, roles_assigned_to, withdraw_role};

/// `oAuth2PermissionGrant`.
#[derive(Clone, Debug)]
struct Grant {
    client: Uuid,
    resource: Uuid,
    /// Whose consent it is; the organization's when nobody's.
    principal: Option<Uuid>,
    scope: String,
}

const GRANT: &str = "OAuth2PermissionGrant";

impl Resource for Grant {
    const KIND: &'static str = "oAuth2PermissionGrant";
    const PROPERTIES: &'static [&'static str] =
        &["clientId", "consentType", "id", "principalId", "resourceId", "scope"];
    const RULES: Rules = Rules::Plain;

    fn property(&self, _: &Tenant, name: &str) -> Option<Value> {
        Some(match name {
            "clientId" => json!(self.client),
            "consentType" => json!(if self.principal.is_some() { "Principal" } else { "AllPrincipals" }),
            "id" => json!(self.id()),
            "principalId" => json!(self.principal),
            "resourceId" => json!(self.resource),
            "scope" => json!(self.scope),
            _ => Value::Null,
        })
    }
}

impl Grant {
    /// base64url of the ids of client, resource and, for a user's own consent, the user.
    fn id(&self) -> String {
        named(&[Some(self.client), Some(self.resource), self.principal])
    }

    fn of(tenant: &Tenant, application: &Application) -> Vec<Self> {
        let client = application.service_principal_id;
        let grant = |(resource, principal, scopes): (Uuid, Option<Uuid>, &BTreeSet<String>)| {
            let scope = scopes.iter().cloned().collect::<Vec<_>>().join(" ");
            // What was granted of an application that is gone is nobody's any more.
            let resource = Principal::by_app_id(tenant, resource)?.id();
            Some(Self { client, resource, principal, scope })
        };
        application.grants().filter_map(grant).collect()
    }
}

fn named(ids: &[Option<Uuid>]) -> String {
    let bytes: Vec<u8> = ids.iter().flatten().flat_map(|id| id.to_bytes_le()).collect();
    Base64Url(bytes).to_string()
}

pub(crate) fn list(call: Call<'_>) -> Result<Answer, GraphError> {
    let grants = call.tenant.principals().flat_map(|application| Grant::of(call.tenant, application)).collect();
    list_of(&call, "oauth2PermissionGrants", "oauth2PermissionGrants", grants)
}

pub(crate) fn of_principal(call: Call<'_>) -> Result<Answer, GraphError> {
    let path = format!("servicePrincipals/{}/oauth2PermissionGrants", call.principal()?.id());
    let grants = match call.principal()? {
        Principal::Of(application) => Grant::of(call.tenant, application),
        Principal::Graph(_) => Vec::new(),
    };
    list_of(&call, "oauth2PermissionGrants", &path, grants)
}

pub(crate) fn of_user(call: Call<'_>) -> Result<Answer, GraphError> {
    let user = call.user()?.id;
    let all = call.tenant.principals().flat_map(|application| Grant::of(call.tenant, application));
    let grants = all.filter(|grant| grant.principal == Some(user)).collect();
    list_of(&call, "oauth2PermissionGrants", &format!("users/{user}/oauth2PermissionGrants"), grants)
}

fn list_of<R: Resource>(call: &Call<'_>, set: &str, path: &str, objects: Vec<R>) -> Result<Answer, GraphError> {
    let plan = Plan::<R>::of(&call.query)?;
    let listing = Listing { set, path, total: Some(objects.len()) };
    let id = |object: &&R| {
        let id = object.property(call.tenant, "id");
        id.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    odata::collection(call, &plan, &listing, |token| odata::behind(objects.iter(), id, token).map(ByReference))
        .map(Answer::Ok)
}

/// A borrowed resource, as pages take them.
struct ByReference<'a, R>(&'a R);

impl<R> std::borrow::Borrow<R> for ByReference<'_, R> {
    fn borrow(&self) -> &R {
        self.0
    }
}

pub(crate) fn one(call: Call<'_>) -> Result<Answer, GraphError> {
    call.entity("oauth2PermissionGrants", &found(&call)?).map(Answer::Ok)
}

fn found(call: &Call<'_>) -> Result<Grant, GraphError> {
    let id = call.captures.get("grant").unwrap_or_default();
    let mut all = call.tenant.principals().flat_map(|application| Grant::of(call.tenant, application));
    all.find(|grant| grant.id() == id).ok_or_else(|| GraphError::no_such_object(id))
}

/// `POST oauth2PermissionGrants`.
pub(crate) fn create(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let body =
        call.json(&["clientId", "consentType", "principalId", "resourceId", "scope", "startTime", "expiryTime"])?;
    let (client, resource) = (guid(&body, "clientId", GRANT)?, guid(&body, "resourceId", GRANT)?);
    let principal = consenting(&call, &body)?;
    let scope = text(&body, "scope", GRANT)?.split_whitespace().collect::<Vec<_>>().join(" ");
    let api = resource_of(&call, resource)?;
    let scopes = scopes(api, &scope)?;
    let (api, app_id) = (api.app_id(), client_of(&call, client)?);
    let is_new = call.tenant.update_application(app_id, |application| {
        let kept = application.grants_mut(api, principal);
        let is_new = kept.is_empty();
        if is_new {
            *kept = scopes;
        }
        is_new
    });
    if is_new != Some(true) {
        return Err(GraphError::conflict("Permission entry already exists."));
    }
    let grant = Grant { client, resource, principal, scope };
    record(&mut call, app_id, "Consent to application", &format!("granted {:?} to", grant.scope));
    Ok(Answer::Created { body: call.created("oauth2PermissionGrants", &grant), location: None })
}

pub(crate) fn update(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let body = call.json(&["scope"])?;
    let scope = text(&body, "scope", GRANT)?.to_owned();
    let grant = found(&call)?;
    let api = resource_of(&call, grant.resource)?;
    let scopes = scopes(api, &scope)?;
    let (api, app_id) = (api.app_id(), client_of(&call, grant.client)?);
    call.tenant.update_application(app_id, |application| *application.grants_mut(api, grant.principal) = scopes);
    record(&mut call, app_id, "Consent to application", &format!("granted {scope:?} to"));
    Ok(Answer::NoContent)
}

pub(crate) fn delete(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let grant = found(&call)?;
    let (api, app_id) = (resource_of(&call, grant.resource)?.app_id(), client_of(&call, grant.client)?);
    call.tenant.update_application(app_id, |application| application.grants_mut(api, grant.principal).clear());
    record(&mut call, app_id, "Remove delegated permission grant", "withdrew the delegated permissions of");
    Ok(Answer::NoContent)
}

fn consenting(call: &Call<'_>, body: &Map<String, Value>) -> Result<Option<Uuid>, GraphError> {
    let principal = body.get("principalId").filter(|id| !id.is_null());
    match (text(body, "consentType", GRANT)?, principal) {
        ("AllPrincipals", None) => Ok(None),
        ("Principal", Some(_)) => {
            let user = guid(body, "principalId", GRANT)?;
            let known = call.tenant.user(user).map(|user| Some(user.id));
            known.ok_or_else(|| GraphError::no_such_object(&user.to_string()))
        }
        ("AllPrincipals" | "Principal", _) => Err(GraphError::invalid_value("principalId", GRANT)),
        _ => Err(GraphError::invalid_value("consentType", GRANT)),
    }
}

/// Every word must be a delegated permission of the resource.
fn scopes(api: Api<'_>, text: &str) -> Result<BTreeSet<String>, GraphError> {
    let known = |name: &&str| api.scope(name) == Some(name);
    match text.split_whitespace().find(|name| !known(name)) {
        Some(name) => Err(GraphError::bad_content(format!(
            "The scope '{name}' is not one of the delegated permissions of the resource."
        ))),
        None => Ok(text.split_whitespace().map(str::to_owned).collect()),
    }
}

/// The resource whose service principal has this object id.
fn resource_of<'t>(call: &'t Call<'_>, resource: Uuid) -> Result<Api<'t>, GraphError> {
    let principal = Principal::by_id(call.tenant, resource);
    let api = principal.and_then(|principal| call.tenant.api(principal.app_id()));
    api.ok_or_else(|| GraphError::no_such_object(&resource.to_string()))
}

/// The client id of the service principal with this object id.
fn client_of(call: &Call<'_>, principal: Uuid) -> Result<Uuid, GraphError> {
    let application = call.tenant.principal_object(principal);
    application.map(|application| application.app_id).ok_or_else(|| GraphError::no_such_object(&principal.to_string()))
}

fn record(call: &mut Call<'_>, app_id: Uuid, activity: &'static str, words: &str) {
    let Some(application) = call.tenant.application(app_id) else { return };
    let (id, name) = (application.service_principal_id, application.display_name.clone());
    call.record(Activity::new(activity, "ServicePrincipal", id, &name), format!("{words} the application {name:?}"));
}
