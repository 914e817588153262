//! A USB/IP server with one security key to export (protocol 1.1.1, Linux `Documentation/usb/usbip_protocol.rst`).
//!
//! A [`Connection`] takes the bytes of one TCP connection, however they were split, and answers with bytes. What the
//! key has to say waits until the host has asked for it: an interrupt transfer rests here until there is a report.

mod control;
mod descriptors;

use std::collections::VecDeque;

use wire::ctaphid::{REPORT_BYTES, Report};

use self::control::{Outcome, Request};
use crate::Identity;

/// The port of USB/IP.
pub const PORT: u16 = 3240;
/// What a host attaches: `usbip attach -r SERVER -b 1-1`.
pub const BUS_ID: &str = "1-1";

/// Whether the key is there to be imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Export {
    /// It is.
    Free,
    /// Another connection has imported it.
    Taken,
    /// It is unplugged.
    Absent,
}

/// What a peer sent that is no USB/IP; nothing that follows can be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// It speaks another version.
    #[error("the peer speaks version {0:#06x} of USB/IP, not 0x0111")]
    Version(u16),
    /// Not a list, not an import.
    #[error("{0:#06x} is no operation that a USB/IP server knows")]
    Operation(u16),
    /// Not a submit, not an unlink.
    #[error("{0:#010x} is no USB/IP command")]
    Command(u32),
    /// More than any transfer to a key carries.
    #[error("a transfer of {0} bytes to a security key")]
    TooLong(u32),
    /// A key has no isochronous endpoint.
    #[error("an isochronous transfer to a security key")]
    Isochronous,
    /// More interrupt transfers under way than any host needs.
    #[error("more than {PENDING_MAX} transfers wait for a report")]
    TooMany,
}

/// One TCP connection of a USB/IP client.
#[derive(Debug)]
pub struct Connection {
    identity: &'static Identity,
    state: State,
    input: Vec<u8>,
    output: Vec<u8>,
    reports: VecDeque<Report>,
}

#[derive(Debug)]
enum State {
    /// The client asks what there is.
    Browsing,
    /// The client has imported the key and sends it transfers.
    Attached(Attached),
}

#[derive(Debug, Default)]
struct Attached {
    configuration: u8,
    /// Interrupt transfers that wait for a report.
    pending: VecDeque<Pending>,
    /// Reports that wait for a transfer.
    waiting: VecDeque<Report>,
}

#[derive(Debug)]
struct Pending {
    sequence: u32,
    length: usize,
}

impl Connection {
    /// A connection on which nothing was said yet.
    #[must_use]
    pub fn new(identity: &'static Identity) -> Self {
        Self { identity, state: State::Browsing, input: Vec::new(), output: Vec::new(), reports: VecDeque::new() }
    }

    /// Whether the client has imported the key.
    #[must_use]
    pub fn is_attached(&self) -> bool {
        matches!(self.state, State::Attached(_))
    }

    /// Takes what has arrived; `export` is how things stand for somebody who wants the key.
    ///
    /// # Errors
    ///
    /// [`Broken`] when the peer does not speak USB/IP; the connection is to be closed.
    pub fn handle_bytes(&mut self, export: Export, bytes: &[u8]) -> Result<(), Broken> {
        self.input.extend_from_slice(bytes);
        loop {
            let taken = match self.state {
                State::Browsing => self.handle_operation(export)?,
                State::Attached(_) => self.handle_command()?,
            };
            match taken {
                0 => return Ok(()),
                taken => drop(self.input.drain(..taken)),
            }
        }
    }

    /// A report for the host; it is not heard by a client that has not imported the key.
    pub fn handle_report(&mut self, report: &Report) {
        let State::Attached(attached) = &mut self.state else { return };
        attached.waiting.push_back(*report);
        // A host that does not read loses what is oldest, as it does with the buffers of a real key.
        if attached.waiting.len() > WAITING_MAX {
            attached.waiting.pop_front();
        }
        self.output.extend(attached.answer());
    }

    /// What is to be sent, all of it.
    pub fn poll_bytes(&mut self) -> Option<Vec<u8>> {
        (!self.output.is_empty()).then(|| std::mem::take(&mut self.output))
    }

    /// The next report from the host.
    pub fn poll_report(&mut self) -> Option<Report> {
        self.reports.pop_front()
    }

    /// `OP_REQ_DEVLIST` or `OP_REQ_IMPORT`; how many bytes were taken, none when some are missing.
    fn handle_operation(&mut self, export: Export) -> Result<usize, Broken> {
        let Some(header) = self.input.first_chunk::<OPERATION_BYTES>() else { return Ok(0) };
        let (version, code) = (u16::from_be_bytes([header[0], header[1]]), u16::from_be_bytes([header[2], header[3]]));
        match (version, code) {
            (VERSION, OP_REQ_DEVLIST) => {
                self.output.extend(device_list(self.identity, export));
                Ok(OPERATION_BYTES)
            }
            (VERSION, OP_REQ_IMPORT) => {
                let wanted = self.input.get(OPERATION_BYTES..OPERATION_BYTES + BUS_ID_BYTES);
                let Some(wanted) = wanted else { return Ok(0) };
                let status = import_status(wanted, export);
                self.output.extend(operation(OP_REP_IMPORT, status));
                if status == ST_OK {
                    self.output.extend(descriptors::exported(self.identity));
                    self.state = State::Attached(Attached::default());
                }
                Ok(OPERATION_BYTES + BUS_ID_BYTES)
            }
            (VERSION, code) => Err(Broken::Operation(code)),
            (version, _) => Err(Broken::Version(version)),
        }
    }

    /// `USBIP_CMD_SUBMIT` or `USBIP_CMD_UNLINK`; how many bytes were taken, none when some are missing.
    fn handle_command(&mut self) -> Result<usize, Broken> {
        let Some(header) = self.input.first_chunk::<HEADER_BYTES>().copied() else { return Ok(0) };
        match word(&header, 0) {
            CMD_SUBMIT => {
                let submit = Submit::parse(&header)?;
                let end = HEADER_BYTES + submit.payload_bytes();
                let Some(payload) = self.input.get(HEADER_BYTES..end).map(<[u8]>::to_vec) else { return Ok(0) };
                self.handle_submit(&submit, &payload)?;
                Ok(end)
            }
            CMD_UNLINK => {
                self.handle_unlink(word(&header, 4), word(&header, 20));
                Ok(HEADER_BYTES)
            }
            command => Err(Broken::Command(command)),
        }
    }

    fn handle_submit(&mut self, submit: &Submit, payload: &[u8]) -> Result<(), Broken> {
        let State::Attached(attached) = &mut self.state else { return Ok(()) };
        let answer = match (submit.endpoint, submit.direction) {
            (CONTROL, _) => attached.control(self.identity, submit, payload, &mut self.reports),
            (INTERRUPT, DIR_IN) => {
                attached.pending.push_back(Pending { sequence: submit.sequence, length: submit.length });
                if attached.pending.len() > PENDING_MAX {
                    return Err(Broken::TooMany);
                }
                attached.answer()
            }
            (INTERRUPT, _) => match Report::try_from(payload) {
                Ok(report) => {
                    self.reports.push_back(report);
                    done(submit.sequence, payload.len())
                }
                Err(_) => stalled(submit.sequence),
            },
            _ => stalled(submit.sequence),
        };
        self.output.extend(answer);
        Ok(())
    }

    fn handle_unlink(&mut self, sequence: u32, wanted: u32) {
        let State::Attached(attached) = &mut self.state else { return };
        let place = attached.pending.iter().position(|pending| pending.sequence == wanted);
        let unlinked = place.and_then(|place| attached.pending.remove(place));
        // A transfer that was answered before can no longer be unlinked, which is no error.
        let status = if unlinked.is_some() { ECONNRESET } else { 0 };
        self.output.extend(reply(RET_UNLINK, sequence, status, 0, 0));
    }
}

impl Attached {
    /// A control transfer to endpoint 0.
    fn control(
        &mut self,
        identity: &Identity,
        submit: &Submit,
        payload: &[u8],
        reports: &mut VecDeque<Report>,
    ) -> Vec<u8> {
        let request = Request::parse(submit.setup);
        match control::answer(identity, &mut self.configuration, request, payload) {
            Outcome::Data(mut bytes) if submit.direction == DIR_IN => {
                bytes.truncate(submit.length.min(usize::from(request.length)));
                [reply(RET_SUBMIT, submit.sequence, 0, bytes.len(), NOT_ISOCHRONOUS).as_slice(), &bytes].concat()
            }
            Outcome::Done => done(submit.sequence, payload.len()),
            Outcome::Report(report) => {
                reports.push_back(*report);
                done(submit.sequence, payload.len())
            }
            Outcome::Data(_) | Outcome::Stall => stalled(submit.sequence),
        }
    }

    /// Brings reports and transfers that wait for each other together.
    fn answer(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        while !self.waiting.is_empty()
            && let Some(Pending { sequence, length }) = self.pending.pop_front()
            && let Some(report) = self.waiting.pop_front()
        {
            let length = length.min(REPORT_BYTES);
            bytes.extend(reply(RET_SUBMIT, sequence, 0, length, NOT_ISOCHRONOUS));
            bytes.extend(&report[..length]);
        }
        bytes
    }
}

/// The header of a `USBIP_CMD_SUBMIT`.
struct Submit {
    sequence: u32,
    direction: u32,
    endpoint: u32,
    length: usize,
    setup: [u8; 8],
}

impl Submit {
    fn parse(header: &[u8; HEADER_BYTES]) -> Result<Self, Broken> {
        let length = word(header, 24);
        let setup = header.last_chunk::<8>().copied().unwrap_or_default();
        match word(header, 32) {
            0 | NOT_ISOCHRONOUS => {}
            _ => return Err(Broken::Isochronous),
        }
        if length > TRANSFER_BYTES_MAX {
            return Err(Broken::TooLong(length));
        }
        let [sequence, direction, endpoint] = [4, 12, 16].map(|at| word(header, at));
        Ok(Self { sequence, direction, endpoint, length: length as usize, setup })
    }

    /// Bytes that follow the header.
    fn payload_bytes(&self) -> usize {
        if self.direction == DIR_IN { 0 } else { self.length }
    }
}

fn word(header: &[u8; HEADER_BYTES], at: usize) -> u32 {
    u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
}

fn device_list(identity: &Identity, export: Export) -> Vec<u8> {
    let head = operation(OP_REP_DEVLIST, ST_OK);
    match export {
        Export::Free => {
            let exported = descriptors::exported(identity);
            [head.as_slice(), &1u32.to_be_bytes(), &exported, &descriptors::INTERFACE_CLASS].concat()
        }
        // A key that another host holds is not listed, as usbipd does it.
        Export::Taken | Export::Absent => [head.as_slice(), &0u32.to_be_bytes()].concat(),
    }
}

fn import_status(wanted: &[u8], export: Export) -> u32 {
    let end = wanted.iter().position(|&byte| byte == 0).unwrap_or(wanted.len());
    match export {
        Export::Free | Export::Taken if &wanted[..end] != BUS_ID.as_bytes() => ST_NODEV,
        Export::Free => ST_OK,
        Export::Taken => ST_DEV_BUSY,
        Export::Absent => ST_NODEV,
    }
}

fn operation(code: u16, status: u32) -> [u8; OPERATION_BYTES] {
    let mut bytes = [0; OPERATION_BYTES];
    bytes[..2].copy_from_slice(&VERSION.to_be_bytes());
    bytes[2..4].copy_from_slice(&code.to_be_bytes());
    bytes[4..].copy_from_slice(&status.to_be_bytes());
    bytes
}

/// A transfer to the key has succeeded.
fn done(sequence: u32, bytes: usize) -> Vec<u8> {
    reply(RET_SUBMIT, sequence, 0, bytes, NOT_ISOCHRONOUS).to_vec()
}

/// The key does not know what is wanted of it.
fn stalled(sequence: u32) -> Vec<u8> {
    reply(RET_SUBMIT, sequence, EPIPE, 0, NOT_ISOCHRONOUS).to_vec()
}

fn reply(command: u32, sequence: u32, status: i32, bytes: usize, packets: u32) -> [u8; HEADER_BYTES] {
    let mut header = [0; HEADER_BYTES];
    let bytes = u32::try_from(bytes).expect("no transfer exceeds TRANSFER_BYTES_MAX");
    header[..4].copy_from_slice(&command.to_be_bytes());
    header[4..8].copy_from_slice(&sequence.to_be_bytes());
    header[20..24].copy_from_slice(&status.to_be_bytes());
    header[24..28].copy_from_slice(&bytes.to_be_bytes());
    header[32..36].copy_from_slice(&packets.to_be_bytes());
    header
}

const VERSION: u16 = 0x0111;
const OP_REQ_DEVLIST: u16 = 0x8005;
const OP_REP_DEVLIST: u16 = 0x0005;
const OP_REQ_IMPORT: u16 = 0x8003;
const OP_REP_IMPORT: u16 = 0x0003;
const OPERATION_BYTES: usize = 8;
const BUS_ID_BYTES: usize = 32;
/// Statuses of an import, of the kernel's `usbip_common.h`.
const ST_OK: u32 = 0;
const ST_DEV_BUSY: u32 = 2;
const ST_NODEV: u32 = 4;

const CMD_SUBMIT: u32 = 1;
const CMD_UNLINK: u32 = 2;
const RET_SUBMIT: u32 = 3;
const RET_UNLINK: u32 = 4;
const HEADER_BYTES: usize = 48;
const DIR_IN: u32 = 1;
/// `number_of_packets` of every other kind of transfer.
const NOT_ISOCHRONOUS: u32 = 0xFFFF_FFFF;
/// Linux's numbers: an endpoint that stalls, and a transfer that was unlinked in time.
const EPIPE: i32 = -32;
const ECONNRESET: i32 = -104;

const CONTROL: u32 = 0;
const INTERRUPT: u32 = 1;

/// Longer transfers to a key do not exist: reports have 64 bytes, descriptors some hundred.
const TRANSFER_BYTES_MAX: u32 = 0xFFFF;
/// Linux has two under way.
const PENDING_MAX: usize = 256;
/// More than the longest message, which takes 129.
const WAITING_MAX: usize = 256;

#[cfg(test)]
mod tests;
