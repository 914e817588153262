//! The device registration service at `enterpriseregistration.windows.net` (entra.md §3.6): which addresses a client that
//! joins a machine needs, and nonces. Joining itself is not simulated; the lab's machines are joined from the start.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::origin::LOGIN;
use crate::tenant::Tenant;

/// What tokens for the service are for.
const RESOURCE: &str = "urn:ms-drs:enterpriseregistration.windows.net";
const SERVICE: &str = "https://enterpriseregistration.windows.net";

/// `/{domain}/Discover`: the tenant's services by name; `None` for a domain of nobody here.
pub(crate) fn discover(tenant: &Tenant, domain: &str) -> Option<Value> {
    let name = tenant.domains().iter().find(|own| own.eq_ignore_ascii_case(domain))?;
    let id = tenant.id();
    let service = |kind: &str, path: &str, version: &str| {
        json!({
            format!("{kind}Endpoint"): format!("{SERVICE}/{path}"),
            format!("{kind}ResourceId"): RESOURCE,
            "ServiceVersion": version,
        })
    };
    Some(json!({
        "DiscoveryService": { "DiscoveryEndpoint": format!("{SERVICE}/{name}/Discover"), "ServiceVersion": "1.9" },
        "DeviceRegistrationService":
            service("Registration", "EnrollmentServer/DeviceEnrollmentWebService.svc", "1.0"),
        "AuthenticationService": { "OAuth2": {
            "AuthCodeEndpoint": format!("{LOGIN}/{id}/oauth2/authorize"),
            "TokenEndpoint": format!("{LOGIN}/{id}/oauth2/token"),
        } },
        "IdentityProviderService": { "Federated": false, "PassiveAuthEndpoint": format!("{LOGIN}/{id}/wsfed") },
        "DeviceJoinService": service("Join", "EnrollmentServer/device/", "2.0"),
        "KeyProvisioningService": service("KeyProvision", "EnrollmentServer/key/", "1.0"),
        "WebAuthNService": service("WebAuthN", &format!("webauthn/{id}/"), "1.0"),
        "DeviceManagementService": service("DeviceManagement", &format!("manage/{id}/"), "1.0"),
        "NonceService": {
            "Endpoint": format!("{SERVICE}/EnrollmentServer/nonce/{id}/"),
            "ResourceId": RESOURCE,
            "ServiceVersion": "1.0",
        },
        "TenantInfo": { "DisplayName": tenant.name(), "TenantId": id, "TenantName": name },
    }))
}

/// `/EnrollmentServer/nonce/{tenant}/`: the same nonce as `srv_challenge` gives; `None` for another tenant.
pub(crate) fn nonce(tenant: &mut Tenant, now: Timestamp, id: &str) -> Option<Value> {
    (id == tenant.id().to_string()).then(|| json!({ "Value": tenant.nonces.issue(now, &mut tenant.rng) }))
}
