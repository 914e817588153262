//! Conditional Access (Graph `conditionalAccessPolicy`): policies are stored as Graph shows them, and every sign-in is
//! judged by them.

mod evaluate;
mod policy;

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::directory::{GroupId, UserId};

pub(crate) use evaluate::{Applied, Context, DeviceFacts, Unmet, UserKind, Verdict, Want, evaluate};
pub(crate) use policy::{ClientApp, Policy, Strength, UserAction};

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
    /// Guests and external users.
    Guests,
    /// One user, by user principal name.
    User(String),
    /// One user, by object id.
    UserId(UserId),
    /// The members of a group.
    Group(GroupId),
    /// The holders of a directory role, by its template's id.
    Role(Uuid),
}

/// A policy in the tenant: what Graph shows, and what sign-in goes by.
#[derive(Clone, Debug)]
pub(crate) struct StoredPolicy {
    pub(crate) policy: Policy,
    /// Without `id` and `displayName`.
    pub(crate) document: Map<String, Value>,
}

impl StoredPolicy {
    /// Reads what sign-in goes by from what Graph has stored.
    pub(crate) fn new(id: Uuid, display_name: String, document: Map<String, Value>) -> Self {
        Self { policy: Policy::read(id, display_name, &document), document }
    }
}

fn subjects(users: &Value, which: &str) -> BTreeSet<Subject> {
    let names = |kind: &str| users[format!("{which}{kind}")].as_array().cloned().unwrap_or_default();
    let ids = |kind: &str| -> Vec<Uuid> {
        names(kind).iter().filter_map(|name| Uuid::parse_str(name.as_str()?).ok()).collect()
    };
    let named = |word: &str, subject| names("Users").iter().any(|name| name == word).then_some(subject);
    let guests = users[format!("{which}GuestsOrExternalUsers")].is_object();
    let guests = guests.then_some(Subject::Guests).or(named("GuestsOrExternalUsers", Subject::Guests));
    let all = named("All", Subject::AllUsers).into_iter().chain(guests);
    let users = ids("Users").into_iter().map(Subject::UserId);
    let groups = ids("Groups").into_iter().map(Subject::Group);
    all.chain(users).chain(groups).chain(ids("Roles").into_iter().map(Subject::Role)).collect()
}

/// What Graph shows of a policy that requires MFA of somebody, whose names have become ids.
pub(crate) fn mfa_document(policy: &ConditionalAccessPolicy, created: &str) -> Map<String, Value> {
    let listed = |subjects: &BTreeSet<Subject>, pick: fn(&Subject) -> Option<String>| -> Value {
        subjects.iter().filter_map(pick).map(Value::from).collect()
    };
    let user = |subject: &Subject| match subject {
        Subject::AllUsers => Some("All".to_owned()),
        Subject::Guests => Some("GuestsOrExternalUsers".to_owned()),
        Subject::UserId(id) => Some(id.to_string()),
        Subject::User(_) | Subject::Group(_) | Subject::Role(_) => None,
    };
    let group = |subject: &Subject| if let Subject::Group(id) = subject { Some(id.to_string()) } else { None };
    let role = |subject: &Subject| if let Subject::Role(id) = subject { Some(id.to_string()) } else { None };
    let (include, exclude) = (&policy.include, &policy.exclude);
    let document = json!({
        "templateId": null, "createdDateTime": created, "modifiedDateTime": null, "state": "enabled",
        "conditions": {
            "userRiskLevels": [], "signInRiskLevels": [], "clientAppTypes": ["all"], "servicePrincipalRiskLevels": [],
            "platforms": null, "locations": null, "devices": null, "clientApplications": null,
            "applications": {
                "includeApplications": ["All"], "excludeApplications": [], "includeUserActions": [],
                "includeAuthenticationContextClassReferences": [], "applicationFilter": null,
            },
            "users": {
                "includeUsers": listed(include, user), "excludeUsers": listed(exclude, user),
                "includeGroups": listed(include, group), "excludeGroups": listed(exclude, group),
                "includeRoles": listed(include, role), "excludeRoles": listed(exclude, role),
            },
        },
        "grantControls": {
            "operator": "OR", "builtInControls": ["mfa"], "customAuthenticationFactors": [], "termsOfUse": [],
            "authenticationStrength": null,
        },
        "sessionControls": null,
    });
    document.as_object().cloned().unwrap_or_default()
}
