//! Security groups and their members (entra.md §2.6).

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::answer::{self, Answer};
use super::call::{Call, text};
use super::error::GraphError;
use super::odata::{self, Shape};
use super::users;
use crate::directory::Group;
use crate::tenant::{MembershipFault, NewGroup};

const SHAPE: Shape = Shape { kind: "group", default: &[] };
/// The type that messages name.
const GROUP: &str = "Group";
const DISPLAY_NAME_CHARS_MAX: usize = 256;

pub(crate) fn one(call: Call<'_>) -> Result<Answer, GraphError> {
    let group = object(call.group()?);
    odata::entity(&call, &SHAPE, "groups", group).map(Answer::Ok)
}

pub(crate) fn list(call: Call<'_>) -> Result<Answer, GraphError> {
    odata::collection(&call, &SHAPE, "groups", "groups", call.tenant.groups().map(object)).map(Answer::Ok)
}

pub(crate) fn create(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let known = ["displayName", "mailNickname", "mailEnabled", "securityEnabled", "description", "groupTypes"];
    let body = call.json(&known)?;
    let display_name = text(&body, "displayName", GROUP)?;
    if display_name.chars().count() > DISPLAY_NAME_CHARS_MAX {
        return Err(GraphError::invalid_value("displayName", GROUP));
    }
    check_security_group(&body)?;
    let new = NewGroup {
        display_name,
        mail_nickname: text(&body, "mailNickname", GROUP)?,
        description: body.get("description").and_then(Value::as_str),
        owner: call.caller.user(),
    };
    let group = call.tenant.add_group(call.now, &new);
    let (id, what, full) = (group.id, format!("created the group {:?}", group.display_name), object(group));
    call.record(what);
    let mut body = Map::from_iter([("@odata.context".to_owned(), call.context("groups/$entity"))]);
    body.extend(full.as_object().cloned().unwrap_or_default());
    Ok(Answer::Created { body: Value::Object(body), location: call.location(id, GROUP) })
}

pub(crate) fn delete(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let id = call.group()?.id;
    if let Some(group) = call.tenant.delete_group(id) {
        call.record(format!("deleted the group {:?}", group.display_name));
    }
    Ok(Answer::NoContent)
}

pub(crate) fn members(call: Call<'_>) -> Result<Answer, GraphError> {
    let group = call.group()?;
    let members = group.members.iter().filter_map(|id| call.tenant.user(*id)).map(|user| {
        let mut object = users::object(user);
        object["@odata.type"] = "#microsoft.graph.user".into();
        object
    });
    let path = format!("groups/{}/members", group.id);
    odata::collection(&call, &users::SHAPE, "directoryObjects", &path, members).map(Answer::Ok)
}

pub(crate) fn add_member(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let body = call.json(&["@odata.id"])?;
    let group = call.group()?.id;
    let reference = body.get("@odata.id").and_then(Value::as_str).unwrap_or_default();
    let user = referenced(reference)?;
    call.tenant.add_member(group, user).map_err(|fault| membership_error(fault, group, user))?;
    record_membership(&mut call, "added", "to", group, user);
    Ok(Answer::NoContent)
}

pub(crate) fn remove_member(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let group = call.group()?.id;
    let key = call.captures.get("member").unwrap_or_default();
    let user = Uuid::parse_str(key).map_err(|_| GraphError::no_such_object(key))?;
    call.tenant.remove_member(group, user).map_err(|fault| membership_error(fault, group, user))?;
    record_membership(&mut call, "removed", "from", group, user);
    Ok(Answer::NoContent)
}

/// Every property of a security group, in the order of recordings.
pub(crate) fn object(group: &Group) -> Value {
    let created = answer::date(group.created);
    json!({
        "id": group.id, "deletedDateTime": null, "classification": null, "createdDateTime": created,
        "creationOptions": [], "description": group.description, "displayName": group.display_name,
        "expirationDateTime": null, "groupTypes": [], "isAssignableToRole": null, "mail": null,
        "mailEnabled": false, "mailNickname": group.mail_nickname, "membershipRule": null,
        "membershipRuleProcessingState": null, "onPremisesDomainName": null, "onPremisesLastSyncDateTime": null,
        "onPremisesNetBiosName": null, "onPremisesSamAccountName": null, "onPremisesSecurityIdentifier": null,
        "onPremisesSyncEnabled": null, "preferredDataLocation": null, "preferredLanguage": null,
        "proxyAddresses": [], "renewedDateTime": created, "resourceBehaviorOptions": [],
        "resourceProvisioningOptions": [], "securityEnabled": true, "securityIdentifier": security_id(group.id),
        "theme": null, "uniqueName": null, "visibility": null, "onPremisesProvisioningErrors": [],
        "serviceProvisioningErrors": [],
    })
}

/// The lab's tenant has security groups only.
fn check_security_group(body: &Map<String, Value>) -> Result<(), GraphError> {
    let flag = |name: &str| match body.get(name) {
        Some(Value::Bool(value)) => Ok(*value),
        Some(_) => Err(GraphError::invalid_value(name, GROUP)),
        None => Err(GraphError::value_required(name, GROUP)),
    };
    let no_types = body.get("groupTypes").is_none_or(|types| types.as_array().is_some_and(Vec::is_empty));
    if flag("mailEnabled")? || !flag("securityEnabled")? || !no_types {
        return Err(GraphError::bad_content(
            "The service does not currently support writes of mail-enabled groups. Please ensure that the mail-enablement property is unset and the security-enablement property is set.",
        ));
    }
    Ok(())
}

/// The object id at the end of `https://graph.microsoft.com/v1.0/directoryObjects/{id}` or `../users/{id}`.
fn referenced(reference: &str) -> Result<Uuid, GraphError> {
    let path = reference.strip_prefix("https://graph.microsoft.com/");
    let path = path.and_then(|path| path.strip_prefix("v1.0/").or_else(|| path.strip_prefix("beta/")));
    let key = path.and_then(|path| path.strip_prefix("directoryObjects/").or_else(|| path.strip_prefix("users/")));
    let Some(key) = key else {
        return Err(GraphError::bad_content(format!("Invalid URL format specified in @odata.id: '{reference}'.")));
    };
    Uuid::parse_str(key).map_err(|_| GraphError::no_such_object(key))
}

fn membership_error(fault: MembershipFault, group: Uuid, user: Uuid) -> GraphError {
    match fault {
        MembershipFault::AlreadyMember => GraphError::bad_content(
            "One or more added object references already exist for the following modified properties: 'members'.",
        ),
        MembershipFault::NoSuchGroup => GraphError::no_such_object(&group.to_string()),
        MembershipFault::NotMember | MembershipFault::NoSuchUser => GraphError::no_such_object(&user.to_string()),
    }
}

fn record_membership(call: &mut Call<'_>, verb: &str, preposition: &str, group: Uuid, user: Uuid) {
    let group = call.tenant.group(group).map_or_else(String::new, |group| group.display_name.clone());
    let user = call.tenant.user(user).map_or_else(|| user.to_string(), |user| user.upn.clone());
    call.record(format!("{verb} {user} {preposition} the group {group:?}"));
}

/// The security identifier that Entra derives from an object id: `S-1-12-1-` and its four little-endian words.
fn security_id(id: Uuid) -> String {
    let bytes = id.to_bytes_le();
    let words = bytes.chunks_exact(4).map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]]).to_string());
    format!("S-1-12-1-{}", words.collect::<Vec<_>>().join("-"))
}
