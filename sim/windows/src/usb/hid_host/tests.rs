//! The host against hand-made reports of a key.

use clockwork::Seed;
use proptest::prelude::*;

use super::*;

const CHANNEL: u32 = 0x0102_0304;
const START: Timestamp = Timestamp::UNIX_EPOCH;
const CAPABILITIES: u8 = CAPABILITY_CBOR;

fn host() -> HidHost {
    HidHost::new(Seed::of(&["hid"]).fork("nonces"))
}

fn after_ms(ms: i64) -> Timestamp {
    START + SignedDuration::from_millis(ms)
}

/// The next whole message that the host sent.
fn sent(host: &mut HidHost) -> Option<Message> {
    let mut assembler = Assembler::default();
    while let Some(report) = host.poll_report() {
        if let Progress::Whole(message) = assembler.handle_packet(Packet::parse(&report)) {
            return Some(message);
        }
    }
    None
}

fn say(host: &mut HidHost, now: Timestamp, channel: u32, command: Command, payload: &[u8]) {
    for report in (Message { channel, command, payload: payload.to_vec() }).reports() {
        host.handle_report(now, &report);
    }
}

/// Answers the INIT that the host has sent.
fn allocate(host: &mut HidHost, now: Timestamp, capabilities: u8) {
    let init = sent(host).expect("the host asks for a channel");
    assert_eq!(init.command, Command::INIT);
    let answer = [&init.payload[..], &CHANNEL.to_be_bytes(), &[2, 1, 0, 0, capabilities]].concat();
    say(host, now, init.channel, Command::INIT, &answer);
}

/// A host whose command is on its way on a channel.
fn asking(command: &[u8]) -> HidHost {
    let mut host = host();
    host.handle_command(START, command.to_vec());
    allocate(&mut host, START, CAPABILITIES);
    let message = sent(&mut host).expect("the command follows");
    assert_eq!(message, Message { channel: CHANNEL, command: Command::CBOR, payload: command.to_vec() });
    host
}

#[test]
fn a_channel_is_asked_for_on_broadcast_with_a_nonce_of_8_bytes() {
    let mut host = host();
    host.handle_command(START, vec![4]);
    let init = sent(&mut host).unwrap();
    assert_eq!((init.channel, init.command, init.payload.len()), (BROADCAST, Command::INIT, 8));
}

#[test]
fn an_answer_to_another_hosts_nonce_is_not_ours() {
    let mut host = host();
    host.handle_command(START, vec![4]);
    let mut init = sent(&mut host).unwrap().payload;
    init[0] ^= 1;
    say(&mut host, START, BROADCAST, Command::INIT, &[&init[..], &[0, 0, 0, 9, 2, 1, 0, 0, 4]].concat());
    assert_eq!(sent(&mut host), None);
    assert_eq!(host.poll_timeout(), Some(after_ms(1000)));
}

#[test]
fn commands_and_responses_of_many_packets_arrive_whole() {
    let command: Vec<u8> = (0..=255).cycle().take(1500).collect();
    let mut host = asking(&command);
    let response: Vec<u8> = (0..=255).rev().cycle().take(3000).collect();
    say(&mut host, START, CHANNEL, Command::CBOR, &response);
    assert_eq!(host.poll_answer(), Some(KeyAnswer::Response(response)));
    assert_eq!(host.poll_timeout(), None);
}

#[test]
fn the_channel_is_kept_for_the_next_command() {
    let mut host = asking(&[4]);
    say(&mut host, START, CHANNEL, Command::CBOR, &[0]);
    host.handle_command(START, vec![2]);
    assert_eq!(sent(&mut host).unwrap().channel, CHANNEL);
}

#[test]
fn keepalives_are_handed_on_and_prolong_the_patience() {
    let mut host = asking(&[1]);
    say(&mut host, after_ms(2900), CHANNEL, Command::KEEPALIVE, &[2]);
    assert_eq!(host.poll_answer(), Some(KeyAnswer::UserPresenceNeeded));
    host.handle_timeout(after_ms(5800));
    assert_eq!(host.poll_answer(), None);
    host.handle_timeout(after_ms(5900));
    assert_eq!(host.poll_answer(), Some(KeyAnswer::Failed(UsbError::Silent)));
}

#[test]
fn a_key_that_never_answers_init_is_given_up_after_three() {
    let mut host = host();
    host.handle_command(START, vec![4]);
    for tries in 1..=3 {
        assert_eq!(sent(&mut host).unwrap().command, Command::INIT);
        assert_eq!(host.poll_answer(), None);
        host.handle_timeout(after_ms(tries * 1000));
    }
    assert_eq!(host.poll_answer(), Some(KeyAnswer::Failed(UsbError::Silent)));
}

#[test]
fn a_busy_key_is_asked_again_and_at_last_given_up() {
    let mut host = asking(&[1]);
    let mut now = START;
    for _ in 2..TRIES_MAX {
        say(&mut host, now, CHANNEL, Command::ERROR, &[error::CHANNEL_BUSY]);
        now = host.poll_timeout().unwrap();
        host.handle_timeout(now);
        assert_eq!(sent(&mut host).unwrap().payload, [1]);
    }
    say(&mut host, now, CHANNEL, Command::ERROR, &[error::CHANNEL_BUSY]);
    assert_eq!(host.poll_answer(), Some(KeyAnswer::Failed(UsbError::Busy)));
}

#[test]
fn a_channel_that_the_key_forgot_is_replaced() {
    let mut host = asking(&[1]);
    say(&mut host, START, CHANNEL, Command::ERROR, &[error::INVALID_CHANNEL]);
    allocate(&mut host, START, CAPABILITIES);
    assert_eq!(sent(&mut host).unwrap().payload, [1]);
}

#[test]
fn a_key_that_forgets_every_channel_is_given_up() {
    let mut host = asking(&[1]);
    for _ in 0..TRIES_MAX {
        say(&mut host, START, CHANNEL, Command::ERROR, &[error::INVALID_CHANNEL]);
        if let Some(answer) = host.poll_answer() {
            return assert_eq!(answer, KeyAnswer::Failed(UsbError::Refused(error::INVALID_CHANNEL)));
        }
        allocate(&mut host, START, CAPABILITIES);
        sent(&mut host);
    }
    panic!("the host never gives up");
}

#[test]
fn any_other_error_is_the_end() {
    let mut host = asking(&[1]);
    say(&mut host, START, CHANNEL, Command::ERROR, &[error::INVALID_SEQ]);
    assert_eq!(host.poll_answer(), Some(KeyAnswer::Failed(UsbError::Refused(error::INVALID_SEQ))));
}

#[test]
fn a_key_without_cbor_is_refused() {
    let mut host = host();
    host.handle_command(START, vec![4]);
    allocate(&mut host, START, 0);
    assert_eq!(host.poll_answer(), Some(KeyAnswer::Failed(UsbError::NoCbor)));
}

#[test]
fn after_cancel_the_answer_is_swallowed_and_the_channel_free() {
    let mut host = asking(&[1]);
    host.handle_cancel(START);
    assert_eq!(sent(&mut host).unwrap(), Message { channel: CHANNEL, command: Command::CANCEL, payload: vec![] });
    say(&mut host, START, CHANNEL, Command::CBOR, &[0x2D]);
    assert_eq!(host.poll_answer(), None);
    host.handle_command(START, vec![4]);
    assert_eq!(sent(&mut host).unwrap().command, Command::CBOR);
}

#[test]
fn a_command_after_an_unanswered_cancel_begins_with_init_on_the_same_channel() {
    let mut host = asking(&[1]);
    host.handle_cancel(START);
    sent(&mut host);
    host.handle_command(START, vec![4]);
    say(&mut host, START, CHANNEL, Command::CBOR, &[0x2D]);
    let init = sent(&mut host).unwrap();
    assert_eq!((init.channel, init.command), (CHANNEL, Command::INIT));
    let answer = [&init.payload[..], &CHANNEL.to_be_bytes(), &[2, 1, 0, 0, 4]].concat();
    say(&mut host, START, CHANNEL, Command::INIT, &answer);
    assert_eq!(sent(&mut host).unwrap().payload, [4]);
    assert_eq!(host.poll_answer(), None);
}

#[test]
fn packets_of_other_channels_are_not_ours() {
    let mut host = asking(&[1]);
    say(&mut host, START, CHANNEL + 1, Command::CBOR, &[0]);
    assert_eq!(host.poll_answer(), None);
}

#[test]
fn a_command_longer_than_a_message_is_not_sent() {
    let mut host = host();
    host.handle_command(START, vec![0; MESSAGE_BYTES_MAX + 1]);
    assert_eq!(host.poll_answer(), Some(KeyAnswer::Failed(UsbError::TooLong)));
    assert_eq!(host.poll_report(), None);
}

/// What may happen to a host.
#[derive(Clone, Debug)]
enum Happening {
    Command(usize),
    Cancel,
    /// A report on the host's channel (or broadcast), its rest at random.
    Report(bool, [u8; 32]),
    Wait(i64),
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        (0usize..9000).prop_map(Happening::Command),
        Just(Happening::Cancel),
        (any::<bool>(), any::<[u8; 32]>()).prop_map(|(own, rest)| Happening::Report(own, rest)),
        (0i64..4000).prop_map(Happening::Wait),
    ]
}

proptest! {
    #[test]
    fn nothing_that_a_key_sends_does_harm(happenings in proptest::collection::vec(happening(), 0..60)) {
        let mut host = asking(&[1]);
        let mut now = START;
        for happening in happenings {
            match happening {
                Happening::Command(bytes) => host.handle_command(now, vec![0; bytes]),
                Happening::Cancel => host.handle_cancel(now),
                Happening::Report(own, rest) => {
                    let mut report = [0; wire::ctaphid::REPORT_BYTES];
                    let channel = if own { CHANNEL } else { BROADCAST };
                    report[..4].copy_from_slice(&channel.to_be_bytes());
                    report[4..36].copy_from_slice(&rest);
                    host.handle_report(now, &report);
                }
                Happening::Wait(ms) => {
                    now += SignedDuration::from_millis(ms);
                    host.handle_timeout(now);
                }
            }
            while host.poll_report().is_some() {}
            while host.poll_answer().is_some() {}
        }
    }
}
