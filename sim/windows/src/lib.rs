//! The workstation: WebAuthn client, sign-in screen, browsers, USB, HYPR Passwordless client.
//!
//! [`Workstation`] composes the parts; each part is a core of its own, without clock, sockets or randomness.

pub mod browser;
pub mod passwordless;
pub mod sign_in;
pub mod usb;
pub mod webauthn;
mod workstation;

#[cfg(test)]
mod fake_key;

pub use passwordless::{Join, SecurityKeys};
pub use workstation::{Event, Window, Workstation, WorkstationConfig};
