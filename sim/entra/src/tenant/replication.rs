//! Replication lag (entra.md §2.3): a change is made at once, and read only when its delay has passed.
//!
//! While a change is in flight the tenant keeps what the object was before it. Whoever reads too early gets a view: the
//! old states are put in the places of the new ones for as long as the read lasts. At rest nothing is kept.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::Tenant;
use crate::conditional_access::StoredPolicy;
use crate::directory::{Group, GroupId, User, UserId};
use crate::fido::Fido2Policy;
use crate::roles::Role;

/// How long a change takes until it is read, by what reads it; all zero: at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Replication {
    /// An object by its id.
    pub read: SignedDuration,
    /// Lists, filters, searches and counts.
    pub list: SignedDuration,
    /// Who is in which group, and references to new objects.
    pub membership: SignedDuration,
    /// Directory roles: who is listed with one, what tokens say (`wids`) and what the holder may do.
    pub roles: SignedDuration,
    /// The FIDO2 method policy and Conditional Access policies.
    pub policy: SignedDuration,
}

/// From where a request reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum View {
    /// An object by its id.
    Read,
    /// A collection.
    List,
    /// Who is in which group.
    Membership,
    /// What is so at this instant.
    Primary,
}

/// A signed-in user's session with an application: it reads its own writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Session {
    pub(crate) user: UserId,
    pub(crate) app: Uuid,
    /// `auth_time` of the token.
    pub(crate) since: i64,
}

/// What changes as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Facet {
    /// A user without its roles.
    User(UserId),
    /// A group without its members.
    Group(GroupId),
    Members(GroupId),
    Roles(UserId),
    Fido2Policy,
    ConditionalAccess,
}

/// A facet as it was.
#[derive(Clone, Debug)]
enum State {
    User(Option<Box<User>>),
    Group(Option<Box<Group>>),
    Members(BTreeSet<Uuid>),
    Roles(BTreeSet<Role>),
    Fido2Policy(Fido2Policy),
    ConditionalAccess(Vec<StoredPolicy>),
}

#[derive(Clone, Debug)]
struct Change {
    at: Timestamp,
    by: Option<Session>,
    facet: Facet,
    before: State,
}

/// The changes that somebody may not see yet, oldest first.
#[derive(Debug, Default)]
pub(super) struct InFlight {
    delays: Replication,
    changes: VecDeque<Change>,
    /// Whose request is being answered.
    writer: Option<Session>,
}

/// What a view has put away.
#[derive(Default)]
struct PutAway {
    users: Vec<(UserId, Option<User>)>,
    groups: Vec<(GroupId, Option<Group>)>,
    fido2_policy: Option<Fido2Policy>,
    conditional_access: Option<Vec<StoredPolicy>>,
}

impl Replication {
    /// When a change of a facet is read from `view`.
    fn delay(&self, facet: Facet, view: View) -> SignedDuration {
        match (facet, view) {
            (_, View::Primary) => SignedDuration::ZERO,
            (Facet::User(_) | Facet::Group(_), View::Read) => self.read,
            (Facet::User(_) | Facet::Group(_), View::List) => self.list,
            (Facet::User(_) | Facet::Group(_), View::Membership) | (Facet::Members(_), _) => self.membership,
            (Facet::Roles(_), _) => self.roles,
            (Facet::Fido2Policy | Facet::ConditionalAccess, _) => self.policy,
        }
    }

    /// The delays that a change of a facet goes through.
    fn delays(&self, facet: Facet) -> [SignedDuration; 3] {
        [View::Read, View::List, View::Membership].map(|view| self.delay(facet, view))
    }

    fn longest(&self, facet: Facet) -> SignedDuration {
        self.delays(facet).into_iter().max().unwrap_or_default()
    }
}

impl InFlight {
    pub(super) fn new(delays: Replication) -> Self {
        Self { delays, ..Self::default() }
    }

    /// What this reader does not see yet: of each facet the state before its oldest unseen change.
    fn unseen(&self, now: Timestamp, view: View, reader: Option<Session>) -> BTreeMap<Facet, &State> {
        let is_own = |change: &&Change| reader.is_some() && change.by == reader;
        let own: BTreeSet<Facet> = self.changes.iter().filter(is_own).map(|change| change.facet).collect();
        let mut unseen = BTreeMap::new();
        for change in &self.changes {
            if change.at + self.delays.delay(change.facet, view) > now && !own.contains(&change.facet) {
                unseen.entry(change.facet).or_insert(&change.before);
            }
        }
        unseen
    }
}

impl Tenant {
    /// Notes how something is before it changes.
    pub(super) fn keep_before(&mut self, facet: Facet) {
        if self.in_flight.delays.longest(facet).is_zero() {
            return;
        }
        let before = self.state(facet);
        let (at, by) = (self.latest, self.in_flight.writer);
        self.in_flight.changes.push_back(Change { at, by, facet, before });
    }

    fn state(&self, facet: Facet) -> State {
        match facet {
            Facet::User(id) => State::User(self.users.get(&id).cloned().map(Box::new)),
            Facet::Group(id) => State::Group(self.groups.get(&id).cloned().map(Box::new)),
            Facet::Members(id) => State::Members(self.groups.get(&id).map(|g| g.members.clone()).unwrap_or_default()),
            Facet::Roles(id) => State::Roles(self.users.get(&id).map(|user| user.roles.clone()).unwrap_or_default()),
            Facet::Fido2Policy => State::Fido2Policy(self.fido2_policy.clone()),
            Facet::ConditionalAccess => State::ConditionalAccess(self.conditional_access.clone()),
        }
    }

    /// When the next change is seen by somebody who does not see it yet.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let delays = &self.in_flight.delays;
        let due = self.in_flight.changes.iter().flat_map(|change| delays.delays(change.facet).map(|by| change.at + by));
        due.filter(|due| *due > self.latest).min()
    }

    /// Tells the tenant the time.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        self.notice(now);
    }

    /// Forgets the changes that everybody sees.
    pub(super) fn forget_replicated(&mut self) {
        let (now, delays) = (self.latest, self.in_flight.delays);
        self.in_flight.changes.retain(|change| change.at + delays.longest(change.facet) > now);
    }

    /// Answers a request of this session, whose changes it will read itself.
    pub(crate) fn on_behalf_of<T>(&mut self, session: Option<Session>, work: impl FnOnce(&mut Self) -> T) -> T {
        self.in_flight.writer = session;
        let answer = work(self);
        self.in_flight.writer = None;
        answer
    }

    /// Reads what a session sees by now.
    pub(crate) fn seen_by<T>(&mut self, reader: Option<Session>, view: View, read: impl FnOnce(&mut Self) -> T) -> T {
        if self.in_flight.changes.is_empty() {
            return read(self);
        }
        let put_away = self.turn_back(view, reader);
        let answer = read(self);
        self.put_back(put_away);
        answer
    }

    /// Whether a session does not see an object by now that is there.
    pub(crate) fn hides(&self, reader: Option<Session>, view: View, id: Uuid) -> bool {
        let unseen = self.in_flight.unseen(self.latest, view, reader);
        let is_new = |facet| matches!(unseen.get(&facet), Some(State::User(None) | State::Group(None)));
        is_new(Facet::User(id)) || is_new(Facet::Group(id))
    }

    /// The roles of a user that have taken effect.
    pub(crate) fn roles_in_effect<'a>(&'a self, user: &'a User) -> &'a BTreeSet<Role> {
        let (now, delay) = (self.latest, self.in_flight.delays.roles);
        let mut changes = self.in_flight.changes.iter();
        let pending = changes.find(|change| change.facet == Facet::Roles(user.id) && change.at + delay > now);
        match pending.map(|change| &change.before) {
            Some(State::Roles(roles)) => roles,
            _ => &user.roles,
        }
    }

    fn turn_back(&mut self, view: View, reader: Option<Session>) -> PutAway {
        let unseen = self.in_flight.unseen(self.latest, view, reader);
        let mut users: BTreeMap<UserId, Option<User>> = BTreeMap::new();
        let mut groups: BTreeMap<GroupId, Option<Group>> = BTreeMap::new();
        let (mut fido2_policy, mut conditional_access) = (None, None);
        // In the order of `Facet`: an object stands before its members or roles.
        for (facet, before) in unseen {
            match (facet, before.clone()) {
                (Facet::User(id), State::User(user)) => {
                    let roles = self.users.get(&id).map(|user| user.roles.clone());
                    let user = user.map(|user| User { roles: roles.unwrap_or(user.roles), ..*user });
                    users.insert(id, user);
                }
                (Facet::Group(id), State::Group(group)) => {
                    let members = self.groups.get(&id).map(|group| group.members.clone());
                    let group = group.map(|group| Group { members: members.unwrap_or(group.members), ..*group });
                    groups.insert(id, group);
                }
                (Facet::Members(id), State::Members(members)) => {
                    let group = groups.entry(id).or_insert_with(|| self.groups.get(&id).cloned());
                    group.iter_mut().for_each(|group| group.members.clone_from(&members));
                }
                (Facet::Roles(id), State::Roles(roles)) => {
                    let user = users.entry(id).or_insert_with(|| self.users.get(&id).cloned());
                    user.iter_mut().for_each(|user| user.roles.clone_from(&roles));
                }
                (_, State::Fido2Policy(policy)) => fido2_policy = Some(policy),
                (_, State::ConditionalAccess(policies)) => conditional_access = Some(policies),
                _ => unreachable!("a facet's state is of the facet's kind"),
            }
        }
        self.exchange(PutAway {
            users: users.into_iter().collect(),
            groups: groups.into_iter().collect(),
            fido2_policy,
            conditional_access,
        })
    }

    fn put_back(&mut self, put_away: PutAway) {
        self.exchange(put_away);
    }

    /// Puts states into the places of others, which it hands back.
    fn exchange(&mut self, states: PutAway) -> PutAway {
        let users = states.users.into_iter().map(|(id, user)| (id, self.exchange_user(id, user))).collect();
        let groups = states.groups.into_iter().map(|(id, group)| (id, self.exchange_group(id, group))).collect();
        let fido2_policy = states.fido2_policy.map(|policy| std::mem::replace(&mut self.fido2_policy, policy));
        let conditional_access =
            states.conditional_access.map(|policies| std::mem::replace(&mut self.conditional_access, policies));
        PutAway { users, groups, fido2_policy, conditional_access }
    }

    fn exchange_user(&mut self, id: UserId, user: Option<User>) -> Option<User> {
        let old = self.users.remove(&id);
        if let Some(old) = &old {
            let name = old.upn.to_lowercase();
            if self.names.get(&name) == Some(&id) {
                self.names.remove(&name);
            }
            for role in &old.roles {
                self.holders.entry(*role).or_default().remove(&id);
            }
        }
        if let Some(user) = user {
            self.names.insert(user.upn.to_lowercase(), id);
            for role in &user.roles {
                self.holders.entry(*role).or_default().insert(id);
            }
            self.users.insert(id, user);
        }
        old
    }

    fn exchange_group(&mut self, id: GroupId, group: Option<Group>) -> Option<Group> {
        let old = self.groups.remove(&id);
        for member in old.iter().flat_map(|group| &group.members) {
            self.memberships.entry(*member).or_default().remove(&id);
        }
        for member in group.iter().flat_map(|group| &group.members) {
            self.memberships.entry(*member).or_default().insert(id);
        }
        if let Some(group) = group {
            self.groups.insert(id, group);
        }
        old
    }
}
