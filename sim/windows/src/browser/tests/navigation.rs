//! Loading, redirects, failures, cookies and single sign-on.

use jiff::SignedDuration;

use super::*;
use crate::browser::SingleSignOn;

const AUTHORIZE: &str = "https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_id=1";

#[test]
fn a_browser_can_move_between_threads() {
    fn is_send<T: Send>() {}
    is_send::<Browser>();
}

#[test]
fn an_address_may_lack_its_scheme() {
    assert_eq!(Desk::asking_as(BrowserKind::Edge, "www.office.com").line(), "GET https://www.office.com/");
    let desk = Desk::asking_as(BrowserKind::Edge, "mailto:carol@example.org");
    assert_eq!(desk.screen().title, "This site can't be reached");
}

#[test]
fn the_fragment_stays_in_the_address_bar() {
    let mut desk = Desk::asking_as(BrowserKind::Chrome, "https://a.example/x?y=1#z");
    assert_eq!(desk.line(), "GET https://a.example/x?y=1");
    desk.answer(redirect(302, "/done"));
    assert_eq!(desk.line(), "GET https://a.example/done");
    desk.answer(page("<h1>Done</h1><a href='#part'>Part</a>"));
    assert_eq!(desk.browser.url(), "https://a.example/done#z");
    desk.tap("Part").unwrap();
    assert!(desk.is_quiet());
    assert_eq!(desk.browser.url(), "https://a.example/done#part");
}

#[test]
fn redirects_turn_a_post_into_a_get_unless_they_say_otherwise() {
    for (status, expected) in [
        (301, "GET https://bank.example/next"),
        (302, "GET https://bank.example/next"),
        (303, "GET https://bank.example/next"),
        (307, "POST https://bank.example/next a=1"),
        (308, "POST https://bank.example/next a=1"),
    ] {
        let mut desk = Desk::showing("<form method=post><input type=hidden name=a value=1><button>Go</button></form>");
        desk.tap("Go").unwrap();
        desk.request();
        desk.answer(redirect(status, "../next"));
        assert_eq!(desk.line(), expected, "{status}");
    }
}

#[test]
fn twenty_redirects_are_followed_and_no_more() {
    let mut desk = Desk::asking();
    for _ in 0..20 {
        desk.request();
        desk.answer(redirect(302, "/again"));
    }
    desk.request();
    desk.answer(redirect(302, "/again"));
    assert!(desk.is_quiet());
    let text = "bank.example redirected you too many times.";
    assert_eq!(desk.screen(), Screen::new("This page isn't working", &[text], &["Reload"]));
}

#[test]
fn a_redirect_off_the_web_is_refused() {
    let mut desk = Desk::asking();
    desk.request();
    desk.answer(redirect(302, "ms-appx-web://broker"));
    assert_eq!(desk.screen().title, "This page isn't working");
}

#[test]
fn a_failure_names_the_host_and_can_be_retried() {
    let mut desk = Desk::asking();
    desk.request();
    desk.reply(cut_off());
    let text = "bank.example cannot be reached: cut off.";
    assert_eq!(desk.screen(), Screen::new("This site can't be reached", &[text], &["Reload"]));
    desk.tap("Reload").unwrap();
    assert_eq!(desk.line(), "GET https://bank.example/cc/start");
}

#[test]
fn an_answer_that_does_not_come_is_given_up() {
    let mut desk = Desk::asking();
    desk.request();
    let deadline = desk.browser.poll_timeout().unwrap();
    assert_eq!(deadline, NOW + SignedDuration::from_mins(2));
    desk.browser.handle_timeout(deadline);
    assert!(desk.screen().shows("bank.example took too long to respond."));
    assert_eq!(desk.browser.poll_timeout(), None);
}

#[test]
fn the_answer_to_a_navigation_that_was_left_is_ignored() {
    let mut desk = Desk::asking();
    desk.request();
    let late = desk.last.take().unwrap();
    desk.browser.open(NOW, "https://other.example/");
    desk.browser.handle_response(NOW, late, Ok(page("<h1>Late</h1>")));
    assert_eq!(desk.screen().title, "Loading");
}

#[test]
fn an_empty_error_is_shown_by_its_status() {
    let mut desk = Desk::asking();
    desk.request();
    desk.answer(Response::builder().status(503).body(Bytes::new()).unwrap());
    assert_eq!(desk.screen(), Screen::new("This page isn't working", &["HTTP ERROR 503"], &["Reload"]));
}

#[test]
fn cookies_of_every_answer_go_along() {
    let mut desk = Desk::asking();
    assert!(!desk.request().headers().contains_key("cookie"));
    let mut response = redirect(302, "/cc/home");
    response.headers_mut().append("set-cookie", "session=s3; Path=/; HttpOnly; Secure".parse().unwrap());
    response.headers_mut().append("set-cookie", "theme=dark".parse().unwrap());
    desk.answer(response);
    assert_eq!(desk.request().headers()["cookie"], "theme=dark; session=s3");
    desk.answer(redirect(302, "https://other.example/"));
    assert!(!desk.request().headers().contains_key("cookie"));
}

#[test]
fn a_download_is_saved_and_the_page_stays() {
    let mut desk = Desk::showing("<h1>Desktop Client</h1><a href=/client>Download Now</a>");
    desk.tap("Download Now").unwrap();
    desk.request();
    let attachment = r#"attachment; filename="../hypr.json""#;
    desk.answer(Response::builder().header("content-disposition", attachment).body("{}".into()).unwrap());
    let download = desk.browser.poll_download().unwrap();
    assert_eq!((download.file_name.as_str(), &download.body[..]), ("hypr.json", &b"{}"[..]));
    assert_eq!(desk.screen().title, "Desktop Client");
    assert_eq!(desk.browser.url(), START);
}

fn signed_on(kind: BrowserKind, url: &str) -> Desk {
    let mut browser = Browser::new(kind);
    browser.set_single_sign_on(Some(SingleSignOn { refresh_token: "PRT".into(), session_key: vec![7; 32] }));
    browser.open(NOW, url);
    Desk { browser, last: None }
}

#[test]
fn edge_alone_offers_the_workstations_sign_in() {
    assert!(signed_on(BrowserKind::Edge, AUTHORIZE).request().headers().contains_key("x-ms-refreshtokencredential"));
    assert!(!signed_on(BrowserKind::Chrome, AUTHORIZE).request().headers().contains_key("x-ms-refreshtokencredential"));
    assert!(!signed_on(BrowserKind::Edge, START).request().headers().contains_key("x-ms-refreshtokencredential"));
}

#[test]
fn edge_repeats_with_the_nonce_that_entra_gives() {
    let mut desk = signed_on(BrowserKind::Edge, AUTHORIZE);
    let first = desk.request().headers()["x-ms-refreshtokencredential"].clone();
    desk.answer(redirect(302, &format!("{AUTHORIZE}&sso_nonce=N1")));
    let second = desk.request().headers()["x-ms-refreshtokencredential"].clone();
    assert_ne!(first, second);
    assert_eq!(desk.events(), [Event::OfferedSignOn, Event::OfferedSignOn]);
}

#[test]
fn the_journal_shows_no_query() {
    let mut desk = Desk::asking_as(BrowserKind::Chrome, "https://a.example/signin-oidc?code=SECRET#SECRET");
    desk.request();
    desk.answer(page("<h1>Hi</h1>"));
    let shown = Event::Shown { address: "https://a.example/signin-oidc".into(), status: http::StatusCode::OK };
    assert_eq!(desk.events(), [shown]);
}

#[test]
fn a_verb_that_does_not_fit_is_refused() {
    let mut desk = Desk::asking();
    assert!(desk.tap("Next").is_err());
    assert!(desk.enter("Name", "x").is_err());
    desk.request();
    desk.answer(page("<h1>T</h1>"));
    let scan = Verb::Scan("qr".into());
    assert!(matches!(desk.browser.handle_verb(NOW, &scan), Err(VerbError::Meaningless { .. })));
}
