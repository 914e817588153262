//! The device as hosts and its user see it.

use clockwork::Seed;
use ctap::{Attestation, Profile};
use jiff::SignedDuration;
use wire::ctaphid::{Assembler, BROADCAST, Command, Message, Packet, Progress, UP_NEEDED, error};

use super::*;

const ONE: HostId = HostId(1);
const TWO: HostId = HostId(2);
const NONCE: [u8; 8] = [1, 2, 3, 4, 5, 6, 7, 8];
/// authenticatorSelection: asks for consent, and answers with a status alone.
const SELECTION: &[u8] = &[0x0B];
const OPERATION_DENIED: u8 = 0x27;
const USER_ACTION_TIMEOUT: u8 = 0x2F;

struct Bench {
    device: Device,
    now: Timestamp,
}

impl Bench {
    fn new(user: User) -> Self {
        let rng = Seed::of(&["device tests"]).fork("key");
        let key = Authenticator::new(Profile::hypr_ios(), Attestation::packed_self(), rng);
        Self { device: Device::new(key, user), now: "2026-03-01T09:00:00Z".parse().expect("a date") }
    }

    /// A host that has found the key and opened a channel.
    fn open(&mut self, host: HostId) -> u32 {
        assert!(self.device.handle_attach(host, "a test"));
        self.send(host, BROADCAST, Command::INIT, &NONCE);
        match self.received(host).as_slice() {
            [(Command::INIT, answer)] => u32::from_be_bytes(answer[8..12].try_into().expect("four bytes")),
            other => panic!("INIT was answered {other:?}"),
        }
    }

    fn send(&mut self, host: HostId, channel: u32, command: Command, payload: &[u8]) {
        let message = Message { channel, command, payload: payload.to_vec() };
        message.reports().for_each(|report| self.device.handle_report(self.now, host, &report));
    }

    /// Lets time pass from deadline to deadline.
    fn pass(&mut self, by: SignedDuration) {
        let until = self.now + by;
        while let Some(at) = self.device.poll_timeout().filter(|at| *at <= until) {
            self.now = self.now.max(at);
            self.device.handle_timeout(self.now);
        }
        self.now = until;
    }

    /// What the host has got; what was meant for others is an error.
    fn received(&mut self, host: HostId) -> Vec<(Command, Vec<u8>)> {
        let mut assembler = Assembler::default();
        let mut messages = Vec::new();
        while let Some((to, report)) = self.device.poll_report() {
            assert_eq!(to, host);
            if let Progress::Whole(message) = assembler.handle_packet(Packet::parse(&report)) {
                messages.push((message.command, message.payload));
            }
        }
        messages
    }

    /// The answers, without KEEPALIVEs.
    fn answers(&mut self, host: HostId) -> Vec<(Command, Vec<u8>)> {
        self.received(host).into_iter().filter(|(command, _)| *command != Command::KEEPALIVE).collect()
    }

    fn words(&mut self) -> Vec<String> {
        let events = std::iter::from_fn(|| self.device.poll_event());
        events.filter(|event| !matches!(event, Event::Report { .. })).map(|event| event.to_string()).collect()
    }
}

fn status(byte: u8) -> Vec<(Command, Vec<u8>)> {
    vec![(Command::CBOR, vec![byte])]
}

#[test]
fn each_host_has_channels_of_its_own() {
    let mut bench = Bench::new(User::Accepts);
    let (one, two) = (bench.open(ONE), bench.open(TWO));
    assert_eq!((one, two), (1, 1));
    bench.send(ONE, one, Command::PING, b"one");
    assert_eq!(bench.received(ONE), [(Command::PING, b"one".to_vec())]);
    bench.send(TWO, two + 1, Command::PING, b"two");
    assert_eq!(bench.received(TWO), [(Command::ERROR, vec![error::INVALID_CHANNEL])]);
}

#[test]
fn users_answer_by_themselves_as_they_were_told() {
    let check = |user: User, expect: u8, after: SignedDuration| {
        let mut bench = Bench::new(user);
        let channel = bench.open(ONE);
        bench.send(ONE, channel, Command::CBOR, SELECTION);
        if !after.is_zero() {
            bench.pass(after - SignedDuration::from_millis(1));
            assert_eq!(bench.answers(ONE), [], "{user} answered early");
        }
        bench.pass(SignedDuration::from_millis(1));
        assert_eq!(bench.answers(ONE), status(expect), "{user}");
        assert_eq!(bench.device.poll_timeout(), None, "{user}");
    };
    let seconds = SignedDuration::from_secs;
    check(User::Accepts, 0, seconds(0));
    check(User::Declines, OPERATION_DENIED, seconds(0));
    check(User::AcceptsAfter(seconds(2)), 0, seconds(2));
    check(User::Ignores, USER_ACTION_TIMEOUT, seconds(30));
    check(User::AcceptsAfter(seconds(40)), USER_ACTION_TIMEOUT, seconds(30));
}

#[test]
fn a_user_who_is_asked_is_waited_for_and_the_host_hears_it() {
    let mut bench = Bench::new(User::Asked);
    let channel = bench.open(ONE);
    bench.send(ONE, channel, Command::CBOR, SELECTION);
    bench.pass(SignedDuration::from_millis(250));
    assert_eq!(bench.received(ONE), vec![(Command::KEEPALIVE, vec![UP_NEEDED]); 3]);
    assert!(bench.device.prompt().is_some());
    bench.device.handle_answer(bench.now, Answer::Accept);
    assert_eq!(bench.received(ONE), status(0));
}

#[test]
fn whoever_answers_from_now_on_answers_the_prompt_that_is_there() {
    let mut bench = Bench::new(User::Ignores);
    let channel = bench.open(ONE);
    bench.send(ONE, channel, Command::CBOR, SELECTION);
    bench.pass(SignedDuration::from_secs(5));
    assert_eq!(bench.answers(ONE), []);
    bench.device.handle_user(bench.now, User::AcceptsAfter(SignedDuration::from_secs(2)));
    bench.pass(SignedDuration::from_secs(2));
    assert_eq!(bench.answers(ONE), status(0));
}

#[test]
fn a_touch_that_is_slow_or_absent_keeps_the_host_waiting_whoever_answers() {
    let check = |rule: &str, wait: i64, expect: u8| {
        let mut bench = Bench::new(User::Accepts);
        bench.device.with_key(bench.now, |key| key.faults_mut().add(rule.parse().expect("a rule")));
        let channel = bench.open(ONE);
        bench.send(ONE, channel, Command::CBOR, SELECTION);
        bench.pass(SignedDuration::from_millis(wait - 1));
        assert_eq!(bench.answers(ONE), [], "{rule}");
        bench.pass(SignedDuration::from_millis(1));
        assert_eq!(bench.answers(ONE), status(expect), "{rule}");
    };
    check("selection:slow-touch=2s", 2_000, 0);
    check("any:absent-touch", 30_000, USER_ACTION_TIMEOUT);
}

#[test]
fn a_late_answer_is_not_given_to_the_next_prompt() {
    let mut bench = Bench::new(User::AcceptsAfter(SignedDuration::from_secs(2)));
    let channel = bench.open(ONE);
    bench.send(ONE, channel, Command::CBOR, SELECTION);
    bench.pass(SignedDuration::from_secs(1));
    bench.send(ONE, channel, Command::CANCEL, &[]);
    bench.send(ONE, channel, Command::CBOR, SELECTION);
    bench.pass(SignedDuration::from_millis(1_999));
    assert_eq!(bench.answers(ONE), status(0x2D));
    bench.pass(SignedDuration::from_millis(1));
    assert_eq!(bench.answers(ONE), status(0));
}

#[test]
fn gone_from_its_last_host_the_key_has_lost_its_power() {
    let mut bench = Bench::new(User::Accepts);
    assert!(bench.device.handle_attach(ONE, "UDP 127.0.0.1:7112"));
    assert!(bench.device.handle_attach(TWO, "the other"));
    bench.device.handle_detach(bench.now, ONE);
    assert_eq!(bench.words(), ["host 1 is there: UDP 127.0.0.1:7112", "host 2 is there: the other", "host 1 is gone"]);
    bench.device.handle_detach(bench.now, TWO);
    assert_eq!(bench.words(), ["the key lost its power", "host 2 is gone"]);
    bench.device.handle_detach(bench.now, TWO);
    assert_eq!(bench.words(), Vec::<String>::new());
}

#[test]
fn an_unplugged_key_hears_nothing_until_it_is_found_anew() {
    let mut bench = Bench::new(User::Asked);
    let channel = bench.open(ONE);
    bench.send(ONE, channel, Command::CBOR, SELECTION);
    bench.words();
    bench.device.handle_unplug(bench.now);
    let expect = ["host 1 is gone", "the host withdrew the command", "the key lost its power", "the key is unplugged"];
    assert_eq!(bench.words(), expect);
    assert!(!bench.device.handle_attach(TWO, "too late") && bench.device.prompt().is_none());
    assert_eq!(bench.device.poll_timeout(), None);
    bench.device.handle_plug();
    bench.received(ONE);
    bench.send(ONE, channel, Command::PING, b"old");
    assert_eq!(bench.received(ONE), [], "the host of before has to find the key anew");
    assert_eq!(bench.open(TWO), 1);
}

#[test]
fn a_power_cycle_ends_channels_and_prompts_and_leaves_the_hosts() {
    let mut bench = Bench::new(User::Asked);
    let channel = bench.open(ONE);
    bench.send(ONE, channel, Command::CBOR, SELECTION);
    bench.received(ONE);
    bench.device.handle_power_cycle(bench.now);
    assert!(bench.device.prompt().is_none());
    bench.send(ONE, channel, Command::PING, b"?");
    assert_eq!(bench.received(ONE), [(Command::ERROR, vec![error::INVALID_CHANNEL])]);
    bench.send(ONE, BROADCAST, Command::INIT, &NONCE);
    assert_eq!(bench.received(ONE).len(), 1);
}

#[test]
fn a_report_is_one_line_of_hex_under_the_name_of_its_packet() {
    let mut report = [0; 64];
    report[..8].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0xFF, 0x86, 0, 8, 0xAB]);
    let line = |direction| Event::Report { host: ONE, direction, report: Box::new(report) }.to_string();
    let zeros = "00".repeat(56);
    assert_eq!(line(Direction::FromHost), format!("host 1 > key  INIT of 8 bytes: ffffffff860008ab{zeros}"));
    assert!(line(Direction::ToHost).starts_with("host 1 < key  INIT"));
}
