//! The steps that are written, and which of them a text means.

use std::collections::BTreeSet;

use cucumber::{
    World as _,
    codegen::{StepConstructor, WorldInventory, inventory},
    gherkin,
    step::{self, Collection, Location},
};

use crate::{World, vocabulary};

/// Every step of the binary, in the order of files and lines.
pub(crate) struct Definitions {
    collection: Collection<World>,
    written: Vec<Definition>,
}

/// One written step.
pub(crate) struct Definition {
    /// `Given`, `When` or `Then`.
    pub(crate) keyword: &'static str,
    /// Its text, where the source is one of `steps/`.
    pub(crate) expression: Option<String>,
    /// The regular expression that its text became.
    pub(crate) pattern: String,
    /// Where the attribute stands.
    pub(crate) location: Location,
}

/// What a text means.
pub(crate) enum Meaning<'a> {
    Step(Match<'a>),
    Nothing { nearest: Vec<String> },
    Several { candidates: Vec<String> },
}

/// A step that a text means.
pub(crate) struct Match<'a> {
    pub(crate) call: &'a cucumber::Step<World>,
    pub(crate) context: step::Context,
    /// Start (in bytes of the text) and words of each argument.
    pub(crate) arguments: Vec<(usize, String)>,
}

impl Definitions {
    pub(crate) fn of_this_binary() -> Self {
        let given = inventory::iter::<<World as WorldInventory>::Given>.into_iter().map(|step| read("Given", step));
        let when = inventory::iter::<<World as WorldInventory>::When>.into_iter().map(|step| read("When", step));
        let then = inventory::iter::<<World as WorldInventory>::Then>.into_iter().map(|step| read("Then", step));
        let mut written: Vec<Definition> = given.chain(when).chain(then).collect();
        written.sort_by_key(|definition| (definition.location, definition.keyword));
        let texts = vocabulary::texts();
        for definition in &mut written {
            let place = definition.location;
            let found = texts.iter().find(|(file, line, _)| *line == place.line && place.path.ends_with(file.as_str()));
            definition.expression = found.map(|(_, _, text)| text.clone());
        }
        Self { collection: World::collection(), written }
    }

    pub(crate) fn written(&self) -> &[Definition] {
        &self.written
    }

    pub(crate) fn meaning(&self, step: &gherkin::Step) -> Meaning<'_> {
        match self.collection.find(step) {
            Ok(Some((call, captures, _, context))) => {
                let spans = (1..captures.len()).filter_map(|group| captures.get(group));
                let arguments = spans.map(|(start, end)| (start, step.value[start..end].to_owned())).collect();
                Meaning::Step(Match { call, context, arguments })
            }
            Ok(None) => Meaning::Nothing { nearest: self.nearest(&step.value) },
            Err(several) => {
                let candidates = several.possible_matches.iter().map(|(pattern, location)| {
                    let place = location.map(|place| format!(" ({}:{})", place.path, place.line)).unwrap_or_default();
                    format!("{} {}{place}", keyword_of(step.ty), readable(pattern.as_str()))
                });
                Meaning::Several { candidates: candidates.collect() }
            }
        }
    }

    /// Which written steps fit: none, one, or all of an ambiguous text.
    pub(crate) fn fitting(&self, step: &gherkin::Step) -> Vec<usize> {
        match self.collection.find(step) {
            Ok(None) => Vec::new(),
            Ok(Some((_, _, location, _))) => self.at(step.ty, &[location]),
            Err(several) => {
                let places: Vec<_> = several.possible_matches.iter().map(|(_, location)| *location).collect();
                self.at(step.ty, &places)
            }
        }
    }

    fn at(&self, ty: gherkin::StepType, places: &[Option<Location>]) -> Vec<usize> {
        let fits = |written: &Definition| written.keyword == keyword_of(ty) && places.contains(&Some(written.location));
        (0..self.written.len()).filter(|&index| fits(&self.written[index])).collect()
    }

    /// Up to three written steps that share the most words with `text`, whatever their keyword.
    fn nearest(&self, text: &str) -> Vec<String> {
        let wanted = words(&parameterised(text));
        let mut scored: Vec<(usize, String)> = Vec::new();
        for definition in &self.written {
            let expression = definition.expression.clone().unwrap_or_else(|| readable(&definition.pattern));
            let score = percent_shared(&wanted, &words(&expression));
            if score >= NEAREST_PERCENT_MIN {
                let place = definition.location;
                scored.push((score, format!("{} {expression} ({}:{})", definition.keyword, place.path, place.line)));
            }
        }
        scored.sort_by(|(a, first), (b, second)| b.cmp(a).then_with(|| first.cmp(second)));
        scored.into_iter().take(NEAREST_COUNT_MAX).map(|(_, line)| line).collect()
    }
}

fn read<S: StepConstructor<World>>(keyword: &'static str, step: &S) -> Definition {
    let (location, pattern, _) = step.inner();
    Definition { keyword, expression: None, pattern: pattern().as_str().to_owned(), location }
}

fn keyword_of(ty: gherkin::StepType) -> &'static str {
    match ty {
        gherkin::StepType::Given => "Given",
        gherkin::StepType::When => "When",
        gherkin::StepType::Then => "Then",
    }
}

/// A step's regular expression with every group as `…`, which is how its author thinks of it.
fn readable(pattern: &str) -> String {
    let mut text = String::new();
    let mut depth = 0_usize;
    let mut letters = pattern.trim_start_matches('^').trim_end_matches('$').chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => {
                let escaped = letters.next();
                text.extend(escaped.filter(|_| depth == 0));
            }
            '(' => {
                if depth == 0 {
                    text.push('…');
                }
                depth += 1;
            }
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => text.push(letter),
            _ => {}
        }
    }
    text
}

/// A step's text as its author would have written the expression: `{string}`, `{int}`, and `{person}` at its beginning.
fn parameterised(text: &str) -> String {
    let pieces = text.split('"').enumerate();
    let unquoted: String = pieces.map(|(index, piece)| if index % 2 == 0 { piece } else { " {string} " }).collect();
    let word = |(index, word): (usize, &str)| match word {
        name if index == 0 && name.starts_with(char::is_uppercase) => "{person}".to_owned(),
        number if number.parse::<u64>().is_ok() => "{int}".to_owned(),
        word => word.to_owned(),
    };
    unquoted.split_whitespace().enumerate().map(word).collect::<Vec<_>>().join(" ")
}

/// The words of a text or an expression, parameters in their braces; of `a/b` both.
fn words(text: &str) -> BTreeSet<String> {
    let unquoted: String = text.split('"').step_by(2).collect::<Vec<_>>().join(" ");
    let words = unquoted.split(|letter: char| !letter.is_alphanumeric() && !"{}".contains(letter));
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

fn percent_shared(one: &BTreeSet<String>, other: &BTreeSet<String>) -> usize {
    200 * one.intersection(other).count() / (one.len() + other.len()).max(1)
}

const NEAREST_PERCENT_MIN: usize = 40;
const NEAREST_COUNT_MAX: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_reads_as_its_words_with_a_dot_for_each_argument() {
        assert_eq!(readable(r#"^(\w+)'s screen shows (?:"([^"\\]*)"|'([^']*)')\?$"#), "…'s screen shows …?");
    }

    #[test]
    fn a_step_with_a_misspelt_place_is_told_the_step_that_was_meant() {
        let nearest = Definitions::of_this_binary().nearest(r#"Carol taps "Accept" on the phnoe"#);
        assert!(nearest[0].starts_with("When {person} taps/clicks {string} {place} ("), "{nearest:?}");
    }

    #[test]
    fn names_numbers_and_quotes_stand_for_parameters() {
        assert_eq!(
            parameterised(r#"Carol sees "a b" within 3 minutes"#),
            "{person} sees {string} within {int} minutes"
        );
        assert_eq!(parameterised("the lab is quiet"), "the lab is quiet");
    }

    #[test]
    fn words_in_quotes_do_not_make_steps_alike() {
        assert_eq!(words(r#"Carol taps "Start Pairing" twice"#), words(r#"carol TAPS "Accept" twice"#));
    }
}
