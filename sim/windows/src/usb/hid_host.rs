//! The host side of CTAPHID (CTAP 2.3 §11.2) for one plugged-in key: a channel, one command at a time, CANCEL.

use std::collections::VecDeque;

use clockwork::Stream;
use jiff::{SignedDuration, Timestamp};
use wire::ctaphid::{
    Assembler, BROADCAST, Command, MESSAGE_BYTES_MAX, Message, Packet, Progress, Report, UP_NEEDED, error,
};

/// How long a key may take to allocate a channel (convention of the lab; the specification gives no number).
const INIT_WAIT: SignedDuration = SignedDuration::from_millis(1000);
/// How long a key may be silent; it owes a KEEPALIVE every 100 ms (convention of the lab: thirty of them missed).
const SILENCE: SignedDuration = SignedDuration::from_millis(3000);
/// How long to wait before a busy key is asked again (convention of the lab).
const BUSY_WAIT: SignedDuration = SignedDuration::from_millis(200);
/// How often INIT and a refused command are sent before the host gives up (convention of the lab).
const TRIES_MAX: u32 = 25;
/// How often an unanswered INIT is sent (convention of the lab).
const INIT_TRIES_MAX: u32 = 3;
/// Bytes of the answer to INIT (§11.2.9.1.3).
const INIT_ANSWER_BYTES: usize = 17;
/// The capability bit for CTAPHID_CBOR.
const CAPABILITY_CBOR: u8 = 0x04;

/// What comes from a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyAnswer {
    /// It is at work.
    Processing,
    /// It waits for its user.
    UserPresenceNeeded,
    /// The response: status byte and CBOR.
    Response(Vec<u8>),
    /// There will be no response.
    Failed(UsbError),
}

/// Why a key gave no response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UsbError {
    /// It says nothing.
    #[error("the key has fallen silent")]
    Silent,
    /// It serves somebody else all the time.
    #[error("the key is busy")]
    Busy,
    /// It speaks CTAP1 only.
    #[error("the key does not speak CTAP2")]
    NoCbor,
    /// Its packets make no message.
    #[error("the key's packets make no message")]
    Garbled,
    /// It answered `CTAPHID_ERROR`.
    #[error("the key answered CTAPHID error 0x{0:02X}")]
    Refused(u8),
    /// The command does not fit into one message.
    #[error("the command is longer than a CTAPHID message")]
    TooLong,
}

/// The host's end of the line to one key.
#[derive(Debug)]
pub struct HidHost {
    nonces: Stream,
    state: State,
    assembler: Assembler,
    reports: VecDeque<Report>,
    answers: VecDeque<KeyAnswer>,
}

#[derive(Debug)]
enum State {
    /// No channel yet, or it was lost.
    Closed,
    /// INIT is out; the request follows.
    Opening { on: u32, nonce: [u8; 8], request: Request, deadline: Timestamp },
    /// Nothing to do.
    Open { channel: u32 },
    /// The request is out.
    Waiting { channel: u32, request: Request, deadline: Timestamp },
    /// The key was busy; `channel` is absent when INIT was refused.
    BackingOff { channel: Option<u32>, request: Request, deadline: Timestamp },
    /// CANCEL is out; the answer to the request is still to come and nobody wants it.
    Cancelling { channel: u32, deadline: Timestamp },
}

#[derive(Clone, Debug)]
struct Request {
    bytes: Vec<u8>,
    tries: u32,
}

impl HidHost {
    /// A host for a key that has just been plugged in; `nonces` feeds the nonces of INIT.
    #[must_use]
    pub fn new(nonces: Stream) -> Self {
        Self {
            nonces,
            state: State::Closed,
            assembler: Assembler::default(),
            reports: VecDeque::new(),
            answers: VecDeque::new(),
        }
    }

    /// Sends a CTAP command. Whatever was under way is abandoned: INIT on the same channel ends it (§11.2.9.1.3).
    pub fn handle_command(&mut self, now: Timestamp, bytes: Vec<u8>) {
        if bytes.len() > MESSAGE_BYTES_MAX {
            self.answers.push_back(KeyAnswer::Failed(UsbError::TooLong));
            return;
        }
        let request = Request { bytes, tries: 0 };
        match std::mem::replace(&mut self.state, State::Closed) {
            State::Open { channel } => self.send(now, channel, request),
            State::Waiting { channel, .. } | State::Cancelling { channel, .. } => self.open(now, channel, request),
            State::BackingOff { channel, .. } => self.open(now, channel.unwrap_or(BROADCAST), request),
            State::Closed | State::Opening { .. } => self.open(now, BROADCAST, request),
        }
    }

    /// Ends the command under way: the key is told by CANCEL, its answer is no longer handed on.
    pub fn handle_cancel(&mut self, now: Timestamp) {
        self.answers.clear();
        self.state = match std::mem::replace(&mut self.state, State::Closed) {
            State::Waiting { channel, .. } => {
                self.queue(channel, Command::CANCEL, Vec::new());
                State::Cancelling { channel, deadline: now + SILENCE }
            }
            State::BackingOff { channel: Some(channel), .. } => State::Open { channel },
            State::Opening { .. } | State::BackingOff { .. } => State::Closed,
            quiet @ (State::Closed | State::Open { .. } | State::Cancelling { .. }) => quiet,
        };
    }

    /// Takes a report of the key.
    pub fn handle_report(&mut self, now: Timestamp, report: &Report) {
        let packet = Packet::parse(report);
        let (Packet::Init { channel, .. } | Packet::Cont { channel, .. }) = packet;
        if Some(channel) != self.expected_channel() {
            return;
        }
        match self.assembler.handle_packet(packet) {
            Progress::Whole(message) => self.handle_message(now, message),
            Progress::Refused(_) => self.fail(UsbError::Garbled),
            Progress::Waiting | Progress::Spurious => {}
        }
    }

    /// The next report for the key.
    pub fn poll_report(&mut self) -> Option<Report> {
        self.reports.pop_front()
    }

    /// The next thing the key said.
    pub fn poll_answer(&mut self) -> Option<KeyAnswer> {
        self.answers.pop_front()
    }

    /// When the host runs out of patience.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        match &self.state {
            State::Closed | State::Open { .. } => None,
            State::Opening { deadline, .. }
            | State::Waiting { deadline, .. }
            | State::BackingOff { deadline, .. }
            | State::Cancelling { deadline, .. } => Some(*deadline),
        }
    }

    /// Acts on a deadline that has come.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        if self.poll_timeout().is_none_or(|deadline| deadline > now) {
            return;
        }
        match std::mem::replace(&mut self.state, State::Closed) {
            State::Opening { on, request, .. } if request.tries < INIT_TRIES_MAX => self.open(now, on, request),
            State::Opening { .. } | State::Waiting { .. } => self.fail(UsbError::Silent),
            State::BackingOff { channel: Some(channel), request, .. } => self.send(now, channel, request),
            State::BackingOff { channel: None, request, .. } => self.open(now, BROADCAST, request),
            State::Closed | State::Open { .. } | State::Cancelling { .. } => {}
        }
    }

    fn expected_channel(&self) -> Option<u32> {
        match self.state {
            State::Opening { on, .. } => Some(on),
            State::Waiting { channel, .. } | State::Cancelling { channel, .. } => Some(channel),
            State::Closed | State::Open { .. } | State::BackingOff { .. } => None,
        }
    }

    fn handle_message(&mut self, now: Timestamp, message: Message) {
        self.state = match std::mem::replace(&mut self.state, State::Closed) {
            State::Opening { on, nonce, request, deadline } => match message.command {
                Command::INIT => match Opened::parse(&message.payload, &nonce) {
                    None => State::Opening { on, nonce, request, deadline },
                    Some(Opened { capabilities, .. }) if capabilities & CAPABILITY_CBOR == 0 => {
                        return self.fail(UsbError::NoCbor);
                    }
                    Some(Opened { channel, .. }) => return self.send(now, channel, request),
                },
                Command::ERROR => return self.handle_error(now, None, request, &message.payload),
                _ => State::Opening { on, nonce, request, deadline },
            },
            State::Waiting { channel, request, deadline } => match message.command {
                Command::CBOR => {
                    self.answers.push_back(KeyAnswer::Response(message.payload));
                    State::Open { channel }
                }
                Command::KEEPALIVE => {
                    let needs_user = message.payload.first() == Some(&UP_NEEDED);
                    let answer = if needs_user { KeyAnswer::UserPresenceNeeded } else { KeyAnswer::Processing };
                    self.answers.push_back(answer);
                    State::Waiting { channel, request, deadline: now + SILENCE }
                }
                Command::ERROR => return self.handle_error(now, Some(channel), request, &message.payload),
                _ => State::Waiting { channel, request, deadline },
            },
            State::Cancelling { channel, .. } if matches!(message.command, Command::CBOR | Command::ERROR) => {
                State::Open { channel }
            }
            other => other,
        };
    }

    fn handle_error(&mut self, now: Timestamp, channel: Option<u32>, request: Request, payload: &[u8]) {
        let code = payload.first().copied().unwrap_or(error::OTHER);
        let may_retry = request.tries < TRIES_MAX;
        match code {
            error::CHANNEL_BUSY if may_retry => {
                self.state = State::BackingOff { channel, request, deadline: now + BUSY_WAIT };
            }
            error::CHANNEL_BUSY => self.fail(UsbError::Busy),
            // The key has forgotten the channel, as after a reset: ask for another.
            error::INVALID_CHANNEL if may_retry => self.open(now, BROADCAST, request),
            code => self.fail(UsbError::Refused(code)),
        }
    }

    fn open(&mut self, now: Timestamp, on: u32, request: Request) {
        let nonce = self.nonces.bytes();
        self.queue(on, Command::INIT, nonce.to_vec());
        let request = Request { tries: request.tries + 1, ..request };
        self.state = State::Opening { on, nonce, request, deadline: now + INIT_WAIT };
    }

    fn send(&mut self, now: Timestamp, channel: u32, request: Request) {
        self.queue(channel, Command::CBOR, request.bytes.clone());
        let request = Request { tries: request.tries + 1, ..request };
        self.state = State::Waiting { channel, request, deadline: now + SILENCE };
    }

    fn queue(&mut self, channel: u32, command: Command, payload: Vec<u8>) {
        self.assembler = Assembler::default();
        self.reports.extend(Message { channel, command, payload }.reports());
    }

    fn fail(&mut self, error: UsbError) {
        let wanted = !matches!(self.state, State::Cancelling { .. });
        self.state = State::Closed;
        if wanted {
            self.answers.push_back(KeyAnswer::Failed(error));
        }
    }
}

/// The answer to INIT.
struct Opened {
    channel: u32,
    capabilities: u8,
}

impl Opened {
    /// `None` when it answers another host's nonce or names no usable channel.
    fn parse(payload: &[u8], nonce: &[u8; 8]) -> Option<Self> {
        let rest = payload.strip_prefix(nonce)?;
        let (channel, _) = rest.split_first_chunk::<4>()?;
        let capabilities = *payload.get(INIT_ANSWER_BYTES - 1)?;
        let channel = u32::from_be_bytes(*channel);
        (channel != 0 && channel != BROADCAST).then_some(Self { channel, capabilities })
    }
}

#[cfg(test)]
mod tests;
