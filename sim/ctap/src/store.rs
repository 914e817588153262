//! The credentials of an authenticator, found by id, by relying party or by account at a cost that does not grow with
//! their number.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use crate::credential::Credential;

/// A credential's place in the order in which credentials were made.
pub(crate) type Serial = u64;

/// The hash of a relying party's id.
pub(crate) type RpIdHash = [u8; 32];

#[derive(Debug, Default)]
pub(crate) struct Store {
    last: Serial,
    /// Boxed: a node of the map has room for eleven, and most phones hold one.
    credentials: BTreeMap<Serial, Box<Credential>>,
    // Hashed: a tree compares these long keys at each level, 8 ns among ten and 117 ns among 100,000; this takes 20 ns
    // among either.
    by_id: IndexMap<Vec<u8>, Serial>,
    discoverable: IndexMap<RpIdHash, BTreeSet<Serial>>,
    discoverable_count: usize,
    /// The discoverable credential of an account: a relying party's hash and its handle of the user.
    by_account: IndexMap<(RpIdHash, Vec<u8>), Serial>,
}

impl Store {
    pub(crate) fn insert(&mut self, credential: Credential) {
        self.last += 1;
        self.by_id.insert(credential.id.clone(), self.last);
        if credential.is_discoverable {
            self.discoverable.entry(credential.rp_id_hash).or_default().insert(self.last);
            self.discoverable_count += 1;
            self.by_account.insert((credential.rp_id_hash, credential.user_handle.clone()), self.last);
        }
        self.credentials.insert(self.last, Box::new(credential));
    }

    pub(crate) fn remove(&mut self, id: &[u8]) -> Option<Credential> {
        let serial = self.by_id.swap_remove(id)?;
        let credential = *self.credentials.remove(&serial)?;
        if let Some(serials) = self.discoverable.get_mut(&credential.rp_id_hash)
            && serials.remove(&serial)
        {
            self.discoverable_count -= 1;
            self.by_account.swap_remove(&(credential.rp_id_hash, credential.user_handle.clone()));
            if serials.is_empty() {
                self.discoverable.swap_remove(&credential.rp_id_hash);
            }
        }
        Some(credential)
    }

    pub(crate) fn by_serial(&self, serial: Serial) -> Option<&Credential> {
        self.credentials.get(&serial).map(Box::as_ref)
    }

    pub(crate) fn by_serial_mut(&mut self, serial: Serial) -> Option<&mut Credential> {
        self.credentials.get_mut(&serial).map(Box::as_mut)
    }

    /// The credential `id` of a relying party, discoverable or not; one of another relying party is none.
    pub(crate) fn by_id(&self, rp_id_hash: &RpIdHash, id: &[u8]) -> Option<(Serial, &Credential)> {
        let serial = *self.by_id.get(id)?;
        let credential = self.by_serial(serial)?;
        (credential.rp_id_hash == *rp_id_hash).then_some((serial, credential))
    }

    /// A discoverable credential, whosever it is.
    pub(crate) fn discoverable(&self, id: &[u8]) -> Option<(Serial, &Credential)> {
        let serial = *self.by_id.get(id)?;
        self.by_serial(serial).filter(|credential| credential.is_discoverable).map(|found| (serial, found))
    }

    /// The discoverable credential of an account.
    pub(crate) fn of_account(&self, rp_id_hash: RpIdHash, user_handle: &[u8]) -> Option<&Credential> {
        self.by_serial(*self.by_account.get(&(rp_id_hash, user_handle.to_vec()))?)
    }

    /// A relying party's discoverable credentials, newest first.
    pub(crate) fn of_rp(&self, rp_id_hash: &RpIdHash) -> impl Iterator<Item = (Serial, &Credential)> {
        let serials = self.discoverable.get(rp_id_hash).into_iter().flatten().rev();
        serials.filter_map(|serial| Some((*serial, self.by_serial(*serial)?)))
    }

    /// The relying parties that have discoverable credentials, in the order of their oldest one.
    pub(crate) fn relying_parties(&self) -> Vec<RpIdHash> {
        let mut oldest: Vec<_> = self.discoverable.iter().map(|(hash, serials)| (serials.first(), *hash)).collect();
        oldest.sort_unstable();
        oldest.into_iter().map(|(_, hash)| hash).collect()
    }

    /// Every credential, oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Credential> {
        self.credentials.values().map(Box::as_ref)
    }

    /// How many discoverable credentials there are.
    pub(crate) fn discoverable_count(&self) -> usize {
        self.discoverable_count
    }
}
