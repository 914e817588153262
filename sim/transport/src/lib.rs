//! One authenticator as a security key for hosts that nobody here wrote: UDP, TCP and Unix sockets, Linux uhid, USB/IP.
//!
//! [`Device`] is the key with its hosts and its user. [`Records`], [`udp`], [`uhid`] and [`usbip`] turn the bytes of a
//! transport into 64-byte reports and back. All of them are pure; [`shell`] joins them to sockets, to a device file
//! and to the clock.
//!
//! **Invariant**: a report is carried as it is. Nothing here takes a CTAPHID packet apart but to name it in a log.

mod device;
mod event;
mod identity;
mod records;
pub mod shell;
pub mod udp;
pub mod uhid;
pub mod usbip;
mod user;

pub use device::Device;
pub use event::{Direction, Event, HostId};
pub use identity::Identity;
pub use records::Records;
pub use user::User;
