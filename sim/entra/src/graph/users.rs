//! Users (entra.md §2.4): read, list, create, update, suspend, delete, end sessions.

mod memberships;
mod properties;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::answer::Answer;
use super::call::{Call, flag, optional_text, text};
use super::error::GraphError;
use super::odata::{self, Listing, Plan};
use crate::config::{Account, PasswordState};
use crate::directory::User;
use crate::roles::Right;
use crate::tenant::{Activity, NewUser, PASSWORD_CHARS_MIN, Tenant};

pub(crate) use memberships::{
    check_member_groups, member_groups, member_objects, member_of, member_of_count, member_of_groups,
    transitive_member_of, transitive_member_of_count, transitive_member_of_groups,
};
pub(crate) use properties::{LISTS, PROFILE};

/// The type that messages name.
const USER: &str = "User";
/// Permissions to change more of a user than whether the account is enabled.
const WRITE_USERS: &[&str] = &["User.ReadWrite.All", "Directory.ReadWrite.All", "Directory.AccessAsUser.All"];
/// The longest user principal name.
const NAME_CHARS_MAX: usize = 113;

pub(crate) fn one(call: Call<'_>) -> Result<Answer, GraphError> {
    call.entity("users", call.user()?).map(Answer::Ok)
}

pub(crate) fn list(call: Call<'_>) -> Result<Answer, GraphError> {
    let plan = Plan::<User>::of(&call.query)?;
    let listing = Listing { set: "users", path: "users", total: Some(call.tenant.user_count()) };
    odata::collection(&call, &plan, &listing, |token| candidates(call.tenant, &plan, token)).map(Answer::Ok)
}

pub(crate) fn count(call: Call<'_>) -> Result<Answer, GraphError> {
    let plan = Plan::<User>::of(&call.query)?;
    odata::count(&call, &plan, call.tenant.user_count(), candidates(call.tenant, &plan, None))
}

/// The users that a query can find: by index where it names ids, principal names or how names begin, else all of them.
fn candidates<'t>(
    tenant: &'t Tenant,
    plan: &Plan<User>,
    token: Option<&str>,
) -> Box<dyn Iterator<Item = &'t User> + 't> {
    let last = token.and_then(|token| Uuid::parse_str(token).ok());
    let ids =
        plan.pinned("id").map(|ids| ids.into_iter().filter_map(|id| Uuid::parse_str(id).ok()).collect::<Vec<_>>());
    let by_name = |names: Vec<&str>| names.iter().filter_map(|name| Some(tenant.user_by_name(name)?.id)).collect();
    let pinned = ids.or_else(|| plan.pinned("userPrincipalName").map(by_name));
    let by_start = || {
        let named = plan.beginning("userPrincipalName").and_then(|start| tenant.users_named(start));
        named.or_else(|| tenant.users_called(plan.beginning("displayName")?))
    };
    let Some(mut pinned) = pinned.or_else(by_start) else { return Box::new(tenant.users_after(last)) };
    pinned.sort_unstable();
    pinned.dedup();
    let behind = pinned.into_iter().filter(move |id| last.is_none_or(|last| *id > last));
    Box::new(behind.filter_map(|id| tenant.user(id)))
}

pub(crate) fn create(mut call: Call<'_>) -> Result<Answer, GraphError> {
    const REQUIRED: [&str; 5] =
        ["accountEnabled", "displayName", "mailNickname", "userPrincipalName", "passwordProfile"];
    let body = call.json(&[&REQUIRED, PROFILE, LISTS].concat())?;
    let account_enabled = flag(&body, "accountEnabled", USER)?.ok_or_else(|| required("accountEnabled"))?;
    let profile_of_password = body.get("passwordProfile").and_then(Value::as_object);
    let (password, password_state) = password_profile(profile_of_password.ok_or_else(|| required("passwordProfile"))?)?;
    let new = NewUser {
        upn: text(&body, "userPrincipalName", USER)?,
        display_name: text(&body, "displayName", USER)?,
        mail_nickname: text(&body, "mailNickname", USER)?,
        password,
        password_state,
        account_enabled,
        profile: profile(&body)?,
    };
    check_name(&call, new.upn)?;
    let user = call.tenant.add_user(call.now, &new);
    let (id, upn) = (user.id, user.upn.clone());
    call.record(Activity::new("Add user", USER, id, &upn), format!("created the user {upn}"));
    let user = call.tenant.user(id).ok_or_else(|| GraphError::no_such_object(&upn))?;
    // A created user shows its id first, unlike one that is read.
    let mut answer = json!({ "@odata.context": call.context("users/$entity"), "id": id });
    for (name, value) in call.created("users", user).as_object().into_iter().flatten().skip(1) {
        answer[name] = value.clone();
    }
    Ok(Answer::Created { body: answer, location: call.location(id, USER) })
}

/// What a PATCH changes; all of it is read before any of it is written, so that a refused request changes nothing.
struct Update {
    account: Option<Account>,
    display_name: Option<String>,
    mail_nickname: Option<String>,
    mail: Option<Option<String>>,
    upn: Option<String>,
    password: Option<(String, PasswordState)>,
    profile: BTreeMap<&'static str, Value>,
}

pub(crate) fn update(mut call: Call<'_>) -> Result<Answer, GraphError> {
    const OTHER: [&str; 6] =
        ["accountEnabled", "displayName", "mailNickname", "mail", "userPrincipalName", "passwordProfile"];
    let body = call.json(&[&OTHER, PROFILE, LISTS].concat())?;
    // The permission that only enables and disables lets nobody be renamed.
    let is_more = body.keys().any(|key| !["accountEnabled", "@odata.type"].contains(&key.as_str()));
    if is_more && !call.caller.holds(WRITE_USERS) {
        return Err(GraphError::denied());
    }
    let update = Update::read(&call, &body)?;
    let id = call.user()?.id;
    update.apply(&mut call, id);
    Ok(Answer::NoContent)
}

impl Update {
    fn read(call: &Call<'_>, body: &Map<String, Value>) -> Result<Self, GraphError> {
        let given = |property: &str| body.contains_key(property);
        let new_text =
            |property: &str| given(property).then(|| text(body, property, USER).map(str::to_owned)).transpose();
        let account = flag(body, "accountEnabled", USER)?;
        let upn = new_text("userPrincipalName")?;
        if let Some(upn) =
            upn.as_deref().filter(|upn| !call.user().is_ok_and(|user| user.upn.eq_ignore_ascii_case(upn)))
        {
            check_name(call, upn)?;
        }
        let password = body.get("passwordProfile").map(|profile| read_password(call, profile)).transpose()?;
        let mail = given("mail").then(|| optional_text(body, "mail", USER)).transpose()?;
        Ok(Self {
            account: account.map(|enabled| if enabled { Account::Enabled } else { Account::Disabled }),
            display_name: new_text("displayName")?,
            mail_nickname: new_text("mailNickname")?,
            mail: mail.map(|mail| mail.map(str::to_owned)),
            upn,
            password,
            profile: profile(body)?,
        })
    }

    fn apply(self, call: &mut Call<'_>, id: Uuid) {
        let by = call.caller.name().to_owned();
        if let Some(account) = self.account {
            call.tenant.set_account(&by, id, account);
        }
        if let Some(name) = self.display_name {
            call.tenant.rename_user(&by, id, &name);
        }
        let old = call.tenant.user(id).map(|user| user.upn.clone()).unwrap_or_default();
        if let Some(upn) = self.upn {
            call.tenant.change_name(id, &upn);
            call.record(Activity::new("Update user", USER, id, &upn), format!("gave {old} the name {upn}"));
        }
        if let Some((password, state)) = self.password {
            call.tenant.reset_password(call.now, id, &password, state);
            call.record(Activity::new("Reset user password", USER, id, &old), format!("reset the password of {old}"));
        }
        if self.profile.is_empty() && self.mail.is_none() && self.mail_nickname.is_none() {
            return;
        }
        call.tenant.update_user(id, |user| {
            user.profile.extend(self.profile);
            user.mail = self.mail.unwrap_or_else(|| user.mail.take());
            user.mail_nickname = self.mail_nickname.unwrap_or_else(|| std::mem::take(&mut user.mail_nickname));
        });
        call.record(Activity::new("Update user", USER, id, &old), format!("changed the profile of {old}"));
    }
}

/// A new password takes the right to reset passwords, and the permission to act as the user does.
fn read_password(call: &Call<'_>, profile: &Value) -> Result<(String, PasswordState), GraphError> {
    if !call.caller.holds(&["Directory.AccessAsUser.All"]) {
        return Err(GraphError::denied());
    }
    call.check_reach(Right::ResetPassword, call.user().ok())?;
    let profile = profile.as_object().ok_or_else(|| GraphError::invalid_value("passwordProfile", USER))?;
    let (password, state) = password_profile(profile)?;
    Ok((password.to_owned(), state))
}

pub(crate) fn delete(call: Call<'_>) -> Result<Answer, GraphError> {
    let id = call.user()?.id;
    call.tenant.delete_user(call.caller.name(), id);
    Ok(Answer::NoContent)
}

/// `revokeSignInSessions`.
pub(crate) fn revoke_sessions(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let (id, upn, now) = (call.user()?.id, call.user()?.upn.clone(), call.now);
    call.tenant.update_user(id, |user| user.sessions_valid_from = now);
    let activity = Activity::new("Update StsRefreshTokenValidFrom Timestamp", USER, id, &upn);
    call.record(activity, format!("ended the sessions of {upn}"));
    Ok(Answer::Ok(json!({ "@odata.context": call.context("Edm.Boolean"), "value": true })))
}

fn profile(body: &Map<String, Value>) -> Result<BTreeMap<&'static str, Value>, GraphError> {
    let mut profile = BTreeMap::new();
    for name in PROFILE.iter().filter(|name| body.contains_key(**name)) {
        let value = optional_text(body, name, USER)?;
        profile.insert(*name, value.filter(|text| !text.is_empty()).map_or(Value::Null, Value::from));
    }
    for name in LISTS.iter().filter(|name| body.contains_key(**name)) {
        let is_list = body[*name].as_array().is_some_and(|items| items.iter().all(Value::is_string));
        if !is_list {
            return Err(GraphError::invalid_value(name, USER));
        }
        profile.insert(*name, body[*name].clone());
    }
    Ok(profile)
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

fn password_profile(profile: &Map<String, Value>) -> Result<(&str, PasswordState), GraphError> {
    let password = text(profile, "password", USER)?;
    check_password(password)?;
    let state = match profile.get("forceChangePasswordNextSignIn") {
        Some(Value::Bool(false)) => PasswordState::Permanent,
        _ => PasswordState::MustChange,
    };
    Ok((password, state))
}

pub(super) fn check_password(password: &str) -> Result<(), GraphError> {
    if password.chars().count() >= PASSWORD_CHARS_MIN {
        return Ok(());
    }
    Err(GraphError::bad_content(
        "The specified password does not comply with password complexity requirements. Please provide a different password.",
    ))
}

fn required(property: &str) -> GraphError {
    GraphError::value_required(property, USER)
}
