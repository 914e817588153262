//! The workstation: sign-in screen, desktop, browsers, Passwordless client and security keys under one roof.
//!
//! It carries what one part has for another, and puts all their requests into one queue.
//!
//! **Invariant**: at most one WebAuthn ceremony is under way, and a locked desktop takes no input.

mod config;
mod event;
mod mail;
mod radio;
mod settings;
mod window;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use bytes::Bytes;
use clockwork::{ExchangeId, Face as _, Reply, Screen, Seed, Verb, VerbError};
use http::Request;
use jiff::Timestamp;
use p256::ecdsa::SigningKey;
use p256::elliptic_curve::Generate as _;
use uuid::Uuid;
use wire::ctaphid::Report;

use crate::bluetooth::Bluetooth;
use crate::browser::{Browser, BrowserKind};
use crate::device::Device;
use crate::intune::Intune;
use crate::passwordless::{Action, InstallError, Machine, Method, Passwordless, Reach, SecurityKeys};
use crate::sign_in::{self, Effect, Keys, SignIn};
use crate::usb::Ports;
use crate::webauthn::{Client, Conclusion, DomException, Failure, KeyCommand, Surface};
pub use config::WorkstationConfig;
pub use event::Event;
use mail::{Mail, Part};
pub use window::Window;

/// A Windows machine.
pub struct Workstation {
    config: WorkstationConfig,
    sign_in: SignIn,
    intune: Intune,
    browsers: BTreeMap<BrowserKind, Browser>,
    opened: BTreeSet<BrowserKind>,
    passwordless: Passwordless,
    /// What the installer says, until its window is closed.
    installer: Option<Screen>,
    bluetooth: Bluetooth,
    reach: BTreeMap<String, Reach>,
    ports: Ports,
    client: Client,
    /// Who gets the outcome of the ceremony under way.
    asker: Option<Asker>,
    /// Whose browsers and client these are.
    profile: Option<String>,
    mail: Mail,
    events: VecDeque<Event>,
}

/// Who asked for a ceremony.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asker {
    SignIn,
    Browser(BrowserKind),
}

const BROWSERS: [BrowserKind; 3] = [BrowserKind::Edge, BrowserKind::Chrome, BrowserKind::Firefox];

impl Workstation {
    /// A machine that has just been set up: nobody has signed in, the Passwordless client is not installed.
    #[must_use]
    pub fn new(config: WorkstationConfig, seed: &Seed) -> Self {
        let stream = |part: &str| seed.fork(&format!("workstation/{}/{part}", config.name));
        let device = Device {
            id: config.device_id,
            key: SigningKey::generate_from_rng(&mut stream("device-key")),
            join: config.join,
        };
        let own = sign_in::Machine {
            name: config.name.clone(),
            system: config.system,
            local_account: config.local_account.clone(),
        };
        let machine = Machine {
            machine_id: config.machine_id.clone(),
            name: config.name.clone(),
            system: config.system,
            join: config.join,
            security_keys: SecurityKeys::Disabled,
        };
        Self {
            sign_in: SignIn::new(device.clone(), own),
            intune: Intune::new(device),
            browsers: new_browsers(),
            opened: BTreeSet::new(),
            passwordless: Passwordless::new(machine),
            installer: None,
            bluetooth: Bluetooth::new(stream("bluetooth")),
            reach: BTreeMap::new(),
            ports: Ports::new(stream("usb")),
            client: Client::new(stream("webauthn")),
            asker: None,
            profile: None,
            mail: Mail::default(),
            events: VecDeque::new(),
            config,
        }
    }

    /// The machine's id, by which phones and Control Center name it.
    #[must_use]
    pub fn machine_id(&self) -> &str {
        &self.config.machine_id
    }

    /// The device's id in Entra.
    #[must_use]
    pub fn device_id(&self) -> Uuid {
        self.config.device_id
    }

    /// The public half of the device key: a P-256 point, SEC1 bytes.
    #[must_use]
    pub fn device_public_key(&self) -> Vec<u8> {
        self.intune.device().public_key()
    }

    /// The UPN of the person whose desktop is open.
    #[must_use]
    pub fn signed_in_user(&self) -> Option<&str> {
        let session = self.sign_in.session().filter(|_| self.sign_in.is_open());
        session.map(|session| session.account.upn.as_str())
    }

    /// How the phone with this id of Control Center's is connected, once its owner has confirmed it.
    #[must_use]
    pub fn connection(&self, device_id: &str) -> Option<Method> {
        self.passwordless.connection(device_id)
    }

    /// Asks Intune for the machine's settings, as a machine does that is switched on or told to sync.
    pub fn sync(&mut self, now: Timestamp) {
        self.intune.sync(now);
        self.settle(now);
    }

    /// Installs the Passwordless client.
    ///
    /// # Errors
    ///
    /// When `hypr.json` is not one of Control Center's.
    pub fn install_client(&mut self, hypr_json: &str) -> Result<(), InstallError> {
        self.passwordless.install(hypr_json)
    }

    /// Closes the Passwordless client and starts it again.
    pub fn restart_client(&mut self, now: Timestamp) {
        self.passwordless.restart(now);
        self.settle(now);
    }

    /// Opens a window from the desktop. Behind a locked screen nothing opens, and the journal says so.
    pub fn open(&mut self, now: Timestamp, window: Window) {
        let Some(upn) = self.signed_in_user().map(str::to_owned) else {
            self.events.push_back(Event::StayedClosed { window });
            return;
        };
        if let Some(kind) = window.browser() {
            self.opened.insert(kind);
        }
        if window == Window::Passwordless {
            self.passwordless.launch(now, &upn);
        }
        self.settle(now);
    }

    /// Opens an address in a browser; a window that is none stands for the default browser, Edge.
    pub fn open_url(&mut self, now: Timestamp, window: Window, url: &str) {
        let kind = window.browser().unwrap_or(BrowserKind::Edge);
        if self.signed_in_user().is_none() {
            self.events.push_back(Event::StayedClosed { window });
            return;
        }
        self.opened.insert(kind);
        self.browser(kind).open(now, url);
        self.settle(now);
    }

    /// Locks the screen; a ceremony under way is cancelled.
    pub fn lock(&mut self, now: Timestamp) {
        self.client.handle_cancel();
        self.sign_in.handle_lock();
        self.settle(now);
    }

    /// The machine was asleep and wakes up, locked. With a key plugged in and allowed, Windows asks it at once for
    /// "Other User" (guide, "State Dependency"; that it depends on the key is a convention of the lab).
    pub fn wake(&mut self, now: Timestamp) {
        self.client.handle_cancel();
        let keys = if self.ports.names().next().is_some() { Keys::Present } else { Keys::Absent };
        self.settle(now);
        self.sign_in.handle_wake(keys);
        self.settle(now);
    }

    /// What a window shows; one that is not open shows nothing. Windows behind a locked screen show what they would.
    #[must_use]
    pub fn screen(&self, window: Window) -> Screen {
        match window {
            Window::SignIn if self.sign_in.is_open() => Screen::default(),
            Window::SignIn => self.sign_in.screen(self.client.hint()),
            Window::Desktop => self.desktop(),
            Window::Passwordless => self.passwordless.screen(),
            Window::Installer => self.installer.clone().unwrap_or_default(),
            Window::Bluetooth => self.bluetooth.screen(),
            Window::Settings => settings::screen(&self.config, &self.intune, self.bluetooth.paired()),
            Window::Security => self.client.screen().unwrap_or_default(),
            Window::Edge | Window::Chrome | Window::Firefox => {
                let kind = window.browser().filter(|kind| self.opened.contains(kind));
                kind.and_then(|kind| self.browsers.get(&kind)).map(Browser::screen).unwrap_or_default()
            }
        }
    }

    /// What a person did to a window.
    ///
    /// # Errors
    ///
    /// When the window has no such thing, or the screen is locked.
    pub fn handle_verb(&mut self, now: Timestamp, window: Window, verb: &Verb) -> Result<(), VerbError> {
        let outcome = match (window, self.sign_in.is_open()) {
            (Window::SignIn, false) => self.sign_in.handle_verb(verb),
            (Window::SignIn, true) => Err(self.screen(Window::Desktop).meaningless(verb)),
            (_, false) => Err(self.screen(Window::SignIn).meaningless(verb)),
            (Window::Desktop, true) => self.handle_desktop_verb(now, verb),
            (Window::Installer, true) => self.handle_installer_verb(verb),
            (Window::Bluetooth, true) => self.bluetooth.handle_verb(verb),
            (Window::Settings, true) => self.handle_settings_verb(now, verb),
            (Window::Passwordless, true) => self.passwordless.handle_verb(now, verb),
            (Window::Security, true) => self.client.handle_verb(verb),
            (Window::Edge, true) => self.browser(BrowserKind::Edge).handle_verb(now, verb),
            (Window::Chrome, true) => self.browser(BrowserKind::Chrome).handle_verb(now, verb),
            (Window::Firefox, true) => self.browser(BrowserKind::Firefox).handle_verb(now, verb),
        };
        self.settle(now);
        outcome
    }

    /// A security key is plugged in; the phone's name names it.
    pub fn attach(&mut self, now: Timestamp, key: &str) {
        if self.ports.attach(key) {
            self.events.push_back(Event::KeyAttached { key: key.to_owned() });
            self.client.handle_attached(key);
        }
        self.settle(now);
    }

    /// A security key is pulled out.
    pub fn detach(&mut self, now: Timestamp, key: &str) {
        if self.ports.detach(key) {
            self.events.push_back(Event::KeyDetached { key: key.to_owned() });
            self.client.handle_detached(key);
            self.bluetooth.handle_disconnected(key);
        }
        self.settle(now);
    }

    /// A report of a key.
    pub fn handle_report(&mut self, now: Timestamp, key: &str, report: &Report) {
        self.ports.handle_report(now, key, report);
        self.settle(now);
    }

    /// The next report, and for which key.
    pub fn poll_report(&mut self) -> Option<(String, Report)> {
        self.ports.poll_report()
    }

    /// The next request of any part.
    pub fn poll_request(&mut self) -> Option<(ExchangeId, Request<Bytes>)> {
        while let Some((id, request)) = self.sign_in.poll_request() {
            self.mail.send(Part::SignIn, id, request);
        }
        while let Some((id, request)) = self.intune.poll_request() {
            self.mail.send(Part::Intune, id, request);
        }
        while let Some((id, request)) = self.client.poll_request() {
            self.mail.send(Part::WebAuthn, id, request);
        }
        while let Some((id, request)) = self.passwordless.poll_request() {
            self.mail.send(Part::Passwordless, id, request);
        }
        for (kind, browser) in &mut self.browsers {
            while let Some((id, request)) = browser.poll_request() {
                self.mail.send(Part::Browser(*kind), id, request);
            }
        }
        self.mail.poll()
    }

    /// The reply to a request.
    pub fn handle_response(&mut self, now: Timestamp, id: ExchangeId, reply: Reply) {
        match self.mail.receive(id) {
            None => {}
            Some((Part::SignIn, id)) => self.sign_in.handle_response(id, reply),
            Some((Part::Intune, id)) => self.intune.handle_response(now, id, reply),
            Some((Part::WebAuthn, id)) => self.client.handle_response(id, reply),
            Some((Part::Passwordless, id)) => self.passwordless.handle_response(now, id, reply),
            Some((Part::Browser(kind), id)) => self.browser(kind).handle_response(now, id, reply),
        }
        self.settle(now);
    }

    /// The earliest deadline of any part.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let parts = [
            self.client.poll_timeout(),
            self.ports.poll_timeout(),
            self.bluetooth.poll_timeout(),
            self.passwordless.poll_timeout(),
            self.intune.poll_timeout().filter(|_| self.sign_in.session().is_some()),
        ];
        parts.into_iter().chain(self.browsers.values().map(Browser::poll_timeout)).flatten().min()
    }

    /// Acts on the deadlines that have come.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        self.ports.handle_timeout(now);
        self.bluetooth.handle_timeout(now);
        self.client.handle_timeout(now);
        self.passwordless.handle_timeout(now);
        if self.sign_in.session().is_some() {
            self.intune.handle_timeout(now);
        }
        self.browsers.values_mut().for_each(|browser| browser.handle_timeout(now));
        self.settle(now);
    }

    /// What happened, oldest first within each part.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Carries what the parts have for each other until none has anything.
    fn settle(&mut self, now: Timestamp) {
        loop {
            self.collect_events();
            self.heed_policy();
            self.tell_of_bluetooth();
            let moved = self.carry_effect(now)
                || self.carry_ceremony(now)
                || self.carry_key_traffic(now)
                || self.carry_conclusion(now)
                || self.carry_action(now);
            if !moved {
                break;
            }
        }
    }

    /// Tells the parts what Intune says now.
    fn heed_policy(&mut self) {
        let policy = self.intune.security_keys();
        self.sign_in.handle_policy(policy);
        self.passwordless.handle_policy(policy);
    }

    fn carry_effect(&mut self, now: Timestamp) -> bool {
        let Some(effect) = self.sign_in.poll_effect() else { return false };
        match effect {
            Effect::Ask(ceremony) => {
                self.dismiss(now);
                self.asker = Some(Asker::SignIn);
                self.client.handle_ceremony(now, *ceremony, Surface::SignIn);
            }
            Effect::StopAsking => self.client.handle_cancel(),
            Effect::Opened => self.open_desktop(),
        }
        true
    }

    /// A browser whose page was left no longer wants its ceremony; a page that asks while another waits, or behind the
    /// locked screen, is refused.
    fn carry_ceremony(&mut self, now: Timestamp) -> bool {
        if let Some(Asker::Browser(kind)) = self.asker
            && !self.browser(kind).awaits_ceremony()
        {
            self.dismiss(now);
            return true;
        }
        let asked = BROWSERS.into_iter().find_map(|kind| Some((kind, self.browser(kind).poll_ceremony()?)));
        let Some((kind, ceremony)) = asked else { return false };
        let is_taken = self.asker.is_some_and(|asker| asker != Asker::Browser(kind));
        if is_taken || !self.sign_in.is_open() {
            self.browser(kind).handle_ceremony_result(now, Err(DomException::NotAllowed));
            return true;
        }
        // A page that asked before in this browser is gone, and must not hear of it in the new one's place.
        self.asker = None;
        self.dismiss(now);
        self.asker = Some(Asker::Browser(kind));
        self.client.handle_ceremony(now, ceremony, surface(kind));
        true
    }

    fn carry_key_traffic(&mut self, now: Timestamp) -> bool {
        let mut moved = false;
        while let Some((key, answer)) = self.ports.poll_answer() {
            self.client.handle_answer(&key, answer);
            moved = true;
        }
        while let Some((key, command)) = self.client.poll_command() {
            moved = true;
            let Some(host) = self.ports.key(&key) else { continue };
            match command {
                KeyCommand::Cbor(bytes) => host.handle_command(now, bytes),
                KeyCommand::Cancel => host.handle_cancel(now),
            }
        }
        moved
    }

    fn carry_conclusion(&mut self, now: Timestamp) -> bool {
        let Some(conclusion) = self.client.poll_conclusion() else { return false };
        match self.asker.take() {
            Some(Asker::SignIn) => self.sign_in.handle_conclusion(conclusion),
            Some(Asker::Browser(kind)) => self.tell_browser(now, kind, conclusion),
            None => {}
        }
        true
    }

    fn carry_action(&mut self, now: Timestamp) -> bool {
        let Some(action) = self.passwordless.poll_action() else { return false };
        match action {
            Action::OpenUrl(url) => {
                self.opened.insert(BrowserKind::Edge);
                self.browser(BrowserKind::Edge).open(now, &url);
            }
            Action::PairBluetooth { device_name } => self.bluetooth.pair(now, &device_name),
            Action::ConnectionReady { device_id, method } => {
                self.events.push_back(Event::ConnectionReady { device_id, method });
            }
            Action::ConnectionRemoved { device_id } => self.events.push_back(Event::ConnectionRemoved { device_id }),
        }
        true
    }

    /// Ends the ceremony under way and tells whoever asked for it.
    fn dismiss(&mut self, now: Timestamp) {
        self.client.handle_cancel();
        while self.carry_conclusion(now) {}
        self.asker = None;
    }

    fn tell_browser(&mut self, now: Timestamp, kind: BrowserKind, conclusion: Conclusion) {
        let result = conclusion.map_err(|failure: Failure| failure.exception());
        self.browser(kind).handle_ceremony_result(now, result);
    }

    /// Somebody is signed in: another person than before finds browsers and client of their own.
    fn open_desktop(&mut self) {
        let Some(session) = self.sign_in.session() else { return };
        let single_sign_on = session.single_sign_on.clone();
        let upn = session.account.upn.clone();
        if self.profile.as_ref() != Some(&upn) {
            self.profile = Some(upn);
            self.browsers = new_browsers();
            self.opened.clear();
            self.passwordless.close();
            self.mail.forget_browsers();
        }
        self.browser(BrowserKind::Edge).set_single_sign_on(single_sign_on);
    }

    fn desktop(&self) -> Screen {
        let Some(session) = self.sign_in.session().filter(|_| self.sign_in.is_open()) else {
            return Screen::default();
        };
        let name = format!("Signed in as {}", session.account.name);
        let buttons = Window::ON_DESKTOP.map(Window::title);
        Screen::new("Desktop", &[&name, &session.account.upn], &buttons)
    }

    fn handle_desktop_verb(&mut self, now: Timestamp, verb: &Verb) -> Result<(), VerbError> {
        let screen = self.desktop();
        let Verb::Tap(label) = verb else { return Err(screen.meaningless(verb)) };
        screen.button(label)?;
        let tapped = Window::ON_DESKTOP.into_iter().find(|window| window.title() == label);
        self.open(now, tapped.expect("every button of the desktop is a window's title"));
        Ok(())
    }

    fn collect_events(&mut self) {
        while let Some(event) = self.sign_in.poll_event() {
            self.events.push_back(Event::SignIn(event));
        }
        while let Some(event) = self.bluetooth.poll_event() {
            self.events.push_back(Event::Bluetooth(event));
        }
        while let Some(event) = self.intune.poll_event() {
            self.events.push_back(Event::Intune(event));
        }
        while let Some(event) = self.client.poll_event() {
            self.events.push_back(Event::WebAuthn(event));
        }
        while let Some(event) = self.passwordless.poll_event() {
            self.events.push_back(Event::Passwordless(event));
        }
        for (kind, browser) in &mut self.browsers {
            while let Some(event) = browser.poll_event() {
                self.events.push_back(Event::Browser(*kind, event));
            }
        }
    }

    fn browser(&mut self, kind: BrowserKind) -> &mut Browser {
        self.browsers.get_mut(&kind).expect("every kind of browser is installed")
    }
}

/// Firefox leaves all dialogs to Windows; the others have a chooser of their own (convention of the lab: all three
/// support passkeys).
const fn surface(kind: BrowserKind) -> Surface {
    match kind {
        BrowserKind::Edge | BrowserKind::Chrome => Surface::PasskeyBrowser,
        BrowserKind::Firefox => Surface::PlainBrowser,
    }
}

fn new_browsers() -> BTreeMap<BrowserKind, Browser> {
    BROWSERS.into_iter().map(|kind| (kind, Browser::new(kind))).collect()
}

#[cfg(test)]
mod tests;
