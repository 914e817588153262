//! `$orderby`: properties, each ascending or descending.

use std::cmp::Ordering;

use serde_json::Value;

use super::{Resource, canonical};
use crate::graph::error::GraphError;
use crate::tenant::Tenant;

/// The order of a collection.
#[derive(Debug, Default)]
pub(super) struct Order(Vec<(&'static str, Direction)>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Ascending,
    Descending,
}

impl Order {
    pub(super) fn parse<R: Resource>(text: &str) -> Result<Self, GraphError> {
        let term = |term: &str| {
            let mut words = term.split_whitespace();
            let property = canonical::<R>(words.next().unwrap_or_default())?;
            let direction = match (words.next(), words.next()) {
                (None | Some("asc"), None) => Direction::Ascending,
                (Some("desc"), None) => Direction::Descending,
                _ => return Err(GraphError::bad_request(format!("Syntax error in the $orderby clause '{text}'."))),
            };
            Ok((property, direction))
        };
        text.split(',').map(term).collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn is_natural(&self) -> bool {
        self.0.is_empty()
    }

    /// What an object is ordered by.
    pub(super) fn key<R: Resource>(&self, tenant: &Tenant, object: &R) -> Vec<Value> {
        let value = |(property, _): &(&'static str, Direction)| match object.property(tenant, property) {
            Some(Value::String(text)) => text.to_lowercase().into(),
            other => other.unwrap_or_default(),
        };
        self.0.iter().map(value).collect()
    }

    /// Null comes first, as the directory has it.
    pub(super) fn compare(&self, left: &[Value], right: &[Value]) -> Ordering {
        let pairs = self.0.iter().zip(left.iter().zip(right));
        let unequal = pairs.map(|((_, direction), (left, right))| match direction {
            Direction::Ascending => compare(left, right),
            Direction::Descending => compare(right, left),
        });
        unequal.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }
}

fn compare(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::String(left), Value::String(right)) => left.cmp(right),
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        (Value::Number(left), Value::Number(right)) => {
            left.as_f64().partial_cmp(&right.as_f64()).unwrap_or(Ordering::Equal)
        }
        (left, right) => right.is_null().cmp(&left.is_null()),
    }
}
