//! `directory/deletedItems`: deleted users, read, restored and removed for good.

use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::{self, Answer};
use super::call::Call;
use super::error::GraphError;
use super::odata::{self, Listing, Plan, Resource};
use crate::directory::User;
use crate::roles::Right;
use crate::tenant::{Deleted, RestoreFault, Tenant};

/// A user with the date of the deletion.
impl Resource for Deleted {
    const KIND: &'static str = User::KIND;
    const PROPERTIES: &'static [&'static str] = User::PROPERTIES;

    fn shown(&self) -> &'static [&'static str] {
        self.user.shown()
    }

    fn property(&self, tenant: &Tenant, name: &str) -> Option<Value> {
        if name == "deletedDateTime" { Some(json!(answer::date(self.at))) } else { self.user.property(tenant, name) }
    }
}

const USERS: &str = "directory/deletedItems/microsoft.graph.user";

pub(crate) fn users(call: Call<'_>) -> Result<Answer, GraphError> {
    let plan = Plan::<Deleted>::of(&call.query)?;
    let deleted: Vec<Deleted> = call.tenant.recycle_bin(call.now).iter().cloned().collect();
    let listing = Listing { set: "users", path: USERS, total: Some(deleted.len()) };
    let id = |deleted: &&Deleted| deleted.user.id.to_string();
    odata::collection(&call, &plan, &listing, |token| odata::later(deleted.iter(), id, token)).map(Answer::Ok)
}

pub(crate) fn user_count(call: Call<'_>) -> Result<Answer, GraphError> {
    let plan = Plan::<Deleted>::of(&call.query)?;
    let deleted: Vec<Deleted> = call.tenant.recycle_bin(call.now).iter().cloned().collect();
    odata::count(&call, &plan, deleted.len(), deleted.iter())
}

pub(crate) fn one(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let deleted = find(&mut call)?;
    let mut body = call.entity("directoryObjects", &deleted)?;
    body["@odata.type"] = "#microsoft.graph.user".into();
    Ok(Answer::Ok(body))
}

pub(crate) fn restore(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let id = allowed(&mut call)?;
    match call.tenant.restore_user(call.caller.name(), id) {
        Ok(()) => {}
        Err(RestoreFault::NotThere) => return Err(GraphError::no_such_object(&id.to_string())),
        Err(RestoreFault::NameTaken) => return Err(GraphError::taken("userPrincipalName")),
    }
    let user = call.tenant.user(id).ok_or_else(|| GraphError::no_such_object(&id.to_string()))?;
    let mut body = call.created("directoryObjects", user);
    body["@odata.type"] = "#microsoft.graph.user".into();
    Ok(Answer::Ok(body))
}

pub(crate) fn delete(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let id = allowed(&mut call)?;
    call.tenant.purge_user(call.caller.name(), id);
    Ok(Answer::NoContent)
}

fn find(call: &mut Call<'_>) -> Result<Deleted, GraphError> {
    let key = call.captures.get("deleted").unwrap_or_default().to_owned();
    let id = Uuid::parse_str(&key).ok();
    let deleted = id.and_then(|id| call.tenant.recycle_bin(call.now).get(id).cloned());
    deleted.ok_or_else(|| GraphError::no_such_object(&key))
}

/// The deleted user of the path, if the caller's role reaches so far.
fn allowed(call: &mut Call<'_>) -> Result<Uuid, GraphError> {
    let deleted = find(call)?;
    call.check_reach(Right::DeleteUser, Some(&deleted.user))?;
    Ok(deleted.user.id)
}
