//! Refusals of the sign-in service: AADSTS codes and the OAuth error envelope (RFC 6749 §5.2, with Microsoft's members).

pub mod aadsts;

use serde_json::{Value, json};
use uuid::Uuid;

use aadsts::Code;

use crate::conditional_access::Applied;
use crate::directory::UserId;

/// Why somebody does not get a token or a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The code, its OAuth error and HTTP status.
    pub code: &'static Code,
    /// The code's text with its placeholders filled in.
    pub text: String,
    /// `suberror`.
    pub suberror: Option<&'static str>,
    /// `claims`: what a new request must satisfy.
    pub claims: Option<String>,
    /// `Retry-After`, in seconds.
    pub retry_after_s: Option<u32>,
    /// What each Conditional Access policy said, for the log.
    pub(crate) applied: Box<[Applied]>,
    /// Whose sign-in it was, for the log, where the request does not say so itself.
    pub(crate) user: Option<UserId>,
}

/// The ids that tie an answer to a line of the service's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trace {
    /// `trace_id`, also the header `x-ms-request-id`.
    pub trace_id: Uuid,
    /// `correlation_id`: the client's `client-request-id`, or made up.
    pub correlation_id: Uuid,
    /// The lab's time.
    pub at: jiff::Timestamp,
}

impl Code {
    /// A refusal with this code.
    #[must_use]
    pub fn refuse(&'static self) -> Refusal {
        Refusal {
            code: self,
            text: self.text.to_owned(),
            suberror: self.suberror,
            claims: None,
            retry_after_s: None,
            applied: Box::default(),
            user: None,
        }
    }
}

impl Refusal {
    /// Fills in `{name}` in the text.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.text = self.text.replace(&format!("{{{name}}}"), value);
        self
    }

    /// The same in the words of v1.0, where a second factor is an interaction and not a grant.
    #[must_use]
    pub fn as_v1(self) -> Self {
        let code = match self.code {
            code if code == aadsts::MFA_REQUIRED => aadsts::MFA_REQUIRED_V1,
            code if code == aadsts::MFA_ENROLMENT => aadsts::MFA_ENROLMENT_V1,
            code if code == aadsts::DEVICE_NOT_COMPLIANT => aadsts::DEVICE_NOT_COMPLIANT_V1,
            code if code == aadsts::DEVICE_NOT_DOMAIN_JOINED => aadsts::DEVICE_NOT_DOMAIN_JOINED_V1,
            code if code == aadsts::DEVICE_CODE_EXPIRED => aadsts::DEVICE_CODE_EXPIRED_V1,
            code => code,
        };
        Self { code, ..self }
    }

    /// Says after which time the same request may be answered.
    #[must_use]
    pub(crate) fn retry_after(self, seconds: i64) -> Self {
        Self { retry_after_s: u32::try_from(seconds).ok(), ..self }
    }

    /// Adds what each Conditional Access policy said.
    #[must_use]
    pub(crate) fn with_applied(mut self, applied: Vec<Applied>) -> Self {
        self.applied = applied.into();
        self
    }

    /// Says whose sign-in it was.
    #[must_use]
    pub(crate) fn of_user(mut self, user: UserId) -> Self {
        self.user = Some(user);
        self
    }

    /// Adds the claims that a new request must satisfy.
    #[must_use]
    pub fn with_claims(mut self, claims: String) -> Self {
        self.claims = Some(claims);
        self
    }

    /// `AADSTS50126: Error validating credentials ..`: what pages show and `error_description` starts with.
    #[must_use]
    pub fn sentence(&self) -> String {
        format!("AADSTS{}: {}", self.code.number, self.text)
    }

    /// The JSON body of a token endpoint's refusal.
    #[must_use]
    pub fn envelope(&self, trace: &Trace) -> Value {
        let at = trace.at.strftime("%Y-%m-%d %H:%M:%SZ").to_string();
        let Trace { trace_id, correlation_id, .. } = trace;
        let mut body = json!({
            "error": self.code.error,
            "error_description":
                format!("{} Trace ID: {trace_id} Correlation ID: {correlation_id} Timestamp: {at}", self.sentence()),
            "error_codes": [self.code.number],
            "timestamp": at,
            "trace_id": trace_id,
            "correlation_id": correlation_id,
            "error_uri": format!("https://login.microsoftonline.com/error?code={}", self.code.number),
        });
        let extra = self.suberror.map(|suberror| ("suberror", suberror)).into_iter();
        for (name, value) in extra.chain(self.claims.as_deref().map(|claims| ("claims", claims))) {
            body[name] = value.into();
        }
        if self.suberror == Some("user_password_expired") {
            body["password_change_url"] = "https://portal.microsoftonline.com/ChangePassword.aspx".into();
        }
        body
    }
}
