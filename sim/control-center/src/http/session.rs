//! The cookie of a signed-in administrator.

use axum::extract::FromRequestParts;
use axum::response::Redirect;
use http::HeaderMap;
use http::request::Parts;

use super::Shell;

const COOKIE: &str = "hypr-cc-session";

/// Somebody who is signed in; whoever is not is sent to the sign-in page.
pub(super) struct SignedIn {
    pub(super) email: String,
    /// Address and role, as every page shows them.
    pub(super) who: String,
}

impl FromRequestParts<Shell> for SignedIn {
    type Rejection = Redirect;

    async fn from_request_parts(parts: &mut Parts, shell: &Shell) -> Result<Self, Redirect> {
        let cookie = session_cookie(&parts.headers);
        let user = cookie.and_then(|cookie| shell.lock().admin_of(cookie).cloned());
        let signed_in =
            user.map(|user| Self { who: format!("{} ({})", user.email, user.role.name()), email: user.email });
        signed_in.ok_or_else(|| Redirect::to("/cc/login"))
    }
}

/// The session cookie of a request.
pub(super) fn session_cookie(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(http::header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value)
}

/// `Set-Cookie` after a sign-in.
pub(super) fn set_cookie(value: &str) -> String {
    format!("{COOKIE}={value}; Path=/; HttpOnly; Secure; SameSite=Lax")
}

/// `Set-Cookie` after a sign-out.
pub(super) fn drop_cookie() -> String {
    format!("{COOKIE}=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax")
}
