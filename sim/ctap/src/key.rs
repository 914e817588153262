//! A credential's private key: what signs, and its public half as the relying party gets it.
//!
//! Every algorithm signs deterministically, so that the same seed gives the same bytes: ECDSA by RFC 6979, Ed25519 by
//! RFC 8032, ML-DSA by the deterministic variant of FIPS 204. [`Signer::Fast`] gives that up for ES256.
//!
//! **Invariant**: signing parses no key and derives none; the public half is kept beside the private one.

mod pkcs8;

use std::sync::Arc;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use clockwork::Stream;
use minicbor::Encoder;
use ml_dsa::signature::Keypair as _;
use ml_dsa::{MlDsa44, MlDsa65, MlDsa87};
use p256::ecdsa::signature::Signer as _;
use p256::elliptic_curve::Generate as _;

use crate::Algorithm;
use crate::auth_data::push_cose_key;
use crate::authenticator::Never;

/// Which library makes and uses ES256 keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Signer {
    /// `p256`: the same seed gives the same keys and signatures.
    #[default]
    Reproducible,
    /// `aws-lc-rs`: about five times as fast, for load runs; keys and signatures differ from run to run.
    Fast,
}

/// A private key. The common one is held in place; the others, large or rare, behind a pointer.
#[derive(Clone)]
pub(crate) enum PrivateKey {
    Es256(p256::ecdsa::SigningKey),
    Es256Fast(Arc<EcdsaKeyPair>),
    EdDsa(Arc<EdDsa>),
    Es384(Arc<p384::ecdsa::SigningKey>),
    MlDsa44(Arc<ml_dsa::SigningKey<MlDsa44>>),
    MlDsa65(Arc<ml_dsa::SigningKey<MlDsa65>>),
    MlDsa87(Arc<ml_dsa::SigningKey<MlDsa87>>),
}

/// An Ed25519 key and the seed that it came from, which the library does not give back.
pub(crate) struct EdDsa {
    seed: [u8; 32],
    pair: Ed25519KeyPair,
}

impl EdDsa {
    fn new(seed: [u8; 32]) -> Self {
        Self { pair: Ed25519KeyPair::from_seed_unchecked(&seed).expect("any 32 bytes are a seed"), seed }
    }
}

impl PrivateKey {
    /// A new key.
    pub(crate) fn generate(algorithm: Algorithm, signer: Signer, rng: &mut Stream) -> Self {
        match (algorithm, signer) {
            (Algorithm::ES256, Signer::Reproducible) => Self::Es256(p256::ecdsa::SigningKey::generate_from_rng(rng)),
            (Algorithm::ES256, Signer::Fast) => {
                let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING);
                Self::Es256Fast(Arc::new(pair.expect("the system has randomness")))
            }
            (Algorithm::EdDSA, _) => Self::EdDsa(Arc::new(EdDsa::new(rng.bytes()))),
            (Algorithm::ES384, _) => Self::Es384(Arc::new(p384::ecdsa::SigningKey::generate_from_rng(rng))),
            (Algorithm::MlDsa44, _) => {
                Self::MlDsa44(Arc::new(ml_dsa::SigningKey::from_seed(&rng.bytes::<32>().into())))
            }
            (Algorithm::MlDsa65, _) => {
                Self::MlDsa65(Arc::new(ml_dsa::SigningKey::from_seed(&rng.bytes::<32>().into())))
            }
            (Algorithm::MlDsa87, _) => {
                Self::MlDsa87(Arc::new(ml_dsa::SigningKey::from_seed(&rng.bytes::<32>().into())))
            }
        }
    }

    /// The key of [`Self::secret_bytes`]; `None` when they are no key of that algorithm.
    pub(crate) fn from_secret_bytes(algorithm: Algorithm, bytes: &[u8]) -> Option<Self> {
        // The libraries would fill a scalar that is too short with zeros.
        let length = if algorithm == Algorithm::ES384 { 48 } else { 32 };
        if bytes.len() != length {
            return None;
        }
        let seed = || <[u8; 32]>::try_from(bytes).ok();
        Some(match algorithm {
            Algorithm::ES256 => Self::Es256(p256::ecdsa::SigningKey::from_slice(bytes).ok()?),
            Algorithm::EdDSA => Self::EdDsa(Arc::new(EdDsa::new(seed()?))),
            Algorithm::ES384 => Self::Es384(Arc::new(p384::ecdsa::SigningKey::from_slice(bytes).ok()?)),
            Algorithm::MlDsa44 => Self::MlDsa44(Arc::new(ml_dsa::SigningKey::from_seed(&seed()?.into()))),
            Algorithm::MlDsa65 => Self::MlDsa65(Arc::new(ml_dsa::SigningKey::from_seed(&seed()?.into()))),
            Algorithm::MlDsa87 => Self::MlDsa87(Arc::new(ml_dsa::SigningKey::from_seed(&seed()?.into()))),
        })
    }

    /// What the key can be made of again: a scalar, or a seed.
    pub(crate) fn secret_bytes(&self) -> Vec<u8> {
        match self {
            Self::Es256(key) => key.to_bytes().to_vec(),
            Self::Es256Fast(pair) => {
                use aws_lc_rs::encoding::AsBigEndian as _;
                let scalar: aws_lc_rs::encoding::EcPrivateKeyBin<'_> =
                    pair.private_key().as_be_bytes().expect("the library encodes its own keys");
                scalar.as_ref().to_vec()
            }
            Self::EdDsa(key) => key.seed.to_vec(),
            Self::Es384(key) => key.to_bytes().to_vec(),
            Self::MlDsa44(key) => key.to_seed().to_vec(),
            Self::MlDsa65(key) => key.to_seed().to_vec(),
            Self::MlDsa87(key) => key.to_seed().to_vec(),
        }
    }

    pub(crate) fn algorithm(&self) -> Algorithm {
        match self {
            Self::Es256(_) | Self::Es256Fast(_) => Algorithm::ES256,
            Self::EdDsa(_) => Algorithm::EdDSA,
            Self::Es384(_) => Algorithm::ES384,
            Self::MlDsa44(_) => Algorithm::MlDsa44,
            Self::MlDsa65(_) => Algorithm::MlDsa65,
            Self::MlDsa87(_) => Algorithm::MlDsa87,
        }
    }

    /// The signature as WebAuthn has it (Level 3 §6.5.5): DER for ECDSA, the bytes themselves for the others.
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Es256(key) => {
                let signature: p256::ecdsa::Signature = key.sign(message);
                signature.to_der().as_bytes().to_vec()
            }
            Self::Es256Fast(pair) => {
                pair.sign(&SystemRandom::new(), message).expect("the system has randomness").as_ref().to_vec()
            }
            Self::EdDsa(key) => key.pair.sign(message).as_ref().to_vec(),
            Self::Es384(key) => {
                let signature: p384::ecdsa::Signature = key.sign(message);
                signature.to_der().as_bytes().to_vec()
            }
            Self::MlDsa44(key) => key.sign(message).encode().to_vec(),
            Self::MlDsa65(key) => key.sign(message).encode().to_vec(),
            Self::MlDsa87(key) => key.sign(message).encode().to_vec(),
        }
    }

    /// The uncompressed point of an ES256 key: the public key as U2F has it.
    pub(crate) fn es256_point(&self) -> Option<[u8; 65]> {
        match self {
            Self::Es256(key) => key.verifying_key().to_sec1_point(false).as_bytes().try_into().ok(),
            Self::Es256Fast(pair) => pair.public_key().as_ref().try_into().ok(),
            _ => None,
        }
    }

    /// Appends the public key as a COSE key: the same at registration and when credentials are listed.
    pub(crate) fn push_public_key(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Es256(key) => {
                push_cose_key(bytes, &ES256_HEAD, key.verifying_key().to_sec1_point(false).as_bytes());
            }
            Self::Es256Fast(pair) => push_cose_key(bytes, &ES256_HEAD, pair.public_key().as_ref()),
            Self::Es384(key) => {
                push_cose_key(bytes, &ES384_HEAD, key.verifying_key().to_sec1_point(false).as_bytes());
            }
            Self::EdDsa(key) => {
                bytes.extend_from_slice(&EDDSA_HEAD);
                bytes.extend_from_slice(key.pair.public_key().as_ref());
            }
            Self::MlDsa44(key) => self.push_akp(bytes, &key.verifying_key().encode()),
            Self::MlDsa65(key) => self.push_akp(bytes, &key.verifying_key().encode()),
            Self::MlDsa87(key) => self.push_akp(bytes, &key.verifying_key().encode()),
        }
    }

    /// `{1: 7, 3: alg, -1: pub}`: an "Algorithm Key Pair" (COSE key type AKP).
    fn push_akp(&self, bytes: &mut Vec<u8>, public: &[u8]) {
        let write = |e: &mut Encoder<Vec<u8>>| -> Result<(), Never> {
            e.map(3)?.u8(1)?.u8(7)?.u8(3)?.i64(self.algorithm().number())?.i8(-1)?.bytes(public)?;
            Ok(())
        };
        let mut e = Encoder::new(Vec::with_capacity(public.len() + 16));
        write(&mut e).expect("a Vec takes every byte");
        bytes.extend_from_slice(e.writer());
    }
}

/// `{1: 2, 3: -7, -1: 1, ..}`: EC2, ES256, P-256.
const ES256_HEAD: [u8; 7] = [0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01];
/// `{1: 2, 3: -35, -1: 2, ..}`: EC2, ES384, P-384.
const ES384_HEAD: [u8; 8] = [0xA5, 0x01, 0x02, 0x03, 0x38, 0x22, 0x20, 0x02];
/// `{1: 1, 3: -8, -1: 6, -2: ..}`: OKP, EdDSA, Ed25519, and the head of 32 bytes.
const EDDSA_HEAD: [u8; 10] = [0xA4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20];

#[cfg(test)]
mod tests {
    use clockwork::Seed;
    use minicbor::Decoder;
    use ml_dsa::signature::Verifier as _;

    use super::*;

    const MESSAGE: &[u8] = b"authenticator data and a hash";

    fn key(algorithm: Algorithm, signer: Signer) -> PrivateKey {
        PrivateKey::generate(algorithm, signer, &mut Seed::of(&["keys"]).fork("ctap"))
    }

    /// The byte-string members of a COSE key, by label.
    fn cose(key: &PrivateKey) -> Vec<(i64, Vec<u8>)> {
        let mut bytes = Vec::new();
        key.push_public_key(&mut bytes);
        wire::cbor::check_canonical(&bytes).expect("COSE keys are canonical");
        let mut decoder = Decoder::new(&bytes);
        let count = decoder.map().expect("a map").expect("a definite map");
        let mut found = Vec::new();
        for _ in 0..count {
            let label = decoder.i64().expect("a label");
            match decoder.datatype().expect("a value") {
                minicbor::data::Type::Bytes => found.push((label, decoder.bytes().expect("bytes").to_vec())),
                _ => decoder.skip().expect("a value"),
            }
        }
        found
    }

    #[test]
    fn each_algorithm_signs_what_another_library_verifies() {
        use aws_lc_rs::signature::{
            ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, ED25519, UnparsedPublicKey, VerificationAlgorithm,
        };
        let check = |algorithm, signer, verifier: &'static dyn VerificationAlgorithm| {
            let key = key(algorithm, signer);
            let parts: Vec<u8> = cose(&key).into_iter().flat_map(|(_, bytes)| bytes).collect();
            let public = if algorithm == Algorithm::EdDSA { parts } else { [vec![4], parts].concat() };
            let signature = key.sign(MESSAGE);
            UnparsedPublicKey::new(verifier, &public).verify(MESSAGE, &signature).expect("a valid signature");
            assert!(UnparsedPublicKey::new(verifier, &public).verify(b"another", &signature).is_err());
        };
        check(Algorithm::ES256, Signer::Reproducible, &ECDSA_P256_SHA256_ASN1);
        check(Algorithm::ES256, Signer::Fast, &ECDSA_P256_SHA256_ASN1);
        check(Algorithm::ES384, Signer::Reproducible, &ECDSA_P384_SHA384_ASN1);
        check(Algorithm::EdDSA, Signer::Reproducible, &ED25519);
    }

    #[test]
    fn ml_dsa_signs_what_its_public_key_verifies() {
        let key = key(Algorithm::MlDsa44, Signer::Reproducible);
        let (label, public) = cose(&key).remove(0);
        assert_eq!((label, public.len()), (-1, 1312));
        let verifier = ml_dsa::VerifyingKey::<MlDsa44>::decode(&public.as_slice().try_into().expect("1312 bytes"));
        let signature = key.sign(MESSAGE);
        let signature = ml_dsa::Signature::<MlDsa44>::try_from(signature.as_slice()).expect("a signature");
        assert!(verifier.verify(MESSAGE, &signature).is_ok());
        assert!(verifier.verify(b"another", &signature).is_err());
    }

    #[test]
    fn a_key_comes_back_from_its_secret_bytes() {
        let all = [
            Algorithm::ES256,
            Algorithm::EdDSA,
            Algorithm::ES384,
            Algorithm::MlDsa44,
            Algorithm::MlDsa65,
            Algorithm::MlDsa87,
        ];
        for algorithm in all {
            let original = key(algorithm, Signer::Reproducible);
            let copy = PrivateKey::from_secret_bytes(algorithm, &original.secret_bytes()).expect("a key");
            assert_eq!(copy.algorithm(), algorithm);
            assert_eq!(copy.sign(MESSAGE), original.sign(MESSAGE), "{algorithm:?} signs deterministically");
            assert!(PrivateKey::from_secret_bytes(algorithm, &original.secret_bytes()[1..]).is_none());
        }
        let fast = key(Algorithm::ES256, Signer::Fast);
        let copy = PrivateKey::from_secret_bytes(Algorithm::ES256, &fast.secret_bytes()).expect("a key");
        assert_eq!(cose(&copy), cose(&fast));
    }
}
