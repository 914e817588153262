//! The token endpoint, v2.0 (RFC 6749; entra.md §1.4, §1.10), as a function from request to answer.

pub(crate) mod discovery;
mod form;
mod scope;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};
use wire::Base64Url;

use crate::applications::{Application, ClientKind, SecretCheck, first_party};
use crate::directory::User;
use crate::error::{Refusal, aadsts};
use crate::event::{Event, Grant};
use crate::tenant::{CodeRedemption, RefreshGrant, SignIn, Tenant};
use crate::tokens::TOKEN_LIFETIME;
use crate::windows_sign_in;

pub(crate) use form::Form;
use scope::{Granted, Scopes};

/// A request to a token endpoint.
pub(crate) struct TokenRequest<'a> {
    /// `{t}` of `/{t}/oauth2/v2.0/token`.
    pub(crate) segment: &'a str,
    pub(crate) endpoint: Endpoint,
    pub(crate) form: &'a Form,
    /// The `Authorization` header.
    pub(crate) authorization: Option<&'a str>,
}

/// Which of the two token endpoints was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// `/oauth2/token`: Windows sign-in.
    V1,
    /// `/oauth2/v2.0/token`.
    V2,
}

const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// Answers a token request and puts what came of it into the journal.
pub(crate) fn token(tenant: &mut Tenant, now: Timestamp, request: &TokenRequest<'_>) -> Result<Value, Refusal> {
    let answer = match request.endpoint {
        Endpoint::V1 => v1(tenant, now, request),
        Endpoint::V2 => v2(tenant, now, request),
    };
    if let Err(refusal) = &answer {
        tenant.record_refusal(request.form.field("username"), refusal);
    }
    answer
}

fn v1(tenant: &mut Tenant, now: Timestamp, request: &TokenRequest<'_>) -> Result<Value, Refusal> {
    tenant.check_segment(request.segment)?;
    match request.form.required("grant_type")? {
        "srv_challenge" => Ok(windows_sign_in::challenge(tenant, now)),
        JWT_BEARER => windows_sign_in::sign_in(tenant, now, request.form),
        _ => Err(aadsts::UNSUPPORTED_GRANT.refuse()),
    }
}

fn v2(tenant: &mut Tenant, now: Timestamp, request: &TokenRequest<'_>) -> Result<Value, Refusal> {
    tenant.check_segment(request.segment)?;
    match request.form.required("grant_type")? {
        "client_credentials" => client_credentials(tenant, now, request),
        "password" => password(tenant, now, request),
        "authorization_code" => authorization_code(tenant, now, request),
        "refresh_token" => refresh_token(tenant, now, request),
        _ => Err(aadsts::UNSUPPORTED_GRANT.refuse()),
    }
}

fn client_credentials(tenant: &mut Tenant, now: Timestamp, request: &TokenRequest<'_>) -> Result<Value, Refusal> {
    let app = authenticated_client(tenant, now, request, aadsts::MISSING_SECRET_CLIENT_CREDENTIALS)?;
    scope::check_client_credentials(tenant, request.form.required("scope")?)?;
    tenant.record(Event::TokenIssued {
        client: app.display_name.clone(),
        user: None,
        grant: Grant::ClientCredentials,
        scope: app.app_roles.iter().cloned().collect::<Vec<_>>().join(" "),
    });
    Ok(json!({
        "token_type": "Bearer",
        "expires_in": TOKEN_LIFETIME.as_secs(),
        "ext_expires_in": TOKEN_LIFETIME.as_secs(),
        "access_token": tenant.app_access_token(now, &app),
    }))
}

/// The resource owner password grant.
fn password(tenant: &mut Tenant, now: Timestamp, request: &TokenRequest<'_>) -> Result<Value, Refusal> {
    if request.segment == "common" {
        return Err(aadsts::GRANT_NOT_ON_COMMON.refuse());
    }
    let app = authenticated_client(tenant, now, request, aadsts::MISSING_SECRET)?;
    let (username, password) = (request.form.required("username")?, request.form.required("password")?);
    let scope = request.form.required("scope")?;
    let scopes = Scopes::parse(tenant, scope)?;
    let user = tenant.check_password(username, password)?;
    let sign_in = SignIn { user, amr: vec!["pwd".to_owned()], at: now };
    issue(
        tenant,
        now,
        &Issue { app: &app, sign_in: &sign_in, scopes: &scopes, nonce: None, grant: Grant::Password, request },
    )
}

fn authorization_code(tenant: &mut Tenant, now: Timestamp, request: &TokenRequest<'_>) -> Result<Value, Refusal> {
    let app = authenticated_client(tenant, now, request, aadsts::MISSING_SECRET)?;
    let asked = CodeRedemption {
        client_id: app.app_id,
        code: request.form.required("code")?,
        redirect_uri: request.form.required("redirect_uri")?,
        code_verifier: request.form.field("code_verifier"),
    };
    let code = tenant.redeem_code(now, &asked)?;
    let scopes = Scopes::parse(tenant, request.form.field("scope").unwrap_or(&code.scope))?;
    let nonce = code.nonce.as_deref();
    issue(
        tenant,
        now,
        &Issue { app: &app, sign_in: &code.sign_in, scopes: &scopes, nonce, grant: Grant::AuthorizationCode, request },
    )
}

fn refresh_token(tenant: &mut Tenant, now: Timestamp, request: &TokenRequest<'_>) -> Result<Value, Refusal> {
    let app = authenticated_client(tenant, now, request, aadsts::MISSING_SECRET)?;
    let token = request.form.required("refresh_token")?;
    let earlier = tenant.refresh_grant(now, app.app_id, token)?;
    let scopes = Scopes::parse(tenant, request.form.field("scope").unwrap_or(&earlier.scope))?;
    issue(
        tenant,
        now,
        &Issue {
            app: &app,
            sign_in: &earlier.sign_in,
            scopes: &scopes,
            nonce: None,
            grant: Grant::RefreshToken,
            request,
        },
    )
}

/// The client that a request names, once it has proved to be it.
fn authenticated_client(
    tenant: &Tenant,
    now: Timestamp,
    request: &TokenRequest<'_>,
    missing: &'static aadsts::Code,
) -> Result<Application, Refusal> {
    let basic = request.authorization.and_then(basic_credentials);
    let (client_id, secret) = match &basic {
        Some((id, secret)) => (id.as_str(), Some(secret.as_str())),
        None => (request.form.required("client_id")?, request.form.field("client_secret")),
    };
    let app = tenant.client(client_id)?;
    match (app.kind, secret) {
        (ClientKind::Confidential, None) => Err(missing.refuse()),
        (ClientKind::Confidential, Some(secret)) => match app.check_secret(now, secret) {
            SecretCheck::Valid => Ok(app.clone()),
            SecretCheck::Expired => Err(aadsts::EXPIRED_SECRET.refuse().with("id", client_id)),
            SecretCheck::Wrong => Err(aadsts::WRONG_SECRET.refuse().with("id", client_id)),
        },
        (ClientKind::Public | ClientKind::FirstParty, Some(_)) => Err(aadsts::PUBLIC_CLIENT_SECRET.refuse()),
        // Nothing proves a public client to be itself, so it cannot be the subject of a token.
        (_, None) if missing == aadsts::MISSING_SECRET_CLIENT_CREDENTIALS => Err(missing.refuse()),
        (ClientKind::Public | ClientKind::FirstParty, None) => Ok(app.clone()),
    }
}

/// `Basic` credentials; RFC 6749 §2.3.1 has both halves form-encoded.
fn basic_credentials(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((form::decoded(id), form::decoded(secret)))
}

/// What a user's tokens are made of.
struct Issue<'a> {
    app: &'a Application,
    sign_in: &'a SignIn,
    scopes: &'a Scopes,
    nonce: Option<&'a str>,
    grant: Grant,
    request: &'a TokenRequest<'a>,
}

/// Checks account, Conditional Access and consent, then issues everything that the scopes ask for.
fn issue(tenant: &mut Tenant, now: Timestamp, issue: &Issue<'_>) -> Result<Value, Refusal> {
    let user = tenant.check_sign_in(issue.sign_in)?.clone();
    check_conditional_access(tenant, &user, issue.sign_in)?;
    let granted = issue.scopes.granted_to(issue.app, user.id)?;
    tenant.record(Event::TokenIssued {
        client: issue.app.display_name.clone(),
        user: Some(user.upn.clone()),
        grant: issue.grant,
        scope: granted.claim.clone(),
    });
    Ok(user_answer(tenant, now, issue, &user, &granted))
}

fn check_conditional_access(tenant: &Tenant, user: &User, sign_in: &SignIn) -> Result<(), Refusal> {
    match tenant.mfa_policy(user) {
        Some(policy) if !sign_in.has_mfa() => {
            let claims = json!({ "access_token": { "capolids": { "essential": true, "values": [policy.id] } } });
            Err(tenant.mfa_refusal(user.id, first_party::GRAPH).with_claims(claims.to_string()))
        }
        _ => Ok(()),
    }
}

fn user_answer(tenant: &mut Tenant, now: Timestamp, issue: &Issue<'_>, user: &User, granted: &Granted) -> Value {
    let Issue { app, sign_in, scopes, nonce, .. } = *issue;
    let mut body = json!({
        "token_type": "Bearer",
        "scope": granted.answer,
        "expires_in": TOKEN_LIFETIME.as_secs(),
        "ext_expires_in": TOKEN_LIFETIME.as_secs(),
        "access_token": tenant.user_access_token(now, app, sign_in, &granted.claim),
    });
    if scopes.has("offline_access") {
        // `ngcmfa` speaks of the moment; what a refresh token will give later was proved long before.
        let mut sign_in = sign_in.clone();
        sign_in.amr.retain(|method| method != "ngcmfa");
        let grant = RefreshGrant { client_id: app.app_id, sign_in, scope: scopes.to_string() };
        body["refresh_token"] = tenant.issue_refresh_token(now, grant).into();
    }
    if scopes.has("openid") {
        body["id_token"] = tenant.id_token(now, app, sign_in, nonce).into();
    }
    if issue.request.form.field("client_info") == Some("1") {
        let info = json!({ "uid": user.id, "utid": tenant.id() }).to_string();
        body["client_info"] = Base64Url(info.into_bytes()).to_string().into();
    }
    body
}
