//! Answers of the sign-in service as HTTP: JSON or a refusal's envelope, with the headers that it always sends
//! (entra.md §1.1).

use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, EXPIRES, PRAGMA, RETRY_AFTER, SET_COOKIE,
    STRICT_TRANSPORT_SECURITY, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use http::response::Builder;
use http::{HeaderMap, StatusCode};
use serde_json::Value;
use uuid::Uuid;

use crate::error::{Refusal, Trace};
use crate::http::{Shared, into_axum};
use crate::origin::Origin;

/// Who asks, and how.
pub(super) struct Asked<'a> {
    pub(super) shared: &'a Shared,
    pub(super) headers: &'a HeaderMap,
    pub(super) origin: &'a Origin,
}

/// What is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// What is the same for everybody: any page may read it, and a client may keep it for a day.
    Document,
    /// What is meant for one client.
    Answer,
}

impl Asked<'_> {
    /// JSON or a refusal's envelope.
    pub(super) fn respond(&self, kind: Kind, answer: Result<Value, Refusal>) -> Response {
        match answer {
            Ok(body) => {
                let trace = self.trace();
                self.send(self.headers_of(StatusCode::OK, kind, 0, &trace), &body)
            }
            Err(refusal) => {
                let status = StatusCode::from_u16(refusal.code.status).expect("the table holds HTTP statuses");
                self.refuse(status, &refusal)
            }
        }
    }

    /// A refusal's envelope under a status that need not be the code's own.
    pub(super) fn refuse(&self, status: StatusCode, refusal: &Refusal) -> Response {
        let trace = self.trace();
        let mut builder = self.headers_of(status, Kind::Answer, refusal.code.number, &trace);
        if let Some(seconds) = refusal.retry_after_s {
            builder = builder.header(RETRY_AFTER, seconds);
        }
        self.send(builder, &refusal.envelope(&trace))
    }

    fn send(&self, builder: Builder, body: &Value) -> Response {
        let response = builder.body(Bytes::from(body.to_string()));
        into_axum(response.expect("every header value here is plain ASCII"))
    }

    fn client_request_id(&self) -> Option<Uuid> {
        Uuid::parse_str(self.headers.get("client-request-id")?.to_str().ok()?).ok()
    }

    fn trace(&self) -> Trace {
        self.shared.with(|tenant, now| tenant.trace(now, self.client_request_id()))
    }

    fn headers_of(&self, status: StatusCode, kind: Kind, code: u32, trace: &Trace) -> Builder {
        let caching = match kind {
            Kind::Document => "max-age=86400, private",
            Kind::Answer => "no-store, no-cache",
        };
        let mut builder = http::Response::builder()
            .status(status)
            .header(CONTENT_TYPE, "application/json; charset=utf-8")
            .header(CACHE_CONTROL, caching)
            .header(X_CONTENT_TYPE_OPTIONS, "nosniff")
            .header("p3p", "CP=\"DSP CUR OTPi IND OTRi ONL FIN\"")
            .header("x-ms-request-id", trace.trace_id.to_string())
            .header("x-ms-ests-server", "2.1.0 - LAB ProdSlices")
            .header("x-ms-clitelem", format!("1,{code},0,,"))
            .header(SET_COOKIE, "x-ms-gateway-slice=estsfd; path=/; secure; samesite=none; httponly")
            .header(SET_COOKIE, "stsservicecookie=estsfd; path=/; secure; samesite=none; httponly");
        if let Some(id) = self.client_request_id() {
            builder = builder.header("client-request-id", id.to_string());
        }
        // A browser would hold everything else on `localhost` to it as well.
        if *self.origin == Origin::Microsoft {
            builder = builder.header(STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
        }
        match kind {
            Kind::Document => builder.header(ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
            Kind::Answer => builder.header(PRAGMA, "no-cache").header(EXPIRES, "-1"),
        }
    }
}

/// The claims of a person, or RFC 6750's refusal.
pub(super) fn user_info(claims: Option<Value>) -> Response {
    match claims {
        Some(claims) => axum::Json(claims).into_response(),
        None => (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")]).into_response(),
    }
}
