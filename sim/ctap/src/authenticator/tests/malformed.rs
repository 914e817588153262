//! Bytes that are no request (CTAP 2.3 §6, §8).

use proptest::prelude::*;

use super::*;

#[test]
fn a_command_that_is_not_there_is_invalid() {
    let mut desk = Desk::new();
    for command in [0x00, 0x03, 0x05, 0x07, 0x09, 0x0A, 0x0C, 0x0D, 0x40, 0xFF] {
        assert_eq!(desk.send_bytes(&[command, 0xA0], &[]).0, "CTAP1_ERR_INVALID_COMMAND", "{command:#04x}");
    }
    assert_eq!(desk.send_bytes(&[], &[]).0, "CTAP1_ERR_INVALID_LENGTH");
}

#[test]
fn cbor_that_is_not_canonical_is_invalid_cbor() {
    let mut desk = Desk::new();
    let good = make_credential().bytes();
    let trailing = [good.clone(), vec![0]].concat();
    let truncated = good[..good.len() - 1].to_vec();
    let out_of_order = vec![2, 0xA2, 0x02, 0x40, 0x01, 0x61, b'a'];
    for bytes in [trailing, truncated, out_of_order, vec![1], vec![2, 0xBF, 0xFF]] {
        assert_eq!(desk.send_bytes(&bytes, &[]).0, "CTAP2_ERR_INVALID_CBOR");
    }
}

#[test]
fn wrong_types_are_unexpected_and_missing_members_missing() {
    let mut desk = Desk::new();
    for member in 1..=10 {
        let wrong = make_credential().with(member, Value::Null);
        desk.check(&wrong, &[], "CTAP2_ERR_CBOR_UNEXPECTED_TYPE");
    }
    for member in 1..=4 {
        desk.check(&make_credential().without(member), &[], "CTAP2_ERR_MISSING_PARAMETER");
    }
    for member in 1..=7 {
        let wrong = get_assertion().with(member, Value::Null);
        desk.check(&wrong, &[], "CTAP2_ERR_CBOR_UNEXPECTED_TYPE");
    }
    for member in 1..=2 {
        desk.check(&get_assertion().without(member), &[], "CTAP2_ERR_MISSING_PARAMETER");
    }
    let nested = make_credential().with(3, text_map(&[("id", Value::Text("not bytes"))]));
    desk.check(&nested, &[], "CTAP2_ERR_CBOR_UNEXPECTED_TYPE");
    let superseded = make_credential().with(2, text_map(&[("id", Value::Text(RP)), ("icon", Value::Int(5))]));
    desk.check(&superseded, &[], "CTAP2_ERR_CBOR_UNEXPECTED_TYPE");
    let not_a_map = [vec![1], Value::Int(1).to_cbor()].concat();
    assert_eq!(desk.send_bytes(&not_a_map, &[]).0, "CTAP2_ERR_CBOR_UNEXPECTED_TYPE");
}

#[test]
fn unknown_members_are_ignored_at_every_level() {
    let mut desk = Desk::new();
    let user = text_map(&[
        ("id", Value::Bytes(vec![1])),
        ("icon", Value::Text("https://example.com/icon.png")),
        ("name", Value::Text("carol")),
        ("displayName", Value::Text("Carol")),
    ]);
    let request = make_credential().with(3, user).with(12, Value::Null).with(300, Value::List(vec![]));
    desk.check(&request, &[Accept, Verified], "CTAP2_OK");
    let held = desk.key.credentials().next().expect("a credential");
    assert_eq!(held.user_display_name.as_deref(), Some("Carol"));
}

#[test]
fn lengths_and_counts_have_limits() {
    let mut desk = Desk::new();
    desk.check(&make_credential().with(1, Value::Bytes(vec![0; 5])), &[], "CTAP1_ERR_INVALID_LENGTH");
    let user = |bytes: usize| make_credential().with(3, text_map(&[("id", Value::Bytes(vec![1; bytes]))]));
    desk.check(&user(0), &[], "CTAP1_ERR_INVALID_LENGTH");
    desk.check(&user(65), &[], "CTAP1_ERR_INVALID_LENGTH");
    let ids: Vec<&[u8]> = vec![&[1; 32]; 11];
    desk.check(&make_credential().list(&ids), &[], "CTAP2_ERR_LIMIT_EXCEEDED");
    desk.check(&get_assertion().list(&ids), &[], "CTAP2_ERR_LIMIT_EXCEEDED");
    desk.check(&get_assertion().list(&ids[..10]), &[Accept, Verified], "CTAP2_ERR_NO_CREDENTIALS");
    assert_eq!(desk.send_bytes(&vec![1; 7610], &[]).0, "CTAP2_ERR_REQUEST_TOO_LARGE");
}

#[test]
fn a_long_id_in_a_list_matches_nothing() {
    let mut desk = Desk::new();
    desk.register("carol@highlandsbank.com");
    desk.check(&get_assertion().options(&[]).list(&[&[1; 1000]]), &[], "CTAP2_ERR_NO_CREDENTIALS");
}

fn update_user_information() -> Request {
    let params =
        [(2, descriptor(&[1; 32])), (3, text_map(&[("id", Value::Bytes(vec![1])), ("name", Value::Text("c"))]))];
    Request(0x0A, BTreeMap::new())
        .with(1, Value::Int(7))
        .with(2, Value::Map(params.map(|(key, value)| (Value::Int(key), value)).to_vec()))
        .with(3, Value::Int(2))
        .with(4, Value::Bytes(vec![0; 32]))
}

fn set_large_blobs() -> Request {
    Request(0x0C, BTreeMap::new())
        .with(2, Value::Bytes(vec![0x80; 17]))
        .with(3, Value::Int(0))
        .with(4, Value::Int(17))
        .with(5, Value::Bytes(vec![0; 32]))
        .with(6, Value::Int(2))
}

/// A request with one byte changed, cut short or lengthened: near enough to a good one to get past the first checks.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let good = prop_oneof![
        Just(make_credential().bytes()),
        Just(get_assertion().bytes()),
        Just(client_pin(6).bytes()),
        Just(update_user_information().bytes()),
        Just(set_large_blobs().bytes()),
        Just(vec![0x07]),
    ];
    (good, any::<prop::sample::Index>(), any::<u8>(), 0..3usize).prop_map(|(mut bytes, at, byte, how)| {
        let at = at.index(bytes.len());
        match how {
            0 => bytes[at] = byte,
            1 => bytes.truncate(at),
            _ => bytes.insert(at, byte),
        }
        bytes
    })
}

proptest! {
    #[test]
    fn every_command_is_answered_or_waits(bytes in prop_oneof![damaged(), prop::collection::vec(any::<u8>(), 0..200)]) {
        let mut desk = Desk::of("ctap-2.3");
        desk.key.handle_command(desk.now, &bytes);
        prop_assert!(desk.key.prompt().is_some() != desk.key.poll_response().is_some());
    }
}
