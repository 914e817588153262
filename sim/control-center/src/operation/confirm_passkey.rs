//! Asks Graph whether Entra knows the key that a phone has reported.

use super::{Outcome, Step, read_method_ids};
use crate::graph::{Answer, Call, Failure};

/// Confirming a key.
#[derive(Debug)]
pub(crate) enum ConfirmPasskey {
    AwaitsKeys { username: String },
}

impl ConfirmPasskey {
    /// `user` is the object id, or the UPN while that is not known.
    pub(crate) fn start(username: String, user: String) -> Step<Self> {
        Step::ask(Call::ListKeys { user }, Self::AwaitsKeys { username })
    }

    pub(crate) fn handle(self, answer: Result<Answer, Failure>) -> Step<Self> {
        let Self::AwaitsKeys { username } = self;
        Step::Done(Outcome::ConfirmPasskey { username, result: answer.and_then(|answer| read_method_ids(&answer)) })
    }
}
