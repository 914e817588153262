//! USB/IP as a client sees it: bytes in, bytes out. The shapes are those of the kernel's protocol document.

use proptest::prelude::*;

use super::*;
use crate::identity::REPORT_DESCRIPTOR;

const DEVLIST: [u8; 8] = [0x01, 0x11, 0x80, 0x05, 0, 0, 0, 0];

fn import(bus_id: &str) -> Vec<u8> {
    let mut bytes = [&[0x01, 0x11, 0x80, 0x03, 0, 0, 0, 0], bus_id.as_bytes()].concat();
    bytes.resize(40, 0);
    bytes
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

fn submit(sequence: u32, direction: u32, endpoint: u32, length: u32, setup: [u8; 8], data: &[u8]) -> Vec<u8> {
    // Flags, length, start frame, packets, interval.
    let head = words(&[1, sequence, 0x0001_0001, direction, endpoint, 0x200, length, 0, 0xFFFF_FFFF, 4]);
    [head.as_slice(), &setup, data].concat()
}

fn read(sequence: u32) -> Vec<u8> {
    submit(sequence, 1, 1, 64, [0; 8], &[])
}

fn write(sequence: u32, data: &[u8]) -> Vec<u8> {
    submit(sequence, 0, 1, data.len() as u32, [0; 8], data)
}

fn get(sequence: u32, setup: [u8; 8]) -> Vec<u8> {
    let length = u16::from_le_bytes([setup[6], setup[7]]);
    submit(sequence, 1, 0, length.into(), setup, &[])
}

fn unlink(sequence: u32, wanted: u32) -> Vec<u8> {
    let mut bytes = words(&[2, sequence, 0x0001_0001, 0, 0, wanted]);
    bytes.resize(48, 0);
    bytes
}

/// `USBIP_RET_SUBMIT`.
fn answer(sequence: u32, status: i32, length: u32, data: &[u8]) -> Vec<u8> {
    let head = words(&[3, sequence, 0, 0, 0, status as u32, length, 0, 0xFFFF_FFFF, 0, 0, 0]);
    [head.as_slice(), data].concat()
}

/// `USBIP_RET_UNLINK`.
fn unlinked(sequence: u32, status: i32) -> Vec<u8> {
    let mut bytes = words(&[4, sequence, 0, 0, 0, status as u32]);
    bytes.resize(48, 0);
    bytes
}

fn imported() -> Connection {
    let mut connection = Connection::new(&Identity::LAB);
    connection.handle_bytes(Export::Free, &import("1-1")).expect("an import");
    assert!(connection.is_attached());
    assert_eq!(connection.poll_bytes().map(|bytes| bytes.len()), Some(8 + 312));
    connection
}

/// Asserts what a client that has imported the key is answered.
fn check(connection: &mut Connection, bytes: &[u8], expect: &[u8]) {
    connection.handle_bytes(Export::Taken, bytes).expect("USB/IP");
    assert_eq!(connection.poll_bytes().unwrap_or_default(), expect);
}

/// Asserts what a control transfer to a key is answered.
fn check_control(setup: [u8; 8], expect: Result<&[u8], i32>) {
    let expect = match expect {
        Ok(data) => answer(5, 0, data.len() as u32, data),
        Err(status) => answer(5, status, 0, &[]),
    };
    check(&mut imported(), &get(5, setup), &expect);
}

#[test]
fn the_list_names_the_key_while_it_is_free() {
    let mut connection = Connection::new(&Identity::LAB);
    connection.handle_bytes(Export::Free, &DEVLIST).expect("a list");
    let list = connection.poll_bytes().expect("an answer");
    let text = |range: std::ops::Range<usize>| String::from_utf8_lossy(&list[range]).trim_end_matches('\0').to_owned();
    assert_eq!(list[..12], [0x01, 0x11, 0, 5, 0, 0, 0, 0, 0, 0, 0, 1]);
    assert_eq!(text(12..0x10C), "/sys/devices/passkey-lab/usb1/1-1");
    assert_eq!(text(0x10C..0x12C), "1-1");
    assert_eq!(list[0x12C..0x138], words(&[1, 1, 2]), "bus 1, device 1, full speed");
    assert_eq!(list[0x138..0x13E], [0x12, 0x09, 0, 1, 1, 0]);
    assert_eq!(list[0x13E..], [0, 0, 0, 1, 1, 1, 3, 0, 0, 0], "one HID interface");
    for export in [Export::Taken, Export::Absent] {
        connection.handle_bytes(export, &DEVLIST).expect("a list");
        assert_eq!(connection.poll_bytes(), Some(vec![0x01, 0x11, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0]));
    }
}

#[test]
fn the_key_is_imported_by_its_name_and_by_one_client_only() {
    let check = |export: Export, bus_id: &str, status: u8| {
        let mut connection = Connection::new(&Identity::LAB);
        connection.handle_bytes(export, &import(bus_id)).expect("an import");
        let answer = connection.poll_bytes().expect("an answer");
        assert_eq!(answer[..8], [0x01, 0x11, 0, 3, 0, 0, 0, status]);
        assert_eq!((connection.is_attached(), answer.len()), if status == 0 { (true, 320) } else { (false, 8) });
    };
    check(Export::Free, "1-1", 0);
    check(Export::Free, "1-2", 4);
    check(Export::Free, "1-11", 4);
    check(Export::Taken, "1-1", 2);
    check(Export::Absent, "1-1", 4);
}

#[test]
fn descriptors_are_those_of_a_fido_key() {
    let product: Vec<u8> = "HYPR Enterprise Passkey (passkey-lab)".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let string = |text: &[u8]| [&[text.len() as u8 + 2, 3], text].concat();
    let device = [18, 1, 0, 2, 0, 0, 0, 64, 0x09, 0x12, 1, 0, 0, 1, 1, 2, 3, 1];
    check_control([0x80, 6, 0, 1, 0, 0, 64, 0], Ok(&device));
    check_control([0x80, 6, 0, 1, 0, 0, 8, 0], Ok(&device[..8]));
    let configuration = [
        [9, 2, 41, 0, 1, 1, 0, 0x80, 50].as_slice(),
        &[9, 4, 0, 0, 2, 3, 0, 0, 0],
        &[9, 0x21, 0x11, 1, 0, 1, 0x22, 34, 0],
        &[7, 5, 0x81, 3, 64, 0, 5, 7, 5, 0x01, 3, 64, 0, 5],
    ]
    .concat();
    check_control([0x80, 6, 0, 2, 0, 0, 0xFF, 0], Ok(&configuration));
    check_control([0x80, 6, 0, 2, 0, 0, 9, 0], Ok(&configuration[..9]));
    check_control([0x80, 6, 0, 3, 0, 0, 0xFF, 0], Ok(&[4, 3, 9, 4]));
    check_control([0x80, 6, 1, 3, 9, 4, 0xFF, 0], Ok(&string(b"H\0Y\0P\0R\0")));
    check_control([0x80, 6, 2, 3, 9, 4, 0xFF, 0], Ok(&string(&product)));
    check_control([0x81, 6, 0, 0x22, 0, 0, 34, 0], Ok(&REPORT_DESCRIPTOR));
    check_control([0x81, 6, 0, 0x21, 0, 0, 9, 0], Ok(&configuration[18..27]));
    for (kind, index) in [(3, 4), (3, 0xEE), (6, 0), (0x0F, 0)] {
        check_control([0x80, 6, index, kind, 0, 0, 0xFF, 0], Err(-32));
    }
}

#[test]
fn the_usual_requests_succeed_and_any_other_is_stalled() {
    check_control([0x80, 0, 0, 0, 0, 0, 2, 0], Ok(&[0, 0]));
    check_control([0x82, 0, 0, 0, 0x81, 0, 2, 0], Ok(&[0, 0]));
    check_control([0x81, 10, 0, 0, 0, 0, 1, 0], Ok(&[0]));
    check_control([0xA1, 2, 0, 0, 0, 0, 1, 0], Ok(&[0]));
    check_control([0xA1, 1, 0, 1, 0, 0, 64, 0], Err(-32));
    check_control([0xC0, 0x77, 1, 2, 3, 4, 5, 0], Err(-32));
    let mut connection = imported();
    let mut done = |setup: [u8; 8], status: i32| {
        check(&mut connection, &submit(6, 0, 0, 0, setup, &[]), &answer(6, status, 0, &[]));
    };
    done([0x00, 9, 1, 0, 0, 0, 0, 0], 0);
    done([0x00, 9, 2, 0, 0, 0, 0, 0], -32);
    done([0x21, 10, 0, 0, 0, 0, 0, 0], 0);
    done([0x01, 11, 0, 0, 0, 0, 0, 0], 0);
    done([0x01, 11, 1, 0, 0, 0, 0, 0], -32);
    done([0x02, 1, 0, 0, 0x81, 0, 0, 0], 0);
    done([0x40, 1, 0, 0, 0, 0, 0, 0], -32);
    done([0x80, 6, 0, 1, 0, 0, 18, 0], -32);
    check(&mut connection, &get(7, [0x80, 8, 0, 0, 0, 0, 1, 0]), &answer(7, 0, 1, &[1]));
}

#[test]
fn an_interrupt_transfer_waits_until_there_is_a_report() {
    let mut connection = imported();
    check(&mut connection, &[read(20), read(21)].concat(), &[]);
    connection.handle_report(&[0xA5; 64]);
    assert_eq!(connection.poll_bytes(), Some(answer(20, 0, 64, &[0xA5; 64])));
    connection.handle_report(&[1; 64]);
    connection.handle_report(&[2; 64]);
    assert_eq!(connection.poll_bytes(), Some(answer(21, 0, 64, &[1; 64])));
    check(&mut connection, &read(22), &answer(22, 0, 64, &[2; 64]));
}

/// What the kernel's protocol document shows as captured from a wire: a security key is asked for a channel.
#[test]
fn a_captured_conversation_is_understood() {
    let padded = |mut bytes: Vec<u8>, length: usize| {
        bytes.resize(length, 0);
        bytes
    };
    let command_in = words(&[1, 0xD05, 0x0001_000F, 1, 1, 0x200, 0x40, 0xFFFF_FFFF, 0, 4, 0, 0]);
    let command_out = words(&[1, 0xD06, 0x0001_000F, 0, 1, 0, 0x40, 0xFFFF_FFFF, 0, 4, 0, 0]);
    let question = padded(words(&[0xFFFF_FFFF, 0x8600_08A7, 0x84CE_5AE2, 0x1237_6300]), 64);
    let reply = words(&[0xFFFF_FFFF, 0x8600_11A7, 0x84CE_5AE2, 0x1237_6361, 0x2891_B102, 0x0100_0004]);
    let reply: Report = padded(reply, 64).try_into().expect("a report");
    let mut connection = imported();
    check(&mut connection, &[command_in, command_out, question.clone()].concat(), &answer(0xD06, 0, 0x40, &[]));
    assert_eq!(connection.poll_report().map(Vec::from), Some(question));
    connection.handle_report(&reply);
    assert_eq!(connection.poll_bytes(), Some(answer(0xD05, 0, 0x40, &reply)));
}

#[test]
fn a_host_that_does_not_read_loses_the_oldest_reports() {
    let mut connection = imported();
    (0..300u32).for_each(|number| connection.handle_report(&[number as u8; 64]));
    check(&mut connection, &read(1), &answer(1, 0, 64, &[44; 64]));
}

#[test]
fn what_the_host_writes_is_a_report() {
    let mut connection = imported();
    check(&mut connection, &write(30, &[7; 64]), &answer(30, 0, 64, &[]));
    let set_report = [0x21, 9, 0, 2, 0, 0, 64, 0];
    check(&mut connection, &submit(31, 0, 0, 64, set_report, &[8; 64]), &answer(31, 0, 64, &[]));
    check(&mut connection, &write(32, &[9; 63]), &answer(32, -32, 0, &[]));
    check(&mut connection, &submit(33, 0, 2, 64, [0; 8], &[9; 64]), &answer(33, -32, 0, &[]));
    let reports: Vec<Report> = std::iter::from_fn(|| connection.poll_report()).collect();
    assert_eq!(reports, [[7; 64], [8; 64]]);
}

#[test]
fn an_unlinked_transfer_is_never_answered() {
    let mut connection = imported();
    check(&mut connection, &[read(40), read(41)].concat(), &[]);
    check(&mut connection, &unlink(42, 40), &unlinked(42, -104));
    check(&mut connection, &unlink(43, 40), &unlinked(43, 0));
    connection.handle_report(&[3; 64]);
    assert_eq!(connection.poll_bytes(), Some(answer(41, 0, 64, &[3; 64])));
    check(&mut connection, &unlink(44, 41), &unlinked(44, 0));
}

#[test]
fn a_peer_that_does_not_speak_usbip_is_cut_off() {
    let check = |bytes: &[u8], expect: Broken| {
        assert_eq!(Connection::new(&Identity::LAB).handle_bytes(Export::Free, bytes), Err(expect));
    };
    check(b"GET / HTTP/1.1\r\n", Broken::Version(0x4745));
    check(&[0x01, 0x11, 0x80, 0x09, 0, 0, 0, 0], Broken::Operation(0x8009));
    let check = |bytes: &[u8], expect: Broken| {
        assert_eq!(imported().handle_bytes(Export::Taken, bytes), Err(expect));
    };
    check(&[9; 48], Broken::Command(0x0909_0909));
    check(&submit(1, 0, 1, 0x1_0000, [0; 8], &[]), Broken::TooLong(0x1_0000));
    let mut isochronous = read(1);
    isochronous[32..36].copy_from_slice(&3u32.to_be_bytes());
    check(&isochronous, Broken::Isochronous);
    let many: Vec<u8> = (0..=PENDING_MAX as u32).flat_map(read).collect();
    check(&many, Broken::TooMany);
}

#[test]
fn a_conversation_is_the_same_however_it_was_split() {
    let said = [
        DEVLIST.to_vec(),
        import("1-1"),
        get(1, [0x80, 6, 0, 1, 0, 0, 64, 0]),
        read(2),
        write(3, &[7; 64]),
        unlink(4, 2),
        unlink(5, 2),
    ]
    .concat();
    let whole = talk(&[&said]);
    for at in 0..said.len() {
        let (head, tail) = said.split_at(at);
        assert_eq!(talk(&[head, tail]), whole, "split at {at}");
    }
    let bytes: Vec<&[u8]> = said.chunks(1).collect();
    assert_eq!(talk(&bytes), whole);
}

fn talk(pieces: &[&[u8]]) -> (Vec<u8>, Vec<Report>) {
    let mut connection = Connection::new(&Identity::LAB);
    pieces.iter().for_each(|piece| connection.handle_bytes(Export::Free, piece).expect("USB/IP"));
    (connection.poll_bytes().unwrap_or_default(), std::iter::from_fn(|| connection.poll_report()).collect())
}

proptest! {
    #[test]
    fn no_bytes_do_harm(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Connection::new(&Identity::LAB).handle_bytes(Export::Free, &bytes);
        let _ = imported().handle_bytes(Export::Taken, &bytes);
    }

    #[test]
    fn no_control_request_does_harm(setup: [u8; 8], direction in 0u32..3, data in proptest::collection::vec(any::<u8>(), 0..80)) {
        let mut connection = imported();
        let data = if direction == 1 { &[] } else { data.as_slice() };
        let length = if direction == 1 { 512 } else { data.len() as u32 };
        connection.handle_bytes(Export::Taken, &submit(9, direction, 0, length, setup, data)).expect("USB/IP");
        let answered = connection.poll_bytes().expect("an answer");
        prop_assert_eq!(answered[..8].to_vec(), words(&[3, 9]));
    }
}
