//! Service principals (entra.md §2.8): those of registrations, of Microsoft's clients, and Microsoft Graph's own.

use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::Answer;
use super::call::{Call, flag, guid};
use super::error::GraphError;
use super::odata::{self, Listing, Plan, Resource};
use super::permissions::{Consent, Permission, Permissions};
use crate::applications::{Application, ClientKind, Presence, first_party};
use crate::roles::Right;
use crate::tenant::{Activity, Tenant};

/// A service principal of the tenant.
#[derive(Clone, Copy)]
pub(crate) enum Principal<'t> {
    Of(&'t Application),
    /// Microsoft Graph, by its object id.
    Graph(Uuid),
}

/// The type that messages name.
const PRINCIPAL: &str = "ServicePrincipal";
/// The tenant in which Microsoft's own applications are registered.
const MICROSOFT: Uuid = uuid::uuid!("f8cdef31-a31e-4b4a-93e4-5f571e91255a");

impl<'t> Principal<'t> {
    pub(crate) const KIND: &'static str = <Self as Resource>::KIND;

    pub(crate) fn by_id(tenant: &'t Tenant, id: Uuid) -> Option<Self> {
        let graph = || (tenant.graph_principal() == id).then_some(Self::Graph(id));
        tenant.principal_object(id).map(Self::Of).or_else(graph)
    }

    pub(crate) fn by_app_id(tenant: &'t Tenant, app_id: Uuid) -> Option<Self> {
        if app_id == first_party::GRAPH {
            return Some(Self::Graph(tenant.graph_principal()));
        }
        let application = tenant.application(app_id)?;
        (application.service_principal != Presence::Absent).then_some(Self::Of(application))
    }

    pub(crate) fn id(&self) -> Uuid {
        match self {
            Self::Of(application) => application.service_principal_id,
            Self::Graph(id) => *id,
        }
    }

    pub(crate) fn app_id(&self) -> Uuid {
        match self {
            Self::Of(application) => application.app_id,
            Self::Graph(_) => first_party::GRAPH,
        }
    }

    pub(crate) fn display_name(&self) -> &str {
        match self {
            Self::Of(application) => &application.display_name,
            Self::Graph(_) => "Microsoft Graph",
        }
    }

    fn is_microsofts(&self) -> bool {
        match self {
            Self::Of(application) => application.kind == ClientKind::FirstParty,
            Self::Graph(_) => true,
        }
    }
}

impl Resource for Principal<'_> {
    const KIND: &'static str = "servicePrincipal";
    const PROPERTIES: &'static [&'static str] = &[
        "id",
        "deletedDateTime",
        "accountEnabled",
        "alternativeNames",
        "appDisplayName",
        "appDescription",
        "appId",
        "applicationTemplateId",
        "appOwnerOrganizationId",
        "appRoleAssignmentRequired",
        "createdDateTime",
        "description",
        "disabledByMicrosoftStatus",
        "displayName",
        "homepage",
        "loginUrl",
        "logoutUrl",
        "notes",
        "notificationEmailAddresses",
        "preferredSingleSignOnMode",
        "preferredTokenSigningKeyThumbprint",
        "replyUrls",
        "servicePrincipalNames",
        "servicePrincipalType",
        "signInAudience",
        "tags",
        "tokenEncryptionKeyId",
        "samlSingleSignOnSettings",
        "addIns",
        "appRoles",
        "info",
        "keyCredentials",
        "oauth2PermissionScopes",
        "passwordCredentials",
        "resourceSpecificApplicationPermissions",
        "verifiedPublisher",
    ];

    fn property(&self, tenant: &Tenant, name: &str) -> Option<Value> {
        Some(match name {
            "id" => json!(self.id()),
            "accountEnabled" => json!(match self {
                Self::Of(application) => application.service_principal != Presence::Disabled,
                Self::Graph(_) => true,
            }),
            "appId" => json!(self.app_id()),
            "appDisplayName" | "displayName" => json!(self.display_name()),
            "appOwnerOrganizationId" => json!(if self.is_microsofts() { MICROSOFT } else { tenant.id() }),
            "appRoleAssignmentRequired" => json!(false),
            "createdDateTime" => json!(super::date(tenant.created())),
            "replyUrls" => match self {
                Self::Of(application) => json!(application.redirect_uris),
                Self::Graph(_) => json!([]),
            },
            "servicePrincipalNames" => match self {
                Self::Of(application) => {
                    let id = self.app_id().to_string();
                    std::iter::once(id.as_str()).chain(application.identifier_uris()).collect()
                }
                Self::Graph(_) => json!([self.app_id(), crate::tokens::GRAPH_URL]),
            },
            "servicePrincipalType" => json!("Application"),
            "signInAudience" => json!(if self.is_microsofts() { "AzureADMultipleOrgs" } else { "AzureADMyOrg" }),
            "appRoles" => self.permissions(app_role),
            "oauth2PermissionScopes" => match self {
                Self::Of(application) => {
                    let kept = application.profile.get("api").map(|api| api["oauth2PermissionScopes"].clone());
                    kept.filter(Value::is_array).unwrap_or_else(|| json!([]))
                }
                Self::Graph(_) => self.permissions(scope),
            },
            "info" => json!({
                "logoUrl": null, "marketingUrl": null, "privacyStatementUrl": null, "supportUrl": null,
                "termsOfServiceUrl": null,
            }),
            "verifiedPublisher" => json!({ "displayName": null, "verifiedPublisherId": null, "addedDateTime": null }),
            "alternativeNames"
            | "notificationEmailAddresses"
            | "tags"
            | "addIns"
            | "keyCredentials"
            | "passwordCredentials"
            | "resourceSpecificApplicationPermissions" => json!([]),
            _ => Value::Null,
        })
    }
}

impl Principal<'_> {
    /// What the permissions of Microsoft Graph look like; no other resource has app roles.
    fn permissions(&self, shown: fn(&str, &Permission) -> Option<Value>) -> Value {
        match self {
            Self::Of(_) => json!([]),
            Self::Graph(_) => {
                let all = Permissions::get().permissions.iter();
                all.filter_map(|(name, permission)| shown(name, permission)).collect()
            }
        }
    }
}

fn scope(name: &str, permission: &Permission) -> Option<Value> {
    let text = &permission.text;
    Some(json!({
        "adminConsentDescription": text, "adminConsentDisplayName": text, "id": permission.delegated?,
        "isEnabled": true, "type": if permission.consent == Consent::User { "User" } else { "Admin" },
        "userConsentDescription": text, "userConsentDisplayName": text, "value": name,
    }))
}

fn app_role(name: &str, permission: &Permission) -> Option<Value> {
    let text = &permission.text;
    Some(json!({
        "allowedMemberTypes": ["Application"], "description": text, "displayName": text,
        "id": permission.application?, "isEnabled": true, "origin": "Application", "value": name,
    }))
}

pub(crate) fn list(call: Call<'_>) -> Result<Answer, GraphError> {
    let plan = Plan::<Principal<'_>>::of(&call.query)?;
    let found = sorted(&call);
    let listing = Listing { set: "servicePrincipals", path: "servicePrincipals", total: Some(found.len()) };
    let id = |principal: &Principal<'_>| principal.id().to_string();
    odata::collection(&call, &plan, &listing, |token| odata::later(found.iter().copied(), id, token)).map(Answer::Ok)
}

pub(crate) fn count(call: Call<'_>) -> Result<Answer, GraphError> {
    let found = sorted(&call);
    odata::count(&call, &Plan::<Principal<'_>>::of(&call.query)?, found.len(), found.into_iter())
}

fn sorted<'t>(call: &'t Call<'_>) -> Vec<Principal<'t>> {
    let graph = Principal::Graph(call.tenant.graph_principal());
    let mut found: Vec<Principal<'_>> = call.tenant.principals().map(Principal::Of).chain([graph]).collect();
    found.sort_by_key(Principal::id);
    found
}

pub(crate) fn one(call: Call<'_>) -> Result<Answer, GraphError> {
    call.entity("servicePrincipals", &call.principal()?).map(Answer::Ok)
}

/// `POST servicePrincipals`: an application of this tenant comes into being here.
pub(crate) fn create(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let body = call.json(&["appId"])?;
    let app_id = guid(&body, "appId", PRINCIPAL)?;
    let application = call.tenant.application(app_id).ok_or_else(|| {
        GraphError::bad_content(format!(
            "The appId '{app_id}' of the service principal does not reference a valid application object."
        ))
    })?;
    if application.service_principal != Presence::Absent {
        return Err(GraphError::taken("servicePrincipalNames"));
    }
    let is_own = call.caller.principal().is_some_and(|caller| application.owners.contains(&caller));
    let (id, name) = (application.service_principal_id, application.display_name.clone());
    // An owner brings the application into the tenant; anybody else needs a role, or the permission for all.
    if !is_own {
        call.check_reach(Right::ManagePrincipals, None)?;
        if call.caller.user().is_none() && !call.caller.holds(&["Application.ReadWrite.All"]) {
            return Err(GraphError::denied());
        }
    }
    call.tenant.update_application(app_id, |application| application.service_principal = Presence::Present);
    let activity = Activity::new("Add service principal", PRINCIPAL, id, &name);
    call.record(activity, format!("added the service principal of {name:?}"));
    let principal =
        Principal::by_app_id(call.tenant, app_id).ok_or_else(|| GraphError::no_such_object(&id.to_string()))?;
    Ok(Answer::Created { body: call.created("servicePrincipals", &principal), location: call.location(id, PRINCIPAL) })
}

/// A service principal can be enabled and disabled.
pub(crate) fn update(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let body = call.json(&["accountEnabled"])?;
    let enabled = flag(&body, "accountEnabled", PRINCIPAL)?;
    let principal = call.principal()?;
    if principal.is_microsofts() {
        return Err(GraphError::bad_content(
            "The service principal of an application of Microsoft's cannot be changed.",
        ));
    }
    let (id, app_id, name) = (principal.id(), principal.app_id(), principal.display_name().to_owned());
    let Some(enabled) = enabled else { return Ok(Answer::NoContent) };
    let (presence, verb) = if enabled { (Presence::Present, "enabled") } else { (Presence::Disabled, "disabled") };
    call.tenant.update_application(app_id, |application| application.service_principal = presence);
    let activity = Activity::new("Update service principal", PRINCIPAL, id, &name);
    call.record(activity, format!("{verb} the service principal of {name:?}"));
    Ok(Answer::NoContent)
}

/// Takes the application out of the tenant, with everything that was granted to it; the registration stays.
pub(crate) fn delete(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let principal = call.principal()?;
    if principal.is_microsofts() {
        return Err(GraphError::bad_content(
            "The service principal of an application of Microsoft's cannot be deleted.",
        ));
    }
    let (id, app_id, name) = (principal.id(), principal.app_id(), principal.display_name().to_owned());
    call.tenant.update_application(app_id, |application| {
        application.service_principal = Presence::Absent;
        application.withdraw_grants();
    });
    let activity = Activity::new("Remove service principal", PRINCIPAL, id, &name);
    call.record(activity, format!("deleted the service principal of {name:?}"));
    Ok(Answer::NoContent)
}
