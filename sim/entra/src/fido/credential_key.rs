//! The public key of a credential, by one of the two algorithms that Entra asks for (RFC 9053 §2.1, RFC 8812 §2).

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use wire::cose;

use crate::es256::PublicKey;

/// A public key that verifies assertions.
#[derive(Clone, Debug, PartialEq)]
pub enum CredentialKey {
    /// ECDSA on P-256.
    Es256(PublicKey),
    /// RSA, PKCS#1 v1.5.
    Rs256(RsaKey),
}

/// An RSA key of 2048 to 8192 bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RsaKey {
    /// Big-endian, as `e` is.
    n: Vec<u8>,
    e: Vec<u8>,
}

/// The algorithms, the one that Entra prefers first.
pub(crate) const ALGORITHMS: [i64; 2] = [cose::ES256, cose::RS256];

const MODULUS_BYTES: std::ops::RangeInclusive<usize> = 256..=1024;
/// A longer exponent is no key's, and would make a signature slow to verify.
const EXPONENT_BYTES_MAX: usize = 4;

impl CredentialKey {
    /// Reads a COSE key; `None` when it is of another algorithm or no key at all.
    pub(crate) fn from_cose(cbor: &[u8]) -> Option<Self> {
        if let Ok(point) = cose::es256(cbor) {
            return PublicKey::from_sec1(&point).map(Self::Es256);
        }
        let (n, e) = cose::rs256(cbor).ok()?;
        let fits = MODULUS_BYTES.contains(&n.len()) && (1..=EXPONENT_BYTES_MAX).contains(&e.len());
        fits.then(|| Self::Rs256(RsaKey { n: n.to_vec(), e: e.to_vec() }))
    }

    /// Its COSE algorithm.
    pub(crate) fn algorithm(&self) -> i64 {
        match self {
            Self::Es256(_) => cose::ES256,
            Self::Rs256(_) => cose::RS256,
        }
    }

    /// Whether this is a signature of `message`, as WebAuthn has it (§6.5.5).
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Es256(key) => key.verifies_der(message, signature),
            Self::Rs256(RsaKey { n, e }) => {
                let key = RsaPublicKeyComponents { n, e };
                key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok()
            }
        }
    }
}
