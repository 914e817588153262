//! Control Center Users and their roles, access tokens, event hooks, invitations by e-mail.

use cucumber::{given, then, when};
use http::StatusCode;
use lab::fault::{Rule, Verdict};
use lab::{EVENT_RECEIVER, Place};

use super::parameters::{Length, Toggle, Who};
use crate::World;
use crate::world::{Outcome, ensure};

/// Control Center Settings, Add User: the address, the role, Audit Trail Access.
#[given(expr = "{string} is a Control Center user with the role {string}, Audit Trail Access {toggle}")]
fn is_staff(world: &mut World, email: String, role: String, audit_trail: Toggle) -> Outcome {
    Ok(world.lab()?.add_control_center_user(&email, &role, audit_trail.is_on())?)
}

/// In the administrator's browser, which is theirs from then on.
#[given(expr = "{string} has signed in to Control Center")]
#[when(expr = "{string} signs in to Control Center")]
fn signs_in(world: &mut World, email: String) -> Outcome {
    Ok(world.lab()?.sign_in_to_control_center(&email)?)
}

/// No page says that the role does not allow it.
#[then("the administrator sees no refusal of the role")]
fn sees_no_refusal(world: &mut World) -> Outcome {
    let screen = world.lab()?.screen(&Place::Admin).unwrap_or_default();
    ensure(screen.title != "Not allowed", || format!("the role is refused:\n{screen}"))
}

/// The file that Export has saved holds this event.
#[then(expr = "the exported audit trail has the event {string}")]
fn export_has(world: &mut World, event: String) -> Outcome {
    let names = world.lab()?.exported_events()?;
    ensure(names.contains(&event), || format!("it holds: {}", names.join(", ")))
}

/// The file that Export has saved does not hold this event.
#[then(expr = "the exported audit trail has no event {string}")]
fn export_lacks(world: &mut World, event: String) -> Outcome {
    let names = world.lab()?.exported_events()?;
    ensure(!names.contains(&event), || format!("it holds: {}", names.join(", ")))
}

/// In Advanced mode, with one permission: User Management, Device Registration, Authentication, Reporting.
#[given(expr = "the administrator has created an access token of {string} for {string}")]
#[when(expr = "the administrator creates an access token of {string} for {string}")]
fn creates_token(world: &mut World, application: String, permission: String) -> Outcome {
    Ok(world.lab()?.create_access_token(&application, &permission)?)
}

/// A script asks for the last day with the token that was created last, two records a page.
#[then(expr = "a script with the access token gets {int} of the audit trail's records, the first of them {string}")]
fn script_gets(world: &mut World, count: usize, first: String) -> Outcome {
    let (status, body) = world.lab()?.search_audit_trail();
    let data = body["data"].as_array().map_or(0, Vec::len);
    let right = status == StatusCode::OK && data == count && body["data"][0]["eventName"] == first.as_str();
    ensure(right, || format!("the answer is {status}: {body}"))
}

/// The script uses the token once, so many days later.
#[given(expr = "a script has used the access token after {duration}")]
fn script_has_used(world: &mut World, after: Length) -> Outcome {
    let lab = world.lab()?;
    lab.pass(after.0);
    let (status, body) = lab.search_audit_trail();
    ensure(status == StatusCode::OK, || format!("the answer is {status}: {body}"))
}

/// The script's search is answered.
#[then("a script with the access token is not refused")]
fn script_is_not_refused(world: &mut World) -> Outcome {
    let (status, body) = world.lab()?.search_audit_trail();
    ensure(status == StatusCode::OK, || format!("the answer is {status}: {body}"))
}

/// The same script is answered with this status.
#[then(expr = "a script with the access token is refused with {int}")]
fn script_is_refused(world: &mut World, expected: u16) -> Outcome {
    let (status, body) = world.lab()?.search_audit_trail();
    ensure(status.as_u16() == expected, || format!("the answer is {status}: {body}"))
}

/// Add New Integrations, Custom Event Hooks: events of this type go to a receiver on the lab's network.
#[given(expr = "the administrator has added an event hook for {string}")]
#[when(expr = "the administrator adds an event hook for {string}")]
fn adds_hook(world: &mut World, event_type: String) -> Outcome {
    Ok(world.lab()?.add_event_hook(&event_type)?)
}

/// The next requests to the receiver get this status.
#[given(expr = "the event receiver answers {int} {int} time(s)")]
fn receiver_answers(world: &mut World, status: u16, times: u32) -> Outcome {
    let host = EVENT_RECEIVER.to_owned();
    world.lab()?.faults.add(Rule { host, times: Some(times), ..Rule::new(Verdict::Answer(status)) });
    Ok(())
}

/// The receiver has got this event, once.
#[then(expr = "the event receiver has got {string}")]
fn receiver_has(world: &mut World, event: String) -> Outcome {
    let events = world.lab()?.received_events();
    let count = events.iter().filter(|name| **name == event).count();
    ensure(count == 1, || format!("it has got: {}", events.join(", ")))
}

/// The receiver has not got this event.
#[then(expr = "the event receiver has not got {string}")]
fn receiver_lacks(world: &mut World, event: String) -> Outcome {
    let events = world.lab()?.received_events();
    ensure(!events.contains(&event), || format!("it has got: {}", events.join(", ")))
}

/// Invite Users in the User Management that is on the screen, or else of the first integration.
#[given(expr = "the administrator has invited {person}")]
#[when(expr = "the administrator invites {person}")]
fn invites(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.invite_user(&person.upn)?)
}

/// An e-mail with this subject, or with these words in its text.
#[then(expr = "{person} has an e-mail {string}")]
fn has_mail(world: &mut World, who: Who, words: String) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    let mails = lab.mailbox(&person.upn);
    ensure(mails.iter().any(|mail| mail.subject == words || mail.text.contains(&words)), || {
        format!("the mailbox of {} holds: {mails:?}", person.name)
    })
}

/// No e-mail has these words.
#[then(expr = "{person} has no e-mail {string}")]
fn has_no_mail(world: &mut World, who: Who, words: String) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    let mails = lab.mailbox(&person.upn);
    ensure(mails.iter().all(|mail| mail.subject != words && !mail.text.contains(&words)), || {
        format!("the mailbox of {} holds: {mails:?}", person.name)
    })
}

/// How many e-mails have come.
#[then(expr = "{person} has {int} e-mail(s)")]
fn has_mails(world: &mut World, who: Who, count: usize) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    let mails = lab.mailbox(&person.upn);
    ensure(mails.len() == count, || format!("the mailbox of {} holds: {mails:?}", person.name))
}
