//! A lab: the four simulators, their links, one clock, one journal. It moves only when it is told to.
//!
//! **Invariant**: within one instant everything happens in one fixed order (actors by kind and name, exchanges by
//! age), so that the same seed gives the same journal, byte for byte.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use clockwork::{Clock, ExchangeId, Face as _, Journal, Reply, Screen, Verb, VerbError};
use jiff::{SignedDuration, Timestamp};
use phone::Phone;
use windows::bluetooth::Signal;
use windows::browser::{Browser, BrowserKind, Download};
use windows::{Method, Reach, Window, Workstation};
use wire::ctaphid::Report;

use crate::actor::Actor;
use crate::fault::{Attempt, Faults, Verdict};
use crate::journal::{Event, Exchange, mask_body, mask_screen, mask_text, mask_url};
use crate::net::{Hosts, InFlight};
use crate::receiver::Receiver;
use crate::scenario::Scenario;
use crate::trace::{Direction, Trace};

/// Something with a screen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The phone of this name.
    Phone(String),
    /// A window of the workstation of this name.
    Window(String, Window),
    /// The administrator's browser.
    Admin,
}

/// A running lab.
pub struct Lab {
    pub(crate) clock: Clock,
    pub(crate) journal: Journal<Event>,
    pub(crate) scenario: Scenario,
    pub(crate) tenant: Arc<Mutex<entra::Tenant>>,
    pub(crate) control_center: control_center::http::Shell,
    pub(crate) admin: Browser,
    /// What the administrator's browser has saved, oldest first.
    pub(crate) admin_downloads: Vec<Download>,
    pub(crate) workstations: BTreeMap<String, Workstation>,
    pub(crate) phones: BTreeMap<String, Phone>,
    pub(crate) hosts: Hosts,
    /// HTTP faults, first match wins.
    pub faults: Faults,
    /// By which ways each phone can be reached while its app is open.
    pub(crate) reach: BTreeMap<String, Reach>,
    pub(crate) exchanges: Vec<Pending>,
    pub(crate) links: BTreeMap<(String, String), Trace>,
    pub(crate) shown: BTreeMap<Place, Screen>,
    pub(crate) text_messages: BTreeMap<String, Vec<String>>,
    /// The access token that was copied last from Control Center's page, or nothing.
    pub(crate) access_token: String,
    /// E-mails by address in lower case, oldest first.
    pub(crate) mailboxes: BTreeMap<String, Vec<control_center::Mail>>,
    pub(crate) receiver: Receiver,
    pub(crate) graph: crate::graph::Administrator,
    pub(crate) registration: crate::setup::Registration,
}

/// An exchange under way, and to whom its reply goes.
pub(crate) struct Pending {
    sender: Sender,
    id: ExchangeId,
    exchange: InFlight,
    record: Exchange,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Sender {
    ControlCenter,
    Admin,
    Graph,
    Workstation(String),
    Phone(String),
}

impl Lab {
    /// The lab's present instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The scenario that the lab was made from.
    #[must_use]
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// Everything that has happened.
    #[must_use]
    pub fn journal(&self) -> &Journal<Event> {
        &self.journal
    }

    /// The tenant's core, for reading.
    ///
    /// # Panics
    ///
    /// When a handler of the tenant has panicked before.
    pub fn tenant(&self) -> MutexGuard<'_, entra::Tenant> {
        self.tenant.lock().expect("no handler panics while it holds the tenant")
    }

    /// Control Center.
    #[must_use]
    pub fn control_center(&self) -> &control_center::http::Shell {
        &self.control_center
    }

    /// A phone by name.
    #[must_use]
    pub fn phone(&self, name: &str) -> Option<&Phone> {
        self.phones.get(name)
    }

    /// A workstation by name.
    #[must_use]
    pub fn workstation(&self, name: &str) -> Option<&Workstation> {
        self.workstations.get(name)
    }

    /// What is on show there; `None` when the lab has no such device.
    #[must_use]
    pub fn screen(&self, place: &Place) -> Option<Screen> {
        match place {
            Place::Phone(name) => self.phones.get(name).map(Phone::screen),
            Place::Window(name, window) => self.workstations.get(name).map(|machine| machine.screen(*window)),
            Place::Admin => Some(self.admin.screen()),
        }
    }

    /// Every screen that has been shown so far, as it stands now, secrets masked.
    pub fn screens(&self) -> impl Iterator<Item = (&Place, &Screen)> {
        self.shown.iter()
    }

    /// Does what a person did and runs the lab until nothing is left to do at this instant.
    ///
    /// # Errors
    ///
    /// When the screen has no such thing.
    pub fn act(&mut self, place: &Place, verb: &Verb) -> Result<(), VerbError> {
        let now = self.now();
        self.journal.record(now, &place.to_string(), Event::Verb(verb.to_string()));
        match place {
            Place::Phone(name) => self.phone_mut(name).handle_verb(now, verb),
            Place::Window(name, window) => {
                let window = *window;
                self.workstation_mut(name).handle_verb(now, window, verb)
            }
            Place::Admin => self.admin.handle_verb(now, verb),
        }?;
        self.settle();
        Ok(())
    }

    /// Does something to a phone that is not on its screen, and settles.
    pub fn with_phone<T>(&mut self, name: &str, act: impl FnOnce(&mut Phone, Timestamp) -> T) -> T {
        let now = self.now();
        let outcome = act(self.phone_mut(name), now);
        self.settle();
        outcome
    }

    /// Does something to a workstation that is not on its screens, and settles.
    pub fn with_workstation<T>(&mut self, name: &str, act: impl FnOnce(&mut Workstation, Timestamp) -> T) -> T {
        let now = self.now();
        let outcome = act(self.workstation_mut(name), now);
        self.settle();
        outcome
    }

    /// Opens a page in the administrator's browser, and settles.
    pub fn open_as_admin(&mut self, url: &str) {
        let now = self.now();
        self.admin.open(now, url);
        self.settle();
    }

    /// Switches a phone's Bluetooth, or moves it into another network or back.
    pub fn set_reach(&mut self, phone: &str, change: impl FnOnce(&mut Reach)) {
        change(self.reach.entry(phone.to_owned()).or_default());
        self.settle();
    }

    /// Closes the administrator's browser and opens an incognito window, which knows nobody.
    pub fn open_incognito(&mut self) {
        self.admin = Browser::new(BrowserKind::Chrome);
        self.note("the administrator opens an incognito browser");
        self.settle();
    }

    /// Lets time pass, from deadline to deadline.
    ///
    /// # Panics
    ///
    /// When it goes beyond the last year of the calendar, 9999.
    pub fn pass(&mut self, by: SignedDuration) {
        let end = self.now().checked_add(by).expect("time passes within the calendar, which ends with the year 9999");
        let now = self.now();
        self.journal.record(now, "clock", Event::Clock(by));
        self.pass_until(end, |_| false);
    }

    /// Lets time pass, from deadline to deadline, until `done` or until `most` has passed; tells whether it was done.
    pub fn wait(&mut self, most: SignedDuration, done: impl Fn(&Self) -> bool) -> bool {
        let began = self.now();
        let met = self.pass_until(began + most, done);
        let waited = self.now().duration_since(began);
        if !waited.is_zero() {
            let now = self.now();
            self.journal.record(now, "clock", Event::Clock(waited));
        }
        met
    }

    /// Lets time pass until everybody sees every change of the tenant.
    pub fn replicate(&mut self) {
        loop {
            let next = self.tenant().poll_timeout();
            let Some(next) = next else { return };
            self.pass(next.duration_since(self.now()));
        }
    }

    /// The last text message to a number, if one came.
    #[must_use]
    pub fn text_message(&self, number: &str) -> Option<&str> {
        self.text_messages.get(number)?.last().map(String::as_str)
    }

    /// The e-mails that have come to an address, oldest first.
    #[must_use]
    pub fn mailbox(&self, address: &str) -> &[control_center::Mail] {
        self.mailboxes.get(&address.to_lowercase()).map_or(&[], Vec::as_slice)
    }

    /// The names of the events that the receiver of event hooks has got, oldest first.
    #[must_use]
    pub fn received_events(&self) -> Vec<String> {
        self.receiver.event_names()
    }

    /// Runs until nothing is left to do at this instant.
    ///
    /// # Panics
    ///
    /// When the actors never come to rest, which is a fault of theirs.
    pub fn settle(&mut self) {
        for _ in 0..ROUNDS_MAX {
            if !self.step() {
                return;
            }
        }
        panic!("the lab did not come to rest within {ROUNDS_MAX} rounds at one instant");
    }

    /// One round over everything, in the fixed order; whether anything moved.
    fn step(&mut self) -> bool {
        // Replies come first: a handler that moves may leave requests of its own behind.
        let moved = [
            self.deliver_replies(),
            self.send_requests(),
            self.carry_radio(),
            self.plug_and_unplug(),
            self.carry_reports(),
            self.meet_deadlines(),
        ];
        self.keep_journal();
        moved.contains(&true)
    }

    fn pass_until(&mut self, end: Timestamp, done: impl Fn(&Self) -> bool) -> bool {
        loop {
            if done(self) {
                return true;
            }
            let next = self.next_deadline().filter(|deadline| *deadline <= end).unwrap_or(end);
            let at_end = next >= end;
            self.clock.advance_to(next);
            self.settle();
            if at_end {
                return done(self);
            }
        }
    }

    fn next_deadline(&self) -> Option<Timestamp> {
        let phones = self.phones.values().filter_map(Phone::poll_timeout);
        let workstations = self.workstations.values().filter_map(Workstation::poll_timeout);
        let tenant = lock(&self.tenant).poll_timeout();
        let pages = self.control_center.poll_timeout().into_iter().chain(self.admin.poll_timeout());
        phones.chain(workstations).chain(pages).chain(tenant).min()
    }

    fn send_requests(&mut self) -> bool {
        let mut requests = Vec::new();
        while let Some((id, request)) = self.control_center.poll_request() {
            requests.push((Sender::ControlCenter, id, request));
        }
        while let Some((id, request)) = self.admin.poll_request() {
            requests.push((Sender::Admin, id, request));
        }
        while let Some((id, request)) = self.graph.poll_request() {
            requests.push((Sender::Graph, id, request));
        }
        for (name, workstation) in &mut self.workstations {
            while let Some((id, request)) = workstation.poll_request() {
                requests.push((Sender::Workstation(name.clone()), id, request));
            }
        }
        for (name, phone) in &mut self.phones {
            while let Some((id, request)) = phone.poll_request() {
                requests.push((Sender::Phone(name.clone()), id, request));
            }
        }
        let moved = !requests.is_empty();
        for (sender, id, request) in requests {
            let pending = self.begin(sender, id, request);
            self.exchanges.push(pending);
        }
        moved
    }

    fn begin(&mut self, sender: Sender, id: ExchangeId, request: http::Request<bytes::Bytes>) -> Pending {
        let uri = request.uri().clone();
        let host = uri.host().unwrap_or_default();
        let from = sender.to_string();
        let attempt = Attempt { from: &from, host, method: request.method().as_str(), path: uri.path() };
        let verdict = self.faults.judge(attempt);
        let record = Exchange {
            method: request.method().to_string(),
            url: mask_url(&uri.to_string()),
            request: mask_body(content_type(request.headers()), request.body()),
            outcome: Err("no reply".into()),
            response: String::new(),
        };
        let exchange = match verdict {
            Verdict::Pass => self.hosts.begin(request),
            Verdict::Tamper(tampering) => self.hosts.begin(tampering.apply(request)),
            Verdict::Drop => InFlight::failed(host.to_owned(), "the connection is cut off on purpose"),
            Verdict::Answer(status) => InFlight::answered(host.to_owned(), bare_answer(status)),
        };
        Pending { sender, id, exchange, record }
    }

    fn deliver_replies(&mut self) -> bool {
        let mut finished = Vec::new();
        for mut pending in std::mem::take(&mut self.exchanges) {
            match pending.exchange.advance() {
                Some(reply) => finished.push((pending, reply)),
                None => self.exchanges.push(pending),
            }
        }
        let moved = !finished.is_empty();
        for (pending, reply) in finished {
            self.deliver(pending, reply);
        }
        moved
    }

    fn deliver(&mut self, pending: Pending, reply: Reply) {
        let now = self.now();
        let Pending { sender, id, mut record, .. } = pending;
        match &reply {
            Ok(response) => {
                record.outcome = Ok(response.status().as_u16());
                record.response = mask_body(content_type(response.headers()), response.body());
            }
            Err(unreachable) => record.outcome = Err(unreachable.reason.clone()),
        }
        self.journal.record(now, &sender.to_string(), Event::Http(record));
        match sender {
            Sender::ControlCenter => self.control_center.handle_response(now, id, reply),
            Sender::Admin => self.admin.handle_response(now, id, reply),
            Sender::Graph => self.graph.handle_response(id, reply),
            Sender::Workstation(name) => self.workstation_mut(&name).handle_response(now, id, reply),
            Sender::Phone(name) => self.phone_mut(&name).handle_response(now, id, reply),
        }
    }

    /// Which machine hears which phone, and what they say to each other by Bluetooth.
    fn carry_radio(&mut self) -> bool {
        let now = self.now();
        let reach: BTreeMap<String, Reach> = self
            .reach
            .iter()
            .map(|(name, reach)| {
                let is_open = self.phones.get(name).is_some_and(Phone::is_app_open);
                (name.clone(), if is_open { *reach } else { Reach::default() })
            })
            .collect();
        let mut moved = false;
        for (machine, workstation) in &mut self.workstations {
            moved |= workstation.handle_reach(now, &reach);
            while let Some((phone, signal)) = workstation.poll_bluetooth() {
                moved = true;
                let Some(phone) = self.phones.get_mut(&phone) else { continue };
                match signal {
                    Signal::Compare { passkey } => phone.handle_bluetooth_request(machine, &passkey),
                    Signal::Withdrawn => phone.handle_bluetooth_withdrawn(machine),
                }
            }
        }
        for (name, phone) in &mut self.phones {
            while let Some((machine, is_same)) = phone.poll_bluetooth() {
                moved = true;
                if let Some(workstation) = self.workstations.get_mut(&machine) {
                    workstation.handle_bluetooth(now, name, is_same);
                }
            }
        }
        moved
    }

    /// Whether a phone reaches a machine in the way that was confirmed there.
    fn is_connected(&self, phone: &str, core: &Phone, workstation: &Workstation) -> Option<Method> {
        let reach = self.reach.get(phone).copied().unwrap_or_default();
        core.device_ids().filter_map(|id| workstation.connection(id)).find(|method| match method {
            Method::Bluetooth => reach.bluetooth && workstation.is_paired_by_bluetooth(phone),
            Method::Web => reach.network,
        })
    }

    /// A phone is a USB key on the machines that it is connected to at this moment.
    fn plug_and_unplug(&mut self) -> bool {
        let now = self.now();
        let mut wanted = Vec::new();
        for (phone, core) in &self.phones {
            let machines = core.connections();
            for (name, workstation) in &self.workstations {
                let method = self.is_connected(phone, core, workstation);
                if let (Some(method), true) =
                    (method, machines.iter().any(|machine| machine == workstation.machine_id()))
                {
                    wanted.push(((phone.clone(), name.clone()), method));
                }
            }
        }
        let gone: Vec<_> =
            self.links.keys().filter(|link| !wanted.iter().any(|(it, _)| it == *link)).cloned().collect();
        let new: Vec<_> = wanted.into_iter().filter(|(link, _)| !self.links.contains_key(link)).collect();
        let moved = !gone.is_empty() || !new.is_empty();
        for (phone, workstation) in gone {
            self.links.remove(&(phone.clone(), workstation.clone()));
            self.note(&format!("{phone} is no longer a security key of {workstation}"));
            let machine_id = self.workstation_mut(&workstation).machine_id().to_owned();
            self.workstation_mut(&workstation).detach(now, &phone);
            self.phone_mut(&phone).handle_detached(now, &machine_id);
        }
        for ((phone, workstation), method) in new {
            self.links.insert((phone.clone(), workstation.clone()), Trace::default());
            self.note(&format!("{phone} is a security key of {workstation}"));
            let machine_id = self.workstation_mut(&workstation).machine_id().to_owned();
            self.phone_mut(&phone).handle_attached(now, &machine_id);
            self.workstation_mut(&workstation).attach(now, &phone);
            if method == Method::Bluetooth {
                self.workstation_mut(&workstation).handle_bluetooth_connected(&phone);
            }
        }
        moved
    }

    fn carry_reports(&mut self) -> bool {
        let mut moved = false;
        for workstation_name in self.workstations.keys().cloned().collect::<Vec<_>>() {
            while let Some((phone_name, report)) = self.workstation_mut(&workstation_name).poll_report() {
                moved = true;
                self.carry(Direction::ToPhone, (&workstation_name, &phone_name), &report);
            }
        }
        for phone_name in self.phones.keys().cloned().collect::<Vec<_>>() {
            while let Some((machine_id, report)) = self.phone_mut(&phone_name).poll_report() {
                moved = true;
                if let Some(workstation_name) = self.workstation_of(&machine_id) {
                    self.carry(Direction::ToWorkstation, (&workstation_name, &phone_name), &report);
                }
            }
        }
        moved
    }

    fn carry(&mut self, direction: Direction, (workstation, phone): (&str, &str), report: &Report) {
        let now = self.now();
        let Some(trace) = self.links.get_mut(&(phone.to_owned(), workstation.to_owned())) else { return };
        if let Some(message) = trace.read(direction, (workstation, phone), report) {
            self.journal.record(now, "usb", Event::Ctap(message));
        }
        match direction {
            Direction::ToPhone => {
                let machine_id = self.workstation_mut(workstation).machine_id().to_owned();
                self.phone_mut(phone).handle_report(now, &machine_id, report);
            }
            Direction::ToWorkstation => self.workstation_mut(workstation).handle_report(now, phone, report),
        }
    }

    fn meet_deadlines(&mut self) -> bool {
        let now = self.now();
        let due = |deadline: Option<Timestamp>| deadline.is_some_and(|deadline| deadline <= now);
        let mut moved = false;
        if due(self.control_center.poll_timeout()) {
            self.control_center.handle_timeout(now);
            moved = true;
        }
        let tenant_is_due = due(lock(&self.tenant).poll_timeout());
        if tenant_is_due {
            lock(&self.tenant).handle_timeout(now);
            moved = true;
        }
        if due(self.admin.poll_timeout()) {
            self.admin.handle_timeout(now);
            moved = true;
        }
        for actor in self
            .workstations
            .values_mut()
            .map(|actor| actor as &mut dyn Actor)
            .chain(self.phones.values_mut().map(|actor| actor as &mut dyn Actor))
        {
            if due(actor.poll_timeout()) {
                actor.handle_timeout(now);
                moved = true;
            }
        }
        moved
    }

    /// Drains every actor's events and notes the screens that have changed.
    fn keep_journal(&mut self) {
        let now = self.now();
        while let Some(event) = lock(&self.tenant).poll_event() {
            if let entra::Event::TextMessage { to, code } = &event {
                self.text_messages.entry(to.clone()).or_default().push(code.reveal().to_owned());
            }
            self.journal.record(now, "entra", Event::Entra(event));
        }
        while let Some(mail) = self.control_center.poll_mail() {
            self.note(&format!("an e-mail to {}: {}", mail.to, mail.subject));
            self.mailboxes.entry(mail.to.to_lowercase()).or_default().push(mail);
        }
        self.admin_downloads.extend(std::iter::from_fn(|| self.admin.poll_download()));
        while let Some(event) = Actor::poll_event(&mut self.control_center) {
            self.journal.record(now, "control-center", event);
        }
        for (name, workstation) in &mut self.workstations {
            while let Some(event) = Actor::poll_event(workstation) {
                self.journal.record(now, &format!("workstation/{name}"), event);
            }
        }
        for (name, phone) in &mut self.phones {
            while let Some(event) = Actor::poll_event(phone) {
                self.journal.record(now, &format!("phone/{name}"), event);
            }
        }
        self.note_screens();
    }

    fn note_screens(&mut self) {
        let now = self.now();
        let mut places: Vec<Place> = vec![Place::Admin];
        for name in self.workstations.keys() {
            places.extend(Window::ALL.iter().map(|window| Place::Window(name.clone(), *window)));
        }
        places.extend(self.phones.keys().cloned().map(Place::Phone));
        for place in places {
            let Some(screen) = self.screen(&place).map(mask_screen) else { continue };
            let before = self.shown.get(&place);
            if before == Some(&screen) || (before.is_none() && screen == Screen::default()) {
                continue;
            }
            let event = Event::Screen { title: screen.title.clone(), text: mask_text(&screen.to_string()) };
            self.journal.record(now, &place.to_string(), event);
            self.shown.insert(place, screen);
        }
    }

    /// Notes something that the lab itself did.
    pub(crate) fn note(&mut self, text: &str) {
        let now = self.now();
        self.journal.record(now, "lab", Event::Lab(text.to_owned()));
    }

    fn phone_mut(&mut self, name: &str) -> &mut Phone {
        self.phones.get_mut(name).unwrap_or_else(|| panic!("the lab has no phone {name:?}"))
    }

    fn workstation_of(&self, machine_id: &str) -> Option<String> {
        let mut machines = self.workstations.iter();
        machines.find(|(_, machine)| machine.machine_id() == machine_id).map(|(name, _)| name.clone())
    }

    fn workstation_mut(&mut self, name: &str) -> &mut Workstation {
        self.workstations.get_mut(name).unwrap_or_else(|| panic!("the lab has no workstation {name:?}"))
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Phone(name) => write!(f, "phone/{name}"),
            Self::Window(name, window) => write!(f, "workstation/{name}/{window}"),
            Self::Admin => write!(f, "admin/browser"),
        }
    }
}

impl std::fmt::Display for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::ControlCenter => write!(f, "control-center"),
            Self::Admin => write!(f, "admin/browser"),
            Self::Graph => write!(f, "admin/graph"),
            Self::Workstation(name) => write!(f, "workstation/{name}"),
            Self::Phone(name) => write!(f, "phone/{name}"),
        }
    }
}

fn lock(tenant: &Mutex<entra::Tenant>) -> MutexGuard<'_, entra::Tenant> {
    tenant.lock().expect("no handler panics while it holds the tenant")
}

fn content_type(headers: &http::HeaderMap) -> &str {
    headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn bare_answer(status: u16) -> http::Response<bytes::Bytes> {
    let status = http::StatusCode::from_u16(status).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = http::Response::new(bytes::Bytes::new());
    *response.status_mut() = status;
    response
}

/// Far more rounds than any exchange needs; a lab that reaches it turns in a circle.
const ROUNDS_MAX: usize = 100_000;
