//! Devices (entra.md §2.11): read, enable, disable, delete.

use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::{self, Answer};
use super::call::{Call, flag};
use super::error::GraphError;
use super::odata::{self, Listing, Plan, Resource};
use crate::directory::{Device, TrustType};
use crate::tenant::{Activity, Tenant};

impl Resource for Device {
    const KIND: &'static str = "device";
    const PROPERTIES: &'static [&'static str] = &[
        "id",
        "deletedDateTime",
        "accountEnabled",
        "alternativeSecurityIds",
        "approximateLastSignInDateTime",
        "complianceExpirationDateTime",
        "createdDateTime",
        "deviceCategory",
        "deviceId",
        "deviceMetadata",
        "deviceOwnership",
        "deviceVersion",
        "displayName",
        "enrollmentProfileName",
        "enrollmentType",
        "isCompliant",
        "isManaged",
        "isRooted",
        "managementType",
        "manufacturer",
        "mdmAppId",
        "model",
        "onPremisesLastSyncDateTime",
        "onPremisesSecurityIdentifier",
        "onPremisesSyncEnabled",
        "operatingSystem",
        "operatingSystemVersion",
        "physicalIds",
        "profileType",
        "registrationDateTime",
        "systemLabels",
        "trustType",
    ];
    const NAVIGATION: &'static [&'static str] = &["memberOf"];

    fn property(&self, _: &Tenant, name: &str) -> Option<Value> {
        Some(match name {
            "id" => json!(self.id),
            "accountEnabled" => json!(self.account_enabled),
            "isCompliant" => json!(self.is_compliant),
            "deviceId" => json!(self.device_id),
            "displayName" => json!(self.display_name),
            "createdDateTime" | "registrationDateTime" => json!(answer::date(self.registered)),
            "deviceVersion" => json!(2),
            "operatingSystem" => json!("Windows"),
            "profileType" => json!("RegisteredDevice"),
            "onPremisesSyncEnabled" if self.trust_type == TrustType::ServerAd => json!(true),
            "trustType" => json!(match self.trust_type {
                TrustType::AzureAd => "AzureAd",
                TrustType::ServerAd => "ServerAd",
                TrustType::Workplace => "Workplace",
            }),
            "alternativeSecurityIds" | "physicalIds" | "systemLabels" => json!([]),
            _ => Value::Null,
        })
    }

    fn related<'t>(&self, tenant: &'t Tenant, _: &str) -> Vec<super::DirectoryObject<'t>> {
        tenant.groups_of(self.id).iter().filter_map(|id| tenant.object(*id)).collect()
    }
}

pub(crate) fn list(call: Call<'_>) -> Result<Answer, GraphError> {
    let plan = Plan::<Device>::of(&call.query)?;
    let listing = Listing { set: "devices", path: "devices", total: Some(call.tenant.device_count()) };
    let last = |token: Option<&str>| token.and_then(|token| Uuid::parse_str(token).ok());
    odata::collection(&call, &plan, &listing, |token| call.tenant.devices_after(last(token))).map(Answer::Ok)
}

pub(crate) fn count(call: Call<'_>) -> Result<Answer, GraphError> {
    let plan = Plan::<Device>::of(&call.query)?;
    odata::count(&call, &plan, call.tenant.device_count(), call.tenant.devices_after(None))
}

pub(crate) fn one(call: Call<'_>) -> Result<Answer, GraphError> {
    call.entity("devices", call.device()?).map(Answer::Ok)
}

/// A device can be enabled and disabled, and told what Intune finds (convention of the lab); the rest is its own to say.
pub(crate) fn update(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let body = call.json(&["accountEnabled", "isCompliant"])?;
    let is_compliant = flag(&body, "isCompliant", "Device")?;
    let enabled = flag(&body, "accountEnabled", "Device")?;
    let (id, name) = (call.device()?.id, call.device()?.display_name.clone());
    if let Some(enabled) = enabled {
        call.tenant.update_device(id, |device| device.account_enabled = enabled);
        let verb = if enabled { "enabled" } else { "disabled" };
        call.record(Activity::new("Update device", "Device", id, &name), format!("{verb} the device {name:?}"));
    }
    if let Some(is_compliant) = is_compliant {
        call.tenant.update_device(id, |device| device.is_compliant = Some(is_compliant));
        let found = if is_compliant { "compliant" } else { "not compliant" };
        call.record(Activity::new("Update device", "Device", id, &name), format!("found the device {name:?} {found}"));
    }
    Ok(Answer::NoContent)
}

pub(crate) fn delete(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let id = call.device()?.id;
    remove(&mut call, id);
    Ok(Answer::NoContent)
}

pub(super) fn remove(call: &mut Call<'_>, id: Uuid) {
    if let Some(device) = call.tenant.remove_device(id) {
        let name = device.display_name;
        call.record(Activity::new("Delete device", "Device", id, &name), format!("deleted the device {name:?}"));
    }
}
