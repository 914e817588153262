//! Opaque values that a peer must bring back within a time: codes, refresh tokens.

use std::collections::{BTreeMap, VecDeque};

use jiff::{SignedDuration, Timestamp};

/// Values by their opaque name, each for the same lifetime; forgotten a second lifetime later, so that a late comer
/// still learns that it is late. Of more than `most` the oldest leaves first: anybody can have them made.
pub(crate) struct Expiring<T> {
    lifetime: SignedDuration,
    most: usize,
    entries: BTreeMap<String, (Timestamp, T)>,
    /// Oldest first; order of issue is order of expiry.
    order: VecDeque<(Timestamp, String)>,
}

/// What a name stands for.
pub(crate) enum Found<'a, T> {
    Live(&'a mut T),
    /// Issued then, and too old now.
    Expired(Timestamp),
    Unknown,
}

impl<T> Expiring<T> {
    pub(crate) fn new(lifetime: SignedDuration, most: usize) -> Self {
        Self { lifetime, most, entries: BTreeMap::new(), order: VecDeque::new() }
    }

    pub(crate) fn insert(&mut self, now: Timestamp, name: String, value: T) {
        while let Some((issued, oldest)) = self.order.front()
            && (*issued + self.lifetime * 2 <= now || self.order.len() >= self.most)
        {
            self.entries.remove(oldest);
            self.order.pop_front();
        }
        self.order.push_back((now, name.clone()));
        self.entries.insert(name, (now, value));
    }

    /// How many names are kept.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.order.len()
    }

    /// Takes a live value out, so that its name is good once.
    pub(crate) fn take(&mut self, now: Timestamp, name: &str) -> Option<T> {
        match self.find(now, name) {
            Found::Live(_) => self.entries.remove(name).map(|(_, value)| value),
            Found::Expired(_) | Found::Unknown => None,
        }
    }

    pub(crate) fn find(&mut self, now: Timestamp, name: &str) -> Found<'_, T> {
        match self.entries.get_mut(name) {
            Some((issued, value)) if *issued + self.lifetime > now => Found::Live(value),
            Some((issued, _)) => Found::Expired(*issued),
            None => Found::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: SignedDuration = SignedDuration::from_mins(1);

    fn state(found: Found<'_, u8>) -> &'static str {
        match found {
            Found::Live(_) => "live",
            Found::Expired(_) => "expired",
            Found::Unknown => "unknown",
        }
    }

    #[test]
    fn a_value_lives_is_late_for_as_long_and_is_forgotten() {
        let (mut values, now) = (Expiring::new(MINUTE, 9), Timestamp::UNIX_EPOCH);
        values.insert(now, "a".into(), 1);
        let second = SignedDuration::from_secs(1);
        assert_eq!(state(values.find(now + MINUTE - second, "a")), "live");
        assert_eq!(state(values.find(now + MINUTE, "a")), "expired");
        values.insert(now + MINUTE * 2 - second, "b".into(), 2);
        assert_eq!(state(values.find(now + MINUTE * 2 - second, "a")), "expired");
        values.insert(now + MINUTE * 2, "c".into(), 3);
        assert_eq!(state(values.find(now + MINUTE * 2, "a")), "unknown");
        assert_eq!((values.entries.len(), values.order.len()), (2, 2));
    }

    #[test]
    fn of_too_many_the_oldest_leaves_first() {
        let (mut values, now) = (Expiring::new(MINUTE, 2), Timestamp::UNIX_EPOCH);
        for (name, value) in [("a", 1), ("b", 2), ("c", 3)] {
            values.insert(now, name.into(), value);
        }
        assert_eq!(["a", "b", "c"].map(|name| state(values.find(now, name))), ["unknown", "live", "live"]);
        assert_eq!((values.entries.len(), values.order.len()), (2, 2));
    }

    #[test]
    fn a_value_that_was_taken_is_unknown() {
        let (mut values, now) = (Expiring::new(MINUTE, 9), Timestamp::UNIX_EPOCH);
        values.insert(now, "a".into(), 1);
        assert_eq!((values.take(now + MINUTE, "a"), values.take(now, "a")), (None, Some(1)));
        assert_eq!(state(values.find(now, "a")), "unknown");
    }
}
