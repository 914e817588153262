//! What has happened so far, numbered, for whoever asks later.

use std::collections::VecDeque;

use jiff::Timestamp;
use tokio::sync::watch;
use transport::Event;

/// The last events, oldest first.
pub(super) struct Log {
    events: VecDeque<Logged>,
    /// The number of the event to come, which those who wait for one watch.
    next: watch::Sender<u64>,
}

/// An event and its number, from 0.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Logged {
    pub(super) number: u64,
    pub(super) at: Timestamp,
    pub(super) event: Event,
}

/// Events from a number on.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Page {
    pub(super) events: Vec<Logged>,
    /// The number to ask from next.
    pub(super) next: u64,
    /// How many of those asked for are forgotten.
    pub(super) lost: u64,
}

impl Log {
    pub(super) fn new() -> Self {
        Self { events: VecDeque::new(), next: watch::Sender::new(0) }
    }

    pub(super) fn push(&mut self, at: Timestamp, event: Event) {
        let number = *self.next.borrow();
        if self.events.len() == EVENTS_MAX {
            self.events.pop_front();
        }
        self.events.push_back(Logged { number, at, event });
        self.next.send_replace(number + 1);
    }

    /// Tells when there is more.
    pub(super) fn watch(&self) -> watch::Receiver<u64> {
        self.next.subscribe()
    }

    /// The events from a number on, [`PAGE_MAX`] at most.
    pub(super) fn since(&self, since: u64) -> Page {
        let end = *self.next.borrow();
        let first = self.events.front().map_or(end, |oldest| oldest.number);
        let from = since.clamp(first, end);
        let skipped = usize::try_from(from - first).unwrap_or(usize::MAX);
        let events: Vec<Logged> = self.events.iter().skip(skipped).take(PAGE_MAX).cloned().collect();
        Page { next: from + events.len() as u64, lost: first.saturating_sub(since), events }
    }
}

/// Beyond it the oldest are forgotten: a phone may run for weeks.
const EVENTS_MAX: usize = 10_000;
const PAGE_MAX: usize = 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn log(events: usize) -> Log {
        let mut log = Log::new();
        (0..events).for_each(|number| log.push(Timestamp::UNIX_EPOCH, Event::Note(number.to_string())));
        log
    }

    fn check(events: usize, since: u64, first: Option<&str>, next: u64, lost: u64) {
        let page = log(events).since(since);
        let text = page.events.first().map(|logged| logged.event.to_string());
        assert_eq!((text.as_deref(), page.next, page.lost), (first, next, lost), "{events} events, since {since}");
    }

    #[test]
    fn a_page_begins_where_it_was_asked_to_and_names_the_next() {
        check(0, 0, None, 0, 0);
        check(3, 0, Some("0"), 3, 0);
        check(3, 2, Some("2"), 3, 0);
        check(3, 3, None, 3, 0);
        check(3, 9, None, 3, 0);
        check(3_000, 0, Some("0"), 1_000, 0);
    }

    #[test]
    fn what_is_forgotten_is_counted() {
        check(EVENTS_MAX + 5, 2, Some("5"), 1_005, 3);
    }
}
