//! The guide, sentence by sentence, beside the scenarios that show it (`fixtures/guide.yaml`).
//!
//! A sentence is covered by a `Then` step of a scenario, named by both: a scenario that is renamed or loses the step
//! is an error here, not a gap that nobody sees.

mod page;
mod written;

use std::{fs, path::Path};

use serde::Deserialize;

use crate::{CouldNotRun, Plan, RunOptions, SyntaxError};
use written::Written;

/// The guide and what `features/` shows of it.
#[derive(Debug)]
pub struct Guide {
    sections: Vec<Section>,
    written: Vec<Written>,
}

/// How many sentences there are, by what became of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Shown by a scenario.
    pub shown: usize,
    /// There is a reason why no scenario can show it.
    pub beyond: usize,
    /// The numbers of all others.
    pub open: Vec<u32>,
}

/// A heading of the guide.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Section {
    title: String,
    /// The section's tag in feature files, without `guide:`.
    tag: Option<String>,
    sentences: Vec<Sentence>,
}

/// One thing that the guide states.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sentence {
    id: u32,
    says: String,
    #[serde(default)]
    shown_by: Vec<Evidence>,
    removed_by: Option<String>,
    no_scenario: Option<String>,
}

/// A scenario, and its `Then` step that fails where the sentence is not true; both as they are written, placeholders of
/// an outline included.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Evidence {
    scenario: String,
    then: String,
}

impl Guide {
    /// Reads the guide's file and compares it with the feature files below `features` and the patches in `breaks`.
    ///
    /// # Errors
    ///
    /// When a file cannot be read, or the guide names what is not there: then with every such place.
    pub fn read(file: &Path, features: &[String], breaks: &Path) -> Result<Self, CouldNotRun> {
        let unreadable = |source| CouldNotRun::Unreadable { path: file.to_owned(), source };
        let text = fs::read_to_string(file).map_err(unreadable)?;
        let source = Source { path: file.display().to_string(), text };
        let sections = source.parse()?;
        let plan = Plan::read(&RunOptions { paths: features.to_vec(), ..RunOptions::default() })?;
        let guide = Self { sections, written: plan.features.iter().flat_map(written::of).collect() };
        let wrong = guide.complaints(breaks);
        if wrong.is_empty() {
            return Ok(guide);
        }
        let path = source.path.clone();
        Err(CouldNotRun::Guide { path, places: wrong.iter().map(|complaint| source.error(complaint)).collect() })
    }

    /// How much of it is shown.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        let all = || self.sentences();
        let shown = all().filter(|sentence| !sentence.shown_by.is_empty()).count();
        let beyond = all().filter(|sentence| sentence.no_scenario.is_some()).count();
        let open = all().filter(|it| it.shown_by.is_empty() && it.no_scenario.is_none()).map(|it| it.id).collect();
        Coverage { shown, beyond, open }
    }

    /// The Markdown page that says so.
    #[must_use]
    pub fn page(&self) -> String {
        page::render(self)
    }

    fn sentences(&self) -> impl Iterator<Item = &Sentence> {
        self.sections.iter().flat_map(|section| &section.sentences)
    }

    /// The scenario that an evidence names, if it has the step.
    fn scenario(&self, evidence: &Evidence) -> Option<&Written> {
        self.written.iter().find(|it| it.name == evidence.scenario && it.thens.contains(&evidence.then))
    }

    fn complaints(&self, breaks: &Path) -> Vec<Complaint> {
        let mut wrong = Vec::new();
        let mut known = Vec::new();
        for sentence in self.sentences() {
            if known.contains(&sentence.id) {
                wrong.push(sentence.complain(format!("two sentences have the number {}", sentence.id), TWICE));
            }
            known.push(sentence.id);
            if sentence.no_scenario.is_some() && !sentence.shown_by.is_empty() {
                wrong
                    .push(sentence.complain("shown_by and no_scenario exclude each other".to_owned(), "leave one out"));
            }
            wrong.extend(sentence.shown_by.iter().filter_map(|evidence| self.missing(sentence, evidence)));
            let patch = sentence.removed_by.as_ref().map(|name| breaks.join(format!("{name}.patch")));
            if let Some(patch) = patch.filter(|patch| !patch.is_file()) {
                wrong.push(sentence.complain(format!("there is no {}", patch.display()), "name a patch that is there"));
            }
        }
        wrong
    }

    fn missing(&self, sentence: &Sentence, evidence: &Evidence) -> Option<Complaint> {
        if self.scenario(evidence).is_some() {
            return None;
        }
        let mut named = self.written.iter().filter(|it| it.name == evidence.scenario).peekable();
        if named.peek().is_none() {
            let problem = format!("no scenario is named {:?}", evidence.scenario);
            return Some(
                sentence.complain(problem, "`passkey-lab run --list` prints every name; an outline's as written"),
            );
        }
        let thens: Vec<&str> = named.flat_map(|it| it.thens.iter().map(String::as_str)).collect();
        let problem = format!("{:?} has no Then step {:?}", evidence.scenario, evidence.then);
        Some(sentence.complain(problem, &format!("its Then steps are: {}", thens.join("; "))))
    }
}

impl Sentence {
    fn complain(&self, problem: String, help: &str) -> Complaint {
        Complaint { id: self.id, problem, help: help.to_owned() }
    }
}

/// What is wrong with a sentence of the file.
struct Complaint {
    id: u32,
    problem: String,
    help: String,
}

/// The guide's file.
struct Source {
    path: String,
    text: String,
}

impl Source {
    fn parse(&self) -> Result<Vec<Section>, CouldNotRun> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct File {
            sections: Vec<Section>,
        }
        let file: File = serde_yaml::from_str(&self.text).map_err(|error| {
            let at = error.location().map_or((1, 1), |place| (place.line(), place.column()));
            let help = "the head of fixtures/guide.yaml says what an entry has";
            SyntaxError::new(&self.path, &self.text, at, &error.to_string(), help)
        })?;
        Ok(file.sections)
    }

    /// The complaint at the line that numbers its sentence; of two with one number, the later.
    fn error(&self, complaint: &Complaint) -> SyntaxError {
        let entry = format!("- id: {}", complaint.id);
        let lines = self.text.lines().enumerate().filter(|(_, line)| line.trim() == entry);
        let line = lines.last().map_or(1, |(index, _)| index + 1);
        SyntaxError::new(&self.path, &self.text, (line, 1), &complaint.problem, &complaint.help)
    }
}

const TWICE: &str = "a number is given once; a new sentence takes the next one";
