//! Bluetooth and the network: which phones can be reached, and what the parts hear of it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Workstation;
use crate::bluetooth::{Outcome, Signal};
use crate::passwordless::Reach;

impl Workstation {
    /// The phones that can be reached now, by name; tells whether that is news.
    pub fn handle_reach(&mut self, now: Timestamp, reach: &BTreeMap<String, Reach>) -> bool {
        if self.reach == *reach {
            return false;
        }
        self.reach.clone_from(reach);
        let heard = reach.iter().filter(|(_, reach)| reach.bluetooth).map(|(name, _)| name.clone());
        self.bluetooth.handle_near(heard.collect());
        self.settle(now);
        true
    }

    /// Whether the phone of this name is paired by Bluetooth.
    #[must_use]
    pub fn is_paired_by_bluetooth(&self, phone: &str) -> bool {
        self.bluetooth.is_paired(phone)
    }

    /// The next thing to send by Bluetooth, and to which phone.
    pub fn poll_bluetooth(&mut self) -> Option<(String, Signal)> {
        self.bluetooth.poll_signal()
    }

    /// A phone says whether the digits of a Bluetooth pairing are the same.
    pub fn handle_bluetooth(&mut self, now: Timestamp, phone: &str, is_same: bool) {
        self.bluetooth.handle_answer(phone, is_same);
        self.settle(now);
    }

    /// A phone serves as a security key by Bluetooth.
    pub fn handle_bluetooth_connected(&mut self, phone: &str) {
        self.bluetooth.handle_connected(phone);
    }

    /// Tells the client which phones it can reach.
    pub(super) fn tell_of_bluetooth(&mut self) {
        let bonds = self.bluetooth.paired().map(str::to_owned).collect();
        self.passwordless.handle_reach(self.reach.clone(), bonds);
        while let Some(outcome) = self.bluetooth.poll_outcome() {
            if outcome == Outcome::NotPaired {
                self.passwordless.handle_bluetooth_refused();
            }
        }
    }
}
