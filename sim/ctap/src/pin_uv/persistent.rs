//! What getInfo tells to the holder of the persistent pinUvAuthToken alone (CTAP 2.3 §6.4, `encIdentifier` and
//! `encCredStoreState`).

use aes::Aes128;
use aes::cipher::{BlockModeEncrypt as _, KeyIvInit as _};
use clockwork::Stream;
use hkdf::Hkdf;
use sha2::Sha256;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sealed {
    Identifier,
    CredStoreState,
}

impl Sealed {
    /// `iv || AES-128-CBC(key, iv, value)` under a key of its own, derived from the token. The random IV keeps
    /// everybody else from telling one authenticator from another.
    pub(crate) fn seal(self, token: &[u8; 32], value: [u8; 16], rng: &mut Stream) -> [u8; 32] {
        let iv = rng.bytes::<16>();
        let mut block = value.into();
        cbc::Encryptor::<Aes128>::new(&self.key(token).into(), &iv.into()).encrypt_block(&mut block);
        let mut sealed = [0; 32];
        sealed[..16].copy_from_slice(&iv);
        sealed[16..].copy_from_slice(&block);
        sealed
    }

    /// HKDF-SHA-256 with 32 zero bytes for salt.
    fn key(self, token: &[u8; 32]) -> [u8; 16] {
        let info = match self {
            Self::Identifier => "encIdentifier",
            Self::CredStoreState => "encCredStoreState",
        };
        let mut key = [0; 16];
        let hkdf = Hkdf::<Sha256>::new(Some(&[0; 32]), token);
        hkdf.expand(info.as_bytes(), &mut key).expect("16 bytes are within HKDF's reach");
        key
    }
}

#[cfg(test)]
impl Sealed {
    /// The platform's side of [`Self::seal`].
    pub(crate) fn open(self, token: &[u8; 32], sealed: &[u8]) -> [u8; 16] {
        use aes::cipher::BlockModeDecrypt as _;
        let (iv, value) = sealed.split_at(16);
        let (iv, value): ([u8; 16], [u8; 16]) = (iv.try_into().expect("an IV"), value.try_into().expect("a block"));
        let mut block = value.into();
        cbc::Decryptor::<Aes128>::new(&self.key(token).into(), &iv.into()).decrypt_block(&mut block);
        block.into()
    }
}
