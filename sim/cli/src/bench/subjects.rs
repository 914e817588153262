//! The authenticator under measurement, bytes in to bytes out, and the same behind CTAPHID. Its user answers at once;
//! consent and biometric are part of each registration and assertion.

use clockwork::Seed;
use ctap::{Attestation, Authenticator, Hid, Profile};
use jiff::Timestamp;
use wire::ctaphid::{Assembler, BROADCAST, Command, Message, Packet, Progress};

/// The core alone.
pub(super) struct Core(Authenticator);

/// The core behind CTAPHID; the host's framing is measured with it.
pub(super) struct Framed {
    device: Hid,
    key: Authenticator,
    channel: u32,
}

impl Core {
    /// An authenticator that holds the credential which `make_credential` asks for.
    pub(super) fn new(make_credential: &[u8]) -> Self {
        let rng = Seed::of(&["bench"]).fork("ctap");
        let mut core = Self(Authenticator::new(Profile::hypr_ios(), Attestation::packed_self(), rng));
        core.call(make_credential);
        core.forget_events();
        core
    }

    pub(super) fn call(&mut self, command: &[u8]) -> Vec<u8> {
        self.0.handle_command(NOW, command);
        consent(&mut self.0);
        let response = self.0.poll_response().expect("the user has answered");
        assert_eq!(response.first(), Some(&0), "the fixture's requests succeed");
        response
    }

    pub(super) fn forget_events(&mut self) {
        while self.0.poll_event().is_some() {}
    }
}

impl Framed {
    /// As [`Core::new`], with one channel open.
    pub(super) fn new(make_credential: &[u8]) -> Self {
        let mut framed = Self { device: Hid::default(), key: Core::new(make_credential).0, channel: BROADCAST };
        let answer = framed.exchange(Command::INIT, &[0; 8]);
        framed.channel =
            answer.get(8..12).and_then(|id| id.try_into().ok()).map(u32::from_be_bytes).expect("a channel");
        framed
    }

    pub(super) fn call(&mut self, command: &[u8]) -> Vec<u8> {
        let response = self.exchange(Command::CBOR, command);
        assert_eq!(response.first(), Some(&0), "the fixture's requests succeed");
        response
    }

    pub(super) fn forget_events(&mut self) {
        while self.key.poll_event().is_some() {}
    }

    /// Sends a message and reads reports until the answer is whole.
    fn exchange(&mut self, command: Command, payload: &[u8]) -> Vec<u8> {
        for report in (Message { channel: self.channel, command, payload: payload.to_vec() }).reports() {
            self.device.handle_report(NOW, &mut self.key, &report);
        }
        let mut assembler = Assembler::default();
        loop {
            while let Some(report) = self.device.poll_report(&mut self.key) {
                match assembler.handle_packet(Packet::parse(&report)) {
                    Progress::Whole(message) if message.command == command => return message.payload,
                    _ => {}
                }
            }
            assert!(self.key.prompt().is_some(), "a device that does not answer waits for its user");
            consent(&mut self.key);
        }
    }
}

/// Answers whatever is asked.
fn consent(key: &mut Authenticator) {
    while let Some(prompt) = key.prompt() {
        let answer = prompt.agreement();
        key.handle_answer(NOW, answer);
    }
}

/// The core never looks at a clock; any instant will do.
const NOW: Timestamp = Timestamp::UNIX_EPOCH;
