//! The places where this process prints.

use std::io::Write as _;

/// Prints a line on standard output. A reader that has hung up (`| head`) is no error of ours.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{}", harmless(line));
}

/// Prints one line, whatever is in it: a host that names an account "\n? the phone asks" writes no line of its own.
pub(crate) fn say_line(line: &str) {
    say(&one_line(line));
}

fn one_line(text: &str) -> String {
    text.replace('\n', "\u{FFFD}")
}

/// The text without what would make a terminal do anything but write: names come from files, screens from pages.
pub(crate) fn harmless(text: &str) -> String {
    text.replace(|letter: char| letter.is_control() && !matches!(letter, '\n' | '\t'), "\u{FFFD}")
}

/// Prints on standard error why nothing ran.
pub(crate) fn complain(report: &miette::Report) {
    let _ = writeln!(std::io::stderr(), "{report:?}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_clear_the_screen() {
        assert_eq!(harmless("a\u{1b}[2J\tb\r\nc"), "a\u{FFFD}[2J\tb\u{FFFD}\nc");
    }

    #[test]
    fn a_name_cannot_write_a_line_of_its_own() {
        assert_eq!(one_line("carol\n? the phone asks"), "carol\u{FFFD}? the phone asks");
    }
}
