//! Groups and who is in them; both sides of a membership change together.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{BadConfig, Tenant};
use crate::config::GroupConfig;
use crate::directory::{Group, GroupId, UserId};

/// What makes a new group.
pub(crate) struct NewGroup<'a> {
    pub(crate) display_name: &'a str,
    pub(crate) mail_nickname: &'a str,
    pub(crate) description: Option<&'a str>,
    pub(crate) owner: Option<UserId>,
}

/// Why a membership does not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MembershipFault {
    AlreadyMember,
    NotMember,
    NoSuchGroup,
    NoSuchUser,
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

    /// The groups that a user is in.
    #[must_use]
    pub fn groups_of(&self, user: UserId) -> &BTreeSet<GroupId> {
        const NONE: &BTreeSet<GroupId> = &BTreeSet::new();
        self.memberships.get(&user).unwrap_or(NONE)
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
            owners: new.owner.into_iter().collect(),
        };
        self.groups.entry(id).or_insert(group)
    }

    pub(crate) fn delete_group(&mut self, id: GroupId) -> Option<Group> {
        let group = self.groups.remove(&id)?;
        for member in &group.members {
            self.memberships.get_mut(member).expect("a member has memberships").remove(&id);
        }
        Some(group)
    }

    pub(crate) fn add_member(&mut self, group: GroupId, user: UserId) -> Result<(), MembershipFault> {
        if !self.users.contains_key(&user) {
            return Err(MembershipFault::NoSuchUser);
        }
        let members = &mut self.groups.get_mut(&group).ok_or(MembershipFault::NoSuchGroup)?.members;
        if !members.insert(user) {
            return Err(MembershipFault::AlreadyMember);
        }
        self.memberships.entry(user).or_default().insert(group);
        Ok(())
    }

    pub(crate) fn remove_member(&mut self, group: GroupId, user: UserId) -> Result<(), MembershipFault> {
        let members = &mut self.groups.get_mut(&group).ok_or(MembershipFault::NoSuchGroup)?.members;
        if !members.remove(&user) {
            return Err(MembershipFault::NotMember);
        }
        self.memberships.get_mut(&user).expect("a member has memberships").remove(&group);
        Ok(())
    }

    pub(super) fn add_configured_group(&mut self, config: GroupConfig) -> Result<(), BadConfig> {
        let group = Group {
            id: config.id,
            mail_nickname: config.display_name.chars().filter(char::is_ascii_alphanumeric).collect(),
            description: config.description,
            created: self.created,
            members: BTreeSet::new(),
            owners: BTreeSet::new(),
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
