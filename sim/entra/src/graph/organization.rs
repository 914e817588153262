//! `organization`: the tenant itself.

use serde_json::{Value, json};

use super::answer::{self, Answer};
use super::call::Call;
use super::error::GraphError;

pub(crate) fn list(call: Call<'_>) -> Result<Answer, GraphError> {
    call.query.refuse_all()?;
    let tenant = &call.tenant;
    let domain = |(at, name): (usize, &String)| {
        json!({ "capabilities": "Email, OfficeCommunicationsOnline", "isDefault": at == 0, "isInitial": at == 0,
            "name": name, "type": "Managed" })
    };
    let domains: Vec<Value> = tenant.domains().iter().enumerate().map(domain).collect();
    let organization = json!({
        "id": tenant.id(), "deletedDateTime": null, "createdDateTime": answer::date(tenant.created()),
        "displayName": tenant.name(), "tenantType": "AAD", "verifiedDomains": domains,
    });
    Ok(Answer::Ok(json!({ "@odata.context": call.context("organization"), "value": [organization] })))
}
