//! The shells on real sockets of this machine. Nothing sleeps: each test waits for bytes, and for 20 s at most.

use std::{net::SocketAddr, time::Duration};

use clockwork::{Clock, Seed};
use ctap::{Attestation, Authenticator, Profile};
use jiff::SignedDuration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::mpsc;
use tokio::time::timeout;
use transport::shell::udp::AnswerTo;
use transport::shell::{Hub, Unavailable, Wire, stream, udp, usbip};
use transport::{Device, Event, Identity, User};
use wire::ctaphid::{BROADCAST, Command, Message, Packet, Report, error};

/// A hub that runs, what it is told to do, and what it has to say.
struct Phone {
    wire: Wire,
    orders: mpsc::Sender<fn(&mut Hub)>,
    events: mpsc::UnboundedReceiver<Event>,
}

impl Phone {
    fn start(user: User) -> Self {
        let key =
            Authenticator::new(Profile::hypr_ios(), Attestation::packed_self(), Seed::of(&["shells"]).fork("key"));
        let (mut hub, wire) = Hub::new(Device::new(key, user), Clock::system());
        let (orders, mut ordered) = mpsc::channel::<fn(&mut Hub)>(1);
        let (told, events) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    () = hub.turn() => {}
                    Some(order) = ordered.recv() => order(&mut hub),
                }
                while let Some(event) = hub.poll_event() {
                    let _ = told.send(event);
                }
                hub.carry();
            }
        });
        Self { wire, orders, events }
    }

    async fn order(&self, order: fn(&mut Hub)) {
        self.orders.send(order).await.expect("the hub runs");
    }

    /// Waits for an event whose words fit.
    async fn hear(&mut self, words: &str) {
        while !soon(self.events.recv()).await.expect("the hub runs").to_string().contains(words) {}
    }
}

async fn soon<T>(future: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(20), future).await.expect("it happens within 20 s")
}

fn here() -> SocketAddr {
    "127.0.0.1:0".parse().expect("an address")
}

fn report(channel: u32, command: Command, payload: &[u8]) -> Report {
    Message { channel, command, payload: payload.to_vec() }.reports().next().expect("a report")
}

fn init() -> Report {
    report(BROADCAST, Command::INIT, &[1, 2, 3, 4, 5, 6, 7, 8])
}

/// The command of an answer and its payload, which fits one report.
fn answer(report: &Report) -> (Command, Vec<u8>) {
    match Packet::parse(report) {
        Packet::Init { command, length, data, .. } => (command, data[..length.into()].to_vec()),
        packet @ Packet::Cont { .. } => panic!("{packet:?}"),
    }
}

fn channel(report: &Report) -> u32 {
    let (command, payload) = answer(report);
    assert_eq!((command, &payload[..8]), (Command::INIT, [1, 2, 3, 4, 5, 6, 7, 8].as_slice()));
    u32::from_be_bytes(payload[8..12].try_into().expect("four bytes"))
}

async fn ask_datagram(from: &UdpSocket, to: SocketAddr, report: &Report, heard_by: &UdpSocket) -> Report {
    from.send_to(report, to).await.expect("loopback");
    let mut buffer = [0; 65];
    assert_eq!(soon(heard_by.recv(&mut buffer)).await.expect("an answer"), 64);
    *buffer.first_chunk().expect("64 bytes")
}

async fn ask_stream(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), report: &Report) -> Report {
    stream.write_all(report).await.expect("loopback");
    let mut answer = [0; 64];
    soon(stream.read_exact(&mut answer)).await.expect("an answer");
    answer
}

async fn udp_phone(phone: &Phone, answer_to: AnswerTo) -> SocketAddr {
    let socket = udp::bind(here()).await.expect("a port");
    let address = socket.local_addr().expect("an address");
    tokio::spawn(udp::serve(socket, answer_to, phone.wire.clone()));
    address
}

#[tokio::test]
async fn udp_answers_to_one_address_whoever_asked() {
    let mut phone = Phone::start(User::Accepts);
    let (host, stranger) =
        (UdpSocket::bind(here()).await.expect("a port"), UdpSocket::bind(here()).await.expect("a port"));
    let key = udp_phone(&phone, AnswerTo::Address(host.local_addr().expect("an address"))).await;
    let cid = channel(&ask_datagram(&host, key, &init(), &host).await);
    let ping = report(cid, Command::PING, b"hello");
    assert_eq!(answer(&ask_datagram(&stranger, key, &ping, &host).await), (Command::PING, b"hello".to_vec()));
    host.send_to(&[0; 63], key).await.expect("loopback");
    phone.hear("a datagram of 63 bytes from 127.0.0.1").await;
    host.send_to(&[0; 4000], key).await.expect("loopback");
    phone.hear("a datagram of more than 127 bytes from 127.0.0.1").await;
    host.send_to(&transport::udp::REBOOT, key).await.expect("loopback");
    phone.hear("the key lost its power").await;
    let invalid = (Command::ERROR, vec![error::INVALID_CHANNEL]);
    assert_eq!(answer(&ask_datagram(&host, key, &ping, &host).await), invalid);
    channel(&ask_datagram(&host, key, &init(), &host).await);
}

#[tokio::test]
async fn udp_can_answer_each_sender_as_a_host_of_its_own() {
    let phone = Phone::start(User::Accepts);
    let key = udp_phone(&phone, AnswerTo::Sender).await;
    let (one, two) = (UdpSocket::bind(here()).await.expect("a port"), UdpSocket::bind(here()).await.expect("a port"));
    assert_eq!(channel(&ask_datagram(&one, key, &init(), &one).await), 1);
    assert_eq!(channel(&ask_datagram(&one, key, &init(), &one).await), 2);
    assert_eq!(channel(&ask_datagram(&two, key, &init(), &two).await), 1);
}

#[tokio::test]
async fn of_many_udp_senders_the_oldest_makes_room() {
    let mut phone = Phone::start(User::Accepts);
    let key = udp_phone(&phone, AnswerTo::Sender).await;
    // All are kept, so that no port is given twice.
    let mut hosts = Vec::new();
    for _ in 0..33 {
        let host = UdpSocket::bind(here()).await.expect("a port");
        channel(&ask_datagram(&host, key, &init(), &host).await);
        hosts.push(host);
    }
    phone.hear("host 1 is gone").await;
}

#[tokio::test]
async fn an_unplugged_key_is_silent_on_udp_and_new_when_it_comes_back() {
    let mut phone = Phone::start(User::Accepts);
    let key = udp_phone(&phone, AnswerTo::Sender).await;
    let host = UdpSocket::bind(here()).await.expect("a port");
    let cid = channel(&ask_datagram(&host, key, &init(), &host).await);
    phone.order(Hub::unplug).await;
    phone.hear("the key is unplugged").await;
    host.send_to(&report(cid, Command::PING, b"lost"), key).await.expect("loopback");
    phone.order(Hub::plug).await;
    phone.hear("the key is plugged in").await;
    // Whether the PING came before or after, it is no channel of the new key; INIT is answered in any case.
    host.send_to(&init(), key).await.expect("loopback");
    let mut buffer = [0; 64];
    loop {
        soon(host.recv(&mut buffer)).await.expect("an answer");
        match answer(&buffer) {
            (Command::INIT, _) => break,
            other => assert_eq!(other, (Command::ERROR, vec![error::INVALID_CHANNEL])),
        }
    }
}

#[tokio::test]
async fn a_prompt_keeps_the_host_alive_until_the_user_accepts() {
    let phone = Phone::start(User::AcceptsAfter(SignedDuration::from_millis(150)));
    let key = udp_phone(&phone, AnswerTo::Sender).await;
    let host = UdpSocket::bind(here()).await.expect("a port");
    let cid = channel(&ask_datagram(&host, key, &init(), &host).await);
    let mut heard = vec![answer(&ask_datagram(&host, key, &report(cid, Command::CBOR, &[0x0B]), &host).await)];
    while heard.last().is_some_and(|(command, _)| *command == Command::KEEPALIVE) {
        let mut buffer = [0; 64];
        soon(host.recv(&mut buffer)).await.expect("an answer");
        heard.push(answer(&buffer));
    }
    assert_eq!(heard.pop(), Some((Command::CBOR, vec![0])));
    assert!(!heard.is_empty(), "no KEEPALIVE came");
}

#[tokio::test]
async fn each_tcp_connection_is_a_host_of_its_own() {
    let mut phone = Phone::start(User::Accepts);
    let listener = stream::bind_tcp(here()).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(stream::serve_tcp(listener, phone.wire.clone()));
    let mut one = TcpStream::connect(address).await.expect("loopback");
    let mut two = TcpStream::connect(address).await.expect("loopback");
    assert_eq!(channel(&ask_stream(&mut one, &init()).await), 1);
    assert_eq!(channel(&ask_stream(&mut two, &init()).await), 1);
    one.write_all(&init()[..10]).await.expect("loopback");
    drop(one);
    phone.hear("has hung up within a report: 10 bytes of 64 are ignored").await;
    phone.hear("is gone").await;
    assert_eq!(channel(&ask_stream(&mut two, &init()).await), 2);
}

#[tokio::test]
async fn a_stream_that_asks_without_pause_loses_no_answer() {
    let phone = Phone::start(User::Accepts);
    let listener = stream::bind_tcp(here()).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(stream::serve_tcp(listener, phone.wire.clone()));
    let mut host = TcpStream::connect(address).await.expect("loopback");
    let cid = channel(&ask_stream(&mut host, &init()).await);
    let longest = Message { channel: cid, command: Command::PING, payload: vec![7; wire::ctaphid::MESSAGE_BYTES_MAX] };
    let reports: Vec<u8> = longest.reports().collect::<Vec<_>>().concat().repeat(20);
    let (mut reads, mut writes) = host.split();
    let mut echoed = vec![0; reports.len()];
    let (written, read) = soon(async { tokio::join!(writes.write_all(&reports), reads.read_exact(&mut echoed)) }).await;
    written.and(read).expect("loopback");
    assert!(echoed == reports, "an answer is missing or altered");
}

#[tokio::test]
async fn unplugging_hangs_up_and_plugging_in_lets_hosts_come_back() {
    let mut phone = Phone::start(User::Accepts);
    let listener = stream::bind_tcp(here()).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(stream::serve_tcp(listener, phone.wire.clone()));
    let mut host = TcpStream::connect(address).await.expect("loopback");
    channel(&ask_stream(&mut host, &init()).await);
    phone.order(Hub::unplug).await;
    assert_eq!(soon(host.read(&mut [0; 64])).await.expect("an end"), 0);
    let mut early = TcpStream::connect(address).await.expect("loopback");
    assert_eq!(soon(early.read(&mut [0; 64])).await.expect("an end"), 0);
    phone.order(Hub::plug).await;
    phone.hear("the key is plugged in").await;
    let mut host = TcpStream::connect(address).await.expect("loopback");
    channel(&ask_stream(&mut host, &init()).await);
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let taken = TcpListener::bind(here()).await.expect("a port");
    let address = taken.local_addr().expect("an address");
    assert!(matches!(stream::bind_tcp(address).await, Err(Unavailable::Taken { address: named }) if named == address));
    let taken = udp::bind(here()).await.expect("a port");
    let address = taken.local_addr().expect("an address");
    assert!(matches!(udp::bind(address).await, Err(Unavailable::Taken { .. })));
    let elsewhere = "192.0.2.1:0".parse().expect("an address");
    assert!(matches!(udp::bind(elsewhere).await, Err(Unavailable::NotHere { .. })));
}

#[cfg(unix)]
#[tokio::test]
async fn a_stale_socket_is_replaced_and_a_live_one_or_a_file_is_not() {
    let phone = Phone::start(User::Accepts);
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let path = folder.join("phone.sock");
    let _ = std::fs::remove_file(&path);
    drop(stream::bind_unix(&path).expect("a socket"));
    assert!(path.exists(), "a listener that ends leaves its file");
    let listener = stream::bind_unix(&path).expect("the stale one is replaced");
    tokio::spawn(stream::serve_unix(listener, phone.wire.clone()));
    assert!(matches!(stream::bind_unix(&path), Err(Unavailable::SocketTaken { .. })));
    let mut host = tokio::net::UnixStream::connect(&path).await.expect("the socket");
    channel(&ask_stream(&mut host, &init()).await);
    let file = folder.join("phone.txt");
    std::fs::write(&file, "mine").expect("a file");
    assert!(matches!(stream::bind_unix(&file), Err(Unavailable::NoSocket { .. })));
    assert_eq!(std::fs::read_to_string(&file).expect("the file"), "mine");
    let nowhere = folder.join("nowhere/phone.sock");
    assert!(matches!(stream::bind_unix(&nowhere), Err(Unavailable::Socket { .. })));
}

async fn usbip_phone(phone: &Phone) -> SocketAddr {
    let listener = stream::bind_tcp(here()).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(usbip::serve(listener, &Identity::LAB, phone.wire.clone()));
    address
}

/// How many devices are listed.
async fn listed(address: SocketAddr) -> u32 {
    let mut client = TcpStream::connect(address).await.expect("loopback");
    client.write_all(&[0x01, 0x11, 0x80, 0x05, 0, 0, 0, 0]).await.expect("loopback");
    let mut head = [0; 12];
    soon(client.read_exact(&mut head)).await.expect("a list");
    head[11].into()
}

/// The status of an import, and the connection.
async fn import(address: SocketAddr) -> (u8, TcpStream) {
    let mut client = TcpStream::connect(address).await.expect("loopback");
    let mut request = b"\x01\x11\x80\x03\0\0\0\x001-1".to_vec();
    request.resize(40, 0);
    client.write_all(&request).await.expect("loopback");
    let mut head = [0; 8];
    soon(client.read_exact(&mut head)).await.expect("an answer");
    if head[7] == 0 {
        soon(client.read_exact(&mut [0; 312])).await.expect("the device");
    }
    (head[7], client)
}

fn transfer(sequence: u32, direction: u32, data: &[u8]) -> Vec<u8> {
    let head = [1, sequence, 0x0001_0001, direction, 1, 0, 64, 0, 0xFFFF_FFFF, 5, 0, 0].map(u32::to_be_bytes);
    [head.concat().as_slice(), data].concat()
}

#[tokio::test]
async fn a_usbip_client_imports_the_key_alone_and_talks_through_transfers() {
    let mut phone = Phone::start(User::Accepts);
    let address = usbip_phone(&phone).await;
    assert_eq!(listed(address).await, 1);
    let (status, mut client) = import(address).await;
    assert_eq!((status, listed(address).await, import(address).await.0), (0, 0, 2));
    client.write_all(&[transfer(1, 1, &[]), transfer(2, 0, &init())].concat()).await.expect("loopback");
    let mut written = [0; 48];
    soon(client.read_exact(&mut written)).await.expect("the transfer to the key");
    assert_eq!(written[..8], [0, 0, 0, 3, 0, 0, 0, 2]);
    let mut read = [0; 48 + 64];
    soon(client.read_exact(&mut read)).await.expect("the transfer from the key");
    assert_eq!(read[..8], [0, 0, 0, 3, 0, 0, 0, 1]);
    assert_eq!(channel(read[48..].try_into().expect("64 bytes")), 1);
    drop(client);
    phone.hear("is gone").await;
    // The claim ends after the host's goodbye was said, so that the list may lag behind it.
    soon(async { while listed(address).await == 0 {} }).await;
    let (status, mut client) = import(address).await;
    assert_eq!(status, 0);
    phone.order(Hub::unplug).await;
    assert_eq!(soon(client.read(&mut [0; 64])).await.expect("an end"), 0);
    assert_eq!((listed(address).await, import(address).await.0), (0, 4));
}

#[tokio::test]
async fn a_peer_that_does_not_speak_usbip_is_cut_off_and_named() {
    let mut phone = Phone::start(User::Accepts);
    let address = usbip_phone(&phone).await;
    let mut browser = TcpStream::connect(address).await.expect("loopback");
    browser.write_all(b"GET / HTTP/1.1\r\n\r\n").await.expect("loopback");
    phone.hear("is cut off: the peer speaks version 0x4745 of USB/IP, not 0x0111").await;
    assert_eq!(listed(address).await, 1);
}

/// A pair of datagram sockets stands for the kernel's device file: each write is one event there too.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn uhid_creates_a_device_destroys_it_when_unplugged_and_creates_it_anew() {
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixDatagram;

    let phone = Phone::start(User::Accepts);
    let (kernel, file) = UnixDatagram::pair().expect("a pair");
    kernel.set_nonblocking(true).expect("a socket");
    let kernel = tokio::net::UnixDatagram::from_std(kernel).expect("a socket");
    let file = std::fs::File::from(OwnedFd::from(file));
    let wire = phone.wire.clone();
    tokio::spawn(async move { transport::shell::uhid::serve(file, &Identity::LAB, wire).await });
    let event = || async {
        let mut buffer = vec![0; 5000];
        let length = soon(kernel.recv(&mut buffer)).await.expect("an event");
        buffer.truncate(length);
        (u32::from_ne_bytes(*buffer.first_chunk().expect("a type")), buffer)
    };
    let (create2, destroy, input2) = (11, 1, 12);
    assert_eq!(event().await.0, create2);
    let output = [6u32.to_ne_bytes().as_slice(), &[0], &init(), &[0; 4096 - 65], &65u16.to_ne_bytes(), &[1]].concat();
    kernel.send(&output).await.expect("an event");
    let (kind, bytes) = event().await;
    assert_eq!((kind, channel(bytes[6..].try_into().expect("64 bytes"))), (input2, 1));
    phone.order(Hub::unplug).await;
    assert_eq!(event().await.0, destroy);
    phone.order(Hub::plug).await;
    assert_eq!(event().await.0, create2);
    kernel.send(&output).await.expect("an event");
    assert_eq!(event().await.0, input2);
}

#[cfg(target_os = "linux")]
#[test]
fn a_machine_without_uhid_says_what_to_do() {
    let missing = transport::shell::uhid::open("/nowhere/uhid".as_ref()).expect_err("there is none");
    assert!(matches!(&missing, Unavailable::NoUhid { .. }));
    let help = miette::Diagnostic::help(&missing).expect("advice").to_string();
    assert!(help.contains("modprobe uhid") && help.contains("--transport usbip"), "{help}");
}
