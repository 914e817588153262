//! What people do in several taps: the four paths of the guide, screen by screen, in its words.
//!
//! A journey only taps, types, scans and waits; it knows no protocol and reads no core.

mod administration;
mod azure_pairing;
mod control_center_staff;
mod hypr_pairing;
mod portal;
mod sign_in;
mod unpair;

use jiff::SignedDuration;

pub use administration::FlagLevel;
pub use azure_pairing::SECURITY_INFO;
pub use sign_in::OFFICE;

/// How long people wait for the other device to notice: a few polls.
pub(crate) const A_MOMENT: SignedDuration = SignedDuration::from_secs(10);
