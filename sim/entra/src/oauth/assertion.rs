//! Client assertions: JWTs that a registered certificate's key has signed (RFC 7523 §3; entra.md §1.10).

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::applications::{Application, ClientCertificate};
use crate::error::{Refusal, aadsts};
use crate::origin::Origin;
use crate::tenant::Tenant;

#[derive(Deserialize)]
struct Claims {
    /// One audience, or a list of them.
    #[serde(default)]
    aud: Value,
    #[serde(default)]
    iss: String,
    #[serde(default)]
    sub: String,
    /// Seconds, perhaps with a fraction (RFC 7519 §2, NumericDate): MSAL sends one.
    exp: f64,
    nbf: Option<f64>,
}

/// Clocks may differ so much.
const SKEW: SignedDuration = SignedDuration::from_mins(5);
/// What may stand behind the tenant in an audience: the issuer's or a token endpoint's path.
const AUDIENCE_PATHS: [&str; 4] = ["", "v2.0", "oauth2/token", "oauth2/v2.0/token"];

/// Checks an assertion: form, key and signature, then what it says.
///
/// # Errors
///
/// 5002723, 700027, 700021, 700023 or 700024, in this order.
pub(super) fn check(
    tenant: &Tenant,
    now: Timestamp,
    app: &Application,
    origin: &Origin,
    assertion: &str,
) -> Result<(), Refusal> {
    let header = jsonwebtoken::decode_header(assertion).map_err(|_| aadsts::ASSERTION_MALFORMED.refuse())?;
    let claims = verified(now, app, &header, assertion)?;
    let client_id = app.app_id.to_string();
    if !claims.iss.eq_ignore_ascii_case(&client_id) || !claims.sub.eq_ignore_ascii_case(&client_id) {
        return Err(aadsts::ASSERTION_CLIENT_MISMATCH.refuse());
    }
    let audiences = claims.aud.as_array().map_or(std::slice::from_ref(&claims.aud), Vec::as_slice);
    let meant = |audience: &Value| audience.as_str().is_some_and(|audience| is_meant(tenant, origin, audience));
    if !audiences.iter().any(meant) {
        return Err(aadsts::ASSERTION_AUDIENCE.refuse());
    }
    check_lifetime(now, &claims)
}

/// The claims, once the key of one of the application's certificates is found to have signed them.
fn verified(now: Timestamp, app: &Application, header: &Header, assertion: &str) -> Result<Claims, Refusal> {
    let thumbprint = [&header.x5t_s256, &header.x5t, &header.kid].into_iter().flatten().next();
    let (Some(thumbprint), Algorithm::RS256 | Algorithm::PS256) = (thumbprint, header.alg) else {
        return Err(aadsts::ASSERTION_MALFORMED.refuse());
    };
    let refused = |reason: &str| {
        let refusal = aadsts::ASSERTION_SIGNATURE.refuse().with("reason", reason);
        refusal.with("thumbprint", thumbprint).with("id", &app.app_id.to_string())
    };
    let certificate = app.certificates.iter().find(|known| is_named(known, thumbprint));
    let certificate = certificate.ok_or_else(|| refused("The key was not found."))?;
    if certificate.expires <= now {
        return Err(refused("The key used is expired."));
    }
    let mut validation = Validation::new(header.alg);
    // The library's clock is the machine's; times and audience are checked by the lab's.
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let key = DecodingKey::from_rsa_der(&certificate.public_key);
    match jsonwebtoken::decode::<Claims>(assertion, &key, &validation) {
        Ok(data) => Ok(data.claims),
        Err(error) if matches!(error.kind(), ErrorKind::Json(_) | ErrorKind::Base64(_) | ErrorKind::Utf8(_)) => {
            Err(aadsts::ASSERTION_MALFORMED.refuse())
        }
        Err(_) => Err(refused("The key was found, but use of the key to verify the signature failed.")),
    }
}

/// MSAL pads the thumbprint, against RFC 7515 §2.
fn is_named(certificate: &ClientCertificate, thumbprint: &str) -> bool {
    let thumbprint = thumbprint.trim_end_matches('=');
    certificate.x5t == thumbprint || certificate.x5t_s256 == thumbprint
}

/// Whether an audience is this tenant's sign-in service, under any of its names.
fn is_meant(tenant: &Tenant, origin: &Origin, audience: &str) -> bool {
    let Ok(url) = Url::parse(audience) else { return false };
    let (segment, rest) = url.path().trim_matches('/').split_once('/').unwrap_or((url.path().trim_matches('/'), ""));
    url.scheme() == "https"
        && origin.is_login(url.host_str().unwrap_or_default())
        && tenant.check_segment(segment).is_ok()
        && AUDIENCE_PATHS.contains(&rest)
}

fn check_lifetime(now: Timestamp, claims: &Claims) -> Result<(), Refusal> {
    let instant = |seconds: f64| Timestamp::from_second(seconds as i64).ok();
    let from = claims.nbf.map_or(Some(Timestamp::MIN), instant);
    let (Some(expiry), Some(from)) = (instant(claims.exp), from) else {
        return Err(aadsts::ASSERTION_MALFORMED.refuse());
    };
    if now.duration_since(expiry) < SKEW && from.duration_since(now) < SKEW {
        return Ok(());
    }
    let refusal = aadsts::ASSERTION_LIFETIME.refuse().with("now", &now.to_string());
    Err(refusal.with("from", &from.to_string()).with("expiry", &expiry.to_string()))
}
