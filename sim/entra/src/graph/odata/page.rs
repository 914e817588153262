//! One page of a collection. Without an order of its own a page costs what is on it, not what is in the tenant.

use std::borrow::Borrow;

use serde_json::{Value, json};
use url::form_urlencoded;
use wire::Base64Url;

use super::{Consistency, Plan, Query, Resource, TOP_DEFAULT};
use crate::graph::answer::Answer;
use crate::graph::call::Call;
use crate::graph::error::GraphError;

/// Where a collection is.
pub(crate) struct Listing<'a> {
    /// For the context: `users`, `directoryObjects`.
    pub(crate) set: &'a str,
    /// For the next link: `groups/{id}/members`.
    pub(crate) path: &'a str,
    /// How many objects there are without a filter, where that is known without looking at each.
    pub(crate) total: Option<usize>,
}

/// Where a page starts: behind an object, named by what it was ordered by and its id.
#[derive(Debug, PartialEq)]
struct SkipToken {
    key: Vec<Value>,
    id: String,
}

/// One page. `source` gives the objects behind an id, or all of them, in its own order.
pub(crate) fn collection<R, T, I>(
    call: &Call<'_>,
    plan: &Plan<R>,
    listing: &Listing<'_>,
    source: impl Fn(Option<&str>) -> I,
) -> Result<Value, GraphError>
where
    R: Resource,
    T: Borrow<R>,
    I: Iterator<Item = T>,
{
    let query = &call.query;
    let start = query.skip_token.as_deref().map(SkipToken::parse).transpose()?;
    let top = query.top.unwrap_or(TOP_DEFAULT);
    let mut page = if plan.order.is_natural() {
        taken(call, plan, source(start.as_ref().map(|start| start.id.as_str())), top + 1)?
    } else {
        sorted(call, plan, source(None), start.as_ref(), top + 1)?
    };
    let is_last = page.len() <= top;
    page.truncate(top);
    let mut body = json!({ "@odata.context": call.context(&format!("{}{}", listing.set, query.selection_text())) });
    if query.count && start.is_none() {
        let known = listing.total.filter(|_| plan.is_unfiltered());
        let counted = known.map_or_else(|| counted(call, plan, source(None)), Ok)?;
        body["@odata.count"] = counted.into();
    }
    if let (false, Some(last)) = (is_last, page.last()) {
        let token = SkipToken { key: plan.order.key(call.tenant, last.borrow()), id: id(call, last.borrow()) };
        body["@odata.nextLink"] = next_link(call, listing.path, &token).into();
    }
    body["value"] = page.iter().map(|object| Value::Object(plan.render(call.tenant, object.borrow()))).collect();
    Ok(body)
}

/// `/$count`: a number as plain text.
pub(crate) fn count<R, T>(
    call: &Call<'_>,
    plan: &Plan<R>,
    total: usize,
    objects: impl Iterator<Item = T>,
) -> Result<Answer, GraphError>
where
    R: Resource,
    T: Borrow<R>,
{
    if R::RULES == super::Rules::Directory && call.query.consistency != Consistency::Eventual {
        return Err(GraphError::not_eventual());
    }
    let counted = if plan.is_unfiltered() { total } else { counted(call, plan, objects)? };
    Ok(Answer::Text(counted.to_string()))
}

/// Of objects in the order of their ids, those behind one.
pub(crate) fn later<T, I, F>(objects: I, id: F, token: Option<&str>) -> impl Iterator<Item = T> + use<T, I, F>
where
    I: Iterator<Item = T>,
    F: Fn(&T) -> String,
{
    let token = token.map(str::to_owned);
    objects.filter(move |object| token.as_deref().is_none_or(|last| id(object).as_str() > last))
}

/// Of objects in any order, those behind one.
pub(crate) fn behind<T, I, F>(objects: I, id: F, token: Option<&str>) -> impl Iterator<Item = T> + use<T, I, F>
where
    I: Iterator<Item = T>,
    F: Fn(&T) -> String,
{
    let mut awaited = token.map(str::to_owned);
    objects.filter(move |object| match &awaited {
        Some(last) if *last == id(object) => {
            awaited = None;
            false
        }
        Some(_) => false,
        None => true,
    })
}

fn taken<R: Resource, T: Borrow<R>>(
    call: &Call<'_>,
    plan: &Plan<R>,
    objects: impl Iterator<Item = T>,
    limit: usize,
) -> Result<Vec<T>, GraphError> {
    let mut found = Vec::new();
    for object in objects {
        if plan.accepts(call.tenant, object.borrow())? {
            found.push(object);
        }
        if found.len() == limit {
            break;
        }
    }
    Ok(found)
}

fn sorted<R: Resource, T: Borrow<R>>(
    call: &Call<'_>,
    plan: &Plan<R>,
    objects: impl Iterator<Item = T>,
    start: Option<&SkipToken>,
    limit: usize,
) -> Result<Vec<T>, GraphError> {
    let compare = |left: (&[Value], &str), right: (&[Value], &str)| {
        plan.order.compare(left.0, right.0).then_with(|| left.1.cmp(right.1))
    };
    let fitting = taken(call, plan, objects, usize::MAX)?;
    let keyed = fitting.into_iter().map(|object| {
        let key = plan.order.key(call.tenant, object.borrow());
        let id = id(call, object.borrow());
        (key, id, object)
    });
    let is_later =
        |key: &[Value], id: &str| start.is_none_or(|start| compare((key, id), (&start.key, &start.id)).is_gt());
    let mut later: Vec<_> = keyed.filter(|(key, id, _)| is_later(key, id)).collect();
    let in_order = |left: &(Vec<Value>, String, T), right: &(Vec<Value>, String, T)| {
        compare((&left.0, &left.1), (&right.0, &right.1))
    };
    // Only the page is put in order, whatever lies behind it.
    if later.len() > limit {
        later.select_nth_unstable_by(limit - 1, in_order);
        later.truncate(limit);
    }
    later.sort_by(in_order);
    Ok(later.into_iter().map(|(_, _, object)| object).collect())
}

fn counted<R: Resource, T: Borrow<R>>(
    call: &Call<'_>,
    plan: &Plan<R>,
    objects: impl Iterator<Item = T>,
) -> Result<usize, GraphError> {
    let mut count = 0;
    for object in objects {
        count += usize::from(plan.accepts(call.tenant, object.borrow())?);
    }
    Ok(count)
}

fn id<R: Resource>(call: &Call<'_>, object: &R) -> String {
    let id = object.property(call.tenant, "id");
    id.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The same query, behind the last object of this page.
fn next_link(call: &Call<'_>, path: &str, token: &SkipToken) -> String {
    let mut options = form_urlencoded::Serializer::new(String::new());
    options.extend_pairs(call.query.given.iter().map(|(name, value)| (name, value)));
    options.append_pair("$skiptoken", &token.to_string());
    format!("https://graph.microsoft.com/{}/{path}?{}", call.version, options.finish())
}

impl SkipToken {
    fn parse(text: &str) -> Result<Self, GraphError> {
        let read = || {
            let bytes = Base64Url::parse(text)?.0;
            let (key, id) = serde_json::from_slice(&bytes).ok()?;
            Some(Self { key, id })
        };
        read().ok_or_else(|| GraphError::bad_request("Invalid skip token: it is not one that this service has issued."))
    }
}

impl std::fmt::Display for SkipToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = json!([self.key, self.id]).to_string();
        write!(f, "{}", Base64Url(text.into_bytes()))
    }
}

impl Query {
    /// Where the page starts, for collections that page in their own way.
    pub(crate) fn skip_token(&self) -> Option<&str> {
        self.skip_token.as_deref()
    }

    /// The options to repeat in a link, for collections that page in their own way.
    pub(crate) fn given(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.given.iter().map(|(name, value)| (*name, value.as_str()))
    }
}
