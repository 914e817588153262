//! `$expand`: related objects within an object, at most twenty, each under a `$select` of its own.

use serde_json::Value;

use super::Resource;
use super::plan::Selection;
use crate::graph::error::GraphError;
use crate::graph::object::DirectoryObject;
use crate::tenant::Tenant;

/// One relation to be expanded.
#[derive(Debug)]
pub(super) struct Expansion {
    name: &'static str,
    selection: Selection,
}

/// How many objects an expansion shows; the rest is never paged.
const OBJECTS_MAX: usize = 20;

impl Expansion {
    pub(super) fn parse_all<R: Resource>(text: &str) -> Result<Vec<Self>, GraphError> {
        split(text).into_iter().map(|part| Self::parse::<R>(part)).collect()
    }

    fn parse<R: Resource>(text: &str) -> Result<Self, GraphError> {
        let (name, options) =
            text.trim().split_once('(').map_or((text.trim(), None), |(name, rest)| (name, Some(rest)));
        let known = R::NAVIGATION.iter().find(|known| known.eq_ignore_ascii_case(name));
        let name = known.ok_or_else(|| GraphError::unknown_property(name, R::KIND))?;
        let Some(options) = options else { return Ok(Self { name, selection: Selection::default() }) };
        let select = options.strip_suffix(')').and_then(|inside| inside.split_once('='));
        let select = select.filter(|(option, _)| option.trim().trim_start_matches('$').eq_ignore_ascii_case("select"));
        let (_, select) = select.ok_or_else(|| {
            GraphError::unsupported_query(format!("The query option in '{text}' is not supported within $expand."))
        })?;
        Ok(Self { name, selection: Selection::parse::<DirectoryObject<'_>>(select)? })
    }

    pub(super) fn render<R: Resource>(&self, tenant: &Tenant, object: &R) -> (String, Value) {
        let related = object.related(tenant, self.name);
        let shown =
            related.iter().take(OBJECTS_MAX).map(|related| Value::Object(self.selection.render(tenant, related)));
        (self.name.to_owned(), shown.collect())
    }
}

/// Splits at the commas that stand outside of parentheses.
fn split(text: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    text.split(|c| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    })
    .collect()
}
