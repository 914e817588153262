//! The key with its hosts and its user: reports in and out, prompts answered, plugged and unplugged.

use std::collections::{BTreeMap, VecDeque};

use ctap::{Answer, Authenticator, Hid, Prompt};
use jiff::Timestamp;
use wire::ctaphid::Report;

use crate::{Direction, Event, HostId, User};

/// A security key of any number of hosts, each with channels of its own.
pub struct Device {
    key: Authenticator,
    user: User,
    socket: Socket,
    /// When the user answers the prompt that is there; set while one is.
    answer_at: Option<Timestamp>,
    reports: VecDeque<(HostId, Report)>,
    events: VecDeque<Event>,
}

/// Whether hosts can find the key.
enum Socket {
    Plugged(BTreeMap<HostId, Hid>),
    Unplugged,
}

impl Device {
    /// A key that is plugged in, and that no host has found yet.
    #[must_use]
    pub fn new(key: Authenticator, user: User) -> Self {
        Self {
            key,
            user,
            socket: Socket::Plugged(BTreeMap::new()),
            answer_at: None,
            reports: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// A host finds the key; tells whether there is a key to find.
    pub fn handle_attach(&mut self, host: HostId, name: &str) -> bool {
        let Socket::Plugged(hosts) = &mut self.socket else { return false };
        hosts.insert(host, Hid::default());
        self.events.push_back(Event::Attached { host, name: name.to_owned() });
        true
    }

    /// A report from a host. One that has not found the key, or no longer, is not heard.
    pub fn handle_report(&mut self, now: Timestamp, host: HostId, report: &Report) {
        let Socket::Plugged(hosts) = &mut self.socket else { return };
        let Some(hid) = hosts.get_mut(&host) else { return };
        let direction = Direction::FromHost;
        self.events.push_back(Event::Report { host, direction, report: Box::new(*report) });
        hid.handle_report(now, &mut self.key, report);
        self.settle(now);
    }

    /// A host is gone, and with it what it had under way. Convention of the lab, as with the app on a phone: gone from
    /// the last host, the key has lost its power.
    pub fn handle_detach(&mut self, now: Timestamp, host: HostId) {
        let Socket::Plugged(hosts) = &mut self.socket else { return };
        let Some(mut hid) = hosts.remove(&host) else { return };
        hid.handle_detach(&mut self.key);
        if hosts.is_empty() {
            self.key.handle_power_cycle(now);
        }
        self.settle(now);
        self.events.push_back(Event::Detached { host });
    }

    /// The key is pulled out of every host, and loses its power.
    pub fn handle_unplug(&mut self, now: Timestamp) {
        let Socket::Plugged(hosts) = std::mem::replace(&mut self.socket, Socket::Unplugged) else { return };
        for (host, mut hid) in hosts {
            hid.handle_detach(&mut self.key);
            self.events.push_back(Event::Detached { host });
        }
        self.key.handle_power_cycle(now);
        self.settle(now);
        self.events.push_back(Event::Unplugged);
    }

    /// The key is plugged in again; hosts have to find it anew.
    pub fn handle_plug(&mut self) {
        if matches!(self.socket, Socket::Unplugged) {
            self.socket = Socket::Plugged(BTreeMap::new());
            self.events.push_back(Event::Plugged);
        }
    }

    /// The power is cut and comes back at once: channels, tokens and what was under way are gone, the hosts are not.
    pub fn handle_power_cycle(&mut self, now: Timestamp) {
        if let Socket::Plugged(hosts) = &mut self.socket {
            hosts.values_mut().for_each(|hid| hid.handle_detach(&mut self.key));
        }
        self.reports.clear();
        self.key.handle_power_cycle(now);
        self.settle(now);
    }

    /// The user answers; an answer that does not fit the prompt changes nothing.
    pub fn handle_answer(&mut self, now: Timestamp, answer: Answer) {
        self.key.handle_answer(now, answer);
        self.settle(now);
    }

    /// The next report for a host.
    pub fn poll_report(&mut self) -> Option<(HostId, Report)> {
        self.reports.pop_front()
    }

    /// What happened, oldest first.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When something is due: a KEEPALIVE, the end of a half-sent message, the user's answer, the end of its time.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let hosts = match &self.socket {
            Socket::Plugged(hosts) => hosts.values().filter_map(|hid| hid.poll_timeout(&self.key)).min(),
            Socket::Unplugged => None,
        };
        [hosts, self.answer_at, self.key.poll_timeout()].into_iter().flatten().min()
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        if let Socket::Plugged(hosts) = &mut self.socket {
            hosts.values_mut().for_each(|hid| hid.handle_timeout(now, &mut self.key));
        }
        self.key.handle_timeout(now);
        self.settle(now);
    }

    /// What the key asks of its user.
    #[must_use]
    pub fn prompt(&self) -> Option<&Prompt> {
        self.key.prompt()
    }

    /// The key itself, to read from.
    #[must_use]
    pub fn key(&self) -> &Authenticator {
        &self.key
    }

    /// Does something to the key that no host could.
    pub fn with_key<T>(&mut self, now: Timestamp, act: impl FnOnce(&mut Authenticator) -> T) -> T {
        let outcome = act(&mut self.key);
        self.settle(now);
        outcome
    }

    /// Who answers.
    #[must_use]
    pub fn user(&self) -> User {
        self.user
    }

    /// Somebody else answers from now on, the prompt that is there too.
    pub fn handle_user(&mut self, now: Timestamp, user: User) {
        self.user = user;
        self.answer_at = None;
        self.settle(now);
    }

    /// Lets the user answer what is due, and gathers what has come of it.
    fn settle(&mut self, now: Timestamp) {
        self.collect();
        while let Some((delay, answer)) = self.key.unanswered().and_then(|prompt| self.user.answer(prompt)) {
            let at = *self.answer_at.get_or_insert(now + delay);
            if now < at {
                return;
            }
            self.answer_at = None;
            self.key.handle_answer(now, answer);
            self.collect();
        }
        self.answer_at = None;
    }

    fn collect(&mut self) {
        while let Some(event) = self.key.poll_event() {
            self.events.push_back(Event::Key(event));
        }
        let Socket::Plugged(hosts) = &mut self.socket else { return };
        for (&host, hid) in hosts {
            while let Some(report) = hid.poll_report(&mut self.key) {
                let direction = Direction::ToHost;
                self.events.push_back(Event::Report { host, direction, report: Box::new(report) });
                self.reports.push_back((host, report));
            }
        }
    }
}

impl Device {
    /// Adds what a transport has to say to the events.
    pub(crate) fn note(&mut self, words: String) {
        self.events.push_back(Event::Note(words));
    }
}

#[cfg(test)]
mod tests;
