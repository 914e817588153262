//! Signing in to Control Center.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};
use http::{HeaderMap, header};

use super::{Page, Shell, show};
use crate::http::form::Fields;
use crate::http::session::{drop_cookie, session_cookie, set_cookie};

pub(super) fn routes() -> Router<Shell> {
    Router::new().route("/cc/login", get(form).post(sign_in)).route("/cc/logout", post(sign_out))
}

#[derive(Template)]
#[template(path = "login.html")]
struct Login<'a> {
    admin: &'a str,
    email: &'a str,
    error: Option<&'a str>,
}

async fn form() -> Page {
    show(&Login { admin: "", email: "", error: None })
}

async fn sign_in(State(shell): State<Shell>, fields: Fields) -> Page {
    let (now, email) = (shell.now(), fields.text("email"));
    match shell.with_core(|core| core.sign_in(now, email, fields.text("password"))) {
        Ok(cookie) => {
            let cookie = [(header::SET_COOKIE, set_cookie(&cookie))];
            Ok((cookie, Redirect::to("/cc/ui/integrations")).into_response())
        }
        Err(error) => show(&Login { admin: "", email, error: Some(&error.to_string()) }),
    }
}

async fn sign_out(State(shell): State<Shell>, headers: HeaderMap) -> Page {
    let now = shell.now();
    if let Some(cookie) = session_cookie(&headers) {
        shell.with_core(|core| core.sign_out(now, cookie));
    }
    Ok(([(header::SET_COOKIE, drop_cookie())], Redirect::to("/cc/login")).into_response())
}
