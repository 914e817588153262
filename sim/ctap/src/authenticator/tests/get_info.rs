//! authenticatorGetInfo (CTAP 2.3 §6.4).

use super::*;
use crate::pin_uv::Sealed;

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
fn everything_that_ctap_2_3_knows_and_a_software_key_can_have_is_told() {
    let mut desk = Desk::with_pin("ctap-2.3");
    desk.pin_token(Protocol::Two, 0x40, None);
    let (_, body) = desk.send_bytes(&[4], &[]);
    // Nobody certifies it (0x13), and it has no vendor's prototype of a setting (0x15).
    let expect = (0x01..=0x1F).filter(|number| ![0x13, 0x15].contains(number)).collect::<Vec<u64>>();
    assert_eq!(members(&body).into_keys().collect::<Vec<_>>(), expect);
    let info = members(&body);
    assert_eq!(info[&0x1C], Value::Bytes(b"https://passkey-lab.example/pin-policy".to_vec()).to_cbor());
}

#[test]
fn the_room_that_is_left_shrinks() {
    let mut desk = Desk::new();
    desk.register("carol@highlandsbank.com");
    let (_, body) = desk.send_bytes(&[4], &[]);
    assert_eq!(members(&body)[&0x14], Value::Int(49).to_cbor());
}

/// What the two encrypted members are to the holder of the persistent token.
fn opened(desk: &mut Desk, token: &[u8; 32]) -> [[u8; 16]; 2] {
    let (_, body) = desk.send_bytes(&[4], &[]);
    [(0x19, Sealed::Identifier), (0x1E, Sealed::CredStoreState)].map(|(number, member)| {
        let sealed = members(&body)[&number].clone();
        let sealed = Decoder::new(&sealed).bytes().expect("bytes").to_vec();
        assert_eq!(sealed.len(), 32);
        member.open(token, &sealed)
    })
}

#[test]
fn the_holder_of_a_persistent_token_recognises_the_key_and_nobody_else_does() {
    let mut desk = Desk::with_pin("ctap-2.3");
    let (_, body) = desk.send_bytes(&[4], &[]);
    assert!(!members(&body).contains_key(&0x19) && !members(&body).contains_key(&0x1E));
    let token = desk.pin_token(Protocol::Two, 0x40, None);
    let known = opened(&mut desk, &token);
    assert_eq!(known, [desk.key.durable.identifier, desk.key.durable.cred_store_state]);
    let sealed = [(); 2].map(|()| members(&desk.send_bytes(&[4], &[]).1)[&0x19].clone());
    assert_ne!(sealed[0], sealed[1]);
    desk.key.handle_power_cycle(desk.now);
    assert_eq!(opened(&mut desk, &token), known);
}

#[test]
fn the_state_of_the_credentials_changes_with_each_of_them() {
    let mut desk = Desk::with_pin("ctap-2.3");
    let token = desk.pin_token(Protocol::Two, 0x40, None);
    let mut states = vec![opened(&mut desk, &token)[1]];
    desk.register_by_pin(RP, "carol");
    states.push(opened(&mut desk, &token)[1]);
    let (id, _) = desk.register_by_pin(RP, "carol");
    states.push(opened(&mut desk, &token)[1]);
    desk.key.delete_credential(&id);
    states.push(opened(&mut desk, &token)[1]);
    assert!((1..states.len()).all(|at| !states[..at].contains(&states[at])));

    // What is found by its id only is not in the list that the state stands for.
    desk.check(&make_credential().options(&[("rk", false)]), &[Accept], "CTAP2_OK");
    assert_eq!(Some(&opened(&mut desk, &token)[1]), states.last());
}

#[test]
fn the_key_that_opens_the_encrypted_members_is_the_specifications() {
    // Computed with Python's hmac and the AES of OpenSSL.
    let token = std::array::from_fn(|at| at as u8);
    let sealed = VECTOR_IDENTIFIER;
    assert_eq!(Sealed::Identifier.open(&token, &sealed), [0x11; 16]);
    let sealed = VECTOR_CRED_STORE_STATE;
    assert_eq!(Sealed::CredStoreState.open(&token, &sealed), [0x22; 16]);
}

const VECTOR_IDENTIFIER: [u8; 32] = [
    0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA8, 0xA9, 0xAA, 0xAB, 0xAC, 0xAD, 0xAE, 0xAF, 0xE4, 0x1F, 0x0F,
    0x8F, 0xE2, 0xBA, 0x08, 0xBA, 0xF7, 0x94, 0x94, 0xDC, 0xCC, 0x39, 0x0E, 0xBA,
];
const VECTOR_CRED_STORE_STATE: [u8; 32] = [
    0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA8, 0xA9, 0xAA, 0xAB, 0xAC, 0xAD, 0xAE, 0xAF, 0xAD, 0xED, 0x71,
    0xC0, 0x59, 0x61, 0x19, 0x7D, 0xE3, 0xE9, 0xDF, 0x34, 0x18, 0x9D, 0x36, 0xCB,
];
