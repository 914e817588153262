//! `run.ndjson`: what other commands read of a run. The first line is the run, each further line a case of its plan.
//!
//! The journal is not repeated here: it stands in `journal.ndjson`.

use std::{collections::BTreeMap, path::Path, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Case, CouldNotRun, Failure, Outcome, Run, Shard, StandingScreen, StepRun, StepStatus, SyntaxError,
    plan::shard::{CaseKey, key},
};

/// The name of the file in a report's folder.
pub(crate) const FILE: &str = "run.ndjson";

/// A file of this kind.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) head: Head,
    pub(crate) cases: Vec<CaseRecord>,
}

/// What was asked for.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Head {
    pub(crate) passkey_lab: String,
    pub(crate) seed: u64,
    pub(crate) paths: Vec<String>,
    pub(crate) tags: Option<String>,
    pub(crate) name: Option<String>,
    /// SHA-256 of the whole plan, in hex.
    pub(crate) plan: String,
    pub(crate) shard: Option<String>,
    /// SHA-256 of the durations that the run was split by, in hex.
    pub(crate) durations: Option<String>,
    pub(crate) started: Timestamp,
    pub(crate) duration_us: u64,
}

/// A case and what came of it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CaseRecord {
    pub(crate) uri: String,
    pub(crate) line: usize,
    pub(crate) row: usize,
    pub(crate) name: String,
    /// `null` when it was skipped.
    pub(crate) run: Option<RunRecord>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RunRecord {
    passed: bool,
    started: Timestamp,
    duration_us: u64,
    worker: usize,
    setup: Option<FailureRecord>,
    steps: Vec<StepRecord>,
    problems: Vec<String>,
    screens: Vec<ScreenRecord>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StepRecord {
    started: Timestamp,
    duration_us: u64,
    status: StatusRecord,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StatusRecord {
    Passed,
    Failed(FailureRecord),
    Undefined(Vec<String>),
    Ambiguous(Vec<String>),
    Skipped,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FailureRecord {
    message: String,
    place: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ScreenRecord {
    actor: String,
    text: String,
}

pub(super) fn render(outcome: &Outcome) -> String {
    let options = &outcome.options;
    let head = Head {
        passkey_lab: env!("CARGO_PKG_VERSION").to_owned(),
        seed: options.seed,
        paths: options.paths.clone(),
        tags: options.tags.clone(),
        name: options.name.clone(),
        plan: outcome.plan.digest.clone(),
        shard: options.shard.map(|shard| shard.to_string()),
        durations: options.durations.as_ref().map(|durations| durations.digest.clone()),
        started: outcome.started,
        duration_us: micros(outcome.duration),
    };
    let head = std::iter::once(serde_json::to_value(head));
    let cases = outcome.cases().map(|(case, run)| serde_json::to_value(CaseRecord::of(case, run)));
    super::ndjson(head.chain(cases).map(|line| line.expect("a record has only names as keys")))
}

impl Record {
    /// Reads such a file.
    pub(crate) fn parse(path: &Path, text: &[u8]) -> Result<Self, CouldNotRun> {
        let text = String::from_utf8_lossy(text);
        let wrong = |at: (usize, usize), problem: &str| -> CouldNotRun {
            SyntaxError::new(&path.display().to_string(), &text, at, problem, HELP).into()
        };
        let mut lines = (1..).zip(text.lines());
        let (_, head) = lines.next().ok_or_else(|| wrong((1, 1), "this file is empty"))?;
        let head = serde_json::from_str(head).map_err(|error| wrong((1, error.column()), &error.to_string()))?;
        let cases = lines.map(|(number, line)| {
            serde_json::from_str(line).map_err(|error| wrong((number, error.column()), &error.to_string()))
        });
        Ok(Self { head, cases: cases.collect::<Result<_, _>>()? })
    }

    /// How long each executed case took.
    pub(crate) fn durations(&self) -> BTreeMap<CaseKey, Duration> {
        let executed = self.cases.iter().filter_map(|case| Some((case, case.run.as_ref()?)));
        executed.map(|(case, run)| (case.key(), Duration::from_micros(run.duration_us))).collect()
    }

    pub(crate) fn shard(&self) -> Option<Shard> {
        self.head.shard.as_ref()?.parse().ok()
    }
}

impl CaseRecord {
    fn of(case: &Case, run: Option<&Run>) -> Self {
        let (uri, name, row) = key(case);
        Self { uri, line: case.line, row, name, run: run.map(RunRecord::of) }
    }

    pub(crate) fn key(&self) -> CaseKey {
        (self.uri.clone(), self.name.clone(), self.row)
    }
}

impl RunRecord {
    fn of(run: &Run) -> Self {
        let steps = run.steps.iter().map(|step| StepRecord {
            started: step.started,
            duration_us: micros(step.duration),
            status: StatusRecord::of(&step.status),
        });
        let screens = run.screens.iter().cloned().map(|StandingScreen { actor, text }| ScreenRecord { actor, text });
        Self {
            passed: run.passed(),
            started: run.started,
            duration_us: micros(run.duration),
            worker: run.worker,
            setup: run.setup.clone().map(FailureRecord::of),
            steps: steps.collect(),
            problems: run.problems.clone(),
            screens: screens.collect(),
        }
    }

    /// The run as it was, with the lines of its journal.
    pub(crate) fn run(self, journal: Vec<serde_json::Map<String, serde_json::Value>>) -> Run {
        let steps = self.steps.into_iter().map(|step| StepRun {
            started: step.started,
            duration: Duration::from_micros(step.duration_us),
            status: step.status.status(),
        });
        let screens = self.screens.into_iter().map(|ScreenRecord { actor, text }| StandingScreen { actor, text });
        Run {
            started: self.started,
            duration: Duration::from_micros(self.duration_us),
            worker: self.worker,
            setup: self.setup.map(FailureRecord::failure),
            steps: steps.collect(),
            problems: self.problems,
            journal,
            screens: screens.collect(),
        }
    }
}

impl StatusRecord {
    fn of(status: &StepStatus) -> Self {
        match status.clone() {
            StepStatus::Passed => Self::Passed,
            StepStatus::Failed(failure) => Self::Failed(FailureRecord::of(failure)),
            StepStatus::Undefined { nearest } => Self::Undefined(nearest),
            StepStatus::Ambiguous { candidates } => Self::Ambiguous(candidates),
            StepStatus::Skipped => Self::Skipped,
        }
    }

    fn status(self) -> StepStatus {
        match self {
            Self::Passed => StepStatus::Passed,
            Self::Failed(failure) => StepStatus::Failed(failure.failure()),
            Self::Undefined(nearest) => StepStatus::Undefined { nearest },
            Self::Ambiguous(candidates) => StepStatus::Ambiguous { candidates },
            Self::Skipped => StepStatus::Skipped,
        }
    }
}

impl FailureRecord {
    fn of(Failure { message, place }: Failure) -> Self {
        Self { message, place }
    }

    fn failure(self) -> Failure {
        Failure { message: self.message, place: self.place }
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

const HELP: &str = "it is the run.ndjson of a report folder, as this version of passkey-lab writes it";
