//! What is wrong with a scenario file, where, and what was expected.

use std::path::Path;
use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};

use super::check::Misfit;
use super::place::place_of;

/// A scenario file that cannot be used.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum ScenarioError {
    /// The file is missing or cannot be read.
    #[error("{path}: {why}")]
    #[diagnostic(help("the scenarios there are: {known}"))]
    Unreadable {
        /// The file.
        path: String,
        /// The system's words.
        why: String,
        /// The names in the folder.
        known: String,
    },
    /// The text is not YAML, or not a scenario.
    #[error("{path}:{line}:{column}: {why}")]
    #[diagnostic(help("docs/scenarios.md lists every field"))]
    Malformed {
        /// The file.
        path: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong and what was expected.
        why: String,
        /// The file's text.
        #[source_code]
        source_code: Arc<NamedSource<String>>,
        /// The place.
        #[label("here")]
        place: SourceSpan,
    },
}

impl ScenarioError {
    pub(super) fn unreadable(path: &Path, folder: &Path, error: &std::io::Error) -> Self {
        Self::Unreadable { path: path.display().to_string(), why: error.to_string(), known: known(folder) }
    }

    pub(super) fn no_name(name: &str, folder: &Path) -> Self {
        let why = format!("{name:?} is no scenario's name: letters, digits, spaces, dashes and underscores");
        Self::Unreadable { path: folder.display().to_string(), why, known: known(folder) }
    }

    pub(super) fn not_text(path: &Path, bytes: &[u8], error: std::str::Utf8Error) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let (line, column) = place(&text, error.valid_up_to());
        Self::malformed(path, &text, line, column, "this byte is not UTF-8; save the file as UTF-8".to_owned())
    }

    pub(super) fn yaml(path: &Path, text: &str, error: &serde_yaml::Error) -> Self {
        if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
            return Self::malformed(
                path,
                text,
                1,
                1,
                "the file is empty; expected description, start, tenant, users".into(),
            );
        }
        let (line, column) = error.location().map_or((1, 1), |place| (place.line(), place.column()));
        // The library repeats the place at the end of its message; ours stands at the beginning.
        let words = error.to_string();
        let why = words.rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words);
        if let Some((_, field)) = why.trim_end_matches('`').rsplit_once("duplicate field `") {
            let (line, column) = second(text, line, field).unwrap_or((line, column));
            return Self::malformed(path, text, line, column, why.to_owned());
        }
        if why.contains("more than one document") {
            let (line, column) = second_document(text).unwrap_or((line, column));
            return Self::malformed(path, text, line, column, "a file holds one scenario; `---` begins another".into());
        }
        if why.starts_with("start: ") {
            let why = format!("{why}; expected an instant such as 2027-03-01T09:00:00Z");
            return Self::malformed(path, text, line, column, why);
        }
        let tab = text.lines().nth(line.saturating_sub(1)).is_some_and(|line| {
            line.starts_with([' ', '\t']) && {
                let indent = &line[..line.len() - line.trim_start().len()];
                indent.contains('\t')
            }
        });
        let why = if tab { format!("{why}; YAML is indented with spaces, not with tabs") } else { why.to_owned() };
        Self::malformed(path, text, line, column, why)
    }

    /// A value that is well-formed and cannot stand.
    pub(super) fn misfit(path: &Path, text: &str, misfit: &Misfit) -> Self {
        let (line, column) = place_of(text, &misfit.path);
        Self::malformed(path, text, line, column, misfit.problem.clone())
    }

    fn malformed(path: &Path, text: &str, line: usize, column: usize, why: String) -> Self {
        let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
        let place = SourceSpan::from((start + column.saturating_sub(1)).min(text.len()));
        let path = path.display().to_string();
        Self::Malformed {
            source_code: Arc::new(NamedSource::new(&path, text.to_owned())),
            path,
            line,
            column,
            why,
            place,
        }
    }
}

fn known(folder: &Path) -> String {
    let files = super::files(folder).unwrap_or_default();
    let names: Vec<String> =
        files.iter().filter_map(|file| Some(file.file_stem()?.to_string_lossy().into_owned())).collect();
    if names.is_empty() { format!("none in {}", folder.display()) } else { names.join(", ") }
}

/// Line and column, from 1, of a byte.
fn place(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    (before.matches('\n').count() + 1, before.len() - line_start + 1)
}

/// The second `field:` from `line` on: of a duplicate the library tells only where the fields around it begin.
fn second(text: &str, line: usize, field: &str) -> Option<(usize, usize)> {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let key = format!("{field}:");
    let is_key = |at: &usize| text[..*at].ends_with(|before: char| !before.is_alphanumeric() && before != '_');
    let mut found = text[start..].match_indices(&key).map(|(at, _)| start + at).filter(|at| *at == 0 || is_key(at));
    found.nth(1).map(|at| place(text, at))
}

fn second_document(text: &str) -> Option<(usize, usize)> {
    let mut lines = text.lines().enumerate().skip_while(|(_, line)| !is_content(line));
    lines.find(|(_, line)| line.starts_with("---")).map(|(index, _)| (index + 1, 1))
}

fn is_content(line: &str) -> bool {
    let line = line.trim();
    !(line.is_empty() || line.starts_with('#') || line.starts_with("---") || line.starts_with('%'))
}
