//! The FIDO2 method policy (entra.md §2.9): read and change.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::answer::Answer;
use super::call::Call;
use super::error::GraphError;
use crate::fido::{AttestationEnforcement, Fido2Policy, KeyRestrictions, MethodState, SelfService, Target};
use crate::tenant::Activity;

const KIND: &str = "#microsoft.graph.fido2AuthenticationMethodConfiguration";

pub(crate) fn fido2(call: Call<'_>) -> Result<Answer, GraphError> {
    call.query.refuse_all()?;
    Ok(Answer::Ok(single(&call, fido2_configuration(&call))))
}

/// `authenticationMethodsPolicy`: the policy with the configuration of every method.
pub(crate) fn whole(call: Call<'_>) -> Result<Answer, GraphError> {
    call.query.refuse_all()?;
    let context = call.context("authenticationMethodsPolicy/$entity");
    let campaign = json!({
        "snoozeDurationInDays": 1, "enforceRegistrationAfterAllowedSnoozes": true, "state": "default",
        "excludeTargets": [],
        "includeTargets": [{ "id": "all_users", "targetType": "group", "targetedAuthenticationMethod": "microsoftAuthenticator" }],
    });
    Ok(Answer::Ok(json!({
        "@odata.context": context, "id": "authenticationMethodsPolicy",
        "displayName": "Authentication Methods Policy",
        "description": "The tenant-wide policy that controls which authentication methods are allowed in the tenant, authentication method registration requirements, and self-service password reset settings",
        "lastModifiedDateTime": super::date(call.tenant.created()), "policyVersion": "1.5",
        "policyMigrationState": "migrationComplete", "reconfirmationInDays": null,
        "registrationEnforcement": { "authenticationMethodsRegistrationCampaign": campaign },
        "authenticationMethodConfigurations": all(&call),
    })))
}

pub(crate) fn configurations(call: Call<'_>) -> Result<Answer, GraphError> {
    call.query.refuse_all()?;
    Ok(Answer::Ok(json!({ "@odata.context": call.context("authenticationMethodConfigurations"), "value": all(&call) })))
}

pub(crate) fn configuration(call: Call<'_>) -> Result<Answer, GraphError> {
    call.query.refuse_all()?;
    let wanted = call.captures.get("configuration").unwrap_or_default();
    let is_it = |configuration: &Value| configuration["id"].as_str().is_some_and(|id| id.eq_ignore_ascii_case(wanted));
    let found = all(&call).into_iter().find(is_it).ok_or_else(|| GraphError::no_such_method(wanted))?;
    Ok(Answer::Ok(single(&call, found)))
}

/// DELETE sets the configuration back to what it is in a new tenant.
pub(crate) fn reset_fido2(mut call: Call<'_>) -> Result<Answer, GraphError> {
    call.tenant.set_fido2_policy(Fido2Policy::default());
    record(&mut call, "reset the FIDO2 security key policy");
    Ok(Answer::NoContent)
}

fn single(call: &Call<'_>, configuration: Value) -> Value {
    let mut body = json!({ "@odata.context": call.context("authenticationMethodConfigurations/$entity") });
    body.as_object_mut().expect("made as an object").extend(configuration.as_object().cloned().unwrap_or_default());
    body
}

/// The methods that the lab simulates; text messages and Temporary Access Passes are on for everybody.
fn all(call: &Call<'_>) -> Vec<Value> {
    let everybody = json!([{ "targetType": "group", "id": "all_users", "isRegistrationRequired": false }]);
    let text_messages = json!([{
        "targetType": "group", "id": "all_users", "isRegistrationRequired": false, "isUsableForSignIn": false,
    }]);
    vec![
        fido2_configuration(call),
        json!({
            "@odata.type": "#microsoft.graph.smsAuthenticationMethodConfiguration", "id": "Sms", "state": "enabled",
            "includeTargets": text_messages, "excludeTargets": [],
        }),
        json!({
            "@odata.type": "#microsoft.graph.temporaryAccessPassAuthenticationMethodConfiguration",
            "id": "TemporaryAccessPass", "state": "enabled", "defaultLifetimeInMinutes": 60, "defaultLength": 8,
            "minimumLifetimeInMinutes": 10, "maximumLifetimeInMinutes": 43_200, "isUsableOnce": false,
            "includeTargets": everybody, "excludeTargets": [],
        }),
    ]
}

fn fido2_configuration(call: &Call<'_>) -> Value {
    let policy = &call.tenant.fido2_policy;
    json!({
        "@odata.type": KIND,
        "id": "Fido2",
        "state": if policy.state == MethodState::Enabled { "enabled" } else { "disabled" },
        "isSelfServiceRegistrationAllowed": policy.self_service == SelfService::Allowed,
        "isAttestationEnforced": policy.attestation == AttestationEnforcement::Enforced,
        "keyRestrictions": restrictions(&policy.key_restrictions),
        "includeTargets": targets(&policy.include),
        "excludeTargets": targets(&policy.exclude),
    })
}

fn record(call: &mut Call<'_>, what: &str) {
    let activity = Activity::new("Update authentication methods policy", "Policy", "Fido2", "Fido2");
    call.record(activity, what.to_owned());
}

pub(crate) fn update_fido2(mut call: Call<'_>) -> Result<Answer, GraphError> {
    let known = [
        "id",
        "state",
        "isSelfServiceRegistrationAllowed",
        "isAttestationEnforced",
        "keyRestrictions",
        "includeTargets",
        "excludeTargets",
    ];
    let body = call.json(&known)?;
    if body.get("@odata.type").and_then(Value::as_str) != Some(KIND) {
        return Err(GraphError::bad_request(
            "The @odata.type of the configuration is missing or is not that of Fido2.",
        ));
    }
    let policy = changed(call.tenant.fido2_policy.clone(), &body)?;
    call.tenant.set_fido2_policy(policy);
    record(&mut call, "changed the FIDO2 security key policy");
    Ok(Answer::NoContent)
}

fn changed(mut policy: Fido2Policy, body: &Map<String, Value>) -> Result<Fido2Policy, GraphError> {
    for (name, value) in body {
        let fault = || GraphError::bad_request(format!("Invalid value specified for property '{name}'."));
        match name.as_str() {
            "state" => policy.state = state(value).ok_or_else(fault)?,
            "isSelfServiceRegistrationAllowed" => {
                let allowed = value.as_bool().ok_or_else(fault)?;
                policy.self_service = if allowed { SelfService::Allowed } else { SelfService::NotAllowed };
            }
            "isAttestationEnforced" => {
                let enforced = value.as_bool().ok_or_else(fault)?;
                policy.attestation =
                    if enforced { AttestationEnforcement::Enforced } else { AttestationEnforcement::NotEnforced };
            }
            "keyRestrictions" => policy.key_restrictions = parse_restrictions(value).ok_or_else(fault)?,
            "includeTargets" => policy.include = parse_targets(value).ok_or_else(fault)?,
            "excludeTargets" => policy.exclude = parse_targets(value).ok_or_else(fault)?,
            // `id` and `@odata.type` say what is changed, not how.
            _ => {}
        }
    }
    Ok(policy)
}

fn state(value: &Value) -> Option<MethodState> {
    match value.as_str()? {
        "enabled" => Some(MethodState::Enabled),
        "disabled" => Some(MethodState::Disabled),
        _ => None,
    }
}

fn restrictions(restrictions: &KeyRestrictions) -> Value {
    let (enforced, kind, models) = match restrictions {
        KeyRestrictions::None => (false, "block", &BTreeSet::new()),
        KeyRestrictions::Allow(models) => (true, "allow", models),
        KeyRestrictions::Block(models) => (true, "block", models),
    };
    json!({ "isEnforced": enforced, "enforcementType": kind, "aaGuids": models })
}

fn parse_restrictions(value: &Value) -> Option<KeyRestrictions> {
    let models = value["aaGuids"].as_array()?.iter().map(|model| Uuid::parse_str(model.as_str()?).ok());
    let models: BTreeSet<Uuid> = models.collect::<Option<_>>()?;
    match (value["isEnforced"].as_bool()?, value["enforcementType"].as_str()?) {
        (false, "allow" | "block") => Some(KeyRestrictions::None),
        (true, "allow") => Some(KeyRestrictions::Allow(models)),
        (true, "block") => Some(KeyRestrictions::Block(models)),
        _ => None,
    }
}

fn targets(targets: &BTreeSet<Target>) -> Vec<Value> {
    let target = |target: &Target| {
        let id = match target {
            Target::AllUsers => "all_users".to_owned(),
            Target::Group(id) => id.to_string(),
        };
        json!({ "targetType": "group", "id": id, "isRegistrationRequired": false })
    };
    targets.iter().map(target).collect()
}

fn parse_targets(value: &Value) -> Option<BTreeSet<Target>> {
    let target = |target: &Value| match target["id"].as_str()? {
        "all_users" => Some(Target::AllUsers),
        id => Uuid::parse_str(id).ok().map(Target::Group),
    };
    value.as_array()?.iter().map(target).collect()
}
