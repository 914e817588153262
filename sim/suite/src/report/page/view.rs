//! What the page shows, as plain words: the template only lays it out.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::{Case, Origin, Outcome, Run, StandingScreen, StepStatus, replay_command};

/// A feature and its scenarios.
pub(super) struct FeatureView {
    pub(super) name: String,
    pub(super) uri: String,
    pub(super) scenarios: Vec<ScenarioView>,
}

/// A line of the list of scenarios.
pub(super) struct ScenarioView {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) rule: Option<String>,
    pub(super) place: String,
    /// The values of its example row, `column = value`.
    pub(super) example: Vec<String>,
    pub(super) tags: Vec<String>,
    pub(super) status: &'static str,
    pub(super) duration: String,
    pub(super) steps: Vec<StepView>,
}

/// One step.
pub(super) struct StepView {
    pub(super) keyword: String,
    pub(super) text: String,
    pub(super) argument: String,
    pub(super) line: usize,
    pub(super) status: &'static str,
    pub(super) background: bool,
    pub(super) duration: String,
    pub(super) complaint: String,
}

/// A scenario that failed, with everything that explains it.
pub(super) struct FailureView {
    pub(super) feature: String,
    pub(super) scenario: ScenarioView,
    /// What speaks against it and belongs to no step.
    pub(super) complaints: Vec<String>,
    pub(super) replay: String,
    pub(super) screens: Vec<StandingScreen>,
    pub(super) journal: Vec<EntryView>,
}

/// One line of the journal.
pub(super) struct EntryView {
    pub(super) at: String,
    pub(super) actor: String,
    /// `screen`, `http`, ...
    pub(super) kind: String,
    pub(super) text: String,
    /// The rest of the entry, a member a line, or empty.
    pub(super) detail: String,
}

pub(super) fn features(outcome: &Outcome) -> Vec<FeatureView> {
    let features = outcome.plan.features.iter().enumerate();
    features
        .map(|(index, feature)| FeatureView {
            name: feature.gherkin.name.clone(),
            uri: feature.uri.clone(),
            scenarios: outcome
                .cases()
                .filter(|(case, _)| case.feature == index)
                .map(|(case, run)| ScenarioView::of(outcome, case, run))
                .collect(),
        })
        .collect()
}

impl FailureView {
    pub(super) fn of(outcome: &Outcome, case: &Case, run: &Run) -> Self {
        let feature = &outcome.plan.features[case.feature];
        let setup = run.setup.iter().map(|failure| format!("The scenario could not begin.\n{failure}"));
        let problems = run.problems.iter().map(|problem| format!("Broken invariant: {problem}"));
        Self {
            feature: feature.gherkin.name.clone(),
            scenario: ScenarioView::of(outcome, case, Some(run)),
            complaints: setup.chain(problems).collect(),
            replay: replay_command(feature, case, &outcome.options),
            screens: run.screens.clone(),
            journal: run.journal.iter().map(EntryView::of).collect(),
        }
    }
}

impl ScenarioView {
    fn of(outcome: &Outcome, case: &Case, run: Option<&Run>) -> Self {
        let file = outcome.plan.features[case.feature].path.display();
        Self {
            id: format!("s{}-{}", case.feature, case.line),
            name: case.name.clone(),
            rule: case.rule.clone(),
            place: format!("{file}:{}", case.line),
            example: case.example.iter().map(|(column, value)| format!("{column} = {value}")).collect(),
            tags: case.tags.clone(),
            status: match run {
                None => "skipped",
                Some(run) if run.passed() => "passed",
                Some(_) => "failed",
            },
            duration: run.map(|run| duration(run.duration)).unwrap_or_default(),
            steps: steps(case, run),
        }
    }
}

fn steps(case: &Case, run: Option<&Run>) -> Vec<StepView> {
    let planned = case.steps.iter().enumerate();
    planned
        .map(|(index, planned)| {
            let result = run.and_then(|run| run.steps.get(index));
            let status = result.map_or(&StepStatus::Skipped, |result| &result.status);
            StepView {
                keyword: planned.step.keyword.trim().to_owned(),
                text: planned.step.value.clone(),
                argument: argument(planned.step.docstring.as_deref(), planned.step.table.as_ref().map(|it| &it.rows)),
                line: planned.step.position.line,
                status: status_word(status),
                background: planned.origin == Origin::Background,
                duration: match status {
                    StepStatus::Skipped => String::new(),
                    _ => result.map(|result| duration(result.duration)).unwrap_or_default(),
                },
                complaint: status.complaint().unwrap_or_default(),
            }
        })
        .collect()
}

/// A doc string, or a table with its columns aligned.
fn argument(doc_string: Option<&str>, table: Option<&Vec<Vec<String>>>) -> String {
    let rows = table.map(Vec::as_slice).unwrap_or_default();
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let line = |row: &Vec<String>| {
        let cells = row.iter().enumerate().map(|(column, cell)| {
            let width = width(column).unwrap_or_default();
            format!("| {cell:<width$} ")
        });
        format!("{}|", cells.collect::<String>())
    };
    let text = doc_string.map(|text| text.trim().to_owned());
    text.into_iter().chain(rows.iter().map(line)).collect::<Vec<_>>().join("\n")
}

fn status_word(status: &StepStatus) -> &'static str {
    match status {
        StepStatus::Passed => "passed",
        StepStatus::Failed(_) => "failed",
        StepStatus::Undefined { .. } => "undefined",
        StepStatus::Ambiguous { .. } => "ambiguous",
        StepStatus::Skipped => "skipped",
    }
}

impl EntryView {
    fn of(entry: &Map<String, Value>) -> Self {
        let mut rest = entry.clone();
        // `shift_remove` keeps the order of what is left.
        let mut word = |key: &str| match rest.shift_remove(key) {
            None => String::new(),
            Some(Value::String(text)) => text,
            Some(other) => other.to_string(),
        };
        let (at, actor, kind, text) = (word("at"), word("actor"), word("kind"), word("text"));
        let detail = rest.iter().map(|(name, value)| detail(name, value)).collect::<Vec<_>>().join("\n");
        if text.is_empty() {
            return Self { at, actor, kind, text: detail, detail: String::new() };
        }
        Self { at, actor, kind, text, detail }
    }
}

/// `name: value`; a value of several lines, such as a screen, begins on a line of its own.
fn detail(name: &str, value: &Value) -> String {
    match value.as_str().map(str::trim_end) {
        None => format!("{name}: {value}"),
        Some(text) if text.contains('\n') => format!("{name}:\n{text}"),
        Some(text) => format!("{name}: {text}"),
    }
}

/// A duration as people read it: `0.4 ms`, `12 ms`, `1.25 s`.
pub(super) fn duration(duration: Duration) -> String {
    let milliseconds = duration.as_secs_f64() * 1000.0;
    if milliseconds < 10.0 {
        format!("{milliseconds:.1} ms")
    } else if milliseconds < 1000.0 {
        format!("{milliseconds:.0} ms")
    } else {
        format!("{:.2} s", milliseconds / 1000.0)
    }
}
