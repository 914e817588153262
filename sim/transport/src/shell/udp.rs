//! Reports in datagrams.

use std::{collections::VecDeque, convert::Infallible, io, net::SocketAddr};

use tokio::net::UdpSocket;
use tokio::sync::mpsc;

use super::{HOSTS_MAX, HubGone, Input, OUTGOING_MAX, Outgoing, Unavailable, Wire};
use crate::HostId;
use crate::udp::{BUFFER_BYTES, Datagram};

/// Where answers go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerTo {
    /// Always there, whoever asked: all senders are one host. The convention of the Solo simulator.
    Address(SocketAddr),
    /// To the sender: each is a host of its own.
    Sender,
}

/// Listens.
///
/// # Errors
///
/// [`Unavailable`] when the address is taken or none of this machine.
pub async fn bind(address: SocketAddr) -> Result<UdpSocket, Unavailable> {
    UdpSocket::bind(address).await.map_err(|reason| Unavailable::listen(address, reason))
}

/// Carries reports between a socket and the hub.
///
/// # Errors
///
/// The system's, when the socket can no longer be used.
pub async fn serve(socket: UdpSocket, answer_to: AnswerTo, wire: Wire) -> io::Result<Infallible> {
    let (outgoing, mut reports) = mpsc::channel(OUTGOING_MAX);
    let mut plugged = wire.plugged.clone();
    let mut hosts = Hosts { outgoing, wire, known: VecDeque::new() };
    let mut buffer = [0; BUFFER_BYTES];
    loop {
        tokio::select! {
            // In this order: a datagram after plugging in is one of a new host, and answers go before questions.
            biased;
            // Unplugged, the hub has forgotten them; they find the key anew.
            Ok(()) = plugged.changed() => hosts.known.clear(),
            Some((host, report)) = reports.recv() => {
                if let Some(address) = hosts.address(host)
                    && let Err(e) = socket.send_to(&report, address).await
                {
                    hosts.wire.note(format!("a report cannot be sent to {address}: {e}")).await?;
                }
            }
            received = socket.recv_from(&mut buffer) => match received {
                Ok((length, sender)) => hosts.handle_datagram(answer_to, sender, &buffer[..length]).await?,
                // Some systems tell here that an earlier answer found nobody.
                Err(e) if matches!(e.kind(), io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionRefused) => {}
                Err(e) => return Err(e),
            },
        }
    }
}

/// Who is known by which address, longest known first.
struct Hosts {
    outgoing: Outgoing,
    wire: Wire,
    known: VecDeque<(SocketAddr, HostId)>,
}

impl Hosts {
    async fn handle_datagram(&mut self, answer_to: AnswerTo, sender: SocketAddr, bytes: &[u8]) -> Result<(), HubGone> {
        match Datagram::parse(bytes) {
            Datagram::WrongSize(_) => {
                let size =
                    if bytes.len() == BUFFER_BYTES { "more than 127".to_owned() } else { bytes.len().to_string() };
                let words = format!("a datagram of {size} bytes from {sender} is ignored: a report has 64");
                self.wire.note(words).await
            }
            Datagram::Reboot => self.wire.send(Input::PowerCycle).await,
            // Nobody learns of an unplugged key.
            Datagram::Report(_) if !self.wire.is_plugged() => Ok(()),
            Datagram::Report(report) => {
                let host = self.host(match answer_to {
                    AnswerTo::Address(address) => address,
                    AnswerTo::Sender => sender,
                });
                let host = host.await?;
                self.wire.report(host, report).await
            }
        }
    }

    async fn host(&mut self, address: SocketAddr) -> Result<HostId, HubGone> {
        if let Some((_, host)) = self.known.iter().find(|(known, _)| *known == address) {
            return Ok(*host);
        }
        // Datagrams know no goodbye, so that the oldest has to make room.
        if self.known.len() == HOSTS_MAX
            && let Some((_, oldest)) = self.known.pop_front()
        {
            self.wire.detach(oldest).await?;
        }
        let host = self.wire.attach(format!("UDP {address}"), self.outgoing.clone()).await?;
        self.known.push_back((address, host));
        Ok(host)
    }

    fn address(&self, host: HostId) -> Option<SocketAddr> {
        self.known.iter().find(|(_, known)| *known == host).map(|(address, _)| *address)
    }
}
