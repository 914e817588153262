//! What a feature file has of each scenario: its name and its `Then` steps, placeholders and all.

use cucumber::gherkin::{Scenario, StepType};

use crate::Feature;

/// A scenario as it is written.
#[derive(Debug)]
pub(super) struct Written {
    /// Its feature file, as reports name it.
    pub(super) uri: String,
    pub(super) name: String,
    /// The texts of its `Then` steps, and of the `And` and `But` below them.
    pub(super) thens: Vec<String>,
}

/// Every scenario of a file, in the order of the text.
pub(super) fn of(feature: &Feature) -> Vec<Written> {
    let ruled = feature.gherkin.rules.iter().flat_map(|rule| &rule.scenarios);
    let scenarios = feature.gherkin.scenarios.iter().chain(ruled);
    scenarios.map(|scenario| written(&feature.uri, scenario)).collect()
}

fn written(uri: &str, scenario: &Scenario) -> Written {
    let thens = scenario.steps.iter().filter(|step| step.ty == StepType::Then);
    Written { uri: uri.to_owned(), name: scenario.name.clone(), thens: thens.map(|step| step.value.clone()).collect() }
}
