//! Application permissions: `appRoleAssignment`, from the side of the application and of the resource.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{client_of, list_of, named, record};
use crate::applications::Application;
use crate::graph::answer::Answer;
use crate::graph::call::{Call, guid};
use crate::graph::error::GraphError;
use crate::graph::odata::{Resource, Rules};
use crate::graph::permissions::Permissions;
use crate::graph::service_principals::Principal;
use crate::tenant::Tenant;

/// `appRoleAssignment`.
#[derive(Clone, Debug)]
struct Assignment {
    principal: Uuid,
    principal_name: String,
    resource: Uuid,
    role: Uuid,
    created: String,
}

const ASSIGNMENT: &str = "AppRoleAssignment";

impl Resource for Assignment {
    const KIND: &'static str = "appRoleAssignment";
    const PROPERTIES: &'static [&'static str] = &[
        "id",
        "deletedDateTime",
        "appRoleId",
        "createdDateTime",
        "principalDisplayName",
        "principalId",
        "principalType",
        "resourceDisplayName",
        "resourceId",
    ];
    const RULES: Rules = Rules::Plain;

    fn property(&self, _: &Tenant, name: &str) -> Option<Value> {
        Some(match name {
            "id" => json!(self.id()),
            "appRoleId" => json!(self.role),
            "createdDateTime" => json!(self.created),
            "principalDisplayName" => json!(self.principal_name),
            "principalId" => json!(self.principal),
            "principalType" => json!("ServicePrincipal"),
            "resourceDisplayName" => json!("Microsoft Graph"),
            "resourceId" => json!(self.resource),
            _ => Value::Null,
        })
    }
}

impl Assignment {
    fn id(&self) -> String {
        named(&[Some(self.principal), Some(self.role)])
    }

    fn of(tenant: &Tenant, application: &Application) -> Vec<Self> {
        let map = Permissions::get();
        let roles = application.app_roles.iter().filter_map(|name| map.permissions.get(name)?.application);
        let assignment = |role| Self {
            principal: application.service_principal_id,
            principal_name: application.display_name.clone(),
            resource: tenant.graph_principal(),
            role,
            created: crate::graph::date(application.created),
        };
        roles.map(assignment).collect()
    }
}

/// `appRoleAssignments`: the application permissions of a service principal.
pub(crate) fn role_assignments(call: Call<'_>) -> Result<Answer, GraphError> {
    let principal = call.principal()?;
    let path = format!("servicePrincipals/{}/appRoleAssignments", principal.id());
    let assignments = match principal {
        Principal::Of(application) => Assignment::of(call.tenant, application),
        Principal::Graph(_) => Vec::new(),
    };
    list_of(&call, "appRoleAssignments", &path, assignments)
}

/// `appRoleAssignedTo`: who has application permissions of a resource.
pub(crate) fn roles_assigned_to(call: Call<'_>) -> Result<Answer, GraphError> {
    let principal = call.principal()?;
    let path = format!("servicePrincipals/{}/appRoleAssignedTo", principal.id());
    let assignments = match principal {
        Principal::Of(_) => Vec::new(),
        Principal::Graph(_) => {
            call.tenant.principals().flat_map(|application| Assignment::of(call.tenant, application)).collect()
        }
    };
    list_of(&call, "appRoleAssignments", &path, assignments)
}

/// `POST appRoleAssignments` and `POST appRoleAssignedTo`: the path names the one, or the other, side.
pub(crate) fn assign_role(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let body = call.json(&["principalId", "resourceId", "appRoleId"])?;
    let (principal, resource) = (guid(&body, "principalId", ASSIGNMENT)?, guid(&body, "resourceId", ASSIGNMENT)?);
    let role = guid(&body, "appRoleId", ASSIGNMENT)?;
    let in_path = call.principal()?.id();
    if in_path != principal && in_path != resource {
        return Err(GraphError::bad_content("The service principal of the path is none of the assignment's."));
    }
    check_resource(&call, resource)?;
    let app_id = client_of(&call, principal)?;
    let name = Permissions::get().app_role(role).ok_or_else(|| {
        GraphError::bad_content(format!("Permission being assigned was not found on application: '{role}'."))
    })?;
    let is_new = call.tenant.update_application(app_id, |application| application.app_roles.insert(name.to_owned()));
    if is_new != Some(true) {
        return Err(GraphError::bad_content("Permission being assigned already exists on the object"));
    }
    record(
        &mut call,
        app_id,
        "Add app role assignment to service principal",
        &format!("gave the permission {name} to"),
    );
    let application =
        call.tenant.application(app_id).ok_or_else(|| GraphError::no_such_object(&principal.to_string()))?;
    let created = Assignment::of(call.tenant, application).into_iter().find(|assignment| assignment.role == role);
    let created = created.ok_or_else(|| GraphError::no_such_object(&role.to_string()))?;
    let set = format!("servicePrincipals('{in_path}')/appRoleAssignments");
    Ok(Answer::Created { body: call.created(&set, &created), location: None })
}

pub(crate) fn withdraw_role(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let id = call.captures.get("assignment").unwrap_or_default().to_owned();
    let in_path = call.principal()?.id();
    let mut all = call.tenant.principals().flat_map(|application| Assignment::of(call.tenant, application));
    let is_it = |assignment: &Assignment| {
        assignment.id() == id && [assignment.principal, assignment.resource].contains(&in_path)
    };
    let assignment = all.find(is_it).ok_or_else(|| GraphError::no_such_object(&id))?;
    drop(all);
    let app_id = client_of(&call, assignment.principal)?;
    let name = Permissions::get().app_role(assignment.role).unwrap_or_default();
    call.tenant.update_application(app_id, |application| application.app_roles.remove(name));
    let words = format!("took the permission {name} from");
    record(&mut call, app_id, "Remove app role assignment from service principal", &words);
    Ok(Answer::NoContent)
}

/// Microsoft Graph is the only resource with app roles.
fn check_resource(call: &Call<'_>, resource: Uuid) -> Result<(), GraphError> {
    let is_graph = resource == call.tenant.graph_principal();
    if is_graph { Ok(()) } else { Err(GraphError::no_such_object(&resource.to_string())) }
}
