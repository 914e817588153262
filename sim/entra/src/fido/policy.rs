//! The tenant's policy for security keys (Entra "Authentication methods > FIDO2 security key"; entra.md §2.9, §3.3).

use std::collections::BTreeSet;

use uuid::Uuid;

/// `fido2AuthenticationMethodConfiguration`: whether, for whom and with which keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fido2Policy {
    /// The method's switch.
    pub state: MethodState,
    /// Whether users may add keys in security info.
    pub self_service: SelfService,
    /// "Enforce attestation".
    pub attestation: AttestationEnforcement,
    /// "Enforce key restrictions".
    pub key_restrictions: KeyRestrictions,
    /// Whom the method is offered to.
    pub include: BTreeSet<Target>,
    /// Whom it is not offered to; wins over `include`.
    pub exclude: BTreeSet<Target>,
}

/// Whether an authentication method is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MethodState {
    /// On for its targets.
    Enabled,
    /// Off for everybody, also for keys that exist.
    Disabled,
}

/// `isSelfServiceRegistrationAllowed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SelfService {
    /// Users add their own keys.
    Allowed,
    /// Only administrators do.
    NotAllowed,
}

/// `isAttestationEnforced`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttestationEnforcement {
    /// Only `packed` with a chain to a trusted root is accepted.
    Enforced,
    /// Anything is accepted; the AAGUID is whatever the key says.
    NotEnforced,
}

/// `keyRestrictions`, by AAGUID; checked at registration and again at each sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyRestrictions {
    /// Not enforced.
    None,
    /// Only these models.
    Allow(BTreeSet<Uuid>),
    /// All but these models.
    Block(BTreeSet<Uuid>),
}

/// A target of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// `all_users`.
    AllUsers,
    /// The members of a group.
    Group(Uuid),
}

impl Default for Fido2Policy {
    /// What the guide asks for: on for all users, self-service, attestation enforced, no restrictions.
    fn default() -> Self {
        Self {
            state: MethodState::Enabled,
            self_service: SelfService::Allowed,
            attestation: AttestationEnforcement::Enforced,
            key_restrictions: KeyRestrictions::None,
            include: BTreeSet::from([Target::AllUsers]),
            exclude: BTreeSet::new(),
        }
    }
}

impl Fido2Policy {
    /// Whether a member of `groups` is among the targets; an exclusion beats an inclusion.
    #[must_use]
    pub fn targets(&self, groups: &BTreeSet<Uuid>) -> bool {
        let hit = |target: &Target| match target {
            Target::AllUsers => true,
            Target::Group(group) => groups.contains(group),
        };
        self.include.iter().any(hit) && !self.exclude.iter().any(hit)
    }
}

impl KeyRestrictions {
    /// Whether keys of the model `aaguid` may be used.
    #[must_use]
    pub fn permit(&self, aaguid: Uuid) -> bool {
        match self {
            Self::None => true,
            Self::Allow(models) => models.contains(&aaguid),
            Self::Block(models) => !models.contains(&aaguid),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exclusion_beats_an_inclusion() {
        let group = Uuid::from_u128(1);
        let mut policy = Fido2Policy::default();
        assert!(policy.targets(&BTreeSet::from([group])));
        policy.exclude.insert(Target::Group(group));
        assert!(!policy.targets(&BTreeSet::from([group])));
        assert!(policy.targets(&BTreeSet::new()));
    }

    #[test]
    fn only_members_of_an_included_group_are_targets() {
        let group = Uuid::from_u128(1);
        let policy = Fido2Policy { include: BTreeSet::from([Target::Group(group)]), ..Fido2Policy::default() };
        assert!(policy.targets(&BTreeSet::from([group])));
        assert!(!policy.targets(&BTreeSet::new()));
    }

    #[test]
    fn an_allow_list_and_a_block_list_are_opposites() {
        let (listed, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let list = BTreeSet::from([listed]);
        let permits = |restrictions: &KeyRestrictions| (restrictions.permit(listed), restrictions.permit(other));
        assert_eq!(permits(&KeyRestrictions::Allow(list.clone())), (true, false));
        assert_eq!(permits(&KeyRestrictions::Block(list)), (false, true));
        assert_eq!(permits(&KeyRestrictions::None), (true, true));
    }
}
