//! Instructions per command, counted by callgrind: the same on a busy machine and an idle one.
//!
//! `cargo bench -p sim-ctap --bench instructions` counts, compares with `instructions.txt` and fails when a command has
//! come to need 5 % more than the file says; with `-- --write` it writes the file anew. Without `--bench`
//! (`cargo test --benches`) each command runs once and nothing is counted.
//!
//! A command's count is the difference of two runs that differ only in how often they call it, so that start-up and
//! set-up fall out.
//!
//! The counts depend on the toolchain, which `rust-toolchain.toml` pins, on `Cargo.lock` and on the seed. They hardly
//! depend on the machine: valgrind shows the program a processor of its own kind (3.19, on one with AVX2: AVX2, BMI2 and
//! AES, but neither SHA nor ADX, though the machine has both), so that `sha2`, `aes`, the C library and `aws-lc-rs`
//! choose the same code everywhere. Only the token's key agreement runs in `aws-lc-rs`; everything else is Rust. The
//! store's hash maps have random keys, which moves a count by far less than what is compared.

mod subjects;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;
use std::process::{Command, ExitCode};

use ctap::Signer;

use crate::subjects::{GET_ASSERTION, GET_INFO, GET_KEY_AGREEMENT, MAKE_CREDENTIAL};

/// Instructions per command.
type Counts = BTreeMap<String, u64>;

const PATHS: [&str; 5] = ["getInfo", "getAssertion", "makeCredential", "getAssertion-framed", "clientPIN-token"];
/// How often a command is run in the two runs that are compared.
const TIMES: [u64; 2] = [2, 22];
/// By how much a count may grow, in percent.
const GROWTH_MAX: u64 = 5;
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/instructions.txt");

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |wanted: &str| arguments.iter().any(|argument| argument == wanted);
    let outcome = match arguments.as_slice() {
        [run, path, times] if run == "--run" => {
            let mut subject = subject(path);
            (0..times.parse().expect("a number")).for_each(|_: u64| subject());
            Ok(())
        }
        _ if has("--bench") && has("--write") => count().and_then(|counts| write(&counts)),
        _ if has("--bench") => count().and_then(|counts| compare(&counts, &read()?)),
        _ => {
            PATHS.iter().for_each(|path| subject(path)());
            Ok(())
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            say(&why);
            ExitCode::FAILURE
        }
    }
}

/// What a path does, ready to be run over and over.
fn subject(path: &str) -> Box<dyn FnMut()> {
    let command = |command: &'static [u8]| -> Box<dyn FnMut()> {
        let mut key = subjects::authenticator(Signer::Reproducible);
        Box::new(move || drop(black_box(subjects::call(&mut key, black_box(command)))))
    };
    match path {
        "getInfo" => command(GET_INFO),
        "getAssertion" => command(GET_ASSERTION),
        "makeCredential" => command(MAKE_CREDENTIAL),
        "getAssertion-framed" => {
            let mut device = subjects::device(Signer::Reproducible);
            Box::new(move || drop(black_box(subjects::call_framed(&mut device, black_box(GET_ASSERTION)))))
        }
        "clientPIN-token" => {
            let (mut key, request) = (subjects::authenticator(Signer::Reproducible), subjects::get_token());
            Box::new(move || {
                black_box(subjects::call(&mut key, GET_KEY_AGREEMENT));
                black_box(subjects::call(&mut key, black_box(&request)));
            })
        }
        _ => panic!("no such path: {path}; there are {PATHS:?}"),
    }
}

fn count() -> Result<Counts, String> {
    let [few, many] = TIMES;
    let one = |path: &str| -> Result<(String, u64), String> {
        Ok((path.to_owned(), run(path, many)?.saturating_sub(run(path, few)?) / (many - few)))
    };
    PATHS.into_iter().map(one).collect()
}

/// The instructions of this program when it runs a path so many times.
fn run(path: &str, times: u64) -> Result<u64, String> {
    let program = std::env::current_exe().map_err(|error| format!("this program has no path: {error}"))?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args(["--run", path, &times.to_string()])
        .output()
        .map_err(|error| format!("valgrind does not start ({error}): install Debian's package valgrind"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    let collected = text.lines().find_map(|line| line.split_once("Collected :")?.1.trim().parse::<u64>().ok());
    match collected {
        Some(collected) if output.status.success() => Ok(collected),
        _ => Err(format!("callgrind has counted nothing of {path}:\n{text}")),
    }
}

fn read() -> Result<Counts, String> {
    let text = std::fs::read_to_string(FILE).map_err(|error| format!("cannot read {FILE}: {error}"))?;
    let line = |line: &str| {
        let (path, count) = line.split_once(char::is_whitespace)?;
        Some((path.to_owned(), count.trim().parse().ok()?))
    };
    text.lines().map(|text| line(text).ok_or(format!("{FILE}: not `path count`: {text}"))).collect()
}

fn write(counts: &Counts) -> Result<(), String> {
    let text: String = counts.iter().map(|(path, count)| format!("{path:20} {count:>9}\n")).collect();
    say(text.trim_end());
    std::fs::write(Path::new(FILE), text).map_err(|error| format!("cannot write {FILE}: {error}"))
}

fn compare(counts: &Counts, kept: &Counts) -> Result<(), String> {
    let mut grown = Vec::new();
    for (path, &count) in counts {
        let before = *kept.get(path).ok_or(format!("{FILE} has no {path}: {WRITE}"))?;
        let percent = (count as f64 / before as f64 - 1.0) * 100.0;
        say(&format!("{path:20} {count:>9} instructions, {percent:+.1} %"));
        if count * 100 > before * (100 + GROWTH_MAX) {
            grown.push(path.as_str());
        }
    }
    match grown.as_slice() {
        [] => Ok(()),
        _ => Err(format!("more than {GROWTH_MAX} % above {FILE}: {}; if it is worth that, {WRITE}", grown.join(", "))),
    }
}

#[expect(clippy::print_stdout, reason = "a bench says what it has measured")]
fn say(text: &str) {
    println!("{text}");
}

const WRITE: &str = "write the file anew: cargo bench -p sim-ctap --bench instructions -- --write";
