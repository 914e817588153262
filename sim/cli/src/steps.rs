//! `passkey-lab steps`: the vocabulary of feature files.

use std::fs;

use miette::{IntoDiagnostic as _, Result, WrapErr as _};
use suite::{Concept, Step, Vocabulary};

use crate::{args::StepsArgs, out::say};

/// Prints every step, or writes the page.
pub(crate) fn run(args: &StepsArgs) -> Result<()> {
    let vocabulary = Vocabulary::read(&args.features)?;
    let Some(page) = &args.page else {
        for parameter in &vocabulary.parameters {
            say(&format!("{{{}}}  {}", parameter.name, parameter.says));
        }
        vocabulary.concepts.iter().for_each(tell);
        return Ok(());
    };
    let name = page.display();
    fs::write(page, vocabulary.page()).into_diagnostic().wrap_err_with(|| format!("cannot write {name}"))?;
    say(&name.to_string());
    Ok(())
}

fn tell(concept: &Concept) {
    say(&format!("\n# {}", concept.about));
    for step in &concept.steps {
        say("");
        tell_step(&concept.file, step);
    }
}

fn tell_step(file: &str, step: &Step) {
    for form in &step.forms {
        say(&format!("{} {}  (sim/suite/src/steps/{file}:{})", form.keyword, form.text, form.line));
    }
    say(&format!("    {}", step.says));
    if let Some(example) = step.forms.iter().find_map(|form| form.example.as_ref()) {
        say(&format!("    as in: {example}"));
    }
}
