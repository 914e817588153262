//! authenticatorBioEnrollment (CTAP 2.3 §6.7).

use super::*;
use crate::Answer::Decline;
use crate::Sample;

const GOOD: Answer = Answer::Sample(Sample::Good);

/// A subcommand, authorised by a token of the PIN.
fn bio(desk: &mut Desk, sub_command: u8, params: Option<Value>) -> Request {
    let token = desk.pin_token(Protocol::Two, 0x08, None);
    let raw = params.as_ref().map(Value::to_cbor).unwrap_or_default();
    let message = [&[1, sub_command][..], &raw].concat();
    let request = Request(9, BTreeMap::new())
        .with(1, Value::Int(1))
        .with(2, Value::Int(sub_command.into()))
        .with(4, Value::Int(2))
        .with(5, Value::Bytes(mac(&token, &message).finalize().into_bytes().to_vec()));
    match params {
        Some(params) => request.with(3, params),
        None => request,
    }
}

fn params(pairs: &[(i64, Value)]) -> Option<Value> {
    Some(Value::Map(pairs.iter().map(|(key, value)| (Value::Int(*key), value.clone())).collect()))
}

/// Status, last sample's status and samples to go.
fn capture(desk: &mut Desk, request: &Request, answer: Answer) -> (String, u8, u8) {
    let (status, body) = desk.send(request, &[answer]);
    let members = members(&body);
    (status, members[&5][0], members[&6][0])
}

/// Enrols a finger and returns its template id.
fn enrol(desk: &mut Desk) -> Vec<u8> {
    let request = bio(desk, 1, None);
    let (status, body) = desk.send(&request, &[GOOD]);
    assert_eq!(status, "CTAP2_OK");
    let template = Decoder::new(&members(&body)[&4]).bytes().expect("bytes").to_vec();
    for left in [2, 1, 0] {
        let request = bio(desk, 2, params(&[(1, Value::Bytes(template.clone()))]));
        assert_eq!(capture(desk, &request, GOOD), ("CTAP2_OK".into(), 0, left));
    }
    template
}

#[test]
fn four_good_samples_make_a_finger_and_the_finger_verifies() {
    let mut desk = Desk::with_pin("ctap-2.3");
    desk.check(&make_credential(), &[], "CTAP2_ERR_INVALID_OPTION");
    let template = enrol(&mut desk);
    desk.check(&make_credential(), &[Accept, Verified], "CTAP2_OK");
    let request = bio(&mut desk, 6, params(&[(1, Value::Bytes(template))]));
    desk.check(&request, &[], "CTAP2_OK");
    desk.check(&make_credential(), &[], "CTAP2_ERR_INVALID_OPTION");
}

#[test]
fn a_bad_sample_counts_for_nothing() {
    let mut desk = Desk::with_pin("ctap-2.3");
    let request = bio(&mut desk, 1, None);
    assert_eq!(capture(&mut desk, &request, Answer::Sample(Sample::TooFast)), ("CTAP2_OK".into(), 5, 4));
}

#[test]
fn nobody_who_waits_or_declines_is_enrolled() {
    let mut desk = Desk::with_pin("ctap-2.3");
    let request = bio(&mut desk, 1, params(&[(3, Value::Int(5000))]));
    assert_eq!(desk.send(&request, &[Decline]).0, "CTAP2_ERR_OPERATION_DENIED");
    let request = bio(&mut desk, 1, params(&[(3, Value::Int(5000))]));
    desk.key.handle_command(desk.now, &request.bytes());
    desk.pass(5);
    assert_eq!(desk.response().0, "CTAP2_ERR_USER_ACTION_TIMEOUT");
    let request = bio(&mut desk, 4, None);
    desk.check(&request, &[], "CTAP2_ERR_INVALID_OPTION");
}

#[test]
fn fingers_have_names() {
    let mut desk = Desk::with_pin("ctap-2.3");
    let template = enrol(&mut desk);
    let request = bio(&mut desk, 4, None);
    let (_, body) = desk.send(&request, &[]);
    assert!(members(&body)[&7].ends_with(&[2, 0x60]), "an empty name stands for none");
    let name = |name: &'static str| params(&[(1, Value::Bytes(template.clone())), (2, Value::Text(name))]);
    let request = bio(&mut desk, 5, name("right thumb"));
    desk.check(&request, &[], "CTAP2_OK");
    let request = bio(&mut desk, 5, name("a name of more than the sixty-four bytes that this sensor keeps of a name"));
    desk.check(&request, &[], "CTAP1_ERR_INVALID_LENGTH");
    let request = bio(&mut desk, 4, None);
    let (_, body) = desk.send(&request, &[]);
    let listed = members(&body)[&7].clone();
    let expect = [&[0x81, 0xA2, 1, 0x50][..], &template, &[2, 0x6B], b"right thumb"].concat();
    assert_eq!(listed, expect);
}

#[test]
fn no_more_fingers_than_fit() {
    let mut desk = Desk::with_pin("ctap-2.3");
    for _ in 0..5 {
        enrol(&mut desk);
    }
    let request = bio(&mut desk, 1, None);
    desk.check(&request, &[], "CTAP2_ERR_FP_DATABASE_FULL");
}

#[test]
fn what_is_not_under_way_or_not_known_is_refused() {
    let mut desk = Desk::with_pin("ctap-2.3");
    let request = bio(&mut desk, 2, params(&[(1, Value::Bytes(vec![1]))]));
    desk.check(&request, &[], "CTAP2_ERR_NOT_ALLOWED");
    let request = bio(&mut desk, 6, params(&[(1, Value::Bytes(vec![1]))]));
    desk.check(&request, &[], "CTAP2_ERR_INVALID_OPTION");
    let request = bio(&mut desk, 6, None);
    desk.check(&request, &[], "CTAP2_ERR_MISSING_PARAMETER");
    let bare = Request(9, BTreeMap::new()).with(1, Value::Int(1)).with(2, Value::Int(1));
    desk.check(&bare, &[], "CTAP2_ERR_PUAT_REQUIRED");
    desk.check(&bare.clone().with(2, Value::Int(0x77)), &[], "CTAP2_ERR_INVALID_SUBCOMMAND");
    desk.check(&bare.with(1, Value::Int(2)), &[], "CTAP2_ERR_UNSUPPORTED_OPTION");
    Desk::of("ctap-2.1-pin").check(&Request(9, BTreeMap::new()), &[], "CTAP1_ERR_INVALID_COMMAND");
}
