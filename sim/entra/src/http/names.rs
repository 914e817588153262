//! Host names: which part of the tenant each one means.

use http::header::HOST;
use http::uri::Authority;
use http::{HeaderMap, Uri};

use crate::origin::{GRAPH_HOST, LOGIN_HOSTS, Origin};
use crate::pages::Site;

/// Microsoft's host names that the tenant answers for.
pub const HOSTS: [&str; 15] = [
    "login.microsoftonline.com",
    "login.microsoft.com",
    "login.windows.net",
    "sts.windows.net",
    "graph.microsoft.com",
    "mysignins.microsoft.com",
    "manage.microsoft.com",
    "enterpriseregistration.windows.net",
    "www.office.com",
    "microsoft.com",
    "www.microsoft.com",
    "portal.azure.com",
    "entra.microsoft.com",
    "intune.microsoft.com",
    "endpoint.microsoft.com",
];

/// A part of the tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Room {
    Login,
    Graph,
    MySignIns,
    /// Intune's device management.
    Manage,
    /// Device registration.
    Registration,
    Office,
    /// `microsoft.com`, for its short addresses.
    Microsoft,
    /// `portal.azure.com` and the portal's other names.
    Portal(Site),
}

/// Endings of names that are Microsoft's, served or not.
const MICROSOFTS: [&str; 7] =
    ["microsoft.com", "microsoftonline.com", "windows.net", "azure.com", "office.com", "msauth.net", "live.com"];
/// What Graph's paths begin with.
const GRAPH_PATHS: [&str; 3] = ["v1.0", "beta", "oidc"];

/// The host that was asked, with its port: by the header, else by the URI. `None` when it is no name.
pub(super) fn authority(headers: &HeaderMap, uri: &Uri) -> Option<Authority> {
    let authority = match headers.get(HOST) {
        Some(host) => Authority::try_from(host.as_bytes()).ok()?,
        None => uri.authority()?.clone(),
    };
    (!authority.as_str().contains('@')).then_some(authority)
}

/// What a request to this name and path is for, and under which names its client goes on.
pub(super) fn room(authority: &Authority, path: &str) -> Option<(Room, Origin)> {
    let host = authority.host().to_ascii_lowercase();
    let room = match host.as_str() {
        login if LOGIN_HOSTS.contains(&login) => Room::Login,
        GRAPH_HOST => Room::Graph,
        "mysignins.microsoft.com" => Room::MySignIns,
        "manage.microsoft.com" => Room::Manage,
        "enterpriseregistration.windows.net" => Room::Registration,
        "www.office.com" => Room::Office,
        "microsoft.com" | "www.microsoft.com" => Room::Microsoft,
        "portal.azure.com" => Room::Portal(Site::Azure),
        "entra.microsoft.com" => Room::Portal(Site::Entra),
        "intune.microsoft.com" => Room::Portal(Site::Intune),
        "endpoint.microsoft.com" => Room::Portal(Site::Endpoint),
        other if other.is_empty() || is_microsofts(other) => return None,
        _ => {
            let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
            let room = if GRAPH_PATHS.contains(&first) { Room::Graph } else { Room::Login };
            return Some((room, Origin::Own(authority.as_str().to_ascii_lowercase())));
        }
    };
    Some((room, Origin::Microsoft))
}

fn is_microsofts(host: &str) -> bool {
    MICROSOFTS.iter().any(|end| host.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_means_a_part_of_the_tenant() {
        let check = |host: &str, path: &str, expect: Option<(Room, Origin)>| {
            assert_eq!(room(&host.parse().expect("a literal"), path), expect, "{host}{path}");
        };
        let own = |host: &str| Origin::Own(host.to_owned());
        check("login.windows.net:8443", "/common/login", Some((Room::Login, Origin::Microsoft)));
        check("GRAPH.microsoft.com", "/anything", Some((Room::Graph, Origin::Microsoft)));
        check("localhost:8443", "/common/login", Some((Room::Login, own("localhost:8443"))));
        check("localhost:8443", "/v1.0/me", Some((Room::Graph, own("localhost:8443"))));
        check("Lab.test", "/beta/users", Some((Room::Graph, own("lab.test"))));
        check("[::1]:8443", "/oidc/userinfo", Some((Room::Graph, own("[::1]:8443"))));
        check("localhost", "/v1.00/me", Some((Room::Login, own("localhost"))));
        check("enterpriseregistration.windows.net", "/", Some((Room::Registration, Origin::Microsoft)));
        check("graph.windows.net", "/", None);
        check("portal.azure.com", "/v1.0/me", Some((Room::Portal(Site::Azure), Origin::Microsoft)));
        check("management.azure.com", "/", None);
        check("notmicrosoft.com", "/", Some((Room::Login, own("notmicrosoft.com"))));
    }

    #[test]
    fn a_host_header_that_is_no_name_names_nothing() {
        let check = |host: &'static str, expect: Option<&str>| {
            let headers = HeaderMap::from_iter([(HOST, http::HeaderValue::from_static(host))]);
            let found = authority(&headers, &Uri::from_static("/"));
            assert_eq!(found.as_ref().map(Authority::as_str), expect);
        };
        check("a.test:1", Some("a.test:1"));
        check("a b", None);
        check("user@a.test", None);
        check("a.test/\"><script>", None);
    }
}
