//! What an authenticator keeps, as data: for a file that outlives the process.
//!
//! A snapshot holds private keys and the PIN's hash in the clear; it is as secret as the key that it stands for.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use wire::Base64Url;

use crate::Algorithm;
use crate::credential::{Credential, Protection, Secrets};
use crate::durable::{Config, Durable, Fingerprint};
use crate::key::PrivateKey;
use crate::pin_uv::{PinState, StoredPin};
use crate::store::Store;

/// Everything that an authenticator keeps without power, in a form of its own: binary values are base64url.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Snapshot {
    /// First, so that a file of another form is told from a broken one.
    version: Version,
    /// The model.
    aaguid: Uuid,
    /// How far its randomness was read, so that what comes next repeats nothing.
    randomness_position: u64,
    identifier: Base64Url,
    cred_store_state: Base64Url,
    persistent_token: Option<Base64Url>,
    uv_retries: u8,
    #[serde(default)]
    uv_since_pin: u32,
    pin: PinSnapshot,
    config: ConfigSnapshot,
    fingerprints: Vec<FingerprintSnapshot>,
    large_blobs: Base64Url,
    /// The credentials, oldest first.
    credentials: Vec<CredentialSnapshot>,
}

/// The version of this form, which is [`VERSION`].
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
struct Version(u32);

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct PinSnapshot {
    hash: Option<Base64Url>,
    length: u8,
    retries: u8,
    min_length: u8,
    force_change: bool,
    min_length_rp_ids: Vec<String>,
    #[serde(default)]
    enforces_complexity: bool,
    #[serde(default)]
    complex: bool,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct ConfigSnapshot {
    always_uv: bool,
    enterprise_attestation: bool,
    long_touch_for_reset: bool,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct FingerprintSnapshot {
    template_id: Base64Url,
    friendly_name: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct CredentialSnapshot {
    id: Base64Url,
    rp_id: String,
    /// Of what U2F registered; else it is that of `rp_id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rp_id_hash: Option<Base64Url>,
    rp_name: Option<String>,
    user_handle: Base64Url,
    user_name: Option<String>,
    user_display_name: Option<String>,
    created: Timestamp,
    sign_count: u32,
    discoverable: bool,
    cred_protect: u8,
    #[serde(default)]
    cred_blob: Option<Base64Url>,
    #[serde(default)]
    large_blob_key: Option<Base64Url>,
    #[serde(default)]
    third_party_payment: bool,
    key: KeySnapshot,
    cred_random_with_uv: Base64Url,
    cred_random_without_uv: Base64Url,
}

/// A private key, in the form of its algorithm.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct KeySnapshot {
    algorithm: String,
    private: Base64Url,
}

/// Why a snapshot cannot be restored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSnapshot {
    /// It is another model's.
    #[error("the snapshot is of the model {found}, and the profile is {expected}")]
    Model {
        /// The snapshot's AAGUID.
        found: Uuid,
        /// The profile's.
        expected: Uuid,
    },
    /// A value cannot be.
    #[error("the snapshot's {field} cannot be read: {why}")]
    Value {
        /// The field, and the credential that has it.
        field: String,
        /// What it should be.
        why: &'static str,
    },
}

impl Snapshot {
    pub(crate) fn of(aaguid: [u8; 16], randomness_position: u128, durable: &Durable) -> Self {
        Self {
            version: Version(VERSION),
            aaguid: Uuid::from_bytes(aaguid),
            randomness_position: u64::try_from(randomness_position).unwrap_or(u64::MAX),
            identifier: bytes(&durable.identifier),
            cred_store_state: bytes(&durable.cred_store_state),
            persistent_token: durable.persistent_token.as_ref().map(|token| bytes(token)),
            uv_retries: durable.uv_retries,
            uv_since_pin: durable.uv_since_pin,
            pin: PinSnapshot::of(&durable.pin),
            config: ConfigSnapshot::of(durable.config),
            fingerprints: durable.fingerprints.iter().map(FingerprintSnapshot::of).collect(),
            large_blobs: bytes(&durable.large_blobs),
            credentials: durable.store.iter().map(CredentialSnapshot::of).collect(),
        }
    }

    /// What the snapshot is of, for the model `aaguid`; and how far its randomness was read.
    pub(crate) fn into_durable(self, aaguid: [u8; 16]) -> Result<(Durable, u128), BadSnapshot> {
        let expected = Uuid::from_bytes(aaguid);
        if self.aaguid != expected {
            return Err(BadSnapshot::Model { found: self.aaguid, expected });
        }
        let mut ids = BTreeSet::new();
        let mut store = Store::default();
        for credential in self.credentials {
            let credential = credential.into_credential()?;
            if !ids.insert(credential.id.clone()) {
                return Err(BadSnapshot::Value { field: "credentials".to_owned(), why: "two have the same id" });
            }
            store.insert(credential);
        }
        let durable = Durable {
            store,
            uv_retries: self.uv_retries,
            uv_since_pin: self.uv_since_pin,
            pin: self.pin.into_state()?,
            config: self.config.into_config(),
            large_blobs: self.large_blobs.0,
            fingerprints: self.fingerprints.into_iter().map(FingerprintSnapshot::into_fingerprint).collect(),
            persistent_token: self.persistent_token.map(|token| exactly(&token, "persistentToken")).transpose()?,
            identifier: exactly(&self.identifier, "identifier")?,
            cred_store_state: exactly(&self.cred_store_state, "credStoreState")?,
        };
        Ok((durable, self.randomness_position.into()))
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Snapshot of {} with {} credentials", self.aaguid, self.credentials.len())
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u32::deserialize(deserializer)? {
            VERSION => Ok(Self(VERSION)),
            found => {
                Err(D::Error::custom(format!("the snapshot has version {found}; this program reads version {VERSION}")))
            }
        }
    }
}

impl PinSnapshot {
    fn of(pin: &PinState) -> Self {
        Self {
            hash: pin.set.as_ref().map(|set| bytes(&set.hash)),
            length: pin.set.as_ref().map_or(0, |set| set.length),
            retries: pin.retries,
            min_length: pin.min_length,
            force_change: pin.force_change,
            min_length_rp_ids: pin.min_length_rp_ids.clone(),
            enforces_complexity: pin.enforces_complexity,
            complex: pin.set.as_ref().is_some_and(|set| set.is_complex),
        }
    }

    fn into_state(self) -> Result<PinState, BadSnapshot> {
        let hash = self.hash.map(|hash| exactly(&hash, "pin.hash")).transpose()?;
        Ok(PinState {
            set: hash.map(|hash| StoredPin { hash, length: self.length, is_complex: self.complex }),
            retries: self.retries,
            min_length: self.min_length,
            force_change: self.force_change,
            min_length_rp_ids: self.min_length_rp_ids,
            enforces_complexity: self.enforces_complexity,
        })
    }
}

impl ConfigSnapshot {
    fn of(config: Config) -> Self {
        let Config { always_uv, enterprise_attestation, long_touch_for_reset } = config;
        Self { always_uv, enterprise_attestation, long_touch_for_reset }
    }

    fn into_config(self) -> Config {
        let Self { always_uv, enterprise_attestation, long_touch_for_reset } = self;
        Config { always_uv, enterprise_attestation, long_touch_for_reset }
    }
}

impl FingerprintSnapshot {
    fn of(fingerprint: &Fingerprint) -> Self {
        Self { template_id: bytes(&fingerprint.template_id), friendly_name: fingerprint.friendly_name.clone() }
    }

    fn into_fingerprint(self) -> Fingerprint {
        Fingerprint { template_id: self.template_id.0, friendly_name: self.friendly_name }
    }
}

impl CredentialSnapshot {
    fn of(credential: &Credential) -> Self {
        Self {
            id: bytes(&credential.id),
            rp_id: credential.rp_id.clone(),
            rp_id_hash: (credential.rp_id_hash != hash(&credential.rp_id)).then(|| bytes(&credential.rp_id_hash)),
            rp_name: credential.rp_name.clone(),
            user_handle: bytes(&credential.user_handle),
            user_name: credential.user_name.clone(),
            user_display_name: credential.user_display_name.clone(),
            created: credential.created,
            sign_count: credential.sign_count,
            discoverable: credential.is_discoverable,
            cred_protect: credential.protection as u8,
            cred_blob: credential.cred_blob.as_deref().map(bytes),
            large_blob_key: credential.large_blob_key.as_ref().map(|key| bytes(key)),
            third_party_payment: credential.third_party_payment,
            key: KeySnapshot::of(&credential.secrets.key),
            cred_random_with_uv: bytes(&credential.secrets.with_uv),
            cred_random_without_uv: bytes(&credential.secrets.without_uv),
        }
    }

    fn into_credential(self) -> Result<Credential, BadSnapshot> {
        let named = |field: &str| format!("{field} of credential {}", self.id);
        let protection = Protection::from_number(self.cred_protect)
            .ok_or_else(|| BadSnapshot::Value { field: named("credProtect"), why: "it is 1, 2 or 3" })?;
        if !(1..=ID_BYTES_MAX).contains(&self.id.0.len()) {
            return Err(BadSnapshot::Value { field: named("id"), why: "it has 1 to 1023 bytes" });
        }
        let secrets = Secrets {
            key: self.key.read(&named("key"))?,
            with_uv: exactly(&self.cred_random_with_uv, &named("credRandomWithUv"))?,
            without_uv: exactly(&self.cred_random_without_uv, &named("credRandomWithoutUv"))?,
        };
        let rp_id_hash = match &self.rp_id_hash {
            None => hash(&self.rp_id),
            Some(stored) => exactly(stored, &named("rpIdHash"))?,
        };
        let large_blob_key = self.large_blob_key.as_ref();
        let large_blob_key = large_blob_key.map(|key| exactly(key, &named("largeBlobKey"))).transpose()?;
        Ok(Credential {
            cred_blob: self.cred_blob.map(|blob| blob.0),
            large_blob_key,
            third_party_payment: self.third_party_payment,
            id: self.id.0,
            rp_id_hash,
            rp_id: self.rp_id,
            rp_name: self.rp_name,
            user_handle: self.user_handle.0,
            user_name: self.user_name,
            user_display_name: self.user_display_name,
            created: self.created,
            sign_count: self.sign_count,
            is_discoverable: self.discoverable,
            protection,
            secrets,
        })
    }
}

impl KeySnapshot {
    fn of(key: &PrivateKey) -> Self {
        Self { algorithm: key.algorithm().name().to_owned(), private: bytes(&key.secret_bytes()) }
    }

    fn read(&self, field: &str) -> Result<PrivateKey, BadSnapshot> {
        let bad = |why| BadSnapshot::Value { field: field.to_owned(), why };
        let algorithm = Algorithm::named(&self.algorithm).ok_or_else(|| bad("its algorithm is not known"))?;
        PrivateKey::from_secret_bytes(algorithm, &self.private.0).ok_or_else(|| bad("it is no key of its algorithm"))
    }
}

fn hash(rp_id: &str) -> [u8; 32] {
    Sha256::digest(rp_id).into()
}

fn bytes(bytes: &[u8]) -> Base64Url {
    Base64Url::from(bytes)
}

fn exactly<const N: usize>(value: &Base64Url, field: &str) -> Result<[u8; N], BadSnapshot> {
    let why = "it has another length";
    value.0.as_slice().try_into().map_err(|_| BadSnapshot::Value { field: field.to_owned(), why })
}

/// The longest id that a relying party takes (WebAuthn Level 3 §6.5.1).
const ID_BYTES_MAX: usize = 1023;
/// The version of [`Snapshot`] that is written and read.
const VERSION: u32 = 1;
