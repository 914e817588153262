//! Moves a user into the group of the phase: out of the old ones, then into the new one (guide "HYPR Groups in
//! Entra/AzureAD"). Whatever is so already counts as done, so that the move can be repeated.

use std::collections::BTreeSet;

use super::{Outcome, Step, read_person};
use crate::graph::{Answer, Call, Failure};
use crate::integration::Groups;
use crate::people::{Person, Phase};

/// What a move waits for.
#[derive(Debug)]
#[expect(clippy::enum_variant_names, reason = "a state is named for what it waits for")]
pub(crate) enum MoveGroups {
    AwaitsUser { plan: Plan },
    AwaitsRemoval { plan: Plan, user: String, leaving: Phase },
    AwaitsAddition { plan: Plan, user: String, joining: Phase },
}

/// Where the user is to be.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) username: String,
    pub(crate) ids: Groups,
    /// The groups that the user is in, as far as is known.
    pub(crate) present: BTreeSet<Phase>,
    /// The group to be in; none for a user who was deleted.
    pub(crate) target: Option<Phase>,
    /// What Entra has said about the user during this move.
    pub(crate) person: Option<Person>,
}

impl MoveGroups {
    pub(crate) fn start(plan: Plan, object_id: Option<String>) -> Step<Self> {
        match object_id {
            Some(user) => next(plan, user),
            None => Step::ask(Call::FindUser { user: plan.username.clone() }, Self::AwaitsUser { plan }),
        }
    }

    pub(crate) fn handle(self, answer: Result<Answer, Failure>) -> Step<Self> {
        match self {
            Self::AwaitsUser { mut plan } => match answer.and_then(|answer| read_person(&answer)) {
                Ok(person) => {
                    let user = person.object_id.clone();
                    plan.person = Some(person);
                    next(plan, user)
                }
                Err(failure) => done(plan, Err(failure)),
            },
            Self::AwaitsRemoval { mut plan, user, leaving } => match answer {
                Err(failure) if !failure.is_not_found() => done(plan, Err(failure)),
                _ => {
                    plan.present.remove(&leaving);
                    next(plan, user)
                }
            },
            Self::AwaitsAddition { mut plan, user, joining } => match answer {
                Err(failure) if failure.is_not_found() => {
                    // An account that is restored comes back with the groups that it had: none can be counted on.
                    plan.present.extend(Phase::ALL.into_iter().filter(|phase| *phase != joining));
                    done(plan, Err(failure))
                }
                Err(failure) if !is_member_already(&failure) => done(plan, Err(failure)),
                _ => {
                    plan.present.insert(joining);
                    next(plan, user)
                }
            },
        }
    }
}

fn next(plan: Plan, user: String) -> Step<MoveGroups> {
    let group = |phase: Phase| plan.ids.get(&phase).cloned().unwrap_or_default();
    let leaving = plan.present.iter().copied().find(|phase| Some(*phase) != plan.target);
    if let Some(leaving) = leaving {
        let call = Call::RemoveMember { group: group(leaving), user: user.clone() };
        return Step::ask(call, MoveGroups::AwaitsRemoval { plan, user, leaving });
    }
    match plan.target.filter(|target| !plan.present.contains(target)) {
        Some(joining) => {
            let call = Call::AddMember { group: group(joining), user: user.clone() };
            Step::ask(call, MoveGroups::AwaitsAddition { plan, user, joining })
        }
        None => done(plan, Ok(())),
    }
}

fn done(plan: Plan, result: Result<(), Failure>) -> Step<MoveGroups> {
    let Plan { username, person, present: groups, .. } = plan;
    Step::Done(Outcome::MoveGroups { username, person, groups, result })
}

/// 400 "One or more added object references already exist for the following modified properties: 'members'." (§2.2)
fn is_member_already(failure: &Failure) -> bool {
    matches!(failure, Failure::Graph { status: 400, message, .. } if message.contains("already exist"))
}
