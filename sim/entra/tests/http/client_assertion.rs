//! Client assertions: a registered certificate's key stands for the secret (RFC 7523), each refusal with its code.

use crate::common::*;
use entra::{ApplicationConfig, BadClientCertificate, BadConfig, Tenant};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

const KEY: &str = include_str!("../../../../fixtures/pki/client-application.key.pem");
const CERTIFICATE: &str = include_str!("../../../../fixtures/pki/client-application.pem");
const OTHER_KEY: &str = include_str!("../../../../fixtures/pki/entra-signing.key.pem");
const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// An assertion, and the key that signs it.
struct Assertion {
    header: Header,
    claims: Value,
    key: &'static str,
}

impl Assertion {
    fn new() -> Self {
        let mut header = Header::new(Algorithm::RS256);
        header.x5t = Some(thumbprint());
        let now = start().as_second();
        let claims = json!({
            "aud": format!("https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token"),
            "iss": DAEMON, "sub": DAEMON, "jti": "1", "nbf": now, "exp": now + 600,
        });
        Self { header, claims, key: KEY }
    }

    fn with(mut self, name: &str, value: Value) -> Self {
        self.claims[name] = value;
        self
    }

    fn send(&self, lab: &Lab) -> Answer {
        let key = EncodingKey::from_rsa_pem(self.key.as_bytes()).expect("a fixture");
        send(lab, &jsonwebtoken::encode(&self.header, &self.claims, &key).expect("a JWT"))
    }
}

/// SHA-1 of the certificate, which `openssl x509 -fingerprint` prints.
fn thumbprint() -> String {
    let body: String = CERTIFICATE.lines().filter(|line| !line.starts_with("-----")).collect();
    let der = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, body).expect("a fixture");
    let sha1 = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, &der);
    wire::Base64Url(sha1.as_ref().to_vec()).to_string()
}

fn send(lab: &Lab, assertion: &str) -> Answer {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", &DAEMON.to_string()),
        ("client_assertion_type", TYPE),
        ("client_assertion", assertion),
        ("scope", "https://graph.microsoft.com/.default"),
    ];
    lab.token(TENANT, &form)
}

fn lab() -> Lab {
    let mut config = config();
    let daemon = config.applications.iter_mut().find(|app| app.app_id == DAEMON).expect("it is configured");
    daemon.certificates = vec![CERTIFICATE.into()];
    Lab::of(config)
}

#[test]
fn a_signed_assertion_stands_for_the_secret() {
    let lab = lab();
    let token = Assertion::new().send(&lab).text("access_token");
    assert_eq!(claims(&token)["appidacr"], "2");
    let mut pss = Assertion::new();
    pss.header.alg = Algorithm::PS256;
    assert_eq!(pss.send(&lab).status, 200);
    let mut padded = Assertion::new();
    padded.header.x5t = Some(format!("{}=", thumbprint()));
    assert_eq!(padded.send(&lab).status, 200, "MSAL pads it");
    let fraction = Assertion::new().with("exp", json!(start().as_second() as f64 + 0.5)).send(&lab);
    assert_eq!(fraction.status, 200, "MSAL sends one");
    for audience in ["https://login.windows.net/highlands_azure.com/v2.0", "https://sts.windows.net/common/"] {
        assert_eq!(Assertion::new().with("aud", json!(audience)).send(&lab).status, 200, "{audience}");
    }
}

#[test]
fn each_fault_of_an_assertion_has_its_code() {
    let lab = lab();
    let now = start().as_second();
    let check = |assertion: Assertion, code: u64| {
        let answer = assertion.send(&lab);
        assert_eq!(answer.refusal(), (401, "invalid_client", code), "{}", answer.body);
    };
    check(Assertion { key: OTHER_KEY, ..Assertion::new() }, 700_027);
    let mut unknown = Assertion::new();
    unknown.header.x5t = Some("AAAAAAAAAAAAAAAAAAAAAAAAAAA".into());
    check(unknown, 700_027);
    let mut unnamed = Assertion::new();
    unnamed.header.x5t = None;
    check(unnamed, 5_002_723);
    check(Assertion::new().with("iss", json!(APP)), 700_021);
    check(Assertion::new().with("sub", json!("")), 700_021);
    check(Assertion::new().with("aud", json!("https://login.microsoftonline.com.evil.test/common/v2.0")), 700_023);
    check(Assertion::new().with("aud", json!("https://login.microsoftonline.com/elsewhere.test/v2.0")), 700_023);
    check(Assertion::new().with("aud", Value::Null), 700_023);
    check(Assertion::new().with("exp", json!(now - 301)), 700_024);
    check(Assertion::new().with("nbf", json!(now + 301)), 700_024);
    check(Assertion::new().with("exp", json!(i64::MAX)), 5_002_723);
    assert_eq!(send(&lab, "no.jwt.atall").refusal(), (401, "invalid_client", 5_002_723));
}

#[test]
fn the_public_key_is_no_secret_to_sign_with() {
    let lab = lab();
    let mut header = Header::new(Algorithm::HS256);
    header.x5t = Some(thumbprint());
    for secret in [CERTIFICATE, ""] {
        let key = EncodingKey::from_secret(secret.as_bytes());
        let forged = jsonwebtoken::encode(&header, &Assertion::new().claims, &key).expect("a JWT");
        assert_eq!(send(&lab, &forged).refusal(), (401, "invalid_client", 5_002_723));
    }
    let encoded = |text: String| wire::Base64Url(text.into_bytes()).to_string();
    let header = encoded(format!(r#"{{"alg":"none","x5t":"{}"}}"#, thumbprint()));
    let unsigned = format!("{header}.{}.", encoded(Assertion::new().claims.to_string()));
    assert_eq!(send(&lab, &unsigned).refusal(), (401, "invalid_client", 5_002_723));
}

#[test]
fn an_application_without_a_certificate_has_no_assertions() {
    let answer = Assertion::new().send(&Lab::new());
    assert_eq!(answer.refusal(), (401, "invalid_client", 700_027));
    assert!(answer.text("error_description").contains("The key was not found."), "{}", answer.body);
}

#[test]
fn an_expired_certificate_proves_nothing() {
    let lab = lab();
    lab.clock.advance_to("2051-01-01T00:00:00Z".parse().unwrap());
    let answer = Assertion::new().send(&lab);
    assert!(answer.text("error_description").contains("The key used is expired."), "{}", answer.body);
}

#[test]
fn a_tenant_with_a_certificate_that_is_none_is_refused() {
    let mut config = config();
    config.applications = vec![ApplicationConfig {
        certificates: vec![include_str!("../../../../fixtures/pki/attestation-root.pem").into()],
        ..application(DAEMON, &[], &[])
    }];
    let refused = Tenant::new(config, &clockwork::Seed::of(&["x"])).err();
    let expected = BadConfig::ClientCertificate { name: "HYPRAuthApp".into(), why: BadClientCertificate::NotRsa };
    assert_eq!(refused, Some(expected));
}
