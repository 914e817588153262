//! From where each request reads while changes are in flight (entra.md §2.3).

use bytes::Bytes;
use serde_json::Value;
use uuid::Uuid;

use super::access::Caller;
use super::call::referenced;
use super::error::GraphError;
use super::routes::{Captures, Route};
use crate::tenant::{Session, Tenant, View};

/// What names a relation between objects.
const RELATIONS: [&str; 9] = [
    "members",
    "transitiveMembers",
    "memberOf",
    "transitiveMemberOf",
    "owners",
    "getMemberGroups",
    "checkMemberGroups",
    "getMemberObjects",
    "$ref",
];
/// POST requests that change nothing.
const QUESTIONS: [&str; 4] = ["getMemberGroups", "checkMemberGroups", "getMemberObjects", "getByIds"];

/// Answers a request from where it reads; a change is made upon what is so, and belongs to the session.
pub(super) fn answer<T>(
    tenant: &mut Tenant,
    session: Option<Session>,
    route: &Route,
    work: impl FnOnce(&mut Tenant) -> T,
) -> T {
    match view(route.verb, route.path) {
        View::Primary => tenant.on_behalf_of(session, work),
        view => tenant.seen_by(session, view, work),
    }
}

/// An object is no member and has none before it is seen.
pub(super) fn check_references(
    tenant: &Tenant,
    caller: &Caller,
    route: &Route,
    captures: &Captures,
    body: &Bytes,
) -> Result<(), GraphError> {
    if !route.path.ends_with("/$ref") {
        return Ok(());
    }
    let captured = ["group", "member", "owner"].iter().filter_map(|name| captures.get(name)?.parse::<Uuid>().ok());
    let body: Option<Value> = serde_json::from_slice(body).ok();
    let referred = body.and_then(|body| referenced(&body["@odata.id"]).ok());
    let hidden = captured.chain(referred).find(|id| tenant.hides(caller.session(), View::Membership, *id));
    match hidden {
        Some(id) => Err(GraphError::no_such_object(&id.to_string())),
        None => Ok(()),
    }
}

fn view(verb: &str, path: &str) -> View {
    let names_any = |names: &[&str]| path.split('/').any(|segment| names.contains(&segment));
    let is_question = verb == "GET" || names_any(&QUESTIONS);
    // Delta tokens count changes, so that a change told too early would never be told again; logs do not lag.
    if !is_question || names_any(&["delta", "deletedItems", "auditLogs"]) {
        View::Primary
    } else if names_any(&RELATIONS) {
        View::Membership
    } else if path.contains('{') || path == "me" || path.starts_with("me/") || names_any(&["getByIds"]) {
        View::Read
    } else {
        View::List
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(verb: &str, path: &str, expect: View) {
        assert_eq!(view(verb, path), expect, "{verb} {path}");
    }

    #[test]
    fn what_is_asked_says_from_where_it_is_read() {
        check("GET", "users/{user}", View::Read);
        check("GET", "me", View::Read);
        check("GET", "users/{user}/authentication/fido2Methods", View::Read);
        check("POST", "directoryObjects/getByIds", View::Read);
        check("GET", "users", View::List);
        check("GET", "groups/$count", View::List);
        check("GET", "groups/{group}/members", View::Membership);
        check("GET", "me/memberOf/$count", View::Membership);
        check("POST", "users/{user}/checkMemberGroups", View::Membership);
    }

    #[test]
    fn a_change_a_delta_query_and_a_log_are_of_the_present() {
        check("POST", "groups/{group}/members/$ref", View::Primary);
        check("PATCH", "users/{user}", View::Primary);
        check("GET", "users/delta", View::Primary);
        check("GET", "auditLogs/signIns", View::Primary);
    }
}
