//! `passkey-lab bench graph`: what Graph and the token endpoint of a large tenant cost, each beside a bare axum handler
//! that answers the same JSON, and beside a tenant of a thousand users.
//!
//! Requests go into the router itself by tower's `oneshot`, in this process, for the tenant and for the bare handler
//! alike: no socket and no TLS, but addresses, headers, routing, tokens, permissions and the bytes of the answer. A tenant
//! that holds everybody by index costs the same for a thousand users and for a hundred thousand.

mod report;
mod site;
mod subject;
mod targets;

use std::num::NonZeroU32;
use std::path::Path;
use std::rc::Rc;

use miette::Result;

use self::site::Site;
use self::subject::{Kind, bare, operation};
use super::operations::Operation;
use super::targets::{Target, table as target_table};
use super::{Latency, measure};
use crate::out::say;

/// How much is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GraphOptions {
    /// Rounds; each sends every request five times.
    pub(crate) rounds: NonZeroU32,
    /// Users of the large tenant, each with a key.
    pub(crate) users: u32,
    /// Users of the small one.
    pub(crate) few: u32,
}

impl Default for GraphOptions {
    fn default() -> Self {
        Self { rounds: NonZeroU32::new(100).expect("not zero"), users: 10_000, few: 1_000 }
    }
}

/// A request to the large tenant, the bare handler and the small tenant.
#[derive(Clone, Debug)]
struct Row {
    kind: Kind,
    large: Latency,
    bare: Latency,
    few: Latency,
}

/// What a tenant costs before anything is asked of it.
#[derive(Clone, Copy, Debug)]
struct Start {
    users: u32,
    ms: f64,
    /// By the resident set of the process; `None` where the system does not tell it.
    bytes_per_user: Option<f64>,
}

/// Everything measured.
struct Measured {
    rows: Vec<Row>,
    large: Start,
    few: Start,
}

/// Measures, prints the tables and writes `graph.json` and `graph.html` into `report_dir`; whether every target is met.
///
/// # Errors
///
/// When a report cannot be written.
pub(crate) fn run(report_dir: &Path, options: &GraphOptions) -> Result<bool> {
    let (measured, latencies) = measured(options);
    let targets = targets::targets(&measured);
    say(&table(&measured));
    say(&format!("\n{}\n", target_table(&targets)));
    for path in report::write(report_dir, &measured, (&latencies, &targets), options)? {
        say(&path.display().to_string());
    }
    Ok(targets.iter().all(Target::is_met))
}

fn measured(options: &GraphOptions) -> (Measured, Vec<Latency>) {
    // The large one first: memory that a smaller one has given back would hide some of its own.
    let [(large, started), (few, few_started)] = [options.users, options.few].map(Site::start);
    let latencies = measure(operations(&Rc::new(large), &Rc::new(few)), options.rounds);
    let row = |name: &str| latencies.iter().find(|row| row.name == name).expect("every operation has a row").clone();
    let rows = Kind::ALL.map(|kind| Row {
        kind,
        large: row(kind.name()),
        bare: row(kind.bare_name()),
        few: row(kind.few_name()),
    });
    (Measured { rows: rows.into(), large: started, few: few_started }, latencies)
}

fn operations(large: &Rc<Site>, few: &Rc<Site>) -> Vec<Operation> {
    let of =
        |kind: Kind| [bare(large, kind), operation(large, kind, kind.name()), operation(few, kind, kind.few_name())];
    Kind::ALL.into_iter().flat_map(of).collect()
}

impl Row {
    fn per_second(&self) -> f64 {
        1e9 / self.large.mean_ns
    }

    fn times_few(&self) -> f64 {
        self.large.p50_ns as f64 / self.few.p50_ns as f64
    }
}

fn table(measured: &Measured) -> String {
    let Measured { rows, large, few } = measured;
    let head = format!("{} users, us", large.users);
    let bare = format!("{:>9} {:>9}", "bare p50", "x bare");
    let mut lines = vec![format!(
        "{head:26} {:>10} {:>9} {:>9} {:>9}   {bare} {:>12}",
        "requests/s",
        "p50",
        "p95",
        "p99",
        format!("x {} users", few.users)
    )];
    lines.extend(rows.iter().map(|row| {
        let [p50, p95, p99, bare] =
            [row.large.p50_ns, row.large.p95_ns, row.large.p99_ns, row.bare.p50_ns].map(|ns| ns as f64 / 1_000.0);
        let beside = format!("{bare:>9.2} {:>9.2} {:>12.3}", row.large.ratio_p50, row.times_few());
        format!("{:26} {:>10.0} {p50:>9.2} {p95:>9.2} {p99:>9.2}   {beside}", row.kind.name(), row.per_second())
    }));
    let memory = large.bytes_per_user.map(|bytes| format!(", {bytes:.0} bytes of memory a user"));
    lines.push(format!("start: {:.0} ms{}", large.ms, memory.unwrap_or_default()));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_round_sends_every_request_and_writes_both_reports() {
        let options = GraphOptions { rounds: NonZeroU32::MIN, users: 400, few: 200 };
        let folder = std::env::temp_dir().join(format!("passkey-lab-bench-graph-{}", std::process::id()));
        let (measured, latencies) = measured(&options);
        let targets = targets::targets(&measured);
        assert!(targets.iter().all(|target| target.measured.is_finite() && target.measured > 0.0), "{targets:?}");
        assert_eq!(table(&measured).lines().count(), Kind::ALL.len() + 2);
        let [json, html] = report::write(&folder, &measured, (&latencies, &targets), &options).expect("written");
        let json: serde_json::Value = serde_json::from_slice(&std::fs::read(json).expect("read")).expect("JSON");
        assert_eq!((json["users"].as_u64(), json["few"].as_u64()), (Some(400), Some(200)));
        let rows = json["rows"].as_array().expect("rows");
        assert_eq!(rows.len(), Kind::ALL.len());
        assert!(rows.iter().all(|row| row["requests_per_second"].as_f64() > Some(0.0)), "{rows:?}");
        assert!(std::fs::read_to_string(html).expect("read").contains("get user, few users"));
        std::fs::remove_dir_all(folder).expect("removed");
    }
}
