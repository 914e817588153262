//! What a token endpoint gives: the checks that every grant shares, then tokens (entra.md §1.4).

use jiff::Timestamp;
use serde_json::{Value, json};
use wire::Base64Url;

use super::scope::{Granted, Scopes};
use super::{Endpoint, TokenRequest};
use crate::conditional_access::{Applied, ClientApp};
use crate::directory::User;
use crate::error::Refusal;
use crate::event::{Event, Grant};
use crate::tenant::{Attempt, RefreshGrant, SignIn, Tenant};
use crate::tokens::{Client, GRAPH_URL, TOKEN_LIFETIME};

/// What a user's tokens are made of.
pub(super) struct Issue<'a> {
    pub(super) client: &'a Client,
    pub(super) sign_in: &'a SignIn,
    pub(super) scopes: &'a Scopes,
    pub(super) nonce: Option<&'a str>,
    pub(super) grant: Grant,
    pub(super) request: &'a TokenRequest<'a>,
}

/// An application's own token.
pub(super) fn for_application(
    tenant: &mut Tenant,
    now: Timestamp,
    request: &TokenRequest<'_>,
    client: &Client,
    scopes: &Scopes,
) -> Value {
    let audience = scopes.audience(tenant);
    let body = json!({
        "token_type": "Bearer",
        "expires_in": TOKEN_LIFETIME.as_secs(),
        "ext_expires_in": TOKEN_LIFETIME.as_secs(),
        "access_token": tenant.app_access_token(now, client, &audience, request.origin),
    });
    in_words_of(request, now, body)
}

/// Checks account, Conditional Access and consent, then issues everything that the scopes ask for.
pub(super) fn issue(tenant: &mut Tenant, now: Timestamp, issue: &Issue<'_>) -> Result<Value, Refusal> {
    checked(tenant, now, issue).map_err(|refusal| refusal.of_user(issue.sign_in.user))
}

fn checked(tenant: &mut Tenant, now: Timestamp, issue: &Issue<'_>) -> Result<Value, Refusal> {
    let user = tenant.check_sign_in(issue.sign_in)?.clone();
    let applied = check_conditional_access(tenant, issue)?;
    let granted = issue.scopes.granted_to(tenant, &issue.client.app, user.id)?;
    tenant.record(Event::TokenIssued {
        client_id: issue.client.app.app_id,
        client: issue.client.app.display_name.clone(),
        user: Some(user.upn.clone()),
        grant: issue.grant,
        scope: granted.claim.clone(),
    });
    if issue.grant == Grant::Password {
        tenant.log_policies(&applied);
    }
    let body = user_answer(tenant, now, issue, &user, &granted);
    Ok(in_words_of(issue.request, now, body))
}

/// What each policy said, or the refusal.
fn check_conditional_access(tenant: &Tenant, issue: &Issue<'_>) -> Result<Vec<Applied>, Refusal> {
    let app = &issue.client.app;
    let client = match issue.grant {
        Grant::Password | Grant::DeviceCode => ClientApp::MobileAppsAndDesktopClients,
        _ => ClientApp::of(app.kind),
    };
    let resource = issue.scopes.resource();
    let attempt = Attempt { sign_in: issue.sign_in, client_id: app.app_id, resource, client, challenged: &[] };
    let verdict = tenant.judge(&attempt);
    match verdict.unmet {
        Some(unmet) => Err(tenant.refusal_for(&unmet, &attempt, resource).with_applied(verdict.applied)),
        None => Ok(verdict.applied),
    }
}

fn user_answer(tenant: &mut Tenant, now: Timestamp, issue: &Issue<'_>, user: &User, granted: &Granted) -> Value {
    let Issue { client, sign_in, scopes, nonce, grant, request } = *issue;
    let mut body = json!({
        "token_type": "Bearer",
        "scope": match request.endpoint { Endpoint::V1 => &granted.claim, Endpoint::V2 => &granted.answer },
        "expires_in": TOKEN_LIFETIME.as_secs(),
        "ext_expires_in": TOKEN_LIFETIME.as_secs(),
        "access_token":
            tenant.user_access_token(now, client, sign_in, &granted.claim, &scopes.audience(tenant), request.origin),
    });
    // A used refresh token is followed by a new one, whatever the scope.
    if scopes.has("offline_access") || grant == Grant::RefreshToken {
        // `ngcmfa` speaks of the moment; what a refresh token will give later was proved long before.
        let mut sign_in = sign_in.clone();
        sign_in.amr.retain(|method| method != "ngcmfa");
        let grant = RefreshGrant { client_id: client.app.app_id, sign_in, scope: scopes.to_string() };
        body["refresh_token"] = tenant.issue_refresh_token(now, grant).into();
    }
    if scopes.has("openid") {
        body["id_token"] = tenant.id_token(now, &client.app, sign_in, nonce, request.origin).into();
    }
    if request.form.field("client_info") == Some("1") {
        let info = json!({ "uid": user.id, "utid": tenant.id() }).to_string();
        body["client_info"] = Base64Url(info.into_bytes()).to_string().into();
    }
    body
}

/// v1.0 writes numbers as strings, names the resource, and says when a token begins and ends.
fn in_words_of(request: &TokenRequest<'_>, now: Timestamp, mut body: Value) -> Value {
    if request.endpoint == Endpoint::V2 {
        return body;
    }
    for name in ["expires_in", "ext_expires_in"] {
        body[name] = body[name].to_string().into();
    }
    body["expires_on"] = (now + TOKEN_LIFETIME).as_second().to_string().into();
    body["not_before"] = now.as_second().to_string().into();
    body["resource"] = request.form.field("resource").unwrap_or(GRAPH_URL).into();
    body
}
