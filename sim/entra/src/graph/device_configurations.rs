//! Intune's device configurations (entra.md §2.11): the custom profile that turns security-key sign-in on.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::answer::{self, Answer};
use super::call::{Call, text};
use super::documents::merged;
use super::error::GraphError;
use super::odata::{self, Listing, Plan, Resource, Rules};
use crate::tenant::{Activity, DeviceConfiguration, Tenant};

const SET: &str = "deviceManagement/deviceConfigurations";
const KIND: &str = "#microsoft.graph.windows10CustomConfiguration";
const CONFIGURATION: &str = "DeviceConfiguration";

impl Resource for DeviceConfiguration {
    const KIND: &'static str = "deviceConfiguration";
    const PROPERTIES: &'static [&'static str] =
        &["id", "lastModifiedDateTime", "createdDateTime", "description", "displayName", "version", "omaSettings"];
    const RULES: Rules = Rules::Plain;

    fn odata_type(&self) -> Option<&'static str> {
        Some(KIND)
    }

    fn property(&self, _: &Tenant, name: &str) -> Option<Value> {
        Some(self.document.get(name).cloned().unwrap_or_default())
    }
}

pub(crate) fn list(call: Call<'_>) -> Result<Answer, GraphError> {
    let plan = Plan::<DeviceConfiguration>::of(&call.query)?;
    let all = &call.tenant.device_configurations;
    let listing = Listing { set: SET, path: SET, total: Some(all.len()) };
    let id =
        |configuration: &&DeviceConfiguration| configuration.document["id"].as_str().unwrap_or_default().to_owned();
    odata::collection(&call, &plan, &listing, |token| odata::later(all.values(), id, token)).map(Answer::Ok)
}

pub(crate) fn one(call: Call<'_>) -> Result<Answer, GraphError> {
    call.entity(SET, named(&call)?).map(Answer::Ok)
}

pub(crate) fn create(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let body = call.any_json()?;
    if body.get("@odata.type").and_then(Value::as_str) != Some(KIND) {
        return Err(GraphError::bad_request(format!("The @odata.type of the configuration must be {KIND}.")));
    }
    let name = text(&body, "displayName", CONFIGURATION)?.to_owned();
    check_settings(&body)?;
    let (id, now) = (call.tenant.rng.uuid(), answer::date(call.now));
    let shape = json!({
        "id": id, "lastModifiedDateTime": now, "createdDateTime": now, "description": null, "displayName": "",
        "version": 1, "omaSettings": [],
    });
    let document = merged(&shape.as_object().cloned().unwrap_or_default(), &writable(&body))?;
    let configuration = DeviceConfiguration { document, assignments: Vec::new() };
    let shown = call.created(SET, &configuration);
    call.tenant.device_configurations.insert(id, configuration);
    record(&mut call, "Add device configuration", "created", id, &name);
    let mut body = json!({ "@odata.context": shown["@odata.context"], "@odata.type": KIND });
    body.as_object_mut().expect("made as an object").extend(shown.as_object().cloned().unwrap_or_default());
    Ok(Answer::Created { body, location: None })
}

pub(crate) fn update(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let body = call.any_json()?;
    check_settings(&body)?;
    let configuration = named(&call)?;
    let mut document = merged(&configuration.document, &writable(&body))?;
    document.insert("version".to_owned(), (document["version"].as_u64().unwrap_or_default() + 1).into());
    document.insert("lastModifiedDateTime".to_owned(), answer::date(call.now).into());
    let assignments = configuration.assignments.clone();
    let name = document["displayName"].as_str().unwrap_or_default().to_owned();
    let id = call.named("configuration", Some)?;
    let configuration = DeviceConfiguration { document, assignments };
    let shown = Plan::<DeviceConfiguration>::of_entity(&call.query)?.entity(&call, SET, &configuration);
    call.tenant.device_configurations.insert(id, configuration);
    record(&mut call, "Update device configuration", "changed", id, &name);
    Ok(Answer::Ok(shown))
}

pub(crate) fn delete(mut call: Call<'_>) -> Result<Answer, GraphError> {
    named(&call)?;
    let id = call.named("configuration", Some)?;
    if let Some(gone) = call.tenant.device_configurations.remove(&id) {
        let name = gone.document["displayName"].as_str().unwrap_or_default().to_owned();
        record(&mut call, "Delete device configuration", "deleted", id, &name);
    }
    Ok(Answer::NoContent)
}

/// `assign`: replaces the assignments.
pub(crate) fn assign(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let body = call.json(&["assignments"])?;
    named(&call)?;
    let id = call.named("configuration", Some)?;
    let given = body.get("assignments").and_then(Value::as_array);
    let given = given.ok_or_else(|| GraphError::value_required("assignments", CONFIGURATION))?;
    let assignments =
        given.iter().map(|given| assignment(&call, id, &given["target"])).collect::<Result<Vec<_>, _>>()?;
    let name = call.tenant.device_configurations.get_mut(&id).map(|configuration| {
        configuration.assignments.clone_from(&assignments);
        configuration.document["displayName"].as_str().unwrap_or_default().to_owned()
    });
    record(&mut call, "Assign device configuration", "assigned", id, &name.unwrap_or_default());
    Ok(Answer::Ok(json!({ "@odata.context": context(&call, id), "value": assignments })))
}

pub(crate) fn assignments(call: Call<'_>) -> Result<Answer, GraphError> {
    call.query.refuse_all()?;
    let assignments = named(&call)?.assignments.clone();
    let id = call.named("configuration", Some)?;
    Ok(Answer::Ok(json!({ "@odata.context": context(&call, id), "value": assignments })))
}

/// The service says the rest itself.
fn writable(body: &Map<String, Value>) -> Map<String, Value> {
    const READ_ONLY: [&str; 4] = ["id", "version", "createdDateTime", "lastModifiedDateTime"];
    body.iter().filter(|(name, _)| !READ_ONLY.contains(&name.as_str())).map(|(n, v)| (n.clone(), v.clone())).collect()
}

fn context(call: &Call<'_>, id: Uuid) -> Value {
    call.context(&format!("{SET}('{id}')/assignments"))
}

fn named<'a>(call: &'a Call<'_>) -> Result<&'a DeviceConfiguration, GraphError> {
    call.named("configuration", |id| call.tenant.device_configurations.get(&id))
}

/// A target is a group that exists, every user or every device.
fn assignment(call: &Call<'_>, configuration: Uuid, target: &Value) -> Result<Value, GraphError> {
    let kind = target["@odata.type"].as_str().unwrap_or_default();
    let of = match kind.strip_prefix("#microsoft.graph.").unwrap_or_default() {
        "groupAssignmentTarget" | "exclusionGroupAssignmentTarget" => {
            let group = target["groupId"].as_str().and_then(|id| Uuid::parse_str(id).ok());
            let group = group.filter(|id| call.tenant.group(*id).is_some());
            group.ok_or_else(|| GraphError::no_such_object(target["groupId"].as_str().unwrap_or_default()))?.to_string()
        }
        all @ ("allDevicesAssignmentTarget" | "allLicensedUsersAssignmentTarget") => all.to_owned(),
        _ => return Err(GraphError::bad_request(format!("'{kind}' is no assignment target."))),
    };
    Ok(json!({ "id": format!("{configuration}_{of}"), "target": target }))
}

/// Each setting has its type, its name, its URI and a value of its type.
fn check_settings(body: &Map<String, Value>) -> Result<(), GraphError> {
    let Some(settings) = body.get("omaSettings") else { return Ok(()) };
    let fits = |setting: &Value| {
        let value = &setting["value"];
        let has_type = match setting["@odata.type"].as_str().unwrap_or_default() {
            "#microsoft.graph.omaSettingInteger" => value.is_i64(),
            "#microsoft.graph.omaSettingBoolean" => value.is_boolean(),
            "#microsoft.graph.omaSettingString" => value.is_string(),
            _ => false,
        };
        has_type
            && setting["displayName"].is_string()
            && setting["omaUri"].as_str().is_some_and(|uri| uri.starts_with("./"))
    };
    let all_fit = settings.as_array().is_some_and(|settings| settings.iter().all(fits));
    if all_fit { Ok(()) } else { Err(GraphError::invalid_value("omaSettings", CONFIGURATION)) }
}

fn record(call: &mut Call<'_>, activity: &'static str, verb: &str, id: Uuid, name: &str) {
    let what = format!("{verb} the device configuration {name:?}");
    call.record(Activity::new(activity, "Policy", id, name), what);
}
