//! hmac-secret (CTAP 2.3 §12.7).

use super::*;

/// One or two salts as a platform sends them.
fn input(public: &[u8], secret: &SharedSecret, protocol: Protocol, salts: &[u8], rng: &mut Stream) -> Value {
    let salt_enc = secret.encrypt(salts, rng);
    let salt_auth = secret.authenticate(&salt_enc);
    let members = [
        (Value::Int(1), Value::Raw(public.to_vec())),
        (Value::Int(2), Value::Bytes(salt_enc)),
        (Value::Int(3), Value::Bytes(salt_auth)),
        (Value::Int(4), Value::Int(protocol as i64)),
    ];
    text_map(&[("hmac-secret", Value::Map(members.to_vec()))])
}

/// The decrypted outputs of an assertion.
fn outputs(desk: &mut Desk, protocol: Protocol, salts: &[u8], request: &Request, answers: &[Answer]) -> Vec<u8> {
    let (public, secret) = desk.agree(protocol);
    let extension = input(&public, &secret, protocol, salts, &mut Seed::of(&["salts"]).fork("platform"));
    let (status, body) = desk.send(&request.clone().with(4, extension), answers);
    assert_eq!(status, "CTAP2_OK");
    let bytes = auth_data(&body);
    let mut decoder = Decoder::new(parsed(&bytes).extensions.expect("extensions"));
    assert_eq!((decoder.map().expect("a map"), decoder.str().expect("a name")), (Some(1), "hmac-secret"));
    secret.decrypt(decoder.bytes().expect("bytes")).expect("whole blocks")
}

#[test]
fn a_salt_gives_the_same_output_under_either_protocol_and_another_without_verification() {
    let mut desk = Desk::new();
    desk.register("carol@highlandsbank.com");
    let verified = (get_assertion(), [Accept, Verified]);
    let one = outputs(&mut desk, Protocol::One, &[5; 32], &verified.0, &verified.1);
    let two = outputs(&mut desk, Protocol::Two, &[[5; 32], [6; 32]].concat(), &verified.0, &verified.1);
    assert_eq!((one.len(), two.len()), (32, 64));
    assert_eq!(one, two[..32]);
    assert_ne!(one, two[32..]);
    let present = outputs(&mut desk, Protocol::Two, &[5; 32], &get_assertion().options(&[]), &[Accept]);
    assert_ne!(one, present);
}

#[test]
fn a_salt_is_refused_when_forged_of_another_length_or_asked_for_silently() {
    let mut desk = Desk::new();
    let id = desk.register("carol@highlandsbank.com");
    let mut rng = Seed::of(&["salts"]).fork("platform");
    let (public, secret) = desk.agree(Protocol::Two);
    let good = input(&public, &secret, Protocol::Two, &[5; 32], &mut rng);
    let silent = get_assertion().options(&[("up", false)]).list(&[&id]).with(4, good);
    desk.check(&silent, &[], "CTAP2_ERR_UNSUPPORTED_OPTION");
    let short = input(&public, &secret, Protocol::Two, &[5; 16], &mut rng);
    desk.check(&get_assertion().with(4, short), &[], "CTAP1_ERR_INVALID_LENGTH");
    let (_, other) = desk.agree(Protocol::Two);
    let forged = input(&public, &other, Protocol::Two, &[5; 32], &mut rng);
    desk.check(&get_assertion().with(4, forged), &[], "CTAP2_ERR_PIN_AUTH_INVALID");
}

#[test]
fn a_protocol_that_the_key_lacks_is_refused() {
    let mut desk = Desk::of("ctap-2.0");
    desk.check(&make_credential().options(&[("rk", true)]), &[Accept], "CTAP2_OK");
    let (public, secret) = desk.agree(Protocol::One);
    let mut rng = Seed::of(&["salts"]).fork("platform");
    let asks = input(&public, &secret, Protocol::Two, &[5; 32], &mut rng);
    desk.check(&get_assertion().options(&[]).with(4, asks), &[], "CTAP1_ERR_INVALID_PARAMETER");
}
