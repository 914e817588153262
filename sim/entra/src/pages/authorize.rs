//! The authorization endpoint (RFC 6749 §4.1, RFC 7636; entra.md §1.5): code flow with PKCE, prompts and step-up.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;
use wire::Base64Url;

use super::page::{Answer, CookieLife, Page, PageForm, Submission};
use super::sessions::{Flow, Keep, Stage};
use super::{consent, device, sign_in};
use crate::applications::{ClientKind, first_party};
use crate::conditional_access::{ClientApp, Strength, Want};
use crate::error::{Refusal, aadsts};
use crate::event::Event;
use crate::oauth::{Endpoint, Form, Scopes, scope_of};
use crate::tenant::{Attempt, CodeGrant, SignIn, Tenant};
use crate::tokens::GRAPH_URL;
use crate::windows_sign_in::{SingleSignOn, single_sign_on};

/// A request that may be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Authorize {
    pub(super) client_id: Uuid,
    pub(super) redirect_uri: String,
    pub(super) scope: String,
    pub(super) state: Option<String>,
    pub(super) nonce: Option<String>,
    pub(super) response_mode: ResponseMode,
    pub(super) code_challenge: Option<String>,
    pub(super) prompt: Prompt,
    pub(super) login_hint: Option<String>,
    pub(super) consent: Asking,
    pub(super) needs: Needs,
    /// The Conditional Access policies that a claims challenge named (`capolids`).
    pub(super) challenged: Vec<Uuid>,
    /// The user code, when a device waits for the answer and no redirect URI.
    pub(super) device: Option<String>,
}

/// How the answer travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ResponseMode {
    Query,
    Fragment,
    FormPost,
}

/// What the client wants the person to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Prompt {
    /// Whatever is needed.
    AsNeeded,
    /// The sign-in page, session or not.
    Login,
    /// Nothing.
    None,
}

/// Which consent is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asking {
    /// To what nobody has consented to yet.
    Missing,
    /// To everything, once more (`prompt=consent`).
    Anew,
    /// An administrator's, to everything, for everybody; there is no code afterwards.
    Organization,
}

/// What the client's `claims` ask of the sign-in (`amr`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Needs {
    Anything,
    Mfa,
    /// Multi-factor authentication within the last five minutes (`ngcmfa`).
    FreshMfa,
}

/// What a browser brings along beside the request itself.
pub(crate) struct Browser<'a> {
    /// The whole address, which comes back with `sso_nonce` when a header needs a nonce.
    pub(crate) url: &'a str,
    /// The value of `ESTSAUTH` or `ESTSAUTHPERSISTENT`.
    pub(crate) session: Option<&'a str>,
    /// `x-ms-RefreshTokenCredential`.
    pub(crate) credential: Option<&'a str>,
}

/// A request that may not be answered.
enum Fault {
    /// Client or redirect URI are wrong: nothing is sent anywhere.
    Here(Box<Refusal>),
    /// The client hears of it.
    There(Box<Authorize>, Box<Refusal>),
}

/// How long multi-factor authentication counts as fresh (entra.md §3.3).
pub(super) const FRESH: SignedDuration = SignedDuration::from_mins(5);
/// The name of the session cookie.
pub(crate) const SESSION_COOKIE: &str = "ESTSAUTH";

/// Answers a request: with a code when a session suffices, else with the page that comes next.
pub(crate) fn authorize(
    tenant: &mut Tenant,
    now: Timestamp,
    endpoint: Endpoint,
    segment: &str,
    form: &Form,
    browser: &Browser<'_>,
) -> Answer {
    match Authorize::parse(tenant, endpoint, segment, form) {
        Ok(request) => respond(tenant, now, request, form, browser),
        Err(Fault::Here(refusal)) => error_page(&refusal),
        Err(Fault::There(request, refusal)) => fail(&request, &refusal),
    }
}

/// Answers `/{t}/adminconsent` and `/{t}/v2.0/adminconsent`, where an administrator consents for everybody.
pub(crate) fn admin_consent(
    tenant: &mut Tenant,
    now: Timestamp,
    segment: &str,
    form: &Form,
    browser: &Browser<'_>,
) -> Answer {
    let (client_id, redirect_uri) = match addressed(tenant, segment, form) {
        Ok((client_id, redirect_uri)) => (client_id, redirect_uri.to_owned()),
        Err(refusal) => return error_page(&refusal),
    };
    // v1.0 has no scope: everything that the application registered.
    let scope = form.field("scope").map_or_else(|| format!("{GRAPH_URL}/.default"), str::to_owned);
    let request = Authorize {
        redirect_uri,
        state: form.field("state").map(str::to_owned),
        consent: Asking::Organization,
        device: None,
        ..Authorize::for_device(client_id, scope, "")
    };
    respond(tenant, now, request, form, browser)
}

/// The client of a request and where its answer goes, or why there is nobody to answer to.
fn addressed<'f>(tenant: &Tenant, segment: &str, form: &'f Form) -> Result<(Uuid, &'f str), Refusal> {
    tenant.check_segment(segment)?;
    let client = tenant.client(form.required("client_id")?)?;
    let redirect_uri = form.field("redirect_uri").unwrap_or_default();
    if client.redirect_uris.is_empty() {
        return Err(aadsts::NO_REDIRECT_REGISTERED.refuse());
    }
    if client.accepts_redirect(redirect_uri) {
        return Ok((client.app_id, redirect_uri));
    }
    let refusal = aadsts::REDIRECT_MISMATCH.refuse().with("uri", redirect_uri);
    Err(refusal.with("id", &client.app_id.to_string()))
}

/// Answers a request that may be answered.
pub(super) fn respond(
    tenant: &mut Tenant,
    now: Timestamp,
    request: Authorize,
    form: &Form,
    browser: &Browser<'_>,
) -> Answer {
    if request.prompt == Prompt::Login {
        return sign_in::first_page(tenant, now, request);
    }
    if let Some((cookie, sign_in)) = session(tenant, now, browser, &request) {
        return resume(tenant, now, request, &cookie, sign_in);
    }
    match browser.credential.map(|header| single_sign_on(tenant, now, header)) {
        Some(SingleSignOn::SignedIn(sign_in)) if is_meant(tenant, &request, &sign_in) => {
            adopt(tenant, now, request, sign_in)
        }
        Some(SingleSignOn::NonceNeeded) if form.field("sso_nonce").is_none() || has_old_nonce(browser) => {
            Answer::redirect(with_nonce(tenant, now, browser.url))
        }
        Some(SingleSignOn::Refused(refusal)) => {
            tenant.record_refusal(None, request.client_id, &refusal);
            without_session(tenant, now, request)
        }
        _ => without_session(tenant, now, request),
    }
}

/// The session of a cookie, as long as its account may still use it and is the one that is meant.
fn session(
    tenant: &mut Tenant,
    now: Timestamp,
    browser: &Browser<'_>,
    request: &Authorize,
) -> Option<(String, SignIn)> {
    let cookie = browser.session?;
    let sign_in = tenant.sessions.signed_in(now, cookie)?;
    tenant.check_sign_in(&sign_in).ok()?;
    is_meant(tenant, request, &sign_in).then(|| (cookie.to_owned(), sign_in))
}

/// Whether a session is of the person whom `login_hint` names.
fn is_meant(tenant: &Tenant, request: &Authorize, sign_in: &SignIn) -> bool {
    let hint = request.login_hint.as_deref();
    hint.is_none_or(|hint| tenant.user_by_name(hint).is_none_or(|user| user.id == sign_in.user))
}

/// A machine's sign-in becomes a session of the browser.
fn adopt(tenant: &mut Tenant, now: Timestamp, request: Authorize, sign_in: SignIn) -> Answer {
    record_sign_in(tenant, &request, &sign_in);
    let cookie = tenant.sessions.sign_in(now, sign_in.clone(), Keep::Session);
    let answer = resume(tenant, now, request, &cookie, sign_in);
    answer.with_cookie(SESSION_COOKIE, &cookie, CookieLife::Session)
}

/// Goes on with a session: a code, or a second factor first.
fn resume(tenant: &mut Tenant, now: Timestamp, request: Authorize, cookie: &str, sign_in: SignIn) -> Answer {
    match (lack(tenant, now, &request, &sign_in), request.prompt) {
        (Lack::Nothing, _) => succeed(tenant, now, &request, &sign_in),
        (Lack::Proof(_, refusal) | Lack::Access(refusal), Prompt::None) => fail(&request, &refusal),
        (Lack::Proof(..), _) => sign_in::step_up(tenant, now, request, cookie, sign_in),
        (Lack::Access(refusal), _) => sign_in::no_access_page(tenant, request.client_id, sign_in.user, &refusal),
    }
}

fn without_session(tenant: &mut Tenant, now: Timestamp, request: Authorize) -> Answer {
    match request.prompt {
        Prompt::None => fail(&request, &aadsts::NO_SESSION.refuse()),
        Prompt::AsNeeded | Prompt::Login => sign_in::first_page(tenant, now, request),
    }
}

/// What a sign-in lacks.
pub(super) enum Lack {
    Nothing,
    /// A stronger or newer proof.
    Proof(Strength, Refusal),
    /// Something that the person cannot bring along.
    Access(Refusal),
}

/// What a sign-in lacks of what the client and Conditional Access ask for.
pub(super) fn lack(tenant: &Tenant, now: Timestamp, request: &Authorize, sign_in: &SignIn) -> Lack {
    let attempt = request.attempt(tenant, sign_in);
    let verdict = tenant.judge(&attempt);
    if let Some(unmet) = verdict.unmet {
        let refusal = tenant.refusal_for(&unmet, &attempt, request.client_id).with_applied(verdict.applied);
        return match unmet.want {
            Want::Proof(strength) => Lack::Proof(strength, refusal),
            _ => Lack::Access(refusal),
        };
    }
    let is_enough = match request.needs {
        Needs::Anything => true,
        Needs::Mfa => sign_in.has_mfa(),
        Needs::FreshMfa => is_fresh(now, sign_in),
    };
    if is_enough {
        return Lack::Nothing;
    }
    Lack::Proof(Strength::Mfa, tenant.proof_refusal(sign_in.user, Strength::Mfa, request.client_id))
}

/// Puts an interactive sign-in into the journal, and what Conditional Access said of it into the log.
pub(super) fn record_sign_in(tenant: &mut Tenant, request: &Authorize, sign_in: &SignIn) {
    let user = sign_in::name_of(tenant, sign_in.user);
    let applied = tenant.judge(&request.attempt(tenant, sign_in)).applied;
    tenant.record(Event::SignedIn { user, amr: sign_in.amr.clone() });
    tenant.log_policies(&applied);
}

/// Whether a sign-in had multi-factor authentication in the last five minutes.
pub(super) fn is_fresh(now: Timestamp, sign_in: &SignIn) -> bool {
    sign_in.has_mfa() && now.duration_since(sign_in.at) <= FRESH
}

/// A sign-in that suffices: what has still to be consented to, then the answer.
pub(super) fn succeed(tenant: &mut Tenant, now: Timestamp, request: &Authorize, sign_in: &SignIn) -> Answer {
    match consent::outstanding(tenant, request, sign_in) {
        Err(refusal) => error_page(&refusal),
        Ok(asked) if asked.is_empty() && request.consent != Asking::Organization => {
            conclude(tenant, now, request, sign_in)
        }
        Ok(_) if request.prompt == Prompt::None => {
            let app = tenant.application(request.client_id).map(|app| app.display_name.clone()).unwrap_or_default();
            let refusal = aadsts::CONSENT_MISSING.refuse().with("id", &request.client_id.to_string());
            fail(request, &refusal.with("name", &app))
        }
        Ok(asked) => consent::page(tenant, now, request, sign_in, asked),
    }
}

/// Sends a code to the client; for a device, asks the last question.
pub(super) fn conclude(tenant: &mut Tenant, now: Timestamp, request: &Authorize, sign_in: &SignIn) -> Answer {
    if request.consent == Asking::Organization {
        return deliver(request, vec![("admin_consent", "True".into()), ("tenant", tenant.id().to_string())]);
    }
    if request.device.is_some() {
        return device::confirm_page(tenant, now, request, sign_in);
    }
    let mut proven = sign_in.clone();
    if is_fresh(now, sign_in) {
        proven.amr.push("ngcmfa".into());
    }
    let code = tenant.issue_code(
        now,
        CodeGrant {
            client_id: request.client_id,
            sign_in: proven,
            redirect_uri: request.redirect_uri.clone(),
            scope: request.scope.clone(),
            nonce: request.nonce.clone(),
            code_challenge: request.code_challenge.clone(),
        },
    );
    let info = json!({ "uid": sign_in.user, "utid": tenant.id() }).to_string();
    let session_state = tenant.rng.uuid().to_string();
    deliver(
        request,
        vec![
            ("code", code),
            ("client_info", Base64Url(info.into_bytes()).to_string()),
            ("session_state", session_state),
        ],
    )
}

/// Tells the client why it gets no code.
pub(super) fn fail(request: &Authorize, refusal: &Refusal) -> Answer {
    let error = match refusal.code {
        code if code == aadsts::BLOCKED_BY_POLICY => "access_denied",
        code if code == aadsts::CONSENT_MISSING => "consent_required",
        code if code.error == "invalid_grant" => "interaction_required",
        code => code.error,
    };
    let uri = format!("https://login.microsoftonline.com/error?code={}", refusal.code.number);
    let mut told = vec![("error", error.into()), ("error_description", refusal.sentence()), ("error_uri", uri)];
    told.extend(refusal.claims.clone().map(|claims| ("claims", claims)));
    deliver(request, told)
}

/// Sends parameters to the redirect URI in the mode that the client chose.
fn deliver(request: &Authorize, mut parameters: Vec<(&str, String)>) -> Answer {
    parameters.extend(request.state.clone().map(|state| ("state", state)));
    let encoded = || url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&parameters).finish();
    match request.response_mode {
        ResponseMode::Query => {
            let separator = if request.redirect_uri.contains('?') { '&' } else { '?' };
            Answer::redirect(format!("{}{separator}{}", request.redirect_uri, encoded()))
        }
        ResponseMode::Fragment => Answer::redirect(format!("{}#{}", request.redirect_uri, encoded())),
        ResponseMode::FormPost => {
            let form = PageForm { submission: Submission::Automatic, ..PageForm::to(&request.redirect_uri) };
            let form = parameters.into_iter().fold(form, |form, (name, value)| form.hidden(name, value));
            Page::new("Working...", &[]).with_form(form.button("Continue")).into()
        }
    }
}

/// The page for requests that cannot be answered to their client.
pub(crate) fn error_page(refusal: &Refusal) -> Answer {
    let page = Page::new("Sign in", &["Sorry, but we're having trouble signing you in."]);
    page.with_alerts(&[refusal.sentence()]).into_bad_request()
}

fn with_nonce(tenant: &mut Tenant, now: Timestamp, url: &str) -> String {
    let nonce = tenant.nonces.issue(now, &mut tenant.rng);
    let Ok(mut url) = Url::parse(url) else { return url.to_owned() };
    let kept: Vec<(String, String)> = url.query_pairs().into_owned().filter(|(name, _)| name != "sso_nonce").collect();
    url.query_pairs_mut().clear().extend_pairs(kept).append_pair("sso_nonce", &nonce);
    url.to_string()
}

/// Whether the header carries a nonce, so that a browser that brings none is not sent round for ever.
fn has_old_nonce(browser: &Browser<'_>) -> bool {
    let payload = browser.credential.and_then(|jwt| jwt.split('.').nth(1)).and_then(Base64Url::parse);
    let claims = payload.and_then(|payload| serde_json::from_slice::<Value>(&payload.0).ok());
    claims.is_some_and(|claims| claims.get("request_nonce").is_some())
}

impl Authorize {
    /// What a device waits for: it has no redirect URI, and nothing more to say.
    pub(super) fn for_device(client_id: Uuid, scope: String, user_code: &str) -> Self {
        Self {
            client_id,
            redirect_uri: String::new(),
            scope,
            state: None,
            nonce: None,
            response_mode: ResponseMode::Query,
            code_challenge: None,
            prompt: Prompt::AsNeeded,
            login_hint: None,
            consent: Asking::Missing,
            needs: Needs::Anything,
            challenged: Vec::new(),
            device: Some(user_code.to_owned()),
        }
    }

    fn parse(tenant: &Tenant, endpoint: Endpoint, segment: &str, form: &Form) -> Result<Self, Fault> {
        let (client_id, redirect_uri) =
            addressed(tenant, segment, form).map_err(|refusal| Fault::Here(Box::new(refusal)))?;
        let owned = |name| form.field(name).map(str::to_owned);
        let request = Self {
            client_id,
            redirect_uri: redirect_uri.to_owned(),
            scope: match (scope_of(endpoint, form), endpoint) {
                (Some(scope), _) => scope,
                // v1.0 may leave the resource to the token endpoint.
                (None, Endpoint::V1) => "openid offline_access".to_owned(),
                (None, Endpoint::V2) => String::new(),
            },
            state: owned("state"),
            nonce: owned("nonce"),
            response_mode: match form.field("response_mode") {
                Some("form_post") => ResponseMode::FormPost,
                Some("fragment") => ResponseMode::Fragment,
                _ => ResponseMode::Query,
            },
            code_challenge: owned("code_challenge"),
            prompt: match form.field("prompt") {
                Some("login" | "select_account") => Prompt::Login,
                Some("none") => Prompt::None,
                _ => Prompt::AsNeeded,
            },
            login_hint: owned("login_hint"),
            consent: if form.field("prompt") == Some("consent") { Asking::Anew } else { Asking::Missing },
            needs: Needs::Anything,
            challenged: Vec::new(),
            device: None,
        };
        request.checked(form)
    }

    fn checked(self, form: &Form) -> Result<Self, Fault> {
        let needs = form.field("claims").map_or(Some(Needs::Anything), Needs::of_claims);
        let response_type = form.field("response_type").unwrap_or_default();
        let method = form.field("code_challenge_method");
        let refusal = if response_type != "code" {
            aadsts::RESPONSE_TYPE.refuse().with("type", response_type)
        } else if self.scope.is_empty() {
            aadsts::MISSING_PARAMETER.refuse().with("name", "scope")
        } else if self.code_challenge.is_some() && method != Some("S256") {
            aadsts::MALFORMED_REQUEST.refuse()
        } else if let Some(needs) = needs {
            let challenged = form.field("claims").map(challenged).unwrap_or_default();
            return Ok(Self { needs, challenged, ..self });
        } else {
            aadsts::MALFORMED_REQUEST.refuse()
        };
        Err(Fault::There(Box::new(self), Box::new(refusal)))
    }

    /// The sign-in as Conditional Access looks at it.
    fn attempt<'a>(&'a self, tenant: &Tenant, sign_in: &'a SignIn) -> Attempt<'a> {
        let kind = tenant.application(self.client_id).map_or(ClientKind::Public, |client| client.kind);
        let client = if self.device.is_some() { ClientApp::MobileAppsAndDesktopClients } else { ClientApp::of(kind) };
        let resource = Scopes::parse(tenant, &self.scope).map_or(first_party::GRAPH, |scopes| scopes.resource());
        Attempt { sign_in, client_id: self.client_id, resource, client, challenged: &self.challenged }
    }

    /// A flow that waits for `stage`.
    pub(super) fn flow(self, stage: Stage, session: Option<String>) -> Flow {
        Flow { request: self, session, stage, wrong_codes: 0 }
    }
}

/// Reads `{"access_token": {"capolids": {"essential": true, "values": [..]}}}`.
fn challenged(claims: &str) -> Vec<Uuid> {
    let claims: Value = serde_json::from_str(claims).unwrap_or_default();
    let values = claims.pointer("/access_token/capolids/values").and_then(Value::as_array);
    values.into_iter().flatten().filter_map(|id| Uuid::parse_str(id.as_str()?).ok()).collect()
}

impl Needs {
    /// Reads `{"id_token": {"amr": {"essential": true, "values": ["ngcmfa"]}}}`, in the access token's place as well.
    /// `None` when it is no JSON.
    fn of_claims(claims: &str) -> Option<Self> {
        let claims: Value = serde_json::from_str(claims).ok()?;
        let places = ["/id_token/amr/values", "/access_token/amr/values"];
        let values = places.iter().filter_map(|place| claims.pointer(place)?.as_array()).flatten();
        let need = |value: &Value| match value.as_str() {
            Some("ngcmfa") => Self::FreshMfa,
            Some("mfa") => Self::Mfa,
            _ => Self::Anything,
        };
        Some(values.map(need).max().unwrap_or(Self::Anything))
    }
}
