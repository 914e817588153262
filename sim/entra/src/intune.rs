//! Intune: which settings a device gets, and how it fetches them (entra.md §2.11).
//!
//! Conventions of the lab: a device is managed for the user who joined it, so that this user's licence counts; every
//! assigned configuration counts, an exclusion wins; a setting on whose value two configurations disagree reaches
//! nobody, as Intune's "Conflict" does.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::config::Licence;
use crate::directory::{Device, TrustType, User};
use crate::error::Refusal;
use crate::event::Event;
use crate::oauth::Form;
use crate::tenant::{DeviceConfiguration, Tenant};
use crate::windows_sign_in;

/// Why a device gets no settings.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotManaged {
    /// It could not prove itself.
    #[error("AADSTS{}: {}", .0.code.number, .0.text)]
    Device(Refusal),
    /// Nobody has joined it, or that user has no licence.
    #[error("{} has no Intune licence.", owner.as_deref().unwrap_or("The owner of the device"))]
    NoLicence {
        /// The user principal name.
        owner: Option<String>,
    },
    /// It is only registered.
    #[error("The device is not joined.")]
    NotJoined,
}

impl NotManaged {
    /// Windows' name of the enrolment error, which the answer carries.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Device(_) => "MENROLL_E_DEVICE_AUTHENTICATION_ERROR",
            Self::NoLicence { .. } => "MENROLL_E_USERLICENSE",
            Self::NotJoined => "MENROLL_E_DEVICENOTSUPPORTED",
        }
    }
}

/// A device asks for its settings: `{"settings": [{"uri", "value"}]}`, in the order of their URIs.
pub(crate) fn sync(tenant: &mut Tenant, now: Timestamp, form: &Form) -> Result<Value, NotManaged> {
    let found = windows_sign_in::signed_by_device(tenant, now, form).map_err(NotManaged::Device);
    let name = |tenant: &Tenant, id: Uuid| tenant.device(id).map(|device| device.display_name.clone());
    let device = found.as_ref().ok().and_then(|id| name(tenant, *id)).unwrap_or_else(|| "a device".to_owned());
    match found.and_then(|id| settings(tenant, id)) {
        Ok(settings) => {
            tenant.record(Event::DeviceSynced { device, settings: settings.len() });
            let listed = settings.into_iter().map(|(uri, value)| json!({ "uri": uri, "value": value }));
            Ok(json!({ "settings": listed.collect::<Vec<_>>() }))
        }
        Err(refused) => {
            tenant.record(Event::DeviceNotManaged { device, reason: refused.to_string() });
            Err(refused)
        }
    }
}

/// The settings that apply to a device, by URI.
fn settings(tenant: &Tenant, device_id: Uuid) -> Result<BTreeMap<String, Value>, NotManaged> {
    let device = tenant.device(device_id).ok_or(NotManaged::NotJoined)?;
    if device.trust_type == TrustType::Workplace {
        return Err(NotManaged::NotJoined);
    }
    let owner = device.owner.and_then(|owner| tenant.user(owner));
    let Some(owner) = owner.filter(|owner| owner.intune == Licence::Assigned) else {
        return Err(NotManaged::NoLicence { owner: owner.map(|owner| owner.upn.clone()) });
    };
    let groups = groups_of(tenant, device, owner);
    let configurations = tenant.device_configurations.values();
    Ok(merged(configurations.filter(|configuration| reaches(configuration, &groups))))
}

fn groups_of(tenant: &Tenant, device: &Device, owner: &User) -> BTreeSet<Uuid> {
    [device.id, owner.id].into_iter().flat_map(|member| tenant.all_groups_of(member)).collect()
}

/// Whether a configuration is assigned to a device with these groups, whose owner has a licence.
fn reaches(configuration: &DeviceConfiguration, groups: &BTreeSet<Uuid>) -> bool {
    let targets = || configuration.assignments.iter().map(|assignment| &assignment["target"]);
    let kind = |target: &Value| target["@odata.type"].as_str().unwrap_or_default().to_owned();
    let is_in = |target: &Value| {
        let group = target["groupId"].as_str().and_then(|id| Uuid::parse_str(id).ok());
        group.is_some_and(|group| groups.contains(&group))
    };
    let excluded = targets().any(|it| kind(it) == "#microsoft.graph.exclusionGroupAssignmentTarget" && is_in(it));
    let included = targets().any(|target| match kind(target).as_str() {
        "#microsoft.graph.groupAssignmentTarget" => is_in(target),
        "#microsoft.graph.allDevicesAssignmentTarget" | "#microsoft.graph.allLicensedUsersAssignmentTarget" => true,
        _ => false,
    });
    included && !excluded
}

/// Every setting on whose value the configurations agree. `./Vendor` is another spelling of `./Device/Vendor`.
fn merged<'t>(configurations: impl Iterator<Item = &'t DeviceConfiguration>) -> BTreeMap<String, Value> {
    let mut found: BTreeMap<String, Option<Value>> = BTreeMap::new();
    for setting in configurations.flat_map(|it| it.document["omaSettings"].as_array().into_iter().flatten()) {
        let (Some(uri), value) = (setting["omaUri"].as_str(), &setting["value"]) else { continue };
        let uri =
            uri.strip_prefix("./Vendor/").map_or_else(|| uri.to_owned(), |rest| format!("./Device/Vendor/{rest}"));
        let known = found.entry(uri).or_insert_with(|| Some(value.clone()));
        if known.as_ref().is_some_and(|known| known != value) {
            *known = None;
        }
    }
    found.into_iter().filter_map(|(uri, value)| Some((uri, value?))).collect()
}

#[cfg(test)]
mod tests;
