//! One feature file: its text and its syntax tree.

use std::{
    fs,
    path::{Path, PathBuf},
};

use cucumber::{
    feature::Ext as _,
    gherkin::{self, GherkinEnv},
};

use super::{diagnose, discover::recorded_path};
use crate::{CouldNotRun, SyntaxError};

/// A feature file that was read.
#[derive(Clone, Debug)]
pub struct Feature {
    /// The path that reports and seeds go by: `features/pairing/azure.feature`.
    pub uri: String,
    /// The path by which it was found.
    pub path: PathBuf,
    /// The text.
    pub text: String,
    /// The syntax tree, examples not expanded.
    pub gherkin: gherkin::Feature,
}

impl Feature {
    /// Reads and parses the file.
    pub(super) fn read(path: &Path) -> Result<Self, CouldNotRun> {
        let unreadable = |source| CouldNotRun::Unreadable { path: path.to_owned(), source };
        let absolute = fs::canonicalize(path).map_err(unreadable)?;
        let text = decode(path, &fs::read(path).map_err(unreadable)?)?;
        // The parser's own reader trips over the byte order mark that editors of Windows write.
        let gherkin = gherkin::Feature::parse(&text, GherkinEnv::default())
            .map_err(|error| diagnose::refused(path, &text, &error.to_string()))?;
        if let Some(error) = diagnose::misread(path, &text) {
            return Err(error.into());
        }
        let feature = Self { uri: recorded_path(&absolute), path: path.to_owned(), text, gherkin };
        if feature.gherkin.count_scenarios() == 0 {
            let at = (feature.gherkin.position.line, feature.gherkin.position.col);
            return Err(diagnose::without_scenario(path, &feature.text, at).into());
        }
        Ok(feature)
    }

    /// An error at a place of this file.
    pub(super) fn error(&self, at: (usize, usize), problem: &str, help: &str) -> CouldNotRun {
        SyntaxError::new(&self.path.display().to_string(), &self.text, at, problem, help).into()
    }
}

/// The file's text without a byte order mark.
fn decode(path: &Path, bytes: &[u8]) -> Result<String, CouldNotRun> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(text.to_owned()),
        Err(error) => error,
    };
    let text = String::from_utf8_lossy(bytes);
    let before = text.get(..error.valid_up_to()).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.len() - before.rfind('\n').map_or(0, |end| end + 1) + 1;
    let help = "save the file as UTF-8";
    let error = SyntaxError::new(&path.display().to_string(), &text, (line, column), "this byte is not UTF-8", help);
    Err(error.into())
}
