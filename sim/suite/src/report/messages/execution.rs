//! From `stepDefinition` to `testRunFinished`: which code ran for which pickle, and what came of it.
//!
//! The lab's beginning and the check of its invariants are hooks, so that a scenario whose steps all held can fail.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Ids, Stream, pickle::Pickle};
use crate::{
    Case, Outcome, Run, StepRun, StepStatus,
    definitions::{Definition, Definitions, Meaning},
};

pub(super) fn send(stream: &mut Stream, outcome: &Outcome, definitions: &Definitions, pickles: &[Pickle]) {
    let code = Code::send(stream, definitions);
    let run_id = stream.ids.next();
    stream.send("testRunStarted", json!({ "id": run_id, "timestamp": timestamp(outcome.started) }));
    let mut executed = Vec::new();
    for ((case, run), pickle) in outcome.cases().zip(pickles) {
        // A case that never started has a pickle and no test case.
        if let Some(run) = run {
            let test = TestCase::of(case, pickle, &code, definitions, &mut stream.ids);
            stream.send("testCase", test.message(pickle, &code, &run_id));
            executed.push((run, test));
        }
    }
    for (run, test) in &executed {
        send_run(stream, run, test);
    }
    let finished = json!({
        "testRunStartedId": run_id,
        "timestamp": timestamp(later(outcome.started, outcome.duration)),
        "success": outcome.passed(),
    });
    stream.send("testRunFinished", finished);
}

/// The ids of everything that was written in Rust.
struct Code {
    steps: Vec<String>,
    before: String,
    after: String,
}

impl Code {
    fn send(stream: &mut Stream, definitions: &Definitions) -> Self {
        let mut steps = Vec::new();
        for definition in definitions.written() {
            let id = stream.ids.next();
            stream.send("stepDefinition", step_definition(&id, definition));
            steps.push(id);
        }
        let mut hook = |name: &str, kind: &str| {
            let id = stream.ids.next();
            let source = json!({ "uri": "sim/suite/src/world.rs" });
            stream.send("hook", json!({ "id": id, "name": name, "type": kind, "sourceReference": source }));
            id
        };
        let before = hook("the lab begins", "BEFORE_TEST_CASE");
        let after = hook("the lab's invariants hold", "AFTER_TEST_CASE");
        Self { steps, before, after }
    }
}

fn step_definition(id: &str, definition: &Definition) -> Value {
    let place = definition.location;
    json!({
        "id": id,
        "pattern": { "type": "REGULAR_EXPRESSION", "source": definition.pattern },
        "sourceReference": { "uri": place.path, "location": { "line": place.line, "column": place.column } },
    })
}

/// The test steps of one case: the hook before, the steps, the hook after.
struct TestCase {
    id: String,
    before: String,
    steps: Vec<TestStep>,
    after: String,
}

struct TestStep {
    id: String,
    definitions: Vec<String>,
    arguments: Vec<Value>,
}

impl TestCase {
    fn of(case: &Case, pickle: &Pickle, code: &Code, definitions: &Definitions, ids: &mut Ids) -> Self {
        let steps = case.steps.iter().take(pickle.steps.len()).map(|planned| {
            let fitting = definitions.fitting(&planned.step);
            let arguments = match definitions.meaning(&planned.step) {
                Meaning::Step(found) => vec![arguments(&planned.step.value, &found.arguments)],
                Meaning::Nothing { .. } | Meaning::Several { .. } => {
                    fitting.iter().map(|_| json!({ "stepMatchArguments": [] })).collect()
                }
            };
            let definitions = fitting.into_iter().map(|index| code.steps[index].clone()).collect();
            TestStep { id: ids.next(), definitions, arguments }
        });
        let steps = steps.collect();
        Self { id: ids.next(), before: ids.next(), steps, after: ids.next() }
    }

    fn message(&self, pickle: &Pickle, code: &Code, run_id: &str) -> Value {
        let mut steps = vec![json!({ "id": self.before, "hookId": code.before })];
        steps.extend(self.steps.iter().zip(&pickle.steps).map(|(step, pickle_step)| {
            json!({
                "id": step.id,
                "pickleStepId": pickle_step,
                "stepDefinitionIds": step.definitions,
                "stepMatchArgumentsLists": step.arguments,
            })
        }));
        steps.push(json!({ "id": self.after, "hookId": code.after }));
        json!({ "id": self.id, "pickleId": pickle.id, "testRunStartedId": run_id, "testSteps": steps })
    }
}

fn arguments(text: &str, found: &[(usize, String)]) -> Value {
    let groups = found.iter().map(|(start, value)| {
        let start = text[..*start].encode_utf16().count();
        json!({ "group": { "start": start, "value": value, "children": [] } })
    });
    json!({ "stepMatchArguments": groups.collect::<Vec<_>>() })
}

fn send_run(stream: &mut Stream, run: &Run, test: &TestCase) {
    let attempt = Attempt { id: stream.ids.next(), run };
    let started = json!({
        "id": attempt.id,
        "testCaseId": test.id,
        "attempt": 0,
        "workerId": run.worker.to_string(),
        "timestamp": timestamp(run.started),
    });
    stream.send("testCaseStarted", started);
    let setup = run.setup.as_ref().map(ToString::to_string);
    attempt.send_step(stream, &test.before, (run.started, Duration::ZERO), hook_result(setup));
    for (step, result) in test.steps.iter().zip(&run.steps) {
        attempt.send_step(stream, &step.id, (result.started, result.duration), step_result(result));
    }
    let end = later(run.started, run.duration);
    let problems = Some(run.problems.join("\n")).filter(|problems| !problems.is_empty());
    attempt.send_step(stream, &test.after, (end, Duration::ZERO), hook_result(problems));
    let finished = json!({ "testCaseStartedId": attempt.id, "timestamp": timestamp(end), "willBeRetried": false });
    stream.send("testCaseFinished", finished);
}

struct Attempt<'a> {
    id: String,
    run: &'a Run,
}

impl Attempt<'_> {
    fn send_step(&self, stream: &mut Stream, step: &str, time: (Timestamp, Duration), (status, message): Verdict) {
        let (started, took) = time;
        let at = timestamp(started);
        stream.send("testStepStarted", json!({ "testCaseStartedId": self.id, "testStepId": step, "timestamp": at }));
        if message.is_some() {
            self.attach_screens(stream, step, later(started, took));
        }
        let mut result = json!({ "status": status, "duration": seconds_and_nanos(took) });
        if let Some(message) = message {
            result["message"] = message.into();
        }
        let finished = json!({
            "testCaseStartedId": self.id,
            "testStepId": step,
            "testStepResult": result,
            "timestamp": timestamp(later(started, took)),
        });
        stream.send("testStepFinished", finished);
    }

    /// What everybody saw, beside the step that did not hold.
    fn attach_screens(&self, stream: &mut Stream, step: &str, at: Timestamp) {
        for screen in &self.run.screens {
            let attachment = json!({
                "testCaseStartedId": self.id,
                "testStepId": step,
                "fileName": format!("{}.txt", screen.actor),
                "mediaType": "text/plain",
                "contentEncoding": "IDENTITY",
                "body": screen.text,
                "timestamp": timestamp(at),
            });
            stream.send("attachment", attachment);
        }
    }
}

type Verdict = (&'static str, Option<String>);

fn step_result(step: &StepRun) -> Verdict {
    let status = match step.status {
        StepStatus::Passed => "PASSED",
        StepStatus::Failed(_) => "FAILED",
        StepStatus::Undefined { .. } => "UNDEFINED",
        StepStatus::Ambiguous { .. } => "AMBIGUOUS",
        StepStatus::Skipped => "SKIPPED",
    };
    (status, step.status.complaint())
}

fn hook_result(complaint: Option<String>) -> Verdict {
    (if complaint.is_some() { "FAILED" } else { "PASSED" }, complaint)
}

fn later(time: Timestamp, by: Duration) -> Timestamp {
    time.saturating_add(by).unwrap_or(Timestamp::MAX)
}

fn timestamp(time: Timestamp) -> Value {
    json!({ "seconds": time.as_second(), "nanos": time.subsec_nanosecond() })
}

fn seconds_and_nanos(duration: Duration) -> Value {
    json!({ "seconds": duration.as_secs(), "nanos": duration.subsec_nanos() })
}
