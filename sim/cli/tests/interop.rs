//! Clients that nobody here wrote, against the phone.

mod common;

use std::{path::Path, process::Command};

use common::{Phone, ROOM, python};

fn check_python_fido2(address: &str) {
    check_script("fido2_client", address);
}

fn check_script(name: &str, address: &str) {
    let Some(python) = python("fido2.hid") else { return };
    let script = Path::new(ROOM).join(format!("tests/python/{name}.py"));
    let root = Path::new(ROOM).join("../../fixtures/pki/attestation-root.pem");
    let output = Command::new(python).arg(script).arg(address).arg(root).output().expect("Python runs");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out.contains(&format!("{name}: ok")), "{address}\n{out}\n{err}");
}

#[test]
fn python_fido2_registers_and_signs_in_over_udp() {
    let udp = ["phone", "--transport", "udp", "--listen", "127.0.0.1:0", "--answer-to", "sender", "--user", "accept"];
    let phone = Phone::start(&udp);
    check_python_fido2(&format!("udp:{}", phone.address()));
}

#[test]
fn python_fido2_registers_and_signs_in_over_tcp() {
    let phone = Phone::start(&["phone", "--transport", "tcp", "--listen", "127.0.0.1:0", "--user", "accept"]);
    check_python_fido2(&format!("tcp:{}", phone.address()));
}

#[cfg(unix)]
#[test]
fn python_fido2_registers_and_signs_in_over_a_unix_socket() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("interop.sock");
    let socket = path.to_str().expect("a path in UTF-8");
    let _phone = Phone::start(&["phone", "--transport", "unix", "--socket", socket, "--user", "after=50ms"]);
    check_python_fido2(&format!("unix:{socket}"));
}

#[test]
fn python_fido2_uses_everything_that_a_security_key_has() {
    let tcp = ["phone", "--transport", "tcp", "--listen", "127.0.0.1:0", "--user", "accept", "--profile", "ctap-2.3"];
    let phone = Phone::start(&tcp);
    check_script("fido2_key", &format!("tcp:{}", phone.address()));
}

#[test]
fn python_fido2_hears_the_statuses_of_the_specification() {
    let udp = ["phone", "--transport", "udp", "--listen", "127.0.0.1:0", "--answer-to", "sender", "--user", "accept"];
    let phone = Phone::start(&[&udp[..], &["--profile", "ctap-2.3"]].concat());
    check_script("fido2_statuses", &format!("udp:{}", phone.address()));
}

#[test]
fn python_fido2_registers_and_authenticates_by_u2f() {
    for profile in ["ctap-2.0", "ctap-2.3"] {
        let tcp = ["phone", "--transport", "tcp", "--listen", "127.0.0.1:0", "--user", "accept", "--profile", profile];
        let phone = Phone::start(&tcp);
        check_script("fido2_u2f", &format!("tcp:{}", phone.address()));
    }
}
