//! The USB ports of a workstation: which keys are plugged in, in the order in which they were.

use clockwork::{Seed, Stream};
use indexmap::IndexMap;
use jiff::Timestamp;
use wire::ctaphid::Report;

use super::{HidHost, KeyAnswer};

/// The plugged-in keys by name.
#[derive(Debug)]
pub struct Ports {
    seed: Stream,
    keys: IndexMap<String, HidHost>,
}

impl Ports {
    /// Empty ports; `stream` feeds the nonces of every key.
    #[must_use]
    pub fn new(stream: Stream) -> Self {
        Self { seed: stream, keys: IndexMap::new() }
    }

    /// A key is plugged in; a name that is there already is left alone, and the answer is `false`.
    pub fn attach(&mut self, key: &str) -> bool {
        if self.keys.contains_key(key) {
            return false;
        }
        let nonces = Seed::of(&[&self.seed.hex(32), key]).fork("nonces");
        self.keys.insert(key.to_owned(), HidHost::new(nonces));
        true
    }

    /// A key is pulled out; the answer is `false` when it was not there.
    pub fn detach(&mut self, key: &str) -> bool {
        self.keys.shift_remove(key).is_some()
    }

    /// The line to a key.
    pub fn key(&mut self, key: &str) -> Option<&mut HidHost> {
        self.keys.get_mut(key)
    }

    /// The names of the plugged-in keys, oldest first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.keys.keys().map(String::as_str)
    }

    /// Takes a report of a key; one of a key that is not there is lost, as on a bus.
    pub fn handle_report(&mut self, now: Timestamp, key: &str, report: &Report) {
        if let Some(host) = self.keys.get_mut(key) {
            host.handle_report(now, report);
        }
    }

    /// The next report, and for which key.
    pub fn poll_report(&mut self) -> Option<(String, Report)> {
        self.keys.iter_mut().find_map(|(name, host)| Some((name.clone(), host.poll_report()?)))
    }

    /// The next answer, and of which key.
    pub fn poll_answer(&mut self) -> Option<(String, KeyAnswer)> {
        self.keys.iter_mut().find_map(|(name, host)| Some((name.clone(), host.poll_answer()?)))
    }

    /// The earliest deadline of any line.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.keys.values().filter_map(HidHost::poll_timeout).min()
    }

    /// Acts on the deadlines that have come.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        self.keys.values_mut().for_each(|host| host.handle_timeout(now));
    }
}
