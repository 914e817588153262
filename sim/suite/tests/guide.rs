//! The guide beside the scenarios that show it.

use std::path::PathBuf;

use suite::{CouldNotRun, Coverage, Guide};

fn read(name: &str) -> Result<Guide, CouldNotRun> {
    let data = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data"));
    let features = data.join("pass.feature").display().to_string();
    Guide::read(&data.join("guide").join(name), &[features], &data.join("guide"))
}

#[test]
fn a_sentence_is_shown_cannot_be_or_is_open() {
    let guide = read("right.yaml").expect("it names what is there");
    assert_eq!(guide.coverage(), Coverage { shown: 1, beyond: 1, open: vec![4] });
    let page = guide.page();
    let tables = page.split_once("3 sentences: 1 shown, 1 that no scenario can show, 1 not covered.\n");
    let (_, tables) = tables.expect("the page says how many");
    assert_eq!(tables, TABLES);
}

#[test]
fn every_name_of_what_is_not_there_is_told_with_its_line() {
    let Err(CouldNotRun::Guide { places, .. }) = read("wrong.yaml") else { panic!("it names what is not there") };
    let complaints: Vec<(usize, String)> = places.into_iter().map(|place| (place.line, place.problem)).collect();
    let patch = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/guide/subtraction.patch");
    let expected = [
        "no scenario is named \"Subtraction\"".to_owned(),
        "\"Addition\" has no Then step \"the sum is 4\"".to_owned(),
        format!("there is no {patch}"),
        "two sentences have the number 1".to_owned(),
        "shown_by and no_scenario exclude each other".to_owned(),
    ];
    // Two sentences have the number, and the later one is what has to change.
    assert_eq!(complaints, expected.map(|problem| (10, problem)));
}

#[test]
fn a_file_that_is_no_guide_is_refused_at_the_place() {
    let data = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data"));
    let refused = Guide::read(&data.join("pass.feature"), &[], &data);
    let Err(CouldNotRun::Syntax(error)) = refused else { panic!("it is no guide: {refused:?}") };
    assert_eq!((error.line, error.help.as_str()), (2, "the head of fixtures/guide.yaml says what an entry has"));
}

#[test]
fn the_page_in_docs_is_up_to_date() {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let features = root.join("features").display().to_string();
    let guide = Guide::read(&root.join("fixtures/guide.yaml"), &[features], &root.join("fixtures/breaks"));
    let guide = guide.unwrap_or_else(|error| panic!("{:?}", miette::Report::new(error)));
    let page = std::fs::read_to_string(root.join("docs/guide-coverage.md")).expect("docs has the page");
    assert!(guide.page() == page, "docs/guide-coverage.md is not up to date: run `passkey-lab guide`");
}

const TABLES: &str = "
## Sums

`@guide:sums`

| | the guide says | shown by |
|---|---|---|
| 1 | One and two \\| make three. | *Addition*: the sum is 3 (`data/pass.feature`)<br>*Adding &lt;a> makes &lt;sum>*: the sum is &lt;sum> (`data/pass.feature`)<br>fails with `addition` |
| 2 | Sums are pretty. | none: A matter of taste. |

## Products

| | the guide says | shown by |
|---|---|---|
| 4 | Nobody multiplies. | **not covered** |
";
