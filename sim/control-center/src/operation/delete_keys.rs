//! Deletes an unpaired user's keys in Entra, one after another (guide "Create Service Account": "will be able to delete
//! it when removed via phone or CC").

use super::{Outcome, Step};
use crate::graph::{Answer, Call, Failure, method_id};

/// What the deletion waits for.
#[derive(Debug)]
pub(crate) enum DeleteKeys {
    AwaitsDeletion { work: Work, credential_id: String },
}

/// What is left to do and what is done.
#[derive(Debug)]
pub(crate) struct Work {
    username: String,
    user: String,
    rest: Vec<String>,
    results: Vec<(String, Result<Deletion, Failure>)>,
}

/// What a deletion has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deletion {
    /// The key, which is gone now.
    Deleted,
    /// No such key, or no such user: an account that is restored later brings its keys back.
    NotFound,
}

impl DeleteKeys {
    /// `user` is the object id, or the UPN while that is not known.
    pub(crate) fn start(username: String, user: String, credential_ids: Vec<String>) -> Step<Self> {
        next(Work { username, user, rest: credential_ids, results: Vec::new() })
    }

    pub(crate) fn handle(self, answer: Result<Answer, Failure>) -> Step<Self> {
        let Self::AwaitsDeletion { mut work, credential_id } = self;
        let result = match answer {
            Err(failure) if !failure.is_not_found() => Err(failure),
            // Deleted by somebody else, never finished, or gone with its account: either way it is not there.
            Err(_) => Ok(Deletion::NotFound),
            Ok(_) => Ok(Deletion::Deleted),
        };
        work.results.push((credential_id, result));
        next(work)
    }
}

fn next(mut work: Work) -> Step<DeleteKeys> {
    match work.rest.pop() {
        None => Step::Done(Outcome::DeleteKeys { username: work.username, results: work.results }),
        Some(credential_id) => match method_id(&credential_id) {
            Some(method) => {
                let call = Call::DeleteKey { user: work.user.clone(), method };
                Step::ask(call, DeleteKeys::AwaitsDeletion { work, credential_id })
            }
            // No key of Entra has such an id, so there is none to delete.
            None => {
                work.results.push((credential_id, Ok(Deletion::Deleted)));
                next(work)
            }
        },
    }
}
