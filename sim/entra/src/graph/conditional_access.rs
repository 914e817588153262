//! Conditional Access policies (entra.md §2.10): kept as Graph shows them; sign-in goes by the same ones.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::answer::{self, Answer};
use super::call::{Call, text};
use super::documents::{check_items, merged};
use super::error::GraphError;
use super::odata::{self, Listing, Plan, Resource, Rules};
use crate::conditional_access::StoredPolicy;
use crate::tenant::{Activity, Tenant};

const SET: &str = "identity/conditionalAccess/policies";
/// What the service says itself.
const READ_ONLY: [&str; 4] = ["id", "templateId", "createdDateTime", "modifiedDateTime"];
const STATES: [&str; 3] = ["enabled", "disabled", "enabledForReportingButNotEnforced"];
const CONTROLS: [&str; 8] = [
    "block",
    "mfa",
    "compliantDevice",
    "domainJoinedDevice",
    "approvedApplication",
    "compliantApplication",
    "passwordChange",
    "riskRemediation",
];
const CLIENTS: [&str; 6] =
    ["all", "browser", "mobileAppsAndDesktopClients", "exchangeActiveSync", "easSupported", "other"];
const ACTIONS: [&str; 2] = ["urn:user:registersecurityinfo", "urn:user:registerdevice"];

impl Resource for StoredPolicy {
    const KIND: &'static str = "conditionalAccessPolicy";
    const PROPERTIES: &'static [&'static str] = &[
        "id",
        "templateId",
        "displayName",
        "createdDateTime",
        "modifiedDateTime",
        "state",
        "conditions",
        "grantControls",
        "sessionControls",
    ];
    const RULES: Rules = Rules::Plain;

    fn property(&self, _: &Tenant, name: &str) -> Option<Value> {
        Some(match name {
            "id" => json!(self.policy.id),
            "displayName" => json!(self.policy.display_name),
            _ => self.document.get(name).cloned().unwrap_or_default(),
        })
    }
}

pub(crate) fn list(call: Call<'_>) -> Result<Answer, GraphError> {
    let plan = Plan::<StoredPolicy>::of(&call.query)?;
    let policies = call.tenant.conditional_access();
    let listing = Listing { set: SET, path: SET, total: Some(policies.len()) };
    let id = |stored: &&StoredPolicy| stored.policy.id.to_string();
    odata::collection(&call, &plan, &listing, |token| odata::behind(policies.iter(), id, token)).map(Answer::Ok)
}

pub(crate) fn one(call: Call<'_>) -> Result<Answer, GraphError> {
    call.entity(SET, named(&call)?).map(Answer::Ok)
}

pub(crate) fn create(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let mut body = call.any_json()?;
    let name = text(&body, "displayName", "ConditionalAccessPolicy")?.to_owned();
    text(&body, "state", "ConditionalAccessPolicy")?;
    body.remove("displayName");
    READ_ONLY.iter().for_each(|name| drop(body.remove(*name)));
    let mut document = merged(&shape(), &body)?;
    check(&call, &document)?;
    document.insert("createdDateTime".to_owned(), answer::date(call.now).into());
    let id = call.tenant.rng.uuid();
    call.tenant.keep_policy(StoredPolicy::new(id, name.clone(), document));
    record(&mut call, "Add conditional access policy", "created", id, &name);
    let stored = call.tenant.conditional_access().iter().find(|stored| stored.policy.id == id);
    let stored = stored.ok_or_else(|| GraphError::no_such_object(&id.to_string()))?;
    Ok(Answer::Created { body: call.created(SET, stored), location: None })
}

pub(crate) fn update(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let mut body = call.any_json()?;
    READ_ONLY.iter().for_each(|name| drop(body.remove(*name)));
    let stored = named(&call)?;
    let id = stored.policy.id;
    let name = match body.remove("displayName") {
        None => stored.policy.display_name.clone(),
        Some(Value::String(name)) if !name.is_empty() => name,
        Some(_) => return Err(GraphError::invalid_value("displayName", "ConditionalAccessPolicy")),
    };
    let mut document = merged(&stored.document, &body)?;
    check(&call, &document)?;
    document.insert("modifiedDateTime".to_owned(), answer::date(call.now).into());
    call.tenant.keep_policy(StoredPolicy::new(id, name.clone(), document));
    record(&mut call, "Update conditional access policy", "changed", id, &name);
    Ok(Answer::NoContent)
}

pub(crate) fn delete(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let id = named(&call)?.policy.id;
    if let Some(gone) = call.tenant.remove_policy(id) {
        record(&mut call, "Delete conditional access policy", "deleted", id, &gone.policy.display_name);
    }
    Ok(Answer::NoContent)
}

fn named<'a>(call: &'a Call<'_>) -> Result<&'a StoredPolicy, GraphError> {
    call.named("policy", |id| call.tenant.conditional_access().iter().find(|stored| stored.policy.id == id))
}

/// A policy that is about nobody and asks for nothing: every property there is.
fn shape() -> Map<String, Value> {
    let shape = json!({
        "templateId": null, "createdDateTime": null, "modifiedDateTime": null, "state": "disabled",
        "conditions": {
            "userRiskLevels": [], "signInRiskLevels": [], "clientAppTypes": ["all"], "servicePrincipalRiskLevels": [],
            "platforms": null, "locations": null, "devices": null, "clientApplications": null,
            "applications": {
                "includeApplications": [], "excludeApplications": [], "includeUserActions": [],
                "includeAuthenticationContextClassReferences": [], "applicationFilter": null,
            },
            "users": {
                "includeUsers": [], "excludeUsers": [], "includeGroups": [], "excludeGroups": [],
                "includeRoles": [], "excludeRoles": [],
            },
        },
        "grantControls": {
            "operator": "OR", "builtInControls": [], "customAuthenticationFactors": [], "termsOfUse": [],
            "authenticationStrength": null,
        },
        "sessionControls": null,
    });
    shape.as_object().cloned().unwrap_or_default()
}

fn check(call: &Call<'_>, document: &Map<String, Value>) -> Result<(), GraphError> {
    let document = Value::Object(document.clone());
    if !document["state"].as_str().is_some_and(|state| STATES.contains(&state)) {
        return Err(GraphError::invalid_value("state", "ConditionalAccessPolicy"));
    }
    check_items(&document, &["conditions", "clientAppTypes"], &CLIENTS)?;
    check_items(&document, &["conditions", "applications", "includeUserActions"], &ACTIONS)?;
    check_items(&document, &["grantControls", "builtInControls"], &CONTROLS)?;
    let (users, applications) = (&document["conditions"]["users"], &document["conditions"]["applications"]);
    let is_empty = |value: &Value| value.as_array().is_none_or(Vec::is_empty);
    let nobody = ["includeUsers", "includeGroups", "includeRoles"].iter().all(|name| is_empty(&users[name]));
    let nothing = ["includeApplications", "includeUserActions", "includeAuthenticationContextClassReferences"];
    if nobody || nothing.iter().all(|name| is_empty(&applications[name])) {
        return Err(GraphError::bad_request("The policy must include users and applications."));
    }
    if is_empty(&document["grantControls"]["builtInControls"])
        && document["grantControls"]["authenticationStrength"].is_null()
        && document["sessionControls"].is_null()
    {
        return Err(GraphError::bad_request("The policy must have grant controls or session controls."));
    }
    check_ids(call, users)
}

/// Users and groups that a policy names must exist.
fn check_ids(call: &Call<'_>, users: &Value) -> Result<(), GraphError> {
    const WORDS: [&str; 3] = ["All", "None", "GuestsOrExternalUsers"];
    let lists = ["includeUsers", "excludeUsers", "includeGroups", "excludeGroups"];
    let named = lists.iter().flat_map(|name| users[name].as_array().into_iter().flatten().map(move |id| (*name, id)));
    for (list, id) in named {
        let text = id.as_str().unwrap_or_default();
        let known = Uuid::parse_str(text).is_ok_and(|id| {
            if list.ends_with("Groups") { call.tenant.group(id).is_some() } else { call.tenant.user(id).is_some() }
        });
        let is_word = list.ends_with("Users") && WORDS.contains(&text);
        if !known && !is_word {
            return Err(GraphError::bad_request(format!("1011: Invalid value {id} in conditions/users/{list}.")));
        }
    }
    Ok(())
}

fn record(call: &mut Call<'_>, activity: &'static str, verb: &str, id: Uuid, name: &str) {
    let what = format!("{verb} the Conditional Access policy {name:?}");
    call.record(Activity::new(activity, "Policy", id, name), what);
}
