//! USB/IP over TCP: one key, imported by one client at a time.

use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use wire::ctaphid::Report;

use super::stream::{Seats, accepted};
use super::{OUTGOING_MAX, Wire};
use crate::usbip::{Connection, Export};
use crate::{HostId, Identity};

/// Carries transfers between USB/IP clients and the hub.
///
/// # Errors
///
/// The system's, when no more connections can be accepted.
pub async fn serve(listener: TcpListener, identity: &'static Identity, wire: Wire) -> io::Result<Infallible> {
    let (seats, taken) = (Seats::default(), Arc::new(AtomicBool::new(false)));
    loop {
        let Some((stream, peer)) = accepted(listener.accept().await)? else { continue };
        let _ = stream.set_nodelay(true);
        let Some(seat) = seats.take(&format!("USB/IP {peer}"), &wire).await? else { continue };
        let client =
            Client { stream, peer, wire: wire.clone(), taken: taken.clone(), connection: Connection::new(identity) };
        tokio::spawn(async move {
            let _seat = seat;
            client.serve().await;
        });
    }
}

/// One connection.
struct Client {
    stream: TcpStream,
    peer: SocketAddr,
    wire: Wire,
    taken: Arc<AtomicBool>,
    connection: Connection,
}

/// The key in the hands of a client.
struct Import {
    host: HostId,
    reports: mpsc::Receiver<(HostId, Report)>,
    _claim: Claim,
}

/// That nobody else may import it, until this is dropped.
struct Claim(Arc<AtomicBool>);

impl Drop for Claim {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

impl Client {
    async fn serve(mut self) {
        let mut import = None;
        // Errors of the connection end it, as hanging up does.
        let _ = self.carry(&mut import).await;
        if let Some(Import { host, .. }) = import {
            let _ = self.wire.detach(host).await;
        }
    }

    async fn carry(&mut self, import: &mut Option<Import>) -> io::Result<()> {
        let mut buffer = [0; READ_BYTES];
        loop {
            tokio::select! {
                // Answers go before questions, as on other streams.
                biased;
                report = next_report(import) => match report {
                    Some(report) => self.connection.handle_report(&report),
                    // Unplugged.
                    None => return Ok(()),
                },
                read = self.stream.read(&mut buffer) => match read? {
                    0 => return Ok(()),
                    length => self.handle_bytes(import, &buffer[..length]).await?,
                },
            }
            if let Some(bytes) = self.connection.poll_bytes() {
                self.stream.write_all(&bytes).await?;
            }
        }
    }

    async fn handle_bytes(&mut self, import: &mut Option<Import>, bytes: &[u8]) -> io::Result<()> {
        // Claimed before anything is awaited, so that no two clients find it free.
        let claim = (import.is_none() && !self.taken.swap(true, Ordering::SeqCst)).then(|| Claim(self.taken.clone()));
        let export = match (&claim, self.wire.is_plugged()) {
            (_, false) => Export::Absent,
            (Some(_), true) => Export::Free,
            (None, true) => Export::Taken,
        };
        if let Err(broken) = self.connection.handle_bytes(export, bytes) {
            self.wire.note(format!("USB/IP {} is cut off: {broken}", self.peer)).await?;
            return Err(io::ErrorKind::InvalidData.into());
        }
        if let Some(claim) = claim
            && self.connection.is_attached()
        {
            let (outgoing, reports) = mpsc::channel(OUTGOING_MAX);
            let host = self.wire.attach(format!("USB/IP {}", self.peer), outgoing).await?;
            *import = Some(Import { host, reports, _claim: claim });
        }
        while let (Some(Import { host, .. }), Some(report)) = (&import, self.connection.poll_report()) {
            self.wire.report(*host, report).await?;
        }
        Ok(())
    }
}

/// `None` when the key is unplugged; a client that has not imported it waits for ever.
async fn next_report(import: &mut Option<Import>) -> Option<Report> {
    match import {
        Some(import) => import.reports.recv().await.map(|(_, report)| report),
        None => std::future::pending().await,
    }
}

const READ_BYTES: usize = 4096;
