//! FIDO over Bluetooth Low Energy (CTAP 2.3 §11.4): fragments, as they are written to `fidoControlPoint` and notified by
//! `fidoStatus`, and the messages that they make.

pub use crate::ctaphid::{PROCESSING, UP_NEEDED};

/// The bit of `fidoServiceRevisionBitfield` that stands for FIDO2, which a client chooses by writing it.
pub const REVISION_FIDO2: u8 = 0x20;
/// The largest message: its length has two bytes.
pub const MESSAGE_BYTES_MAX: usize = u16::MAX as usize;

/// How many bytes a fragment may have: `fidoControlPointLength` for what a client writes, three less than the ATT_MTU for
/// what an authenticator notifies.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct FragmentSize(u16);

impl FragmentSize {
    /// The smallest: what fits into the ATT_MTU that every device has.
    pub const MIN: Self = Self(20);
    /// The largest: no attribute is longer.
    pub const MAX: Self = Self(512);

    /// None when it is not 20 to 512.
    #[must_use]
    pub const fn new(bytes: u16) -> Option<Self> {
        if Self::MIN.0 <= bytes && bytes <= Self::MAX.0 { Some(Self(bytes)) } else { None }
    }

    /// The number of bytes.
    #[must_use]
    pub const fn bytes(self) -> usize {
        self.0 as usize
    }

    /// The value of the characteristic `fidoControlPointLength`.
    #[must_use]
    pub const fn to_be_bytes(self) -> [u8; 2] {
        self.0.to_be_bytes()
    }
}

/// A command byte, its high bit included.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Command(pub u8);

impl Command {
    /// Echoed.
    pub const PING: Self = Self(0x81);
    /// From the authenticator, while it works on a MSG.
    pub const KEEPALIVE: Self = Self(0x82);
    /// A CTAP command or its response.
    pub const MSG: Self = Self(0x83);
    /// Ends the MSG under way; has no answer of its own.
    pub const CANCEL: Self = Self(0xBE);
    /// From the authenticator: the request was none.
    pub const ERROR: Self = Self(0xBF);

    /// The specification's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PING => "PING",
            Self::KEEPALIVE => "KEEPALIVE",
            Self::MSG => "MSG",
            Self::CANCEL => "CANCEL",
            Self::ERROR => "ERROR",
            _ => "unknown command",
        }
    }
}

/// The codes of ERROR.
pub mod error {
    /// The command is not known.
    pub const INVALID_CMD: u8 = 0x01;
    /// A parameter is wrong.
    pub const INVALID_PAR: u8 = 0x02;
    /// The length is wrong.
    pub const INVALID_LEN: u8 = 0x03;
    /// A fragment is out of order.
    pub const INVALID_SEQ: u8 = 0x04;
    /// The rest of a message did not come in time.
    pub const REQ_TIMEOUT: u8 = 0x05;
    /// The authenticator is at work.
    pub const BUSY: u8 = 0x06;
    /// Anything else.
    pub const OTHER: u8 = 0x7F;
}

/// A fragment, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fragment<'a> {
    /// The first fragment of a message.
    Init {
        /// Command.
        command: Command,
        /// Bytes of the whole message.
        length: u16,
        /// This fragment's share.
        data: &'a [u8],
    },
    /// A further fragment.
    Cont {
        /// 0 to 127, and from 0 again.
        sequence: u8,
        /// This fragment's share.
        data: &'a [u8],
    },
}

impl<'a> Fragment<'a> {
    /// Takes a fragment apart; none when it is too short to be one.
    #[must_use]
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        match bytes {
            [command @ 0x80..=0xFF, high, low, data @ ..] => {
                let length = u16::from_be_bytes([*high, *low]);
                Some(Self::Init { command: Command(*command), length, data })
            }
            [sequence @ 0x00..=0x7F, data @ ..] => Some(Self::Cont { sequence: *sequence, data }),
            _ => None,
        }
    }
}

/// A whole message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Command.
    pub command: Command,
    /// Payload, at most [`MESSAGE_BYTES_MAX`].
    pub payload: Vec<u8>,
}

impl Message {
    /// The fragments that carry the message, in order, each as long as `size` allows.
    ///
    /// # Panics
    ///
    /// When the payload is longer than [`MESSAGE_BYTES_MAX`]: the sender must refuse it before.
    pub fn fragments(&self, size: FragmentSize) -> impl Iterator<Item = Vec<u8>> {
        let length = u16::try_from(self.payload.len()).expect("a message never exceeds what two bytes count");
        let [high, low] = length.to_be_bytes();
        let (head, tail) = self.payload.split_at(self.payload.len().min(size.bytes() - INIT_HEADER_BYTES));
        let first = [&[self.command.0, high, low][..], head].concat();
        let rest = tail.chunks(size.bytes() - CONT_HEADER_BYTES);
        std::iter::once(first)
            .chain(rest.zip((0..SEQUENCES).cycle()).map(|(chunk, sequence)| [&[sequence][..], chunk].concat()))
    }
}

/// What one fragment did to an [`Assembler`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// More fragments are to come.
    Waiting,
    /// The message is whole.
    Whole(Message),
    /// The fragment does not fit; the message under way, if any, is gone. The code is for ERROR.
    Refused(u8),
    /// A continuation with no message under way.
    Spurious,
}

/// Puts the fragments of one direction together again.
#[derive(Clone, Debug, Default)]
pub struct Assembler(Option<Partial>);

#[derive(Clone, Debug)]
struct Partial {
    message: Message,
    length: usize,
    next_sequence: u8,
}

impl Assembler {
    /// Takes the next fragment of this direction.
    pub fn handle_fragment(&mut self, fragment: Fragment<'_>) -> Progress {
        match fragment {
            Fragment::Init { command, length, data } => {
                let message = Message { command, payload: Vec::new() };
                self.take(Partial { message, length: length.into(), next_sequence: 0 }, data)
            }
            Fragment::Cont { sequence, data } => self.go_on(sequence, data),
        }
    }

    fn go_on(&mut self, sequence: u8, data: &[u8]) -> Progress {
        let Some(mut partial) = self.0.take() else { return Progress::Spurious };
        if sequence != partial.next_sequence {
            return Progress::Refused(error::INVALID_SEQ);
        }
        // One without data would keep a message alive that never ends.
        if data.is_empty() {
            return Progress::Refused(error::INVALID_LEN);
        }
        partial.next_sequence = (sequence + 1) % SEQUENCES;
        self.take(partial, data)
    }

    fn take(&mut self, mut partial: Partial, data: &[u8]) -> Progress {
        self.0 = None;
        if data.len() > partial.length - partial.message.payload.len() {
            return Progress::Refused(error::INVALID_LEN);
        }
        partial.message.payload.extend_from_slice(data);
        if partial.message.payload.len() == partial.length {
            return Progress::Whole(partial.message);
        }
        self.0 = Some(partial);
        Progress::Waiting
    }
}

/// The command and two bytes of length.
const INIT_HEADER_BYTES: usize = 3;
/// The sequence number.
const CONT_HEADER_BYTES: usize = 1;
/// How many sequence numbers there are.
const SEQUENCES: u8 = 0x80;

#[cfg(test)]
mod tests;
