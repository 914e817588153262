//! Why Entra did not do what Control Center asked, worded for the administrator (`entra.md` §1.10, §2.2).

use bytes::Bytes;
use http::{Response, StatusCode};
use serde::Deserialize;

/// A call to Entra that failed for good. The code of Entra is always kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No answer at all.
    #[error("{host} cannot be reached: {reason}")]
    Unreachable {
        /// The host.
        host: String,
        /// Why.
        reason: String,
    },
    /// The token endpoint refused.
    #[error("{}Entra answered AADSTS{code}: {text}", sign_in_advice(*code))]
    SignIn {
        /// The number behind `AADSTS`.
        code: u32,
        /// What Entra says, without code and trace ids.
        text: String,
    },
    /// Graph refused.
    #[error("Microsoft Graph answered {status} {code}: {message}")]
    Graph {
        /// The HTTP status.
        status: u16,
        /// `error.code`.
        code: String,
        /// `error.message`.
        message: String,
    },
    /// The call was tried again as often as Control Center tries, and Entra was still busy.
    #[error("Entra is busy: it answered {status} {code} to every one of {attempts} attempts.")]
    Busy {
        /// The last HTTP status.
        status: u16,
        /// `error.code`, or empty.
        code: String,
        /// How often it was asked.
        attempts: u8,
    },
    /// An answer that is not what Microsoft documents.
    #[error("Entra's answer to \"{call}\" (status {status}) makes no sense.")]
    Unintelligible {
        /// What was asked.
        call: &'static str,
        /// The HTTP status.
        status: u16,
    },
}

impl Failure {
    /// Entra's own code: `AADSTS50126`, `Authorization_RequestDenied`.
    #[must_use]
    pub fn code(&self) -> Option<String> {
        match self {
            Self::SignIn { code, .. } => Some(format!("AADSTS{code}")),
            Self::Graph { code, .. } => Some(code.clone()),
            Self::Busy { status, code, .. } => Some(if code.is_empty() { status.to_string() } else { code.clone() }),
            Self::Unreachable { .. } | Self::Unintelligible { .. } => None,
        }
    }

    /// Whether Entra says that the thing asked for does not exist.
    pub(crate) fn is_not_found(&self) -> bool {
        matches!(self, Self::Graph { status: 404, .. })
    }

    /// The refusal in an answer of the token endpoint.
    pub(crate) fn of_sign_in(reply: &Response<Bytes>) -> Self {
        let status = reply.status().as_u16();
        let Ok(body) = serde_json::from_slice::<SignInError>(reply.body()) else {
            return Self::Unintelligible { call: SIGN_IN, status };
        };
        let text = plain_description(&body.error_description);
        match body.error_codes.first() {
            Some(code) => Self::SignIn { code: *code, text },
            None => Self::Unintelligible { call: SIGN_IN, status },
        }
    }

    /// The refusal in an answer of Graph.
    pub(crate) fn of_graph(call: &'static str, reply: &Response<Bytes>) -> Self {
        let status = reply.status().as_u16();
        match serde_json::from_slice::<GraphError>(reply.body()) {
            Ok(GraphError { error }) => Self::Graph { status, code: error.code, message: error.message },
            Err(_) => Self::Unintelligible { call, status },
        }
    }

    /// The refusal after the last attempt.
    pub(crate) fn of_busy(reply: &Response<Bytes>, attempts: u8) -> Self {
        let graph = serde_json::from_slice::<GraphError>(reply.body()).map(|body| body.error.code);
        let sign_in = || serde_json::from_slice::<SignInError>(reply.body()).map(|body| body.first_code());
        let code = graph.or_else(|_| sign_in()).unwrap_or_default();
        Self::Busy { status: reply.status().as_u16(), code, attempts }
    }
}

/// What a call of the token endpoint is for, for messages.
pub(crate) const SIGN_IN: &str = "sign in the service account";

/// Whether the same request may succeed a little later: throttled, or a service that is away (§1.10, §2.2).
pub(crate) fn is_busy(status: StatusCode) -> bool {
    matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT)
}

#[derive(Deserialize)]
struct SignInError {
    #[serde(default)]
    error_description: String,
    error_codes: Vec<u32>,
}

impl SignInError {
    fn first_code(&self) -> String {
        self.error_codes.first().map(|code| format!("AADSTS{code}")).unwrap_or_default()
    }
}

#[derive(Deserialize)]
struct GraphError {
    error: GraphErrorBody,
}

#[derive(Deserialize)]
struct GraphErrorBody {
    code: String,
    #[serde(default)]
    message: String,
}

/// The sentence between `AADSTSnnn: ` and ` Trace ID:`.
fn plain_description(description: &str) -> String {
    let text = description.split(" Trace ID:").next().unwrap_or_default();
    let text = text.split("\r\n").next().unwrap_or_default();
    match text.split_once(": ") {
        Some((code, rest)) if code.starts_with("AADSTS") => rest.trim().to_owned(),
        _ => text.trim().to_owned(),
    }
}

/// What the administrator can do about a code, in a sentence that ends with a space; nothing for the others.
fn sign_in_advice(code: u32) -> &'static str {
    match code {
        90002 | 900_021 | 50059 => "Check the Tenant ID. ",
        700_016 => "Check the Client ID: the tenant has no such application. ",
        7_000_112 => "The application is disabled in Entra. ",
        7_000_215 => "Check the Client Secret: its value is needed, not its ID. ",
        7_000_218 | 7_000_222 => "Create a new Client Secret in Entra. ",
        50034 | 500_341 => "Check the Service Account Username: the tenant has no such account. ",
        50126 | 50056 => "Check the Service Account Username and Password. ",
        50053 => "The service account is locked; wait and try again. ",
        50057 => "The service account is disabled in Entra. ",
        50055 | 50142 | 50144 => {
            "Sign in once as the service account at portal.azure.com to set its permanent password. "
        }
        50072 | 50074 | 50076 | 50079 => {
            "Exclude the service account from the Conditional Access policy that asks for MFA. "
        }
        53000..=53004 => "Exclude the service account from the Conditional Access policy that blocks it. ",
        65001 => "Grant admin consent to the application's permissions in Entra. ",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_of_the_token_endpoint_keeps_its_code_and_advises() {
        let body = r#"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided. Trace ID: 9f Correlation ID: 3a Timestamp: 2026-01-09 02:02:12Z","error_codes":[7000215]}"#;
        let reply = Response::builder().status(401).body(Bytes::from_static(body.as_bytes())).unwrap();
        let failure = Failure::of_sign_in(&reply);
        assert_eq!(failure.code().as_deref(), Some("AADSTS7000215"));
        assert_eq!(
            failure.to_string(),
            "Check the Client Secret: its value is needed, not its ID. Entra answered AADSTS7000215: Invalid client secret provided."
        );
    }

    #[test]
    fn an_answer_that_is_no_json_is_called_what_it_is() {
        let reply = Response::builder().status(502).body(Bytes::from_static(b"<html>")).unwrap();
        let expect = Failure::Unintelligible { call: "list keys", status: 502 };
        assert_eq!(Failure::of_graph("list keys", &reply), expect);
        let body = Bytes::from_static(br#"{"error":"x","error_description":"x","error_codes":[]}"#);
        let reply = Response::builder().status(400).body(body).unwrap();
        assert_eq!(Failure::of_sign_in(&reply).code(), None, "AADSTS0 is no code");
    }
}
