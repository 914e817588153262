//! The one clock of a lab: set by hand in the suite, the machine's plus an offset in the sandbox.

use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};

/// A handle to a lab's clock; clones share the same time.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Mutex<Source>>);

#[derive(Debug)]
enum Source {
    Manual(Timestamp),
    System { offset: SignedDuration },
}

impl Clock {
    /// A clock that stands at `start` until it is advanced.
    #[must_use]
    pub fn manual(start: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(Source::Manual(start))))
    }

    /// The machine's clock, shifted by whatever [`Clock::advance`] has added.
    #[must_use]
    pub fn system() -> Self {
        Self(Arc::new(Mutex::new(Source::System { offset: SignedDuration::ZERO })))
    }

    /// The lab's present instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match *self.source() {
            Source::Manual(now) => now,
            Source::System { offset } => machine_time() + offset,
        }
    }

    /// Moves the clock forward by `by`; a negative duration leaves it where it is, since time never runs back.
    pub fn advance(&self, by: SignedDuration) {
        let by = by.max(SignedDuration::ZERO);
        match &mut *self.source() {
            Source::Manual(now) => *now += by,
            Source::System { offset } => *offset += by,
        }
    }

    /// Moves the clock forward to `at`; an instant that has passed changes nothing.
    pub fn advance_to(&self, at: Timestamp) {
        self.advance(at.duration_since(self.now()));
    }

    fn source(&self) -> std::sync::MutexGuard<'_, Source> {
        self.0.lock().expect("no holder of the clock panics while it holds the lock")
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
fn machine_time() -> Timestamp {
    Timestamp::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_forward_and_its_clones_move_with_it() {
        let clock = Clock::manual(Timestamp::UNIX_EPOCH);
        let other = clock.clone();
        clock.advance(SignedDuration::from_secs(90));
        other.advance_to(Timestamp::UNIX_EPOCH);
        assert_eq!(other.now(), Timestamp::UNIX_EPOCH + SignedDuration::from_secs(90));
    }
}
