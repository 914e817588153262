//! `source` and `gherkinDocument`: the syntax tree with an id for every node.

use std::collections::BTreeMap;

use cucumber::gherkin::{Background, Examples, LineCol, Rule, Scenario, Step, StepType, Table};
use serde_json::{Value, json};

use super::Ids;
use crate::{
    Feature,
    plan::layout::{self, Place, PlacedRow},
};

/// A `gherkinDocument` and the ids that pickles refer to.
pub(super) struct Document {
    pub(super) message: Value,
    /// Steps, scenarios and table rows, by their line.
    pub(super) nodes: BTreeMap<usize, String>,
    /// Tags as name and id, by the line of the keyword that they stand above.
    pub(super) tags: BTreeMap<usize, Vec<(String, String)>>,
}

pub(super) fn source(feature: &Feature) -> Value {
    json!({ "uri": feature.uri, "data": feature.text, "mediaType": "text/x.cucumber.gherkin+plain" })
}

impl Document {
    pub(super) fn of(feature: &Feature, ids: &mut Ids) -> Self {
        let mut writer = Writer { text: &feature.text, ids, nodes: BTreeMap::new(), tags: BTreeMap::new() };
        let root = writer.feature(feature);
        let comments: Vec<Value> = layout::comments(&feature.text)
            .into_iter()
            .map(|comment| json!({ "location": at(comment.place), "text": comment.text }))
            .collect();
        let message = json!({ "uri": feature.uri, "feature": root, "comments": comments });
        Self { message, nodes: writer.nodes, tags: writer.tags }
    }
}

struct Writer<'a> {
    text: &'a str,
    ids: &'a mut Ids,
    nodes: BTreeMap<usize, String>,
    tags: BTreeMap<usize, Vec<(String, String)>>,
}

impl Writer<'_> {
    fn feature(&mut self, feature: &Feature) -> Value {
        let root = &feature.gherkin;
        let mut children: Vec<Value> = Vec::new();
        children.extend(root.background.as_ref().map(|it| json!({ "background": self.background(it) })));
        children.extend(root.scenarios.iter().map(|it| json!({ "scenario": self.scenario(it) })));
        children.extend(root.rules.iter().map(|it| json!({ "rule": self.rule(it) })));
        json!({
            "location": location(root.position),
            "tags": self.tags(root.position),
            "language": layout::language(self.text).map_or("en", |(_, language)| language),
            "keyword": root.keyword,
            "name": root.name,
            "description": root.description.as_deref().unwrap_or_default(),
            "children": children,
        })
    }

    fn rule(&mut self, rule: &Rule) -> Value {
        let mut children: Vec<Value> = Vec::new();
        children.extend(rule.background.as_ref().map(|it| json!({ "background": self.background(it) })));
        children.extend(rule.scenarios.iter().map(|it| json!({ "scenario": self.scenario(it) })));
        json!({
            "id": self.node(rule.position.line),
            "location": location(rule.position),
            "tags": self.tags(rule.position),
            "keyword": rule.keyword,
            "name": rule.name,
            "description": rule.description.as_deref().unwrap_or_default(),
            "children": children,
        })
    }

    fn background(&mut self, background: &Background) -> Value {
        json!({
            "id": self.node(background.position.line),
            "location": location(background.position),
            "keyword": background.keyword,
            "name": background.name,
            "description": background.description.as_deref().unwrap_or_default(),
            "steps": self.steps(&background.steps),
        })
    }

    fn scenario(&mut self, scenario: &Scenario) -> Value {
        json!({
            "id": self.node(scenario.position.line),
            "location": location(scenario.position),
            "tags": self.tags(scenario.position),
            "keyword": scenario.keyword,
            "name": scenario.name,
            "description": scenario.description.as_deref().unwrap_or_default(),
            "steps": self.steps(&scenario.steps),
            "examples": scenario.examples.iter().map(|it| self.examples(it)).collect::<Vec<_>>(),
        })
    }

    fn examples(&mut self, examples: &Examples) -> Value {
        let mut rows = examples.table.as_ref().map(|table| self.rows(table)).unwrap_or_default().into_iter();
        let mut message = json!({
            "id": self.node(examples.position.line),
            "location": location(examples.position),
            "tags": self.tags(examples.position),
            "keyword": examples.keyword,
            "name": examples.name.as_deref().unwrap_or_default(),
            "description": examples.description.as_deref().unwrap_or_default(),
        });
        if let Some(header) = rows.next() {
            message["tableHeader"] = header;
        }
        message["tableBody"] = rows.collect();
        message
    }

    fn steps(&mut self, steps: &[Step]) -> Vec<Value> {
        steps.iter().map(|step| self.step(step)).collect()
    }

    fn step(&mut self, step: &Step) -> Value {
        let mut message = json!({
            "id": self.node(step.position.line),
            "location": location(step.position),
            "keyword": step.keyword,
            "keywordType": keyword_type(step),
            "text": step.value,
        });
        if let Some(table) = &step.table {
            let place = json!({ "line": table.position.line, "column": table.position.col });
            message["dataTable"] = json!({ "location": place, "rows": self.rows(table) });
        }
        if let Some(content) = &step.docstring
            && let Some(placed) = layout::doc_string_below(self.text, step.position.line)
        {
            let mut doc_string = json!({
                "location": at(placed.place),
                "content": doc_string_content(content),
                "delimiter": placed.delimiter,
            });
            if !placed.media_type.is_empty() {
                doc_string["mediaType"] = placed.media_type.into();
            }
            message["docString"] = doc_string;
        }
        message
    }

    fn rows(&mut self, table: &Table) -> Vec<Value> {
        let placed = layout::table_rows(self.text, table.position.line, table.rows.len());
        placed.iter().zip(&table.rows).map(|(placed, cells)| self.row(placed, cells)).collect()
    }

    fn row(&mut self, placed: &PlacedRow, cells: &[String]) -> Value {
        let cells =
            placed.cells.iter().zip(cells).map(|(&place, cell)| json!({ "location": at(place), "value": cell }));
        let cells: Vec<Value> = cells.collect();
        json!({ "id": self.node(placed.place.line), "location": at(placed.place), "cells": cells })
    }

    fn tags(&mut self, keyword: LineCol) -> Vec<Value> {
        let mut known = Vec::new();
        let mut messages = Vec::new();
        for tag in layout::tags_above(self.text, keyword.line) {
            let id = self.ids.next();
            messages.push(json!({ "id": id, "location": at(tag.place), "name": format!("@{}", tag.name) }));
            known.push((tag.name, id));
        }
        self.tags.insert(keyword.line, known);
        messages
    }

    /// No two nodes with an id share a line.
    fn node(&mut self, line: usize) -> String {
        let id = self.ids.next();
        self.nodes.insert(line, id.clone());
        id
    }
}

/// The text between the delimiter lines, without their indent: the parser leaves the rest of the opening line in, and
/// with a media type there it finds no common indent to take away.
pub(super) fn doc_string_content(content: &str) -> String {
    let inner = content.split_once('\n').map_or(content, |(_, inner)| inner);
    let inner = inner.trim_end_matches([' ', '\t']);
    let inner = inner.strip_suffix('\n').unwrap_or(inner);
    let full = inner.lines().filter(|line| !line.trim().is_empty());
    let indent = full.map(|line| line.len() - line.trim_start().len()).min().unwrap_or_default();
    inner.lines().map(|line| line.get(indent..).unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

fn keyword_type(step: &Step) -> &'static str {
    match (step.keyword.trim(), step.ty) {
        ("*", _) => "Unknown",
        ("And" | "But", _) => "Conjunction",
        (_, StepType::Given) => "Context",
        (_, StepType::When) => "Action",
        (_, StepType::Then) => "Outcome",
    }
}

fn location(position: LineCol) -> Value {
    json!({ "line": position.line, "column": position.col })
}

fn at(place: Place) -> Value {
    json!({ "line": place.line, "column": place.column })
}
