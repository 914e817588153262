//! Microsoft's own web apps as OpenID Connect clients: code flow with PKCE, a session of their own (entra.md §3.4 item 1).
//!
//! Convention of the lab: the apps redeem their code in the core, where the real ones call the token endpoint.

use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use url::Url;
use uuid::Uuid;
use wire::Base64Url;

use super::authorize;
use super::page::{Answer, CookieLife, Page};
use super::portal::Site;
use crate::applications::first_party;
use crate::directory::User;
use crate::oauth::Form;
use crate::secret::Secret;
use crate::tenant::{CodeRedemption, Found, SignIn, Tenant};

/// One of the apps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WebApp {
    /// `mysignins.microsoft.com`.
    MySignIns,
    /// `www.office.com`.
    Office,
    /// The portal, under one of its names.
    Portal(Site),
}

/// A sign-in that an app has sent its visitor to.
pub(super) struct PendingSignIn {
    app: WebApp,
    verifier: Secret,
    /// The path to go on to.
    then: String,
}

/// What the cookie of an app stands for.
#[derive(Clone)]
pub(super) struct WebSession {
    app: WebApp,
    sign_in: SignIn,
}

/// What an app needs to know of its visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// Who it is.
    Session,
    /// And that it was proved by two factors in the last five minutes.
    FreshMfa,
}

const SIGN_OUT: &str = "https://login.microsoftonline.com/common/oauth2/v2.0/logout";
const AUTHORIZE: &str = "https://login.microsoftonline.com/common/oauth2/v2.0/authorize";

impl WebApp {
    fn client_id(self) -> Uuid {
        match self {
            Self::MySignIns => first_party::MY_SIGNINS,
            Self::Office => first_party::OFFICE,
            Self::Portal(_) => first_party::AZURE_PORTAL,
        }
    }

    fn redirect_uri(self) -> &'static str {
        match self {
            Self::MySignIns => first_party::MY_SIGNINS_REDIRECT,
            Self::Office => first_party::OFFICE_REDIRECT,
            Self::Portal(site) => site.redirect_uri(),
        }
    }

    fn response_mode(self) -> &'static str {
        match self {
            Self::MySignIns => "query",
            Self::Office | Self::Portal(_) => "form_post",
        }
    }

    /// Sign out: forgets the app's session, then Entra's.
    pub(crate) fn sign_out(self) -> Answer {
        Answer::redirect(SIGN_OUT).with_cookie(self.cookie(), "", CookieLife::Deleted)
    }

    /// The name of the app's cookie (convention of the lab).
    pub(crate) fn cookie(self) -> &'static str {
        match self {
            Self::MySignIns => "MySignInsSession",
            Self::Office => "OfficeSession",
            Self::Portal(_) => "PortalSession",
        }
    }
}

impl Tenant {
    /// The app's redirect URI: takes the code, sets the app's cookie and goes on to where the visitor wanted to go.
    pub(crate) fn receive_code(&mut self, now: Timestamp, app: WebApp, form: &Form) -> Answer {
        if let Some(why) = form.field("error_description").or(form.field("error")) {
            return Page::new("Sign in", &["We couldn't sign you in."])
                .with_alerts(&[why.to_owned()])
                .into_bad_request();
        }
        let (code, state) = (form.field("code").unwrap_or_default(), form.field("state").unwrap_or_default());
        let pending = self.sessions.pending.take(now, state).filter(|pending| pending.app == app);
        let Some(PendingSignIn { verifier, then, .. }) = pending else {
            return Page::new("Sign in", &["We couldn't sign you in. Please try again."]).into_bad_request();
        };
        let asked = CodeRedemption {
            client_id: app.client_id(),
            code,
            redirect_uri: app.redirect_uri(),
            code_verifier: Some(verifier.reveal()),
        };
        match self.redeem_code(now, &asked) {
            Ok(grant) => {
                let cookie = self.sessions.opaque();
                self.sessions.apps.insert(now, cookie.clone(), WebSession { app, sign_in: grant.sign_in });
                Answer::redirect(then).with_cookie(app.cookie(), &cookie, CookieLife::Session)
            }
            Err(refusal) => authorize::error_page(&refusal),
        }
    }

    /// The visitor of an app, or the way to prove what the app needs to know; `then` is the path to come back to.
    pub(super) fn visitor(
        &mut self,
        now: Timestamp,
        app: WebApp,
        cookie: Option<&str>,
        proof: Proof,
        then: &str,
    ) -> Result<User, Answer> {
        self.signed_in_visitor(now, app, cookie, proof, then).map(|(user, _)| user)
    }

    /// The visitor of an app with the sign-in, as [`Tenant::visitor`].
    pub(super) fn signed_in_visitor(
        &mut self,
        now: Timestamp,
        app: WebApp,
        cookie: Option<&str>,
        proof: Proof,
        then: &str,
    ) -> Result<(User, SignIn), Answer> {
        let session = cookie.and_then(|cookie| self.web_session(now, app, cookie));
        let found = session.and_then(|session| Some((self.user(session.user)?.clone(), session)));
        match (found, proof) {
            (Some(found), Proof::Session) => Ok(found),
            (Some((user, sign_in)), Proof::FreshMfa) if authorize::is_fresh(now, &sign_in) => Ok((user, sign_in)),
            (Some((user, _)), Proof::FreshMfa) => Err(self.send_to_sign_in(now, app, then, Some(&user.upn))),
            (None, _) => Err(self.send_to_sign_in(now, app, then, None)),
        }
    }

    /// The sign-in behind an app's cookie, as long as the account may still use it.
    fn web_session(&mut self, now: Timestamp, app: WebApp, cookie: &str) -> Option<SignIn> {
        let sign_in = match self.sessions.apps.find(now, cookie) {
            Found::Live(session) if session.app == app => session.sign_in.clone(),
            _ => return None,
        };
        self.check_sign_in(&sign_in).is_ok().then_some(sign_in)
    }

    /// A visitor who is named already is there to prove more.
    fn send_to_sign_in(&mut self, now: Timestamp, app: WebApp, then: &str, step_up: Option<&str>) -> Answer {
        let (state, verifier) = (self.sessions.opaque(), self.sessions.opaque());
        let challenge = Base64Url(Sha256::digest(&verifier).to_vec()).to_string();
        let nonce = self.sessions.rng.uuid().to_string();
        let pending = PendingSignIn { app, verifier: verifier.into(), then: then.to_owned() };
        self.sessions.pending.insert(now, state.clone(), pending);
        let mut url = Url::parse(AUTHORIZE).expect("the literal is a URL");
        url.query_pairs_mut()
            .append_pair("client_id", &app.client_id().to_string())
            .append_pair("response_type", "code")
            .append_pair("redirect_uri", app.redirect_uri())
            .append_pair("response_mode", app.response_mode())
            .append_pair("scope", "openid profile offline_access")
            .append_pair("state", &state)
            .append_pair("nonce", &nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        if let Some(upn) = step_up {
            let claims = json!({ "id_token": { "amr": { "essential": true, "values": ["ngcmfa"] } } });
            url.query_pairs_mut().append_pair("login_hint", upn).append_pair("claims", &claims.to_string());
        }
        Answer::redirect(url)
    }
}
