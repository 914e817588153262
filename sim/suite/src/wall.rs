//! Wall time, which only reports about the run itself may show: never a journal.

use std::time::Instant;

/// The machine's monotonic clock.
#[expect(clippy::disallowed_methods, reason = "reports say how long a step took")]
pub(crate) fn instant() -> Instant {
    Instant::now()
}

/// The machine's date and time.
pub(crate) fn timestamp() -> jiff::Timestamp {
    clockwork::Clock::system().now()
}
