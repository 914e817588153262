//! Temporary Access Passes: one a user, shown once, good from its start for its lifetime.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{body, list, single};
use crate::directory::{AccessPass, User};
use crate::graph::answer::{self, Answer};
use crate::graph::call::{Call, flag, optional_text};
use crate::graph::error::GraphError;
use crate::secret::Digested;
use crate::tenant::Activity;

const PASS: &str = "TemporaryAccessPassAuthenticationMethod";
const LIFETIME_MINUTES: u32 = 60;
const LIFETIME_MINUTES_RANGE: std::ops::RangeInclusive<u64> = 10..=43_200;
/// What a pass consists of, and how long it is.
const LETTERS: &str = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789+*&!@#%";
const CHARS: usize = 8;

pub(crate) fn passes(call: Call<'_>) -> Result<Answer, GraphError> {
    call.query.refuse_all()?;
    let passes = of(call.user()?, call.now).collect();
    Ok(list(&call, "temporaryAccessPassMethods", passes))
}

pub(crate) fn pass(call: Call<'_>) -> Result<Answer, GraphError> {
    call.query.refuse_all()?;
    let pass = named(&call)?;
    single(&call, "temporaryAccessPassMethods", properties(pass, call.now))
}

pub(crate) fn add_pass(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let given = call.json(&["startDateTime", "lifetimeInMinutes", "isUsableOnce"])?;
    let starts = optional_text(&given, "startDateTime", PASS)?.map(str::parse::<Timestamp>).transpose();
    let starts = starts.map_err(|_| GraphError::invalid_value("startDateTime", PASS))?.unwrap_or(call.now);
    let lifetime_minutes = match given.get("lifetimeInMinutes") {
        None | Some(Value::Null) => LIFETIME_MINUTES,
        Some(minutes) => {
            let minutes = minutes.as_u64().filter(|minutes| LIFETIME_MINUTES_RANGE.contains(minutes));
            let minutes = minutes.and_then(|minutes| u32::try_from(minutes).ok());
            minutes.ok_or_else(|| GraphError::invalid_value("lifetimeInMinutes", PASS))?
        }
    };
    let is_usable_once = flag(&given, "isUsableOnce", PASS)?.unwrap_or(false);
    if call.user()?.access_pass.as_ref().is_some_and(|pass| pass.ends() > call.now) {
        return Err(GraphError::bad_method_request("The user has a Temporary Access Pass already."));
    }
    let id = call.tenant.rng.uuid();
    let text = call.tenant.rng.text(LETTERS, CHARS);
    let digest = Digested::new(&text, &mut call.tenant.rng);
    let pass = AccessPass { id, created: call.now, starts, digest, is_spent: false, lifetime_minutes, is_usable_once };
    let mut shown = properties(&pass, call.now);
    shown["temporaryAccessPass"] = text.into();
    set(&mut call, Some(pass), "User registered security info", "made a Temporary Access Pass for")?;
    Ok(Answer::Created { body: body(&call, "temporaryAccessPassMethods", shown)?, location: None })
}

pub(crate) fn delete_pass(mut call: Call<'_>) -> Result<Answer, GraphError> {
    named(&call)?;
    set(&mut call, None, "User deleted security info", "deleted the Temporary Access Pass of")?;
    Ok(Answer::NoContent)
}

/// The pass of a user, if there is one.
pub(super) fn of(user: &User, now: Timestamp) -> impl Iterator<Item = Value> {
    user.access_pass.as_ref().map(|pass| properties(pass, now)).into_iter()
}

fn named<'a>(call: &'a Call<'_>) -> Result<&'a AccessPass, GraphError> {
    let method = call.captures.get("method").unwrap_or_default();
    let pass = call.user()?.access_pass.as_ref().filter(|pass| pass.id.to_string() == method.to_lowercase());
    pass.ok_or_else(|| GraphError::no_such_method(method))
}

fn set(call: &mut Call<'_>, pass: Option<AccessPass>, activity: &'static str, words: &str) -> Result<(), GraphError> {
    let (id, upn) = (call.user()?.id, call.user()?.upn.clone());
    call.tenant.update_user(id, |user| user.access_pass = pass);
    call.record(Activity::new(activity, "User", id, &upn), format!("{words} {upn}"));
    Ok(())
}

fn properties(pass: &AccessPass, now: Timestamp) -> Value {
    let reason = if now < pass.starts {
        "NotYetValid"
    } else if now >= pass.ends() {
        "Expired"
    } else if pass.is_spent {
        "OneTimeUsed"
    } else {
        "EnabledByPolicy"
    };
    json!({
        "id": pass.id, "temporaryAccessPass": null, "createdDateTime": answer::date(pass.created),
        "startDateTime": answer::date(pass.starts), "lifetimeInMinutes": pass.lifetime_minutes,
        "isUsableOnce": pass.is_usable_once, "isUsable": reason == "EnabledByPolicy",
        "methodUsabilityReason": reason,
    })
}
