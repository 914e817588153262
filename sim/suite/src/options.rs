//! What to run and how.

use std::{num::NonZeroUsize, path::PathBuf};

use crate::{Durations, Shard};

/// The choices of one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunOptions {
    /// Folders, `.feature` files, or `FILE:LINE`.
    pub paths: Vec<String>,
    /// The folder of the scenario files, which labs are made from.
    pub scenarios: PathBuf,
    /// A tag expression: `@guide:pairing and not @slow`.
    pub tags: Option<String>,
    /// A regular expression for scenario names.
    pub name: Option<String>,
    /// The part of the plan that runs here.
    pub shard: Option<Shard>,
    /// What the plan is split by; without it every case weighs the same.
    pub durations: Option<Durations>,
    /// The run seed, from which every lab's seed follows.
    pub seed: u64,
    /// How many scenarios run side by side.
    pub jobs: NonZeroUsize,
    /// What a failure means for the scenarios that have not started.
    pub on_failure: OnFailure,
    /// Where the reports go.
    pub report_dir: PathBuf,
}

/// What a failure means for the scenarios that have not started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFailure {
    /// They run all the same.
    GoOn,
    /// They are skipped.
    Stop,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            paths: vec!["features".to_owned()],
            scenarios: PathBuf::from("scenarios"),
            tags: None,
            name: None,
            shard: None,
            durations: None,
            seed: 1,
            jobs: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            on_failure: OnFailure::GoOn,
            report_dir: PathBuf::from("reports/latest"),
        }
    }
}
