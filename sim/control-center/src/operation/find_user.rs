//! Looks a user up in Entra: before an invitation, and as soon as a workstation starts to pair.

use super::{Outcome, Step, read_person};
use crate::graph::{Answer, Call, Failure};

/// Looking up a user.
#[derive(Debug)]
pub(crate) enum FindUser {
    AwaitsUser { username: String, purpose: Purpose },
}

/// Why a user is looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Invitation,
    /// For the pairing session of this id.
    Session(String),
}

impl FindUser {
    pub(crate) fn start(username: String, purpose: Purpose) -> Step<Self> {
        Step::ask(Call::FindUser { user: username.clone() }, Self::AwaitsUser { username, purpose })
    }

    pub(crate) fn handle(self, answer: Result<Answer, Failure>) -> Step<Self> {
        let Self::AwaitsUser { username, purpose } = self;
        let result = answer.and_then(|answer| read_person(&answer));
        Step::Done(Outcome::FindUser { username, purpose, result })
    }
}
