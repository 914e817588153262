//! The binary as CI meets it: exit codes, the closing line, where errors go.

use std::process::{Command, Output};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../suite/tests/data");

fn passkey_lab(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_passkey-lab"));
    // The tests of a package run in its folder, where there is no `scenarios/`.
    command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    command.args(arguments).arg("--report-dir").arg(env!("CARGO_TARGET_TMPDIR"));
    command.output().expect("the binary was built for this test")
}

fn check(arguments: &[&str], code: i32, stdout: &str, stderr: &str) {
    let output = passkey_lab(arguments);
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{out}\n{err}");
    assert!(out.contains(stdout), "{arguments:?} printed\n{out}");
    assert!(err.contains(stderr), "{arguments:?} complained\n{err}");
}

#[test]
fn a_failed_scenario_is_exit_code_1_with_the_count_alone_on_its_line() {
    // The steps of this feature stand in a test of the suite, so that here all of them are undefined.
    let feature = format!("{DATA}/fail.feature");
    check(&["run", &feature], 1, "\n0 passed, 5 failed\n", "");
    check(&[&feature, "--fail-fast", "--jobs", "1"], 1, "\n0 passed, 1 failed, 4 skipped\n", "");
    check(&[&feature, "--seed", "7"], 1, &format!("replay: passkey-lab run {feature}:3 --seed 7"), "");
}

#[test]
fn nothing_to_run_is_exit_code_2_with_the_reason_on_standard_error() {
    let feature = format!("{DATA}/pass.feature");
    check(&["--tags", "@typo", &feature], 2, "", "no scenario matches --tags '@typo'");
    check(&["nowhere"], 2, "", "there is no \"nowhere\"");
    check(&["--jobs", "0"], 2, "", "a whole number of at least 1");
    check(&["--seed", "-1"], 2, "", "a seed is a whole number from 0");
    check(&["--scenarios", "nowhere", &feature], 2, "", "there is no folder nowhere to make labs from");
    check(&["run", &format!("{DATA}/broken/keyword.feature")], 2, "", "not Gherkin");
}

#[test]
fn list_prints_each_scenario_with_its_tags_and_runs_nothing() {
    let feature = format!("{DATA}/pass.feature");
    check(&["--list", "--tags", "@plain", &feature], 0, ":11  Addition  @data  @feature-tag  @plain\n", "");
}
