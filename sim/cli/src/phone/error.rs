//! Why a phone cannot begin or go on, and what to do.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use ctap::{BadProfile, BadSnapshot};
use miette::Diagnostic;
use sandbox::SandboxError;
use thiserror::Error;

/// Why a phone cannot begin or go on.
#[derive(Debug, Error, Diagnostic)]
pub(super) enum PhoneError {
    /// No terminal, and no `--user`.
    #[error("nobody is there to answer the phone: standard input is no terminal")]
    #[diagnostic(help(
        "say who answers: --user accept, decline, ignore or after=2s; or --user ask, which reads the answers from \
         standard input all the same"
    ))]
    NobodyThere,
    /// Another name.
    #[error("there is no phone \"{name}\"")]
    #[diagnostic(help("--profile is one of {known}, or a file that ends in .yaml"))]
    NoSuchProfile { name: String, known: String },
    /// A file that is missing or cannot be read.
    #[error("{}: {reason}", path.display())]
    #[diagnostic(help("check the path and its permissions"))]
    Unreadable { path: PathBuf, reason: io::Error },
    /// A profile that cannot be.
    #[error(transparent)]
    #[diagnostic(help("fixtures/authenticators/ has examples"))]
    BadProfile(#[from] BadProfile),
    /// A state file that is none, or of another form.
    #[error("{}:{line}:{column}: {why}", path.display())]
    #[diagnostic(help("it is what an earlier run with --state has written; move it away to begin anew"))]
    NotAState { path: PathBuf, line: usize, column: usize, why: String },
    /// A state of another model, or with a value that cannot be.
    #[error("{}: {reason}", path.display())]
    #[diagnostic(help("use the --profile that wrote the state, or another --state file"))]
    BadSnapshot { path: PathBuf, reason: BadSnapshot },
    /// The state could not be kept, so that no answer may leave.
    #[error("the state could not be written to {}: {reason}", path.display())]
    #[diagnostic(help("check that the folder exists, is writable and has room"))]
    Unwritable { path: PathBuf, reason: io::Error },
    /// The certificate stands for another AAGUID.
    #[error("the lab's attestation certificate does not stand for the model of \"{profile}\"")]
    #[diagnostic(help("use --attestation self"))]
    OtherModel { profile: String },
    /// The system has none to give.
    #[error("the system gives no randomness: {reason}")]
    #[diagnostic(help("choose the keys by --seed N"))]
    NoRandomness { reason: String },
    /// The port of `--control` cannot be had.
    #[error("the control interface: {0}")]
    #[diagnostic(help("choose another by --control ADDRESS:PORT; with port 0 the system chooses one"))]
    ControlUnavailable(#[source] SandboxError),
    /// Others could reach the control interface.
    #[error("others than this machine could reach the control interface on {address}")]
    #[diagnostic(help("give them a secret by --control-token TOKEN, or listen on 127.0.0.1 alone"))]
    ControlUnguarded { address: SocketAddr },
    /// No secret at all.
    #[error("--control-token is empty, or has letters that no header can carry")]
    #[diagnostic(help("choose one of visible ASCII letters without spaces"))]
    ControlToken,
    /// A flag of another transport.
    #[error("{flag} means nothing to --transport {transport}")]
    #[diagnostic(help("--listen is for udp, tcp and usbip, --answer-to for udp, --socket for unix"))]
    Misplaced { flag: &'static str, transport: String },
    /// `--transport unix` alone.
    #[error("--transport unix needs a path to listen on")]
    #[diagnostic(help("add --socket PATH, for example --socket /tmp/passkey-lab.sock"))]
    NoSocketPath,
    /// Not on this system.
    #[cfg_attr(target_os = "linux", expect(dead_code, reason = "Linux has every transport"))]
    #[error("this system has no {what}")]
    #[diagnostic(help("use --transport udp, tcp or usbip"))]
    NotOnThisSystem { what: &'static str },
    /// A socket or device file failed while it was served.
    #[error("the transport has broken off: {reason}")]
    #[diagnostic(help("start the phone again; --verbose shows what was carried last"))]
    Ended { reason: io::Error },
}
