//! A record as HYPR publishes it: members, order and spelling of the sample in "Log Aggregation" (`hypr.md` §2.6).

use serde_json::{Map, Value, json};

use super::Record;

/// What HYPR keeps in `additionalDetails`; the lab fills none of it.
const DETAILS: [&str; 14] = [
    "mobileDevice",
    "workstation",
    "web",
    "smartKey",
    "magicLink",
    "featureFlag",
    "createUser",
    "deleteUser",
    "fido2Setting",
    "metadataCertExpiry",
    "deviceSignal",
    "desktopSSO",
    "deregistration",
    "logsSubmission",
];

/// The JSON of one record.
#[must_use]
pub fn to_json(record: &Record) -> Value {
    let mut details: Map<String, Value> = DETAILS.iter().map(|name| ((*name).to_owned(), Value::Null)).collect();
    details.insert("extras".to_owned(), json!({}));
    let at = record.event_time.as_millisecond();
    json!({
        "id": record.id,
        "version": record.version,
        "type": record.kind,
        "message": record.message,
        "subName": null,
        "eventLoggedBy": record.event_logged_by.name(),
        "eventTimeInUTC": at,
        "loggedTimeInUTC": at,
        "tenantId": record.tenant_id,
        "remoteIP": "",
        "userAgent": null,
        "traceId": record.trace_id,
        "additionalDetails": details,
        "isSuccessful": record.is_successful,
        "errorCode": record.error_code,
        "errorSeverity": null,
        "deviceType": null,
        "rpAppId": record.rp_app_id,
        "deviceId": record.device_id,
        "machineId": record.machine_id,
        "sessionId": record.session_id,
        "fidoUser": record.fido_user,
        "username": record.username,
        "eventName": record.event_name,
        "eventTags": record.event_tags,
    })
}
