//! The key as a HID device of this machine's Linux kernel, by `/dev/uhid` (`linux/uhid.h`).
//!
//! Every read and every write is one `struct uhid_event`: a type of four bytes in the machine's byte order, and a
//! packed payload. The kernel fills up what is written short with zeros.

use std::collections::VecDeque;

use wire::ctaphid::{REPORT_BYTES, Report};

use crate::Identity;
use crate::identity::REPORT_DESCRIPTOR;

/// Where the kernel offers it.
pub const PATH: &str = "/dev/uhid";
/// Bytes of the longest event.
pub const EVENT_BYTES_MAX: usize = 4 + CREATE2_BYTES;

/// The HID device: events of the kernel in, events for it out.
#[derive(Debug)]
pub struct Device {
    identity: &'static Identity,
    events: VecDeque<Vec<u8>>,
    reports: VecDeque<Report>,
}

/// An event of the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event<'a> {
    /// A host program sends a report.
    Output { report_type: u8, data: &'a [u8] },
    /// A host program asks for a report outside of the stream.
    GetReport { id: u32 },
    /// A host program sends a report outside of the stream.
    SetReport { id: u32, report_type: u8, data: &'a [u8] },
    /// The device is started, stopped, opened or closed; or something newer, or cut off.
    Other,
}

impl Device {
    /// A device that the kernel does not know yet.
    #[must_use]
    pub fn new(identity: &'static Identity) -> Self {
        Self { identity, events: VecDeque::new(), reports: VecDeque::new() }
    }

    /// The key is plugged in: `UHID_CREATE2`.
    pub fn handle_plug(&mut self) {
        self.events.push_back(create2(self.identity));
    }

    /// The key is unplugged: `UHID_DESTROY`.
    pub fn handle_unplug(&mut self) {
        self.events.push_back(DESTROY.to_ne_bytes().to_vec());
    }

    /// Takes an event of the kernel.
    pub fn handle_event(&mut self, bytes: &[u8]) {
        match Event::parse(bytes) {
            Event::Output { report_type: OUTPUT_REPORT, data } => self.reports.extend(report(data)),
            Event::SetReport { id, report_type, data } => {
                let report = report(data).filter(|_| report_type == OUTPUT_REPORT);
                self.events.push_back(reply(SET_REPORT_REPLY, id, if report.is_some() { 0 } else { EIO }));
                self.reports.extend(report);
            }
            // A report is sent when there is one; there is none to be fetched.
            Event::GetReport { id } => self.events.push_back(reply(GET_REPORT_REPLY, id, EIO)),
            Event::Output { .. } | Event::Other => {}
        }
    }

    /// A report for the host: `UHID_INPUT2`.
    pub fn handle_report(&mut self, report: &Report) {
        let mut event = INPUT2.to_ne_bytes().to_vec();
        event.extend((REPORT_BYTES as u16).to_ne_bytes());
        event.extend(report);
        self.events.push_back(event);
    }

    /// The next event for the kernel, one write each.
    pub fn poll_event(&mut self) -> Option<Vec<u8>> {
        self.events.pop_front()
    }

    /// The next report from the host.
    pub fn poll_report(&mut self) -> Option<Report> {
        self.reports.pop_front()
    }
}

impl<'a> Event<'a> {
    fn parse(bytes: &'a [u8]) -> Self {
        Self::known(bytes).unwrap_or(Self::Other)
    }

    /// `None` for another type, and for an event that is cut off.
    fn known(bytes: &'a [u8]) -> Option<Self> {
        let (kind, payload) = bytes.split_first_chunk().map(|(kind, rest)| (u32::from_ne_bytes(*kind), rest))?;
        match kind {
            OUTPUT => {
                let (data, rest) = payload.split_at_checked(DATA_BYTES_MAX)?;
                let &[low, high, report_type] = rest.first_chunk()?;
                let data = data.get(..u16::from_ne_bytes([low, high]).into())?;
                Some(Self::Output { report_type, data })
            }
            GET_REPORT => Some(Self::GetReport { id: u32::from_ne_bytes(*payload.first_chunk()?) }),
            SET_REPORT => {
                let (id, rest) = payload.split_first_chunk()?;
                let (&[_number, report_type, low, high], data) = rest.split_first_chunk()?;
                let data = data.get(..u16::from_ne_bytes([low, high]).into())?;
                Some(Self::SetReport { id: u32::from_ne_bytes(*id), report_type, data })
            }
            _ => None,
        }
    }
}

/// What the host wrote: a report id, which is 0 where there are none, and the report.
fn report(data: &[u8]) -> Option<Report> {
    let data = if data.len() == 1 + REPORT_BYTES { data.strip_prefix(&[0])? } else { data };
    data.try_into().ok()
}

/// `struct uhid_create2_req`.
fn create2(identity: &Identity) -> Vec<u8> {
    let mut event = CREATE2.to_ne_bytes().to_vec();
    let texts = [(identity.product, NAME_BYTES), ("passkey-lab", PHYS_BYTES), (identity.serial, UNIQ_BYTES)];
    for (text, room) in texts {
        let end = event.len() + room;
        // The last byte stays zero.
        event.extend(text.bytes().take(room - 1));
        event.resize(end, 0);
    }
    event.extend((REPORT_DESCRIPTOR.len() as u16).to_ne_bytes());
    event.extend(BUS_USB.to_ne_bytes());
    let [vendor, product, release] = [identity.vendor_id, identity.product_id, identity.release].map(u32::from);
    event.extend([vendor, product, release, NO_COUNTRY].map(u32::to_ne_bytes).concat());
    event.extend(REPORT_DESCRIPTOR);
    event
}

/// `struct uhid_get_report_reply_req` without data, or `struct uhid_set_report_reply_req`.
fn reply(kind: u32, id: u32, error: u16) -> Vec<u8> {
    let mut event = [kind, id].map(u32::to_ne_bytes).concat();
    event.extend(error.to_ne_bytes());
    event
}

/// `enum uhid_event_type`.
const DESTROY: u32 = 1;
const OUTPUT: u32 = 6;
const GET_REPORT: u32 = 9;
const GET_REPORT_REPLY: u32 = 10;
const CREATE2: u32 = 11;
const INPUT2: u32 = 12;
const SET_REPORT: u32 = 13;
const SET_REPORT_REPLY: u32 = 14;

/// `UHID_OUTPUT_REPORT` of `enum uhid_report_type`.
const OUTPUT_REPORT: u8 = 1;
const DATA_BYTES_MAX: usize = 4096;
const NAME_BYTES: usize = 128;
const PHYS_BYTES: usize = 64;
const UNIQ_BYTES: usize = 64;
/// `struct uhid_create2_req`: three texts, two numbers of two bytes, four of four, a descriptor.
const CREATE2_BYTES: usize = NAME_BYTES + PHYS_BYTES + UNIQ_BYTES + 2 * 2 + 4 * 4 + DATA_BYTES_MAX;
/// `BUS_USB` of `linux/input.h`: hosts look for keys there.
const BUS_USB: u16 = 3;
const NO_COUNTRY: u32 = 0;
const EIO: u16 = 5;

#[cfg(test)]
mod tests;
