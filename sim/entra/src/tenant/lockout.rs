//! Smart lockout: after ten wrong passwords an account takes none for a minute (entra.md §1.10).

use std::collections::{BTreeMap, VecDeque};

use jiff::{SignedDuration, Timestamp};

use crate::directory::UserId;
use crate::secret::Digested;

/// The accounts at which somebody guesses.
#[derive(Default)]
pub(super) struct Lockouts(BTreeMap<UserId, Guesses>);

#[derive(Default)]
struct Guesses {
    /// Since the last right password.
    wrong: u32,
    /// The last few: who types one of them again is no attacker.
    recent: VecDeque<Digested>,
    until: Option<Timestamp>,
}

const WRONG_MAX: u32 = 10;
const RECENT: usize = 3;
const LOCK: SignedDuration = SignedDuration::from_mins(1);
/// The lock grows with every further guess, up to this.
const LOCK_MAX: SignedDuration = SignedDuration::from_hours(1);

impl Lockouts {
    /// Whether the account takes no password now.
    pub(super) fn is_locked(&self, now: Timestamp, user: UserId) -> bool {
        self.0.get(&user).and_then(|guesses| guesses.until).is_some_and(|until| now < until)
    }

    /// Whether a wrong password is one of the last few.
    pub(super) fn is_repeated(&self, user: UserId, password: &str) -> bool {
        self.0.get(&user).is_some_and(|guesses| guesses.recent.iter().any(|known| known.matches(password)))
    }

    /// Counts a wrong password that is a new one.
    pub(super) fn count(&mut self, now: Timestamp, user: UserId, password: Digested) {
        let guesses = self.0.entry(user).or_default();
        guesses.wrong = guesses.wrong.saturating_add(1);
        guesses.recent.push_back(password);
        if guesses.recent.len() > RECENT {
            guesses.recent.pop_front();
        }
        if let Some(beyond) = guesses.wrong.checked_sub(WRONG_MAX) {
            let lock = LOCK.saturating_mul(1 << beyond.min(6)).min(LOCK_MAX);
            guesses.until = now.checked_add(lock).ok();
        }
    }

    /// Forgets the wrong passwords: the right one was given, or an administrator set another.
    pub(super) fn forget(&mut self, user: UserId) {
        self.0.remove(&user);
    }
}
