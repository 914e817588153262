//! The device authorization endpoint (RFC 8628 §3.1, §3.2; entra.md §1.4).

use jiff::Timestamp;
use serde_json::{Value, json};

use super::scope::Scopes;
use super::{Endpoint, TokenRequest, scope_of};
use crate::applications::ClientKind;
use crate::error::{Refusal, aadsts};
use crate::event::Grant;
use crate::origin::Origin;
use crate::tenant::{DEVICE_CODE_LIFETIME, DeviceCodes, Tenant, Way};

/// Where people enter codes, in Microsoft's words.
const DEVICE_LOGIN: &str = "https://microsoft.com/devicelogin";
/// The page that is behind it.
pub(crate) const DEVICE_AUTH: &str = "https://login.microsoftonline.com/common/oauth2/deviceauth";
/// Seconds between two questions of a device.
const INTERVAL: u32 = 5;

/// Answers `/{t}/oauth2/v2.0/devicecode` and `/{t}/oauth2/devicecode`.
pub(crate) fn authorize(tenant: &mut Tenant, now: Timestamp, request: &TokenRequest<'_>) -> Result<Value, Refusal> {
    let answer = codes(tenant, now, request);
    if let Err(refusal) = &answer {
        tenant.record_refused_grant(None, None, Way::Grant(Grant::DeviceCode), refusal);
    }
    answer
}

fn codes(tenant: &mut Tenant, now: Timestamp, request: &TokenRequest<'_>) -> Result<Value, Refusal> {
    tenant.check_segment(request.segment)?;
    let app = tenant.client(request.form.required("client_id")?)?;
    // A confidential application would have to prove itself later, with what no device should hold.
    if app.kind == ClientKind::Confidential {
        return Err(aadsts::MISSING_SECRET.refuse());
    }
    let client_id = app.app_id;
    let name = if request.endpoint == Endpoint::V1 { "resource" } else { "scope" };
    let scope = scope_of(request.endpoint, request.form);
    let scope = scope.ok_or_else(|| aadsts::MISSING_PARAMETER.refuse().with("name", name))?;
    Scopes::parse(tenant, &scope)?;
    let codes = tenant.issue_device_code(now, client_id, scope);
    Ok(told(request, &codes))
}

/// The codes, and what to do with them, in the words of v2.0 or v1.0.
fn told(request: &TokenRequest<'_>, codes: &DeviceCodes) -> Value {
    let page = match request.origin {
        Origin::Microsoft => DEVICE_LOGIN.to_owned(),
        Origin::Own(_) => request.origin.link(DEVICE_AUTH),
    };
    let DeviceCodes { device_code, user_code } = codes;
    let message = format!(
        "To sign in, use a web browser to open the page {page} and enter the code {user_code} to authenticate."
    );
    let seconds = DEVICE_CODE_LIFETIME.as_secs();
    match request.endpoint {
        Endpoint::V1 => json!({
            "user_code": user_code, "device_code": device_code, "verification_url": page,
            "expires_in": seconds.to_string(), "interval": INTERVAL.to_string(), "message": message,
        }),
        Endpoint::V2 => json!({
            "user_code": user_code, "device_code": device_code, "verification_uri": page,
            "expires_in": seconds, "interval": INTERVAL, "message": message,
        }),
    }
}
