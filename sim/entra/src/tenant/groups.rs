//! Groups and who is in them; both sides of a membership change together.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{BadConfig, Change, Facet, Membership, Tenant};
use crate::config::GroupConfig;
use crate::directory::{Group, GroupId};
use uuid::Uuid;

/// What makes a new group.
pub(crate) struct NewGroup<'a> {
    pub(crate) display_name: &'a str,
    pub(crate) mail_nickname: &'a str,
    pub(crate) description: Option<&'a str>,
    pub(crate) owners: BTreeSet<Uuid>,
    pub(crate) is_assignable_to_role: Option<bool>,
}

/// Why a membership does not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MembershipFault {
    AlreadyMember,
    NotMember,
    NoSuchGroup,
    NoSuchObject,
}

impl Tenant {
    /// The group with this object id.
    #[must_use]
    pub fn group(&self, id: GroupId) -> Option<&Group> {
        self.groups.get(&id)
    }

    /// Every group, by object id.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.values()
    }

    /// The groups behind an id, by object id.
    pub(crate) fn groups_after(&self, id: Option<GroupId>) -> impl Iterator<Item = &Group> {
        use std::ops::Bound::{Excluded, Unbounded};
        self.groups.range((id.map_or(Unbounded, Excluded), Unbounded)).map(|(_, group)| group)
    }

    /// How many groups there are.
    pub(crate) fn group_count(&self) -> usize {
        self.groups.len()
    }

    /// The groups that an object is in, by itself.
    #[must_use]
    pub fn groups_of(&self, member: Uuid) -> &BTreeSet<GroupId> {
        const NONE: &BTreeSet<GroupId> = &BTreeSet::new();
        self.memberships.get(&member).unwrap_or(NONE)
    }

    /// The groups that an object is in, by itself or through other groups.
    #[must_use]
    pub fn all_groups_of(&self, member: Uuid) -> BTreeSet<GroupId> {
        let (mut found, mut open) = (BTreeSet::new(), vec![member]);
        while let Some(member) = open.pop() {
            open.extend(self.groups_of(member).iter().filter(|group| found.insert(**group)));
        }
        found
    }

    /// The members of a group, by themselves or through other groups.
    pub(crate) fn all_members_of(&self, group: GroupId) -> BTreeSet<Uuid> {
        let (mut found, mut open) = (BTreeSet::new(), vec![group]);
        while let Some(group) = open.pop() {
            let members = self.groups.get(&group).into_iter().flat_map(|group| &group.members);
            open.extend(members.filter(|member| found.insert(**member)));
        }
        found
    }

    /// Changes a group in place.
    pub(crate) fn update_group<T>(&mut self, id: GroupId, change: impl FnOnce(&mut Group) -> T) -> Option<T> {
        self.keep_before(Facet::Group(id));
        let changed = change(self.groups.get_mut(&id)?);
        self.touch(Change::Group(id));
        Some(changed)
    }

    pub(crate) fn add_group(&mut self, now: Timestamp, new: &NewGroup<'_>) -> &Group {
        let id = self.rng.uuid();
        let group = Group {
            id,
            display_name: new.display_name.to_owned(),
            mail_nickname: new.mail_nickname.to_owned(),
            description: new.description.map(str::to_owned),
            created: now,
            members: BTreeSet::new(),
            owners: new.owners.clone(),
            is_assignable_to_role: new.is_assignable_to_role,
        };
        self.keep_before(Facet::Group(id));
        self.touch(Change::Group(id));
        self.groups.entry(id).or_insert(group)
    }

    pub(crate) fn delete_group(&mut self, id: GroupId) -> Option<Group> {
        self.keep_before(Facet::Group(id));
        self.groups_of(id).clone().into_iter().for_each(|parent| self.keep_before(Facet::Members(parent)));
        let group = self.groups.remove(&id)?;
        for member in &group.members {
            self.memberships.get_mut(member).expect("a member has memberships").remove(&id);
        }
        for parent in self.memberships.remove(&id).unwrap_or_default() {
            self.groups.get_mut(&parent).expect("a membership names a group").members.remove(&id);
            self.touch_member(parent, id, Membership::Removed);
        }
        self.touch(Change::Group(id));
        Some(group)
    }

    pub(crate) fn add_member(&mut self, group: GroupId, member: Uuid) -> Result<(), MembershipFault> {
        // A user is by far the most frequent, and looked at first; an application, a role or the group itself never is.
        if !self.users.contains_key(&member) && (member == group || !self.can_be_member(member)) {
            return Err(MembershipFault::NoSuchObject);
        }
        self.keep_before(Facet::Members(group));
        let members = &mut self.groups.get_mut(&group).ok_or(MembershipFault::NoSuchGroup)?.members;
        if !members.insert(member) {
            return Err(MembershipFault::AlreadyMember);
        }
        self.memberships.entry(member).or_default().insert(group);
        self.touch_member(group, member, Membership::Added);
        Ok(())
    }

    pub(crate) fn remove_member(&mut self, group: GroupId, member: Uuid) -> Result<(), MembershipFault> {
        self.keep_before(Facet::Members(group));
        let members = &mut self.groups.get_mut(&group).ok_or(MembershipFault::NoSuchGroup)?.members;
        if !members.remove(&member) {
            return Err(MembershipFault::NotMember);
        }
        self.memberships.get_mut(&member).expect("a member has memberships").remove(&group);
        self.touch_member(group, member, Membership::Removed);
        Ok(())
    }

    fn can_be_member(&self, id: Uuid) -> bool {
        use crate::graph::DirectoryObject::{Device, Group, ServicePrincipal, User};
        matches!(self.object(id), Some(User(_) | Group(_) | Device(_) | ServicePrincipal(_)))
    }

    pub(super) fn add_configured_group(&mut self, config: GroupConfig) -> Result<(), BadConfig> {
        let group = Group {
            id: config.id,
            mail_nickname: config.display_name.chars().filter(char::is_ascii_alphanumeric).collect(),
            description: config.description,
            created: self.created,
            members: BTreeSet::new(),
            owners: BTreeSet::new(),
            is_assignable_to_role: None,
            display_name: config.display_name,
        };
        let (id, name) = (group.id, group.display_name.clone());
        self.groups.insert(id, group);
        for member in config.members {
            let unknown = || BadConfig::UnknownMember { group: name.clone(), member: member.clone() };
            let user = self.user_by_name(&member).ok_or_else(unknown)?.id;
            self.add_member(id, user).map_err(|_| unknown())?;
        }
        Ok(())
    }
}
