//! What a run leaves behind in `--report-dir`.

mod journal;
mod junit;
mod messages;
mod page;
pub(crate) mod record;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{Case, CouldNotRun, Feature, Outcome, RunOptions, definitions::Definitions};

/// The reports of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reports {
    /// One page for people.
    pub page: PathBuf,
    /// JUnit, one test case for each executed scenario.
    pub junit: PathBuf,
    /// Cucumber Messages.
    pub messages: PathBuf,
    /// Every scenario's journal, in the order of the plan.
    pub journal: PathBuf,
    /// What `--durations` and `report merge` read.
    pub record: PathBuf,
}

impl Reports {
    /// Makes sure, before anything runs, that the reports can be written, and takes those of an earlier run away: a
    /// run that is cut short must not leave another's success behind.
    pub(crate) fn prepare(folder: &Path) -> Result<Self, CouldNotRun> {
        let refused = |path: &Path, source| CouldNotRun::Report { path: path.to_owned(), source };
        if folder.is_file() {
            return Err(refused(folder, io::Error::new(io::ErrorKind::NotADirectory, "it is a file, not a folder")));
        }
        fs::create_dir_all(folder).map_err(|source| refused(folder, source))?;
        let reports = Self {
            page: folder.join("index.html"),
            junit: folder.join("junit.xml"),
            messages: folder.join("messages.ndjson"),
            journal: folder.join("journal.ndjson"),
            record: folder.join(record::FILE),
        };
        for path in reports.paths() {
            fs::File::create(path).and_then(|_| fs::remove_file(path)).map_err(|source| refused(path, source))?;
        }
        Ok(reports)
    }

    /// Every path, the page for people first.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        [&self.page, &self.junit, &self.messages, &self.journal, &self.record].into_iter().map(PathBuf::as_path)
    }
}

/// Writes every report that can be written; the first that cannot is the error.
pub(crate) fn write(outcome: &Outcome, definitions: &Definitions) -> Result<(), (PathBuf, io::Error)> {
    let reports = &outcome.reports;
    let saved = [
        save(&reports.page, &page::render(outcome)),
        save(&reports.junit, &junit::render(outcome)),
        save(&reports.messages, &messages::render(outcome, definitions)),
        save(&reports.journal, &journal::render(outcome)),
        save(&reports.record, &record::render(outcome)),
    ];
    saved.into_iter().collect()
}

/// The command that runs one case again, alone and with the same bytes.
#[must_use]
pub fn replay_command(feature: &Feature, case: &Case, options: &RunOptions) -> String {
    let place = quoted(&format!("{}:{}", feature.path.display(), case.line));
    let mut command = format!("passkey-lab run {place} --seed {}", options.seed);
    if options.scenarios != RunOptions::default().scenarios {
        command.push_str(&format!(" --scenarios {}", quoted(&options.scenarios.display().to_string())));
    }
    command
}

/// A word of a command line, quoted where the shell would read more into it.
fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-:".contains(letter);
    if word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

fn save(path: &Path, text: &str) -> Result<(), (PathBuf, io::Error)> {
    fs::write(path, text).map_err(|source| {
        // Half a report would be read as a whole one.
        let _ = fs::remove_file(path);
        (path.to_owned(), source)
    })
}

/// A line each. Inside a string JSON lets stand what many readers of lines take for the end of one.
fn ndjson(lines: impl IntoIterator<Item = serde_json::Value>) -> String {
    let escaped =
        |line: String| line.replace('\u{85}', r"\u0085").replace('\u{2028}', r"\u2028").replace('\u{2029}', r"\u2029");
    lines.into_iter().map(|line| escaped(line.to_string()) + "\n").collect()
}
