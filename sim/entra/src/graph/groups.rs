//! Security groups (entra.md §2.6): read, list, create, update, delete.

mod members;
mod properties;

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::answer::Answer;
use super::call::{Call, bound, flag, optional_text, text};
use super::error::GraphError;
use super::odata::{self, Listing, Plan};
use crate::directory::Group;
use crate::roles::Right;
use crate::tenant::{Activity, NewGroup, Tenant};

pub(crate) use members::{
    add_member, add_owner, delete_member, member_count, member_groups, member_users, members, owner_count, owner_users,
    owners, remove_member, remove_owner, transitive_count, transitive_groups, transitive_members, transitive_users,
};
pub(crate) use properties::security_id;

/// The type that messages name.
const GROUP: &str = "Group";
const DISPLAY_NAME_CHARS_MAX: usize = 256;

pub(crate) fn one(call: Call<'_>) -> Result<Answer, GraphError> {
    call.entity("groups", call.group()?).map(Answer::Ok)
}

pub(crate) fn list(call: Call<'_>) -> Result<Answer, GraphError> {
    let plan = Plan::<Group>::of(&call.query)?;
    let listing = Listing { set: "groups", path: "groups", total: Some(call.tenant.group_count()) };
    odata::collection(&call, &plan, &listing, |token| candidates(call.tenant, &plan, token)).map(Answer::Ok)
}

pub(crate) fn count(call: Call<'_>) -> Result<Answer, GraphError> {
    let plan = Plan::<Group>::of(&call.query)?;
    odata::count(&call, &plan, call.tenant.group_count(), candidates(call.tenant, &plan, None))
}

/// The groups that a query can find: by index where it names ids, else all of them.
fn candidates<'t>(
    tenant: &'t Tenant,
    plan: &Plan<Group>,
    token: Option<&str>,
) -> Box<dyn Iterator<Item = &'t Group> + 't> {
    let last = token.and_then(|token| Uuid::parse_str(token).ok());
    let Some(ids) = plan.pinned("id") else { return Box::new(tenant.groups_after(last)) };
    let ids: BTreeSet<Uuid> = ids.into_iter().filter_map(|id| Uuid::parse_str(id).ok()).collect();
    let behind = ids.into_iter().filter(move |id| last.is_none_or(|last| *id > last));
    Box::new(behind.filter_map(|id| tenant.group(id)))
}

pub(crate) fn create(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let body = call.json(&[
        "displayName",
        "mailNickname",
        "mailEnabled",
        "securityEnabled",
        "description",
        "groupTypes",
        "isAssignableToRole",
        "owners@odata.bind",
        "members@odata.bind",
    ])?;
    let display_name = display_name(&body)?;
    check_security_group(&body)?;
    let is_assignable_to_role = flag(&body, "isAssignableToRole", GROUP)?;
    if is_assignable_to_role == Some(true) {
        call.check_reach(Right::AssignRoles, None)?;
    }
    let owners = bound(&body, "owners@odata.bind", GROUP)?;
    let members = bound(&body, "members@odata.bind", GROUP)?;
    members::check_owners(&call, &owners)?;
    members::check_members(&call, &members)?;
    let new = NewGroup {
        display_name,
        mail_nickname: text(&body, "mailNickname", GROUP)?,
        description: optional_text(&body, "description", GROUP)?,
        owners: owners.into_iter().chain(call.caller.user()).collect(),
        is_assignable_to_role,
    };
    let id = call.tenant.add_group(call.now, &new).id;
    call.record(Activity::new("Add group", GROUP, id, display_name), format!("created the group {display_name:?}"));
    members::add(&mut call, id, &members)?;
    let group = call.tenant.group(id).ok_or_else(|| GraphError::no_such_object(&id.to_string()))?;
    Ok(Answer::Created { body: call.created("groups", group), location: call.location(id, GROUP) })
}

pub(crate) fn update(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let body = call.json(&["displayName", "mailNickname", "description", "members@odata.bind"])?;
    let id = call.group()?.id;
    let is_more = body.keys().any(|key| !["members@odata.bind", "@odata.type"].contains(&key.as_str()));
    // Who may only add members changes nothing else.
    if is_more && !call.caller.holds(&["Group.ReadWrite.All", "Directory.ReadWrite.All", "Directory.AccessAsUser.All"])
    {
        return Err(GraphError::denied());
    }
    let display_name = body.contains_key("displayName").then(|| display_name(&body)).transpose()?;
    let mail_nickname = body.contains_key("mailNickname").then(|| text(&body, "mailNickname", GROUP)).transpose()?;
    let description =
        body.contains_key("description").then(|| optional_text(&body, "description", GROUP)).transpose()?;
    members::add(&mut call, id, &bound(&body, "members@odata.bind", GROUP)?)?;
    if !is_more {
        return Ok(Answer::NoContent);
    }
    let name = call.tenant.update_group(id, |group| {
        group.display_name = display_name.map_or_else(|| group.display_name.clone(), str::to_owned);
        group.mail_nickname = mail_nickname.map_or_else(|| group.mail_nickname.clone(), str::to_owned);
        group.description = description.map_or_else(|| group.description.clone(), |text| text.map(str::to_owned));
        group.display_name.clone()
    });
    let name = name.unwrap_or_default();
    call.record(Activity::new("Update group", GROUP, id, &name), format!("changed the group {name:?}"));
    Ok(Answer::NoContent)
}

pub(crate) fn delete(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let id = call.group()?.id;
    remove(&mut call, id);
    Ok(Answer::NoContent)
}

pub(super) fn remove(call: &mut Call<'_>, id: Uuid) {
    if let Some(group) = call.tenant.delete_group(id) {
        let name = group.display_name;
        call.record(Activity::new("Delete group", GROUP, id, &name), format!("deleted the group {name:?}"));
    }
}

fn display_name(body: &Map<String, Value>) -> Result<&str, GraphError> {
    let name = text(body, "displayName", GROUP)?;
    let fits = name.chars().count() <= DISPLAY_NAME_CHARS_MAX;
    if fits { Ok(name) } else { Err(GraphError::invalid_value("displayName", GROUP)) }
}

/// The lab's tenant has security groups only.
fn check_security_group(body: &Map<String, Value>) -> Result<(), GraphError> {
    let needed = |name: &str| flag(body, name, GROUP)?.ok_or_else(|| GraphError::value_required(name, GROUP));
    let no_types = body.get("groupTypes").is_none_or(|types| types.as_array().is_some_and(Vec::is_empty));
    if needed("mailEnabled")? || !needed("securityEnabled")? || !no_types {
        return Err(GraphError::bad_content(
            "The service does not currently support writes of mail-enabled groups. Please ensure that the mail-enablement property is unset and the security-enablement property is set.",
        ));
    }
    Ok(())
}
