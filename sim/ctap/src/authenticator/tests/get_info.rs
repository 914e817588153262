//! authenticatorGetInfo (CTAP 2.3 §6.4).

use super::*;

fn info(profile: Profile) -> BTreeMap<u64, Vec<u8>> {
    let mut desk = Desk::new();
    desk.key = Authenticator::new(profile, Attestation::packed_self(), Seed::of(&["info"]).fork("ctap"));
    let (status, body) = desk.send_bytes(&[4], &[]);
    assert_eq!(status, "CTAP2_OK");
    members(&body)
}

#[test]
fn a_hypr_phone_says_what_it_is() {
    let info = info(Profile::hypr_ios());
    let texts = |texts: &[&'static str]| Value::List(texts.iter().map(|text| Value::Text(text)).collect()).to_cbor();
    let on = |names: &[&'static str]| {
        text_map(&names.iter().map(|name| (*name, Value::Bool(true))).collect::<Vec<_>>()).to_cbor()
    };
    assert_eq!(info[&1], texts(&["FIDO_2_0", "FIDO_2_1"]));
    assert_eq!(info[&2], texts(&["credProtect", "hmac-secret"]));
    assert_eq!(
        info[&3][1..],
        [0, 0x76, 0x63, 0x1B, 0xD4, 0xA0, 0x42, 0x7F, 0x57, 0x73, 0x0E, 0xC7, 0x1C, 0x9E, 2, 0x79]
    );
    assert_eq!(info[&4], on(&["rk", "up", "uv", "pinUvAuthToken"]));
    assert_eq!(info[&5], Value::Int(7609).to_cbor());
    assert_eq!(info[&6], [0x82, 2, 1]);
    assert_eq!(info[&10], Value::List(vec![parameters(-7)]).to_cbor());
}

#[test]
fn the_two_phones_differ_in_their_sensor() {
    let (ios, android) = (info(Profile::hypr_ios()), info(Profile::hypr_android()));
    let differing: Vec<_> = ios.keys().filter(|key| ios[key] != android[key]).collect();
    assert_eq!(differing, [&0x12]);
}

#[test]
fn the_room_that_is_left_shrinks() {
    let mut desk = Desk::new();
    desk.register("carol@highlandsbank.com");
    let (_, body) = desk.send_bytes(&[4], &[]);
    assert_eq!(members(&body)[&0x14], Value::Int(49).to_cbor());
}
