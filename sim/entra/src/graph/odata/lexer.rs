//! The tokens of `$filter` and `$orderby` (OData 4.01 URL conventions, ABNF).

use std::iter::Peekable;
use std::str::Chars;

/// Strings (single quotes, doubled inside), words and punctuation.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Text(String),
    /// A name, a path, an operator or a bare literal.
    Word(String),
    Mark(char),
}

const MARKS: &str = "(),:";

/// `None` when a string never closes.
pub(super) fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(&next) = chars.peek() {
        if next == '\'' {
            chars.next();
            tokens.push(Token::Text(quoted(&mut chars)?));
        } else if next.is_whitespace() {
            chars.next();
        } else if MARKS.contains(next) {
            chars.next();
            tokens.push(Token::Mark(next));
        } else {
            tokens.push(Token::Word(word(&mut chars)));
        }
    }
    Some(tokens)
}

/// A colon ends a name and belongs to a time of day.
fn word(chars: &mut Peekable<Chars<'_>>) -> String {
    let mut word = String::new();
    while let Some(c) = chars.next_if(|&c| {
        let is_time = c == ':' && word.starts_with(|first: char| first.is_ascii_digit());
        is_time || !(c.is_whitespace() || c == '\'' || MARKS.contains(c))
    }) {
        word.push(c);
    }
    word
}

/// The rest of a string after its opening quote.
fn quoted(chars: &mut Peekable<Chars<'_>>) -> Option<String> {
    let mut text = String::new();
    loop {
        match chars.next()? {
            '\'' if chars.next_if_eq(&'\'').is_some() => text.push('\''),
            '\'' => return Some(text),
            c => text.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Token::{Mark, Text, Word};
    use super::*;

    #[test]
    fn a_colon_belongs_to_times_and_not_to_names() {
        let word = |text: &str| Word(text.into());
        assert_eq!(tokens("m:m/id").unwrap(), [word("m"), Mark(':'), word("m/id")]);
        assert_eq!(tokens("a ge 2026-03-02T09:00:00Z").unwrap()[2], word("2026-03-02T09:00:00Z"));
        assert_eq!(
            tokens("f(a,'O''B')").unwrap(),
            [word("f"), Mark('('), word("a"), Mark(','), Text("O'B".into()), Mark(')')]
        );
        assert_eq!(tokens("a eq 'x"), None);
    }
}
