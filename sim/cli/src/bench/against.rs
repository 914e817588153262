//! The same benchmark of an earlier night: what may not have grown since.
//!
//! Machines differ from night to night, so it is ratios to the bare primitive that are compared, never times. What a
//! ratio may grow by is a tenth, which is what a busy machine does to it, and three standard errors of both medians,
//! which few rounds widen.

use std::path::Path;

use miette::{IntoDiagnostic as _, Result, WrapErr as _};
use serde::Deserialize;

use super::{Latency, SAMPLES_PER_ROUND, targets::Target};

/// A row of an earlier `latency.json`.
#[derive(Debug, Deserialize)]
pub(super) struct Earlier {
    name: String,
    p50_ns: u64,
    p95_ns: u64,
    baseline: String,
    ratio_p50: f64,
}

/// Reads `latency.json`, or the report folder that holds it.
pub(super) fn read(path: &Path) -> Result<Vec<Earlier>> {
    let file = if path.is_dir() { path.join("latency.json") } else { path.to_owned() };
    let name = file.display();
    let text = std::fs::read(&file).into_diagnostic().wrap_err_with(|| format!("cannot read {name}"))?;
    let hint = "--against is a latency.json of `passkey-lab bench`, or the report folder that holds it";
    serde_json::from_slice(&text).map_err(|error| miette::miette!(help = hint, "{name}: {error}"))
}

/// For each row that both have beside the same primitive: by how much its ratio has grown, and by how much it may have.
pub(super) fn targets(latencies: &[Latency], earlier: &[Earlier], rounds: u32) -> Vec<Target> {
    let beside = latencies.iter().filter(|row| row.name != row.baseline);
    let pairs = beside.filter_map(|row| {
        let same = |it: &&Earlier| it.name == row.name && it.baseline == row.baseline && it.ratio_p50 > 0.0;
        Some((row, earlier.iter().find(same)?))
    });
    pairs.map(|(row, then)| target(row, then, rounds)).collect()
}

fn target(row: &Latency, then: &Earlier, rounds: u32) -> Target {
    let samples = f64::from(rounds) * f64::from(SAMPLES_PER_ROUND);
    let errors = [(row.p50_ns, row.p95_ns), (then.p50_ns, then.p95_ns)].map(|it| standard_error(it, samples));
    Target {
        what: format!("{}, times its ratio then", row.name),
        measured: row.ratio_p50 / then.ratio_p50,
        most: 1.0 + GROWTH_MAX + STANDARD_ERRORS * errors[0].hypot(errors[1]),
    }
}

/// Of a median, as a part of it; the spread is taken from p95, which outliers do not reach.
fn standard_error((p50_ns, p95_ns): (u64, u64), samples: f64) -> f64 {
    let spread = p95_ns.saturating_sub(p50_ns) as f64 / P95_DEVIATIONS / (p50_ns as f64).max(1.0);
    MEDIAN_FACTOR * spread / samples.max(1.0).sqrt()
}

/// What a busy machine adds to a ratio: `bench` repeated on one machine differs by up to half of it.
const GROWTH_MAX: f64 = 0.10;
const STANDARD_ERRORS: f64 = 3.0;
/// p95 lies so many standard deviations above the median of a normal distribution.
const P95_DEVIATIONS: f64 = 1.645;
/// The standard error of a median is so many times that of a mean.
const MEDIAN_FACTOR: f64 = 1.2533;

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &'static str, p95_ns: u64, ratio_p50: f64) -> Latency {
        Latency {
            name,
            p50_ns: 1_000,
            p95_ns,
            p99_ns: p95_ns,
            max_ns: p95_ns,
            baseline: "p256 sign",
            ratio_p50,
            mean_ns: 1_000.0,
        }
    }

    fn earlier(name: &str, baseline: &str, ratio_p50: f64) -> Earlier {
        Earlier { name: name.to_owned(), p50_ns: 1_000, p95_ns: 1_000, baseline: baseline.to_owned(), ratio_p50 }
    }

    #[test]
    fn only_rows_beside_the_same_primitive_are_compared() {
        let now = [row("p256 sign", 1_000, 1.0), row("getAssertion", 1_000, 1.2), row("getInfo", 1_000, 0.1)];
        let then = [
            earlier("p256 sign", "p256 sign", 1.0),
            earlier("getAssertion", "p256 sign", 1.0),
            earlier("getInfo", "aws-lc-rs sign", 0.1),
        ];
        let targets = targets(&now, &then, 400);
        let found: Vec<_> = targets.iter().map(|it| (it.what.as_str(), it.measured, it.most, it.is_met())).collect();
        assert_eq!(found, [("getAssertion, times its ratio then", 1.2, 1.1, false)]);
    }

    #[test]
    fn noise_of_few_rounds_allows_for_more() {
        let allowed = |p95_ns: u64, rounds: u32| {
            let now = [row("getAssertion", p95_ns, 1.0)];
            targets(&now, &[earlier("getAssertion", "p256 sign", 1.0)], rounds)[0].most
        };
        assert!((allowed(1_000, 1) - 1.1).abs() < 1e-9);
        assert!((1.10..1.12).contains(&allowed(1_300, 400)), "{}", allowed(1_300, 400));
        assert!(allowed(1_300, 4) > 1.2, "{}", allowed(1_300, 4));
    }
}
