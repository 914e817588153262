//! The sign-in pages, from the name to "Stay signed in?" (entra.md §1.8).

use jiff::Timestamp;
use url::Url;
use uuid::Uuid;

use super::authorize::{self, Authorize, Lack, SESSION_COOKIE, record_sign_in};
use super::page::{Answer, CookieLife, InputKind, Page, PageForm};
use super::sessions::{Flow, Keep, Stage};
use super::{access_pass, fido, mfa, password};
use crate::directory::{User, UserId};
use crate::error::{Refusal, aadsts};
use crate::oauth::Form;
use crate::tenant::{SignIn, Tenant};

/// One step of a sign-in: the flow, by the name its pages know it by.
pub(super) struct Step<'a> {
    pub(super) now: Timestamp,
    /// `flowToken`.
    pub(super) token: &'a str,
    pub(super) flow: Flow,
}

const LOGIN: &str = "https://login.microsoftonline.com/common/login";
const KMSI: &str = "https://login.microsoftonline.com/kmsi";
const PERSISTENT_COOKIE: &str = "ESTSAUTHPERSISTENT";

/// The page that a request without a session starts with; a hint that names a user is as good as a typed name.
pub(super) fn first_page(tenant: &mut Tenant, now: Timestamp, request: Authorize) -> Answer {
    let hinted = request.login_hint.as_deref().and_then(|hint| tenant.user_by_name(hint)).cloned();
    let stage = hinted.as_ref().map_or(Stage::Name, |user| Stage::Password { user: user.id });
    let token = tenant.sessions.begin(now, request.flow(stage, None));
    match hinted {
        Some(user) => first_factor(tenant, now, &token, &user),
        None => name_page(&token, "", &[]),
    }
}

/// A session that falls short of what is asked: its person is asked for a second factor.
pub(super) fn step_up(
    tenant: &mut Tenant,
    now: Timestamp,
    request: Authorize,
    cookie: &str,
    sign_in: SignIn,
) -> Answer {
    let stage = Stage::Verify { sign_in: sign_in.clone() };
    let flow = request.flow(stage, Some(cookie.to_owned()));
    let token = tenant.sessions.begin(now, flow.clone());
    mfa::verify_page(tenant, &Step { now, token: &token, flow }, &sign_in, &[])
}

impl Tenant {
    /// POST `/common/login`: a name, a password (`type=11`) or an assertion (`type=23`), by the stage of the flow.
    pub(crate) fn post_login(&mut self, now: Timestamp, form: &Form) -> Answer {
        with_step(self, now, form, |tenant, step| match form.field("type") {
            Some("23") => fido::login(tenant, step, form),
            Some("11") if form.field("ps") == Some("56") => access_pass::login(tenant, step, form),
            Some("11") => password::login(tenant, step, form),
            _ if form.field("goto") == Some("accesspass") => access_pass::chosen(tenant, step),
            _ if form.field("goto") == Some("password") => to_password(tenant, step),
            _ if form.field("goto") == Some("options") => choose_page(tenant, step, &[]),
            _ => name(tenant, step, form),
        })
    }

    /// POST `/common/SSPR/End`: the new password.
    pub(crate) fn post_new_password(&mut self, now: Timestamp, form: &Form) -> Answer {
        with_step(self, now, form, |tenant, step| password::change(tenant, step, form))
    }

    /// POST `/common/SAS/BeginAuth`: send a code.
    pub(crate) fn post_begin_auth(&mut self, now: Timestamp, form: &Form) -> Answer {
        with_step(self, now, form, mfa::begin)
    }

    /// POST `/common/SAS/ProcessAuth`: the code.
    pub(crate) fn post_process_auth(&mut self, now: Timestamp, form: &Form) -> Answer {
        with_step(self, now, form, |tenant, step| mfa::process(tenant, step, form))
    }

    /// POST `/kmsi`: "Stay signed in?"
    pub(crate) fn post_kmsi(&mut self, now: Timestamp, form: &Form) -> Answer {
        with_step(self, now, form, |tenant, step| stay(tenant, step, form))
    }

    /// GET `/{t}/oauth2/v2.0/logout`: goes on to where the client wants, if that is an address of an application's.
    pub(crate) fn sign_out(&mut self, now: Timestamp, session: Option<&str>, form: &Form) -> Answer {
        if let Some(session) = session {
            self.sessions.sign_out(now, session);
        }
        let known = |uri: &&str| self.applications().any(|app| app.redirect_uris.iter().any(|own| own == uri));
        let answer = match form.field("post_logout_redirect_uri").filter(known).and_then(|uri| Url::parse(uri).ok()) {
            Some(mut uri) => {
                form.field("state").into_iter().for_each(|state| {
                    uri.query_pairs_mut().append_pair("state", state);
                });
                Answer::redirect(uri)
            }
            None => {
                let texts = ["It's a good idea to close all browser windows."];
                Page::new("You signed out of your account", &texts).into()
            }
        };
        [SESSION_COOKIE, PERSISTENT_COOKIE]
            .into_iter()
            .fold(answer, |answer, name| answer.with_cookie(name, "", CookieLife::Deleted))
    }
}

/// Finds the flow of a form, or says that there is none.
pub(super) fn with_step(
    tenant: &mut Tenant,
    now: Timestamp,
    form: &Form,
    work: impl FnOnce(&mut Tenant, Step<'_>) -> Answer,
) -> Answer {
    let token = form.field("flowToken").unwrap_or_default();
    match tenant.sessions.flow(now, token) {
        Some(flow) => work(tenant, Step { now, token, flow }),
        None => authorize::error_page(&aadsts::MALFORMED_REQUEST.refuse()),
    }
}

/// The page for a form that does not fit the flow's stage: sent twice, or made up.
pub(super) fn out_of_step() -> Answer {
    authorize::error_page(&aadsts::MALFORMED_REQUEST.refuse())
}

fn name(tenant: &mut Tenant, step: Step<'_>, form: &Form) -> Answer {
    if !matches!(step.flow.stage, Stage::Name | Stage::Password { .. }) {
        return out_of_step();
    }
    let Some(typed) = form.field("loginfmt") else {
        return name_page(step.token, "", &["Enter a valid email address, phone number, or Skype name.".into()]);
    };
    match tenant.user_by_name(typed.trim()).cloned() {
        Some(user) => {
            tenant.sessions.enter(step.now, step.token, Stage::Password { user: user.id });
            first_factor(tenant, step.now, step.token, &user)
        }
        None => {
            let refusal = aadsts::USER_NOT_FOUND.refuse().with("user", typed).with("tenant", tenant.name());
            tenant.record_refusal(Some(typed), step.flow.request.client_id, &refusal);
            name_page(step.token, typed, &alerts(&refusal))
        }
    }
}

/// The way to sign in that a user is asked for first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Preferred {
    Password,
    /// A key, for who signed in with one last.
    Fido,
    AccessPass,
}

impl Preferred {
    pub(super) fn of(tenant: &Tenant, now: Timestamp, user: UserId) -> Self {
        if tenant.has_usable_pass(now, user) {
            Self::AccessPass
        } else if tenant.sessions.has_signed_in_by_key(user) && !tenant.passkeys.of_user(user).is_empty() {
            Self::Fido
        } else {
            Self::Password
        }
    }

    /// `PrefCredential`.
    pub(super) fn number(self) -> u8 {
        match self {
            Self::Password => 1,
            Self::Fido => 7,
            Self::AccessPass => 13,
        }
    }
}

/// The page for the way to sign in that comes first for a user.
fn first_factor(tenant: &Tenant, now: Timestamp, token: &str, user: &User) -> Answer {
    match Preferred::of(tenant, now, user.id) {
        Preferred::AccessPass => access_pass::page(token, user, &[]),
        Preferred::Fido => fido::first_page(tenant, now, token, user),
        Preferred::Password => password::page(token, user, &[]),
    }
}

/// "Use my password": back to the password, or to the name when nobody has given one.
fn to_password(tenant: &Tenant, step: Step<'_>) -> Answer {
    match step.flow.stage {
        Stage::Name => name_page(step.token, "", &[]),
        Stage::Password { user } => match tenant.user(user) {
            Some(user) => password::page(step.token, user, &[]),
            None => name_page(step.token, "", &[]),
        },
        _ => out_of_step(),
    }
}

fn name_page(token: &str, typed: &str, alerts: &[String]) -> Answer {
    let form = PageForm::to(LOGIN)
        .hidden("flowToken", token)
        .input("loginfmt", "Email, phone, or Skype", InputKind::Text, typed)
        .button("Next")
        .choice("Sign-in options", "goto", "options");
    Page::new("Sign in", &[]).with_alerts(alerts).with_form(form).into()
}

/// "Choose a way to sign in".
pub(super) fn choose_page(tenant: &Tenant, step: Step<'_>, alerts: &[String]) -> Answer {
    let user = match step.flow.stage {
        Stage::Name => None,
        Stage::Password { user } => Some(user),
        _ => return out_of_step(),
    };
    let name = user.and_then(|user| tenant.user(user)).map(|user| user.upn.as_str());
    let page = Page::new("Choose a way to sign in", &name.into_iter().collect::<Vec<_>>())
        .with_alerts(alerts)
        .with_form(fido::get_form(tenant, step.now, step.token, user));
    let page = match user.is_some_and(|user| tenant.has_usable_pass(step.now, user)) {
        true => page.with_form(access_pass::form(step.token)),
        false => page,
    };
    page.with_form(flow_form(LOGIN, step.token).choice("Use my password", "goto", "password")).into()
}

/// A form of a flow's page.
pub(super) fn flow_form(action: &str, token: &str) -> PageForm {
    PageForm::to(action).hidden("flowToken", token)
}

/// A first factor has been proved: a second one if it is needed, then "Stay signed in?".
pub(super) fn proved(tenant: &mut Tenant, step: Step<'_>, sign_in: SignIn) -> Answer {
    tenant.sessions.note_method(&sign_in);
    match authorize::lack(tenant, step.now, &step.flow.request, &sign_in) {
        Lack::Nothing => record_sign_in(tenant, &step.flow.request, &sign_in),
        Lack::Proof(..) => {
            tenant.sessions.enter(step.now, step.token, Stage::Verify { sign_in: sign_in.clone() });
            return mfa::verify_page(tenant, &step, &sign_in, &[]);
        }
        Lack::Access(refusal) => {
            tenant.sessions.enter(step.now, step.token, Stage::Done);
            return no_access_page(tenant, step.flow.request.client_id, sign_in.user, &refusal);
        }
    }
    match step.flow.session.clone() {
        Some(cookie) => {
            tenant.sessions.step_up(step.now, &cookie, sign_in.clone());
            finish(tenant, &step, &sign_in)
        }
        None => {
            tenant.sessions.enter(step.now, step.token, Stage::Stay { sign_in });
            stay_page(step.token)
        }
    }
}

fn stay_page(token: &str) -> Answer {
    let form = flow_form(KMSI, token).hidden("type", "28").choice("Yes", "LoginOptions", "1").choice(
        "No",
        "LoginOptions",
        "3",
    );
    let texts = ["Do this to reduce the number of times you are asked to sign in."];
    Page::new("Stay signed in?", &texts).with_form(form).into()
}

fn stay(tenant: &mut Tenant, step: Step<'_>, form: &Form) -> Answer {
    let Stage::Stay { sign_in } = step.flow.stage.clone() else { return out_of_step() };
    let keep = if form.field("LoginOptions") == Some("1") { Keep::Persistent } else { Keep::Session };
    let cookie = tenant.sessions.sign_in(step.now, sign_in.clone(), keep);
    let answer = finish(tenant, &step, &sign_in).with_cookie(SESSION_COOKIE, &cookie, CookieLife::Session);
    match keep {
        Keep::Session => answer,
        Keep::Persistent => answer.with_cookie(PERSISTENT_COOKIE, &cookie, CookieLife::Persistent),
    }
}

fn finish(tenant: &mut Tenant, step: &Step<'_>, sign_in: &SignIn) -> Answer {
    tenant.sessions.enter(step.now, step.token, Stage::Done);
    match tenant.check_sign_in(sign_in).err() {
        None => authorize::succeed(tenant, step.now, &step.flow.request, sign_in),
        Some(refusal) => authorize::error_page(&refusal),
    }
}

/// The page of Conditional Access for who has signed in and still may not go on.
pub(super) fn no_access_page(tenant: &mut Tenant, client: Uuid, user: UserId, refusal: &Refusal) -> Answer {
    let name = name_of(tenant, user);
    tenant.record_refusal(Some(&name), client, refusal);
    let text = "Your sign-in was successful but does not meet the criteria to access this resource. For example, you \
                might be signing in from a browser, app, or location that is restricted by your admin.";
    let code = format!("Error code: {}", refusal.code.number);
    let page = Page::new("You cannot access this right now", &[&name, text]);
    page.with_alerts(&[refusal.sentence(), code]).into()
}

/// A user's principal name, for the journal.
pub(super) fn name_of(tenant: &Tenant, user: UserId) -> String {
    tenant.user(user).map(|user: &User| user.upn.clone()).unwrap_or_default()
}

/// A refusal in the words of Microsoft's pages, and its code.
pub(super) fn alerts(refusal: &Refusal) -> [String; 2] {
    let words = match refusal.code.number {
        50_126 => "Your account or password is incorrect. If you don't remember your password, reset it now.",
        50_034 | 500_341 => {
            "This username may be incorrect. Make sure you typed it correctly. Otherwise, contact your admin."
        }
        50_053 => {
            "Your account is temporarily locked to prevent unauthorized use. Try again later, and if you still have \
             trouble, contact your admin."
        }
        50_057 => "Your account has been locked. Contact your support person to unlock it, then try again.",
        500_121 => "You didn't enter the expected verification code. Please try again.",
        _ => refusal.text.as_str(),
    };
    [words.to_owned(), format!("Error code: {}", refusal.code.number)]
}
