//! CTAPHID as a host sees it: reports in, reports out.

mod packets;

use clockwork::Seed;
use proptest::prelude::*;
use wire::ctaphid::{PROCESSING, REPORT_BYTES, UP_NEEDED};

use super::*;
use crate::{Answer, Attestation, Profile};

const SELECTION: u8 = 0x0B;
const GET_INFO: u8 = 0x04;

/// A host and a device.
struct Bus {
    device: Hid,
    key: Authenticator,
    now: Timestamp,
}

impl Bus {
    fn new() -> Self {
        Self::of(Profile::hypr_android())
    }

    fn of(profile: Profile) -> Self {
        let rng = Seed::of(&["hid tests"]).fork("phone/carol/ctap");
        let key = Authenticator::new(profile, Attestation::packed_self(), rng);
        Self { device: Hid::default(), key, now: "2024-03-01T09:00:00Z".parse().expect("a date") }
    }

    fn send(&mut self, channel: u32, command: Command, payload: &[u8]) {
        let message = Message { channel, command, payload: payload.to_vec() };
        message.reports().for_each(|report| self.device.handle_report(self.now, &mut self.key, &report));
    }

    /// Every message that the device has sent.
    fn received(&mut self) -> Vec<(u32, Command, Vec<u8>)> {
        let mut assembler = Assembler::default();
        let mut messages = Vec::new();
        while let Some(report) = self.device.poll_report(&mut self.key) {
            match assembler.handle_packet(Packet::parse(&report)) {
                Progress::Whole(Message { channel, command, payload }) => messages.push((channel, command, payload)),
                Progress::Waiting => {}
                other => panic!("the device sent {other:?}"),
            }
        }
        messages
    }

    /// Asserts what the device answers to a message.
    fn check(&mut self, channel: u32, command: Command, payload: &[u8], expect: &[(u32, Command, &[u8])]) {
        self.send(channel, command, payload);
        self.check_received(expect);
    }

    fn check_received(&mut self, expect: &[(u32, Command, &[u8])]) {
        let expect: Vec<_> =
            expect.iter().map(|(channel, command, bytes)| (*channel, *command, bytes.to_vec())).collect();
        assert_eq!(self.received(), expect);
    }

    fn open(&mut self) -> u32 {
        self.send(BROADCAST, Command::INIT, &[1, 2, 3, 4, 5, 6, 7, 8]);
        let messages = self.received();
        let [(BROADCAST, Command::INIT, answer)] = messages.as_slice() else { panic!("no channel: {messages:?}") };
        assert_eq!(answer[..8], [1, 2, 3, 4, 5, 6, 7, 8]);
        u32::from_be_bytes(answer[8..12].try_into().expect("four bytes"))
    }

    fn pass(&mut self, milliseconds: i64) {
        self.now += SignedDuration::from_millis(milliseconds);
        self.device.handle_timeout(self.now, &mut self.key);
    }
}

#[test]
fn init_allocates_a_channel_each_and_tells_versions_and_capabilities() {
    let mut bus = Bus::new();
    bus.check(
        BROADCAST,
        Command::INIT,
        &[9; 8],
        &[(BROADCAST, Command::INIT, &[9, 9, 9, 9, 9, 9, 9, 9, 0, 0, 0, 1, 2, 1, 0, 0, 0x0D])],
    );
    assert_eq!(bus.open(), 2);
    bus.check(BROADCAST, Command::INIT, &[9; 7], &[(BROADCAST, Command::ERROR, &[error::INVALID_LEN])]);
}

#[test]
fn ping_is_echoed_at_every_length() {
    let mut bus = Bus::new();
    let channel = bus.open();
    for bytes in [0, 1, 57, 58, 116, 117, 7609] {
        let payload = vec![0x5A; bytes];
        bus.check(channel, Command::PING, &payload, &[(channel, Command::PING, &payload)]);
    }
}

#[test]
fn a_command_is_answered_on_its_channel() {
    let mut bus = Bus::new();
    let channel = bus.open();
    bus.send(channel, Command::CBOR, &[GET_INFO]);
    let messages = bus.received();
    let [(answered, Command::CBOR, response)] = messages.as_slice() else { panic!("{messages:?}") };
    assert_eq!((*answered, response[0]), (channel, 0));
    bus.check(channel, Command::CBOR, &[], &[(channel, Command::ERROR, &[error::INVALID_LEN])]);
}

#[test]
fn a_channel_never_allocated_is_invalid() {
    let mut bus = Bus::new();
    bus.open();
    for channel in [0, 2, 77, 0xFFFF_FFFE] {
        bus.check(channel, Command::PING, &[1], &[(channel, Command::ERROR, &[error::INVALID_CHANNEL])]);
        bus.check(channel, Command::INIT, &[1; 8], &[(channel, Command::ERROR, &[error::INVALID_CHANNEL])]);
    }
    bus.check(BROADCAST, Command::PING, &[1], &[(BROADCAST, Command::ERROR, &[error::INVALID_CHANNEL])]);
}

#[test]
fn commands_that_are_not_there_are_invalid() {
    let mut bus = Bus::new();
    let channel = bus.open();
    for command in [Command::MSG, Command::KEEPALIVE, Command(0x40)] {
        bus.check(channel, command, &[0], &[(channel, Command::ERROR, &[error::INVALID_CMD])]);
    }
}

#[test]
fn wink_is_answered_and_noticed() {
    let mut bus = Bus::new();
    let channel = bus.open();
    bus.check(channel, Command::WINK, &[], &[(channel, Command::WINK, &[])]);
    assert_eq!(bus.key.poll_event(), Some(Event::Winked));
    bus.check(channel, Command::WINK, &[1], &[(channel, Command::ERROR, &[error::INVALID_LEN])]);
}

#[test]
fn keepalive_comes_at_once_with_each_change_and_every_hundred_milliseconds() {
    let mut bus = Bus::new();
    let channel = bus.open();
    let alive = |status: &'static [u8]| (channel, Command::KEEPALIVE, status);
    bus.check(channel, Command::CBOR, &make_credential(), &[alive(&[UP_NEEDED])]);
    bus.check_received(&[]);
    assert_eq!(bus.device.poll_timeout(&bus.key), Some(bus.now + SignedDuration::from_millis(100)));
    bus.pass(99);
    bus.check_received(&[]);
    bus.pass(1);
    bus.check_received(&[alive(&[UP_NEEDED])]);
    bus.key.handle_answer(bus.now, Answer::Accept);
    bus.check_received(&[alive(&[PROCESSING])]);
    bus.pass(5_000);
    bus.check_received(&[alive(&[PROCESSING])]);
    assert_eq!(bus.device.poll_timeout(&bus.key), Some(bus.now + SignedDuration::from_millis(100)));
    bus.key.handle_answer(bus.now, Answer::Verified);
    let messages = bus.received();
    assert!(matches!(messages.as_slice(), [(_, Command::CBOR, response)] if response[0] == 0), "{messages:?}");
    assert_eq!(bus.device.poll_timeout(&bus.key), None);
}

#[test]
fn a_request_that_the_phone_declines_at_once_sends_no_keepalive() {
    let mut bus = Bus::new();
    let channel = bus.open();
    bus.send(channel, Command::CBOR, &[SELECTION]);
    bus.key.handle_answer(bus.now, Answer::Decline);
    bus.check_received(&[(channel, Command::CBOR, &[0x27])]);
}

#[test]
fn a_user_who_does_nothing_ends_the_command_after_thirty_seconds() {
    let mut bus = Bus::new();
    let channel = bus.open();
    bus.check(channel, Command::CBOR, &[SELECTION], &[(channel, Command::KEEPALIVE, &[UP_NEEDED])]);
    bus.pass(30_000);
    bus.check_received(&[(channel, Command::CBOR, &[0x2F])]);
}

#[test]
fn cancel_ends_the_wait_and_is_ignored_otherwise() {
    let mut bus = Bus::new();
    let channel = bus.open();
    bus.check(channel, Command::CANCEL, &[], &[]);
    bus.check(channel, Command::CBOR, &[SELECTION], &[(channel, Command::KEEPALIVE, &[UP_NEEDED])]);
    bus.check(channel, Command::CANCEL, &[], &[(channel, Command::CBOR, &[0x2D])]);
    bus.check(channel, Command::CANCEL, &[], &[]);
    bus.check(channel + 1, Command::CANCEL, &[], &[]);

    let half: Vec<Report> = Message { channel, command: Command::PING, payload: vec![7; 60] }.reports().collect();
    bus.device.handle_report(bus.now, &mut bus.key, &half[0]);
    bus.check(channel, Command::CANCEL, &[], &[]);
    bus.device.handle_report(bus.now, &mut bus.key, &half[1]);
    bus.check_received(&[(channel, Command::PING, &[7; 60])]);
}

#[test]
fn another_channel_finds_the_device_busy_but_may_be_allocated() {
    let mut bus = Bus::new();
    let (channel, other) = (bus.open(), bus.open());
    let busy = [(other, Command::ERROR, [error::CHANNEL_BUSY].as_slice())];
    bus.check(channel, Command::CBOR, &[SELECTION], &[(channel, Command::KEEPALIVE, &[UP_NEEDED])]);
    bus.check(other, Command::PING, &[1], &busy);
    bus.check(other, Command::INIT, &[1; 8], &busy);
    bus.check(other, Command::CANCEL, &[], &[]);
    assert_eq!(bus.open(), 3);
    bus.check(channel, Command::PING, &[1], &[(channel, Command::ERROR, &[error::CHANNEL_BUSY])]);
    bus.key.handle_answer(bus.now, Answer::Accept);
    bus.check_received(&[(channel, Command::CBOR, &[0])]);
    bus.check(other, Command::PING, &[1], &[(other, Command::PING, &[1])]);
}

#[test]
fn init_on_its_own_channel_aborts_what_is_under_way() {
    let mut bus = Bus::new();
    let channel = bus.open();
    let synced = [[1; 8].as_slice(), &[0, 0, 0, 1, 2, 1, 0, 0, 0x0D]].concat();
    bus.check(channel, Command::CBOR, &[SELECTION], &[(channel, Command::KEEPALIVE, &[UP_NEEDED])]);
    bus.check(channel, Command::INIT, &[1; 8], &[(channel, Command::INIT, &synced)]);
    assert_eq!(bus.key.prompt(), None);

    let begun = Message { channel, command: Command::PING, payload: vec![7; 200] };
    bus.device.handle_report(bus.now, &mut bus.key, &begun.reports().next().expect("a first packet"));
    bus.check(channel, Command::INIT, &[1; 8], &[(channel, Command::INIT, &synced)]);
    bus.check(channel, Command::PING, &[1], &[(channel, Command::PING, &[1])]);
}

#[test]
fn init_on_its_own_channel_takes_back_an_answer_not_yet_read() {
    let mut bus = Bus::new();
    let (channel, other) = (bus.open(), bus.open());
    bus.send(other, Command::PING, &[1]);
    bus.send(channel, Command::CBOR, &[GET_INFO]);
    let synced = [[1; 8].as_slice(), &[0, 0, 0, 1, 2, 1, 0, 0, 0x0D]].concat();
    let expect = [(other, Command::PING, [1].as_slice()), (channel, Command::INIT, &synced)];
    bus.check(channel, Command::INIT, &[1; 8], &expect);
}

#[test]
fn init_with_a_nonce_of_another_length_is_refused_at_once() {
    let mut bus = Bus::new();
    let channel = bus.open();
    for nonce in [0, 7, 9, 58, 200] {
        let first = Message { channel, command: Command::INIT, payload: vec![1; nonce] }.reports().next();
        bus.device.handle_report(bus.now, &mut bus.key, &first.expect("a first packet"));
        bus.check_received(&[(channel, Command::ERROR, &[error::INVALID_LEN])]);
        bus.check(channel, Command::PING, &[1], &[(channel, Command::PING, &[1])]);
    }
}

#[test]
fn when_every_channel_is_taken_there_is_no_other() {
    let mut bus = Bus::new();
    bus.device.last_channel = BROADCAST - 2;
    assert_eq!(bus.open(), BROADCAST - 1);
    bus.check(BROADCAST, Command::INIT, &[1; 8], &[(BROADCAST, Command::ERROR, &[error::OTHER])]);
}

#[test]
fn packets_out_of_order_end_the_message() {
    let mut bus = Bus::new();
    let (channel, other) = (bus.open(), bus.open());
    let reports: Vec<Report> = Message { channel, command: Command::PING, payload: vec![7; 200] }.reports().collect();
    let invalid = [(channel, Command::ERROR, [error::INVALID_SEQ].as_slice())];
    bus.device.handle_report(bus.now, &mut bus.key, &reports[0]);
    bus.device.handle_report(bus.now, &mut bus.key, &reports[2]);
    bus.check_received(&invalid);
    bus.device.handle_report(bus.now, &mut bus.key, &reports[1]);
    bus.check_received(&[]);
    bus.device.handle_report(bus.now, &mut bus.key, &reports[0]);
    bus.device.handle_report(bus.now, &mut bus.key, &reports[0]);
    bus.check_received(&invalid);
    bus.device.handle_report(bus.now, &mut bus.key, &reports[0]);
    bus.check(other, Command::PING, &[1], &[(other, Command::ERROR, &[error::CHANNEL_BUSY])]);
    reports[1..].iter().for_each(|report| bus.device.handle_report(bus.now, &mut bus.key, report));
    bus.check_received(&[(channel, Command::PING, &[7; 200])]);
}

#[test]
fn a_half_sent_message_times_out_half_a_second_after_its_last_packet() {
    let mut bus = Bus::new();
    let channel = bus.open();
    let reports: Vec<Report> = Message { channel, command: Command::PING, payload: vec![7; 200] }.reports().collect();
    bus.device.handle_report(bus.now, &mut bus.key, &reports[0]);
    bus.pass(400);
    bus.device.handle_report(bus.now, &mut bus.key, &reports[1]);
    bus.pass(499);
    bus.check_received(&[]);
    assert_eq!(bus.device.poll_timeout(&bus.key), Some(bus.now + SignedDuration::from_millis(1)));
    bus.pass(1);
    bus.check_received(&[(channel, Command::ERROR, &[error::MSG_TIMEOUT])]);
    bus.device.handle_report(bus.now, &mut bus.key, &reports[2]);
    bus.check_received(&[]);
}

#[test]
fn a_message_too_long_for_any_sequence_is_refused() {
    let mut bus = Bus::new();
    let channel = bus.open();
    let mut report = [0; REPORT_BYTES];
    report[..4].copy_from_slice(&channel.to_be_bytes());
    report[4..7].copy_from_slice(&[0x81, 0x1D, 0xBA]);
    bus.device.handle_report(bus.now, &mut bus.key, &report);
    bus.check_received(&[(channel, Command::ERROR, &[error::INVALID_LEN])]);
}

#[test]
fn a_detached_key_forgets_channels_and_what_was_under_way() {
    let mut bus = Bus::new();
    let channel = bus.open();
    bus.send(channel, Command::CBOR, &[SELECTION]);
    bus.device.handle_detach(&mut bus.key);
    bus.check_received(&[]);
    assert_eq!((bus.device.poll_timeout(&bus.key), bus.key.prompt()), (None, None));
    bus.check(channel, Command::PING, &[1], &[(channel, Command::ERROR, &[error::INVALID_CHANNEL])]);
}

#[test]
fn a_lock_keeps_other_channels_out_until_it_ends_or_is_given_back() {
    let mut bus = Bus::new();
    let (holder, other) = (bus.open(), bus.open());
    let busy = (other, Command::ERROR, &[error::CHANNEL_BUSY][..]);
    let pong = (other, Command::PING, &[1][..]);
    bus.check(holder, Command::LOCK, &[3], &[(holder, Command::LOCK, &[])]);
    bus.check(other, Command::PING, &[1], &[busy]);
    bus.check(holder, Command::PING, &[2], &[(holder, Command::PING, &[2])]);
    assert_eq!(bus.open(), 3, "a channel is allocated all the same");
    bus.pass(3000);
    bus.check(other, Command::PING, &[1], &[pong]);
    bus.check(holder, Command::LOCK, &[10], &[(holder, Command::LOCK, &[])]);
    bus.check(holder, Command::LOCK, &[0], &[(holder, Command::LOCK, &[])]);
    bus.check(other, Command::PING, &[1], &[pong]);
    bus.check(holder, Command::LOCK, &[11], &[(holder, Command::ERROR, &[error::INVALID_PAR])]);
    bus.check(holder, Command::LOCK, &[], &[(holder, Command::ERROR, &[error::INVALID_LEN])]);
}

#[test]
fn a_key_of_u2f_says_so_and_answers_its_messages_on_their_channel() {
    let mut bus = Bus::of(Profile::named("ctap-2.3").expect("a shipped profile"));
    let (channel, other) = (bus.open(), bus.open());
    let synced = |capabilities: u8| [[1; 8].as_slice(), &[0, 0, 0, 1, 2, 1, 0, 0, capabilities]].concat();
    bus.check(channel, Command::INIT, &[1; 8], &[(channel, Command::INIT, &synced(0x05))]);
    bus.check(channel, Command::MSG, &[0, 3, 0, 0], &[(channel, Command::MSG, b"U2F_V2\x90\x00")]);
    bus.check(channel, Command::MSG, &[], &[(channel, Command::MSG, &[0x67, 0])]);

    let register = [&[0, 1, 0, 0, 0, 0, 64][..], &[0xC7; 64]].concat();
    bus.check(channel, Command::MSG, &register, &[(channel, Command::MSG, &[0x69, 0x85])]);
    assert!(bus.key.prompt().is_some());
    bus.check(other, Command::PING, &[1], &[(other, Command::PING, &[1])]);
    bus.key.handle_answer(bus.now, Answer::Accept);
    bus.send(channel, Command::MSG, &register);
    let messages = bus.received();
    assert!(
        matches!(messages.as_slice(), [(_, Command::MSG, answer)] if answer[0] == 5 && answer.ends_with(&[0x90, 0]))
    );

    bus.send(channel, Command::CBOR, &[0x0D, 0xA1, 1, 2]);
    bus.received();
    bus.check(channel, Command::INIT, &[1; 8], &[(channel, Command::INIT, &synced(0x0D))]);
    bus.check(channel, Command::MSG, &register, &[(channel, Command::MSG, &[0x69, 0x86])]);
}

#[test]
fn a_u2f_message_finds_the_key_busy_while_another_host_has_it() {
    let mut bus = Bus::of(Profile::named("ctap-2.3").expect("a shipped profile"));
    let channel = bus.open();
    bus.key.handle_command(bus.now, &[SELECTION]);
    bus.check(channel, Command::MSG, &[0, 3, 0, 0], &[(channel, Command::ERROR, &[error::CHANNEL_BUSY])]);
}

/// A registration with built-in verification, by hand: hash, RP, user, ES256, uv.
pub(crate) fn make_credential() -> Vec<u8> {
    let rp = [&[0x02, 0xA1, 0x62][..], b"id", &[0x6B], b"example.com"].concat();
    let user = [&[0x03, 0xA1, 0x62][..], b"id", &[0x41, 0x01]].concat();
    let parameters = [&[0x04, 0x81, 0xA2, 0x63][..], b"alg", &[0x26, 0x64], b"type", &[0x6A], b"public-key"].concat();
    let options = [&[0x07, 0xA1, 0x62][..], b"uv", &[0xF5]].concat();
    [&[0x01, 0xA5, 0x01, 0x58, 32][..], &[0xCD; 32], &rp, &user, &parameters, &options].concat()
}

/// A report that is likely to be taken seriously: few channels, known commands, short messages.
fn plausible() -> impl Strategy<Value = Report> {
    let command = prop::sample::select(vec![0x81, 0x83, 0x86, 0x88, 0x90, 0x91, 0x84, 0x00, 0x01, 0x02]);
    let channel = prop::sample::select(vec![0, 1, 2, BROADCAST]);
    (channel, command, 0..130u8, any::<[u8; 29]>()).prop_map(|(channel, command, length, tail)| {
        let mut report = [0; REPORT_BYTES];
        report[..4].copy_from_slice(&channel.to_be_bytes());
        report[4] = command;
        report[6] = length;
        report[7..36].copy_from_slice(&tail);
        report
    })
}

fn random() -> impl Strategy<Value = Report> {
    (any::<[u8; 32]>(), any::<[u8; 32]>()).prop_map(|(head, tail)| {
        let mut report = [0; REPORT_BYTES];
        report[..32].copy_from_slice(&head);
        report[32..].copy_from_slice(&tail);
        report
    })
}

proptest! {
    /// Whatever comes, nothing panics, time always moves on, and an honest host is served afterwards.
    #[test]
    fn no_reports_do_harm(steps in prop::collection::vec((prop_oneof![plausible(), random()], 0..400i64), 0..60)) {
        let mut bus = Bus::new();
        for (report, milliseconds) in steps {
            bus.device.handle_report(bus.now, &mut bus.key, &report);
            bus.received();
            bus.pass(milliseconds);
            prop_assert!(bus.device.poll_timeout(&bus.key).is_none_or(|at| at > bus.now));
        }
        bus.pass(31_000);
        bus.received();
        let channel = bus.open();
        bus.check(channel, Command::PING, &[1], &[(channel, Command::PING, &[1])]);
    }
}
