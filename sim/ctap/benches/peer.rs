//! getAssertion beside passkey-authenticator's (1Password, passkey-rs): the same request bytes, bytes in to bytes out,
//! each pair on one cryptographic library, in one process and in turn. It prints both medians and their ratio, and
//! asserts nothing about time.
//!
//! The peer is given its lightest store, of one passkey without a counter to write back, and a user who agrees at once.
//! `cargo bench -p sim-ctap --bench peer`; without `--bench` (`cargo test --benches`) it is a test of two rounds.

#[expect(dead_code, reason = "each bench takes what it needs of the subjects")]
mod subjects;

use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use async_trait::async_trait;
use ctap::Signer;
use passkey_authenticator::{Authenticator, UiHint, UserCheck, UserValidationMethod};
use passkey_crypto::CryptoBackend;
use passkey_crypto::aws_lc_rs::AwsLcRsBackend;
use passkey_crypto::rust_crypto::RustCryptoBackend;
use passkey_types::Passkey;
use passkey_types::ctap2::{Aaguid, Ctap2Error};

use crate::subjects::{GET_ASSERTION, MAKE_CREDENTIAL};

/// Who answers for an authenticator that is asked by bytes.
type Subject = Box<dyn FnMut() -> Vec<u8>>;

/// Consents and verifies at once.
struct Agreeable;

#[async_trait]
impl UserValidationMethod for Agreeable {
    type PasskeyItem = Passkey;

    async fn check_user<'a>(
        &self,
        _: UiHint<'a, Passkey>,
        presence: bool,
        verification: bool,
    ) -> Result<UserCheck, Ctap2Error> {
        Ok(UserCheck { presence, verification })
    }

    fn is_presence_enabled(&self) -> bool {
        true
    }

    fn is_verification_enabled(&self) -> Option<bool> {
        Some(true)
    }
}

fn main() {
    let rounds = if std::env::args().any(|argument| argument == "--bench") { ROUNDS } else { 2 };
    compare("p256", rounds, [ours(Signer::Reproducible), theirs(RustCryptoBackend)]);
    compare("aws-lc-rs", rounds, [ours(Signer::Fast), theirs(AwsLcRsBackend)]);
}

/// The core of this project.
fn ours(signer: Signer) -> Subject {
    let mut key = subjects::authenticator(signer);
    Box::new(move || subjects::call(&mut key, black_box(GET_ASSERTION)))
}

/// passkey-authenticator, which takes and gives types: its own decoder and encoder make bytes of them.
fn theirs<C>(crypto: C) -> Subject
where
    C: CryptoBackend<SecretKey: Sync + Send> + Sync + Send + 'static,
{
    let mut key = Authenticator::new(Aaguid::new_empty(), None::<Passkey>, Agreeable, crypto);
    let request = ciborium::from_reader(&MAKE_CREDENTIAL[1..]).expect("the fixture is a request");
    ready(key.make_credential(request)).expect("the user agrees");
    Box::new(move || {
        let request = ciborium::from_reader(&black_box(GET_ASSERTION)[1..]).expect("the fixture is a request");
        let response = ready(key.get_assertion(request)).expect("the user agrees");
        let mut bytes = vec![0];
        ciborium::into_writer(&response, &mut bytes).expect("a Vec takes every byte");
        bytes
    })
}

/// What a future that never waits comes to.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("nothing here has anything to wait for"),
    }
}

#[expect(clippy::print_stdout, reason = "a bench says what it has measured")]
fn compare(library: &str, rounds: usize, mut subjects: [Subject; 2]) {
    let mut samples = [Vec::new(), Vec::new()];
    for round in 0..rounds {
        // Who comes first has the caches of the other; so they take turns in that too.
        for which in [round % 2, 1 - round % 2] {
            samples[which].push(sample_ns(&mut subjects[which]));
        }
    }
    let [ours, theirs] = samples.map(|mut samples| {
        samples.sort_unstable();
        samples[samples.len() / 2] as f64 / 1_000.0
    });
    let ratio = theirs / ours;
    println!(
        "getAssertion on {library}: ours {ours:.2} us, passkey-authenticator {theirs:.2} us, {ratio:.2} x as fast"
    );
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the machine's clock")]
fn sample_ns(subject: &mut Subject) -> u128 {
    let start = Instant::now();
    let response = subject();
    let elapsed = start.elapsed().as_nanos();
    assert!(black_box(response).len() > 100, "an assertion holds authenticator data and a signature");
    elapsed
}

/// Samples of each.
const ROUNDS: usize = 4_000;
