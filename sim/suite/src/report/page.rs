//! `index.html`: the run for people, one file that opens anywhere.

mod view;

use askama::Template;

use self::view::{FailureView, FeatureView};
use crate::Outcome;

#[derive(Template)]
#[template(path = "report.html")]
struct Page {
    verdict: &'static str,
    passed: usize,
    failed: usize,
    skipped: usize,
    written: usize,
    executed: usize,
    seed: u64,
    jobs: usize,
    started: String,
    duration: String,
    filters: String,
    failures: Vec<FailureView>,
    features: Vec<FeatureView>,
}

pub(super) fn render(outcome: &Outcome) -> String {
    let counts = outcome.counts();
    let options = &outcome.options;
    let filters = [("--tags", &options.tags), ("--name", &options.name)];
    let filters = filters.into_iter().filter_map(|(flag, value)| Some(format!("{flag} {}", value.as_ref()?)));
    let page = Page {
        verdict: if outcome.passed() { "passed" } else { "failed" },
        passed: counts.passed,
        failed: counts.failed,
        skipped: counts.skipped,
        written: outcome.plan.written(),
        executed: counts.passed + counts.failed,
        seed: options.seed,
        jobs: options.jobs.get(),
        started: outcome.started.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
        duration: view::duration(outcome.duration),
        filters: filters.collect::<Vec<_>>().join(" "),
        failures: outcome.failures().map(|(case, run)| FailureView::of(outcome, case, run)).collect(),
        features: view::features(outcome),
    };
    let html = page.render().expect("the template writes to memory and its fields cannot fail");
    let forbidden = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\t');
    html.replace(forbidden, "\u{FFFD}")
}

#[cfg(test)]
mod tests;
