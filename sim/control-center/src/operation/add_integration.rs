//! "Add Integration": every parameter is tried at Entra, then the three groups are found or created (guide "Setting Up
//! the HYPR Tenant", "HYPR Groups in Entra/AzureAD").

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{List, Object, Outcome, Step};
use crate::graph::{Answer, Call, Errand, Failure, next_page};
use crate::integration::Groups;
use crate::name::ApplicationName;
use crate::people::Phase;

/// The delegated permissions that the guide asks for.
const PERMISSIONS: [&str; 2] = ["Directory.AccessAsUser.All", "UserAuthenticationMethod.ReadWrite.All"];
/// The roles that the guide asks for, by template id (`entra.md` §2.7).
const ROLES: [(&str, &str); 2] = [
    ("9360feb5-f418-4baa-8175-e2a00bac4301", "Directory Writers"),
    ("7be44c8a-adaf-4e2a-84d6-ab2649e08a13", "Privileged Authentication Administrator"),
];

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FormField {
    /// Application Name.
    ApplicationName,
    /// Client ID.
    ClientId,
    /// Tenant ID.
    TenantId,
    /// Client Secret.
    ClientSecret,
    /// Service Account Username.
    ServiceAccountUsername,
    /// Service Account Password.
    ServiceAccountPassword,
}

/// Why an integration is not added, in words for the administrator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Refusal {
    /// The field at which the words stand; none when no single field is to blame.
    pub field: Option<FormField>,
    /// The words.
    pub text: String,
}

/// "Add Integration" under way.
#[derive(Debug)]
pub(crate) struct AddIntegration {
    name: ApplicationName,
    state: State,
}

#[derive(Debug)]
#[expect(clippy::enum_variant_names, reason = "a state is named for what it waits for")]
enum State {
    AwaitsToken,
    AwaitsRoles { held: BTreeSet<String> },
    AwaitsGroupSearch { phase: Phase, found: Groups },
    AwaitsGroupCreation { phase: Phase, found: Groups },
}

/// What follows an answer.
enum Next {
    Ask(Call, State),
    Added(Groups),
}

/// A directory object that the service account is a member of; groups have no template.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Membership {
    #[serde(rename = "@odata.type")]
    odata_type: Option<String>,
    role_template_id: Option<String>,
}

impl AddIntegration {
    pub(crate) fn start(name: ApplicationName) -> Step<Self> {
        Step::ask(Errand::SignIn, Self { name, state: State::AwaitsToken })
    }

    pub(crate) fn handle(self, answer: Result<Answer, Failure>) -> Step<Self> {
        let Self { name, state } = self;
        let next = answer.map_err(Refusal::from).and_then(|answer| match state {
            State::AwaitsToken => permissions_checked(&answer),
            State::AwaitsRoles { held } => roles_read(&answer, held),
            State::AwaitsGroupSearch { phase, found } => group_searched(&answer, phase, found),
            State::AwaitsGroupCreation { phase, found } => group_created(&answer, phase, found),
        });
        match next {
            Ok(Next::Ask(call, state)) => Step::ask(call, Self { name, state }),
            Ok(Next::Added(groups)) => Step::Done(Outcome::AddIntegration { name, result: Ok(groups) }),
            Err(refusal) => Step::Done(Outcome::AddIntegration { name, result: Err(refusal) }),
        }
    }
}

fn permissions_checked(answer: &Answer) -> Result<Next, Refusal> {
    let scope = String::from_utf8_lossy(&answer.body);
    let granted = |permission: &str| {
        // The resource stands before the permission when the scope was asked for as `/.default` (§1.4).
        let name = |granted: &str| granted.rsplit('/').next().unwrap_or_default().eq_ignore_ascii_case(permission);
        scope.split_whitespace().any(name)
    };
    let missing: Vec<&str> = PERMISSIONS.into_iter().filter(|permission| !granted(permission)).collect();
    if missing.is_empty() {
        Ok(Next::Ask(Call::MyRoles, State::AwaitsRoles { held: BTreeSet::new() }))
    } else {
        let text = format!(
            "The application lacks the delegated permission {}. Add it in Entra and grant admin consent.",
            missing.join(" and ")
        );
        Err(Refusal { field: Some(FormField::ClientId), text })
    }
}

fn roles_read(answer: &Answer, mut held: BTreeSet<String>) -> Result<Next, Refusal> {
    let page: List<Membership> = answer.read()?;
    let roles =
        page.value.into_iter().filter(|one| one.odata_type.as_deref() == Some("#microsoft.graph.directoryRole"));
    held.extend(roles.filter_map(|role| role.role_template_id));
    if let Some(link) = page.next_link {
        let url = next_page(&link).ok_or_else(|| answer.unintelligible())?;
        return Ok(Next::Ask(Call::MyRolesNextPage(url), State::AwaitsRoles { held }));
    }
    let missing: Vec<&str> = ROLES.iter().filter(|(id, _)| !held.contains(*id)).map(|(_, name)| *name).collect();
    if missing.is_empty() {
        Ok(search(Phase::Pending, Groups::new()))
    } else {
        let text = format!(
            "The service account lacks the role {}. Assign it in Entra; a new role can take a while to arrive.",
            missing.join(" and ")
        );
        Err(Refusal { field: Some(FormField::ServiceAccountUsername), text })
    }
}

fn group_searched(answer: &Answer, phase: Phase, found: Groups) -> Result<Next, Refusal> {
    let groups: List<Object> = answer.read()?;
    Ok(match groups.value.into_iter().next() {
        Some(group) => go_on(phase, found, group),
        None => Next::Ask(Call::CreateGroup { name: phase.group_name() }, State::AwaitsGroupCreation { phase, found }),
    })
}

fn group_created(answer: &Answer, phase: Phase, found: Groups) -> Result<Next, Refusal> {
    Ok(go_on(phase, found, answer.read()?))
}

fn go_on(phase: Phase, mut found: Groups, group: Object) -> Next {
    found.insert(phase, group.id);
    match Phase::ALL.into_iter().find(|phase| !found.contains_key(phase)) {
        Some(next) => search(next, found),
        None => Next::Added(found),
    }
}

fn search(phase: Phase, found: Groups) -> Next {
    Next::Ask(Call::FindGroup { name: phase.group_name() }, State::AwaitsGroupSearch { phase, found })
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        let field = match failure {
            Failure::SignIn { code: 90002 | 900_021 | 50059, .. } => Some(FormField::TenantId),
            Failure::SignIn { code: 700_016 | 7_000_112 | 65001, .. } => Some(FormField::ClientId),
            Failure::SignIn { code: 7_000_215 | 7_000_218 | 7_000_222, .. } => Some(FormField::ClientSecret),
            Failure::SignIn { code: 50034 | 500_341 | 50053 | 50057, .. } => Some(FormField::ServiceAccountUsername),
            Failure::SignIn { code: 50055 | 50056 | 50126 | 50144, .. } => Some(FormField::ServiceAccountPassword),
            _ => None,
        };
        Self { field, text: failure.to_string() }
    }
}
