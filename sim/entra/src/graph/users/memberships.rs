//! What a user, a group or another object is a member of: directly, or through groups.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::directory::Group;
use crate::graph::answer::Answer;
use crate::graph::call::{Call, flag};
use crate::graph::error::GraphError;
use crate::graph::object::{DirectoryObject, ObjectPlan};
use crate::graph::odata::{self, Listing, Plan};
use crate::tenant::Tenant;

/// How many ids one request may check.
const IDS_MAX: usize = 20;

pub(crate) fn member_of(call: Call<'_>) -> Result<Answer, GraphError> {
    list(&call, "memberOf", direct(call.tenant, subject(&call)?))
}

pub(crate) fn transitive_member_of(call: Call<'_>) -> Result<Answer, GraphError> {
    list(&call, "transitiveMemberOf", transitive(call.tenant, subject(&call)?))
}

pub(crate) fn member_of_count(call: Call<'_>) -> Result<Answer, GraphError> {
    count(&call, direct(call.tenant, subject(&call)?))
}

pub(crate) fn transitive_member_of_count(call: Call<'_>) -> Result<Answer, GraphError> {
    count(&call, transitive(call.tenant, subject(&call)?))
}

/// `memberOf/microsoft.graph.group`.
pub(crate) fn member_of_groups(call: Call<'_>) -> Result<Answer, GraphError> {
    groups(&call, "memberOf", direct(call.tenant, subject(&call)?))
}

/// `transitiveMemberOf/microsoft.graph.group`.
pub(crate) fn transitive_member_of_groups(call: Call<'_>) -> Result<Answer, GraphError> {
    groups(&call, "transitiveMemberOf", transitive(call.tenant, subject(&call)?))
}

/// `getMemberGroups`.
pub(crate) fn member_groups(call: Call<'_>) -> Result<Answer, GraphError> {
    let body = call.json(&["securityEnabledOnly"])?;
    flag(&body, "securityEnabledOnly", "DirectoryObject")?;
    // Every group of the lab's tenant is a security group.
    let groups = call.tenant.all_groups_of(subject(&call)?);
    Ok(ids(&call, groups.into_iter().collect()))
}

/// `getMemberObjects`: groups and directory roles.
pub(crate) fn member_objects(call: Call<'_>) -> Result<Answer, GraphError> {
    let body = call.json(&["securityEnabledOnly"])?;
    let only_groups = flag(&body, "securityEnabledOnly", "DirectoryObject")? == Some(true);
    let objects = transitive(call.tenant, subject(&call)?);
    let objects = objects.iter().filter(|object| !only_groups || matches!(object, DirectoryObject::Group(_)));
    Ok(ids(&call, objects.map(|object| object.id(call.tenant)).collect()))
}

/// `checkMemberGroups`.
pub(crate) fn check_member_groups(call: Call<'_>) -> Result<Answer, GraphError> {
    let body = call.json(&["groupIds"])?;
    let invalid = || GraphError::invalid_value("groupIds", "DirectoryObject");
    let asked =
        body.get("groupIds").and_then(Value::as_array).filter(|ids| ids.len() <= IDS_MAX).ok_or_else(invalid)?;
    let asked = asked.iter().map(|id| Uuid::parse_str(id.as_str().unwrap_or_default()).map_err(|_| invalid()));
    let asked: BTreeSet<Uuid> = asked.collect::<Result<_, _>>()?;
    let groups = call.tenant.all_groups_of(subject(&call)?);
    Ok(ids(&call, asked.intersection(&groups).copied().collect()))
}

/// The groups and directory roles that an object is in by itself, in the order of their ids.
pub(super) fn direct(tenant: &Tenant, id: Uuid) -> Vec<DirectoryObject<'_>> {
    with_roles(tenant, id, tenant.groups_of(id).iter().filter_map(|group| tenant.group(*group)))
}

/// The same, also through other groups.
pub(super) fn transitive(tenant: &Tenant, id: Uuid) -> Vec<DirectoryObject<'_>> {
    with_roles(tenant, id, tenant.all_groups_of(id).into_iter().filter_map(|group| tenant.group(group)))
}

fn with_roles<'t>(tenant: &'t Tenant, id: Uuid, groups: impl Iterator<Item = &'t Group>) -> Vec<DirectoryObject<'t>> {
    let roles = tenant.user(id).into_iter().flat_map(|user| &user.roles).map(|role| DirectoryObject::Role(*role));
    let mut objects: Vec<DirectoryObject<'t>> = groups.map(DirectoryObject::Group).chain(roles).collect();
    objects.sort_by_key(|object| object.id(tenant));
    objects
}

/// Whom the path is about: a user, a group, or any object.
fn subject(call: &Call<'_>) -> Result<Uuid, GraphError> {
    if call.captures.get("group").is_some() {
        return Ok(call.group()?.id);
    }
    if call.captures.get("object").is_some() {
        return call.named("object", |id| call.tenant.object(id).map(|_| id));
    }
    Ok(call.user()?.id)
}

fn place(call: &Call<'_>, relation: &str) -> Result<String, GraphError> {
    Ok(match call.captures.get("group") {
        Some(id) => format!("groups/{id}/{relation}"),
        None => format!("{}/{relation}", call.user_path()?),
    })
}

fn list(call: &Call<'_>, relation: &str, objects: Vec<DirectoryObject<'_>>) -> Result<Answer, GraphError> {
    let plan = ObjectPlan::of(&call.query)?;
    let path = place(call, relation)?;
    let listing = Listing { set: "directoryObjects", path: &path, total: Some(objects.len()) };
    let id = |object: &DirectoryObject<'_>| object.id(call.tenant).to_string();
    odata::collection(call, &plan, &listing, |token| odata::later(objects.iter().copied(), id, token)).map(Answer::Ok)
}

fn count(call: &Call<'_>, objects: Vec<DirectoryObject<'_>>) -> Result<Answer, GraphError> {
    odata::count(call, &ObjectPlan::of(&call.query)?, objects.len(), objects.into_iter())
}

fn groups(call: &Call<'_>, relation: &str, objects: Vec<DirectoryObject<'_>>) -> Result<Answer, GraphError> {
    let only =
        |object: DirectoryObject<'_>| if let DirectoryObject::Group(group) = object { Some(group.id) } else { None };
    let groups: Vec<&Group> = objects.into_iter().filter_map(only).filter_map(|id| call.tenant.group(id)).collect();
    let plan = Plan::<Group>::of(&call.query)?;
    let path = format!("{}/microsoft.graph.group", place(call, relation)?);
    let listing = Listing { set: "groups", path: &path, total: Some(groups.len()) };
    let id = |group: &&Group| group.id.to_string();
    odata::collection(call, &plan, &listing, |token| odata::later(groups.iter().copied(), id, token)).map(Answer::Ok)
}

fn ids(call: &Call<'_>, ids: Vec<Uuid>) -> Answer {
    Answer::Ok(json!({ "@odata.context": call.context("Collection(Edm.String)"), "value": ids }))
}
