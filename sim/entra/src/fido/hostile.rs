//! Bytes that no authenticator makes: nothing does harm, and one changed byte makes a ceremony fail.

use std::collections::BTreeSet;

use clockwork::Seed;
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::Index;
use uuid::Uuid;

use super::assertion::{self, Account, AccountState, Expected, SignedChallenge};
use super::challenge::Challenges;
use super::registration::{self, Ceremony};
use super::testing::{Making, ROOT_PEM, Signing, TestKey, passkey};
use super::{
    AssertionParts, AssertionRefused, Fido2Policy, NewKey, Passkey, Passkeys, Registrar, RegistrationRefused,
    TrustedRoots, UserHandles,
};

const USER: Uuid = Uuid::from_u128(0xCA401);
const NONCE: &str = "nonce";

fn now() -> Timestamp {
    "2027-03-01T09:00:00Z".parse().unwrap()
}

/// Registers a good key after `alter` has been at it, where attestation is enforced.
fn register(alter: impl FnOnce(&mut NewKey)) -> Result<Passkey, RegistrationRefused> {
    let mut challenges = Challenges::default();
    let (challenge, _) = challenges.issue(now(), USER, &mut Seed::of(&["hostile"]).fork("entra"));
    let mut new = TestKey::new(1).make(&Making::of(challenge.as_bytes()));
    alter(&mut new);
    let mut ceremony = Ceremony {
        user: USER,
        groups: &BTreeSet::new(),
        registrar: Registrar::User,
        policy: &Fido2Policy::default(),
        roots: &TrustedRoots::from_pem(&[ROOT_PEM]).unwrap(),
        challenges: &mut challenges,
        passkeys: &Passkeys::default(),
    };
    registration::verify(now(), &new, &mut ceremony)
}

/// Verifies a good assertion after `alter` has been at it.
fn sign_in(alter: impl FnOnce(&mut AssertionParts)) -> Result<Uuid, AssertionRefused> {
    let handles = UserHandles::new(Uuid::from_u128(1), [3; 32]);
    let key = TestKey::new(7);
    let mut passkeys = Passkeys::default();
    passkeys.add(passkey(USER, &key.credential_id)).unwrap();
    let mut parts = key.parts(&Signing::of(NONCE.as_bytes(), handles.of(USER)));
    alter(&mut parts);
    let expected = Expected {
        challenge: SignedChallenge::Nonce(NONCE),
        user: None,
        handles: &handles,
        policy: &Fido2Policy::default(),
        account: &|id| {
            let groups = BTreeSet::new();
            (id == USER).then_some(Account { state: AccountState::Enabled, groups })
        },
    };
    assertion::verify(now(), &parts, &expected, &mut passkeys)
}

/// What may happen to bytes on their way.
#[derive(Clone, Debug)]
enum Damage {
    Flip(Index, u8),
    Cut(Index),
    Insert(Index, u8),
    Replace(Vec<u8>),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        8 => (any::<Index>(), 1..=u8::MAX).prop_map(|(at, bits)| Damage::Flip(at, bits)),
        1 => any::<Index>().prop_map(Damage::Cut),
        1 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Damage::Insert(at, byte)),
        1 => prop::collection::vec(any::<u8>(), 0..64).prop_map(Damage::Replace),
    ]
}

impl Damage {
    fn strike(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Flip(at, bits) => {
                let at = at.index(bytes.len());
                bytes[at] ^= bits;
            }
            Self::Cut(at) => bytes.truncate(at.index(bytes.len())),
            Self::Insert(at, byte) => bytes.insert(at.index(bytes.len()), *byte),
            Self::Replace(other) => bytes.clone_from(other),
        }
    }
}

#[test]
fn what_nobody_has_touched_is_taken() {
    assert!(register(|_| {}).is_ok());
    assert_eq!(sign_in(|_| {}), Ok(USER));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_registration_is_refused(damage in damage()) {
        prop_assert!(register(|new| damage.strike(&mut new.attestation_object)).is_err());
        prop_assert!(register(|new| damage.strike(&mut new.client_data_json)).is_err());
        prop_assert!(register(|new| damage.strike(&mut new.credential_id)).is_err());
    }

    #[test]
    fn a_damaged_assertion_is_refused(damage in damage()) {
        prop_assert!(sign_in(|parts| damage.strike(&mut parts.authenticator_data.0)).is_err());
        prop_assert!(sign_in(|parts| damage.strike(&mut parts.client_data_json.0)).is_err());
        prop_assert!(sign_in(|parts| damage.strike(&mut parts.signature.0)).is_err());
        prop_assert!(sign_in(|parts| damage.strike(&mut parts.credential_id.0)).is_err());
        prop_assert!(sign_in(|parts| damage.strike(&mut parts.user_handle.as_mut().unwrap().0)).is_err());
    }
}
