//! Conditional Access policies and Intune's device configurations, as the tenant keeps them.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Facet, Tenant};
use crate::conditional_access::{self, ConditionalAccessPolicy, StoredPolicy, Subject};
use crate::directory::User;

/// A device configuration: what Graph shows of it, and to whom it is assigned.
#[derive(Clone, Debug, Default)]
pub(crate) struct DeviceConfiguration {
    pub(crate) document: Map<String, Value>,
    pub(crate) assignments: Vec<Value>,
}

impl Tenant {
    /// Sets the Conditional Access policies, as the portal does; a name that no user has stands for nobody.
    pub fn set_conditional_access(&mut self, policies: Vec<ConditionalAccessPolicy>) {
        let created = crate::graph::date(self.created);
        let stored = policies.into_iter().map(|policy| {
            let by_id = |subject: Subject| match subject {
                Subject::User(upn) => self.user_by_name(&upn).map(|user| Subject::UserId(user.id)),
                other => Some(other),
            };
            let include = policy.include.into_iter().filter_map(by_id).collect();
            let exclude = policy.exclude.into_iter().filter_map(by_id).collect();
            let policy = ConditionalAccessPolicy { include, exclude, ..policy };
            StoredPolicy { document: conditional_access::mfa_document(&policy, &created), policy }
        });
        let stored = stored.collect();
        self.keep_before(Facet::ConditionalAccess);
        self.conditional_access = stored;
    }

    /// Every Conditional Access policy, oldest first.
    pub(crate) fn conditional_access(&self) -> &[StoredPolicy] {
        &self.conditional_access
    }

    /// Adds a policy, or replaces the one with its id.
    pub(crate) fn keep_policy(&mut self, policy: StoredPolicy) {
        self.keep_before(Facet::ConditionalAccess);
        match self.conditional_access.iter_mut().find(|known| known.policy.id == policy.policy.id) {
            Some(known) => *known = policy,
            None => self.conditional_access.push(policy),
        }
    }

    /// Removes a policy.
    pub(crate) fn remove_policy(&mut self, id: Uuid) -> Option<StoredPolicy> {
        self.keep_before(Facet::ConditionalAccess);
        let at = self.conditional_access.iter().position(|known| known.policy.id == id)?;
        Some(self.conditional_access.remove(at))
    }

    /// The policy that asks this user for multi-factor authentication, if one does.
    pub(crate) fn mfa_policy(&self, user: &User) -> Option<&ConditionalAccessPolicy> {
        let groups = self.all_groups_of(user.id);
        let mut demanding = self.conditional_access.iter().filter(|stored| stored.demands_mfa());
        demanding.find(|stored| stored.policy.requires_mfa_of(user, &groups)).map(|stored| &stored.policy)
    }
}
