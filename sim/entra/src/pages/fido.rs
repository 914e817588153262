//! Signing in with a key, and the two pages on `login.microsoft.com` where keys are made and used (entra.md §3.4, §3.5).

use jiff::Timestamp;
use serde_json::{Value, json};
use wire::Base64Url;
use wire::webauthn::{CredentialDescriptor, PUBLIC_KEY, User};

use super::authorize;
use super::mfa;
use super::page::{Answer, CEREMONY_FORM, Page, PageForm, Submission};
use super::sessions::Stage;
use super::sign_in::{Step, alerts, choose_page, flow_form, name_of, out_of_step, proved};
use crate::directory::{User as Account, UserId};
use crate::error::{Refusal, aadsts};
use crate::fido::{AssertionParts, creation_options, request_options};
use crate::oauth::Form;
use crate::tenant::{SignIn, Tenant};

const GET: &str = "https://login.microsoft.com/common/fido/get?uiflavor=Web";
const SIGN_IN_POST_BACK: &str = "https://login.microsoftonline.com/common/login";
const REGISTRATION_POST_BACK: &str = "https://mysignins.microsoft.com/api/post/newfido";

/// The button that leads to the page on `login.microsoft.com`; with a user, only that user's keys are asked for.
pub(super) fn get_form(tenant: &Tenant, now: Timestamp, token: &str, user: Option<UserId>) -> PageForm {
    let keys = user.map(|user| tenant.passkeys.of_user(user)).unwrap_or_default();
    let ids: Vec<Base64Url> = keys.iter().map(|key| Base64Url(key.credential_id.clone())).collect();
    let name = user.and_then(|user| tenant.user(user)).map(|user| user.upn.clone());
    PageForm::to(GET)
        .hidden("allowedIdentities", "2")
        .hidden("canary", token)
        .hidden("serverChallenge", tenant.sign_in_challenge(now))
        .hidden("postBackUrl", SIGN_IN_POST_BACK)
        .hidden("credentialsJson", json!(ids).to_string())
        .hidden("username", name.unwrap_or_default())
        .button("Use Windows Hello or a security key")
}

/// The page for who signed in with a key last: one button leads to it.
pub(super) fn first_page(tenant: &Tenant, now: Timestamp, token: &str, user: &Account) -> Answer {
    let others = flow_form(SIGN_IN_POST_BACK, token).choice("Other ways to sign in", "goto", "options");
    let text = "Choose your face, fingerprint, PIN or security key to sign in.";
    Page::new("Face, fingerprint, PIN or security key", &[&user.upn, text])
        .with_form(get_form(tenant, now, token, Some(user.id)))
        .with_form(others)
        .into()
}

/// POST `https://login.microsoft.com/common/fido/get`: the page that uses a key.
pub(crate) fn fido_get(form: &Form) -> Answer {
    get_page(form).unwrap_or_else(|refusal| authorize::error_page(&refusal))
}

fn get_page(form: &Form) -> Result<Answer, Refusal> {
    let post_back = form.required("postBackUrl")?;
    if post_back != SIGN_IN_POST_BACK {
        return Err(aadsts::FIDO_POST_BACK_URL.refuse());
    }
    for (name, code) in [("cancelUrl", aadsts::FIDO_CANCEL_URL), ("resumeUrl", aadsts::FIDO_RESUME_URL)] {
        let is_ours = |url: &str| url.starts_with("https://login.microsoftonline.com/");
        if form.field(name).is_some_and(|url| !is_ours(url)) {
            return Err(code.refuse());
        }
    }
    let allowed = descriptors(form.field("credentialsJson").unwrap_or("[]"))?;
    let options = request_options(form.required("serverChallenge")?, allowed);
    let ceremony = json!({
        "operation": "get",
        "publicKey": options,
        "form": CEREMONY_FORM,
        "fields": { "assertion": {
            "id": "id",
            "clientDataJSON": "response.clientDataJSON",
            "authenticatorData": "response.authenticatorData",
            "signature": "response.signature",
            "userHandle": "response.userHandle",
        }},
        "errorField": "error_code",
    });
    let back = PageForm { submission: Submission::ByCeremony, ..PageForm::to(post_back) }
        .hidden("type", "23")
        .hidden("ps", "23")
        .hidden("flowToken", form.required("canary")?)
        .hidden("assertion", "")
        .hidden("error_code", "");
    let texts = ["Your device will open a security window. Follow the instructions there to sign in."];
    Ok(ceremony_page("Face, fingerprint, PIN or security key", &texts, back, &ceremony))
}

/// POST `https://login.microsoft.com/{t}/fido/create`: the page that makes a key.
pub(crate) fn fido_create(form: &Form) -> Answer {
    create_page(form).unwrap_or_else(|refusal| authorize::error_page(&refusal))
}

fn create_page(form: &Form) -> Result<Answer, Refusal> {
    let post_back = form.required("postBackUrl")?;
    if post_back != REGISTRATION_POST_BACK {
        return Err(aadsts::FIDO_POST_BACK_URL.refuse());
    }
    let handle = Base64Url::parse(form.required("userId")?).ok_or_else(|| aadsts::MALFORMED_REQUEST.refuse())?;
    let user = User {
        id: handle,
        name: form.required("memberName")?.to_owned(),
        display_name: form.required("userDisplayName")?.to_owned(),
    };
    let excluded = descriptors(form.field("ExcludeNextGenCredentialsJSON").unwrap_or("[]"))?;
    let mut options = creation_options(user, form.required("serverChallenge")?, excluded);
    // Graph's options enforce a credProtect policy that Chromium refuses to enforce; the page leaves credProtect out.
    options.extensions.retain(|name, _| name == "hmacCreateSecret");
    let ceremony = json!({
        "operation": "create",
        "publicKey": options,
        "form": CEREMONY_FORM,
        "fields": {
            "credentialId": "id",
            "clientDataJson": "response.clientDataJSON",
            "attestationObject": "response.attestationObject",
            "transports": "response.transports",
            "clientExtensionResults": "clientExtensionResults",
        },
        "errorField": "error_code",
    });
    let back = PageForm { submission: Submission::ByCeremony, ..PageForm::to(post_back) }
        .hidden("canary", form.required("canary")?)
        .hidden("authenticator", "cross-platform");
    let filled = ["credentialId", "clientDataJson", "attestationObject", "transports", "clientExtensionResults"];
    let back = filled.iter().fold(back, |form, name| form.hidden(name, "")).hidden("error_code", "");
    let texts = ["Your device will open a security window. Follow the instructions there to set up your security key."];
    Ok(ceremony_page("Set up your security key", &texts, back, &ceremony))
}

fn ceremony_page(title: &str, texts: &[&str], form: PageForm, ceremony: &Value) -> Answer {
    Page { ceremony: Some(ceremony.to_string()), ..Page::new(title, texts).with_form(form) }.into()
}

/// A list of credential ids, or 135015.
fn descriptors(json: &str) -> Result<Vec<CredentialDescriptor>, Refusal> {
    let ids: Vec<Base64Url> = serde_json::from_str(json).map_err(|_| aadsts::FIDO_EXCLUDE_LIST.refuse())?;
    let descriptor = |id| CredentialDescriptor { kind: PUBLIC_KEY.into(), id, transports: Vec::new() };
    Ok(ids.into_iter().map(descriptor).collect())
}

/// POST `/common/login` with `type=23`: the assertion, as a first factor or as a second.
pub(super) fn login(tenant: &mut Tenant, step: Step<'_>, form: &Form) -> Answer {
    let user = match &step.flow.stage {
        Stage::Name => None,
        Stage::Password { user } => Some(*user),
        Stage::Verify { sign_in } | Stage::Code { sign_in, .. } => Some(sign_in.user),
        Stage::NewPassword { .. }
        | Stage::Stay { .. }
        | Stage::Consent { .. }
        | Stage::Confirm { .. }
        | Stage::Done => return out_of_step(),
    };
    if let Some(error) = form.field("error_code") {
        return again(tenant, step, &not_used(error));
    }
    let parts = form.field("assertion").and_then(|json| serde_json::from_str::<AssertionParts>(json).ok());
    let verified = match parts {
        Some(parts) => tenant.sign_in_with_key(step.now, &parts, user).map_err(|refused| refused.code().refuse()),
        None => Err(aadsts::FIDO_ASSERTION.refuse()),
    };
    match verified {
        Ok(sign_in) => {
            // A key in place of another proof does not make the machine another one.
            let device = match &step.flow.stage {
                Stage::Verify { sign_in } | Stage::Code { sign_in, .. } => sign_in.device,
                _ => None,
            };
            proved(tenant, step, SignIn { device, ..sign_in })
        }
        Err(refusal) => {
            let name = user.map(|user| name_of(tenant, user));
            tenant.record_refusal(name.as_deref(), step.flow.request.client_id, &refusal);
            again(tenant, step, &alerts(&refusal))
        }
    }
}

/// The page from which the key was chosen, with what went wrong.
fn again(tenant: &Tenant, step: Step<'_>, alerts: &[String]) -> Answer {
    match step.flow.stage.clone() {
        Stage::Verify { sign_in } | Stage::Code { sign_in, .. } => mfa::verify_page(tenant, &step, &sign_in, alerts),
        _ => choose_page(tenant, step, alerts),
    }
}

/// What the page says when the browser's ceremony ended without a key, by the name of its DOMException.
fn not_used(error: &str) -> [String; 2] {
    let words = "We couldn't verify you or the key you used. If you are using a security key, make sure this is your \
                 key and try again.";
    [words.to_owned(), format!("Error code: {error}")]
}
