//! A key in the field of a reader.
#![no_main]

#[allow(dead_code, reason = "CTAPHID is for the other targets")]
#[path = "../../tests/hostile/drive.rs"]
mod drive;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| drive::play_apdus(bytes));
