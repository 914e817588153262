//! App registrations (entra.md §2.8): create, read, change, delete, secrets, owners.

mod properties;
mod secrets;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use uuid::Uuid;

use super::answer::Answer;
use super::call::{Call, referenced, text};
use super::error::GraphError;
use super::object::{DirectoryObject, ObjectPlan};
use super::odata::{self, Listing, Plan};
use crate::applications::{Application, ClientKind};
use crate::tenant::{Activity, NewApplication};

pub(crate) use secrets::{add_password, remove_password};

/// The type that messages name.
const APPLICATION: &str = "Application";
/// What may be written, beside the name.
const WRITABLE: &[&str] = &[
    "api",
    "appRoles",
    "description",
    "groupMembershipClaims",
    "identifierUris",
    "info",
    "isFallbackPublicClient",
    "notes",
    "optionalClaims",
    "publicClient",
    "requiredResourceAccess",
    "serviceManagementReference",
    "signInAudience",
    "spa",
    "tags",
    "web",
];

pub(crate) fn list(call: Call<'_>) -> Result<Answer, GraphError> {
    let plan = Plan::<Application>::of(&call.query)?;
    let found = sorted(&call);
    let listing = Listing { set: "applications", path: "applications", total: Some(found.len()) };
    let id = |application: &&Application| application.id.to_string();
    odata::collection(&call, &plan, &listing, |token| odata::later(found.iter().copied(), id, token)).map(Answer::Ok)
}

pub(crate) fn count(call: Call<'_>) -> Result<Answer, GraphError> {
    let found = sorted(&call);
    odata::count(&call, &Plan::<Application>::of(&call.query)?, found.len(), found.into_iter())
}

fn sorted<'t>(call: &'t Call<'_>) -> Vec<&'t Application> {
    let mut found: Vec<&Application> = call.tenant.registrations().collect();
    found.sort_by_key(|application| application.id);
    found
}

pub(crate) fn one(call: Call<'_>) -> Result<Answer, GraphError> {
    call.entity("applications", call.application()?).map(Answer::Ok)
}

pub(crate) fn create(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let body = call.json(&[&["displayName"], WRITABLE].concat())?;
    let display_name = text(&body, "displayName", APPLICATION)?.to_owned();
    let profile = profile(&body)?;
    let (kind, redirect_uris) = (kind(&profile), redirect_uris(&profile));
    let owners: BTreeSet<Uuid> = call.caller.principal().into_iter().collect();
    let new = NewApplication { display_name: display_name.clone(), kind, redirect_uris, owners, profile };
    let (id, app_id) = {
        let application = call.tenant.register(call.now, new);
        (application.id, application.app_id)
    };
    let activity = Activity::new("Add application", APPLICATION, id, &display_name);
    call.record(activity, format!("registered the application {display_name:?} ({app_id})"));
    let application = call.tenant.application(app_id).ok_or_else(|| GraphError::no_such_object(&id.to_string()))?;
    Ok(Answer::Created { body: call.created("applications", application), location: call.location(id, APPLICATION) })
}

pub(crate) fn update(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let body = call.json(&[&["displayName"], WRITABLE].concat())?;
    let display_name = body.contains_key("displayName").then(|| text(&body, "displayName", APPLICATION)).transpose()?;
    let profile = profile(&body)?;
    let (id, app_id) = (call.application()?.id, call.application()?.app_id);
    let name = call.tenant.update_application(app_id, |application| {
        application.display_name = display_name.map_or_else(|| application.display_name.clone(), str::to_owned);
        let has_uris = ["web", "spa", "publicClient"].iter().any(|name| profile.contains_key(name));
        application.profile.extend(profile);
        if has_uris {
            application.redirect_uris = redirect_uris(&application.profile);
        }
        if application.profile.contains_key("isFallbackPublicClient") {
            application.kind = kind(&application.profile);
        }
        application.display_name.clone()
    });
    let name = name.unwrap_or_default();
    let activity = Activity::new("Update application", APPLICATION, id, &name);
    call.record(activity, format!("changed the application {name:?}"));
    Ok(Answer::NoContent)
}

pub(crate) fn delete(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let app_id = call.application()?.app_id;
    if let Some(gone) = call.tenant.remove_application(app_id) {
        let activity = Activity::new("Delete application", APPLICATION, gone.id, &gone.display_name);
        call.record(activity, format!("deleted the application {:?}", gone.display_name));
    }
    Ok(Answer::NoContent)
}

pub(crate) fn owners(call: Call<'_>) -> Result<Answer, GraphError> {
    let application = call.application()?;
    let owners: Vec<DirectoryObject<'_>> = application.owners.iter().filter_map(|id| call.tenant.object(*id)).collect();
    let path = format!("applications/{}/owners", application.id);
    let listing = Listing { set: "directoryObjects", path: &path, total: Some(owners.len()) };
    let id = |object: &DirectoryObject<'_>| object.id(call.tenant).to_string();
    let source = |token: Option<&str>| odata::later(owners.iter().copied(), id, token);
    odata::collection(&call, &ObjectPlan::of(&call.query)?, &listing, source).map(Answer::Ok)
}

pub(crate) fn add_owner(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let body = call.json(&["@odata.id"])?;
    let owner = referenced(&body.get("@odata.id").cloned().unwrap_or_default())?;
    match call.tenant.object(owner) {
        Some(DirectoryObject::User(_) | DirectoryObject::ServicePrincipal(_)) => {}
        _ => return Err(GraphError::no_such_object(&owner.to_string())),
    }
    let (id, app_id, name) = names(&call)?;
    if call.tenant.update_application(app_id, |application| application.owners.insert(owner)) != Some(true) {
        return Err(GraphError::bad_content(
            "One or more added object references already exist for the following modified properties: 'owners'.",
        ));
    }
    let activity = Activity::new("Add owner to application", APPLICATION, id, &name);
    call.record(activity, format!("made {owner} an owner of the application {name:?}"));
    Ok(Answer::NoContent)
}

pub(crate) fn remove_owner(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let owner = call.named("owner", Some)?;
    let (id, app_id, name) = names(&call)?;
    if call.tenant.update_application(app_id, |application| application.owners.remove(&owner)) != Some(true) {
        return Err(GraphError::no_such_object(&owner.to_string()));
    }
    let activity = Activity::new("Remove owner from application", APPLICATION, id, &name);
    call.record(activity, format!("removed the owner {owner} of the application {name:?}"));
    Ok(Answer::NoContent)
}

fn names(call: &Call<'_>) -> Result<(Uuid, Uuid, String), GraphError> {
    let application = call.application()?;
    Ok((application.id, application.app_id, application.display_name.clone()))
}

fn profile(body: &Map<String, Value>) -> Result<BTreeMap<&'static str, Value>, GraphError> {
    let given = WRITABLE.iter().filter_map(|name| Some((*name, body.get(*name)?.clone())));
    let checked = given.map(|(name, value)| {
        let error = || GraphError::invalid_value(name, APPLICATION);
        if fits(name, &value) { Ok((name, value)) } else { Err(error()) }
    });
    checked.collect()
}

/// Whether a value has the type of the property, as far as the tenant reads it.
fn fits(name: &str, value: &Value) -> bool {
    let is_text = |value: &Value| value.is_string();
    let texts = |value: &Value| value.as_array().is_some_and(|items| items.iter().all(is_text));
    match name {
        "web" | "spa" | "publicClient" => value.is_object() && value.get("redirectUris").is_none_or(texts),
        "requiredResourceAccess" => value.as_array().is_some_and(|asked| asked.iter().all(is_resource_access)),
        "isFallbackPublicClient" => value.is_boolean() || value.is_null(),
        "identifierUris" | "tags" => texts(value),
        "signInAudience" => value == "AzureADMyOrg" || value == "AzureADMultipleOrgs",
        "api" | "info" | "optionalClaims" => value.is_object() || value.is_null(),
        "appRoles" => value.is_array(),
        _ => value.is_string() || value.is_null(),
    }
}

fn is_resource_access(asked: &Value) -> bool {
    let is_id = |value: &Value| value.as_str().is_some_and(|id| Uuid::parse_str(id).is_ok());
    let is_one = |access: &Value| is_id(&access["id"]) && (access["type"] == "Scope" || access["type"] == "Role");
    is_id(&asked["resourceAppId"]) && asked["resourceAccess"].as_array().is_some_and(|all| all.iter().all(is_one))
}

fn kind(profile: &BTreeMap<&'static str, Value>) -> ClientKind {
    match profile.get("isFallbackPublicClient") {
        Some(Value::Bool(true)) => ClientKind::Public,
        _ => ClientKind::Confidential,
    }
}

fn redirect_uris(profile: &BTreeMap<&'static str, Value>) -> Vec<String> {
    let platforms = ["web", "spa", "publicClient"].iter().filter_map(|name| profile.get(name));
    let uris = platforms.filter_map(|platform| platform["redirectUris"].as_array());
    uris.flatten().filter_map(|uri| uri.as_str().map(str::to_owned)).collect()
}
