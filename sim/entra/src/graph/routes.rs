//! The routes: path, handler, and what the signed-in user's role must allow. The permissions that open each are in
//! [`super::permissions`].

mod table;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use http::Method;

use super::answer::Answer;
use super::call::Call;
use super::error::GraphError;
use super::path::{Path, Segment};
use super::permissions::{Access, Permissions};
use crate::roles::Right;
use crate::throttling::{self, Cost};

type Handler = fn(Call<'_>) -> Result<Answer, GraphError>;

/// One operation.
#[derive(Debug)]
pub(crate) struct Route {
    pub(super) verb: &'static str,
    pub(super) path: &'static str,
    pub(crate) handler: Handler,
    /// What the role must allow.
    pub(crate) right: Right,
    /// The operation's name where one's own object takes a sign-in with MFA.
    pub(crate) own_operation: Option<&'static str>,
    pub(crate) access: &'static Access,
    pub(crate) cost: Cost,
}

/// What the braces of a route's path stood for.
#[derive(Debug, Default)]
pub(crate) struct Captures(Vec<(&'static str, Key)>);

/// What stood for a brace: the key itself, or an alternate key's property and value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) property: Option<&'static str>,
    pub(crate) value: String,
}

/// The routes as a tree, a level a segment; an exact segment beats a brace.
#[derive(Debug, Default)]
struct Node {
    /// By name in lower case.
    exact: BTreeMap<String, Node>,
    /// `{key}`, also `{key|alternate}`, or `{=parameter}`.
    brace: Option<(Brace, Box<Node>)>,
    routes: Vec<Route>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Brace {
    name: &'static str,
    /// The property of the alternate key.
    alternate: Option<&'static str>,
    /// Whether it can be left out of the parentheses: `users/{user}`.
    is_plain: bool,
}

static TREE: LazyLock<Node> = LazyLock::new(|| {
    let mut tree = Node::default();
    for row in table::ROUTES {
        tree.insert(row.into());
    }
    tree
});

/// The route of a request; a wrong verb or segment says which.
pub(crate) fn find(method: &Method, path: &Path) -> Result<(&'static Route, Captures), GraphError> {
    let (mut node, mut captures) = (&*TREE, Captures::default());
    for segment in &path.segments {
        node = node.step(segment, &mut captures).ok_or_else(|| unknown_segment(segment))?;
    }
    let unfinished = || path.segments.last().map_or_else(|| GraphError::unknown_segment(""), unknown_segment);
    if node.routes.is_empty() {
        return Err(unfinished());
    }
    let found = node.routes.iter().find(|route| route.verb == method.as_str());
    found.map(|route| (route, captures)).ok_or_else(GraphError::wrong_verb)
}

fn unknown_segment(segment: &Segment) -> GraphError {
    GraphError::unknown_segment(segment.text())
}

impl Route {
    /// Whether the path starts with `/me`.
    pub(crate) fn is_about_me(&self) -> bool {
        self.path == "me" || self.path.starts_with("me/")
    }
}

impl From<&table::Row> for Route {
    fn from(row: &table::Row) -> Self {
        let access = Permissions::get().of_route(row.verb, row.path);
        Self {
            verb: row.verb,
            path: row.path,
            handler: row.handler,
            right: row.right,
            own_operation: row.own_operation,
            access: access.expect("every route has an entry in permissions.json, as a test asserts"),
            cost: throttling::of_route(row.verb, row.path),
        }
    }
}

impl Node {
    fn insert(&mut self, route: Route) {
        let mut node = self;
        for name in route.path.split('/') {
            node = match Brace::parse(name) {
                Some(brace) => {
                    let (known, next) = node.brace.get_or_insert_with(|| (brace, Box::default()));
                    assert_eq!(*known, brace, "a brace has one name in every route through it: {}", route.path);
                    next
                }
                None => node.exact.entry(name.to_ascii_lowercase()).or_default(),
            };
        }
        node.routes.push(route);
    }

    fn step(&self, segment: &Segment, captures: &mut Captures) -> Option<&Self> {
        if let Segment::Plain(name) = segment
            && let Some(node) = self.exact.get(&name.to_ascii_lowercase())
        {
            return Some(node);
        }
        let (brace, node) = self.brace.as_ref()?;
        let key = match segment {
            Segment::Plain(value) if value.ends_with(')') => return None,
            Segment::Plain(value) | Segment::Key(value) if brace.is_plain => {
                Key { property: None, value: value.clone() }
            }
            Segment::Named { name, value } => {
                let property = brace.alternate.filter(|alternate| alternate.eq_ignore_ascii_case(name))?;
                Key { property: Some(property), value: value.clone() }
            }
            Segment::Plain(_) | Segment::Key(_) => return None,
        };
        captures.0.push((brace.name, key));
        Some(node)
    }
}

impl Brace {
    fn parse(name: &'static str) -> Option<Self> {
        let inside = name.strip_prefix('{')?.strip_suffix('}')?;
        if let Some(parameter) = inside.strip_prefix('=') {
            return Some(Self { name: parameter, alternate: Some(parameter), is_plain: false });
        }
        let (name, alternate) = inside.split_once('|').map_or((inside, None), |(name, other)| (name, Some(other)));
        Some(Self { name, alternate, is_plain: true })
    }
}

impl Captures {
    /// What stood in the place of `{name}`, whatever property it names.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.key(name).map(|key| key.value.as_str())
    }

    /// The key that stood in the place of `{name}`.
    pub(crate) fn key(&self, name: &str) -> Option<&Key> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, key)| key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_has_its_permissions_and_stands_once() {
        let mut seen = std::collections::BTreeSet::new();
        for row in table::ROUTES {
            assert!(Permissions::get().of_route(row.verb, row.path).is_some(), "{} {}", row.verb, row.path);
            assert!(seen.insert((row.verb, row.path)), "{} {} stands twice", row.verb, row.path);
        }
    }

    #[test]
    fn every_entry_of_the_permission_map_has_a_route() {
        let routes: Vec<String> = table::ROUTES.iter().map(|row| format!("{} {}", row.verb, row.path)).collect();
        let idle: Vec<&str> =
            Permissions::get().route_names().filter(|name| !routes.iter().any(|r| r == name)).collect();
        assert_eq!(idle, Vec::<&str>::new());
    }

    fn check(verb: &str, path: &str, expect: Result<&str, &str>) {
        let found = find(&verb.parse().unwrap(), &Path::parse(path).unwrap());
        let found = found.map(|(route, _)| route.path).map_err(|error| error.message);
        assert_eq!(found, expect.map_err(str::to_owned), "{verb} {path}");
    }

    #[test]
    fn an_exact_segment_beats_a_key_and_a_quoted_key_is_never_a_name() {
        check("GET", "/v1.0/users/x/memberOf", Ok("users/{user}/memberOf"));
        check("GET", "/v1.0/USERS/x", Ok("users/{user}"));
        check("GET", "/v1.0/groups('members')", Ok("groups/{group}"));
    }

    #[test]
    fn a_wrong_verb_and_an_unknown_segment_say_so() {
        check("PUT", "/v1.0/me", Err("Specified HTTP method is not allowed for the request target."));
        check("GET", "/v1.0/nowhere/else", Err("Resource not found for the segment 'nowhere'."));
        check("GET", "/v1.0/users/x/shoes", Err("Resource not found for the segment 'shoes'."));
        check("GET", "/v1.0/users(1)", Err("Resource not found for the segment 'users(1)'."));
        check("GET", "/v1.0/users/x/authentication", Err("Resource not found for the segment 'authentication'."));
    }
}
