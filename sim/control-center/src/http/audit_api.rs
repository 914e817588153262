//! The API of Control Center for programs: audit search and the list of applications (`hypr.md` §3), by access token.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shell;
use super::device_api::bearer;
use crate::audit::{Record, Search, to_json};
use crate::center::{Need, Permission};
use crate::name::BUILT_IN_APPLICATIONS;

pub(super) fn routes() -> Router<Shell> {
    Router::new()
        .route("/cc/api/versioned/audit/search", get(search))
        .route("/cc/api/application", get(applications))
        .route("/rp/api/oob/client/authentication/{rp_app_id}/{username}/devices", get(devices))
}

/// The query of a search. What is left out is not asked for.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SearchQuery {
    rp_app_id: Option<String>,
    #[serde(rename = "startTSUTC")]
    start: i64,
    #[serde(rename = "endTSUTC")]
    end: i64,
    #[serde(default = "default_size")]
    page_size: usize,
    #[serde(default = "first")]
    page_number: usize,
    #[serde(default = "by_time")]
    order_by: String,
    #[serde(default)]
    sort_dir: SortDir,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum SortDir {
    Asc,
    #[default]
    Desc,
}

/// The most records of a page: a convention of the lab.
const PAGE_SIZE_MAX: usize = 1000;

async fn search(
    State(shell): State<Shell>,
    headers: HeaderMap,
    query: Result<Query<SearchQuery>, axum::extract::rejection::QueryRejection>,
) -> Response {
    if !allowed(&shell, &headers, Need::ControlCenter(Permission::Reporting)) {
        return refused(StatusCode::FORBIDDEN, "The access token is not accepted.");
    }
    let query = match query {
        Ok(Query(query)) => query,
        Err(problem) => return refused(StatusCode::BAD_REQUEST, &problem.body_text()),
    };
    match query.search() {
        Ok(search) => Json(found(&shell, &search, &query)).into_response(),
        Err(problem) => refused(StatusCode::BAD_REQUEST, problem),
    }
}

async fn applications(State(shell): State<Shell>, headers: HeaderMap) -> Response {
    if !allowed(&shell, &headers, Need::ControlCenter(Permission::Reporting)) {
        return refused(StatusCode::FORBIDDEN, "The access token is not accepted.");
    }
    let own: Vec<String> = shell.with_core(|core| core.integrations().map(|one| one.rp_app_id().to_owned()).collect());
    let names = BUILT_IN_APPLICATIONS.iter().copied().chain(own.iter().map(String::as_str));
    Json(names.map(|name| json!({ "appID": name })).collect::<Vec<_>>()).into_response()
}

/// The phones of a user, for a service that is about to ask one of them.
async fn devices(
    State(shell): State<Shell>,
    axum::extract::Path((rp_app_id, username)): axum::extract::Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    if !allowed(&shell, &headers, Need::Application(&rp_app_id, Permission::Authentication)) {
        return refused(StatusCode::UNAUTHORIZED, "The access token is not accepted.");
    }
    let devices = shell.with_core(|core| {
        let user = core.integration(&rp_app_id)?.user(&username)?;
        let one = |(device_id, account): (&String, &crate::people::Account)| {
            json!({
                "deviceId": device_id,
                "protocolVersion": null,
                "modelNumber": core.device(device_id).map(|device| device.model.clone()),
                "machineId": account.workstations.first(),
                "namedUser": user.username,
            })
        };
        Some(user.accounts.iter().map(one).collect::<Vec<_>>())
    });
    match devices {
        Some(devices) => Json(devices).into_response(),
        None => refused(StatusCode::BAD_REQUEST, "The application has no such user."),
    }
}

impl SearchQuery {
    fn search(&self) -> Result<Search, &'static str> {
        let at = |millisecond| Timestamp::from_millisecond(millisecond).ok();
        if self.order_by != "eventTimeInUTC" {
            return Err("orderBy must be eventTimeInUTC.");
        }
        if !(1..=PAGE_SIZE_MAX).contains(&self.page_size) || self.page_number == 0 {
            return Err("pageSize is from 1 to 1000, pageNumber from 1.");
        }
        let (Some(from), Some(to)) = (at(self.start), at(self.end)) else {
            return Err("startTSUTC and endTSUTC are milliseconds since 1970.");
        };
        Ok(Search { rp_app_id: self.rp_app_id.clone(), from, to, text: String::new() })
    }
}

fn found(shell: &Shell, search: &Search, query: &SearchQuery) -> Value {
    shell.with_core(|core| {
        let mut records: Vec<&Record> = core.audit().iter().filter(|record| search.finds(record)).collect();
        if query.sort_dir == SortDir::Desc {
            records.reverse();
        }
        let skipped = query.page_size.saturating_mul(query.page_number - 1);
        let page = records.iter().skip(skipped).take(query.page_size);
        json!({
            "data": page.map(|record| to_json(record)).collect::<Vec<_>>(),
            "metadata": {
                "totalRecords": records.len(),
                "totalPages": records.len().div_ceil(query.page_size),
                "currentPage": query.page_number,
            },
        })
    })
}

fn allowed(shell: &Shell, headers: &HeaderMap, need: Need<'_>) -> bool {
    let now = shell.now();
    shell.with_core(|core| core.use_token(now, bearer(headers), need))
}

fn refused(status: StatusCode, text: &str) -> Response {
    let title = status.canonical_reason().unwrap_or_default();
    (status, Json(json!({ "title": title, "errorText": text }))).into_response()
}

fn default_size() -> usize {
    100
}

fn first() -> usize {
    1
}

fn by_time() -> String {
    "eventTimeInUTC".to_owned()
}
