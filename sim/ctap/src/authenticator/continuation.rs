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
    /// Further relying parties (§6.8.3).
    RelyingParties(VecDeque<RpIdHash>),
    /// Further credentials of a relying party (§6.8.4).
    Credentials(VecDeque<Serial>),
    /// A large-blob array of which more fragments are to come (§6.10.2).
    LargeBlobs(Writing),
}

impl Continuation {
    /// Which command may follow without ending it. Within one command, its subcommands decide.
    fn survives(&self, now: Timestamp, command: Command) -> bool {
        let is_continued = match self.sequence {
            Sequence::Assertions(_) => command == Command::GET_NEXT_ASSERTION,
            Sequence::RelyingParties(_) | Sequence::Credentials(_) => command == Command::CREDENTIAL_MANAGEMENT,
            Sequence::LargeBlobs(_) => command == Command::LARGE_BLOBS,
        };
        is_continued && now.duration_since(self.last) <= PAUSE_MAX
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

    pub(super) fn take_sequence(&mut self) -> Option<Sequence> {
        self.continuation.take().map(|continuation| continuation.sequence)
    }
}

/// How long the host may take between two commands.
const PAUSE_MAX: SignedDuration = SignedDuration::from_secs(30);
