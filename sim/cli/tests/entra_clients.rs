//! Microsoft's own clients against `passkey-lab entra`, in both ways of pointing them at it.

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::{ROOM, Server, python};

/// The folder of an authority of this test's own.
fn authority(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("entra-clients").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

fn check(style: &str, scenario: &str) {
    let Some(python) = python("msal, azure.identity, requests") else { return };
    let root = Path::new(ROOM).join("../..");
    let (ca, scenario) = (authority(style), root.join("scenarios").join(scenario));
    let text = |path: &Path| path.to_str().expect("a path in UTF-8").to_owned();
    let server =
        Server::start(&["entra", "--listen", "127.0.0.1:0", "--scenario", &text(&scenario), "--ca", &text(&ca)]);
    let output = Command::new(python)
        .arg(Path::new(ROOM).join("tests/python/entra_clients.py"))
        .args([style, &server.address().to_string()])
        .args([ca.join("ca.pem"), root.join("fixtures/pki/client-application.key.pem")])
        .arg(root.join("fixtures/pki/client-application.pem"))
        .output()
        .expect("Python runs");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out.contains("entra_clients: ok"), "{style}\n{out}\n{err}");
}

#[test]
fn clients_sign_in_under_a_name_of_their_own() {
    check("own", "developer.yaml");
}

#[test]
fn clients_sign_in_under_microsofts_names() {
    check("microsoft", "developer.yaml");
}

#[test]
fn a_client_is_told_that_a_second_factor_is_due() {
    check("mfa", "conditional-access.yaml");
}
