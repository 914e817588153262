//! Fragments by their bytes, and every message through every size of them.

use proptest::prelude::*;

use super::*;

/// Asserts what comes of fragments, one after another.
fn check(fragments: &[&[u8]], expect: &[Progress]) {
    let mut assembler = Assembler::default();
    let progress: Vec<_> =
        fragments.iter().map(|bytes| assembler.handle_fragment(Fragment::parse(bytes).expect("a fragment"))).collect();
    assert_eq!(progress, expect);
}

fn whole(command: Command, payload: &[u8]) -> Progress {
    Progress::Whole(Message { command, payload: payload.to_vec() })
}

#[test]
fn get_info_is_four_bytes() {
    let message = Message { command: Command::MSG, payload: vec![0x04] };
    assert_eq!(message.fragments(FragmentSize::MIN).collect::<Vec<_>>(), [[0x83, 0x00, 0x01, 0x04]]);
    check(&[&[0x83, 0x00, 0x01, 0x04]], &[whole(Command::MSG, &[4])]);
}

#[test]
fn the_first_fragment_carries_three_bytes_less_than_its_size_and_the_others_one() {
    let message = Message { command: Command::PING, payload: (0..40).collect() };
    let fragments: Vec<_> = message.fragments(FragmentSize::MIN).collect();
    assert_eq!(fragments.iter().map(Vec::len).collect::<Vec<_>>(), [20, 20, 5]);
    assert_eq!(fragments[0][..4], [0x81, 0x00, 40, 0]);
    assert_eq!(fragments[1][..2], [0, 17]);
    assert_eq!(fragments[2], [1, 36, 37, 38, 39]);
}

#[test]
fn a_message_without_payload_is_one_fragment() {
    let message = Message { command: Command::CANCEL, payload: Vec::new() };
    assert_eq!(message.fragments(FragmentSize::MAX).collect::<Vec<_>>(), [[0xBE, 0, 0]]);
    check(&[&[0xBE, 0, 0]], &[whole(Command::CANCEL, &[])]);
}

#[test]
fn sequence_numbers_begin_again_after_127() {
    let message = Message { command: Command::PING, payload: vec![7; 17 + 19 * 129] };
    let fragments: Vec<_> = message.fragments(FragmentSize::MIN).collect();
    assert_eq!((fragments[128][0], fragments[129][0]), (0x7F, 0x00));
}

#[test]
fn a_fragment_may_be_shorter_than_it_could() {
    check(
        &[&[0x81, 0, 3], &[0, 7], &[1, 8, 9]],
        &[Progress::Waiting, Progress::Waiting, whole(Command::PING, &[7, 8, 9])],
    );
}

#[test]
fn a_gap_and_a_repetition_end_the_message() {
    let refused = Progress::Refused(error::INVALID_SEQ);
    let first: &[u8] = &[0x81, 0, 9, 1];
    check(&[first, &[1, 2], &[0, 2]], &[Progress::Waiting, refused.clone(), Progress::Spurious]);
    check(&[first, &[0, 2], &[0, 2]], &[Progress::Waiting, Progress::Waiting, refused]);
}

#[test]
fn bytes_beyond_the_length_end_the_message() {
    let refused = || Progress::Refused(error::INVALID_LEN);
    check(&[&[0x81, 0, 1, 1, 2]], &[refused()]);
    check(&[&[0x81, 0, 2, 1], &[0, 2, 3], &[0, 2]], &[Progress::Waiting, refused(), Progress::Spurious]);
}

#[test]
fn a_continuation_without_data_ends_the_message() {
    check(&[&[0x81, 0, 2, 1], &[0]], &[Progress::Waiting, Progress::Refused(error::INVALID_LEN)]);
}

#[test]
fn nothing_and_half_a_header_are_no_fragments() {
    for bytes in [&[][..], &[0x81], &[0x81, 0]] {
        assert_eq!(Fragment::parse(bytes), None, "{bytes:?}");
    }
}

#[test]
fn a_fragment_has_20_to_512_bytes() {
    let sizes = [19, 20, 512, 513].map(|bytes| FragmentSize::new(bytes).map(FragmentSize::to_be_bytes));
    assert_eq!(sizes, [None, Some([0, 20]), Some([2, 0]), None]);
}

proptest! {
    #[test]
    fn a_message_survives_its_fragments(
        size in 20..=512u16,
        command in 0x80u8..,
        payload in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..2000),
            prop::collection::vec(any::<u8>(), 0..=MESSAGE_BYTES_MAX),
        ],
    ) {
        let size = FragmentSize::new(size).expect("a size");
        let message = Message { command: Command(command), payload };
        let mut assembler = Assembler::default();
        let mut progress = Progress::Waiting;
        for fragment in message.fragments(size) {
            prop_assert_eq!(progress, Progress::Waiting);
            prop_assert!(fragment.len() <= size.bytes());
            progress = assembler.handle_fragment(Fragment::parse(&fragment).expect("a fragment"));
        }
        prop_assert_eq!(progress, Progress::Whole(message));
    }

    #[test]
    fn any_fragments_in_any_order_do_no_harm(
        fragments in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..200),
    ) {
        let mut assembler = Assembler::default();
        for fragment in fragments.iter().filter_map(|bytes| Fragment::parse(bytes)) {
            assembler.handle_fragment(fragment);
            if let Some(partial) = &assembler.0 {
                prop_assert!(partial.message.payload.len() < partial.length);
            }
        }
        let ping = Fragment::Init { command: Command::PING, length: 1, data: &[7] };
        prop_assert_eq!(assembler.handle_fragment(ping), whole(Command::PING, &[7]));
    }
}
