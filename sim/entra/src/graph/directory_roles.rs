//! Directory roles (entra.md §2.7): templates, activation, holders, and the unified role management beside them.

use serde_json::{Value, json};
use uuid::Uuid;
use wire::Base64Url;

use super::answer::Answer;
use super::call::{Call, guid, referenced, text};
use super::error::GraphError;
use super::object::{DirectoryObject, ObjectPlan};
use super::odata::{self, Listing, Plan, Resource, Rules};
use crate::roles::Role;
use crate::tenant::{Activity, Tenant};

impl Resource for Role {
    const KIND: &'static str = "directoryRole";
    const PROPERTIES: &'static [&'static str] =
        &["id", "deletedDateTime", "description", "displayName", "roleTemplateId"];
    const NAVIGATION: &'static [&'static str] = &["members"];

    fn property(&self, tenant: &Tenant, name: &str) -> Option<Value> {
        Some(match name {
            "id" => json!(self.object_id(tenant.id())),
            "description" => json!(self.description()),
            "displayName" => json!(self.display_name()),
            "roleTemplateId" => json!(self.template_id()),
            _ => Value::Null,
        })
    }

    fn related<'t>(&self, tenant: &'t Tenant, name: &str) -> Vec<DirectoryObject<'t>> {
        if name == "members" { tenant.holders(*self).map(DirectoryObject::User).collect() } else { Vec::new() }
    }
}

/// `directoryRoleTemplate`.
struct Template(Role);

impl Resource for Template {
    const KIND: &'static str = "directoryRoleTemplate";
    const PROPERTIES: &'static [&'static str] = &["id", "deletedDateTime", "description", "displayName"];

    fn property(&self, tenant: &Tenant, name: &str) -> Option<Value> {
        if name == "id" { Some(json!(self.0.template_id())) } else { self.0.property(tenant, name) }
    }
}

/// `unifiedRoleDefinition`.
struct Definition(Role);

impl Resource for Definition {
    const KIND: &'static str = "unifiedRoleDefinition";
    const PROPERTIES: &'static [&'static str] = &[
        "id",
        "description",
        "displayName",
        "isBuiltIn",
        "isEnabled",
        "resourceScopes",
        "templateId",
        "version",
        "rolePermissions",
        "inheritsPermissionsFrom",
    ];
    const RULES: Rules = Rules::Plain;

    fn property(&self, tenant: &Tenant, name: &str) -> Option<Value> {
        Some(match name {
            "id" | "templateId" => json!(self.0.template_id()),
            "isBuiltIn" | "isEnabled" => json!(true),
            "resourceScopes" => json!(["/"]),
            "version" => json!("1"),
            "rolePermissions" | "inheritsPermissionsFrom" => json!([]),
            _ => return self.0.property(tenant, name),
        })
    }
}

/// `unifiedRoleAssignment`: a user holds a role, tenant-wide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Assignment {
    role: Role,
    principal: Uuid,
}

impl Resource for Assignment {
    const KIND: &'static str = "unifiedRoleAssignment";
    const PROPERTIES: &'static [&'static str] = &["id", "principalId", "directoryScopeId", "roleDefinitionId"];
    const RULES: Rules = Rules::Plain;

    fn property(&self, _: &Tenant, name: &str) -> Option<Value> {
        Some(match name {
            "id" => json!(self.id()),
            "principalId" => json!(self.principal),
            "directoryScopeId" => json!("/"),
            "roleDefinitionId" => json!(self.role.template_id()),
            _ => Value::Null,
        })
    }
}

impl Assignment {
    /// base64url of both ids, then the number of the scope: `-1` is the whole directory.
    fn id(&self) -> String {
        let bytes = [self.role.template_id().to_bytes_le(), self.principal.to_bytes_le()].concat();
        format!("{}-1", Base64Url(bytes))
    }

    fn parse(id: &str) -> Option<Self> {
        let bytes = Base64Url::parse(id.strip_suffix("-1")?)?.0;
        let (role, principal) = bytes.split_at_checked(16)?;
        let role = Role::by_template_id(Uuid::from_bytes_le(role.try_into().ok()?))?;
        Some(Self { role, principal: Uuid::from_bytes_le(principal.try_into().ok()?) })
    }

    fn of(tenant: &Tenant) -> Vec<Self> {
        let of_role = |role| tenant.holders(role).map(move |user| Self { role, principal: user.id });
        Role::all().flat_map(of_role).collect()
    }
}

const ASSIGNMENTS: &str = "roleManagement/directory/roleAssignments";
const DEFINITIONS: &str = "roleManagement/directory/roleDefinitions";
const ROLE: &str = "DirectoryRole";

pub(crate) fn list(call: Call<'_>) -> Result<Answer, GraphError> {
    let plan = Plan::<Role>::of(&call.query)?;
    let mut roles: Vec<Role> = call.tenant.activated_roles().iter().copied().collect();
    roles.sort_by_key(|role| role.object_id(call.tenant.id()));
    let listing = Listing { set: "directoryRoles", path: "directoryRoles", total: Some(roles.len()) };
    let id = |role: &Role| role.object_id(call.tenant.id()).to_string();
    odata::collection(&call, &plan, &listing, |token| odata::later(roles.iter().copied(), id, token)).map(Answer::Ok)
}

pub(crate) fn one(call: Call<'_>) -> Result<Answer, GraphError> {
    call.entity("directoryRoles", &call.role()?).map(Answer::Ok)
}

/// `POST directoryRoles`.
pub(crate) fn activate(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let body = call.json(&["roleTemplateId"])?;
    let template = guid(&body, "roleTemplateId", ROLE)?;
    let role = Role::by_template_id(template).ok_or_else(|| GraphError::no_such_object(&template.to_string()))?;
    if !call.tenant.activate_role(role) {
        return Err(GraphError::conflicting());
    }
    let id = role.object_id(call.tenant.id());
    let name = role.display_name();
    call.record(Activity::new("Add role", "Role", id, name), format!("activated the role {name}"));
    Ok(Answer::Created { body: call.created("directoryRoles", &role), location: call.location(id, ROLE) })
}

pub(crate) fn members(call: Call<'_>) -> Result<Answer, GraphError> {
    let role = call.role()?;
    let holders: Vec<DirectoryObject<'_>> = call.tenant.holders(role).map(DirectoryObject::User).collect();
    let plan = ObjectPlan::of(&call.query)?;
    let path = format!("directoryRoles/{}/members", role.object_id(call.tenant.id()));
    let listing = Listing { set: "directoryObjects", path: &path, total: Some(holders.len()) };
    let id = |object: &DirectoryObject<'_>| object.id(call.tenant).to_string();
    odata::collection(&call, &plan, &listing, |token| odata::later(holders.iter().copied(), id, token)).map(Answer::Ok)
}

pub(crate) fn add_member(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let body = call.json(&["@odata.id"])?;
    let role = call.role()?;
    let user = referenced(&body.get("@odata.id").cloned().unwrap_or_default())?;
    match assign(&mut call, role, user)? {
        true => Ok(Answer::NoContent),
        false => Err(GraphError::bad_content(
            "One or more added object references already exist for the following modified properties: 'members'.",
        )),
    }
}

pub(crate) fn remove_member(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let role = call.role()?;
    let user = call.named("member", Some)?;
    withdraw(&mut call, role, user)?;
    Ok(Answer::NoContent)
}

pub(crate) fn templates(call: Call<'_>) -> Result<Answer, GraphError> {
    let plan = Plan::<Template>::of(&call.query)?;
    let path = "directoryRoleTemplates";
    let listing = Listing { set: path, path, total: Some(Role::all().count()) };
    let id = |template: &Template| template.0.template_id().to_string();
    odata::collection(&call, &plan, &listing, |token| odata::later(Role::all().map(Template), id, token))
        .map(Answer::Ok)
}

pub(crate) fn template(call: Call<'_>) -> Result<Answer, GraphError> {
    let role = call.named("template", Role::by_template_id)?;
    call.entity("directoryRoleTemplates", &Template(role)).map(Answer::Ok)
}

pub(crate) fn definitions(call: Call<'_>) -> Result<Answer, GraphError> {
    let plan = Plan::<Definition>::of(&call.query)?;
    let listing = Listing { set: DEFINITIONS, path: DEFINITIONS, total: Some(Role::all().count()) };
    let id = |definition: &Definition| definition.0.template_id().to_string();
    let source = |token: Option<&str>| odata::later(Role::all().map(Definition), id, token);
    odata::collection(&call, &plan, &listing, source).map(Answer::Ok)
}

pub(crate) fn definition(call: Call<'_>) -> Result<Answer, GraphError> {
    let role = call.named("definition", Role::by_template_id)?;
    call.entity(DEFINITIONS, &Definition(role)).map(Answer::Ok)
}

pub(crate) fn assignments(call: Call<'_>) -> Result<Answer, GraphError> {
    let plan = Plan::<Assignment>::of(&call.query)?;
    let assignments = Assignment::of(call.tenant);
    let listing = Listing { set: ASSIGNMENTS, path: ASSIGNMENTS, total: Some(assignments.len()) };
    let source = |token: Option<&str>| odata::behind(assignments.iter().copied(), |a: &Assignment| a.id(), token);
    odata::collection(&call, &plan, &listing, source).map(Answer::Ok)
}

pub(crate) fn assignment(call: Call<'_>) -> Result<Answer, GraphError> {
    call.entity(ASSIGNMENTS, &held(&call)?).map(Answer::Ok)
}

/// `POST roleManagement/directory/roleAssignments`.
pub(crate) fn create_assignment(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let body = call.json(&["roleDefinitionId", "principalId", "directoryScopeId"])?;
    let definition = guid(&body, "roleDefinitionId", "RoleAssignment")?;
    let principal = guid(&body, "principalId", "RoleAssignment")?;
    if text(&body, "directoryScopeId", "RoleAssignment")? != "/" {
        return Err(GraphError::invalid_value("directoryScopeId", "RoleAssignment"));
    }
    let role = Role::by_template_id(definition).ok_or_else(|| GraphError::no_such_object(&definition.to_string()))?;
    if !assign(&mut call, role, principal)? {
        return Err(GraphError::conflicting());
    }
    Ok(Answer::Created { body: call.created(ASSIGNMENTS, &Assignment { role, principal }), location: None })
}

pub(crate) fn delete_assignment(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let Assignment { role, principal } = held(&call)?;
    withdraw(&mut call, role, principal)?;
    Ok(Answer::NoContent)
}

/// The assignment that the path names, if somebody has it.
fn held(call: &Call<'_>) -> Result<Assignment, GraphError> {
    let id = call.captures.get("assignment").unwrap_or_default();
    let named = Assignment::parse(id);
    let is_held = |assignment: &Assignment| {
        let user = call.tenant.user(assignment.principal);
        user.is_some_and(|user| user.roles.contains(&assignment.role))
    };
    named.filter(is_held).ok_or_else(|| GraphError::no_such_object(id))
}

fn assign(call: &mut Call<'_>, role: Role, user: Uuid) -> Result<bool, GraphError> {
    let is_new = call.tenant.assign_role(user, role).ok_or_else(|| GraphError::no_such_object(&user.to_string()))?;
    if is_new {
        record(call, "Add member to role", "gave", "to", role, user);
    }
    Ok(is_new)
}

fn withdraw(call: &mut Call<'_>, role: Role, user: Uuid) -> Result<(), GraphError> {
    match call.tenant.withdraw_role(user, role) {
        Some(true) => record(call, "Remove member from role", "took", "from", role, user),
        Some(false) | None => return Err(GraphError::no_such_object(&user.to_string())),
    }
    Ok(())
}

fn record(call: &mut Call<'_>, activity: &'static str, verb: &str, preposition: &str, role: Role, user: Uuid) {
    let name = role.display_name();
    let upn = call.tenant.user(user).map(|user| user.upn.clone()).unwrap_or_default();
    let id = role.object_id(call.tenant.id());
    call.record(Activity::new(activity, "Role", id, name), format!("{verb} the role {name} {preposition} {upn}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_assignment_is_named_by_both_of_its_ids() {
        let assignment = Assignment { role: Role::DirectoryWriters, principal: Uuid::from_u128(7) };
        let id = assignment.id();
        assert_eq!((id.len(), Assignment::parse(&id)), (45, Some(assignment)));
        for wrong in ["", "-1", "AAAA-1", &id[..43], &format!("{}AA-1", &id[..43])] {
            assert_eq!(Assignment::parse(wrong), None, "{wrong}");
        }
    }
}
