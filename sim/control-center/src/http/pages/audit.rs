//! The Audit Trail, newest event first: quick filters, a calendar, a search, an export, and the details of one event
//! (`hypr.md` §2.6).

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use axum::routing::get;
use http::header;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Page, PageError, Part, Shell, app_home, apps, home, show, time};
use crate::audit::{QuickFilter, Record, Search, to_json};
use crate::center::UnknownIntegration;
use crate::http::session::SignedIn;

pub(super) fn routes() -> Router<Shell> {
    Router::new()
        .route("/cc/ui/audit", get(all))
        .route("/cc/ui/audit/export", get(export_all))
        .route("/cc/ui/audit/events/{id}", get(details))
        .route("/cc/ui/integrations/{rp_app_id}/audit", get(of_integration))
        .route("/cc/ui/integrations/{rp_app_id}/audit/export", get(export_one))
        .route("/cc/ui/apps/{rp_app_id}/audit", get(of_application))
        .route("/cc/ui/apps/{rp_app_id}/audit/export", get(export_one))
}

/// What the page is asked for.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    range: String,
    start: String,
    end: String,
    search: String,
    page: String,
}

#[derive(Template)]
#[template(path = "audit.html")]
struct Audit<'a> {
    admin: &'a str,
    list: List,
}

#[derive(Template)]
#[template(path = "integration_audit.html")]
struct IntegrationAudit<'a> {
    admin: &'a str,
    name: &'a str,
    home: String,
    list: List,
}

#[derive(Template)]
#[template(path = "app_audit.html")]
struct AppAudit<'a> {
    admin: &'a str,
    name: &'a str,
    app: String,
    list: List,
}

/// The part that all three pages share.
struct List {
    /// Where the page itself is.
    here: String,
    filters: Vec<Filter>,
    range: String,
    start: String,
    end: String,
    search: String,
    rows: Vec<Row>,
    part: Part,
    error: Option<String>,
}

struct Filter {
    label: &'static str,
    key: &'static str,
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
    fields: Vec<(String, String)>,
}

async fn all(State(shell): State<Shell>, admin: SignedIn, Query(asked): Query<Asked>) -> Page {
    show(&Audit { admin: &admin.who, list: list(&shell, None, &asked, "/cc/ui/audit".to_owned()) })
}

async fn of_integration(
    State(shell): State<Shell>,
    admin: SignedIn,
    Path(rp_app_id): Path<String>,
    Query(asked): Query<Asked>,
) -> Page {
    if shell.with_core(|core| core.integration(&rp_app_id).is_none()) {
        return Err(UnknownIntegration(rp_app_id).into());
    }
    let home = home(&rp_app_id);
    let list = list(&shell, Some(&rp_app_id), &asked, format!("{home}/audit"));
    show(&IntegrationAudit { admin: &admin.who, name: &rp_app_id, home, list })
}

async fn of_application(
    State(shell): State<Shell>,
    admin: SignedIn,
    Path(rp_app_id): Path<String>,
    Query(asked): Query<Asked>,
) -> Page {
    apps::exists(&shell, &rp_app_id)?;
    let app = app_home(&rp_app_id);
    let list = list(&shell, Some(&rp_app_id), &asked, format!("{app}/audit"));
    show(&AppAudit { admin: &admin.who, name: &rp_app_id, app, list })
}

async fn export_all(State(shell): State<Shell>, _: SignedIn, Query(asked): Query<Asked>) -> Page {
    export(&shell, None, &asked)
}

async fn export_one(
    State(shell): State<Shell>,
    _: SignedIn,
    Path(rp_app_id): Path<String>,
    Query(asked): Query<Asked>,
) -> Page {
    export(&shell, Some(&rp_app_id), &asked)
}

/// Everything that the filters leave, oldest first, as a file of the published shape. HYPR's format is not published.
fn export(shell: &Shell, rp_app_id: Option<&str>, asked: &Asked) -> Page {
    let search = asked.search(rp_app_id, shell.now()).map_err(PageError::NotFound)?;
    let data: Vec<Value> =
        shell.with_core(|core| core.audit().iter().filter(|record| search.finds(record)).map(to_json).collect());
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"audit-trail.json\""),
    ];
    Ok((headers, json!({ "data": data }).to_string()).into_response())
}

fn list(shell: &Shell, rp_app_id: Option<&str>, asked: &Asked, here: String) -> List {
    let search = asked.search(rp_app_id, shell.now());
    let (rows, part) = shell.with_core(|core| {
        let finds = |record: &&Record| search.as_ref().is_ok_and(|search| search.finds(record));
        let found: Vec<&Record> = core.audit().iter().rev().filter(finds).collect();
        let part = Part::of(found.len(), asked.page.parse().unwrap_or(1));
        (found[part.range()].iter().copied().map(Row::from).collect(), part)
    });
    List {
        here,
        filters: QuickFilter::ALL.map(|filter| Filter { label: filter.name(), key: key(filter) }).into(),
        range: asked.range.clone(),
        start: asked.start.clone(),
        end: asked.end.clone(),
        search: asked.search.clone(),
        rows,
        part,
        error: search.err(),
    }
}

async fn details(State(shell): State<Shell>, admin: SignedIn, Path(id): Path<String>) -> Page {
    let json = shell.with_core(|core| core.audit().iter().find(|record| record.id == id).map(to_json));
    let Some(Value::Object(members)) = json else {
        return Err(PageError::NotFound("There is no such event.".to_owned()));
    };
    let words = |value: Value| match value {
        Value::String(text) => text,
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let fields = members.into_iter().map(|(name, value)| (name, words(value))).collect();
    show(&Details { admin: &admin.who, fields })
}

impl Asked {
    /// The calendar counts when it is filled in, else the quick filter, else the last hour.
    fn search(&self, rp_app_id: Option<&str>, now: Timestamp) -> Result<Search, String> {
        let filter = QuickFilter::ALL.into_iter().find(|filter| key(*filter) == self.range).unwrap_or_default();
        let (mut from, mut to) = filter.window(now);
        if let Some(start) = instant(&self.start)? {
            (from, to) = (start, now);
        }
        if let Some(end) = instant(&self.end)? {
            to = end;
        }
        let text = self.search.trim().to_owned();
        Ok(Search { rp_app_id: rp_app_id.map(str::to_owned), from, to, text })
    }
}

/// A date with its time, in UTC; nothing where nothing was typed.
fn instant(typed: &str) -> Result<Option<Timestamp>, String> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let read = typed.parse::<DateTime>().ok().and_then(|at| at.to_zoned(TimeZone::UTC).ok());
    let at = read.ok_or_else(|| format!("{typed:?} is no date and time, for example 2027-03-01 09:00:00."))?;
    Ok(Some(at.timestamp()))
}

fn key(filter: QuickFilter) -> &'static str {
    match filter {
        QuickFilter::LastHour => "hour",
        QuickFilter::Today => "today",
        QuickFilter::Yesterday => "yesterday",
        QuickFilter::LastSevenDays => "7-days",
        QuickFilter::LastThirtyDays => "30-days",
    }
}

impl List {
    /// What leads to the same list again.
    fn query(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new())
            .append_pair("range", &self.range)
            .append_pair("start", &self.start)
            .append_pair("end", &self.end)
            .append_pair("search", &self.search)
            .finish()
    }
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
