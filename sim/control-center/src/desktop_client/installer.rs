//! An empty Windows Installer database: a compound file ([MS-CFB] §2) whose root is of the class of MSI.
//!
//! It installs nothing on a real machine. HYPR's own installer cannot be given away; what a simulated workstation needs
//! is the file's name, its kind and the `hypr.json` beside it, a convention of the lab.

const SIGNATURE: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
/// `{000C1084-0000-0000-C000-000000000046}`, the class of an installer database.
const INSTALLER_CLASS: [u8; 16] = [0x84, 0x10, 0x0C, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46];
const SECTOR_BYTES: usize = 512;
const ENTRY_BYTES: usize = 128;
const FAT_SECTOR: u32 = 0xFFFF_FFFD;
const END_OF_CHAIN: u32 = 0xFFFF_FFFE;

/// Header, allocation table and directory, a sector each.
pub(super) fn empty_database() -> Vec<u8> {
    [header(), allocation_table(), directory()].concat()
}

fn header() -> Vec<u8> {
    let mut header = SIGNATURE.to_vec();
    header.extend([0; 16]);
    // Minor and major version, byte order, sector and mini sector size as powers of two.
    for number in [0x3E_u16, 3, 0xFFFE, 9, 6] {
        header.extend(number.to_le_bytes());
    }
    header.extend([0; 6]);
    // Directory sectors (0 in version 3), FAT sectors, first directory sector, transaction, mini stream cutoff,
    // first mini FAT sector and their number, first DIFAT sector and their number.
    for number in [0, 1, 1, 0, 4096, END_OF_CHAIN, 0, END_OF_CHAIN, 0] {
        header.extend(u32::to_le_bytes(number));
    }
    header.extend(0_u32.to_le_bytes());
    header.resize(SECTOR_BYTES, 0xFF);
    header
}

fn allocation_table() -> Vec<u8> {
    let mut table: Vec<u8> = [FAT_SECTOR, END_OF_CHAIN].into_iter().flat_map(u32::to_le_bytes).collect();
    table.resize(SECTOR_BYTES, 0xFF);
    table
}

fn directory() -> Vec<u8> {
    let unused = [&[0; 68][..], &nobody(), &[0; 48]].concat();
    let directory = [root(), unused.clone(), unused.clone(), unused].concat();
    debug_assert_eq!(directory.len(), SECTOR_BYTES, "four entries fill a sector");
    directory
}

fn root() -> Vec<u8> {
    let mut root: Vec<u8> = "Root Entry".encode_utf16().flat_map(u16::to_le_bytes).collect();
    root.resize(64, 0);
    // The name's length in bytes with its end, root storage, black.
    root.extend([22, 0, 5, 1]);
    root.extend(nobody());
    root.extend(INSTALLER_CLASS);
    // State and both times.
    root.extend([0; 20]);
    root.extend(END_OF_CHAIN.to_le_bytes());
    root.resize(ENTRY_BYTES, 0);
    root
}

/// No left sibling, no right one, no child.
fn nobody() -> [u8; 12] {
    [0xFF; 12]
}

#[cfg(test)]
mod tests {
    use super::*;

    const FREE: u32 = 0xFFFF_FFFF;

    #[test]
    fn the_file_is_a_compound_file_of_the_installers_class() {
        let file = empty_database();
        assert_eq!((file.len(), &file[..8]), (3 * SECTOR_BYTES, &SIGNATURE[..]));
        let number = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap());
        let first_directory_sector = number(48) as usize;
        let root = (first_directory_sector + 1) * SECTOR_BYTES;
        assert_eq!(&file[root + 80..root + 96], INSTALLER_CLASS);
        assert_eq!(
            (number(SECTOR_BYTES), number(SECTOR_BYTES + 4), number(SECTOR_BYTES + 8)),
            (FAT_SECTOR, END_OF_CHAIN, FREE)
        );
    }
}
