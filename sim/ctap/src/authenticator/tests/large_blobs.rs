//! authenticatorLargeBlobs (CTAP 2.3 §6.10).

use super::*;

const LBW: i64 = 0x10;
const INVALID_PARAMETER: &str = "CTAP1_ERR_INVALID_PARAMETER";
const INVALID_SEQ: &str = "CTAP1_ERR_INVALID_SEQ";

fn get(bytes: i64, offset: i64) -> Request {
    Request(0x0C, BTreeMap::new()).with(1, Value::Int(bytes)).with(3, Value::Int(offset))
}

/// A fragment; the first has the array's length.
fn set(fragment: &[u8], offset: usize, length: Option<usize>) -> Request {
    let int = |number: usize| Value::Int(i64::try_from(number).expect("a small number"));
    let request = Request(0x0C, BTreeMap::new()).with(2, Value::Bytes(fragment.to_vec())).with(3, int(offset));
    match length {
        Some(length) => request.with(4, int(length)),
        None => request,
    }
}

fn authorised(fragment: &[u8], offset: usize, length: Option<usize>, token: &[u8; 32]) -> Request {
    let at = u32::try_from(offset).expect("a small number").to_le_bytes();
    let message = [&[0xFF; 32], &[0x0C, 0][..], &at, &Sha256::digest(fragment)].concat();
    set(fragment, offset, length).with(5, param(Protocol::Two, token, &message)).with(6, Value::Int(2))
}

/// A serialized array: what is said to be one, and its digest.
fn array(bytes: usize) -> Vec<u8> {
    let blobs: Vec<u8> = (0..bytes - 16).map(|at| (at % 251) as u8).collect();
    let digest = Sha256::digest(&blobs);
    [&blobs, &digest[..16]].concat()
}

fn read(desk: &mut Desk) -> Vec<u8> {
    let mut array = Vec::new();
    loop {
        let (status, body) = desk.send(&get(960, i64::try_from(array.len()).expect("a small number")), &[]);
        assert_eq!(status, "CTAP2_OK");
        let fragment = Decoder::new(&members(&body)[&1]).bytes().expect("bytes").to_vec();
        array.extend_from_slice(&fragment);
        if fragment.len() < 960 {
            return array;
        }
    }
}

#[test]
fn a_key_without_large_blobs_does_not_know_the_command() {
    for profile in ["hypr-ios", "ctap-2.0"] {
        Desk::of(profile).check(&get(1, 0), &[], "CTAP1_ERR_INVALID_COMMAND");
    }
}

#[test]
fn the_first_array_is_empty_and_has_its_digest() {
    let mut desk = Desk::of("ctap-2.3");
    let initial = read(&mut desk);
    assert_eq!(initial, [&[0x80], &Sha256::digest([0x80])[..16]].concat());
}

#[test]
fn a_fragment_is_what_lies_from_its_offset_on() {
    let mut desk = Desk::of("ctap-2.3");
    let initial = read(&mut desk);
    for (bytes, offset, expect) in
        [(0, 0, &[][..]), (1, 0, &initial[..1]), (5, 3, &initial[3..8]), (99, 10, &initial[10..]), (9, 17, &[])]
    {
        let (status, body) = desk.send(&get(bytes, offset), &[]);
        assert_eq!(status, "CTAP2_OK");
        assert_eq!(members(&body), BTreeMap::from([(1, Value::Bytes(expect.to_vec()).to_cbor())]));
    }
    desk.check(&get(1, 18), &[], INVALID_PARAMETER);
}

#[test]
fn a_fragment_is_no_longer_than_a_message_less_its_frame() {
    let mut desk = Desk::of("ctap-2.1-pin");
    desk.check(&get(2048 - 64, 0), &[], "CTAP2_OK");
    desk.check(&get(2048 - 63, 0), &[], "CTAP1_ERR_INVALID_LENGTH");
    let long = vec![0; 2048 - 63];
    desk.check(&set(&long, 0, Some(1024)), &[], "CTAP1_ERR_INVALID_LENGTH");
}

#[test]
fn members_that_do_not_go_together_are_refused() {
    let mut desk = Desk::of("ctap-2.3");
    let array = array(40);
    desk.check(&get(1, 0).without(3), &[], INVALID_PARAMETER);
    desk.check(&get(1, 0).without(1), &[], INVALID_PARAMETER);
    desk.check(&get(1, 0).with(2, Value::Bytes(vec![1])), &[], INVALID_PARAMETER);
    desk.check(&get(1, 0).with(4, Value::Int(1)), &[], INVALID_PARAMETER);
    desk.check(&get(1, 0).with(5, Value::Bytes(vec![1; 32])), &[], INVALID_PARAMETER);
    desk.check(&get(1, 0).with(6, Value::Int(2)), &[], INVALID_PARAMETER);
    desk.check(&set(&array, 0, None), &[], INVALID_PARAMETER);
    desk.check(&set(&array, 0, Some(16)), &[], INVALID_PARAMETER);
    desk.check(&set(&array, 0, Some(39)), &[], INVALID_PARAMETER);
    desk.check(&set(&array[..20], 0, Some(40)), &[], "CTAP2_OK");
    desk.check(&set(&array[20..], 20, Some(40)), &[], INVALID_PARAMETER);
    desk.check(&get(1, 0).with(1, Value::Text("1")), &[], "CTAP2_ERR_CBOR_UNEXPECTED_TYPE");
}

#[test]
fn an_array_is_written_in_fragments_and_kept_without_power() {
    let mut desk = Desk::with_pin("ctap-2.3");
    let token = desk.pin_token(Protocol::Two, LBW, None);
    let array = array(2000);
    desk.events();
    desk.check(&authorised(&array[..900], 0, Some(2000), &token), &[], "CTAP2_OK");
    desk.check(&authorised(&array[900..1800], 900, None, &token), &[], "CTAP2_OK");
    assert_eq!(read(&mut desk).len(), 17, "it is not whole");
    desk.check(&authorised(&array[1800..], 1800, None, &token), &[], "CTAP2_OK");
    assert!(desk.events().contains(&"a large-blob array of 2000 bytes was written".to_owned()));
    desk.key.handle_power_cycle(desk.now);
    assert_eq!(read(&mut desk), array);
}

#[test]
fn an_array_with_another_digest_is_refused_and_the_old_one_stays() {
    let mut desk = Desk::of("ctap-2.3");
    let mut array = array(40);
    desk.check(&set(&array, 0, Some(40)), &[], "CTAP2_OK");
    let kept = array.clone();
    array[39] ^= 1;
    desk.check(&set(&array, 0, Some(40)), &[], "CTAP2_ERR_INTEGRITY_FAILURE");
    desk.check(&set(&array[..10], 0, Some(40)), &[], "CTAP2_OK");
    desk.check(&set(&array[10..], 10, None), &[], "CTAP2_ERR_INTEGRITY_FAILURE");
    desk.check(&set(&array[10..], 10, None), &[], INVALID_SEQ);
    assert_eq!(read(&mut desk), kept);
}

#[test]
fn an_array_that_does_not_fit_is_refused_before_it_is_sent() {
    let mut desk = Desk::of("ctap-2.1-pin");
    let full = array(1024);
    desk.check(&set(&full, 0, Some(1024)), &[], "CTAP2_OK");
    desk.check(&set(&full, 0, Some(1025)), &[], "CTAP2_ERR_LARGE_BLOB_STORAGE_FULL");
    assert_eq!(read(&mut desk), full);
}

#[test]
fn a_fragment_that_is_not_the_next_is_refused() {
    let mut desk = Desk::of("ctap-2.3");
    let array = array(40);
    desk.check(&set(&array[10..], 10, None), &[], INVALID_SEQ);
    desk.check(&set(&array[..10], 0, Some(40)), &[], "CTAP2_OK");
    desk.check(&set(&array[11..], 11, None), &[], INVALID_SEQ);
    desk.check(&set(&array[9..], 9, None), &[], INVALID_SEQ);
    desk.check(&set(&array[10..], 10, None), &[], "CTAP2_OK");
    // The array begins anew whenever a fragment has offset 0.
    desk.check(&set(&array[..10], 0, Some(40)), &[], "CTAP2_OK");
    desk.check(&set(&array[..20], 0, Some(40)), &[], "CTAP2_OK");
    desk.check(&set(&array[20..], 20, None), &[], "CTAP2_OK");
}

#[test]
fn another_command_a_pause_and_the_power_end_the_writing() {
    let mut desk = Desk::of("ctap-2.3");
    let array = array(40);
    let interruptions: [fn(&mut Desk); 3] =
        [|desk| drop(desk.send_bytes(&[4], &[])), |desk| desk.pass(31), |desk| desk.key.handle_power_cycle(desk.now)];
    for interrupt in interruptions {
        desk.check(&set(&array[..10], 0, Some(40)), &[], "CTAP2_OK");
        interrupt(&mut desk);
        desk.check(&set(&array[10..], 10, None), &[], INVALID_SEQ);
    }
    desk.check(&set(&array[..10], 0, Some(40)), &[], "CTAP2_OK");
    desk.pass(30);
    desk.check(&set(&array[10..], 10, None), &[], "CTAP2_OK");
}

#[test]
fn a_protected_key_takes_an_array_with_a_token_to_write_only() {
    let mut desk = Desk::with_pin("ctap-2.3");
    let array = array(40);
    let invalid = "CTAP2_ERR_PIN_AUTH_INVALID";
    let token = desk.pin_token(Protocol::Two, LBW, None);
    let whole = authorised(&array, 0, Some(40), &token);
    desk.check(&set(&array, 0, Some(40)), &[], "CTAP2_ERR_PUAT_REQUIRED");
    desk.check(&whole.clone().without(6), &[], "CTAP2_ERR_MISSING_PARAMETER");
    desk.check(&whole.clone().with(6, Value::Int(3)), &[], INVALID_PARAMETER);
    desk.check(&whole.clone().with(5, Value::Bytes(vec![0; 32])), &[], invalid);
    // The MAC covers the fragment and its place.
    desk.check(&whole.clone().with(2, Value::Bytes(array[..39].to_vec())), &[], invalid);
    desk.check(&authorised(&array[..8], 0, Some(40), &token), &[], "CTAP2_OK");
    let elsewhere = authorised(&array[8..], 0, None, &token).1[&5].clone();
    desk.check(&authorised(&array[8..], 8, None, &token).with(5, elsewhere), &[], invalid);
    desk.check(&authorised(&array[8..], 8, None, &token), &[], "CTAP2_OK");

    let other = desk.pin_token(Protocol::Two, 0x04, None);
    desk.check(&authorised(&array, 0, Some(40), &other), &[], invalid);
}

#[test]
fn the_permission_to_write_outlives_a_registration() {
    let mut desk = Desk::with_pin("ctap-2.3");
    let token = desk.pin_token(Protocol::Two, LBW | 0x01, Some(RP));
    desk.check(&make_credential().options(&[("rk", true)]).authorised(Protocol::Two, &token), &[Accept], "CTAP2_OK");
    desk.check(&authorised(&array(40), 0, Some(40), &token), &[], "CTAP2_OK");
}
