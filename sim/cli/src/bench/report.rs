//! `latency.json` for programs and `latency.html` for people.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use askama::Template;
use miette::{IntoDiagnostic as _, Result, WrapErr as _};
use serde::Serialize;

use super::targets::Target;
use super::{Latency, SAMPLES_PER_ROUND, plot};

/// A row of `latency.json`.
#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    p50_ns: u64,
    p95_ns: u64,
    p99_ns: u64,
    max_ns: u64,
    baseline: &'a str,
    ratio_p50: f64,
}

/// `latency.html` and `graph.html`.
#[derive(Template)]
#[template(path = "latency.html")]
struct Page<'a> {
    title: &'a str,
    beside: &'a str,
    latencies: &'a [Latency],
    targets: &'a [Target],
    samples: u64,
    plot: String,
}

/// Writes both and returns their paths.
pub(super) fn write(
    folder: &Path,
    (latencies, targets): (&[Latency], &[Target]),
    rounds: NonZeroU32,
) -> Result<[PathBuf; 2]> {
    let rows: Vec<_> = latencies.iter().map(row).collect();
    let (title, beside) = ("CTAP core latency", "the bare P-256 operations of the same library");
    let page = page((title, beside), latencies, targets, rounds)?;
    keep(folder, "latency", &rows, page)
}

/// The page of a benchmark: its title and what everything is measured beside, its rows and its targets.
pub(super) fn page(
    (title, beside): (&str, &str),
    latencies: &[Latency],
    targets: &[Target],
    rounds: NonZeroU32,
) -> Result<String> {
    let samples = u64::from(rounds.get()) * u64::from(SAMPLES_PER_ROUND);
    Page { title, beside, latencies, targets, samples, plot: plot::draw(latencies) }.render().into_diagnostic()
}

/// Writes `{name}.json` and `{name}.html` into a folder, which is made, and returns their paths.
pub(super) fn keep(folder: &Path, name: &str, json: &impl Serialize, html: String) -> Result<[PathBuf; 2]> {
    let json = serde_json::to_string_pretty(json).into_diagnostic()?;
    std::fs::create_dir_all(folder).into_diagnostic().wrap_err_with(|| format!("cannot make {}", folder.display()))?;
    let paths = ["json", "html"].map(|kind| folder.join(format!("{name}.{kind}")));
    for (path, text) in paths.iter().zip([json + "\n", html]) {
        std::fs::write(path, text).into_diagnostic().wrap_err_with(|| format!("cannot write {}", path.display()))?;
    }
    Ok(paths)
}

fn row(latency: &Latency) -> Row<'_> {
    let &Latency { name, p50_ns, p95_ns, p99_ns, max_ns, baseline, ratio_p50, .. } = latency;
    Row { name, p50_ns, p95_ns, p99_ns, max_ns, baseline, ratio_p50: (ratio_p50 * 10_000.0).round() / 10_000.0 }
}

/// Microseconds with two decimals.
fn us(ns: &u64) -> String {
    format!("{:.2}", *ns as f64 / 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_reports_hold_every_row() {
        let latency = |name, p50_ns| Latency {
            name,
            p50_ns,
            p95_ns: 2 * p50_ns,
            p99_ns: 3 * p50_ns,
            max_ns: 9 * p50_ns,
            baseline: "p256 sign",
            ratio_p50: 1.0123,
            mean_ns: p50_ns as f64,
        };
        let latencies = [latency("p256 sign", 90_000), latency("getAssertion", 91_000)];
        let target = Target { what: "getInfo, microseconds".to_owned(), measured: 7.5, most: 5.0 };
        let folder = std::env::temp_dir().join(format!("passkey-lab-bench-{}", std::process::id()));
        let [json, html] = write(&folder, (&latencies, &[target]), NonZeroU32::MIN).expect("written");
        let rows: serde_json::Value = serde_json::from_slice(&std::fs::read(json).expect("read")).expect("JSON");
        let expect = serde_json::json!({"name": "getAssertion", "p50_ns": 91_000, "p95_ns": 182_000, "p99_ns": 273_000,
            "max_ns": 819_000, "baseline": "p256 sign", "ratio_p50": 1.0123});
        assert_eq!((rows.as_array().map(Vec::len), &rows[1]), (Some(2), &expect));
        let html = std::fs::read_to_string(html).expect("read");
        assert!(
            html.contains("<svg") && html.contains("182.00") && html.contains("missed") && !html.contains("http-equiv"),
            "{html}"
        );
        std::fs::remove_dir_all(folder).expect("removed");
    }
}
