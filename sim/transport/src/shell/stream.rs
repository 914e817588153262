//! Reports on streams: each connection is a host of its own, which is gone when it hangs up.

use std::{convert::Infallible, io, net::SocketAddr, sync::Arc};
#[cfg(unix)]
use std::{os::unix::fs::FileTypeExt as _, os::unix::net::UnixStream, path::Path};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
#[cfg(unix)]
use tokio::net::UnixListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use wire::ctaphid::Report;

use super::{HOSTS_MAX, HubGone, OUTGOING_MAX, Unavailable, Wire};
use crate::{HostId, Records};

/// Listens on TCP.
///
/// # Errors
///
/// [`Unavailable`] when the address is taken or none of this machine.
pub async fn bind_tcp(address: SocketAddr) -> Result<TcpListener, Unavailable> {
    TcpListener::bind(address).await.map_err(|reason| Unavailable::listen(address, reason))
}

/// Listens on a Unix socket. One that nobody listens on any more is replaced; any other file is left alone.
///
/// # Errors
///
/// [`Unavailable`] when the path is in use or cannot be used.
#[cfg(unix)]
pub fn bind_unix(path: &Path) -> Result<UnixListener, Unavailable> {
    let socket = |reason| Unavailable::Socket { path: path.to_owned(), reason };
    match std::fs::symlink_metadata(path) {
        Ok(found) if !found.file_type().is_socket() => return Err(Unavailable::NoSocket { path: path.to_owned() }),
        Ok(_) => match UnixStream::connect(path) {
            Err(e) if e.kind() == io::ErrorKind::ConnectionRefused => std::fs::remove_file(path).map_err(socket)?,
            Err(e) => return Err(socket(e)),
            Ok(_) => return Err(Unavailable::SocketTaken { path: path.to_owned() }),
        },
        Err(_) => {}
    }
    UnixListener::bind(path).map_err(socket)
}

/// Carries reports between TCP connections and the hub.
///
/// # Errors
///
/// The system's, when no more connections can be accepted.
pub async fn serve_tcp(listener: TcpListener, wire: Wire) -> io::Result<Infallible> {
    let seats = Seats::default();
    loop {
        let Some((stream, peer)) = accepted(listener.accept().await)? else { continue };
        // Reports are small and waited for.
        let _ = stream.set_nodelay(true);
        if let Some(seat) = seats.take(&format!("TCP {peer}"), &wire).await? {
            tokio::spawn(host(stream, format!("TCP {peer}"), wire.clone(), seat));
        }
    }
}

/// Carries reports between connections to a Unix socket and the hub.
///
/// # Errors
///
/// The system's, when no more connections can be accepted.
#[cfg(unix)]
pub async fn serve_unix(listener: UnixListener, wire: Wire) -> io::Result<Infallible> {
    let seats = Seats::default();
    loop {
        let Some((stream, _)) = accepted(listener.accept().await)? else { continue };
        let name = "a connection to the socket";
        if let Some(seat) = seats.take(name, &wire).await? {
            tokio::spawn(host(stream, name.to_owned(), wire.clone(), seat));
        }
    }
}

/// A connection, or `None` when the peer has hung up before it was accepted.
pub(super) fn accepted<T>(outcome: io::Result<T>) -> io::Result<Option<T>> {
    match outcome {
        Ok(connection) => Ok(Some(connection)),
        Err(e) if matches!(e.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset) => Ok(None),
        Err(e) => Err(e),
    }
}

/// How many more connections may be served at a time.
pub(super) struct Seats(Arc<Semaphore>);

impl Default for Seats {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(HOSTS_MAX)))
    }
}

impl Seats {
    /// A seat for as long as it is held; a peer without one is turned away.
    pub(super) async fn take(&self, name: &str, wire: &Wire) -> Result<Option<OwnedSemaphorePermit>, HubGone> {
        let seat = self.0.clone().try_acquire_owned().ok();
        if seat.is_none() {
            wire.note(format!("{name} is turned away: {HOSTS_MAX} connections are open")).await?;
        }
        Ok(seat)
    }
}

async fn host(stream: impl AsyncRead + AsyncWrite + Unpin, name: String, wire: Wire, _seat: OwnedSemaphorePermit) {
    let (outgoing, reports) = mpsc::channel(OUTGOING_MAX);
    let Ok(host) = wire.attach(name, outgoing).await else { return };
    let rest = carry(stream, host, reports, &wire).await;
    // Errors mean that the hub is gone, which nobody is left to hear.
    if let Ok(rest @ 1..) = rest {
        let _ = wire.note(format!("{host} has hung up within a report: {rest} bytes of 64 are ignored")).await;
    }
    let _ = wire.detach(host).await;
}

/// Until the host hangs up or the key is unplugged; how many bytes of a report had come then.
async fn carry(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    host: HostId,
    mut reports: mpsc::Receiver<(HostId, Report)>,
    wire: &Wire,
) -> Result<usize, HubGone> {
    let mut records = Records::default();
    let mut buffer = [0; READ_BYTES];
    loop {
        tokio::select! {
            // Answers go first, so that a host that asks without pause loses none of them.
            biased;
            report = reports.recv() => {
                let Some((_, report)) = report else { return Ok(0) };
                if stream.write_all(&report).await.is_err() {
                    return Ok(0);
                }
            }
            read = stream.read(&mut buffer) => {
                let Ok(length @ 1..) = read else { return Ok(records.rest()) };
                records.handle_bytes(&buffer[..length]);
                while let Some(report) = records.poll_report() {
                    wire.report(host, report).await?;
                }
            }
        }
    }
}

const READ_BYTES: usize = 4096;
