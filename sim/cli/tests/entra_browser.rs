//! Chromium on the pages of `passkey-lab entra`, under Microsoft's names; its own virtual authenticator is the key.

mod common;

use std::path::Path;
use std::process::Command;

use common::{ROOM, python};

const SCRIPT: &str = "sim/cli/tests/python/entra_browser.py";

/// Runs one journey of the script, which starts a tenant of its own.
fn check(journey: &str, scenario: &str) {
    let Some(python) =
        python("selenium, cryptography, shutil; assert all(map(shutil.which, ('chromium', 'chromedriver')))")
    else {
        return;
    };
    let root = Path::new(ROOM).join("../..");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("entra-browser").join(journey);
    let _ = std::fs::remove_dir_all(&folder);
    let output = Command::new(python)
        .arg(root.join(SCRIPT))
        .args([journey, env!("CARGO_BIN_EXE_passkey-lab")])
        .args([root.join("scenarios").join(scenario), folder, root.join("reports/browser").join(journey)])
        .output()
        .expect("Python runs");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out.contains("entra_browser: ok"), "{journey}\n{out}\n{err}");
}

#[test]
fn people_sign_in_by_password_and_text_message() {
    check("password", "developer.yaml");
}

#[test]
fn the_pages_work_without_javascript() {
    check("no-javascript", "developer.yaml");
}

#[test]
fn a_security_key_is_added_used_and_deleted() {
    check("security-key", "developer.yaml");
}

#[test]
fn an_administrator_sets_the_tenant_up_in_the_portal() {
    check("portal", "new-tenant.yaml");
}

#[test]
fn a_key_from_a_root_that_nobody_trusts_is_refused_where_attestation_is_enforced() {
    check("attestation", "attestation-enforced.yaml");
}
