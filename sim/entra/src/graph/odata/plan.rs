//! A query that has been read against a resource type: everything is known to be answerable before anything is.

use std::marker::PhantomData;

use serde_json::{Map, Value};

use super::expand::Expansion;
use super::filter::Filter;
use super::order::Order;
use super::search::Search;
use super::{Consistency, Query, Resource, Rules, canonical};
use crate::graph::call::Call;
use crate::graph::delta;
use crate::graph::error::GraphError;
use crate::tenant::Tenant;

/// A query over resources of type `R`.
#[derive(Debug)]
pub(crate) struct Plan<R> {
    selection: Selection,
    pub(super) filter: Option<Filter>,
    pub(super) search: Option<Search>,
    pub(super) order: Order,
    expansions: Vec<Expansion>,
    resource: PhantomData<fn(&R)>,
}

/// `$select`.
#[derive(Debug, Default)]
pub(crate) struct Selection(Option<Vec<&'static str>>);

impl<R: Resource> Plan<R> {
    /// Reads the options of a collection.
    pub(crate) fn of(query: &Query) -> Result<Self, GraphError> {
        query.refuse_parameters()?;
        if R::RULES == Rules::Directory && query.search.is_some() && query.consistency != Consistency::Eventual {
            return Err(GraphError::not_eventual());
        }
        let plan = Self {
            selection: query.select.as_deref().map(Selection::parse::<R>).transpose()?.unwrap_or_default(),
            filter: query.filter.as_deref().map(Filter::parse::<R>).transpose()?,
            search: query.search.as_deref().map(Search::parse::<R>).transpose()?,
            order: query.order_by.as_deref().map(Order::parse::<R>).transpose()?.unwrap_or_default(),
            expansions: query.expand.as_deref().map(Expansion::parse_all::<R>).transpose()?.unwrap_or_default(),
            resource: PhantomData,
        };
        plan.check_consistency(query)?;
        Ok(plan)
    }

    /// Reads the options of a single object.
    pub(crate) fn of_entity(query: &Query) -> Result<Self, GraphError> {
        let collection = ["$filter", "$search", "$orderby", "$top", "$count"];
        let is_single = !query.given.iter().any(|(name, _)| collection.contains(name)) && query.skip_token.is_none();
        if is_single {
            return Self::of(query);
        }
        Err(GraphError::bad_request("Query options of collections cannot be applied to a single entity."))
    }

    /// Reads the options of a delta query, which selects and nothing else.
    pub(crate) fn of_delta(query: &Query) -> Result<Self, GraphError> {
        query.refuse_parameters()?;
        if let Some((name, _)) = query.given.iter().find(|(name, _)| delta::REFUSED.contains(name)) {
            return Err(GraphError::unsupported_query(format!("{name} is not supported in a delta query.")));
        }
        let select = query.select.as_deref().map(delta::without_relations).filter(|select| !select.is_empty());
        Ok(Self {
            selection: select.as_deref().map(Selection::parse::<R>).transpose()?.unwrap_or_default(),
            filter: None,
            search: None,
            order: Order::default(),
            expansions: Vec::new(),
            resource: PhantomData,
        })
    }

    /// Advanced queries over directory objects need `ConsistencyLevel: eventual`, and all but `$search` also
    /// `$count=true`.
    fn check_consistency(&self, query: &Query) -> Result<(), GraphError> {
        if R::RULES == Rules::Plain {
            return match &self.search {
                Some(_) => Err(GraphError::unsupported_query("$search is not supported for this resource.")),
                None => Ok(()),
            };
        }
        let by_filter = self.filter.as_ref().is_some_and(|filter| filter.is_advanced);
        let sorted_filter = (self.filter.is_some() || self.search.is_some()) && !self.order.is_natural();
        let needs_count = by_filter || sorted_filter;
        let is_advanced = needs_count || self.search.is_some() || query.count;
        if is_advanced && query.consistency != Consistency::Eventual {
            return Err(GraphError::not_eventual());
        }
        if needs_count && !query.count && query.skip_token.is_none() {
            return Err(GraphError::not_eventual());
        }
        Ok(())
    }

    /// The only values that `property` can have in an answer, where the filter says so.
    pub(crate) fn pinned(&self, property: &str) -> Option<Vec<&str>> {
        self.filter.as_ref()?.pinned(property)
    }

    /// How `property` begins in every object of the answer, where the filter says so.
    pub(crate) fn beginning(&self, property: &str) -> Option<&str> {
        self.filter.as_ref()?.beginning(property)
    }

    /// Whether every object is in the answer.
    pub(super) fn is_unfiltered(&self) -> bool {
        self.filter.is_none() && self.search.is_none()
    }

    pub(super) fn accepts(&self, tenant: &Tenant, object: &R) -> Result<bool, GraphError> {
        let found = self.search.as_ref().is_none_or(|search| search.accepts(tenant, object));
        match &self.filter {
            Some(filter) if found => filter.accepts(tenant, object),
            _ => Ok(found),
        }
    }

    /// One object as JSON.
    pub(crate) fn render(&self, tenant: &Tenant, object: &R) -> Map<String, Value> {
        let mut body = self.selection.render(tenant, object);
        body.extend(self.expansions.iter().map(|expansion| expansion.render(tenant, object)));
        body
    }

    /// One object as an answer of its own: `$metadata#users(id)/$entity`.
    pub(crate) fn entity(&self, call: &Call<'_>, set: &str, object: &R) -> Value {
        let context = call.context(&format!("{set}{}/$entity", call.query.selection_text()));
        let mut body = Map::from_iter([("@odata.context".to_owned(), context)]);
        body.extend(self.render(call.tenant, object));
        Value::Object(body)
    }
}

impl Selection {
    pub(super) fn parse<R: Resource>(text: &str) -> Result<Self, GraphError> {
        let mut names = Vec::new();
        for name in text.split(',').map(str::trim) {
            let known = if name == "*" { R::PROPERTIES.to_vec() } else { vec![canonical::<R>(name)?] };
            let new: Vec<&'static str> = known.into_iter().filter(|name| !names.contains(name)).collect();
            names.extend(new);
        }
        Ok(Self(Some(names)))
    }

    pub(super) fn render<R: Resource>(&self, tenant: &Tenant, object: &R) -> Map<String, Value> {
        let kind = object.odata_type().map(|kind| ("@odata.type".to_owned(), kind.into()));
        let names = self.0.as_deref().unwrap_or_else(|| object.shown());
        let properties = names.iter().filter_map(|name| Some(((*name).to_owned(), object.property(tenant, name)?)));
        kind.into_iter().chain(properties).collect()
    }
}

impl Query {
    /// Whether a delta query wants a relation: named by `$select`, or without one.
    pub(crate) fn selects(&self, relation: &str) -> bool {
        self.select.as_deref().is_none_or(|select| select.split(',').any(|name| name.trim() == relation))
    }

    /// `(id,displayName)`, for the context.
    pub(crate) fn selection_text(&self) -> String {
        self.select.as_deref().map(|names| format!("({})", names.replace(' ', ""))).unwrap_or_default()
    }
}
