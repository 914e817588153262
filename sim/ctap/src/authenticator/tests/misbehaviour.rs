//! Faults that must be signed: each changes one thing, and the signature stays right unless it is the fault.

use wire::attestation::Packed;
use wire::auth_data::Flags;

use super::*;

/// What an assertion and its signature look like after an honest registration and one honest assertion.
struct Seen {
    flags: u8,
    sign_count: u32,
    rp_id_hash_is_right: bool,
    signature_is_right: bool,
}

fn assertion(misbehaviour: Misbehaviour) -> Seen {
    let mut desk = Desk::new();
    let (_, body) = desk.send(&make_credential(), &[Accept, Verified]);
    let registration = auth_data(&body);
    let registered = parsed(&registration);
    desk.check(&get_assertion(), &[Accept, Verified], "CTAP2_OK");
    desk.key.set_misbehaviour(misbehaviour);
    let (status, body) = desk.send(&get_assertion(), &[Accept, Verified]);
    assert_eq!(status, "CTAP2_OK");
    let bytes = auth_data(&body);
    let der = members(&body)[&3].clone();
    let signature = Decoder::new(&der).bytes().expect("bytes");
    let key = registered.credential.expect("a credential").public_key;
    Seen {
        flags: parsed(&bytes).flags.0,
        sign_count: parsed(&bytes).sign_count,
        rp_id_hash_is_right: parsed(&bytes).rp_id_hash == registered.rp_id_hash,
        signature_is_right: es256_verifies(key, &[&bytes[..], &HASH].concat(), signature),
    }
}

fn check(misbehaviour: Misbehaviour, flags: u8, sign_count: u32, rp_id_hash_is_right: bool, signature_is_right: bool) {
    let seen = assertion(misbehaviour);
    let seen = (seen.flags, seen.sign_count, seen.rp_id_hash_is_right, seen.signature_is_right);
    assert_eq!(seen, (flags, sign_count, rp_id_hash_is_right, signature_is_right), "{misbehaviour:?}");
}

#[test]
fn an_assertion_has_one_fault_at_a_time() {
    let both = Flags::UP | Flags::UV;
    check(Misbehaviour::None, both, 3, true, true);
    check(Misbehaviour::WrongRpIdHash, both, 3, false, true);
    check(Misbehaviour::NoUserPresence, Flags::UV, 3, true, true);
    check(Misbehaviour::NoUserVerification, Flags::UP, 3, true, true);
    check(Misbehaviour::BadSignature, both, 3, true, false);
    check(Misbehaviour::CounterStuck, both, 2, true, true);
    check(Misbehaviour::CounterReplayed, both, 1, true, true);
}

#[test]
fn a_registration_loses_its_attestation_or_takes_another_aaguid() {
    let register = |misbehaviour| {
        let mut desk = Desk::new();
        desk.key.set_misbehaviour(misbehaviour);
        desk.send(&make_credential(), &[Accept, Verified]).1
    };
    let stripped = members(&register(Misbehaviour::AttestationStripped));
    assert_eq!((stripped[&1].clone(), stripped[&3].as_slice()), (Value::Text("none").to_cbor(), [0xA0].as_slice()));

    let body = register(Misbehaviour::OtherAaguid);
    let bytes = auth_data(&body);
    let credential = parsed(&bytes).credential.expect("a credential");
    assert_ne!(credential.aaguid, Profile::hypr_ios().aaguid);
    let statement = members(&body)[&3].clone();
    let signature = Packed::parse(&statement).expect("packed").signature;
    let signed = [&bytes[..], &HASH].concat();
    assert!(es256_verifies(credential.public_key, &signed, signature), "the fault is signed");
}
