//! One Graph request on its way to its handler.

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::access::{self, Caller};
use super::error::GraphError;
use super::odata::{Plan, Query, Resource};
use super::routes::Captures;
use super::service_principals::Principal;
use crate::applications::{Application, ClientKind};
use crate::directory::{Device, Group, User};
use crate::roles::{Right, Role};
use crate::tenant::{Activity, Tenant};

/// The text of a property that a new object of type `resource` must have.
pub(super) fn text<'a>(body: &'a Map<String, Value>, property: &str, resource: &str) -> Result<&'a str, GraphError> {
    match body.get(property) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text),
        None | Some(Value::Null) => Err(GraphError::value_required(property, resource)),
        Some(_) => Err(GraphError::invalid_value(property, resource)),
    }
}

/// The text of a property that may be missing or null.
pub(super) fn optional_text<'a>(
    body: &'a Map<String, Value>,
    property: &str,
    resource: &str,
) -> Result<Option<&'a str>, GraphError> {
    match body.get(property) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(GraphError::invalid_value(property, resource)),
    }
}

/// A flag that may be missing.
pub(super) fn flag(body: &Map<String, Value>, property: &str, resource: &str) -> Result<Option<bool>, GraphError> {
    match body.get(property) {
        None => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(_) => Err(GraphError::invalid_value(property, resource)),
    }
}

/// An id that must be there.
pub(super) fn guid(body: &Map<String, Value>, property: &str, resource: &str) -> Result<Uuid, GraphError> {
    let value = text(body, property, resource)?;
    Uuid::parse_str(value).map_err(|_| GraphError::invalid_value(property, resource))
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

    /// `users/{id}`, or `me`, for links.
    pub(crate) fn user_path(&self) -> Result<String, GraphError> {
        Ok(match self.captures.get("user") {
            Some(_) => format!("users/{}", self.user()?.id),
            None => "me".to_owned(),
        })
    }

    /// The group whom the path names.
    pub(crate) fn group(&self) -> Result<&Group, GraphError> {
        self.named("group", |id| self.tenant.group(id))
    }

    /// The device that the path names, by object id or device id.
    pub(crate) fn device(&self) -> Result<&Device, GraphError> {
        let by_device_id = |id| self.tenant.device(id);
        if self.has_alternate_key("device") {
            self.named("device", by_device_id)
        } else {
            self.named("device", |id| self.tenant.device_object(id))
        }
    }

    /// The registration that the path names, by object id or client id.
    pub(crate) fn application(&self) -> Result<&Application, GraphError> {
        let is_registered = |application: &&Application| application.kind != ClientKind::FirstParty;
        let by_app_id = |id| self.tenant.application(id).filter(is_registered);
        if self.has_alternate_key("application") {
            self.named("application", by_app_id)
        } else {
            self.named("application", |id| self.tenant.application_object(id))
        }
    }

    /// The service principal that the path names, by object id or client id.
    pub(crate) fn principal(&self) -> Result<Principal<'_>, GraphError> {
        if self.has_alternate_key("principal") {
            self.named("principal", |id| Principal::by_app_id(self.tenant, id))
        } else {
            self.named("principal", |id| Principal::by_id(self.tenant, id))
        }
    }

    /// The activated role that the path names, by object id or template id.
    pub(crate) fn role(&self) -> Result<Role, GraphError> {
        let tenant = self.tenant.id();
        let role = if self.has_alternate_key("role") {
            self.named("role", Role::by_template_id)?
        } else {
            self.named("role", |id| Role::by_object_id(tenant, id))?
        };
        let key = self.captures.get("role").unwrap_or_default();
        if self.tenant.activated_roles().contains(&role) { Ok(role) } else { Err(GraphError::no_such_object(key)) }
    }

    /// The object that `{name}` names, found by its id.
    pub(crate) fn named<T>(&self, name: &str, find: impl FnOnce(Uuid) -> Option<T>) -> Result<T, GraphError> {
        let key = self.captures.get(name).unwrap_or_default();
        let found = Uuid::parse_str(key).ok().and_then(find);
        found.ok_or_else(|| GraphError::no_such_object(key))
    }

    fn has_alternate_key(&self, name: &str) -> bool {
        self.captures.key(name).is_some_and(|key| key.property.is_some())
    }

    /// Whether the caller's role, if a user calls, allows something upon somebody.
    pub(crate) fn check_reach(&self, right: Right, target: Option<&User>) -> Result<(), GraphError> {
        let Some(id) = self.caller.user() else { return Ok(()) };
        let user = self.tenant.user(id).ok_or_else(GraphError::denied)?;
        if access::reaches(self.tenant, user, right, target) { Ok(()) } else { Err(GraphError::denied()) }
    }

    /// The body as a JSON object whose properties are all among `known`.
    pub(crate) fn json(&self, known: &[&str]) -> Result<Map<String, Value>, GraphError> {
        let body = self.any_json()?;
        match body.keys().find(|key| !known.contains(&key.as_str()) && *key != "@odata.type") {
            Some(key) => Err(GraphError::undeclared_property(key)),
            None => Ok(body),
        }
    }

    /// The body as a JSON object.
    pub(crate) fn any_json(&self) -> Result<Map<String, Value>, GraphError> {
        serde_json::from_slice(self.body).map_err(|_| GraphError::unreadable_body())
    }

    /// One object under the query's options.
    pub(crate) fn entity<R: Resource>(&self, set: &str, object: &R) -> Result<Value, GraphError> {
        Ok(Plan::<R>::of_entity(&self.query)?.entity(self, set, object))
    }

    /// One object whole, whatever the query says: the answer to a creation.
    pub(crate) fn created<R: Resource>(&self, set: &str, object: &R) -> Value {
        let mut body = Map::from_iter([("@odata.context".to_owned(), self.context(&format!("{set}/$entity")))]);
        let properties = object.shown().iter();
        let properties = properties.filter_map(|name| Some(((*name).to_owned(), object.property(self.tenant, name)?)));
        body.extend(properties);
        Value::Object(body)
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

    /// Puts a change into the journal and the audit log.
    pub(crate) fn record(&mut self, activity: Activity, what: String) {
        let by = self.caller.name().to_owned();
        self.tenant.record_change(&by, activity, what);
    }
}

/// The object id at the end of `https://graph.microsoft.com/v1.0/directoryObjects/{id}` or of another collection.
pub(super) fn referenced(reference: &Value) -> Result<Uuid, GraphError> {
    const COLLECTIONS: [&str; 6] =
        ["directoryObjects", "users", "groups", "devices", "servicePrincipals", "applications"];
    let reference = reference.as_str().unwrap_or_default();
    let invalid = || GraphError::bad_content(format!("Invalid URL format specified in @odata.id: '{reference}'."));
    let path = reference.strip_prefix("https://graph.microsoft.com/");
    let path = path.and_then(|path| path.strip_prefix("v1.0/").or_else(|| path.strip_prefix("beta/")));
    let (collection, key) = path.and_then(|path| path.split_once(['/', '('])).ok_or_else(invalid)?;
    if !COLLECTIONS.iter().any(|known| known.eq_ignore_ascii_case(collection)) {
        return Err(invalid());
    }
    let key = key.trim_start_matches('\'').trim_end_matches(')').trim_end_matches('\'');
    Uuid::parse_str(key).map_err(|_| GraphError::no_such_object(key))
}

/// The ids that `members@odata.bind` and its like refer to; at most twenty.
pub(super) fn bound(body: &Map<String, Value>, property: &str, resource: &str) -> Result<Vec<Uuid>, GraphError> {
    const REFERENCES_MAX: usize = 20;
    let Some(references) = body.get(property) else { return Ok(Vec::new()) };
    let references = references.as_array().ok_or_else(|| GraphError::invalid_value(property, resource))?;
    if references.len() > REFERENCES_MAX {
        return Err(GraphError::bad_content(format!(
            "The number of references in '{property}' exceeds the maximum of {REFERENCES_MAX}."
        )));
    }
    references.iter().map(referenced).collect()
}
