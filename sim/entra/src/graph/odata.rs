//! OData query options: `$select`, `$filter`, `$top`, `$skiptoken`, `$count`; what cannot be evaluated is refused.

mod filter;

use http::Uri;
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::call::Call;
use super::error::GraphError;
use filter::Filter;

/// The query options of one request.
#[derive(Debug, Default)]
pub(crate) struct Query {
    select: Option<Vec<String>>,
    filter: Option<String>,
    top: Option<usize>,
    skip_token: Option<String>,
    count: bool,
}

/// A resource type as queries see it.
#[derive(Debug)]
pub(crate) struct Shape {
    /// `user`.
    pub(crate) kind: &'static str,
    /// The properties that come without `$select`; all of them when empty.
    pub(crate) default: &'static [&'static str],
}

const TOP_DEFAULT: usize = 100;
const TOP_MAX: usize = 999;

impl Query {
    pub(crate) fn parse(uri: &Uri) -> Result<Self, GraphError> {
        let mut query = Self::default();
        for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
            let name = name.strip_prefix('$').unwrap_or(&name).to_ascii_lowercase();
            match name.as_str() {
                "select" => query.select = Some(value.split(',').map(|name| name.trim().to_owned()).collect()),
                "filter" => query.filter = Some(value.into_owned()),
                "top" => query.top = Some(top(&value)?),
                "skiptoken" => query.skip_token = Some(value.into_owned()),
                "count" => query.count = value.eq_ignore_ascii_case("true"),
                other => {
                    let message = format!("Query option '{other}' is not supported by the lab's tenant.");
                    return Err(GraphError::unsupported_query(message));
                }
            }
        }
        Ok(query)
    }

    /// For routes that take no query option.
    pub(crate) fn refuse_all(&self) -> Result<(), GraphError> {
        let Self { select: None, filter: None, top: None, skip_token: None, count: false } = self else {
            return Err(GraphError::unsupported_query("Query options are not supported for this resource."));
        };
        Ok(())
    }

    /// For routes that answer with one object.
    pub(crate) fn refuse_collection_options(&self) -> Result<(), GraphError> {
        let Self { filter: None, top: None, skip_token: None, count: false, .. } = self else {
            return Err(GraphError::bad_request("Query options of collections cannot be applied to a single entity."));
        };
        Ok(())
    }
}

/// One object under `$select`, with its context: `$metadata#users(id)/$entity`.
pub(crate) fn entity(call: &Call<'_>, shape: &Shape, set: &str, object: Value) -> Result<Value, GraphError> {
    call.query.refuse_collection_options()?;
    let context = call.context(&format!("{set}{}/$entity", selection(&call.query)));
    let mut body = Map::from_iter([("@odata.context".to_owned(), context)]);
    body.extend(selected(&call.query, shape, object)?);
    Ok(Value::Object(body))
}

/// One page of a collection, its objects in the order of their ids.
pub(crate) fn collection(
    call: &Call<'_>,
    shape: &Shape,
    set: &str,
    path: &str,
    objects: impl Iterator<Item = Value>,
) -> Result<Value, GraphError> {
    let query = &call.query;
    let filter = query.filter.as_deref().map(|text| Filter::parse(text, shape)).transpose()?;
    let mut fitting = Vec::new();
    for object in objects {
        if filter.as_ref().map_or(Ok(true), |filter| filter.accepts(&object))? {
            fitting.push(object);
        }
    }
    let count = fitting.len();
    let is_later = |object: &Value| query.skip_token.as_deref().is_none_or(|last| id(object) > last);
    let top = query.top.unwrap_or(TOP_DEFAULT);
    let mut page: Vec<Value> = fitting.into_iter().filter(is_later).take(top + 1).collect();
    let is_last = page.len() <= top;
    page.truncate(top);
    let mut body = json!({ "@odata.context": call.context(&format!("{set}{}", selection(query))) });
    if query.count && query.skip_token.is_none() {
        body["@odata.count"] = count.into();
    }
    if let (false, Some(last)) = (is_last, page.last()) {
        body["@odata.nextLink"] = next_link(call, path, id(last)).into();
    }
    let page = page.into_iter().map(|object| selected(query, shape, object).map(Value::Object));
    body["value"] = page.collect::<Result<Vec<_>, _>>()?.into();
    Ok(body)
}

fn top(value: &str) -> Result<usize, GraphError> {
    let parsed = value.parse().ok().filter(|top| (1..=TOP_MAX).contains(top));
    parsed.ok_or_else(|| {
        GraphError::bad_request(format!("Invalid page size specified: '{value}'. Must be between 1 and 999 inclusive."))
    })
}

/// The same query, after `last`.
fn next_link(call: &Call<'_>, path: &str, last: &str) -> String {
    let query = &call.query;
    let mut options = form_urlencoded::Serializer::new(String::new());
    let select = query.select.as_ref().map(|names| names.join(","));
    let top = query.top.map(|top| top.to_string());
    let kept = [("$select", select), ("$filter", query.filter.clone()), ("$top", top)];
    for (name, value) in kept.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        options.append_pair(name, &value);
    }
    options.append_pair("$skiptoken", last);
    format!("https://graph.microsoft.com/{}/{path}?{}", call.version, options.finish())
}

fn id(object: &Value) -> &str {
    object["id"].as_str().unwrap_or_default()
}

fn selection(query: &Query) -> String {
    query.select.as_ref().map(|names| format!("({})", names.join(","))).unwrap_or_default()
}

fn selected(query: &Query, shape: &Shape, object: Value) -> Result<Map<String, Value>, GraphError> {
    let Value::Object(mut object) = object else { return Ok(Map::new()) };
    let names: Vec<&str> = match &query.select {
        Some(names) => names.iter().map(String::as_str).collect(),
        None if shape.default.is_empty() => return Ok(object),
        None => shape.default.to_vec(),
    };
    let annotation = object.remove("@odata.type").map(|kind| ("@odata.type".to_owned(), kind));
    let mut kept: Map<String, Value> = annotation.into_iter().collect();
    for name in names {
        let (name, value) = object
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .ok_or_else(|| shape.unknown_property(name))?;
        kept.insert(name.clone(), value.clone());
    }
    Ok(kept)
}

impl Shape {
    fn unknown_property(&self, name: &str) -> GraphError {
        let kind = self.kind;
        GraphError::bad_request(format!("Could not find a property named '{name}' on type 'microsoft.graph.{kind}'."))
    }
}
