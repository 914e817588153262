//! The properties of a user.

use serde_json::{Value, json};

use crate::config::Licence;
use crate::directory::User;
use crate::graph::answer::date;
use crate::graph::groups::security_id;
use crate::graph::object::DirectoryObject;
use crate::graph::odata::Resource;
use crate::tenant::Tenant;

/// Texts that the tenant keeps and never reads.
pub(crate) const PROFILE: &[&str] = &[
    "ageGroup",
    "city",
    "companyName",
    "country",
    "department",
    "employeeId",
    "employeeType",
    "faxNumber",
    "givenName",
    "jobTitle",
    "mobilePhone",
    "officeLocation",
    "passwordPolicies",
    "postalCode",
    "preferredLanguage",
    "state",
    "streetAddress",
    "surname",
    "usageLocation",
];
/// Lists of texts, likewise.
pub(crate) const LISTS: &[&str] = &["businessPhones", "otherMails"];

/// The eleven properties that come without `$select`.
const DEFAULT: &[&str] = &[
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
];

impl Resource for User {
    const KIND: &'static str = "user";
    const PROPERTIES: &'static [&'static str] = &[
        "businessPhones",
        "displayName",
        "givenName",
        "jobTitle",
        "mail",
        "mobilePhone",
        "officeLocation",
        "preferredLanguage",
        "surname",
        "userPrincipalName",
        "id",
        "accountEnabled",
        "ageGroup",
        "assignedLicenses",
        "assignedPlans",
        "city",
        "companyName",
        "country",
        "createdDateTime",
        "creationType",
        "deletedDateTime",
        "department",
        "employeeId",
        "employeeType",
        "externalUserState",
        "faxNumber",
        "identities",
        "imAddresses",
        "isResourceAccount",
        "lastPasswordChangeDateTime",
        "mailNickname",
        "onPremisesDistinguishedName",
        "onPremisesDomainName",
        "onPremisesImmutableId",
        "onPremisesLastSyncDateTime",
        "onPremisesSamAccountName",
        "onPremisesSecurityIdentifier",
        "onPremisesSyncEnabled",
        "onPremisesUserPrincipalName",
        "otherMails",
        "passwordPolicies",
        "passwordProfile",
        "postalCode",
        "proxyAddresses",
        "securityIdentifier",
        "showInAddressList",
        "signInSessionsValidFromDateTime",
        "state",
        "streetAddress",
        "usageLocation",
        "userType",
    ];
    const NAVIGATION: &'static [&'static str] = &["memberOf", "transitiveMemberOf"];

    fn shown(&self) -> &'static [&'static str] {
        DEFAULT
    }

    fn property(&self, tenant: &Tenant, name: &str) -> Option<Value> {
        Some(match name {
            "id" => json!(self.id),
            "displayName" => json!(self.display_name),
            "userPrincipalName" => json!(self.upn),
            "mail" => json!(self.mail),
            "mailNickname" => json!(self.mail_nickname),
            "accountEnabled" => json!(self.account_enabled),
            "createdDateTime" => json!(date(self.created)),
            "lastPasswordChangeDateTime" => json!(date(self.password_changed)),
            "signInSessionsValidFromDateTime" => json!(date(self.sessions_valid_from)),
            "securityIdentifier" => json!(security_id(self.id)),
            "userType" => json!("Member"),
            "identities" => json!([{
                "signInType": "userPrincipalName", "issuer": tenant.domains().first(), "issuerAssignedId": self.upn,
            }]),
            "proxyAddresses" => self.mail.iter().map(|mail| json!(format!("SMTP:{mail}"))).collect(),
            "businessPhones" | "otherMails" => self.profile.get(name).cloned().unwrap_or_else(|| json!([])),
            "assignedLicenses" => licences(self.intune),
            "assignedPlans" | "imAddresses" => json!([]),
            _ => self.profile.get(name).cloned().unwrap_or_default(),
        })
    }

    fn related<'t>(&self, tenant: &'t Tenant, name: &str) -> Vec<DirectoryObject<'t>> {
        match name {
            "memberOf" => super::memberships::direct(tenant, self.id),
            "transitiveMemberOf" => super::memberships::transitive(tenant, self.id),
            _ => Vec::new(),
        }
    }
}

/// Microsoft Intune Plan 1, the only licence of the lab.
fn licences(intune: Licence) -> Value {
    match intune {
        Licence::Assigned => json!([{ "disabledPlans": [], "skuId": "061f9ace-7d42-4136-88ac-31dc755f143f" }]),
        Licence::Missing => json!([]),
    }
}
