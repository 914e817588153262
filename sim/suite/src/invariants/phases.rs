//! A user has one phase, and Entra has the user in the one group of it and in no other (guide: "HYPR Groups in
//! Entra/AzureAD").

use std::collections::{BTreeMap, BTreeSet};

use lab::Lab;
use lab::control_center::{Event as HyprEvent, Phase};
use lab::journal::Event;

/// Who stands in Control Center twice, and whose groups are not those of the phase although nobody has said why.
pub(super) fn broken(lab: &Lab) -> Vec<String> {
    let mut problems = listed_twice(lab);
    // Groups and their members stay in Entra when an integration is deleted.
    let was_deleted = said(lab).any(|event| matches!(event, HyprEvent::IntegrationDeleted { .. }));
    if !was_deleted {
        problems.extend(in_other_groups(lab));
    }
    problems
}

/// One person under two names.
fn listed_twice(lab: &Lab) -> Vec<String> {
    lab.control_center().with_core(|core| {
        let mut problems = Vec::new();
        for integration in core.integrations() {
            let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
            for user in integration.users.values() {
                let Some(id) = user.object_id.as_deref() else { continue };
                if let Some(other) = seen.insert(id, &user.username) {
                    problems.push(format!("HYPR lists one person twice: {other} and {}", user.username));
                }
            }
        }
        problems
    })
}

fn in_other_groups(lab: &Lab) -> Vec<String> {
    let groups = groups(lab);
    let wanted = wanted(lab);
    let tenant = lab.tenant();
    let mut problems = Vec::new();
    for user in tenant.users() {
        let found = tenant.groups_of(user.id).iter().filter_map(|id| groups.get(&id.to_string()).copied());
        let found: BTreeSet<Phase> = found.collect();
        let wanted = wanted.get(&user.upn.to_lowercase()).cloned().unwrap_or_default();
        if found != wanted && !is_explained(lab, &user.upn) {
            problems.push(format!("{} is to be in the groups {wanted:?} and is in {found:?}", user.upn));
        }
    }
    problems
}

/// HYPR's groups by their ids in Entra.
fn groups(lab: &Lab) -> BTreeMap<String, Phase> {
    lab.control_center().with_core(|core| {
        let groups = core.integrations().flat_map(|integration| &integration.groups);
        groups.map(|(phase, id)| (id.clone(), *phase)).collect()
    })
}

/// The groups in which each user is to be, by UPN in lower case.
fn wanted(lab: &Lab) -> BTreeMap<String, BTreeSet<Phase>> {
    lab.control_center().with_core(|core| {
        let mut wanted: BTreeMap<String, BTreeSet<Phase>> = BTreeMap::new();
        for user in core.integrations().flat_map(|integration| integration.users.values()) {
            wanted.entry(user.username.to_lowercase()).or_default().extend(user.target_group());
        }
        wanted
    })
}

/// Control Center knows that it has not finished, and has told the administrator in the Audit Trail.
fn is_explained(lab: &Lab, upn: &str) -> bool {
    let knows = lab.control_center().with_core(|core| {
        let users = core.integrations().filter_map(|integration| integration.user(upn));
        users.into_iter().any(|user| !user.groups_settled())
    });
    let is_about = |event: &HyprEvent| {
        let HyprEvent::EntraRefused { username: Some(username), .. } = event else { return false };
        username.eq_ignore_ascii_case(upn)
    };
    knows && said(lab).any(is_about)
}

fn said(lab: &Lab) -> impl Iterator<Item = &HyprEvent> {
    lab.journal().entries().iter().filter_map(|entry| match &entry.event {
        Event::ControlCenter(event) => Some(event),
        _ => None,
    })
}
