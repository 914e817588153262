//! Compact JWS (RFC 7515 §7.1) in the two algorithms of Windows sign-in, whose keys are known only after the header or
//! the payload has been read.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::Sha256;
use wire::Base64Url;

use crate::es256::PublicKey;

/// A JWS, taken apart and not yet verified.
pub(super) struct Jws<'a> {
    header: Value,
    payload: Vec<u8>,
    signed: &'a str,
    signature: Vec<u8>,
}

impl<'a> Jws<'a> {
    /// Takes `header.payload.signature` apart.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        Some(Self {
            header: serde_json::from_slice(&Base64Url::parse(header)?.0).ok()?,
            payload: Base64Url::parse(payload)?.0,
            signed,
            signature: Base64Url::parse(signature)?.0,
        })
    }

    /// A string in the header.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        self.header.get(name)?.as_str().map(str::to_owned)
    }

    /// The payload, whoever signed it.
    pub(super) fn payload<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.payload).ok()
    }

    /// Whether it is an ES256 JWS of this key.
    pub(super) fn is_signed_by(&self, key: &PublicKey) -> bool {
        self.has_algorithm("ES256") && key.verifies_jose(self.signed.as_bytes(), &self.signature)
    }

    /// Whether it is an HS256 JWS of this key.
    pub(super) fn is_keyed_by(&self, key: &[u8; 32]) -> bool {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
        mac.update(self.signed.as_bytes());
        self.has_algorithm("HS256") && mac.verify_slice(&self.signature).is_ok()
    }

    fn has_algorithm(&self, name: &str) -> bool {
        self.header.get("alg").and_then(Value::as_str) == Some(name)
    }
}
