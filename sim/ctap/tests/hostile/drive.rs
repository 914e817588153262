//! Plays bytes against an authenticator behind CTAPHID: a script of reports, messages, answers of the user, pauses and
//! power cuts; or against one in a reader's field. Used by `tests/hostile.rs` and by the fuzz targets; whatever the bytes
//! are, the invariants hold.

pub(crate) mod ble;

use clockwork::Seed;
use ctap::{Answer, Attestation, Authenticator, Hid, Nfc, Profile, StatusWord};
use jiff::{SignedDuration, Timestamp};
use wire::ctaphid::{Assembler, BROADCAST, Command, Message, Packet, Progress, REPORT_BYTES, Report};

/// Plays a script, whatever it is.
///
/// # Panics
///
/// When an invariant is broken.
pub(crate) fn play(script: &[u8]) {
    let mut script = Script(script);
    let mut bench = Bench {
        key: script.key(),
        hid: Hid::default(),
        now: start(),
        channel: BROADCAST,
        assembler: Assembler::default(),
    };
    bench.send(Command::INIT, vec![7; 8]);
    bench.channel = 1;
    while !script.0.is_empty() {
        bench.step(&mut script);
        bench.look();
    }
}

/// Plays the parameters of one command.
///
/// # Panics
///
/// When an invariant is broken.
pub(crate) fn play_command(bytes: &[u8]) {
    let mut script = vec![4, COMMAND];
    script.extend_from_slice(&u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_be_bytes());
    script.extend_from_slice(bytes);
    script.extend_from_slice(&[ANSWER, 0, ANSWER, 2]);
    play(&script);
}

/// Plays a script of APDUs, whatever it is: the number of a profile, then steps.
///
/// # Panics
///
/// When an invariant is broken.
pub(crate) fn play_apdus(script: &[u8]) {
    let mut script = Script(script);
    let mut key = script.key();
    let mut now = start();
    let mut nfc = Nfc::new(now);
    while !script.0.is_empty() {
        match script.byte() % 5 {
            COMMAND => {
                let length = usize::from(u16::from_be_bytes([script.byte(), script.byte()]));
                nfc.handle_apdu(now, &mut key, script.take(length));
            }
            ANSWER => key.handle_answer(now, ANSWERS[usize::from(script.byte() % 4)]),
            PAUSE => {
                now += SignedDuration::from_millis(100) * i32::from(script.byte());
                nfc.handle_timeout(now, &mut key);
                assert!(nfc.poll_timeout(&key).is_none_or(|at| at > now), "a deadline is met once");
            }
            _ => {
                nfc.handle_detach(&mut key);
                key.handle_power_cycle(now);
                nfc = Nfc::new(now);
            }
        }
        if let Some(answer) = nfc.poll_apdu(&mut key) {
            check_word(&answer);
            assert_eq!(nfc.poll_apdu(&mut key), None, "a command has one answer");
        }
        while key.poll_event().is_some() {}
    }
}

fn start() -> Timestamp {
    "2027-03-01T09:00:00Z".parse().expect("a date")
}

struct Script<'a>(&'a [u8]);

struct Bench {
    key: Authenticator,
    hid: Hid,
    now: Timestamp,
    channel: u32,
    assembler: Assembler,
}

/// A whole CBOR message: two bytes of length, the command.
const COMMAND: u8 = 0;
/// A report of any bytes.
const REPORT: u8 = 1;
/// An answer of the user.
const ANSWER: u8 = 2;
/// A pause, in hundreds of milliseconds.
const PAUSE: u8 = 3;
/// A whole U2F message: two bytes of length, the APDU.
const MESSAGE: u8 = 8;

const ANSWERS: [Answer; 4] = [Answer::Accept, Answer::Decline, Answer::Verified, Answer::NotVerified];

impl Script<'_> {
    fn byte(&mut self) -> u8 {
        self.take(1).first().copied().unwrap_or_default()
    }

    /// An authenticator of the profile that the next byte stands for.
    fn key(&mut self) -> Authenticator {
        let profiles: Vec<_> = Profile::names().collect();
        let profile = Profile::named(profiles[usize::from(self.byte()) % profiles.len()]).expect("a shipped profile");
        Authenticator::new(profile, Attestation::packed_self(), Seed::of(&["hostile"]).fork("ctap"))
    }

    /// As many bytes as there are, at most `count`.
    fn take(&mut self, count: usize) -> &[u8] {
        let (taken, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        taken
    }
}

impl Bench {
    fn step(&mut self, script: &mut Script<'_>) {
        match script.byte() % 9 {
            COMMAND => {
                let length = usize::from(u16::from_be_bytes([script.byte(), script.byte()]));
                let before = self.credentials();
                let payload = script.take(length.min(wire::ctaphid::MESSAGE_BYTES_MAX)).to_vec();
                self.send(Command::CBOR, payload);
                if let Some(answer) = self.look()
                    && answer.first().is_some_and(|status| *status != 0)
                {
                    assert_eq!(before, self.credentials(), "a refused command loses nothing");
                }
            }
            REPORT => {
                let mut report = [0; REPORT_BYTES];
                let bytes = script.take(REPORT_BYTES);
                report[..bytes.len()].copy_from_slice(bytes);
                self.report(&report);
            }
            ANSWER => {
                self.key.handle_answer(self.now, ANSWERS[usize::from(script.byte() % 4)]);
            }
            PAUSE => {
                self.now += SignedDuration::from_millis(100) * i32::from(script.byte());
                self.hid.handle_timeout(self.now, &mut self.key);
                assert!(self.hid.poll_timeout(&self.key).is_none_or(|at| at > self.now), "a deadline is met once");
            }
            4 => self.send(Command::CANCEL, Vec::new()),
            5 => self.send(Command(script.byte() & 0x7F), script.take(80).to_vec()),
            6 => {
                self.hid.handle_detach(&mut self.key);
                self.key.handle_power_cycle(self.now);
                self.channel = BROADCAST;
                self.send(Command::INIT, vec![7; 8]);
                self.channel = 1;
            }
            MESSAGE => {
                let length = usize::from(u16::from_be_bytes([script.byte(), script.byte()]));
                let payload = script.take(length.min(wire::ctaphid::MESSAGE_BYTES_MAX)).to_vec();
                self.send(Command::MSG, payload);
            }
            _ => self.channel = u32::from(script.byte() % 4),
        }
    }

    fn send(&mut self, command: Command, payload: Vec<u8>) {
        let reports: Vec<Report> = Message { channel: self.channel, command, payload }.reports().collect();
        reports.iter().for_each(|report| self.report(report));
    }

    fn report(&mut self, report: &Report) {
        self.hid.handle_report(self.now, &mut self.key, report);
    }

    /// Reads what the authenticator says, and returns the last CTAP answer.
    fn look(&mut self) -> Option<Vec<u8>> {
        let mut answer = None;
        while let Some(report) = self.hid.poll_report(&mut self.key) {
            match self.assembler.handle_packet(Packet::parse(&report)) {
                Progress::Whole(message) if message.command == Command::CBOR => {
                    check(&message.payload, self.key.profile().limits.message_bytes);
                    answer = Some(message.payload);
                }
                Progress::Whole(message) if message.command == Command::MSG => check_word(&message.payload),
                Progress::Whole(_) | Progress::Waiting => {}
                other => panic!("the authenticator sends what no host can read: {other:?}"),
            }
        }
        while self.key.poll_event().is_some() {}
        answer
    }

    fn credentials(&self) -> Vec<Vec<u8>> {
        self.key.credentials().map(|credential| credential.id.clone()).collect()
    }
}

/// An answer to an APDU ends with a word that has a name, or tells how much is left.
fn check_word(answer: &[u8]) {
    let word = answer.last_chunk().expect("an answer has a status word");
    let word = StatusWord(u16::from_be_bytes(*word));
    assert!(word.name().is_some() || word.0 >> 8 == 0x61, "{word} has no meaning");
}

/// An answer is a status the specification knows, and canonical CBOR or nothing.
fn check(answer: &[u8], most: usize) {
    let (status, body) = answer.split_first().expect("an answer has a status");
    assert!(wire::Status(*status).name().is_some(), "status 0x{status:02X} is no status of CTAP");
    assert!(answer.len() <= most, "{} bytes are more than maxMsgSize", answer.len());
    if !body.is_empty() {
        assert_eq!(*status, 0, "only success has a body");
        wire::cbor::check_canonical(body).expect("answers are canonical CBOR");
    }
}
