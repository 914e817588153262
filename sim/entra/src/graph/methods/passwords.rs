//! The password method: every user has one, with one id.

use serde_json::{Value, json};

use super::{list, single};
use crate::config::PasswordState;
use crate::directory::User;
use crate::graph::answer::{self, Answer};
use crate::graph::call::{Call, flag, optional_text};
use crate::graph::error::GraphError;
use crate::graph::users::check_password;
use crate::tenant::Activity;

/// The one password method of every user.
const METHOD: &str = "28c10230-6103-485e-b985-444c60001490";
/// What a password that the service makes up consists of.
const LETTERS: &str = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

pub(crate) fn passwords(call: Call<'_>) -> Result<Answer, GraphError> {
    call.query.refuse_all()?;
    let method = properties(call.user()?);
    Ok(list(&call, "passwordMethods", vec![method]))
}

pub(crate) fn password(call: Call<'_>) -> Result<Answer, GraphError> {
    call.query.refuse_all()?;
    check(&call)?;
    single(&call, "passwordMethods", properties(call.user()?))
}

/// `resetPassword`: the given password, or one that the service makes up and shows.
pub(crate) fn reset_password(mut call: Call<'_>) -> Result<Answer, GraphError> {
    check(&call)?;
    let body = if call.body.is_empty() {
        serde_json::Map::new()
    } else {
        call.json(&["newPassword", "requireChangeOnNextSignIn"])?
    };
    let given = optional_text(&body, "newPassword", "PasswordAuthenticationMethod")?.map(str::to_owned);
    given.as_deref().map(check_password).transpose()?;
    let state = match flag(&body, "requireChangeOnNextSignIn", "PasswordAuthenticationMethod")? {
        Some(false) => PasswordState::Permanent,
        _ => PasswordState::MustChange,
    };
    let made = if given.is_none() { Some(call.tenant.rng.text(LETTERS, 12)) } else { None };
    let (id, upn) = (call.user()?.id, call.user()?.upn.clone());
    let password = given.or_else(|| made.clone()).unwrap_or_default();
    call.tenant.reset_password(call.now, id, &password, state);
    call.record(Activity::new("Reset user password", "User", id, &upn), format!("reset the password of {upn}"));
    let context = call.context("microsoft.graph.passwordResetResponse");
    let operation = call.tenant.rng.uuid();
    let location =
        format!("https://graph.microsoft.com/{}/users/{id}/authentication/operations/{operation}", call.version);
    Ok(Answer::Accepted { body: json!({ "@odata.context": context, "newPassword": made }), location })
}

fn check(call: &Call<'_>) -> Result<(), GraphError> {
    let method = call.captures.get("method").unwrap_or_default();
    if method == METHOD { Ok(()) } else { Err(GraphError::no_such_method(method)) }
}

pub(super) fn properties(user: &User) -> Value {
    json!({ "id": METHOD, "password": null, "createdDateTime": answer::date(user.password_changed) })
}
