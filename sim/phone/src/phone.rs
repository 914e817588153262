//! The phone: one app, one CTAP core behind a virtual USB key, and what both remember.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use bytes::Bytes;
use clockwork::{ExchangeId, Outbox, Reply, Seed};
use ctap::{Attestation, Authenticator, BadCredential, Credential, Faults, Hid, PortableCredential, Profile};
use http::Request;
use jiff::{SignedDuration, Timestamp};
use wire::ctaphid::Report;

use crate::account::{Account, AccountId, Server, Standing};
use crate::bluetooth::Bluetooth;
use crate::ceremony::{Cause, Ceremony};
use crate::confirmation::Confirmation;
use crate::control_center::{self, Enrolment, Failure, Qr};
use crate::screens::App;
use crate::{Abandonment, Event};

/// Whose phone it is and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneConfig {
    /// Its name: "Carol's iPhone".
    pub name: String,
    /// The person who carries it.
    pub owner: String,
    /// iOS or Android.
    pub platform: Platform,
    /// "iPhone 15", "Pixel 8".
    pub model: String,
    /// The operating system's version.
    pub os_version: String,
    /// The HYPR Mobile App's version.
    pub app_version: String,
    /// How far its clock is ahead of everybody else's; negative when it is behind.
    pub clock_ahead: SignedDuration,
    /// The passcode that its owner knows.
    pub passcode: Passcode,
    /// How many keys it has room for; as many as its model, if that is fewer.
    pub keys_max: usize,
}

/// A phone's passcode.
#[derive(Clone, PartialEq, Eq)]
pub struct Passcode(String);

/// The phone's operating system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    /// iOS, with Face ID.
    Ios,
    /// Android, with a fingerprint sensor.
    Android,
}

/// A phone with the HYPR Mobile App.
pub struct Phone {
    pub(crate) config: PhoneConfig,
    pub(crate) key: Authenticator,
    /// The virtual USB key on each machine that has found it.
    hosts: BTreeMap<String, Hid>,
    pub(crate) app: App,
    pub(crate) ceremony: Option<Ceremony>,
    pub(crate) bluetooth: Bluetooth,
    pub(crate) azure_biometric: Biometric,
    pub(crate) accounts: BTreeMap<AccountId, Account>,
    pub(crate) enrolments: BTreeMap<Server, Enrolment>,
    pub(crate) events: VecDeque<Event>,
    outbox: Outbox,
    pub(crate) calls: BTreeMap<ExchangeId, Call>,
}

/// Whether the biometric for Azure exists. A convention of the lab: one for the phone, gone with its last account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Biometric {
    NotRegistered,
    Registered,
}

/// What an exchange under way is about.
pub(crate) enum Call {
    PendingQr,
    Scan(Qr),
    Complete(Qr),
    Status(Server),
    Report(AccountId),
    Remove(AccountId),
}

impl Passcode {
    pub(crate) fn is(&self, typed: &str) -> bool {
        self.0 == typed
    }
}

impl From<&str> for Passcode {
    fn from(digits: &str) -> Self {
        Self(digits.to_owned())
    }
}

impl std::fmt::Debug for Passcode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("•••")
    }
}

impl Phone {
    /// A phone with the app installed, closed, and nothing paired. Its keys come from the stream
    /// `phone/<name>/ctap` of `seed`.
    #[must_use]
    pub fn new(config: PhoneConfig, attestation: Attestation, seed: &Seed) -> Self {
        let mut profile = match config.platform {
            Platform::Ios => Profile::hypr_ios(),
            Platform::Android => Profile::hypr_android(),
        };
        profile.limits.credentials = profile.limits.credentials.min(config.keys_max);
        let stream = seed.fork(&format!("phone/{}/ctap", config.name));
        Self {
            key: Authenticator::new(profile, attestation, stream),
            hosts: BTreeMap::new(),
            config,
            app: App::Closed,
            ceremony: None,
            bluetooth: Bluetooth::default(),
            azure_biometric: Biometric::NotRegistered,
            accounts: BTreeMap::new(),
            enrolments: BTreeMap::new(),
            events: VecDeque::new(),
            outbox: Outbox::default(),
            calls: BTreeMap::new(),
        }
    }

    /// Whose phone it is and what it is.
    #[must_use]
    pub fn config(&self) -> &PhoneConfig {
        &self.config
    }

    /// What the authenticator does wrong on purpose.
    pub fn faults_mut(&mut self) -> &mut Faults {
        self.key.faults_mut()
    }

    /// Every credential with its private key, as a thief of the phone's storage would have them.
    #[must_use]
    pub fn export_credentials(&self) -> Vec<PortableCredential> {
        self.key.credentials().filter_map(|held| self.key.export_credential(&held.id)).collect()
    }

    /// Puts a credential onto the authenticator that was not made there; the app's accounts stay as they are.
    ///
    /// # Errors
    ///
    /// [`BadCredential`].
    pub fn inject_credential(&mut self, now: Timestamp, given: PortableCredential) -> Result<(), BadCredential> {
        self.key.inject_credential(now, given)?;
        self.take_authenticator_events(now);
        Ok(())
    }

    /// The machine ids of the workstations for which the app holds a virtual USB key ready: the app is open and
    /// an account was paired from that workstation. Whether the workstation's own side is set up is for the lab to
    /// know.
    #[must_use]
    pub fn connections(&self) -> Vec<String> {
        if !self.app.is_open() {
            return Vec::new();
        }
        let paired = self.accounts.values().filter(|account| !matches!(account.standing, Standing::Removing(_)));
        let machines: BTreeSet<&str> = paired.flat_map(|account| &account.machines).map(|it| it.id.as_str()).collect();
        machines.into_iter().map(str::to_owned).collect()
    }

    /// A workstation has found the virtual USB key.
    pub fn handle_attached(&mut self, _now: Timestamp, machine_id: &str) {
        if self.hosts.insert(machine_id.to_owned(), Hid::default()).is_none() {
            self.events.push_back(Event::Attached { machine: machine_id.to_owned() });
        }
    }

    /// The virtual USB key is gone from a workstation; what it had under way there is dropped. Gone from the last one,
    /// the authenticator has lost its power.
    pub fn handle_detached(&mut self, now: Timestamp, machine_id: &str) {
        let Some(mut host) = self.hosts.remove(machine_id) else { return };
        host.handle_detach(&mut self.key);
        if self.hosts.is_empty() {
            self.key.handle_power_cycle(now);
        }
        self.settle(now, Cause::Gone(Abandonment::Disconnected));
        self.events.push_back(Event::Detached { machine: machine_id.to_owned() });
    }

    /// A report from a workstation. A closed app hears none, nor does one from which the key is gone.
    pub fn handle_report(&mut self, now: Timestamp, machine_id: &str, report: &Report) {
        if let (App::Open(_), Some(host)) = (&self.app, self.hosts.get_mut(machine_id)) {
            host.handle_report(now, &mut self.key, report);
            self.settle(now, Cause::Gone(Abandonment::CancelledByHost));
        }
    }

    /// The next report and the machine id of the workstation that it is for, if any.
    pub fn poll_report(&mut self) -> Option<(String, Report)> {
        self.hosts.iter_mut().find_map(|(machine, host)| Some((machine.clone(), host.poll_report(&mut self.key)?)))
    }

    /// Control Center's ids for this phone, one for each Control Center it is paired with.
    pub fn device_ids(&self) -> impl Iterator<Item = &str> {
        self.enrolments.values().map(|enrolment| enrolment.device_id.as_str())
    }

    /// The credentials that the authenticator holds.
    pub fn credentials(&self) -> impl Iterator<Item = &Credential> {
        self.key.credentials()
    }

    /// The accounts that are paired, or whose removal is not confirmed.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.values()
    }

    /// What the phone's own clock shows at `now`; the first or last instant of the calendar where it would leave it.
    pub(crate) fn by_its_clock(&self, at: Timestamp) -> Timestamp {
        at.saturating_add(self.config.clock_ahead).unwrap_or(at)
    }

    /// The next HTTP request, if any.
    pub fn poll_request(&mut self) -> Option<(ExchangeId, Request<Bytes>)> {
        self.outbox.poll()
    }

    /// The reply to a request; one that nobody waits for any more is ignored.
    pub fn handle_response(&mut self, now: Timestamp, id: ExchangeId, reply: Reply) {
        match self.calls.remove(&id) {
            None => {}
            Some(Call::PendingQr) => self.handle_pending_qr(id, control_center::read_qr(reply)),
            Some(Call::Scan(qr)) => self.handle_scanned(id, qr, control_center::read_scan(reply)),
            Some(Call::Complete(qr)) => self.handle_completed(now, id, &qr, control_center::read_completed(reply)),
            Some(Call::Report(account)) => self.handle_report_taken(&account, control_center::read_phase(reply)),
            Some(Call::Remove(account)) => self.handle_removal(&account, control_center::read_removal(reply)),
            Some(Call::Status(server)) => {
                self.handle_status(&server, control_center::read_status(reply));
                self.handle_checked(now, id);
            }
        }
        self.take_authenticator_events(now);
    }

    /// The earliest deadline.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let confirmations = self.accounts.values().filter_map(|account| account.confirmation.as_ref());
        let waiting = confirmations.filter_map(Confirmation::poll_timeout).filter(|_| self.app.is_open());
        let hosts = self.hosts.values().filter_map(|host| host.poll_timeout(&self.key));
        waiting.chain(hosts).chain(self.key.poll_timeout()).min()
    }

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        self.key.handle_timeout(now);
        self.hosts.values_mut().for_each(|host| host.handle_timeout(now, &mut self.key));
        self.settle(now, Cause::Gone(Abandonment::TimedOut));
        if self.app.is_open() {
            self.tick_confirmations(now);
        }
    }

    /// The next event for the journal, if any.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Sends a request and remembers what it is about.
    pub(crate) fn send(&mut self, call: Call, request: Request<Bytes>) -> ExchangeId {
        let id = self.outbox.send(request);
        self.calls.insert(id, call);
        id
    }

    pub(crate) fn call_failed(&mut self, call: &'static str, failure: &Failure) {
        self.events.push_back(Event::CallFailed { call, reason: failure.to_string() });
    }

    pub(crate) fn unplug(&mut self, now: Timestamp) {
        self.hosts.values_mut().for_each(|host| host.handle_detach(&mut self.key));
        self.key.handle_power_cycle(now);
        self.settle(now, Cause::Gone(Abandonment::Disconnected));
    }
}
