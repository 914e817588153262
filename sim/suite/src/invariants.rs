//! What must hold after every scenario, whatever its steps were.

mod disabled;
mod keys;
mod phases;
mod secrets;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::SignedDuration;
use lab::Lab;
use serde_json::Value;

/// The invariants that do not hold, a sentence each; `saved` is what was written down from the screens, by the field of
/// the integration form that it is for. Time passes until replication and retries have settled, so that
/// the journal of the scenario itself is to be read before.
pub(crate) fn broken(lab: &mut Lab, saved: &BTreeMap<String, String>) -> Vec<String> {
    let journal: Vec<Value> = lab.journal().entries().iter().map(lab::journal::to_json).collect();
    let told = [secrets::leaked(lab, saved, &journal), broken_pages(&journal), disabled::broken(lab)];
    lab.replicate();
    lab.wait(PATIENCE, |lab| lab.control_center().poll_timeout().is_none());
    let settled = [phases::broken(lab), keys::broken(lab)];
    told.into_iter().chain(settled).flatten().collect()
}

/// No page of a simulator breaks the rules by which browsers read it.
fn broken_pages(journal: &[Value]) -> Vec<String> {
    let broken = journal.iter().filter(|line| line["name"] == "BrokenPage");
    broken.map(|line| format!("a page cannot be read: {}", line["text"].as_str().unwrap_or_default())).collect()
}

/// As long as Control Center may rest between its attempts to reach a busy Entra.
const PATIENCE: SignedDuration = SignedDuration::from_mins(1);
