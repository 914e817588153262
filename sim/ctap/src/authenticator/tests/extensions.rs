//! Extensions (CTAP 2.3 §12) and attestation as the request asks for it (§6.1.2 steps 9 and 19).

use super::*;
use crate::Answer::Verified;

/// A key with everything and one finger, so that no token is needed.
fn desk() -> Desk {
    let mut desk = Desk::of("ctap-2.3");
    desk.key.durable.fingerprints.push(crate::durable::Fingerprint { template_id: vec![1], friendly_name: None });
    desk
}

fn register(desk: &mut Desk, request: &Request) -> BTreeMap<u64, Vec<u8>> {
    let (status, body) = desk.send(request, &[Accept, Verified]);
    assert_eq!(status, "CTAP2_OK");
    members(&body)
}

fn outputs(members: &BTreeMap<u64, Vec<u8>>) -> Vec<u8> {
    let data = Decoder::new(&members[&2]).bytes().expect("bytes").to_vec();
    parsed(&data).extensions.unwrap_or_default().to_vec()
}

/// hmac-secret's input for these salts, and the secret that opens the output.
fn hmac_input(desk: &mut Desk, salts: &[u8]) -> (Value, SharedSecret) {
    let (public, secret) = desk.agree(Protocol::Two);
    let encrypted = secret.encrypt(salts, &mut desk.platform);
    let pairs = [
        (1, Value::Raw(public)),
        (2, Value::Bytes(encrypted.clone())),
        (3, Value::Bytes(secret.authenticate(&encrypted))),
        (4, Value::Int(2)),
    ];
    (Value::Map(pairs.map(|(key, value)| (Value::Int(key), value)).to_vec()), secret)
}

/// The byte string of an output that is the last of the map.
fn last_bytes(outputs: &[u8], name: &str) -> Vec<u8> {
    let mut decoder = Decoder::new(outputs);
    let count = decoder.map().expect("a map").expect("a definite map");
    for _ in 0..count {
        if decoder.str().expect("a name") == name {
            return decoder.bytes().expect("bytes").to_vec();
        }
        decoder.skip().expect("a value");
    }
    panic!("there is no {name}");
}

#[test]
fn the_secret_at_registration_is_that_of_every_later_sign_in() {
    let mut desk = desk();
    let (input, secret) = hmac_input(&mut desk, &[5; 32]);
    let asks = text_map(&[("hmac-secret", Value::Bool(true)), ("hmac-secret-mc", input)]);
    let made = register(&mut desk, &make_credential().with(6, asks));
    let at_registration = secret.decrypt(&last_bytes(&outputs(&made), "hmac-secret-mc")).expect("whole blocks");
    let (input, secret) = hmac_input(&mut desk, &[5; 32]);
    let signed = register(&mut desk, &get_assertion().with(4, text_map(&[("hmac-secret", input)])));
    let later = secret.decrypt(&last_bytes(&outputs(&signed), "hmac-secret")).expect("whole blocks");
    assert_eq!((at_registration.len(), &at_registration), (32, &later));
}

#[test]
fn a_secret_at_registration_needs_hmac_secret_beside_it() {
    let mut desk = desk();
    let (input, _) = hmac_input(&mut desk, &[5; 32]);
    let request = make_credential().with(6, text_map(&[("hmac-secret-mc", input)]));
    desk.check(&request, &[], "CTAP2_ERR_MISSING_PARAMETER");
}

#[test]
fn a_blob_is_kept_when_it_fits() {
    let mut desk = desk();
    let mut store = |bytes: usize, discoverable: bool| {
        let asks = text_map(&[("credBlob", Value::Bytes(vec![7; bytes]))]);
        let request = make_credential().options(&[("rk", discoverable), ("uv", true)]).with(6, asks);
        outputs(&register(&mut desk, &request)).last() == Some(&0xF5)
    };
    assert!(!store(33, true));
    assert!(store(32, false));
    assert!(store(32, true));
    let request = get_assertion().with(4, text_map(&[("credBlob", Value::Bool(true))]));
    let signed = register(&mut desk, &request);
    assert_eq!(last_bytes(&outputs(&signed), "credBlob"), [7; 32]);
}

#[test]
fn a_large_blob_key_is_for_discoverable_credentials_and_stays_the_same() {
    let mut desk = desk();
    let asks = |wanted: bool| text_map(&[("largeBlobKey", Value::Bool(wanted))]);
    desk.check(&make_credential().with(6, asks(false)), &[], "CTAP2_ERR_INVALID_OPTION");
    let loose = make_credential().options(&[("rk", false), ("uv", true)]).with(6, asks(true));
    desk.check(&loose, &[], "CTAP2_ERR_INVALID_OPTION");
    let made = register(&mut desk, &make_credential().with(6, asks(true)));
    let signed = register(&mut desk, &get_assertion().with(4, asks(true)));
    assert_eq!(made[&5].len(), 34);
    assert_eq!(made[&5], signed[&7]);
    assert!(!register(&mut desk, &get_assertion()).contains_key(&7), "nobody asked");
}

#[test]
fn payments_are_told_of_credentials_made_for_them() {
    let mut desk = desk();
    let asks = || text_map(&[("thirdPartyPayment", Value::Bool(true))]);
    register(&mut desk, &make_credential());
    let signed = register(&mut desk, &get_assertion().with(4, asks()));
    assert_eq!(outputs(&signed).last(), Some(&0xF4));
    let made = register(&mut desk, &make_credential().with(6, asks()));
    assert_eq!(outputs(&made), [0; 0], "a registration does not answer it");
    let signed = register(&mut desk, &get_assertion().with(4, asks()));
    assert_eq!(outputs(&signed).last(), Some(&0xF5));
}

#[test]
fn the_first_format_that_is_known_is_taken() {
    let mut desk = desk();
    let mut format = |asked: &[&'static str]| {
        let list = Value::List(asked.iter().map(|name| Value::Text(name)).collect());
        let made = register(&mut desk, &make_credential().with(11, list));
        (Decoder::new(&made[&1]).str().expect("a text").to_owned(), made[&3] == [0xA0])
    };
    assert_eq!(format(&[]), ("packed".into(), false));
    assert_eq!(format(&["none"]), ("none".into(), true));
    assert_eq!(format(&["tpm", "none", "packed"]), ("none".into(), true));
    assert_eq!(format(&["tpm"]), ("packed".into(), false));
    let mut phone = Desk::new();
    let asked = make_credential().with(11, Value::List(vec![Value::Text("none")]));
    assert_eq!(register(&mut phone, &asked)[&1], Value::Text("packed").to_cbor(), "a phone has packed only");
}

#[test]
fn the_enterprise_is_told_which_device_it_is_once_that_is_enabled() {
    let attestation = |name: &str| {
        let file = |end: &str| {
            let path = format!("{}/../../fixtures/pki/{name}{end}", env!("CARGO_MANIFEST_DIR"));
            std::fs::read_to_string(path).expect("a fixture")
        };
        Attestation::packed(&file(".key.pem"), &file(".pem")).expect("the fixture")
    };
    let mut profile = Profile::named("ctap-2.3").expect("a shipped profile");
    profile.enterprise_rp_ids = vec![RP.to_owned()];
    let model = attestation("ctap-2.3-attestation").with_enterprise(attestation("ctap-2.3-enterprise"));
    let mut desk = desk();
    let fingerprints = desk.key.durable.fingerprints.clone();
    desk.key = Authenticator::new(profile, model, Seed::of(&["enterprise"]).fork("ctap"));
    desk.key.durable.fingerprints = fingerprints;
    let asked = |kind: i64| make_credential().with(10, Value::Int(kind));
    desk.check(&asked(2), &[], "CTAP1_ERR_INVALID_PARAMETER");
    desk.key.durable.config.enterprise_attestation = true;
    desk.check(&asked(3), &[], "CTAP2_ERR_INVALID_OPTION");
    let plain = register(&mut desk, &make_credential());
    assert!(!plain.contains_key(&4));
    for kind in [1, 2] {
        let told = register(&mut desk, &asked(kind));
        assert_eq!(told[&4], [0xF5]);
        assert!(told[&3].windows(8).any(|part| part == b"LAB-0001"), "the certificate names the device");
    }
    let elsewhere = asked(1).with(2, text_map(&[("id", Value::Text("example.com"))]));
    assert!(!register(&mut desk, &elsewhere).contains_key(&4), "the vendor's list has it not");
    Desk::new().check(&asked(1), &[], "CTAP1_ERR_INVALID_PARAMETER");
}
