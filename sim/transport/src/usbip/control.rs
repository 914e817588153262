//! Requests to endpoint 0 (USB 2.0 §9.4, HID 1.11 §7.2); what is not known is stalled, as by a real key.

use wire::ctaphid::Report;

use super::descriptors;
use crate::Identity;
use crate::identity::REPORT_DESCRIPTOR;

/// A setup packet.
#[derive(Clone, Copy)]
pub(super) struct Request {
    /// `bmRequestType`: direction, kind, recipient.
    kind: u8,
    /// `bRequest`.
    request: u8,
    value: u16,
    index: u16,
    /// `wLength`.
    pub(super) length: u16,
}

/// What comes of it.
pub(super) enum Outcome {
    /// Bytes for the host, to be cut to the length that it asked for.
    Data(Vec<u8>),
    /// It is done.
    Done,
    /// It carried a report.
    Report(Box<Report>),
    /// It is not known.
    Stall,
}

impl Request {
    pub(super) fn parse(setup: [u8; 8]) -> Self {
        let [kind, request, value @ .., index_low, index_high, length_low, length_high] = setup;
        Self {
            kind,
            request,
            value: u16::from_le_bytes(value),
            index: u16::from_le_bytes([index_low, index_high]),
            length: u16::from_le_bytes([length_low, length_high]),
        }
    }
}

/// Answers a request; `configuration` is the one that the host has chosen, `data` what it sent along.
pub(super) fn answer(identity: &Identity, configuration: &mut u8, request: Request, data: &[u8]) -> Outcome {
    let Request { kind, request, value, index, .. } = request;
    match (kind, request) {
        (DEVICE_IN, GET_DESCRIPTOR) => device_descriptor(identity, value),
        // Neither self-powered nor able to wake the host; interfaces have no status, the endpoints never halt.
        (DEVICE_IN | INTERFACE_IN | ENDPOINT_IN, GET_STATUS) => Outcome::Data(vec![0, 0]),
        (DEVICE_IN, GET_CONFIGURATION) => Outcome::Data(vec![*configuration]),
        // The host controller of the client has done it already.
        (DEVICE_OUT, SET_ADDRESS) => Outcome::Done,
        (DEVICE_OUT, SET_CONFIGURATION) if value <= 1 => {
            *configuration = value as u8;
            Outcome::Done
        }
        (ENDPOINT_OUT, CLEAR_FEATURE) if value == ENDPOINT_HALT => Outcome::Done,
        (INTERFACE_IN, GET_DESCRIPTOR) if index == 0 => interface_descriptor(value),
        (INTERFACE_IN, GET_INTERFACE) if index == 0 => Outcome::Data(vec![0]),
        (INTERFACE_OUT, SET_INTERFACE) if (value, index) == (0, 0) => Outcome::Done,
        (CLASS_IN, GET_IDLE) => Outcome::Data(vec![0]),
        (CLASS_OUT, SET_IDLE) => Outcome::Done,
        (CLASS_OUT, SET_REPORT) if value == OUTPUT_REPORT => match Report::try_from(data) {
            Ok(report) => Outcome::Report(Box::new(report)),
            Err(_) => Outcome::Stall,
        },
        _ => Outcome::Stall,
    }
}

fn device_descriptor(identity: &Identity, value: u16) -> Outcome {
    let [descriptor, index] = value.to_be_bytes();
    match (descriptor, index) {
        (descriptors::DEVICE, 0) => Outcome::Data(descriptors::device(identity)),
        (descriptors::CONFIGURATION, 0) => Outcome::Data(descriptors::configuration()),
        (descriptors::STRING, index) => descriptors::string(identity, index).map_or(Outcome::Stall, Outcome::Data),
        _ => Outcome::Stall,
    }
}

fn interface_descriptor(value: u16) -> Outcome {
    let [descriptor, index] = value.to_be_bytes();
    match (descriptor, index) {
        (descriptors::HID, 0) => Outcome::Data(descriptors::HID_DESCRIPTOR.to_vec()),
        (descriptors::REPORT, 0) => Outcome::Data(REPORT_DESCRIPTOR.to_vec()),
        _ => Outcome::Stall,
    }
}

/// `bmRequestType` of what is known here.
const DEVICE_IN: u8 = 0x80;
const DEVICE_OUT: u8 = 0x00;
const INTERFACE_IN: u8 = 0x81;
const INTERFACE_OUT: u8 = 0x01;
const ENDPOINT_IN: u8 = 0x82;
const ENDPOINT_OUT: u8 = 0x02;
const CLASS_IN: u8 = 0xA1;
const CLASS_OUT: u8 = 0x21;

/// Standard requests.
const GET_STATUS: u8 = 0;
const CLEAR_FEATURE: u8 = 1;
const SET_ADDRESS: u8 = 5;
const GET_DESCRIPTOR: u8 = 6;
const GET_CONFIGURATION: u8 = 8;
const SET_CONFIGURATION: u8 = 9;
const GET_INTERFACE: u8 = 10;
const SET_INTERFACE: u8 = 11;
const ENDPOINT_HALT: u16 = 0;
/// Requests of the HID class.
const GET_IDLE: u8 = 2;
const SET_REPORT: u8 = 9;
const SET_IDLE: u8 = 10;
/// Type output, no report id.
const OUTPUT_REPORT: u16 = 0x0200;
