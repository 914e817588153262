//! The Bluetooth device as a client sees it: fragments in, notifications out.

use clockwork::Seed;
use proptest::prelude::*;
use wire::fido_ble::{PROCESSING, UP_NEEDED};

use super::*;
use crate::hid::tests::make_credential;
use crate::{Answer, Attestation, Profile, Prompt};

const SELECTION: u8 = 0x0B;
const GET_INFO: u8 = 0x04;

/// A client and a device.
struct Link {
    device: Ble,
    key: Authenticator,
    now: Timestamp,
}

impl Link {
    fn new() -> Self {
        Self::of(FragmentSize::MIN, FragmentSize::MIN)
    }

    fn of(control_point: FragmentSize, notification: FragmentSize) -> Self {
        let rng = Seed::of(&["ble tests"]).fork("phone/carol/ctap");
        let key = Authenticator::new(Profile::hypr_android(), Attestation::packed_self(), rng);
        let now = "2024-03-01T09:00:00Z".parse().expect("a date");
        Self { device: Ble::new(control_point, notification), key, now }
    }

    fn write(&mut self, bytes: &[u8]) {
        self.device.handle_fragment(self.now, &mut self.key, bytes);
    }

    fn send(&mut self, command: Command, payload: &[u8]) {
        let size = self.device.control_point_length();
        let message = Message { command, payload: payload.to_vec() };
        message.fragments(size).for_each(|fragment| self.write(&fragment));
    }

    /// Every message that the device has sent.
    fn received(&mut self) -> Vec<(Command, Vec<u8>)> {
        let mut assembler = Assembler::default();
        let mut messages = Vec::new();
        while let Some(bytes) = self.device.poll_fragment(&mut self.key) {
            assert!(bytes.len() <= self.device.notification.bytes(), "{bytes:?} is too long to be notified");
            match assembler.handle_fragment(Fragment::parse(&bytes).expect("a fragment")) {
                Progress::Whole(Message { command, payload }) => messages.push((command, payload)),
                Progress::Waiting => {}
                other => panic!("the device sent {other:?}"),
            }
        }
        messages
    }

    /// Asserts what the device answers to a message.
    fn check(&mut self, command: Command, payload: &[u8], expect: &[(Command, &[u8])]) {
        self.send(command, payload);
        self.check_received(expect);
    }

    /// Asserts what the device answers to a fragment.
    fn check_fragment(&mut self, bytes: &[u8], expect: &[(Command, &[u8])]) {
        self.write(bytes);
        self.check_received(expect);
    }

    fn check_received(&mut self, expect: &[(Command, &[u8])]) {
        let expect: Vec<_> = expect.iter().map(|(command, bytes)| (*command, bytes.to_vec())).collect();
        assert_eq!(self.received(), expect);
    }

    fn pass(&mut self, milliseconds: i64) {
        self.now += SignedDuration::from_millis(milliseconds);
        self.device.handle_timeout(self.now, &mut self.key);
    }
}

const fn refused(code: &[u8; 1]) -> (Command, &[u8]) {
    (Command::ERROR, code)
}

const WAITS_FOR_USER: (Command, &[u8]) = (Command::KEEPALIVE, &[UP_NEEDED]);

/// A PING of 40 bytes in three fragments.
fn ping() -> Vec<Vec<u8>> {
    Message { command: Command::PING, payload: vec![7; 40] }.fragments(FragmentSize::MIN).collect()
}

#[test]
fn a_device_of_fido2_alone_tells_so_and_how_much_a_client_may_write() {
    let link = Link::of(FragmentSize::MAX, FragmentSize::MIN);
    assert_eq!((Ble::REVISIONS, link.device.control_point_length().to_be_bytes()), (0x20, [0x02, 0x00]));
}

#[test]
fn a_command_is_answered_in_as_many_notifications_as_it_takes() {
    let mut link = Link::new();
    link.write(&[0x83, 0x00, 0x01, GET_INFO]);
    let messages = link.received();
    let [(Command::MSG, response)] = messages.as_slice() else { panic!("{messages:?}") };
    assert!(response[0] == 0 && response.len() > 20, "{response:?}");
}

#[test]
fn a_command_without_bytes_has_the_wrong_length() {
    Link::new().check_fragment(&[0x83, 0, 0], &[refused(&[error::INVALID_LEN])]);
}

#[test]
fn commands_that_are_not_there_are_invalid() {
    let mut link = Link::new();
    for command in [Command::KEEPALIVE, Command::ERROR, Command(0x86), Command(0x90), Command(0xFF)] {
        link.check(command, &[1], &[refused(&[error::INVALID_CMD])]);
    }
}

#[test]
fn keepalive_comes_at_once_with_each_change_and_every_half_second() {
    let mut link = Link::new();
    link.check(Command::MSG, &make_credential(), &[WAITS_FOR_USER]);
    link.check_received(&[]);
    assert_eq!(link.device.poll_timeout(&link.key), Some(link.now + SignedDuration::from_millis(500)));
    link.pass(499);
    link.check_received(&[]);
    link.pass(1);
    link.check_received(&[WAITS_FOR_USER]);
    link.key.handle_answer(link.now, Answer::Accept);
    link.check_received(&[(Command::KEEPALIVE, &[PROCESSING])]);
    link.pass(5_000);
    link.check_received(&[(Command::KEEPALIVE, &[PROCESSING])]);
    link.key.handle_answer(link.now, Answer::Verified);
    let messages = link.received();
    assert!(matches!(messages.as_slice(), [(Command::MSG, response)] if response[0] == 0), "{messages:?}");
    assert_eq!(link.device.poll_timeout(&link.key), None);
}

#[test]
fn a_user_who_does_nothing_ends_the_command_after_thirty_seconds() {
    let mut link = Link::new();
    link.check(Command::MSG, &[SELECTION], &[WAITS_FOR_USER]);
    link.pass(30_000);
    link.check_received(&[(Command::MSG, &[0x2F])]);
}

#[test]
fn cancel_ends_the_wait_and_the_command_answers_it() {
    let mut link = Link::new();
    link.check(Command::MSG, &[SELECTION], &[WAITS_FOR_USER]);
    link.check(Command::CANCEL, &[], &[(Command::MSG, &[0x2D])]);
    link.check(Command::MSG, &[SELECTION], &[WAITS_FOR_USER]);
}

#[test]
fn cancel_is_ignored_when_no_command_is_worked_on() {
    let mut link = Link::new();
    link.check(Command::CANCEL, &[], &[]);
    link.check(Command::MSG, &[SELECTION], &[WAITS_FOR_USER]);
    link.key.handle_answer(link.now, Answer::Accept);
    link.check(Command::CANCEL, &[], &[(Command::MSG, &[0])]);
    let [first, second, third] = <[Vec<u8>; 3]>::try_from(ping()).expect("three fragments");
    link.write(&first);
    link.check(Command::CANCEL, &[], &[]);
    link.write(&second);
    link.check_fragment(&third, &[(Command::PING, &[7; 40])]);
}

#[test]
fn cancel_with_data_has_the_wrong_length_and_cancels_nothing() {
    let mut link = Link::new();
    link.check(Command::MSG, &[SELECTION], &[WAITS_FOR_USER]);
    link.check(Command::CANCEL, &[0], &[refused(&[error::INVALID_LEN])]);
    assert!(matches!(link.key.prompt(), Some(Prompt::Presence { .. })));
}

#[test]
fn a_request_during_a_command_finds_the_device_busy() {
    let mut link = Link::new();
    link.check(Command::MSG, &[SELECTION], &[WAITS_FOR_USER]);
    link.check(Command::MSG, &[GET_INFO], &[refused(&[error::BUSY])]);
    link.check(Command::PING, &[7; 40], &[refused(&[error::BUSY])]);
    link.key.handle_answer(link.now, Answer::Accept);
    link.check_received(&[(Command::MSG, &[0])]);
}

#[test]
fn an_authenticator_that_serves_another_transport_is_busy() {
    let mut link = Link::new();
    link.key.handle_command(link.now, &[SELECTION]);
    link.check(Command::MSG, &[GET_INFO], &[refused(&[error::BUSY])]);
    link.check(Command::PING, &[1], &[(Command::PING, &[1])]);
}

#[test]
fn fragments_out_of_order_end_the_message_and_the_rest_is_ignored() {
    let mut link = Link::new();
    let fragments = ping();
    for wrong in [&fragments[2], &fragments[0]] {
        link.check_fragment(&fragments[0], &[]);
        link.check_fragment(wrong, &[refused(&[error::INVALID_SEQ])]);
        link.check_fragment(&fragments[1], &[]);
    }
    link.check(Command::PING, &[7; 40], &[(Command::PING, &[7; 40])]);
}

#[test]
fn a_fragment_longer_than_the_control_point_is_refused() {
    let mut link = Link::new();
    let longest = [&[0x81, 0, 17][..], &[7; 17]].concat();
    link.check_fragment(&longest, &[(Command::PING, &[7; 17])]);
    link.check_fragment(&[&[0x81, 0, 18][..], &[7; 18]].concat(), &[refused(&[error::INVALID_LEN])]);
}

#[test]
fn what_is_no_fragment_is_refused_and_ends_the_message() {
    let mut link = Link::new();
    for bytes in [&[][..], &[0x83], &[0x83, 0]] {
        link.write(&ping()[0]);
        link.check_fragment(bytes, &[refused(&[error::INVALID_LEN])]);
        link.check_fragment(&ping()[1], &[]);
    }
}

#[test]
fn a_half_sent_message_times_out_a_second_and_a_half_after_its_last_fragment() {
    let mut link = Link::new();
    link.write(&ping()[0]);
    link.pass(1_400);
    link.write(&ping()[1]);
    link.pass(1_499);
    link.check_received(&[]);
    assert_eq!(link.device.poll_timeout(&link.key), Some(link.now + SignedDuration::from_millis(1)));
    link.pass(1);
    link.check_received(&[refused(&[error::REQ_TIMEOUT])]);
    link.check_fragment(&ping()[2], &[]);
}

#[test]
fn a_disconnected_client_takes_with_it_what_was_under_way() {
    let mut link = Link::new();
    link.send(Command::MSG, &[SELECTION]);
    link.device.handle_disconnect(&mut link.key);
    link.check_received(&[]);
    assert_eq!((link.device.poll_timeout(&link.key), link.key.prompt()), (None, None));
    link.write(&ping()[0]);
    link.device.handle_disconnect(&mut link.key);
    link.check(Command::PING, &[1], &[(Command::PING, &[1])]);
}

#[test]
fn a_command_longer_than_the_authenticator_takes_is_for_the_authenticator_to_refuse() {
    let mut link = Link::of(FragmentSize::MAX, FragmentSize::MAX);
    link.check(Command::MSG, &[GET_INFO; 7610], &[(Command::MSG, &[0x39])]);
}

/// A fragment that is likely to be taken seriously: known commands, short messages, small sequence numbers.
fn plausible() -> impl Strategy<Value = Vec<u8>> {
    let command = prop::sample::select(vec![0x81, 0x82, 0x83, 0xBE, 0xBF, 0x90]);
    let first = (command, 0..60u8, prop::collection::vec(0..16u8, 0..18));
    prop_oneof![
        first.prop_map(|(command, length, data)| [&[command, 0, length][..], &data].concat()),
        (0..3u8, prop::collection::vec(any::<u8>(), 0..20)).prop_map(|(seq, data)| [&[seq][..], &data].concat()),
    ]
}

proptest! {
    #[test]
    fn ping_is_echoed_at_every_length_and_fragment_size(
        control_point in 20..=512u16,
        notification in 20..=512u16,
        payload in prop::collection::vec(any::<u8>(), 0..3000),
    ) {
        let [control_point, notification] = [control_point, notification].map(|n| FragmentSize::new(n).expect("a size"));
        Link::of(control_point, notification).check(Command::PING, &payload, &[(Command::PING, &payload)]);
    }

    /// Whatever comes, nothing panics, time always moves on, and an honest client is served afterwards.
    #[test]
    fn no_fragments_do_harm(
        steps in prop::collection::vec(
            (prop_oneof![plausible(), prop::collection::vec(any::<u8>(), 0..30)], 0..900i64),
            0..60,
        ),
    ) {
        let mut link = Link::new();
        for (fragment, milliseconds) in steps {
            link.write(&fragment);
            link.received();
            link.pass(milliseconds);
            prop_assert!(link.device.poll_timeout(&link.key).is_none_or(|at| at > link.now));
        }
        link.pass(31_000);
        link.received();
        link.check(Command::PING, &[7; 40], &[(Command::PING, &[7; 40])]);
    }
}
