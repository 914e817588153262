//! What will run: the feature files read, their examples expanded, the filters applied.

mod case;
mod diagnose;
mod discover;
mod feature;
pub(crate) mod layout;
mod select;
pub(crate) mod shard;

pub use case::{Case, Origin, PlannedStep};
pub use feature::Feature;
use sha2::{Digest as _, Sha256};
pub use shard::{Durations, Shard};

use crate::{CouldNotRun, RunOptions};
use select::Filter;

/// The files and the cases that will run, both in a fixed order.
#[derive(Debug)]
pub struct Plan {
    /// Every feature file with a case in the plan, by its recorded path.
    pub features: Vec<Feature>,
    /// By file, line and example row.
    pub cases: Vec<Case>,
    /// SHA-256 in hex of every feature file's name and text and every case's place, before a shard was taken: plans
    /// that agree in it are the same.
    pub(crate) digest: String,
}

impl Plan {
    /// Reads the files, applies the filters and takes the shard.
    ///
    /// # Errors
    ///
    /// When a path or file is wrong, or nothing is left to run.
    pub fn read(options: &RunOptions) -> Result<Self, CouldNotRun> {
        let filter = Filter::parse(options.tags.as_deref(), options.name.as_deref())?;
        let mut plan = Self { features: Vec::new(), cases: Vec::new(), digest: String::new() };
        for file in discover::discover(&options.paths)? {
            let feature = Feature::read(&file.path)?;
            let cases = case::cases(&feature, plan.features.len())?;
            let cases = select::at_lines(cases, &file)?;
            let cases: Vec<Case> = cases.into_iter().filter(|case| filter.lets_pass(case)).collect();
            if !cases.is_empty() {
                plan.features.push(feature);
                plan.cases.extend(cases);
            }
        }
        if plan.cases.is_empty() {
            return Err(CouldNotRun::NothingMatched { filters: filter.to_string() });
        }
        plan.digest = plan.digested();
        if let Some(shard) = options.shard {
            plan.keep(shard, options.durations.as_ref());
        }
        Ok(plan)
    }

    /// Keeps the cases of the shard, and the features that still have one.
    fn keep(&mut self, shard: Shard, durations: Option<&Durations>) {
        let mut cases = shard::take(shard, durations, std::mem::take(&mut self.cases));
        let mut kept = Vec::new();
        for (index, feature) in std::mem::take(&mut self.features).into_iter().enumerate() {
            let mut own = cases.iter_mut().filter(|case| case.feature == index).peekable();
            if own.peek().is_some() {
                own.for_each(|case| case.feature = kept.len());
                kept.push(feature);
            }
        }
        self.features = kept;
        self.cases = cases;
    }

    fn digested(&self) -> String {
        let mut digest = Sha256::new();
        for feature in &self.features {
            digest.update(format!("{}\0{}\0", feature.uri, feature.text));
        }
        for case in &self.cases {
            digest.update(format!("{}\0{}\0{}\0", case.uri, case.line, case.row));
        }
        shard::hex(&digest.finalize())
    }

    /// How many scenarios are written: an outline counts once, however many of its rows run.
    #[must_use]
    pub fn written(&self) -> usize {
        let mut written: Vec<_> = self.cases.iter().map(|case| (case.feature, case.lines.scenario)).collect();
        written.sort_unstable();
        written.dedup();
        written.len()
    }
}
