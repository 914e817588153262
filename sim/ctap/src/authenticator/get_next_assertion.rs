//! authenticatorGetNextAssertion (CTAP 2.3 §6.3): the further credentials of the last getAssertion.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};
use wire::Status;

use super::Authenticator;
use super::get_assertion::{Inputs, Place};
use crate::store::Serial;

/// What the last getAssertion has left; any other command ends it.
pub(super) struct Remaining {
    serials: VecDeque<Serial>,
    inputs: Inputs,
    given: u8,
    last: Timestamp,
}

impl Remaining {
    pub(super) fn new(now: Timestamp, serials: &[Serial], inputs: Inputs, given: u8) -> Self {
        Self { serials: serials.iter().copied().collect(), inputs, given, last: now }
    }
}

impl Authenticator {
    pub(super) fn get_next_assertion(&mut self, now: Timestamp) -> Result<Vec<u8>, Status> {
        let mut remaining = self.remaining.take().ok_or(Status::NOT_ALLOWED)?;
        if now.duration_since(remaining.last) > PAUSE_MAX {
            return Err(Status::NOT_ALLOWED);
        }
        let serial = remaining.serials.pop_front().ok_or(Status::NOT_ALLOWED)?;
        let response = self.assert(serial, &remaining.inputs, remaining.given, Place::Later)?;
        remaining.last = now;
        self.remaining = Some(remaining);
        Ok(response)
    }
}

/// How long the host may take between two of them.
const PAUSE_MAX: SignedDuration = SignedDuration::from_secs(30);
