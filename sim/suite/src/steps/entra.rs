//! What Entra has and says, asked through Graph as anybody could.

use cucumber::{given, then, when};
use http::Method;
use lab::Lab;
use lab::journal::Event;
use serde_json::json;

use super::parameters::{Length, Who};
use crate::World;
use crate::world::{Outcome, StepError, ensure, sentences};

/// Changes the FIDO2 policy.
#[given("Entra enforces attestation")]
fn enforces_attestation(world: &mut World) -> Outcome {
    let policy = json!({ "@odata.type": "#microsoft.graph.fido2AuthenticationMethodConfiguration", "isAttestationEnforced": true });
    change_policy(world.lab()?, &policy)
}

/// Key restrictions: block HYPR's AAGUID.
#[given("Entra blocks the model of HYPR's authenticator")]
#[when("Entra blocks the model of HYPR's authenticator")]
fn blocks_model(world: &mut World) -> Outcome {
    let policy = json!({
        "@odata.type": "#microsoft.graph.fido2AuthenticationMethodConfiguration",
        "keyRestrictions": { "isEnforced": true, "enforcementType": "block", "aaGuids": ["0076631b-d4a0-427f-5773-0ec71c9e0279"] },
    });
    change_policy(world.lab()?, &policy)
}

/// Disables the FIDO2 method.
#[given("Entra's security key method is off")]
#[when("Entra's security key method is switched off")]
fn switches_off(world: &mut World) -> Outcome {
    let policy =
        json!({ "@odata.type": "#microsoft.graph.fido2AuthenticationMethodConfiguration", "state": "disabled" });
    change_policy(world.lab()?, &policy)
}

/// A policy "Block" for this person and every application.
#[given(expr = "Conditional Access blocks {person}")]
fn blocks_person(world: &mut World, who: Who) -> Outcome {
    add_policy(world, &who, "Block", &json!({ "operator": "OR", "builtInControls": ["block"] }))
}

/// A policy "Phishing-resistant MFA" with Microsoft's authentication strength of that name.
#[given(expr = "Conditional Access asks {person} for a phishing-resistant method")]
#[when(expr = "Conditional Access asks {person} for a phishing-resistant method")]
fn wants_resistance(world: &mut World, who: Who) -> Outcome {
    add_policy(world, &who, "Phishing-resistant MFA", &phishing_resistant())
}

fn phishing_resistant() -> serde_json::Value {
    let strength = json!({ "id": "00000000-0000-0000-0000-000000000004" });
    json!({ "operator": "OR", "builtInControls": [], "authenticationStrength": strength })
}

/// A policy "Block" for the members of one of HYPR's groups and every application.
#[given(expr = "Conditional Access blocks the members of {string}")]
fn blocks_group(world: &mut World, group: String) -> Outcome {
    add_group_policy(world, &group, "Block", &json!({ "operator": "OR", "builtInControls": ["block"] }))
}

/// The same policy as for one person, for the members of one of HYPR's groups.
#[given(expr = "Conditional Access asks the members of {string} for a phishing-resistant method")]
fn wants_resistance_of_group(world: &mut World, group: String) -> Outcome {
    add_group_policy(world, &group, "Phishing-resistant MFA", &phishing_resistant())
}

/// A policy of that name with that grant control, by Graph's name: `compliantDevice`, `passwordChange`, ..
#[given(expr = "Conditional Access asks {person} for {string}")]
fn wants_control(world: &mut World, who: Who, control: String) -> Outcome {
    add_policy(world, &who, &control, &json!({ "operator": "OR", "builtInControls": [control] }))
}

/// An administrator makes one that is good for an hour; nobody notes it down.
#[given(expr = "{person} has a Temporary Access Pass")]
fn has_access_pass(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    let path = format!("/users/{}/authentication/temporaryAccessPassMethods", person.upn);
    lab.graph(Method::POST, &path, Some(&json!({ "isUsableOnce": false })))?;
    Ok(())
}

/// The newest sign-in with that name in the log that Graph lists: its code and application.
#[then(expr = "the last sign-in of {string} is in Entra's log with AADSTS{int} at {string}")]
fn logs_refusal(world: &mut World, upn: String, code: u32, application: String) -> Outcome {
    let listed = world.lab()?.graph(Method::GET, "/auditLogs/signIns", None)?;
    let all = listed["value"].as_array().into_iter().flatten();
    let last = all.into_iter().find(|entry| entry["userPrincipalName"] == *upn);
    let found = last.map(|last| (&last["status"]["errorCode"], &last["appDisplayName"]));
    ensure(found == Some((&json!(code), &json!(application))), || format!("the last sign-in is: {last:?}"))
}

/// A policy for one person and every application.
fn add_policy(world: &mut World, who: &Who, name: &str, grant: &serde_json::Value) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    let user = lab.graph(Method::GET, &format!("/users/{}", person.upn), None)?;
    post_policy(lab, name, &json!({ "includeUsers": [user["id"]] }), grant)
}

/// A policy for the members of a group and every application.
fn add_group_policy(world: &mut World, group: &str, name: &str, grant: &serde_json::Value) -> Outcome {
    let lab = world.lab()?;
    let listed = lab.graph(Method::GET, "/groups", None)?;
    let found = listed["value"].as_array().into_iter().flatten().find(|known| known["displayName"] == group);
    let Some(found) = found else { return ensure(false, || format!("no group {group:?} in {listed}")) };
    post_policy(lab, name, &json!({ "includeGroups": [found["id"]] }), grant)
}

fn post_policy(lab: &mut Lab, name: &str, users: &serde_json::Value, grant: &serde_json::Value) -> Outcome {
    let policy = json!({
        "displayName": name, "state": "enabled",
        "conditions": {
            "clientAppTypes": ["all"],
            "applications": { "includeApplications": ["All"] },
            "users": users,
        },
        "grantControls": grant,
    });
    lab.graph(Method::POST, "/identity/conditionalAccess/policies", Some(&policy))?;
    Ok(())
}

/// The user is added to the policy's excluded users.
#[given(expr = "an administrator has excluded {person} from the Conditional Access policy {string}")]
#[when(expr = "an administrator excludes {person} from the Conditional Access policy {string}")]
fn excludes_person(world: &mut World, who: Who, policy: String) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    exclude(lab, &policy, &person.upn)
}

/// The same for HYPR's service account.
#[when(expr = "an administrator excludes the service account from the Conditional Access policy {string}")]
fn excludes_service_account(world: &mut World, policy: String) -> Outcome {
    let lab = world.lab()?;
    let upn = format!("{}@{}", lab.scenario().service_account.user_name, lab.scenario().tenant.domain);
    exclude(lab, &policy, &upn)
}

fn exclude(lab: &mut Lab, policy: &str, upn: &str) -> Outcome {
    let user = lab.graph(Method::GET, &format!("/users/{upn}"), None)?["id"].clone();
    let listed = lab.graph(Method::GET, "/identity/conditionalAccess/policies", None)?;
    let found = listed["value"].as_array().into_iter().flatten().find(|known| known["displayName"] == policy);
    let Some(found) = found else { return ensure(false, || format!("no policy {policy:?} in {listed}")) };
    let mut excluded = found["conditions"]["users"]["excludeUsers"].as_array().cloned().unwrap_or_default();
    excluded.push(user);
    let path = format!("/identity/conditionalAccess/policies/{}", found["id"].as_str().unwrap_or_default());
    let change = json!({ "conditions": { "users": { "excludeUsers": excluded } } });
    lab.graph(Method::PATCH, &path, Some(&change))?;
    Ok(())
}

fn change_policy(lab: &mut Lab, policy: &serde_json::Value) -> Outcome {
    let path = "/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2";
    lab.graph(Method::PATCH, path, Some(policy))?;
    Ok(())
}

/// Activates the role if need be and adds the account to its members.
#[when(expr = "the administrator gives the service account the role {string}")]
fn gives_role(world: &mut World, name: String) -> Outcome {
    give_role(world.lab()?, &name)
}

fn role(name: &str) -> Result<lab::entra::Role, StepError> {
    let role = lab::entra::Role::by_display_name(name);
    role.ok_or_else(|| StepError::new(format!("Entra has no role {name:?}")))
}

fn give_role(lab: &mut Lab, name: &str) -> Outcome {
    let role = role(name)?;
    let account = format!("/users/{}", lab.registration().service_account);
    let account = lab.graph(Method::GET, &account, None)?;
    let body = json!({ "@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{}", account["id"].as_str().unwrap_or_default()) });
    let path = format!("/directoryRoles(roleTemplateId='{}')/members/$ref", role.template_id());
    let activation = json!({ "roleTemplateId": role.template_id() });
    // A role that somebody has had is active already, which Entra says with an error.
    let _ = lab.graph(Method::POST, "/directoryRoles", Some(&activation));
    lab.graph(Method::POST, &path, Some(&body))?;
    Ok(())
}

/// Giving the role again is refused: the account has it.
#[then(expr = "Entra does not give the service account the role {string} twice")]
fn gives_role_once(world: &mut World, name: String) -> Outcome {
    let lab = world.lab()?;
    let refused = give_role(lab, &name).err().map(|error| error.to_string()).unwrap_or_default();
    ensure(refused.contains("One or more added object references already exist"), || {
        format!("Entra's answer to the second time: {refused:?}")
    })
}

/// Among the members of the role, as Graph lists them now.
#[then(expr = "Entra lists the service account with the role {string}")]
fn lists_role(world: &mut World, name: String) -> Outcome {
    let (holders, account) = holders(world.lab()?, &name)?;
    ensure(holders.contains(&account), || format!("the role {name:?} is listed with: {holders:?}"))
}

/// Not among them.
#[then(expr = "Entra does not list the service account with the role {string}")]
fn does_not_list_role(world: &mut World, name: String) -> Outcome {
    let (holders, account) = holders(world.lab()?, &name)?;
    ensure(!holders.contains(&account), || format!("the role {name:?} is listed with: {holders:?}"))
}

/// The user principal names of those who are listed with a role, and that of the service account.
fn holders(lab: &mut Lab, name: &str) -> Result<(Vec<String>, String), StepError> {
    let path = format!("/directoryRoles(roleTemplateId='{}')/members", role(name)?.template_id());
    let listed = lab.graph(Method::GET, &path, None)?;
    let holders = listed["value"].as_array().into_iter().flatten();
    let holders = holders.filter_map(|holder| holder["userPrincipalName"].as_str()).map(str::to_owned);
    Ok((holders.collect(), lab.registration().service_account.clone()))
}

/// Every request is answered 429 from now on, for so long.
#[given(expr = "Microsoft Graph is under load for {duration}")]
fn is_under_load(world: &mut World, length: Length) -> Outcome {
    let lab = world.lab()?;
    let until = lab.now() + length.0;
    lab.tenant().overload_graph(until);
    Ok(())
}

/// With Microsoft Graph Command Line Tools, as the Global Administrator.
#[given(expr = "an administrator's script has created {int} groups in Entra")]
fn script_has_run(world: &mut World, count: usize) -> Outcome {
    let lab = world.lab()?;
    (1..=count).try_for_each(|number| {
        let group = json!({
            "displayName": format!("Script {number}"), "mailNickname": format!("script{number}"),
            "mailEnabled": false, "securityEnabled": true,
        });
        lab.graph(Method::POST, "/groups", Some(&group)).map(|_| ())
    })?;
    Ok(())
}

/// Time passes until everybody sees every change (`tenant.replication` of the scenario file).
#[when("replication has settled")]
fn replicates(world: &mut World) -> Outcome {
    world.lab()?.replicate();
    Ok(())
}

/// The machine's device object, by Graph: it may not be used to sign in any more.
#[given(expr = "an administrator has disabled the workstation of {person} in Entra")]
#[when(expr = "an administrator disables the workstation of {person} in Entra")]
fn disables_device(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    let path = device_path(lab, person.workstation_name()?)?;
    lab.graph(Method::PATCH, &path, Some(&json!({ "accountEnabled": false })))?;
    Ok(())
}

/// The machine's device object, by Graph.
#[given(expr = "an administrator has deleted the workstation of {person} in Entra")]
#[when(expr = "an administrator deletes the workstation of {person} in Entra")]
fn deletes_device(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    let path = device_path(lab, person.workstation_name()?)?;
    lab.graph(Method::DELETE, &path, None)?;
    Ok(())
}

fn device_path(lab: &mut Lab, name: &str) -> Result<String, StepError> {
    let listed = lab.graph(Method::GET, "/devices", None)?;
    let found = listed["value"].as_array().into_iter().flatten().find(|device| device["displayName"] == name);
    let found = found.ok_or_else(|| StepError::new(format!("Entra has no device {name:?}: {listed}")))?;
    Ok(format!("/devices/{}", found["id"].as_str().unwrap_or_default()))
}

/// How many keys Graph lists.
#[then(expr = "Entra has {int} security key(s) of {person}")]
fn has_keys(world: &mut World, count: usize, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    let listed = lab.graph(Method::GET, &format!("/users/{}/authentication/fido2Methods", person.upn), None)?;
    let found = listed["value"].as_array().map_or(0, Vec::len);
    ensure(found == count, || format!("Entra lists {found}: {listed}"))
}

/// The first key's name and attestation level (`attested`, `notAttested`).
#[then(expr = "Entra lists the security key of {person} as {string}, {string}")]
fn lists_key(world: &mut World, who: Who, name: String, level: String) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    let listed = lab.graph(Method::GET, &format!("/users/{}/authentication/fido2Methods", person.upn), None)?;
    let key = &listed["value"][0];
    ensure(key["displayName"] == *name && key["attestationLevel"] == *level, || format!("Entra lists: {listed}"))
}

/// The one of HYPR's groups that the user is in.
#[then(expr = "Entra has {person} in {string} only")]
fn in_group(world: &mut World, who: Who, group: String) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    let groups = hypr_groups_of(lab, &person.upn)?;
    ensure(groups == [group.as_str()], || format!("{} is in: {}", person.upn, groups.join(", ")))
}

/// None of HYPR's groups.
#[then(expr = "Entra has {person} in no HYPR group")]
fn in_no_group(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    let groups = hypr_groups_of(lab, &person.upn)?;
    ensure(groups.is_empty(), || format!("{} is in: {}", person.upn, groups.join(", ")))
}

/// All three are there.
#[then("Entra has HYPR's three groups")]
fn has_groups(world: &mut World) -> Outcome {
    let lab = world.lab()?;
    let listed = lab.graph(Method::GET, "/groups?$filter=startswith(displayName,'HYPR%20Group')", None)?;
    let mut names: Vec<&str> =
        listed["value"].as_array().into_iter().flatten().filter_map(|group| group["displayName"].as_str()).collect();
    names.sort_unstable();
    let expected = [
        "HYPR Group (Client Paired with Azure)",
        "HYPR Group (Client Paired with HYPR)",
        "HYPR Group (Eligible for Pairing)",
    ];
    ensure(names == expected, || format!("the groups are: {names:?}"))
}

/// The tenant has no group at all.
#[then("Entra has no group of HYPR's")]
fn has_no_groups(world: &mut World) -> Outcome {
    let listed = world.lab()?.graph(Method::GET, "/groups", None)?;
    let groups = listed["value"].as_array().map_or(0, Vec::len);
    ensure(groups == 0, || format!("Entra lists: {listed}"))
}

/// The last refused sign-in had this code.
#[then(expr = "Entra has refused with AADSTS{int}")]
fn has_refused(world: &mut World, code: u32) -> Outcome {
    let lab = world.lab()?;
    let refusals = sentences(lab, |event| matches!(event, Event::Entra(entra_event) if is_refusal(entra_event)));
    let wanted = format!("AADSTS{code}:");
    ensure(refusals.last().is_some_and(|last| last.contains(&wanted)), || format!("Entra's refusals: {refusals:#?}"))
}

/// The last request that Graph refused, by status and code.
#[then(expr = "Graph has refused with {int} {string}")]
fn graph_has_refused(world: &mut World, status: u16, code: String) -> Outcome {
    let lab = world.lab()?;
    let is_graph = |event: &Event| matches!(event, Event::Entra(lab::entra::Event::GraphRefused { .. }));
    let refusals = sentences(lab, is_graph);
    let wanted = format!(": {status} {code}: ");
    ensure(refusals.last().is_some_and(|last| last.contains(&wanted)), || format!("Graph's refusals: {refusals:#?}"))
}

/// No sign-in was refused.
#[then("Entra has refused nothing")]
fn has_refused_nothing(world: &mut World) -> Outcome {
    let lab = world.lab()?;
    let refusals = sentences(lab, |event| matches!(event, Event::Entra(entra_event) if is_refusal(entra_event)));
    ensure(refusals.is_empty(), || format!("Entra's refusals: {refusals:#?}"))
}

/// The reason of the last refused registration contains these words.
#[then(expr = "Entra has refused the security key: {string}")]
fn has_refused_key(world: &mut World, reason: String) -> Outcome {
    let lab = world.lab()?;
    let refusals = sentences(lab, |event| matches!(event, Event::Entra(lab::entra::Event::KeyRefused { .. })));
    ensure(refusals.last().is_some_and(|last| last.contains(&reason)), || format!("Entra's refusals: {refusals:#?}"))
}

fn is_refusal(event: &lab::entra::Event) -> bool {
    matches!(event, lab::entra::Event::SignInRefused { .. })
}

fn hypr_groups_of(lab: &mut Lab, upn: &str) -> Result<Vec<String>, StepError> {
    let listed = lab.graph(Method::GET, &format!("/users/{upn}/memberOf"), None)?;
    let groups = listed["value"].as_array().into_iter().flatten().filter_map(|group| group["displayName"].as_str());
    Ok(groups.filter(|name| name.starts_with("HYPR Group")).map(str::to_owned).collect())
}
