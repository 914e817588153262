//! The append-only record of a lab: who did what, when, in the order in which it happened.

use jiff::Timestamp;

/// One line of a journal.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry<E> {
    /// The lab's time.
    pub at: Timestamp,
    /// Who: `phone/carol`, `entra`, `workstation/WS-01`.
    pub actor: String,
    /// What.
    pub event: E,
}

/// An append-only list of events.
#[derive(Clone, Debug)]
pub struct Journal<E>(Vec<Entry<E>>);

impl<E> Default for Journal<E> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<E> Journal<E> {
    /// Appends an event.
    pub fn record(&mut self, at: Timestamp, actor: &str, event: E) {
        self.0.push(Entry { at, actor: actor.to_owned(), event });
    }

    /// Every entry, oldest first.
    #[must_use]
    pub fn entries(&self) -> &[Entry<E>] {
        &self.0
    }
}
