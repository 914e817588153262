//! What the library takes and refuses, with signatures that another library made.

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use x509_cert::der::{Decode as _, Encode as _};

use super::*;

const MESSAGE: &[u8] = b"authenticator data and a hash";

fn signer() -> SigningKey {
    SigningKey::from_slice(&[7; 32]).expect("a small number is a key")
}

fn point(signer: &SigningKey) -> Vec<u8> {
    signer.verifying_key().to_sec1_point(false).as_bytes().to_vec()
}

fn key() -> PublicKey {
    PublicKey::from_sec1(&point(&signer())).expect("a point")
}

fn signature() -> Signature {
    signer().sign(MESSAGE)
}

#[track_caller]
fn check_der(signature: &[u8], expect: bool) {
    assert_eq!(key().verifies_der(MESSAGE, signature), expect, "{signature:02X?}");
}

/// A SEQUENCE of two INTEGERs whose contents are these bytes, whatever DER says about them.
fn sequence(integers: [&[u8]; 2]) -> Vec<u8> {
    let length = |bytes: &[u8]| u8::try_from(bytes.len()).expect("short");
    let body = integers.map(|integer| [&[2, length(integer)], integer].concat()).concat();
    [&[0x30, length(&body)], body.as_slice()].concat()
}

/// The contents of an INTEGER of DER.
fn integer(scalar: &[u8]) -> Vec<u8> {
    let digits = &scalar[scalar.iter().take_while(|byte| **byte == 0).count()..];
    let zero: &[u8] = if digits.first().is_some_and(|first| *first >= 0x80) { &[0] } else { &[] };
    [zero, digits].concat()
}

#[test]
fn a_signature_of_another_library_is_right_in_both_forms() {
    let signature = signature();
    check_der(signature.to_der().as_bytes(), true);
    assert!(key().verifies_jose(MESSAGE, &signature.to_bytes()));
    assert!(!key().verifies_der(b"another", signature.to_der().as_bytes()));
    assert!(!key().verifies_jose(b"another", &signature.to_bytes()));
    assert!(!key().verifies_jose(MESSAGE, signature.to_der().as_bytes()), "one form is not taken for the other");
    check_der(&signature.to_bytes(), false);
}

#[test]
fn the_larger_of_the_two_right_values_of_s_is_right_too() {
    let (r, s) = signature().split_scalars();
    let mirrored = Signature::from_scalars(r, -s).expect("a scalar");
    check_der(mirrored.to_der().as_bytes(), true);
    assert!(key().verifies_jose(MESSAGE, &mirrored.to_bytes()));
}

#[test]
fn an_encoding_that_is_not_der_is_refused() {
    let bytes = signature().to_bytes();
    let [r, s] = [integer(&bytes[..32]), integer(&bytes[32..])];
    let good = sequence([&r, &s]);
    check_der(&good, true);
    check_der(&[good.as_slice(), &[0]].concat(), false);
    check_der(&good[..good.len() - 1], false);
    check_der(&[&[0x30, 0x81, good[1]], &good[2..]].concat(), false);
    check_der(&sequence([&[&[0], r.as_slice()].concat(), &s]), false);
    check_der(&[], false);
}

#[test]
fn scalars_out_of_range_are_refused() {
    let order = hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    let r = integer(&signature().to_bytes()[..32]);
    for wrong in [vec![0], integer(&order), vec![0xFF]] {
        check_der(&sequence([&r, &wrong]), false);
        check_der(&sequence([&wrong, &r]), false);
    }
    assert!(!key().verifies_jose(MESSAGE, &[0; 64]));
    assert!(!key().verifies_jose(MESSAGE, &[]));
}

#[test]
fn what_is_no_point_of_the_curve_is_no_key() {
    let good = point(&signer());
    assert!(PublicKey::from_sec1(&good).is_some());
    assert!(PublicKey::from_sec1(signer().verifying_key().to_sec1_point(true).as_bytes()).is_some());
    let mut off_the_curve = good.clone();
    off_the_curve[64] ^= 1;
    let mut hybrid = good.clone();
    hybrid[0] = 6 | (good[64] & 1);
    let not_reduced = [&[4], [0xFF; 64].as_slice()].concat();
    for wrong in [&off_the_curve, &hybrid, &not_reduced, &good[..64], &[0], &[0; 65], &[]] {
        assert!(PublicKey::from_sec1(wrong).is_none(), "{wrong:02X?}");
    }
}

#[test]
fn a_certified_key_must_say_that_it_is_of_this_curve() {
    let info = |curve: &str| {
        let point = point(&signer());
        let algorithm = hex(&format!("301306072a8648ce3d0201{curve}"));
        let der = [&[0x30, 0x59], algorithm.as_slice(), &[0x03, 0x42, 0x00], &point].concat();
        SubjectPublicKeyInfoOwned::from_der(&der).expect("a SubjectPublicKeyInfo")
    };
    let good = info("06082a8648ce3d030107");
    assert_eq!(PublicKey::from_spki(&good), Some(key()));
    assert!(PublicKey::from_spki(&info("06082a8648ce3d030106")).is_none());
    assert!(PublicKey::from_sec1(&good.to_der().expect("DER")).is_none(), "a certified key is not a point");
}

fn hex(digits: &str) -> Vec<u8> {
    digits.as_bytes().chunks(2).map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap()).collect()
}
