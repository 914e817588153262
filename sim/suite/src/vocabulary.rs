//! The vocabulary of feature files: every written step with what it says, an example of it and where it stands.
//!
//! cucumber keeps a step's regular expression and place, not its words. They are read from the sources of `steps/`,
//! which are part of the binary for that; a test holds both against each other.

mod page;
mod source;

use cucumber::gherkin;

use crate::{CouldNotRun, Plan, RunOptions, definitions::Definitions};

/// Every step, a concept a file, in the order of `steps.rs`.
#[derive(Debug)]
pub struct Vocabulary {
    /// The words that steps take.
    pub parameters: Vec<ParameterType>,
    /// The files.
    pub concepts: Vec<Concept>,
}

/// A file of `sim/suite/src/steps/`.
#[derive(Debug)]
pub struct Concept {
    /// Its name: `people.rs`.
    pub file: String,
    /// What its steps are about.
    pub about: String,
    /// Its steps, in the order of the text.
    pub steps: Vec<Step>,
}

/// One step: a verb of the lab or a look at it.
#[derive(Debug)]
pub struct Step {
    /// What it does or checks.
    pub says: String,
    /// Each keyword and text that call it.
    pub forms: Vec<Form>,
}

/// A way to write a step.
#[derive(Debug)]
pub struct Form {
    /// `Given`, `When` or `Then`.
    pub keyword: String,
    /// A cucumber expression: `{person} is signed in to Windows`.
    pub text: String,
    /// The line of its attribute, from 1.
    pub line: u32,
    /// Its first use in the feature files.
    pub example: Option<String>,
}

/// A parameter of our own in cucumber expressions.
#[derive(Debug)]
pub struct ParameterType {
    /// Its name: `person`.
    pub name: String,
    /// What it takes.
    pub says: String,
    /// As a regular expression.
    pub pattern: String,
}

impl Vocabulary {
    /// The steps of this binary, with examples from `features`.
    ///
    /// # Errors
    ///
    /// When a feature file cannot be read.
    pub fn read(features: &[String]) -> Result<Self, CouldNotRun> {
        let mut vocabulary = source::read();
        let plan = Plan::read(&RunOptions { paths: features.to_vec(), ..RunOptions::default() })?;
        let definitions = Definitions::of_this_binary();
        for step in plan.cases.iter().flat_map(|case| &case.steps).map(|planned| &planned.step) {
            vocabulary.illustrate(&definitions, step);
        }
        Ok(vocabulary)
    }

    /// The Markdown page that lists it.
    #[must_use]
    pub fn page(&self) -> String {
        page::render(self)
    }

    fn illustrate(&mut self, definitions: &Definitions, step: &gherkin::Step) {
        for index in definitions.fitting(step) {
            let definition = &definitions.written()[index];
            let place = definition.location;
            let concept = self.concepts.iter_mut().find(|it| place.path.ends_with(&format!("steps/{}", it.file)));
            let mut forms = concept.into_iter().flat_map(|it| &mut it.steps).flat_map(|it| &mut it.forms);
            if let Some(form) = forms.find(|it| it.line == place.line && it.keyword == definition.keyword) {
                form.example.get_or_insert_with(|| step.value.clone());
            }
        }
    }
}

/// File, line and text of every form: `steps/people.rs`, 12, `{person} is signed in to Windows`.
pub(crate) fn texts() -> Vec<(String, u32, String)> {
    let concepts = source::read().concepts.into_iter();
    let forms = concepts.flat_map(|concept| {
        let file = format!("steps/{}", concept.file);
        concept.steps.into_iter().flat_map(|step| step.forms).map(move |form| (file.clone(), form.line, form.text))
    });
    forms.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_written_step_was_read_and_says_what_it_does() {
        let definitions = Definitions::of_this_binary();
        let mut written: Vec<(String, u32, String)> = definitions
            .written()
            .iter()
            .filter_map(|it| {
                let file = it.location.path.rsplit_once("src/steps/")?.1.to_owned();
                Some((file, it.location.line, it.keyword.to_owned()))
            })
            .collect();
        let vocabulary = source::read();
        let mut read = Vec::new();
        for concept in &vocabulary.concepts {
            for step in &concept.steps {
                assert!(!step.says.is_empty(), "{}:{} has no doc comment", concept.file, step.forms[0].line);
                read.extend(step.forms.iter().map(|form| (concept.file.clone(), form.line, form.keyword.clone())));
            }
        }
        written.sort();
        read.sort();
        assert_eq!(read, written);
    }

    #[test]
    fn a_parameter_is_read_with_its_words() {
        let vocabulary = source::read();
        let phase = vocabulary.parameters.iter().find(|it| it.name == "phase").expect("there is one");
        assert_eq!(phase.pattern, "Pending|Paired with HYPR|Paired with Azure");
        assert!(!phase.says.is_empty());
    }
}
