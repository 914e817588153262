//! What a phone's key costs in memory, since a large lab holds very many of them.

use std::alloc::System;

use clockwork::Seed;
use ctap::{Attestation, Authenticator, Hid, Profile};
use jiff::Timestamp;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;
const KEY: &str = include_str!("../../../fixtures/pki/hypr-attestation.key.pem");
const LEAF: &str = include_str!("../../../fixtures/pki/hypr-attestation.pem");

fn call(key: &mut Authenticator, command: &[u8]) {
    key.handle_command(NOW, command);
    while let Some(prompt) = key.prompt() {
        let answer = prompt.agreement();
        key.handle_answer(NOW, answer);
    }
    while key.poll_event().is_some() {}
    assert_eq!(key.poll_response().expect("a response")[0], 0);
}

/// The only test of its process: the allocator counts for all threads.
#[test]
fn a_key_with_one_credential_that_has_signed_in_takes_less_than_8_kib() {
    // The shipped profiles are read once for the whole process.
    let profile = Profile::hypr_ios();
    let before = Region::new(ALLOCATOR);
    let (mut device, mut key) = (Hid::default(), {
        let attestation = Attestation::packed(KEY, LEAF).expect("the fixture");
        Authenticator::new(profile.clone(), attestation, Seed::of(&["memory"]).fork("ctap"))
    });
    call(&mut key, include_bytes!("../../../fixtures/ctap/make-credential.bin"));
    call(&mut key, include_bytes!("../../../fixtures/ctap/get-assertion.bin"));
    assert!(device.poll_report(&mut key).is_none());

    let change = before.change();
    let heap = change.bytes_allocated - change.bytes_deallocated;
    let inline = size_of::<Authenticator>() + size_of::<Hid>();
    assert!(heap + inline < 8 * 1024, "{heap} bytes on the heap and {inline} inline");
    assert!(heap > 1024, "the allocator counts: {heap}");
}
