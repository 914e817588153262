//! Members and owners of a group.

use std::collections::BTreeSet;
use std::ops::Bound::{Excluded, Unbounded};

use uuid::Uuid;

use super::GROUP;
use crate::directory::{Group, User};
use crate::graph::answer::Answer;
use crate::graph::call::{Call, referenced};
use crate::graph::error::GraphError;
use crate::graph::object::{Kind, ObjectPlan};
use crate::graph::odata::{self, Listing, Plan};
use crate::roles::Right;
use crate::tenant::{Activity, MembershipFault};

pub(crate) fn members(call: Call<'_>) -> Result<Answer, GraphError> {
    list(&call, "members", &call.group()?.members)
}

pub(crate) fn member_users(call: Call<'_>) -> Result<Answer, GraphError> {
    users(&call, "members", &call.group()?.members)
}

pub(crate) fn member_groups(call: Call<'_>) -> Result<Answer, GraphError> {
    groups(&call, "members", &call.group()?.members)
}

pub(crate) fn member_count(call: Call<'_>) -> Result<Answer, GraphError> {
    count(&call, &call.group()?.members)
}

pub(crate) fn transitive_members(call: Call<'_>) -> Result<Answer, GraphError> {
    list(&call, "transitiveMembers", &call.tenant.all_members_of(call.group()?.id))
}

pub(crate) fn transitive_users(call: Call<'_>) -> Result<Answer, GraphError> {
    users(&call, "transitiveMembers", &call.tenant.all_members_of(call.group()?.id))
}

pub(crate) fn transitive_groups(call: Call<'_>) -> Result<Answer, GraphError> {
    groups(&call, "transitiveMembers", &call.tenant.all_members_of(call.group()?.id))
}

pub(crate) fn transitive_count(call: Call<'_>) -> Result<Answer, GraphError> {
    count(&call, &call.tenant.all_members_of(call.group()?.id))
}

pub(crate) fn owners(call: Call<'_>) -> Result<Answer, GraphError> {
    list(&call, "owners", &call.group()?.owners)
}

pub(crate) fn owner_users(call: Call<'_>) -> Result<Answer, GraphError> {
    users(&call, "owners", &call.group()?.owners)
}

pub(crate) fn owner_count(call: Call<'_>) -> Result<Answer, GraphError> {
    count(&call, &call.group()?.owners)
}

pub(crate) fn add_member(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let body = call.json(&["@odata.id"])?;
    let group = call.group()?.id;
    let member = referenced(&body.get("@odata.id").cloned().unwrap_or_default())?;
    add(&mut call, group, &[member])?;
    Ok(Answer::NoContent)
}

/// Adds members to a group, all or none.
pub(super) fn add(call: &mut Call<'_>, group: Uuid, members: &[Uuid]) -> Result<(), GraphError> {
    let distinct: BTreeSet<Uuid> = members.iter().copied().collect();
    let there = call.tenant.group(group).is_some_and(|group| distinct.iter().any(|id| group.members.contains(id)));
    if there || distinct.len() < members.len() {
        return Err(already_there("members"));
    }
    check_members(call, members)?;
    for member in members {
        call.tenant.add_member(group, *member).map_err(|fault| membership_error(fault, group, *member))?;
        record(call, "Add member to group", "added {} to", group, *member);
    }
    Ok(())
}

/// Users, groups, devices and service principals can be members.
pub(super) fn check_members(call: &Call<'_>, ids: &[Uuid]) -> Result<(), GraphError> {
    check_kinds(call, ids, &[Kind::User, Kind::Group, Kind::Device, Kind::ServicePrincipal])
}

/// Users and service principals can be owners.
pub(super) fn check_owners(call: &Call<'_>, ids: &[Uuid]) -> Result<(), GraphError> {
    check_kinds(call, ids, &[Kind::User, Kind::ServicePrincipal])
}

fn check_kinds(call: &Call<'_>, ids: &[Uuid], kinds: &[Kind]) -> Result<(), GraphError> {
    let fits = |id: &&Uuid| call.tenant.object(**id).is_some_and(|object| kinds.contains(&object.kind()));
    match ids.iter().find(|id| !fits(id)) {
        Some(id) => Err(GraphError::no_such_object(&id.to_string())),
        None => Ok(()),
    }
}

pub(crate) fn remove_member(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let group = call.group()?.id;
    let member = call.named("member", Some)?;
    call.tenant.remove_member(group, member).map_err(|fault| membership_error(fault, group, member))?;
    record(&mut call, "Remove member from group", "removed {} from", group, member);
    Ok(Answer::NoContent)
}

/// Without `$ref` it is the member itself that is deleted, not its membership.
pub(crate) fn delete_member(call: Call<'_>) -> Result<Answer, GraphError> {
    let group = call.group()?;
    let member = call.named("member", |id| group.members.contains(&id).then_some(id))?;
    let user = call.tenant.user(member).ok_or_else(|| GraphError::no_such_object(&member.to_string()))?;
    call.check_reach(Right::DeleteUser, Some(user))?;
    call.tenant.delete_user(call.caller.name(), member);
    Ok(Answer::NoContent)
}

pub(crate) fn add_owner(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let body = call.json(&["@odata.id"])?;
    let group = call.group()?.id;
    let owner = referenced(&body.get("@odata.id").cloned().unwrap_or_default())?;
    check_owners(&call, &[owner])?;
    if call.tenant.update_group(group, |group| group.owners.insert(owner)) != Some(true) {
        return Err(already_there("owners"));
    }
    record(&mut call, "Add owner to group", "made {} an owner of", group, owner);
    Ok(Answer::NoContent)
}

pub(crate) fn remove_owner(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let group = call.group()?.id;
    let owner = call.named("owner", Some)?;
    let owners = &call.group()?.owners;
    if owners.len() == 1 && owners.contains(&owner) {
        return Err(GraphError::bad_content(
            "The group must have at least one owner, hence this owner cannot be removed.",
        ));
    }
    if call.tenant.update_group(group, |group| group.owners.remove(&owner)) != Some(true) {
        return Err(GraphError::no_such_object(&owner.to_string()));
    }
    record(&mut call, "Remove owner from group", "removed the owner {} of", group, owner);
    Ok(Answer::NoContent)
}

fn list(call: &Call<'_>, relation: &str, ids: &BTreeSet<Uuid>) -> Result<Answer, GraphError> {
    let plan = ObjectPlan::of(&call.query)?;
    let path = format!("groups/{}/{relation}", call.group()?.id);
    let listing = Listing { set: "directoryObjects", path: &path, total: Some(ids.len()) };
    let source = |token: Option<&str>| behind(ids, token).filter_map(|id| call.tenant.object(id));
    odata::collection(call, &plan, &listing, source).map(Answer::Ok)
}

fn users(call: &Call<'_>, relation: &str, ids: &BTreeSet<Uuid>) -> Result<Answer, GraphError> {
    let plan = Plan::<User>::of(&call.query)?;
    let path = format!("groups/{}/{relation}/microsoft.graph.user", call.group()?.id);
    let source = |token: Option<&str>| behind(ids, token).filter_map(|id| call.tenant.user(id));
    let listing = Listing { set: "users", path: &path, total: None };
    odata::collection(call, &plan, &listing, source).map(Answer::Ok)
}

fn groups(call: &Call<'_>, relation: &str, ids: &BTreeSet<Uuid>) -> Result<Answer, GraphError> {
    let plan = Plan::<Group>::of(&call.query)?;
    let path = format!("groups/{}/{relation}/microsoft.graph.group", call.group()?.id);
    let source = |token: Option<&str>| behind(ids, token).filter_map(|id| call.tenant.group(id));
    let listing = Listing { set: "groups", path: &path, total: None };
    odata::collection(call, &plan, &listing, source).map(Answer::Ok)
}

fn count(call: &Call<'_>, ids: &BTreeSet<Uuid>) -> Result<Answer, GraphError> {
    let objects = ids.iter().filter_map(|id| call.tenant.object(*id));
    odata::count(call, &ObjectPlan::of(&call.query)?, ids.len(), objects)
}

fn behind<'a>(ids: &'a BTreeSet<Uuid>, token: Option<&str>) -> impl Iterator<Item = Uuid> + use<'a> {
    let last = token.and_then(|token| Uuid::parse_str(token).ok());
    ids.range((last.map_or(Unbounded, Excluded), Unbounded)).copied()
}

fn already_there(property: &str) -> GraphError {
    GraphError::bad_content(format!(
        "One or more added object references already exist for the following modified properties: '{property}'."
    ))
}

fn membership_error(fault: MembershipFault, group: Uuid, member: Uuid) -> GraphError {
    match fault {
        MembershipFault::AlreadyMember => already_there("members"),
        MembershipFault::NoSuchGroup => GraphError::no_such_object(&group.to_string()),
        MembershipFault::NotMember | MembershipFault::NoSuchObject => GraphError::no_such_object(&member.to_string()),
    }
}

/// `words` has `{}` where the member's name goes; the group's follows.
fn record(call: &mut Call<'_>, activity: &'static str, words: &str, group: Uuid, member: Uuid) {
    let name = call.tenant.group(group).map_or_else(String::new, |group| group.display_name.clone());
    let member = call.tenant.user(member).map_or_else(|| member.to_string(), |user| user.upn.clone());
    let what = format!("{} the group {name:?}", words.replace("{}", &member));
    call.record(Activity::new(activity, GROUP, group, &name), what);
}
