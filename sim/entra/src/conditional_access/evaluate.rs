//! What Conditional Access makes of a sign-in (entra.md §2.10): all policies that match must be satisfied, exclusion
//! beats inclusion, block beats everything.

use std::collections::BTreeSet;
use std::mem::discriminant;

use uuid::Uuid;

use super::Subject;
use super::policy::{Circumstances, ClientApp, Control, Operator, Policy, State, Strength, Target, UserAction};
use crate::applications::first_party;
use crate::directory::{GroupId, UserId};
use crate::roles::Role;

/// Everything about a sign-in that policies look at.
#[derive(Clone, Debug)]
pub(crate) struct Context<'a> {
    pub(crate) user: UserId,
    pub(crate) kind: UserKind,
    pub(crate) groups: &'a BTreeSet<GroupId>,
    pub(crate) roles: &'a BTreeSet<Role>,
    /// The client and the resource that it asks for; a policy may name either (convention of the lab).
    pub(crate) applications: [Uuid; 2],
    pub(crate) action: Option<UserAction>,
    pub(crate) client: ClientApp,
    /// What the sign-in has proved.
    pub(crate) amr: &'a [String],
    pub(crate) device: Option<DeviceFacts>,
    /// Policies that a claims challenge named: they count whatever the kind of client.
    pub(crate) challenged: &'a [Uuid],
}

/// Whether a user is one of the tenant's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UserKind {
    Member,
    Guest,
}

/// What the tenant knows of the device that a sign-in came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct DeviceFacts {
    pub(crate) is_compliant: bool,
    pub(crate) is_hybrid_joined: bool,
}

/// What the policies together say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// Each policy's own result, for the log.
    pub(crate) applied: Vec<Applied>,
    pub(crate) unmet: Option<Unmet>,
}

/// What is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unmet {
    pub(crate) want: Want,
    /// Whose demand it is.
    pub(crate) policies: Vec<Uuid>,
}

/// The one thing that a person or client is told first: what no interaction can mend goes before what one can.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Want {
    Proof(Strength),
    PasswordChange,
    CompliantApplication,
    ApprovedApplication,
    DomainJoinedDevice,
    CompliantDevice,
    /// Nothing that could be brought along.
    Otherwise,
}

/// One line of `appliedConditionalAccessPolicies`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Applied {
    pub(crate) id: Uuid,
    pub(crate) display_name: String,
    pub(crate) controls: Vec<&'static str>,
    /// `success`, `failure`, `notApplied`, `reportOnlyFailure`, ..
    pub(crate) result: &'static str,
}

/// Judges a sign-in by every policy.
pub(crate) fn evaluate<'a>(policies: impl Iterator<Item = &'a Policy>, context: &Context<'_>) -> Verdict {
    let (mut applied, mut wants) = (Vec::new(), Vec::new());
    for policy in policies {
        let outcome = policy.outcome(context);
        applied.push(policy.line(outcome));
        if let (State::Enabled, Outcome::Unmet(want)) = (policy.state, outcome) {
            wants.push((want, policy.id));
        }
    }
    let unmet = wants.iter().map(|(want, _)| *want).max().map(|want| {
        let alike = wants.iter().filter(|(other, _)| discriminant(other) == discriminant(&want));
        Unmet { want, policies: alike.map(|(_, id)| *id).collect() }
    });
    Verdict { applied, unmet }
}

/// What one policy makes of a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    NotApplied,
    Met,
    Unmet(Want),
}

impl Policy {
    fn outcome(&self, context: &Context<'_>) -> Outcome {
        if !self.is_about(context) {
            return Outcome::NotApplied;
        }
        let open = || self.controls.iter().filter(|control| !control.is_met_by(context)).map(|control| control.want());
        let want = match self.operator {
            Operator::And => open().max(),
            // One of them would do: the one that is easiest to bring.
            Operator::Or if open().count() == self.controls.len() => open().min(),
            Operator::Or => None,
        };
        // Block is never one of several.
        let want = if self.controls.contains(&Control::Block) { Some(Want::Otherwise) } else { want };
        want.map_or(Outcome::Met, Outcome::Unmet)
    }

    fn is_about(&self, context: &Context<'_>) -> bool {
        let user = |subject: &Subject| context.is(subject);
        let by_user = self.include.iter().any(user) && !self.exclude.iter().any(user);
        let target = |target: &Target| context.asks_for(*target);
        let by_action = context.action.is_some_and(|action| self.actions.contains(&action));
        let by_target = self.applications.iter().any(target) && !self.without_applications.iter().any(target);
        let by_client =
            self.clients.is_empty() || self.clients.contains(&context.client) || context.challenged.contains(&self.id);
        let usual = self.circumstances == Circumstances::Usual;
        self.state != State::Disabled && usual && by_user && (by_target || by_action) && by_client
    }

    fn line(&self, outcome: Outcome) -> Applied {
        let result = match (self.state, outcome) {
            (State::Disabled, _) => "notEnabled",
            (State::Enabled, Outcome::NotApplied) => "notApplied",
            (State::Enabled, Outcome::Met) => "success",
            (State::Enabled, Outcome::Unmet(_)) => "failure",
            (State::ReportOnly, Outcome::NotApplied) => "reportOnlyNotApplied",
            (State::ReportOnly, Outcome::Met) => "reportOnlySuccess",
            // The person would have been asked.
            (State::ReportOnly, Outcome::Unmet(Want::Proof(_) | Want::PasswordChange)) => "reportOnlyInterrupted",
            (State::ReportOnly, Outcome::Unmet(_)) => "reportOnlyFailure",
        };
        let controls = self.controls.iter().map(|control| control.name()).collect();
        Applied { id: self.id, display_name: self.display_name.clone(), controls, result }
    }
}

impl Context<'_> {
    fn is(&self, subject: &Subject) -> bool {
        match subject {
            Subject::AllUsers => true,
            Subject::Guests => self.kind == UserKind::Guest,
            Subject::UserId(id) => *id == self.user,
            Subject::Group(id) => self.groups.contains(id),
            Subject::Role(template) => self.roles.iter().any(|role| role.template_id() == *template),
            // Names became ids when the policy was set.
            Subject::User(_) => false,
        }
    }

    fn asks_for(&self, target: Target) -> bool {
        match target {
            Target::All => true,
            Target::Office365 => self.applications.contains(&first_party::OFFICE),
            Target::Application(id) => self.applications.contains(&id),
        }
    }
}

impl Control {
    fn is_met_by(self, context: &Context<'_>) -> bool {
        let device = context.device.unwrap_or_default();
        match self {
            Self::Strength(strength) => strength.is_reached_by(context.amr),
            Self::CompliantDevice => device.is_compliant,
            Self::DomainJoinedDevice => device.is_hybrid_joined,
            Self::Block
            | Self::ApprovedApplication
            | Self::CompliantApplication
            | Self::PasswordChange
            | Self::Unknown => false,
        }
    }

    fn want(self) -> Want {
        match self {
            Self::Strength(strength) => Want::Proof(strength),
            Self::CompliantDevice => Want::CompliantDevice,
            Self::DomainJoinedDevice => Want::DomainJoinedDevice,
            Self::ApprovedApplication => Want::ApprovedApplication,
            Self::CompliantApplication => Want::CompliantApplication,
            Self::PasswordChange => Want::PasswordChange,
            Self::Block | Self::Unknown => Want::Otherwise,
        }
    }

    /// As `enforcedGrantControls` has it.
    fn name(self) -> &'static str {
        match self {
            Self::Block => "Block",
            Self::Strength(Strength::Mfa) => "Mfa",
            Self::Strength(Strength::Passwordless) => "Passwordless MFA",
            Self::Strength(Strength::PhishingResistant) => "Phishing-resistant MFA",
            Self::CompliantDevice => "RequireCompliantDevice",
            Self::DomainJoinedDevice => "RequireDomainJoinedDevice",
            Self::ApprovedApplication => "RequireApprovedApp",
            Self::CompliantApplication => "RequireCompliantApp",
            Self::PasswordChange => "PasswordChange",
            Self::Unknown => "Unknown",
        }
    }
}

impl Strength {
    /// A security key's PIN or fingerprint makes it all three; a code by text message is the first only.
    fn is_reached_by(self, amr: &[String]) -> bool {
        let has = |wanted: &str| amr.iter().any(|method| method == wanted);
        match self {
            Self::Mfa => has("mfa"),
            Self::Passwordless | Self::PhishingResistant => has("mfa") && has("fido"),
        }
    }
}

#[cfg(test)]
mod tests;
