//! Command chaining (ISO/IEC 7816-4 §5.3.3; CTAP 2.3 §11.3.6): a command in several APDUs.

use super::CLA_CHAINING;
use crate::apdu::{Apdu, Header, StatusWord};
use crate::profile::MESSAGE_BYTES_MAX;

/// The part of a command that is there.
#[derive(Default)]
pub(super) struct Chain(Option<(Header, Vec<u8>)>);

/// What one APDU is of its command.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// A part; more is to come.
    More,
    /// The last part, or all of it.
    Whole(Vec<u8>),
}

impl Chain {
    /// Takes the next APDU.
    ///
    /// # Errors
    ///
    /// `SW_LAST_COMMAND_EXPECTED`: it is one of another command; the chain is given up. `SW_WRONG_LENGTH`: the command
    /// is longer than any message.
    pub(super) fn take(&mut self, apdu: &Apdu<'_>) -> Result<Link, StatusWord> {
        let is_last = apdu.header.class & CLA_CHAINING == 0;
        let header = Header { class: apdu.header.class & !CLA_CHAINING, ..apdu.header };
        let mut data = match self.0.take() {
            None => Vec::new(),
            Some((begun, data)) if begun == header => data,
            Some(_) => return Err(StatusWord::LAST_COMMAND_EXPECTED),
        };
        data.extend_from_slice(apdu.data);
        if data.len() > MESSAGE_BYTES_MAX {
            return Err(StatusWord::WRONG_LENGTH);
        }
        if is_last {
            return Ok(Link::Whole(data));
        }
        self.0 = Some((header, data));
        Ok(Link::More)
    }
}
