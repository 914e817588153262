//! The hot commands, bytes in to bytes out, core alone and through CTAPHID framing, beside the bare P-256 signature.

mod subjects;

use std::hint::black_box;

use clockwork::Seed;
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use ctap::Signer;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use p256::elliptic_curve::Generate as _;

use crate::subjects::{GET_ASSERTION, GET_INFO, GET_KEY_AGREEMENT, MAKE_CREDENTIAL};

const COMMANDS: [(&str, &[u8]); 3] =
    [("getInfo", GET_INFO), ("makeCredential", MAKE_CREDENTIAL), ("getAssertion", GET_ASSERTION)];

fn bench(c: &mut Criterion) {
    let mut group = c.benchmark_group("core");
    for (name, command) in COMMANDS {
        let mut key = subjects::authenticator(Signer::Reproducible);
        let call = |key: &mut _| subjects::call(key, black_box(command));
        group.bench_function(BenchmarkId::from_parameter(name), |b| b.iter(|| call(&mut key)));
    }
    let (mut key, request) = (subjects::authenticator(Signer::Reproducible), subjects::get_token());
    group.bench_function(BenchmarkId::from_parameter("clientPIN token"), |b| {
        b.iter(|| [subjects::call(&mut key, GET_KEY_AGREEMENT), subjects::call(&mut key, black_box(&request))]);
    });
    group.finish();

    let mut group = c.benchmark_group("framed");
    for (name, command) in COMMANDS {
        let mut device = subjects::device(Signer::Reproducible);
        group.bench_function(BenchmarkId::from_parameter(name), |b| {
            b.iter(|| subjects::call_framed(&mut device, black_box(command)));
        });
    }
    group.finish();

    let key = SigningKey::generate_from_rng(&mut Seed::of(&["bench"]).fork("p256"));
    c.bench_function("p256/sign", |b| b.iter(|| -> Signature { key.sign(black_box(&[0xCD; 69])) }));
}

criterion_group!(benches, bench);
criterion_main!(benches);
