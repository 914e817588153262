//! Plays bytes against an authenticator behind Bluetooth fragments: a script of fragments, messages, answers of the user,
//! pauses and lost connections. Whatever it was, the next client is served.

use ctap::{Authenticator, Ble};
use jiff::{SignedDuration, Timestamp};
use wire::fido_ble::{Assembler, Command, Fragment, FragmentSize, Message, Progress};

use super::{ANSWER, ANSWERS, COMMAND, PAUSE, Script, check};

/// Plays a script, whatever it is.
///
/// # Panics
///
/// When an invariant is broken.
pub(crate) fn play(script: &[u8]) {
    let mut script = Script(script);
    let key = script.key();
    let [control_point, notification] = [script.fragment_size(), script.fragment_size()];
    let mut bench = Bench {
        key,
        ble: Ble::new(control_point, notification),
        notification,
        now: "2027-03-01T09:00:00Z".parse().expect("a date"),
        assembler: Assembler::default(),
    };
    while !script.0.is_empty() {
        bench.step(&mut script);
        bench.look();
    }
    bench.ble.handle_disconnect(&mut bench.key);
    bench.send(Command::PING, vec![7; 40]);
    assert_eq!(bench.look(), [Message { command: Command::PING, payload: vec![7; 40] }]);
}

struct Bench {
    key: Authenticator,
    ble: Ble,
    notification: FragmentSize,
    now: Timestamp,
    assembler: Assembler,
}

/// A fragment of any bytes: their number, at most 255, and they.
const FRAGMENT: u8 = 1;

impl Script<'_> {
    fn word(&mut self) -> u16 {
        u16::from_be_bytes([self.byte(), self.byte()])
    }

    fn fragment_size(&mut self) -> FragmentSize {
        FragmentSize::new(20 + self.word() % 493).expect("20 to 512")
    }
}

impl Bench {
    fn step(&mut self, script: &mut Script<'_>) {
        match script.byte() % 7 {
            COMMAND => {
                let length = usize::from(script.word());
                let payload = script.take(length).to_vec();
                self.send(Command::MSG, payload);
            }
            FRAGMENT => {
                let length = usize::from(script.byte());
                let fragment = script.take(length).to_vec();
                self.fragment(&fragment);
            }
            ANSWER => self.key.handle_answer(self.now, ANSWERS[usize::from(script.byte() % 4)]),
            PAUSE => {
                self.now += SignedDuration::from_millis(100) * i32::from(script.byte());
                self.ble.handle_timeout(self.now, &mut self.key);
                assert!(self.ble.poll_timeout(&self.key).is_none_or(|at| at > self.now), "a deadline is met once");
            }
            4 => self.send(Command::CANCEL, Vec::new()),
            5 => {
                let command = Command(script.byte() | 0x80);
                let length = usize::from(script.byte());
                self.send(command, script.take(length).to_vec());
            }
            _ => {
                self.look();
                self.ble.handle_disconnect(&mut self.key);
                assert!(self.look().is_empty(), "a client that is gone is told nothing");
            }
        }
    }

    fn send(&mut self, command: Command, payload: Vec<u8>) {
        let size = self.ble.control_point_length();
        let fragments: Vec<_> = Message { command, payload }.fragments(size).collect();
        fragments.iter().for_each(|fragment| self.fragment(fragment));
    }

    fn fragment(&mut self, bytes: &[u8]) {
        self.ble.handle_fragment(self.now, &mut self.key, bytes);
    }

    /// Reads what the authenticator says.
    fn look(&mut self) -> Vec<Message> {
        let mut messages = Vec::new();
        while let Some(bytes) = self.ble.poll_fragment(&mut self.key) {
            assert!(bytes.len() <= self.notification.bytes(), "{} bytes cannot be notified", bytes.len());
            match self.assembler.handle_fragment(Fragment::parse(&bytes).expect("a fragment")) {
                Progress::Whole(message) => {
                    if message.command == Command::MSG {
                        check(&message.payload, self.key.profile().limits.message_bytes);
                    }
                    messages.push(message);
                }
                Progress::Waiting => {}
                other => panic!("the authenticator sends what no client can read: {other:?}"),
            }
        }
        while self.key.poll_event().is_some() {}
        messages
    }
}
