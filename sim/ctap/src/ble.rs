//! FIDO over Bluetooth Low Energy, the device side (CTAP 2.3 §11.4): fragments, transactions, KEEPALIVE, between one
//! client and an authenticator. Pairing, advertising and GATT itself are for whoever carries the fragments.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};
use wire::fido_ble::{Assembler, Command, Fragment, FragmentSize, Message, Progress, REVISION_FIDO2, error};

use crate::Authenticator;
use crate::exchange::{self, Exchange};

/// A security key on a Bluetooth connection.
pub struct Ble {
    control_point: FragmentSize,
    notification: FragmentSize,
    transaction: Transaction,
    fragments: VecDeque<Vec<u8>>,
}

/// What the device is doing; there is one client, and one request at a time.
#[derive(Default)]
enum Transaction {
    /// Nothing.
    #[default]
    Idle,
    /// A message has begun and waits for its further fragments.
    Receiving { assembler: Assembler, deadline: Timestamp },
    /// The authenticator waits for its user.
    Working(Exchange),
}

impl Ble {
    /// The value of `fidoServiceRevisionBitfield`: FIDO2 and nothing else.
    pub const REVISIONS: u8 = REVISION_FIDO2;

    /// A connection on which the client writes fragments of up to `control_point` bytes, and is notified of up to
    /// `notification` bytes: three less than the ATT_MTU that was agreed on.
    #[must_use]
    pub fn new(control_point: FragmentSize, notification: FragmentSize) -> Self {
        Self { control_point, notification, transaction: Transaction::Idle, fragments: VecDeque::new() }
    }

    /// What `fidoControlPointLength` tells the client.
    #[must_use]
    pub fn control_point_length(&self) -> FragmentSize {
        self.control_point
    }

    /// Takes what the client has written to `fidoControlPoint`.
    pub fn handle_fragment(&mut self, now: Timestamp, key: &mut Authenticator, bytes: &[u8]) {
        self.handle_timeout(now, key);
        let fits = bytes.len() <= self.control_point.bytes();
        match Fragment::parse(bytes).filter(|_| fits) {
            None => self.refuse(error::INVALID_LEN),
            Some(Fragment::Init { command: Command::CANCEL, length, .. }) => self.handle_cancel(now, key, length),
            Some(fragment @ Fragment::Init { .. }) => self.handle_init_fragment(now, key, fragment),
            Some(fragment @ Fragment::Cont { .. }) => self.handle_cont_fragment(now, key, fragment),
        }
    }

    /// The next notification of `fidoStatus`.
    pub fn poll_fragment(&mut self, key: &mut Authenticator) -> Option<Vec<u8>> {
        self.collect(key);
        self.fragments.pop_front()
    }

    /// When something is due: a KEEPALIVE, the end of a half-sent message, the end of the user's time.
    #[must_use]
    pub fn poll_timeout(&self, key: &Authenticator) -> Option<Timestamp> {
        let own = match &self.transaction {
            Transaction::Idle => None,
            Transaction::Receiving { deadline, .. } => Some(*deadline),
            Transaction::Working(exchange) => exchange.poll_timeout(key),
        };
        [own, key.poll_timeout()].into_iter().flatten().min()
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Timestamp, key: &mut Authenticator) {
        key.handle_timeout(now);
        self.collect(key);
        match &mut self.transaction {
            Transaction::Receiving { deadline, .. } if *deadline <= now => self.refuse(error::REQ_TIMEOUT),
            Transaction::Working(exchange) => {
                if let Some(status) = exchange.handle_timeout(now) {
                    self.send(Command::KEEPALIVE, vec![status]);
                }
            }
            Transaction::Idle | Transaction::Receiving { .. } => {}
        }
    }

    /// The client is gone: the command under way and notifications not yet sent are dropped. Another may connect.
    pub fn handle_disconnect(&mut self, key: &mut Authenticator) {
        if matches!(self.transaction, Transaction::Working(_)) {
            key.handle_abort();
        }
        *self = Self::new(self.control_point, self.notification);
    }

    /// CANCEL ends a MSG that is being worked on, which is answered by `CTAP2_ERR_KEEPALIVE_CANCEL`. At any other time
    /// there is nothing to cancel, and it has no answer of its own.
    fn handle_cancel(&mut self, now: Timestamp, key: &mut Authenticator, length: u16) {
        match self.transaction {
            _ if length > 0 => self.refuse(error::INVALID_LEN),
            Transaction::Working(_) => key.handle_cancel(now),
            Transaction::Idle | Transaction::Receiving { .. } => {}
        }
    }

    fn handle_init_fragment(&mut self, now: Timestamp, key: &mut Authenticator, fragment: Fragment<'_>) {
        match self.transaction {
            Transaction::Idle => self.assemble(now, key, Assembler::default(), fragment),
            Transaction::Receiving { .. } => self.refuse(error::INVALID_SEQ),
            Transaction::Working(_) => self.refuse(error::BUSY),
        }
    }

    fn handle_cont_fragment(&mut self, now: Timestamp, key: &mut Authenticator, fragment: Fragment<'_>) {
        // One that continues nothing is ignored: it may belong to a message that was refused already.
        if let Transaction::Receiving { assembler, .. } = &mut self.transaction {
            let assembler = std::mem::take(assembler);
            self.assemble(now, key, assembler, fragment);
        }
    }

    fn assemble(&mut self, now: Timestamp, key: &mut Authenticator, mut assembler: Assembler, fragment: Fragment<'_>) {
        self.transaction = Transaction::Idle;
        match assembler.handle_fragment(fragment) {
            Progress::Waiting => {
                self.transaction = Transaction::Receiving { assembler, deadline: now + FRAGMENT_TIMEOUT };
            }
            Progress::Whole(message) => self.handle_message(now, key, message),
            Progress::Refused(code) => self.refuse(code),
            Progress::Spurious => {}
        }
    }

    fn handle_message(&mut self, now: Timestamp, key: &mut Authenticator, message: Message) {
        match message.command {
            Command::PING => self.send(Command::PING, message.payload),
            Command::MSG if message.payload.is_empty() => self.refuse(error::INVALID_LEN),
            Command::MSG if key.is_busy() => self.refuse(error::BUSY),
            Command::MSG => {
                let exchange = Exchange::begin(now, key, &message.payload, KEEPALIVE_INTERVAL);
                self.transaction = Transaction::Working(exchange);
            }
            _ => self.refuse(error::INVALID_CMD),
        }
    }

    /// Frames what has come of the command under way.
    fn collect(&mut self, key: &mut Authenticator) {
        let Transaction::Working(exchange) = &mut self.transaction else { return };
        match exchange.poll(key) {
            Some(exchange::Progress::Response(response)) => {
                self.transaction = Transaction::Idle;
                self.send(Command::MSG, response);
            }
            Some(exchange::Progress::Keepalive(status)) => self.send(Command::KEEPALIVE, vec![status]),
            None => {}
        }
    }

    /// Answers ERROR. A message under way is dropped, a command is not: only CANCEL ends it.
    fn refuse(&mut self, code: u8) {
        if matches!(self.transaction, Transaction::Receiving { .. }) {
            self.transaction = Transaction::Idle;
        }
        self.send(Command::ERROR, vec![code]);
    }

    fn send(&mut self, command: Command, payload: Vec<u8>) {
        self.fragments.extend(Message { command, payload }.fragments(self.notification));
    }
}

/// How long the next fragment of a message may take (convention of the lab: as long as the specification lets the next
/// command take, `kMaxCommandTransmitDelayMillis`).
const FRAGMENT_TIMEOUT: SignedDuration = SignedDuration::from_millis(1500);
/// How often the client hears that the key still waits (`kKeepAliveMillis`).
const KEEPALIVE_INTERVAL: SignedDuration = SignedDuration::from_millis(500);

#[cfg(test)]
mod tests;
