//! Why nothing ran: always with what to do about it.

use std::path::PathBuf;

use miette::{Diagnostic, NamedSource, SourceSpan};
use thiserror::Error;

use crate::Outcome;

/// A run that could not take place (exit code 2).
#[derive(Debug, Error, Diagnostic)]
pub enum CouldNotRun {
    /// A PATH that is not there.
    #[error("there is no {path:?}")]
    #[diagnostic(help(
        "PATH is a folder, a .feature file or FILE:LINE; without one, the folder `features` of the current folder is read"
    ))]
    NoSuchPath {
        /// As it was given.
        path: String,
    },
    /// A file or folder that cannot be read.
    #[error("cannot read {}", path.display())]
    #[diagnostic(help(
        "paths are taken from the current folder, which is the project's for `guide`, `steps` and `report merge`"
    ))]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A folder without features.
    #[error("there is no .feature file in {path:?}")]
    #[diagnostic(help("name the folder or file that holds the scenarios"))]
    NoFeature {
        /// As it was given.
        path: String,
    },
    /// A feature file that says something that is not Gherkin, or nothing that could run.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Syntax(Box<SyntaxError>),
    /// A guide whose sentences name what is not there.
    #[error("{path} names what is not there")]
    Guide {
        /// The guide's file.
        path: String,
        /// Every such place.
        #[related]
        places: Vec<SyntaxError>,
    },
    /// Reports of shards that do not make one run.
    #[error("these reports do not make one run: {problem}")]
    #[diagnostic(help("name the report folder of every shard of one run, each once, where its feature files are"))]
    Shards {
        /// What is wrong.
        problem: String,
    },
    /// A tag expression that is none.
    #[error("{expression:?} is no tag expression")]
    #[diagnostic(help("for example '@pairing and not (@slow or @wip)'; every tag has its @"))]
    BadTags {
        /// As it was given.
        expression: String,
    },
    /// A name pattern that is no regular expression.
    #[error("{pattern:?} is no regular expression")]
    #[diagnostic(help("put a \\ before a character that is meant literally: \\( \\. \\?"))]
    BadName {
        /// As it was given.
        pattern: String,
        /// What the parser says.
        source: regex::Error,
    },
    /// `FILE:LINE` points between the scenarios.
    #[error("no scenario stands at {path}:{line}")]
    NoScenarioAtLine {
        /// The file.
        path: String,
        /// The line.
        line: usize,
        /// Which lines would do.
        #[help]
        help: String,
    },
    /// The filters leave nothing.
    #[error("no scenario matches {filters}")]
    #[diagnostic(help("`passkey-lab run --list` prints every scenario with its tags"))]
    NothingMatched {
        /// The filters in words.
        filters: String,
    },
    /// Two feature files that reports could not tell apart.
    #[error("{} and {} both go by the name {name} in reports and seeds", one.display(), other.display())]
    #[diagnostic(help("run them one after the other, or rename a file or its folder"))]
    SameName {
        /// The name.
        name: String,
        /// The first file.
        one: PathBuf,
        /// The second file.
        other: PathBuf,
    },
    /// No folder to take scenario files from.
    #[error("there is no folder {} to make labs from", path.display())]
    #[diagnostic(help("run in the folder that holds `scenarios`, or name it with --scenarios"))]
    NoScenarios {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A report that cannot be written.
    #[error("cannot write {}", path.display())]
    #[diagnostic(help("name another folder with --report-dir"))]
    Report {
        /// Which file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Everything ran, and then a report could not be written.
    #[error("the scenarios have run, but {} could not be written", path.display())]
    #[diagnostic(help("name another folder with --report-dir"))]
    NotReported {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
        /// What came of the run.
        outcome: Box<Outcome>,
    },
}

/// A place in a feature file that cannot be run.
#[derive(Debug, Error, Diagnostic)]
#[error("{path}:{line}:{column}: {problem}")]
pub struct SyntaxError {
    /// The file, as it was found.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    #[help]
    pub help: String,
    #[source_code]
    text: NamedSource<String>,
    #[label("here")]
    at: SourceSpan,
}

impl SyntaxError {
    /// The error for the line `line` of `text`, from its column `column` to its end.
    pub(crate) fn new(path: &str, text: &str, (line, column): (usize, usize), problem: &str, help: &str) -> Self {
        let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
        let content = text[before..].lines().next().unwrap_or_default();
        let indent = content.floor_char_boundary(column.saturating_sub(1));
        Self {
            path: path.to_owned(),
            line,
            column,
            problem: problem.to_owned(),
            help: help.to_owned(),
            text: NamedSource::new(path, text.to_owned()),
            at: SourceSpan::from((before + indent, content.len() - indent)),
        }
    }
}

impl From<SyntaxError> for CouldNotRun {
    fn from(error: SyntaxError) -> Self {
        Self::Syntax(Box::new(error))
    }
}
