//! Whole flows through the router: a small browser reads the same HTML as the virtual one.

mod access_pass;
mod browser;
mod conditional_access;
mod consent;
mod device_code;
mod device_management;
mod hostile;
mod portal;
mod security_info;
mod sign_in;
mod single_sign_on;
mod soak;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use clockwork::{Clock, Seed};
use jiff::{SignedDuration, Timestamp};
use uuid::{Uuid, uuid};

use crate::fido::testing::{Making, ROOT_PEM, Signing, TestKey};
use crate::{
    Account, Config, DeviceConfig, Event, PasswordState, Secret, Tenant, TrustType, UserConfig, fido::Fido2Policy,
};
use browser::Browser;

const TENANT: Uuid = uuid!("11111111-2222-4333-8444-555555555555");
const DEVICE: Uuid = uuid!("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee");
const CAROL: &str = "carol.shaw@highlands_azure.com";
const DAVE: &str = "dave@highlands_azure.com";
const SERVICE: &str = "hyprserviceaccount@highlands_azure.com";
const SUSPENDED: &str = "eve@highlands_azure.com";
const PASSWORD: &str = "Correct-Horse-7";

/// A tenant with its router, clock and journal.
struct World {
    tenant: Arc<Mutex<Tenant>>,
    clock: Clock,
    router: axum::Router,
}

impl World {
    fn new() -> Self {
        Self::of(|_| {})
    }

    /// The same with some of its configuration changed.
    fn of(change: impl FnOnce(&mut Config)) -> Self {
        let start: Timestamp = "2027-03-01T09:00:00Z".parse().unwrap();
        let mut config = config(start);
        change(&mut config);
        let tenant = Tenant::new(config, &Seed::of(&["pages"])).map_err(|error| error.to_string()).unwrap();
        let (tenant, clock) = (Arc::new(Mutex::new(tenant)), Clock::manual(start));
        let router = crate::http::router(tenant.clone(), clock.clone());
        Self { tenant, clock, router }
    }

    fn with<T>(&self, work: impl FnOnce(&mut Tenant) -> T) -> T {
        work(&mut self.tenant.lock().unwrap())
    }

    fn browser(&self) -> Browser {
        Browser::new(self.router.clone())
    }

    fn pass(&self, minutes: i64) {
        self.clock.advance(SignedDuration::from_mins(minutes));
    }

    fn events(&self) -> Vec<Event> {
        self.with(|tenant| std::iter::from_fn(|| tenant.poll_event()).collect())
    }

    /// The code of the last text message.
    fn text_message(&self) -> String {
        let code = self.events().into_iter().rev().find_map(|event| match event {
            Event::TextMessage { code, .. } => Some(code.reveal().to_owned()),
            _ => None,
        });
        code.expect("a text message was sent")
    }

    fn user_handle(&self, upn: &str) -> Vec<u8> {
        self.with(|tenant| tenant.user_handles.of(tenant.user_by_name(upn).unwrap().id))
    }

    /// Registers a key without the pages.
    fn register(&self, upn: &str, key: &TestKey) {
        let now = self.clock.now();
        self.with(|tenant| {
            let user = tenant.user_by_name(upn).unwrap().id;
            let (options, _) = tenant.creation_options(now, user, crate::fido::CHALLENGE_LIFETIME).unwrap();
            let new = key.make(&Making::of(&options.challenge.0));
            tenant.register_key(now, user, crate::fido::Registrar::User, &new).unwrap();
        });
    }

    /// What a good client and key answer to a challenge, counting up.
    fn signing(&self, upn: &str, challenge: &[u8], sign_count: u32) -> Signing {
        Signing { sign_count, ..Signing::of(challenge, self.user_handle(upn)) }
    }
}

fn config(created: Timestamp) -> Config {
    let user = |upn: &str, display_name: &str| UserConfig {
        upn: upn.into(),
        display_name: display_name.into(),
        mail: None,
        password: Secret::from(PASSWORD),
        password_state: PasswordState::Permanent,
        account: Account::Enabled,
        phone: None,
        roles: Vec::new(),
        intune: crate::Licence::Assigned,
    };
    Config {
        tenant_id: TENANT,
        name: "Highlands Bank".into(),
        domains: vec!["highlands_azure.com".into()],
        created,
        users: vec![
            UserConfig { phone: Some("+1 5550100142".into()), ..user(CAROL, "Carol Shaw") },
            user(DAVE, "Dave Jones"),
            UserConfig { password_state: PasswordState::MustChange, ..user(SERVICE, "HYPR Service Account") },
            UserConfig { account: Account::Disabled, ..user(SUSPENDED, "Eve Adams") },
        ],
        groups: Vec::new(),
        applications: Vec::new(),
        devices: vec![DeviceConfig {
            device_id: DEVICE,
            display_name: "WS-01".into(),
            trust_type: TrustType::AzureAd,
            public_key: device_key().verifying_key().to_sec1_point(false).as_bytes().to_vec(),
            owner: Some(CAROL.into()),
        }],
        device_configurations: Vec::new(),
        fido2_policy: Fido2Policy::default(),
        conditional_access: Vec::new(),
        attestation_roots: vec![ROOT_PEM.into()],
    }
}

fn device_key() -> p256::ecdsa::SigningKey {
    p256::ecdsa::SigningKey::from_slice(&[0x42; 32]).unwrap()
}

/// A policy that asks everybody for a second factor.
fn mfa_for_all() -> crate::ConditionalAccessPolicy {
    crate::ConditionalAccessPolicy {
        id: Uuid::from_u128(0xCA),
        display_name: "Require MFA".into(),
        include: BTreeSet::from([crate::Subject::AllUsers]),
        exclude: BTreeSet::new(),
    }
}
