//! The world of a scenario: one lab of its own, and what its steps need to find in it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clockwork::{Screen, Seed};
use lab::journal::Event;
use lab::{Lab, Person, Place, Scenario};
use miette::Diagnostic as _;

use crate::aftermath::{Aftermath, StandingScreen};
use crate::invariants;

/// The state that the steps of one scenario share.
#[derive(Default, cucumber::World)]
pub struct World {
    origin: Option<Origin>,
    lab: Option<Lab>,
    /// What the administrator has saved for the integration form, by field.
    pub(crate) saved: BTreeMap<String, String>,
    /// At which workstation a person is who has gone to another than the own one.
    places: BTreeMap<String, String>,
}

/// Which scenario this is: the lab's seed follows from it.
#[derive(Clone, Debug)]
struct Origin {
    run_seed: u64,
    feature_path: String,
    scenario_name: String,
    row: usize,
    scenarios: PathBuf,
}

/// Why a step does not hold, in words for the person who reads the report.
#[derive(thiserror::Error)]
#[error("{0}")]
pub(crate) struct StepError(String);

/// What a step returns.
pub(crate) type Outcome = Result<(), StepError>;

impl World {
    /// Names the scenario that is about to run, and the folder of the scenario files.
    pub fn begin(&mut self, run_seed: u64, case: &crate::Case, scenarios: &Path) {
        let (feature_path, scenario_name) = (case.uri.clone(), case.name.clone());
        self.origin =
            Some(Origin { run_seed, feature_path, scenario_name, row: case.row, scenarios: scenarios.to_owned() });
    }

    /// Hands over what the lab leaves behind, its invariants checked.
    #[must_use]
    pub fn finish(&mut self) -> Aftermath {
        let Some(mut lab) = self.lab.take() else { return Aftermath::default() };
        let journal: Vec<_> = lab
            .journal()
            .entries()
            .iter()
            .map(lab::journal::to_json)
            .filter_map(|line| match line {
                serde_json::Value::Object(members) => Some(members),
                _ => None,
            })
            .collect();
        // A dialog that has closed has left an empty screen behind.
        let shown = lab.screens().filter(|(_, screen)| **screen != Screen::default());
        let screens = shown.map(|(place, screen)| StandingScreen {
            actor: place.to_string(),
            text: lab::journal::mask_text(&screen.to_string()),
        });
        let screens = screens.collect();
        Aftermath { journal, screens, problems: invariants::broken(&mut lab, &self.saved) }
    }

    /// Starts the lab that the scenario file `name` describes.
    pub(crate) fn start(&mut self, name: &str) -> Outcome {
        if self.lab.is_some() {
            return Err(StepError("a scenario has one lab, and this one has begun with it already".to_owned()));
        }
        let origin = self.origin.clone().ok_or_else(|| StepError("the runner did not name the scenario".to_owned()))?;
        let scenario = Scenario::named(&origin.scenarios, name)?;
        let seed = Seed::of(&[
            &origin.run_seed.to_string(),
            &scenario.seed.to_string(),
            &origin.feature_path,
            &origin.scenario_name,
            &origin.row.to_string(),
        ]);
        self.lab = Some(Lab::start(scenario, &seed)?);
        Ok(())
    }

    /// The lab.
    pub(crate) fn lab(&mut self) -> Result<&mut Lab, StepError> {
        self.lab
            .as_mut()
            .ok_or_else(|| StepError("no lab is running; begin with: Given the lab \"default\"".to_owned()))
    }

    /// The lab and a person in it.
    pub(crate) fn with(&mut self, who: &str) -> Result<(&mut Lab, Person), StepError> {
        let mut person = self.lab()?.person(who)?;
        if let Some(workstation) = self.places.get(&person.name) {
            person.workstation = Some(workstation.clone());
        }
        Ok((self.lab()?, person))
    }

    /// From now on a person, by first name, is at this workstation.
    pub(crate) fn go_to(&mut self, person: &str, workstation: &str) {
        self.places.insert(person.to_owned(), workstation.to_owned());
    }
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World").field("origin", &self.origin).finish_non_exhaustive()
    }
}

impl StepError {
    /// Something is not as the step says.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

/// cucumber reports a failed step by its `Debug` form, which is therefore the sentence itself.
impl std::fmt::Debug for StepError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! from_error {
    ($($kind:ty),*) => {
        $(impl From<$kind> for StepError {
            fn from(error: $kind) -> Self {
                Self(error.to_string())
            }
        })*
    };
}

from_error!(lab::SetupError, lab::JourneyError, lab::GraphError);

/// What is wrong with the file, and what to do about it.
impl From<lab::ScenarioError> for StepError {
    fn from(error: lab::ScenarioError) -> Self {
        let help = error.help().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
        Self(format!("{error}{help}"))
    }
}

/// Holds when `condition` does; `otherwise` says what is found instead.
pub(crate) fn ensure(condition: bool, otherwise: impl FnOnce() -> String) -> Outcome {
    if condition { Ok(()) } else { Err(StepError(otherwise())) }
}

/// The journal's lines that match, newest last, as sentences.
pub(crate) fn sentences(lab: &Lab, keep: impl Fn(&Event) -> bool) -> Vec<String> {
    let entries = lab.journal().entries().iter().filter(|entry| keep(&entry.event));
    entries.map(|entry| lab::journal::to_json(entry)["text"].as_str().unwrap_or_default().to_owned()).collect()
}

/// What is on show there, as text, for the words of a failure.
pub(crate) fn shown(lab: &Lab, place: &Place) -> String {
    lab.screen(place).map_or_else(|| "nothing".to_owned(), |screen| screen.to_string())
}
