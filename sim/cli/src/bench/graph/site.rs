//! A tenant of many users, each with a security key, behind its router.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use clockwork::{Clock, Seed};
use entra::fido::{AttestationLevel, CredentialKey, Fido2Policy, HYPR_AAGUID, Passkey, PasskeyType};
use entra::{
    Account, ApplicationConfig, ClientKind, Config, Consent, GroupConfig, GroupId, Licence, PasswordState, PublicKey,
    SecretConfig, Tenant, UserConfig, UserId,
};
use jiff::{SignedDuration, Timestamp};
use p256::ecdsa::SigningKey;
use p256::elliptic_curve::Generate as _;
use p256::pkcs8::der::pem::decode_vec;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

use super::super::operations::timed;
use super::Start;

/// A tenant and how to ask it something.
pub(super) struct Site {
    pub(super) tenant: Arc<Mutex<Tenant>>,
    pub(super) router: Router,
    /// Users in the order of their numbers.
    pub(super) users: Vec<UserId>,
    /// Holds every user with an even number.
    pub(super) group: GroupId,
    /// `Bearer ..` of an application that may do everything that is measured.
    pub(super) bearer: String,
    runtime: Runtime,
}

/// 2026-03-02T09:00:00Z, and nothing moves it: a token lasts for the whole run.
const NOW: Timestamp = Timestamp::constant(1_772_442_000, 0);
const DOMAIN: &str = "highlands.onmicrosoft.com";
const SECRET: &str = "wOt8Q~of-the-bench";
/// Certificates of attested keys are kept with each of them.
const LEAF: &str = include_str!("../../../../../fixtures/pki/hypr-attestation.pem");

impl Site {
    /// Makes the tenant, and says what that has cost.
    pub(super) fn start(count: u32) -> (Self, Start) {
        let seed = Seed::of(&["bench graph"]);
        let keys = keys(count);
        let before = resident_bytes();
        let config = config(count, &seed);
        let (mut tenant, elapsed) = timed(|| Tenant::new(config, &seed).expect("the parts fit each other"));
        let users = users(&tenant, count);
        let ((), kept) = timed(|| {
            for (user, public_key) in users.iter().zip(keys) {
                let key = passkey(*user, public_key, &seed);
                tenant.keep_key(key).expect("credential ids are random");
            }
        });
        let grown = resident_bytes().zip(before).map(|(after, before)| after.saturating_sub(before));
        let start = Start {
            users: count,
            ms: (elapsed + kept).as_secs_f64() * 1_000.0,
            bytes_per_user: grown.map(|bytes| bytes as f64 / f64::from(count)),
        };
        (Self::around(tenant, users, &seed), start)
    }

    fn around(tenant: Tenant, users: Vec<UserId>, seed: &Seed) -> Self {
        let tenant = Arc::new(Mutex::new(tenant));
        let mut site = Self {
            router: entra::http::router(tenant.clone(), Clock::manual(NOW)),
            tenant,
            users,
            group: seed.fork("group").uuid(),
            bearer: String::new(),
            runtime: tokio::runtime::Builder::new_current_thread().build().expect("a runtime without drivers"),
        };
        let answer = site.send(&site.router, site.token_request(), StatusCode::OK);
        let answer: serde_json::Value = serde_json::from_slice(&answer).expect("JSON");
        site.bearer = format!("Bearer {}", answer["access_token"].as_str().expect("a token"));
        site
    }

    /// Sends a request into a router and reads the answer whole.
    pub(super) fn send(&self, router: &Router, request: Request<Body>, expect: StatusCode) -> Vec<u8> {
        self.runtime.block_on(async {
            let Ok(response) = router.clone().oneshot(request).await;
            let status = response.status();
            let body = to_bytes(response.into_body(), usize::MAX).await.expect("bodies in this process come whole");
            assert_eq!(status, expect, "{}", String::from_utf8_lossy(&body));
            body.into()
        })
    }

    /// Client credentials, by secret.
    pub(super) fn token_request(&self) -> Request<Body> {
        let client = Seed::of(&["bench graph"]).fork("application").uuid();
        let scope = "https%3A%2F%2Fgraph.microsoft.com%2F.default";
        let secret = SECRET.replace('~', "%7E");
        let form = format!("grant_type=client_credentials&client_id={client}&client_secret={secret}&scope={scope}");
        Request::post(format!("https://login.microsoftonline.com/{DOMAIN}/oauth2/v2.0/token"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(form))
            .expect("a request")
    }

    /// Reads the journal off, as the lab does; nothing of it is kept here.
    pub(super) fn forget_events(&self) {
        let mut tenant = self.tenant.lock().expect("nothing panics that holds the lock");
        while tenant.poll_event().is_some() {}
    }
}

/// `user0000123@..`
pub(super) fn upn(number: usize) -> String {
    format!("user{number:07}@{DOMAIN}")
}

/// `User 0000123`
pub(super) fn display_name(number: usize) -> String {
    format!("User {number:07}")
}

fn users(tenant: &Tenant, count: u32) -> Vec<UserId> {
    (0..count as usize).map(|number| tenant.user_by_name(&upn(number)).expect("configured").id).collect()
}

fn config(count: u32, seed: &Seed) -> Config {
    let even = (0..count as usize).step_by(2);
    Config {
        tenant_id: seed.fork("tenant").uuid(),
        name: "Highlands Bank".to_owned(),
        domains: vec![DOMAIN.to_owned()],
        created: NOW,
        users: (0..count as usize).map(user).collect(),
        groups: vec![GroupConfig {
            id: seed.fork("group").uuid(),
            display_name: "Half of all".to_owned(),
            description: None,
            members: even.map(upn).collect(),
        }],
        applications: vec![application(seed)],
        devices: Vec::new(),
        device_configurations: Vec::new(),
        fido2_policy: Fido2Policy::default(),
        conditional_access: Vec::new(),
        attestation_roots: Vec::new(),
    }
}

fn user(number: usize) -> UserConfig {
    UserConfig {
        upn: upn(number),
        display_name: display_name(number),
        mail: Some(upn(number)),
        password: "Correct horse 1".into(),
        password_state: PasswordState::Permanent,
        account: Account::Enabled,
        phone: None,
        roles: Vec::new(),
        intune: Licence::Assigned,
    }
}

fn application(seed: &Seed) -> ApplicationConfig {
    let permissions = ["User.Read.All", "GroupMember.ReadWrite.All", "UserAuthenticationMethod.Read.All"];
    ApplicationConfig {
        app_id: seed.fork("application").uuid(),
        display_name: "Bench".to_owned(),
        kind: ClientKind::Confidential,
        redirect_uris: Vec::new(),
        secrets: vec![SecretConfig {
            key_id: seed.fork("secret").uuid(),
            value: SECRET.into(),
            expires: NOW + SignedDuration::from_hours(24 * 365),
        }],
        certificates: Vec::new(),
        delegated_permissions: Vec::new(),
        consent: Consent::Admin,
        application_permissions: permissions.map(str::to_owned).into(),
        exposes: Vec::new(),
    }
}

/// Made before anything is timed: it is the phones that make keys.
fn keys(count: u32) -> Vec<PublicKey> {
    let mut rng = Seed::of(&["bench graph"]).fork("keys");
    let key = |_| {
        let point = SigningKey::generate_from_rng(&mut rng).verifying_key().to_sec1_point(false);
        PublicKey::from_sec1(point.as_bytes()).expect("a point of the curve")
    };
    (0..count).map(key).collect()
}

fn passkey(user: UserId, public_key: PublicKey, seed: &Seed) -> Passkey {
    let (_, leaf) = decode_vec(LEAF.as_bytes()).expect("the fixture is PEM");
    Passkey {
        credential_id: seed.fork(&format!("key/{user}")).bytes::<32>().to_vec(),
        user,
        display_name: "HYPR".to_owned(),
        created: NOW,
        public_key: CredentialKey::Es256(public_key),
        sign_count: 0,
        aaguid: HYPR_AAGUID,
        attestation_level: AttestationLevel::Attested,
        attestation_chain: vec![leaf],
        kind: PasskeyType::DeviceBound,
        transports: vec!["hybrid".to_owned(), "internal".to_owned()],
    }
}

/// The resident set of this process, as Linux tells it.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1_024)
}
