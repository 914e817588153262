//! Confirms the accounts of an integration with Entra when User Management is opened (guide "Unpaired Users").

use std::collections::BTreeSet;

use super::{Outcome, Step, read_method_ids, read_person};
use crate::graph::{Answer, Call, Failure};
use crate::people::Person;

/// What the check waits for.
#[derive(Debug)]
pub(crate) enum RefreshAccounts {
    AwaitsUser { target: Target, rest: Vec<Target>, checks: Vec<Check> },
    AwaitsKeys { username: String, person: Person, rest: Vec<Target>, checks: Vec<Check> },
}

/// One user to ask about.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) username: String,
    /// The object id, or the UPN while that is not known.
    pub(crate) user: String,
    pub(crate) keys: Keys,
}

/// Whether the user's keys matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keys {
    Ask,
    Leave,
}

/// What Entra says about one user.
#[derive(Debug)]
pub(crate) struct Check {
    pub(crate) username: String,
    /// Nobody when the account is gone.
    pub(crate) person: Option<Person>,
    /// The ids of the FIDO2 methods, if they were asked for.
    pub(crate) method_ids: Option<BTreeSet<String>>,
}

impl RefreshAccounts {
    pub(crate) fn start(targets: Vec<Target>) -> Step<Self> {
        next(targets, Vec::new())
    }

    pub(crate) fn handle(self, answer: Result<Answer, Failure>) -> Step<Self> {
        match self {
            Self::AwaitsUser { target, rest, checks } => match answer.and_then(|answer| read_person(&answer)) {
                Ok(person) => user_found(target, person, rest, checks),
                Err(failure) if failure.is_not_found() => {
                    noted(Check { username: target.username, person: None, method_ids: None }, rest, checks)
                }
                Err(failure) => Step::Done(Outcome::RefreshAccounts { checks, result: Err(failure) }),
            },
            Self::AwaitsKeys { username, person, rest, checks } => {
                match answer.and_then(|answer| read_method_ids(&answer)) {
                    Ok(ids) => noted(Check { username, person: Some(person), method_ids: Some(ids) }, rest, checks),
                    Err(failure) => Step::Done(Outcome::RefreshAccounts { checks, result: Err(failure) }),
                }
            }
        }
    }
}

fn user_found(target: Target, person: Person, rest: Vec<Target>, checks: Vec<Check>) -> Step<RefreshAccounts> {
    let Target { username, keys, .. } = target;
    match keys {
        Keys::Leave => noted(Check { username, person: Some(person), method_ids: None }, rest, checks),
        Keys::Ask => {
            let call = Call::ListKeys { user: person.object_id.clone() };
            Step::ask(call, RefreshAccounts::AwaitsKeys { username, person, rest, checks })
        }
    }
}

fn noted(check: Check, rest: Vec<Target>, mut checks: Vec<Check>) -> Step<RefreshAccounts> {
    checks.push(check);
    next(rest, checks)
}

fn next(mut rest: Vec<Target>, checks: Vec<Check>) -> Step<RefreshAccounts> {
    if rest.is_empty() {
        return Step::Done(Outcome::RefreshAccounts { checks, result: Ok(()) });
    }
    let target = rest.remove(0);
    let call = Call::FindUser { user: target.user.clone() };
    Step::ask(call, RefreshAccounts::AwaitsUser { target, rest, checks })
}
