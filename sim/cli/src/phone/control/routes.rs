//! The interface's paths: a request to an order, an outcome to a response.

use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, PathRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, http};
use ctap::Rule;
use jiff::SignedDuration;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::oneshot;
use tokio::time::timeout;
use wire::Base64Url;

use super::guard::{Guard, guard};
use super::json::{CredentialParameters, Problem, event, outcome};
use super::{Asked, Door};
use crate::phone::order::{Order, Outcome};

type Answered = Result<Response, Problem>;
type Body = Result<Bytes, BytesRejection>;
type Id = Result<Path<String>, PathRejection>;

pub(super) fn router(door: Door, may: Guard) -> Router {
    Router::new()
        .route("/prompt", get(prompt))
        .route("/answer", post(answer))
        .route("/user", get(user).put(change_user))
        .route("/unplug", post(|State(door): State<Door>| async move { door.obey(Order::Unplug).await }))
        .route("/plug", post(|State(door): State<Door>| async move { door.obey(Order::Plug).await }))
        .route("/reboot", post(|State(door): State<Door>| async move { door.obey(Order::Reboot).await }))
        .route("/wink", get(|State(door): State<Door>| async move { door.obey(Order::Wink).await }))
        .route("/credentials", get(credentials).post(inject))
        .route("/credentials/{id}", get(export).delete(delete_credential))
        .route("/faults", get(faults).put(set_faults).post(add_fault).delete(clear_faults))
        .route("/events", get(events))
        .method_not_allowed_fallback(wrong_method)
        .fallback(nowhere)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(from_fn_with_state(may, guard))
        .with_state(door)
}

impl Door {
    async fn ask(&self, order: Order) -> Result<Outcome, Problem> {
        let gone = || {
            let why = "it was switched off while the request was under way".to_owned();
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the phone is gone", why, "start it again")
        };
        let (reply, answered) = oneshot::channel();
        self.orders.send(Asked { order, reply }).await.map_err(|_| gone())?;
        Ok(answered.await.map_err(|_| gone())??)
    }

    async fn obey(&self, order: Order) -> Answered {
        match self.ask(order).await? {
            Outcome::Done => Ok(StatusCode::NO_CONTENT.into_response()),
            told => Ok(Json(outcome(told)).into_response()),
        }
    }

    /// Asks until there is something to tell, or the time is up.
    async fn ask_until(
        mut self,
        order: Order,
        wait: Option<&str>,
        is_there: impl Fn(&Outcome) -> bool,
    ) -> Result<Outcome, Problem> {
        let Some(wait) = wait else { return self.ask(order).await };
        let there = async {
            loop {
                self.happened.mark_unchanged();
                let told = self.ask(order.clone()).await?;
                // When nothing can happen any more, the phone is gone, which the next question finds.
                if is_there(&told) || self.happened.changed().await.is_err() {
                    return Ok(told);
                }
            }
        };
        match timeout(patience(wait)?, there).await {
            Ok(told) => told,
            Err(_) => self.ask(order).await,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Waiting {
    wait: Option<String>,
}

async fn prompt(State(door): State<Door>, query: Result<Query<Waiting>, QueryRejection>) -> Answered {
    let Query(query) = query.map_err(bad_query)?;
    let there = |told: &Outcome| matches!(told, Outcome::Prompt(Some(_)));
    let told = door.ask_until(Order::Prompt, query.wait.as_deref(), there).await?;
    Ok(Json(outcome(told)).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    answer: String,
}

async fn answer(State(door): State<Door>, headers: HeaderMap, body: Body) -> Answered {
    let given: Given = read(&headers, &body, "send {\"answer\": \"accept\"}")?;
    let order = Order::answer(&given.answer).ok_or_else(|| {
        let known = "it is accept, hold, decline, finger, wrong finger or smudged finger";
        Problem::body(format!("{:?} is no answer", given.answer), known)
    })?;
    door.obey(order).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Chosen {
    user: String,
}

async fn user(State(door): State<Door>) -> Answered {
    door.obey(Order::User).await
}

async fn change_user(State(door): State<Door>, headers: HeaderMap, body: Body) -> Answered {
    let chosen: Chosen = read(&headers, &body, "send {\"user\": \"accept\"}")?;
    let user =
        chosen.user.parse().map_err(|known: String| Problem::body(format!("{:?} is no user", chosen.user), known))?;
    door.obey(Order::ChangeUser(user)).await
}

async fn credentials(State(door): State<Door>) -> Answered {
    door.obey(Order::List).await
}

async fn inject(State(door): State<Door>, headers: HeaderMap, body: Body) -> Answered {
    let help = "send a credential as WebDriver's Add Credential has it; docs/security-key.md shows one";
    let given: CredentialParameters = read(&headers, &body, help)?;
    let given = given.into_portable()?;
    let place = format!("/credentials/{}", Base64Url(given.id.clone()));
    door.ask(Order::Inject(Box::new(given))).await?;
    Ok((StatusCode::CREATED, [(header::LOCATION, place)]).into_response())
}

async fn export(State(door): State<Door>, id: Id) -> Answered {
    door.obey(Order::Export(credential_id(id)?)).await
}

async fn delete_credential(State(door): State<Door>, id: Id) -> Answered {
    door.obey(Order::Delete(credential_id(id)?)).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    faults: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OneRule {
    fault: String,
}

async fn faults(State(door): State<Door>) -> Answered {
    door.obey(Order::Faults).await
}

async fn set_faults(State(door): State<Door>, headers: HeaderMap, body: Body) -> Answered {
    let given: Rules = read(&headers, &body, "send {\"faults\": [\"getAssertion#2:invalid-signature\"]}")?;
    let rules = given.faults.iter().map(|text| rule(text)).collect::<Result<_, _>>()?;
    door.obey(Order::SetFaults(rules)).await
}

async fn add_fault(State(door): State<Door>, headers: HeaderMap, body: Body) -> Answered {
    let given: OneRule = read(&headers, &body, "send {\"fault\": \"getAssertion#2:invalid-signature\"}")?;
    door.obey(Order::AddFault(Box::new(rule(&given.fault)?))).await
}

async fn clear_faults(State(door): State<Door>) -> Answered {
    door.obey(Order::SetFaults(Vec::new())).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Since {
    #[serde(default)]
    since: u64,
    wait: Option<String>,
}

/// A JSON object with an array and the next number; one event a line where the client accepts NDJSON alone.
async fn events(State(door): State<Door>, headers: HeaderMap, query: Result<Query<Since>, QueryRejection>) -> Answered {
    let Query(Since { since, wait }) = query.map_err(bad_query)?;
    let there = |told: &Outcome| matches!(told, Outcome::Events(page) if !page.events.is_empty());
    let told = door.ask_until(Order::Events(since), wait.as_deref(), there).await?;
    let as_lines = headers.get(header::ACCEPT).is_some_and(|accepted| accepted.as_bytes() == NDJSON.as_bytes());
    match told {
        Outcome::Events(page) if as_lines => {
            let lines: String = page.events.iter().map(|logged| format!("{}\n", event(logged))).collect();
            Ok(([(header::CONTENT_TYPE, NDJSON)], lines).into_response())
        }
        told => Ok(Json(outcome(told)).into_response()),
    }
}

async fn nowhere(uri: Uri) -> Problem {
    let why = format!("this phone has no {}", uri.path());
    Problem::new(StatusCode::NOT_FOUND, "there is no such path", why, PATHS)
}

async fn wrong_method(method: http::Method, uri: Uri) -> Problem {
    let why = format!("{} knows no {method}", uri.path());
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "the method does not fit the path", why, PATHS)
}

/// A body of JSON; another type is refused, since a page of a browser could send it unasked.
fn read<T: DeserializeOwned>(headers: &HeaderMap, body: &Body, help: &'static str) -> Result<T, Problem> {
    let body = body.as_ref().map_err(|rejected| {
        let help = format!("send at most {BODY_BYTES_MAX} bytes");
        Problem::new(rejected.status(), "the body cannot be used", rejected.body_text(), help)
    })?;
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json")) {
        let why = format!("its Content-Type is {kind:?}");
        let help = "send JSON with the header Content-Type: application/json, as curl --json does";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body is not JSON", why, help));
    }
    serde_json::from_slice(body).map_err(|error| Problem::body(error, help))
}

fn rule(text: &str) -> Result<Rule, Problem> {
    text.parse().map_err(|error: ctap::BadRule| Problem::body(error, "docs/faults.md lists what can go wrong"))
}

fn credential_id(id: Id) -> Result<Vec<u8>, Problem> {
    let id = id.map_or_else(|unreadable| unreadable.body_text(), |Path(text)| text);
    Base64Url::parse(&id).map(|id| id.0).ok_or_else(|| {
        let why = format!("{id:?} is not base64url");
        Problem::new(StatusCode::NOT_FOUND, "there is no such credential", why, "GET /credentials lists them")
    })
}

fn patience(text: &str) -> Result<Duration, Problem> {
    let wait = text.parse::<SignedDuration>().ok().filter(|wait| !wait.is_negative() && *wait <= WAIT_MAX);
    wait.map(SignedDuration::unsigned_abs).ok_or_else(|| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "the query cannot be used",
            format!("wait is {text:?}"),
            "it is a duration of at most a minute, as in wait=5s",
        )
    })
}

fn bad_query(rejected: QueryRejection) -> Problem {
    let help = "GET /events takes since=NUMBER and wait=5s, GET /prompt takes wait=5s";
    Problem::new(StatusCode::BAD_REQUEST, "the query cannot be used", rejected.body_text(), help)
}

const NDJSON: &str = "application/x-ndjson";
const BODY_BYTES_MAX: usize = 64 * 1024;
const WAIT_MAX: SignedDuration = SignedDuration::from_secs(60);
const PATHS: &str = "GET /prompt; POST /answer; GET, PUT /user; POST /unplug, /plug, /reboot; GET /wink; GET, POST \
                     /credentials; GET, DELETE /credentials/ID; GET, PUT, POST, DELETE /faults; GET /events";
