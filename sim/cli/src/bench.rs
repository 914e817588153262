//! `passkey-lab bench`: what the CTAP core costs beside the bare P-256 operations of the same library, and, in [`graph`],
//! what a large tenant costs beside a bare handler.
//!
//! Everything is measured in one process, in turn and round by round, so that a noisy neighbour slows all of it alike
//! and the ratios stay. Turns are short and every other round goes backwards: a machine that changes its speed for some
//! milliseconds would else slow one row and not the one that it is compared with, which p99 shows first.

mod against;
pub(crate) mod graph;
mod operations;
mod plot;
mod report;
mod subjects;
mod targets;

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use hdrhistogram::Histogram;
use miette::Result;

use self::operations::{Operation, operations};
use self::targets::Target;
use crate::out::say;

/// How much is measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BenchOptions {
    /// Rounds; each runs every operation [`SAMPLES_PER_ROUND`] times.
    pub(crate) rounds: NonZeroU32,
    /// How many credentials the crowded authenticator holds.
    pub(crate) crowd: u32,
    /// An earlier report, whose ratios may not have grown.
    pub(crate) against: Option<PathBuf>,
}

/// One line of the table, in nanoseconds.
#[derive(Clone, Debug, PartialEq)]
struct Latency {
    name: &'static str,
    p50_ns: u64,
    p95_ns: u64,
    p99_ns: u64,
    max_ns: u64,
    baseline: &'static str,
    ratio_p50: f64,
    mean_ns: f64,
}

impl Default for BenchOptions {
    fn default() -> Self {
        Self { rounds: NonZeroU32::new(400).expect("not zero"), crowd: 100_000, against: None }
    }
}

/// Measures, prints the tables and writes `latency.json` and `latency.html` into `report_dir`; whether every target is
/// met.
///
/// # Errors
///
/// When the earlier report cannot be read, or a report cannot be written.
pub(crate) fn run(report_dir: &Path, options: &BenchOptions) -> Result<bool> {
    let earlier = options.against.as_deref().map(against::read).transpose()?.unwrap_or_default();
    let latencies = measure(operations(options.crowd), options.rounds);
    let mut targets = targets::targets(&latencies);
    targets.extend(against::targets(&latencies, &earlier, options.rounds.get()));
    say(&table(&latencies));
    say(&format!("\n{}\n", targets::table(&targets)));
    for path in report::write(report_dir, (&latencies, &targets), options.rounds)? {
        say(&path.display().to_string());
    }
    Ok(targets.iter().all(Target::is_met))
}

/// Every operation in turn, round by round; each row's baseline is another row or itself.
fn measure(operations: Vec<Operation>, rounds: NonZeroU32) -> Vec<Latency> {
    let mut measured: Vec<(Operation, Histogram<u64>)> = operations
        .into_iter()
        .map(|operation| (operation, Histogram::new_with_bounds(1, NS_MAX, 3).expect("the bounds are in order")))
        .collect();
    for round in 0..rounds.get() {
        if round % 2 == 0 {
            measured.iter_mut().for_each(turn);
        } else {
            measured.iter_mut().rev().for_each(turn);
        }
    }
    let median = |name: &str| {
        let (_, histogram) = measured.iter().find(|(operation, _)| operation.name == name).expect("baselines are rows");
        histogram.value_at_quantile(0.5)
    };
    measured
        .iter()
        .map(|(operation, histogram)| Latency {
            name: operation.name,
            p50_ns: histogram.value_at_quantile(0.5),
            p95_ns: histogram.value_at_quantile(0.95),
            p99_ns: histogram.value_at_quantile(0.99),
            max_ns: histogram.max(),
            baseline: operation.baseline,
            ratio_p50: histogram.value_at_quantile(0.5) as f64 / median(operation.baseline) as f64,
            mean_ns: histogram.mean(),
        })
        .collect()
}

fn turn((operation, histogram): &mut (Operation, Histogram<u64>)) {
    // The first call of a turn finds the caches full of the others' data; it warms up and is not counted.
    operation.sample_ns();
    (0..SAMPLES_PER_ROUND).for_each(|_| histogram.saturating_record(operation.sample_ns()));
}

fn table(latencies: &[Latency]) -> String {
    let mut lines = vec![format!(
        "{:24} {:>10} {:>10} {:>10} {:>10}   {}",
        "microseconds", "p50", "p95", "p99", "max", "p50 against"
    )];
    lines.extend(latencies.iter().map(|row| {
        let [p50, p95, p99, max] = [row.p50_ns, row.p95_ns, row.p99_ns, row.max_ns].map(|ns| ns as f64 / 1_000.0);
        let Latency { name, baseline, ratio_p50, .. } = row;
        format!("{name:24} {p50:>10.2} {p95:>10.2} {p99:>10.2} {max:>10.2}   {ratio_p50:.3} x {baseline}")
    }));
    lines.join("\n")
}

/// Samples of each operation in a round.
const SAMPLES_PER_ROUND: u32 = 5;
/// A minute: longer is recorded as that long.
const NS_MAX: u64 = 60_000_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_round_measures_everything_against_a_row_of_the_table() {
        let latencies = measure(operations(20), NonZeroU32::MIN);
        let names: Vec<_> = latencies.iter().map(|row| row.name).collect();
        assert!(latencies.iter().all(|row| names.contains(&row.baseline)));
        assert!(latencies.iter().all(|row| row.p50_ns <= row.p99_ns && row.p99_ns <= row.max_ns));
        let bare = latencies.iter().find(|row| row.name == "p256 sign").expect("a row");
        assert!((bare.ratio_p50 - 1.0).abs() < f64::EPSILON);
        assert_eq!(table(&latencies).lines().count(), latencies.len() + 1);
        let targets = targets::targets(&latencies);
        assert!(targets.iter().all(|target| target.measured.is_finite() && target.measured >= 0.0), "{targets:?}");
    }
}
