//! CTAP1/U2F messages, and credentials that both protocols use.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use x509_cert::Certificate;
use x509_cert::der::{Decode as _, Encode as _};

use super::*;
use crate::Answer::{Decline, Hold};

const CHALLENGE: [u8; 32] = [0xC7; 32];
const ENFORCE: u8 = 0x03;
const CHECK_ONLY: u8 = 0x07;
const DONT_ENFORCE: u8 = 0x08;

/// What `U2F_REGISTER` answers.
struct Registration {
    point: Vec<u8>,
    key_handle: Vec<u8>,
    certificate: Vec<u8>,
    signature: Vec<u8>,
}

fn application() -> [u8; 32] {
    Sha256::digest(RP).into()
}

fn apdu(instruction: u8, p1: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).expect("a short message").to_be_bytes();
    [&[0, instruction, p1, 0, 0], &length[..], data, &[0, 0]].concat()
}

fn register() -> Vec<u8> {
    apdu(1, 0, &[CHALLENGE, application()].concat())
}

fn authenticate(control: u8, key_handle: &[u8]) -> Vec<u8> {
    let length = u8::try_from(key_handle.len()).expect("a short handle");
    apdu(2, control, &[&CHALLENGE[..], &application(), &[length], key_handle].concat())
}

impl Desk {
    /// A message's answer: its data, and its status word in hex.
    fn u2f(&mut self, message: &[u8]) -> (Vec<u8>, String) {
        let mut answer = self.key.handle_u2f(self.now, message);
        let word = answer.split_off(answer.len() - 2);
        (answer, format!("{:02X}{:02X}", word[0], word[1]))
    }

    fn check_u2f(&mut self, message: &[u8], expect: &str) {
        assert_eq!(self.u2f(message), (Vec::new(), expect.to_owned()));
    }

    /// Polls once, lets the user accept, polls again.
    fn u2f_with_presence(&mut self, message: &[u8]) -> Vec<u8> {
        self.check_u2f(message, "6985");
        self.key.handle_answer(self.now, Accept);
        let (answer, word) = self.u2f(message);
        assert_eq!(word, "9000");
        answer
    }

    fn register_by_u2f(&mut self) -> Registration {
        let answer = self.u2f_with_presence(&register());
        assert_eq!(answer[0], 5);
        let (point, rest) = answer[1..].split_at(65);
        let (key_handle, rest) = rest[1..].split_at(rest[0].into());
        let certificate_bytes = 4 + usize::from(u16::from_be_bytes([rest[2], rest[3]]));
        let (certificate, signature) = rest.split_at(certificate_bytes);
        let [point, key_handle, certificate, signature] =
            [point, key_handle, certificate, signature].map(<[u8]>::to_vec);
        Registration { point, key_handle, certificate, signature }
    }
}

fn verify(point: &[u8], message: &[u8], signature: &[u8]) {
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature).expect("a valid signature");
}

/// The signature of an authentication, and the counter that it covers.
fn verify_authentication(point: &[u8], answer: &[u8], presence: u8) -> u32 {
    assert_eq!(answer[0], presence);
    verify(point, &[&application()[..], &answer[..5], &CHALLENGE].concat(), &answer[5..]);
    u32::from_be_bytes(answer[1..5].try_into().expect("four bytes"))
}

/// The public key of a certificate.
fn certified(certificate: &[u8]) -> Vec<u8> {
    let certificate = Certificate::from_der(certificate).expect("a certificate");
    certificate.tbs_certificate().subject_public_key_info().subject_public_key.raw_bytes().to_vec()
}

#[test]
fn the_version_is_told_in_each_form_of_the_message() {
    let mut desk = Desk::of("ctap-2.0");
    for message in [&[0, 3, 0, 0][..], &[0, 3, 0, 0, 0], &[0, 3, 0, 0, 0, 0, 0], &[0, 3, 0, 0, 0, 0, 0, 0, 0]] {
        assert_eq!(desk.u2f(message), (b"U2F_V2".to_vec(), "9000".to_owned()));
    }
}

#[test]
fn a_registration_is_signed_by_the_certificate_that_it_brings() {
    let mut desk = Desk::with_attestation("ctap-2.3");
    let made = desk.register_by_u2f();
    let message = [&[0][..], &application(), &CHALLENGE, &made.key_handle, &made.point].concat();
    verify(&certified(&made.certificate), &message, &made.signature);
    assert_ne!(certified(&made.certificate), made.point, "a batch certificate");
}

#[test]
fn without_a_certificate_the_credential_certifies_itself() {
    let mut desk = Desk::of("ctap-2.0");
    let made = desk.register_by_u2f();
    assert_eq!(certified(&made.certificate), made.point);
    let certificate = Certificate::from_der(&made.certificate).expect("a certificate");
    let signed = certificate.tbs_certificate().to_der().expect("it was read from DER");
    verify(&made.point, &signed, certificate.signature().raw_bytes());
    let message = [&[0][..], &application(), &CHALLENGE, &made.key_handle, &made.point].concat();
    verify(&made.point, &message, &made.signature);
}

#[test]
fn an_authentication_is_signed_and_counted() {
    let mut desk = Desk::of("ctap-2.0");
    let made = desk.register_by_u2f();
    let first = desk.u2f_with_presence(&authenticate(ENFORCE, &made.key_handle));
    let second = desk.u2f_with_presence(&authenticate(ENFORCE, &made.key_handle));
    assert_eq!(verify_authentication(&made.point, &first, 1), 2);
    assert_eq!(verify_authentication(&made.point, &second, 1), 3);
}

#[test]
fn presence_that_is_not_enforced_is_not_claimed() {
    let mut desk = Desk::of("ctap-2.0");
    let made = desk.register_by_u2f();
    let (answer, word) = desk.u2f(&authenticate(DONT_ENFORCE, &made.key_handle));
    assert_eq!((verify_authentication(&made.point, &answer, 0), word.as_str()), (2, "9000"));
    assert_eq!(desk.key.prompt(), None);
}

#[test]
fn checking_tells_whether_a_handle_is_known_and_asks_nobody() {
    let mut desk = Desk::of("ctap-2.0");
    let made = desk.register_by_u2f();
    desk.check_u2f(&authenticate(CHECK_ONLY, &made.key_handle), "6985");
    desk.check_u2f(&authenticate(CHECK_ONLY, &[7; 32]), "6A80");
    assert_eq!(desk.key.prompt(), None);
}

#[test]
fn an_unknown_handle_is_refused_at_once_whatever_the_control_byte() {
    let mut desk = Desk::of("ctap-2.0");
    let made = desk.register_by_u2f();
    for control in [ENFORCE, CHECK_ONLY, DONT_ENFORCE] {
        desk.check_u2f(&authenticate(control, &[7; 32]), "6A80");
        desk.check_u2f(&authenticate(control, &[]), "6A80");
        let mut of_another_application = authenticate(control, &made.key_handle);
        of_another_application[7 + 32] ^= 1;
        desk.check_u2f(&of_another_application, "6A80");
    }
    assert_eq!(desk.key.prompt(), None);
}

#[test]
fn what_is_no_message_is_refused_by_its_fault() {
    let mut desk = Desk::of("ctap-2.0");
    let with = |at: usize, byte: u8| {
        let mut message = register();
        message[at] = byte;
        message
    };
    desk.check_u2f(&[], "6700");
    desk.check_u2f(&[0, 1, 0], "6700");
    desk.check_u2f(&with(0, 0x80), "6E00");
    desk.check_u2f(&with(1, 0x04), "6D00");
    desk.check_u2f(&with(1, 0x40), "6D00");
    desk.check_u2f(&with(6, 0x41), "6700");
    desk.check_u2f(&apdu(1, 0, &[0; 63]), "6700");
    desk.check_u2f(&apdu(1, 0, &[0; 65]), "6700");
    desk.check_u2f(&apdu(2, ENFORCE, &[0; 64]), "6700");
    desk.check_u2f(&apdu(2, ENFORCE, &[&[0; 64][..], &[2, 9]].concat()), "6700");
    desk.check_u2f(&apdu(2, ENFORCE, &[&[0; 64][..], &[1, 9, 9]].concat()), "6700");
    desk.check_u2f(&apdu(2, 0x04, &[0; 65]), "6A80");
    desk.check_u2f(&apdu(3, 0, &[1]), "6700");
    assert_eq!(desk.key.prompt(), None);
}

#[test]
fn a_message_in_short_form_is_as_good() {
    let mut desk = Desk::of("ctap-2.0");
    let short = [&[0, 1, 0x03, 0, 64][..], &CHALLENGE, &application(), &[0]].concat();
    assert_eq!(desk.u2f_with_presence(&short)[0], 5);
}

#[test]
fn the_user_is_asked_once_however_often_the_host_polls() {
    let mut desk = Desk::of("ctap-2.0");
    for _ in 0..300 {
        desk.check_u2f(&register(), "6985");
        desk.now += SignedDuration::from_millis(200);
    }
    let application = application().map(|byte| format!("{byte:02x}")).concat();
    assert_eq!(
        desk.events(),
        [
            format!("U2F_REGISTER for U2F application {application}"),
            format!("the user is asked for consent to a registration at U2F application {application}"),
            "U2F_REGISTER answered SW_CONDITIONS_NOT_SATISFIED (0x6985)".to_owned(),
        ]
    );
    desk.key.handle_answer(desk.now, Hold);
    assert_eq!(desk.u2f(&register()).1, "9000");
    let last = desk.events();
    assert_eq!(last[0], "the user's answer: accepted by a long touch");
    assert_eq!(last.last().map(String::as_str), Some("U2F_REGISTER answered SW_NO_ERROR (0x9000)"));
}

#[test]
fn presence_serves_one_request_of_the_kind_it_was_given_for() {
    let mut desk = Desk::of("ctap-2.0");
    let made = desk.register_by_u2f();
    desk.check_u2f(&register(), "6985");
    desk.key.handle_answer(desk.now, Accept);
    desk.check_u2f(&authenticate(ENFORCE, &made.key_handle), "6985");
    desk.key.handle_answer(desk.now, Accept);
    assert_eq!(desk.u2f(&authenticate(ENFORCE, &made.key_handle)).1, "9000");
    desk.check_u2f(&authenticate(ENFORCE, &made.key_handle), "6985");
}

#[test]
fn presence_is_remembered_for_ten_seconds() {
    let mut desk = Desk::of("ctap-2.0");
    for (pause, expect) in [(9, "9000"), (10, "6985")] {
        desk.check_u2f(&register(), "6985");
        desk.key.handle_answer(desk.now, Accept);
        desk.pass(pause);
        assert_eq!(desk.u2f(&register()).1, expect, "{pause} seconds");
    }
}

#[test]
fn a_refusal_lasts_as_long_as_the_host_polls() {
    let mut desk = Desk::of("ctap-2.0");
    desk.check_u2f(&register(), "6985");
    desk.key.handle_answer(desk.now, Decline);
    for _ in 0..4 {
        desk.pass(9);
        desk.check_u2f(&register(), "6985");
        assert_eq!(desk.key.prompt(), None);
    }
    desk.pass(10);
    desk.check_u2f(&register(), "6985");
    assert!(desk.key.prompt().is_some());
}

#[test]
fn a_host_that_stops_polling_is_forgotten() {
    let mut desk = Desk::of("ctap-2.0");
    desk.check_u2f(&register(), "6985");
    assert_eq!(desk.key.poll_timeout(), Some(desk.now + SignedDuration::from_secs(10)));
    desk.pass(10);
    assert_eq!((desk.key.prompt(), desk.key.poll_timeout()), (None, None));
    assert_eq!(desk.events().last().map(String::as_str), Some("the user did not answer in time"));
}

#[test]
fn a_ctap2_command_that_asks_its_user_takes_the_place_of_what_is_polled_for() {
    let mut desk = Desk::of("ctap-2.3");
    desk.check_u2f(&register(), "6985");
    assert_eq!(desk.send_bytes(&[4], &[]).0, "CTAP2_OK");
    assert!(desk.key.prompt().is_some(), "getInfo disturbs nobody");
    desk.check(&make_credential().options(&[]), &[Accept], "CTAP2_OK");
    desk.check_u2f(&register(), "6985");
}

#[test]
fn power_that_is_cut_takes_presence_with_it() {
    let mut desk = Desk::of("ctap-2.0");
    desk.check_u2f(&register(), "6985");
    desk.key.handle_answer(desk.now, Accept);
    desk.key.handle_power_cycle(desk.now);
    desk.check_u2f(&register(), "6985");
}

#[test]
fn what_u2f_has_registered_signs_for_ctap2_when_it_is_named() {
    let mut desk = Desk::with_pin("ctap-2.3");
    let made = desk.register_by_u2f();
    desk.check(&get_assertion().options(&[]), &[], "CTAP2_ERR_NO_CREDENTIALS");
    let (status, body) = desk.send(&get_assertion().options(&[]).list(&[&made.key_handle]), &[Accept]);
    assert_eq!(status, "CTAP2_OK");
    let response = members(&body);
    assert_eq!(response.keys().copied().collect::<Vec<_>>(), [1, 2, 3], "it has no user");
    let signature = Decoder::new(&response[&3]).bytes().expect("bytes").to_vec();
    verify(&made.point, &[&auth_data(&body)[..], &HASH].concat(), &signature);
    assert_eq!(parsed(&auth_data(&body)).sign_count, 2);
}

#[test]
fn what_u2f_has_registered_excludes_a_second_registration() {
    let mut desk = Desk::of("ctap-2.3");
    let made = desk.register_by_u2f();
    let request = make_credential().options(&[]).list(&[&made.key_handle]);
    desk.check(&request, &[Accept], "CTAP2_ERR_CREDENTIAL_EXCLUDED");
}

/// A credential by CTAP2 on a key that verifies nobody.
fn made_by_ctap2(desk: &mut Desk, options: &[(&'static str, bool)], protection: i64) -> Vec<u8> {
    let extensions = text_map(&[("credProtect", Value::Int(protection))]);
    desk.check(&make_credential().options(options).with(6, extensions), &[Accept], "CTAP2_OK");
    desk.key.credentials().last().expect("the credential just made").id.clone()
}

#[test]
fn u2f_uses_what_ctap2_has_made_when_it_is_neither_listed_nor_protected() {
    let mut desk = Desk::of("ctap-2.3");
    let plain = made_by_ctap2(&mut desk, &[("rk", false)], 1);
    let answer = desk.u2f_with_presence(&authenticate(ENFORCE, &plain));
    assert_eq!(answer[..5], [1, 0, 0, 0, 2]);
    for (options, protection) in [([("rk", true)], 1), ([("rk", false)], 2), ([("rk", false)], 3)] {
        let id = made_by_ctap2(&mut desk, &options, protection);
        desk.check_u2f(&authenticate(CHECK_ONLY, &id), "6A80");
        desk.check_u2f(&authenticate(ENFORCE, &id), "6A80");
    }
}

#[test]
fn u2f_uses_es256_keys_only() {
    let mut desk = Desk::of("ctap-2.3");
    let request = make_credential().options(&[]).with(4, Value::List(vec![parameters(-8)]));
    desk.check(&request, &[Accept], "CTAP2_OK");
    let id = desk.key.credentials().last().expect("the credential just made").id.clone();
    desk.check_u2f(&authenticate(CHECK_ONLY, &id), "6A80");
}

#[test]
fn the_prompt_names_the_relying_party_where_ctap2_has_told_it() {
    let mut desk = Desk::of("ctap-2.3");
    let id = made_by_ctap2(&mut desk, &[], 1);
    desk.check_u2f(&authenticate(ENFORCE, &id), "6985");
    let prompt = desk.key.prompt().expect("the user is asked");
    assert_eq!((prompt.rp_id(), prompt.user()), (RP, Some("carol@highlandsbank.com")));
}

#[test]
fn always_uv_disables_u2f() {
    let mut desk = Desk::of("ctap-2.3");
    let made = desk.register_by_u2f();
    let versions = |desk: &mut Desk| members(&desk.send_bytes(&[4], &[]).1)[&1].clone();
    let texts = |texts: &[&'static str]| Value::List(texts.iter().map(|text| Value::Text(text)).collect()).to_cbor();
    assert_eq!(versions(&mut desk), texts(&["U2F_V2", "FIDO_2_0", "FIDO_2_1", "FIDO_2_3"]));

    assert_eq!(desk.send_bytes(&[0x0D, 0xA1, 1, 2], &[]).0, "CTAP2_OK");
    assert_eq!(versions(&mut desk), texts(&["FIDO_2_0", "FIDO_2_1", "FIDO_2_3"]));
    for message in [register(), authenticate(ENFORCE, &made.key_handle), authenticate(DONT_ENFORCE, &made.key_handle)] {
        desk.check_u2f(&message, "6986");
    }
    assert_eq!(desk.key.prompt(), None);

    assert_eq!(desk.send_bytes(&[0x0D, 0xA1, 1, 2], &[]).0, "CTAP2_OK");
    assert_eq!(desk.u2f_with_presence(&authenticate(ENFORCE, &made.key_handle))[0], 1);
}

#[test]
fn a_pin_does_not_keep_u2f_away() {
    let mut desk = Desk::with_pin("ctap-2.3");
    let made = desk.register_by_u2f();
    desk.u2f_with_presence(&authenticate(ENFORCE, &made.key_handle));
}

#[test]
fn a_credential_of_u2f_survives_a_snapshot() {
    let mut desk = Desk::of("ctap-2.0");
    let made = desk.register_by_u2f();
    let text = serde_json::to_string(&desk.key.snapshot()).expect("a snapshot is JSON");
    let snapshot = serde_json::from_str(&text).expect("the same snapshot");
    let rng = Seed::of(&["ctap tests", "ctap-2.0"]).fork("key/ctap");
    let profile = Profile::named("ctap-2.0").expect("a shipped profile");
    desk.key = Authenticator::restore(profile, Attestation::packed_self(), rng, snapshot).expect("its own snapshot");
    let answer = desk.u2f_with_presence(&authenticate(ENFORCE, &made.key_handle));
    assert_eq!(verify_authentication(&made.point, &answer, 1), 2);
}

#[test]
fn a_fault_is_signed_as_in_ctap2() {
    let mut desk = Desk::of("ctap-2.0");
    let made = desk.register_by_u2f();
    desk.key.faults_mut().add("getAssertion:counter-stuck".parse().expect("a rule"));
    let answer = desk.u2f_with_presence(&authenticate(ENFORCE, &made.key_handle));
    assert_eq!(verify_authentication(&made.point, &answer, 1), 1);
    desk.key.faults_mut().add("getAssertion:unset-up-bit".parse().expect("a rule"));
    let answer = desk.u2f_with_presence(&authenticate(ENFORCE, &made.key_handle));
    assert_eq!(verify_authentication(&made.point, &answer, 0), 2);
}
