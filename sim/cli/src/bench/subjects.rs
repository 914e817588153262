//! The authenticator under measurement, bytes in to bytes out, and the same behind CTAPHID. Its user answers at once;
//! consent and biometric are part of each registration and assertion.

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use clockwork::Seed;
use ctap::{Attestation, Authenticator, Hid, Limits, Profile, Signer};
use jiff::Timestamp;
use wire::Status;
use wire::ctaphid::{Assembler, BROADCAST, Command, Message, Packet, Progress};

/// The core alone.
pub(super) struct Core(Authenticator);

/// A core that holds many credentials.
pub(super) struct Crowd(Authenticator);

/// The core behind CTAPHID; the host's framing is measured with it.
pub(super) struct Framed {
    device: Hid,
    key: Authenticator,
    channel: u32,
}

impl Core {
    /// An authenticator that holds the credential which `make_credential` asks for.
    pub(super) fn new(make_credential: &[u8]) -> Self {
        Self::with_signer(make_credential, Signer::Reproducible)
    }

    /// As [`Core::new`], with keys of that signer.
    pub(super) fn with_signer(make_credential: &[u8], signer: Signer) -> Self {
        let rng = Seed::of(&["bench"]).fork("ctap");
        let mut core = Self(Authenticator::new(Profile::hypr_ios(), Attestation::packed_self(), rng));
        core.0.set_signer(signer);
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

impl Crowd {
    /// An authenticator that holds so many credentials, each of a relying party of its own.
    pub(super) fn of(held: u32) -> Self {
        let profile = Profile::hypr_ios();
        let limits = Limits { credentials: held as usize, ..profile.limits };
        let rng = Seed::of(&["bench"]).fork("crowd");
        let mut key = Authenticator::new(Profile { limits, ..profile }, Attestation::packed_self(), rng);
        key.set_signer(Signer::Fast);
        let mut crowd = Self(key);
        for number in 0..held {
            crowd.0.handle_command(NOW, &registration(number));
            consent(&mut crowd.0);
            let made = crowd.0.poll_response().expect("the user has answered");
            assert_eq!(made.first(), Some(&0), "there is room");
            crowd.forget_events();
        }
        crowd
    }

    /// Looks for what nobody has registered.
    pub(super) fn search(&mut self) {
        self.0.handle_command(NOW, SEARCH);
        let found = self.0.poll_response().expect("nobody is asked");
        assert_eq!(found.first(), Some(&Status::NO_CREDENTIALS.0), "nothing is found");
    }

    pub(super) fn forget_events(&mut self) {
        while self.0.poll_event().is_some() {}
    }
}

/// makeCredential for relying party `00000042.example`, with built-in verification.
fn registration(number: u32) -> Vec<u8> {
    let rp_id = format!("{number:08}.example");
    let head = [&[0x01, 0xA5, 0x01, 0x58, 32][..], &[0xCD; 32], &[0x02, 0xA1, 0x62], b"id", &[0x70]].concat();
    let user = [&[0x03, 0xA1, 0x62][..], b"id", &[0x41, 0x01]].concat();
    let algorithms = [&[0x04, 0x81, 0xA2, 0x63][..], b"alg", &[0x26, 0x64], b"type", &[0x6A], b"public-key"].concat();
    let options = [&[0x07, 0xA1, 0x62][..], b"uv", &[0xF5]].concat();
    [head, rp_id.into_bytes(), user, algorithms, options].concat()
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

/// clientPIN getPinUvAuthTokenUsingUvWithPermissions of protocol two for getAssertion at `login.microsoft.com`, with a
/// platform key that is always the same.
pub(super) fn get_token() -> Vec<u8> {
    let private = PrivateKey::from_private_key(&ECDH_P256, &[0x42; 32]).expect("a scalar of the curve");
    let public = private.compute_public_key().expect("a private key has a public half");
    let (x, y) = public.as_ref()[1..].split_at(32);
    let head = [0x06, 0xA5, 0x01, 0x02, 0x02, 0x06, 0x03];
    let key = [0xA5, 0x01, 0x02, 0x03, 0x38, 0x18, 0x20, 0x01, 0x21, 0x58, 0x20];
    let permissions = [0x09, 0x02, 0x0A, 0x73];
    [&head[..], &key, x, &[0x22, 0x58, 0x20], y, &permissions, b"login.microsoft.com"].concat()
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
/// clientPIN `{1: 2, 2: 2}`: getKeyAgreement of protocol two.
pub(super) const GET_KEY_AGREEMENT: &[u8] = &[0x06, 0xA2, 0x01, 0x02, 0x02, 0x02];
/// getAssertion `{1: "nobody.example", 2: h'CD'*32}`, without options.
const SEARCH: &[u8] = b"\x02\xA2\x01\x6Enobody.example\x02\x58\x20\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD\xCD";
