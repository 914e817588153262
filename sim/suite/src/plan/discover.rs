//! Which feature files a list of PATHs means.

use std::{
    collections::BTreeMap,
    fs,
    path::{Component, Path, PathBuf},
};

use crate::CouldNotRun;

/// A feature file to read.
pub(super) struct File {
    /// As it was found, for people.
    pub(super) path: PathBuf,
    /// The lines that were asked for; none means the whole file.
    pub(super) lines: Vec<usize>,
}

/// Every file once, in the order of its recorded path, whatever the order of `paths`.
pub(super) fn discover(paths: &[String]) -> Result<Vec<File>, CouldNotRun> {
    let mut files: BTreeMap<(String, PathBuf), File> = BTreeMap::new();
    for given in paths {
        let (path, line) = split_line(given)?;
        let mut found = Vec::new();
        walk(&path, &mut found)?;
        if found.is_empty() {
            return Err(CouldNotRun::NoFeature { path: given.clone() });
        }
        for path in found {
            let absolute = fs::canonicalize(&path).map_err(|source| unreadable(&path, source))?;
            let key = (recorded_path(&absolute), absolute);
            match files.get_mut(&key) {
                None => drop(files.insert(key, File { path, lines: line.into_iter().collect() })),
                // A line of a file that is wanted as a whole narrows nothing.
                Some(known) if known.lines.is_empty() || line.is_none() => known.lines.clear(),
                Some(known) => known.lines.extend(line),
            }
        }
    }
    same_name(&files)?;
    Ok(files.into_values().collect())
}

/// Two files that reports would give one name.
fn same_name(files: &BTreeMap<(String, PathBuf), File>) -> Result<(), CouldNotRun> {
    let mut pairs = files.iter().zip(files.iter().skip(1));
    match pairs.find(|(((one, _), _), ((other, _), _))| one == other) {
        None => Ok(()),
        Some((((name, _), one), (_, other))) => {
            Err(CouldNotRun::SameName { name: name.clone(), one: one.path.clone(), other: other.path.clone() })
        }
    }
}

/// The path that reports and seeds go by: from the folder `features` on, or from the file's own folder where no folder
/// of that name is above it; so it is the same from every current folder and on every machine.
pub(super) fn recorded_path(absolute: &Path) -> String {
    let named = absolute.components().filter(|part| matches!(part, Component::Normal(_)));
    let folders: Vec<String> = named.map(|part| part.as_os_str().to_string_lossy().into()).collect();
    let above = folders.len().saturating_sub(1);
    let root = folders[..above].iter().rposition(|folder| folder == "features").unwrap_or(above.saturating_sub(1));
    folders[root..].join("/")
}

fn split_line(given: &str) -> Result<(PathBuf, Option<usize>), CouldNotRun> {
    let whole = PathBuf::from(given);
    if whole.exists() {
        return Ok((whole, None));
    }
    let missing = || CouldNotRun::NoSuchPath { path: given.to_owned() };
    let (file, line) = given.rsplit_once(':').ok_or_else(missing)?;
    let line = line.parse().map_err(|_| missing())?;
    let file = PathBuf::from(file);
    if file.is_file() { Ok((file, Some(line))) } else { Err(missing()) }
}

fn walk(path: &Path, found: &mut Vec<PathBuf>) -> Result<(), CouldNotRun> {
    if path.is_file() {
        found.extend(path.extension().is_some_and(|ending| ending == "feature").then(|| path.to_owned()));
        return Ok(());
    }
    for entry in fs::read_dir(path).map_err(|source| unreadable(path, source))? {
        let entry = entry.map_err(|source| unreadable(path, source))?;
        // A linked folder is not followed: it could lead back here.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) || entry.path().is_file() {
            walk(&entry.path(), found)?;
        }
    }
    Ok(())
}

fn unreadable(path: &Path, source: std::io::Error) -> CouldNotRun {
    CouldNotRun::Unreadable { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(absolute: &str, recorded: &str) {
        assert_eq!(recorded_path(Path::new(absolute)), recorded);
    }

    #[test]
    fn a_feature_is_recorded_from_the_nearest_folder_named_features() {
        check("/home/qa/features/lab/features/pairing/azure.feature", "features/pairing/azure.feature");
    }

    #[test]
    fn a_feature_elsewhere_is_recorded_from_its_own_folder() {
        check("/house/tests/data/pass.feature", "data/pass.feature");
        check("/pass.feature", "pass.feature");
    }
}
