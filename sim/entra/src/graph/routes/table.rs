//! Every route, a line each.

use super::Handler;
use crate::graph::{groups, methods, organization, policies, registration, users};
use crate::roles::Right;
use crate::roles::Right::{
    CreateGroup, CreateUser, DeleteGroup, DeleteUser, ReadDirectory, ReadMethodPolicy, ReadMethods, UpdateMembers,
    UpdateUser, WriteMethodPolicy, WriteMethods,
};

/// A line of the table.
pub(super) struct Row {
    pub(super) verb: &'static str,
    pub(super) path: &'static str,
    pub(super) right: Right,
    pub(super) handler: Handler,
    pub(super) own_operation: Option<&'static str>,
}

const fn row(verb: &'static str, path: &'static str, right: Right, handler: Handler) -> Row {
    Row { verb, path, right, handler, own_operation: None }
}

/// A change of one's own methods, which takes a sign-in with MFA.
const fn fresh(row: Row, operation: &'static str) -> Row {
    Row { own_operation: Some(operation), ..row }
}

const FIDO2_POLICY: &str = "policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2";

pub(super) const ROUTES: &[Row] = &[
    row("GET", "me", ReadDirectory, users::one),
    row("GET", "me/memberOf", ReadDirectory, users::member_of),
    row("GET", "me/authentication/methods", ReadMethods, methods::all),
    row("GET", "me/authentication/fido2Methods", ReadMethods, methods::keys),
    row("GET", "me/authentication/fido2Methods/{method}", ReadMethods, methods::key),
    fresh(row("DELETE", "me/authentication/fido2Methods/{method}", WriteMethods, methods::delete_key), "RemoveKey"),
    row("GET", "users", ReadDirectory, users::list),
    row("POST", "users", CreateUser, users::create),
    row("GET", "users/{user}", ReadDirectory, users::one),
    row("PATCH", "users/{user}", UpdateUser, users::update),
    row("DELETE", "users/{user}", DeleteUser, users::delete),
    row("GET", "users/{user}/memberOf", ReadDirectory, users::member_of),
    row("GET", "users/{user}/authentication/methods", ReadMethods, methods::all),
    row("GET", "users/{user}/authentication/fido2Methods", ReadMethods, methods::keys),
    row("POST", "users/{user}/authentication/fido2Methods", WriteMethods, registration::register),
    row("GET", "users/{user}/authentication/fido2Methods/creationOptions", WriteMethods, registration::options),
    row("GET", "users/{user}/authentication/fido2Methods/{method}", ReadMethods, methods::key),
    fresh(
        row("DELETE", "users/{user}/authentication/fido2Methods/{method}", WriteMethods, methods::delete_key),
        "RemoveKey",
    ),
    row("GET", "groups", ReadDirectory, groups::list),
    row("POST", "groups", CreateGroup, groups::create),
    row("GET", "groups/{group}", ReadDirectory, groups::one),
    row("DELETE", "groups/{group}", DeleteGroup, groups::delete),
    row("GET", "groups/{group}/members", ReadDirectory, groups::members),
    row("POST", "groups/{group}/members/$ref", UpdateMembers, groups::add_member),
    row("DELETE", "groups/{group}/members/{member}/$ref", UpdateMembers, groups::remove_member),
    row("GET", FIDO2_POLICY, ReadMethodPolicy, policies::fido2),
    row("PATCH", FIDO2_POLICY, WriteMethodPolicy, policies::update_fido2),
    row("GET", "organization", ReadDirectory, organization::list),
];
