//! The workstation: WebAuthn client, sign-in screen, browsers, USB, HYPR Passwordless client.
//!
//! [`Workstation`] composes the parts; each part is a core of its own, without clock, sockets or randomness.

pub mod bluetooth;
pub mod browser;
mod device;
pub mod intune;
pub mod passwordless;
pub mod sign_in;
pub mod usb;
pub mod webauthn;
mod workstation;

#[cfg(test)]
mod fake_key;

pub use device::Device;
pub use passwordless::{Join, Method, Reach, SecurityKeys, System};
pub use sign_in::LocalAccount;
pub use workstation::{Event, Window, Workstation, WorkstationConfig};
