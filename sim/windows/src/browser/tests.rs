//! The browser against pages written by hand: what it shows, what it sends.

mod ceremonies;
mod forms;
mod navigation;
mod screens;

use bytes::Bytes;
use clockwork::{ExchangeId, Face as _, Reply, Screen, Unreachable, Verb, VerbError};
use http::{Request, Response};
use jiff::Timestamp;

use super::{Browser, BrowserKind, Event};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;
const START: &str = "https://bank.example/cc/start";

/// A browser with the server that a test plays.
struct Desk {
    browser: Browser,
    last: Option<ExchangeId>,
}

impl Desk {
    /// A browser that has asked for [`START`].
    fn asking() -> Self {
        Self::asking_as(BrowserKind::Chrome, START)
    }

    fn asking_as(kind: BrowserKind, url: &str) -> Self {
        let mut browser = Browser::new(kind);
        browser.open(NOW, url);
        Self { browser, last: None }
    }

    /// A browser that shows this page.
    fn showing(html: &str) -> Self {
        let mut desk = Self::asking();
        desk.request();
        desk.answer(page(html));
        desk
    }

    /// The request that the browser sends next.
    fn request(&mut self) -> Request<Bytes> {
        let (id, request) = self.browser.poll_request().expect("the browser has a request");
        self.last = Some(id);
        request
    }

    /// Method, address and body of the request that the browser sends next.
    fn line(&mut self) -> String {
        let request = self.request();
        let body = String::from_utf8_lossy(request.body()).into_owned();
        format!("{} {} {body}", request.method(), request.uri()).trim_end().to_owned()
    }

    fn answer(&mut self, response: Response<Bytes>) {
        self.reply(Ok(response));
    }

    fn reply(&mut self, reply: Reply) {
        self.browser.handle_response(NOW, self.last.take().expect("a request was polled"), reply);
    }

    fn is_quiet(&mut self) -> bool {
        self.browser.poll_request().is_none()
    }

    fn screen(&self) -> Screen {
        self.browser.screen()
    }

    fn tap(&mut self, label: &str) -> Result<(), VerbError> {
        self.browser.handle_verb(NOW, &Verb::Tap(label.into()))
    }

    fn tap_in(&mut self, row: &str, button: &str) -> Result<(), VerbError> {
        self.browser.handle_verb(NOW, &Verb::TapIn { row: row.into(), button: button.into() })
    }

    fn enter(&mut self, field: &str, text: &str) -> Result<(), VerbError> {
        self.browser.handle_verb(NOW, &Verb::Type { field: field.into(), text: text.into() })
    }

    fn events(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.browser.poll_event()).collect()
    }
}

fn page(html: &str) -> Response<Bytes> {
    Response::builder().header("content-type", "text/html; charset=utf-8").body(html.to_owned().into()).unwrap()
}

fn redirect(status: u16, location: &str) -> Response<Bytes> {
    Response::builder().status(status).header("location", location).body(Bytes::new()).unwrap()
}

fn cut_off() -> Reply {
    Err(Unreachable { host: "bank.example".into(), reason: "cut off".into() })
}
