//! The HTML pages over HTTP: requests' fields go to the core's pages, answers become HTML.

mod guard;
mod html;
mod login;
mod microsoft;
mod mysignins;
mod office;
mod portal;
#[cfg(test)]
mod tests;

use axum::extract::{FromRequest, Request};
use axum::response::Response;
use bytes::Bytes;
use http::header::COOKIE;
use http::{HeaderMap, Method, StatusCode};

use super::{Shared, received};
use crate::error::{Refusal, aadsts};
use crate::oauth::Form;
use crate::pages::{Answer, error_page};

pub(super) use login::routes as login;
pub(super) use microsoft::routes as microsoft;
pub(super) use mysignins::routes as mysignins;
pub(super) use office::routes as office;
pub(super) use portal::routes as portal;

/// The form that a page has sent; one that has not come whole is answered by the error page.
struct Posted(Form);

impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        match received(Bytes::from_request(request, state).await) {
            Ok(body) => Ok(Self(Form::parse(&body))),
            Err(status) => Err(refuse(status, &aadsts::MALFORMED_REQUEST.refuse())),
        }
    }
}

async fn wrong_method(method: Method) -> Response {
    refuse(StatusCode::METHOD_NOT_ALLOWED, &aadsts::WRONG_METHOD.refuse().with("method", method.as_str()))
}

/// The error page under a status that says more than 400.
fn refuse(status: StatusCode, refusal: &Refusal) -> Response {
    html::respond(&Answer { status: status.as_u16(), ..error_page(refusal) })
}

/// The value of a cookie.
fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let pairs = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = pairs.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, value)| *key == name && !value.is_empty()).map(|(_, value)| value)
}
