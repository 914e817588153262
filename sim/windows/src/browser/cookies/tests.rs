//! Which cookies are kept, and which requests carry them.

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

/// The `Cookie` header for `to` at `now`, after answers from `from` at second 1000 set these cookies.
fn sent(from: &str, cookies: &[&str], now: i64, to: &str) -> String {
    let mut jar = Jar::default();
    for cookie in cookies {
        jar.store(at(1000), &url(from), &HeaderValue::from_str(cookie).unwrap());
    }
    jar.header(at(now), &url(to)).map_or_else(String::new, |header| header.to_str().unwrap().to_owned())
}

#[test]
fn a_cookie_belongs_to_its_host() {
    let from = "https://login.microsoftonline.com/common/login";
    let cookie = ["session=1; Path=/; HttpOnly"];
    assert_eq!(sent(from, &cookie, 1000, "https://login.microsoftonline.com/kmsi"), "session=1");
    assert_eq!(sent(from, &cookie, 1000, "https://login.microsoft.com/kmsi"), "");
    assert_eq!(sent(from, &cookie, 1000, "https://a.login.microsoftonline.com/"), "");
}

#[test]
fn a_domain_widens_to_subdomains_but_never_to_strangers() {
    let from = "https://login.microsoft.com/";
    assert_eq!(sent(from, &["a=1; Domain=.microsoft.com"], 1000, "https://mysignins.microsoft.com/"), "a=1");
    assert_eq!(sent(from, &["a=1; Domain=microsoft.com"], 1000, "https://notmicrosoft.com/"), "");
    assert_eq!(sent(from, &["a=1; Domain=office.com"], 1000, "https://www.office.com/"), "");
    assert_eq!(sent(from, &["a=1; Domain=com"], 1000, "https://www.office.com/"), "");
}

#[test]
fn a_path_covers_what_lies_below_it() {
    let from = "https://bank.example/cc/login";
    assert_eq!(sent(from, &["a=1"], 1000, "https://bank.example/cc/users"), "a=1");
    assert_eq!(sent(from, &["a=1"], 1000, "https://bank.example/ccx"), "");
    assert_eq!(sent(from, &["a=1; Path=/cc/users"], 1000, "https://bank.example/cc/users/1"), "a=1");
    assert_eq!(sent(from, &["a=1; Path=/cc/users"], 1000, "https://bank.example/cc/usersx"), "");
}

#[test]
fn a_secure_cookie_stays_on_https() {
    assert_eq!(sent("https://a.example/", &["s=1; Secure"], 1000, "http://a.example/"), "");
    assert_eq!(sent("http://a.example/", &["s=1; Secure"], 1000, "https://a.example/"), "");
}

#[test]
fn a_cookie_ends_with_its_lifetime_and_max_age_wins() {
    let from = "https://a.example/";
    assert_eq!(sent(from, &["a=1; Max-Age=60"], 1059, from), "a=1");
    assert_eq!(sent(from, &["a=1; Max-Age=60"], 1060, from), "");
    assert_eq!(sent(from, &["a=1; Expires=Thu, 01 Jan 1970 01:00:00 GMT"], 1100, from), "a=1");
    assert_eq!(sent(from, &["a=1; Expires=Thu, 01 Jan 1970 01:00:00 GMT"], 3600, from), "");
    assert_eq!(sent(from, &["a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], 1001, from), "a=1");
}

#[test]
fn a_cookie_set_again_replaces_the_old_one_and_max_age_zero_deletes_it() {
    let from = "https://a.example/";
    assert_eq!(sent(from, &["a=1", "b=2", "a=3"], 1000, from), "a=3; b=2");
    assert_eq!(sent(from, &["a=1", "b=2", "a=; Max-Age=0"], 1000, from), "b=2");
}

#[test]
fn longer_paths_come_first() {
    let from = "https://a.example/x/y";
    assert_eq!(sent(from, &["a=1; Path=/", "b=2; Path=/x"], 1000, from), "b=2; a=1");
}

#[test]
fn name_prefixes_are_kept() {
    let from = "https://a.example/x/y";
    assert_eq!(sent(from, &["__Host-s=1; Secure; Path=/"], 1000, from), "__Host-s=1");
    assert_eq!(sent(from, &["__Host-s=1; Secure"], 1000, from), "");
    assert_eq!(sent(from, &["__Secure-s=1"], 1000, from), "");
}
