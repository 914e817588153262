//! The browser itself: one page at a time, its navigations, and what a person does to it.

use std::collections::VecDeque;

use bytes::Bytes;
use clockwork::{ExchangeId, Face, Outbox, Reply, Screen, Verb, VerbError};
use http::{HeaderValue, Request, Response, header};
use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::cookies::Jar;
use super::event::address;
use super::form::Refusal;
use super::load::{Arrival, Load, Target};
use super::page::{Kind, Page, Start};
use super::webauthn_block::{self, Block};
use super::{BrowserKind, Download, Event, SingleSignOn, single_sign_on};
use crate::webauthn::{Ceremony, CredentialJson, DomException, Operation};

/// How long a browser waits for an answer (convention of the lab).
const PATIENCE: SignedDuration = SignedDuration::from_mins(2);
/// Forms that pages may submit by themselves between two acts of a person.
const AUTO_SUBMITS_MAX: u8 = 20;

const CANNOT_BE_REACHED: &str = "This site can't be reached";
const NOT_WORKING: &str = "This page isn't working";
const RELOAD: &str = "Reload";

/// A browser with one page.
pub struct Browser {
    kind: BrowserKind,
    url: Url,
    view: View,
    jar: Jar,
    single_sign_on: Option<SingleSignOn>,
    /// A ceremony that nobody has fetched yet.
    asked: Option<Ceremony>,
    auto_submits: u8,
    outbox: Outbox,
    downloads: VecDeque<Download>,
    events: VecDeque<Event>,
}

enum View {
    /// Nothing was opened yet.
    Blank,
    /// An answer is awaited. `previous` comes back if the answer is no page.
    Loading { load: Load, exchange: ExchangeId, deadline: Timestamp, previous: Option<(Url, Box<Page>)> },
    /// A page.
    Page(Box<Page>),
    /// A page that waits for the result of its ceremony.
    Ceremony { page: Box<Page>, block: Box<Block> },
    /// No page; the browser's own words instead.
    Failed { title: &'static str, text: String, again: Option<Target> },
}

impl Browser {
    /// A browser that was just started.
    #[must_use]
    pub fn new(kind: BrowserKind) -> Self {
        Self {
            kind,
            url: Url::parse("about:blank").expect("about:blank is a URL"),
            view: View::Blank,
            jar: Jar::default(),
            single_sign_on: None,
            asked: None,
            auto_submits: 0,
            outbox: Outbox::default(),
            downloads: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// Which browser it is.
    #[must_use]
    pub fn kind(&self) -> BrowserKind {
        self.kind
    }

    /// The address bar, with the fragment.
    #[must_use]
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// Gives Edge the workstation's sign-in, or takes it away. The other browsers have no use for it.
    pub fn set_single_sign_on(&mut self, credential: Option<SingleSignOn>) {
        self.single_sign_on = credential;
    }

    /// Types an address and presses Enter; `https://` may be left out.
    pub fn open(&mut self, now: Timestamp, url: &str) {
        self.auto_submits = 0;
        let parsed = Url::parse(url).or_else(|_| Url::parse(&format!("https://{url}")));
        match parsed.ok().filter(is_web) {
            Some(url) => self.navigate(now, Target::get(url)),
            None => self.fail(CANNOT_BE_REACHED, format!("{url} is not an address."), None),
        }
    }

    /// The next request to send.
    pub fn poll_request(&mut self) -> Option<(ExchangeId, Request<Bytes>)> {
        self.outbox.poll()
    }

    /// Takes the reply to a request; one to a navigation that was given up is ignored.
    pub fn handle_response(&mut self, now: Timestamp, id: ExchangeId, reply: Reply) {
        if !matches!(&self.view, View::Loading { exchange, .. } if *exchange == id) {
            return;
        }
        let View::Loading { load, previous, .. } = std::mem::replace(&mut self.view, View::Blank) else { return };
        match reply {
            Ok(response) => self.arrive(now, load, previous, &response),
            Err(unreachable) => self.fail(CANNOT_BE_REACHED, format!("{unreachable}."), Some(load.target)),
        }
    }

    /// The earliest deadline.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        match self.view {
            View::Loading { deadline, .. } => Some(deadline),
            _ => None,
        }
    }

    /// Gives up on an answer that is overdue.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        if let View::Loading { load, deadline, .. } = &self.view
            && *deadline <= now
        {
            let target = load.target.clone();
            let host = target.url.host_str().unwrap_or_default().to_owned();
            self.fail(CANNOT_BE_REACHED, format!("{host} took too long to respond."), Some(target));
        }
    }

    /// The ceremony that the page asks for, once.
    pub fn poll_ceremony(&mut self) -> Option<Ceremony> {
        self.asked.take()
    }

    /// Whether the page still waits for its ceremony. A page that was left does not: the dialogs can be closed.
    #[must_use]
    pub fn awaits_ceremony(&self) -> bool {
        matches!(self.view, View::Ceremony { .. })
    }

    /// Gives the page the result of its ceremony; when it waits for none, nothing happens.
    pub fn handle_ceremony_result(&mut self, now: Timestamp, result: Result<CredentialJson, DomException>) {
        match std::mem::replace(&mut self.view, View::Blank) {
            View::Ceremony { page, block } => self.finish_ceremony(now, page, &block, &result),
            other => self.view = other,
        }
    }

    /// The next file that was saved.
    pub fn poll_download(&mut self) -> Option<Download> {
        self.downloads.pop_front()
    }

    /// The next line for the journal.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    fn navigate(&mut self, now: Timestamp, target: Target) {
        let previous = match std::mem::replace(&mut self.view, View::Blank) {
            View::Page(page) | View::Ceremony { page, .. } => Some((self.url.clone(), page)),
            View::Loading { previous, .. } => previous,
            View::Blank | View::Failed { .. } => None,
        };
        self.asked = None;
        self.send(now, Load::new(target), previous);
    }

    fn send(&mut self, now: Timestamp, load: Load, previous: Option<(Url, Box<Page>)>) {
        self.url = load.target.url.clone();
        let mut request = match load.target.request() {
            Ok(request) => request,
            Err(error) => return self.fail(CANNOT_BE_REACHED, format!("The address cannot be sent: {error}."), None),
        };
        self.add_headers(now, &mut request);
        let exchange = self.outbox.send(request);
        self.view = View::Loading { load, exchange, deadline: now + PATIENCE, previous };
    }

    /// Name, cookies and, in Edge, the workstation's sign-in.
    fn add_headers(&mut self, now: Timestamp, request: &mut Request<Bytes>) {
        let headers = request.headers_mut();
        headers.insert(header::USER_AGENT, HeaderValue::from_static(self.kind.user_agent()));
        if let Some(cookies) = self.jar.header(now, &self.url) {
            headers.insert(header::COOKIE, cookies);
        }
        let credential = self.single_sign_on.as_ref().filter(|_| self.kind == BrowserKind::Edge);
        if let Some(token) = credential.and_then(|credential| credential.header(now, &self.url)) {
            headers.insert(single_sign_on::HEADER, token);
            self.events.push_back(Event::OfferedSignOn);
        }
    }

    fn arrive(&mut self, now: Timestamp, load: Load, previous: Option<(Url, Box<Page>)>, response: &Response<Bytes>) {
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            self.jar.store(now, &load.target.url, cookie);
        }
        let target = load.target.clone();
        match load.arrive(response) {
            Arrival::Page(page) => {
                let shown = Event::Shown { address: address(&self.url), status: response.status() };
                self.events.push_back(shown);
                self.show(now, page);
            }
            Arrival::Elsewhere(load) => self.send(now, load, previous),
            Arrival::Download(download) => {
                self.events.push_back(Event::Downloaded { file_name: download.file_name.clone() });
                self.downloads.push_back(download);
                self.restore(previous);
            }
            Arrival::Nothing => self.restore(previous),
            Arrival::Dead(text) => self.fail(NOT_WORKING, text, Some(target)),
        }
    }

    fn restore(&mut self, previous: Option<(Url, Box<Page>)>) {
        self.view = View::Blank;
        if let Some((url, page)) = previous {
            self.url = url;
            self.view = View::Page(page);
        }
    }

    /// Shows a page and does what it does by itself: a ceremony, or submitting a form.
    fn show(&mut self, now: Timestamp, mut page: Box<Page>) {
        let at_once = page.forms.iter().position(|form| form.start == Start::Load);
        match (page.webauthn.take(), at_once) {
            (Some(Ok(block)), _) if block.start == webauthn_block::Start::Load => self.begin_ceremony(now, page, block),
            (Some(Err(problem)), _) => {
                self.events.push_back(Event::BrokenPage { problem });
                self.view = View::Page(page);
            }
            (_, Some(form)) => self.submit_by_itself(now, page, form),
            _ => self.view = View::Page(page),
        }
    }

    fn begin_ceremony(&mut self, now: Timestamp, page: Box<Page>, block: Block) {
        let operation = match &block.operation {
            Ok(operation) => operation.clone(),
            Err(exception) => return self.finish_ceremony(now, page, &block, &Err(*exception)),
        };
        let origin = self.url.origin().ascii_serialization();
        let name = if matches!(operation, Operation::Create(_)) { "create" } else { "get" };
        self.events.push_back(Event::CeremonyBegun { origin: origin.clone(), operation: name });
        self.asked = Some(Ceremony { origin, operation });
        self.view = View::Ceremony { page, block: Box::new(block) };
    }

    /// Fills the form that the block names, and submits it.
    fn finish_ceremony(
        &mut self,
        now: Timestamp,
        mut page: Box<Page>,
        block: &Block,
        result: &Result<CredentialJson, DomException>,
    ) {
        self.asked = None;
        self.events.push_back(Event::CeremonyEnded { error: result.as_ref().err().copied() });
        let form = page.forms.iter().position(|form| form.id.as_deref() == Some(block.form.as_str()));
        let (Some(form), Some(values)) = (form, block.values(result)) else {
            let problem = format!("webauthn block: no form {:?}, or no errorField for an error", block.form);
            self.events.push_back(Event::BrokenPage { problem });
            self.view = View::Page(page);
            return;
        };
        for (name, text) in values {
            if !page.fill_hidden(form, &name, &text) {
                let problem = format!("webauthn block: the form {:?} has no input {name:?}", block.form);
                self.events.push_back(Event::BrokenPage { problem });
            }
        }
        self.submit_by_itself(now, page, form);
    }

    /// Submits a form that no person has submitted; pages that do so for ever are stopped.
    fn submit_by_itself(&mut self, now: Timestamp, page: Box<Page>, form: usize) {
        if self.auto_submits == AUTO_SUBMITS_MAX {
            let host = self.url.host_str().unwrap_or_default().to_owned();
            return self.fail(NOT_WORKING, format!("{host} submitted a form too many times."), None);
        }
        self.auto_submits += 1;
        self.view = View::Page(page);
        self.submit(now, form, None);
    }

    fn submit(&mut self, now: Timestamp, form: usize, button: Option<usize>) {
        let (View::Page(page) | View::Ceremony { page, .. }) = &mut self.view else { return };
        match page.submission(&self.url, form, button) {
            Ok(target) => self.follow(now, target),
            Err(Refusal::Incomplete(notice)) => page.notice = Some(notice),
            Err(Refusal::Address(problem)) => self.events.push_back(Event::BrokenPage { problem }),
        }
    }

    /// Goes where a page leads, if that is on the web.
    fn follow(&mut self, now: Timestamp, target: Target) {
        if is_web(&target.url) {
            self.navigate(now, target);
        } else {
            let problem = format!("it leads to {:?}, which is not on the web", target.url.scheme());
            self.events.push_back(Event::BrokenPage { problem });
        }
    }

    fn fail(&mut self, title: &'static str, text: String, again: Option<Target>) {
        self.asked = None;
        self.events.push_back(Event::Failed { problem: text.trim_end_matches('.').to_owned() });
        self.view = View::Failed { title, text, again };
    }

    /// Uses a control of the page.
    fn use_control(&mut self, now: Timestamp, place: usize) {
        let (View::Page(page) | View::Ceremony { page, .. }) = &mut self.view else { return };
        let control = &page.controls[place];
        match (&control.kind, control.form) {
            (Kind::Radio { .. }, _) => page.select_radio(place),
            (Kind::Link { href, .. }, _) => match self.url.join(href) {
                // A fragment of the same page loads nothing.
                Ok(url) if href.starts_with('#') => self.url = url,
                Ok(url) => self.follow(now, Target::get(url)),
                Err(error) => {
                    let problem = format!("link {href:?}: {error}");
                    self.events.push_back(Event::BrokenPage { problem });
                }
            },
            (Kind::Submit { .. }, Some(form)) => self.submit(now, form, Some(place)),
            _ => {}
        }
    }
}

impl Face for Browser {
    fn screen(&self) -> Screen {
        match &self.view {
            View::Blank => Screen::new("New tab", &[], &[]),
            View::Loading { .. } => Screen::new("Loading", &[], &[]),
            View::Page(page) | View::Ceremony { page, .. } => page.screen(),
            View::Failed { title, text, again } => {
                let buttons: &[&str] = if again.is_some() { &[RELOAD] } else { &[] };
                Screen::new(title, &[text], buttons)
            }
        }
    }

    fn handle_verb(&mut self, now: Timestamp, verb: &Verb) -> Result<(), VerbError> {
        let place = match (&mut self.view, verb) {
            (View::Page(page) | View::Ceremony { page, .. }, Verb::Tap(label)) => page.button(label)?,
            (View::Page(page) | View::Ceremony { page, .. }, Verb::TapIn { row, button }) => {
                page.row_button(row, button)?
            }
            (View::Page(page) | View::Ceremony { page, .. }, Verb::Type { field, text }) => {
                return page.type_into(field, text);
            }
            (View::Failed { again: Some(target), .. }, Verb::Tap(label)) if label == RELOAD => {
                let target = target.clone();
                self.auto_submits = 0;
                self.navigate(now, target);
                return Ok(());
            }
            (_, Verb::Tap(label)) => {
                return Err(self.screen().button(label).err().unwrap_or_else(|| self.screen().meaningless(verb)));
            }
            _ => return Err(self.screen().meaningless(verb)),
        };
        self.auto_submits = 0;
        self.use_control(now, place);
        Ok(())
    }
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.host_str().is_some()
}
