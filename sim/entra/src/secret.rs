//! Values that must not reach a log: passwords, client secrets, codes; and the salted digests that are kept of them.

use clockwork::Stream;
use sha2::{Digest as _, Sha256};

/// A secret in the clear; its `Debug` shows that there is one, never what it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The secret itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// What the tenant keeps of a password or client secret: SHA-256 over a salt and the secret.
#[derive(Clone)]
pub(crate) struct Digested {
    salt: [u8; 16],
    digest: [u8; 32],
}

impl Digested {
    pub(crate) fn new(secret: &str, rng: &mut Stream) -> Self {
        let salt = rng.bytes();
        Self { salt, digest: digest(&salt, secret) }
    }

    pub(crate) fn matches(&self, secret: &str) -> bool {
        self.digest == digest(&self.salt, secret)
    }
}

impl std::fmt::Debug for Digested {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Digested(..)")
    }
}

fn digest(salt: &[u8; 16], secret: &str) -> [u8; 32] {
    Sha256::new().chain_update(salt).chain_update(secret).finalize().into()
}
