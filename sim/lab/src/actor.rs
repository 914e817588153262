//! What the lab needs of any actor at any time; each actor's own crate knows nothing of the others.

use jiff::Timestamp;

use crate::journal::Event;

/// An actor that has deadlines and tells what happens to it.
pub(crate) trait Actor {
    fn poll_timeout(&self) -> Option<Timestamp>;
    fn handle_timeout(&mut self, now: Timestamp);
    fn poll_event(&mut self) -> Option<Event>;
}

macro_rules! actor {
    ($kind:ty, $event:expr) => {
        impl Actor for $kind {
            fn poll_timeout(&self) -> Option<Timestamp> {
                <$kind>::poll_timeout(self)
            }

            fn handle_timeout(&mut self, now: Timestamp) {
                <$kind>::handle_timeout(self, now);
            }

            fn poll_event(&mut self) -> Option<Event> {
                <$kind>::poll_event(self).map($event)
            }
        }
    };
}

actor!(phone::Phone, Event::Phone);
actor!(windows::Workstation, Event::Windows);
actor!(control_center::http::Shell, Event::ControlCenter);
