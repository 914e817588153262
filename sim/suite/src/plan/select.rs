//! Which cases run: by line, by tag, by name.

use cucumber::{gherkin::tagexpr::TagOperation, tag::Ext as _};
use regex::Regex;

use super::{Case, discover::File};
use crate::CouldNotRun;

/// What a case must have to run.
pub(super) struct Filter {
    tags: Option<(String, TagOperation)>,
    name: Option<Regex>,
}

impl Filter {
    pub(super) fn parse(tags: Option<&str>, name: Option<&str>) -> Result<Self, CouldNotRun> {
        let tags = tags.map(|expression| Ok::<_, CouldNotRun>((expression.to_owned(), operation(expression)?)));
        let regex = |pattern: &str| {
            Regex::new(pattern).map_err(|source| CouldNotRun::BadName { pattern: pattern.to_owned(), source })
        };
        Ok(Self { tags: tags.transpose()?, name: name.map(regex).transpose()? })
    }

    pub(super) fn lets_pass(&self, case: &Case) -> bool {
        self.tags.as_ref().is_none_or(|(_, tags)| tags.eval(&case.tags))
            && self.name.as_ref().is_none_or(|name| name.is_match(&case.name))
    }
}

fn operation(expression: &str) -> Result<TagOperation, CouldNotRun> {
    expression.trim().parse().map_err(|_| CouldNotRun::BadTags { expression: expression.to_owned() })
}

impl std::fmt::Display for Filter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let tags = self.tags.as_ref().map(|(expression, _)| format!("--tags '{expression}'"));
        let name = self.name.as_ref().map(|name| format!("--name '{name}'"));
        let filters: Vec<String> = tags.into_iter().chain(name).collect();
        write!(f, "{}", if filters.is_empty() { "the paths".to_owned() } else { filters.join(" ") })
    }
}

/// The cases at the lines that were asked for; all of them when none was.
pub(super) fn at_lines(cases: Vec<Case>, file: &File) -> Result<Vec<Case>, CouldNotRun> {
    if file.lines.is_empty() {
        return Ok(cases);
    }
    let covers = |case: &Case, line: usize| case.selectors.iter().any(|range| range.contains(&line));
    if let Some(&line) = file.lines.iter().find(|&&line| !cases.iter().any(|case| covers(case, line))) {
        let lines: Vec<String> = cases.iter().map(|case| format!("{:>4}  {}", case.line, case.name)).collect();
        let help = format!("the scenarios and example rows of this file stand at\n{}", lines.join("\n"));
        return Err(CouldNotRun::NoScenarioAtLine { path: file.path.display().to_string(), line, help });
    }
    Ok(cases.into_iter().filter(|case| file.lines.iter().any(|&line| covers(case, line))).collect())
}
