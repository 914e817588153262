//! The properties of an app registration.

use serde_json::{Value, json};

use crate::applications::{Application, ClientKind, ClientSecret};
use crate::graph::answer::date;
use crate::graph::object::DirectoryObject;
use crate::graph::odata::Resource;
use crate::tenant::Tenant;

impl Resource for Application {
    const KIND: &'static str = "application";
    const PROPERTIES: &'static [&'static str] = &[
        "id",
        "deletedDateTime",
        "appId",
        "applicationTemplateId",
        "disabledByMicrosoftStatus",
        "createdDateTime",
        "displayName",
        "description",
        "groupMembershipClaims",
        "identifierUris",
        "isDeviceOnlyAuthSupported",
        "isFallbackPublicClient",
        "notes",
        "publisherDomain",
        "serviceManagementReference",
        "signInAudience",
        "tags",
        "tokenEncryptionKeyId",
        "uniqueName",
        "samlMetadataUrl",
        "defaultRedirectUri",
        "certification",
        "optionalClaims",
        "servicePrincipalLockConfiguration",
        "requestSignatureVerification",
        "addIns",
        "api",
        "appRoles",
        "info",
        "keyCredentials",
        "parentalControlSettings",
        "passwordCredentials",
        "publicClient",
        "requiredResourceAccess",
        "verifiedPublisher",
        "web",
        "spa",
    ];
    const NAVIGATION: &'static [&'static str] = &["owners"];

    fn property(&self, tenant: &Tenant, name: &str) -> Option<Value> {
        Some(match name {
            "id" => json!(self.id),
            "appId" => json!(self.app_id),
            "createdDateTime" => json!(date(self.created)),
            "displayName" => json!(self.display_name),
            "publisherDomain" => json!(tenant.domains().first()),
            "passwordCredentials" => self.secrets.iter().map(credential).collect(),
            "isFallbackPublicClient" => {
                let is_public = (self.kind == ClientKind::Public).then_some(true);
                self.profile.get(name).cloned().unwrap_or_else(|| json!(is_public))
            }
            "web" => self.platform(
                name,
                json!({
                    "homePageUrl": null, "logoutUrl": null, "redirectUris": [],
                    "implicitGrantSettings": { "enableAccessTokenIssuance": false, "enableIdTokenIssuance": false },
                    "redirectUriSettings": [],
                }),
            ),
            "spa" | "publicClient" => self.platform(name, json!({ "redirectUris": [] })),
            _ => self.profile.get(name).cloned().unwrap_or_else(|| default(name)),
        })
    }

    fn related<'t>(&self, tenant: &'t Tenant, name: &str) -> Vec<DirectoryObject<'t>> {
        if name != "owners" {
            return Vec::new();
        }
        self.owners.iter().filter_map(|id| tenant.object(*id)).collect()
    }
}

impl Application {
    /// What a platform keeps, over what it has anyway. The redirect URIs of a scenario are `web`'s, or the public
    /// client's.
    fn platform(&self, name: &str, mut value: Value) -> Value {
        let is_own = ["web", "spa", "publicClient"].iter().all(|name| !self.profile.contains_key(name));
        let native = if self.kind == ClientKind::Public { "publicClient" } else { "web" };
        if is_own && name == native {
            value["redirectUris"] = json!(self.redirect_uris);
        }
        for (member, kept) in self.profile.get(name).and_then(Value::as_object).into_iter().flatten() {
            value[member] = kept.clone();
        }
        value
    }
}

fn default(name: &str) -> Value {
    match name {
        "identifierUris" | "tags" | "addIns" | "appRoles" | "keyCredentials" | "requiredResourceAccess" => json!([]),
        "signInAudience" => json!("AzureADMyOrg"),
        "api" => json!({
            "acceptMappedClaims": null, "knownClientApplications": [], "requestedAccessTokenVersion": null,
            "oauth2PermissionScopes": [], "preAuthorizedApplications": [],
        }),
        "info" => json!({
            "logoUrl": null, "marketingUrl": null, "privacyStatementUrl": null, "supportUrl": null,
            "termsOfServiceUrl": null,
        }),
        "parentalControlSettings" => json!({ "countriesBlockedForMinors": [], "legalAgeGroupRule": "Allow" }),
        "verifiedPublisher" => json!({ "displayName": null, "verifiedPublisherId": null, "addedDateTime": null }),
        _ => Value::Null,
    }
}

/// `passwordCredential`, without the secret: only its hint.
pub(super) fn credential(secret: &ClientSecret) -> Value {
    json!({
        "customKeyIdentifier": null, "displayName": secret.display_name, "endDateTime": date(secret.expires),
        "hint": secret.hint, "keyId": secret.key_id, "secretText": null, "startDateTime": date(secret.starts),
    })
}
