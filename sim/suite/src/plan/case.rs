//! One case: a written scenario, or one example row of an outline, with its background.

use std::ops::RangeInclusive;

use cucumber::{
    feature::{ExpandExamplesError, Ext as _},
    gherkin::{self, Examples, Rule, Scenario, Step},
};

use super::{Feature, layout};
use crate::CouldNotRun;

/// What is executed and counted as one scenario.
#[derive(Clone, Debug)]
pub struct Case {
    /// The index of its file in the plan.
    pub feature: usize,
    /// Its file, as reports and seeds name it.
    pub uri: String,
    /// The line that names it: the scenario's own, or its example row's.
    pub line: usize,
    /// 0 for a scenario without examples, else the number of the example row, from 1.
    pub row: usize,
    /// Its name, with the row's values filled in.
    pub name: String,
    /// Column and value of its example row; empty without examples.
    pub example: Vec<(String, String)>,
    /// The rule that it stands under.
    pub rule: Option<String>,
    /// Its own tags and those of its feature, rule and examples, without `@`.
    pub tags: Vec<String>,
    /// Background steps first.
    pub steps: Vec<PlannedStep>,
    /// The lines of the keywords that it comes from.
    pub(crate) lines: Lines,
    /// The lines that select it in `FILE:LINE`.
    pub(super) selectors: Vec<RangeInclusive<usize>>,
}

/// A step of a case.
#[derive(Clone, Debug)]
pub struct PlannedStep {
    /// Its text with the row's values filled in.
    pub step: Step,
    /// Where it is written.
    pub origin: Origin,
}

/// Where a step is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In the background of the feature or rule.
    Background,
    /// In the scenario itself.
    Scenario,
}

/// The lines of the keywords that a case comes from, outermost first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lines {
    pub(crate) feature: usize,
    pub(crate) rule: Option<usize>,
    pub(crate) scenario: usize,
    pub(crate) examples: Option<usize>,
    pub(crate) row: Option<usize>,
}

/// Every case of a file, in the order of the text.
pub(super) fn cases(feature: &Feature, index: usize) -> Result<Vec<Case>, CouldNotRun> {
    let own = feature.gherkin.scenarios.iter().map(|scenario| (None, scenario));
    let ruled = feature.gherkin.rules.iter().flat_map(|rule| rule.scenarios.iter().map(move |it| (Some(rule), it)));
    let mut cases = Vec::new();
    for (rule, scenario) in own.chain(ruled) {
        let context = Context { feature, index, rule, scenario };
        cases.extend(context.cases()?);
    }
    Ok(cases)
}

struct Context<'a> {
    feature: &'a Feature,
    index: usize,
    rule: Option<&'a Rule>,
    scenario: &'a Scenario,
}

impl Context<'_> {
    fn cases(&self) -> Result<Vec<Case>, CouldNotRun> {
        let at = (self.scenario.position.line, self.scenario.position.col);
        if self.scenario.steps.is_empty() {
            let help = "a step begins with Given, When, Then, And or But; other lines are the scenario's description";
            return Err(self.feature.error(at, "this scenario has no step", help));
        }
        self.check_examples()?;
        let rows = self.rows();
        let expanded = self.expanded()?;
        if rows.is_empty() {
            return Ok(expanded.iter().map(|scenario| self.case(scenario, None)).collect());
        }
        Ok(expanded.iter().zip(&rows).map(|(scenario, row)| self.case(scenario, Some(row))).collect())
    }

    fn case(&self, expanded: &Scenario, row: Option<&ExampleRow<'_>>) -> Case {
        let text = &self.feature.gherkin;
        let lines = Lines {
            feature: text.position.line,
            rule: self.rule.map(|rule| rule.position.line),
            scenario: self.scenario.position.line,
            examples: row.map(|row| row.examples.position.line),
            row: row.map(|row| row.line),
        };
        let rule_tags = self.rule.map(|rule| rule.tags.as_slice()).unwrap_or_default();
        let backgrounds = [text.background.as_ref(), self.rule.and_then(|rule| rule.background.as_ref())];
        let before = backgrounds.into_iter().flatten().flat_map(|background| &background.steps);
        let before = before.map(|step| PlannedStep { step: step.clone(), origin: Origin::Background });
        let own = expanded.steps.iter().map(|step| PlannedStep { step: step.clone(), origin: Origin::Scenario });
        Case {
            feature: self.index,
            uri: self.feature.uri.clone(),
            line: lines.row.unwrap_or(lines.scenario),
            row: row.map_or(0, |row| row.number),
            name: expanded.name.clone(),
            example: row.map(|_| example(expanded)).unwrap_or_default(),
            rule: self.rule.map(|rule| rule.name.clone()),
            tags: text.tags.iter().chain(rule_tags).chain(&expanded.tags).cloned().collect(),
            steps: before.chain(own).collect(),
            selectors: self.selectors(&lines, row),
            lines,
        }
    }

    /// An outline has examples, and each block of them rows that cucumber would not pass over in silence.
    fn check_examples(&self) -> Result<(), CouldNotRun> {
        let scenario = self.scenario;
        if scenario.examples.is_empty() && OUTLINES.contains(&scenario.keyword.as_str()) {
            let at = (scenario.position.line, scenario.position.col);
            return Err(self.feature.error(
                at,
                "this outline has no examples",
                "add `Examples:` with a table below it",
            ));
        }
        for examples in &scenario.examples {
            let at = (examples.position.line, examples.position.col);
            let Some([header, _, ..]) = examples.table.as_ref().map(|table| table.rows.as_slice()) else {
                return Err(self.feature.error(at, "these examples have no row", "add a row below the header"));
            };
            let twice = header.iter().enumerate().find(|(index, column)| header[..*index].contains(column));
            if let Some((_, column)) = twice {
                let problem = format!("two columns of these examples are named {column:?}");
                return Err(self.feature.error(at, &problem, "give each column a name of its own"));
            }
        }
        Ok(())
    }

    /// The scenario alone, expanded; cucumber expands whole features.
    fn expanded(&self) -> Result<Vec<Scenario>, CouldNotRun> {
        let mut alone = self.feature.gherkin.clone();
        alone.rules.clear();
        alone.scenarios = vec![self.scenario.clone()];
        alone.expand_examples().map(|feature| feature.scenarios).map_err(|error: ExpandExamplesError| {
            let place = self.place_of(&error.name).unwrap_or((self.scenario.position.line, self.scenario.position.col));
            let problem = format!("no column of the examples is named {:?}", error.name);
            self.feature.error(
                place,
                &problem,
                "name the column as the <placeholder>, or write the placeholder as a column",
            )
        })
    }

    /// Where `<name>` first stands in the scenario; cucumber names the step at best.
    fn place_of(&self, name: &str) -> Option<(usize, usize)> {
        let first = self.scenario.position.line;
        let below = self.feature.text.lines().enumerate().skip(first.saturating_sub(1));
        let mut hits = below.filter_map(|(index, line)| Some((index + 1, line.find(&format!("<{name}>"))? + 1)));
        hits.next()
    }

    /// Every row below a header, in the order in which cucumber expands them.
    fn rows(&self) -> Vec<ExampleRow<'_>> {
        let mut rows = Vec::new();
        for examples in &self.scenario.examples {
            let Some(table) = &examples.table else { continue };
            let placed = layout::table_rows(&self.feature.text, table.position.line, table.rows.len());
            for row in placed.into_iter().skip(1) {
                rows.push(ExampleRow { number: rows.len() + 1, line: row.place.line, examples });
            }
        }
        rows
    }

    fn selectors(&self, lines: &Lines, row: Option<&ExampleRow<'_>>) -> Vec<RangeInclusive<usize>> {
        let whole = [Some(lines.feature), lines.rule].into_iter().flatten().map(|line| line..=line);
        let start = self.first_line(lines.scenario);
        let own = match row {
            None => vec![start..=self.last_line(self.scenario.span)],
            Some(row) => {
                let first_examples = self.scenario.examples.first().map_or(start, |it| it.position.line);
                let head = row.examples.position.line;
                let header = row.examples.table.as_ref().map_or(head, |table| table.position.line);
                vec![
                    start..=self.first_line(first_examples).saturating_sub(1),
                    self.first_line(head)..=header,
                    row.line..=row.line,
                ]
            }
        };
        whole.chain(own).collect()
    }

    /// The line of the first tag above a keyword, or of the keyword.
    fn first_line(&self, keyword: usize) -> usize {
        layout::tags_above(&self.feature.text, keyword).first().map_or(keyword, |tag| tag.place.line)
    }

    fn last_line(&self, span: gherkin::Span) -> usize {
        let text = &self.feature.text;
        text.get(..span.end).unwrap_or(text).trim_end().lines().count()
    }
}

/// cucumber leaves the header and the row's own values with the expanded scenario.
fn example(expanded: &Scenario) -> Vec<(String, String)> {
    let table = expanded.examples.first().and_then(|examples| examples.table.as_ref());
    let rows = table.map(|table| table.rows.as_slice()).unwrap_or_default();
    match rows {
        [header, values, ..] => header.iter().cloned().zip(values.iter().cloned()).collect(),
        _ => Vec::new(),
    }
}

const OUTLINES: [&str; 2] = ["Scenario Outline", "Scenario Template"];

struct ExampleRow<'a> {
    number: usize,
    line: usize,
    examples: &'a Examples,
}
