//! Why the sandbox cannot begin.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why the sandbox cannot begin, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// A file of the certificate authority that cannot be read or written.
    #[error("{}: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: io::Error,
    },
    /// Files that are no certificate authority.
    #[error("{} is no certificate authority of the lab: {why}", path.display())]
    NotAnAuthority {
        /// The folder or file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The system has none to give.
    #[error("the system gives no randomness: {0}")]
    NoRandomness(String),
    /// Somebody else listens there.
    #[error("{address} is taken: another program listens there")]
    Taken {
        /// Where.
        address: SocketAddr,
    },
    /// The system lets only some users listen there.
    #[error("this user may not listen on {address}: ports below 1024 are for the system's administrator")]
    NotPermitted {
        /// Where.
        address: SocketAddr,
    },
    /// The address is none of this machine's, or the system refuses otherwise.
    #[error("cannot listen on {address}: {reason}")]
    Unusable {
        /// Where.
        address: SocketAddr,
        /// Why not.
        reason: io::Error,
    },
}

impl SandboxError {
    /// What the user can do about it.
    #[must_use]
    pub fn advice(&self) -> String {
        match self {
            Self::File { .. } => "check the path and its permissions, or name another with --ca".to_owned(),
            Self::NotAnAuthority { .. } => {
                "move it away to have a new one made, or name another with --ca; clients have to trust the new one"
                    .to_owned()
            }
            Self::NoRandomness(_) => "the system is not well; keys cannot be made".to_owned(),
            Self::Taken { address } => {
                format!("end the other program, or listen elsewhere: --listen {}:0 takes a free port", address.ip())
            }
            Self::NotPermitted { address } => format!(
                "run it with the capability (sudo setcap cap_net_bind_service=+ep PATH/passkey-lab), or as root, or in a \
                 container; or listen on --listen {}:8443",
                address.ip()
            ),
            Self::Unusable { .. } => "give an address of this machine, for example --listen 127.0.0.1:8443".to_owned(),
        }
    }
}
