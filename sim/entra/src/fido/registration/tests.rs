//! Every refusal of a registration, by the one thing that is wrong with it.

use clockwork::{Seed, Stream};
use jiff::SignedDuration;

use super::*;
use crate::fido::testing::{
    COSE_ES256, COSE_RS256, FOREIGN_LEAF_KEY_PEM, FOREIGN_LEAF_PEM, LEAF_KEY_PEM, LEAF_PEM, Making, ROOT_PEM,
    RsaTestKey, Statement as Made, TestKey, chains,
};
use crate::fido::{KeyRestrictions, Target};

const USER: Uuid = Uuid::from_u128(0xCA401);

/// A tenant's part in registrations.
struct Party {
    now: Timestamp,
    rng: Stream,
    policy: Fido2Policy,
    challenges: Challenges,
    passkeys: Passkeys,
    registrar: Registrar,
}

impl Party {
    fn new() -> Self {
        Self {
            now: "2027-03-01T09:00:00Z".parse().unwrap(),
            rng: Seed::of(&["registration"]).fork("entra"),
            policy: Fido2Policy::default(),
            challenges: Challenges::default(),
            passkeys: Passkeys::default(),
            registrar: Registrar::User,
        }
    }

    fn challenge(&mut self) -> Vec<u8> {
        self.challenges.issue(self.now, USER, &mut self.rng).0.into_bytes()
    }

    fn register(&mut self, new: &NewKey) -> Result<Passkey, RegistrationRefused> {
        let roots = TrustedRoots::from_pem(&[ROOT_PEM]).unwrap();
        let mut ceremony = Ceremony {
            user: USER,
            groups: &BTreeSet::new(),
            registrar: self.registrar,
            policy: &self.policy,
            roots: &roots,
            challenges: &mut self.challenges,
            passkeys: &self.passkeys,
        };
        verify(self.now, new, &mut ceremony)
    }

    /// Registers a key that is made right but for what `alter` does.
    fn altered(&mut self, alter: impl FnOnce(&mut Making)) -> Result<Passkey, RegistrationRefused> {
        let mut making = Making::of(&self.challenge());
        alter(&mut making);
        self.register(&TestKey::new(1).make(&making))
    }
}

/// What comes of a key with one thing wrong: the AADSTS code and Graph's sub-code.
fn check(alter: impl FnOnce(&mut Making), code: u32, sub_code: &str) {
    assert_refused(Party::new().altered(alter), code, sub_code);
}

fn assert_refused(result: Result<Passkey, RegistrationRefused>, code: u32, sub_code: &str) {
    let refused = result.map(|key| key.display_name).expect_err("the key must be refused");
    assert_eq!((refused.code().number, refused.sub_code()), (code, sub_code));
}

#[test]
fn a_key_with_a_chain_to_a_trusted_root_is_attested() {
    let key = Party::new().altered(|_| {}).unwrap();
    assert_eq!(key.attestation_level, AttestationLevel::Attested);
    assert_eq!((key.user, key.sign_count, key.kind), (USER, 1, PasskeyType::DeviceBound));
    assert_eq!(key.attestation_chain, vec![crate::fido::testing::der(LEAF_PEM)]);
    assert_eq!(key.public_key, TestKey::new(1).public_key());
}

#[test]
fn the_root_itself_may_end_the_chain() {
    let chain_pem = vec![LEAF_PEM, ROOT_PEM];
    let key = Party::new().altered(|making| making.statement = Made::Chain { key_pem: LEAF_KEY_PEM, chain_pem });
    assert_eq!(key.unwrap().attestation_level, AttestationLevel::Attested);
}

#[test]
fn an_intermediate_is_trusted_as_far_as_its_issuer_lets_it() {
    let chain = |chain_pem: &[&'static str]| {
        let (key_pem, chain_pem) = (LEAF_KEY_PEM, chain_pem.to_vec());
        Party::new().altered(|making| making.statement = Made::Chain { key_pem, chain_pem })
    };
    let key = chain(&chains::GOOD).unwrap();
    assert_eq!((key.attestation_level, key.attestation_chain.len()), (AttestationLevel::Attested, 2));
    let crossed = [chains::GOOD[0], chains::NOT_FOR_SIGNING[1]];
    for bad in [&chains::GOOD[..1], &crossed, &chains::TOO_DEEP, &chains::NOT_FOR_SIGNING, &chains::BELOW_A_LEAF] {
        assert_refused(chain(bad), 135_020, "error_attestation_not_trusted");
    }
}

#[test]
fn client_data_of_another_ceremony_are_refused() {
    check(|making| making.client_data.kind = "webauthn.get".into(), 135_007, "error_invalid_client_data_type");
}

#[test]
fn client_data_that_are_not_json_are_refused() {
    let mut party = Party::new();
    let new = TestKey::new(1).make(&Making::of(&party.challenge()));
    assert_refused(
        party.register(&NewKey { client_data_json: b"{".to_vec(), ..new }),
        135_020,
        "error_invalid_client_data",
    );
}

#[test]
fn a_challenge_that_was_never_issued_is_refused() {
    check(|making| making.client_data.challenge = "Zm9yZWlnbg".into(), 135_018, "error_invalid_challenge");
}

#[test]
fn a_challenge_of_another_user_is_refused() {
    let mut party = Party::new();
    let (challenge, _) = party.challenges.issue(party.now, Uuid::from_u128(2), &mut party.rng);
    let new = TestKey::new(1).make(&Making::of(challenge.as_bytes()));
    assert_refused(party.register(&new), 135_018, "error_invalid_challenge");
}

#[test]
fn a_challenge_is_good_once() {
    let mut party = Party::new();
    let challenge = party.challenge();
    assert!(party.register(&TestKey::new(1).make(&Making::of(&challenge))).is_ok());
    let again = party.register(&TestKey::new(2).make(&Making::of(&challenge)));
    assert_refused(again, 135_018, "error_invalid_challenge");
}

#[test]
fn a_challenge_is_good_for_five_minutes() {
    for (seconds, good) in [(299, true), (300, false)] {
        let mut party = Party::new();
        let new = TestKey::new(1).make(&Making::of(&party.challenge()));
        party.now += SignedDuration::from_secs(seconds);
        match good {
            true => assert!(party.register(&new).is_ok()),
            false => assert_refused(party.register(&new), 135_019, "error_expired_challenge"),
        }
    }
}

#[test]
fn another_origin_is_refused_also_one_that_may_use_keys() {
    for origin in ["https://login.microsoft.com.evil.example", "https://login.microsoftonline.com"] {
        check(|making| making.client_data.origin = origin.into(), 135_008, "error_invalid_origin");
    }
}

#[test]
fn a_cross_origin_frame_is_refused() {
    check(|making| making.client_data.cross_origin = true, 135_008, "error_cross_origin");
}

#[test]
fn a_key_for_another_relying_party_is_refused() {
    check(|making| making.rp_id_hash = Sha256::digest("evil.example").into(), 135_008, "error_invalid_rp_id_hash");
}

#[test]
fn presence_verification_and_consistent_backup_flags_are_required() {
    check(|making| making.flags ^= Flags::UP, 135_003, "error_user_not_present");
    check(|making| making.flags ^= Flags::UV, 135_003, "error_user_not_verified");
    check(|making| making.flags |= Flags::BS, 135_020, "error_invalid_backup_flags");
}

#[test]
fn a_backup_eligible_key_is_synced() {
    let key = Party::new().altered(|making| making.flags |= Flags::BE | Flags::BS).unwrap();
    assert_eq!(key.kind, PasskeyType::Synced);
}

#[test]
fn authenticator_data_without_a_key_are_refused() {
    check(|making| making.flags ^= Flags::AT, 135_002, "error_invalid_authenticator_data");
}

#[test]
fn an_attestation_object_that_is_not_cbor_is_refused() {
    let mut party = Party::new();
    let new = TestKey::new(1).make(&Making::of(&party.challenge()));
    let new = NewKey { attestation_object: vec![0xFF], ..new };
    assert_refused(party.register(&new), 135_020, "error_invalid_attestation_object");
}

#[test]
fn a_key_of_another_algorithm_is_refused() {
    check(|making| making.cose_algorithm = 0x27, 135_020, "error_unsupported_algorithm");
}

#[test]
fn a_chain_to_another_root_is_refused_when_attestation_is_enforced() {
    let foreign = || Made::Chain { key_pem: FOREIGN_LEAF_KEY_PEM, chain_pem: vec![FOREIGN_LEAF_PEM] };
    check(|making| making.statement = foreign(), 135_020, "error_attestation_not_trusted");
    let mut party = Party::new();
    party.policy.attestation = AttestationEnforcement::NotEnforced;
    let key = party.altered(|making| making.statement = foreign()).unwrap();
    assert_eq!((key.attestation_level, key.attestation_chain.len()), (AttestationLevel::NotAttested, 0));
}

#[test]
fn a_chain_that_is_not_valid_yet_is_not_trusted() {
    let mut party = Party::new();
    party.now = "2026-01-01T00:00:00Z".parse().unwrap();
    assert_refused(party.altered(|_| {}), 135_020, "error_attestation_not_trusted");
}

#[test]
fn self_and_no_attestation_are_refused_when_enforced_and_accepted_when_not() {
    let none = || Made::Other { format: "none".into(), cbor: vec![0xA0] };
    let unknown = || Made::Other { format: "vendor-format".into(), cbor: vec![0xA0] };
    for statement in [Made::SelfSigned, none(), unknown()] {
        let mut party = Party::new();
        let refused = party.altered(|making| making.statement = statement.clone());
        assert_refused(refused, 135_020, "error_attestation_required");
        party.policy.attestation = AttestationEnforcement::NotEnforced;
        let key = party.altered(|making| making.statement = statement).unwrap();
        assert_eq!(key.attestation_level, AttestationLevel::NotAttested);
    }
}

#[test]
fn a_wrong_attestation_signature_is_refused_even_when_not_enforced() {
    let mut party = Party::new();
    party.policy.attestation = AttestationEnforcement::NotEnforced;
    let refused = party.altered(|making| making.statement = Made::BadlySigned);
    assert_refused(refused, 135_000, "error_invalid_attestation_signature");
    let wrong_key = Made::Chain { key_pem: FOREIGN_LEAF_KEY_PEM, chain_pem: vec![LEAF_PEM] };
    let refused = party.altered(|making| making.statement = wrong_key);
    assert_refused(refused, 135_000, "error_invalid_attestation_signature");
}

#[test]
fn a_statement_that_is_not_what_its_format_says_is_refused() {
    for (format, cbor) in [
        ("none", vec![0xA1, 0x61, b'x', 0x01]),
        ("packed", vec![0xA0]),
        ("a-format-with-a-name-of-33-letters", vec![0xA0]),
    ] {
        let statement = Made::Other { format: format.into(), cbor };
        check(|making| making.statement = statement, 135_020, "error_invalid_attestation_statement");
    }
}

#[test]
fn a_certificate_for_another_model_is_refused() {
    check(|making| making.aaguid = Uuid::from_u128(5), 135_020, "error_invalid_attestation_certificate");
}

#[test]
fn a_certificate_that_is_an_authority_is_no_leaf() {
    let root_key = include_str!("../../../../../fixtures/pki/attestation-root.key.pem");
    let statement = Made::Chain { key_pem: root_key, chain_pem: vec![ROOT_PEM] };
    check(|making| making.statement = statement, 135_020, "error_invalid_attestation_certificate");
}

#[test]
fn key_restrictions_bind_by_model() {
    let hypr = BTreeSet::from([crate::fido::HYPR_AAGUID]);
    let other = BTreeSet::from([Uuid::from_u128(5)]);
    for (restrictions, permitted) in [
        (KeyRestrictions::Allow(hypr.clone()), true),
        (KeyRestrictions::Block(other.clone()), true),
        (KeyRestrictions::Allow(other), false),
        (KeyRestrictions::Block(hypr), false),
    ] {
        let mut party = Party::new();
        party.policy.key_restrictions = restrictions;
        match permitted {
            true => assert!(party.altered(|_| {}).is_ok()),
            false => assert_refused(party.altered(|_| {}), 130_501, "error_key_restriction_policy_failure"),
        }
    }
}

#[test]
fn a_credential_id_must_be_the_attested_one_and_free() {
    let mut party = Party::new();
    let new = TestKey::new(1).make(&Making::of(&party.challenge()));
    let other = NewKey { credential_id: vec![9; 32], ..new };
    assert_refused(party.register(&other), 135_020, "error_invalid_credential_id");
    party.passkeys.add(crate::fido::testing::passkey(Uuid::from_u128(2), &TestKey::new(1).credential_id)).unwrap();
    assert_refused(party.altered(|_| {}), 135_020, "error_duplicate_credential");
}

#[test]
fn a_name_has_1_to_30_characters_and_a_bad_one_leaves_the_challenge_good() {
    let mut party = Party::new();
    let new = TestKey::new(1).make(&Making::of(&party.challenge()));
    for name in ["", "  ", &"é".repeat(31)] {
        let named = NewKey { display_name: name.into(), ..new.clone() };
        assert_refused(party.register(&named), 135_020, "error_invalid_display_name");
    }
    assert!(party.register(&NewKey { display_name: "é".repeat(30), ..new }).is_ok());
}

#[test]
fn the_policy_says_who_may_register() {
    let mut party = Party::new();
    party.policy.self_service = SelfService::NotAllowed;
    assert_refused(party.altered(|_| {}), 135_016, "error_self_service_registration_not_allowed");
    party.registrar = Registrar::Administrator;
    assert!(party.altered(|_| {}).is_ok());
    party.policy.include = BTreeSet::from([Target::Group(Uuid::from_u128(3))]);
    assert_refused(party.altered(|_| {}), 130_501, "error_user_group_restriction_policy_failure");
    party.policy.state = MethodState::Disabled;
    assert_refused(party.altered(|_| {}), 135_016, "error_method_disabled");
}

#[test]
fn options_ask_for_what_the_reference_shows() {
    let key = crate::fido::testing::passkey(USER, &[7; 16]);
    let user = User { id: Base64Url(vec![1]), name: "carol@x".into(), display_name: "Carol".into() };
    let options = serde_json::to_value(creation_options(user, "A.B", vec![descriptor(&key)])).unwrap();
    assert_eq!(options["rp"]["id"], "login.microsoft.com");
    assert_eq!(options["challenge"], Base64Url(b"A.B".to_vec()).to_string());
    assert_eq!(options["excludeCredentials"][0]["transports"][0], "usb");
    assert_eq!(options["authenticatorSelection"]["requireResidentKey"], true);
    assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
    assert_eq!(options["attestation"], "direct");
    assert_eq!(options["extensions"]["hmacCreateSecret"], true);
}

#[test]
fn graph_hears_of_a_refusal_as_json_within_json() {
    let message: serde_json::Value = serde_json::from_str(&RegistrationRefused::NotTargeted.graph_message()).unwrap();
    let value = &message["odata.error"]["values"][0];
    assert_eq!(
        (value["item"].as_str(), value["value"].as_str()),
        (Some("subCode"), Some("error_user_group_restriction_policy_failure"))
    );
}

#[test]
fn a_key_of_the_other_algorithm_that_is_asked_for_is_registered() {
    let mut party = Party::new();
    party.policy.attestation = AttestationEnforcement::NotEnforced;
    let new = RsaTestKey::new().make(&party.challenge(), &COSE_RS256);
    let key = party.register(&new).unwrap();
    assert_eq!((key.public_key.algorithm(), key.attestation_level), (-257, AttestationLevel::NotAttested));
}

#[test]
fn an_rsa_key_that_claims_to_have_signed_by_another_algorithm_is_refused() {
    let mut party = Party::new();
    let new = RsaTestKey::new().make(&party.challenge(), &[COSE_ES256]);
    assert_refused(party.register(&new), 135_020, "error_invalid_attestation_statement");
}
