//! Objects that the tenant keeps as Graph shows them: checked against a shape, merged by PATCH.

use serde_json::{Map, Value};

use super::error::GraphError;

/// `changes` over `document`: objects within objects are merged, everything else is replaced. A property that the
/// document lacks is refused; null in the document stands for anything.
pub(super) fn merged(
    document: &Map<String, Value>,
    changes: &Map<String, Value>,
) -> Result<Map<String, Value>, GraphError> {
    let mut result = document.clone();
    for (name, change) in changes.iter().filter(|(name, _)| !name.contains("@odata.")) {
        let known = result.get_mut(name).ok_or_else(|| GraphError::undeclared_property(name))?;
        *known = match (&*known, change) {
            (Value::Object(inner), Value::Object(change)) => Value::Object(merged(inner, change)?),
            (Value::Null, change) | (Value::Object(_), change @ Value::Null) => change.clone(),
            (known, change) if same_type(known, change) => change.clone(),
            _ => return Err(GraphError::bad_request(format!("Invalid value specified for property '{name}'."))),
        };
    }
    Ok(result)
}

fn same_type(left: &Value, right: &Value) -> bool {
    std::mem::discriminant(left) == std::mem::discriminant(right) || right.is_null()
}

/// Checks that every item of the list at `path` is one of `allowed`.
pub(super) fn check_items(document: &Value, path: &[&str], allowed: &[&str]) -> Result<(), GraphError> {
    let found = path.iter().fold(document, |value, name| &value[name]);
    let is_allowed = |item: &Value| item.as_str().is_some_and(|item| allowed.contains(&item));
    match found.as_array().into_iter().flatten().find(|item| !is_allowed(item)) {
        Some(item) => Err(GraphError::bad_request(format!("{item} is no value of '{}'.", path.join("/")))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_change_is_merged_where_it_fits() {
        let check = |changes: Value| {
            let document = json!({ "a": { "b": [1], "c": null }, "d": true });
            let merged = merged(document.as_object().unwrap(), changes.as_object().unwrap());
            merged.map(|merged| Value::Object(merged).to_string()).ok()
        };
        assert_eq!(check(json!({ "a": { "b": [] } })).as_deref(), Some(r#"{"a":{"b":[],"c":null},"d":true}"#));
        assert_eq!(
            check(json!({ "a": { "c": { "x": 1 } } })).as_deref(),
            Some(r#"{"a":{"b":[1],"c":{"x":1}},"d":true}"#)
        );
        assert_eq!(check(json!({ "e": 1 })), None);
        assert_eq!(check(json!({ "d": "yes" })), None);
        assert_eq!(check(json!({ "a": { "x": 1 } })), None);
    }
}
