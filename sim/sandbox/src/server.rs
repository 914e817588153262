//! Sockets, TLS where it is wanted, and HTTP/1.1 in front of a router, with a limit on everything that a peer can make wait or grow.

mod room;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

use crate::SandboxError;
use room::{Place, Room};

/// What a peer may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at one time; for the next one the longest idle makes room, and if none is idle it waits.
    pub connections: usize,
    /// How long a handshake may take.
    pub handshake: Duration,
    /// How long a connection may be without a whole request header, idle ones included.
    pub header: Duration,
    /// How long a request may take, its body included.
    pub request: Duration,
    /// How long a connection may last.
    pub connection: Duration,
    /// How many bytes a request header may have.
    pub header_bytes: usize,
}

/// A socket that listens, and who answers on it.
pub struct Server {
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    limits: Limits,
}

/// How long connections have to end once the server stops.
const FAREWELL: Duration = Duration::from_secs(2);

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 256,
            handshake: Duration::from_secs(10),
            header: Duration::from_secs(30),
            request: Duration::from_secs(30),
            connection: Duration::from_secs(600),
            header_bytes: 64 * 1024,
        }
    }
}

impl Server {
    /// Listens; without `tls` it speaks HTTP in clear.
    ///
    /// # Errors
    ///
    /// [`SandboxError`] says whether the port is taken, not permitted or not usable.
    pub async fn bind(
        address: SocketAddr,
        tls: Option<Arc<ServerConfig>>,
        router: Router,
        limits: Limits,
    ) -> Result<Self, SandboxError> {
        let listener = TcpListener::bind(address).await.map_err(|reason| match reason.kind() {
            io::ErrorKind::AddrInUse => SandboxError::Taken { address },
            io::ErrorKind::PermissionDenied => SandboxError::NotPermitted { address },
            _ => SandboxError::Unusable { address, reason },
        })?;
        let router = router.layer(middleware::from_fn_with_state(limits.request, in_time));
        Ok(Self { listener, tls: tls.map(TlsAcceptor::from), router, limits })
    }

    /// Where it listens.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Answers until `stop` is done, and then lets what is under way end.
    pub async fn serve(self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        let room = Room::of(self.limits.connections);
        let (ending, ended) = watch::channel(());
        let mut connections = JoinSet::new();
        loop {
            let accept = async {
                let accepted = self.listener.accept().await;
                (accepted, room.enter().await)
            };
            let (accepted, place) = tokio::select! {
                accepted = accept => accepted,
                () = stop.as_mut() => break,
            };
            // Ended ones are forgotten as new ones come.
            while connections.try_join_next().is_some() {}
            match accepted {
                Ok((stream, _)) => {
                    let serving = self.connection(stream, Arc::new(place), ended.clone());
                    connections.spawn(serving);
                }
                Err(_) => pause().await,
            }
        }
        drop(ending);
        // What does not end in time is dropped with the set.
        let _ = timeout(FAREWELL, async { while connections.join_next().await.is_some() {} }).await;
    }

    /// One connection from handshake to end. A peer that breaks off, speaks no TLS or no HTTP is its own business.
    fn connection(
        &self,
        stream: TcpStream,
        place: Arc<Place>,
        ended: watch::Receiver<()>,
    ) -> impl Future<Output = ()> + Send + 'static {
        let (tls, limits) = (self.tls.clone(), self.limits);
        let router = self.router.clone().layer(middleware::from_fn_with_state(place.clone(), at_work));
        async move {
            let Some(tls) = tls else { return converse(stream, router, limits, &place, ended).await };
            let shaken = tokio::select! {
                shaken = timeout(limits.handshake, tls.accept(stream)) => shaken,
                () = place.needed() => return,
            };
            if let Ok(Ok(stream)) = shaken {
                converse(stream, router, limits, &place, ended).await;
            }
        }
    }
}

async fn converse(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    router: Router,
    limits: Limits,
    place: &Place,
    mut ended: watch::Receiver<()>,
) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header)
        .max_buf_size(limits.header_bytes)
        // The lab's own clock says the date.
        .auto_date_header(false)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let mut connection = std::pin::pin!(connection);
    let stopped = timeout(limits.connection, async {
        tokio::select! {
            _ = connection.as_mut() => true,
            _ = ended.changed() => false,
            () = place.needed() => false,
        }
    });
    if !stopped.await.unwrap_or(false) {
        connection.as_mut().graceful_shutdown();
        let _ = timeout(FAREWELL, connection).await;
    }
}

/// After a failed accept (no file descriptors left, most likely) somebody else has to end first.
#[expect(clippy::disallowed_methods, reason = "real sockets, real time")]
async fn pause() {
    tokio::time::sleep(Duration::from_millis(100)).await;
}

/// A connection with a request under way keeps its place.
async fn at_work(State(place): State<Arc<Place>>, request: Request, next: Next) -> Response {
    place.work();
    let response = next.run(request).await;
    place.rest();
    response
}

async fn in_time(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    match timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => (StatusCode::REQUEST_TIMEOUT, "The request did not come whole in time.").into_response(),
    }
}
