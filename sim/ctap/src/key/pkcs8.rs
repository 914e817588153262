//! Private keys as others write them: PKCS#8 in DER (RFC 5958), or a bare scalar.

use p256::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _};

use super::PrivateKey;
use crate::Algorithm;

impl PrivateKey {
    /// The key as PKCS#8 in DER.
    pub(crate) fn to_pkcs8(&self) -> Vec<u8> {
        let secret = self.secret_bytes();
        let der = match self.algorithm() {
            Algorithm::ES256 => p256::SecretKey::from_slice(&secret).ok().and_then(|key| key.to_pkcs8_der().ok()),
            Algorithm::ES384 => p384::SecretKey::from_slice(&secret).ok().and_then(|key| key.to_pkcs8_der().ok()),
            seeded => {
                let head = HEADS.iter().find_map(|(algorithm, head)| (*algorithm == seeded).then_some(*head));
                return [head.expect("every other algorithm has a head"), &secret].concat();
            }
        };
        der.expect("a scalar that was in use is one").as_bytes().to_vec()
    }

    /// The key of PKCS#8 in DER, or of a scalar of P-256 or P-384.
    pub(crate) fn from_portable(bytes: &[u8]) -> Option<Self> {
        let scalar = |bytes: &[u8]| match bytes.len() {
            32 => Self::from_secret_bytes(Algorithm::ES256, bytes),
            48 => Self::from_secret_bytes(Algorithm::ES384, bytes),
            _ => None,
        };
        let seeded = || {
            HEADS.iter().find_map(|(algorithm, head)| {
                // The seed of Ed25519 is as long as a whole key of P-384: which it is, its head says.
                Self::from_secret_bytes(*algorithm, bytes.strip_prefix(*head)?)
            })
        };
        let p256 = || scalar(&p256::SecretKey::from_pkcs8_der(bytes).ok()?.to_bytes());
        let p384 = || scalar(&p384::SecretKey::from_pkcs8_der(bytes).ok()?.to_bytes());
        seeded().or_else(p256).or_else(p384).or_else(|| scalar(bytes))
    }
}

/// What stands before the 32 bytes of a seed: RFC 8410 §7 for Ed25519, RFC 9881 §6 for ML-DSA.
const HEADS: [(Algorithm, &[u8]); 4] = [
    (Algorithm::EdDSA, b"\x30\x2E\x02\x01\x00\x30\x05\x06\x03\x2B\x65\x70\x04\x22\x04\x20"),
    (Algorithm::MlDsa44, b"\x30\x34\x02\x01\x00\x30\x0B\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x11\x04\x22\x80\x20"),
    (Algorithm::MlDsa65, b"\x30\x34\x02\x01\x00\x30\x0B\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x12\x04\x22\x80\x20"),
    (Algorithm::MlDsa87, b"\x30\x34\x02\x01\x00\x30\x0B\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x13\x04\x22\x80\x20"),
];

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair};
    use clockwork::Seed;

    use super::*;
    use crate::Signer;

    fn key(algorithm: Algorithm) -> PrivateKey {
        PrivateKey::generate(algorithm, Signer::Reproducible, &mut Seed::of(&["pkcs8"]).fork("ctap"))
    }

    #[test]
    fn a_key_comes_back_from_its_pkcs8() {
        use Algorithm::{ES256, ES384, EdDSA, MlDsa44, MlDsa65, MlDsa87};
        for algorithm in [ES256, ES384, EdDSA, MlDsa44, MlDsa65, MlDsa87] {
            let original = key(algorithm);
            let copy = PrivateKey::from_portable(&original.to_pkcs8()).expect("a key");
            assert_eq!((copy.algorithm(), copy.secret_bytes()), (algorithm, original.secret_bytes()));
        }
    }

    #[test]
    fn another_library_reads_what_is_written_here() {
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &key(Algorithm::ES256).to_pkcs8()).expect("P-256");
        Ed25519KeyPair::from_pkcs8_maybe_unchecked(&key(Algorithm::EdDSA).to_pkcs8()).expect("Ed25519");
    }

    #[test]
    fn a_bare_scalar_is_a_key_of_its_curve_and_nothing_else_is_one() {
        for algorithm in [Algorithm::ES256, Algorithm::ES384] {
            let original = key(algorithm);
            let copy = PrivateKey::from_portable(&original.secret_bytes()).expect("a key");
            assert_eq!(copy.secret_bytes(), original.secret_bytes());
        }
        for bytes in [&[][..], &[0; 32], &[0xFF; 48], &[0x30; 67], b"-----BEGIN PRIVATE KEY-----"] {
            assert!(PrivateKey::from_portable(bytes).is_none());
        }
    }
}
