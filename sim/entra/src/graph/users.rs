//! Users (entra.md §2.4): read, list, create, update, suspend, delete; what they are members of.

use serde_json::{Map, Value, json};

use super::answer::{self, Answer};
use super::call::{Call, text};
use super::error::GraphError;
use super::groups;
use super::odata::{self, Shape};
use crate::config::{Account, PasswordState};
use crate::directory::User;
use crate::roles::Role;
use crate::tenant::{NewUser, PASSWORD_CHARS_MIN};

pub(crate) const SHAPE: Shape = Shape { kind: "user", default: DEFAULT };

/// The eleven properties that come without `$select`.
const DEFAULT: &[&str] = &[
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
];
const MEMBER_OF: Shape = Shape { kind: "directoryObject", default: &[] };
/// The type that messages name.
const USER: &str = "User";
/// Permissions to change more of a user than whether the account is enabled.
const WRITE_USERS: &[&str] = &["User.ReadWrite.All", "Directory.ReadWrite.All", "Directory.AccessAsUser.All"];
/// The longest user principal name.
const NAME_CHARS_MAX: usize = 113;

pub(crate) fn one(call: Call<'_>) -> Result<Answer, GraphError> {
    let user = object(call.user()?);
    odata::entity(&call, &SHAPE, "users", user).map(Answer::Ok)
}

pub(crate) fn list(call: Call<'_>) -> Result<Answer, GraphError> {
    odata::collection(&call, &SHAPE, "users", "users", call.tenant.users().map(object)).map(Answer::Ok)
}

pub(crate) fn create(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let known = ["accountEnabled", "displayName", "mailNickname", "userPrincipalName", "passwordProfile"];
    let body = call.json(&known)?;
    let account_enabled =
        body.get("accountEnabled").and_then(Value::as_bool).ok_or_else(|| required("accountEnabled"))?;
    let (password, password_state) = password_profile(&body)?;
    let new = NewUser {
        upn: text(&body, "userPrincipalName", USER)?,
        display_name: text(&body, "displayName", USER)?,
        mail_nickname: text(&body, "mailNickname", USER)?,
        password,
        password_state,
        account_enabled,
    };
    check_name(&call, new.upn)?;
    let user = call.tenant.add_user(call.now, &new);
    let (id, what) = (user.id, format!("created the user {}", user.upn));
    let full = object(user);
    call.record(what);
    let mut body = json!({ "@odata.context": call.context("users/$entity"), "id": id });
    for name in DEFAULT.iter().filter(|name| **name != "id") {
        body[*name] = full[*name].clone();
    }
    Ok(Answer::Created { body, location: call.location(id, "User") })
}

pub(crate) fn update(call: Call<'_>) -> Result<Answer, GraphError> {
    let body = call.json(&["accountEnabled", "displayName"])?;
    let id = call.user()?.id;
    // Both are read before either is written: a refused request changes nothing.
    let account = body.get("accountEnabled").map(|value| match value {
        Value::Bool(true) => Ok(Account::Enabled),
        Value::Bool(false) => Ok(Account::Disabled),
        _ => Err(GraphError::invalid_value("accountEnabled", USER)),
    });
    let account = account.transpose()?;
    // The permission that only enables and disables lets nobody be renamed.
    if body.contains_key("displayName") && !call.caller.holds(WRITE_USERS) {
        return Err(GraphError::denied());
    }
    let name = if body.contains_key("displayName") { Some(text(&body, "displayName", USER)?) } else { None };
    if let Some(account) = account {
        call.tenant.set_account(call.caller.name(), id, account);
    }
    if let Some(name) = name {
        call.tenant.rename_user(call.caller.name(), id, name);
    }
    Ok(Answer::NoContent)
}

pub(crate) fn delete(call: Call<'_>) -> Result<Answer, GraphError> {
    let id = call.user()?.id;
    call.tenant.delete_user(call.caller.name(), id);
    Ok(Answer::NoContent)
}

/// Groups and directory roles.
pub(crate) fn member_of(call: Call<'_>) -> Result<Answer, GraphError> {
    let user = call.user()?;
    let groups = call.tenant.groups_of(user.id).iter().filter_map(|id| call.tenant.group(*id)).map(|group| {
        let mut object = groups::object(group);
        object["@odata.type"] = "#microsoft.graph.group".into();
        object
    });
    let roles = user.roles.iter().map(|role| role_object(&call, *role));
    let mut objects: Vec<Value> = groups.chain(roles).collect();
    objects.sort_by(|a, b| a["id"].as_str().cmp(&b["id"].as_str()));
    let path = match call.captures.get("user") {
        Some(_) => format!("users/{}/memberOf", user.id),
        None => "me/memberOf".to_owned(),
    };
    odata::collection(&call, &MEMBER_OF, "directoryObjects", &path, objects.into_iter()).map(Answer::Ok)
}

/// Every property that the lab knows of a user.
pub(crate) fn object(user: &User) -> Value {
    json!({
        "businessPhones": [], "displayName": user.display_name, "givenName": null, "jobTitle": null,
        "mail": user.mail, "mobilePhone": null, "officeLocation": null, "preferredLanguage": null,
        "surname": null, "userPrincipalName": user.upn, "id": user.id,
        "accountEnabled": user.account_enabled, "createdDateTime": answer::date(user.created),
        "deletedDateTime": null, "mailNickname": user.mail_nickname, "passwordProfile": null,
        "signInSessionsValidFromDateTime": answer::date(user.sessions_valid_from), "userType": "Member",
    })
}

/// An activated role. Its object id is not its template's; convention of the lab: both ids of tenant and template,
/// combined by exclusive or.
fn role_object(call: &Call<'_>, role: Role) -> Value {
    let id = uuid::Uuid::from_u128(call.tenant.id().as_u128() ^ role.template_id().as_u128());
    json!({
        "@odata.type": "#microsoft.graph.directoryRole", "id": id, "deletedDateTime": null,
        "description": role.description(), "displayName": role.display_name(),
        "roleTemplateId": role.template_id(),
    })
}

fn check_name(call: &Call<'_>, upn: &str) -> Result<(), GraphError> {
    let plain = !upn.chars().any(|c| c.is_whitespace() || c.is_control()) && upn.chars().count() <= NAME_CHARS_MAX;
    let domain = upn.rsplit_once('@').filter(|(name, _)| plain && !name.is_empty()).map(|(_, domain)| domain);
    let Some(domain) = domain else {
        return Err(GraphError::invalid_value("userPrincipalName", USER));
    };
    if !call.tenant.domains().iter().any(|own| own.eq_ignore_ascii_case(domain)) {
        return Err(GraphError::bad_content(
            "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.",
        ));
    }
    match call.tenant.user_by_name(upn) {
        Some(_) => Err(GraphError::taken("userPrincipalName")),
        None => Ok(()),
    }
}

fn password_profile(body: &Map<String, Value>) -> Result<(&str, PasswordState), GraphError> {
    let profile = body.get("passwordProfile").and_then(Value::as_object).ok_or_else(|| required("passwordProfile"))?;
    let password = text(profile, "password", USER)?;
    if password.chars().count() < PASSWORD_CHARS_MIN {
        return Err(GraphError::bad_content(
            "The specified password does not comply with password complexity requirements. Please provide a different password.",
        ));
    }
    let state = match profile.get("forceChangePasswordNextSignIn") {
        Some(Value::Bool(false)) => PasswordState::Permanent,
        _ => PasswordState::MustChange,
    };
    Ok((password, state))
}

fn required(property: &str) -> GraphError {
    GraphError::value_required(property, USER)
}
