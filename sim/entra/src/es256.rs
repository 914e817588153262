//! ES256 (RFC 7518 §3.4, RFC 9053 §2.1), the side that verifies.
//!
//! Whether a signature is right does not depend on the library, so that the fastest one serves. It is another one than
//! a phone of the lab signs with.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_FIXED, ParsedPublicKey, UnparsedPublicKey};
use x509_cert::der::oid::db::rfc5912::{ID_EC_PUBLIC_KEY, SECP_256_R_1};
use x509_cert::der::referenced::OwnedToRef as _;
use x509_cert::spki::SubjectPublicKeyInfoOwned;

/// A point of P-256.
#[derive(Clone)]
pub struct PublicKey(ParsedPublicKey);

impl PublicKey {
    /// A point as SEC1 §2.3.3 writes it, uncompressed or compressed; `None` when it is none of P-256.
    #[must_use]
    pub fn from_sec1(point: &[u8]) -> Option<Self> {
        // The library would read a SubjectPublicKeyInfo here as well.
        let is_point = matches!((point.first(), point.len()), (Some(4), 65) | (Some(2 | 3), 33));
        is_point.then(|| ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).ok().map(Self)).flatten()
    }

    /// The key that a certificate certifies; `None` when it is no P-256 key.
    pub(crate) fn from_spki(info: &SubjectPublicKeyInfoOwned) -> Option<Self> {
        info.algorithm.owned_to_ref().assert_oids(ID_EC_PUBLIC_KEY, SECP_256_R_1).ok()?;
        Self::from_sec1(info.subject_public_key.as_bytes()?)
    }

    /// Whether this is a signature of `message`, in DER as WebAuthn and X.509 have it.
    pub(crate) fn verifies_der(&self, message: &[u8], signature: &[u8]) -> bool {
        self.0.verify_sig(message, signature).is_ok()
    }

    /// Whether this is a signature of `message`, `r` and `s` of 32 bytes each as JOSE has it.
    pub(crate) fn verifies_jose(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &self.0).verify(message, signature).is_ok()
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_ref() == other.0.as_ref()
    }
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("PublicKey").field(&self.0.as_ref()).finish()
    }
}

#[cfg(test)]
mod tests;
