//! A small Entra for tests: it keeps users, groups and keys, and can be told to answer something else for once.
#![allow(dead_code, reason = "each test file uses its own part of it")]
#![allow(unreachable_pub, reason = "a module of a test is public to that test only")]

pub mod site;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use bytes::Bytes;
use clockwork::{Reply, Seed, Unreachable};
use control_center::{
    Admin, ApplicationFlag, Conclusion, Config, ControlCenter, Draft, JoinType, MobileOs, NewPhone, PairingRequest,
    PairingState, ReportedPasskey, Secret,
};
use http::{Method, Request, Response, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};

pub const APP: &str = "HYPR Azure_1";
pub const CAROL: &str = "carol.shaw@highlands_azure.com";
pub const MACHINE: &str = "083c0de3-ca70-478e-81a2-e4e62f196357";
/// 16 bytes in base64url: its method id ends with `2`.
pub const KEY: &str = "7ebzDmVTSreLsJkrjm1mNA";

pub const GROUPS: [&str; 3] = [
    "HYPR Group (Eligible for Pairing)",
    "HYPR Group (Client Paired with HYPR)",
    "HYPR Group (Client Paired with Azure)",
];

pub struct FakeUser {
    pub id: String,
    pub name: String,
    pub enabled: bool,
    pub keys: BTreeSet<String>,
}

pub struct FakeEntra {
    pub users: BTreeMap<String, FakeUser>,
    /// Members by group name.
    pub groups: BTreeMap<String, BTreeSet<String>>,
    pub roles: Vec<(&'static str, &'static str)>,
    pub scope: &'static str,
    pub reachable: bool,
    /// `METHOD path` and what to answer once when it comes.
    pub script: VecDeque<(String, Response<Bytes>)>,
    pub log: Vec<String>,
}

impl FakeEntra {
    pub fn new() -> Self {
        let carol = FakeUser {
            id: "c0000000-0000-4000-8000-000000000001".into(),
            name: "Carol Shaw".into(),
            enabled: true,
            keys: BTreeSet::new(),
        };
        Self {
            users: [(CAROL.to_owned(), carol)].into(),
            groups: BTreeMap::new(),
            roles: vec![
                ("9360feb5-f418-4baa-8175-e2a00bac4301", "Directory Writers"),
                ("7be44c8a-adaf-4e2a-84d6-ab2649e08a13", "Privileged Authentication Administrator"),
            ],
            scope: "https://graph.microsoft.com/Directory.AccessAsUser.All https://graph.microsoft.com/UserAuthenticationMethod.ReadWrite.All",
            reachable: true,
            script: VecDeque::new(),
            log: Vec::new(),
        }
    }

    pub fn carol(&mut self) -> &mut FakeUser {
        self.users.get_mut(CAROL).expect("carol is there from the start")
    }

    /// Answers `what` (`METHOD path`) once with this.
    pub fn once(&mut self, what: &str, status: u16, headers: &[(&str, &str)], body: Value) {
        let mut response = Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        self.script.push_back((what.to_owned(), response.body(Bytes::from(body.to_string())).unwrap()));
    }

    /// The groups that a user is in.
    pub fn groups_of(&self, upn: &str) -> Vec<&str> {
        let id = &self.users[upn].id;
        self.groups.iter().filter(|(_, members)| members.contains(id)).map(|(name, _)| name.as_str()).collect()
    }

    pub fn answer(&mut self, request: &Request<Bytes>) -> Reply {
        let host = request.uri().host().unwrap_or_default().to_owned();
        let what = format!("{} {}", request.method(), request.uri().path());
        self.log.push(what.clone());
        if !self.reachable {
            return Err(Unreachable { host, reason: "cut off".into() });
        }
        if let Some(at) = self.script.iter().position(|(wanted, _)| *wanted == what) {
            return Ok(self.script.remove(at).unwrap().1);
        }
        Ok(match host.as_str() {
            "login.microsoftonline.com" => self.token(request),
            "graph.microsoft.com" => self.graph(request),
            _ => panic!("Control Center asked {host}"),
        })
    }

    fn token(&self, request: &Request<Bytes>) -> Response<Bytes> {
        let form: BTreeMap<String, String> = url::form_urlencoded::parse(request.body()).into_owned().collect();
        let proven = match form["grant_type"].as_str() {
            "password" => (form["client_secret"].as_str(), form["password"].as_str()) == ("s3cret", "pa55"),
            grant => (grant, form["refresh_token"].as_str()) == ("refresh_token", "refresh-1"),
        };
        if !proven {
            return respond(400, &aadsts(50126, "Error validating credentials."));
        }
        let body = json!({"token_type":"Bearer","scope":self.scope,"expires_in":3599,"access_token":"token-1","refresh_token":"refresh-1"});
        respond(200, &body)
    }

    fn graph(&mut self, request: &Request<Bytes>) -> Response<Bytes> {
        assert_eq!(request.headers()["authorization"], "Bearer token-1");
        let path: Vec<String> = request.uri().path().split('/').skip(2).map(|one| one.replace("%23", "#")).collect();
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match (request.method(), path.as_slice()) {
            (&Method::POST, ["$batch"]) => self.batch(request),
            (&Method::GET, ["me", "memberOf"]) => {
                let roles = self.roles.iter().map(|(id, name)| json!({"@odata.type":"#microsoft.graph.directoryRole","id":"x","displayName":name,"roleTemplateId":id}));
                let group =
                    json!({"@odata.type":"#microsoft.graph.group","id":"g","displayName":"All","roleTemplateId":null});
                respond(200, &json!({"value": roles.chain([group]).collect::<Vec<_>>()}))
            }
            (&Method::GET, ["groups"]) => {
                let query: BTreeMap<_, _> =
                    url::form_urlencoded::parse(request.uri().query().unwrap().as_bytes()).into_owned().collect();
                let name = query["$filter"].strip_prefix("displayName eq '").unwrap().trim_end_matches('\'');
                let found: Vec<Value> =
                    self.groups.keys().filter(|one| *one == name).map(|name| json!({"id": group_id(name)})).collect();
                respond(200, &json!({"value": found}))
            }
            (&Method::POST, ["groups"]) => {
                let body: Value = serde_json::from_slice(request.body()).unwrap();
                let name = body["displayName"].as_str().unwrap().to_owned();
                self.groups.insert(name.clone(), BTreeSet::new());
                respond(201, &json!({"id": group_id(&name), "displayName": name}))
            }
            (&Method::POST, ["groups", group, "members", "$ref"]) => {
                let body: Value = serde_json::from_slice(request.body()).unwrap();
                let user = body["@odata.id"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
                if self.user(&user).is_none() {
                    return not_found(&user);
                }
                if self.members(group).insert(user) { no_content() } else { already_there() }
            }
            (&Method::DELETE, ["groups", group, "members", user, "$ref"]) => {
                if self.members(group).remove(*user) {
                    no_content()
                } else {
                    not_found(user)
                }
            }
            (&Method::GET, ["users", user]) => match self.user(user) {
                Some((upn, user)) => respond(
                    200,
                    &json!({"id":user.id,"displayName":user.name,"userPrincipalName":upn,"mail":null,"accountEnabled":user.enabled}),
                ),
                None => not_found(user),
            },
            (&Method::GET, ["users", user, "authentication", "fido2Methods"]) => match self.user(user) {
                Some((_, user)) => respond(
                    200,
                    &json!({"value": user.keys.iter().map(|id| json!({"id":id,"displayName":"HYPR"})).collect::<Vec<_>>()}),
                ),
                None => not_found(user),
            },
            (&Method::DELETE, ["users", user, "authentication", "fido2Methods", method]) => {
                let wanted = (*user).to_owned();
                let found = self.users.iter_mut().find(|(upn, user)| **upn == wanted || user.id == wanted);
                if found.is_some_and(|(_, user)| user.keys.remove(*method)) { no_content() } else { not_found(method) }
            }
            (method, path) => panic!("Control Center asked Graph for {method} {path:?}"),
        }
    }

    /// Each question is answered, scripted and logged as if it had come by itself.
    fn batch(&mut self, outer: &Request<Bytes>) -> Response<Bytes> {
        let body: Value = serde_json::from_slice(outer.body()).unwrap();
        let asked = body["requests"].as_array().unwrap();
        assert!((1..=20).contains(&asked.len()), "Graph takes 1 to 20 requests in a batch");
        let mut responses = Vec::new();
        for one in asked {
            let uri = format!("https://graph.microsoft.com/v1.0{}", one["url"].as_str().unwrap());
            let mut request = Request::builder().method(one["method"].as_str().unwrap()).uri(uri);
            request.headers_mut().unwrap().extend(outer.headers().clone());
            let reply = self.answer(&request.body(Bytes::new()).unwrap()).unwrap();
            let headers =
                reply.headers().iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().into()));
            let headers: serde_json::Map<String, Value> = headers.collect();
            let body: Value = serde_json::from_slice(reply.body()).unwrap();
            responses.push(json!({"id":one["id"],"status":reply.status().as_u16(),"headers":headers,"body":body}));
        }
        // Graph answers in any order.
        responses.reverse();
        respond(200, &json!({ "responses": responses }))
    }

    fn user(&self, id: &str) -> Option<(&String, &FakeUser)> {
        self.users.iter().find(|(upn, user)| upn.eq_ignore_ascii_case(id) || user.id == id)
    }

    fn members(&mut self, id: &str) -> &mut BTreeSet<String> {
        self.groups
            .iter_mut()
            .find(|(name, _)| group_id(name) == id)
            .map(|(_, members)| members)
            .expect("the group exists")
    }
}

fn group_id(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect()
}

fn respond(status: u16, body: &Value) -> Response<Bytes> {
    Response::builder().status(status).body(Bytes::from(body.to_string())).unwrap()
}

fn no_content() -> Response<Bytes> {
    Response::builder().status(StatusCode::NO_CONTENT).body(Bytes::new()).unwrap()
}

fn already_there() -> Response<Bytes> {
    let message = "One or more added object references already exist for the following modified properties: 'members'.";
    respond(400, &json!({"error":{"code":"Request_BadRequest","message":message}}))
}

fn not_found(id: &str) -> Response<Bytes> {
    let message =
        format!("Resource '{id}' does not exist or one of its queried reference-property objects are not present.");
    respond(404, &json!({"error":{"code":"Request_ResourceNotFound","message":message}}))
}

pub fn graph_error(code: &str, message: &str) -> Value {
    json!({"error":{"code":code,"message":message}})
}

pub fn aadsts(code: u32, text: &str) -> Value {
    json!({"error":"invalid_grant","error_description":format!("AADSTS{code}: {text} Trace ID: 9f Correlation ID: 3a Timestamp: 2026-01-09 02:02:12Z"),"error_codes":[code]})
}

pub fn start() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().expect("a literal date parses")
}

/// A tenant whose applications of the name [`APP`] have both flags.
pub fn control_center() -> ControlCenter {
    let mut config = Config::new("highlandsbank.gethypr.com");
    config.admins.push(Admin { email: "admin@highlandsbank.com".into(), password: Secret::new("let-me-in") });
    config.application_flags.insert(APP.into(), ApplicationFlag::ALL.into());
    ControlCenter::new(config, &Seed::of(&["test"]))
}

pub fn draft() -> Draft {
    Draft {
        application_name: APP.into(),
        client_id: "11111111-2222-4333-8444-555555555555".into(),
        tenant_id: "99999999-8888-4777-8666-555555555555".into(),
        client_secret: Secret::new("s3cret"),
        username: "hyprserviceaccount@highlands.onmicrosoft.com".into(),
        password: Secret::new("pa55"),
    }
}

/// A Control Center, an Entra and a clock set by hand.
pub struct World {
    pub cc: ControlCenter,
    pub entra: FakeEntra,
    pub now: Timestamp,
}

impl World {
    pub fn new() -> Self {
        Self { cc: control_center(), entra: FakeEntra::new(), now: start() }
    }

    /// With the integration added and enabled.
    pub fn integrated() -> Self {
        let mut world = Self::new();
        assert_eq!(world.add(draft()), Conclusion::Done);
        world.cc.enable(world.now, APP).unwrap();
        world.entra.log.clear();
        world
    }

    /// Carries requests and replies until nothing moves.
    pub fn pump(&mut self) {
        while let Some((id, request)) = self.cc.poll_request() {
            let reply = self.entra.answer(&request);
            self.cc.handle_response(self.now, id, reply);
        }
    }

    /// Goes to the next deadline.
    pub fn next_deadline(&mut self) {
        self.now = self.cc.poll_timeout().expect("there is a deadline");
        self.cc.handle_timeout(self.now);
        self.pump();
    }

    pub fn add(&mut self, draft: Draft) -> Conclusion {
        let id = self.cc.begin_add_integration(self.now, draft).expect("the form is right");
        self.pump();
        self.cc.take_conclusion(id).expect("the operation has ended")
    }

    pub fn install_token(&self) -> String {
        let json: Value = serde_json::from_str(&self.cc.hypr_json(APP).expect("the integration exists")).unwrap();
        json["installToken"].as_str().unwrap().to_owned()
    }

    /// Starts a session at a workstation and gives its id and PIN.
    pub fn qr(&mut self) -> (String, String) {
        let token = self.install_token();
        let offer = self.cc.start_pairing(self.now, &token, pairing_request()).expect("the workstation may pair");
        self.pump();
        (offer.session_id, offer.pin.reveal().to_owned())
    }

    /// Carol pairs a phone with HYPR; gives device id and device token.
    pub fn pair(&mut self) -> (String, String) {
        let (session, pin) = self.qr();
        self.cc.scan(self.now, &session, &pin).expect("the scan is accepted");
        let done = self.cc.complete(self.now, &session, &pin, None, phone()).expect("the pairing completes");
        self.pump();
        (done.device_id, done.device_token.reveal().to_owned())
    }

    /// Carol's phone makes a key that Entra knows as well.
    pub fn pair_with_azure(&mut self) -> (String, String) {
        let (device, token) = self.pair();
        self.entra.carol().keys.insert(format!("{KEY}2"));
        self.cc.report_passkey(self.now, &token, &device, passkey()).expect("the report is accepted");
        self.pump();
        (device, token)
    }

    /// Opens User Management.
    pub fn refresh(&mut self) -> Conclusion {
        let id = self.cc.begin_refresh(self.now, APP);
        self.pump();
        self.cc.take_conclusion(id).expect("the check has ended")
    }

    /// Fetches the workstation's token of a session that has succeeded.
    pub fn workstation_token(&mut self, session: &str) -> Option<String> {
        let install = self.install_token();
        match self.cc.pairing_state(self.now, &install, session) {
            Ok(PairingState::Paired { token, .. }) => token.map(|token| token.reveal().to_owned()),
            other => panic!("the session has not succeeded: {other:?}"),
        }
    }

    pub fn audit(&self, name: &str) -> Vec<(bool, Option<&str>)> {
        let records = self.cc.audit().iter().filter(|record| record.event_name == name);
        records.map(|record| (record.is_successful, record.error_code.as_deref())).collect()
    }
}

pub fn pairing_request() -> PairingRequest {
    PairingRequest {
        rp_app_id: APP.into(),
        machine_id: MACHINE.into(),
        machine_name: "WS-01".into(),
        join: JoinType::AzureAd,
        username: CAROL.into(),
    }
}

pub fn phone() -> NewPhone {
    NewPhone {
        device_id: None,
        name: "Carol's iPhone".into(),
        model: "iPhone 14".into(),
        os: MobileOs::Ios,
        os_version: "17.0".into(),
        app_version: "8.3.0".into(),
    }
}

pub fn passkey() -> ReportedPasskey {
    ReportedPasskey {
        rp_app_id: APP.into(),
        username: CAROL.into(),
        rp_id: "login.microsoft.com".into(),
        credential_id: KEY.into(),
    }
}
