//! The recycle bin: deleted users, for thirty days, with what they had.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::{Activity, Change, Facet, Membership, Tenant};
use crate::directory::{GroupId, User, UserId};
use crate::fido::Passkey;

/// Deleted users by id, and the last of each name.
#[derive(Clone, Debug, Default)]
pub(crate) struct RecycleBin {
    users: BTreeMap<UserId, Deleted>,
    /// Lower-case user principal names.
    names: BTreeMap<String, UserId>,
}

/// A deleted user.
#[derive(Clone, Debug)]
pub(crate) struct Deleted {
    pub(crate) user: User,
    pub(crate) at: Timestamp,
    groups: BTreeSet<GroupId>,
    keys: Vec<Passkey>,
}

/// Why a deleted user stays deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RestoreFault {
    NotThere,
    NameTaken,
}

/// How long a deleted user can be restored.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

impl RecycleBin {
    /// The last deleted user of a name, in lower case.
    pub(super) fn by_name(&self, name: &str) -> Option<&User> {
        Some(&self.users.get(self.names.get(name)?)?.user)
    }

    /// A deleted user.
    pub(crate) fn get(&self, id: UserId) -> Option<&Deleted> {
        self.users.get(&id)
    }

    /// Deleted users by id.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Deleted> {
        self.users.values()
    }

    fn remove(&mut self, id: UserId) -> Option<Deleted> {
        let deleted = self.users.remove(&id)?;
        let name = deleted.user.upn.to_lowercase();
        if self.names.get(&name) == Some(&id) {
            self.names.remove(&name);
        }
        Some(deleted)
    }
}

impl Tenant {
    /// The recycle bin, without what has been in it for too long.
    pub(crate) fn recycle_bin(&mut self, now: Timestamp) -> &RecycleBin {
        let is_over = |deleted: &Deleted| deleted.at + KEPT <= now;
        let over: Vec<UserId> =
            self.recycled.users.iter().filter(|(_, user)| is_over(user)).map(|(id, _)| *id).collect();
        for id in over {
            self.recycled.remove(id);
        }
        &self.recycled
    }

    /// Moves a user to the recycle bin: out of every group, keys gone. `None` when there is no such user.
    pub fn delete_user(&mut self, by: &str, id: UserId) -> Option<()> {
        self.keep_before(Facet::User(id));
        self.groups_of(id).clone().into_iter().for_each(|group| self.keep_before(Facet::Members(group)));
        let user = self.users.remove(&id)?;
        let what = format!("deleted the user {}", user.upn);
        self.record_change(by, Activity::new("Delete user", "User", id, &user.upn), what);
        let groups = self.memberships.remove(&id).unwrap_or_default();
        for group in &groups {
            self.groups.get_mut(group).expect("a membership names a group").members.remove(&id);
            self.touch_member(*group, id, Membership::Removed);
        }
        let keys = self.passkeys.of_user(id).into_iter().cloned().collect();
        self.passkeys.remove_user(id);
        let name = user.upn.to_lowercase();
        self.names.remove(&name);
        self.display_names.remove(&user);
        self.recycled.names.insert(name, id);
        self.recycled.users.insert(id, Deleted { user, at: self.latest, groups, keys });
        self.touch(Change::User(id));
        Some(())
    }

    /// Whether a deleted user could still be restored.
    pub(crate) fn is_recycled(&self, id: UserId) -> bool {
        self.recycled.get(id).is_some()
    }

    /// Brings a deleted user back into the groups that still exist, with the keys whose ids are still free.
    pub(crate) fn restore_user(&mut self, by: &str, id: UserId) -> Result<(), RestoreFault> {
        let deleted = self.recycled.get(id).ok_or(RestoreFault::NotThere)?;
        let name = deleted.user.upn.to_lowercase();
        if self.names.contains_key(&name) {
            return Err(RestoreFault::NameTaken);
        }
        let deleted = self.recycled.remove(id).ok_or(RestoreFault::NotThere)?;
        let what = format!("restored the user {}", deleted.user.upn);
        self.keep_before(Facet::User(id));
        let activity = Activity::new("Restore user", "User", id, &deleted.user.upn);
        self.names.insert(name, id);
        self.display_names.insert(&deleted.user);
        self.users.insert(id, deleted.user);
        for group in deleted.groups {
            // A group that is gone, or has the user again, needs nothing.
            let _ = self.add_member(group, id);
        }
        for key in deleted.keys {
            // Nor does a key whose credential id somebody else has by now.
            let _ = self.passkeys.add(key);
        }
        self.touch(Change::User(id));
        self.record_change(by, activity, what);
        Ok(())
    }

    /// Removes a deleted user for good; whether there was one.
    pub(crate) fn purge_user(&mut self, by: &str, id: UserId) -> bool {
        let Some(deleted) = self.recycled.remove(id) else { return false };
        let what = format!("deleted the user {} permanently", deleted.user.upn);
        self.record_change(by, Activity::new("Hard delete user", "User", id, &deleted.user.upn), what);
        true
    }
}
