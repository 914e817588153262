//! A whole workstation: its parts joined, reports answered by a scripted key.

use clockwork::Seed;
use http::{Response, StatusCode, header};
use serde_json::json;
use wire::Base64Url;
use wire::ctaphid::{Assembler, Command, Message, Packet, Progress};

use super::*;
use crate::fake_key::FakeKey;
use crate::passwordless::{Join, System};

const START: Timestamp = Timestamp::UNIX_EPOCH;

/// A workstation and one key, with the device's half of CTAPHID.
struct Desk {
    machine: Workstation,
    key: FakeKey,
    assembler: Assembler,
}

impl Desk {
    fn new() -> Self {
        let config = WorkstationConfig {
            name: "WS-01".into(),
            machine_id: "5f0c".into(),
            device_id: Uuid::from_u128(7),
            system: System::Windows,
            join: Join::Cloud,
            local_account: None,
        };
        let machine = Workstation::new(config, &Seed::of(&["workstation"]));
        let mut desk = Self { machine, key: FakeKey::hypr(), assembler: Assembler::default() };
        desk.machine.sync(START);
        desk.reply(&json!({ "Nonce": "n" }).to_string());
        let uri = "./Device/Vendor/MSFT/PassportForWork/SecurityKey/UseSecurityKeyForSignin";
        desk.reply(&json!({ "settings": [{ "uri": uri, "value": 1 }] }).to_string());
        while desk.machine.poll_event().is_some() {}
        desk
    }

    /// Carol is signed in.
    fn signed_in() -> Self {
        let mut desk = Self::new();
        desk.type_in("User name", "carol@bank.example");
        desk.type_in("Password", "secret");
        desk.tap(Window::SignIn, "Sign in");
        desk.reply(&json!({ "Nonce": "n" }).to_string());
        desk.reply(&token("carol@bank.example"));
        assert_eq!(desk.machine.signed_in_user(), Some("carol@bank.example"));
        desk
    }

    fn tap(&mut self, window: Window, label: &str) {
        self.machine.handle_verb(START, window, &Verb::Tap(label.into())).unwrap();
        self.carry();
    }

    fn type_in(&mut self, field: &str, text: &str) {
        let verb = Verb::Type { field: field.into(), text: text.into() };
        self.machine.handle_verb(START, Window::SignIn, &verb).unwrap();
    }

    /// Answers the next request.
    fn reply(&mut self, body: &str) -> Request<Bytes> {
        let (id, request) = self.machine.poll_request().expect("a request is out");
        let mut response = Response::new(Bytes::from(body.to_owned()));
        *response.status_mut() = StatusCode::OK;
        let kind = if body.starts_with('<') { "text/html" } else { "application/json" };
        response.headers_mut().insert(header::CONTENT_TYPE, kind.parse().unwrap());
        self.machine.handle_response(START, id, Ok(response));
        self.carry();
        request
    }

    /// Carries reports both ways until none is left.
    fn carry(&mut self) {
        while let Some((name, report)) = self.machine.poll_report() {
            let Progress::Whole(message) = self.assembler.handle_packet(Packet::parse(&report)) else { continue };
            let payload = match message.command {
                Command::INIT => Some([&message.payload[..], &[0, 0, 0, 9, 2, 1, 0, 0, 4]].concat()),
                Command::CBOR => self.key.respond(&message.payload),
                Command::CANCEL => Some(vec![0x2D]),
                other => panic!("the host sends {other:?}"),
            };
            let command = if message.command == Command::CANCEL { Command::CBOR } else { message.command };
            let Some(payload) = payload else { continue };
            for report in (Message { command, payload, ..message }).reports() {
                self.machine.handle_report(START, &name, &report);
            }
        }
    }

    fn attach(&mut self) {
        self.machine.attach(START, "phone");
        self.carry();
    }

    fn browse(&mut self, window: Window, page: &str) {
        self.machine.open_url(START, window, "https://login.microsoft.com/page");
        self.reply(page);
    }
}

fn token(upn: &str) -> String {
    let claims = json!({ "name": upn, "upn": upn }).to_string();
    json!({
        "refresh_token": "0.prt",
        "session_key": Base64Url(vec![6; 32]),
        "id_token": format!("e30.{}.", Base64Url(claims.into_bytes())),
    })
    .to_string()
}

/// A page that asks for an assertion and submits what it gets.
fn page() -> String {
    let block = json!({
        "operation": "get",
        "publicKey": { "challenge": "AAEC", "rpId": "login.microsoft.com", "userVerification": "required" },
        "form": "f", "fields": { "id": "id" }, "errorField": "error",
    });
    format!(
        r#"<html><body><h1>Key</h1><form id="f" method="post" action="/done"><input type="hidden" name="id">
        <input type="hidden" name="error"></form><script type="application/json" id="webauthn">{block}</script>
        </body></html>"#
    )
}

#[test]
fn a_page_gets_its_assertion_from_the_key_through_the_dialogs() {
    let mut desk = Desk::signed_in();
    desk.attach();
    desk.browse(Window::Chrome, &page());
    assert!(desk.machine.screen(Window::Security).shows("Sign in with your security key"));
    desk.tap(Window::Security, "Security key");
    let posted = desk.reply("<h1>Done</h1>");
    assert_eq!(posted.body(), "id=wP_u&error=");
    assert_eq!(desk.machine.screen(Window::Security), Screen::default());
    assert_eq!(desk.machine.screen(Window::Chrome).title, "Done");
}

#[test]
fn a_second_page_is_refused_while_the_first_waits() {
    let mut desk = Desk::signed_in();
    desk.browse(Window::Chrome, &page());
    desk.browse(Window::Firefox, &page());
    let posted = desk.reply("<h1>Refused</h1>");
    assert_eq!(posted.body(), "id=&error=NotAllowedError");
    assert!(desk.machine.screen(Window::Security).button("Security key").is_ok(), "the first still asks");
}

#[test]
fn a_page_that_is_left_takes_its_dialog_along() {
    let mut desk = Desk::signed_in();
    desk.browse(Window::Chrome, &page());
    desk.browse(Window::Chrome, "<h1>Elsewhere</h1>");
    assert_eq!(desk.machine.screen(Window::Security), Screen::default());
    assert_eq!(desk.machine.screen(Window::Chrome).title, "Elsewhere");
}

#[test]
fn locking_cancels_the_ceremony_and_takes_no_input_but_at_the_sign_in_screen() {
    let mut desk = Desk::signed_in();
    desk.browse(Window::Chrome, &page());
    desk.machine.lock(START);
    assert_eq!(desk.machine.screen(Window::Security), Screen::default());
    assert_eq!(desk.machine.signed_in_user(), None);
    assert!(desk.machine.handle_verb(START, Window::Desktop, &Verb::Tap("Chrome".into())).is_err());
    assert_eq!(desk.machine.screen(Window::SignIn).title, "carol@bank.example");
}

#[test]
fn waking_up_with_a_key_signs_in_whom_it_belongs_to() {
    let mut desk = Desk::signed_in();
    desk.attach();
    desk.machine.wake(START);
    assert_eq!(desk.machine.screen(Window::SignIn).title, "Other User");
    desk.reply(&json!({ "Nonce": "n" }).to_string());
    desk.reply(&token("dave@bank.example"));
    assert_eq!(desk.machine.signed_in_user(), Some("dave@bank.example"));
    assert!(desk.machine.screen(Window::Desktop).shows("dave@bank.example"));
}

#[test]
fn the_sign_in_screen_says_what_the_key_needs() {
    let mut desk = Desk::new();
    desk.key.scripted = vec![(0x06, vec![])];
    desk.tap(Window::SignIn, "Sign-in options");
    desk.tap(Window::SignIn, "Security key");
    desk.reply(&json!({ "Nonce": "n" }).to_string());
    assert!(desk.machine.screen(Window::SignIn).shows("Insert your security key into the USB port"));
    desk.attach();
    assert!(desk.machine.screen(Window::SignIn).shows("Touch your security key"));
    desk.tap(Window::SignIn, "Cancel");
    assert!(desk.machine.screen(Window::SignIn).button("Sign in").is_ok());
    assert_eq!(desk.machine.poll_timeout(), None, "the key has answered CANCEL, the ceremony is over");
}

#[test]
fn edge_alone_offers_the_sign_in_to_entra() {
    let mut desk = Desk::signed_in();
    let header_of = |desk: &mut Desk, window| {
        desk.machine.open_url(START, window, "https://login.microsoftonline.com/common/oauth2/v2.0/authorize");
        desk.reply("<h1>Sign in</h1>").headers().contains_key("x-ms-refreshtokencredential")
    };
    assert!(header_of(&mut desk, Window::Edge));
    assert!(!header_of(&mut desk, Window::Chrome));
}

#[test]
fn another_person_finds_browsers_of_their_own() {
    let mut desk = Desk::signed_in();
    desk.browse(Window::Chrome, "<h1>Carol's page</h1>");
    desk.machine.lock(START);
    desk.tap(Window::SignIn, "Other User");
    desk.type_in("User name", "dave@bank.example");
    desk.type_in("Password", "secret");
    desk.tap(Window::SignIn, "Sign in");
    desk.reply(&json!({ "Nonce": "n" }).to_string());
    desk.reply(&token("dave@bank.example"));
    assert_eq!(desk.machine.screen(Window::Chrome), Screen::default());
}

#[test]
fn replies_find_the_part_that_asked_whatever_its_own_numbers() {
    let mut desk = Desk::signed_in();
    desk.machine.open_url(START, Window::Chrome, "https://a.example/");
    desk.machine.open_url(START, Window::Firefox, "https://b.example/");
    let (first, _) = desk.machine.poll_request().unwrap();
    let (second, _) = desk.machine.poll_request().unwrap();
    let html = |title: &str| {
        let mut response = Response::new(Bytes::from(format!("<h1>{title}</h1>")));
        response.headers_mut().insert(header::CONTENT_TYPE, "text/html".parse().unwrap());
        Ok(response)
    };
    desk.machine.handle_response(START, second, html("B"));
    desk.machine.handle_response(START, first, html("A"));
    assert_eq!(desk.machine.screen(Window::Chrome).title, "A");
    assert_eq!(desk.machine.screen(Window::Firefox).title, "B");
}

#[test]
fn nothing_opens_behind_the_lock_screen() {
    let mut desk = Desk::new();
    desk.machine.open_url(START, Window::Chrome, "https://a.example/");
    assert!(desk.machine.poll_request().is_none());
    assert_eq!(desk.machine.poll_event(), Some(Event::StayedClosed { window: Window::Chrome }));
}

#[test]
fn a_page_that_asks_behind_the_lock_screen_is_refused() {
    let mut desk = Desk::signed_in();
    desk.machine.open_url(START, Window::Chrome, "https://login.microsoft.com/page");
    desk.machine.lock(START);
    desk.reply(&page());
    let posted = desk.reply("<h1>Refused</h1>");
    assert_eq!(posted.body(), "id=&error=NotAllowedError");
}

#[test]
fn the_same_seed_gives_the_same_device_key() {
    assert_eq!(Desk::new().machine.device_public_key(), Desk::new().machine.device_public_key());
    assert_eq!(Desk::new().machine.device_public_key().len(), 65);
}

#[test]
fn a_workstation_can_move_to_a_thread() {
    fn is_send<T: Send>(_: &T) {}
    is_send(&Desk::new().machine);
}
