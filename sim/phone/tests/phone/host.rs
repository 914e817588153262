//! A workstation's side of the virtual USB key: CTAPHID messages, and CTAP commands written by hand.

use clockwork::Seed;
use phone::Phone;
use wire::Status;
use wire::ctaphid::{Assembler, BROADCAST, Command, Message, Packet, Progress, Report};

use crate::bench::Bench;

/// A host with a channel of its own.
pub(crate) struct Host {
    machine: &'static str,
    channel: u32,
    /// A fault of the test, not of the phone: whole messages that came and were not looked at.
    assembler: Assembler,
}

impl Host {
    /// Attaches and asks for a channel.
    pub(crate) fn attach(bench: &mut Bench) -> Self {
        Self::attach_to(bench, "ws-1")
    }

    /// Attaches to a machine and asks for a channel there.
    pub(crate) fn attach_to(bench: &mut Bench, machine: &'static str) -> Self {
        bench.phone.handle_attached(bench.now, machine);
        let nonce: [u8; 8] = Seed::of(&["host"]).fork("nonce").bytes();
        let mut host = Self { machine, channel: BROADCAST, assembler: Assembler::default() };
        host.send(bench, Command::INIT, nonce.to_vec());
        let answer = host.messages(&mut bench.phone).pop().expect("INIT is answered at once");
        assert_eq!((answer.command, &answer.payload[..8]), (Command::INIT, &nonce[..]));
        host.channel = u32::from_be_bytes(answer.payload[8..12].try_into().expect("four bytes"));
        host
    }

    pub(crate) fn send(&self, bench: &mut Bench, command: Command, payload: Vec<u8>) {
        let message = Message { channel: self.channel, command, payload };
        let reports: Vec<Report> = message.reports().collect();
        reports.iter().for_each(|report| bench.phone.handle_report(bench.now, self.machine, report));
    }

    /// Sends a CTAP command.
    pub(crate) fn cbor(&self, bench: &mut Bench, command: Vec<u8>) {
        self.send(bench, Command::CBOR, command);
    }

    /// The status of the CTAP answer that has come; `None` when none has.
    pub(crate) fn status(&mut self, bench: &mut Bench) -> Option<Status> {
        let answers = self.messages(&mut bench.phone);
        let answer = answers.into_iter().find(|message| message.command == Command::CBOR)?;
        Some(Status(answer.payload[0]))
    }

    /// The payload of the CTAPHID error that has come; `None` when none has.
    pub(crate) fn error(&mut self, bench: &mut Bench) -> Option<u8> {
        let answers = self.messages(&mut bench.phone);
        Some(answers.into_iter().find(|message| message.command == Command::ERROR)?.payload[0])
    }

    fn messages(&mut self, phone: &mut Phone) -> Vec<Message> {
        let mut messages = Vec::new();
        while let Some((machine, report)) = phone.poll_report() {
            assert_eq!(machine, self.machine, "the phone answers whoever asked");
            if let Progress::Whole(message) = self.assembler.handle_packet(Packet::parse(&report)) {
                messages.push(message);
            }
        }
        messages
    }
}

/// authenticatorMakeCredential with built-in user verification and no token.
pub(crate) fn make_credential(rp_id: &str, user: &str) -> Vec<u8> {
    let rp = map(&[(text("id"), text(rp_id)), (text("name"), text("Microsoft"))]);
    let user = map(&[(text("id"), bytes(&[7; 16])), (text("name"), text(user)), (text("displayName"), text("Carol"))]);
    let es256 = map(&[(text("alg"), vec![0x26]), (text("type"), text("public-key"))]);
    let options = map(&[(text("rk"), TRUE.to_vec()), (text("uv"), TRUE.to_vec())]);
    let parameters = [vec![0x81], es256].concat();
    let hash = bytes(&[1; 32]);
    let body = map(&[(vec![1], hash), (vec![2], rp), (vec![3], user), (vec![4], parameters), (vec![7], options)]);
    [vec![0x01], body].concat()
}

/// authenticatorGetAssertion for any discoverable credential, with built-in user verification.
pub(crate) fn get_assertion(rp_id: &str) -> Vec<u8> {
    let options = map(&[(text("uv"), TRUE.to_vec())]);
    let body = map(&[(vec![1], text(rp_id)), (vec![2], bytes(&[1; 32])), (vec![5], options)]);
    [vec![0x02], body].concat()
}

/// getPinUvAuthTokenUsingUvWithPermissions for makeCredential, as Windows begins; nobody says for which user. The
/// platform's key is the curve's base point: what the token is used for is not the phone's business.
pub(crate) fn token_to_register(rp_id: &str) -> Vec<u8> {
    let (x, y) = (bytes(&G_X), bytes(&G_Y));
    let minus_25 = vec![0x38, 24];
    let key = map(&[(vec![1], vec![2]), (vec![3], minus_25), (vec![0x20], vec![1]), (vec![0x21], x), (vec![0x22], y)]);
    let body =
        map(&[(vec![1], vec![1]), (vec![2], vec![6]), (vec![3], key), (vec![9], vec![1]), (vec![10], text(rp_id))]);
    [vec![0x06], body].concat()
}

/// authenticatorSelection.
pub(crate) fn selection() -> Vec<u8> {
    vec![0x0B]
}

/// SEC 2 §2.4.2.
const G_X: [u8; 32] = [
    0x6B, 0x17, 0xD1, 0xF2, 0xE1, 0x2C, 0x42, 0x47, 0xF8, 0xBC, 0xE6, 0xE5, 0x63, 0xA4, 0x40, 0xF2, 0x77, 0x03, 0x7D,
    0x81, 0x2D, 0xEB, 0x33, 0xA0, 0xF4, 0xA1, 0x39, 0x45, 0xD8, 0x98, 0xC2, 0x96,
];
const G_Y: [u8; 32] = [
    0x4F, 0xE3, 0x42, 0xE2, 0xFE, 0x1A, 0x7F, 0x9B, 0x8E, 0xE7, 0xEB, 0x4A, 0x7C, 0x0F, 0x9E, 0x16, 0x2B, 0xCE, 0x33,
    0x57, 0x6B, 0x31, 0x5E, 0xCE, 0xCB, 0xB6, 0x40, 0x68, 0x37, 0xBF, 0x51, 0xF5,
];
const TRUE: [u8; 1] = [0xF5];

fn map(entries: &[(Vec<u8>, Vec<u8>)]) -> Vec<u8> {
    let mut out = head(0xA0, entries.len());
    out.extend(entries.iter().flat_map(|(key, value)| [key.clone(), value.clone()].concat()));
    out
}

fn text(text: &str) -> Vec<u8> {
    [head(0x60, text.len()), text.as_bytes().to_vec()].concat()
}

fn bytes(bytes: &[u8]) -> Vec<u8> {
    [head(0x40, bytes.len()), bytes.to_vec()].concat()
}

/// Major type and length, for lengths below 256.
fn head(major: u8, length: usize) -> Vec<u8> {
    let length = u8::try_from(length).expect("the test's values are short");
    if length < 24 { vec![major | length] } else { vec![major | 24, length] }
}
