//! `graph.json` for programs and `graph.html` for people.

use std::path::{Path, PathBuf};

use miette::Result;
use serde::Serialize;

use super::super::report;
use super::super::targets::Target;
use super::super::{Latency, SAMPLES_PER_ROUND};
use super::{GraphOptions, Measured, Row};

/// `graph.json`.
#[derive(Serialize)]
struct Report {
    users: u32,
    few: u32,
    samples: u64,
    start_ms: f64,
    bytes_per_user: Option<f64>,
    rows: Vec<JsonRow>,
}

/// A row of `graph.json`.
#[derive(Serialize)]
struct JsonRow {
    name: &'static str,
    requests_per_second: f64,
    p50_ns: u64,
    p95_ns: u64,
    p99_ns: u64,
    max_ns: u64,
    bare_p50_ns: u64,
    times_bare: f64,
    few_p50_ns: u64,
    times_few: f64,
}

/// Writes both and returns their paths.
pub(super) fn write(
    folder: &Path,
    measured: &Measured,
    (latencies, targets): (&[Latency], &[Target]),
    options: &GraphOptions,
) -> Result<[PathBuf; 2]> {
    let json = Report {
        users: options.users,
        few: options.few,
        samples: u64::from(options.rounds.get()) * u64::from(SAMPLES_PER_ROUND),
        start_ms: rounded(measured.large.ms),
        bytes_per_user: measured.large.bytes_per_user.map(f64::round),
        rows: measured.rows.iter().map(row).collect(),
    };
    let title = format!("A tenant of {} users", options.users);
    let beside = format!("a bare handler that answers the same JSON, and a tenant of {} users", options.few);
    report::keep(folder, "graph", &json, report::page((&title, &beside), latencies, targets, options.rounds)?)
}

fn row(row: &Row) -> JsonRow {
    JsonRow {
        name: row.kind.name(),
        requests_per_second: row.per_second().round(),
        p50_ns: row.large.p50_ns,
        p95_ns: row.large.p95_ns,
        p99_ns: row.large.p99_ns,
        max_ns: row.large.max_ns,
        bare_p50_ns: row.bare.p50_ns,
        times_bare: rounded(row.large.ratio_p50),
        few_p50_ns: row.few.p50_ns,
        times_few: rounded(row.times_few()),
    }
}

fn rounded(number: f64) -> f64 {
    (number * 1_000.0).round() / 1_000.0
}
