//! PIN/UV auth protocols and the token that they protect (CTAP 2.3 §6.5).

mod protocol;
mod token;

pub(crate) use protocol::{KeyAgreement, Protocol, SharedSecret, mac};
pub use token::Permissions;
pub(crate) use token::Token;
