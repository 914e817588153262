//! Phone methods: a mobile, an alternate mobile and an office number at most, each with its fixed id.

use serde_json::{Value, json};

use super::{body, list, single};
use crate::directory::{PhoneKind, User};
use crate::graph::answer::Answer;
use crate::graph::call::{Call, text};
use crate::graph::error::GraphError;
use crate::tenant::Activity;

/// The kinds: id, `phoneType`, and where the number is kept.
const KINDS: [(&str, &str, Option<PhoneKind>); 3] = [
    ("3179e48a-750b-4051-897c-87b9720928f7", "mobile", None),
    ("b6332ec1-7057-4abe-9331-3d72feddfe41", "alternateMobile", Some(PhoneKind::AlternateMobile)),
    ("e37fc753-ff3b-4958-9484-eaa9425c82bc", "office", Some(PhoneKind::Office)),
];
const PHONE: &str = "PhoneAuthenticationMethod";

type Kind = (&'static str, &'static str, Option<PhoneKind>);

pub(crate) fn phones(call: Call<'_>) -> Result<Answer, GraphError> {
    call.query.refuse_all()?;
    let phones = all(call.user()?);
    Ok(list(&call, "phoneMethods", phones))
}

pub(crate) fn phone(call: Call<'_>) -> Result<Answer, GraphError> {
    call.query.refuse_all()?;
    let kind = named(&call)?;
    let number = number(call.user()?, kind).ok_or_else(|| GraphError::no_such_method(kind.0))?;
    single(&call, "phoneMethods", properties(kind, number))
}

pub(crate) fn add_phone(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let given = call.json(&["phoneNumber", "phoneType"])?;
    let wanted = text(&given, "phoneType", PHONE)?;
    let kind = KINDS.into_iter().find(|(_, name, _)| *name == wanted);
    let kind = kind.ok_or_else(|| GraphError::invalid_value("phoneType", PHONE))?;
    let new = checked(text(&given, "phoneNumber", PHONE)?)?;
    if number(call.user()?, kind).is_some() {
        return Err(GraphError::bad_method_request(format!("The user has a phone method of type '{wanted}' already.")));
    }
    set(&mut call, kind, Some(new.clone()), "User registered security info")?;
    Ok(Answer::Created { body: body(&call, "phoneMethods", properties(kind, &new))?, location: None })
}

pub(crate) fn change_phone(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let given = call.json(&["phoneNumber", "phoneType"])?;
    let kind = named(&call)?;
    let new = checked(text(&given, "phoneNumber", PHONE)?)?;
    number(call.user()?, kind).ok_or_else(|| GraphError::no_such_method(kind.0))?;
    set(&mut call, kind, Some(new.clone()), "User changed default security info")?;
    single(&call, "phoneMethods", properties(kind, &new))
}

pub(crate) fn delete_phone(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let kind = named(&call)?;
    number(call.user()?, kind).ok_or_else(|| GraphError::no_such_method(kind.0))?;
    set(&mut call, kind, None, "User deleted security info")?;
    Ok(Answer::NoContent)
}

/// Every phone of a user.
pub(super) fn all(user: &User) -> Vec<Value> {
    KINDS.into_iter().filter_map(|kind| Some(properties(kind, number(user, kind)?))).collect()
}

fn named(call: &Call<'_>) -> Result<Kind, GraphError> {
    let method = call.captures.get("method").unwrap_or_default();
    let kind = KINDS.into_iter().find(|(id, _, _)| id.eq_ignore_ascii_case(method));
    kind.ok_or_else(|| GraphError::no_such_method(method))
}

fn number(user: &User, kind: Kind) -> Option<&str> {
    match kind.2 {
        None => user.phone.as_deref(),
        Some(other) => user.other_phones.get(&other).map(String::as_str),
    }
}

/// `+` and a country code, a blank, a number and perhaps `x` and an extension.
fn checked(number: &str) -> Result<String, GraphError> {
    let is_number = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || c == 'x');
    let parts = number.strip_prefix('+').and_then(|rest| rest.split_once(' '));
    let fits = parts.is_some_and(|(country, rest)| {
        country.chars().all(|c| c.is_ascii_digit()) && !country.is_empty() && is_number(rest)
    });
    if fits {
        return Ok(number.to_owned());
    }
    Err(GraphError::bad_method_request(
        "The phone number is not valid: it must have the form +{country code} {number}x{extension}.",
    ))
}

fn set(call: &mut Call<'_>, kind: Kind, number: Option<String>, activity: &'static str) -> Result<(), GraphError> {
    let (id, upn) = (call.user()?.id, call.user()?.upn.clone());
    let verb = if number.is_some() { "set" } else { "removed" };
    call.tenant.update_user(id, |user| match (kind.2, number) {
        (None, number) => user.phone = number,
        (Some(other), Some(number)) => drop(user.other_phones.insert(other, number)),
        (Some(other), None) => drop(user.other_phones.remove(&other)),
    });
    call.record(Activity::new(activity, "User", id, &upn), format!("{verb} the {} phone of {upn}", kind.1));
    Ok(())
}

fn properties(kind: Kind, number: &str) -> Value {
    let sms = if kind.2.is_none() { "notConfigured" } else { "notSupported" };
    json!({ "id": kind.0, "phoneNumber": number, "phoneType": kind.1, "smsSignInState": sms })
}
