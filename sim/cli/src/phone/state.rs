//! `--state FILE`: what the phone keeps without power, as JSON.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use ctap::{Authenticator, Snapshot};

use super::error::PhoneError;

/// The file, and what it holds.
pub(super) struct StateFile {
    path: PathBuf,
    written: Option<Snapshot>,
}

/// What an earlier run has kept; `None` when there is no file yet.
///
/// # Errors
///
/// [`PhoneError::Unreadable`], or [`PhoneError::NotAState`] with the place in the file.
pub(super) fn load(path: &Path) -> Result<Option<Snapshot>, PhoneError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(reason) if reason.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(reason) => return Err(PhoneError::Unreadable { path: path.to_owned(), reason }),
    };
    serde_json::from_str(&text).map(Some).map_err(|error| {
        let words = error.to_string();
        let why = words.rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words).to_owned();
        PhoneError::NotAState { path: path.to_owned(), line: error.line(), column: error.column(), why }
    })
}

impl StateFile {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, written: None }
    }

    /// Writes what the key keeps, unless the file has it. The file is replaced whole, so that a crash leaves the old
    /// state or the new one, and only its owner can read it.
    ///
    /// # Errors
    ///
    /// [`PhoneError::Unwritable`].
    pub(super) fn save(&mut self, key: &Authenticator) -> Result<(), PhoneError> {
        let snapshot = key.snapshot();
        if self.written.as_ref() == Some(&snapshot) {
            return Ok(());
        }
        let json = serde_json::to_string_pretty(&snapshot).expect("a snapshot is JSON");
        replace(&self.path, &json).map_err(|reason| PhoneError::Unwritable { path: self.path.clone(), reason })?;
        self.written = Some(snapshot);
        Ok(())
    }
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    // What a crash has left there may be readable for others, or a link of somebody else.
    match std::fs::remove_file(&beside) {
        Err(reason) if reason.kind() != io::ErrorKind::NotFound => return Err(reason),
        _ => {}
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&beside, path)
}

#[cfg(test)]
mod tests {
    use clockwork::Seed;
    use ctap::{Attestation, Profile};

    use super::*;

    #[test]
    fn what_was_kept_comes_back_and_what_is_broken_is_named_with_its_place() {
        let folder = std::env::temp_dir().join(format!("passkey-lab-state-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("phone.json");
        assert!(load(&path).expect("no file is no error").is_none());

        let key = Authenticator::new(Profile::hypr_ios(), Attestation::packed_self(), Seed::of(&["state"]).fork("key"));
        StateFile::new(path.clone()).save(&key).expect("it is written");
        assert!(load(&path).expect("a state").is_some_and(|state| state == key.snapshot()));

        std::fs::write(&path, "{\"version\": 2}").expect("it is written");
        let refused = load(&path).expect_err("another version").to_string();
        assert!(refused.contains("the snapshot has version 2"), "{refused}");
        std::fs::remove_dir_all(&folder).expect("it is removed");
    }

    #[cfg(unix)]
    #[test]
    fn what_a_crash_has_left_beside_it_decides_nothing_about_who_reads_the_state() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};

        let folder = std::env::temp_dir().join(format!("passkey-lab-beside-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let (path, beside, other) = (folder.join("phone.json"), folder.join("phone.json.new"), folder.join("other"));
        std::fs::write(&other, "another's").expect("it is written");
        symlink(&other, &beside).expect("a link");
        replace(&path, "kept").expect("it is written");
        std::fs::write(&beside, "half").expect("it is written");
        std::fs::set_permissions(&beside, std::fs::Permissions::from_mode(0o644)).expect("its permissions");
        replace(&path, "kept again").expect("it is written");

        assert_eq!(std::fs::read_to_string(&path).expect("it is there"), "kept again");
        assert_eq!(std::fs::metadata(&path).expect("it is there").permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_to_string(&other).expect("it is there"), "another's");
        std::fs::remove_dir_all(&folder).expect("it is removed");
    }
}
