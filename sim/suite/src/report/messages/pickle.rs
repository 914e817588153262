//! `pickle`: a case as the stream names it, with pointers into the syntax tree.

use cucumber::gherkin::{Step, StepType};
use serde_json::{Value, json};

use super::{
    Ids,
    document::{Document, doc_string_content},
};
use crate::{Case, Origin, PlannedStep};

/// A `pickle` and the ids that test cases refer to.
pub(super) struct Pickle {
    pub(super) id: String,
    pub(super) steps: Vec<String>,
    pub(super) message: Value,
}

impl Pickle {
    pub(super) fn of(case: &Case, document: &Document, ids: &mut Ids) -> Self {
        let node = |line: usize| document.nodes.get(&line).cloned();
        let row = case.lines.row.and_then(node);
        let mut steps = Vec::new();
        let mut messages: Vec<Value> = Vec::new();
        for planned in &case.steps {
            let id = ids.next();
            let mut sources: Vec<String> = node(planned.step.position.line).into_iter().collect();
            sources.extend(row.clone().filter(|_| planned.origin == Origin::Scenario));
            messages.push(step(planned, &id, &sources));
            steps.push(id);
        }
        let id = ids.next();
        let sources: Vec<String> = node(case.lines.scenario).into_iter().chain(row).collect();
        let message = json!({
            "id": id,
            "uri": case.uri,
            "location": { "line": case.line },
            "name": case.name,
            "language": document.message["feature"]["language"],
            "tags": tags(case, document),
            "astNodeIds": sources,
            "steps": messages,
        });
        Self { id, steps, message }
    }
}

fn tags(case: &Case, document: &Document) -> Vec<Value> {
    let lines = &case.lines;
    let owners = [Some(lines.feature), lines.rule, Some(lines.scenario), lines.examples];
    let tags = owners.into_iter().flatten().filter_map(|line| document.tags.get(&line)).flatten();
    tags.map(|(name, id)| json!({ "name": format!("@{name}"), "astNodeId": id })).collect()
}

fn step(planned: &PlannedStep, id: &str, sources: &[String]) -> Value {
    let step = &planned.step;
    let kind = match step.ty {
        StepType::Given => "Context",
        StepType::When => "Action",
        StepType::Then => "Outcome",
    };
    let mut message = json!({ "id": id, "astNodeIds": sources, "type": kind, "text": step.value });
    let argument = argument(step);
    if argument.as_object().is_some_and(|argument| !argument.is_empty()) {
        message["argument"] = argument;
    }
    message
}

fn argument(step: &Step) -> Value {
    let mut argument = json!({});
    if let Some(content) = &step.docstring {
        argument["docString"] = json!({ "content": doc_string_content(content) });
    }
    if let Some(table) = &step.table {
        let cells = |row: &Vec<String>| row.iter().map(|cell| json!({ "value": cell })).collect::<Vec<_>>();
        let rows: Vec<Value> = table.rows.iter().map(|row| json!({ "cells": cells(row) })).collect();
        argument["dataTable"] = json!({ "rows": rows });
    }
    argument
}
