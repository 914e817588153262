//! What each operation costs, as data: Microsoft Graph "Identity and access service limits" (entra.md §2.2).

/// Whose limits an operation falls under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    /// Identity and access: resource units and writes.
    Directory,
    /// Identity and access reports: the logs.
    Reports,
    /// Identity protection and Conditional Access.
    ConditionalAccess,
    /// Intune device configuration.
    Intune,
}

/// What one operation takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cost {
    pub(crate) service: Service,
    /// Resource units before what the query adds; with the other services, requests.
    pub(crate) units: u32,
    /// 1 for a change.
    pub(crate) writes: u32,
}

/// Services by the beginning of the path; everything else is identity and access.
const SERVICES: [(&str, Service); 3] = [
    ("auditLogs", Service::Reports),
    ("identity/conditionalAccess", Service::ConditionalAccess),
    ("deviceManagement", Service::Intune),
];

/// Operations of identity and access whose base cost is not 1. `me` stands for `users/{user}` as well, and what
/// Microsoft says of `me` the lab takes for groups and directory objects too.
const UNITS: [(&str, &str, u32); 21] = [
    ("GET", "applications", 2),
    ("POST", "directoryObjects/getByIds", 3),
    ("GET", "groups/{group}/members", 3),
    ("GET", "groups/{group}/transitiveMembers", 5),
    ("POST", "me/checkMemberGroups", 4),
    ("POST", "directoryObjects/{object}/checkMemberGroups", 4),
    ("POST", "groups/{group}/checkMemberGroups", 4),
    ("POST", "me/getMemberGroups", 2),
    ("POST", "directoryObjects/{object}/getMemberGroups", 2),
    ("POST", "groups/{group}/getMemberGroups", 2),
    ("POST", "me/getMemberObjects", 2),
    ("POST", "directoryObjects/{object}/getMemberObjects", 2),
    ("GET", "me/memberOf", 2),
    ("GET", "groups/{group}/memberOf", 2),
    ("GET", "me/transitiveMemberOf", 2),
    ("GET", "groups/{group}/transitiveMemberOf", 2),
    ("GET", "oauth2PermissionGrants", 2),
    ("GET", "oauth2PermissionGrants/{grant}", 2),
    ("GET", "servicePrincipals/{principal|appId}/appRoleAssignments", 2),
    ("GET", "servicePrincipals/{principal|appId}/appRoleAssignedTo", 2),
    ("GET", "users", 2),
];

/// POST operations that change nothing and count as no write.
const QUESTIONS: [&str; 4] = ["getByIds", "checkMemberGroups", "getMemberGroups", "getMemberObjects"];

/// Units that a query adds or saves; no request costs less than one.
pub(crate) const SELECT: i32 = -1;
/// `$expand`.
pub(crate) const EXPAND: i32 = 1;
/// `$top` below [`TOP_FEW`].
pub(crate) const FEW: i32 = -1;
/// From how many objects on a page is no small one.
pub(crate) const TOP_FEW: usize = 20;

/// The cost of a route, by its verb and its path as the table of routes has it.
pub(crate) fn of_route(verb: &str, path: &str) -> Cost {
    let service = SERVICES.iter().find(|(beginning, _)| path.starts_with(beginning));
    let service = service.map_or(Service::Directory, |(_, service)| *service);
    let is_question = verb == "GET" || path.rsplit('/').next().is_some_and(|last| QUESTIONS.contains(&last));
    Cost { service, units: units(verb, path), writes: u32::from(!is_question) }
}

fn units(verb: &str, path: &str) -> u32 {
    // A count and a cast cost what the list does.
    let list = path.strip_suffix("/$count").unwrap_or(path);
    let list = list.split("/microsoft.graph.").next().unwrap_or_default();
    let list = list.strip_prefix("users/{user}/").map_or_else(|| list.to_owned(), |rest| format!("me/{rest}"));
    let known = UNITS.iter().find(|(known, path, _)| *known == verb && *path == list);
    known.map_or(1, |(_, _, units)| *units)
}

/// The highest base cost.
#[cfg(test)]
pub(crate) fn dearest() -> u32 {
    UNITS.iter().map(|(_, _, units)| *units).max().unwrap_or(1)
}
