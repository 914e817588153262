//! PIN/UV auth protocols one and two (CTAP 2.3 §6.5.6 and §6.5.7): key agreement, encryption, authentication.

use aes::Aes256;
use aes::cipher::{Array, BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use clockwork::Stream;
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit as _, Mac as _};
use p256::SecretKey;
use p256::elliptic_curve::Generate as _;
use sha2::{Digest as _, Sha256};
use wire::Status;

use crate::auth_data::push_cose_key;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Protocol {
    One = 1,
    Two = 2,
}

/// The authenticator's key agreement key for one protocol. What two keys agree on does not depend on the library, so
/// that the fastest one serves; the private key is drawn from the stream, so that a run can be replayed.
pub(crate) struct KeyAgreement {
    private: PrivateKey,
    /// Uncompressed SEC1.
    public: [u8; 65],
}

/// What both sides derive from it.
pub(crate) struct SharedSecret {
    protocol: Protocol,
    hmac_key: [u8; 32],
    aes_key: [u8; 32],
}

impl Protocol {
    pub(crate) fn from_number(number: u64) -> Result<Self, Status> {
        match number {
            1 => Ok(Self::One),
            2 => Ok(Self::Two),
            _ => Err(Status::INVALID_PARAMETER),
        }
    }

    /// `verify(key, message, signature)`.
    pub(crate) fn verify(self, key: &[u8; 32], message: &[u8], signature: &[u8]) -> Result<(), Status> {
        let mac = mac(key, message);
        let verdict = match self {
            Self::One if signature.len() == 16 => mac.verify_truncated_left(signature),
            Self::One => return Err(Status::PIN_AUTH_INVALID),
            Self::Two => mac.verify_slice(signature),
        };
        verdict.map_err(|_| Status::PIN_AUTH_INVALID)
    }
}

impl KeyAgreement {
    pub(crate) fn generate(rng: &mut Stream) -> Self {
        Self::from_private(&SecretKey::generate_from_rng(rng).to_bytes())
    }

    /// The key with this scalar of the curve.
    fn from_private(scalar: &[u8]) -> Self {
        let private = PrivateKey::from_private_key(&ECDH_P256, scalar).expect("a scalar of the curve is a key of it");
        let public = private.compute_public_key().expect("a private key has a public half");
        Self { private, public: public.as_ref().try_into().expect("an uncompressed point has 65 bytes") }
    }

    /// The public half as a COSE key.
    pub(crate) fn push_public_key(&self, bytes: &mut Vec<u8>) {
        push_cose_key(bytes, &ECDH_HEAD, &self.public);
    }

    /// `decapsulate(peerCoseKey)`, given the peer's coordinates.
    pub(crate) fn decapsulate(&self, protocol: Protocol, x: &[u8], y: &[u8]) -> Result<SharedSecret, Status> {
        let peer = UnparsedPublicKey::new(&ECDH_P256, [&[4], x, y].concat());
        let wrong = Status::INVALID_PARAMETER;
        agree(&self.private, peer, wrong, |z| Ok(SharedSecret::derive(protocol, z)))
    }
}

impl SharedSecret {
    /// `kdf(Z)`.
    pub(crate) fn derive(protocol: Protocol, z: &[u8]) -> Self {
        match protocol {
            Protocol::One => {
                let key = Sha256::digest(z).into();
                Self { protocol, hmac_key: key, aes_key: key }
            }
            Protocol::Two => {
                let hkdf = Hkdf::<Sha256>::new(Some(&[0; 32]), z);
                let (mut hmac_key, mut aes_key) = ([0; 32], [0; 32]);
                hkdf.expand(b"CTAP2 HMAC key", &mut hmac_key).expect("32 bytes are within HKDF's reach");
                hkdf.expand(b"CTAP2 AES key", &mut aes_key).expect("32 bytes are within HKDF's reach");
                Self { protocol, hmac_key, aes_key }
            }
        }
    }

    /// `encrypt(key, plaintext)`; the plaintext is whole blocks.
    pub(crate) fn encrypt(&self, plaintext: &[u8], rng: &mut Stream) -> Vec<u8> {
        let (iv, mut bytes) = match self.protocol {
            Protocol::One => ([0; 16], Vec::with_capacity(plaintext.len())),
            Protocol::Two => {
                let iv = rng.bytes::<16>();
                (iv, iv.to_vec())
            }
        };
        let start = bytes.len();
        bytes.extend_from_slice(plaintext);
        let mut cipher = cbc::Encryptor::<Aes256>::new(&self.aes_key.into(), &iv.into());
        let (blocks, rest) = Array::slice_as_chunks_mut(&mut bytes[start..]);
        debug_assert!(rest.is_empty(), "what is encrypted here is always whole blocks");
        cipher.encrypt_blocks(blocks);
        bytes
    }

    /// `decrypt(key, ciphertext)`.
    pub(crate) fn decrypt(&self, ciphertext: &[u8]) -> Result<Vec<u8>, Status> {
        let (iv, body) = match self.protocol {
            Protocol::One => ([0; 16], ciphertext),
            Protocol::Two => {
                let (iv, body) = ciphertext.split_first_chunk::<16>().ok_or(Status::PIN_AUTH_INVALID)?;
                (*iv, body)
            }
        };
        let mut plaintext = body.to_vec();
        let mut cipher = cbc::Decryptor::<Aes256>::new(&self.aes_key.into(), &iv.into());
        let (blocks, rest) = Array::slice_as_chunks_mut(&mut plaintext);
        if !rest.is_empty() {
            return Err(Status::PIN_AUTH_INVALID);
        }
        cipher.decrypt_blocks(blocks);
        Ok(plaintext)
    }

    /// `verify(key, message, signature)`.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), Status> {
        self.protocol.verify(&self.hmac_key, message, signature)
    }
}

#[cfg(test)]
impl SharedSecret {
    /// `authenticate(key, message)`, the platform's side of [`Self::verify`].
    pub(crate) fn authenticate(&self, message: &[u8]) -> Vec<u8> {
        let mut signature = mac(&self.hmac_key, message).finalize().into_bytes().to_vec();
        signature.truncate(if self.protocol == Protocol::One { 16 } else { 32 });
        signature
    }
}

/// HMAC-SHA-256 over `message`.
pub(crate) fn mac(key: &[u8; 32], message: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(message);
    mac
}

/// `{1: 2, 3: -25, -1: 1, ..}`: EC2, ECDH-ES+HKDF-256 (not the algorithm in fact used, as §6.5.6 says), P-256.
const ECDH_HEAD: [u8; 8] = [0xA5, 0x01, 0x02, 0x03, 0x38, 0x18, 0x20, 0x01];

#[cfg(test)]
mod tests;
