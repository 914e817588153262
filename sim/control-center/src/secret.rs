//! Values that never appear in an event, a log or a debug print: passwords, client secrets, tokens.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

/// A secret that Control Center must be able to show or send again.
#[derive(Clone, Default)]
pub struct Secret(String);

impl Secret {
    /// Keeps `text` from prying eyes.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself, for the place that sends or checks it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether `other` is the same; compared by digest, so that the time taken tells nothing about the text.
    #[must_use]
    pub fn matches(&self, other: &str) -> bool {
        digest(&self.0) == digest(other)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(***)")
    }
}

/// Bearer tokens that were handed out; only their digests are kept.
#[derive(Clone, Default)]
pub(crate) struct HandedOut(BTreeSet<[u8; 32]>);

impl HandedOut {
    pub(crate) fn remember(&mut self, token: &str) {
        self.0.insert(digest(token));
    }

    pub(crate) fn accepts(&self, token: &str) -> bool {
        self.0.contains(&digest(token))
    }
}

impl std::fmt::Debug for HandedOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HandedOut({})", self.0.len())
    }
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}
