//! The credentials of an authenticator, found by id or by relying party at a cost that does not grow with their number
//! but by its logarithm.

use std::collections::{BTreeMap, BTreeSet};

use crate::credential::Credential;

/// A credential's place in the order in which credentials were made.
pub(crate) type Serial = u64;

#[derive(Debug, Default)]
pub(crate) struct Store {
    last: Serial,
    credentials: BTreeMap<Serial, Credential>,
    by_id: BTreeMap<Vec<u8>, Serial>,
    by_rp: BTreeMap<String, BTreeSet<Serial>>,
}

impl Store {
    pub(crate) fn insert(&mut self, credential: Credential) {
        self.last += 1;
        self.by_id.insert(credential.id.clone(), self.last);
        self.by_rp.entry(credential.rp_id.clone()).or_default().insert(self.last);
        self.credentials.insert(self.last, credential);
    }

    pub(crate) fn remove(&mut self, id: &[u8]) -> Option<Credential> {
        let serial = self.by_id.remove(id)?;
        let credential = self.credentials.remove(&serial)?;
        if let Some(serials) = self.by_rp.get_mut(&credential.rp_id) {
            serials.remove(&serial);
            if serials.is_empty() {
                self.by_rp.remove(&credential.rp_id);
            }
        }
        Some(credential)
    }

    pub(crate) fn by_serial(&self, serial: Serial) -> Option<&Credential> {
        self.credentials.get(&serial)
    }

    pub(crate) fn by_serial_mut(&mut self, serial: Serial) -> Option<&mut Credential> {
        self.credentials.get_mut(&serial)
    }

    /// The credential `id` of `rp_id`; one of another relying party is none.
    pub(crate) fn by_id(&self, rp_id: &str, id: &[u8]) -> Option<(Serial, &Credential)> {
        let serial = *self.by_id.get(id)?;
        let credential = self.credentials.get(&serial)?;
        (credential.rp_id == rp_id).then_some((serial, credential))
    }

    /// A relying party's credentials, newest first.
    pub(crate) fn of_rp(&self, rp_id: &str) -> impl Iterator<Item = (Serial, &Credential)> {
        let serials = self.by_rp.get(rp_id).into_iter().flatten().rev();
        serials.filter_map(|serial| Some((*serial, self.credentials.get(serial)?)))
    }

    /// Every credential, oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Credential> {
        self.credentials.values()
    }

    pub(crate) fn len(&self) -> usize {
        self.credentials.len()
    }
}
