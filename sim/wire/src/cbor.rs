//! The canonical form that CTAP asks of every message (CTAP 2.3 §8), checked before anything is decoded.

/// Where and why bytes are not canonical CTAP2 CBOR.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("byte {offset}: {why}")]
pub struct NotCanonical {
    /// Offset of the item at fault.
    pub offset: usize,
    /// What is wrong with it.
    pub why: &'static str,
}

/// Levels of nesting that CTAP allows (§8).
pub const DEPTH_MAX: usize = 4;

/// Checks that `bytes` are exactly one canonical item: shortest lengths, no indefinite lengths, sorted unique map
/// keys, valid UTF-8, no tags, at most [`DEPTH_MAX`] levels of nesting, nothing behind it.
///
/// # Errors
///
/// [`NotCanonical`] names the first offending item.
pub fn check_canonical(bytes: &[u8]) -> Result<(), NotCanonical> {
    match item_end(bytes, 0, 0)? {
        end if end == bytes.len() => Ok(()),
        offset => Err(NotCanonical { offset, why: "bytes follow the item" }),
    }
}

/// The bytes of the first item of `bytes`, checked as [`check_canonical`] does; what follows is not looked at.
///
/// # Errors
///
/// As [`check_canonical`].
pub fn first_item(bytes: &[u8]) -> Result<&[u8], NotCanonical> {
    Ok(&bytes[..item_end(bytes, 0, 0)?])
}

fn item_end(bytes: &[u8], start: usize, depth: usize) -> Result<usize, NotCanonical> {
    let fail = |why| Err(NotCanonical { offset: start, why });
    let (major, argument, after) = head(bytes, start)?;
    match major {
        0 | 1 => Ok(after),
        2 | 3 => {
            let end = usize::try_from(argument).ok().and_then(|length| after.checked_add(length));
            let Some(content) = end.and_then(|end| bytes.get(after..end)) else { return fail("a string is cut off") };
            if major == 3 && std::str::from_utf8(content).is_err() {
                return fail("a text is not UTF-8");
            }
            Ok(after + content.len())
        }
        4 | 5 if depth == DEPTH_MAX => fail("nested too deep"),
        4 => (0..argument).try_fold(after, |at, _| item_end(bytes, at, depth + 1)),
        5 => map_end(bytes, after, argument, depth + 1),
        6 => fail("a tag"),
        // A head of three bytes or more: a float, which is left as it is.
        _ if after > start + 2 => Ok(after),
        _ if matches!(argument, 20..=22) && after == start + 1 => Ok(after),
        _ => fail("undefined or an unassigned simple value"),
    }
}

fn map_end(bytes: &[u8], start: usize, pairs: u64, depth: usize) -> Result<usize, NotCanonical> {
    let mut at = start;
    let mut last: Option<&[u8]> = None;
    for _ in 0..pairs {
        let key_end = item_end(bytes, at, depth)?;
        let key = &bytes[at..key_end];
        if last.is_some_and(|last| order(last, key).is_ge()) {
            return Err(NotCanonical { offset: at, why: "a map key is repeated or out of order" });
        }
        last = Some(key);
        at = item_end(bytes, key_end, depth)?;
    }
    Ok(at)
}

/// CTAP2's order of keys: by major type, then by length, then by bytes.
fn order(a: &[u8], b: &[u8]) -> std::cmp::Ordering {
    (a[0] >> 5).cmp(&(b[0] >> 5)).then(a.len().cmp(&b.len())).then_with(|| a.cmp(b))
}

/// Major type, argument and the offset after the head.
fn head(bytes: &[u8], start: usize) -> Result<(u8, u64, usize), NotCanonical> {
    let fail = |why| Err(NotCanonical { offset: start, why });
    let Some(&initial) = bytes.get(start) else { return fail("an item is missing") };
    let (major, short) = (initial >> 5, initial & 0x1F);
    let width = match short {
        0..24 => return Ok((major, u64::from(short), start + 1)),
        24..=27 => 1usize << (short - 24),
        31 => return fail("an indefinite length"),
        _ => return fail("a reserved length"),
    };
    let Some(digits) = bytes.get(start + 1..start + 1 + width) else { return fail("a length is cut off") };
    let argument = digits.iter().fold(0u64, |value, &byte| value << 8 | u64::from(byte));
    let least = match width {
        1 => 24,
        2 => 1 << 8,
        4 => 1 << 16,
        _ => 1 << 32,
    };
    if argument < least && major != 7 {
        return fail("a number is not in its shortest form");
    }
    Ok((major, argument, start + 1 + width))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expect: Result<(), &'static str>) {
        assert_eq!(check_canonical(bytes).map_err(|error| error.why), expect, "{bytes:02x?}");
    }

    #[test]
    fn canonical_items_pass() {
        check(&[0xA2, 0x01, 0x02, 0x20, 0x03], Ok(()));
        check(&[0xA2, 0x62, b'i', b'd', 0x00, 0x64, b't', b'y', b'p', b'e', 0xF5], Ok(()));
        check(&[0x18, 0x18], Ok(()));
        check(&[0x81, 0x81, 0x81, 0x81, 0x00], Ok(()));
        check(&[0xF9, 0x00, 0x00], Ok(()));
        check(&[0xFB, 0, 0, 0, 0, 0, 0, 0, 0], Ok(()));
    }

    #[test]
    fn each_departure_is_named() {
        check(&[0xA2, 0x02, 0x00, 0x01, 0x00], Err("a map key is repeated or out of order"));
        check(&[0xA2, 0x01, 0x00, 0x01, 0x00], Err("a map key is repeated or out of order"));
        check(&[0xA2, 0x61, b'b', 0x00, 0x01, 0x00], Err("a map key is repeated or out of order"));
        check(&[0x18, 0x17], Err("a number is not in its shortest form"));
        check(&[0x9F, 0xFF], Err("an indefinite length"));
        check(&[0x00, 0x00], Err("bytes follow the item"));
        check(&[0x43, 0x00], Err("a string is cut off"));
        check(&[0x61, 0xFF], Err("a text is not UTF-8"));
        check(&[0xC0, 0x00], Err("a tag"));
        check(&[0xF9, 0x00], Err("a length is cut off"));
        check(&[0xF7], Err("undefined or an unassigned simple value"));
        check(&[0xF8, 0xFF], Err("undefined or an unassigned simple value"));
        check(&[0x81, 0x81, 0x81, 0x81, 0x81, 0x00], Err("nested too deep"));
        check(&[], Err("an item is missing"));
        check(&[0x1A, 0x00], Err("a length is cut off"));
        check(&[0x5B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], Err("a string is cut off"));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_do_harm(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
            let _ = check_canonical(&bytes);
        }
    }
}
