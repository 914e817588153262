//! Which line of a feature is wrong. The parser only tells how far it came, which is often a line too far, and it
//! takes much that was meant otherwise: a misspelt `Scenari:` and its steps are a description to it, and are lost.

use std::path::Path;

use cucumber::gherkin::is_language_supported;

use super::layout;
use crate::SyntaxError;

/// The error for a text that the parser refused, in `parser`'s words.
pub(super) fn refused(path: &Path, text: &str, parser: &str) -> SyntaxError {
    let guess = unknown_language(text).or_else(|| find(text, Weight::Suspicious));
    let guess = guess.unwrap_or_else(|| Guess {
        at: position(parser),
        problem: "the parser could not go on here".to_owned(),
        help: HELP_LINE.to_owned(),
    });
    guess.error(path, text)
}

/// The error for a text that the parser took and that says something else than its author meant.
pub(super) fn misread(path: &Path, text: &str) -> Option<SyntaxError> {
    find(text, Weight::Wrong).map(|guess| guess.error(path, text))
}

/// The error for a text in which the parser found no scenario.
pub(super) fn without_scenario(path: &Path, text: &str, feature: (usize, usize)) -> SyntaxError {
    let guess = if text.contains('\r') && !text.contains('\n') {
        let help = "save the file with the line ends of Unix or Windows".to_owned();
        Guess { at: (1, 1), problem: "the lines of this file end in CR alone".to_owned(), help }
    } else {
        find(text, Weight::Suspicious).unwrap_or_else(|| Guess {
            at: feature,
            problem: "this feature has no scenario".to_owned(),
            help: "write a line `Scenario: ...`; text before the first one is the feature's description".to_owned(),
        })
    };
    guess.error(path, text)
}

struct Guess {
    at: (usize, usize),
    problem: String,
    help: String,
}

impl Guess {
    fn new(line: &Line<'_>, problem: impl Into<String>, help: impl Into<String>) -> Self {
        let column = line.text.len() - line.text.trim_start().len() + 1;
        Self { at: (line.number, column), problem: problem.into(), help: help.into() }
    }

    fn error(self, path: &Path, text: &str) -> SyntaxError {
        SyntaxError::new(&path.display().to_string(), text, self.at, &self.problem, &self.help)
    }
}

/// How sure a complaint is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// It explains why the parser refused the text, and means nothing when it did not.
    Suspicious,
    /// It is a mistake whether the parser refused the text or not.
    Wrong,
}

/// The parser keeps its position private and shows it only in its message, `Error at LINE:COLUMN: ...`.
fn position(message: &str) -> (usize, usize) {
    let mut numbers = message.trim_start_matches("Error at ").splitn(3, ':').map(|part| part.trim().parse());
    match (numbers.next(), numbers.next()) {
        (Some(Ok(line)), Some(Ok(column))) => (line, column),
        _ => (1, 1),
    }
}

fn unknown_language(text: &str) -> Option<Guess> {
    let (number, language) = layout::language(text)?;
    let line = text.lines().nth(number - 1).map(|text| Line { number, text })?;
    let problem = format!("Gherkin has no keywords for the language {language:?}");
    (!is_language_supported(language)).then(|| Guess::new(&line, problem, "write `# language: en`, or nothing"))
}

/// The first complaint of at least this weight; a text with keywords of another language is the parser's alone.
fn find(text: &str, weight: Weight) -> Option<Guess> {
    if layout::language(text).is_some_and(|(_, language)| language != "en") {
        return None;
    }
    let lines: Vec<Line<'_>> = text.lines().enumerate().map(|(index, text)| Line { number: index + 1, text }).collect();
    let mut walk = Walk { state: State::Start, header: None, background_may_follow: false, row: None, weight };
    for (index, line) in lines.iter().enumerate() {
        if let Err(guess) = walk.take(line, &lines[index + 1..]) {
            return Some(guess);
        }
    }
    walk.end()
}

#[derive(Clone, Copy)]
struct Line<'a> {
    /// From 1.
    number: usize,
    text: &'a str,
}

/// What opens with a colon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Header {
    Feature,
    Rule,
    Background,
    Scenario,
    Examples,
}

/// A reading of the text line by line, with English keywords.
struct Walk<'a> {
    state: State<'a>,
    /// The last header and its line.
    header: Option<(Header, Line<'a>)>,
    /// Neither a background nor a scenario stands in this feature or rule so far.
    background_may_follow: bool,
    /// The cells of the table's row above, while a table goes on.
    row: Option<usize>,
    weight: Weight,
}

/// What may stand on the next line.
#[derive(Clone, Copy)]
enum State<'a> {
    /// The feature.
    Start,
    /// Free text, until the first step, tag or table.
    Description,
    /// Steps, tables and texts.
    Steps,
    /// The rest of a doc string that opened at this line.
    Text { opened: Line<'a>, mark: &'static str },
}

impl<'a> Walk<'a> {
    fn take(&mut self, line: &Line<'a>, below: &[Line<'a>]) -> Result<(), Guess> {
        let text = line.text.trim();
        let mark = DOC_STRING_MARKS.into_iter().find(|mark| text.starts_with(mark));
        if let State::Text { mark: open, .. } = self.state {
            if mark == Some(open) {
                self.state = State::Steps;
            }
            return Ok(());
        }
        if text.is_empty() || text.starts_with('#') {
            return Ok(());
        }
        if text.starts_with('|') {
            return self.table_row(line);
        }
        self.row = None;
        if text.starts_with('@') {
            return self.tags(line);
        }
        if let Some((header, _)) = HEADERS.iter().find(|(_, keyword)| starts_header(text, keyword)).copied() {
            return self.header(header, line);
        }
        match self.state {
            State::Start => Err(Guess::new(line, "a file begins with its feature", HELP_FEATURE)),
            _ if mark.is_some() => {
                self.state = State::Text { opened: *line, mark: mark.unwrap_or_default() };
                Ok(())
            }
            _ if is_step(text) => self.step(line),
            State::Description => self.description(line, below),
            _ => self.complain(Weight::Suspicious, strange(line)),
        }
    }

    fn end(self) -> Option<Guess> {
        match self.state {
            State::Start => Some(Guess::new(&Line { number: 1, text: "" }, "this file has no feature", HELP_FEATURE)),
            State::Text { opened, .. } => Some(Guess::new(&opened, "this text does not end", HELP_TEXT)),
            State::Description | State::Steps => None,
        }
    }

    fn complain(&self, weight: Weight, guess: Guess) -> Result<(), Guess> {
        if weight >= self.weight { Err(guess) } else { Ok(()) }
    }

    fn header(&mut self, header: Header, line: &Line<'a>) -> Result<(), Guess> {
        match (header, self.header) {
            (Header::Feature, None) => {}
            (_, None) => return Err(Guess::new(line, "a file begins with its feature", HELP_FEATURE)),
            (Header::Feature, Some(_)) => {
                return Err(Guess::new(line, "a file has one feature", "move the second one to a file of its own"));
            }
            (Header::Background, Some(_)) if !self.background_may_follow => {
                return Err(Guess::new(line, "a background does not stand here", HELP_BACKGROUND));
            }
            // The parser takes these lines for the rest of the description above.
            (Header::Rule | Header::Background | Header::Examples, Some((above, at)))
                if above != Header::Feature
                    && matches!(self.state, State::Description)
                    && (above, header) != (Header::Rule, Header::Background) =>
            {
                return Err(Guess::new(&at, "nothing stands below this line", HELP_EMPTY));
            }
            _ => {}
        }
        self.background_may_follow = matches!(header, Header::Feature | Header::Rule);
        self.header = Some((header, *line));
        self.state = State::Description;
        Ok(())
    }

    fn step(&mut self, line: &Line<'a>) -> Result<(), Guess> {
        if STEPS.contains(&line.text.trim()) {
            return self.complain(
                Weight::Suspicious,
                Guess::new(line, "this step has no text", "write behind the keyword what is done or seen"),
            );
        }
        // In a description it is a sentence that begins with When.
        let in_scenario = self.header.is_some_and(|(above, _)| matches!(above, Header::Background | Header::Scenario));
        if in_scenario {
            self.state = State::Steps;
            return Ok(());
        }
        self.complain(Weight::Suspicious, Guess::new(line, "this step belongs to no scenario", HELP_SCENARIO))
    }

    fn description(&mut self, line: &Line<'a>, below: &[Line<'a>]) -> Result<(), Guess> {
        let text = line.text.trim();
        if let Some(keyword) = almost_header(text) {
            let next =
                below.iter().map(|line| line.text.trim()).find(|text| !text.is_empty() && !text.starts_with('#'));
            let opens =
                next.is_some_and(|next| is_step(next) || almost_step(next).is_some() || next.starts_with(['|', '@']));
            let weight = if opens { Weight::Wrong } else { Weight::Suspicious };
            let help = format!("write `{keyword}`; as it stands, this line and those below are a description");
            self.complain(weight, Guess::new(line, NO_KEYWORD, help))?;
        }
        if let Some(keyword) = without_colon(text) {
            let help = format!("write `{keyword}`, or begin the sentence with another word");
            self.complain(Weight::Suspicious, Guess::new(line, "a colon is missing behind the keyword", help))?;
        }
        let in_scenario = self.header.is_some_and(|(above, _)| matches!(above, Header::Background | Header::Scenario));
        if in_scenario && let Some(keyword) = almost_step(text) {
            let help = format!("write `{keyword}` for a step, or begin the description with another word");
            return Err(Guess::new(line, "this line is no step", help));
        }
        Ok(())
    }

    fn table_row(&mut self, line: &Line<'a>) -> Result<(), Guess> {
        if matches!(self.state, State::Start) {
            return Err(Guess::new(line, "a file begins with its feature", HELP_FEATURE));
        }
        self.state = State::Steps;
        if !ends_with_bar(line.text.trim_end()) {
            return Err(Guess::new(line, "this row does not end with |", HELP_TABLE));
        }
        let cells = layout::row_in(line.text, line.number).cells.len();
        if self.row.is_some_and(|above| above != cells) {
            return Err(Guess::new(line, "this row has another number of cells than its header", HELP_TABLE));
        }
        self.row = Some(cells);
        Ok(())
    }

    fn tags(&mut self, line: &Line<'a>) -> Result<(), Guess> {
        let code = line.text.split(" #").next().unwrap_or_default();
        match code.split_whitespace().find(|word| !word.starts_with('@')) {
            Some(word) => {
                let problem = format!("{word:?} is no tag");
                self.complain(
                    Weight::Suspicious,
                    Guess::new(line, problem, "a line of tags holds nothing else; every tag has its @ and no space"),
                )
            }
            None => Ok(()),
        }
    }
}

fn strange(line: &Line<'_>) -> Guess {
    match almost_header(line.text.trim()) {
        Some(keyword) => Guess::new(line, NO_KEYWORD, format!("write `{keyword}`")),
        None => Guess::new(line, "this line is not Gherkin", HELP_LINE),
    }
}

fn starts_header(text: &str, keyword: &str) -> bool {
    text.strip_prefix(keyword).is_some_and(|rest| rest.starts_with(':'))
}

fn is_step(text: &str) -> bool {
    let first = text.split([' ', '\t']).next().unwrap_or_default();
    STEPS.contains(&first)
}

/// The header that a line such as `Scenari: x` or `scenario: x` was meant to be.
fn almost_header(text: &str) -> Option<String> {
    let (word, _) = text.split_once(':')?;
    let near = |keyword: &&(Header, &str)| distance(&word.to_lowercase(), &keyword.1.to_lowercase()) <= DISTANCE_MAX;
    let best = HEADERS.iter().filter(near).min_by_key(|(_, keyword)| distance(word, keyword))?;
    // "Rules:" and the like are words of their own.
    (best.1.len() > SHORT_LEN_MAX || word.eq_ignore_ascii_case(best.1)).then(|| format!("{}: ", best.1))
}

fn without_colon(text: &str) -> Option<String> {
    let begins = |keyword: &&str| text.strip_prefix(*keyword).is_some_and(|rest| !rest.starts_with(':'));
    let keywords = HEADERS.iter().map(|(_, keyword)| *keyword).filter(|keyword| *keyword != "Rule");
    keywords.filter(|keyword| begins(keyword)).max_by_key(|keyword| keyword.len()).map(|word| format!("{word}:"))
}

/// The step keyword that a line such as `given x` or `Giben x` was meant to begin with.
fn almost_step(text: &str) -> Option<&'static str> {
    let first = text.split([' ', '\t']).next().unwrap_or_default();
    // Only Given is unlike every word that a sentence might begin with.
    STEPS
        .into_iter()
        .find(|step| step.eq_ignore_ascii_case(first) && *step != "*" || *step == "Given" && distance(first, step) == 1)
}

/// How many letters must be put in, taken out or changed.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.chars().take(LETTERS_MAX).enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for column in 1..row.len() {
            let changed = diagonal + usize::from(other[column - 1] != letter);
            diagonal = row[column];
            row[column] = changed.min(diagonal + 1).min(row[column - 1] + 1);
        }
    }
    row[other.len()]
}

fn ends_with_bar(row: &str) -> bool {
    row.strip_suffix('|').is_some_and(|rest| (rest.len() - rest.trim_end_matches('\\').len()).is_multiple_of(2))
        && row.len() > 1
}

const HEADERS: [(Header, &str); 11] = [
    (Header::Feature, "Feature"),
    (Header::Feature, "Business Need"),
    (Header::Feature, "Ability"),
    (Header::Rule, "Rule"),
    (Header::Background, "Background"),
    (Header::Scenario, "Scenario Outline"),
    (Header::Scenario, "Scenario Template"),
    (Header::Scenario, "Scenario"),
    (Header::Scenario, "Example"),
    (Header::Examples, "Examples"),
    (Header::Examples, "Scenarios"),
];
const STEPS: [&str; 6] = ["Given", "When", "Then", "And", "But", "*"];
const DOC_STRING_MARKS: [&str; 2] = ["\"\"\"", "```"];
/// Letters by which a misspelt header may differ.
const DISTANCE_MAX: usize = 2;
/// A header of so few letters is close to too many words.
const SHORT_LEN_MAX: usize = 4;
/// Longer words are no keywords.
const LETTERS_MAX: usize = 40;

const NO_KEYWORD: &str = "this line is no keyword of Gherkin";
const HELP_TABLE: &str = "give every row of a table as many | as its first row has; a | inside a cell is written \\|";
const HELP_LINE: &str = "after the first step of a scenario a line begins with Given, When, Then, And, But, *, |, \
     \"\"\", # or @, or opens the next Scenario, Examples or Rule; keywords have a capital letter";
const HELP_FEATURE: &str = "write `Feature: ` and its name above the first scenario";
const HELP_TEXT: &str = "close it with the same three characters on a line of their own";
const HELP_BACKGROUND: &str = "a feature or rule has one background, above its first scenario";
const HELP_EMPTY: &str = "write its scenarios, steps or rows below it, or take it away";
const HELP_SCENARIO: &str = "write a line `Scenario: ` above it; a description's line cannot begin like a step";

#[cfg(test)]
mod tests;
