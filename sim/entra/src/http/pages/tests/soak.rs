//! Some thousand requests, good and bad, one after the other: every one is answered, what is remembered stays within its
//! bounds, and nothing that is secret is told.

use axum::body::Body;
use clockwork::Stream;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;
use url::form_urlencoded;

use super::*;

const REQUESTS: usize = 4_200;
const APP: Uuid = uuid!("aaaaaaaa-0000-4000-8000-000000000001");
const SECRET: &str = "Sk8.Q~secret-of-the-soak";
const LOGIN: &str = "https://login.microsoftonline.com";
/// What stands where something good should.
const ODD: [&str; 8] = [
    "",
    "..%2f..%2fetc%2fpasswd",
    "%FF%00",
    "eyJhbGciOiJub25lIn0.e30.",
    "<script>alert(1)</script>",
    "' or 1 eq 1",
    "99999999999999999999",
    "{\"a\":[[[[",
];
/// Members of answers that only whoever asked may know.
const SECRET_MEMBERS: [&str; 6] = ["access_token", "refresh_token", "id_token", "device_code", "Nonce", "secretText"];

struct Soak {
    world: World,
    runtime: tokio::runtime::Runtime,
    random: Stream,
    token: String,
    secrets: Vec<String>,
}

impl Soak {
    fn new() -> Self {
        let world = World::of(|config| config.applications.push(application(config.created)));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let random = Seed::of(&["soak"]).fork("requests");
        Self { world, runtime, random, token: String::new(), secrets: vec![PASSWORD.into(), SECRET.into()] }
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::from(self.random.bytes::<1>()[0]) % from.len()]
    }

    fn odd(&mut self) -> &'static str {
        self.pick(&ODD)
    }

    fn get(&mut self, url: &str) -> Value {
        let authorization = format!("Bearer {}", self.token);
        self.send(Request::get(url).header("authorization", authorization).body(Body::empty()))
    }

    fn post(&mut self, url: &str, fields: &[(&str, &str)]) -> Value {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(url).header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(form)))
    }

    /// An address that cannot be one never leaves a client.
    fn send(&mut self, request: http::Result<Request<Body>>) -> Value {
        let Ok(request) = request else { return Value::Null };
        let what = format!("{} {}", request.method(), request.uri());
        let router = self.world.router.clone();
        let (status, body) = self.runtime.block_on(async {
            let Ok(response) = router.oneshot(request).await;
            let status = response.status();
            (status, response.into_body().collect().await.unwrap().to_bytes())
        });
        assert!(status.as_u16() < 500 || status == StatusCode::NOT_IMPLEMENTED, "{what}: {status}");
        let body: Value = serde_json::from_slice(&body).unwrap_or_default();
        let told = SECRET_MEMBERS.iter().filter_map(|name| body[*name].as_str()).map(str::to_owned);
        self.secrets.extend(told);
        body
    }

    fn ask_for_token(&mut self, username: &str, password: &str) -> Value {
        let app = APP.to_string();
        let fields = [
            ("grant_type", "password"),
            ("client_id", app.as_str()),
            ("client_secret", SECRET),
            ("username", username),
            ("password", password),
            ("scope", "https://graph.microsoft.com/.default offline_access openid"),
        ];
        self.post(&format!("{LOGIN}/{TENANT}/oauth2/v2.0/token"), &fields)
    }

    fn authorize(&mut self, redirect: &str, state: &str) -> Value {
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("client_id", APP.to_string().as_str()),
                ("response_type", "code"),
                ("redirect_uri", redirect),
                ("scope", "openid"),
                ("state", state),
            ])
            .finish();
        self.get(&format!("{LOGIN}/common/oauth2/v2.0/authorize?{query}"))
    }

    fn one(&mut self) {
        let (odd, other) = (self.odd(), self.odd());
        let app = APP.to_string();
        match self.random.bytes::<1>()[0] % 24 {
            0..12 => drop(self.authorize("https://app.example/callback", odd)),
            12 => drop(self.authorize(odd, other)),
            13 => {
                self.token = self.ask_for_token(DAVE, PASSWORD)["access_token"].as_str().unwrap_or_default().to_owned()
            }
            14 => drop(self.ask_for_token(odd, other)),
            15 => {
                let scope = format!("openid {odd}");
                let fields = [("client_id", app.as_str()), ("scope", scope.as_str())];
                self.post(&format!("{LOGIN}/common/oauth2/v2.0/devicecode"), &fields);
            }
            16..18 => drop(self.post(&format!("{LOGIN}/common/oauth2/token"), &[("grant_type", "srv_challenge")])),
            18 => {
                let fields = [("flowToken", odd), ("loginfmt", DAVE), ("passwd", other), ("type", "11")];
                self.post(&format!("{LOGIN}/common/login"), &fields);
            }
            19 => drop(self.get("https://graph.microsoft.com/v1.0/me")),
            20 => drop(self.get(&format!("https://graph.microsoft.com/v1.0/users/{odd}/{other}"))),
            21 => {
                let options = "https://graph.microsoft.com/v1.0/me/authentication/fido2Methods/creationOptions";
                self.get(options);
            }
            22 => {
                let token = std::mem::replace(&mut self.token, odd.to_owned());
                self.get("https://graph.microsoft.com/beta/users");
                self.token = token;
            }
            _ => {
                let request = Request::post("https://graph.microsoft.com/v1.0/$batch");
                let request = request.header("authorization", format!("Bearer {}", self.token));
                let item = serde_json::json!({ "id": "1", "method": "GET", "url": odd });
                let body = if other.is_empty() {
                    odd.to_owned()
                } else {
                    serde_json::json!({ "requests": [item] }).to_string()
                };
                self.send(request.body(Body::from(body)));
            }
        }
    }
}

fn application(created: Timestamp) -> crate::ApplicationConfig {
    crate::ApplicationConfig {
        exposes: Vec::new(),
        app_id: APP,
        display_name: "Soak".into(),
        kind: crate::ClientKind::Confidential,
        redirect_uris: vec!["https://app.example/callback".into()],
        secrets: vec![crate::SecretConfig {
            key_id: Uuid::nil(),
            value: SECRET.into(),
            expires: created + SignedDuration::from_hours(24),
        }],
        certificates: Vec::new(),
        delegated_permissions: vec!["User.Read".into(), "UserAuthenticationMethod.ReadWrite".into()],
        consent: crate::Consent::Admin,
        application_permissions: Vec::new(),
    }
}

#[test]
fn thousands_of_requests_leave_bounded_state_and_no_secret_in_the_journal() {
    let mut soak = Soak::new();
    for number in 0..REQUESTS {
        soak.one();
        if number % 100 == 0 {
            soak.world.clock.advance(SignedDuration::from_secs(1));
        }
    }
    soak.world.with(|tenant| {
        let [flows, pending, _] = tenant.sessions.len();
        assert_eq!(flows, 2_000, "more sign-ins were begun than are kept");
        assert_eq!(pending, 0);
        assert!((100..=10_000).contains(&tenant.nonces.len()), "{} nonces", tenant.nonces.len());
    });
    assert!(soak.secrets.len() > 500, "{} secrets were told to whoever asked", soak.secrets.len());
    let journal: Vec<String> = soak.world.events().iter().map(|event| format!("{event}\n{event:?}\n")).collect();
    assert!(journal.len() > 500, "{} events", journal.len());
    let journal = journal.concat();
    for secret in soak.secrets.iter().take(300) {
        assert!(!journal.contains(secret.as_str()), "{secret:?} is in the journal");
    }
}
