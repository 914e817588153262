//! `$filter`: comparisons, `in`, string functions and lambda operators, joined by `and`, `or` and `not`.

mod parser;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use serde_json::Value;

use super::Resource;
use crate::graph::error::GraphError;
use crate::tenant::Tenant;

/// A filter that has been read and fits the resource type.
#[derive(Debug)]
pub(super) struct Filter {
    root: Expression,
    /// Whether directory objects are filtered so only with `ConsistencyLevel: eventual`.
    pub(super) is_advanced: bool,
    /// For messages.
    text: String,
}

#[derive(Debug, PartialEq)]
enum Expression {
    And(Box<Expression>, Box<Expression>),
    Or(Box<Expression>, Box<Expression>),
    Not(Box<Expression>),
    Compare(Path, Operator, Literal),
    In(Path, Vec<Literal>),
    Text(TextFunction, Path, String),
    Any(Path, Option<Box<Expression>>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TextFunction {
    StartsWith,
    EndsWith,
    Contains,
}

/// What stands left of an operator: a property or navigation of the object, or the variable of a lambda.
#[derive(Debug, PartialEq)]
struct Path {
    root: Root,
    /// Members of a complex value; `$count` last is a number.
    rest: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Root {
    Property(&'static str),
    Navigation(&'static str),
    Variable,
}

#[derive(Clone, Debug, PartialEq)]
enum Literal {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    Time(Timestamp),
}

/// What the variable of a lambda stands for, within one.
type Variable<'a> = Option<&'a Value>;

impl Filter {
    pub(super) fn accepts<R: Resource>(&self, tenant: &Tenant, object: &R) -> Result<bool, GraphError> {
        let scope = Scope { tenant, object, variable: None };
        scope.holds(&self.root).ok_or_else(|| incompatible(&self.text))
    }

    /// The only values that `property` can have in an object that is accepted, where the filter says so.
    pub(super) fn pinned(&self, property: &str) -> Option<Vec<&str>> {
        pinned(&self.root, property)
    }

    /// How `property` begins in every object that is accepted, where the filter says so.
    pub(super) fn beginning(&self, property: &str) -> Option<&str> {
        beginning(&self.root, property)
    }
}

fn is_property(path: &Path, property: &str) -> bool {
    matches!(path.root, Root::Property(name) if name == property) && path.rest.is_empty()
}

fn beginning<'a>(expression: &'a Expression, property: &str) -> Option<&'a str> {
    match expression {
        Expression::And(left, right) => beginning(left, property).or_else(|| beginning(right, property)),
        Expression::Compare(path, Operator::Eq, Literal::Text(value)) if is_property(path, property) => Some(value),
        Expression::Text(TextFunction::StartsWith, path, start) if is_property(path, property) => Some(start),
        _ => None,
    }
}

fn pinned<'a>(expression: &'a Expression, property: &str) -> Option<Vec<&'a str>> {
    let is_it = |path: &Path| is_property(path, property);
    match expression {
        Expression::And(left, right) => pinned(left, property).or_else(|| pinned(right, property)),
        Expression::Compare(path, Operator::Eq, Literal::Text(value)) if is_it(path) => Some(vec![value.as_str()]),
        Expression::In(path, values) if is_it(path) => values
            .iter()
            .map(|value| if let Literal::Text(text) = value { Some(text.as_str()) } else { None })
            .collect(),
        _ => None,
    }
}

/// Where an expression is evaluated; `None` from its functions means that the types do not fit.
struct Scope<'a, R> {
    tenant: &'a Tenant,
    object: &'a R,
    variable: Variable<'a>,
}

impl<R: Resource> Scope<'_, R> {
    fn holds(&self, expression: &Expression) -> Option<bool> {
        match expression {
            Expression::And(left, right) => Some(self.holds(left)? && self.holds(right)?),
            Expression::Or(left, right) => Some(self.holds(left)? || self.holds(right)?),
            Expression::Not(inner) => self.holds(inner).map(|yes| !yes),
            Expression::Compare(path, operator, literal) => compare(&self.value(path), *operator, literal),
            Expression::In(path, literals) => {
                let value = self.value(path);
                let equal = literals.iter().map(|literal| compare(&value, Operator::Eq, literal));
                equal.collect::<Option<Vec<_>>>().map(|equal| equal.contains(&true))
            }
            Expression::Text(function, path, wanted) => text_matches(&self.value(path), *function, wanted),
            Expression::Any(path, condition) => self.any(&self.value(path), condition.as_deref()),
        }
    }

    fn any(&self, collection: &Value, condition: Option<&Expression>) -> Option<bool> {
        let items = collection.as_array().map(Vec::as_slice).unwrap_or_default();
        let Some(condition) = condition else { return Some(!items.is_empty()) };
        let holds = |item: &Value| {
            let inner = Scope { tenant: self.tenant, object: self.object, variable: Some(item) };
            inner.holds(condition)
        };
        items.iter().map(holds).collect::<Option<Vec<_>>>().map(|found| found.contains(&true))
    }

    fn value(&self, path: &Path) -> Value {
        let start = match path.root {
            Root::Property(name) => self.object.property(self.tenant, name).unwrap_or_default(),
            Root::Navigation(name) => {
                let related = self.object.related(self.tenant, name);
                related.iter().map(|object| object.brief(self.tenant)).collect()
            }
            Root::Variable => self.variable.cloned().unwrap_or_default(),
        };
        path.rest.iter().fold(start, |value, name| member(&value, name))
    }
}

fn member(value: &Value, name: &str) -> Value {
    match value {
        Value::Array(items) if name == "$count" => items.len().into(),
        Value::Object(members) => {
            let found = members.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        }
        _ => Value::Null,
    }
}

/// The directory compares strings without regard to case; nothing is greater or less than null.
fn compare(value: &Value, operator: Operator, literal: &Literal) -> Option<bool> {
    let order = match (value, literal) {
        (Value::Null, Literal::Null) => Some(std::cmp::Ordering::Equal),
        (Value::Null, _) | (_, Literal::Null) => None,
        (Value::Bool(value), Literal::Bool(wanted)) => Some(value.cmp(wanted)),
        (Value::Number(value), Literal::Number(wanted)) => value.as_f64()?.partial_cmp(wanted),
        (Value::String(value), Literal::Text(wanted)) => Some(value.to_lowercase().cmp(&wanted.to_lowercase())),
        (Value::String(value), Literal::Time(wanted)) => Some(value.parse::<Timestamp>().ok()?.cmp(wanted)),
        _ => return Option::None,
    };
    Some(match operator {
        Operator::Eq => order.is_some_and(std::cmp::Ordering::is_eq),
        Operator::Ne => !order.is_some_and(std::cmp::Ordering::is_eq),
        Operator::Gt => order.is_some_and(std::cmp::Ordering::is_gt),
        Operator::Ge => order.is_some_and(std::cmp::Ordering::is_ge),
        Operator::Lt => order.is_some_and(std::cmp::Ordering::is_lt),
        Operator::Le => order.is_some_and(std::cmp::Ordering::is_le),
    })
}

fn text_matches(value: &Value, function: TextFunction, wanted: &str) -> Option<bool> {
    let (value, wanted) = match value {
        Value::String(value) => (value.to_lowercase(), wanted.to_lowercase()),
        Value::Null => return Some(false),
        _ => return None,
    };
    Some(match function {
        TextFunction::StartsWith => value.starts_with(&wanted),
        TextFunction::EndsWith => value.ends_with(&wanted),
        TextFunction::Contains => value.contains(&wanted),
    })
}

fn incompatible(text: &str) -> GraphError {
    GraphError::bad_request(format!(
        "Invalid filter clause: A binary operator with incompatible types was detected in '{text}'."
    ))
}
