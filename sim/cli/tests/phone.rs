//! `passkey-lab phone` as people and their programs meet it: the banner, reports over sockets, exit codes with advice.

mod common;

use std::io::{Read as _, Write as _};
use std::net::{TcpStream, UdpSocket};

use common::{Phone, TIMEOUT, passkey_lab};
use wire::ctaphid::{BROADCAST, Command, Message, Packet, Report};

/// Asserts that a phone cannot begin: exit code 2, and the complaint with its advice.
fn check_refused(arguments: &[&str], complaints: &[&str]) {
    let output = passkey_lab(arguments).output().expect("the binary was built for this test");
    // Where lines are broken depends on their length: the words are what counts.
    let stderr = String::from_utf8_lossy(&output.stderr);
    let words = stderr.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
    assert_eq!(output.status.code(), Some(2), "{arguments:?}\n{stderr}");
    complaints.iter().for_each(|complaint| assert!(words.contains(complaint), "{arguments:?} complained\n{stderr}"));
}

fn report(channel: u32, command: Command, payload: &[u8]) -> Report {
    Message { channel, command, payload: payload.to_vec() }.reports().next().expect("a report")
}

/// A host on UDP.
struct Host(UdpSocket);

impl Host {
    fn of(phone: &Phone) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
        socket.connect(phone.address()).expect("loopback");
        socket.set_read_timeout(Some(TIMEOUT)).expect("a timeout");
        Self(socket)
    }

    fn ask(&self, report: &Report) -> Report {
        self.0.send(report).expect("loopback");
        let mut answer = [0; 64];
        assert_eq!(self.0.recv(&mut answer).expect("an answer"), 64);
        answer
    }

    fn open(&self) -> u32 {
        let answer = self.ask(&report(BROADCAST, Command::INIT, b"nonce..."));
        assert_eq!((&answer[..5], &answer[7..15]), ([0xFF, 0xFF, 0xFF, 0xFF, 0x86].as_slice(), b"nonce...".as_slice()));
        u32::from_be_bytes([answer[15], answer[16], answer[17], answer[18]])
    }
}

/// What a host on TCP is answered to one CTAP command: the first packet of the answer, KEEPALIVEs left out.
fn ask_on_tcp(phone: &Phone, command: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(phone.address()).expect("loopback");
    stream.set_read_timeout(Some(TIMEOUT)).expect("a timeout");
    let mut send = |message: Message| message.reports().for_each(|report| stream.write_all(&report).expect("loopback"));
    send(Message { channel: BROADCAST, command: Command::INIT, payload: b"nonce...".to_vec() });
    send(Message { channel: 1, command: Command::CBOR, payload: command.to_vec() });
    loop {
        let mut report = [0; 64];
        stream.read_exact(&mut report).expect("an answer");
        if let Packet::Init { command: Command::CBOR, data, .. } = Packet::parse(&report) {
            return data.to_vec();
        }
    }
}

#[test]
fn what_a_phone_keeps_in_its_state_file_the_next_one_has() {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("state.json");
    // A state that an earlier run of the tests has left is not wanted.
    let _ = std::fs::remove_file(&path);
    let state = path.to_str().expect("a path in UTF-8");
    let tcp = ["phone", "--transport", "tcp", "--listen", "127.0.0.1:0", "--user", "accept", "--state", state];
    let sign_in = include_bytes!("../../../fixtures/ctap/get-assertion.bin");
    {
        let phone = Phone::start(&tcp);
        assert_eq!(ask_on_tcp(&phone, sign_in)[0], 0x2E, "there is no credential yet");
        assert_eq!(ask_on_tcp(&phone, include_bytes!("../../../fixtures/ctap/make-credential.bin"))[0], 0);
    }
    let phone = Phone::start(&tcp);
    assert_eq!(ask_on_tcp(&phone, sign_in)[0], 0, "the credential of the first run signs in the second");
    drop(phone);
    let other = [&tcp[..], &["--profile", "ctap-2.3"]].concat();
    check_refused(&other, &["the snapshot is of the model 0076631b", "use the --profile that wrote the state"]);
    std::fs::write(&path, "{\"version\": 1, ").expect("a file");
    check_refused(&tcp, &["state.json:1:", "move it away to begin anew"]);
}

const UDP: [&str; 7] = ["phone", "--transport", "udp", "--listen", "127.0.0.1:0", "--answer-to", "sender"];

#[test]
fn a_host_on_udp_gets_its_answers_and_ctrl_c_ends_with_exit_code_0() {
    let mut phone = Phone::start(&[&UDP, ["--user", "accept", "--seed", "7"].as_slice()].concat());
    assert!(phone.banner()[0].contains("hypr-ios, packed attestation by a certificate, keys from seed 7"));
    let host = Host::of(&phone);
    let channel = host.open();
    let answer = host.ask(&report(channel, Command::CBOR, &[0x04]));
    match Packet::parse(&answer) {
        Packet::Init { command: Command::CBOR, data, .. } => assert_eq!(data[0], 0, "getInfo succeeds"),
        other => panic!("{other:?}"),
    }
    phone.hear("host 1 is there: UDP 127.0.0.1:");
    phone.hear("authenticatorGetInfo answered CTAP2_OK (0x00)");
    if cfg!(unix) {
        phone.interrupt();
        phone.hear("the phone is switched off");
        assert_eq!(phone.exit_code(), Some(0));
    }
}

#[test]
fn verbose_prints_every_report_and_quiet_no_line_at_all() {
    let verbose = Phone::start(&[&UDP, ["--user", "accept", "--verbose"].as_slice()].concat());
    Host::of(&verbose).open();
    verbose.hear("host 1 > key  INIT of 8 bytes: ffffffff8600086e6f6e63652e2e2e00");
    verbose.hear("host 1 < key  INIT of 17 bytes: ffffffff8600116e6f6e63652e2e2e00000001");
    let mut quiet = Phone::start(&[&UDP, ["--user", "ask", "--quiet"].as_slice()].concat());
    Host::of(&quiet).open();
    quiet.type_line("quit");
    assert_eq!(quiet.exit_code(), Some(0));
    assert_eq!(quiet.rest(), ["the phone is switched off; its credentials are gone (--state FILE keeps them)"]);
}

#[test]
fn a_user_at_the_keyboard_answers_what_the_phone_asks() {
    let mut phone = Phone::start(&[&UDP, ["--user", "ask"].as_slice()].concat());
    let host = Host::of(&phone);
    let channel = host.open();
    host.0.send(&report(channel, Command::CBOR, &[0x0B])).expect("loopback");
    phone.hear("? the phone asks for consent to be selected  [accept, decline]");
    phone.type_line("finger");
    phone.hear("the phone asks for consent first: accept or decline");
    phone.type_line("decline");
    phone.hear("authenticatorSelection answered CTAP2_ERR_OPERATION_DENIED (0x27)");
    phone.type_line("accept");
    phone.hear("the phone asks nothing");
    phone.type_line("list");
    phone.hear("the phone holds no credentials");
    phone.type_line("wink");
    phone.hear("no host has asked the phone to make itself noticed");
    phone.type_line("dance");
    phone.hear("\"dance\" is nothing that a user can do; `help` lists what is");
    phone.type_line("unplug");
    phone.hear("the key is unplugged");
    phone.type_line("plug");
    phone.hear("the key is plugged in");
    assert_eq!(Host::of(&phone).open(), 1, "the key is new to its host");
    phone.type_line("reboot");
    phone.hear("the key lost its power");
    phone.end_input();
    assert_eq!(phone.exit_code(), Some(0));
}

#[test]
fn a_host_on_tcp_gets_its_answers() {
    let phone = Phone::start(&["phone", "--transport", "tcp", "--listen", "127.0.0.1:0", "--user", "decline"]);
    let mut host = TcpStream::connect(phone.address()).expect("loopback");
    host.set_read_timeout(Some(TIMEOUT)).expect("a timeout");
    host.write_all(&report(BROADCAST, Command::INIT, b"nonce...")).expect("loopback");
    let mut answer = [0; 64];
    host.read_exact(&mut answer).expect("an answer");
    assert_eq!(answer[7..15], *b"nonce...");
}

#[test]
fn usbip_says_how_to_attach_the_key() {
    let phone = Phone::start(&["phone", "--transport", "usbip", "--listen", "127.0.0.1:0", "--user", "accept"]);
    let port = phone.address().port();
    let expect = format!("sudo usbip --tcp-port {port} attach -r 127.0.0.1 -b 1-1");
    assert!(phone.banner().iter().any(|line| line.contains(&expect)), "{:?}", phone.banner());
}

#[cfg(unix)]
#[test]
fn a_unix_socket_is_gone_when_the_phone_is() {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli-phone.sock");
    let socket = path.to_str().expect("a path in UTF-8");
    let mut phone = Phone::start(&["phone", "--transport", "unix", "--socket", socket, "--user", "accept"]);
    assert!(path.exists());
    let taken = ["phone", "--transport", "unix", "--socket", socket, "--user", "accept"];
    check_refused(&taken, &["is in use: another phone listens there", "choose another path by --socket PATH"]);
    phone.interrupt();
    assert_eq!((phone.exit_code(), path.exists()), (Some(0), false));
}

#[test]
fn a_taken_port_is_exit_code_2_with_advice() {
    let taken = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let complaints = [&format!("{address} is taken"), "choose another port by --listen ADDRESS:PORT"];
    check_refused(&["phone", "--user", "accept", "--listen", &address], &complaints);
}

#[test]
fn whoever_cannot_be_asked_has_to_choose_who_answers() {
    check_refused(
        &["phone", "--listen", "127.0.0.1:0"],
        &["nobody is there to answer", "--user accept, decline, ignore"],
    );
}

#[test]
fn flags_that_mean_nothing_are_refused_rather_than_ignored() {
    let phone = ["phone", "--user", "accept"];
    let check = |arguments: &[&str], complaints: &[&str]| check_refused(&[&phone, arguments].concat(), complaints);
    check(&["--transport", "uhid", "--listen", "127.0.0.1:1"], &["--listen means nothing to --transport uhid"]);
    check(&["--transport", "tcp", "--answer-to", "sender"], &["--answer-to means nothing to --transport tcp"]);
    check(&["--transport", "udp", "--socket", "x"], &["--socket means nothing to --transport udp"]);
    check(&["--transport", "unix"], &["needs a path to listen on", "--socket PATH"]);
    check(&["--profile", "nokia"], &["there is no phone \"nokia\"", "hypr-ios, hypr-android, ctap-2.0"]);
    check(&["--listen", "192.0.2.1:0"], &["192.0.2.1:0 is no address of this machine", "127.0.0.1:PORT"]);
}

#[cfg(target_os = "linux")]
#[test]
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn a_machine_without_uhid_says_what_to_do() {
    if std::fs::exists("/dev/uhid").unwrap_or(true) {
        eprintln!("SKIPPED: there is a /dev/uhid here, and this test must not create devices");
        return;
    }
    let complaints = ["there is no /dev/uhid", "modprobe uhid", "--transport usbip or udp"];
    check_refused(&["phone", "--user", "accept", "--transport", "uhid"], &complaints);
}
