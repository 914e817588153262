//! Authorization codes and refresh tokens (RFC 6749 §4.1, §6; PKCE is RFC 7636).

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use wire::Base64Url;

use super::{Expiring, Found, Tenant};
use crate::directory::UserId;
use crate::error::{Refusal, aadsts};

/// Who signed in, how and when: what every session, code and token goes back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SignIn {
    pub(crate) user: UserId,
    /// Authentication methods (`amr`): `pwd`, `mfa`, `fido`, `ngcmfa`, `sms`, ..
    pub(crate) amr: Vec<String>,
    pub(crate) at: Timestamp,
    /// The device id of the machine that vouches for it, if one does.
    pub(crate) device: Option<Uuid>,
}

/// What an authorization code stands for.
#[derive(Clone, Debug)]
pub(crate) struct CodeGrant {
    pub(crate) client_id: Uuid,
    pub(crate) sign_in: SignIn,
    pub(crate) redirect_uri: String,
    pub(crate) scope: String,
    pub(crate) nonce: Option<String>,
    /// PKCE, method S256: base64url of the verifier's SHA-256.
    pub(crate) code_challenge: Option<String>,
}

/// What a client brings to redeem a code.
#[derive(Clone, Copy)]
pub(crate) struct CodeRedemption<'a> {
    pub(crate) client_id: Uuid,
    pub(crate) code: &'a str,
    pub(crate) redirect_uri: &'a str,
    pub(crate) code_verifier: Option<&'a str>,
}

/// What a refresh token stands for.
#[derive(Clone, Debug)]
pub(crate) struct RefreshGrant {
    pub(crate) client_id: Uuid,
    pub(crate) sign_in: SignIn,
    pub(crate) scope: String,
}

pub(super) struct Grants {
    codes: Expiring<CodeState>,
    refresh_tokens: Expiring<RefreshGrant>,
}

enum CodeState {
    Issued(CodeGrant),
    /// By whom it had been got.
    Redeemed(UserId),
}

/// An authorization code lives 10 minutes.
const CODE_LIFETIME: SignedDuration = SignedDuration::from_mins(10);
/// A refresh token lives 90 days.
const REFRESH_TOKEN_LIFETIME: SignedDuration = SignedDuration::from_hours(90 * 24);
/// How many codes are kept, redeemed ones included.
const CODES_MAX: usize = 10_000;
/// How many refresh tokens are kept; each took a sign-in.
const REFRESH_TOKENS_MAX: usize = 200_000;
const OPAQUE: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

impl Default for Grants {
    fn default() -> Self {
        Self {
            codes: Expiring::new(CODE_LIFETIME, CODES_MAX),
            refresh_tokens: Expiring::new(REFRESH_TOKEN_LIFETIME, REFRESH_TOKENS_MAX),
        }
    }
}

impl SignIn {
    /// Whether multi-factor authentication was part of it.
    pub(crate) fn has_mfa(&self) -> bool {
        self.amr.iter().any(|method| method == "mfa")
    }
}

impl Tenant {
    /// Issues an authorization code.
    pub(crate) fn issue_code(&mut self, now: Timestamp, grant: CodeGrant) -> String {
        let code = format!("1.{}", self.rng.text(OPAQUE, 96));
        self.grants.codes.insert(now, code.clone(), CodeState::Issued(grant));
        code
    }

    /// Redeems an authorization code, once.
    pub(crate) fn redeem_code(&mut self, now: Timestamp, asked: &CodeRedemption<'_>) -> Result<CodeGrant, Refusal> {
        let state = match self.grants.codes.find(now, asked.code) {
            Found::Live(state) => state,
            Found::Expired(_) => return Err(aadsts::CODE_EXPIRED.refuse()),
            Found::Unknown => return Err(aadsts::GRANT_MALFORMED.refuse()),
        };
        let grant = match state {
            CodeState::Issued(grant) => grant,
            CodeState::Redeemed(user) => return Err(aadsts::CODE_REDEEMED.refuse().of_user(*user)),
        };
        grant.check(asked).map_err(|refusal| refusal.of_user(grant.sign_in.user))?;
        let grant = grant.clone();
        *state = CodeState::Redeemed(grant.sign_in.user);
        Ok(grant)
    }

    /// Issues a refresh token.
    pub(crate) fn issue_refresh_token(&mut self, now: Timestamp, grant: RefreshGrant) -> String {
        let token = format!("1.A{}", self.rng.text(OPAQUE, 120));
        self.grants.refresh_tokens.insert(now, token.clone(), grant);
        token
    }

    /// What a refresh token of this client stands for; it stays valid when used.
    pub(crate) fn refresh_grant(
        &mut self,
        now: Timestamp,
        client_id: Uuid,
        token: &str,
    ) -> Result<RefreshGrant, Refusal> {
        match self.grants.refresh_tokens.find(now, token) {
            Found::Live(grant) if grant.client_id == client_id => Ok(grant.clone()),
            Found::Expired(issued) => Err(aadsts::REFRESH_TOKEN_EXPIRED.refuse().with("issued", &issued.to_string())),
            Found::Live(_) | Found::Unknown => Err(aadsts::GRANT_MALFORMED.refuse()),
        }
    }
}

impl CodeGrant {
    fn check(&self, asked: &CodeRedemption<'_>) -> Result<(), Refusal> {
        if self.client_id != asked.client_id {
            return Err(aadsts::GRANT_MALFORMED.refuse());
        }
        if self.redirect_uri != asked.redirect_uri {
            let refusal = aadsts::CODE_REDIRECT_MISMATCH.refuse().with("uri", asked.redirect_uri);
            return Err(refusal.with("expected", &self.redirect_uri));
        }
        match (&self.code_challenge, asked.code_verifier) {
            (None, _) => Ok(()),
            (Some(challenge), Some(verifier)) if *challenge == s256(verifier) => Ok(()),
            (Some(_), Some(_)) => Err(aadsts::VERIFIER_MISMATCH.refuse()),
            (Some(_), None) => Err(aadsts::VERIFIER_MISSING.refuse()),
        }
    }
}

/// PKCE's S256 transformation.
fn s256(verifier: &str) -> String {
    Base64Url(Sha256::digest(verifier).to_vec()).to_string()
}

#[cfg(test)]
mod tests;
