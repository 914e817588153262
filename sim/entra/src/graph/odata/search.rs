//! `$search` over directory objects: quoted `"property:text"` clauses joined by `AND` and `OR`.

use serde_json::Value;

use super::{Resource, canonical};
use crate::graph::error::GraphError;
use crate::tenant::Tenant;

/// Any of these groups, of which every clause must hold.
#[derive(Debug)]
pub(super) struct Search(Vec<Vec<Clause>>);

#[derive(Debug)]
struct Clause {
    property: &'static str,
    /// Lower-case words.
    words: Vec<String>,
}

/// The properties that are searched word by word; the others from their start.
const BY_WORD: [&str; 2] = ["displayName", "description"];

impl Search {
    pub(super) fn parse<R: Resource>(text: &str) -> Result<Self, GraphError> {
        let mut groups = vec![Vec::new()];
        let mut rest = text.trim();
        loop {
            let (inside, after) =
                rest.strip_prefix('"').and_then(|rest| rest.split_once('"')).ok_or_else(|| bad(text))?;
            groups.last_mut().ok_or_else(|| bad(text))?.push(clause::<R>(inside)?);
            rest = after.trim_start();
            if rest.is_empty() {
                return Ok(Self(groups));
            } else if let Some(after) = rest.strip_prefix("OR ") {
                groups.push(Vec::new());
                rest = after.trim_start();
            } else {
                rest = rest.strip_prefix("AND ").ok_or_else(|| bad(text))?.trim_start();
            }
        }
    }

    pub(super) fn accepts<R: Resource>(&self, tenant: &Tenant, object: &R) -> bool {
        let holds = |clause: &Clause| match object.property(tenant, clause.property) {
            Some(Value::String(value)) => clause.matches(&value.to_lowercase()),
            _ => false,
        };
        self.0.iter().any(|group| group.iter().all(holds))
    }
}

impl Clause {
    fn matches(&self, value: &str) -> bool {
        if !BY_WORD.contains(&self.property) {
            return value.starts_with(&self.words.join(" "));
        }
        let words: Vec<&str> = value.split(|c: char| !c.is_alphanumeric()).collect();
        self.words.iter().all(|wanted| words.iter().any(|word| word.starts_with(wanted)))
    }
}

fn clause<R: Resource>(text: &str) -> Result<Clause, GraphError> {
    let (property, wanted) = text.split_once(':').ok_or_else(|| bad(text))?;
    let property = canonical::<R>(property.trim())?;
    let lower = wanted.to_lowercase();
    let words: Vec<String> = if BY_WORD.contains(&property) {
        lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    } else {
        lower.split_whitespace().map(str::to_owned).collect()
    };
    if words.is_empty() { Err(bad(text)) } else { Ok(Clause { property, words }) }
}

fn bad(text: &str) -> GraphError {
    GraphError::bad_request(format!(
        "Syntax error: the $search clause '{text}' is not of the form \"property:text\", joined by AND or OR."
    ))
}
