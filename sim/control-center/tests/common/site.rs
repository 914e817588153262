//! Control Center behind its router, with Entra carried by hand: no runtime, no socket.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use axum::body::Body;
use bytes::Bytes;
use clockwork::{Clock, Seed};
use control_center::ControlCenter;
use control_center::http::Shell;
use http::{HeaderName, HeaderValue, Method, Request, StatusCode, Uri};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::*;

pub struct Site {
    pub shell: Shell,
    pub clock: Clock,
    pub entra: FakeEntra,
    pub cookie: String,
}

/// What came back.
pub struct Seen {
    pub status: StatusCode,
    pub location: String,
    pub body: String,
    pub bytes: Bytes,
}

impl Seen {
    #[track_caller]
    pub fn shows(&self, words: &str) -> &Self {
        assert!(self.body.contains(words), "{words:?} is not on the page:\n{}", self.body);
        self
    }

    #[track_caller]
    pub fn lacks(&self, words: &str) -> &Self {
        assert!(!self.body.contains(words), "{words:?} is on the page:\n{}", self.body);
        self
    }

    #[track_caller]
    pub fn leads_to(&self, path: &str) {
        assert_eq!((self.status, self.location.as_str()), (StatusCode::SEE_OTHER, path), "{}", self.body);
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("the body is JSON")
    }
}

impl Site {
    pub fn new() -> Self {
        let clock = Clock::manual(start());
        let mut config = control_center().config().clone();
        config.application_flags.clear();
        let core = ControlCenter::new(config, &Seed::of(&["pages"]));
        let shell = Shell::new(core, clock.clone());
        Self { shell, clock, entra: FakeEntra::new(), cookie: String::new() }
    }

    /// With an administrator signed in.
    pub fn signed_in() -> Self {
        let mut site = Self::new();
        let seen = site.post("/cc/login", &[("email", "Admin@highlandsbank.com"), ("password", "let-me-in")]);
        seen.leads_to("/cc/ui/integrations");
        site
    }

    /// With the integration added, by the pages.
    pub fn integrated() -> Self {
        let mut site = Self::signed_in();
        site.post("/cc/ui/integrations/new/azure/native", &form()).leads_to("/cc/ui/integrations/HYPR%20Azure_1/added");
        site
    }

    pub fn get(&mut self, path: &str) -> Seen {
        self.send(Method::GET, path, &[], Body::empty())
    }

    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send(Method::POST, path, &[("content-type", "application/x-www-form-urlencoded")], Body::from(form))
    }

    pub fn call(&mut self, method: Method, path: &str, token: &str, body: Value) -> Seen {
        let bearer = format!("Bearer {token}");
        let headers = [("content-type", "application/json"), ("authorization", bearer.as_str())];
        self.send(method, path, &headers, Body::from(body.to_string()))
    }

    pub fn send(&mut self, method: Method, path: &str, headers: &[(&str, &str)], body: Body) -> Seen {
        let header = |(name, value): &(&str, &str)| (name.parse().unwrap(), value.parse().unwrap());
        let headers: Vec<(HeaderName, HeaderValue)> = headers.iter().map(header).collect();
        self.send_raw(&method, path.parse().unwrap(), headers, body)
    }

    /// A cookie among the headers stands in place of the administrator's.
    pub fn send_raw(
        &mut self,
        method: &Method,
        uri: Uri,
        headers: impl IntoIterator<Item = (HeaderName, HeaderValue)>,
        body: Body,
    ) -> Seen {
        let mut request = Request::builder().method(method).uri(uri).header("cookie", &self.cookie);
        request.headers_mut().unwrap().extend(headers);
        let future = self.shell.router().oneshot(request.body(body).unwrap());
        let response = self.drive(async { future.await.expect("the router never fails") });
        let (parts, body) = response.into_parts();
        if let Some(cookie) = parts.headers.get("set-cookie") {
            self.cookie = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
        }
        let location = parts.headers.get("location").map(|value| value.to_str().unwrap().to_owned());
        let bytes: Bytes = self.drive(async { body.collect().await.expect("a body in memory").to_bytes() });
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Seen { status: parts.status, location: location.unwrap_or_default(), body, bytes }
    }

    /// Polls by hand; between polls Entra answers, and time moves only when nothing else does.
    pub fn drive<T>(&mut self, future: impl Future<Output = T>) -> T {
        let mut future = pin!(future);
        let mut context = Context::from_waker(Waker::noop());
        loop {
            if let Poll::Ready(done) = future.as_mut().poll(&mut context) {
                self.pump();
                return done;
            }
            if !self.pump() {
                let deadline = self.shell.poll_timeout().expect("a page that waits waits for something");
                self.clock.advance_to(deadline);
                self.shell.handle_timeout(self.clock.now());
            }
        }
    }

    pub fn pump(&mut self) -> bool {
        let mut moved = false;
        while let Some((id, request)) = self.shell.poll_request() {
            let reply = self.entra.answer(&request);
            self.shell.handle_response(self.clock.now(), id, reply);
            moved = true;
        }
        moved
    }

    /// Carol pairs by the device API; gives device id and token.
    pub fn pair(&mut self) -> (String, String) {
        let install = self.install_token();
        let body =
            json!({"rpAppId":APP,"machineId":MACHINE,"machineName":"WS-01","joinType":"AZURE_AD","username":CAROL});
        let offer = self.call(Method::POST, "/rp/api/lab/workstation/pairing", &install, body);
        assert_eq!(offer.status, StatusCode::CREATED, "{}", offer.body);
        let qr: Value = serde_json::from_str(offer.json()["qr"].as_str().unwrap()).unwrap();
        let session = format!("/rp/api/lab/device/sessions/{}", qr["sessionId"].as_str().unwrap());
        let pin = json!({"pin": qr["pin"]});
        assert_eq!(self.call(Method::POST, &format!("{session}/scan"), "", pin).status, StatusCode::OK);
        let body = json!({"pin":qr["pin"],"deviceName":"Carol's iPhone","model":"iPhone 14","os":"IOS","osVersion":"17.0","appVersion":"8.3.0"});
        let done = self.call(Method::POST, &format!("{session}/complete"), "", body);
        assert_eq!(done.status, StatusCode::CREATED, "{}", done.body);
        let done = done.json();
        (done["deviceId"].as_str().unwrap().to_owned(), done["deviceToken"].as_str().unwrap().to_owned())
    }

    pub fn install_token(&mut self) -> String {
        let json = self.shell.with_core(|core| core.hypr_json(APP)).expect("the integration exists");
        serde_json::from_str::<Value>(&json).unwrap()["installToken"].as_str().unwrap().to_owned()
    }

    pub fn set_flags(&mut self) {
        let fields = [("FIDO2_MOBILE_AUTHENTICATOR", "on"), ("RP_APP_WORKSTATION_ENABLED", "on")];
        self.post(&format!("{APP_HOME}/flags"), &fields).shows("Feature Flags saved successfully");
    }
}

pub const HOME: &str = "/cc/ui/integrations/HYPR%20Azure_1";
pub const APP_HOME: &str = "/cc/ui/apps/HYPR%20Azure_1";

pub fn form() -> [(&'static str, &'static str); 6] {
    [
        ("applicationName", APP),
        ("clientId", "11111111-2222-4333-8444-555555555555"),
        ("tenantId", "99999999-8888-4777-8666-555555555555"),
        ("clientSecret", "s3cret"),
        ("username", "hyprserviceaccount@highlands.onmicrosoft.com"),
        ("password", "pa55"),
    ]
}
