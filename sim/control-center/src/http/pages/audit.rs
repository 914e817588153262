//! The Audit Trail, newest event first, and the details of one event (`hypr.md` §2.6).

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;

use super::{Page, PageError, Shell, home, show, time};
use crate::audit::Record;
use crate::center::UnknownIntegration;
use crate::http::session::SignedIn;

pub(super) fn routes() -> Router<Shell> {
    Router::new()
        .route("/cc/ui/audit", get(all))
        .route("/cc/ui/audit/{id}", get(details))
        .route("/cc/ui/integrations/{rp_app_id}/audit", get(of_application))
}

#[derive(Template)]
#[template(path = "audit.html")]
struct Audit<'a> {
    admin: &'a str,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "application_audit.html")]
struct ApplicationAudit<'a> {
    admin: &'a str,
    name: &'a str,
    home: String,
    rows: Vec<Row>,
}

struct Row {
    id: String,
    event: &'static str,
    message: String,
    username: String,
    success: &'static str,
    code: String,
    time: String,
}

#[derive(Template)]
#[template(path = "audit_details.html")]
struct Details<'a> {
    admin: &'a str,
    fields: Vec<(&'static str, String)>,
}

async fn all(State(shell): State<Shell>, admin: SignedIn) -> Page {
    let rows = shell.with_core(|core| core.audit().iter().rev().map(Row::from).collect());
    show(&Audit { admin: &admin.email, rows })
}

async fn of_application(State(shell): State<Shell>, admin: SignedIn, Path(rp_app_id): Path<String>) -> Page {
    let rows = shell.with_core(|core| {
        core.integration(&rp_app_id)?;
        let records = core.audit().iter().rev().filter(|record| record.rp_app_id.as_deref() == Some(&rp_app_id));
        Some(records.map(Row::from).collect())
    });
    let rows = rows.ok_or_else(|| UnknownIntegration(rp_app_id.clone()))?;
    show(&ApplicationAudit { admin: &admin.email, name: &rp_app_id, home: home(&rp_app_id), rows })
}

async fn details(State(shell): State<Shell>, admin: SignedIn, Path(id): Path<String>) -> Page {
    let fields = shell.with_core(|core| core.audit().iter().find(|record| record.id == id).map(fields));
    let fields = fields.ok_or_else(|| PageError::NotFound("There is no such event.".to_owned()))?;
    show(&Details { admin: &admin.email, fields })
}

impl From<&Record> for Row {
    fn from(record: &Record) -> Self {
        Self {
            id: record.id.clone(),
            event: record.event_name,
            message: record.message.clone(),
            username: record.username.clone().unwrap_or_default(),
            success: if record.is_successful { "Success" } else { "Failure" },
            code: record.error_code.clone().unwrap_or_default(),
            time: time(record.event_time),
        }
    }
}

/// The fields by HYPR's names.
fn fields(record: &Record) -> Vec<(&'static str, String)> {
    let or_empty = |field: &Option<String>| field.clone().unwrap_or_default();
    vec![
        ("id", record.id.clone()),
        ("version", record.version.to_string()),
        ("type", record.kind.to_owned()),
        ("eventName", record.event_name.to_owned()),
        ("eventTags", record.event_tags.to_owned()),
        ("message", record.message.clone()),
        ("eventLoggedBy", record.event_logged_by.name().to_owned()),
        ("eventTimeInUTC", record.event_time.as_millisecond().to_string()),
        ("tenantId", record.tenant_id.clone()),
        ("traceId", record.trace_id.clone()),
        ("isSuccessful", record.is_successful.to_string()),
        ("errorCode", or_empty(&record.error_code)),
        ("rpAppId", or_empty(&record.rp_app_id)),
        ("username", or_empty(&record.username)),
        ("deviceId", or_empty(&record.device_id)),
        ("machineId", or_empty(&record.machine_id)),
        ("sessionId", or_empty(&record.session_id)),
        ("fidoUser", or_empty(&record.fido_user)),
    ]
}
