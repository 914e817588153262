//! Hostile input: the corpus of `fixtures/ctap/corpus/` and random bytes, against every shipped profile.

#[path = "hostile/drive.rs"]
mod drive;

use std::path::Path;

use proptest::prelude::*;

fn corpus(of: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/ctap/corpus").join(of);
    let files = std::fs::read_dir(&folder).expect("the corpus is there");
    let mut found: Vec<_> = files
        .map(|file| file.expect("a readable folder"))
        .map(|file| (file.file_name().to_string_lossy().into_owned(), std::fs::read(file.path()).expect("a file")))
        .collect();
    found.sort();
    assert!(found.len() > 10, "the corpus of {of} has {} files", found.len());
    found
}

#[test]
fn the_corpus_of_commands_does_no_harm() {
    for (_, bytes) in corpus("commands") {
        drive::play_command(&bytes);
    }
}

#[test]
fn the_corpus_of_sessions_does_no_harm() {
    for (_, bytes) in corpus("sessions") {
        drive::play(&bytes);
    }
}

#[test]
fn the_corpus_of_fragments_does_no_harm() {
    for (_, bytes) in corpus("fragments") {
        drive::ble::play(&bytes);
    }
}

#[test]
fn the_corpus_of_apdus_does_no_harm() {
    for (_, bytes) in corpus("apdus") {
        drive::play_apdus(&bytes);
    }
}

proptest! {
    #[test]
    fn random_apdus_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..1000)) {
        drive::play_apdus(&bytes);
    }

    #[test]
    fn random_commands_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        drive::play_command(&bytes);
    }

    #[test]
    fn random_sessions_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..1000)) {
        drive::play(&bytes);
    }

    #[test]
    fn random_fragments_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..1000)) {
        drive::ble::play(&bytes);
    }

    /// A command of the corpus with a few bytes changed.
    #[test]
    fn changed_commands_do_no_harm(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let corpus = corpus("commands");
        let mut bytes = which.get(&corpus).1.clone();
        for (at, byte) in changes {
            if !bytes.is_empty() {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
        }
        drive::play_command(&bytes);
    }
}
