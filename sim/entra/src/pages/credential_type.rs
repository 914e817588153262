//! `POST /common/GetCredentialType`: what the script of Microsoft's sign-in page asks about a name (entra.md §1.8 item 1).

use jiff::Timestamp;
use serde_json::{Value, json};

use super::sign_in::Preferred;
use crate::tenant::Tenant;

/// `IfExistsResult`.
const EXISTS: u8 = 0;
const UNKNOWN: u8 = 1;

/// Answers a request's JSON; `None` when there is no `username` in it.
pub(crate) fn credential_type(tenant: &mut Tenant, now: Timestamp, asked: &Value) -> Option<Value> {
    let username = asked["username"].as_str()?;
    let user = tenant.user_by_name(username.trim());
    let is_fido_supported = asked["isFidoSupported"] == true;
    let keys = user.map(|user| tenant.passkeys.of_user(user.id)).unwrap_or_default();
    let ids: Vec<_> = keys.iter().map(|key| wire::Base64Url(key.credential_id.clone())).collect();
    let has_fido = is_fido_supported && !ids.is_empty();
    let preferred = user.map_or(Preferred::Password, |user| Preferred::of(tenant, now, user.id));
    let number = match preferred {
        Preferred::Fido if !has_fido => Preferred::Password,
        preferred => preferred,
    };
    let mut credentials = json!({
        "PrefCredential": number.number(), "HasPassword": true, "HasFido": has_fido, "HasRemoteNGC": false,
        "HasAccessPass": user.is_some_and(|user| tenant.has_usable_pass(now, user.id)),
        "RemoteNgcParams": null, "FidoParams": null, "SasParams": null, "CertAuthParams": null,
    });
    if has_fido {
        credentials["FidoParams"] = json!({ "AllowList": ids, "HasCrossDeviceCapablePasskey": false });
    }
    Some(json!({
        "Username": username, "Display": username, "IfExistsResult": if user.is_some() { EXISTS } else { UNKNOWN },
        "IsUnmanaged": false, "ThrottleStatus": 0, "Credentials": credentials,
        "EstsProperties": { "DomainType": 3 }, "IsSignupDisallowed": true,
        "FlowToken": asked["flowToken"].as_str().unwrap_or_default(),
        "apiCanary": tenant.sessions.opaque(),
    }))
}
