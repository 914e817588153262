//! OData query options (entra.md §2.1): `$select`, `$filter`, `$orderby`, `$search`, `$expand`, `$top`, `$count`,
//! `$skiptoken`; what cannot be evaluated is refused, never ignored.

mod expand;
mod filter;
mod lexer;
mod order;
mod page;
mod plan;
mod search;

use http::Uri;
use serde_json::Value;
use url::form_urlencoded;

use super::error::GraphError;
use super::object::DirectoryObject;
use crate::tenant::Tenant;
use crate::throttling::costs;

pub(crate) use page::{Listing, behind, collection, count, later};
pub(crate) use plan::Plan;

/// A resource type as queries see it.
pub(crate) trait Resource {
    /// `user`.
    const KIND: &'static str;
    /// Every property, in the order of answers.
    const PROPERTIES: &'static [&'static str];
    /// What `$expand` and lambda operators reach.
    const NAVIGATION: &'static [&'static str] = &[];
    /// Which rules of the service queries go by.
    const RULES: Rules = Rules::Directory;

    /// What comes without `$select`.
    fn shown(&self) -> &'static [&'static str] {
        Self::PROPERTIES
    }

    /// `#microsoft.graph.user`, in a collection of several types.
    fn odata_type(&self) -> Option<&'static str> {
        None
    }

    /// A property by its name in [`Self::PROPERTIES`]; `None` when this object's type lacks it.
    fn property(&self, tenant: &Tenant, name: &str) -> Option<Value>;

    /// The objects that a name in [`Self::NAVIGATION`] leads to.
    fn related<'t>(&self, _tenant: &'t Tenant, _name: &str) -> Vec<DirectoryObject<'t>> {
        Vec::new()
    }
}

/// The rules that the queries of a resource go by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rules {
    /// Directory objects: some queries are advanced, none may use `contains`.
    Directory,
    /// Other workloads: no query is advanced.
    Plain,
}

/// The query options of one request.
#[derive(Debug, Default)]
pub(crate) struct Query {
    select: Option<String>,
    filter: Option<String>,
    order_by: Option<String>,
    search: Option<String>,
    expand: Option<String>,
    top: Option<usize>,
    skip_token: Option<String>,
    delta_token: Option<String>,
    count: bool,
    consistency: Consistency,
    /// Every option but the token, as given: the next page has them too.
    given: Vec<(&'static str, String)>,
    /// What is no option of OData: a function's parameter, for one.
    parameters: Vec<(String, String)>,
}

/// `ConsistencyLevel`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Consistency {
    #[default]
    Session,
    /// `eventual`: advanced queries are answered.
    Eventual,
}

const TOP_DEFAULT: usize = 100;
const TOP_MAX: usize = 999;

impl Query {
    pub(crate) fn parse(uri: &Uri, consistency: Consistency) -> Result<Self, GraphError> {
        let mut query = Self { consistency, ..Self::default() };
        for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
            query.take(&name, value.into_owned())?;
        }
        Ok(query)
    }

    fn take(&mut self, name: &str, value: String) -> Result<(), GraphError> {
        let option = name.strip_prefix('$').unwrap_or(name).to_ascii_lowercase();
        let (option, place) = match option.as_str() {
            "select" => ("$select", &mut self.select),
            "filter" => ("$filter", &mut self.filter),
            "orderby" => ("$orderby", &mut self.order_by),
            "search" => ("$search", &mut self.search),
            "expand" => ("$expand", &mut self.expand),
            "skiptoken" => ("$skiptoken", &mut self.skip_token),
            "deltatoken" => ("$deltatoken", &mut self.delta_token),
            "top" => {
                self.top = Some(top(&value)?);
                self.given.push(("$top", value));
                return Ok(());
            }
            "count" => {
                self.count = boolean(&value)?;
                self.given.push(("$count", value));
                return Ok(());
            }
            _ if name.starts_with('$') => {
                let message = format!("Query option '{name}' is not supported.");
                return Err(GraphError::unsupported_query(message));
            }
            _ => {
                self.parameters.push((name.to_owned(), value));
                return Ok(());
            }
        };
        if place.is_some() {
            return Err(GraphError::bad_request(format!("Query option '{option}' was specified more than once.")));
        }
        if !["$skiptoken", "$deltatoken"].contains(&option) {
            self.given.push((option, value.clone()));
        }
        *place = Some(value);
        Ok(())
    }

    /// Units of a request's cost that the options add or save.
    pub(crate) fn units_added(&self) -> i32 {
        let is_small = self.top.is_some_and(|top| top < costs::TOP_FEW);
        let counted =
            [(self.select.is_some(), costs::SELECT), (self.expand.is_some(), costs::EXPAND), (is_small, costs::FEW)];
        counted.into_iter().filter(|(is_given, _)| *is_given).map(|(_, units)| units).sum()
    }

    /// For routes that take no query option.
    pub(crate) fn refuse_all(&self) -> Result<(), GraphError> {
        self.refuse_parameters()?;
        if self.given.is_empty() && self.skip_token.is_none() && self.delta_token.is_none() {
            return Ok(());
        }
        Err(GraphError::unsupported_query("Query options are not supported for this resource."))
    }

    /// A parameter of a function, as `?name=value`; any other is refused.
    pub(crate) fn parameter(&self, name: &str) -> Result<Option<&str>, GraphError> {
        let is_wanted = |given: &str| given.trim_start_matches('@').eq_ignore_ascii_case(name);
        match self.parameters.iter().find(|(given, _)| !is_wanted(given)) {
            Some((other, _)) => Err(unknown_parameter(other)),
            None => Ok(self.parameters.first().map(|(_, value)| value.as_str())),
        }
    }

    fn refuse_parameters(&self) -> Result<(), GraphError> {
        self.parameters.first().map_or(Ok(()), |(name, _)| Err(unknown_parameter(name)))
    }

    /// The delta token of the request.
    pub(crate) fn delta_token(&self) -> Option<&str> {
        self.delta_token.as_deref()
    }
}

fn unknown_parameter(name: &str) -> GraphError {
    GraphError::unsupported_query(format!("Query option '{name}' is not supported."))
}

fn top(value: &str) -> Result<usize, GraphError> {
    let parsed = value.parse().ok().filter(|top| (1..=TOP_MAX).contains(top));
    parsed.ok_or_else(|| {
        GraphError::bad_request(format!("Invalid page size specified: '{value}'. Must be between 1 and 999 inclusive."))
    })
}

fn boolean(value: &str) -> Result<bool, GraphError> {
    let parsed = value.to_ascii_lowercase().parse();
    parsed.map_err(|_| GraphError::bad_request(format!("Invalid value '{value}' for $count query option found.")))
}

/// The name of a property as the type spells it.
fn canonical<R: Resource>(name: &str) -> Result<&'static str, GraphError> {
    let known = R::PROPERTIES.iter().find(|known| known.eq_ignore_ascii_case(name));
    known.copied().ok_or_else(|| GraphError::unknown_property(name, R::KIND))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(query: &str) -> Result<Query, GraphError> {
        Query::parse(&format!("/v1.0/users?{query}").parse().unwrap(), Consistency::Session)
    }

    #[test]
    fn options_are_read_with_and_without_their_dollar() {
        let query = parse("$select=id&filter=a%20eq%20'b'&$TOP=5&$count=TRUE").unwrap();
        assert_eq!(query.select.as_deref(), Some("id"));
        assert_eq!(query.filter.as_deref(), Some("a eq 'b'"));
        assert_eq!((query.top, query.count), (Some(5), true));
    }

    proptest::proptest! {
        /// Half-right queries and plain noise: an answer or a refusal, never a panic.
        #[test]
        fn no_query_panics(
            text in "([a-z]{1,4}|displayName|id|'[a-z']{0,3}'?| eq | ne | and | or |not |in |any\\(|startswith\\(|[(),:/$\"]|AND |OR |[0-9.:TZ-]{1,5}|\\PC){0,12}"
        ) {
            let _ = Plan::<crate::directory::User>::of(&Query { filter: Some(text.clone()), ..Query::default() });
            let _ = Plan::<crate::directory::User>::of(&Query { order_by: Some(text.clone()), ..Query::default() });
            let _ = Plan::<crate::directory::User>::of(&Query { expand: Some(text.clone()), ..Query::default() });
            let _ = Plan::<crate::directory::User>::of(&Query { select: Some(text.clone()), ..Query::default() });
            let search = Query { search: Some(text), consistency: Consistency::Eventual, ..Query::default() };
            let _ = Plan::<crate::directory::User>::of(&search);
        }
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for query in ["$skip=5", "$apply=x", "$top=0", "$top=1000", "$top=x", "$count=maybe", "$select=a&$select=b"] {
            assert!(parse(query).is_err(), "{query}");
        }
        assert!(parse("colour=red").unwrap().refuse_all().is_err());
        assert!(parse("colour=red").unwrap().parameter("minutes").is_err());
        assert_eq!(parse("@minutes=7").unwrap().parameter("minutes"), Ok(Some("7")));
    }
}
