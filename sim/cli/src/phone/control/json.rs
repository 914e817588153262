//! The interface's JSON. A credential has the members of WebDriver's "Credential Parameters" (WebAuthn Level 3 §11.5).

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use ctap::{Credential, PortableCredential, Prompt, Protection};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use transport::Event;
use wire::Base64Url;

use crate::phone::log::Logged;
use crate::phone::order::{Outcome, Refusal, answers};

/// Why a request is not fulfilled: what went wrong, why, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    what: &'static str,
    why: String,
    help: String,
}

/// A credential, as it is given and told.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CredentialParameters {
    credential_id: Base64Url,
    is_resident_credential: bool,
    rp_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rp_name: Option<String>,
    /// PKCS#8 in DER, or a bare scalar; left out of lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    private_key: Option<Base64Url>,
    #[serde(default)]
    user_handle: Option<Base64Url>,
    #[serde(default)]
    user_name: Option<String>,
    #[serde(default)]
    user_display_name: Option<String>,
    #[serde(default)]
    sign_count: u32,
    /// 1, 2 or 3, as the extension credProtect has it.
    #[serde(default = "one")]
    cred_protect: u8,
    /// Always false: the phone's keys stay on it.
    #[serde(default)]
    backup_eligibility: bool,
    #[serde(default)]
    backup_state: bool,
}

fn one() -> u8 {
    1
}

impl Problem {
    pub(super) fn new(status: StatusCode, what: &'static str, why: String, help: impl Into<String>) -> Self {
        Self { status, what, why, help: help.into() }
    }

    /// The request's body is not what it should be.
    pub(super) fn body(why: impl ToString, help: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "the body cannot be used", why.to_string(), help)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = json!({ "error": { "what": self.what, "why": self.why, "help": self.help } });
        (self.status, Json(body)).into_response()
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let why = refusal.why();
        match refusal {
            Refusal::Misfit { answers: "", .. } => {
                let help = "wait for the phone to ask: GET /prompt?wait=5s";
                Self::new(StatusCode::CONFLICT, "the answer changes nothing", why, help)
            }
            Refusal::Misfit { answers, .. } => {
                let help = format!("the answers that fit: {answers}");
                Self::new(StatusCode::CONFLICT, "the answer changes nothing", why, help)
            }
            Refusal::NoSuchCredential => {
                Self::new(StatusCode::NOT_FOUND, "there is no such credential", why, "GET /credentials lists them")
            }
            Refusal::Credential(_) => {
                let help = "change that member and send it again; GET /credentials/ID of a phone shows a whole one";
                Self::new(StatusCode::BAD_REQUEST, "the credential cannot be injected", why, help)
            }
        }
    }
}

impl CredentialParameters {
    /// What is to be injected.
    ///
    /// # Errors
    ///
    /// [`Problem`]: no private key, or a value that cannot be.
    pub(super) fn into_portable(self) -> Result<PortableCredential, Problem> {
        let private_key = self.private_key.ok_or_else(|| {
            Problem::body("privateKey is missing", "add it: base64url of PKCS#8 in DER, or of a scalar of 32 bytes")
        })?;
        let protection = match self.cred_protect {
            1 => Protection::Optional,
            2 => Protection::OptionalWithList,
            3 => Protection::Required,
            other => return Err(Problem::body(format!("credProtect is {other}"), "it is 1, 2 or 3")),
        };
        if self.backup_eligibility || self.backup_state {
            let help = "leave both out; the fault set-be-bit or set-bs-bit lets the key say otherwise";
            return Err(Problem::body("this phone's keys are not backed up", help));
        }
        Ok(PortableCredential {
            id: self.credential_id.0,
            rp_id: self.rp_id,
            rp_name: self.rp_name,
            user_handle: self.user_handle.map(|handle| handle.0).unwrap_or_default(),
            user_name: self.user_name,
            user_display_name: self.user_display_name,
            sign_count: self.sign_count,
            is_discoverable: self.is_resident_credential,
            protection,
            private_key: private_key.0,
        })
    }

    fn of(credential: &Credential) -> Self {
        Self {
            credential_id: Base64Url(credential.id.clone()),
            is_resident_credential: credential.is_discoverable,
            rp_id: credential.rp_id.clone(),
            rp_name: credential.rp_name.clone(),
            private_key: None,
            user_handle: Some(Base64Url(credential.user_handle.clone())),
            user_name: credential.user_name.clone(),
            user_display_name: credential.user_display_name.clone(),
            sign_count: credential.sign_count,
            cred_protect: credential.protection as u8,
            backup_eligibility: false,
            backup_state: false,
        }
    }

    fn with_key(it: PortableCredential) -> Self {
        Self {
            credential_id: Base64Url(it.id),
            is_resident_credential: it.is_discoverable,
            rp_id: it.rp_id,
            rp_name: it.rp_name,
            private_key: Some(Base64Url(it.private_key)),
            user_handle: Some(Base64Url(it.user_handle)),
            user_name: it.user_name,
            user_display_name: it.user_display_name,
            sign_count: it.sign_count,
            cred_protect: it.protection as u8,
            backup_eligibility: false,
            backup_state: false,
        }
    }
}

/// An outcome's JSON; nothing when there is none to tell.
pub(super) fn outcome(outcome: Outcome) -> Value {
    match outcome {
        Outcome::Done => Value::Null,
        Outcome::Prompt(asked) => json!({ "prompt": asked.as_ref().map(prompt) }),
        Outcome::User(user) => json!({ "user": user.to_string() }),
        Outcome::Winked(at) => json!({ "winked": at }),
        Outcome::Credentials(held) => {
            json!({ "credentials": held.iter().map(CredentialParameters::of).collect::<Vec<_>>() })
        }
        Outcome::Credential(it) => json!(CredentialParameters::with_key(*it)),
        Outcome::Faults(rules) => json!({ "faults": rules.iter().map(ToString::to_string).collect::<Vec<_>>() }),
        Outcome::Events(page) => {
            let events: Vec<Value> = page.events.iter().map(event).collect();
            json!({ "events": events, "next": page.next, "lost": page.lost })
        }
    }
}

/// What the phone asks.
fn prompt(it: &Prompt) -> Value {
    let kind = match it {
        Prompt::Presence { .. } => "consent",
        Prompt::Verification { .. } => "biometric",
        Prompt::Sample { .. } => "finger to enrol",
    };
    json!({
        "kind": kind,
        "purpose": it.purpose().to_string(),
        "rpId": (!it.rp_id().is_empty()).then(|| it.rp_id()),
        "user": it.user(),
        "answers": answers(it).split(", ").collect::<Vec<_>>(),
        "text": it.to_string(),
    })
}

/// An event: its number, its time, its words, and of the common ones what a program looks for.
pub(super) fn event(logged: &Logged) -> Value {
    let mut value = json!({
        "number": logged.number,
        "at": logged.at,
        "kind": kind(&logged.event),
        "text": logged.event.to_string(),
    });
    let members = match &logged.event {
        Event::Key(it) => members(it),
        _ => Value::Null,
    };
    if let (Value::Object(value), Value::Object(members)) = (&mut value, members) {
        value.extend(members);
    }
    value
}

fn kind(event: &Event) -> &'static str {
    use ctap::Event as Key;
    match event {
        Event::Attached { .. } => "attached",
        Event::Detached { .. } => "detached",
        Event::Report { .. } => "report",
        Event::Unplugged => "unplugged",
        Event::Plugged => "plugged",
        Event::Note(_) => "note",
        Event::Key(Key::Command { .. }) => "command",
        Event::Key(Key::Faulted { .. }) => "faulted",
        Event::Key(Key::Response { .. }) => "response",
        Event::Key(Key::Prompted(_)) => "prompted",
        Event::Key(Key::Answered(_)) => "answered",
        Event::Key(Key::TimedOut) => "timedOut",
        Event::Key(Key::Cancelled) => "cancelled",
        Event::Key(Key::CredentialCreated { .. }) => "credentialCreated",
        Event::Key(Key::CredentialInjected { .. }) => "credentialInjected",
        Event::Key(Key::CredentialDeleted { .. }) => "credentialDeleted",
        Event::Key(Key::Asserted { .. }) => "asserted",
        Event::Key(Key::Winked) => "winked",
        Event::Key(Key::PowerCycled) => "powerCycled",
        Event::Key(_) => "other",
    }
}

fn members(event: &ctap::Event) -> Value {
    use ctap::Event as Key;
    match event {
        Key::Command { name, rp_id } => json!({ "command": name, "rpId": rp_id }),
        Key::Faulted { name, fault } => json!({ "command": name, "fault": fault.to_string() }),
        Key::Response { name, status } => {
            json!({ "command": name, "status": status.name(), "statusByte": status.0 })
        }
        Key::Prompted(asked) => json!({ "prompt": prompt(asked) }),
        Key::CredentialCreated { rp_id, user, id }
        | Key::CredentialInjected { rp_id, user, id }
        | Key::CredentialDeleted { rp_id, user, id } => {
            json!({ "rpId": rp_id, "user": user, "credentialId": Base64Url(id.clone()) })
        }
        Key::Asserted { rp_id, user, sign_count } => json!({ "rpId": rp_id, "user": user, "signCount": sign_count }),
        _ => Value::Null,
    }
}
