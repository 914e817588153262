//! What happens between a device, its hosts and its user.

use std::fmt;

use wire::ctaphid::{Packet, Report};

/// Names a host for as long as it is there; a host that comes back is another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct HostId(pub u64);

/// Which way a report goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To the key.
    FromHost,
    /// From the key.
    ToHost,
}

/// Something worth a line.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A host has found the key.
    Attached {
        /// Which.
        host: HostId,
        /// What it is called: an address, a device file.
        name: String,
    },
    /// The key is gone from a host.
    Detached {
        /// Which.
        host: HostId,
    },
    /// A report was carried.
    Report {
        /// From or to which host.
        host: HostId,
        /// Which way.
        direction: Direction,
        /// Its bytes.
        report: Box<Report>,
    },
    /// The authenticator did or saw something.
    Key(ctap::Event),
    /// The key was pulled out of every host.
    Unplugged,
    /// The key can be found again.
    Plugged,
    /// What a transport has to say: something ignored, a host turned away.
    Note(String),
}

impl fmt::Display for HostId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "host {}", self.0)
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attached { host, name } => write!(f, "{host} is there: {name}"),
            Self::Detached { host } => write!(f, "{host} is gone"),
            Self::Report { host, direction: Direction::FromHost, report } => {
                write!(f, "{host} > key  {}", Hex(report))
            }
            Self::Report { host, direction: Direction::ToHost, report } => write!(f, "{host} < key  {}", Hex(report)),
            Self::Key(event) => write!(f, "{event}"),
            Self::Unplugged => write!(f, "the key is unplugged"),
            Self::Plugged => write!(f, "the key is plugged in"),
            Self::Note(words) => write!(f, "{words}"),
        }
    }
}

/// A report as one line: what kind of packet, then its bytes.
struct Hex<'a>(&'a Report);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Packet::parse(self.0) {
            Packet::Init { command, length, .. } => write!(f, "{} of {length} bytes: ", command.name())?,
            Packet::Cont { sequence, .. } => write!(f, "continuation {sequence}: ")?,
        }
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
