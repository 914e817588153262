//! One Conditional Access policy, read from what Graph keeps of it (entra.md §2.10).

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Subject, subjects};

/// A policy as sign-in goes by it.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub(crate) id: Uuid,
    pub(crate) display_name: String,
    pub(super) state: State,
    pub(super) include: BTreeSet<Subject>,
    pub(super) exclude: BTreeSet<Subject>,
    pub(super) applications: BTreeSet<Target>,
    pub(super) without_applications: BTreeSet<Target>,
    pub(super) actions: BTreeSet<UserAction>,
    /// Empty: every kind of client.
    pub(super) clients: BTreeSet<ClientApp>,
    pub(super) circumstances: Circumstances,
    pub(super) operator: Operator,
    pub(super) controls: Vec<Control>,
}

/// `state`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Enabled,
    Disabled,
    ReportOnly,
}

/// What a policy is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    All,
    Office365,
    Application(Uuid),
}

/// What somebody is about to do, beside signing in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum UserAction {
    RegisterSecurityInfo,
    RegisterDevice,
}

/// The kind of client (`clientAppTypes`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ClientApp {
    Browser,
    MobileAppsAndDesktopClients,
    /// Older protocols, which the lab's tenant does not serve.
    Legacy,
}

/// Whether platform, place, risk and device filter of a policy can be those of a sign-in in the lab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Circumstances {
    Usual,
    /// Some are asked for that no sign-in has here.
    Never,
}

/// `grantControls.operator`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    And,
    Or,
}

/// What a policy asks for before it grants access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Control {
    Block,
    Strength(Strength),
    CompliantDevice,
    DomainJoinedDevice,
    ApprovedApplication,
    CompliantApplication,
    PasswordChange,
    /// A control that nothing satisfies here: terms of use, custom factors, authentication strengths of one's own.
    Unknown,
}

/// The built-in authentication strengths, each of which satisfies those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Strength {
    Mfa,
    Passwordless,
    PhishingResistant,
}

impl Policy {
    /// Reads a document that Graph has checked; what it leaves out asks for nothing.
    pub(super) fn read(id: Uuid, display_name: String, document: &Map<String, Value>) -> Self {
        let part = |name: &str| document.get(name).cloned().unwrap_or_default();
        let (conditions, grant) = (part("conditions"), part("grantControls"));
        let (users, applications) = (&conditions["users"], &conditions["applications"]);
        Self {
            id,
            display_name,
            state: match part("state").as_str() {
                Some("enabled") => State::Enabled,
                Some("enabledForReportingButNotEnforced") => State::ReportOnly,
                _ => State::Disabled,
            },
            include: subjects(users, "include"),
            exclude: subjects(users, "exclude"),
            applications: words(&applications["includeApplications"]).filter_map(Target::named).collect(),
            without_applications: words(&applications["excludeApplications"]).filter_map(Target::named).collect(),
            actions: words(&applications["includeUserActions"]).filter_map(UserAction::named).collect(),
            clients: words(&conditions["clientAppTypes"]).filter_map(ClientApp::named).collect(),
            circumstances: Circumstances::of(&conditions),
            operator: if grant["operator"] == "AND" { Operator::And } else { Operator::Or },
            controls: controls(&grant),
        }
    }
}

/// The texts in a list.
fn words(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}

fn controls(grant: &Value) -> Vec<Control> {
    let strength = grant["authenticationStrength"]["id"].as_str().map(|id| match Strength::named(id) {
        Some(strength) => Control::Strength(strength),
        None => Control::Unknown,
    });
    let others = ["termsOfUse", "customAuthenticationFactors"];
    let others = others.iter().flat_map(|name| words(&grant[*name])).map(|_| Control::Unknown);
    words(&grant["builtInControls"]).map(Control::named).chain(strength).chain(others).collect()
}

impl Target {
    fn named(name: &str) -> Option<Self> {
        match name {
            "All" => Some(Self::All),
            "Office365" => Some(Self::Office365),
            _ => Uuid::parse_str(name).ok().map(Self::Application),
        }
    }
}

impl UserAction {
    fn named(name: &str) -> Option<Self> {
        match name {
            "urn:user:registersecurityinfo" => Some(Self::RegisterSecurityInfo),
            "urn:user:registerdevice" => Some(Self::RegisterDevice),
            _ => None,
        }
    }
}

impl ClientApp {
    /// `all` names no kind, and so every one.
    fn named(name: &str) -> Option<Self> {
        match name {
            "all" => None,
            "browser" => Some(Self::Browser),
            "mobileAppsAndDesktopClients" => Some(Self::MobileAppsAndDesktopClients),
            _ => Some(Self::Legacy),
        }
    }
}

impl Control {
    fn named(name: &str) -> Self {
        match name {
            "block" => Self::Block,
            "mfa" => Self::Strength(Strength::Mfa),
            "compliantDevice" => Self::CompliantDevice,
            "domainJoinedDevice" => Self::DomainJoinedDevice,
            "approvedApplication" => Self::ApprovedApplication,
            "compliantApplication" => Self::CompliantApplication,
            "passwordChange" => Self::PasswordChange,
            _ => Self::Unknown,
        }
    }
}

impl Strength {
    /// By the id that is the same in every tenant.
    fn named(id: &str) -> Option<Self> {
        match Uuid::parse_str(id).ok()?.as_u128() {
            2 => Some(Self::Mfa),
            3 => Some(Self::Passwordless),
            4 => Some(Self::PhishingResistant),
            _ => None,
        }
    }
}

impl Circumstances {
    /// A sign-in in the lab has no risk, an unknown platform, no trusted location, no filtered device, and a user.
    fn of(conditions: &Value) -> Self {
        let risky =
            ["userRiskLevels", "signInRiskLevels"].iter().any(|name| words(&conditions[*name]).next().is_some());
        let all = |place: &str, name: &str, word: &str| {
            conditions[place].is_null() || words(&conditions[place][name]).any(|named| named == word)
        };
        let usual = !risky
            && all("platforms", "includePlatforms", "all")
            && all("locations", "includeLocations", "All")
            && conditions["devices"].is_null()
            && conditions["clientApplications"].is_null();
        if usual { Self::Usual } else { Self::Never }
    }
}
