//! Where the key can be found: flags to a transport, a transport to a future that serves it.

use std::{
    convert::Infallible,
    io,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    pin::Pin,
};

use clap::ValueEnum as _;
use miette::Result;
use transport::Identity;
use transport::shell::udp::AnswerTo;
use transport::shell::{Wire, stream, udp, usbip};
use transport::{udp as solo, usbip as protocol};

use super::error::PhoneError;
use crate::args::{PhoneArgs, TransportKind};

/// Where the key is to be found.
pub(super) enum Endpoint {
    Udp { listen: SocketAddr, answer_to: AnswerTo },
    Tcp { listen: SocketAddr },
    Unix { path: PathBuf },
    Uhid,
    Usbip { listen: SocketAddr },
}

/// A transport that hosts can use.
pub(super) struct Listening {
    /// Where, in words.
    pub(super) place: String,
    /// How hosts get there, a line each.
    pub(super) directions: Vec<String>,
    /// Serves until it fails.
    pub(super) serving: Pin<Box<dyn Future<Output = io::Result<Infallible>>>>,
    _file: Option<SocketFile>,
}

/// A socket's file, removed when the phone ends.
struct SocketFile(PathBuf);

impl Drop for SocketFile {
    fn drop(&mut self) {
        // Whoever removed it before has done what is wanted.
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Endpoint {
    /// What the flags name; one that belongs to another transport is refused rather than ignored.
    pub(super) fn of(args: &PhoneArgs) -> Result<Self, PhoneError> {
        let given = [
            ("--listen", args.listen.is_some()),
            ("--answer-to", args.answer_to.is_some()),
            ("--socket", args.socket.is_some()),
        ];
        if let Some((flag, _)) = given.into_iter().find(|(flag, given)| *given && !fits(flag, args.transport)) {
            return Err(PhoneError::Misplaced { flag, transport: name(args.transport) });
        }
        let listen = |port| args.listen.unwrap_or((Ipv4Addr::LOCALHOST, port).into());
        Ok(match args.transport {
            TransportKind::Udp => {
                let answer_to = AnswerTo::Address((Ipv4Addr::LOCALHOST, solo::HOST_PORT).into());
                Self::Udp { listen: listen(solo::DEVICE_PORT), answer_to: args.answer_to.unwrap_or(answer_to) }
            }
            TransportKind::Tcp => Self::Tcp { listen: listen(solo::DEVICE_PORT) },
            TransportKind::Unix => Self::Unix { path: args.socket.clone().ok_or(PhoneError::NoSocketPath)? },
            TransportKind::Uhid => Self::Uhid,
            TransportKind::Usbip => Self::Usbip { listen: listen(protocol::PORT) },
        })
    }

    /// Listens, or opens the device file.
    pub(super) async fn open(self, wire: Wire) -> Result<Listening> {
        match self {
            Self::Udp { listen, answer_to } => open_udp(listen, answer_to, wire).await,
            Self::Tcp { listen } => open_tcp(listen, wire).await,
            Self::Unix { path } => open_unix(path, wire),
            Self::Uhid => open_uhid(wire),
            Self::Usbip { listen } => open_usbip(listen, wire).await,
        }
    }
}

async fn open_udp(listen: SocketAddr, answer_to: AnswerTo, wire: Wire) -> Result<Listening> {
    let socket = udp::bind(listen).await?;
    let address = socket.local_addr().unwrap_or(listen);
    let answers = match answer_to {
        AnswerTo::Address(host) => format!("answers go to {host}"),
        AnswerTo::Sender => "answers go to the sender".to_owned(),
    };
    Ok(Listening {
        place: format!("UDP {address}, {answers}"),
        directions: vec![
            "one 64-byte CTAPHID report a datagram, as the Solo simulator has it".to_owned(),
            "python-fido2: UdpConnection of docs/security-key.md; solo-python: solo.fido2.force_udp_backend()"
                .to_owned(),
        ],
        serving: Box::pin(udp::serve(socket, answer_to, wire)),
        _file: None,
    })
}

async fn open_tcp(listen: SocketAddr, wire: Wire) -> Result<Listening> {
    let listener = stream::bind_tcp(listen).await?;
    let address = listener.local_addr().unwrap_or(listen);
    Ok(Listening {
        place: format!("TCP {address}"),
        directions: vec![
            "64-byte CTAPHID reports one after the other; each connection is a host of its own".to_owned(),
        ],
        serving: Box::pin(stream::serve_tcp(listener, wire)),
        _file: None,
    })
}

#[cfg(unix)]
fn open_unix(path: PathBuf, wire: Wire) -> Result<Listening> {
    let listener = stream::bind_unix(&path)?;
    Ok(Listening {
        place: format!("the Unix socket {}", path.display()),
        directions: vec![
            "64-byte CTAPHID reports one after the other; each connection is a host of its own".to_owned(),
        ],
        serving: Box::pin(stream::serve_unix(listener, wire)),
        _file: Some(SocketFile(path)),
    })
}

#[cfg(not(unix))]
fn open_unix(_: PathBuf, _: Wire) -> Result<Listening> {
    Err(PhoneError::NotOnThisSystem { what: "Unix sockets" }.into())
}

#[cfg(target_os = "linux")]
fn open_uhid(wire: Wire) -> Result<Listening> {
    let file = transport::shell::uhid::open(transport::uhid::PATH.as_ref())?;
    Ok(Listening {
        place: format!("{}: a USB key of this machine", transport::uhid::PATH),
        directions: vec!["fido2-token -L lists it; browsers find it when a page asks for a security key".to_owned()],
        serving: Box::pin(transport::shell::uhid::serve(file, &Identity::LAB, wire)),
        _file: None,
    })
}

#[cfg(not(target_os = "linux"))]
fn open_uhid(_: Wire) -> Result<Listening> {
    Err(PhoneError::NotOnThisSystem { what: "uhid, which is Linux's" }.into())
}

async fn open_usbip(listen: SocketAddr, wire: Wire) -> Result<Listening> {
    let listener = stream::bind_tcp(listen).await?;
    let address = listener.local_addr().unwrap_or(listen);
    let host = if address.ip().is_unspecified() { "THIS_MACHINE".to_owned() } else { address.ip().to_string() };
    // The port is an option of the program, before its command.
    let port = if address.port() == protocol::PORT { String::new() } else { format!("--tcp-port {} ", address.port()) };
    let bus_id = protocol::BUS_ID;
    Ok(Listening {
        place: format!("USB/IP {address}, device {bus_id}"),
        directions: vec![
            format!("Linux:   sudo modprobe vhci-hcd; sudo usbip {port}attach -r {host} -b {bus_id}"),
            format!("Windows: usbip.exe {port}attach -r {host} -b {bus_id}   (usbip-win2)"),
        ],
        serving: Box::pin(usbip::serve(listener, &Identity::LAB, wire)),
        _file: None,
    })
}

fn fits(flag: &str, transport: TransportKind) -> bool {
    use TransportKind::{Tcp, Udp, Unix, Usbip};
    matches!((flag, transport), ("--listen", Udp | Tcp | Usbip) | ("--answer-to", Udp) | ("--socket", Unix))
}

/// What the transport is called on the command line.
fn name(transport: TransportKind) -> String {
    transport.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}
