//! Intune: security keys for Windows sign-in (the guide's "Enable Security Keys in Intune"; entra.md §2.11).
//!
//! Convention of the lab: the tenant-wide switch of Windows enrollment is kept as the device configuration that
//! Microsoft's instructions make for groups, assigned to all devices: the lab has no enrollment configurations.

use serde_json::{Value, json};

use super::area::Area;
use super::desk::{Desk, alerts, typed};
use super::{Outcome, not_found};
use crate::graph::GraphError;
use crate::oauth::Form;
use crate::pages::page::{Answer, InputKind};

pub(super) const DEVICES: &str = "/devices";
const ENROLLMENT: &str = "/devices/windows-enrollment";
const HELLO: &str = "/devices/windows-enrollment/windows-hello-for-business";
const CONFIGURATIONS: &str = "deviceManagement/deviceConfigurations";
const KIND: &str = "#microsoft.graph.windows10CustomConfiguration";
/// The setting that lets people sign in to Windows by security key.
const SETTING: &str = "./Device/Vendor/MSFT/PassportForWork/SecurityKey/UseSecurityKeyForSignin";
const NAME: &str = "Windows Hello for Business: use security keys for sign-in";

const STATES: [&str; 3] = [NOT_CONFIGURED, ENABLED, DISABLED];
const NOT_CONFIGURED: &str = "Not configured";
const ENABLED: &str = "Enabled";
const DISABLED: &str = "Disabled";

pub(super) fn blade(desk: &mut Desk<'_>, rest: &[&str], form: Option<&Form>) -> Outcome {
    match (rest, form) {
        ([], None) => {
            let page = desk.page(&Area::Devices, "Devices", &["Manage and secure the devices of your organization."]);
            Ok(page.with_link("Windows enrollment", ENROLLMENT).into())
        }
        (["windows-enrollment"], None) => {
            let page = desk.page(&Area::Devices, "Windows enrollment", &["Learn about and set up Windows enrollment."]);
            Ok(page.with_link("Windows Hello for Business", HELLO).into())
        }
        (["windows-enrollment", "windows-hello-for-business"], form) => edit(desk, form),
        _ => Ok(not_found(desk)),
    }
}

fn edit(desk: &mut Desk<'_>, form: Option<&Form>) -> Outcome {
    let configuration = configuration(desk)?;
    let mut refused = Vec::new();
    if let Some(form) = form {
        match save(desk, configuration.as_ref(), form.field("keys").unwrap_or_default()) {
            Ok(()) => return Ok(Answer::redirect(HELLO)),
            Err(error) => refused = alerts(&error),
        }
    }
    let state = match configuration.as_ref().and_then(value) {
        Some(1) => ENABLED,
        Some(_) => DISABLED,
        None => NOT_CONFIGURED,
    };
    let choice = InputKind::Choice(STATES.into());
    let input = desk.form().input("keys", "Use security keys for sign-in", choice, typed(form, "keys", state));
    let text = "Assigned to all devices. Allows security keys to sign in to Windows.";
    let page = desk.page(&Area::Devices, "Windows Hello for Business", &[text]).with_alerts(&refused);
    Ok(page.with_form(input.button("Save")).with_link("Cancel", ENROLLMENT).into())
}

/// The configuration that holds the setting, if there is one.
fn configuration(desk: &mut Desk<'_>) -> Result<Option<Value>, GraphError> {
    let found = desk.list(CONFIGURATIONS, &[])?;
    let has_setting = |configuration: &Value| value(configuration).is_some();
    let tenant_wide = |configuration: &&Value| configuration["displayName"] == NAME && has_setting(configuration);
    Ok(found.iter().find(tenant_wide).cloned())
}

fn value(configuration: &Value) -> Option<i64> {
    let settings = configuration["omaSettings"].as_array()?;
    settings.iter().find(|setting| setting["omaUri"] == SETTING)?["value"].as_i64()
}

fn save(desk: &mut Desk<'_>, known: Option<&Value>, state: &str) -> Result<(), GraphError> {
    let path = known.map(|known| format!("{CONFIGURATIONS}/{}", known["id"].as_str().unwrap_or_default()));
    let wanted = match state {
        ENABLED => Some(1),
        DISABLED => Some(0),
        NOT_CONFIGURED => None,
        _ => return Err(GraphError::bad_request("Choose whether security keys are used for sign-in.")),
    };
    let Some(wanted) = wanted else { return path.map_or(Ok(()), |path| desk.delete(&path)) };
    let settings = json!([{
        "@odata.type": "#microsoft.graph.omaSettingInteger",
        "displayName": "Turn on FIDO Security Keys for Windows Sign-In", "omaUri": SETTING, "value": wanted,
    }]);
    if let Some(path) = path {
        return desk.patch(&path, &json!({ "@odata.type": KIND, "omaSettings": settings }));
    }
    let made =
        desk.post(CONFIGURATIONS, &json!({ "@odata.type": KIND, "displayName": NAME, "omaSettings": settings }))?;
    let assignment = json!({ "target": { "@odata.type": "#microsoft.graph.allDevicesAssignmentTarget" } });
    let path = format!("{CONFIGURATIONS}/{}/assign", made["id"].as_str().unwrap_or_default());
    desk.post(&path, &json!({ "assignments": [assignment] })).map(drop)
}
