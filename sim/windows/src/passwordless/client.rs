//! The client itself: its life, its clockwork, and what it remembers.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use bytes::Bytes;
use clockwork::{ExchangeId, Face, Outbox, Reply, Screen, Verb, VerbError};
use http::Request;
use jiff::{SignedDuration, Timestamp};

use super::api::{self, ApiError, ListedDevice, Outgoing, Session};
use super::installation::Installation;
use super::state::{Next, Poll, Retry, State, Step};
use super::{Action, Event, InstallError, Machine, Method, Reach, SecurityKeys, System, screens};

/// How long the list of devices is believed (DESIGN.md, "client cache").
const CACHE_LIFETIME: SignedDuration = SignedDuration::from_mins(10);
/// The pause between two questions how far a pairing is.
const POLL_PAUSE: SignedDuration = SignedDuration::from_secs(2);

/// The HYPR Passwordless client of one machine.
pub struct Passwordless {
    pub(super) machine: Machine,
    pub(super) installation: Option<Installation>,
    /// Replaces the install token once a phone is paired.
    pub(super) device_token: Option<String>,
    /// Who is signed in to Windows; empty before the first start.
    pub(super) username: String,
    pub(super) state: State,
    pub(super) cache: Option<Cache>,
    pub(super) fetch: Option<ExchangeId>,
    /// The phones whose connection was confirmed; remembered over restarts.
    pub(super) connections: BTreeMap<String, Method>,
    /// The phones that can be reached now, by name.
    pub(super) reach: BTreeMap<String, Reach>,
    /// The phones that are paired in Windows' Bluetooth, by name.
    pub(super) bonds: BTreeSet<String>,
    pub(super) outbox: Outbox,
    pub(super) actions: VecDeque<Action>,
    pub(super) events: VecDeque<Event>,
}

/// The devices last fetched.
#[derive(Default)]
pub(super) struct Cache {
    pub(super) devices: Vec<ListedDevice>,
    /// When they are fetched anew; `None` while that is under way or there is nothing to fetch.
    pub(super) refresh_at: Option<Timestamp>,
}

impl Passwordless {
    /// A machine on which the client is not installed yet.
    #[must_use]
    pub fn new(machine: Machine) -> Self {
        Self {
            machine,
            installation: None,
            device_token: None,
            username: String::new(),
            state: State::Closed,
            cache: None,
            fetch: None,
            connections: BTreeMap::new(),
            reach: BTreeMap::new(),
            bonds: BTreeSet::new(),
            outbox: Outbox::default(),
            actions: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// Installs the client, or installs it anew, which closes it. The device token stays when Control Center and rpApp
    /// stay the same.
    ///
    /// # Errors
    ///
    /// When `hypr.json` is not what Control Center's download holds, or the machine is no Windows; nothing has changed
    /// then.
    pub fn install(&mut self, hypr_json: &str) -> Result<(), InstallError> {
        if self.machine.system == System::MacOs {
            return Err(InstallError::MacOs);
        }
        let installation = Installation::parse(hypr_json)?;
        let same = self.installation.as_ref().is_some_and(|old| old.is_same_application(&installation));
        if !same {
            self.device_token = None;
            self.forget_devices();
        }
        let (host, app_id) = (installation.host().to_owned(), installation.app_id.clone());
        self.events.push_back(Event::Installed { host, app_id });
        self.installation = Some(installation);
        self.close();
        Ok(())
    }

    /// Starts the client for the person who is signed in to Windows (their UPN). A client that runs for the same
    /// person stays as it is; one that is not installed does not start.
    pub fn launch(&mut self, now: Timestamp, username: &str) {
        let runs = !matches!(self.state, State::Closed);
        if self.installation.is_none() || runs && self.username == username {
            return;
        }
        self.close();
        username.clone_into(&mut self.username);
        self.events.push_back(Event::Launched { username: username.to_owned() });
        self.state = State::Home;
        self.fetch_devices(now);
    }

    /// Closes the client; what was under way on its screen is lost.
    pub fn close(&mut self) {
        self.state = State::Closed;
        self.cache = None;
        self.fetch = None;
    }

    /// Closes the client and starts it for the same person, so that the list of devices is fetched anew.
    pub fn restart(&mut self, now: Timestamp) {
        if self.username.is_empty() {
            return;
        }
        self.close();
        let username = std::mem::take(&mut self.username);
        self.launch(now, &username);
    }

    /// Intune's policy says that FIDO keys may be used at sign-in from now on, or may not.
    pub fn handle_policy(&mut self, security_keys: SecurityKeys) {
        self.machine.security_keys = security_keys;
    }

    /// Which phones can be reached now, and which are paired in Windows' Bluetooth, by name.
    pub fn handle_reach(&mut self, reach: BTreeMap<String, Reach>, bonds: BTreeSet<String>) {
        self.reach = reach;
        self.bonds = bonds;
        if let State::PairBluetooth { device_id } = &self.state
            && self.name_of(device_id).is_some_and(|name| self.bonds.contains(&name))
        {
            self.state = State::Verify { device_id: device_id.clone(), method: Method::Bluetooth };
        }
    }

    /// The pairing in Windows' Bluetooth came to nothing.
    pub fn handle_bluetooth_refused(&mut self) {
        if let State::PairBluetooth { device_id } = &self.state {
            let retry = Retry::Connect { device_id: device_id.clone() };
            self.show_problem("The phone is not paired by Bluetooth", screens::NOT_PAIRED_BY_BLUETOOTH, retry);
        }
    }

    /// How the phone is connected, once the person has confirmed it.
    #[must_use]
    pub fn connection(&self, device_id: &str) -> Option<Method> {
        self.connections.get(device_id).copied()
    }

    /// The next request to send.
    pub fn poll_request(&mut self) -> Option<(ExchangeId, Request<Bytes>)> {
        self.outbox.poll()
    }

    /// Takes the reply to a request; one that nobody waits for any more is ignored.
    pub fn handle_response(&mut self, now: Timestamp, id: ExchangeId, reply: Reply) {
        if self.fetch == Some(id) {
            self.fetch = None;
            return self.handle_devices(now, reply);
        }
        match &self.state {
            State::Requesting { exchange, next } if *exchange == id => self.handle_session(now, *next, reply),
            State::Pairing { session, step, poll: Poll::Asked(exchange) } if *exchange == id => {
                let (session, step) = (session.clone(), *step);
                self.handle_progress(now, session, step, reply);
            }
            State::Unpairing { device, exchange } if *exchange == id => {
                let device = device.clone();
                self.handle_unpaired(device, reply);
            }
            _ => {}
        }
    }

    /// The earliest deadline.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let refresh = self.cache.as_ref().and_then(|cache| cache.refresh_at);
        [self.next_poll(), refresh].into_iter().flatten().min()
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        if self.next_poll().is_some_and(|at| at <= now)
            && let State::Pairing { session, step, .. } = &self.state
        {
            let (session, step) = (session.clone(), *step);
            self.ask_progress(session, step);
        }
        if self.cache.as_ref().and_then(|cache| cache.refresh_at).is_some_and(|at| at <= now) {
            self.fetch_devices(now);
        }
    }

    /// What the workstation shall do next.
    pub fn poll_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    /// The next line for the journal.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Asks for a pairing and its QR code.
    pub(super) fn request_pairing(&mut self, next: Next) {
        let Some(to) = &self.installation else { return };
        let install_token = to.install_token.to_string();
        let bearer = self.device_token.as_deref().unwrap_or(&install_token);
        let request = api::pairing(to, bearer, &self.machine, &self.username);
        self.events.push_back(Event::PairingRequested);
        match self.send(request) {
            Ok(exchange) => self.state = State::Requesting { exchange, next },
            Err(error) => self.fail("Pairing failed", &error, Retry::Pair { next }),
        }
    }

    /// Puts the QR code on the screen.
    pub(super) fn show_qr(&mut self, now: Timestamp, session: Session) {
        self.events.push_back(Event::QrShown);
        self.wait(now, session, Step::Scan);
    }

    /// Rests until the next question how far the pairing is.
    pub(super) fn wait(&mut self, now: Timestamp, session: Session, step: Step) {
        self.state = State::Pairing { session, step, poll: Poll::At(now + POLL_PAUSE) };
    }

    /// Asks how far the pairing is.
    pub(super) fn ask_progress(&mut self, session: Session, step: Step) {
        let Some(to) = &self.installation else { return };
        let install_token = to.install_token.to_string();
        let bearer = self.device_token.as_deref().unwrap_or(&install_token);
        let request = api::progress(to, bearer, &session.session_id);
        match self.send(request) {
            Ok(exchange) => self.state = State::Pairing { session, step, poll: Poll::Asked(exchange) },
            Err(error) => self.fail("Pairing failed", &error, Retry::Pair { next: Next::ShowQr }),
        }
    }

    /// Fetches the list of devices; a machine without a token has none.
    pub(super) fn fetch_devices(&mut self, now: Timestamp) {
        let (Some(to), Some(token)) = (&self.installation, &self.device_token) else {
            return self.forget_devices();
        };
        let request = api::devices(to, token, &self.machine);
        if let Some(cache) = &mut self.cache {
            cache.refresh_at = None;
        }
        match self.send(request) {
            Ok(exchange) => self.fetch = Some(exchange),
            Err(error) => self.keep_cache(now, &error),
        }
    }

    /// Asks Control Center to unpair a phone.
    pub(super) fn request_unpair(&mut self, device: ListedDevice) {
        let (Some(to), Some(token)) = (&self.installation, &self.device_token) else { return };
        let request = api::unpair(to, token, &self.machine, &device.device_id);
        match self.send(request) {
            Ok(exchange) => self.state = State::Unpairing { device, exchange },
            Err(error) => self.fail("Unpairing failed", &error, Retry::Unpair { device }),
        }
    }

    /// Shows an error.
    pub(super) fn fail(&mut self, title: &'static str, error: &ApiError, retry: Retry) {
        let title = if matches!(error, ApiError::Unreachable(_)) { "Control Center cannot be reached" } else { title };
        let text = error.to_string();
        self.events.push_back(Event::Failed { problem: text.clone() });
        self.state = State::Failed { title, text, retry };
    }

    /// Shows a problem that is not Control Center's.
    pub(super) fn show_problem(&mut self, title: &'static str, text: &str, retry: Retry) {
        self.events.push_back(Event::Failed { problem: text.to_owned() });
        self.state = State::Failed { title, text: text.to_owned(), retry };
    }

    /// The name of a phone of the list.
    pub(super) fn name_of(&self, device_id: &str) -> Option<String> {
        let devices = &self.cache.as_ref()?.devices;
        devices.iter().find(|device| device.device_id == device_id).map(|device| device.device_name.clone())
    }

    /// When a list that was fetched at `now` is fetched anew.
    pub(super) fn refresh_at(now: Timestamp) -> Timestamp {
        now + CACHE_LIFETIME
    }

    fn send(&mut self, request: Outgoing) -> Result<ExchangeId, ApiError> {
        Ok(self.outbox.send(request?))
    }

    fn next_poll(&self) -> Option<Timestamp> {
        match self.state {
            State::Pairing { poll: Poll::At(at), .. } => Some(at),
            _ => None,
        }
    }
}

impl Face for Passwordless {
    fn screen(&self) -> Screen {
        let devices = self.cache.as_ref().map(|cache| cache.devices.as_slice());
        screens::screen(&self.state, self.installation.as_ref(), devices)
    }

    fn handle_verb(&mut self, now: Timestamp, verb: &Verb) -> Result<(), VerbError> {
        let screen = self.screen();
        match verb {
            Verb::Tap(label) => {
                screen.button(label)?;
                self.handle_tap(now, label);
                Ok(())
            }
            Verb::TapIn { row, button } => {
                screen.row(row)?;
                self.handle_row_tap(&screen, row, button)
            }
            Verb::Type { .. } | Verb::Present(_) | Verb::Scan(_) => Err(screen.meaningless(verb)),
        }
    }
}
