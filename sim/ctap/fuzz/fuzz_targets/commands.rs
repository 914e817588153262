//! One command, to the profile that has everything.
#![no_main]

#[allow(dead_code, reason = "fragments and APDUs are for other targets")]
#[path = "../../tests/hostile/drive.rs"]
mod drive;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| drive::play_command(bytes));
