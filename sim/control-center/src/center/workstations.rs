//! What the Passwordless client asks for once it has paired. The calls are a convention of the lab.

use jiff::Timestamp;

use super::ControlCenter;
use crate::device::MobileOs;
use crate::event::{Link, UnpairedFrom};
use crate::fault::Fault;
use crate::integration::Integration;
use crate::people::Phase;

/// The phone of a session that has succeeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairedDevice {
    /// Its id.
    pub device_id: String,
    /// What its owner calls it.
    pub name: String,
    /// The model.
    pub model: String,
    /// The operating system.
    pub os: MobileOs,
}

/// A phone in the list of the client's device manager.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkstationDevice {
    /// Its id.
    pub device_id: String,
    /// What its owner calls it.
    pub name: String,
    /// Whose account it holds.
    pub username: String,
    /// How far that pairing has come.
    pub phase: Phase,
}

impl ControlCenter {
    /// The phones that are paired with a workstation.
    ///
    /// # Errors
    ///
    /// Unknown workstation or refused token.
    pub fn workstation_devices(&self, bearer: &str, machine_id: &str) -> Result<Vec<WorkstationDevice>, Fault> {
        let integration = self.workstation_owner(bearer, machine_id)?;
        let accounts = integration.users.values().flat_map(|user| {
            let here = user.accounts.iter().filter(|(_, account)| account.workstations.contains(machine_id));
            here.map(move |(device_id, account)| (user, device_id, account))
        });
        Ok(accounts
            .map(|(user, device_id, account)| WorkstationDevice {
                device_id: device_id.clone(),
                name: self.devices.get(device_id).map(|device| device.name.clone()).unwrap_or_default(),
                username: user.username.clone(),
                phase: account.phase(),
            })
            .collect())
    }

    /// Unpairs a phone in the client. A phone that is paired at another workstation as well keeps its account, a
    /// convention of the lab.
    ///
    /// # Errors
    ///
    /// Unknown workstation, refused token, or a phone that is not paired with it.
    pub fn unpair_from_client(
        &mut self,
        now: Timestamp,
        bearer: &str,
        machine_id: &str,
        device_id: &str,
    ) -> Result<(), Fault> {
        let rp_app_id = self.workstation_owner(bearer, machine_id)?.rp_app_id().to_owned();
        let here = self.workstation_devices(bearer, machine_id)?;
        let mut usernames =
            here.into_iter().filter(|one| one.device_id == device_id).map(|one| one.username).peekable();
        if usernames.peek().is_none() {
            return Err(Fault::WorkstationUnknown);
        }
        for username in usernames {
            let unused = self.change_user(now, &rp_app_id, &username, |user| {
                user.accounts.get_mut(device_id).is_some_and(|account| {
                    account.workstations.remove(machine_id);
                    account.workstations.is_empty()
                })
            });
            if unused == Some(true) {
                let link = Link { rp_app_id: rp_app_id.clone(), username, device_id: device_id.to_owned() };
                self.unpair(now, link, UnpairedFrom::Client);
            }
        }
        Ok(())
    }

    /// A phone, as the client of a finished session sees it.
    pub(super) fn paired_device(&self, device_id: &str) -> Option<PairedDevice> {
        self.devices.get(device_id).map(|device| PairedDevice {
            device_id: device.device_id.clone(),
            name: device.name.clone(),
            model: device.model.clone(),
            os: device.os,
        })
    }

    fn workstation_owner(&self, bearer: &str, machine_id: &str) -> Result<&Integration, Fault> {
        let mut owners = self.integrations.values().filter_map(|integration| {
            integration.workstations.get(machine_id).map(|workstation| (integration, workstation))
        });
        let mut known = owners.clone().map(|_| ()).peekable();
        if known.peek().is_none() {
            return Err(Fault::WorkstationUnknown);
        }
        let mine = owners.find(|(_, workstation)| workstation.tokens.accepts(bearer));
        mine.map(|(integration, _)| integration).ok_or(Fault::TokenRefused)
    }
}
