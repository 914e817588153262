//! The device at work: real time, real hosts. A transport is a future that turns its socket or device file into
//! [`Wire`] inputs; the [`Hub`] hands them to the [`Device`] one by one.

pub mod stream;
pub mod udp;
#[cfg(target_os = "linux")]
pub mod uhid;
mod unavailable;
pub mod usbip;

use std::{
    collections::BTreeMap,
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use clockwork::Clock;
use ctap::{Answer, Authenticator};
use jiff::Timestamp;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;
use wire::ctaphid::Report;

pub use self::unavailable::Unavailable;
use crate::{Device, Event, HostId, User};

/// The device, its clock, and the ways to its hosts.
///
/// Call [`Hub::turn`], look at what happened, keep what must not be lost, then [`Hub::carry`]: no answer leaves before.
pub struct Hub {
    device: Device,
    clock: Clock,
    inputs: mpsc::Receiver<Input>,
    hosts: BTreeMap<HostId, Outgoing>,
    plugged: watch::Sender<bool>,
}

/// A transport's end of the hub.
#[derive(Clone)]
pub struct Wire {
    inputs: mpsc::Sender<Input>,
    plugged: watch::Receiver<bool>,
    hosts: Arc<AtomicU64>,
}

/// The hub has ended, and with it whatever serves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct HubGone;

/// Reports for hosts of one transport.
type Outgoing = mpsc::Sender<(HostId, Report)>;

/// What a transport tells the hub.
enum Input {
    Attached { host: HostId, name: String, outgoing: Outgoing },
    Report { host: HostId, report: Box<Report> },
    Detached { host: HostId },
    PowerCycle,
    Note(String),
}

impl Hub {
    /// A hub without transports, and the end to give them.
    #[must_use]
    pub fn new(device: Device, clock: Clock) -> (Self, Wire) {
        let (inputs, received) = mpsc::channel(INPUTS_MAX);
        let (plug, plugged) = watch::channel(true);
        let hub = Self { device, clock, inputs: received, hosts: BTreeMap::new(), plugged: plug };
        (hub, Wire { inputs, plugged, hosts: Arc::default() })
    }

    /// Waits until a host does something or something is due, and lets the device handle it. Dropping the future
    /// loses nothing.
    pub async fn turn(&mut self) {
        let due = self.device.poll_timeout().map(|at| at.duration_since(self.clock.now()));
        let input = match due {
            None => self.inputs.recv().await,
            Some(due) if !due.is_positive() => return self.device.handle_timeout(self.clock.now()),
            Some(due) => match timeout(due.unsigned_abs(), self.inputs.recv()).await {
                Ok(input) => input,
                Err(_) => return self.device.handle_timeout(self.clock.now()),
            },
        };
        match input {
            Some(input) => self.handle_input(input),
            // Every transport has ended; whoever runs them knows why.
            None => pending().await,
        }
    }

    /// Sends the hosts what the device has for them.
    pub fn carry(&mut self) {
        while let Some((host, report)) = self.device.poll_report() {
            let Some(outgoing) = self.hosts.get(&host) else { continue };
            // A host that asks and never reads must not fill the memory.
            if let Err(mpsc::error::TrySendError::Full(_)) = outgoing.try_send((host, report)) {
                self.device.note(format!("{host} does not read: a report for it is lost"));
            }
        }
    }

    /// What happened, oldest first.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.device.poll_event()
    }

    /// The device, to read from.
    #[must_use]
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// The user answers the prompt.
    pub fn answer(&mut self, answer: Answer) {
        self.device.handle_answer(self.clock.now(), answer);
    }

    /// Somebody else answers from now on.
    pub fn change_user(&mut self, user: User) {
        self.device.handle_user(self.clock.now(), user);
    }

    /// Does something to the key that no host could.
    pub fn with_key<T>(&mut self, act: impl FnOnce(&mut Authenticator, Timestamp) -> T) -> T {
        let now = self.clock.now();
        self.device.with_key(now, |key| act(key, now))
    }

    /// Pulls the key out of every host.
    pub fn unplug(&mut self) {
        self.device.handle_unplug(self.clock.now());
        self.hosts.clear();
        self.plugged.send_replace(false);
    }

    /// Plugs it in again.
    pub fn plug(&mut self) {
        self.device.handle_plug();
        self.plugged.send_replace(true);
    }

    /// Cuts the power and gives it back.
    pub fn power_cycle(&mut self) {
        self.device.handle_power_cycle(self.clock.now());
    }

    fn handle_input(&mut self, input: Input) {
        let now = self.clock.now();
        match input {
            Input::Attached { host, name, outgoing } => {
                // Where there is no key, `outgoing` is dropped, by which the transport learns it.
                if self.device.handle_attach(host, &name) {
                    self.hosts.insert(host, outgoing);
                }
            }
            Input::Report { host, report } => self.device.handle_report(now, host, &report),
            Input::Detached { host } => {
                self.hosts.remove(&host);
                self.device.handle_detach(now, host);
            }
            Input::PowerCycle => self.device.handle_power_cycle(now),
            Input::Note(words) => self.device.note(words),
        }
    }
}

impl Wire {
    async fn attach(&self, name: String, outgoing: Outgoing) -> Result<HostId, HubGone> {
        let host = HostId(self.hosts.fetch_add(1, Ordering::Relaxed) + 1);
        self.send(Input::Attached { host, name, outgoing }).await?;
        Ok(host)
    }

    async fn report(&self, host: HostId, report: Report) -> Result<(), HubGone> {
        self.send(Input::Report { host, report: Box::new(report) }).await
    }

    async fn detach(&self, host: HostId) -> Result<(), HubGone> {
        self.send(Input::Detached { host }).await
    }

    async fn note(&self, words: String) -> Result<(), HubGone> {
        self.send(Input::Note(words)).await
    }

    async fn send(&self, input: Input) -> Result<(), HubGone> {
        self.inputs.send(input).await.map_err(|_| HubGone)
    }

    fn is_plugged(&self) -> bool {
        *self.plugged.borrow()
    }
}

impl From<HubGone> for std::io::Error {
    fn from(_: HubGone) -> Self {
        Self::other("the device has ended")
    }
}

/// Inputs that may wait; a host that sends faster has to wait itself.
const INPUTS_MAX: usize = 64;
/// Reports that may wait for a host: some of the longest messages, which take 129 each.
const OUTGOING_MAX: usize = 512;
/// Hosts of one transport at a time.
const HOSTS_MAX: usize = 32;
