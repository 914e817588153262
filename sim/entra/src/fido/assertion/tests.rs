//! Every refusal of an assertion, by the one thing that is wrong with it.

use jiff::SignedDuration;

use super::*;
use crate::fido::testing::{RsaTestKey, Signing, TestKey, passkey};
use crate::fido::{HYPR_AAGUID, KeyRestrictions, Target};

const USER: Uuid = Uuid::from_u128(0xCA401);
const NONCE: &str = "AwABEgEAAAADnonce";

/// A tenant's part in sign-ins with a key.
struct Party {
    now: Timestamp,
    signing_key: SigningKey,
    handles: UserHandles,
    policy: Fido2Policy,
    passkeys: Passkeys,
    expected_user: Option<Uuid>,
    state: AccountState,
}

impl Party {
    fn new() -> Self {
        let mut passkeys = Passkeys::default();
        passkeys.add(passkey(USER, &TestKey::new(7).credential_id)).unwrap();
        Self {
            now: "2027-03-01T09:00:00Z".parse().unwrap(),
            signing_key: SigningKey::of_fixture(),
            handles: UserHandles::new(Uuid::from_u128(1), [3; 32]),
            policy: Fido2Policy::default(),
            passkeys,
            expected_user: None,
            state: AccountState::Enabled,
        }
    }

    fn signing(&self) -> Signing {
        let challenge = challenge::sign_in_challenge(&self.signing_key, self.now);
        Signing::of(challenge.as_bytes(), self.handles.of(USER))
    }

    fn verify(&mut self, parts: &AssertionParts) -> Result<Uuid, AssertionRefused> {
        self.verify_with(parts, None)
    }

    fn verify_with(&mut self, parts: &AssertionParts, nonce: Option<&str>) -> Result<Uuid, AssertionRefused> {
        let state = self.state;
        let account = |id| (id == USER).then(|| Account { state, groups: BTreeSet::new() });
        let expected = Expected {
            challenge: nonce.map_or(SignedChallenge::SignIn(&self.signing_key), SignedChallenge::Nonce),
            user: self.expected_user,
            handles: &self.handles,
            policy: &self.policy,
            account: &account,
        };
        verify(self.now, parts, &expected, &mut self.passkeys)
    }

    fn altered(&mut self, alter: impl FnOnce(&mut Signing)) -> Result<Uuid, AssertionRefused> {
        let mut signing = self.signing();
        alter(&mut signing);
        self.verify(&TestKey::new(7).parts(&signing))
    }
}

fn number(result: Result<Uuid, AssertionRefused>) -> Result<Uuid, u32> {
    result.map_err(|refused| refused.code().number)
}

/// What comes of an assertion with one thing wrong.
fn check(alter: impl FnOnce(&mut Signing), code: u32) {
    assert_eq!(number(Party::new().altered(alter)), Err(code));
}

#[test]
fn a_good_assertion_names_its_user_and_advances_the_counter() {
    let mut party = Party::new();
    assert_eq!(party.altered(|_| {}), Ok(USER));
    assert_eq!(party.passkeys.find(&TestKey::new(7).credential_id).unwrap().sign_count, 2);
}

#[test]
fn a_key_may_be_used_on_each_sign_in_origin_and_on_no_other() {
    for origin in ORIGINS {
        assert_eq!(Party::new().altered(|signing| signing.client_data.origin = origin.into()), Ok(USER));
    }
    check(|signing| signing.client_data.origin = "https://login.microsoft.com.evil.example".into(), 135_008);
    check(|signing| signing.client_data.cross_origin = true, 135_008);
}

#[test]
fn client_data_of_another_ceremony_are_refused() {
    check(|signing| signing.client_data.kind = "webauthn.create".into(), 135_007);
}

#[test]
fn a_challenge_must_be_signed_by_the_tenant() {
    let foreign = |text: &str| Base64Url(text.as_bytes().to_vec()).to_string();
    check(|signing| signing.client_data.challenge = foreign("O.e30.e30.e30"), 135_018);
    check(|signing| signing.client_data.challenge = foreign("anything"), 135_018);
    let mut party = Party::new();
    let other = party.signing_key.sign(&serde_json::json!({ "aud": "https://graph.microsoft.com", "iss": ISSUER_OF_TOKENS, "iat": 0, "nbf": 0, "exp": i64::MAX }));
    let result = party.altered(|signing| signing.client_data.challenge = foreign(&format!("O.{other}")));
    assert_eq!(number(result), Err(135_018), "a token of another audience is no challenge");
}

const ISSUER_OF_TOKENS: &str = "https://login.microsoft.com";

#[test]
fn a_challenge_can_be_used_again_until_it_ends() {
    let mut party = Party::new();
    let signing = party.signing();
    party.now += SignedDuration::from_secs(299);
    assert_eq!(party.verify(&TestKey::new(7).parts(&signing)), Ok(USER));
    let again = Signing { sign_count: 3, ..signing.clone() };
    assert_eq!(party.verify(&TestKey::new(7).parts(&again)), Ok(USER));
    party.now += SignedDuration::from_secs(1);
    let late = Signing { sign_count: 4, ..signing };
    assert_eq!(number(party.verify(&TestKey::new(7).parts(&late))), Err(135_019));
}

#[test]
fn windows_signs_its_nonce_and_nothing_else() {
    let mut party = Party::new();
    let signing = Signing::of(NONCE.as_bytes(), party.handles.of(USER));
    let parts = TestKey::new(7).parts(&signing);
    assert_eq!(party.verify_with(&parts, Some(NONCE)), Ok(USER));
    assert_eq!(number(party.verify_with(&parts, Some("another"))), Err(135_018));
    assert_eq!(number(party.verify(&parts)), Err(135_018), "a browser's challenge is no nonce");
}

#[test]
fn a_user_handle_must_be_one_of_the_tenant() {
    check(|signing| signing.user_handle = Some(b"MF:x".to_vec()), 135_013);
    check(|signing| signing.user_handle = Some(b"OF:short".to_vec()), 135_014);
    check(|signing| signing.user_handle = Some([b"OF:".as_slice(), &[0; 48]].concat()), 500_344);
    check(|signing| signing.user_handle = None, 135_014);
}

#[test]
fn a_handle_of_somebody_else_than_who_signs_in_is_refused() {
    let mut party = Party::new();
    party.expected_user = Some(Uuid::from_u128(2));
    assert_eq!(number(party.altered(|_| {})), Err(135_012));
    party.expected_user = Some(USER);
    assert_eq!(party.altered(|signing| signing.user_handle = None), Ok(USER), "the user was named beforehand");
}

#[test]
fn a_user_who_is_gone_is_not_found() {
    let mut party = Party::new();
    let gone = party.handles.of(Uuid::from_u128(2));
    assert_eq!(number(party.altered(|signing| signing.user_handle = Some(gone))), Err(500_344));
}

#[test]
fn a_key_that_the_user_has_not_registered_is_unknown() {
    let mut party = Party::new();
    let parts = TestKey::new(8).parts(&party.signing());
    assert_eq!(number(party.verify(&parts)), Err(135_001));
    party.passkeys = Passkeys::default();
    party.passkeys.add(passkey(Uuid::from_u128(2), &TestKey::new(7).credential_id)).unwrap();
    assert_eq!(number(party.altered(|_| {})), Err(135_001), "a key of somebody else");
}

#[test]
fn authenticator_data_must_be_readable_and_of_this_relying_party() {
    let mut party = Party::new();
    let mut parts = TestKey::new(7).parts(&party.signing());
    parts.authenticator_data.0.pop();
    assert_eq!(number(party.verify(&parts)), Err(135_002));
    check(|signing| signing.rp_id_hash = [0; 32], 135_008);
}

#[test]
fn presence_and_verification_are_required() {
    check(|signing| signing.flags ^= Flags::UP, 135_003);
    check(|signing| signing.flags ^= Flags::UV, 135_003);
}

#[test]
fn backup_flags_must_fit_the_registration() {
    check(|signing| signing.flags |= Flags::BE, 135_020);
    check(|signing| signing.flags |= Flags::BS, 135_020);
}

#[test]
fn a_wrong_signature_is_refused_and_moves_no_counter() {
    let mut party = Party::new();
    let mut parts = TestKey::new(7).parts(&party.signing());
    parts.signature = TestKey::new(8).parts(&party.signing()).signature;
    assert_eq!(number(party.verify(&parts)), Err(135_000));
    assert_eq!(party.passkeys.find(&TestKey::new(7).credential_id).unwrap().sign_count, 0);
}

#[test]
fn a_counter_must_advance_unless_it_is_always_zero() {
    let mut party = Party::new();
    let mut show = |count: u32| number(party.altered(|signing| signing.sign_count = count));
    assert_eq!(show(0), Ok(USER));
    assert_eq!(show(0), Ok(USER));
    assert_eq!(show(5), Ok(USER));
    assert_eq!(show(5), Err(135_017));
    assert_eq!(show(4), Err(135_017));
    assert_eq!(show(0), Err(135_017));
    assert_eq!(show(6), Ok(USER));
}

#[test]
fn a_synced_key_counts_nothing_and_one_count_spoils_it() {
    let mut party = Party::new();
    let key = Passkey { kind: PasskeyType::Synced, ..passkey(USER, &TestKey::new(7).credential_id) };
    party.passkeys = Passkeys::default();
    party.passkeys.add(key).unwrap();
    let mut show = |count: u32| {
        number(party.altered(|signing| {
            signing.flags |= Flags::BE;
            signing.sign_count = count;
        }))
    };
    assert_eq!(show(0), Ok(USER));
    assert_eq!(show(1), Err(135_017));
    assert_eq!(show(0), Err(135_017));
}

#[test]
fn the_policy_binds_at_each_sign_in() {
    let mut party = Party::new();
    party.policy.key_restrictions = KeyRestrictions::Block(BTreeSet::from([HYPR_AAGUID]));
    assert_eq!(number(party.altered(|signing| signing.sign_count = 10)), Err(130_501));
    party.policy.include = BTreeSet::from([Target::Group(Uuid::from_u128(3))]);
    assert_eq!(number(party.altered(|signing| signing.sign_count = 11)), Err(135_016));
    party.policy = Fido2Policy { state: MethodState::Disabled, ..Fido2Policy::default() };
    assert_eq!(number(party.altered(|signing| signing.sign_count = 12)), Err(135_016));
}

#[test]
fn a_disabled_account_does_not_sign_in() {
    let mut party = Party::new();
    party.state = AccountState::Disabled;
    assert_eq!(number(party.altered(|_| {})), Err(50_057));
}

#[test]
fn an_rsa_key_signs_in_and_another_signature_does_not() {
    let mut party = Party::new();
    let rsa = RsaTestKey::new();
    party.passkeys.add(Passkey { public_key: rsa.public_key(), ..passkey(USER, &[0x25; 32]) }).unwrap();
    let good = rsa.assertion(&party.signing());
    let mut forged = good.clone();
    forged.signature.0[100] ^= 1;
    assert_eq!(party.verify(&forged), Err(AssertionRefused::Signature));
    assert_eq!(party.verify(&good), Ok(USER));
}
