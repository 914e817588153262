//! Authenticator data, as the authenticator writes it (WebAuthn Level 3 §6.1), and the COSE key within.

use p256::ecdsa::VerifyingKey;
use wire::auth_data::Flags;

use crate::misbehaviour::Misbehaviour;

/// RP ID hash, flags and counter; what follows is appended by the caller.
pub(crate) fn header(rp_id_hash: [u8; 32], flags: u8, sign_count: u32, misbehaviour: Misbehaviour) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(BYTES_TYPICAL);
    bytes.extend_from_slice(&misbehaviour.rp_id_hash(rp_id_hash));
    bytes.push(misbehaviour.flags(flags));
    bytes.extend_from_slice(&sign_count.to_be_bytes());
    bytes
}

/// Appends attested credential data (§6.5.1).
pub(crate) fn push_credential(bytes: &mut Vec<u8>, aaguid: [u8; 16], id: &[u8], key: &VerifyingKey) {
    bytes.extend_from_slice(&aaguid);
    bytes.extend_from_slice(&u16::try_from(id.len()).expect("ids made here are short").to_be_bytes());
    bytes.extend_from_slice(id);
    push_public_key(bytes, key);
}

/// Appends a credential's public key as a COSE key: the same at registration and when credentials are listed.
pub(crate) fn push_public_key(bytes: &mut Vec<u8>, key: &VerifyingKey) {
    push_cose_key(bytes, &ES256_HEAD, key.to_sec1_point(false).as_bytes());
}

/// Appends a COSE EC2 key: the members before `x`, then the coordinates of an uncompressed SEC1 point.
pub(crate) fn push_cose_key(bytes: &mut Vec<u8>, head: &[u8], point: &[u8]) {
    let (x, y) = point[1..].split_at(32);
    bytes.extend_from_slice(head);
    for (label, coordinate) in [(0x21, x), (0x22, y)] {
        bytes.extend_from_slice(&[label, 0x58, 32]);
        bytes.extend_from_slice(coordinate);
    }
}

/// The flags of data to which extensions are appended when `extensions` has any.
pub(crate) fn flags(consent: u8, more: u8, extensions: Option<&[u8]>) -> u8 {
    consent | more | if extensions.is_some() { Flags::ED } else { 0 }
}

/// `{1: 2, 3: -7, -1: 1, ..}`: EC2, ES256, P-256.
const ES256_HEAD: [u8; 7] = [0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01];
/// Header, attested credential data and small extensions, and the client data hash appended to be signed.
const BYTES_TYPICAL: usize = 320;
