//! Authenticator data, as the authenticator writes it (WebAuthn Level 3 §6.1), and the COSE key within.

use wire::auth_data::Flags;

use crate::fault::Verdict;
use crate::key::PrivateKey;

/// RP ID hash, flags and counter; what follows is appended by the caller.
pub(crate) fn header(rp_id_hash: [u8; 32], flags: u8, sign_count: u32, verdict: &Verdict) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(BYTES_TYPICAL);
    bytes.extend_from_slice(&verdict.rp_id_hash(rp_id_hash));
    bytes.push(verdict.flags(flags));
    bytes.extend_from_slice(&sign_count.to_be_bytes());
    bytes
}

/// Appends attested credential data (§6.5.1).
pub(crate) fn push_credential(bytes: &mut Vec<u8>, aaguid: [u8; 16], id: &[u8], key: &PrivateKey) {
    bytes.extend_from_slice(&aaguid);
    bytes.extend_from_slice(&u16::try_from(id.len()).expect("ids made here are short").to_be_bytes());
    bytes.extend_from_slice(id);
    key.push_public_key(bytes);
}

/// Appends a COSE EC2 key: the members before `x`, then the coordinates of an uncompressed SEC1 point.
pub(crate) fn push_cose_key(bytes: &mut Vec<u8>, head: &[u8], point: &[u8]) {
    let (x, y) = point[1..].split_at(point.len() / 2);
    bytes.extend_from_slice(head);
    for (label, coordinate) in [(0x21, x), (0x22, y)] {
        bytes.extend_from_slice(&[label, 0x58, (point.len() / 2) as u8]);
        bytes.extend_from_slice(coordinate);
    }
}

/// The flags of data to which extensions are appended when `extensions` has any.
pub(crate) fn flags(consent: u8, more: u8, extensions: Option<&[u8]>) -> u8 {
    consent | more | if extensions.is_some() { Flags::ED } else { 0 }
}

/// Header, attested credential data and small extensions, and the client data hash appended to be signed.
const BYTES_TYPICAL: usize = 320;
