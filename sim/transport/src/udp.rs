//! Reports in datagrams, as the Solo simulator has them: a datagram is a report, without report id or length.

use wire::ctaphid::{REPORT_BYTES, Report};

/// What a datagram means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Datagram {
    /// A report for the key.
    Report(Report),
    /// The key is to lose its power and get it back.
    Reboot,
    /// Nothing, since a report has 64 bytes.
    WrongSize(usize),
}

impl Datagram {
    /// Every datagram means something.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        match <Report>::try_from(bytes) {
            Ok(REBOOT) => Self::Reboot,
            Ok(report) => Self::Report(report),
            Err(_) => Self::WrongSize(bytes.len()),
        }
    }
}

/// The datagram by which test suites of the Solo simulator reboot it.
pub const REBOOT: Report = [
    0xAC, 0x10, 0x52, 0xCA, 0x95, 0xE5, 0x69, 0xDE, 0x69, 0xE0, 0x2E, 0xBF, 0xF3, 0x33, 0x48, 0x5F, //
    0x13, 0xF9, 0xB2, 0xDA, 0x34, 0xC5, 0xA8, 0xA3, 0x40, 0x52, 0x66, 0x97, 0xA9, 0xAB, 0x2E, 0x0B, //
    0x39, 0x4D, 0x8D, 0x04, 0x97, 0x3C, 0x13, 0x40, 0x05, 0xBE, 0x1A, 0x01, 0x40, 0xBF, 0xF6, 0x04, //
    0x5B, 0xB2, 0x6E, 0xB7, 0x7A, 0x73, 0xEA, 0xA4, 0x78, 0x13, 0xF6, 0xB4, 0x9A, 0x72, 0x50, 0xDC,
];

/// Where the device listens in the Solo convention.
pub const DEVICE_PORT: u16 = 8111;
/// Where the host listens; the device sends every report there, whoever asked.
pub const HOST_PORT: u16 = 7112;

/// Bytes of the buffer that a datagram is received into: a longer one is cut off, and still seen to be no report.
pub(crate) const BUFFER_BYTES: usize = 2 * REPORT_BYTES;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_datagram_of_64_bytes_is_a_report_but_for_the_magic_one() {
        let mut nearly = REBOOT;
        nearly[63] ^= 1;
        assert_eq!(Datagram::parse(&[9; 64]), Datagram::Report([9; 64]));
        assert_eq!(Datagram::parse(&REBOOT), Datagram::Reboot);
        assert_eq!(Datagram::parse(&nearly), Datagram::Report(nearly));
        assert_eq!(Datagram::parse(&[]), Datagram::WrongSize(0));
        assert_eq!(Datagram::parse(&[0; 63]), Datagram::WrongSize(63));
        assert_eq!(Datagram::parse(&[0; 65]), Datagram::WrongSize(65));
    }
}
