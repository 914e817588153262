//! A phone on the bench: the tests play its owner, Control Center and the workstation.

use bytes::Bytes;
use clockwork::{ExchangeId, Face, Gesture, Screen, Seed, Unreachable, Verb, VerbError};
use http::{Response, StatusCode};
use jiff::{SignedDuration, Timestamp};
use phone::{Event, Phone, PhoneConfig, Platform};
use serde_json::{Value, json};

pub(crate) const CAROL: &str = "carol.shaw@highlands_azure.com";
pub(crate) const PASSCODE: &str = "258036";
pub(crate) const DEVICE: &str = "DevIdabcdefghijklmnopqrstuvwxyz";

/// The phone, the time, and what has left it.
pub(crate) struct Bench {
    pub(crate) phone: Phone,
    pub(crate) now: Timestamp,
    waiting: Vec<Request>,
}

/// A request that Control Center has not answered.
#[derive(Debug)]
pub(crate) struct Request {
    id: ExchangeId,
    /// `POST /rp/api/..`
    pub(crate) line: String,
    pub(crate) host: String,
    pub(crate) authorization: String,
    pub(crate) body: Value,
}

impl Bench {
    /// A phone with an open app and nothing paired.
    pub(crate) fn new(platform: Platform) -> Self {
        Self::with(platform, |_| {})
    }

    /// The same with something about the phone changed.
    pub(crate) fn with(platform: Platform, change: impl FnOnce(&mut PhoneConfig)) -> Self {
        let mut config = PhoneConfig {
            name: "Carol's phone".into(),
            owner: "Carol".into(),
            platform,
            model: "iPhone 15".into(),
            os_version: "17.1".into(),
            app_version: "8.3.0".into(),
            clock_ahead: SignedDuration::ZERO,
            passcode: PASSCODE.into(),
            keys_max: usize::MAX,
        };
        change(&mut config);
        let key = include_str!("../../../../fixtures/pki/hypr-attestation.key.pem");
        let chain = include_str!("../../../../fixtures/pki/hypr-attestation.pem");
        let attestation = ctap::Attestation::packed(key, chain).expect("the fixture is a key with its certificate");
        let phone = Phone::new(config, attestation, &Seed::of(&["phone"]));
        let mut bench = Self { phone, now: "2024-03-01T09:00:00Z".parse().expect("a date"), waiting: Vec::new() };
        bench.phone.open_app(bench.now);
        bench
    }

    /// A phone on which Carol is paired with HYPR, from a workstation joined as `join`.
    pub(crate) fn paired(platform: Platform, join: &str, integration: &str) -> Self {
        let mut bench = Self::new(platform);
        bench.pair(join, integration);
        bench.tap("Done");
        if integration == "DISABLED" {
            bench.tap("OK");
        }
        bench
    }

    pub(crate) fn pair(&mut self, join: &str, integration: &str) {
        self.tap("SCAN QR");
        self.verb(Verb::Scan(qr()));
        self.answer("POST /rp/api/lab/device/sessions/5e55/scan", 200, scanned(true));
        self.present(Gesture::Right);
        self.answer("POST /rp/api/lab/device/sessions/5e55/complete", 201, completed(join, integration));
        self.answer_status(status(integration, "PAIRED_WITH_HYPR"));
    }

    /// Dave pairs the same phone; Control Center has not told more yet.
    pub(crate) fn pair_dave(&mut self) {
        self.verb(Verb::Scan(qr()));
        self.answer("POST /rp/api/lab/device/sessions/5e55/scan", 200, scanned(true));
        self.present(Gesture::Right);
        let mut body = completed("AZURE_AD", "ENABLED");
        body["account"]["username"] = json!("dave@highlands_azure.com");
        self.answer("POST /rp/api/lab/device/sessions/5e55/complete", 201, body);
        self.tap("Done");
    }

    pub(crate) fn screen(&self) -> Screen {
        self.phone.screen()
    }

    #[track_caller]
    pub(crate) fn expect_title(&self, title: &str) {
        assert_eq!(self.screen().title, title, "\n{}", self.screen());
    }

    #[track_caller]
    pub(crate) fn expect_shown(&self, words: &str) {
        assert!(self.screen().shows(words), "no {words:?} on\n{}", self.screen());
    }

    pub(crate) fn try_verb(&mut self, verb: &Verb) -> Result<(), VerbError> {
        self.phone.handle_verb(self.now, verb)
    }

    #[track_caller]
    pub(crate) fn verb(&mut self, verb: Verb) {
        self.try_verb(&verb).expect("the screen takes the verb");
    }

    #[track_caller]
    pub(crate) fn tap(&mut self, label: &str) {
        self.verb(Verb::Tap(label.into()));
    }

    #[track_caller]
    pub(crate) fn open_key(&mut self) {
        self.tap("My Security Keys");
        self.verb(Verb::TapIn { row: CAROL.into(), button: ">".into() });
    }

    #[track_caller]
    pub(crate) fn type_into(&mut self, field: &str, text: &str) {
        self.verb(Verb::Type { field: field.into(), text: text.into() });
    }

    #[track_caller]
    pub(crate) fn present(&mut self, gesture: Gesture) {
        self.verb(Verb::Present(gesture));
    }

    /// The requests that wait for an answer, oldest first.
    pub(crate) fn requests(&mut self) -> &[Request] {
        while let Some((id, request)) = self.phone.poll_request() {
            let text = |name| request.headers().get(name).and_then(|it| it.to_str().ok()).unwrap_or_default();
            let path = request.uri().path_and_query().expect("an absolute address").as_str();
            self.waiting.push(Request {
                id,
                line: format!("{} {path}", request.method()),
                host: request.uri().host().unwrap_or_default().to_owned(),
                authorization: text("authorization").to_owned(),
                body: serde_json::from_slice(request.body()).unwrap_or_default(),
            });
        }
        &self.waiting
    }

    /// Takes the oldest request, which must be this one.
    #[track_caller]
    pub(crate) fn request(&mut self, line: &str) -> Request {
        let lines: Vec<String> = self.requests().iter().map(|it| it.line.clone()).collect();
        assert_eq!(lines.first().map(String::as_str), Some(line), "of {lines:?}");
        self.waiting.remove(0)
    }

    /// Control Center answers the oldest request, which must be this one.
    #[track_caller]
    pub(crate) fn answer(&mut self, line: &str, status: u16, body: Value) -> Request {
        let request = self.request(line);
        self.reply(&request, status, body);
        request
    }

    pub(crate) fn reply(&mut self, request: &Request, status: u16, body: Value) {
        let mut response = Response::new(Bytes::from(body.to_string()));
        *response.status_mut() = StatusCode::from_u16(status).expect("a status");
        self.phone.handle_response(self.now, request.id, Ok(response));
    }

    #[track_caller]
    pub(crate) fn answer_status(&mut self, body: Value) -> Request {
        self.answer(&format!("GET /rp/api/lab/device/{DEVICE}"), 200, body)
    }

    /// The oldest request, which must be this one, finds nobody.
    #[track_caller]
    pub(crate) fn lose(&mut self, line: &str) {
        let request = self.request(line);
        let lost = Unreachable { host: request.host, reason: "cut off".into() };
        self.phone.handle_response(self.now, request.id, Err(lost));
    }

    #[track_caller]
    pub(crate) fn lose_status(&mut self) {
        self.lose(&format!("GET /rp/api/lab/device/{DEVICE}"));
    }

    pub(crate) fn close_and_open(&mut self) {
        self.phone.close_app(self.now);
        self.phone.open_app(self.now);
    }

    /// Lets time pass, from deadline to deadline.
    pub(crate) fn pass(&mut self, seconds: i64) {
        let end = self.now + SignedDuration::from_secs(seconds);
        while let Some(at) = self.phone.poll_timeout().filter(|at| *at <= end) {
            self.now = at.max(self.now);
            self.phone.handle_timeout(self.now);
        }
        self.now = end;
    }

    /// The phone's events since the last call, without what the authenticator says of itself.
    pub(crate) fn events(&mut self) -> Vec<Event> {
        let events = std::iter::from_fn(|| self.phone.poll_event());
        events.filter(|event| !matches!(event, Event::Authenticator(_))).collect()
    }
}

pub(crate) fn qr() -> String {
    json!({
        "version": 1, "rpUrl": "https://highlandsbank.gethypr.com/rp", "rpAppId": "HighlandsAzure",
        "sessionId": "5e55", "pin": "1234", "machineId": "ws-1", "machineName": "WS-01", "username": CAROL,
        "expires": "2024-03-01T09:01:00Z",
    })
    .to_string()
}

pub(crate) fn scanned(domain_accepted: bool) -> Value {
    json!({
        "username": CAROL, "displayName": "Carol Shaw", "rpAppId": "HighlandsAzure", "integration": "ENABLED",
        "domainAccepted": domain_accepted, "machineName": "WS-01", "joinType": "AZURE_AD",
    })
}

pub(crate) fn completed(join: &str, integration: &str) -> Value {
    json!({
        "deviceId": DEVICE, "fidoUser": "Userabcdefghijklmnopqrstuvwxyz", "deviceToken": "device-secret",
        "account": {"username": CAROL, "displayName": "Carol Shaw", "rpAppId": "HighlandsAzure", "objectId": "0b1ec7"},
        "workstation": {"machineId": "ws-1", "machineName": "WS-01", "joinType": join},
        "integration": integration,
    })
}

pub(crate) fn status(integration: &str, phase: &str) -> Value {
    account(integration, true, phase)
}

pub(crate) fn account(integration: &str, domain_accepted: bool, phase: &str) -> Value {
    json!({"accounts": [{
        "rpAppId": "HighlandsAzure", "username": CAROL, "objectId": "0b1ec7", "integration": integration,
        "domainAccepted": domain_accepted, "phase": phase, "relyingParty": "login.microsoft.com",
    }]})
}

pub(crate) fn refusal(code: &str, text: &str) -> Value {
    json!({"title": "Refused", "errorCode": code, "errorText": text})
}
