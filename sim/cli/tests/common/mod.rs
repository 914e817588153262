//! A phone that runs as a process of its own, and is ended with the test.

#![allow(dead_code, reason = "each test binary uses its own part")]

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::SocketAddr,
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

/// The folder of this room.
pub(crate) const ROOM: &str = env!("CARGO_MANIFEST_DIR");

/// How long anything may take before the test has failed.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(20);

/// The binary with arguments, reading nothing.
pub(crate) fn passkey_lab(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_passkey-lab"));
    command.args(arguments).stdin(Stdio::null());
    command
}

/// A Python that can import `modules`, or `None` where there is none and nobody requires it.
#[expect(clippy::disallowed_methods, reason = "a test of the binary: CI says by its environment what must run")]
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
pub(crate) fn python(modules: &str) -> Option<String> {
    let required = std::env::var("PASSKEY_LAB_REQUIRE_ALL").is_ok_and(|value| !value.is_empty());
    let python = std::env::var("PASSKEY_LAB_PYTHON");
    let python = python.unwrap_or_else(|_| format!("{ROOM}/../../target/ci-venv/bin/python"));
    let probe = Command::new(&python).args(["-c", &format!("import {modules}")]).output();
    if probe.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    let complaint =
        format!("no Python with {modules} at {python}: .ci/run makes one, PASSKEY_LAB_PYTHON names another");
    assert!(!required, "{complaint}");
    eprintln!("SKIPPED: {complaint}");
    None
}

/// Any subcommand that runs until Ctrl-C and says so last in its banner.
pub(crate) type Server = Phone;

/// A running phone.
pub(crate) struct Phone {
    process: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    banner: Vec<String>,
}

impl Phone {
    /// Starts it and waits for its banner, whose last line says who the user is.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut command = passkey_lab(arguments);
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the binary was built");
        let input = process.stdin.take();
        let output = BufReader::new(process.stdout.take().expect("it is piped"));
        let (sender, lines) = channel();
        thread::spawn(move || output.lines().map_while(Result::ok).all(|line| sender.send(line).is_ok()));
        let mut phone = Self { process, input, lines, banner: Vec::new() };
        while !phone.banner.last().is_some_and(|line| line.contains("Ctrl-C ends")) {
            let line = phone.lines.recv_timeout(TIMEOUT).expect("a banner");
            phone.banner.push(line);
        }
        phone
    }

    /// The lines of the banner.
    pub(crate) fn banner(&self) -> &[String] {
        &self.banner
    }

    /// Where it listens, as the banner says.
    pub(crate) fn address(&self) -> SocketAddr {
        let words = self.banner.iter().flat_map(|line| line.split([' ', ',']));
        words.filter_map(|word| word.parse().ok()).next().expect("the banner names an address")
    }

    /// Where its control interface listens, as the banner says.
    pub(crate) fn control(&self) -> SocketAddr {
        let place = self.banner.iter().find_map(|line| line.strip_prefix("control interface on http://"));
        place.expect("the banner names it").parse().expect("an address")
    }

    /// Waits for a line with these words.
    pub(crate) fn hear(&self, words: &str) {
        loop {
            let line = self.lines.recv_timeout(TIMEOUT);
            match line.unwrap_or_else(|_| panic!("the phone never said {words:?}")) {
                line if line.contains(words) => return,
                _ => {}
            }
        }
    }

    /// What it says until it ends.
    pub(crate) fn rest(&self) -> Vec<String> {
        self.lines.iter().collect()
    }

    /// The user types a line.
    pub(crate) fn type_line(&mut self, line: &str) {
        let input = self.input.as_mut().expect("the input is open");
        writeln!(input, "{line}").expect("the phone reads");
    }

    /// The user leaves.
    pub(crate) fn end_input(&mut self) {
        self.input = None;
    }

    /// Ctrl-C.
    pub(crate) fn interrupt(&self) {
        let sent = Command::new("kill").args(["-INT", &self.process.id().to_string()]).status();
        assert!(sent.expect("kill can be run").success());
    }

    /// Waits for its end.
    pub(crate) fn exit_code(&mut self) -> Option<i32> {
        self.process.wait().expect("it is our process").code()
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        // One that has ended already is what is wanted.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
