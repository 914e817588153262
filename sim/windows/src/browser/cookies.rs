//! The cookie jar (RFC 6265 §5): host, domain, path, `Secure`, lifetime and name prefixes. `HttpOnly` changes nothing
//! here, since no page has a script that could read cookies; `SameSite` is not enforced (convention of the lab).

use http::HeaderValue;
use jiff::{SignedDuration, Timestamp};
use url::{Host, Url};

/// Every cookie of one browser, oldest first.
#[derive(Default)]
pub(crate) struct Jar(Vec<Cookie>);

struct Cookie {
    name: String,
    value: String,
    domain: String,
    scope: Scope,
    path: String,
    transport: Transport,
    /// `None`: until the browser is closed.
    expires: Option<Timestamp>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    Host,
    Domain,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Transport {
    Any,
    Secure,
}

impl Jar {
    /// Stores what one `Set-Cookie` header of an answer from `url` says; one that breaks the rules is ignored (§5.3).
    pub(crate) fn store(&mut self, now: Timestamp, url: &Url, set_cookie: &HeaderValue) {
        let Some(cookie) = set_cookie.to_str().ok().and_then(|line| Cookie::parse(now, url, line)) else { return };
        // A cookie that is set again keeps its place in the order.
        let old = self.0.iter().position(|old| old.is_same(&cookie));
        let dead = cookie.expires.is_some_and(|at| at <= now);
        match old {
            Some(place) if dead => drop(self.0.remove(place)),
            Some(place) => self.0[place] = cookie,
            None if dead => {}
            None => self.0.push(cookie),
        }
    }

    /// The `Cookie` header for a request (§5.4): longer paths first, then older cookies.
    pub(crate) fn header(&mut self, now: Timestamp, url: &Url) -> Option<HeaderValue> {
        self.0.retain(|cookie| cookie.expires.is_none_or(|at| at > now));
        let mut fitting: Vec<&Cookie> = self.0.iter().filter(|cookie| cookie.fits(url)).collect();
        fitting.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let pairs: Vec<String> = fitting.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        let mut header = HeaderValue::try_from(pairs.join("; ")).ok().filter(|value| !value.is_empty())?;
        header.set_sensitive(true);
        Some(header)
    }
}

impl Cookie {
    fn parse(now: Timestamp, url: &Url, line: &str) -> Option<Self> {
        let mut parts = line.split(';');
        let (name, value) = parts.next()?.split_once('=')?;
        let mut cookie = Self {
            name: name.trim().to_owned(),
            value: value.trim().to_owned(),
            domain: url.host_str()?.to_owned(),
            scope: Scope::Host,
            path: default_path(url),
            transport: Transport::Any,
            expires: None,
        };
        let mut max_age = None;
        for attribute in parts {
            let (key, value) = attribute.split_once('=').unwrap_or((attribute, ""));
            let value = value.trim();
            match key.trim().to_ascii_lowercase().as_str() {
                "domain" if !value.is_empty() => cookie.widen(url, value)?,
                "path" if value.starts_with('/') => value.clone_into(&mut cookie.path),
                "secure" => cookie.transport = Transport::Secure,
                "max-age" => max_age = value.parse().ok().or(max_age),
                "expires" => cookie.expires = expiry_date(value).or(cookie.expires),
                _ => {}
            }
        }
        // Max-Age wins over Expires, wherever it stands.
        if let Some(seconds) = max_age {
            cookie.expires = Some(after(now, seconds));
        }
        cookie.is_allowed(url).then_some(cookie)
    }

    /// Applies a `Domain` attribute; one that does not cover the host spoils the cookie.
    fn widen(&mut self, url: &Url, domain: &str) -> Option<()> {
        let domain = domain.trim_start_matches('.').to_ascii_lowercase();
        // Without a list of public suffixes, a domain of one label counts as one.
        let fits = domain.contains('.') && covers(&domain, url);
        if !fits && url.host_str() != Some(domain.as_str()) {
            return None;
        }
        self.scope = if fits { Scope::Domain } else { Scope::Host };
        self.domain = domain;
        Some(())
    }

    /// A secure cookie needs a secure connection; the prefixes promise what they name (RFC 6265bis §4.1.3).
    fn is_allowed(&self, url: &Url) -> bool {
        let secure = self.transport == Transport::Secure;
        let host_bound = self.scope == Scope::Host && self.path == "/";
        let prefix_kept = if self.name.starts_with("__Host-") {
            secure && host_bound
        } else {
            secure || !self.name.starts_with("__Secure-")
        };
        prefix_kept && !self.name.is_empty() && (!secure || url.scheme() == "https")
    }

    fn is_same(&self, other: &Self) -> bool {
        (&self.name, &self.domain, &self.path) == (&other.name, &other.domain, &other.path)
    }

    fn fits(&self, url: &Url) -> bool {
        let host = match self.scope {
            Scope::Host => url.host_str() == Some(self.domain.as_str()),
            Scope::Domain => covers(&self.domain, url),
        };
        let transport = self.transport == Transport::Any || url.scheme() == "https";
        host && transport && path_matches(&self.path, url.path())
    }
}

/// Whether the host is the domain or lies below it (§5.1.3); addresses have no subdomains.
fn covers(domain: &str, url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(host)) => {
            host.strip_suffix(domain).is_some_and(|before| before.is_empty() || before.ends_with('.'))
        }
        _ => url.host_str() == Some(domain),
    }
}

/// The directory of the request's path (§5.1.4).
fn default_path(url: &Url) -> String {
    match url.path().rfind('/') {
        None | Some(0) => "/".to_owned(),
        Some(end) => url.path()[..end].to_owned(),
    }
}

/// §5.1.4.
fn path_matches(cookie: &str, request: &str) -> bool {
    request.strip_prefix(cookie).is_some_and(|rest| rest.is_empty() || cookie.ends_with('/') || rest.starts_with('/'))
}

fn expiry_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::DateTimeParser::new().relaxed_weekday(true).parse_timestamp(text).ok()
}

fn after(now: Timestamp, seconds: i64) -> Timestamp {
    now.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(if seconds > 0 { Timestamp::MAX } else { now })
}

#[cfg(test)]
mod tests;
