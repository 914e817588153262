//! The FIDO applet as a reader sees it: APDUs in, APDUs out.

use clockwork::Seed;
use proptest::prelude::*;

use super::*;
use crate::{Answer, Attestation, Profile};

const SELECT: &[u8] = &[0, 0xA4, 4, 0, 8, 0xA0, 0, 0, 6, 0x47, 0x2F, 0, 1, 0];
const GET_INFO: &[u8] = &[4];
const SELECTION: &[u8] = &[0x0B];
const U2F_REGISTER: u8 = 1;

/// A reader and what lies on it.
struct Reader {
    nfc: Nfc,
    key: Authenticator,
    now: Timestamp,
}

impl Reader {
    /// With the applet selected.
    fn of(profile: &str) -> Self {
        let mut reader = Self::put_on(profile);
        reader.send(SELECT);
        reader
    }

    fn put_on(profile: &str) -> Self {
        let now = "2024-03-01T09:00:00Z".parse().expect("a date");
        let rng = Seed::of(&["nfc tests"]).fork("key/ctap");
        let profile = Profile::named(profile).expect("a shipped profile");
        let key = Authenticator::new(profile, Attestation::packed_self(), rng);
        Self { nfc: Nfc::new(now), key, now }
    }

    /// Sends an APDU; the answer, if one follows at once.
    fn transmit(&mut self, apdu: &[u8]) -> Option<Vec<u8>> {
        self.nfc.handle_apdu(self.now, &mut self.key, apdu);
        self.nfc.poll_apdu(&mut self.key)
    }

    fn send(&mut self, apdu: &[u8]) -> Vec<u8> {
        self.transmit(apdu).expect("an answer")
    }

    fn check(&mut self, apdu: &[u8], expect: &[u8]) {
        assert_eq!(self.send(apdu), expect, "{apdu:02X?}");
    }

    /// A CTAP2 command in one extended APDU; its response.
    fn command(&mut self, command: &[u8]) -> Vec<u8> {
        let mut answer = self.send(&extended(0x80, 0x10, 0, command));
        assert_eq!(answer.split_off(answer.len() - 2), [0x90, 0]);
        answer
    }

    /// The presence by which it came is used up.
    fn spend_presence(&mut self) {
        assert_eq!(self.command(SELECTION), [0]);
    }

    fn pass(&mut self, seconds: i64) {
        self.now += SignedDuration::from_secs(seconds);
        self.nfc.handle_timeout(self.now, &mut self.key);
    }
}

fn extended(class: u8, instruction: u8, p1: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).expect("a short message").to_be_bytes();
    [&[class, instruction, p1, 0, 0][..], &length, data, &[0, 0]].concat()
}

fn short(class: u8, instruction: u8, p1: u8, data: &[u8]) -> Vec<u8> {
    let length = u8::try_from(data.len()).expect("a short APDU");
    [&[class, instruction, p1, 0, length][..], data].concat()
}

/// A registration, by hand: hash, RP, user, ES256.
fn make_credential() -> Vec<u8> {
    let rp = [&[0x02, 0xA1, 0x62][..], b"id", &[0x6B], b"example.com"].concat();
    let user = [&[0x03, 0xA1, 0x62][..], b"id", &[0x41, 0x01]].concat();
    let parameters = [&[0x04, 0x81, 0xA2, 0x63][..], b"alg", &[0x26, 0x64], b"type", &[0x6A], b"public-key"].concat();
    [&[0x01, 0xA4, 0x01, 0x58, 32][..], &[0xCD; 32], &rp, &user, &parameters].concat()
}

#[test]
fn the_applet_tells_its_oldest_version() {
    Reader::put_on("ctap-2.3").check(SELECT, b"U2F_V2\x90\x00");
    Reader::put_on("ctap-2.3").check(&SELECT[..SELECT.len() - 1], b"U2F_V2\x90\x00");
    Reader::put_on("ctap-2.1-pin").check(SELECT, b"FIDO_2_0\x90\x00");
    let mut reader = Reader::of("ctap-2.3");
    assert_eq!(reader.command(&[0x0D, 0xA1, 1, 2]), [0], "alwaysUv ends U2F");
    reader.check(SELECT, b"FIDO_2_0\x90\x00");
}

#[test]
fn another_applet_is_not_there_and_leaves_this_one_selected() {
    let mut reader = Reader::of("ctap-2.3");
    reader.check(&short(0, 0xA4, 4, &[0xD2, 0x76, 0, 0, 0x85, 1, 1]), &[0x6A, 0x82]);
    reader.check(&short(0, 0xA4, 0, &[0x3F, 0]), &[0x6A, 0x86]);
    assert_eq!(reader.command(GET_INFO)[0], 0);
}

#[test]
fn nothing_is_heard_until_the_applet_is_selected_and_after_it_was_ended() {
    let mut reader = Reader::put_on("ctap-2.3");
    let commands = [extended(0x80, 0x10, 0, GET_INFO), extended(0, 3, 0, &[]), vec![0x80, 0x11, 0, 0, 0]];
    for command in &commands {
        reader.check(command, &[0x69, 0x85]);
    }
    reader.send(SELECT);
    assert_eq!(reader.command(GET_INFO)[0], 0);
    reader.check(&[0x80, 0x12, 2, 0], &[0x6A, 0x86]);
    reader.check(&[0x80, 0x12, 1, 0], &[0x90, 0]);
    for command in &commands {
        reader.check(command, &[0x69, 0x85]);
    }
}

#[test]
fn what_is_no_command_is_refused_by_its_fault() {
    let mut reader = Reader::of("ctap-2.3");
    reader.check(&[], &[0x67, 0]);
    reader.check(&[0x80, 0x10, 0], &[0x67, 0]);
    reader.check(&[0x80, 0x10, 0, 0, 9, 1], &[0x67, 0]);
    reader.check(&[0x80, 0x13, 0, 0], &[0x6D, 0]);
    reader.check(&[0, 0x13, 0, 0], &[0x6D, 0]);
    reader.check(&[0x40, 0x10, 0, 0], &[0x6E, 0]);
    reader.check(&[0, 0xC0, 0, 0, 0], &[0x69, 0x85]);
    reader.check(&[0x80, 0x11, 0, 0, 0], &[0x69, 0x85]);
    reader.check(&[0x80, 0x10, 0, 0, 0], &[0x03, 0x90, 0]);
    Reader::of("ctap-2.1-pin").check(&[0, 3, 0, 0, 0], &[0x6D, 0]);
}

#[test]
fn an_extended_command_is_answered_whole_and_a_short_one_in_pieces() {
    let mut reader = Reader::of("ctap-2.3");
    let whole = reader.command(GET_INFO);
    assert!((513..768).contains(&whole.len()), "{} bytes", whole.len());
    for class in [0, 0x80] {
        let left = u8::try_from(whole.len() - 512).expect("less than three pieces");
        let mut pieces = Vec::new();
        for (apdu, word) in [
            (&[0x80, 0x10, 0, 0, 1, 4, 0][..], [0x61, 0]),
            (&[class, 0xC0, 0, 0, 0], [0x61, left]),
            (&[class, 0xC0, 0, 0, left], [0x90, 0]),
        ] {
            let mut piece = reader.send(apdu);
            assert_eq!(piece.split_off(piece.len() - 2), word);
            pieces.extend(piece);
        }
        assert_eq!(pieces, whole);
    }
}

#[test]
fn a_host_that_takes_less_at_once_gets_less() {
    let mut reader = Reader::of("ctap-2.3");
    let whole = reader.command(GET_INFO);
    let mut pieces = Vec::new();
    let mut answer = reader.send(&[0x80, 0x10, 0, 0, 1, 4, 100]);
    while let [piece @ .., 0x61, _] = answer.as_slice() {
        assert_eq!(piece.len(), 100);
        pieces.extend_from_slice(piece);
        answer = reader.send(&[0, 0xC0, 0, 0, 100]);
    }
    pieces.extend_from_slice(&answer[..answer.len() - 2]);
    assert_eq!(pieces, whole);
}

#[test]
fn a_new_command_drops_the_rest_of_the_last_answer() {
    let mut reader = Reader::of("ctap-2.3");
    reader.send(&[0x80, 0x10, 0, 0, 1, 4, 0]);
    reader.check(&[0, 3, 0, 0, 0], b"U2F_V2\x90\x00");
    reader.check(&[0, 0xC0, 0, 0, 0], &[0x69, 0x85]);
}

#[test]
fn a_chain_is_one_command_and_each_part_is_acknowledged() {
    let mut reader = Reader::of("ctap-2.3");
    let command = make_credential();
    let (head, tail) = command.split_at(50);
    reader.check(&short(0x90, 0x10, 0, head), &[0x90, 0]);
    let answer = reader.send(&extended(0x80, 0x10, 0, tail));
    assert_eq!(answer[0], 0);
    assert_eq!(reader.key.credentials().count(), 1);
}

#[test]
fn a_chain_that_another_command_breaks_is_given_up() {
    let mut reader = Reader::of("ctap-2.3");
    reader.check(&short(0x90, 0x10, 0, &[1, 2, 3]), &[0x90, 0]);
    reader.check(&[0, 3, 0, 0, 0], &[0x68, 0x83]);
    reader.check(&[0, 3, 0, 0, 0], b"U2F_V2\x90\x00");
    for _ in 0..29 {
        reader.check(&short(0x90, 0x10, 0, &[0; 255]), &[0x90, 0]);
    }
    reader.check(&short(0x90, 0x10, 0, &[0; 255]), &[0x67, 0]);
    assert_eq!(reader.command(GET_INFO)[0], 0);
}

#[test]
fn the_tap_is_presence_once_and_for_two_minutes() {
    let mut reader = Reader::of("ctap-2.3");
    reader.pass(119);
    reader.spend_presence();
    assert_eq!(reader.transmit(&extended(0x80, 0x10, 0, SELECTION)), None);
    assert!(reader.key.prompt().is_some(), "the user is asked on the key itself");

    let mut reader = Reader::of("ctap-2.3");
    reader.pass(120);
    assert_eq!(reader.transmit(&extended(0x80, 0x10, 0, SELECTION)), None);
}

#[test]
fn a_silent_assertion_spends_no_presence() {
    let mut reader = Reader::of("ctap-2.3");
    let made = reader.command(&make_credential());
    assert_eq!(made[0], 0);
    let mut reader = Reader { nfc: Nfc::new(reader.now), ..reader };
    reader.send(SELECT);
    let id = reader.key.credentials().next().expect("the credential just made").id.clone();
    let list =
        [&[0x03, 0x81, 0xA2, 0x62][..], b"id", &[0x58, 32], &id, &[0x64], b"type", &[0x6A], b"public-key"].concat();
    let options = [&[0x05, 0xA1, 0x62][..], b"up", &[0xF4]].concat();
    let head = [&[0x02, 0xA4, 0x01, 0x6B][..], b"example.com", &[0x02, 0x58, 32], &[0xCD; 32]].concat();
    assert_eq!(reader.command(&[head, list, options].concat())[0], 0);
    reader.spend_presence();
}

#[test]
fn a_reader_waits_for_the_user_of_a_host_that_cannot_ask_again() {
    let mut reader = Reader::of("ctap-2.3");
    reader.spend_presence();
    assert_eq!(reader.transmit(&extended(0x80, 0x10, 0, SELECTION)), None);
    assert_eq!(reader.nfc.poll_timeout(&reader.key), Some(reader.now + SignedDuration::from_secs(30)));
    reader.key.handle_answer(reader.now, Answer::Accept);
    assert_eq!(reader.nfc.poll_apdu(&mut reader.key), Some(vec![0, 0x90, 0]));
    assert_eq!(reader.nfc.poll_apdu(&mut reader.key), None);

    reader.transmit(&extended(0x80, 0x10, 0, SELECTION));
    reader.pass(30);
    assert_eq!(reader.nfc.poll_apdu(&mut reader.key), Some(vec![0x2F, 0x90, 0]));
}

#[test]
fn a_reader_that_does_not_wait_has_lost_the_answer() {
    let mut reader = Reader::of("ctap-2.3");
    reader.spend_presence();
    assert_eq!(reader.transmit(&extended(0x80, 0x10, 0, SELECTION)), None);
    reader.check(&[0x80, 0x11, 0, 0, 0], &[0x69, 0x85]);
    assert_eq!(reader.key.prompt(), None);
    assert_eq!(reader.nfc.poll_apdu(&mut reader.key), None);
}

#[test]
fn a_host_that_can_ask_again_is_told_what_the_key_waits_for() {
    let mut reader = Reader::of("ctap-2.3");
    reader.spend_presence();
    reader.check(&short(0x80, 0x10, 0x80, SELECTION), &[2, 0x91, 0]);
    reader.check(&[0x80, 0x11, 0, 0, 0], &[2, 0x91, 0]);
    reader.key.handle_answer(reader.now, Answer::Accept);
    reader.check(&[0x80, 0x11, 0, 0, 0], &[0, 0x90, 0]);
    reader.check(&[0x80, 0x11, 0, 0, 0], &[0x69, 0x85]);
}

#[test]
fn a_host_may_cancel_what_it_asks_for() {
    let mut reader = Reader::of("ctap-2.3");
    reader.spend_presence();
    reader.check(&short(0x80, 0x10, 0x80, SELECTION), &[2, 0x91, 0]);
    reader.check(&[0x80, 0x11, 0x11, 0, 0], &[0x2D, 0x90, 0]);
    assert_eq!(reader.key.prompt(), None);
}

#[test]
fn a_new_command_and_the_end_of_the_field_abandon_what_waits() {
    let mut reader = Reader::of("ctap-2.3");
    reader.spend_presence();
    reader.check(&short(0x80, 0x10, 0x80, SELECTION), &[2, 0x91, 0]);
    assert_eq!(reader.command(GET_INFO)[0], 0);
    assert_eq!(reader.key.prompt(), None);
    reader.check(&short(0x80, 0x10, 0x80, SELECTION), &[2, 0x91, 0]);
    reader.nfc.handle_detach(&mut reader.key);
    assert_eq!(reader.key.prompt(), None);
}

#[test]
fn a_long_touch_is_no_tap() {
    let mut reader = Reader::of("ctap-2.3");
    reader.command(&[0x0D, 0xA1, 1, 4]);
    reader.check(&short(0x80, 0x10, 0x80, &[7]), &[2, 0x91, 0]);
}

#[test]
fn u2f_needs_no_polling_while_the_tap_is_presence() {
    let mut reader = Reader::of("ctap-2.3");
    let register = extended(0, U2F_REGISTER, 0, &[0xC7; 64]);
    let answer = reader.send(&register);
    assert_eq!(answer[0], 5);
    assert_eq!(answer[answer.len() - 2..], [0x90, 0]);
    reader.check(&register, &[0x69, 0x85]);
    reader.key.handle_answer(reader.now, Answer::Accept);
    assert_eq!(reader.send(&register)[0], 5);
}

#[test]
fn u2f_in_short_form_is_answered_in_pieces() {
    let mut reader = Reader::of("ctap-2.3");
    let register = [short(0, U2F_REGISTER, 0, &[0xC7; 64]), vec![0]].concat();
    let mut answer = reader.send(&register);
    let word = answer.split_off(256);
    assert_eq!(word[0], 0x61);
    let rest = reader.send(&[0, 0xC0, 0, 0, word[1]]);
    assert_eq!(rest[rest.len() - 2..], [0x90, 0]);
    assert_eq!(rest.len() - 2, usize::from(word[1]));
}

#[test]
fn a_key_that_serves_another_host_is_busy() {
    let mut reader = Reader::of("ctap-2.3");
    reader.key.handle_command(reader.now, SELECTION);
    assert_eq!(reader.command(GET_INFO), [6]);
    reader.check(&[0, 3, 0, 0, 0], &[0x69, 0x85]);
    assert!(reader.key.prompt().is_some(), "the other host's user is still asked");
}

/// APDUs that are likely to be taken seriously.
fn plausible() -> impl Strategy<Value = Vec<u8>> {
    let class = prop::sample::select(vec![0u8, 0x80, 0x10, 0x90]);
    let instruction = prop::sample::select(vec![1u8, 2, 3, 0x10, 0x11, 0x12, 0xA4, 0xC0]);
    let p1 = prop::sample::select(vec![0u8, 1, 3, 4, 7, 8, 0x11, 0x80]);
    let data = prop_oneof![
        Just(AID.to_vec()),
        Just(make_credential()),
        prop::collection::vec(any::<u8>(), 0..100),
        prop::collection::vec(any::<u8>(), 64),
    ];
    (class, instruction, p1, data, any::<bool>()).prop_map(|(class, instruction, p1, data, is_short)| {
        if is_short { short(class, instruction, p1, &data) } else { extended(class, instruction, p1, &data) }
    })
}

proptest! {
    #[test]
    fn any_split_into_a_chain_is_the_same_command(cuts in prop::collection::vec(1..100usize, 0..20)) {
        let command = make_credential();
        let mut whole = Reader::of("ctap-2.3");
        let expect = whole.send(&extended(0x80, 0x10, 0, &command));

        let mut reader = Reader::of("ctap-2.3");
        let mut rest = command.as_slice();
        for cut in cuts {
            let (head, tail) = rest.split_at(cut.min(rest.len()));
            prop_assert_eq!(reader.send(&short(0x90, 0x10, 0, head)), [0x90, 0]);
            rest = tail;
        }
        prop_assert_eq!(reader.send(&extended(0x80, 0x10, 0, rest)), expect);
    }

    #[test]
    fn no_apdus_do_harm(
        apdus in prop::collection::vec((prop_oneof![plausible(), prop::collection::vec(any::<u8>(), 0..50)], 0..20i64), 0..40)
    ) {
        let mut reader = Reader::of("ctap-2.3");
        for (apdu, seconds) in apdus {
            if let Some(answer) = reader.transmit(&apdu) {
                prop_assert!(answer.len() >= 2);
            }
            reader.pass(seconds);
            prop_assert!(reader.nfc.poll_timeout(&reader.key).is_none_or(|at| at > reader.now));
        }
        reader.pass(31);
        reader.nfc.poll_apdu(&mut reader.key);
        // A chain that was begun is given up by the first command of another kind.
        reader.transmit(SELECT);
        let version = reader.send(SELECT);
        prop_assert!(version.ends_with(&[0x90, 0]));
        prop_assert_eq!(reader.command(GET_INFO)[0], 0);
    }
}
