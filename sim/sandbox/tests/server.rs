//! The HTTPS server on real sockets: names, and peers that break off, wait or flood.

use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};
use clockwork::Clock;
use sandbox::{Authority, Limits, SandboxError, Server, default_names};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// How long anything may take before the test has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server with an authority of its own, and a way to end it.
struct Running {
    address: SocketAddr,
    tls: TlsConnector,
    stop: oneshot::Sender<()>,
    serving: tokio::task::JoinHandle<()>,
}

impl Running {
    async fn start(name: &str, limits: Limits) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sandbox-server").join(name);
        let _ = std::fs::remove_dir_all(&folder);
        let now = Clock::system().now();
        let authority = Authority::open(&folder, now).expect("it is made");
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(authority.path()).expect("a certificate")).expect("an authority");
        let client = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
        let client = client.with_safe_default_protocol_versions().expect("TLS").with_root_certificates(roots);
        let tls = TlsConnector::from(Arc::new(client.with_no_client_auth()));
        let router = Router::new().route("/", get(|| async { "here" })).route("/", post(|body: String| async { body }));
        let config = authority.server_config(&default_names(), now).expect("a certificate");
        let server = Server::bind("127.0.0.1:0".parse().expect("a literal"), Some(config), router, limits).await;
        let server = server.expect("a free port");
        let address = server.address().expect("it listens");
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(server.serve(async { stopped.await.unwrap_or_default() }));
        Self { address, tls, stop, serving }
    }

    async fn connect(&self, name: &'static str) -> std::io::Result<TlsStream<TcpStream>> {
        let stream = TcpStream::connect(self.address).await?;
        self.tls.connect(ServerName::try_from(name).expect("a literal name"), stream).await
    }

    /// Sends bytes under a name and reads until the server ends the connection.
    async fn exchange(&self, name: &'static str, bytes: &[u8]) -> String {
        let mut stream = self.connect(name).await.expect("a connection");
        stream.write_all(bytes).await.expect("it is read");
        let mut answer = Vec::new();
        // A server that ends a connection without TLS's goodbye has ended it all the same.
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }
}

fn quick() -> Limits {
    let short = Duration::from_millis(300);
    Limits {
        connections: 2,
        handshake: short,
        header: short,
        request: short,
        connection: PATIENCE,
        ..Limits::default()
    }
}

fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async { timeout(PATIENCE, test).await.expect("nothing hangs") });
}

const ASK: &[u8] = b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

#[test]
fn one_certificate_stands_for_every_name() {
    run(async {
        let server = Running::start("names", Limits::default()).await;
        for name in
            ["login.microsoftonline.com", "graph.microsoft.com", "microsoft.com", "localhost", "127.0.0.1", "::1"]
        {
            assert!(server.exchange(name, ASK).await.ends_with("\r\n\r\nhere"), "{name}");
        }
        assert!(server.connect("login.example").await.is_err(), "no other name");
    });
}

#[test]
fn peers_that_say_nothing_make_room_for_others() {
    run(async {
        let server = Running::start("silent", quick()).await;
        let _without_hello = TcpStream::connect(server.address).await.expect("a connection");
        let _without_request = server.connect("localhost").await.expect("a connection");
        // Both places are taken until the limits pass.
        assert!(server.exchange("localhost", ASK).await.ends_with("here"));
    });
}

#[test]
fn peers_that_say_nothing_do_not_keep_others_waiting() {
    run(async {
        // No limit of time passes in this test.
        let limits = Limits { connections: 32, handshake: PATIENCE, header: PATIENCE, ..Limits::default() };
        let server = Running::start("idle", limits).await;
        let mut silent = Vec::new();
        for _ in 0..32 {
            silent.push(TcpStream::connect(server.address).await.expect("a connection"));
        }
        for _ in 0..100 {
            assert!(server.exchange("localhost", ASK).await.ends_with("here"));
        }
        let mut longest = silent.swap_remove(0);
        assert_eq!(longest.read(&mut [0]).await.unwrap_or(0), 0, "the longest idle had to leave");
    });
}

#[test]
fn a_request_under_way_keeps_its_place() {
    run(async {
        let limits = Limits { connections: 1, handshake: PATIENCE, header: PATIENCE, ..Limits::default() };
        let server = Running::start("busy", limits).await;
        let mut busy = server.connect("localhost").await.expect("a connection");
        let head = b"POST / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 4\r\nexpect: 100-continue\r\n\r\n";
        busy.write_all(head).await.expect("it is read");
        // The server says so once it waits for the body.
        let mut goes_on = [0; 25];
        busy.read_exact(&mut goes_on).await.expect("an answer");
        assert!(goes_on.starts_with(b"HTTP/1.1 100 "));
        let waiting = server.exchange("localhost", ASK);
        let finishing = async {
            // The other one has asked for a place by now, or will find this one's free.
            for _ in 0..50 {
                tokio::task::yield_now().await;
            }
            busy.write_all(b"half").await.expect("it is read");
            let mut answer = String::new();
            let _ = busy.read_to_string(&mut answer).await;
            answer
        };
        let (waited, finished) = tokio::join!(waiting, finishing);
        assert!(finished.ends_with("half"), "{finished}");
        assert!(waited.ends_with("here"), "{waited}");
    });
}

#[test]
fn a_header_that_does_not_end_is_cut_off() {
    run(async {
        let server = Running::start("flood", Limits::default()).await;
        let long = [b"GET / HTTP/1.1\r\nhost: localhost\r\nx: ".as_slice(), &vec![b'x'; 200_000]].concat();
        assert!(server.exchange("localhost", &long).await.starts_with("HTTP/1.1 431 "));
        let many = "x: y\r\n".repeat(1000);
        let many = format!("GET / HTTP/1.1\r\nhost: localhost\r\n{many}\r\n");
        assert!(server.exchange("localhost", many.as_bytes()).await.starts_with("HTTP/1.1 431 "));
        let slow = Running::start("slow", quick()).await;
        assert_eq!(slow.exchange("localhost", b"GET / HTTP/1.1\r\n").await, "");
    });
}

#[test]
fn a_body_that_does_not_come_is_not_waited_for() {
    run(async {
        let server = Running::start("body", quick()).await;
        let half = b"POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\nhalf";
        assert!(server.exchange("localhost", half).await.starts_with("HTTP/1.1 408 "));
    });
}

#[test]
fn it_ends_when_it_is_told_although_somebody_is_connected() {
    run(async {
        let server = Running::start("end", Limits::default()).await;
        let _idle = server.connect("localhost").await.expect("a connection");
        server.stop.send(()).expect("it runs");
        server.serving.await.expect("it ends");
        assert!(TcpStream::connect(server.address).await.is_err());
    });
}

#[test]
fn a_port_that_is_taken_says_so() {
    run(async {
        let server = Running::start("taken", Limits::default()).await;
        let authority = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sandbox-server/taken");
        let now = Clock::system().now();
        let config =
            Authority::open(&authority, now).expect("it is there").server_config(&[], now).expect("a certificate");
        let refused = Server::bind(server.address, Some(config), Router::new(), Limits::default()).await.err();
        assert!(matches!(refused, Some(SandboxError::Taken { address }) if address == server.address), "{refused:?}");
    });
}
