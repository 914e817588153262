//! The platform's half of the PIN/UV auth protocols (CTAP 2.3 §6.5.4, §6.5.6, §6.5.7): key agreement, decrypt, authenticate.

use aes::Aes256;
use aws_lc_rs::agreement::{ECDH_P256, ParsedPublicKey, PrivateKey, UnparsedPublicKey, agree};
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt as _, KeyIvInit as _};
use clockwork::Stream;
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit as _, Mac as _};
use p256::SecretKey;
use p256::elliptic_curve::Generate as _;
use sha2::{Digest as _, Sha256};

/// A PIN/UV auth protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    One,
    Two,
}

/// What both sides know after key agreement.
pub(crate) struct SharedSecret {
    protocol: Protocol,
    aes_key: [u8; 32],
    /// The platform's public key for the authenticator, as affine coordinates.
    pub(crate) platform_key: ([u8; 32], [u8; 32]),
}

/// A token that the key has issued.
#[derive(Clone)]
pub(crate) struct Token {
    protocol: Protocol,
    bytes: Vec<u8>,
}

/// `pinUvAuthParam` with its protocol, as commands carry them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PinUvAuth {
    pub(crate) param: Vec<u8>,
    pub(crate) protocol: Protocol,
}

impl Protocol {
    /// The best that both sides know: two before one.
    pub(crate) fn choose(offered: &[u64]) -> Option<Self> {
        [Self::Two, Self::One].into_iter().find(|protocol| offered.contains(&(protocol.number() as u64)))
    }

    pub(crate) const fn number(self) -> i64 {
        match self {
            Self::One => 1,
            Self::Two => 2,
        }
    }
}

impl SharedSecret {
    /// Encapsulates against the authenticator's key agreement key; `None` when that is no point of P-256.
    ///
    /// What two keys agree on does not depend on the library, so that the fastest one serves; the private key is drawn
    /// from the stream, so that a run can be replayed.
    pub(crate) fn agree(protocol: Protocol, rng: &mut Stream, (x, y): ([u8; 32], [u8; 32])) -> Option<Self> {
        let peer = UnparsedPublicKey::new(&ECDH_P256, [&[4][..], &x, &y].concat());
        let peer = ParsedPublicKey::try_from(peer).ok()?;
        let scalar = SecretKey::generate_from_rng(rng).to_bytes();
        let own = PrivateKey::from_private_key(&ECDH_P256, &scalar).expect("a scalar of the curve is a key of it");
        let kdf = |z: &[u8]| match protocol {
            Protocol::One => Sha256::digest(z).into(),
            Protocol::Two => derive(z, b"CTAP2 AES key"),
        };
        let aes_key = agree(&own, peer, (), |z| Ok(kdf(z))).ok()?;
        Some(Self { protocol, aes_key, platform_key: coordinates(&own) })
    }

    /// Decrypts a token; `None` when its length is not one that the protocol issues.
    pub(crate) fn open_token(&self, sealed: &[u8]) -> Option<Token> {
        let (iv, mut bytes) = match self.protocol {
            Protocol::One => ([0; 16], sealed.to_vec()),
            Protocol::Two => {
                let (iv, rest) = sealed.split_first_chunk::<16>()?;
                (*iv, rest.to_vec())
            }
        };
        let fits = bytes.len() == 32 || (self.protocol == Protocol::One && bytes.len() == 16);
        if !fits {
            return None;
        }
        let cipher = cbc::Decryptor::<Aes256>::new(&self.aes_key.into(), &iv.into());
        cipher.decrypt_padded::<NoPadding>(&mut bytes).ok()?;
        Some(Token { protocol: self.protocol, bytes })
    }
}

impl Token {
    /// `authenticate(token, message)`.
    pub(crate) fn authenticate(&self, message: &[u8]) -> PinUvAuth {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.bytes).expect("HMAC takes keys of any length");
        mac.update(message);
        let mut param = mac.finalize().into_bytes().to_vec();
        if self.protocol == Protocol::One {
            param.truncate(16);
        }
        PinUvAuth { param, protocol: self.protocol }
    }
}

fn coordinates(key: &PrivateKey) -> ([u8; 32], [u8; 32]) {
    let public = key.compute_public_key().expect("a private key has a public half");
    let point: &[u8; 65] = public.as_ref().try_into().expect("an uncompressed point has 65 bytes");
    (std::array::from_fn(|at| point[1 + at]), std::array::from_fn(|at| point[33 + at]))
}

fn derive(z: &[u8], info: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    Hkdf::<Sha256>::new(Some(&[0; 32]), z).expand(info, &mut key).expect("HKDF-SHA-256 yields 32 bytes");
    key
}
