//! Docker's engine by its command line, and the image that the tests use.

use std::{path::PathBuf, process::Command, sync::OnceLock};

/// The image under test.
pub(crate) const IMAGE: &str = "passkey-lab:test";

/// The project's folder.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Whether an engine answers; if so, the image has been built from this tree. Where none answers that is said loudly, or
/// is a failure where everything is required.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
pub(crate) fn ready() -> bool {
    static READY: OnceLock<bool> = OnceLock::new();
    *READY.get_or_init(|| {
        if !command(&["info"]).output().is_ok_and(|output| output.status.success()) {
            let complaint = "no Docker engine answers (`docker info` fails)";
            assert!(!required(), "{complaint}");
            eprintln!("SKIPPED: {complaint}");
            return false;
        }
        eprintln!("building {IMAGE}: a static release build, minutes at the first time");
        let built = Command::new(root().join("docker/build")).arg(IMAGE).output().expect("docker/build is there");
        assert!(built.status.success(), "docker/build: {}", String::from_utf8_lossy(&built.stderr));
        true
    })
}

#[expect(clippy::disallowed_methods, reason = "CI says by its environment what must run")]
fn required() -> bool {
    std::env::var("PASSKEY_LAB_REQUIRE_DOCKER").is_ok_and(|value| !value.is_empty())
}

/// Runs `docker` with arguments that have to succeed, and gives what it printed.
pub(crate) fn docker(arguments: &[&str]) -> String {
    let output = command(arguments).output().expect("docker is installed");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "docker {}: {said}", arguments.join(" "));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// `docker` with arguments, in the project's folder.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new("docker");
    command.args(arguments).current_dir(root());
    command
}
