//! What will run: the feature files read, their examples expanded, the filters applied.

mod case;
mod diagnose;
mod discover;
mod feature;
pub(crate) mod layout;
mod select;

pub use case::{Case, Origin, PlannedStep};
pub use feature::Feature;

use crate::{CouldNotRun, RunOptions};
use select::Filter;

/// The files and the cases that will run, both in a fixed order.
#[derive(Debug)]
pub struct Plan {
    /// Every feature file with a case in the plan, by its recorded path.
    pub features: Vec<Feature>,
    /// By file, line and example row.
    pub cases: Vec<Case>,
}

impl Plan {
    /// Reads the files and applies the filters.
    ///
    /// # Errors
    ///
    /// When a path or file is wrong, or nothing is left to run.
    pub fn read(options: &RunOptions) -> Result<Self, CouldNotRun> {
        let filter = Filter::parse(options.tags.as_deref(), options.name.as_deref())?;
        let mut plan = Self { features: Vec::new(), cases: Vec::new() };
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
        Ok(plan)
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
