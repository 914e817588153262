//! What a host is told about the key below CTAPHID: names, numbers, and that it is a FIDO key.

/// How the key calls itself on a bus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// `idVendor`.
    pub vendor_id: u16,
    /// `idProduct`.
    pub product_id: u16,
    /// `bcdDevice`.
    pub release: u16,
    /// The manufacturer's name.
    pub manufacturer: &'static str,
    /// The product's name.
    pub product: &'static str,
    /// The serial number.
    pub serial: &'static str,
}

impl Identity {
    /// The phone as a virtual USB key. Convention of the lab: the names say that it is one of the lab, and the numbers
    /// are those that pid.codes sets aside for tests, since HYPR publishes none.
    pub const LAB: Self = Self {
        vendor_id: 0x1209,
        product_id: 0x0001,
        release: 0x0100,
        manufacturer: "HYPR",
        product: "HYPR Enterprise Passkey (passkey-lab)",
        serial: "passkey-lab",
    };
}

/// The HID report descriptor (CTAP 2.3 §11.2.8.2): usage page 0xF1D0, usage 1, 64 bytes in and 64 bytes out, without
/// report ids.
#[rustfmt::skip]
pub(crate) const REPORT_DESCRIPTOR: [u8; 34] = [
    0x06, 0xD0, 0xF1, // usage page (FIDO alliance)
    0x09, 0x01,       // usage (CTAPHID)
    0xA1, 0x01,       // collection (application)
    0x09, 0x20,       //   usage (data in)
    0x15, 0x00,       //   logical minimum (0)
    0x26, 0xFF, 0x00, //   logical maximum (255)
    0x75, 0x08,       //   report size (8 bits)
    0x95, 0x40,       //   report count (64)
    0x81, 0x02,       //   input (data, variable, absolute)
    0x09, 0x21,       //   usage (data out)
    0x15, 0x00,       //   logical minimum (0)
    0x26, 0xFF, 0x00, //   logical maximum (255)
    0x75, 0x08,       //   report size (8 bits)
    0x95, 0x40,       //   report count (64)
    0x91, 0x02,       //   output (data, variable, absolute)
    0xC0,             // end collection
];
