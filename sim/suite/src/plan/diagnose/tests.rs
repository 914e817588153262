//! What each mistake is called, and where it is found.

use super::*;

fn check(guess: Option<Guess>, expected: Option<((usize, usize), &str)>) {
    let found = guess.as_ref().map(|guess| (guess.at, guess.problem.as_str()));
    assert_eq!(found, expected);
}

fn check_misread(text: &str, at: (usize, usize), problem: &str) {
    check(find(text, Weight::Wrong), Some((at, problem)));
}

fn check_refused(text: &str, at: (usize, usize), problem: &str) {
    check(find(text, Weight::Suspicious), Some((at, problem)));
}

#[test]
fn a_misspelt_header_whose_steps_would_be_a_description_is_found() {
    for header in ["Scenari: x", "scenario: x", "Scenario outline: x", "Sceanrio: x", "Backgruond:"] {
        for step in ["Given a", "given a"] {
            let text = format!("Feature: F\n  {header}\n    {step}\n  Scenario: y\n    Given b\n");
            check_misread(&text, (2, 3), NO_KEYWORD);
        }
    }
}

#[test]
fn a_misspelt_first_step_that_would_be_a_description_is_found() {
    for step in ["given a", "WHEN a", "Giben a", "Givenn a"] {
        let text = format!("Feature: F\n  Scenario: y\n    {step}\n    Then b\n");
        check_misread(&text, (3, 5), "this line is no step");
    }
}

#[test]
fn what_the_parser_would_take_for_a_description_is_found() {
    check_misread(
        "Feature: F\n Rule: A\n Rule: B\n  Scenario: y\n   Given b\n",
        (2, 2),
        "nothing stands below this line",
    );
    check_misread(
        "Feature: F\n Background:\n Rule: B\n  Scenario: y\n   * b\n",
        (2, 2),
        "nothing stands below this line",
    );
    check_misread("Feature: F\nFeature: G\n  Scenario: y\n   * b\n", (2, 1), "a file has one feature");
}

#[test]
fn rows_of_other_lengths_are_found_the_longer_ones_too() {
    let problem = "this row has another number of cells than its header";
    let table = |rows: &str| format!("Feature: F\n  Scenario: y\n    Given b\n{rows}");
    check_misread(&table("| a | b |\n| 1 |\n"), (5, 1), problem);
    check_misread(&table("| a |\n # why\n\n  | 1 | 2 |\n"), (7, 3), problem);
    check_misread(&table("| a |\n| 1\\|2 |\n| 1 \\|\n"), (6, 1), "this row does not end with |");
    check(find(&table("| a |\n| 1 |\nAnd b\n| a | b |\n| 1 | \\\\|\n"), Weight::Suspicious), None);
}

#[test]
fn prose_is_left_alone() {
    let text = "# why\n@a @b # c\nFeature: F\n  Rules: many.\n  Note: when it rains\n  When it rains, given\n  the weather: x\n\n\
        \x20 @c\n  Scenario: y\n    The first half.\n    Then b\n      \"\"\"\n      Scenari: x\n      | a\n      \"\"\"\n";
    check(find(text, Weight::Wrong), None);
    check(find("# language: de\nFunktion: F\n  Scenari: x\n    Given\n", Weight::Suspicious), None);
}

#[test]
fn a_refused_text_is_explained() {
    let feature = |rest: &str| format!("Feature: F\n{rest}");
    check_refused("", (1, 1), "this file has no feature");
    check_refused("\n# only\n@tag\n", (1, 1), "this file has no feature");
    check_refused(&feature("  Scenario: a\n    Given\n"), (3, 5), "this step has no text");
    check_refused(&feature("  Scenario Carol pairs\n    Given b\n"), (2, 3), "a colon is missing behind the keyword");
    check_refused(&feature("  Scenario: a\n  Given b\n  Exampels:\n"), (4, 3), NO_KEYWORD);
    check_refused(&feature("  Given b\n"), (2, 3), "this step belongs to no scenario");
    check_refused(&feature(" @a b\n Scenario: a\n  Given b\n"), (2, 2), "\"b\" is no tag");
    let scenario = " Scenario: a\n  Given b\n";
    let background = " Background:\n  Given b\n";
    check_refused(&feature(&format!("{scenario}{background}")), (4, 2), "a background does not stand here");
    check_refused(&feature(&format!("{background}{background}{scenario}")), (4, 2), "a background does not stand here");
    check_refused(&feature(&format!("{scenario} Rule: R\n{scenario} Nonsense\n")), (7, 2), "this line is not Gherkin");
}
