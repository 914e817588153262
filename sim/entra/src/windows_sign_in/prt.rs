//! Primary refresh tokens, and the header by which a browser on a signed-in machine proves to hold one
//! (`x-ms-RefreshTokenCredential`; entra.md §3.6).

use clockwork::Stream;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use uuid::Uuid;
use wire::Base64Url;

use super::jws::Jws;
use crate::error::{Refusal, aadsts};
use crate::tenant::{Expiring, Found, SignIn, Tenant};

/// The tokens that were issued, by the token.
pub(crate) struct PrimaryRefreshTokens(Expiring<Prt>);

struct Prt {
    session_key: [u8; 32],
    device: Uuid,
    sign_in: SignIn,
}

/// What a machine gets.
pub(super) struct IssuedPrt {
    pub(super) token: String,
    pub(super) session_key: [u8; 32],
}

/// What a browser's header comes to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum SingleSignOn {
    /// Signed in, as on the machine.
    SignedIn(SignIn),
    /// The header carries no fresh nonce: the browser is sent round once more with one.
    NonceNeeded,
    /// The header proves nothing; the sign-in page follows.
    Refused(Refusal),
}

/// A primary refresh token lives 14 days.
pub(super) const LIFETIME: SignedDuration = SignedDuration::from_hours(14 * 24);

/// How many are kept; each took a sign-in on a machine of the tenant.
const TOKENS_MAX: usize = 200_000;

/// The payload of the header.
#[derive(Deserialize)]
struct Credential {
    refresh_token: String,
    is_primary: String,
    request_nonce: Option<String>,
}

impl Default for PrimaryRefreshTokens {
    fn default() -> Self {
        Self(Expiring::new(LIFETIME, TOKENS_MAX))
    }
}

impl PrimaryRefreshTokens {
    pub(super) fn issue(&mut self, now: Timestamp, device: Uuid, sign_in: SignIn, rng: &mut Stream) -> IssuedPrt {
        let token = format!("0.A{}", Base64Url(rng.bytes::<96>().to_vec()));
        let session_key = rng.bytes();
        self.0.insert(now, token.clone(), Prt { session_key, device, sign_in });
        IssuedPrt { token, session_key }
    }

    fn find(&mut self, now: Timestamp, token: &str) -> Result<&Prt, Refusal> {
        match self.0.find(now, token) {
            Found::Live(prt) => Ok(prt),
            Found::Expired(issued) => Err(aadsts::REFRESH_TOKEN_EXPIRED.refuse().with("issued", &issued.to_string())),
            Found::Unknown => Err(aadsts::GRANT_MALFORMED.refuse()),
        }
    }
}

/// Judges the header: token, signature, nonce, then device and account as they are now.
pub(crate) fn single_sign_on(tenant: &mut Tenant, now: Timestamp, header: &str) -> SingleSignOn {
    let proven = proven(tenant, now, header);
    match proven {
        Ok((_, None)) => SingleSignOn::NonceNeeded,
        Ok((sign_in, Some(nonce))) if tenant.nonces.spend(now, &nonce).is_ok() => SingleSignOn::SignedIn(sign_in),
        Ok(_) => SingleSignOn::NonceNeeded,
        Err(refusal) => SingleSignOn::Refused(refusal),
    }
}

/// The sign-in behind a header that its session key has signed, and the header's nonce.
fn proven(tenant: &mut Tenant, now: Timestamp, header: &str) -> Result<(SignIn, Option<String>), Refusal> {
    let malformed = || aadsts::MALFORMED_REQUEST.refuse();
    let jws = Jws::parse(header).ok_or_else(malformed)?;
    let credential: Credential = jws.payload().ok_or_else(malformed)?;
    let prt = tenant.primary_refresh_tokens.find(now, &credential.refresh_token)?;
    if credential.is_primary != "true" || !jws.is_keyed_by(&prt.session_key) {
        return Err(aadsts::DEVICE_AUTHENTICATION.refuse());
    }
    let (device, sign_in) = (prt.device, prt.sign_in.clone());
    match tenant.device(device) {
        Some(device) if device.account_enabled => {}
        Some(_) => return Err(aadsts::FIDO_DEVICE_DISABLED.refuse()),
        None => return Err(aadsts::DEVICE_NOT_FOUND.refuse().with("tenant", &tenant.id().to_string())),
    }
    tenant.check_sign_in(&sign_in)?;
    Ok((sign_in, credential.request_nonce))
}
