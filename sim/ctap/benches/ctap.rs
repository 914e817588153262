//! The hot commands, bytes in to bytes out, core alone and through CTAPHID framing, beside the bare P-256 signature.
//!
//! The user answers at once: consent and biometric are part of each registration and assertion.

use std::hint::black_box;

use clockwork::Seed;
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use ctap::{Attestation, Authenticator, Hid, Profile};
use jiff::Timestamp;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use p256::elliptic_curve::Generate as _;
use wire::ctaphid::{Assembler, BROADCAST, Command, Message, Packet, Progress};

const COMMANDS: [(&str, &[u8]); 3] = [
    ("getInfo", &[0x04]),
    ("makeCredential", include_bytes!("../../../fixtures/ctap/make-credential.bin")),
    ("getAssertion", include_bytes!("../../../fixtures/ctap/get-assertion.bin")),
];
const NOW: Timestamp = Timestamp::UNIX_EPOCH;
const CHANNEL: u32 = 1;

/// An authenticator with one credential.
fn authenticator() -> Authenticator {
    let rng = Seed::of(&["bench"]).fork("ctap");
    let mut key = Authenticator::new(Profile::hypr_ios(), Attestation::packed_self(), rng);
    call(&mut key, COMMANDS[1].1);
    key
}

fn call(key: &mut Authenticator, command: &[u8]) -> Vec<u8> {
    key.handle_command(NOW, command);
    consent(key);
    while key.poll_event().is_some() {}
    let response = key.poll_response().expect("the user has answered");
    assert_eq!(response[0], 0);
    response
}

fn consent(key: &mut Authenticator) {
    while let Some(prompt) = key.prompt() {
        let answer = prompt.agreement();
        key.handle_answer(NOW, answer);
    }
}

fn device() -> (Hid, Authenticator) {
    let mut device = (Hid::default(), authenticator());
    exchange(&mut device, BROADCAST, Command::INIT, &[0; 8]);
    device
}

fn exchange((device, key): &mut (Hid, Authenticator), channel: u32, command: Command, payload: &[u8]) -> Message {
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
                return message;
            }
        }
        consent(key);
    }
}

fn bench(c: &mut Criterion) {
    let mut group = c.benchmark_group("core");
    for (name, command) in COMMANDS {
        let mut key = authenticator();
        group.bench_function(BenchmarkId::from_parameter(name), |b| b.iter(|| call(&mut key, black_box(command))));
    }
    group.finish();

    let mut group = c.benchmark_group("framed");
    for (name, command) in COMMANDS {
        let mut device = device();
        group.bench_function(BenchmarkId::from_parameter(name), |b| {
            b.iter(|| exchange(&mut device, CHANNEL, Command::CBOR, black_box(command)));
        });
    }
    group.finish();

    let key = SigningKey::generate_from_rng(&mut Seed::of(&["bench"]).fork("p256"));
    c.bench_function("p256/sign", |b| b.iter(|| -> Signature { key.sign(black_box(&[0xCD; 69])) }));
}

criterion_group!(benches, bench);
criterion_main!(benches);
