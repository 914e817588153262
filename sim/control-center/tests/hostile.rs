//! Nothing that a stranger, a phone, a workstation or an administrator sends brings Control Center down.

mod common;

use axum::body::Body;
use common::site::{HOME, Site, form};
use common::*;
use http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

/// What is served, and what its body is; `{}` stands for something odd, a name for the real thing.
const ROUTES: &[(Method, &str, Sends)] = &[
    (Method::POST, "/cc/login", Sends::Form),
    (Method::POST, "/cc/logout", Sends::Form),
    (Method::GET, "/cc/ui/integrations", Sends::Form),
    (Method::POST, "/cc/ui/integrations/new/azure", Sends::Form),
    (Method::POST, "/cc/ui/integrations/new/azure/native", Sends::Form),
    (Method::GET, "/cc/ui/integrations/{}/added", Sends::Form),
    (Method::GET, "/cc/ui/integrations/{}/users", Sends::Form),
    (Method::GET, "{home}/users", Sends::Form),
    (Method::GET, "{home}/users/{}/devices", Sends::Form),
    (Method::POST, "{home}/users/{}/delete", Sends::Form),
    (Method::POST, "{home}/invite", Sends::Form),
    (Method::GET, "{home}/settings", Sends::Form),
    (Method::POST, "{home}/enable", Sends::Form),
    (Method::POST, "{home}/flags", Sends::Form),
    (Method::POST, "{home}/login-settings", Sends::Form),
    (Method::POST, "{home}/workstation-settings", Sends::Form),
    (Method::GET, "/cc/ui/audit/{}", Sends::Form),
    (Method::GET, "/rp/versioned/device/pendingqr", Sends::Form),
    (Method::POST, "/rp/api/lab/workstation/pairing", Sends::Pairing),
    (Method::GET, "/rp/api/lab/workstation/pairing/{session}", Sends::Form),
    (Method::GET, "/rp/api/lab/workstation/pairing/{}", Sends::Form),
    (Method::GET, "/rp/api/lab/workstation/{machine}/devices", Sends::Form),
    (Method::DELETE, "/rp/api/lab/workstation/{machine}/devices/{}", Sends::Form),
    (Method::POST, "/rp/api/lab/device/sessions/{session}/scan", Sends::Pin),
    (Method::POST, "/rp/api/lab/device/sessions/{session}/complete", Sends::Phone),
    (Method::POST, "/rp/api/lab/device/sessions/{}/scan", Sends::Pin),
    (Method::GET, "/rp/api/lab/device/{device}", Sends::Form),
    (Method::POST, "/rp/api/lab/device/{device}/passkeys", Sends::Passkey),
    (Method::DELETE, "/rp/api/lab/device/{device}/accounts/HYPR%20Azure_1/{}", Sends::Form),
    (Method::DELETE, "/rp/api/lab/device/{device}/accounts/{}/{}", Sends::Form),
    (Method::GET, "/rp/api/lab/device/{}", Sends::Form),
];
/// What stands in an address, a field or a JSON member.
const ODD: &[&str] = &[
    "",
    ".",
    "..",
    "%2e%2e",
    "..%2f..%2fetc%2fpasswd",
    "%00",
    "%FF",
    "%zz",
    "%",
    "HYPR%20Azure_1",
    "HYPR Azure_1",
    CAROL,
    "x@",
    "@x.example",
    "Zürich@bücher.example",
    "a@b.example/../../me",
    "a?b@c.example",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "-1",
    "99999999999999999999",
    "on",
    "save",
    "native",
    "https://bank.example",
    "\r\nSet-Cookie: x=y",
    "AAAA",
    "login.microsoft.com",
    "s3cret",
    "pa55",
];
/// Names of form fields and query options.
const FIELDS: &[&str] = &[
    "email",
    "password",
    "experience",
    "applicationName",
    "clientId",
    "tenantId",
    "clientSecret",
    "username",
    "restrict",
    "domains",
    "domain",
    "remove",
    "action",
    "tab",
    "activationCode",
    "securityKey",
    "FIDO2_MOBILE_AUTHENTICATOR",
];

/// The body of a request that is right.
#[derive(Clone, Copy, Debug)]
enum Sends {
    /// Every field of every form.
    Form,
    Pairing,
    Pin,
    Phone,
    Passkey,
}

impl Sends {
    /// `None` for a form.
    fn json(self) -> Option<Value> {
        Some(match self {
            Self::Form => return None,
            Self::Pairing => pairing(CAROL),
            Self::Pin => json!({"pin":"1"}),
            Self::Phone => {
                json!({"pin":"1","deviceName":"x","model":"x","os":"IOS","osVersion":"17.0","appVersion":"8.3.0","deviceId":"x"})
            }
            Self::Passkey => json!({"rpAppId":APP,"username":CAROL,"rpId":"login.microsoft.com","credentialId":KEY}),
        })
    }
}

fn pairing(username: &str) -> Value {
    json!({"rpAppId":APP,"machineId":MACHINE,"machineName":"WS-01","joinType":"HYBRID","username":username})
}

/// One request, before the names in its path and its token are filled in.
#[derive(Clone, Debug)]
struct Hostile {
    method: Method,
    path: String,
    /// Which of the tokens that were handed out, or something else.
    bearer: Result<Index, &'static str>,
    cookie: Option<&'static str>,
    content_type: &'static str,
    body: Vec<u8>,
}

/// Long enough to fit into no address.
fn too_long() -> String {
    format!("{}@{}.example", "a".repeat(40_000), "b".repeat(40_000))
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![5 => select(ODD).prop_map(str::to_owned), 1 => any::<String>(), 2 => Just(too_long())]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => text().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(json!([[], {}])),
    ]
}

/// A body of the route's kind, with some members replaced, or one of another kind.
fn body(sends: Sends) -> BoxedStrategy<Vec<u8>> {
    let fitting = match sends.json() {
        Some(good) => prop::collection::vec((any::<Index>(), value()), 0..3)
            .prop_map(move |changes| damaged(good.clone(), changes).to_string().into_bytes())
            .boxed(),
        None => prop::collection::vec((select(FIELDS), text()), 0..6)
            .prop_map(|fields| {
                let good = form().map(|(name, value)| (name, value.to_owned()));
                let mut form = url::form_urlencoded::Serializer::new(String::new());
                form.extend_pairs(fields).extend_pairs(good).finish().into_bytes()
            })
            .boxed(),
    };
    prop_oneof![
        8 => fitting,
        1 => prop::collection::vec(any::<u8>(), 0..100),
        1 => Just(b"[".repeat(100_000)),
        1 => Just(vec![b'x'; 3 << 20]),
    ]
    .boxed()
}

fn damaged(mut body: Value, changes: Vec<(Index, Value)>) -> Value {
    for (at, value) in changes {
        let members = body.as_object_mut().expect("every body is an object");
        let name = members.keys().nth(at.index(members.len())).expect("an index within").clone();
        members.insert(name, value);
    }
    body
}

fn hostile() -> impl Strategy<Value = Hostile> {
    let query = prop::collection::vec((select(FIELDS), select(ODD)), 0..3).prop_map(|pairs| {
        let pairs: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("&").replace([' ', '\r', '\n', '<', '>', '{', '}'], "+")
    });
    let route = (select(ROUTES), select(ODD), select(ODD), query);
    route.prop_flat_map(|((method, path, sends), first, second, query)| {
        let path = format!("{path}?{query}").replacen("{}", first, 1).replacen("{}", second, 1);
        let other = select(vec![Method::GET, Method::POST, Method::DELETE, Method::PUT, Method::HEAD]);
        let method = prop_oneof![4 => Just(method), 1 => other];
        let bearer = prop_oneof![3 => any::<Index>().prop_map(Ok), 1 => select(&["", " ", "x", "ü"][..]).prop_map(Err)];
        let odd = select(&["", "=", "hypr-cc-session=", "hypr-cc-session=ü; ;;", "hypr-cc-session=x=y"][..]);
        let cookie = prop_oneof![3 => Just(None), 1 => odd.prop_map(Some)];
        let fitting = if sends.json().is_some() { "application/json" } else { "application/x-www-form-urlencoded" };
        let content_type = prop_oneof![4 => Just(fitting), 1 => select(&["application/json", "text/ü", ""][..])];
        (method, Just(path), bearer, cookie, content_type, body(sends)).prop_map(
            |(method, path, bearer, cookie, content_type, body)| Hostile {
                method,
                path,
                bearer,
                cookie,
                content_type,
                body,
            },
        )
    })
}

/// What the paths name, and the tokens that were handed out.
struct Known {
    names: Vec<(&'static str, String)>,
    tokens: Vec<String>,
}

impl Known {
    fn of(site: &mut Site) -> Self {
        let install = site.install_token();
        let (device, token) = site.pair();
        let offer = site.call(Method::POST, "/rp/api/lab/workstation/pairing", &install, pairing(CAROL)).json();
        let session = offer["sessionId"].as_str().expect("a session has an id").to_owned();
        let names = vec![
            ("{home}", HOME.to_owned()),
            ("{session}", session),
            ("{machine}", MACHINE.to_owned()),
            ("{device}", device),
        ];
        Self { names, tokens: vec![install, token] }
    }
}

/// The answer is one that HTTP knows, and never an error of the server's own.
fn check(site: &mut Site, known: &Known, hostile: &Hostile) {
    let path = known.names.iter().fold(hostile.path.clone(), |path, (name, value)| path.replace(name, value));
    // No client sends any other address.
    let Ok(uri) = Uri::try_from(path) else { return };
    let bearer = match &hostile.bearer {
        Ok(at) => format!("Bearer {}", at.get(&known.tokens)),
        Err(odd) => format!("Bearer {odd}"),
    };
    let mut headers = vec![(header::AUTHORIZATION, bearer.as_str()), (header::CONTENT_TYPE, hostile.content_type)];
    headers.extend(hostile.cookie.map(|cookie| (header::COOKIE, cookie)));
    let header =
        |(name, value): (HeaderName, &str)| (name, HeaderValue::from_bytes(value.as_bytes()).expect("no control"));
    let seen = site.send_raw(&hostile.method, uri, headers.into_iter().map(header), Body::from(hostile.body.clone()));
    assert!(
        seen.status.as_u16() < 500,
        "{} to {} {} by {:?}",
        seen.status,
        hostile.method,
        hostile.path,
        hostile.bearer
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_request_is_answered(requests in prop::collection::vec(hostile(), 48)) {
        let mut site = Site::integrated();
        site.set_flags();
        let known = Known::of(&mut site);
        for request in &requests {
            check(&mut site, &known, request);
        }
    }
}

#[test]
fn names_that_fit_into_no_address_are_refused_before_entra_is_asked() {
    let mut site = Site::integrated();
    site.set_flags();
    let (device, token) = site.pair();
    let install = site.install_token();
    let asked = site.entra.log.len();
    let start =
        json!({"rpAppId":APP,"machineId":MACHINE,"machineName":"WS-01","joinType":"HYBRID","username":too_long()});
    let seen = site.call(Method::POST, "/rp/api/lab/workstation/pairing", &install, start);
    assert_eq!((seen.status, seen.json()["errorCode"].as_str()), (StatusCode::BAD_REQUEST, Some("LAB_MALFORMED")));
    for credential in ["", "A", &"A".repeat(80_000)] {
        let key = json!({"rpAppId":APP,"username":CAROL,"rpId":"login.microsoft.com","credentialId":credential});
        let seen = site.call(Method::POST, &format!("/rp/api/lab/device/{device}/passkeys"), &token, key);
        assert_eq!((seen.status, seen.json()["errorCode"].as_str()), (StatusCode::BAD_REQUEST, Some("LAB_MALFORMED")));
    }
    site.post(&format!("{HOME}/invite"), &[("email", &too_long())]).shows("is not an email address.");
    let mut long = form();
    let tenant = "t".repeat(70_000);
    (long[0].1, long[2].1) = ("Another", &tenant);
    site.post("/cc/ui/integrations/new/azure/native", &long).shows("The Tenant ID is too long.");
    assert_eq!(site.entra.log.len(), asked, "{:?}", &site.entra.log[asked..]);
}
