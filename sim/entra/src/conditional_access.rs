//! Conditional Access policies (Graph `conditionalAccessPolicy`): stored as Graph shows them, evaluated for one grant
//! control, multi-factor authentication.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::directory::{GroupId, User, UserId};

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
    pub(crate) policy: ConditionalAccessPolicy,
    /// Without `id` and `displayName`.
    pub(crate) document: Map<String, Value>,
}

impl ConditionalAccessPolicy {
    pub(crate) fn requires_mfa_of(&self, user: &User, groups: &BTreeSet<GroupId>) -> bool {
        let hit = |subject: &Subject| match subject {
            Subject::AllUsers => true,
            Subject::User(upn) => upn.eq_ignore_ascii_case(&user.upn),
            Subject::UserId(id) => *id == user.id,
            Subject::Group(id) => groups.contains(id),
            Subject::Role(template) => user.roles.iter().any(|role| role.template_id() == *template),
        };
        self.include.iter().any(hit) && !self.exclude.iter().any(hit)
    }
}

impl StoredPolicy {
    /// Reads whom a policy is about from what Graph has stored.
    pub(crate) fn new(id: Uuid, display_name: String, document: Map<String, Value>) -> Self {
        let users = document.get("conditions").and_then(|conditions| conditions.get("users")).cloned();
        let users = users.unwrap_or_default();
        let policy = ConditionalAccessPolicy {
            id,
            display_name,
            include: subjects(&users, "include"),
            exclude: subjects(&users, "exclude"),
        };
        Self { policy, document }
    }

    /// Whether sign-in goes by it, and it asks for MFA.
    pub(crate) fn demands_mfa(&self) -> bool {
        let is_on = self.document.get("state").and_then(Value::as_str) == Some("enabled");
        let controls = self.document.get("grantControls").map(|controls| &controls["builtInControls"]);
        let controls = controls.and_then(Value::as_array);
        let applications = self.document.get("conditions").map(|conditions| &conditions["applications"]);
        let is_for_all = applications.is_some_and(|applications| {
            let included = applications["includeApplications"].as_array();
            included.is_some_and(|included| included.iter().any(|application| application == "All"))
        });
        is_on && is_for_all && controls.is_some_and(|controls| controls.iter().any(|control| control == "mfa"))
    }
}

fn subjects(users: &Value, which: &str) -> BTreeSet<Subject> {
    let names = |kind: &str| users[format!("{which}{kind}")].as_array().cloned().unwrap_or_default();
    let ids = |kind: &str| -> Vec<Uuid> {
        names(kind).iter().filter_map(|name| Uuid::parse_str(name.as_str()?).ok()).collect()
    };
    let all = names("Users").iter().any(|name| name == "All").then_some(Subject::AllUsers);
    let users = ids("Users").into_iter().map(Subject::UserId);
    let groups = ids("Groups").into_iter().map(Subject::Group);
    all.into_iter().chain(users).chain(groups).chain(ids("Roles").into_iter().map(Subject::Role)).collect()
}

/// What Graph shows of a policy that requires MFA of somebody, whose names have become ids.
pub(crate) fn mfa_document(policy: &ConditionalAccessPolicy, created: &str) -> Map<String, Value> {
    let listed = |subjects: &BTreeSet<Subject>, pick: fn(&Subject) -> Option<String>| -> Value {
        subjects.iter().filter_map(pick).map(Value::from).collect()
    };
    let user = |subject: &Subject| match subject {
        Subject::AllUsers => Some("All".to_owned()),
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
