//! Reads the ZIP archives that a browser has saved (APPNOTE 6.3 §4.3): stored files only, as Control Center makes them.

use std::collections::BTreeMap;

const LOCAL_HEADER_BYTES: usize = 30;
const CENTRAL_HEADER_BYTES: usize = 46;
const END_BYTES: usize = 22;

/// The files by name.
///
/// # Errors
///
/// In words, when it is no such archive.
pub(crate) fn files(archive: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let damaged = || "the archive is damaged".to_owned();
    let end = archive.windows(4).rposition(|four| four == b"PK\x05\x06").ok_or("this is no ZIP archive")?;
    let end = archive.get(end..end + END_BYTES).ok_or_else(damaged)?;
    let mut directory = archive.get(number(end, 16, 4).ok_or_else(damaged)?..).ok_or_else(damaged)?;
    let mut files = BTreeMap::new();
    for _ in 0..number(end, 10, 2).ok_or_else(damaged)? {
        let (name, content, length) = entry(archive, directory).ok_or_else(damaged)?;
        files.insert(name, content);
        directory = &directory[length..];
    }
    Ok(files)
}

/// The first file of the directory, and how long its entry is.
fn entry(archive: &[u8], directory: &[u8]) -> Option<(String, Vec<u8>, usize)> {
    let is_stored = directory.starts_with(b"PK\x01\x02") && number(directory, 10, 2)? == 0;
    let header = directory.get(..CENTRAL_HEADER_BYTES).filter(|_| is_stored)?;
    let (size, name_length) = (number(header, 24, 4)?, number(header, 28, 2)?);
    let length = CENTRAL_HEADER_BYTES + name_length + number(header, 30, 2)? + number(header, 32, 2)?;
    let name = directory.get(CENTRAL_HEADER_BYTES..CENTRAL_HEADER_BYTES + name_length)?;
    let local = archive.get(number(header, 42, 4)?..)?;
    let content = LOCAL_HEADER_BYTES + number(local, 26, 2)? + number(local, 28, 2)?;
    let content = local.get(content..content.checked_add(size)?)?;
    directory.get(length..)?;
    Some((String::from_utf8_lossy(name).into_owned(), content.to_vec(), length))
}

/// A number of `bytes` bytes, the lowest first.
fn number(from: &[u8], at: usize, bytes: usize) -> Option<usize> {
    let bytes = from.get(at..at + bytes)?;
    Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_archive_is_refused_and_no_byte_of_a_damaged_one_panics() {
        assert_eq!(files(b"hypr.json").unwrap_err(), "this is no ZIP archive");
        let archive = b"PK\x03\x04\x0a\0\0\0\0\0\0\0\0\0\0\0\0\0\x02\0\0\0\x02\0\0\0\x01\0\0\0ahiPK\x01\x02\x0a\0\x0a\0\0\0\0\0\0\0\0\0\0\0\0\0\x02\0\0\0\x02\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0aPK\x05\x06\0\0\0\0\x01\0\x01\0\x2f\0\0\0\x21\0\0\0\0\0";
        assert_eq!(files(archive).unwrap(), BTreeMap::from([("a".to_owned(), b"hi".to_vec())]));
        for at in 0..archive.len() {
            let mut damaged = archive.to_vec();
            damaged[at] ^= 0xFF;
            let _ = files(&damaged);
            let _ = files(&archive[..at]);
        }
    }
}
