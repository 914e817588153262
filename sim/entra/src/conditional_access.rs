//! Conditional Access policies with one grant control, multi-factor authentication (Graph `conditionalAccessPolicy`).

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::directory::{GroupId, User};

/// A policy that requires MFA.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionalAccessPolicy {
    /// Policy id.
    pub id: Uuid,
    /// Display name.
    pub display_name: String,
    /// For whom MFA is required.
    pub include: BTreeSet<Subject>,
    /// For whom it is not; exclusion wins.
    pub exclude: BTreeSet<Subject>,
}

/// Whom a policy is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// Everybody.
    AllUsers,
    /// One user, by user principal name.
    User(String),
    /// The members of a group.
    Group(GroupId),
}

impl ConditionalAccessPolicy {
    pub(crate) fn requires_mfa_of(&self, user: &User, groups: &BTreeSet<GroupId>) -> bool {
        let hit = |subject: &Subject| match subject {
            Subject::AllUsers => true,
            Subject::User(upn) => upn.eq_ignore_ascii_case(&user.upn),
            Subject::Group(id) => groups.contains(id),
        };
        self.include.iter().any(hit) && !self.exclude.iter().any(hit)
    }
}
