//! Conditional Access policies and Intune's device configurations, as the tenant keeps them.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Facet, SignIn, Tenant};
use crate::applications::{ClientKind, first_party};
use crate::conditional_access::{
    self, ClientApp, ConditionalAccessPolicy, Context, DeviceFacts, StoredPolicy, Subject, Unmet, UserAction, UserKind,
    Verdict, Want,
};
use crate::config::DeviceConfigurationConfig;
use crate::directory::TrustType;
use crate::error::{Refusal, aadsts};

/// A device configuration: what Graph shows of it, and to whom it is assigned.
#[derive(Clone, Debug, Default)]
pub(crate) struct DeviceConfiguration {
    pub(crate) document: Map<String, Value>,
    pub(crate) assignments: Vec<Value>,
}

impl DeviceConfiguration {
    /// A custom configuration with whole numbers, assigned to all licensed users.
    pub(super) fn configured(id: Uuid, created: &str, given: DeviceConfigurationConfig) -> Self {
        let settings = given.settings.into_iter().map(|setting| {
            json!({
                "@odata.type": "#microsoft.graph.omaSettingInteger", "displayName": setting.display_name,
                "omaUri": setting.uri, "value": setting.value,
            })
        });
        let document = json!({
            "id": id, "lastModifiedDateTime": created, "createdDateTime": created, "description": null,
            "displayName": given.display_name, "version": 1, "omaSettings": settings.collect::<Vec<_>>(),
        });
        let target = json!({ "@odata.type": "#microsoft.graph.allLicensedUsersAssignmentTarget" });
        Self {
            document: document.as_object().cloned().unwrap_or_default(),
            assignments: vec![json!({ "id": format!("{id}_allLicensedUsersAssignmentTarget"), "target": target })],
        }
    }
}

impl Tenant {
    /// Sets the Conditional Access policies, as the portal does; a name that no user has stands for nobody.
    pub fn set_conditional_access(&mut self, policies: Vec<ConditionalAccessPolicy>) {
        let created = crate::graph::date(self.created);
        let stored = policies.into_iter().map(|policy| {
            let by_id = |subject: Subject| match subject {
                Subject::User(upn) => self.user_by_name(&upn).map(|user| Subject::UserId(user.id)),
                other => Some(other),
            };
            let include = policy.include.into_iter().filter_map(by_id).collect();
            let exclude = policy.exclude.into_iter().filter_map(by_id).collect();
            let policy = ConditionalAccessPolicy { include, exclude, ..policy };
            let document = conditional_access::mfa_document(&policy, &created);
            StoredPolicy::new(policy.id, policy.display_name, document)
        });
        let stored = stored.collect();
        self.keep_before(Facet::ConditionalAccess);
        self.conditional_access = stored;
    }

    /// Every Conditional Access policy, oldest first.
    pub(crate) fn conditional_access(&self) -> &[StoredPolicy] {
        &self.conditional_access
    }

    /// Adds a policy, or replaces the one with its id.
    pub(crate) fn keep_policy(&mut self, policy: StoredPolicy) {
        self.keep_before(Facet::ConditionalAccess);
        match self.conditional_access.iter_mut().find(|known| known.policy.id == policy.policy.id) {
            Some(known) => *known = policy,
            None => self.conditional_access.push(policy),
        }
    }

    /// Removes a policy.
    pub(crate) fn remove_policy(&mut self, id: Uuid) -> Option<StoredPolicy> {
        self.keep_before(Facet::ConditionalAccess);
        let at = self.conditional_access.iter().position(|known| known.policy.id == id)?;
        Some(self.conditional_access.remove(at))
    }

    /// What Conditional Access makes of a sign-in: the one place that every flow asks.
    pub(crate) fn judge(&self, attempt: &Attempt<'_>) -> Verdict {
        let user = self.user(attempt.sign_in.user).filter(|_| !self.conditional_access.is_empty());
        let Some(user) = user else { return Verdict { applied: Vec::new(), unmet: None } };
        let device = attempt.sign_in.device.and_then(|device| self.device(device));
        let context = Context {
            user: user.id,
            kind: if user.upn.to_ascii_uppercase().contains("#EXT#") { UserKind::Guest } else { UserKind::Member },
            groups: &self.all_groups_of(user.id),
            roles: self.roles_in_effect(user),
            applications: [attempt.client_id, attempt.resource],
            action: (attempt.client_id == first_party::MY_SIGNINS).then_some(UserAction::RegisterSecurityInfo),
            client: attempt.client,
            amr: &attempt.sign_in.amr,
            device: device.map(|device| DeviceFacts {
                is_compliant: device.is_compliant == Some(true),
                is_hybrid_joined: device.trust_type == TrustType::ServerAd,
            }),
            challenged: attempt.challenged,
        };
        conditional_access::evaluate(self.conditional_access.iter().map(|stored| &stored.policy), &context)
    }

    /// What a client or person is told when something is missing, with the policies that ask for it (`capolids`).
    pub(crate) fn refusal_for(&self, unmet: &Unmet, attempt: &Attempt<'_>, resource: Uuid) -> Refusal {
        let refusal = match unmet.want {
            Want::Proof(strength) => self.proof_refusal(attempt.sign_in.user, strength, resource),
            Want::PasswordChange => aadsts::PASSWORD_CHANGE_BY_POLICY.refuse(),
            Want::CompliantApplication => aadsts::APPLICATION_NOT_PROTECTED.refuse(),
            Want::ApprovedApplication => aadsts::APPLICATION_NOT_APPROVED.refuse(),
            Want::DomainJoinedDevice => aadsts::DEVICE_NOT_DOMAIN_JOINED.refuse(),
            Want::CompliantDevice => {
                let state = if attempt.sign_in.device.is_some() { "NotCompliant" } else { "Unregistered" };
                aadsts::DEVICE_NOT_COMPLIANT.refuse().with("state", state)
            }
            Want::Otherwise => aadsts::BLOCKED_BY_POLICY.refuse(),
        };
        let claims = json!({ "access_token": { "capolids": { "essential": true, "values": unmet.policies } } });
        refusal.with_claims(claims.to_string())
    }
}

/// A sign-in on its way to a client.
#[derive(Clone, Copy)]
pub(crate) struct Attempt<'a> {
    pub(crate) sign_in: &'a SignIn,
    pub(crate) client_id: Uuid,
    /// The client id of the resource.
    pub(crate) resource: Uuid,
    pub(crate) client: ClientApp,
    /// The policies that a claims challenge named.
    pub(crate) challenged: &'a [Uuid],
}

impl ClientApp {
    /// A public client is an installed application, any other one a web application (convention of the lab).
    pub(crate) fn of(kind: ClientKind) -> Self {
        match kind {
            ClientKind::Public => Self::MobileAppsAndDesktopClients,
            ClientKind::Confidential | ClientKind::FirstParty => Self::Browser,
        }
    }
}
