//! What the benches measure: the core, bytes in to bytes out, alone and through CTAPHID framing.
//!
//! The user answers at once: consent and biometric are part of each registration, assertion and token.

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use clockwork::Seed;
use ctap::{Attestation, Authenticator, Hid, Profile, Signer};
use jiff::Timestamp;
use wire::ctaphid::{Assembler, BROADCAST, Command, Message, Packet, Progress};

pub(crate) const GET_INFO: &[u8] = &[0x04];
pub(crate) const MAKE_CREDENTIAL: &[u8] = include_bytes!("../../../../fixtures/ctap/make-credential.bin");
pub(crate) const GET_ASSERTION: &[u8] = include_bytes!("../../../../fixtures/ctap/get-assertion.bin");
/// clientPIN `{1: 2, 2: 2}`: getKeyAgreement of protocol two.
pub(crate) const GET_KEY_AGREEMENT: &[u8] = &[0x06, 0xA2, 0x01, 0x02, 0x02, 0x02];

const NOW: Timestamp = Timestamp::UNIX_EPOCH;
/// The channel that a new device gives first.
const CHANNEL: u32 = 1;

/// An authenticator with one credential.
pub(crate) fn authenticator(signer: Signer) -> Authenticator {
    let rng = Seed::of(&["bench"]).fork("ctap");
    let mut key = Authenticator::new(Profile::hypr_ios(), Attestation::packed_self(), rng);
    key.set_signer(signer);
    call(&mut key, MAKE_CREDENTIAL);
    key
}

/// A command to the core.
pub(crate) fn call(key: &mut Authenticator, command: &[u8]) -> Vec<u8> {
    key.handle_command(NOW, command);
    consent(key);
    while key.poll_event().is_some() {}
    let response = key.poll_response().expect("the user has answered");
    assert_eq!(response[0], 0);
    response
}

/// The authenticator of [`authenticator`] behind CTAPHID, with a channel open.
pub(crate) fn device(signer: Signer) -> (Hid, Authenticator) {
    let mut device = (Hid::default(), authenticator(signer));
    exchange(&mut device, BROADCAST, Command::INIT, &[0; 8]);
    device
}

/// A command through framing, the host's half of it included.
pub(crate) fn call_framed(device: &mut (Hid, Authenticator), command: &[u8]) -> Vec<u8> {
    let response = exchange(device, CHANNEL, Command::CBOR, command);
    assert_eq!(response[0], 0);
    response
}

/// clientPIN getPinUvAuthTokenUsingUvWithPermissions of protocol two for getAssertion at the relying party of
/// [`GET_ASSERTION`], with a platform key that is always the same.
pub(crate) fn get_token() -> Vec<u8> {
    let scalar = [0x42; 32];
    let private = PrivateKey::from_private_key(&ECDH_P256, &scalar).expect("a scalar of the curve");
    let public = private.compute_public_key().expect("a private key has a public half");
    let (x, y) = public.as_ref()[1..].split_at(32);
    let head = [0x06, 0xA5, 0x01, 0x02, 0x02, 0x06, 0x03];
    let key = [0xA5, 0x01, 0x02, 0x03, 0x38, 0x18, 0x20, 0x01, 0x21, 0x58, 0x20];
    let permissions = [0x09, 0x02, 0x0A, 0x73];
    [&head[..], &key, x, &[0x22, 0x58, 0x20], y, &permissions, b"login.microsoft.com"].concat()
}

fn exchange((device, key): &mut (Hid, Authenticator), channel: u32, command: Command, payload: &[u8]) -> Vec<u8> {
    for report in (Message { channel, command, payload: payload.to_vec() }).reports() {
        device.handle_report(NOW, key, &report);
    }
    let mut assembler = Assembler::default();
    loop {
        while let Some(report) = device.poll_report(key) {
            if let Progress::Whole(message) = assembler.handle_packet(Packet::parse(&report))
                && message.command != Command::KEEPALIVE
            {
                while key.poll_event().is_some() {}
                return message.payload;
            }
        }
        assert!(key.prompt().is_some(), "a device that does not answer waits for its user");
        consent(key);
    }
}

/// Answers whatever is asked.
fn consent(key: &mut Authenticator) {
    while let Some(prompt) = key.prompt() {
        let answer = prompt.agreement();
        key.handle_answer(NOW, answer);
    }
}
