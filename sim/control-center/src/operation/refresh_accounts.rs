//! Confirms the accounts of an integration with Entra when User Management is opened (guide "Unpaired Users"): users and
//! their keys in batches, since an integration may have thousands.

use std::collections::BTreeSet;

use super::{Outcome, Step, read_method_ids, read_person};
use crate::graph::{Answer, Batch, Call, Failure, QUESTIONS_MAX, apart};
use crate::people::Person;

/// What the check waits for.
#[derive(Debug)]
pub(crate) enum RefreshAccounts {
    AwaitsBatch { asked: Vec<Target>, rest: Vec<Target>, checks: Vec<Check> },
}

/// One user to ask about.
#[derive(Clone, Debug)]
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
        let Self::AwaitsBatch { asked, rest, mut checks } = self;
        let questions: Vec<Call> = asked.iter().flat_map(Target::questions).collect();
        let parts = match answer.and_then(|answer| apart(&answer, &questions)) {
            Ok(parts) => parts,
            Err(failure) => return Step::Done(Outcome::RefreshAccounts { checks, result: Err(failure) }),
        };
        let mut parts = parts.into_iter();
        let mut result = Ok(());
        for target in asked {
            let answers: Vec<_> = parts.by_ref().take(target.questions().len()).collect();
            match check(target.username, answers) {
                Ok(check) => checks.push(check),
                Err(failure) => result = result.and(Err(failure)),
            }
        }
        match result {
            Ok(()) => next(rest, checks),
            Err(failure) => Step::Done(Outcome::RefreshAccounts { checks, result: Err(failure) }),
        }
    }
}

impl Target {
    fn questions(&self) -> Vec<Call> {
        let user = || self.user.clone();
        let keys = (self.keys == Keys::Ask).then(|| Call::ListKeys { user: user() });
        [Call::FindUser { user: user() }].into_iter().chain(keys).collect()
    }
}

/// The answers about one user: the account, then the keys if they were asked for.
fn check(username: String, answers: Vec<Result<Answer, Failure>>) -> Result<Check, Failure> {
    let mut answers = answers.into_iter();
    let account = answers.next().map(|answer| answer.and_then(|answer| read_person(&answer)));
    let person = match account {
        Some(Err(failure)) if failure.is_not_found() => return Ok(Check { username, person: None, method_ids: None }),
        Some(person) => Some(person?),
        None => None,
    };
    let keys = answers.next().map(|answer| answer.and_then(|answer| read_method_ids(&answer)));
    Ok(Check { username, person, method_ids: keys.transpose()? })
}

/// As many users as fit into one batch.
fn next(mut rest: Vec<Target>, checks: Vec<Check>) -> Step<RefreshAccounts> {
    let mut questions = Vec::new();
    let mut fitting = 0;
    for target in &rest {
        let more = target.questions();
        if questions.len() + more.len() > QUESTIONS_MAX {
            break;
        }
        questions.extend(more);
        fitting += 1;
    }
    if questions.is_empty() {
        return Step::Done(Outcome::RefreshAccounts { checks, result: Ok(()) });
    }
    let later = rest.split_off(fitting);
    Step::ask(Call::Batch(Batch::new(questions)), RefreshAccounts::AwaitsBatch { asked: rest, rest: later, checks })
}
