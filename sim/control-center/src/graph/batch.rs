//! Several questions to Graph in one request, `$batch` (`entra.md` §2.13). Those that Graph was too busy to answer are
//! asked again by themselves.

use bytes::Bytes;
use http::{Response, StatusCode};
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::call::{Answer, Call};
use super::failure::{Failure, is_busy};

/// The most questions that Graph takes in one batch.
pub(crate) const QUESTIONS_MAX: usize = 20;

/// Questions and the answers to some of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Batch {
    questions: Vec<Call>,
    /// One for each question, once it has come.
    answers: Vec<Option<Value>>,
}

/// What an answer to a batch has brought.
pub(crate) enum Absorbed {
    /// Every question is answered.
    Whole,
    /// Graph was too busy for some; the pause is the longest that it asked for.
    Busy { pause: Option<SignedDuration> },
}

#[derive(Deserialize)]
struct Responses {
    responses: Vec<Part>,
}

/// One answer within the batch.
#[derive(Deserialize)]
struct Part {
    id: String,
    status: u16,
    #[serde(default)]
    headers: Map<String, Value>,
    #[serde(default)]
    body: Value,
}

impl Batch {
    /// A batch of [`QUESTIONS_MAX`] questions at most; each only reads.
    pub(crate) fn new(questions: Vec<Call>) -> Self {
        let answers = vec![None; questions.len()];
        Self { questions, answers }
    }

    /// The body of the request: what is not answered yet.
    pub(crate) fn body(&self) -> Value {
        let open = self.questions.iter().enumerate().filter(|(at, _)| self.answers[*at].is_none());
        let requests: Vec<Value> = open
            .map(|(at, call)| json!({ "id": at.to_string(), "method": "GET", "url": call.path_in_batch() }))
            .collect();
        json!({ "requests": requests })
    }

    /// Takes what came back; nothing when it makes no sense.
    pub(crate) fn absorb(&mut self, body: &Bytes) -> Option<Absorbed> {
        let Responses { responses } = serde_json::from_slice(body).ok()?;
        let mut pauses = Vec::new();
        for part in responses {
            let at: usize = part.id.parse().ok().filter(|at| *at < self.questions.len())?;
            if is_busy(StatusCode::from_u16(part.status).ok()?) {
                pauses.push(part.pause());
            }
            self.answers[at] = Some(json!({ "status": part.status, "body": part.body }));
        }
        if self.answers.iter().any(Option::is_none) {
            return None;
        }
        Some(match pauses.iter().max() {
            None => Absorbed::Whole,
            Some(pause) => Absorbed::Busy { pause: *pause },
        })
    }

    /// Forgets the answers that were none, so that they are asked for again.
    pub(crate) fn ask_the_busy_again(&mut self) {
        for answer in &mut self.answers {
            if answer.as_ref().and_then(status).is_some_and(is_busy) {
                *answer = None;
            }
        }
    }

    /// Every answer, in the order of the questions.
    pub(crate) fn answered(&self) -> Bytes {
        Bytes::from(Value::from_iter(self.answers.iter().cloned().map(Option::unwrap_or_default)).to_string())
    }
}

impl Part {
    /// `Retry-After` in seconds.
    fn pause(&self) -> Option<SignedDuration> {
        let named = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("retry-after"));
        let text = named.map(|(_, value)| value.as_str().map_or_else(|| value.to_string(), str::to_owned))?;
        text.trim().parse().ok().map(|seconds: u32| SignedDuration::from_secs(seconds.into()))
    }
}

/// The answers of a batch one by one, each as if it had been asked by itself.
pub(crate) fn apart(answer: &Answer, questions: &[Call]) -> Result<Vec<Result<Answer, Failure>>, Failure> {
    let answers: Vec<Value> = answer.read()?;
    let pair = |(question, answer): (&Call, Value)| {
        let status = status(&answer).unwrap_or_default();
        let (call, body) = (question.words(), Bytes::from(answer["body"].to_string()));
        if status.is_success() {
            return Ok(Answer { call, status, body });
        }
        let mut reply = Response::new(body);
        *reply.status_mut() = status;
        Err(Failure::of_graph(call, &reply))
    };
    Ok(questions.iter().zip(answers).map(pair).collect())
}

fn status(answer: &Value) -> Option<StatusCode> {
    answer["status"].as_u64().and_then(|status| StatusCode::from_u16(u16::try_from(status).ok()?).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch() -> Batch {
        let user = |user: &str| Call::FindUser { user: user.to_owned() };
        Batch::new(vec![user("a@b.example"), user("c#d@b.example")])
    }

    #[test]
    fn only_what_graph_was_too_busy_for_is_asked_again() {
        let mut batch = batch();
        let busy = json!({ "id": "1", "status": 429, "headers": { "Retry-After": "7" }, "body": {} });
        let body = json!({ "responses": [busy, { "id": "0", "status": 200, "body": { "id": "x" } }] });
        let absorbed = batch.absorb(&Bytes::from(body.to_string()));
        assert!(matches!(absorbed, Some(Absorbed::Busy { pause: Some(pause) }) if pause.as_secs() == 7));
        batch.ask_the_busy_again();
        let select = "$select=id%2CdisplayName%2CuserPrincipalName%2Cmail%2CaccountEnabled";
        let url = format!("/users/c%23d@b.example?{select}").replace('$', "%24");
        assert_eq!(batch.body(), json!({ "requests": [{ "id": "1", "method": "GET", "url": url }] }));
    }

    #[test]
    fn answers_come_apart_in_the_order_of_the_questions() {
        let mut batch = batch();
        let gone = json!({ "error": { "code": "Request_ResourceNotFound", "message": "gone" } });
        let body = json!({ "responses": [{ "id": "1", "status": 404, "body": gone }, { "id": "0", "status": 200 }] });
        assert!(matches!(batch.absorb(&Bytes::from(body.to_string())), Some(Absorbed::Whole)));
        let answer = Answer { call: "x", status: StatusCode::OK, body: batch.answered() };
        let parts = apart(&answer, &batch.questions).unwrap();
        assert!(parts[0].is_ok() && parts[1].as_ref().is_err_and(Failure::is_not_found));
    }

    #[test]
    fn an_answer_that_leaves_a_question_out_makes_no_sense() {
        for body in [r#"{"responses":[{"id":"0","status":200}]}"#, r#"{"responses":[{"id":"9","status":200}]}"#, "{}"] {
            assert!(batch().absorb(&Bytes::from(body)).is_none(), "{body}");
        }
    }
}
