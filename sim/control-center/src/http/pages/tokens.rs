//! Access Tokens of an application (`hypr.md` §3): created, shown once, revoked.

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;

use super::{Page, Shell, app_home, apps, show, time};
use crate::center::{AccessToken, Permission};
use crate::http::form::Fields;
use crate::http::session::SignedIn;

pub(super) fn routes() -> Router<Shell> {
    Router::new().route("/cc/ui/apps/{rp_app_id}/access-tokens", get(list).post(change))
}

#[derive(Template)]
#[template(path = "access_tokens.html")]
struct Tokens<'a> {
    admin: &'a str,
    name: &'a str,
    app: String,
    rows: Vec<Row>,
    permissions: [&'static str; 4],
    /// The new token, the only time that it is shown.
    token: Option<String>,
    error: Option<String>,
}

struct Row {
    id: String,
    name: String,
    permission: &'static str,
    created_by: String,
    expires: String,
}

async fn list(State(shell): State<Shell>, admin: SignedIn, Path(rp_app_id): Path<String>) -> Page {
    apps::exists(&shell, &rp_app_id)?;
    show_list(&shell, &admin, &rp_app_id, None, None)
}

/// "Create" or "Revoke".
async fn change(State(shell): State<Shell>, admin: SignedIn, Path(rp_app_id): Path<String>, fields: Fields) -> Page {
    apps::exists(&shell, &rp_app_id)?;
    let now = shell.now();
    if let Some(id) = fields.one("revoke") {
        shell.with_core(|core| core.revoke_token(now, &admin.email, id));
        return Ok(Redirect::to(&format!("{}/access-tokens", app_home(&rp_app_id))).into_response());
    }
    let chosen = fields.text("permission");
    let permission = Permission::ALL.into_iter().find(|one| one.name() == chosen).unwrap_or(Permission::Reporting);
    let made =
        shell.with_core(|core| core.create_token(now, &admin.email, &rp_app_id, fields.text("name"), permission));
    match made {
        Ok(token) => show_list(&shell, &admin, &rp_app_id, Some(token.reveal().to_owned()), None),
        Err(error) => show_list(&shell, &admin, &rp_app_id, None, Some(error.to_string())),
    }
}

fn show_list(shell: &Shell, admin: &SignedIn, rp_app_id: &str, token: Option<String>, error: Option<String>) -> Page {
    let now = shell.now();
    let rows = shell.with_core(|core| core.tokens_of(now, rp_app_id).map(Row::from).collect());
    let (app, permissions) = (app_home(rp_app_id), Permission::ALL.map(Permission::name));
    show(&Tokens { admin: &admin.who, name: rp_app_id, app, rows, permissions, token, error })
}

impl From<&AccessToken> for Row {
    fn from(token: &AccessToken) -> Self {
        Self {
            id: token.id.clone(),
            name: token.name.clone(),
            permission: token.permission.name(),
            created_by: token.created_by.clone(),
            expires: time(token.expires),
        }
    }
}
