//! Packets of two hosts in any order, held against §11.2.5 written down once more: who is served, who is refused, and by
//! which code.

use super::*;

/// What the hosts on channels 1 and 2 do next.
#[derive(Clone, Copy, Debug)]
enum Deed {
    /// The first packet of a PING of so many bytes, on a channel.
    Begin(u32, u16),
    /// The next packet that the channel owes, give or take: 0 is the right one, 127 the one before.
    Continue(u32, u8),
    /// So many right packets in a row.
    Burst(u32, u8),
    /// INIT on the channel itself.
    Resync(u32),
    /// INIT on the broadcast channel.
    Allocate,
    /// CANCEL.
    Cancel(u32),
    /// So many milliseconds pass.
    Pass(u16),
}

/// What a device must remember of the packets so far.
struct Expected {
    under_way: Option<UnderWay>,
    allocated: u32,
}

struct UnderWay {
    channel: u32,
    length: usize,
    got: usize,
    sequence: u8,
    deadline: Timestamp,
}

type Reply = (u32, Command, Vec<u8>);

impl Expected {
    fn begin(&mut self, now: Timestamp, channel: u32, length: usize) -> Option<Reply> {
        let refuse = |code| Some((channel, Command::ERROR, vec![code]));
        match self.under_way.take() {
            Some(other) if other.channel != channel => {
                self.under_way = Some(other);
                refuse(error::CHANNEL_BUSY)
            }
            Some(_) => refuse(error::INVALID_SEQ),
            None if length > 7609 => refuse(error::INVALID_LEN),
            None => self.received(UnderWay {
                channel,
                length,
                got: length.min(57),
                sequence: 0,
                deadline: now + HALF_SECOND,
            }),
        }
    }

    fn go_on(&mut self, now: Timestamp, channel: u32, sequence: u8) -> Option<Reply> {
        let message = self.under_way.take_if(|message| message.channel == channel)?;
        if message.sequence != sequence {
            return Some((channel, Command::ERROR, vec![error::INVALID_SEQ]));
        }
        let got = message.length.min(message.got + 59);
        self.received(UnderWay { got, sequence: sequence + 1, deadline: now + HALF_SECOND, ..message })
    }

    fn received(&mut self, message: UnderWay) -> Option<Reply> {
        if message.got == message.length {
            return Some((message.channel, Command::PING, payload(message.length)));
        }
        self.under_way = Some(message);
        None
    }

    fn resync(&mut self, channel: u32) -> Option<Reply> {
        if self.under_way.as_ref().is_some_and(|message| message.channel != channel) {
            return Some((channel, Command::ERROR, vec![error::CHANNEL_BUSY]));
        }
        self.under_way = None;
        Some((channel, Command::INIT, [&[9; 8][..], &channel.to_be_bytes(), &[2, 1, 0, 0, 0x0D]].concat()))
    }

    fn allocate(&mut self) -> Option<Reply> {
        self.allocated += 1;
        let answer = [&[9; 8][..], &self.allocated.to_be_bytes(), &[2, 1, 0, 0, 0x0D]].concat();
        Some((BROADCAST, Command::INIT, answer))
    }

    fn pass(&mut self, now: Timestamp) -> Option<Reply> {
        let late = self.under_way.take_if(|message| message.deadline <= now)?;
        Some((late.channel, Command::ERROR, vec![error::MSG_TIMEOUT]))
    }

    /// The sequence number that the channel owes; the first, when it owes nothing.
    fn owed(&self, channel: u32) -> u8 {
        self.under_way.as_ref().filter(|message| message.channel == channel).map_or(0, |message| message.sequence)
    }
}

fn payload(length: usize) -> Vec<u8> {
    (0..length).map(ping_byte).collect()
}

/// What every PING here carries: no two packets of one are alike.
fn ping_byte(at: usize) -> u8 {
    u8::try_from(at % 251).expect("less than 251")
}

/// A packet whose data is the PING's from byte `from` on, beyond its end if need be: padding means nothing.
fn packet<const HEADER: usize>(channel: u32, header: [u8; HEADER], from: usize) -> Report {
    let mut report = [0; REPORT_BYTES];
    report[..4].copy_from_slice(&channel.to_be_bytes());
    report[4..4 + HEADER].copy_from_slice(&header);
    (from..).zip(&mut report[4 + HEADER..]).for_each(|(at, byte)| *byte = ping_byte(at));
    report
}

/// Two hosts, their device, and what it must do.
struct Trial {
    bus: Bus,
    expected: Expected,
}

impl Trial {
    fn new() -> Self {
        let mut bus = Bus::new();
        assert_eq!((bus.open(), bus.open()), (1, 2));
        Self { bus, expected: Expected { under_way: None, allocated: 2 } }
    }

    fn play(&mut self, deed: Deed) {
        let now = self.bus.now;
        match deed {
            Deed::Begin(channel, length) => {
                let answer = self.expected.begin(now, channel, length.into());
                let [high, low] = length.to_be_bytes();
                self.packet(&packet(channel, [Command::PING.0 | 0x80, high, low], 0), answer);
            }
            Deed::Continue(channel, off) => {
                let sequence = (self.expected.owed(channel) + off) & 0x7F;
                let answer = self.expected.go_on(now, channel, sequence);
                self.packet(&packet(channel, [sequence], 57 + 59 * usize::from(sequence)), answer);
            }
            Deed::Burst(channel, count) => (0..count).for_each(|_| self.play(Deed::Continue(channel, 0))),
            Deed::Resync(channel) => {
                let answer = self.expected.resync(channel);
                self.message(channel, Command::INIT, &[9; 8], answer);
            }
            Deed::Allocate => {
                let answer = self.expected.allocate();
                self.message(BROADCAST, Command::INIT, &[9; 8], answer);
            }
            Deed::Cancel(channel) => self.message(channel, Command::CANCEL, &[], None),
            Deed::Pass(milliseconds) => {
                self.bus.pass(milliseconds.into());
                let answer = self.expected.pass(self.bus.now);
                self.check(answer);
            }
        }
    }

    fn packet(&mut self, report: &Report, answer: Option<Reply>) {
        self.bus.device.handle_report(self.bus.now, &mut self.bus.key, report);
        self.check(answer);
    }

    fn message(&mut self, channel: u32, command: Command, payload: &[u8], answer: Option<Reply>) {
        self.bus.send(channel, command, payload);
        self.check(answer);
    }

    fn check(&mut self, answer: Option<Reply>) {
        assert_eq!(self.bus.received(), Vec::from_iter(answer));
        let deadline = self.expected.under_way.as_ref().map(|message| message.deadline);
        assert_eq!(self.bus.device.poll_timeout(&self.bus.key), deadline);
    }
}

fn deed() -> impl Strategy<Value = Deed> {
    let channel = || 1..=2u32;
    let length = prop_oneof![0..=57u16, 58..=400u16, 0..=7609u16, 7610..=u16::MAX];
    prop_oneof![
        4 => (channel(), length).prop_map(|(channel, length)| Deed::Begin(channel, length)),
        6 => channel().prop_map(|channel| Deed::Continue(channel, 0)),
        2 => (channel(), 0..0x80u8).prop_map(|(channel, off)| Deed::Continue(channel, off)),
        1 => channel().prop_map(|channel| Deed::Continue(channel, 0x7F)),
        3 => (channel(), 1..=130u8).prop_map(|(channel, count)| Deed::Burst(channel, count)),
        1 => channel().prop_map(Deed::Resync),
        1 => Just(Deed::Allocate),
        1 => channel().prop_map(Deed::Cancel),
        1 => (0..600u16).prop_map(Deed::Pass),
    ]
}

proptest! {
    #[test]
    fn every_packet_has_the_answer_that_the_specification_gives_it(deeds in prop::collection::vec(deed(), 1..60)) {
        let mut trial = Trial::new();
        deeds.into_iter().for_each(|deed| trial.play(deed));
        trial.play(Deed::Pass(500));
        trial.play(Deed::Begin(1, 1));
    }

    #[test]
    fn ping_is_echoed_at_any_length(length in 0..=7609u16) {
        let mut trial = Trial::new();
        trial.play(Deed::Begin(1, length));
        trial.play(Deed::Burst(1, 129));
    }
}

const HALF_SECOND: SignedDuration = SignedDuration::from_millis(500);
