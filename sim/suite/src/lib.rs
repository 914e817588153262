//! Gherkin world and steps, runner, reports.
//!
//! **Invariant**: the library prints nothing and reads no environment; what a person sees while it runs is made from
//! [`Progress`] by the binary.
//!
//! cucumber gives the step macros, the matching of a text to a step and the expansion of examples. It does not run the
//! scenarios: its runner polls all of them in one task and counts steps, and a run that matched nothing is green. Here
//! each scenario has a world and a runtime of its own on one thread, and the order of the results is that of the files.

mod aftermath;
mod definitions;
mod error;
mod execute;
mod guide;
mod invariants;
mod merge;
mod options;
mod outcome;
mod panics;
mod plan;
mod report;
mod run;
mod steps;
mod vocabulary;
mod wall;
mod world;

pub use aftermath::{Aftermath, StandingScreen};
pub use error::{CouldNotRun, SyntaxError};
pub use guide::{Coverage, Guide};
pub use merge::merge;
pub use options::{OnFailure, RunOptions};
pub use outcome::{Counts, Failure, Outcome, Run, StepRun, StepStatus};
pub use plan::{Case, Durations, Feature, Origin, Plan, PlannedStep, Shard};
pub use report::{Reports, replay_command};
pub use run::{Progress, run, run_until};
pub use vocabulary::{Concept, Form, ParameterType, Step, Vocabulary};
pub use world::World;
