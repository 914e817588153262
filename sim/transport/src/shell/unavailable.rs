//! Why a transport cannot begin, and what to do.

use std::{io, net::SocketAddr, path::PathBuf};

use miette::Diagnostic;

/// Why a transport cannot begin.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum Unavailable {
    /// Somebody else listens there.
    #[error("{address} is taken: another program listens there, perhaps another phone")]
    #[diagnostic(help("end that program, or choose another port by --listen ADDRESS:PORT"))]
    Taken {
        /// Where.
        address: SocketAddr,
    },
    /// The address is none of this machine.
    #[error("{address} is no address of this machine")]
    #[diagnostic(help("listen on 127.0.0.1:PORT for programs here, on 0.0.0.0:PORT for other machines too"))]
    NotHere {
        /// Where.
        address: SocketAddr,
    },
    /// It cannot be listened there for another reason.
    #[error("cannot listen on {address}: {reason}")]
    #[diagnostic(help("choose another address by --listen ADDRESS:PORT; ports below 1024 may need privileges"))]
    Listen {
        /// Where.
        address: SocketAddr,
        /// What the system says.
        reason: io::Error,
    },
    /// Another phone listens at the socket.
    #[error("{} is in use: another phone listens there", path.display())]
    #[diagnostic(help("end that phone, or choose another path by --socket PATH"))]
    SocketTaken {
        /// Where.
        path: PathBuf,
    },
    /// There is a file that is no socket.
    #[error("{} is a file, and no socket", path.display())]
    #[diagnostic(help("it is left alone: choose another path by --socket PATH"))]
    NoSocket {
        /// Where.
        path: PathBuf,
    },
    /// The socket cannot be made for another reason.
    #[error("cannot listen on the socket {}: {reason}", path.display())]
    #[diagnostic(help("choose a path in a folder that exists and that you may write to, of at most 100 characters"))]
    Socket {
        /// Where.
        path: PathBuf,
        /// What the system says.
        reason: io::Error,
    },
    /// The kernel offers no uhid.
    #[error("there is no {}", path.display())]
    #[diagnostic(help(
        "load the kernel module: sudo modprobe uhid. A container needs the device handed in (--device /dev/uhid). \
         Without uhid, use --transport usbip or udp"
    ))]
    NoUhid {
        /// Where it should be.
        path: PathBuf,
    },
    /// It may not be opened.
    #[error("{} may not be opened by this user", path.display())]
    #[diagnostic(help(
        "run passkey-lab by sudo, or let yourself in: sudo setfacl -m u:$USER:rw /dev/uhid. Without either, use \
         --transport udp"
    ))]
    UhidForbidden {
        /// Where.
        path: PathBuf,
    },
    /// It cannot be opened for another reason.
    #[error("cannot open {}: {reason}", path.display())]
    #[diagnostic(help("is the module loaded (lsmod | grep uhid)? Without uhid, use --transport usbip or udp"))]
    Uhid {
        /// Where.
        path: PathBuf,
        /// What the system says.
        reason: io::Error,
    },
}

impl Unavailable {
    /// What a refused `bind` means.
    pub(super) fn listen(address: SocketAddr, reason: io::Error) -> Self {
        match reason.kind() {
            io::ErrorKind::AddrInUse => Self::Taken { address },
            io::ErrorKind::AddrNotAvailable => Self::NotHere { address },
            _ => Self::Listen { address, reason },
        }
    }
}
