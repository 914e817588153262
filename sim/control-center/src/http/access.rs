//! Which right each page needs, in one table, asked before any page answers.

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use http::Method;

use super::Shell;
use super::pages::PageError;
use super::session::session_cookie;
use crate::staff::Right;

/// Lets a request through to its page, or says what the role does not allow.
pub(super) async fn guard(State(shell): State<Shell>, path: MatchedPath, request: Request, next: Next) -> Response {
    let Some(right) = needed(request.method(), path.as_str()) else { return next.run(request).await };
    let user = session_cookie(request.headers()).and_then(|cookie| shell.lock().admin_of(cookie).cloned());
    match user {
        None => Redirect::to("/cc/login").into_response(),
        Some(user) if user.may(right) => next.run(request).await,
        Some(user) => PageError::Forbidden { who: user.email, role: user.role.name(), right }.into_response(),
    }
}

/// The right that a page needs; none for those that lead to the sign-in.
fn needed(method: &Method, path: &str) -> Option<Right> {
    let looks = method == Method::GET || method == Method::HEAD;
    let ends = |tails: &[&str]| tails.iter().any(|tail| path.ends_with(tail));
    Some(match path {
        "/" | "/cc" | "/cc/login" | "/cc/logout" => return None,
        "/cc/ui/flags" => Right::Administer,
        _ if path.starts_with("/cc/ui/control-center-users") => Right::Administer,
        _ if path.starts_with("/cc/ui/audit") || ends(&["/audit", "/audit/export"]) => Right::AuditTrail,
        _ if ends(&["/invite"]) => Right::Invite,
        _ if ends(&["/users/{username}/delete"]) => Right::DeleteUsers,
        _ if looks && ends(&["/integrations", "/users", "/devices"]) => Right::ViewUsers,
        _ if path.starts_with("/cc/ui/integrations/new") => Right::ManageApplications,
        _ if ends(&["/access-tokens", "/delete", "/download", "/desktop-client"]) => Right::ManageApplications,
        _ if looks => Right::ViewSettings,
        _ => Right::ManageApplications,
    })
}

/// What somebody without the right reads.
pub(super) fn words(right: Right) -> &'static str {
    match right {
        Right::ViewUsers => "see users",
        Right::ViewSettings => "see settings",
        Right::Invite => "invite users",
        Right::DeleteUsers => "delete users",
        Right::ManageApplications => "manage applications",
        Right::Administer => "administer Control Center",
        Right::AuditTrail => "see the Audit Trail",
    }
}
