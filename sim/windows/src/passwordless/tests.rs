//! The client against a Control Center played by hand: every screen of the guide in its order, and what goes out.

mod devices;
mod installing;
mod pairing;

use bytes::Bytes;
use clockwork::{ExchangeId, Face as _, Reply, Screen, Unreachable, Verb, VerbError};
use http::{Request, Response};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{Action, Event, Join, Machine, Method, Passwordless, Reach, SecurityKeys, System};

const HYPR_JSON: &str = r#"{"version":"1.0","rpUrl":"https://highlandsbank.gethypr.com/rp","appId":"AzurePasskey",
    "pinningHash":"x","installToken":"0f03f635-4d9a-46ff-b537-cd97ad77cb6e","supportEmail":"help@x","fullUI":"1"}"#;
const INSTALL_TOKEN: &str = "Bearer 0f03f635-4d9a-46ff-b537-cd97ad77cb6e";
const PHONE: &str = "Carol's iPhone";
const CAROL: &str = "carol.shaw@highlands_azure.com";
const BASE: &str = "https://highlandsbank.gethypr.com/rp/api/lab/workstation";

/// A client with the Control Center that a test plays.
struct Desk {
    client: Passwordless,
    now: Timestamp,
    last: Option<ExchangeId>,
}

impl Desk {
    fn new(join: Join, security_keys: SecurityKeys) -> Self {
        let machine =
            Machine { machine_id: "M-1".into(), name: "WS-01".into(), system: System::Windows, join, security_keys };
        let mut client = Passwordless::new(machine);
        client.install(HYPR_JSON).unwrap();
        let near = Reach { bluetooth: true, network: true };
        client.handle_reach([(PHONE.to_owned(), near)].into(), [PHONE.to_owned()].into());
        Self { client, now: Timestamp::UNIX_EPOCH, last: None }
    }

    /// A client that runs for Carol on an Entra-joined machine.
    fn running() -> Self {
        let mut desk = Self::new(Join::Cloud, SecurityKeys::Disabled);
        desk.client.launch(desk.now, CAROL);
        desk
    }

    /// A client with Carol's phone: paired, and Maybe Later tapped.
    fn paired() -> Self {
        let mut desk = Self::running();
        desk.pair();
        desk.tap("Maybe Later");
        desk
    }

    /// From home to "Successfully paired".
    fn pair(&mut self) {
        let home = self.screen().buttons[0].label.clone();
        self.tap(&home);
        self.tap("Continue");
        self.answer(201, &session(60));
        self.tap("Begin Pairing");
        self.poll(&json!({"state": "SCANNED"}));
        let device = json!({"deviceId": "DevId1", "deviceName": "Carol's iPhone", "model": "iPhone", "os": "IOS"});
        self.poll(&json!({"state": "PAIRED", "device": device, "deviceToken": "device-token"}));
    }

    fn request(&mut self) -> Request<Bytes> {
        let (id, request) = self.client.poll_request().expect("the client has a request");
        self.last = Some(id);
        request
    }

    /// Polls the request and answers it.
    fn answer(&mut self, status: u16, body: &Value) -> Request<Bytes> {
        let request = self.request();
        let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
        self.reply(Ok(Response::builder().status(status).body(body).unwrap()));
        request
    }

    fn cut_off(&mut self) {
        self.request();
        self.reply(Err(Unreachable { host: "highlandsbank.gethypr.com".into(), reason: "cut off".into() }));
    }

    fn reply(&mut self, reply: Reply) {
        self.client.handle_response(self.now, self.last.take().expect("a request was polled"), reply);
    }

    /// Lets the time until the next question pass, and answers it.
    fn poll(&mut self, progress: &Value) -> Request<Bytes> {
        self.pass(2);
        self.answer(200, progress)
    }

    fn pass(&mut self, seconds: i64) {
        self.now += SignedDuration::from_secs(seconds);
        self.client.handle_timeout(self.now);
    }

    fn screen(&self) -> Screen {
        self.client.screen()
    }

    fn title(&self) -> String {
        self.screen().title
    }

    fn tap(&mut self, label: &str) {
        self.client.handle_verb(self.now, &Verb::Tap(label.into())).unwrap();
    }

    fn tap_in(&mut self, row: &str, button: &str) -> Result<(), VerbError> {
        self.client.handle_verb(self.now, &Verb::TapIn { row: row.into(), button: button.into() })
    }

    fn actions(&mut self) -> Vec<Action> {
        std::iter::from_fn(|| self.client.poll_action()).collect()
    }

    fn events(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.client.poll_event()).collect()
    }
}

/// A pairing that lives for some seconds after the epoch.
fn session(expires: i64) -> Value {
    session_with(expires, false)
}

fn session_with(expires: i64, security_key: bool) -> Value {
    json!({
        "sessionId": "5e55", "pin": "0123", "activationCode": "ABC123", "qr": "{\"version\":1}",
        "expires": Timestamp::from_second(expires).unwrap().to_string(),
        "workstationSettings": {"securityKey": security_key, "offlineMode": false, "recoveryMode": false}
    })
}

fn listed(phase: &str) -> Value {
    let device = json!({"deviceId": "DevId1", "deviceName": "Carol's iPhone", "username": CAROL, "phase": phase});
    json!({"devices": [device]})
}

fn bearer(request: &Request<Bytes>) -> &str {
    request.headers()["authorization"].to_str().unwrap()
}

fn line(request: &Request<Bytes>) -> String {
    format!("{} {}", request.method(), request.uri())
}
