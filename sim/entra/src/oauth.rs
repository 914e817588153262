//! The token endpoints (RFC 6749; entra.md §1.4, §1.10), as functions from request to answer.

mod answer;
mod assertion;
mod client;
pub(crate) mod device;
pub(crate) mod discovery;
mod form;
mod on_behalf_of;
mod scope;
pub(crate) mod userinfo;

use jiff::Timestamp;
use serde_json::Value;

use crate::error::{Refusal, aadsts};
use crate::event::{Event, Grant};
use crate::origin::Origin;
use crate::tenant::{CodeRedemption, SignIn, Tenant, Way};
use crate::windows_sign_in;

use answer::Issue;
pub(crate) use form::Form;
pub(crate) use scope::Scopes;

/// A request to a token endpoint.
pub(crate) struct TokenRequest<'a> {
    /// `{t}` of `/{t}/oauth2/v2.0/token`.
    pub(crate) segment: &'a str,
    pub(crate) endpoint: Endpoint,
    pub(crate) form: &'a Form,
    /// The `Authorization` header.
    pub(crate) authorization: Option<&'a str>,
    pub(crate) origin: &'a Origin,
}

/// Which generation of an endpoint was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// `/oauth2/..`: a `resource`, numbers as strings, and Windows sign-in.
    V1,
    /// `/oauth2/v2.0/..`.
    V2,
}

const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

impl Endpoint {
    /// What stands in the path for it.
    pub(crate) fn version(self) -> &'static str {
        match self {
            Self::V1 => "",
            Self::V2 => "/v2.0",
        }
    }
}

/// Answers a token request and puts what came of it into the journal.
pub(crate) fn token(tenant: &mut Tenant, now: Timestamp, request: &TokenRequest<'_>) -> Result<Value, Refusal> {
    let answer = grant(tenant, now, request).map_err(|refusal| match request.endpoint {
        Endpoint::V1 => refusal.as_v1(),
        Endpoint::V2 => refusal,
    });
    match &answer {
        // A device that waits is told so every few seconds.
        Err(refusal) if refusal.code != aadsts::DEVICE_CODE_PENDING => {
            let way = request.grant().map_or(Way::Page, Way::Grant);
            let client = client::claimed(request);
            tenant.record_refused_grant(request.form.field("username"), client, way, refusal);
        }
        _ => {}
    }
    answer
}

fn grant(tenant: &mut Tenant, now: Timestamp, request: &TokenRequest<'_>) -> Result<Value, Refusal> {
    tenant.check_segment(request.segment)?;
    match (request.form.required("grant_type")?, request.endpoint) {
        ("srv_challenge", Endpoint::V1) => Ok(windows_sign_in::challenge(tenant, now)),
        (JWT_BEARER, _) if request.form.field("requested_token_use").is_some() => {
            on_behalf_of::grant(tenant, now, request)
        }
        (JWT_BEARER, Endpoint::V1) => windows_sign_in::sign_in(tenant, now, request.form),
        (JWT_BEARER, Endpoint::V2) => Err(aadsts::MISSING_PARAMETER.refuse().with("name", "requested_token_use")),
        ("client_credentials", _) => client_credentials(tenant, now, request),
        ("password", _) => password(tenant, now, request),
        ("authorization_code", _) => authorization_code(tenant, now, request),
        ("refresh_token", _) => refresh_token(tenant, now, request),
        // Some clients leave the URN's prefix out, as v1.0 has it.
        (DEVICE_CODE | "device_code", _) => device_code(tenant, now, request),
        _ => Err(aadsts::UNSUPPORTED_GRANT.refuse()),
    }
}

fn client_credentials(tenant: &mut Tenant, now: Timestamp, request: &TokenRequest<'_>) -> Result<Value, Refusal> {
    // Nothing in the request says in which tenant the application is.
    if ["common", "organizations"].contains(&request.segment) {
        return Err(aadsts::TENANT_NOT_NAMED.refuse());
    }
    let client = client::authenticated(tenant, now, request, aadsts::MISSING_SECRET_CLIENT_CREDENTIALS)?;
    let scopes = scope::of_client_credentials(tenant, &request.required_scope()?)?;
    tenant.record(Event::TokenIssued {
        client_id: client.app.app_id,
        client: client.app.display_name.clone(),
        user: None,
        grant: Grant::ClientCredentials,
        scope: client.app.app_roles.iter().cloned().collect::<Vec<_>>().join(" "),
    });
    Ok(answer::for_application(tenant, now, request, &client, &scopes))
}

/// The resource owner password grant.
fn password(tenant: &mut Tenant, now: Timestamp, request: &TokenRequest<'_>) -> Result<Value, Refusal> {
    if request.segment == "common" {
        return Err(aadsts::GRANT_NOT_ON_COMMON.refuse());
    }
    let client = client::authenticated(tenant, now, request, aadsts::MISSING_SECRET)?;
    let (username, password) = (request.form.required("username")?, request.form.required("password")?);
    let scopes = Scopes::parse(tenant, &request.required_scope()?)?;
    let user = tenant.check_password(now, username, password)?;
    let sign_in = SignIn { user, amr: vec!["pwd".to_owned()], at: now, device: None };
    let issue =
        Issue { client: &client, sign_in: &sign_in, scopes: &scopes, nonce: None, grant: Grant::Password, request };
    answer::issue(tenant, now, &issue)
}

fn authorization_code(tenant: &mut Tenant, now: Timestamp, request: &TokenRequest<'_>) -> Result<Value, Refusal> {
    let client = client::authenticated(tenant, now, request, aadsts::MISSING_SECRET)?;
    let asked = CodeRedemption {
        client_id: client.app.app_id,
        code: request.form.required("code")?,
        redirect_uri: request.form.required("redirect_uri")?,
        code_verifier: request.form.field("code_verifier"),
    };
    let code = tenant.redeem_code(now, &asked)?;
    let scopes = Scopes::parse(tenant, request.scope().as_deref().unwrap_or(&code.scope))?;
    let issue = Issue {
        client: &client,
        sign_in: &code.sign_in,
        scopes: &scopes,
        nonce: code.nonce.as_deref(),
        grant: Grant::AuthorizationCode,
        request,
    };
    answer::issue(tenant, now, &issue)
}

fn refresh_token(tenant: &mut Tenant, now: Timestamp, request: &TokenRequest<'_>) -> Result<Value, Refusal> {
    let client = client::authenticated(tenant, now, request, aadsts::MISSING_SECRET)?;
    let token = request.form.required("refresh_token")?;
    let earlier = tenant.refresh_grant(now, client.app.app_id, token)?;
    let scopes = Scopes::parse(tenant, request.scope().as_deref().unwrap_or(&earlier.scope))?;
    let (sign_in, grant) = (&earlier.sign_in, Grant::RefreshToken);
    let issue = Issue { client: &client, sign_in, scopes: &scopes, nonce: None, grant, request };
    answer::issue(tenant, now, &issue)
}

/// RFC 8628 §3.4. `code` is what v1.0 calls `device_code`; some clients send both.
fn device_code(tenant: &mut Tenant, now: Timestamp, request: &TokenRequest<'_>) -> Result<Value, Refusal> {
    let client = client::authenticated(tenant, now, request, aadsts::MISSING_SECRET)?;
    let code = request.form.field("device_code").or(request.form.field("code"));
    let code = code.ok_or_else(|| aadsts::MISSING_PARAMETER.refuse().with("name", "device_code"))?;
    let (sign_in, scope) = tenant.redeem_device_code(now, client.app.app_id, code)?;
    let scopes = Scopes::parse(tenant, &scope)?;
    let (sign_in, grant) = (&sign_in, Grant::DeviceCode);
    let issue = Issue { client: &client, sign_in, scopes: &scopes, nonce: None, grant, request };
    answer::issue(tenant, now, &issue)
}

impl TokenRequest<'_> {
    /// The grant that is asked for, if it is one of a person's.
    fn grant(&self) -> Option<Grant> {
        match self.form.field("grant_type")? {
            "password" => Some(Grant::Password),
            "authorization_code" => Some(Grant::AuthorizationCode),
            "refresh_token" => Some(Grant::RefreshToken),
            DEVICE_CODE | "device_code" => Some(Grant::DeviceCode),
            JWT_BEARER if self.form.field("requested_token_use").is_some() => Some(Grant::OnBehalfOf),
            JWT_BEARER => Some(Grant::WindowsSignIn),
            _ => None,
        }
    }

    fn scope(&self) -> Option<String> {
        scope_of(self.endpoint, self.form)
    }

    fn required_scope(&self) -> Result<String, Refusal> {
        let name = match self.endpoint {
            Endpoint::V1 => "resource",
            Endpoint::V2 => "scope",
        };
        self.scope().ok_or_else(|| aadsts::MISSING_PARAMETER.refuse().with("name", name))
    }
}

/// What a request asks for, in v2.0's words: v1.0 names a resource and means everything that it has consented to.
pub(crate) fn scope_of(endpoint: Endpoint, form: &Form) -> Option<String> {
    match endpoint {
        Endpoint::V2 => form.field("scope").map(str::to_owned),
        Endpoint::V1 if form.field("grant_type") == Some("client_credentials") => {
            form.field("resource").map(|resource| format!("{resource}/.default"))
        }
        Endpoint::V1 => form.field("resource").map(|resource| format!("{resource}/.default openid offline_access")),
    }
}
