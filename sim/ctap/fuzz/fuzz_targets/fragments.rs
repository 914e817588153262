//! Whole sessions through Bluetooth fragments.
#![no_main]

#[allow(dead_code, reason = "commands and CTAPHID are for the other targets")]
#[path = "../../tests/hostile/drive.rs"]
mod drive;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| drive::ble::play(bytes));
