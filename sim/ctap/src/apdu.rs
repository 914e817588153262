//! Command APDUs and status words (ISO/IEC 7816-4 §5), as U2F messages and NFC have them.

use std::fmt;

/// A command APDU, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Apdu<'a> {
    pub(crate) header: Header,
    pub(crate) data: &'a [u8],
    /// The most bytes that the host takes at once (Ne); none when it has not said.
    pub(crate) expected: Option<usize>,
    pub(crate) encoding: Encoding,
}

/// The four bytes that every command has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) class: u8,
    pub(crate) instruction: u8,
    pub(crate) p1: u8,
    pub(crate) p2: u8,
}

/// How a command gives its lengths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// In one byte.
    Short,
    /// In two, behind a zero.
    Extended,
}

/// The last two bytes of every answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct StatusWord(pub u16);

impl<'a> Apdu<'a> {
    /// # Errors
    ///
    /// `SW_WRONG_LENGTH`: it is shorter than its header, or its lengths are not those of its bytes.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, StatusWord> {
        let (&[class, instruction, p1, p2], body) = bytes.split_first_chunk().ok_or(StatusWord::WRONG_LENGTH)?;
        let header = Header { class, instruction, p1, p2 };
        let (data, expected, encoding) = body_of(body).ok_or(StatusWord::WRONG_LENGTH)?;
        Ok(Self { header, data, expected, encoding })
    }
}

/// The data and Le of what follows the header. An extended Lc of zero before an Le is none of ISO's cases; U2F hosts
/// send it for U2F_VERSION (U2F raw messages v1.2 §3.1.3).
fn body_of(body: &[u8]) -> Option<(&[u8], Option<usize>, Encoding)> {
    match *body {
        [] => Some((&[], None, Encoding::Short)),
        [le] => Some((&[], Some(ne(le.into(), SHORT_MAX)), Encoding::Short)),
        [0, high, low] => Some((&[], Some(ne(u16::from_be_bytes([high, low]), EXTENDED_MAX)), Encoding::Extended)),
        [0, high, low, ref rest @ ..] => {
            let (data, le) = rest.split_at_checked(u16::from_be_bytes([high, low]).into())?;
            match *le {
                [] => Some((data, None, Encoding::Extended)),
                [high, low] => {
                    Some((data, Some(ne(u16::from_be_bytes([high, low]), EXTENDED_MAX)), Encoding::Extended))
                }
                _ => None,
            }
        }
        [lc, ref rest @ ..] => {
            let (data, le) = rest.split_at_checked(lc.into()).filter(|_| lc != 0)?;
            match *le {
                [] => Some((data, None, Encoding::Short)),
                [le] => Some((data, Some(ne(le.into(), SHORT_MAX)), Encoding::Short)),
                _ => None,
            }
        }
    }
}

/// Zero stands for the most that the encoding can say.
fn ne(le: u16, most: usize) -> usize {
    if le == 0 { most } else { le.into() }
}

macro_rules! status_words {
    ($($name:ident = $word:literal;)*) => {
        impl StatusWord {
            $(#[doc = concat!("`SW_", stringify!($name), "`, ", stringify!($word), ".")] pub const $name: Self = Self($word);)*

            /// The specification's name, if it has given the word one.
            #[must_use]
            pub const fn name(self) -> Option<&'static str> {
                match self.0 { $($word => Some(concat!("SW_", stringify!($name))),)* _ => None }
            }
        }
    };
}

status_words! {
    NO_ERROR = 0x9000;
    STATUS_UPDATE = 0x9100;
    BYTES_REMAINING = 0x6100;
    LAST_COMMAND_EXPECTED = 0x6883;
    WRONG_LENGTH = 0x6700;
    CONDITIONS_NOT_SATISFIED = 0x6985;
    COMMAND_NOT_ALLOWED = 0x6986;
    WRONG_DATA = 0x6A80;
    FILE_NOT_FOUND = 0x6A82;
    INCORRECT_P1P2 = 0x6A86;
    INS_NOT_SUPPORTED = 0x6D00;
    CLA_NOT_SUPPORTED = 0x6E00;
}

impl StatusWord {
    /// With a number in its last byte, in which zero stands for 256 and more.
    pub(crate) fn with_low(self, number: usize) -> Self {
        Self(self.0 | u16::from(u8::try_from(number).unwrap_or(0)))
    }

    /// The answer of `data` and this word.
    pub(crate) fn after(self, data: &[u8]) -> Vec<u8> {
        [data, &self.0.to_be_bytes()].concat()
    }
}

impl fmt::Display for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{name} (0x{:04X})", self.0),
            None => write!(f, "status word 0x{:04X}", self.0),
        }
    }
}

impl fmt::Debug for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What one byte of length can ask for.
pub(crate) const SHORT_MAX: usize = 256;
/// What two bytes can.
const EXTENDED_MAX: usize = 65_536;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Encoding::{Extended, Short};
    use super::*;

    const HEADER: [u8; 4] = [0x00, 0x02, 0x03, 0x00];

    fn check(body: &[u8], expect: Option<(&[u8], Option<usize>, Encoding)>) {
        let bytes = [&HEADER, body].concat();
        let parsed = Apdu::parse(&bytes);
        let found = parsed.map(|apdu| (apdu.data, apdu.expected, apdu.encoding));
        assert_eq!(found, expect.ok_or(StatusWord::WRONG_LENGTH), "{body:02X?}");
    }

    #[test]
    fn lengths_are_of_one_byte_or_of_two_behind_a_zero() {
        check(&[], Some((&[], None, Short)));
        check(&[0], Some((&[], Some(256), Short)));
        check(&[6], Some((&[], Some(6), Short)));
        check(&[2, 0xA, 0xB], Some((&[0xA, 0xB], None, Short)));
        check(&[2, 0xA, 0xB, 0], Some((&[0xA, 0xB], Some(256), Short)));
        check(&[0, 0, 0], Some((&[], Some(65_536), Extended)));
        check(&[0, 1, 0], Some((&[], Some(256), Extended)));
        check(&[0, 0, 2, 0xA, 0xB], Some((&[0xA, 0xB], None, Extended)));
        check(&[0, 0, 2, 0xA, 0xB, 1, 2], Some((&[0xA, 0xB], Some(258), Extended)));
        check(&[0, 0, 0, 0, 0], Some((&[], Some(65_536), Extended)));
    }

    #[test]
    fn lengths_that_are_not_those_of_the_bytes_are_refused() {
        check(&[0, 0], None);
        check(&[3, 0xA, 0xB], None);
        check(&[1, 0xA, 0, 0], None);
        check(&[0, 0, 3, 0xA, 0xB], None);
        check(&[0, 0, 1, 0xA, 0], None);
        check(&[0, 0, 1, 0xA, 0, 0, 0], None);
        assert_eq!(Apdu::parse(&HEADER[..3]), Err(StatusWord::WRONG_LENGTH));
        assert_eq!(Apdu::parse(&[]), Err(StatusWord::WRONG_LENGTH));
    }

    #[test]
    fn words_tell_their_names() {
        assert_eq!(StatusWord::CONDITIONS_NOT_SATISFIED.to_string(), "SW_CONDITIONS_NOT_SATISFIED (0x6985)");
        assert_eq!(StatusWord(0x6123).to_string(), "status word 0x6123");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            if let Ok(apdu) = Apdu::parse(&bytes) {
                prop_assert!(apdu.data.len() + 4 <= bytes.len());
            }
        }
    }
}
