//! The commands that go to a key, compared byte by byte, and what is made of its answers.

use wire::attestation::AttestationObject;

use super::*;

#[test]
fn a_registration_asks_for_info_key_agreement_token_and_credential_in_this_order() {
    let mut bench = Bench::with_key(FakeKey::hypr());
    bench.begin(create(), Surface::PasskeyBrowser);
    bench.agree();
    assert_eq!(bench.heard(), [0x04, 0x06, 0x06, 0x01]);
    let token = &bench.keys[0].1.heard[2];
    assert_eq!(member(&token[1..], 0x01), Some(&[0x02][..]), "protocol 2");
    assert_eq!(member(&token[1..], 0x09), Some(&[0x01][..]), "permission mc");
    assert_eq!(member(&token[1..], 0x0A), Some(&fake_key::text("login.microsoft.com")[..]));
}

#[test]
fn make_credential_is_written_byte_by_byte_as_ctap_wants_it() {
    let mut bench = Bench::with_key(FakeKey::hypr());
    bench.begin(create(), Surface::PasskeyBrowser);
    bench.agree();
    let client_data =
        br#"{"type":"webauthn.create","challenge":"AAEC","origin":"https://login.microsoft.com","crossOrigin":false}"#;
    let hash = Sha256::digest(client_data);
    let expected = [
        &[0x01, 0xA8, 0x01, 0x58, 0x20][..],
        &hash,
        b"\x02\xA2\x62id\x73login.microsoft.com\x64name\x69Microsoft",
        b"\x03\xA3\x62id\x43OF:\x64name\x65carol\x6BdisplayName\x6ACarol Shaw",
        b"\x04\x82\xA2\x63alg\x26\x64type\x6Apublic-key\xA2\x63alg\x39\x01\x00\x64type\x6Apublic-key",
        b"\x06\xA2\x6BcredProtect\x01\x6Bhmac-secret\xF5",
        b"\x07\xA1\x62rk\xF5",
        b"\x08\x58\x20",
        &authenticated(&hash),
        b"\x09\x02",
    ]
    .concat();
    assert_eq!(bench.last_command(), expected);
    assert_eq!(bench.registration().response.client_data_json.0, client_data);
}

#[test]
fn a_registration_hands_on_what_the_key_signed() {
    let mut bench = Bench::with_key(FakeKey::hypr());
    bench.begin(create(), Surface::PasskeyBrowser);
    bench.agree();
    let made = bench.registration();
    let object = AttestationObject::parse(&made.response.attestation_object.0).unwrap();
    assert_eq!((object.format, object.auth_data), ("packed", &fake_key::registration_data()[..]));
    assert_eq!(made.id.0, CREDENTIAL);
    assert_eq!(made.response.transports, ["usb"]);
    assert_eq!(made.client_extension_results["hmacCreateSecret"], false);
}

#[test]
fn a_page_that_wants_no_attestation_gets_none() {
    let mut bench = Bench::with_key(FakeKey::hypr());
    bench.begin(creation_with(|options| options.attestation = "none".into()), Surface::PasskeyBrowser);
    bench.agree();
    let object = AttestationObject::parse(&bench.registration().response.attestation_object.0).unwrap();
    assert_eq!((object.format, object.statement), ("none", &[0xA0][..]));
    assert_eq!(object.auth_data, fake_key::registration_data());
}

#[test]
fn get_assertion_is_written_byte_by_byte_as_ctap_wants_it() {
    let mut bench = Bench::with_key(FakeKey::hypr());
    bench.begin(get(), Surface::PasskeyBrowser);
    bench.agree();
    let client_data =
        br#"{"type":"webauthn.get","challenge":"AAEC","origin":"https://login.microsoft.com","crossOrigin":false}"#;
    let hash = Sha256::digest(client_data);
    let expected = [
        b"\x02\xA4\x01\x73login.microsoft.com\x02\x58\x20",
        &hash[..],
        b"\x06\x58\x20",
        &authenticated(&hash),
        b"\x07\x02",
    ]
    .concat();
    assert_eq!(bench.last_command(), expected);
    assert_eq!(member(&bench.keys[0].1.heard[2][1..], 0x09), Some(&[0x02][..]), "permission ga");
    let got = bench.assertion();
    assert_eq!(got.id.0, CREDENTIAL);
    assert_eq!(got.response.authenticator_data.0, fake_key::assertion_data());
    assert_eq!(got.response.signature.0, fake_key::SIGNATURE);
    assert_eq!(got.response.user_handle.as_ref().unwrap().0, fake_key::USER_HANDLE);
}

#[test]
fn protocol_1_serves_a_key_that_knows_no_other() {
    let options = [("rk", true), ("uv", true), ("pinUvAuthToken", true)];
    let mut bench = Bench::with_key(FakeKey::with_info(info(&options, &[1], None)));
    bench.begin(get(), Surface::PasskeyBrowser);
    bench.agree();
    let command = &bench.last_command()[1..];
    let hash = member(command, 0x02).unwrap()[2..].to_vec();
    assert_eq!(member(command, 0x06), Some(&fake_key::bytes(&authenticated(&hash)[..16])[..]));
    assert_eq!(member(command, 0x07), Some(&[0x01][..]));
    bench.assertion();
}

#[test]
fn a_key_without_tokens_is_asked_to_verify_within_the_command() {
    let mut bench = Bench::with_key(FakeKey::with_info(info(&[("rk", true), ("uv", true)], &[], None)));
    bench.begin(create(), Surface::PasskeyBrowser);
    bench.agree();
    assert_eq!(bench.heard(), [0x04, 0x01]);
    assert_eq!(member(&bench.last_command()[1..], 0x07), Some(&b"\xA2\x62rk\xF5\x62uv\xF5"[..]));
    bench.registration();
}

#[test]
fn a_long_exclude_list_is_looked_through_silently_in_pieces() {
    let options = [("rk", true), ("uv", true), ("pinUvAuthToken", true)];
    let mut key = FakeKey::with_info(info(&options, &[2], Some((2, 32))));
    key.scripted = vec![(0x02, vec![Status::NO_CREDENTIALS.0])];
    let mut bench = Bench::with_key(key);
    let too_long = [7; 33];
    let list = descriptors(&[&[1], &[2], &too_long, &[3], &CREDENTIAL, &[5]]);
    bench.begin(creation_with(|options| options.exclude_credentials = list), Surface::PasskeyBrowser);
    bench.agree();
    assert_eq!(bench.heard(), [0x04, 0x06, 0x06, 0x02, 0x02, 0x01]);
    let heard = &bench.keys[0].1.heard;
    assert_eq!(member(&heard[2][1..], 0x09), Some(&[0x03][..]), "permissions mc and ga");
    assert_eq!(member(&heard[4][1..], 0x05), Some(&b"\xA1\x62up\xF4"[..]));
    let second = b"\x82\xA2\x62id\x41\x03\x64type\x6Apublic-key\xA2\x62id\x43\xC0\xFF\xEE\x64type\x6Apublic-key";
    assert_eq!(member(&heard[4][1..], 0x03), Some(&second[..]));
    assert_eq!(member(&heard[5][1..], 0x05), Some(&second[..]), "the piece with the hit is the exclude list");
}

#[test]
fn an_exclude_list_without_a_hit_is_left_out() {
    let mut key = FakeKey::with_info(info(&[("rk", true), ("uv", true)], &[], Some((1, 32))));
    key.scripted = vec![(0x02, vec![Status::NO_CREDENTIALS.0]), (0x02, vec![Status::NO_CREDENTIALS.0])];
    let mut bench = Bench::with_key(key);
    let list = descriptors(&[&[1], &[2]]);
    bench.begin(creation_with(|options| options.exclude_credentials = list), Surface::PasskeyBrowser);
    bench.agree();
    assert_eq!(bench.heard(), [0x04, 0x02, 0x02, 0x01]);
    assert_eq!(member(&bench.last_command()[1..], 0x05), None);
}

#[test]
fn an_allow_list_that_fits_goes_into_the_command() {
    let mut bench = Bench::with_key(FakeKey::hypr());
    bench.begin(
        request_with(|options| options.allow_credentials = descriptors(&[&CREDENTIAL])),
        Surface::PasskeyBrowser,
    );
    bench.agree();
    let list = b"\x81\xA2\x62id\x43\xC0\xFF\xEE\x64type\x6Apublic-key";
    assert_eq!(member(&bench.last_command()[1..], 0x03), Some(&list[..]));
}

#[test]
fn an_allow_list_of_foreign_ids_does_not_reach_the_key() {
    let options = [("rk", true), ("uv", true), ("pinUvAuthToken", true)];
    let mut bench = Bench::with_key(FakeKey::with_info(info(&options, &[2], Some((8, 32)))));
    let list = descriptors(&[&[7; 33]]);
    bench.begin(request_with(|options| options.allow_credentials = list), Surface::PasskeyBrowser);
    bench.agree();
    assert_eq!(bench.heard(), [0x04]);
    assert_eq!(bench.screen().title, "No credentials");
}

#[test]
fn a_command_longer_than_the_key_takes_is_not_sent() {
    let mut bench = Bench::with_key(FakeKey::hypr());
    let list = descriptors(&[[1; 200].as_slice(); 8]);
    bench.begin(request_with(|options| options.allow_credentials = list), Surface::PasskeyBrowser);
    bench.agree();
    bench.tap("Close");
    assert_eq!(*bench.failure(), Failure::Unsuitable(Shortcoming::MessageSize));
}
