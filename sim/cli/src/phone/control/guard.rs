//! Who may use the interface: no page of a browser, and where there is a secret, whoever knows it.

use std::net::IpAddr;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::json::Problem;
use crate::phone::error::PhoneError;

/// What every request is held against.
#[derive(Clone)]
pub(super) struct Guard {
    token: Option<String>,
}

impl Guard {
    /// # Errors
    ///
    /// [`PhoneError::ControlToken`]: no header could carry it.
    pub(super) fn new(token: Option<&str>) -> Result<Self, PhoneError> {
        match token {
            Some(token) if token.is_empty() || !token.chars().all(|letter| letter.is_ascii_graphic()) => {
                Err(PhoneError::ControlToken)
            }
            token => Ok(Self { token: token.map(str::to_owned) }),
        }
    }

    fn check(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let host = text(headers, header::HOST).unwrap_or_default();
        if !is_no_name(&host) {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                "the request is for another host",
                format!("its Host header is {host:?}, by which a page of a browser could have got here"),
                "use an IP address or localhost in the URL",
            ));
        }
        if let Some(origin) = text(headers, header::ORIGIN)
            && origin != format!("http://{host}")
        {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                "the request comes from a page of a browser",
                format!("its Origin header is {origin:?}"),
                "send it without an Origin header, from a program",
            ));
        }
        let Some(token) = &self.token else { return Ok(()) };
        let given = text(headers, header::AUTHORIZATION).unwrap_or_default();
        let given = given.strip_prefix("Bearer ").unwrap_or_default();
        verify_slices_are_equal(given.as_bytes(), token.as_bytes()).map_err(|_| {
            Problem::new(
                StatusCode::UNAUTHORIZED,
                "the request has not the token",
                "this phone was started with --control-token".to_owned(),
                "send the header Authorization: Bearer TOKEN",
            )
        })
    }
}

pub(super) async fn guard(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    match guard.check(request.headers()) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

/// A header's text; one that is no text, or stands twice, is something that is never expected.
fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    let only = values.next().is_none().then(|| first.to_str().ok()).flatten();
    Some(only.unwrap_or("unreadable").to_owned())
}

/// A name could be one that resolves to this machine on purpose (DNS rebinding); an address and localhost cannot.
fn is_no_name(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    !authority.as_str().contains('@') && (host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(token: Option<&str>, headers: &[(&'static str, &str)], expect: Option<StatusCode>) {
        let map = headers.iter().map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value")));
        let outcome = Guard::new(token).expect("a token").check(&map.collect());
        assert_eq!(outcome.err().map(|problem| problem.status), expect, "{headers:?}");
    }

    #[test]
    fn an_address_is_a_host_and_a_name_is_none() {
        for host in ["127.0.0.1:8112", "localhost", "LOCALHOST:1", "[::1]:8112", "192.0.2.7:80"] {
            check(None, &[("host", host)], None);
        }
        for host in ["evil.example", "localhost.evil.example:8112", "", "127.0.0.1@evil.example", "a b"] {
            check(None, &[("host", host)], Some(StatusCode::FORBIDDEN));
        }
        check(None, &[], Some(StatusCode::FORBIDDEN));
    }

    #[test]
    fn another_origin_is_refused() {
        let check = |origin, expect| check(None, &[("host", "127.0.0.1:1"), ("origin", origin)], expect);
        check("http://127.0.0.1:1", None);
        for origin in ["null", "http://evil.example", "http://127.0.0.1:2", "https://127.0.0.1:1"] {
            check(origin, Some(StatusCode::FORBIDDEN));
        }
    }

    #[test]
    fn a_token_is_asked_for_where_there_is_one() {
        let check = |given: Option<&str>, expect| {
            let headers: Vec<_> =
                [("host", "127.0.0.1:1")].into_iter().chain(given.map(|it| ("authorization", it))).collect();
            check(Some("secret"), &headers, expect);
        };
        check(Some("Bearer secret"), None);
        for given in [None, Some("Bearer "), Some("Bearer Secret"), Some("secret"), Some("Basic secret")] {
            check(given, Some(StatusCode::UNAUTHORIZED));
        }
        assert!(Guard::new(Some("")).is_err() && Guard::new(Some("a b")).is_err());
    }
}
