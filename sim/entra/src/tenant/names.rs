//! Users by what they are called, so that a search for a few among many looks at the few.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::Tenant;
use crate::directory::{User, UserId};

/// Users by display name, in lower case as the directory compares them.
#[derive(Clone, Debug, Default)]
pub(super) struct DisplayNames(BTreeSet<(String, UserId)>);

/// With more users than this behind a beginning, a page is full before many others have been looked at.
const FOUND_MAX: usize = 4_096;

impl DisplayNames {
    pub(super) fn insert(&mut self, user: &User) {
        self.0.insert((user.display_name.to_lowercase(), user.id));
    }

    pub(super) fn remove(&mut self, user: &User) {
        self.0.remove(&(user.display_name.to_lowercase(), user.id));
    }
}

impl Tenant {
    /// The users whose display names begin so, whatever their case; `None` when they are so many that looking at one
    /// user after the other is no dearer.
    pub(crate) fn users_called(&self, start: &str) -> Option<Vec<UserId>> {
        let start = start.to_lowercase();
        let behind = self.display_names.0.range((start.clone(), Uuid::nil())..);
        let called = behind.take_while(|(name, _)| name.starts_with(&start)).map(|(_, id)| *id);
        let found: Vec<UserId> = called.take(FOUND_MAX + 1).collect();
        (found.len() <= FOUND_MAX).then_some(found)
    }

    /// The users whose principal names begin so, as [`Tenant::users_called`] has it.
    pub(crate) fn users_named(&self, start: &str) -> Option<Vec<UserId>> {
        let start = start.to_lowercase();
        let named = self.names.range(start.clone()..).take_while(|(name, _)| name.starts_with(&start));
        let found: Vec<UserId> = named.map(|(_, id)| *id).take(FOUND_MAX + 1).collect();
        (found.len() <= FOUND_MAX).then_some(found)
    }
}
