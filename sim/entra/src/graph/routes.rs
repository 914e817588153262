//! The routes, and with each the permissions that open it: the permission map of the lab's Graph in one place.
//!
//! Facts: `graph-permissions.json` (Microsoft's map, v1.0 and beta merged) and entra.md §2.4, §2.6, §2.9. The service
//! accepts `Directory.AccessAsUser.All` for directory objects wherever the signed-in user's role allows the operation.

use std::collections::BTreeMap;

use http::Method;

use super::answer::Answer;
use super::call::Call;
use super::error::GraphError;
use super::path::Path;
use super::{groups, methods, organization, policies, registration, users};
use crate::roles::Right;

/// One operation.
pub(crate) struct Route {
    method: &'static str,
    path: &'static str,
    /// Delegated permissions, any of which will do, within the user's role.
    pub(crate) delegated: &'static [&'static str],
    /// What the role must allow.
    pub(crate) right: Right,
    /// Delegated permissions that will do for the signed-in user's own object, whatever the role.
    pub(crate) own: &'static [&'static str],
    /// The operation's name where one's own object takes a sign-in with MFA.
    pub(crate) own_operation: Option<&'static str>,
    /// Application permissions, any of which will do.
    pub(crate) application: &'static [&'static str],
    pub(crate) handler: fn(Call<'_>) -> Result<Answer, GraphError>,
}

/// What the braces of a route's path stood for.
pub(crate) struct Captures(BTreeMap<&'static str, String>);

const READ_USERS: &[&str] = &[
    "User.ReadBasic.All",
    "User.Read.All",
    "User.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
    "Directory.AccessAsUser.All",
];
const READ_USERS_APP: &[&str] =
    &["User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];
const READ_SELF: &[&str] = &[
    "User.Read",
    "User.ReadWrite",
    "User.ReadBasic.All",
    "User.Read.All",
    "User.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
    "Directory.AccessAsUser.All",
];
/// Permissions to create users and to change more of them than whether they may sign in.
pub(super) const WRITE_USERS: &[&str] =
    &["User.ReadWrite.All", "Directory.ReadWrite.All", "Directory.AccessAsUser.All"];
const WRITE_USERS_APP: &[&str] = &["User.ReadWrite.All", "Directory.ReadWrite.All"];
const UPDATE_USERS: &[&str] =
    &["User.ReadWrite.All", "User.EnableDisableAccount.All", "Directory.ReadWrite.All", "Directory.AccessAsUser.All"];
const UPDATE_USERS_APP: &[&str] = &["User.ReadWrite.All", "User.EnableDisableAccount.All", "Directory.ReadWrite.All"];
const DELETE_USERS: &[&str] = &["User.DeleteRestore.All", "User.ReadWrite.All", "Directory.AccessAsUser.All"];
const DELETE_USERS_APP: &[&str] = &["User.DeleteRestore.All", "User.ReadWrite.All"];
const READ_MEMBER_OF: &[&str] = &[
    "GroupMember.ReadBasic.All",
    "GroupMember.Read.All",
    "Group.ReadBasic.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
    "Directory.AccessAsUser.All",
];
const READ_MEMBER_OF_SELF: &[&str] = &[
    "User.Read",
    "GroupMember.ReadBasic.All",
    "GroupMember.Read.All",
    "Group.ReadBasic.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
    "Directory.AccessAsUser.All",
];
const READ_MEMBER_OF_APP: &[&str] =
    &["GroupMember.ReadBasic.All", "Group.ReadBasic.All", "Directory.Read.All", "Directory.ReadWrite.All"];
const READ_GROUPS: &[&str] = &[
    "Group.ReadBasic.All",
    "GroupMember.Read.All",
    "Group.Read.All",
    "Group.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
    "Directory.AccessAsUser.All",
];
const READ_GROUPS_APP: &[&str] = &[
    "Group.ReadBasic.All",
    "GroupMember.Read.All",
    "Group.Read.All",
    "Group.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];
const CREATE_GROUPS: &[&str] = &["Group.ReadWrite.All", "Directory.ReadWrite.All", "Directory.AccessAsUser.All"];
const CREATE_GROUPS_APP: &[&str] = &["Group.Create", "Group.ReadWrite.All", "Directory.ReadWrite.All"];
const DELETE_GROUPS: &[&str] = &["Group.ReadWrite.All", "Directory.AccessAsUser.All"];
const DELETE_GROUPS_APP: &[&str] = &["Group.ReadWrite.All"];
const READ_MEMBERS: &[&str] = &[
    "GroupMember.ReadBasic.All",
    "GroupMember.Read.All",
    "GroupMember.ReadWrite.All",
    "Group.ReadBasic.All",
    "Group.Read.All",
    "Group.ReadWrite.All",
    "Directory.Read.All",
    "Directory.AccessAsUser.All",
];
const READ_MEMBERS_APP: &[&str] = &[
    "GroupMember.ReadBasic.All",
    "GroupMember.Read.All",
    "GroupMember.ReadWrite.All",
    "Group.ReadBasic.All",
    "Group.Read.All",
    "Group.ReadWrite.All",
    "Directory.Read.All",
];
const WRITE_MEMBERS: &[&str] =
    &["GroupMember.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All", "Directory.AccessAsUser.All"];
const WRITE_MEMBERS_APP: &[&str] = &["GroupMember.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All"];
const READ_METHODS: &[&str] = &["UserAuthenticationMethod.Read.All", "UserAuthenticationMethod.ReadWrite.All"];
const READ_METHODS_SELF: &[&str] = &[
    "UserAuthenticationMethod.Read",
    "UserAuthenticationMethod.ReadWrite",
    "UserAuthenticationMethod.Read.All",
    "UserAuthenticationMethod.ReadWrite.All",
];
const READ_KEYS: &[&str] = &[
    "UserAuthMethod-Passkey.Read.All",
    "UserAuthMethod-Passkey.ReadWrite.All",
    "UserAuthenticationMethod.Read.All",
    "UserAuthenticationMethod.ReadWrite.All",
];
const READ_KEYS_SELF: &[&str] = &[
    "UserAuthMethod-Passkey.Read",
    "UserAuthMethod-Passkey.ReadWrite",
    "UserAuthMethod-Passkey.Read.All",
    "UserAuthMethod-Passkey.ReadWrite.All",
    "UserAuthenticationMethod.Read",
    "UserAuthenticationMethod.ReadWrite",
    "UserAuthenticationMethod.Read.All",
    "UserAuthenticationMethod.ReadWrite.All",
];
const WRITE_KEYS: &[&str] = &["UserAuthMethod-Passkey.ReadWrite.All", "UserAuthenticationMethod.ReadWrite.All"];
const WRITE_KEYS_SELF: &[&str] = &[
    "UserAuthMethod-Passkey.ReadWrite",
    "UserAuthMethod-Passkey.ReadWrite.All",
    "UserAuthenticationMethod.ReadWrite",
    "UserAuthenticationMethod.ReadWrite.All",
];
const READ_POLICY: &[&str] =
    &["Policy.Read.AuthenticationMethod", "Policy.ReadWrite.AuthenticationMethod", "Policy.Read.All"];
const WRITE_POLICY: &[&str] = &["Policy.ReadWrite.AuthenticationMethod"];
const READ_ORGANIZATION: &[&str] = &[
    "User.Read",
    "User.Read.All",
    "Organization.Read.All",
    "Organization.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
    "Directory.AccessAsUser.All",
];
const READ_ORGANIZATION_APP: &[&str] = &[
    "User.Read.All",
    "Organization.Read.All",
    "Organization.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];
const NONE: &[&str] = &[];

/// A route without anything of its own; the table fills in the rest.
const fn route(method: &'static str, path: &'static str, handler: fn(Call<'_>) -> Result<Answer, GraphError>) -> Route {
    let right = Right::ReadDirectory;
    Route { method, path, delegated: NONE, right, own: NONE, own_operation: None, application: NONE, handler }
}

const ROUTES: &[Route] = &[
    Route { own: READ_SELF, ..route("GET", "me", users::one) },
    Route { own: READ_MEMBER_OF_SELF, ..route("GET", "me/memberOf", users::member_of) },
    Route { own: READ_METHODS_SELF, ..route("GET", "me/authentication/methods", methods::all) },
    Route { own: READ_KEYS_SELF, ..route("GET", "me/authentication/fido2Methods", methods::keys) },
    Route { own: READ_KEYS_SELF, ..route("GET", "me/authentication/fido2Methods/{method}", methods::key) },
    Route {
        own: WRITE_KEYS_SELF,
        own_operation: Some("RemoveKey"),
        ..route("DELETE", "me/authentication/fido2Methods/{method}", methods::delete_key)
    },
    Route { delegated: READ_USERS, application: READ_USERS_APP, ..route("GET", "users", users::list) },
    Route {
        delegated: WRITE_USERS,
        right: Right::CreateUser,
        application: WRITE_USERS_APP,
        ..route("POST", "users", users::create)
    },
    Route {
        delegated: READ_USERS,
        own: READ_SELF,
        application: READ_USERS_APP,
        ..route("GET", "users/{user}", users::one)
    },
    Route {
        delegated: UPDATE_USERS,
        right: Right::UpdateUser,
        application: UPDATE_USERS_APP,
        ..route("PATCH", "users/{user}", users::update)
    },
    Route {
        delegated: DELETE_USERS,
        right: Right::DeleteUser,
        application: DELETE_USERS_APP,
        ..route("DELETE", "users/{user}", users::delete)
    },
    Route {
        delegated: READ_MEMBER_OF,
        own: READ_MEMBER_OF_SELF,
        application: READ_MEMBER_OF_APP,
        ..route("GET", "users/{user}/memberOf", users::member_of)
    },
    Route {
        delegated: READ_METHODS,
        right: Right::ReadMethods,
        own: READ_METHODS_SELF,
        application: READ_METHODS,
        ..route("GET", "users/{user}/authentication/methods", methods::all)
    },
    Route {
        delegated: READ_KEYS,
        right: Right::ReadMethods,
        own: READ_KEYS_SELF,
        application: READ_KEYS,
        ..route("GET", "users/{user}/authentication/fido2Methods", methods::keys)
    },
    Route {
        delegated: WRITE_KEYS,
        right: Right::WriteMethods,
        application: WRITE_KEYS,
        ..route("GET", "users/{user}/authentication/fido2Methods/creationOptions", registration::options)
    },
    Route {
        delegated: WRITE_KEYS,
        right: Right::WriteMethods,
        application: WRITE_KEYS,
        ..route("POST", "users/{user}/authentication/fido2Methods", registration::register)
    },
    Route {
        delegated: READ_KEYS,
        right: Right::ReadMethods,
        own: READ_KEYS_SELF,
        application: READ_KEYS,
        ..route("GET", "users/{user}/authentication/fido2Methods/{method}", methods::key)
    },
    Route {
        delegated: WRITE_KEYS,
        right: Right::WriteMethods,
        own: WRITE_KEYS_SELF,
        own_operation: Some("RemoveKey"),
        application: WRITE_KEYS,
        ..route("DELETE", "users/{user}/authentication/fido2Methods/{method}", methods::delete_key)
    },
    Route { delegated: READ_GROUPS, application: READ_GROUPS_APP, ..route("GET", "groups", groups::list) },
    Route {
        delegated: CREATE_GROUPS,
        right: Right::CreateGroup,
        application: CREATE_GROUPS_APP,
        ..route("POST", "groups", groups::create)
    },
    Route { delegated: READ_GROUPS, application: READ_GROUPS_APP, ..route("GET", "groups/{group}", groups::one) },
    Route {
        delegated: DELETE_GROUPS,
        right: Right::DeleteGroup,
        application: DELETE_GROUPS_APP,
        ..route("DELETE", "groups/{group}", groups::delete)
    },
    Route {
        delegated: READ_MEMBERS,
        application: READ_MEMBERS_APP,
        ..route("GET", "groups/{group}/members", groups::members)
    },
    Route {
        delegated: WRITE_MEMBERS,
        right: Right::UpdateMembers,
        application: WRITE_MEMBERS_APP,
        ..route("POST", "groups/{group}/members/$ref", groups::add_member)
    },
    Route {
        delegated: WRITE_MEMBERS,
        right: Right::UpdateMembers,
        application: WRITE_MEMBERS_APP,
        ..route("DELETE", "groups/{group}/members/{member}/$ref", groups::remove_member)
    },
    Route {
        delegated: READ_POLICY,
        right: Right::ReadMethodPolicy,
        application: READ_POLICY,
        ..route("GET", FIDO2_POLICY, policies::fido2)
    },
    Route {
        delegated: WRITE_POLICY,
        right: Right::WriteMethodPolicy,
        application: WRITE_POLICY,
        ..route("PATCH", FIDO2_POLICY, policies::update_fido2)
    },
    Route {
        delegated: READ_ORGANIZATION,
        application: READ_ORGANIZATION_APP,
        ..route("GET", "organization", organization::list)
    },
];

const FIDO2_POLICY: &str = "policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2";

impl Route {
    /// Whether the path starts with `/me`.
    pub(crate) fn is_about_me(&self) -> bool {
        self.path == "me" || self.path.starts_with("me/")
    }

    fn matches(&self, path: &Path) -> Option<Captures> {
        let pattern: Vec<&'static str> = self.path.split('/').collect();
        if pattern.len() != path.segments.len() || matched(&pattern, &path.segments) != pattern.len() {
            return None;
        }
        let pairs = pattern.iter().zip(&path.segments);
        let captured = pairs.filter_map(|(name, value)| Some((capture(name)?, value.clone())));
        Some(Captures(captured.collect()))
    }
}

impl Captures {
    /// What stood in the place of `{name}`.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

/// The route of a request: an exact segment beats a brace, and a wrong verb or segment says which.
pub(crate) fn find(method: &Method, path: &Path) -> Result<(&'static Route, Captures), GraphError> {
    let fitting = ROUTES.iter().filter_map(|route| Some((route, route.matches(path)?)));
    let mut fitting: Vec<_> = fitting.collect();
    fitting.sort_by_key(|(_, captures)| captures.0.len());
    let Some(fewest) = fitting.first().map(|(_, captures)| captures.0.len()) else {
        return Err(unknown_segment(path));
    };
    let exact = fitting.into_iter().filter(|(_, captures)| captures.0.len() == fewest);
    let found = exact.into_iter().find(|(route, _)| route.method == method.as_str());
    found.ok_or_else(GraphError::wrong_verb)
}

/// Names the first segment that leads nowhere.
fn unknown_segment(path: &Path) -> GraphError {
    let depth = |route: &Route| matched(&route.path.split('/').collect::<Vec<_>>(), &path.segments);
    let known = ROUTES.iter().map(depth).max().unwrap_or_default();
    let last = path.segments.len().saturating_sub(1);
    let segment = path.segments.get(known.min(last)).map_or("", String::as_str);
    GraphError::bad_request(format!("Resource not found for the segment '{segment}'."))
}

/// How many segments from the start fit the pattern.
fn matched(pattern: &[&str], segments: &[String]) -> usize {
    let pairs = pattern.iter().zip(segments);
    pairs.take_while(|(name, value)| capture(name).is_some() || name.eq_ignore_ascii_case(value)).count()
}

fn capture(name: &str) -> Option<&str> {
    name.strip_prefix('{')?.strip_suffix('}')
}
