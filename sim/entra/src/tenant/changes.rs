//! What has changed since when: the record behind delta queries. It holds the last change of an object only.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::Tenant;
use crate::directory::GroupId;

/// Something that changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Change {
    User(Uuid),
    Group(Uuid),
}

/// Numbered changes, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes {
    latest: u64,
    order: BTreeMap<u64, Change>,
    last: BTreeMap<Change, u64>,
    /// The last thing that became of a member of a group.
    members: BTreeMap<(GroupId, Uuid), (u64, Membership)>,
}

/// What became of a membership.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Membership {
    Added,
    Removed,
}

impl Changes {
    /// The number of the latest change.
    pub(crate) fn latest(&self) -> u64 {
        self.latest
    }

    /// The objects that changed after a number, oldest change first, each once.
    pub(crate) fn since(&self, number: u64) -> impl Iterator<Item = (u64, Change)> {
        self.order.range(number + 1..).map(|(number, change)| (*number, *change))
    }

    /// The memberships of a group that changed after a number.
    pub(crate) fn members_since(&self, group: GroupId, number: u64) -> impl Iterator<Item = (Uuid, Membership)> {
        let of_group = self.members.range((group, Uuid::nil())..=(group, Uuid::max()));
        of_group.filter(move |(_, (at, _))| *at > number).map(|((_, member), (_, what))| (*member, *what))
    }

    fn touch(&mut self, change: Change) -> u64 {
        self.latest += 1;
        if let Some(earlier) = self.last.insert(change, self.latest) {
            self.order.remove(&earlier);
        }
        self.order.insert(self.latest, change);
        self.latest
    }
}

impl Tenant {
    /// Notes that an object has changed, is new or is gone.
    pub(crate) fn touch(&mut self, change: Change) {
        self.changes.touch(change);
    }

    /// Notes a change of who is in a group.
    pub(crate) fn touch_member(&mut self, group: GroupId, member: Uuid, what: Membership) {
        let number = self.changes.touch(Change::Group(group));
        self.changes.members.insert((group, member), (number, what));
    }

    /// The record of changes.
    pub(crate) fn changes(&self) -> &Changes {
        &self.changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_stands_once_at_its_last_change() {
        let (mut changes, a, b) =
            (Changes::default(), Change::User(Uuid::from_u128(1)), Change::User(Uuid::from_u128(2)));
        for change in [a, b, a] {
            changes.touch(change);
        }
        assert_eq!(changes.since(0).map(|(_, change)| change).collect::<Vec<_>>(), [b, a]);
        assert_eq!(changes.since(2).map(|(_, change)| change).collect::<Vec<_>>(), [a]);
        assert_eq!(changes.since(changes.latest()).count(), 0);
    }
}
