//! The same seed gives the same bytes: `journal.ndjson` of twenty seeds, each run alone and side by side.

use std::{num::NonZeroUsize, path::PathBuf};

use suite::{Outcome, RunOptions};

/// Scenarios that together touch every actor, few enough to be run forty times.
const TAGS: &str = "@determinism";
const SEEDS: std::ops::RangeInclusive<u64> = 1..=20;

#[test]
fn twenty_seeds_give_the_same_journal_at_any_number_of_jobs() {
    let mut journals = Vec::new();
    for seed in SEEDS {
        let alone = journal(&run(seed, 1));
        let together = journal(&run(seed, 4));
        assert!(!alone.is_empty(), "seed {seed} left no journal");
        if let Some((one, other)) = alone.lines().zip(together.lines()).find(|(one, other)| one != other) {
            panic!("seed {seed}: the journals part at\n{one}\n{other}");
        }
        assert_eq!(alone.len(), together.len(), "seed {seed}: one journal goes on where the other ends");
        journals.push(alone);
    }
    journals.sort_unstable();
    journals.dedup();
    assert_eq!(
        journals.len(),
        SEEDS.count(),
        "two seeds gave the same journal: something random is not drawn from the seed"
    );
}

fn run(seed: u64, jobs: usize) -> Outcome {
    let options = RunOptions {
        paths: vec![concat!(env!("CARGO_MANIFEST_DIR"), "/../../features").to_owned()],
        tags: Some(TAGS.to_owned()),
        seed,
        jobs: NonZeroUsize::new(jobs).expect("more than none"),
        scenarios: PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios")),
        report_dir: PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("determinism-{jobs}")),
        ..RunOptions::default()
    };
    let outcome = suite::run(&options, &mut |_| {}).unwrap_or_else(|error| panic!("{:?}", miette::Report::new(error)));
    // Scenarios that fail early, or a single one, would agree with themselves too easily.
    assert!(outcome.passed() && outcome.plan.cases.len() >= 4, "seed {seed}, {jobs} jobs: {}", outcome.counts());
    outcome
}

fn journal(outcome: &Outcome) -> String {
    std::fs::read_to_string(&outcome.reports.journal).expect("the run wrote it")
}
