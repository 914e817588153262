//! Devices: by device id for sign-in, by object id for Graph.

use clockwork::Seed;
use uuid::Uuid;

use super::{BadConfig, Tenant};
use crate::config::DeviceConfig;
use crate::directory::Device;

impl Tenant {
    /// A device that was joined before the lab began.
    pub(super) fn add_configured_device(&mut self, config: DeviceConfig, seed: &Seed) -> Result<(), BadConfig> {
        let id = seed.fork(&format!("entra/device/{}", config.device_id)).uuid();
        let owner = match &config.owner {
            None => None,
            Some(owner) => Some(self.user_by_name(owner).map(|user| user.id).ok_or_else(|| {
                BadConfig::UnknownOwner { device: config.display_name.clone(), owner: owner.clone() }
            })?),
        };
        self.devices.insert(config.device_id, Device::joined(id, self.created, owner, config));
        Ok(())
    }

    /// The device with this object id.
    pub(crate) fn device_object(&self, id: Uuid) -> Option<&Device> {
        self.devices.get(self.device_ids.get(&id)?)
    }

    /// The devices behind an object id, in the order of those.
    pub(crate) fn devices_after(&self, id: Option<Uuid>) -> impl Iterator<Item = &Device> {
        use std::ops::Bound::{Excluded, Unbounded};
        let ids = self.device_ids.range((id.map_or(Unbounded, Excluded), Unbounded));
        ids.filter_map(|(_, device_id)| self.devices.get(device_id))
    }

    /// How many devices there are.
    pub(crate) fn device_count(&self) -> usize {
        self.devices.len()
    }

    /// Changes a device in place.
    pub(crate) fn update_device<T>(&mut self, id: Uuid, change: impl FnOnce(&mut Device) -> T) -> Option<T> {
        self.devices.get_mut(self.device_ids.get(&id)?).map(change)
    }

    /// Removes a device from the tenant and from every group.
    pub(crate) fn remove_device(&mut self, id: Uuid) -> Option<Device> {
        let device = self.devices.remove(&self.device_ids.remove(&id)?)?;
        for group in self.groups_of(id).clone() {
            // It is in the group, as its memberships say.
            let _ = self.remove_member(group, id);
        }
        Some(device)
    }
}
