//! The list of steps.

use std::path::PathBuf;

use suite::Vocabulary;

#[test]
fn the_page_in_docs_is_up_to_date() {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let vocabulary = Vocabulary::read(&[root.join("features").display().to_string()]);
    let vocabulary = vocabulary.unwrap_or_else(|error| panic!("{:?}", miette::Report::new(error)));
    let page = std::fs::read_to_string(root.join("docs/steps.md")).expect("docs has the page");
    assert!(vocabulary.page() == page, "docs/steps.md is not up to date: run `passkey-lab steps --page docs/steps.md`");
}
