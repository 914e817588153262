//! What the key tells of itself on USB (USB 2.0 §9.6, HID 1.11 §6.2) and in USB/IP's list.

use super::{BUS_ID, BUS_ID_BYTES};
use crate::Identity;
use crate::identity::REPORT_DESCRIPTOR;

/// The device descriptor.
pub(super) fn device(identity: &Identity) -> Vec<u8> {
    let [vendor, product, release] = [identity.vendor_id, identity.product_id, identity.release].map(u16::to_le_bytes);
    let mut bytes = vec![18, DEVICE, 0x00, 0x02, 0, 0, 0, 64];
    bytes.extend([vendor, product, release].concat());
    bytes.extend([MANUFACTURER, PRODUCT, SERIAL, 1]);
    bytes
}

/// The configuration descriptor and what hangs on it: one HID interface with an endpoint each way.
pub(super) fn configuration() -> Vec<u8> {
    let [class, subclass, protocol, _] = INTERFACE_CLASS;
    // Powered by the bus, 100 mA.
    let configuration = [9, CONFIGURATION, TOTAL_BYTES, 0, 1, 1, 0, 0x80, 50];
    let interface = [9, INTERFACE, 0, 0, 2, class, subclass, protocol, 0];
    let endpoint = |address: u8| [7, ENDPOINT, address, 0x03, 64, 0, INTERVAL_MS];
    [configuration.as_slice(), &interface, &HID_DESCRIPTOR, &endpoint(0x81), &endpoint(0x01)].concat()
}

/// A string descriptor; index 0 is the list of languages.
pub(super) fn string(identity: &Identity, index: u8) -> Option<Vec<u8>> {
    let text = match index {
        0 => return Some([4, STRING].into_iter().chain(ENGLISH.to_le_bytes()).collect()),
        MANUFACTURER => identity.manufacturer,
        PRODUCT => identity.product,
        SERIAL => identity.serial,
        _ => return None,
    };
    let units: Vec<u8> = text.encode_utf16().take(STRING_UNITS_MAX).flat_map(u16::to_le_bytes).collect();
    let length = u8::try_from(units.len() + 2).expect("126 units and two bytes are 254");
    Some([length, STRING].into_iter().chain(units).collect())
}

/// The key as USB/IP describes it to clients, without its interfaces.
pub(super) fn exported(identity: &Identity) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(EXPORTED_BYTES);
    bytes.extend(PATH.as_bytes());
    bytes.resize(PATH_BYTES, 0);
    bytes.extend(BUS_ID.as_bytes());
    bytes.resize(PATH_BYTES + BUS_ID_BYTES, 0);
    bytes.extend([BUS_NUMBER, DEVICE_NUMBER, FULL_SPEED].map(u32::to_be_bytes).concat());
    bytes.extend([identity.vendor_id, identity.product_id, identity.release].map(u16::to_be_bytes).concat());
    // Class, subclass and protocol are the interface's; configuration 1 of 1, with one interface.
    bytes.extend([0, 0, 0, 1, 1, 1]);
    bytes
}

/// HID, no boot interface; the fourth byte is USB/IP's padding.
pub(super) const INTERFACE_CLASS: [u8; 4] = [3, 0, 0, 0];
/// The HID descriptor: HID 1.11, no country, one report descriptor.
pub(super) const HID_DESCRIPTOR: [u8; 9] = [9, HID, 0x11, 0x01, 0, 1, REPORT, REPORT_DESCRIPTOR.len() as u8, 0];

/// Descriptor types.
pub(super) const DEVICE: u8 = 1;
pub(super) const CONFIGURATION: u8 = 2;
pub(super) const STRING: u8 = 3;
const INTERFACE: u8 = 4;
const ENDPOINT: u8 = 5;
pub(super) const HID: u8 = 0x21;
pub(super) const REPORT: u8 = 0x22;

const MANUFACTURER: u8 = 1;
const PRODUCT: u8 = 2;
const SERIAL: u8 = 3;
const ENGLISH: u16 = 0x0409;
const STRING_UNITS_MAX: usize = 126;
const TOTAL_BYTES: u8 = 9 + 9 + 9 + 7 + 7;
/// How often a host asks for a report, as real keys have it.
const INTERVAL_MS: u8 = 5;

/// Where usbipd would have found it; clients print it.
const PATH: &str = "/sys/devices/passkey-lab/usb1/1-1";
const PATH_BYTES: usize = 256;
const EXPORTED_BYTES: usize = 312;
const BUS_NUMBER: u32 = 1;
const DEVICE_NUMBER: u32 = 1;
/// `USB_SPEED_FULL`: 12 Mbit/s.
const FULL_SPEED: u32 = 2;
