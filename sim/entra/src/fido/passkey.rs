//! The keys of a tenant's users (`fido2AuthenticationMethod`; entra.md §2.9).

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use uuid::Uuid;
use wire::Base64Url;

use super::credential_key::CredentialKey;

/// One registered key.
#[derive(Clone, Debug, PartialEq)]
pub struct Passkey {
    /// The credential id, unique in the tenant.
    pub credential_id: Vec<u8>,
    /// Whose it is: the user's object id.
    pub user: Uuid,
    /// The name that the user gave it.
    pub display_name: String,
    /// When it was registered.
    pub created: Timestamp,
    /// The public key.
    pub public_key: CredentialKey,
    /// The highest signature counter seen.
    pub sign_count: u32,
    /// The model.
    pub aaguid: Uuid,
    /// Whether the model is vouched for.
    pub attestation_level: AttestationLevel,
    /// The attestation certificates, leaf first, DER.
    pub attestation_chain: Vec<Vec<u8>>,
    /// Bound to its device, or synced.
    pub kind: PasskeyType,
    /// How the client said that the key can be reached.
    pub transports: Vec<String>,
}

/// `attestationLevel`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttestationLevel {
    /// A chain to a trusted root was verified.
    Attested,
    /// Nothing vouches for the model.
    NotAttested,
}

/// `passkeyType`, from the backup eligibility flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasskeyType {
    /// Not backup eligible.
    DeviceBound,
    /// Backup eligible.
    Synced,
}

/// Every key of a tenant.
#[derive(Clone, Debug, Default)]
pub struct Passkeys {
    /// By credential id.
    keys: BTreeMap<Vec<u8>, Passkey>,
    /// The credential ids of a user.
    held: BTreeMap<Uuid, BTreeSet<Vec<u8>>>,
}

/// Another key of the tenant has this credential id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the credential id is taken")]
pub struct CredentialIdTaken;

impl Passkey {
    /// The id of the method in Graph: the credential id as base64url, then one digit, the number of `=` left out.
    #[must_use]
    pub fn method_id(&self) -> String {
        let text = Base64Url(self.credential_id.clone()).to_string();
        let padding = (4 - text.len() % 4) % 4;
        format!("{text}{padding}")
    }

    /// The name of the model, as Graph's `model` shows it.
    #[must_use]
    pub fn model(&self) -> &'static str {
        model_name(self.aaguid)
    }
}

impl Passkeys {
    /// Adds a key whose credential id is new to the tenant.
    ///
    /// # Errors
    ///
    /// [`CredentialIdTaken`]; nothing has changed then.
    pub fn add(&mut self, key: Passkey) -> Result<(), CredentialIdTaken> {
        if self.keys.contains_key(&key.credential_id) {
            return Err(CredentialIdTaken);
        }
        self.held.entry(key.user).or_default().insert(key.credential_id.clone());
        self.keys.insert(key.credential_id.clone(), key);
        Ok(())
    }

    /// The key with this credential id.
    #[must_use]
    pub fn find(&self, credential_id: &[u8]) -> Option<&Passkey> {
        self.keys.get(credential_id)
    }

    /// The keys of a user, oldest first.
    #[must_use]
    pub fn of_user(&self, user: Uuid) -> Vec<&Passkey> {
        let mut keys: Vec<&Passkey> = self.held_by(user).collect();
        keys.sort_by_key(|key| key.created);
        keys
    }

    /// The key of a user that Graph calls `method_id`.
    #[must_use]
    pub fn method(&self, user: Uuid, method_id: &str) -> Option<&Passkey> {
        self.held_by(user).find(|key| key.method_id() == method_id)
    }

    /// Gives the key of a user that Graph calls `method_id` another name; answers with the old one.
    pub fn rename(&mut self, user: Uuid, method_id: &str, name: &str) -> Option<String> {
        let credential_id = self.method(user, method_id)?.credential_id.clone();
        let key = self.keys.get_mut(&credential_id)?;
        Some(std::mem::replace(&mut key.display_name, name.to_owned()))
    }

    /// Removes the key of a user that Graph calls `method_id`.
    pub fn remove(&mut self, user: Uuid, method_id: &str) -> Option<Passkey> {
        let credential_id = self.method(user, method_id)?.credential_id.clone();
        self.held.get_mut(&user)?.remove(&credential_id);
        self.keys.remove(&credential_id)
    }

    /// Removes every key of a user who is deleted.
    pub fn remove_user(&mut self, user: Uuid) {
        for credential_id in self.held.remove(&user).unwrap_or_default() {
            self.keys.remove(&credential_id);
        }
    }

    fn held_by(&self, user: Uuid) -> impl Iterator<Item = &Passkey> {
        self.held.get(&user).into_iter().flatten().filter_map(|credential_id| self.keys.get(credential_id))
    }

    /// Raises the counter of a key to one that it has shown; it never sinks.
    pub(crate) fn record_counter(&mut self, credential_id: &[u8], shown: u32) {
        if let Some(key) = self.keys.get_mut(credential_id) {
            key.sign_count = key.sign_count.max(shown);
        }
    }
}

/// AAGUID of the HYPR app (entra.md §3.3).
pub const HYPR_AAGUID: Uuid = Uuid::from_u128(0x0076631b_d4a0_427f_5773_0ec71c9e0279);

/// What the metadata service would call the model; the lab knows the one that it simulates.
fn model_name(aaguid: Uuid) -> &'static str {
    if aaguid == HYPR_AAGUID { "HYPR FIDO2 Authenticator" } else { "Security key" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fido::testing::passkey;

    #[test]
    fn a_method_id_ends_in_the_number_of_padding_characters() {
        let user = Uuid::from_u128(1);
        assert_eq!(passkey(user, &[0xED; 16]).method_id(), "7e3t7e3t7e3t7e3t7e3t7Q2");
        assert!(passkey(user, &[1; 17]).method_id().ends_with('1'));
        assert!(passkey(user, &[1; 18]).method_id().ends_with('0'));
    }

    #[test]
    fn a_credential_id_is_unique_in_the_tenant() {
        let mut keys = Passkeys::default();
        keys.add(passkey(Uuid::from_u128(1), &[7; 16])).unwrap();
        assert!(keys.add(passkey(Uuid::from_u128(2), &[7; 16])).is_err());
        assert_eq!(keys.of_user(Uuid::from_u128(2)), Vec::<&Passkey>::new());
    }

    #[test]
    fn a_method_is_removed_only_for_its_owner() {
        let mut keys = Passkeys::default();
        let (owner, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let key = passkey(owner, &[7; 16]);
        let id = key.method_id();
        keys.add(key).unwrap();
        assert!(keys.remove(other, &id).is_none());
        assert!(keys.remove(owner, &id).is_some());
        assert!(keys.find(&[7; 16]).is_none());
    }

    #[test]
    fn the_keys_of_a_deleted_user_are_gone_and_their_ids_free() {
        let mut keys = Passkeys::default();
        let (gone, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        keys.add(passkey(gone, &[7; 16])).unwrap();
        keys.add(passkey(other, &[8; 16])).unwrap();
        keys.remove_user(gone);
        assert_eq!((keys.of_user(gone).len(), keys.of_user(other).len()), (0, 1));
        assert!(keys.add(passkey(other, &[7; 16])).is_ok());
        assert_eq!(keys.of_user(other).len(), 2);
    }

    #[test]
    fn a_counter_never_sinks() {
        let mut keys = Passkeys::default();
        keys.add(passkey(Uuid::from_u128(1), &[7; 16])).unwrap();
        keys.record_counter(&[7; 16], 9);
        keys.record_counter(&[7; 16], 4);
        assert_eq!(keys.find(&[7; 16]).unwrap().sign_count, 9);
    }
}
