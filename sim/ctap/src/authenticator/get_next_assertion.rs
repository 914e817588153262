//! authenticatorGetNextAssertion (CTAP 2.3 §6.3): the further credentials of the last getAssertion.

use std::collections::VecDeque;

use jiff::Timestamp;
use wire::Status;

use super::Authenticator;
use super::continuation::Sequence;
use super::get_assertion::{Inputs, Place};
use crate::store::Serial;

/// What the last getAssertion has left; any other command ends it.
pub(super) struct Remaining {
    serials: VecDeque<Serial>,
    inputs: Inputs,
    given: u8,
    /// When the token that has authorised the first expires.
    pub(super) until: Option<Timestamp>,
}

impl Remaining {
    pub(super) fn new(serials: &[Serial], inputs: Inputs, given: u8, until: Option<Timestamp>) -> Self {
        Self { serials: serials.iter().copied().collect(), inputs, given, until }
    }
}

impl Authenticator {
    /// The relying party of the assertions that are left.
    pub(super) fn continued_rp_id(&self) -> Option<String> {
        let Some(Sequence::Assertions(remaining)) = self.sequence() else { return None };
        let next = self.durable.store.by_serial(*remaining.serials.front()?)?;
        Some(next.rp_id.clone())
    }

    pub(super) fn get_next_assertion(&mut self, now: Timestamp) -> Result<Vec<u8>, Status> {
        let Some(Sequence::Assertions(mut remaining)) = self.take_sequence() else { return Err(Status::NOT_ALLOWED) };
        let serial = remaining.serials.pop_front().ok_or(Status::NOT_ALLOWED)?;
        let response = self.assert(serial, &remaining.inputs, remaining.given, Place::Later)?;
        self.leave(now, Sequence::Assertions(remaining));
        Ok(response)
    }
}
