//! `passkey-lab phone --control` as a test suite meets it: HTTP over sockets, ceremonies whose touch comes that way.

mod common;

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use common::{Phone, TIMEOUT, passkey_lab};
use serde_json::{Value, json};
use wire::ctaphid::{BROADCAST, Command, Message, Packet};

const TCP: [&str; 7] = ["phone", "--transport", "tcp", "--listen", "127.0.0.1:0", "--control", "127.0.0.1:0"];
const REGISTER: &[u8] = include_bytes!("../../../fixtures/ctap/make-credential.bin");
const SIGN_IN: &[u8] = include_bytes!("../../../fixtures/ctap/get-assertion.bin");

/// An answer: its status and its body, which is null when there is none.
type Answer = (u16, Value);

/// Sends a request as it stands and reads what comes, head and body.
fn exchange(address: SocketAddr, request: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).expect("loopback");
    stream.set_read_timeout(Some(TIMEOUT)).expect("a timeout");
    stream.write_all(request.as_bytes()).expect("loopback");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("an answer");
    let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    (status, body.to_owned())
}

fn request(phone: &Phone, method: &str, path: &str, headers: &str, body: &str) -> Answer {
    let (address, length) = (phone.control(), body.len());
    let text = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    );
    let (status, body) = exchange(address, &text);
    (status, serde_json::from_str(&body).unwrap_or(Value::Null))
}

fn get(phone: &Phone, path: &str) -> Answer {
    request(phone, "GET", path, "", "")
}

fn send(phone: &Phone, method: &str, path: &str, body: &Value) -> Answer {
    request(phone, method, path, "Content-Type: application/json\r\n", &body.to_string())
}

/// A refusal: its status, and words of it.
fn check_refused((status, body): Answer, expect: u16, words: &[&str]) {
    assert_eq!(status, expect, "{body}");
    for member in ["what", "why", "help"] {
        assert!(body["error"][member].as_str().is_some_and(|text| !text.is_empty()), "{body}");
    }
    words.iter().for_each(|words| assert!(body.to_string().contains(words), "no {words:?} in {body}"));
}

/// A host on TCP.
struct Host(TcpStream);

impl Host {
    fn of(phone: &Phone) -> Self {
        let stream = TcpStream::connect(phone.address()).expect("loopback");
        stream.set_read_timeout(Some(TIMEOUT)).expect("a timeout");
        let mut host = Self(stream);
        host.send(BROADCAST, Command::INIT, b"nonce...");
        assert!(matches!(host.read(), (Command::INIT, _)));
        host
    }

    fn send(&mut self, channel: u32, command: Command, payload: &[u8]) {
        let message = Message { channel, command, payload: payload.to_vec() };
        message.reports().for_each(|report| self.0.write_all(&report).expect("loopback"));
    }

    fn read(&mut self) -> (Command, Vec<u8>) {
        loop {
            let mut report = [0; 64];
            self.0.read_exact(&mut report).expect("a report");
            if let Packet::Init { command, data, .. } = Packet::parse(&report)
                && command != Command::KEEPALIVE
            {
                return (command, data.to_vec());
            }
        }
    }

    fn ask(&mut self, command: &[u8]) {
        self.send(1, Command::CBOR, command);
    }

    /// The status of the answer.
    fn status(&mut self) -> u8 {
        match self.read() {
            (Command::CBOR, data) => data[0],
            other => panic!("{other:?}"),
        }
    }
}

/// What the phone asks, once it does.
fn asked(phone: &Phone) -> Value {
    let (status, body) = get(phone, "/prompt?wait=20s");
    assert_eq!(status, 200, "{body}");
    body["prompt"].clone()
}

fn answer(phone: &Phone, answer: &str) {
    assert_eq!(send(phone, "POST", "/answer", &json!({ "answer": answer })), (204, Value::Null));
}

/// A ceremony in which the user agrees to everything over the interface.
fn agree(phone: &Phone, host: &mut Host, command: &[u8]) -> u8 {
    host.ask(command);
    assert_eq!(asked(phone)["kind"], "consent");
    answer(phone, "accept");
    assert_eq!(asked(phone)["kind"], "biometric");
    answer(phone, "finger");
    host.status()
}

#[test]
fn a_touch_and_a_finger_come_over_the_interface() {
    let phone = Phone::start(&TCP);
    let mut host = Host::of(&phone);
    assert_eq!(get(&phone, "/prompt"), (200, json!({ "prompt": null })));
    host.ask(REGISTER);
    let prompt = asked(&phone);
    assert_eq!((&prompt["rpId"], &prompt["purpose"]), (&json!("login.microsoft.com"), &json!("registration")));
    assert_eq!(prompt["answers"], json!(["accept", "decline"]));
    let early = send(&phone, "POST", "/answer", &json!({ "answer": "finger" }));
    check_refused(early, 409, &["the phone asks for consent first", "accept, decline"]);
    answer(&phone, "accept");
    answer(&phone, "finger");
    assert_eq!(host.status(), 0);
    host.ask(SIGN_IN);
    assert_eq!(asked(&phone)["purpose"], "sign-in");
    answer(&phone, "decline");
    assert_eq!(host.status(), 0x27);
    check_refused(send(&phone, "POST", "/answer", &json!({ "answer": "accept" })), 409, &["the phone asks nothing"]);
}

#[test]
fn a_policy_can_take_over_and_give_back() {
    let phone = Phone::start(&TCP);
    let mut host = Host::of(&phone);
    assert_eq!(get(&phone, "/user"), (200, json!({ "user": "ask" })));
    host.ask(REGISTER);
    assert_eq!(asked(&phone)["kind"], "consent");
    assert_eq!(send(&phone, "PUT", "/user", &json!({ "user": "accept" })).0, 204);
    assert_eq!(host.status(), 0, "the prompt that was there is answered too");
    assert_eq!(send(&phone, "PUT", "/user", &json!({ "user": "decline" })).0, 204);
    host.ask(SIGN_IN);
    assert_eq!(host.status(), 0x27);
    check_refused(send(&phone, "PUT", "/user", &json!({ "user": "x" })), 400, &["ask, accept, decline, ignore"]);
}

#[test]
fn faults_are_set_told_and_taken_away() {
    let phone =
        Phone::start(&[&TCP, ["--user", "accept", "--fault", "makeCredential#1:key-store-full"].as_slice()].concat());
    assert!(phone.banner().contains(&"goes wrong on purpose: makeCredential#1:key-store-full".to_owned()));
    let mut host = Host::of(&phone);
    host.ask(REGISTER);
    assert_eq!(host.status(), 0x28);
    host.ask(REGISTER);
    assert_eq!(host.status(), 0);
    let rules = json!({ "faults": ["getAssertion#2:status=CTAP2_ERR_OPERATION_DENIED", "any:extra-extension"] });
    assert_eq!(send(&phone, "PUT", "/faults", &rules).0, 204);
    assert_eq!(get(&phone, "/faults"), (200, rules));
    let statuses = [0; 3].map(|_| {
        host.ask(SIGN_IN);
        host.status()
    });
    assert_eq!(statuses, [0, 0x27, 0], "the second alone goes wrong");
    assert_eq!(send(&phone, "POST", "/faults", &json!({ "fault": "any:no-credentials" })).0, 204);
    host.ask(SIGN_IN);
    assert_eq!(host.status(), 0x2E);
    assert_eq!(request(&phone, "DELETE", "/faults", "", "").0, 204);
    assert_eq!(get(&phone, "/faults"), (200, json!({ "faults": [] })));
    let nonsense = send(&phone, "PUT", "/faults", &json!({ "faults": ["any:nonsense"] }));
    check_refused(nonsense, 400, &["is no fault; it is status=NAME", "docs/faults.md"]);
}

#[test]
fn a_credential_is_exported_and_injected_into_another_phone_which_counts_on() {
    let (original, clone) = (Phone::start(&TCP), Phone::start(&TCP));
    assert_eq!(agree(&original, &mut Host::of(&original), REGISTER), 0);
    let listed = get(&original, "/credentials").1["credentials"][0].clone();
    assert_eq!((&listed["rpId"], &listed["signCount"]), (&json!("login.microsoft.com"), &json!(1)));
    assert_eq!(listed["privateKey"], Value::Null, "a list tells no keys");
    let path = format!("/credentials/{}", listed["credentialId"].as_str().expect("an id"));
    let (status, exported) = get(&original, &path);
    assert_eq!(status, 200);
    assert_eq!(send(&clone, "POST", "/credentials", &exported), (201, Value::Null));
    check_refused(send(&clone, "POST", "/credentials", &exported), 400, &["a credential with this id already"]);
    assert_eq!(agree(&clone, &mut Host::of(&clone), SIGN_IN), 0);
    assert_eq!(get(&clone, "/credentials").1["credentials"][0]["signCount"], 2);
    assert_eq!(get(&original, "/credentials").1["credentials"][0]["signCount"], 1);
    assert_eq!(request(&clone, "DELETE", &path, "", "").0, 204);
    check_refused(request(&clone, "DELETE", &path, "", ""), 404, &["no credential with this id"]);
    let keyless = send(&clone, "POST", "/credentials", &listed);
    check_refused(keyless, 400, &["privateKey is missing", "PKCS#8"]);
}

#[test]
fn what_an_injection_promises_is_in_the_state_file() {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("control-state.json");
    // A state that an earlier run of the tests has left is not wanted.
    let _ = std::fs::remove_file(&path);
    let state = path.to_str().expect("a path in UTF-8");
    let phone = Phone::start(&[&TCP, ["--state", state].as_slice()].concat());
    let given = json!({
        "credentialId": "BwcHBwcHBwc", "isResidentCredential": true, "rpId": "example.com", "userHandle": "ZGF2ZQ",
        "userName": "dave", "signCount": 41, "privateKey": "CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk",
    });
    assert_eq!(send(&phone, "POST", "/credentials", &given).0, 201);
    let kept: Value = serde_json::from_slice(&std::fs::read(&path).expect("a file")).expect("JSON");
    assert_eq!(kept["credentials"][0]["signCount"], 41);
}

#[test]
fn events_are_paged_by_number_as_json_and_as_lines() {
    let phone = Phone::start(&TCP);
    let mut host = Host::of(&phone);
    assert_eq!(agree(&phone, &mut host, REGISTER), 0);
    let (status, page) = get(&phone, "/events");
    assert_eq!((status, &page["lost"]), (200, &json!(0)));
    let events = page["events"].as_array().expect("events");
    let find = |kind: &str| events.iter().find(|event| event["kind"] == kind).unwrap_or_else(|| panic!("no {kind}"));
    assert_eq!(find("prompted")["prompt"]["rpId"], "login.microsoft.com");
    assert_eq!(find("response")["status"], "CTAP2_OK");
    assert_eq!(find("credentialCreated")["rpId"], "login.microsoft.com");
    assert_eq!(page["next"], json!(events.len()));
    let rest = get(&phone, &format!("/events?since={}", events.len())).1;
    assert_eq!((&rest["events"], &rest["next"]), (&json!([]), &page["next"]));

    let address = phone.control();
    let text = format!(
        "GET /events?since=1 HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nAccept: application/x-ndjson\r\n\r\n"
    );
    let lines = exchange(address, &text).1;
    let numbers: Vec<u64> = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON")["number"].as_u64().expect("a number"))
        .collect();
    assert_eq!(numbers, (1..events.len() as u64).collect::<Vec<_>>());
    check_refused(get(&phone, "/events?since=x"), 400, &["since=NUMBER"]);
    check_refused(get(&phone, "/events?wait=1h"), 400, &["at most a minute"]);
}

#[test]
fn the_key_is_pulled_out_put_back_and_rebooted() {
    let phone = Phone::start(&TCP);
    let post = |path| request(&phone, "POST", path, "", "");
    assert_eq!(post("/unplug"), (204, Value::Null));
    phone.hear("the key is unplugged");
    assert_eq!(post("/plug"), (204, Value::Null));
    phone.hear("the key is plugged in");
    assert_eq!(post("/reboot"), (204, Value::Null));
    phone.hear("the key lost its power");
    assert_eq!(get(&phone, "/wink"), (200, json!({ "winked": null })));
}

#[test]
fn pages_of_browsers_and_whoever_lacks_the_token_are_kept_out() {
    let phone = Phone::start(&[&TCP, ["--control-token", "secret"].as_slice()].concat());
    check_refused(get(&phone, "/prompt"), 401, &["Authorization: Bearer TOKEN"]);
    let with = |headers: &str| request(&phone, "GET", "/prompt", headers, "");
    check_refused(with("Authorization: Bearer other\r\n"), 401, &["has not the token"]);
    assert_eq!(with("Authorization: Bearer secret\r\n").0, 200);
    let foreign = "Authorization: Bearer secret\r\nOrigin: http://evil.example\r\n";
    check_refused(with(foreign), 403, &["http://evil.example"]);
    let text = "GET /prompt HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    assert_eq!(exchange(phone.control(), text).0, 403);
}

#[test]
fn what_the_interface_does_not_know_is_refused_with_what_it_does() {
    let phone = Phone::start(&TCP);
    check_refused(get(&phone, "/nonsense"), 404, &["no /nonsense", "POST /answer"]);
    check_refused(request(&phone, "DELETE", "/prompt", "", ""), 405, &["/prompt knows no DELETE"]);
    check_refused(send(&phone, "POST", "/answer", &json!({ "answer": "dance" })), 400, &["smudged finger"]);
    check_refused(send(&phone, "POST", "/answer", &json!({ "nonsense": 1 })), 400, &["unknown field `nonsense`"]);
    let form = request(&phone, "POST", "/answer", "Content-Type: text/plain\r\n", "{\"answer\": \"accept\"}");
    check_refused(form, 415, &["text/plain", "curl --json"]);
    check_refused(send(&phone, "POST", "/answer", &json!("x".repeat(70_000))), 413, &["at most 65536 bytes"]);
}

#[test]
fn an_interface_that_others_could_reach_needs_a_token() {
    let check = |arguments: &[&str], complaint: &str| {
        let output = passkey_lab(arguments).output().expect("the binary was built for this test");
        let stderr = String::from_utf8_lossy(&output.stderr);
        let words = stderr.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert!(words.contains(complaint), "{stderr}");
    };
    let udp = ["phone", "--listen", "127.0.0.1:0", "--control"];
    check(&[&udp[..], &["0.0.0.0:0"]].concat(), "give them a secret by --control-token TOKEN");
    check(&[&udp[..], &["127.0.0.1:0", "--control-token", ""]].concat(), "--control-token is empty");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    check(&[&udp[..], &[&address]].concat(), "choose another by --control ADDRESS:PORT");
}
