//! `passkey-lab entra` as a process: how it begins, what it prints, how it ends.

#![cfg(unix)]

mod common;

use std::path::{Path, PathBuf};

use common::{ROOM, Server, passkey_lab};

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("entra").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

fn start(ca: &Path) -> Server {
    Server::start(&arguments(ca, "127.0.0.1:0"))
}

fn arguments<'a>(ca: &'a Path, listen: &'a str) -> Vec<&'a str> {
    let scenario = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios/developer.yaml");
    vec!["entra", "--scenario", scenario, "--listen", listen, "--ca", ca.to_str().expect("a path in UTF-8")]
}

/// What a start that must fail says on standard error.
fn refusal(arguments: &[&str]) -> String {
    let output = passkey_lab(arguments).output().expect("the binary was built");
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    words.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ")
}

#[test]
fn it_says_who_is_there_and_ends_by_ctrl_c() {
    let ca = folder("says");
    let mut server = start(&ca);
    let banner = server.banner().join("\n");
    for words in [
        "carol.shaw@highlands_azure.com",
        "Heather-42-Loch",
        "5c5ed0a2-0e5a-4a77-8a0b-0d1d9f6a0003",
        "Dm7.8Q~daemon-secret-of-the-lab",
        &format!("REQUESTS_CA_BUNDLE={}", ca.join("ca.pem").display()),
        "instance_discovery=False",
        "--host-resolver-rules=",
    ] {
        assert!(banner.contains(words), "{words} in {banner}");
    }
    server.interrupt();
    assert_eq!(server.exit_code(), Some(0));
    assert_eq!(server.rest(), ["ended"]);
}

#[test]
fn a_name_of_the_command_line_is_the_one_that_clients_are_told() {
    let ca = folder("name");
    let arguments = [&arguments(&ca, "127.0.0.1:0")[..], &["--name", "entra.lab.test"]].concat();
    let banner = Server::start(&arguments).banner().join("\n");
    assert!(banner.contains("authority=\"https://entra.lab.test:"), "{banner}");
}

#[test]
fn the_authority_and_the_ids_are_the_same_in_the_next_run() {
    let ca = folder("again");
    let read = || std::fs::read_to_string(ca.join("ca.pem")).expect("it was made");
    let run = || {
        let server = start(&ca);
        (server.banner()[0].clone(), read())
    };
    assert_eq!(run(), run());
}

#[test]
fn a_port_that_is_taken_and_what_to_do_are_said() {
    let ca = folder("taken");
    let server = start(&ca);
    let address = server.address().to_string();
    let words = refusal(&arguments(&ca, &address));
    assert!(words.contains(&format!("{address} is taken: another program listens there")), "{words}");
    assert!(words.contains("--listen 127.0.0.1:0 takes a free port"), "{words}");
}

#[test]
fn what_cannot_begin_says_where_it_is_wrong() {
    let ca = folder("wrong");
    let words = refusal(&["entra", "--scenario", "nowhere.yaml"]);
    assert!(words.contains("nowhere.yaml: No such file or directory"), "{words}");
    std::fs::create_dir_all(&ca).expect("a folder");
    std::fs::write(ca.join("ca.pem"), "nothing").expect("a file");
    let words = refusal(&arguments(&ca, "127.0.0.1:0"));
    assert!(words.contains("ca.key.pem is missing") && words.contains("move it away"), "{words}");
    let scenario = folder("scenario").with_extension("yaml");
    let text = std::fs::read_to_string(format!("{ROOM}/../../scenarios/developer.yaml")).expect("a scenario");
    std::fs::write(&scenario, text.replace("kind: public", "kind: pubic")).expect("a file");
    let words = refusal(&["entra", "--scenario", scenario.to_str().expect("a path in UTF-8")]);
    assert!(words.contains("unknown variant `pubic`"), "{words}");
}
