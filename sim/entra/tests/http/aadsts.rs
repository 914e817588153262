//! Every AADSTS code has a test that provokes it: `docs/sign-in-codes.md` names it, and here its word is checked.

use std::collections::BTreeSet;
use std::path::Path;

const DOCUMENT: &str = include_str!("../../../../docs/sign-in-codes.md");
const CODES: &str = include_str!("../../src/error/aadsts.rs");

/// A row: code, file, test.
fn rows() -> Vec<(u32, &'static str, &'static str)> {
    let (table, _) = DOCUMENT.split_once("## Codes that no flow").expect("two tables");
    let cells = table.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let rows = cells.filter_map(|line| {
        let code = line.split(" | ").next()?.parse().ok()?;
        let (file, test) = line.rsplit(" | ").next()?.trim_matches('`').split_once("`: `")?;
        Some((code, file, test))
    });
    rows.collect()
}

/// The numbers in the table of codes: what stands behind `code(` and `client(`.
fn codes() -> BTreeSet<u32> {
    let entries = CODES.lines().filter(|line| line.starts_with("    ") && line.contains(" = "));
    let number = |line: &str| {
        let behind = line.split_once("code(").or(line.split_once("client("))?.1;
        behind.split(',').next()?.parse().ok()
    };
    entries.filter_map(number).collect()
}

#[test]
fn every_code_has_a_row() {
    let documented: BTreeSet<u32> = rows().iter().map(|(code, ..)| *code).collect();
    assert_eq!(documented, codes());
}

#[test]
fn every_row_names_a_test_that_asks_for_the_code() {
    for (code, file, test) in rows() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
        let start = text.find(&format!("#[test]\nfn {test}()")).unwrap_or_else(|| panic!("{file} has no test {test}"));
        let body = &text[start..];
        let body = &body[..body.find("\n}\n").unwrap_or(body.len())];
        let is_asked =
            body.replace('_', "").split(|letter: char| !letter.is_ascii_digit()).any(|n| n.parse() == Ok(code));
        assert!(is_asked, "{file}: {test} does not ask for {code}");
    }
}
