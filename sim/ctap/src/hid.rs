//! CTAPHID, the device side (CTAP 2.3 §11.2): channels, transactions, KEEPALIVE, between one host and an authenticator.
//!
//! An authenticator may be a key of several hosts at once; each has a [`Hid`] of its own, and a command of one finds
//! the authenticator busy while it serves another.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};
use wire::ctaphid::{Assembler, BROADCAST, Command, Message, Packet, Progress, Report, error};

use crate::exchange::{self, Exchange};
use crate::{Authenticator, Event, Version};

/// A security key on the USB of one host.
#[derive(Default)]
pub struct Hid {
    last_channel: u32,
    /// The channel that has the device to itself, and until when (§11.2.9.2.2).
    lock: Option<(u32, Timestamp)>,
    transaction: Transaction,
    reports: VecDeque<Report>,
}

/// What the device is doing; it serves one channel at a time.
#[derive(Default)]
enum Transaction {
    /// Nothing.
    #[default]
    Idle,
    /// A message has begun and waits for its further packets.
    Receiving { channel: u32, assembler: Assembler, deadline: Timestamp },
    /// The authenticator waits for its user.
    Working { channel: u32, exchange: Exchange },
}

impl Hid {
    /// Takes a report from the host.
    pub fn handle_report(&mut self, now: Timestamp, key: &mut Authenticator, report: &Report) {
        self.handle_timeout(now, key);
        self.collect(key);
        match Packet::parse(report) {
            packet @ Packet::Init { channel, command, .. } => {
                self.handle_init_packet(now, key, channel, command, packet);
            }
            packet @ Packet::Cont { channel, .. } => self.handle_cont_packet(now, key, channel, packet),
        }
    }

    /// The next report for the host.
    pub fn poll_report(&mut self, key: &mut Authenticator) -> Option<Report> {
        self.collect(key);
        self.reports.pop_front()
    }

    /// When something is due: a KEEPALIVE, the end of a half-sent message, the end of the user's time.
    #[must_use]
    pub fn poll_timeout(&self, key: &Authenticator) -> Option<Timestamp> {
        let own = match &self.transaction {
            Transaction::Idle => None,
            Transaction::Receiving { deadline, .. } => Some(*deadline),
            Transaction::Working { exchange, .. } => exchange.poll_timeout(key),
        };
        [own, key.poll_timeout()].into_iter().flatten().min()
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Timestamp, key: &mut Authenticator) {
        key.handle_timeout(now);
        self.collect(key);
        match &mut self.transaction {
            Transaction::Receiving { channel, deadline, .. } if *deadline <= now => {
                let channel = *channel;
                self.transaction = Transaction::Idle;
                self.send_error(channel, error::MSG_TIMEOUT);
            }
            Transaction::Working { channel, exchange } => {
                let channel = *channel;
                if let Some(status) = exchange.handle_timeout(now) {
                    self.send(channel, Command::KEEPALIVE, vec![status]);
                }
            }
            Transaction::Idle | Transaction::Receiving { .. } => {}
        }
    }

    /// The key is unplugged from this host: channels, the command under way and reports not yet read are gone. Whether
    /// the authenticator has lost its power as well is for its owner to say
    /// ([`Authenticator::handle_power_cycle`]).
    pub fn handle_detach(&mut self, key: &mut Authenticator) {
        self.abort(key);
        *self = Self::default();
    }

    fn abort(&mut self, key: &mut Authenticator) {
        if matches!(std::mem::take(&mut self.transaction), Transaction::Working { .. }) {
            key.handle_abort();
        }
    }

    fn handle_init_packet(
        &mut self,
        now: Timestamp,
        key: &mut Authenticator,
        channel: u32,
        command: Command,
        packet: Packet<'_>,
    ) {
        match (&self.transaction, command) {
            // A channel is allocated even while another is served (§11.2.9.1.3).
            (_, Command::INIT) if channel == BROADCAST => self.handle_init_alone(key, packet),
            (Transaction::Working { channel: served, .. }, Command::CANCEL) if *served == channel => {
                key.handle_cancel(now);
            }
            // There is nothing to cancel, and CANCEL has no answer of its own (§11.2.9.1.5).
            (_, Command::CANCEL) => {}
            _ if !self.is_allocated(channel) => self.send_error(channel, error::INVALID_CHANNEL),
            _ if self.lock.is_some_and(|(holder, until)| holder != channel && now < until) => {
                self.send_error(channel, error::CHANNEL_BUSY);
            }
            (Transaction::Receiving { channel: served, .. } | Transaction::Working { channel: served, .. }, _)
                if *served != channel =>
            {
                self.send_error(channel, error::CHANNEL_BUSY);
            }
            (_, Command::INIT) => {
                self.abort(key);
                self.flush(channel);
                self.handle_init_alone(key, packet);
            }
            (Transaction::Idle, _) => self.assemble(now, key, channel, Assembler::default(), packet),
            (Transaction::Working { .. }, _) => self.send_error(channel, error::CHANNEL_BUSY),
            (Transaction::Receiving { .. }, _) => {
                self.transaction = Transaction::Idle;
                self.send_error(channel, error::INVALID_SEQ);
            }
        }
    }

    fn handle_cont_packet(&mut self, now: Timestamp, key: &mut Authenticator, channel: u32, packet: Packet<'_>) {
        // A packet that continues nothing is ignored (§11.2.5.4).
        if let Transaction::Receiving { channel: served, assembler, .. } = &mut self.transaction
            && *served == channel
        {
            let assembler = std::mem::take(assembler);
            self.assemble(now, key, channel, assembler, packet);
        }
    }

    /// INIT is one packet, and one on the broadcast channel must not disturb the transaction under way: it is never
    /// waited for.
    fn handle_init_alone(&mut self, key: &mut Authenticator, packet: Packet<'_>) {
        let (Packet::Init { channel, .. } | Packet::Cont { channel, .. }) = packet;
        match Assembler::default().handle_packet(packet) {
            Progress::Whole(message) => self.handle_init(&message, key),
            _ => self.send_error(channel, error::INVALID_LEN),
        }
    }

    /// What this channel has not read yet is of no use to a host that begins anew (§11.2.5.3).
    fn flush(&mut self, of: u32) {
        self.reports.retain(|report| {
            let (Packet::Init { channel, .. } | Packet::Cont { channel, .. }) = Packet::parse(report);
            channel != of
        });
    }

    fn assemble(
        &mut self,
        now: Timestamp,
        key: &mut Authenticator,
        channel: u32,
        mut assembler: Assembler,
        packet: Packet<'_>,
    ) {
        self.transaction = Transaction::Idle;
        match assembler.handle_packet(packet) {
            Progress::Waiting => {
                let deadline = now + MESSAGE_TIMEOUT;
                self.transaction = Transaction::Receiving { channel, assembler, deadline };
            }
            Progress::Whole(message) => self.handle_message(now, key, &message),
            Progress::Refused(code) => self.send_error(channel, code),
            Progress::Spurious => {}
        }
    }

    fn handle_message(&mut self, now: Timestamp, key: &mut Authenticator, message: &Message) {
        let channel = message.channel;
        match message.command {
            Command::PING => self.send(channel, Command::PING, message.payload.clone()),
            Command::CBOR if message.payload.is_empty() => self.send_error(channel, error::INVALID_LEN),
            Command::CBOR if key.is_busy() => self.send_error(channel, error::CHANNEL_BUSY),
            Command::CBOR => {
                let exchange = Exchange::begin(now, key, &message.payload, KEEPALIVE_INTERVAL);
                self.transaction = Transaction::Working { channel, exchange };
            }
            Command::MSG if !key.profile().speaks(Version::U2fV2) => self.send_error(channel, error::INVALID_CMD),
            Command::MSG if key.is_busy() => self.send_error(channel, error::CHANNEL_BUSY),
            Command::MSG => {
                let answer = key.handle_u2f(now, &message.payload);
                self.send(channel, Command::MSG, answer);
            }
            Command::WINK if message.payload.is_empty() => {
                key.record(Event::Winked);
                self.send(channel, Command::WINK, Vec::new());
            }
            Command::WINK => self.send_error(channel, error::INVALID_LEN),
            Command::LOCK => self.handle_lock(now, channel, &message.payload),
            _ => self.send_error(channel, error::INVALID_CMD),
        }
    }

    /// LOCK: so many seconds for this channel alone; none gives the device back.
    fn handle_lock(&mut self, now: Timestamp, channel: u32, payload: &[u8]) {
        match payload {
            [seconds] if *seconds <= LOCK_SECONDS_MAX => {
                let until = now + SignedDuration::from_secs(i64::from(*seconds));
                self.lock = (*seconds > 0).then_some((channel, until));
                self.send(channel, Command::LOCK, Vec::new());
            }
            [_] => self.send_error(channel, error::INVALID_PAR),
            _ => self.send_error(channel, error::INVALID_LEN),
        }
    }

    /// INIT: a new channel on the broadcast channel, the same one on its own (§11.2.9.1.3).
    fn handle_init(&mut self, message: &Message, key: &Authenticator) {
        if message.payload.len() != NONCE_BYTES {
            return self.send_error(message.channel, error::INVALID_LEN);
        }
        let channel = match message.channel {
            BROADCAST if self.last_channel == BROADCAST - 1 => return self.send_error(BROADCAST, error::OTHER),
            BROADCAST => {
                self.last_channel += 1;
                self.last_channel
            }
            own => own,
        };
        let answer = [&message.payload, &channel.to_be_bytes()[..], &VERSIONS, &[capabilities(key)]].concat();
        self.send(message.channel, Command::INIT, answer);
    }

    /// Channels are allocated in order; zero is reserved.
    fn is_allocated(&self, channel: u32) -> bool {
        (1..=self.last_channel).contains(&channel)
    }

    /// Frames the authenticator's answer, or a KEEPALIVE when it has come to wait for something else (§11.2.9.1.7).
    fn collect(&mut self, key: &mut Authenticator) {
        let Transaction::Working { channel, exchange } = &mut self.transaction else { return };
        let channel = *channel;
        match exchange.poll(key) {
            Some(exchange::Progress::Response(response)) => {
                self.transaction = Transaction::Idle;
                self.send(channel, Command::CBOR, response);
            }
            Some(exchange::Progress::Keepalive(status)) => self.send(channel, Command::KEEPALIVE, vec![status]),
            None => {}
        }
    }

    fn send_error(&mut self, channel: u32, code: u8) {
        self.send(channel, Command::ERROR, vec![code]);
    }

    fn send(&mut self, channel: u32, command: Command, payload: Vec<u8>) {
        self.reports.extend(Message { channel, command, payload }.reports());
    }
}

/// NMSG says that there is no CTAPHID_MSG, so that it is absent where U2F is served.
fn capabilities(key: &Authenticator) -> u8 {
    CAPABILITY_WINK | CAPABILITY_CBOR | if key.offers_u2f() { 0 } else { CAPABILITY_NMSG }
}

/// How long a lock may last (§11.2.9.2.2).
const LOCK_SECONDS_MAX: u8 = 10;
/// Bytes of INIT's nonce.
const NONCE_BYTES: usize = 8;
/// CTAPHID 2, device version 1.0.0.
const VERSIONS: [u8; 4] = [2, 1, 0, 0];
/// Capabilities (§11.2.9.1.3).
const CAPABILITY_WINK: u8 = 0x01;
const CAPABILITY_CBOR: u8 = 0x04;
const CAPABILITY_NMSG: u8 = 0x08;
/// How long the next packet of a message may take.
const MESSAGE_TIMEOUT: SignedDuration = SignedDuration::from_millis(500);
/// How often the host hears that the key still waits (§11.2.9.1.7).
const KEEPALIVE_INTERVAL: SignedDuration = SignedDuration::from_millis(100);

#[cfg(test)]
pub(crate) mod tests;
