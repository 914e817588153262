//! Windows sign-in, and the browser that signs in by it.

use hmac::{Hmac, KeyInit as _, Mac as _};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use wire::Base64Url;

use super::*;

const TOKEN: &str = "https://login.microsoftonline.com/common/oauth2/token";
const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

fn encoded(value: &Value) -> Base64Url {
    Base64Url(value.to_string().into_bytes())
}

pub(super) fn nonce(world: &World) -> String {
    let answer = world.browser().post_json(TOKEN, &[("grant_type", "srv_challenge")]);
    answer["Nonce"].as_str().unwrap().to_owned()
}

/// A request as a workstation signs it.
pub(super) fn request(key: &SigningKey, device: Uuid, payload: &Value) -> String {
    let header = json!({ "typ": "JWT", "alg": "ES256", "kid": device });
    let signed = format!("{}.{}", encoded(&header), encoded(payload));
    let signature: Signature = key.sign(signed.as_bytes());
    format!("{signed}.{}", Base64Url(signature.to_bytes().to_vec()))
}

fn send(world: &World, request: &str) -> Value {
    let fields =
        [("windows_api_version", "2.2"), ("grant_type", JWT_BEARER), ("request", request), ("client_info", "1")];
    world.browser().post_json(TOKEN, &fields)
}

fn by_password(nonce: &str, upn: &str, password: &str) -> Value {
    json!({
        "client_id": crate::first_party::WINDOWS_SIGN_IN, "request_nonce": nonce, "scope": "openid aza ugs",
        "win_ver": "10.0.19041.868", "grant_type": "password", "username": upn, "password": password,
    })
}

fn by_key(world: &World, key: &TestKey, nonce: &str, sign_count: u32) -> Value {
    let assertion = key.sign(&world.signing(CAROL, nonce.as_bytes(), sign_count));
    json!({
        "request_nonce": nonce, "scope": "openid aza ugs",
        "grant_type": "urn:passkey-lab:params:oauth:grant-type:fido", "assertion": assertion,
    })
}

fn code(answer: &Value) -> u64 {
    answer["error_codes"][0].as_u64().unwrap_or_else(|| panic!("no refusal: {answer}"))
}

/// What Edge sends along on a machine with this answer.
fn credential(answer: &Value) -> impl Fn(Option<&str>) -> String + 'static {
    let token = answer["refresh_token"].as_str().unwrap().to_owned();
    let key = Base64Url::parse(answer["session_key"].as_str().unwrap()).unwrap();
    move |nonce| {
        let mut payload = json!({ "refresh_token": token, "is_primary": "true", "iat": 0 });
        if let Some(nonce) = nonce {
            payload["request_nonce"] = nonce.into();
        }
        let signed = format!("{}.{}", encoded(&json!({ "alg": "HS256", "typ": "JWT" })), encoded(&payload));
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&key.0).unwrap();
        mac.update(signed.as_bytes());
        format!("{signed}.{}", Base64Url(mac.finalize().into_bytes().to_vec()))
    }
}

#[test]
fn a_password_or_a_key_gets_a_primary_refresh_token() {
    let world = World::new();
    let key = TestKey::new(1);
    world.register(CAROL, &key);
    let first = nonce(&world);
    let password = send(&world, &request(&device_key(), DEVICE, &by_password(&first, CAROL, PASSWORD)));
    let second = nonce(&world);
    let fido = send(&world, &request(&device_key(), DEVICE, &by_key(&world, &key, &second, 2)));
    for answer in [password, fido] {
        assert_eq!((&answer["token_type"], &answer["refresh_token_expires_in"]), (&json!("pop"), &json!(1_209_599)));
        assert_eq!(Base64Url::parse(answer["session_key"].as_str().unwrap()).unwrap().0.len(), 32);
        let claims = answer["id_token"].as_str().unwrap().split('.').nth(1).unwrap();
        let claims: Value = serde_json::from_slice(&Base64Url::parse(claims).unwrap().0).unwrap();
        assert_eq!(
            (&claims["name"], &claims["upn"], &claims["tid"]),
            (&json!("Carol Shaw"), &json!(CAROL), &json!(TENANT))
        );
    }
    let amr = ["fido", "mfa", "rsa"].map(str::to_owned).to_vec();
    assert!(world.events().contains(&Event::SignedIn { user: CAROL.into(), amr }));
}

#[test]
fn device_nonce_and_person_are_checked_in_this_order() {
    let world = World::new();
    let key = TestKey::new(1);
    world.register(CAROL, &key);
    let good = by_password(&nonce(&world), CAROL, PASSWORD);
    assert_eq!(code(&send(&world, "x.y.z")), 9_002_313);
    assert_eq!(code(&send(&world, &request(&device_key(), Uuid::from_u128(9), &good))), 700_003);
    assert_eq!(code(&send(&world, &request(&TestKey::new(9).key, DEVICE, &good))), 50_155);
    assert_eq!(code(&send(&world, &request(&device_key(), DEVICE, &by_password("made up", CAROL, PASSWORD)))), 140_000);
    assert!(send(&world, &request(&device_key(), DEVICE, &good))["refresh_token"].is_string());
    assert_eq!(code(&send(&world, &request(&device_key(), DEVICE, &good))), 140_000, "a nonce is good once");
    let refusal = |upn: &str, password: &str| {
        code(&send(&world, &request(&device_key(), DEVICE, &by_password(&nonce(&world), upn, password))))
    };
    assert_eq!(refusal(CAROL, "wrong"), 50_126);
    assert_eq!(refusal(SUSPENDED, PASSWORD), 50_057);
    assert_eq!(refusal(SERVICE, PASSWORD), 50_055);
    let (spent, fresh) = (nonce(&world), nonce(&world));
    let mut crossed = by_key(&world, &key, &spent, 2);
    crossed["request_nonce"] = fresh.into();
    assert_eq!(code(&send(&world, &request(&device_key(), DEVICE, &crossed))), 135_018);
    let late = nonce(&world);
    world.pass(5);
    assert_eq!(code(&send(&world, &request(&device_key(), DEVICE, &by_key(&world, &key, &late, 3)))), 140_000);
}

#[test]
fn a_disabled_machine_signs_nobody_in() {
    let world = World::new();
    world.with(|tenant| {
        let id = tenant.device(DEVICE).unwrap().id;
        tenant.update_device(id, |device| device.account_enabled = false).unwrap();
    });
    let asked = by_password(&nonce(&world), CAROL, PASSWORD);
    assert_eq!(code(&send(&world, &request(&device_key(), DEVICE, &asked))), 135_011);
}

#[test]
fn edge_on_a_signed_in_machine_shows_no_sign_in_page() {
    let world = World::new();
    let answer = send(&world, &request(&device_key(), DEVICE, &by_password(&nonce(&world), CAROL, PASSWORD)));
    let mut edge = world.browser();
    edge.credential = Some(Box::new(credential(&answer)));
    edge.open("https://mysignins.microsoft.com/security-info");
    assert_eq!((edge.title().as_str(), edge.shows(CAROL)), ("My Account", true));
    let asked = edge.trail.iter().filter(|url| url.path().ends_with("/authorize")).count();
    assert_eq!(asked, 2, "once without a nonce, once with the nonce that Entra sent");
}

#[test]
fn a_credential_that_proves_nothing_leads_to_the_sign_in_page() {
    let world = World::new();
    let mut answer = send(&world, &request(&device_key(), DEVICE, &by_password(&nonce(&world), CAROL, PASSWORD)));
    let good = answer.clone();
    answer["session_key"] = Base64Url(vec![0; 32]).to_string().into();
    let check = |answer: &Value| {
        let mut edge = world.browser();
        edge.credential = Some(Box::new(credential(answer)));
        edge.open("https://www.office.com/").title()
    };
    assert_eq!(check(&answer), "Sign in");
    assert_eq!(check(&good), "Microsoft 365");
    world.with(|tenant| {
        let carol = tenant.user_by_name(CAROL).unwrap().id;
        tenant.set_account("admin", carol, Account::Disabled).unwrap();
    });
    assert_eq!(check(&good), "Sign in");
}

#[test]
fn a_primary_refresh_token_lives_fourteen_days() {
    let world = World::new();
    let answer = send(&world, &request(&device_key(), DEVICE, &by_password(&nonce(&world), CAROL, PASSWORD)));
    let mut edge = world.browser();
    edge.credential = Some(Box::new(credential(&answer)));
    world.pass(14 * 24 * 60 - 1);
    assert_eq!(edge.open("https://www.office.com/").title(), "Microsoft 365");
    let mut edge = world.browser();
    edge.credential = Some(Box::new(credential(&answer)));
    world.pass(1);
    assert_eq!(edge.open("https://www.office.com/").title(), "Sign in");
}
