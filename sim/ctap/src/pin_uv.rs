//! PIN/UV auth protocols, the PIN and the token that they protect (CTAP 2.3 §6.5).

mod persistent;
mod pin;
mod protocol;
mod token;

pub(crate) use persistent::Sealed;
pub(crate) use pin::{MISMATCHES_MAX, PinState, StoredPin};
pub(crate) use protocol::{KeyAgreement, Protocol, SharedSecret, mac};
pub use token::Permissions;
pub(crate) use token::Token;
