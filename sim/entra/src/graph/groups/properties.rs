//! The properties of a security group, in the order of recordings.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::directory::Group;
use crate::graph::answer::date;
use crate::graph::object::DirectoryObject;
use crate::graph::odata::Resource;
use crate::tenant::Tenant;

impl Resource for Group {
    const KIND: &'static str = "group";
    const PROPERTIES: &'static [&'static str] = &[
        "id",
        "deletedDateTime",
        "classification",
        "createdDateTime",
        "creationOptions",
        "description",
        "displayName",
        "expirationDateTime",
        "groupTypes",
        "isAssignableToRole",
        "mail",
        "mailEnabled",
        "mailNickname",
        "membershipRule",
        "membershipRuleProcessingState",
        "onPremisesDomainName",
        "onPremisesLastSyncDateTime",
        "onPremisesNetBiosName",
        "onPremisesSamAccountName",
        "onPremisesSecurityIdentifier",
        "onPremisesSyncEnabled",
        "preferredDataLocation",
        "preferredLanguage",
        "proxyAddresses",
        "renewedDateTime",
        "resourceBehaviorOptions",
        "resourceProvisioningOptions",
        "securityEnabled",
        "securityIdentifier",
        "theme",
        "uniqueName",
        "visibility",
        "onPremisesProvisioningErrors",
        "serviceProvisioningErrors",
    ];
    const NAVIGATION: &'static [&'static str] = &["members", "owners", "memberOf"];

    fn property(&self, _: &Tenant, name: &str) -> Option<Value> {
        Some(match name {
            "id" => json!(self.id),
            "displayName" => json!(self.display_name),
            "description" => json!(self.description),
            "mailNickname" => json!(self.mail_nickname),
            "createdDateTime" | "renewedDateTime" => json!(date(self.created)),
            "isAssignableToRole" => json!(self.is_assignable_to_role),
            "mailEnabled" => json!(false),
            "securityEnabled" => json!(true),
            "securityIdentifier" => json!(security_id(self.id)),
            "creationOptions"
            | "groupTypes"
            | "proxyAddresses"
            | "resourceBehaviorOptions"
            | "resourceProvisioningOptions"
            | "onPremisesProvisioningErrors"
            | "serviceProvisioningErrors" => json!([]),
            _ => Value::Null,
        })
    }

    fn related<'t>(&self, tenant: &'t Tenant, name: &str) -> Vec<DirectoryObject<'t>> {
        let ids = match name {
            "members" => &self.members,
            "owners" => &self.owners,
            "memberOf" => tenant.groups_of(self.id),
            _ => return Vec::new(),
        };
        ids.iter().filter_map(|id| tenant.object(*id)).collect()
    }
}

/// The security identifier that Entra derives from an object id: `S-1-12-1-` and its four little-endian words.
pub(crate) fn security_id(id: Uuid) -> String {
    let bytes = id.to_bytes_le();
    let words = bytes.chunks_exact(4).map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]]).to_string());
    format!("S-1-12-1-{}", words.collect::<Vec<_>>().join("-"))
}
