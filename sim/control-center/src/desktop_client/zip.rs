//! A ZIP archive of stored files (APPNOTE 6.3 §4.3). Two small files are not worth a compressor.

use jiff::Timestamp;
use jiff::tz::TimeZone;

const LOCAL_HEADER: u32 = 0x0403_4B50;
const CENTRAL_HEADER: u32 = 0x0201_4B50;
const END: u32 = 0x0605_4B50;
/// The version that every reader has: stored files, no folders.
const VERSION: u16 = 10;

/// An archive under construction.
pub(super) struct Archive {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    entries: u16,
    /// Time, then date, in the format of MS-DOS.
    modified: [u16; 2],
}

impl Archive {
    /// An empty archive whose files are dated `now`, in UTC.
    pub(super) fn new(now: Timestamp) -> Self {
        Self { bytes: Vec::new(), directory: Vec::new(), entries: 0, modified: dos_time(now) }
    }

    /// Adds a file. The name is ASCII, and both are short.
    pub(super) fn add(&mut self, name: &str, content: &[u8]) {
        let offset = length(&self.bytes);
        let mut shared = Vec::new();
        // Version, flags, method "stored", time, date.
        for number in [VERSION, 0, 0, self.modified[0], self.modified[1]] {
            shared.extend(number.to_le_bytes());
        }
        for number in [crc32(content), length(content), length(content), length(name.as_bytes())] {
            shared.extend(number.to_le_bytes());
        }
        // The last number was the name's length in two bytes and the length of no extra field.
        self.bytes.extend(LOCAL_HEADER.to_le_bytes());
        self.bytes.extend(&shared);
        self.bytes.extend(name.as_bytes());
        self.bytes.extend(content);
        self.directory.extend(CENTRAL_HEADER.to_le_bytes());
        self.directory.extend(VERSION.to_le_bytes());
        self.directory.extend(&shared);
        // Comment, disk, internal and external attributes.
        self.directory.extend([0; 10]);
        self.directory.extend(offset.to_le_bytes());
        self.directory.extend(name.as_bytes());
        self.entries += 1;
    }

    /// The archive with its directory.
    pub(super) fn finish(mut self) -> Vec<u8> {
        let (offset, size) = (length(&self.bytes), length(&self.directory));
        self.bytes.append(&mut self.directory);
        self.bytes.extend(END.to_le_bytes());
        for number in [0, 0, self.entries, self.entries] {
            self.bytes.extend(number.to_le_bytes());
        }
        self.bytes.extend(size.to_le_bytes());
        self.bytes.extend(offset.to_le_bytes());
        self.bytes.extend([0; 2]);
        self.bytes
    }
}

fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).expect("both files are short")
}

/// Years count from 1980, seconds by twos; earlier years are 1980.
fn dos_time(now: Timestamp) -> [u16; 2] {
    let now = now.to_zoned(TimeZone::UTC);
    let number = |value: i8| u16::try_from(value).unwrap_or(0);
    let years = u16::try_from(now.year() - 1980).unwrap_or(0).min(127);
    let time = number(now.hour()) << 11 | number(now.minute()) << 5 | (number(now.second()) / 2);
    [time, years << 9 | number(now.month()) << 5 | number(now.day())]
}

/// CRC-32 of ISO 3309, the polynomial reflected.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_the_published_check_value() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn an_archive_of_one_file_is_this_byte_for_byte() {
        let mut archive = Archive::new("2027-03-01T09:00:02Z".parse().unwrap());
        archive.add("a", b"123456789");
        // As `zip -0X` of Info-ZIP writes it, but for the host system and attributes.
        let header =
            [10, 0, 0, 0, 0, 0, 0x01, 0x48, 0x61, 0x5E, 0x26, 0x39, 0xF4, 0xCB, 9, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0];
        let mut expect = [&b"PK\x03\x04"[..], &header, b"a123456789"].concat();
        expect.extend([&b"PK\x01\x02\x0A\x00"[..], &header, &[0; 14], b"a"].concat());
        expect.extend([&b"PK\x05\x06\0\0\0\0\x01\0\x01\0"[..], &[47, 0, 0, 0, 40, 0, 0, 0, 0, 0]].concat());
        assert_eq!(archive.finish(), expect);
    }
}
