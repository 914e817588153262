//! What one command leaves for the next to continue (CTAP 2.3 §6, "stateful commands").
//!
//! There is one such thing at a time, since whatever does not continue it ends it.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

use super::get_next_assertion::Remaining;
use super::large_blobs::Writing;
use super::{Authenticator, Command};
use crate::store::{RpIdHash, Serial};

/// What the last command has left, and when.
pub(super) struct Continuation {
    sequence: Sequence,
    last: Timestamp,
}

/// What can be continued.
pub(super) enum Sequence {
    /// Further assertions (§6.3).
    Assertions(Remaining),
    /// Further relying parties, or credentials of one (§6.8.3, §6.8.4).
    Credentials(Enumeration),
    /// A large-blob array of which more fragments are to come (§6.10.2).
    LargeBlobs(Writing),
}

/// What credential management has still to tell. Between two relying parties, the credentials of the first may be
/// enumerated.
#[derive(Default)]
pub(super) struct Enumeration {
    pub(super) relying_parties: VecDeque<RpIdHash>,
    pub(super) credentials: VecDeque<Serial>,
    /// When the token that has authorised it expires.
    pub(super) until: Option<Timestamp>,
}

impl Sequence {
    /// When it ends with the token that has authorised its first command, if one has (§6, "stateful commands").
    fn until(&self) -> Option<Timestamp> {
        match self {
            Self::Assertions(remaining) => remaining.until,
            Self::Credentials(enumeration) => enumeration.until,
            // Each fragment is authorised by itself.
            Self::LargeBlobs(_) => None,
        }
    }
}

impl Continuation {
    /// Which command may follow without ending it. Within one command, its subcommands decide.
    fn survives(&self, now: Timestamp, command: Command) -> bool {
        let is_continued = match self.sequence {
            Sequence::Assertions(_) => command == Command::GET_NEXT_ASSERTION,
            Sequence::Credentials(_) => command == Command::CREDENTIAL_MANAGEMENT,
            Sequence::LargeBlobs(_) => command == Command::LARGE_BLOBS,
        };
        is_continued
            && now.duration_since(self.last) <= PAUSE_MAX
            && self.sequence.until().is_none_or(|expires| now <= expires)
    }
}

impl Authenticator {
    /// Ends what `command` cannot continue, or would continue too late.
    pub(super) fn end_unless_continued(&mut self, now: Timestamp, command: Command) {
        self.continuation.take_if(|continuation| !continuation.survives(now, command));
    }

    pub(super) fn leave(&mut self, now: Timestamp, sequence: Sequence) {
        self.continuation = Some(Continuation { sequence, last: now });
    }

    pub(super) fn sequence(&self) -> Option<&Sequence> {
        self.continuation.as_ref().map(|continuation| &continuation.sequence)
    }

    /// What the last command of credential management has left; nothing when it was another command.
    pub(super) fn take_enumeration(&mut self) -> Enumeration {
        match self.take_sequence() {
            Some(Sequence::Credentials(enumeration)) => enumeration,
            _ => Enumeration::default(),
        }
    }

    pub(super) fn take_sequence(&mut self) -> Option<Sequence> {
        self.continuation.take().map(|continuation| continuation.sequence)
    }
}

/// How long the host may take between two commands.
const PAUSE_MAX: SignedDuration = SignedDuration::from_secs(30);
