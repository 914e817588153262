//! Intune's policy for security keys at Windows sign-in, changed by Graph, and the machines that fetch it.

use cucumber::{given, when};
use http::Method;
use lab::Lab;
use serde_json::{Value, json};

use super::parameters::Who;
use crate::World;
use crate::world::{Outcome, StepError};

const CONFIGURATIONS: &str = "/deviceManagement/deviceConfigurations";

/// A custom configuration that allows security keys, assigned to nobody yet.
#[given(expr = "an administrator has created the Intune policy {string}")]
#[when(expr = "an administrator creates the Intune policy {string}")]
fn creates(world: &mut World, name: String) -> Outcome {
    create(world.lab()?, &name, 1)
}

/// A custom configuration that forbids security keys, assigned to nobody yet.
#[given(expr = "an administrator has created the Intune policy {string}, which forbids security keys")]
fn creates_against(world: &mut World, name: String) -> Outcome {
    create(world.lab()?, &name, 0)
}

/// To all devices.
#[given(expr = "an administrator has assigned the Intune policy {string} to everybody")]
#[when(expr = "an administrator assigns the Intune policy {string} to everybody")]
fn assigns_to_everybody(world: &mut World, name: String) -> Outcome {
    assign(world.lab()?, &name, &[everybody()])
}

/// To a new group that has this person as its only member.
#[given(expr = "an administrator has assigned the Intune policy {string} to a group with {person}")]
#[when(expr = "an administrator assigns the Intune policy {string} to a group with {person}")]
fn assigns_to_group(world: &mut World, name: String, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    let group = group_of(lab, &person.upn)?;
    assign(lab, &name, &[json!({ "@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupId": group })])
}

/// To all devices, with a new group that has this person as its only member excluded.
#[when(expr = "an administrator assigns the Intune policy {string} to everybody but {person}")]
fn assigns_to_others(world: &mut World, name: String, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    let group = group_of(lab, &person.upn)?;
    let but = json!({ "@odata.type": "#microsoft.graph.exclusionGroupAssignmentTarget", "groupId": group });
    assign(lab, &name, &[everybody(), but])
}

/// By Graph.
#[given(expr = "an administrator has deleted the Intune policy {string}")]
#[when(expr = "an administrator deletes the Intune policy {string}")]
fn deletes(world: &mut World, name: String) -> Outcome {
    let lab = world.lab()?;
    let path = path_of(lab, &name)?;
    lab.graph(Method::DELETE, &path, None)?;
    Ok(())
}

/// The machine fetches its settings, as Sync in Settings does.
#[given(expr = "the workstation of {person} has synced with Intune")]
#[when(expr = "the workstation of {person} syncs with Intune")]
fn syncs(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    lab.with_workstation(person.workstation_name()?, lab::windows::Workstation::sync);
    Ok(())
}

fn create(lab: &mut Lab, name: &str, value: u8) -> Outcome {
    let policy = json!({
        "@odata.type": "#microsoft.graph.windows10CustomConfiguration",
        "displayName": name,
        "omaSettings": [{
            "@odata.type": "#microsoft.graph.omaSettingInteger",
            "displayName": "Turn on FIDO Security Keys for Windows Sign-In",
            "omaUri": lab::SECURITY_KEY_SIGN_IN,
            "value": value,
        }],
    });
    lab.graph(Method::POST, CONFIGURATIONS, Some(&policy))?;
    Ok(())
}

fn assign(lab: &mut Lab, name: &str, targets: &[Value]) -> Outcome {
    let path = format!("{}/assign", path_of(lab, name)?);
    let assignments: Vec<Value> = targets.iter().map(|target| json!({ "target": target })).collect();
    lab.graph(Method::POST, &path, Some(&json!({ "assignments": assignments })))?;
    Ok(())
}

fn everybody() -> Value {
    json!({ "@odata.type": "#microsoft.graph.allDevicesAssignmentTarget" })
}

fn path_of(lab: &mut Lab, name: &str) -> Result<String, StepError> {
    let listed = lab.graph(Method::GET, CONFIGURATIONS, None)?;
    let found = listed["value"].as_array().into_iter().flatten().find(|policy| policy["displayName"] == name);
    let found = found.ok_or_else(|| StepError::new(format!("Intune has no policy {name:?}: {listed}")))?;
    Ok(format!("{CONFIGURATIONS}/{}", found["id"].as_str().unwrap_or_default()))
}

fn group_of(lab: &mut Lab, upn: &str) -> Result<Value, StepError> {
    let user = lab.graph(Method::GET, &format!("/users/{upn}"), None)?["id"].clone();
    let group = json!({
        "displayName": "Pilot", "mailEnabled": false, "mailNickname": "pilot", "securityEnabled": true,
        "members@odata.bind": [format!("https://graph.microsoft.com/v1.0/users/{}", user.as_str().unwrap_or_default())],
    });
    Ok(lab.graph(Method::POST, "/groups", Some(&group))?["id"].clone())
}
