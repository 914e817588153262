//! The authority: made once, the same ever after, refused when it is not whole.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use sandbox::Authority;

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sandbox-authority").join(name);
    let _ = fs::remove_dir_all(&folder);
    folder
}

fn now() -> Timestamp {
    "2027-03-01T09:00:00Z".parse().expect("a literal")
}

/// What opening a place comes to: nothing, or the words of its refusal behind the path.
fn refusal(place: &Path, now: Timestamp) -> Option<String> {
    let error = Authority::open(place, now).err()?.to_string();
    Some(error.split_once(" of the lab: ").map_or(error.clone(), |(_, why)| why.to_owned()))
}

#[test]
fn it_is_made_at_the_first_use_and_is_the_same_ever_after() {
    let folder = folder("made");
    let made = Authority::open(&folder, now()).expect("it is made");
    assert_eq!(made.path(), folder.join("ca.pem"));
    let files = || ["ca.pem", "ca.key.pem"].map(|name| fs::read_to_string(folder.join(name)).expect("it is there"));
    let before = files();
    Authority::open(&folder, now()).expect("it is there");
    assert_eq!(files(), before);
}

#[cfg(unix)]
#[test]
fn only_its_owner_can_read_the_key() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder("owner");
    Authority::open(&folder, now()).expect("it is made");
    let mode = fs::metadata(folder.join("ca.key.pem")).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_file_with_certificate_and_key_is_an_authority_too() {
    let folder = folder("file");
    Authority::open(&folder, now()).expect("it is made");
    let both =
        ["ca.pem", "ca.key.pem"].map(|name| fs::read_to_string(folder.join(name)).expect("it is there")).concat();
    let file = folder.join("both.pem");
    fs::write(&file, both).unwrap();
    assert_eq!(Authority::open(&file, now()).expect("it is one").path(), file);
}

#[test]
fn a_file_that_is_not_there_is_refused_and_not_made_a_folder() {
    let file = folder("mistyped").join("ca.pem");
    let why = "there is no such file, and a folder is not called .pem";
    assert_eq!(refusal(&file, now()).as_deref(), Some(why));
    assert!(!file.exists());
}

#[test]
fn what_is_not_whole_is_refused_with_the_reason() {
    let (one, other) = (folder("one"), folder("other"));
    Authority::open(&one, now()).expect("it is made");
    Authority::open(&other, now()).expect("it is made");
    let later = now() + SignedDuration::from_hours(24 * 3651);
    assert_eq!(refusal(&one, later).as_deref(), Some("the certificate has expired"));
    fs::copy(other.join("ca.key.pem"), one.join("ca.key.pem")).unwrap();
    assert_eq!(refusal(&one, now()).as_deref(), Some("certificate and key do not belong together"));
    fs::write(one.join("ca.key.pem"), "").unwrap();
    assert_eq!(refusal(&one, now()).as_deref(), Some("there is no key in PKCS #8"));
    fs::remove_file(one.join("ca.key.pem")).unwrap();
    assert_eq!(refusal(&one, now()).as_deref(), Some("ca.key.pem is missing"));
    fs::write(other.join("ca.pem"), "no certificate").unwrap();
    assert_eq!(refusal(&other, now()).as_deref(), Some("it holds no certificate"));
}
