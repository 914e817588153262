//! USB as Windows sees it: the security keys that are plugged in, each behind its own CTAPHID host.

mod hid_host;
mod ports;

pub use hid_host::{HidHost, KeyAnswer, UsbError};
pub use ports::Ports;
