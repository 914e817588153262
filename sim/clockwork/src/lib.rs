//! Clock, seed, journal, screens and verbs: what every core shares.
//!
//! **Invariant**: nothing here knows a protocol, and only [`Clock`] reads the machine's time.

mod clock;
mod journal;
mod outbox;
mod screen;
mod seed;

pub use clock::Clock;
pub use journal::{Entry, Journal};
pub use outbox::{ExchangeId, Outbox, Reply, Unreachable};
pub use screen::{Button, Face, Field, Gesture, Icon, Row, Screen, Verb, VerbError};
pub use seed::{Seed, Stream};
