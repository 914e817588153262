//! Under which names a client has reached the tenant, and so which addresses it can use (entra.md §0).

/// The names that a client uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Microsoft's own.
    Microsoft,
    /// One name for everything, as `host` or `host:port`: the sign-in service and Graph are told apart by path.
    Own(String),
}

/// The sign-in service's first name.
pub(crate) const LOGIN: &str = "https://login.microsoftonline.com";
/// The sign-in service's names.
pub(crate) const LOGIN_HOSTS: [&str; 4] =
    ["login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"];
/// Graph's name.
pub(crate) const GRAPH_HOST: &str = "graph.microsoft.com";

impl Origin {
    /// The same address, as this client can reach it; addresses of others stay what they are.
    pub(crate) fn link(&self, url: &str) -> String {
        let Self::Own(authority) = self else { return url.to_owned() };
        let Some((host, rest)) = split(url) else { return url.to_owned() };
        let served = LOGIN_HOSTS.contains(&host) || host == GRAPH_HOST;
        if served { format!("https://{authority}{rest}") } else { url.to_owned() }
    }

    /// An address of this client's at Graph, under Graph's own name.
    pub(crate) fn unlink(&self, url: &str) -> String {
        match (self, split(url)) {
            (Self::Own(authority), Some((host, rest))) if host == authority => format!("https://{GRAPH_HOST}{rest}"),
            _ => url.to_owned(),
        }
    }

    /// Whether the name, without a port, is one of this client's for the sign-in service.
    pub(crate) fn is_login(&self, host: &str) -> bool {
        let own = match self {
            Self::Microsoft => None,
            Self::Own(authority) => Some(authority.rsplit_once(':').map_or(authority.as_str(), |(host, _)| host)),
        };
        LOGIN_HOSTS.contains(&host) || own == Some(host)
    }
}

/// Host, with its port, and the rest of an https address.
fn split(url: &str) -> Option<(&str, &str)> {
    let rest = url.strip_prefix("https://")?;
    Some(rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_tenant_become_the_clients_own() {
        let own = Origin::Own("lab.test:8443".into());
        let check = |url: &str, expect: &str| assert_eq!(own.link(url), expect);
        check("https://login.microsoftonline.com/common/login", "https://lab.test:8443/common/login");
        check("https://graph.microsoft.com/v1.0/users?$top=1", "https://lab.test:8443/v1.0/users?$top=1");
        check("https://login.microsoftonline.com.evil.test/", "https://login.microsoftonline.com.evil.test/");
        check("https://app.example/callback", "https://app.example/callback");
        let url = "https://login.microsoftonline.com/common/login";
        assert_eq!(Origin::Microsoft.link(url), url);
    }

    #[test]
    fn a_clients_own_address_is_graphs() {
        let own = Origin::Own("lab.test:8443".into());
        assert_eq!(own.unlink("https://lab.test:8443/v1.0/users/1"), "https://graph.microsoft.com/v1.0/users/1");
        assert_eq!(own.unlink("https://other.test/v1.0/users/1"), "https://other.test/v1.0/users/1");
    }

    #[test]
    fn a_name_is_compared_without_its_port() {
        let own = Origin::Own("lab.test:8443".into());
        assert!(own.is_login("lab.test") && own.is_login("login.windows.net"));
        assert!(!Origin::Microsoft.is_login("lab.test"));
        assert!(Origin::Own("[::1]:8443".into()).is_login("[::1]"));
    }
}
