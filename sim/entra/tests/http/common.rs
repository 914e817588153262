//! A small tenant behind its router, and a client that speaks HTTP to it.

use std::sync::{Arc, Mutex};

use clockwork::{Clock, Seed};
use entra::{
    Account, ApplicationConfig, ClientKind, ConditionalAccessPolicy, Config, Consent, DeviceConfig, Event, GroupConfig,
    Licence, PasswordState, Role, SecretConfig, Subject, Tenant, TrustType, UserConfig, fido::Fido2Policy,
};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tower::ServiceExt as _;
use url::form_urlencoded;
use uuid::{Uuid, uuid};

pub(crate) const TENANT: &str = "11111111-2222-4333-8444-555555555555";
pub(crate) const DOMAIN: &str = "highlands.onmicrosoft.com";
pub(crate) const APP: Uuid = uuid!("aaaaaaaa-0000-4000-8000-000000000001");
pub(crate) const APP_WITHOUT_CONSENT: Uuid = uuid!("aaaaaaaa-0000-4000-8000-000000000002");
pub(crate) const DAEMON: Uuid = uuid!("aaaaaaaa-0000-4000-8000-000000000003");
pub(crate) const PUBLIC: Uuid = uuid!("aaaaaaaa-0000-4000-8000-000000000004");
pub(crate) const HELPDESK: Uuid = uuid!("aaaaaaaa-0000-4000-8000-000000000005");
pub(crate) const EVERYTHING: Uuid = uuid!("aaaaaaaa-0000-4000-8000-000000000006");
pub(crate) const DEVICE: Uuid = uuid!("dddddddd-0000-4000-8000-000000000001");
pub(crate) const SECRET_ID: Uuid = uuid!("bbbbbbbb-0000-4000-8000-000000000001");
pub(crate) const MFA_GROUP: Uuid = uuid!("cccccccc-0000-4000-8000-000000000001");
pub(crate) const PASSWORD: &str = "Correct horse 1";
pub(crate) const DEFAULT_SCOPE: &str = "https://graph.microsoft.com/.default offline_access openid";

/// A tenant that answers, and its clock.
pub(crate) struct Lab {
    pub(crate) tenant: Arc<Mutex<Tenant>>,
    pub(crate) clock: Clock,
    router: axum::Router,
    runtime: tokio::runtime::Runtime,
}

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

pub(crate) fn start() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().expect("a literal timestamp")
}

pub(crate) fn upn(name: &str) -> String {
    format!("{name}@{DOMAIN}")
}

pub(crate) fn user(name: &str, roles: &[Role]) -> UserConfig {
    UserConfig {
        upn: upn(name),
        display_name: format!("{} Example", name),
        mail: None,
        password: PASSWORD.into(),
        password_state: PasswordState::Permanent,
        account: Account::Enabled,
        phone: None,
        roles: roles.to_vec(),
        intune: Licence::Assigned,
    }
}

pub(crate) fn application(app_id: Uuid, delegated: &[&str], application: &[&str]) -> ApplicationConfig {
    ApplicationConfig {
        app_id,
        display_name: "HYPRAuthApp".into(),
        kind: ClientKind::Confidential,
        redirect_uris: vec!["https://app.example/callback".into()],
        secrets: vec![
            SecretConfig {
                key_id: SECRET_ID,
                value: "wOt8Q~good".into(),
                expires: start() + SignedDuration::from_hours(24 * 365),
            },
            SecretConfig { key_id: Uuid::nil(), value: "wOt8Q~old".into(), expires: start() },
        ],
        certificates: Vec::new(),
        delegated_permissions: delegated.iter().map(|&name| name.to_owned()).collect(),
        consent: Consent::Admin,
        application_permissions: application.iter().map(|&name| name.to_owned()).collect(),
        exposes: Vec::new(),
    }
}

pub(crate) fn config() -> Config {
    let delegated = ["Directory.AccessAsUser.All", "UserAuthenticationMethod.ReadWrite.All"];
    let roles = [Role::DirectoryWriters, Role::PrivilegedAuthenticationAdministrator];
    Config {
        tenant_id: TENANT.parse().expect("a literal UUID"),
        name: "Highlands Bank".into(),
        domains: vec![DOMAIN.into(), "highlands_azure.com".into()],
        created: start(),
        users: vec![
            user("service", &roles),
            user("writer", &[Role::DirectoryWriters]),
            user("authadmin", &[Role::AuthenticationAdministrator]),
            user("admin", &[Role::GlobalAdministrator]),
            user("carol", &[]),
            user("mallory", &[]),
            UserConfig { account: Account::Disabled, ..user("disabled", &[]) },
            UserConfig { password_state: PasswordState::MustChange, ..user("fresh", &[]) },
            UserConfig { phone: Some("+1 5550000000".into()), ..user("careful", &[]) },
        ],
        groups: vec![GroupConfig {
            id: MFA_GROUP,
            display_name: "Careful people".into(),
            description: None,
            members: vec![upn("careful")],
        }],
        applications: vec![
            application(APP, &delegated, &[]),
            ApplicationConfig { consent: Consent::Missing, ..application(APP_WITHOUT_CONSENT, &delegated, &[]) },
            application(DAEMON, &[], &["User.Read.All"]),
            application(HELPDESK, &["User.EnableDisableAccount.All"], &[]),
            ApplicationConfig {
                display_name: "Everything".into(),
                ..application(EVERYTHING, &permissions("delegated"), &[])
            },
            ApplicationConfig {
                kind: ClientKind::Public,
                ..application(PUBLIC, &["User.Read", "Policy.ReadWrite.AuthenticationMethod"], &[])
            },
        ],
        devices: vec![DeviceConfig {
            device_id: DEVICE,
            display_name: "CAROL-PC".into(),
            trust_type: TrustType::AzureAd,
            public_key: vec![4; 65],
            owner: Some(upn("carol")),
        }],
        device_configurations: Vec::new(),
        fido2_policy: Fido2Policy::default(),
        conditional_access: vec![ConditionalAccessPolicy {
            id: Uuid::from_u128(9),
            display_name: "Require MFA".into(),
            include: [Subject::Group(MFA_GROUP)].into(),
            exclude: [Subject::User(upn("service"))].into(),
        }],
        attestation_roots: vec![include_str!("../../../../fixtures/pki/attestation-root.pem").into()],
    }
}

impl Lab {
    pub(crate) fn new() -> Self {
        Self::of(config())
    }

    pub(crate) fn of(config: Config) -> Self {
        Self::of_tenant(config, |tenant| tenant)
    }

    pub(crate) fn of_tenant(config: Config, change: impl FnOnce(Tenant) -> Tenant) -> Self {
        let clock = Clock::manual(start());
        let tenant = Tenant::new(config, &Seed::of(&["entra tests"])).expect("the configuration fits");
        let tenant = change(tenant);
        let tenant = Arc::new(Mutex::new(tenant));
        let router = entra::http::router(tenant.clone(), clock.clone());
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime without drivers");
        Self { tenant, clock, router, runtime }
    }

    pub(crate) fn send(&self, request: Request<impl Into<axum::body::Body>>) -> Answer {
        let (parts, body) = self.runtime.block_on(async {
            let Ok(response) = self.router.clone().oneshot(request.map(Into::into)).await;
            let (parts, body) = response.into_parts();
            (parts, body.collect().await.expect("a body in memory").to_bytes())
        });
        let body = serde_json::from_slice(&body)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&body).into_owned()));
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) fn get(&self, url: &str) -> Answer {
        self.send(Request::get(url).body("").expect("a literal URL"))
    }

    pub(crate) fn token(&self, segment: &str, form: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let url = format!("https://login.microsoftonline.com/{segment}/oauth2/v2.0/token");
        let request = Request::post(url).header("content-type", "application/x-www-form-urlencoded").body(body);
        self.send(request.expect("a literal request"))
    }

    /// A token by the password grant, as Control Center asks for it.
    pub(crate) fn sign_in(&self, name: &str) -> String {
        let app = APP.to_string();
        let answer = self.token(TENANT, &password_form(&app, &upn(name)));
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.text("access_token")
    }

    /// A token with every delegated permission there is; what it may do is the user's role.
    pub(crate) fn sign_in_with_everything(&self, name: &str) -> String {
        let app = EVERYTHING.to_string();
        let answer = self.token(TENANT, &password_form(&app, &upn(name)));
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.text("access_token")
    }

    /// A query that is advanced.
    pub(crate) fn eventual(&self, path: &str, token: &str) -> Answer {
        let request = Request::get(format!("https://graph.microsoft.com/{path}"))
            .header("authorization", format!("Bearer {token}"))
            .header("ConsistencyLevel", "eventual")
            .body("");
        self.send(request.expect("a literal request"))
    }

    pub(crate) fn graph(&self, method: &str, path: &str, token: &str, body: Value) -> Answer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = Request::builder()
            .method(method)
            .uri(format!("https://graph.microsoft.com/{path}"))
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .body(body);
        self.send(request.expect("a literal request"))
    }

    pub(crate) fn user_id(&self, name: &str) -> Uuid {
        self.with(|tenant| tenant.user_by_name(&upn(name)).expect("a configured user").id)
    }

    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut Tenant) -> T) -> T {
        work(&mut self.tenant.lock().expect("no test panics while it holds the tenant"))
    }

    pub(crate) fn events(&self) -> Vec<Event> {
        self.with(|tenant| std::iter::from_fn(|| tenant.poll_event()).collect())
    }
}

impl Answer {
    pub(crate) fn text(&self, name: &str) -> String {
        self.body[name].as_str().unwrap_or_else(|| panic!("no {name} in {}", self.body)).to_owned()
    }

    /// Status, OAuth error and AADSTS code.
    pub(crate) fn refusal(&self) -> (u16, &str, u64) {
        let error = self.body["error"].as_str().unwrap_or_default();
        (self.status.as_u16(), error, self.body["error_codes"][0].as_u64().unwrap_or_default())
    }

    /// One property of every object in a collection.
    pub(crate) fn values(&self, property: &str) -> Vec<String> {
        let objects = self.body["value"].as_array().unwrap_or_else(|| panic!("no value in {}", self.body));
        objects.iter().map(|object| object[property].as_str().unwrap_or("null").to_owned()).collect()
    }

    /// The path and query of a link.
    pub(crate) fn link(&self, name: &str) -> Option<String> {
        let link = self.body.get(name)?.as_str()?;
        Some(link.strip_prefix("https://graph.microsoft.com/").expect("links lead to Graph").to_owned())
    }

    /// Status and Graph's error code.
    pub(crate) fn graph_error(&self) -> (u16, &str) {
        (self.status.as_u16(), self.body["error"]["code"].as_str().unwrap_or_default())
    }

    pub(crate) fn message(&self) -> &str {
        self.body["error"]["message"].as_str().unwrap_or_default()
    }
}

pub(crate) fn password_form<'a>(app: &'a str, username: &'a str) -> [(&'a str, &'a str); 6] {
    [
        ("grant_type", "password"),
        ("client_id", app),
        ("client_secret", "wOt8Q~good"),
        ("username", username),
        ("password", PASSWORD),
        ("scope", DEFAULT_SCOPE),
    ]
}

/// `permissions.json`, which the tenant goes by.
pub(crate) fn permission_map() -> Value {
    serde_json::from_str(include_str!("../../src/graph/permissions.json")).expect("the map is JSON")
}

/// Every permission of a kind.
pub(crate) fn permissions(kind: &str) -> Vec<&'static str> {
    let map = permission_map();
    let all = map["permissions"].as_object().expect("an object").iter();
    let names = all.filter(|(_, permission)| permission.get(kind).is_some()).map(|(name, _)| name.clone());
    names.map(|name| &*name.leak()).collect()
}

/// The claims of a JWT, unverified.
pub(crate) fn claims(jwt: &str) -> Value {
    let payload = jwt.split('.').nth(1).expect("a JWT has three parts");
    let bytes = wire::Base64Url::parse(payload).expect("base64url").0;
    serde_json::from_slice(&bytes).expect("claims are JSON")
}
