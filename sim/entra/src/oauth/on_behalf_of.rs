//! The on-behalf-of grant (RFC 7523 §2.1 with `requested_token_use=on_behalf_of`): an application that was called with a
//! user's token calls on in the user's name (entra.md §1.4).

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::TokenRequest;
use super::answer::{self, Issue};
use super::client;
use super::scope::Scopes;
use crate::applications::Application;
use crate::error::{Refusal, aadsts};
use crate::event::Grant;
use crate::tenant::{SignIn, Tenant};
use crate::tokens::BadToken;

/// What the grant reads in the token that the application was called with.
#[derive(Deserialize)]
struct Assertion {
    aud: String,
    oid: Uuid,
    nbf: i64,
    exp: i64,
    /// In access tokens of users only.
    scp: Option<String>,
    /// The client, in access tokens of v1.0.
    appid: Option<Uuid>,
    /// The client, in access tokens of v2.0.
    azp: Option<Uuid>,
    #[serde(default)]
    amr: Vec<String>,
    #[serde(default)]
    auth_time: i64,
    deviceid: Option<Uuid>,
}

/// Checks the client and its assertion, then issues what the scopes ask for: the middle tier's own consent counts.
pub(super) fn grant(tenant: &mut Tenant, now: Timestamp, request: &TokenRequest<'_>) -> Result<Value, Refusal> {
    let client = client::authenticated(tenant, now, request, aadsts::MISSING_SECRET_ON_BEHALF_OF)?;
    if request.form.field("requested_token_use") != Some("on_behalf_of") {
        return Err(aadsts::MALFORMED_REQUEST.refuse());
    }
    let assertion = Assertion::read(tenant, request.form.required("assertion")?)?;
    let sign_in = assertion.sign_in(now, &client.app).map_err(|refusal| refusal.of_user(assertion.oid))?;
    let scopes = Scopes::parse(tenant, &request.required_scope()?)?;
    let (sign_in, grant) = (&sign_in, Grant::OnBehalfOf);
    let issue = Issue { client: &client, sign_in, scopes: &scopes, nonce: None, grant, request };
    answer::issue(tenant, now, &issue)
}

impl Assertion {
    /// The claims of a token that this tenant has signed, or 50027 or 50013.
    fn read(tenant: &Tenant, assertion: &str) -> Result<Self, Refusal> {
        tenant.signing_key.verify(assertion).map_err(|bad| match bad {
            BadToken::Malformed => aadsts::USER_ASSERTION_MALFORMED.refuse(),
            BadToken::Signature => aadsts::USER_ASSERTION_SIGNATURE.refuse(),
        })
    }

    /// The sign-in that the token goes back to, once it is found to be a user's, for this application, and in time.
    ///
    /// # Errors
    ///
    /// 240002, 500133, 500131 or 7000114, in this order.
    fn sign_in(&self, now: Timestamp, app: &Application) -> Result<SignIn, Refusal> {
        let is_access_token = self.scp.is_some() || self.appid.or(self.azp).is_some();
        if !is_access_token {
            return Err(aadsts::USER_ASSERTION_ID_TOKEN.refuse());
        }
        if !(self.nbf..self.exp).contains(&now.as_second()) {
            let expiry = Timestamp::from_second(self.exp).unwrap_or(Timestamp::MIN);
            let refusal = aadsts::USER_ASSERTION_LIFETIME.refuse().with("now", &now.to_string());
            return Err(refusal.with("expiry", &expiry.to_string()));
        }
        if !app.is_called(&self.aud) {
            let id = app.app_id.to_string();
            let refusal = aadsts::USER_ASSERTION_AUDIENCE.refuse().with("audience", &self.aud).with("expected", &id);
            return Err(refusal.with("id", &id).with("name", &app.display_name));
        }
        if self.scp.is_none() {
            return Err(aadsts::USER_ASSERTION_OF_APPLICATION.refuse().with("id", &app.app_id.to_string()));
        }
        // In whole seconds, as `auth_time` is: a sign-in of the second in which sessions were ended is of after it.
        let at = Timestamp::new(self.auth_time, 999_999_999).unwrap_or(Timestamp::MIN);
        Ok(SignIn { user: self.oid, amr: self.amr.clone(), at, device: self.deviceid })
    }
}
