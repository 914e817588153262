//! `organization`: the tenant itself.

use serde_json::{Value, json};

use super::answer::{self, Answer};
use super::call::Call;
use super::error::GraphError;

pub(crate) fn list(call: Call<'_>) -> Result<Answer, GraphError> {
    call.query.refuse_all()?;
    Ok(Answer::Ok(json!({ "@odata.context": call.context("organization"), "value": [organization(&call)] })))
}

pub(crate) fn one(call: Call<'_>) -> Result<Answer, GraphError> {
    call.query.refuse_all()?;
    call.named("organization", |id| (id == call.tenant.id()).then_some(()))?;
    let mut body = json!({ "@odata.context": call.context("organization/$entity") });
    body.as_object_mut()
        .expect("made as an object")
        .extend(organization(&call).as_object().cloned().unwrap_or_default());
    Ok(Answer::Ok(body))
}

fn organization(call: &Call<'_>) -> Value {
    let tenant = &call.tenant;
    let domain = |(at, name): (usize, &String)| {
        json!({ "capabilities": "Email, OfficeCommunicationsOnline", "isDefault": at == 0, "isInitial": at == 0,
            "name": name, "type": "Managed" })
    };
    let domains: Vec<Value> = tenant.domains().iter().enumerate().map(domain).collect();
    json!({
        "id": tenant.id(), "deletedDateTime": null, "createdDateTime": answer::date(tenant.created()),
        "displayName": tenant.name(), "tenantType": "AAD", "verifiedDomains": domains,
    })
}
