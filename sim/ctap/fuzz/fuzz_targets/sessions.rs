//! Whole sessions through CTAPHID.
#![no_main]

#[allow(dead_code, reason = "one command, fragments and APDUs are for other targets")]
#[path = "../../tests/hostile/drive.rs"]
mod drive;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| drive::play(bytes));
