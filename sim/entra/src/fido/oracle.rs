//! `webauthn-rs-core` judges the same ceremonies: what it takes, the tenant takes; what it refuses, the tenant refuses.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use webauthn_rs_core::WebauthnCore;
use webauthn_rs_core::proto::{
    AuthenticationState, COSEAlgorithm, PublicKeyCredential, RegisterPublicKeyCredential, RegistrationState,
    UserVerificationPolicy,
};
use wire::Base64Url;
use wire::auth_data::Flags;

use super::assertion::{self, Account, AccountState, Expected, SignedChallenge};
use super::challenge::Challenges;
use super::passkey::Passkeys;
use super::policy::Fido2Policy;
use super::registration::{self, Ceremony, Registrar};
use super::testing::{Making, ROOT_PEM, Signing, Statement, TestKey};
use super::user_handle::UserHandles;
use super::{NewKey, TrustedRoots};

const USER: Uuid = Uuid::from_u128(0xCA401);

fn core() -> WebauthnCore {
    let origin = url::Url::parse("https://login.microsoft.com").unwrap();
    WebauthnCore::new_unsafe_experts_only("Microsoft", super::RP_ID, vec![origin], Duration::from_secs(60), None, None)
}

/// The oracle's challenge for a registration.
fn oracle_registration() -> (Vec<u8>, RegistrationState) {
    let builder = core().new_challenge_register_builder(USER.as_bytes(), "carol", "Carol").unwrap();
    let builder = builder
        .user_verification_policy(UserVerificationPolicy::Required)
        .credential_algorithms(vec![COSEAlgorithm::ES256]);
    let (options, state) = core().generate_challenge_register(builder).unwrap();
    let options = serde_json::to_value(options).unwrap();
    (Base64Url::parse(options["publicKey"]["challenge"].as_str().unwrap()).unwrap().0, state)
}

fn as_json(new: &NewKey) -> RegisterPublicKeyCredential {
    let id = Base64Url(new.credential_id.clone());
    let response = json!({
        "clientDataJSON": Base64Url(new.client_data_json.clone()),
        "attestationObject": Base64Url(new.attestation_object.clone()),
    });
    serde_json::from_value(json!({ "id": id, "rawId": id, "type": "public-key", "response": response })).unwrap()
}

fn oracle_takes_registration(alter: impl Fn(&mut Making)) -> bool {
    let (challenge, state) = oracle_registration();
    let mut making = Making::of(&challenge);
    alter(&mut making);
    core().register_credential(&as_json(&TestKey::new(1).make(&making)), &state, None).is_ok()
}

fn tenant_takes_registration(alter: impl Fn(&mut Making)) -> bool {
    let now = "2027-03-01T09:00:00Z".parse().unwrap();
    let mut challenges = Challenges::default();
    let (challenge, _) = challenges.issue(now, USER, &mut clockwork::Seed::of(&["oracle"]).fork("entra"));
    let mut making = Making::of(challenge.as_bytes());
    alter(&mut making);
    let mut ceremony = Ceremony {
        user: USER,
        groups: &BTreeSet::new(),
        registrar: Registrar::User,
        policy: &Fido2Policy::default(),
        roots: &TrustedRoots::from_pem(&[ROOT_PEM]).unwrap(),
        challenges: &mut challenges,
        passkeys: &Passkeys::default(),
    };
    registration::verify(now, &TestKey::new(1).make(&making), &mut ceremony).is_ok()
}

#[test]
fn registrations_are_judged_alike() {
    type Alteration = fn(&mut Making);
    let alterations: [(&str, bool, Alteration); 9] = [
        ("nothing", true, |_| {}),
        ("type", false, |making| making.client_data.kind = "webauthn.get".into()),
        ("challenge", false, |making| making.client_data.challenge = "AAAA".into()),
        ("origin", false, |making| making.client_data.origin = "https://evil.example".into()),
        ("RP ID hash", false, |making| making.rp_id_hash = Sha256::digest("evil.example").into()),
        ("presence", false, |making| making.flags ^= Flags::UP),
        ("verification", false, |making| making.flags ^= Flags::UV),
        ("attestation signature", false, |making| making.statement = Statement::BadlySigned),
        ("model of the certificate", false, |making| making.aaguid = Uuid::from_u128(5)),
    ];
    for (what, good, alter) in alterations {
        assert_eq!(oracle_takes_registration(alter), good, "oracle: {what}");
        assert_eq!(tenant_takes_registration(alter), good, "tenant: {what}");
    }
}

/// The oracle's challenge for an assertion of the key that it has registered.
fn oracle_assertion() -> (Vec<u8>, AuthenticationState) {
    let (challenge, state) = oracle_registration();
    let new = TestKey::new(7).make(&Making::of(&challenge));
    let credential = core().register_credential(&as_json(&new), &state, None).unwrap();
    let builder =
        core().new_challenge_authenticate_builder(vec![credential], Some(UserVerificationPolicy::Required)).unwrap();
    let (options, state) = core().generate_challenge_authenticate(builder).unwrap();
    let options = serde_json::to_value(options).unwrap();
    (Base64Url::parse(options["publicKey"]["challenge"].as_str().unwrap()).unwrap().0, state)
}

fn oracle_takes_assertion(signer: u8, alter: impl Fn(&mut Signing)) -> bool {
    let (challenge, state) = oracle_assertion();
    let mut signing = Signing::of(&challenge, USER.as_bytes().to_vec());
    alter(&mut signing);
    let signed = serde_json::to_value(signed_by(signer, &signing)).unwrap();
    let credential: PublicKeyCredential = serde_json::from_value(signed).unwrap();
    core().authenticate_credential(&credential, &state).is_ok()
}

fn tenant_takes_assertion(signer: u8, alter: impl Fn(&mut Signing)) -> bool {
    let now = "2027-03-01T09:00:00Z".parse().unwrap();
    let handles = UserHandles::new(Uuid::from_u128(1), [3; 32]);
    let mut passkeys = Passkeys::default();
    let held = TestKey::new(7);
    passkeys.add(super::Passkey { sign_count: 1, ..super::testing::passkey(USER, &held.credential_id) }).unwrap();
    let mut signing = Signing::of(b"nonce", handles.of(USER));
    alter(&mut signing);
    let expected = Expected {
        challenge: SignedChallenge::Nonce("nonce"),
        user: None,
        handles: &handles,
        policy: &Fido2Policy::default(),
        account: &|_| Some(Account { state: AccountState::Enabled, groups: BTreeSet::new() }),
    };
    assertion::verify(now, &signed_by(signer, &signing).into(), &expected, &mut passkeys).is_ok()
}

/// An assertion that names the registered key, signed with the private key of that number.
fn signed_by(signer: u8, signing: &Signing) -> wire::webauthn::Assertion {
    TestKey { credential_id: TestKey::new(7).credential_id, ..TestKey::new(signer) }.sign(signing)
}

#[test]
fn assertions_are_judged_alike() {
    type Alteration = fn(&mut Signing);
    let alterations: [(&str, bool, u8, Alteration); 9] = [
        ("nothing", true, 7, |_| {}),
        ("signature", false, 8, |_| {}),
        ("type", false, 7, |signing| signing.client_data.kind = "webauthn.create".into()),
        ("challenge", false, 7, |signing| signing.client_data.challenge = "AAAA".into()),
        ("origin", false, 7, |signing| signing.client_data.origin = "https://evil.example".into()),
        ("RP ID hash", false, 7, |signing| signing.rp_id_hash = [0; 32]),
        ("presence", false, 7, |signing| signing.flags ^= Flags::UP),
        ("verification", false, 7, |signing| signing.flags ^= Flags::UV),
        ("counter", false, 7, |signing| signing.sign_count = 1),
    ];
    for (what, good, signer, alter) in alterations {
        assert_eq!(oracle_takes_assertion(signer, alter), good, "oracle: {what}");
        assert_eq!(tenant_takes_assertion(signer, alter), good, "tenant: {what}");
    }
}
