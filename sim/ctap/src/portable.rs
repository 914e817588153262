//! A credential with its private key, as data: what WebDriver's "Add Credential" and "Get Credentials" carry (WebAuthn
//! Level 3 §11.5, §11.6). With it a credential is injected, or cloned from one key into another.

use std::fmt;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::credential::{Credential, Secrets};
use crate::key::PrivateKey;
use crate::{Authenticator, Event, Protection};

/// A credential that can be carried from key to key. Its counter goes on separately in each.
#[derive(Clone, PartialEq, Eq)]
pub struct PortableCredential {
    /// Its id, 1 to 1023 bytes.
    pub id: Vec<u8>,
    /// Its relying party.
    pub rp_id: String,
    /// The relying party's name, if it gave one.
    pub rp_name: Option<String>,
    /// The relying party's handle of the account, at most 64 bytes; a discoverable credential has one.
    pub user_handle: Vec<u8>,
    /// The account's name.
    pub user_name: Option<String>,
    /// The person's name.
    pub user_display_name: Option<String>,
    /// The counter of its last signature.
    pub sign_count: u32,
    /// Whether it is found without its id.
    pub is_discoverable: bool,
    /// When it may be used without verification.
    pub protection: Protection,
    /// The key: PKCS#8 in DER; or the bare scalar, 32 bytes for P-256 and 48 for P-384.
    pub private_key: Vec<u8>,
}

/// Why a credential cannot be injected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCredential {
    /// The length of the id.
    #[error("a credential's id has 1 to 1023 bytes, not {0}")]
    Id(usize),
    /// There is one with this id.
    #[error("the key holds a credential with this id already")]
    IdTaken,
    /// No relying party.
    #[error("a credential has an RP ID")]
    NoRpId,
    /// The length of the user handle.
    #[error("a user handle has at most 64 bytes, and that of a discoverable credential at least 1, not {0}")]
    UserHandle(usize),
    /// No key that can be read.
    #[error(
        "the private key is neither PKCS#8 in DER of an EC key on P-256 or P-384, of Ed25519 or of the seed of an ML-DSA \
         key, nor a scalar of 32 or 48 bytes"
    )]
    PrivateKey,
    /// The model does not sign with such keys.
    #[error("this model does not sign with the algorithm {0} of COSE")]
    Algorithm(i64),
    /// There is no room.
    #[error("the key has no room for another discoverable credential")]
    Full,
}

impl Authenticator {
    /// A credential with its private key, which no host could get.
    #[must_use]
    pub fn export_credential(&self, id: &[u8]) -> Option<PortableCredential> {
        self.credentials().find(|credential| credential.id == id).map(PortableCredential::of)
    }

    /// Puts a credential onto the key as if it had been made there; one of the same account that is discoverable is
    /// replaced, as a registration does. What hmac-secret is made of is new.
    ///
    /// # Errors
    ///
    /// [`BadCredential`]; nothing has changed then.
    pub fn inject_credential(&mut self, now: Timestamp, given: PortableCredential) -> Result<(), BadCredential> {
        let key = self.fitting_key(&given)?;
        let credential = Credential {
            created: now,
            protection: given.protection,
            cred_blob: None,
            large_blob_key: None,
            third_party_payment: false,
            rp_id_hash: Sha256::digest(&given.rp_id).into(),
            secrets: Secrets { key, with_uv: self.random(), without_uv: self.random() },
            id: given.id,
            rp_id: given.rp_id,
            rp_name: given.rp_name,
            user_handle: given.user_handle,
            user_name: given.user_name,
            user_display_name: given.user_display_name,
            sign_count: given.sign_count,
            is_discoverable: given.is_discoverable,
        };
        if credential.is_discoverable {
            let held =
                self.room_for(credential.rp_id_hash, &credential.user_handle).map_err(|_| BadCredential::Full)?;
            if let Some(id) = held {
                self.delete_credential(&id);
            }
        }
        let (rp_id, user, id) = (credential.rp_id.clone(), credential.user_name.clone(), credential.id.clone());
        self.keep(credential);
        self.record(Event::CredentialInjected { rp_id, user, id });
        Ok(())
    }

    fn fitting_key(&self, given: &PortableCredential) -> Result<PrivateKey, BadCredential> {
        if !(1..=ID_BYTES_MAX).contains(&given.id.len()) {
            return Err(BadCredential::Id(given.id.len()));
        }
        if self.credentials().any(|held| held.id == given.id) {
            return Err(BadCredential::IdTaken);
        }
        if given.rp_id.is_empty() {
            return Err(BadCredential::NoRpId);
        }
        if !(usize::from(given.is_discoverable)..=USER_HANDLE_BYTES_MAX).contains(&given.user_handle.len()) {
            return Err(BadCredential::UserHandle(given.user_handle.len()));
        }
        let key = PrivateKey::from_portable(&given.private_key).ok_or(BadCredential::PrivateKey)?;
        if !self.profile().algorithms.contains(&key.algorithm()) {
            return Err(BadCredential::Algorithm(key.algorithm().number()));
        }
        Ok(key)
    }
}

impl PortableCredential {
    fn of(credential: &Credential) -> Self {
        Self {
            id: credential.id.clone(),
            rp_id: credential.rp_id.clone(),
            rp_name: credential.rp_name.clone(),
            user_handle: credential.user_handle.clone(),
            user_name: credential.user_name.clone(),
            user_display_name: credential.user_display_name.clone(),
            sign_count: credential.sign_count,
            is_discoverable: credential.is_discoverable,
            protection: credential.protection,
            private_key: credential.secrets.key.to_pkcs8(),
        }
    }
}

impl fmt::Debug for PortableCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PortableCredential at {} with counter {}", self.rp_id, self.sign_count)
    }
}

/// CTAP 2.3 §6.1.3, `maxCredentialIdLength` and what a CTAPHID message has room for.
const ID_BYTES_MAX: usize = 1023;
/// WebAuthn Level 3 §5.4.3.
const USER_HANDLE_BYTES_MAX: usize = 64;
