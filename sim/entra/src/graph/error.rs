//! Graph's error envelope and the errors that the routes can meet (entra.md §2.2).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Response, StatusCode, header};
use jiff::Timestamp;
use serde_json::json;

use crate::error::Trace;

/// An error answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GraphError {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    /// The property whose value another object has, for `details`.
    conflict: Option<&'static str>,
    /// What a new token must have, for `WWW-Authenticate`: JSON.
    claims: Option<String>,
}

/// `WWW-Authenticate` of every 401.
const CHALLENGE: &str = "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", client_id=\"00000003-0000-0000-c000-000000000000\"";

fn challenge(claims: Option<&str>) -> String {
    match claims {
        None => CHALLENGE.to_owned(),
        Some(claims) => format!("{CHALLENGE}, error=\"insufficient_claims\", claims=\"{}\"", STANDARD.encode(claims)),
    }
}

impl GraphError {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), conflict: None, claims: None }
    }

    /// 401: the token is missing, foreign, old or dead.
    pub(crate) fn invalid_token(message: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "InvalidAuthenticationToken", message)
    }

    /// 401 of continuous access evaluation: the token is good, and what it was issued upon is not so any more since then.
    pub(crate) fn revoked(since: Timestamp) -> Self {
        let message = "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp";
        let value = since.as_second().to_string();
        let claims = json!({ "access_token": { "nbf": { "essential": true, "value": value } } });
        Self { claims: Some(claims.to_string()), ..Self::invalid_token(message) }
    }

    /// 403: permission or role is missing.
    pub(crate) fn denied() -> Self {
        let message = "Insufficient privileges to complete the operation.";
        Self::new(StatusCode::FORBIDDEN, "Authorization_RequestDenied", message)
    }

    /// 403: the user may, but not with this sign-in.
    pub(crate) fn mfa_needed(operation: &str) -> Self {
        let message = format!("MFA is required for a '{operation}' operation, but was not performed.");
        Self::new(StatusCode::FORBIDDEN, "accessDenied", message)
    }

    /// 404: no such directory object.
    pub(crate) fn no_such_object(id: &str) -> Self {
        let message =
            format!("Resource '{id}' does not exist or one of its queried reference-property objects are not present.");
        Self::new(StatusCode::NOT_FOUND, "Request_ResourceNotFound", message)
    }

    /// 404: no such authentication method.
    pub(crate) fn no_such_method(id: &str) -> Self {
        let message = format!("The requested authentication method '{id}' was not found.");
        Self::new(StatusCode::NOT_FOUND, "resourceNotFound", message)
    }

    /// 400 `BadRequest`: the request itself makes no sense.
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    /// 400: the path leads nowhere from this segment on.
    pub(crate) fn unknown_segment(segment: &str) -> Self {
        Self::bad_request(format!("Resource not found for the segment '{segment}'."))
    }

    /// The body has not come whole (413 when it is too large); the message is a convention of the lab.
    pub(crate) fn no_body(status: StatusCode) -> Self {
        Self::new(status, "BadRequest", "The request body is too large or cannot be read.")
    }

    /// 400 `badRequest`: the authentication methods API spells it so.
    pub(crate) fn bad_method_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "badRequest", message)
    }

    /// 400 `Request_BadRequest`: the directory refuses the content.
    pub(crate) fn bad_content(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Request_BadRequest", message)
    }

    /// 400: a required property is missing.
    pub(crate) fn value_required(property: &str, resource: &str) -> Self {
        Self::bad_content(format!("A value is required for property '{property}' of resource '{resource}'."))
    }

    /// 400: a property has a value that it cannot have.
    pub(crate) fn invalid_value(property: &str, resource: &str) -> Self {
        Self::bad_content(format!("Invalid value specified for property '{property}' of resource '{resource}'."))
    }

    /// 400: a unique property's value is taken.
    pub(crate) fn taken(property: &'static str) -> Self {
        let message = format!("Another object with the same value for property {property} already exists.");
        Self { conflict: Some(property), ..Self::bad_content(message) }
    }

    /// 400: a query that cannot be evaluated.
    pub(crate) fn unsupported_query(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Request_UnsupportedQuery", message)
    }

    /// 400: an advanced query without what it takes.
    pub(crate) fn not_eventual() -> Self {
        Self::unsupported_query(
            "This query is advanced: it takes the header 'ConsistencyLevel: eventual' and, unless it only counts or searches, $count=true.",
        )
    }

    /// 400: a query names a property that the type does not have.
    pub(crate) fn unknown_property(name: &str, kind: &str) -> Self {
        Self::bad_request(format!("Could not find a property named '{name}' on type 'microsoft.graph.{kind}'."))
    }

    /// 400: a body names a property that cannot be written.
    pub(crate) fn undeclared_property(name: &str) -> Self {
        Self::bad_request(format!("Property '{name}' does not exist as a declared property or extension property."))
    }

    /// 400: the body is no JSON object.
    pub(crate) fn unreadable_body() -> Self {
        Self::bad_request(
            "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
        )
    }

    /// 400: the directory has an object like that already.
    pub(crate) fn conflicting() -> Self {
        Self::bad_content(
            "A conflicting object with one or more of the specified property values is present in the directory.",
        )
    }

    /// 409: what is to be made is there already.
    pub(crate) fn conflict(message: &str) -> Self {
        Self::new(StatusCode::CONFLICT, "Request_MultipleObjectsWithSameKeyValue", message)
    }

    /// 429: the application, or everybody, has asked too much for now.
    pub(crate) fn too_many_requests() -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", "Too many requests.")
    }

    /// 410: a delta token that is not good any more; the client starts again.
    pub(crate) fn resync() -> Self {
        Self::new(
            StatusCode::GONE,
            "resyncRequired",
            "The token is not one from which changes can be told. Start again.",
        )
    }

    /// 424: a request of a batch that waited for one that has failed.
    pub(crate) fn failed_dependency() -> Self {
        Self::new(StatusCode::FAILED_DEPENDENCY, "FailedDependency", "A request on which this one depends has failed.")
    }

    /// 405: the path exists, the verb does not.
    pub(crate) fn wrong_verb() -> Self {
        let message = "Specified HTTP method is not allowed for the request target.";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "Request_BadRequest", message)
    }

    pub(crate) fn into_response(self, trace: &Trace) -> Response<Bytes> {
        let mut error = json!({ "code": self.code, "message": self.message });
        if let Some(target) = self.conflict {
            error["details"] = json!([{ "code": "ObjectConflict", "message": self.message, "target": target }]);
        }
        error["innerError"] = json!({
            "date": trace.at.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
            "request-id": trace.trace_id,
            "client-request-id": trace.correlation_id,
        });
        let mut response = super::answer::builder(self.status, trace).header(header::CONTENT_TYPE, "application/json");
        if self.status == StatusCode::UNAUTHORIZED {
            response = response.header(header::WWW_AUTHENTICATE, challenge(self.claims.as_deref()));
        }
        let body = Bytes::from(json!({ "error": error }).to_string());
        response.body(body).expect("every header value here is plain ASCII")
    }
}
