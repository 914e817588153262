//! What came of a run.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::{Case, Plan, Reports, RunOptions, StandingScreen};

/// A run that took place, whether its scenarios passed or not.
#[derive(Debug)]
pub struct Outcome {
    /// What was asked for.
    pub options: RunOptions,
    /// What was to run, in the order of files, lines and rows.
    pub plan: Plan,
    /// What came of each case of the plan, in the same order; `None` when it was skipped after a failure.
    pub runs: Vec<Option<Run>>,
    /// When the run began, in wall time.
    pub started: Timestamp,
    /// How long it took, in wall time.
    pub duration: Duration,
    /// Where the reports are.
    pub reports: Reports,
}

/// Scenarios by verdict; an example row counts as a scenario.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Every step and every invariant held.
    pub passed: usize,
    /// A step failed, was undefined or ambiguous, or an invariant was broken.
    pub failed: usize,
    /// Never started, because an earlier failure stopped the run.
    pub skipped: usize,
}

/// One executed scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// When it began, in wall time.
    pub started: Timestamp,
    /// How long it took, in wall time.
    pub duration: Duration,
    /// Which of the `--jobs` threads ran it.
    pub worker: usize,
    /// Why the world could not begin, if it could not; every step is skipped then.
    pub setup: Option<Failure>,
    /// Its steps, in the order of the case.
    pub steps: Vec<StepRun>,
    /// Broken invariants, found after the last step.
    pub problems: Vec<String>,
    /// The lab's journal.
    pub journal: Vec<Map<String, Value>>,
    /// Every screen as it stood at the end.
    pub screens: Vec<StandingScreen>,
}

/// One executed step.
#[derive(Clone, Debug, PartialEq)]
pub struct StepRun {
    /// When it began, in wall time.
    pub started: Timestamp,
    /// How long it took, in wall time.
    pub duration: Duration,
    /// What came of it.
    pub status: StepStatus,
}

/// What came of a step.
#[derive(Clone, Debug, PartialEq)]
pub enum StepStatus {
    /// It held.
    Passed,
    /// It panicked or returned an error.
    Failed(Failure),
    /// No step is written for this text.
    Undefined {
        /// Steps with similar words, best first.
        nearest: Vec<String>,
    },
    /// More than one step is written for this text.
    Ambiguous {
        /// All of them, with the place of each.
        candidates: Vec<String>,
    },
    /// An earlier step did not hold.
    Skipped,
}

/// Why a step failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What it said.
    pub message: String,
    /// File and line of the code that said it.
    pub place: Option<String>,
}

impl Outcome {
    /// Scenarios by verdict.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for run in &self.runs {
            match run {
                Some(run) if run.passed() => counts.passed += 1,
                Some(_) => counts.failed += 1,
                None => counts.skipped += 1,
            }
        }
        counts
    }

    /// Whether every scenario ran and passed.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.counts().failed == 0 && self.counts().skipped == 0
    }

    /// Every case of the plan with what came of it.
    pub fn cases(&self) -> impl Iterator<Item = (&Case, Option<&Run>)> {
        self.plan.cases.iter().zip(self.runs.iter().map(Option::as_ref))
    }

    /// The cases that failed, with their runs.
    pub fn failures(&self) -> impl Iterator<Item = (&Case, &Run)> {
        self.cases().filter_map(|(case, run)| run.filter(|run| !run.passed()).map(|run| (case, run)))
    }
}

impl std::fmt::Display for Counts {
    /// The closing line: `61 passed, 0 failed`, with `, 2 skipped` when some were.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

impl Run {
    /// Whether every step and every invariant held.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.setup.is_none() && self.problems.is_empty() && self.steps.iter().all(StepRun::passed)
    }

    /// The first step that did not hold, with its index.
    #[must_use]
    pub fn broken_step(&self) -> Option<(usize, &StepRun)> {
        let mut steps = self.steps.iter().enumerate();
        steps.find(|(_, step)| !matches!(step.status, StepStatus::Passed | StepStatus::Skipped))
    }

    /// Everything that speaks against the scenario, in words: at least one when it has not passed.
    #[must_use]
    pub fn complaints(&self) -> Vec<String> {
        let setup = self.setup.iter().map(|failure| format!("the scenario could not begin: {failure}"));
        let steps = self.steps.iter().filter_map(|step| step.status.complaint());
        let problems = self.problems.iter().map(|problem| format!("broken invariant: {problem}"));
        setup.chain(steps).chain(problems).collect()
    }
}

impl StepRun {
    /// Whether it held.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.status == StepStatus::Passed
    }
}

impl StepStatus {
    /// What is wrong, in words.
    #[must_use]
    pub fn complaint(&self) -> Option<String> {
        match self {
            Self::Passed | Self::Skipped => None,
            Self::Failed(failure) => Some(failure.to_string()),
            Self::Undefined { nearest } if nearest.is_empty() => {
                Some("undefined step; no step has similar words".into())
            }
            Self::Undefined { nearest } => Some(format!("undefined step; the nearest are\n  {}", nearest.join("\n  "))),
            Self::Ambiguous { candidates } => Some(format!("ambiguous step; it fits\n  {}", candidates.join("\n  "))),
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.message.trim_end())?;
        self.place.iter().try_for_each(|place| write!(f, "\n  at {place}"))
    }
}
