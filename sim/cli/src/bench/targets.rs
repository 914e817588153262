//! What the core is to reach, beside what it has reached: ratios within one run, so that they hold on any machine.

use wire::ctaphid::Message;

use super::Latency;
use super::operations::{COMMANDS, LOOKUP_IN_CROWD, TOKEN};

/// One target.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Target {
    /// What is compared.
    pub(super) what: String,
    /// In the unit that `what` names.
    pub(super) measured: f64,
    /// The most that it may be.
    pub(super) most: f64,
}

impl Target {
    pub(super) fn is_met(&self) -> bool {
        self.measured <= self.most
    }
}

/// The targets of a table that has every row.
pub(super) fn targets(latencies: &[Latency]) -> Vec<Target> {
    let row = |name: &str| latencies.iter().find(|row| row.name == name).expect("every operation has a row");
    let target = |what: &str, measured: f64, most: f64| Target { what: what.to_owned(), measured, most };
    let mut targets = Vec::new();
    for name in ["getAssertion", "makeCredential", "getAssertion, fast", TOKEN] {
        let (it, bare) = (row(name), row(row(name).baseline));
        targets.push(target(&format!("{name}, times {}", it.baseline), it.ratio_p50, 1.10));
        let tail = it.p99_ns as f64 / bare.p99_ns as f64 / it.ratio_p50;
        targets.push(target(&format!("{name}, ratio of p99s over ratio of medians"), tail, 1.2));
    }
    targets.push(target("getInfo, microseconds", row("getInfo").p50_ns as f64 / 1_000.0, 5.0));
    for (core, framed, _, command) in COMMANDS {
        let above = row(framed).p50_ns.saturating_sub(row(core).p50_ns) as f64 / 1_000.0;
        let what = format!("{framed}, microseconds a packet above the core");
        targets.push(target(&what, above / packets(command) as f64, 1.5));
    }
    let crowded = row(LOOKUP_IN_CROWD);
    targets.push(target(&format!("{LOOKUP_IN_CROWD}, times {}", crowded.baseline), crowded.ratio_p50, 1.10));
    targets
}

/// Packets of the request; those of the answer come on top, so that the target is the stricter for it.
fn packets(command: &[u8]) -> usize {
    let message = Message { channel: 1, command: wire::ctaphid::Command::CBOR, payload: command.to_vec() };
    message.reports().count()
}

/// A line for each target.
pub(super) fn table(targets: &[Target]) -> String {
    let mut lines = vec![format!("{:64} {:>9} {:>9}", "target", "at most", "measured")];
    lines.extend(targets.iter().map(|target| {
        let verdict = if target.is_met() { "met" } else { "missed" };
        format!("{:64} {:>9.2} {:>9.3}   {verdict}", target.what, target.most, target.measured)
    }));
    lines.join("\n")
}
