//! Steps and parameters out of their own sources: doc comments, and the attributes below them.

use super::{Concept, Form, ParameterType, Step, Vocabulary};
use crate::steps::{PARAMETERS, SOURCES};

/// What the sources of the steps say, without examples.
pub(super) fn read() -> Vocabulary {
    let parameters = items(PARAMETERS).filter_map(|item| parameter(&item)).collect();
    let concepts = SOURCES.iter().map(|(file, source)| Concept {
        file: (*file).to_owned(),
        about: about(source),
        steps: items(source).filter_map(|item| step(&item)).collect(),
    });
    Vocabulary { parameters, concepts: concepts.collect() }
}

/// What stands above a function or type: its doc comment, and its attributes with their lines.
#[derive(Default)]
struct Item {
    says: Vec<String>,
    attributes: Vec<(u32, String)>,
}

/// Every item of a source. Attributes are as `rustfmt` lays them out: over several lines the last of them is `)]`.
fn items(source: &str) -> impl Iterator<Item = Item> {
    let mut items = vec![Item::default()];
    let mut unfinished = false;
    for (line, text) in (1..).zip(source.lines().map(str::trim)) {
        let item = items.last_mut().expect("it begins with one");
        if unfinished {
            item.attributes.last_mut().expect("one is unfinished").1.push_str(text);
            unfinished = !text.ends_with(")]");
        } else if let Some(says) = text.strip_prefix("///") {
            item.says.push(says.trim().to_owned());
        } else if text.starts_with("#[") {
            item.attributes.push((line, text.to_owned()));
            unfinished = !text.ends_with(']');
        } else {
            items.push(Item::default());
        }
    }
    items.into_iter()
}

/// The first paragraph of a file's own comment.
fn about(source: &str) -> String {
    let lines = source.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim);
    lines.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

fn step(item: &Item) -> Option<Step> {
    let forms: Vec<Form> = item.attributes.iter().filter_map(|(line, attribute)| form(*line, attribute)).collect();
    (!forms.is_empty()).then(|| Step { says: item.says.join(" "), forms })
}

fn form(line: u32, attribute: &str) -> Option<Form> {
    let keywords = [("#[given(", "Given"), ("#[when(", "When"), ("#[then(", "Then")];
    let (rest, keyword) =
        keywords.into_iter().find_map(|(begin, word)| Some((attribute.strip_prefix(begin)?, word)))?;
    Some(Form { keyword: keyword.to_owned(), text: quoted(rest)?, line, example: None })
}

fn parameter(item: &Item) -> Option<ParameterType> {
    let (_, attribute) = item.attributes.iter().find(|(_, text)| text.starts_with("#[param("))?;
    let (name, pattern) = attribute.strip_prefix("#[param(")?.split_once("regex")?;
    Some(ParameterType { name: quoted(name)?, says: item.says.join(" "), pattern: quoted(pattern)? })
}

/// The first string literal.
fn quoted(text: &str) -> Option<String> {
    let (before, rest) = text.split_once('"')?;
    if before.ends_with('r') {
        return Some(rest.split_once('"')?.0.to_owned());
    }
    let mut words = String::new();
    let mut letters = rest.chars();
    loop {
        match letters.next()? {
            '"' => return Some(words),
            '\\' => words.extend(letters.next()),
            letter => words.push(letter),
        }
    }
}
