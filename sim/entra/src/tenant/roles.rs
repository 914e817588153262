//! Directory roles of the tenant: which are activated, and who holds them.

use std::collections::BTreeSet;

use super::{Change, Facet, Tenant};
use crate::directory::{User, UserId};
use crate::roles::Role;

impl Tenant {
    /// Roles that have been activated, by hand or by their first holder.
    pub(crate) fn activated_roles(&self) -> &BTreeSet<Role> {
        &self.activated_roles
    }

    /// Activates a role; whether it was not yet.
    pub(crate) fn activate_role(&mut self, role: Role) -> bool {
        self.activated_roles.insert(role)
    }

    /// Who holds a role, by object id.
    pub(crate) fn holders(&self, role: Role) -> impl Iterator<Item = &User> {
        self.holders.get(&role).into_iter().flatten().filter_map(|id| self.users.get(id))
    }

    /// Notes who holds what from the start.
    pub(super) fn index_roles(&mut self) {
        for user in self.users.values() {
            for role in &user.roles {
                self.holders.entry(*role).or_default().insert(user.id);
            }
        }
        self.activated_roles.extend(self.holders.keys().copied());
    }

    /// Gives a role to a user; whether the user did not hold it.
    pub(crate) fn assign_role(&mut self, user: UserId, role: Role) -> Option<bool> {
        self.keep_before(Facet::Roles(user));
        let is_new = self.users.get_mut(&user)?.roles.insert(role);
        self.activated_roles.insert(role);
        self.holders.entry(role).or_default().insert(user);
        self.touch(Change::User(user));
        Some(is_new)
    }

    /// Takes a role from a user; whether the user held it.
    pub(crate) fn withdraw_role(&mut self, user: UserId, role: Role) -> Option<bool> {
        self.keep_before(Facet::Roles(user));
        let was_held = self.users.get_mut(&user)?.roles.remove(&role);
        // A user in the recycle bin keeps the role, and is no user until then.
        self.holders.entry(role).or_default().remove(&user);
        self.touch(Change::User(user));
        Some(was_held)
    }
}
