//! CTAPHID packets and messages (CTAP 2.3 §11.2): 64-byte reports, both ways, no report id.

/// Bytes of a report.
pub const REPORT_BYTES: usize = 64;
/// The channel on which a host asks for a channel of its own (§11.2.3).
pub const BROADCAST: u32 = 0xFFFF_FFFF;
/// Payload bytes of an initialization packet.
pub const INIT_BYTES: usize = REPORT_BYTES - 7;
/// Payload bytes of a continuation packet.
pub const CONT_BYTES: usize = REPORT_BYTES - 5;
/// The largest message: one initialization packet and 128 continuations (§11.2.4).
pub const MESSAGE_BYTES_MAX: usize = INIT_BYTES + 128 * CONT_BYTES;

/// One 64-byte report.
pub type Report = [u8; REPORT_BYTES];

/// A CTAPHID command byte, without the packet-type bit (§11.2.9).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Command(pub u8);

impl Command {
    /// `CTAPHID_PING`.
    pub const PING: Self = Self(0x01);
    /// `CTAPHID_MSG`: CTAP1/U2F.
    pub const MSG: Self = Self(0x03);
    /// `CTAPHID_LOCK`.
    pub const LOCK: Self = Self(0x04);
    /// `CTAPHID_INIT`.
    pub const INIT: Self = Self(0x06);
    /// `CTAPHID_WINK`.
    pub const WINK: Self = Self(0x08);
    /// `CTAPHID_CBOR`.
    pub const CBOR: Self = Self(0x10);
    /// `CTAPHID_CANCEL`.
    pub const CANCEL: Self = Self(0x11);
    /// `CTAPHID_KEEPALIVE`.
    pub const KEEPALIVE: Self = Self(0x3B);
    /// `CTAPHID_ERROR`.
    pub const ERROR: Self = Self(0x3F);

    /// The specification's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PING => "PING",
            Self::MSG => "MSG",
            Self::LOCK => "LOCK",
            Self::INIT => "INIT",
            Self::WINK => "WINK",
            Self::CBOR => "CBOR",
            Self::CANCEL => "CANCEL",
            Self::KEEPALIVE => "KEEPALIVE",
            Self::ERROR => "ERROR",
            _ => "unknown command",
        }
    }
}

/// KEEPALIVE status (§11.2.9.1.7): the authenticator is still at work.
pub const PROCESSING: u8 = 1;
/// KEEPALIVE status: the authenticator waits for the user.
pub const UP_NEEDED: u8 = 2;

/// The error codes of `CTAPHID_ERROR` (§11.2.9.1.6); they share numbers with CTAP1 statuses.
pub mod error {
    /// The command is not known.
    pub const INVALID_CMD: u8 = 0x01;
    /// A parameter is wrong.
    pub const INVALID_PAR: u8 = 0x02;
    /// The length is wrong.
    pub const INVALID_LEN: u8 = 0x03;
    /// A packet is out of order.
    pub const INVALID_SEQ: u8 = 0x04;
    /// The rest of a message did not come in time.
    pub const MSG_TIMEOUT: u8 = 0x05;
    /// The device serves another channel.
    pub const CHANNEL_BUSY: u8 = 0x06;
    /// The channel was never allocated.
    pub const INVALID_CHANNEL: u8 = 0x0B;
    /// Anything else.
    pub const OTHER: u8 = 0x7F;
}

/// A report, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packet<'a> {
    /// The first packet of a message.
    Init {
        /// Channel.
        channel: u32,
        /// Command.
        command: Command,
        /// Bytes of the whole message.
        length: u16,
        /// This packet's share, padding included.
        data: &'a [u8],
    },
    /// A further packet.
    Cont {
        /// Channel.
        channel: u32,
        /// 0 to 127.
        sequence: u8,
        /// This packet's share, padding included.
        data: &'a [u8],
    },
}

impl<'a> Packet<'a> {
    /// Takes a report apart; every report is one packet or the other.
    #[must_use]
    pub fn parse(report: &'a Report) -> Self {
        let channel = u32::from_be_bytes([report[0], report[1], report[2], report[3]]);
        if report[4] & 0x80 == 0 {
            return Self::Cont { channel, sequence: report[4], data: &report[5..] };
        }
        let length = u16::from_be_bytes([report[5], report[6]]);
        Self::Init { channel, command: Command(report[4] & 0x7F), length, data: &report[7..] }
    }
}

/// A whole message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Channel.
    pub channel: u32,
    /// Command.
    pub command: Command,
    /// Payload, at most [`MESSAGE_BYTES_MAX`].
    pub payload: Vec<u8>,
}

impl Message {
    /// The reports that carry the message, in order.
    ///
    /// # Panics
    ///
    /// When the payload is longer than [`MESSAGE_BYTES_MAX`]: the sender must refuse it before.
    pub fn reports(&self) -> impl Iterator<Item = Report> {
        assert!(self.payload.len() <= MESSAGE_BYTES_MAX, "a message never exceeds what 129 packets hold");
        let (head, tail) = self.payload.split_at(self.payload.len().min(INIT_BYTES));
        let mut first = [0; REPORT_BYTES];
        first[..4].copy_from_slice(&self.channel.to_be_bytes());
        first[4] = self.command.0 | 0x80;
        let length = u16::try_from(self.payload.len()).expect("the limit is far below 65,536");
        first[5..7].copy_from_slice(&length.to_be_bytes());
        first[7..7 + head.len()].copy_from_slice(head);
        let channel = self.channel;
        let rest = tail.chunks(CONT_BYTES).zip(0u8..).map(move |(chunk, sequence)| {
            let mut report = [0; REPORT_BYTES];
            report[..4].copy_from_slice(&channel.to_be_bytes());
            report[4] = sequence;
            report[5..5 + chunk.len()].copy_from_slice(chunk);
            report
        });
        std::iter::once(first).chain(rest)
    }
}

/// What one packet did to an [`Assembler`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// More packets are to come.
    Waiting,
    /// The message is whole.
    Whole(Message),
    /// The packet does not fit; the message under way, if any, is gone. The code is for `CTAPHID_ERROR`.
    Refused(u8),
    /// A continuation with no message under way: ignored (§11.2.5.4).
    Spurious,
}

/// Puts the packets of one channel together again.
#[derive(Clone, Debug, Default)]
pub struct Assembler(Option<Partial>);

#[derive(Clone, Debug)]
struct Partial {
    message: Message,
    length: usize,
    next_sequence: u8,
}

impl Assembler {
    /// Takes the next packet of this channel.
    pub fn handle_packet(&mut self, packet: Packet<'_>) -> Progress {
        match packet {
            Packet::Init { channel, command, length, data } => self.begin(channel, command, length, data),
            Packet::Cont { sequence, data, .. } => self.go_on(sequence, data),
        }
    }

    fn begin(&mut self, channel: u32, command: Command, length: u16, data: &[u8]) -> Progress {
        let length = usize::from(length);
        if length > MESSAGE_BYTES_MAX {
            self.0 = None;
            return Progress::Refused(error::INVALID_LEN);
        }
        let payload = data[..length.min(INIT_BYTES)].to_vec();
        let message = Message { channel, command, payload };
        self.finish_or_wait(Partial { message, length, next_sequence: 0 })
    }

    fn go_on(&mut self, sequence: u8, data: &[u8]) -> Progress {
        let Some(mut partial) = self.0.take() else { return Progress::Spurious };
        if sequence != partial.next_sequence {
            return Progress::Refused(error::INVALID_SEQ);
        }
        let missing = partial.length - partial.message.payload.len();
        partial.message.payload.extend_from_slice(&data[..missing.min(CONT_BYTES)]);
        partial.next_sequence += 1;
        self.finish_or_wait(partial)
    }

    fn finish_or_wait(&mut self, partial: Partial) -> Progress {
        if partial.message.payload.len() == partial.length {
            self.0 = None;
            return Progress::Whole(partial.message);
        }
        self.0 = Some(partial);
        Progress::Waiting
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_message_survives_its_packets(channel: u32, command in 0u8..0x80, payload in proptest::collection::vec(any::<u8>(), 0..=MESSAGE_BYTES_MAX)) {
            let message = Message { channel, command: Command(command), payload };
            let mut assembler = Assembler::default();
            let mut progress = Progress::Waiting;
            for report in message.reports() {
                prop_assert_eq!(progress, Progress::Waiting);
                progress = assembler.handle_packet(Packet::parse(&report));
            }
            prop_assert_eq!(progress, Progress::Whole(message));
        }

        #[test]
        fn any_reports_in_any_order_do_no_harm(reports in proptest::collection::vec(proptest::array::uniform32(any::<u8>()), 0..200)) {
            let mut assembler = Assembler::default();
            for half in reports {
                let mut report = [0; REPORT_BYTES];
                report[..32].copy_from_slice(&half);
                if let Progress::Whole(message) = assembler.handle_packet(Packet::parse(&report)) {
                    prop_assert!(message.payload.len() <= MESSAGE_BYTES_MAX);
                }
                let held = assembler.0.as_ref().map_or(0, |partial| partial.message.payload.len());
                prop_assert!(held < MESSAGE_BYTES_MAX, "{} bytes are held of a message not yet whole", held);
            }
        }
    }

    #[test]
    fn a_gap_in_the_sequence_ends_the_message() {
        let message = Message { channel: 1, command: Command::CBOR, payload: vec![7; 200] };
        let reports: Vec<Report> = message.reports().collect();
        let mut assembler = Assembler::default();
        assembler.handle_packet(Packet::parse(&reports[0]));
        assert_eq!(assembler.handle_packet(Packet::parse(&reports[2])), Progress::Refused(error::INVALID_SEQ));
        assert_eq!(assembler.handle_packet(Packet::parse(&reports[1])), Progress::Spurious);
    }

    #[test]
    fn a_length_beyond_129_packets_is_refused() {
        let mut report = [0; REPORT_BYTES];
        report[4..7].copy_from_slice(&[0x90, 0x1D, 0xBA]);
        assert_eq!(Assembler::default().handle_packet(Packet::parse(&report)), Progress::Refused(error::INVALID_LEN));
    }
}
