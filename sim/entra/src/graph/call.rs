//! One Graph request on its way to its handler.

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::access::Caller;
use super::error::GraphError;
use super::odata::Query;
use super::routes::Captures;
use crate::directory::{Group, User};
use crate::event::Event;
use crate::tenant::Tenant;

/// The text of a property that a new object of type `resource` must have.
pub(super) fn text<'a>(body: &'a Map<String, Value>, property: &str, resource: &str) -> Result<&'a str, GraphError> {
    match body.get(property) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text),
        None | Some(Value::Null) => Err(GraphError::value_required(property, resource)),
        Some(_) => Err(GraphError::invalid_value(property, resource)),
    }
}

/// Everything that a handler works with.
pub(crate) struct Call<'a> {
    pub(crate) tenant: &'a mut Tenant,
    pub(crate) now: Timestamp,
    pub(crate) caller: Caller,
    pub(crate) captures: Captures,
    pub(crate) query: Query,
    pub(crate) version: &'static str,
    pub(crate) body: &'a Bytes,
}

impl Call<'_> {
    /// The user whom the path names: the caller for `/me`, by id or principal name for `/users/{user}`.
    pub(crate) fn user(&self) -> Result<&User, GraphError> {
        let Some(key) = self.captures.get("user") else {
            let id = self.caller.user().ok_or_else(GraphError::denied)?;
            return self.tenant.user(id).ok_or_else(|| GraphError::no_such_object(&id.to_string()));
        };
        let by_id = Uuid::parse_str(key).ok().and_then(|id| self.tenant.user(id));
        by_id.or_else(|| self.tenant.user_by_name(key)).ok_or_else(|| GraphError::no_such_object(key))
    }

    /// The group whom the path names.
    pub(crate) fn group(&self) -> Result<&Group, GraphError> {
        let key = self.captures.get("group").unwrap_or_default();
        let id = Uuid::parse_str(key).map_err(|_| GraphError::no_such_object(key))?;
        self.tenant.group(id).ok_or_else(|| GraphError::no_such_object(key))
    }

    /// The body as a JSON object whose properties are all among `known`.
    pub(crate) fn json(&self, known: &[&str]) -> Result<Map<String, Value>, GraphError> {
        let unreadable = |_| {
            GraphError::bad_request(
                "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
            )
        };
        let body: Map<String, Value> = serde_json::from_slice(self.body).map_err(unreadable)?;
        match body.keys().find(|key| !known.contains(&key.as_str()) && *key != "@odata.type") {
            Some(key) => Err(GraphError::bad_request(format!(
                "Property '{key}' does not exist as a declared property or extension property."
            ))),
            None => Ok(body),
        }
    }

    /// `https://graph.microsoft.com/v1.0/$metadata#..`
    pub(crate) fn context(&self, what: &str) -> Value {
        format!("https://graph.microsoft.com/{}/$metadata#{what}", self.version).into()
    }

    /// Where a new directory object is.
    pub(crate) fn location(&self, id: Uuid, kind: &str) -> Option<String> {
        let tenant = self.tenant.id();
        let path = format!("directoryObjects/{id}/Microsoft.DirectoryServices.{kind}");
        Some(format!("https://graph.microsoft.com/v2/{tenant}/{path}"))
    }

    /// Puts a change into the journal.
    pub(crate) fn record(&mut self, what: String) {
        self.tenant.record(Event::DirectoryChanged { by: self.caller.name().to_owned(), what });
    }
}
