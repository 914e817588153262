//! A certificate for a credential's key by that key: what stands in a U2F registration where no other vouches
//! (RFC 5280 §4.1).

use crate::key::PrivateKey;

/// The certificate, in DER.
pub(super) fn certificate(key: &PrivateKey, point: &[u8; 65]) -> Vec<u8> {
    let algorithm = tlv(SEQUENCE, &[ECDSA_WITH_SHA256]);
    let attribute = tlv(SEQUENCE, &[COMMON_NAME, &tlv(UTF8_STRING, &[SUBJECT])]);
    let name = tlv(SEQUENCE, &[&tlv(SET, &[&attribute])]);
    let validity = tlv(SEQUENCE, &[&tlv(UTC_TIME, &[NOT_BEFORE]), &tlv(GENERALIZED_TIME, &[NOT_AFTER])]);
    let public_key = tlv(SEQUENCE, &[&tlv(SEQUENCE, &[EC_PUBLIC_KEY, PRIME256V1]), &tlv(BIT_STRING, &[&[0], point])]);
    let signed = tlv(SEQUENCE, &[VERSION_3, SERIAL_NUMBER, &algorithm, &name, &validity, &name, &public_key]);
    let signature = tlv(BIT_STRING, &[&[0], &key.sign(&signed)]);
    tlv(SEQUENCE, &[&signed, &algorithm, &signature])
}

/// A value of DER with its tag and length. None here has 65,536 bytes.
fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut bytes = vec![tag];
    match length.to_be_bytes() {
        [.., low] if length < 0x80 => bytes.push(low),
        [.., 0, low] => bytes.extend([0x81, low]),
        [.., high, low] => bytes.extend([0x82, high, low]),
    }
    bytes.extend(parts.concat());
    bytes
}

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const BIT_STRING: u8 = 0x03;
const UTF8_STRING: u8 = 0x0C;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// 1.2.840.10045.4.3.2
const ECDSA_WITH_SHA256: &[u8] = &[0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02];
/// 1.2.840.10045.2.1
const EC_PUBLIC_KEY: &[u8] = &[0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01];
/// 1.2.840.10045.3.1.7
const PRIME256V1: &[u8] = &[0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];
/// 2.5.4.3
const COMMON_NAME: &[u8] = &[0x06, 0x03, 0x55, 0x04, 0x03];
const VERSION_3: &[u8] = &[0xA0, 0x03, 0x02, 0x01, 0x02];
const SERIAL_NUMBER: &[u8] = &[0x02, 0x01, 0x01];
const SUBJECT: &[u8] = b"passkey-lab U2F credential";
const NOT_BEFORE: &[u8] = b"200101000000Z";
/// No end (RFC 5280 §4.1.2.5).
const NOT_AFTER: &[u8] = b"99991231235959Z";
