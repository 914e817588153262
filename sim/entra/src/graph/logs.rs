//! `auditLogs` (entra.md §2.12): sign-ins and directory audits, newest first.

use serde_json::{Value, json};

use super::answer::{self, Answer};
use super::call::Call;
use super::error::GraphError;
use super::odata::{self, Listing, Plan, Resource, Rules};
use crate::applications::first_party;
use crate::conditional_access::Applied;
use crate::event::Grant;
use crate::tenant::{AuditEntry, SignInEntry, Tenant, Way};

impl Resource for SignInEntry {
    const KIND: &'static str = "signIn";
    const PROPERTIES: &'static [&'static str] = &[
        "id",
        "createdDateTime",
        "userDisplayName",
        "userPrincipalName",
        "userId",
        "appId",
        "appDisplayName",
        "ipAddress",
        "clientAppUsed",
        "correlationId",
        "conditionalAccessStatus",
        "isInteractive",
        "riskDetail",
        "riskLevelAggregated",
        "riskLevelDuringSignIn",
        "riskState",
        "riskEventTypes",
        "riskEventTypes_v2",
        "resourceDisplayName",
        "resourceId",
        "status",
        "deviceDetail",
        "location",
        "appliedConditionalAccessPolicies",
    ];
    const RULES: Rules = Rules::Plain;

    fn property(&self, _: &Tenant, name: &str) -> Option<Value> {
        let user = self.user.as_ref();
        let client = self.client.as_ref();
        Some(match name {
            "id" => json!(self.id),
            "createdDateTime" => json!(answer::date(self.at)),
            "userDisplayName" => json!(user.map(|(_, name)| name)),
            "userPrincipalName" => json!(self.upn),
            "userId" => json!(user.map(|(id, _)| id)),
            "appId" => json!(client.map(|(id, _)| id)),
            "appDisplayName" => json!(client.map(|(_, name)| name)),
            "clientAppUsed" => json!(match self.way {
                Way::Grant(Grant::Password | Grant::DeviceCode) => "Mobile Apps and Desktop clients",
                Way::Page | Way::Grant(_) => "Browser",
            }),
            "correlationId" => json!(self.id),
            "conditionalAccessStatus" => json!(self.conditional_access()),
            "isInteractive" => json!(match self.way {
                Way::Page => true,
                Way::Grant(grant) => grant.is_interactive(),
            }),
            "riskDetail" | "riskLevelAggregated" | "riskLevelDuringSignIn" | "riskState" => json!("none"),
            "riskEventTypes" | "riskEventTypes_v2" => json!([]),
            "appliedConditionalAccessPolicies" => self.applied.iter().map(policy_line).collect(),
            "resourceDisplayName" => json!("Microsoft Graph"),
            "resourceId" => json!(first_party::GRAPH),
            "status" => json!({
                "errorCode": self.error, "failureReason": if self.error == 0 { "Other." } else { &self.reason },
                "additionalDetails": if self.amr.iter().any(|method| method == "mfa") {
                    json!("MFA requirement satisfied by claim in the token")
                } else {
                    Value::Null
                },
            }),
            "deviceDetail" => json!({
                "deviceId": "", "displayName": "", "operatingSystem": "", "browser": "", "isCompliant": false,
                "isManaged": false, "trustType": "",
            }),
            "location" => json!({
                "city": "", "state": "", "countryOrRegion": "",
                "geoCoordinates": { "altitude": null, "latitude": null, "longitude": null },
            }),
            _ => Value::Null,
        })
    }
}

impl SignInEntry {
    fn conditional_access(&self) -> &'static str {
        let any = |result: &str| self.applied.iter().any(|applied| applied.result == result);
        if any("failure") {
            "failure"
        } else if any("success") {
            "success"
        } else {
            "notApplied"
        }
    }
}

/// `appliedConditionalAccessPolicy`.
fn policy_line(applied: &Applied) -> Value {
    json!({
        "id": applied.id, "displayName": applied.display_name, "enforcedGrantControls": applied.controls,
        "enforcedSessionControls": [], "result": applied.result,
    })
}

impl Resource for AuditEntry {
    const KIND: &'static str = "directoryAudit";
    const PROPERTIES: &'static [&'static str] = &[
        "id",
        "category",
        "correlationId",
        "result",
        "resultReason",
        "activityDisplayName",
        "activityDateTime",
        "loggedByService",
        "operationType",
        "initiatedBy",
        "targetResources",
        "additionalDetails",
    ];
    const RULES: Rules = Rules::Plain;

    fn property(&self, tenant: &Tenant, name: &str) -> Option<Value> {
        let activity = &self.activity;
        Some(match name {
            "id" | "correlationId" => json!(self.id),
            "category" => json!(activity.category),
            "result" => json!("success"),
            "resultReason" => json!(""),
            "activityDisplayName" => json!(activity.name),
            "activityDateTime" => json!(answer::date(self.at)),
            "loggedByService" => {
                let is_method = activity.name.contains("Passkey") || activity.name.contains("security info");
                json!(if is_method { "Authentication Methods" } else { "Core Directory" })
            }
            "operationType" => json!(activity.operation()),
            "initiatedBy" => self.initiator(tenant),
            "targetResources" => {
                let user = (activity.kind == "User").then_some(&activity.target_name);
                let group = (activity.kind == "Group").then_some("azureAD");
                json!([{
                    "id": activity.target_id, "displayName": activity.target_name, "type": activity.kind,
                    "userPrincipalName": user, "groupType": group, "modifiedProperties": [],
                }])
            }
            "additionalDetails" => json!([{ "key": "passkey-lab", "value": activity.detail }]),
            _ => Value::Null,
        })
    }
}

impl AuditEntry {
    /// Whoever did it: a user by that principal name, else an application by its name.
    fn initiator(&self, tenant: &Tenant) -> Value {
        match tenant.user_by_name(&self.by) {
            Some(user) => json!({
                "user": {
                    "id": user.id, "displayName": user.display_name, "userPrincipalName": user.upn, "ipAddress": null,
                },
                "app": null,
            }),
            None => json!({
                "user": null,
                "app": { "appId": null, "displayName": self.by, "servicePrincipalId": null },
            }),
        }
    }
}

pub(crate) fn sign_ins(call: Call<'_>) -> Result<Answer, GraphError> {
    let plan = Plan::<SignInEntry>::of(&call.query)?;
    let entries = &call.tenant.audit().sign_ins;
    let listing = Listing { set: "auditLogs/signIns", path: "auditLogs/signIns", total: Some(entries.len()) };
    let id = |entry: &&SignInEntry| entry.id.to_string();
    odata::collection(&call, &plan, &listing, |token| odata::behind(entries.iter().rev(), id, token)).map(Answer::Ok)
}

pub(crate) fn sign_in(call: Call<'_>) -> Result<Answer, GraphError> {
    let entries = &call.tenant.audit().sign_ins;
    let entry = call.named("entry", |id| entries.iter().find(|entry| entry.id == id))?;
    call.entity("auditLogs/signIns", entry).map(Answer::Ok)
}

pub(crate) fn directory_audits(call: Call<'_>) -> Result<Answer, GraphError> {
    let plan = Plan::<AuditEntry>::of(&call.query)?;
    let entries = &call.tenant.audit().directory;
    let listing =
        Listing { set: "auditLogs/directoryAudits", path: "auditLogs/directoryAudits", total: Some(entries.len()) };
    let id = |entry: &&AuditEntry| entry.id.to_string();
    odata::collection(&call, &plan, &listing, |token| odata::behind(entries.iter().rev(), id, token)).map(Answer::Ok)
}

pub(crate) fn directory_audit(call: Call<'_>) -> Result<Answer, GraphError> {
    let entries = &call.tenant.audit().directory;
    let entry = call.named("entry", |id| entries.iter().find(|entry| entry.id == id))?;
    call.entity("auditLogs/directoryAudits", entry).map(Answer::Ok)
}
