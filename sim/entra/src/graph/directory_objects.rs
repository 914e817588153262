//! `directoryObjects`: any object by its id, several at once, and deletion whatever the type.

use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::Answer;
use super::call::Call;
use super::error::GraphError;
use super::object::{DirectoryObject, Kind, ObjectPlan};
use super::{devices, groups};
use crate::roles::Right;

/// How many ids one request may ask for.
const IDS_MAX: usize = 1000;

pub(crate) fn one(call: Call<'_>) -> Result<Answer, GraphError> {
    let object = call.named("object", |id| call.tenant.object(id))?;
    call.entity("directoryObjects", &object).map(Answer::Ok)
}

/// `getByIds`: the objects that exist, in the order of the ids; `types` restricts them.
pub(crate) fn by_ids(call: Call<'_>) -> Result<Answer, GraphError> {
    let invalid = |property: &str| GraphError::invalid_value(property, "DirectoryObject");
    let body = call.json(&["ids", "types"])?;
    let ids =
        body.get("ids").and_then(Value::as_array).filter(|ids| ids.len() <= IDS_MAX).ok_or_else(|| invalid("ids"))?;
    let ids = ids.iter().map(|id| Uuid::parse_str(id.as_str().unwrap_or_default()).map_err(|_| invalid("ids")));
    let ids: Vec<Uuid> = ids.collect::<Result<_, _>>()?;
    let types: Option<Vec<&str>> = match body.get("types") {
        None | Some(Value::Null) => None,
        Some(types) => {
            let names = types.as_array().map(|types| types.iter().map(|kind| kind.as_str()).collect());
            Some(names.flatten().ok_or_else(|| invalid("types"))?)
        }
    };
    let is_wanted = |object: &DirectoryObject<'_>| {
        let named = |name: &&str| name.eq_ignore_ascii_case(object.kind().name()) || *name == "directoryObject";
        types.as_ref().is_none_or(|types| types.iter().any(named))
    };
    let plan = ObjectPlan::of(&call.query)?;
    let found = ids.into_iter().filter_map(|id| call.tenant.object(id)).filter(is_wanted);
    let value: Value = found.map(|object| Value::Object(plan.render(call.tenant, &object))).collect();
    Ok(Answer::Ok(json!({ "@odata.context": call.context("directoryObjects"), "value": value })))
}

/// What the caller must be allowed depends on what the object is.
pub(crate) fn delete(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let id = call.named("object", |id| call.tenant.object(id).map(|_| id))?;
    let kind = call.named("object", |id| call.tenant.object(id).map(|object| object.kind()))?;
    match kind {
        Kind::User => {
            call.check_reach(Right::DeleteUser, call.tenant.user(id))?;
            call.tenant.delete_user(call.caller.name(), id);
        }
        Kind::Group => {
            let is_for_roles = call.tenant.group(id).is_some_and(|group| group.is_assignable_to_role == Some(true));
            call.check_reach(if is_for_roles { Right::AssignRoles } else { Right::DeleteGroup }, None)?;
            groups::remove(&mut call, id);
        }
        Kind::Device => {
            call.check_reach(Right::ManageDevices, None)?;
            devices::remove(&mut call, id);
        }
        // The other types go by their own collections.
        Kind::Role | Kind::Application | Kind::ServicePrincipal => return Err(GraphError::denied()),
    }
    Ok(Answer::NoContent)
}
