//! Directory roles of the tenant: which are activated, and who holds them.

use std::collections::BTreeSet;

use super::{Change, Tenant};
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
        self.users.values().filter(move |user| user.roles.contains(&role))
    }

    /// Gives a role to a user; whether the user did not hold it.
    pub(crate) fn assign_role(&mut self, user: UserId, role: Role) -> Option<bool> {
        let is_new = self.users.get_mut(&user)?.roles.insert(role);
        self.activated_roles.insert(role);
        self.touch(Change::User(user));
        Some(is_new)
    }

    /// Takes a role from a user; whether the user held it.
    pub(crate) fn withdraw_role(&mut self, user: UserId, role: Role) -> Option<bool> {
        let was_held = self.users.get_mut(&user)?.roles.remove(&role);
        self.touch(Change::User(user));
        Some(was_held)
    }
}
