//! Windows Bluetooth: the dialogs by which a phone is paired, and what Windows says of a phone that is connected (the
//! guide's "Pairing Using Windows Bluetooth" and "Logging In Using Windows Bluetooth").
//!
//! Both sides compare six digits (Bluetooth Core, Numeric Comparison); the radio itself is the lab's. The guide shows the
//! dialogs as pictures, so that their words are those of Windows where they are known, else a convention of the lab.

use std::collections::{BTreeSet, VecDeque};
use std::fmt;

use clockwork::{Screen, Stream, Verb, VerbError};
use jiff::{SignedDuration, Timestamp};

/// How long a pairing may take (Bluetooth Core Vol. 3 Part H §3.4).
const PAIRING_WAIT: SignedDuration = SignedDuration::from_secs(30);

const SET_UP: &str = "Set up";
const DISMISS: &str = "Dismiss";
const CONNECT: &str = "Connect";
const CANCEL: &str = "Cancel";
const DONE: &str = "Done";
const CLOSE: &str = "Close";

/// The Bluetooth of one machine.
pub struct Bluetooth {
    rng: Stream,
    bonds: BTreeSet<String>,
    near: BTreeSet<String>,
    connected: BTreeSet<String>,
    stage: Stage,
    signals: VecDeque<(String, Signal)>,
    outcomes: VecDeque<Outcome>,
    events: VecDeque<Event>,
}

/// What the dialog waits for.
enum Stage {
    /// No pairing is under way.
    Idle,
    /// The phone to come near.
    Searching { device: String, deadline: Timestamp },
    /// The person to begin.
    Found { device: String, deadline: Timestamp },
    /// Both sides to say that the digits are the same.
    Comparing { device: String, passkey: String, agreed: Option<Side>, deadline: Timestamp },
    /// The person to close the message.
    Failed { reason: &'static str },
    /// The person to close the message.
    Ready { device: String },
}

/// A side of a pairing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Here,
    There,
}

/// What goes to a phone over the air.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Compare these digits.
    Compare {
        /// Six of them.
        passkey: String,
    },
    /// The pairing is given up.
    Withdrawn,
}

/// How a pairing ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The phone is paired.
    Paired,
    /// It is not.
    NotPaired,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A phone is paired.
    Paired {
        /// Its name.
        device: String,
    },
    /// A phone is not paired.
    NotPaired {
        /// Why.
        reason: &'static str,
    },
    /// A phone was removed from the list.
    Removed {
        /// Its name.
        device: String,
    },
}

impl Bluetooth {
    /// A machine that knows no device; `rng` feeds the digits.
    #[must_use]
    pub fn new(rng: Stream) -> Self {
        Self {
            rng,
            bonds: BTreeSet::new(),
            near: BTreeSet::new(),
            connected: BTreeSet::new(),
            stage: Stage::Idle,
            signals: VecDeque::new(),
            outcomes: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// Whether a phone is paired.
    #[must_use]
    pub fn is_paired(&self, device: &str) -> bool {
        self.bonds.contains(device)
    }

    /// The phones that are paired, by name.
    pub fn paired(&self) -> impl Iterator<Item = &str> {
        self.bonds.iter().map(String::as_str)
    }

    /// Begins to pair a phone; a pairing that is under way is given up.
    pub fn pair(&mut self, now: Timestamp, device: &str) {
        self.give_up("Another device is set up.");
        let (device, deadline) = (device.to_owned(), now + PAIRING_WAIT);
        self.stage = match self.near.contains(&device) {
            true => Stage::Found { device, deadline },
            false => Stage::Searching { device, deadline },
        };
    }

    /// Removes a phone from the list; `false` when it is not there.
    pub fn remove(&mut self, device: &str) -> bool {
        let was_paired = self.bonds.remove(device);
        if was_paired {
            self.events.push_back(Event::Removed { device: device.to_owned() });
        }
        was_paired
    }

    /// The phones that can be heard now.
    pub fn handle_near(&mut self, near: BTreeSet<String>) {
        self.near = near;
        self.stage = match std::mem::replace(&mut self.stage, Stage::Idle) {
            Stage::Searching { device, deadline } if self.near.contains(&device) => Stage::Found { device, deadline },
            stage => stage,
        };
    }

    /// A paired phone serves as a security key now.
    pub fn handle_connected(&mut self, device: &str) {
        self.connected.insert(device.to_owned());
    }

    /// It does no longer.
    pub fn handle_disconnected(&mut self, device: &str) {
        self.connected.remove(device);
    }

    /// A phone says whether the digits are the same.
    pub fn handle_answer(&mut self, device: &str, is_same: bool) {
        if !matches!(&self.stage, Stage::Comparing { device: asked, .. } if asked == device) {
            return;
        }
        match is_same {
            true => self.agree(Side::There),
            false => self.fail("The phone did not confirm the PIN."),
        }
    }

    /// What the dialog shows; without one, the phone that is connected.
    #[must_use]
    pub fn screen(&self) -> Screen {
        match &self.stage {
            Stage::Idle => self.notification(),
            Stage::Searching { device, .. } => {
                Screen::new("Add a device", &[&format!("Looking for {device}. Open the HYPR Mobile App.")], &[CANCEL])
            }
            Stage::Found { device, .. } => {
                Screen::new("Add a device", &[&format!("Tap to set up your {device}")], &[SET_UP, DISMISS])
            }
            Stage::Comparing { device, passkey, agreed: None | Some(Side::There), .. } => {
                let text = format!("Press Connect if the PIN on {device} matches this one.");
                Screen::new("Pair device?", &[&text, passkey], &[CONNECT, CANCEL])
            }
            Stage::Comparing { device, passkey, .. } => {
                Screen::new("Connecting", &[&format!("Confirm the PIN on {device}."), passkey], &[CANCEL])
            }
            Stage::Failed { reason } => {
                Screen::new("Couldn't connect", &["Try connecting your device again.", reason], &[CLOSE])
            }
            Stage::Ready { device } => Screen::new("Your device is ready to go!", &[device], &[DONE]),
        }
    }

    /// What the person did to the dialog.
    ///
    /// # Errors
    ///
    /// When it has no such button.
    pub fn handle_verb(&mut self, verb: &Verb) -> Result<(), VerbError> {
        let screen = self.screen();
        let Verb::Tap(label) = verb else { return Err(screen.meaningless(verb)) };
        screen.button(label)?;
        match label.as_str() {
            SET_UP => self.compare(),
            CONNECT => self.agree(Side::Here),
            DISMISS | CANCEL => self.give_up("You cancelled it."),
            _ => self.stage = Stage::Idle,
        }
        Ok(())
    }

    /// The next thing to send, and to which phone.
    pub fn poll_signal(&mut self) -> Option<(String, Signal)> {
        self.signals.pop_front()
    }

    /// How the pairing ended.
    pub fn poll_outcome(&mut self) -> Option<Outcome> {
        self.outcomes.pop_front()
    }

    /// What happened, oldest first.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When the pairing under way has to be done.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        match &self.stage {
            Stage::Searching { deadline, .. } | Stage::Found { deadline, .. } | Stage::Comparing { deadline, .. } => {
                Some(*deadline)
            }
            Stage::Idle | Stage::Failed { .. } | Stage::Ready { .. } => None,
        }
    }

    /// Ends a pairing whose time is over.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        if self.poll_timeout().is_some_and(|deadline| deadline <= now) {
            self.withdraw();
            self.fail("The device did not answer in time.");
        }
    }

    fn compare(&mut self) {
        let Stage::Found { device, deadline } = std::mem::replace(&mut self.stage, Stage::Idle) else { return };
        let passkey = self.rng.text("0123456789", PASSKEY_DIGITS);
        self.signals.push_back((device.clone(), Signal::Compare { passkey: passkey.clone() }));
        self.stage = Stage::Comparing { device, passkey, agreed: None, deadline };
    }

    fn agree(&mut self, side: Side) {
        let Stage::Comparing { device, agreed, .. } = &mut self.stage else { return };
        if agreed.is_none_or(|before| before == side) {
            *agreed = Some(side);
            return;
        }
        let device = std::mem::take(device);
        self.bonds.insert(device.clone());
        self.events.push_back(Event::Paired { device: device.clone() });
        self.outcomes.push_back(Outcome::Paired);
        self.stage = Stage::Ready { device };
    }

    /// Gives up a pairing that is under way.
    fn give_up(&mut self, reason: &'static str) {
        if self.poll_timeout().is_some() {
            self.withdraw();
            self.fail(reason);
        }
    }

    fn withdraw(&mut self) {
        if let Stage::Comparing { device, .. } = &self.stage {
            self.signals.push_back((device.clone(), Signal::Withdrawn));
        }
    }

    fn fail(&mut self, reason: &'static str) {
        self.events.push_back(Event::NotPaired { reason });
        self.outcomes.push_back(Outcome::NotPaired);
        self.stage = Stage::Failed { reason };
    }

    fn notification(&self) -> Screen {
        if self.connected.is_empty() {
            return Screen::default();
        }
        let texts: Vec<String> = self.connected.iter().map(|device| format!("{device} is connected.")).collect();
        let texts: Vec<&str> =
            texts.iter().map(String::as_str).chain(["It is ready to use as a security key."]).collect();
        Screen::new("Bluetooth", &texts, &[])
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Paired { device } => write!(f, "{device} is paired by Bluetooth."),
            Self::NotPaired { reason } => write!(f, "No device is paired by Bluetooth: {reason}"),
            Self::Removed { device } => write!(f, "{device} is removed from Bluetooth."),
        }
    }
}

const PASSKEY_DIGITS: usize = 6;

#[cfg(test)]
mod tests;
