//! `$filter`: comparisons by `eq` and `startswith`, joined by `and`. Everything else is refused, never ignored.

use serde_json::Value;

use super::Shape;
use crate::graph::error::GraphError;

/// A filter: every condition must hold.
#[derive(Debug)]
pub(super) struct Filter<'a> {
    shape: &'a Shape,
    conditions: Vec<Condition>,
}

#[derive(Debug, PartialEq)]
struct Condition {
    property: String,
    test: Test,
}

#[derive(Debug, PartialEq)]
enum Test {
    Equals(Value),
    StartsWith(String),
}

/// Strings (single quotes, doubled inside), words and punctuation.
#[derive(Debug, PartialEq)]
enum Token {
    Text(String),
    Word(String),
    Mark(char),
}

impl<'a> Filter<'a> {
    pub(super) fn parse(text: &str, shape: &'a Shape) -> Result<Self, GraphError> {
        let tokens = tokens(text).ok_or_else(|| invalid(text))?;
        let mut conditions = Vec::new();
        let mut rest = tokens.as_slice();
        loop {
            let (condition, after) = condition(rest).ok_or_else(|| unsupported(text))?;
            conditions.push(condition);
            match after {
                [] => return Ok(Self { shape, conditions }),
                [Token::Word(and), after @ ..] if and == "and" => rest = after,
                _ => return Err(unsupported(text)),
            }
        }
    }

    pub(super) fn accepts(&self, object: &Value) -> Result<bool, GraphError> {
        for condition in &self.conditions {
            let object = object.as_object().into_iter().flatten();
            let mut object = object.filter(|(name, _)| name.eq_ignore_ascii_case(&condition.property));
            let (_, value) = object.next().ok_or_else(|| self.shape.unknown_property(&condition.property))?;
            if !condition.test.accepts(value) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl Test {
    /// The directory compares strings without regard to case.
    fn accepts(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Equals(Value::String(wanted)), Value::String(value)) => {
                value.to_lowercase() == wanted.to_lowercase()
            }
            (Self::Equals(wanted), value) => value == wanted,
            (Self::StartsWith(prefix), Value::String(value)) => {
                value.to_lowercase().starts_with(&prefix.to_lowercase())
            }
            (Self::StartsWith(_), _) => false,
        }
    }
}

/// The condition at the start, and what follows it.
fn condition(tokens: &[Token]) -> Option<(Condition, &[Token])> {
    match tokens {
        [
            Token::Word(function),
            Token::Mark('('),
            Token::Word(property),
            Token::Mark(','),
            Token::Text(prefix),
            Token::Mark(')'),
            rest @ ..,
        ] if function.eq_ignore_ascii_case("startswith") => {
            Some((Condition { property: property.clone(), test: Test::StartsWith(prefix.clone()) }, rest))
        }
        [Token::Word(property), Token::Word(operator), operand, rest @ ..] if operator == "eq" => {
            let value = match operand {
                Token::Text(text) => Value::from(text.as_str()),
                Token::Word(word) if word == "true" => Value::Bool(true),
                Token::Word(word) if word == "false" => Value::Bool(false),
                Token::Word(word) if word == "null" => Value::Null,
                _ => return None,
            };
            Some((Condition { property: property.clone(), test: Test::Equals(value) }, rest))
        }
        _ => None,
    }
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(&next) = chars.peek() {
        match next {
            '\'' => {
                chars.next();
                tokens.push(Token::Text(quoted(&mut chars)?));
            }
            '(' | ')' | ',' => {
                chars.next();
                tokens.push(Token::Mark(next));
            }
            _ if next.is_whitespace() => {
                chars.next();
            }
            _ => {
                let mut word = String::new();
                while let Some(c) = chars.next_if(|c| !c.is_whitespace() && !"(),'".contains(*c)) {
                    word.push(c);
                }
                tokens.push(Token::Word(word));
            }
        }
    }
    Some(tokens)
}

/// The rest of a string after its opening quote; `None` when it never closes.
fn quoted(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<String> {
    let mut text = String::new();
    loop {
        match chars.next()? {
            '\'' if chars.next_if_eq(&'\'').is_some() => text.push('\''),
            '\'' => return Some(text),
            c => text.push(c),
        }
    }
}

fn invalid(text: &str) -> GraphError {
    GraphError::bad_request(format!("Invalid filter clause: There is an unterminated string literal in '{text}'."))
}

fn unsupported(text: &str) -> GraphError {
    GraphError::unsupported_query(format!("Unsupported or invalid query filter clause specified: {text}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SHAPE: Shape = Shape { kind: "user", default: &[] };

    fn check(filter: &str) -> Result<bool, GraphError> {
        let object = json!({ "id": "1", "displayName": "Conan O'Brien", "accountEnabled": true, "mail": null });
        Filter::parse(filter, &SHAPE)?.accepts(&object)
    }

    #[test]
    fn conditions_are_evaluated_without_regard_to_case() {
        for (filter, accepted) in [
            ("displayName eq 'conan o''brien'", true),
            ("DISPLAYNAME eq 'Conan'", false),
            ("startswith(displayName,'CON')", true),
            ("startsWith(displayName, 'x')", false),
            ("accountEnabled eq true and id eq '1'", true),
            ("accountEnabled eq false and id eq '1'", false),
            ("mail eq null", true),
        ] {
            assert_eq!(check(filter), Ok(accepted), "{filter}");
        }
    }

    #[test]
    fn what_cannot_be_evaluated_is_refused() {
        for (filter, code) in [
            ("displayName ne 'x'", "Request_UnsupportedQuery"),
            ("displayName eq 'x' or id eq '1'", "Request_UnsupportedQuery"),
            ("endswith(displayName,'x')", "Request_UnsupportedQuery"),
            ("displayName eq 'x", "BadRequest"),
            ("displayName eq x", "Request_UnsupportedQuery"),
            ("", "Request_UnsupportedQuery"),
            ("shoeSize eq '1'", "BadRequest"),
        ] {
            assert_eq!(check(filter).unwrap_err().code, code, "{filter}");
        }
    }
}
