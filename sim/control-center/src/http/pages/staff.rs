//! Control Center Settings > Control Center Users (`hypr.md` §2.1).

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};

use super::{Page, PageError, Shell, show, time};
use crate::center::{NewStaff, StaffError};
use crate::http::form::Fields;
use crate::http::session::SignedIn;
use crate::integration::Toggle;
use crate::secret::Secret;
use crate::staff::{ControlCenterUser, Role};

const HOME: &str = "/cc/ui/control-center-users";

pub(super) fn routes() -> Router<Shell> {
    Router::new()
        .route("/cc/ui/control-center-users", get(list))
        .route("/cc/ui/control-center-users/new", get(new).post(add))
        .route("/cc/ui/control-center-users/{email}", get(edit).post(change))
        .route("/cc/ui/control-center-users/{email}/delete", post(delete))
}

#[derive(Template)]
#[template(path = "staff.html")]
struct List<'a> {
    admin: &'a str,
    rows: Vec<Row>,
    error: Option<String>,
}

struct Row {
    name: String,
    email: String,
    last_active: String,
    role: &'static str,
    audit_trail: &'static str,
}

#[derive(Template)]
#[template(path = "staff_form.html")]
struct Form<'a> {
    admin: &'a str,
    title: &'a str,
    action: String,
    /// Email and name of somebody to be added; nothing when somebody is changed.
    draft: Option<(&'a str, &'a str)>,
    roles: [&'static str; 5],
    role: &'a str,
    audit_trail: Toggle,
    error: Option<String>,
}

async fn list(State(shell): State<Shell>, admin: SignedIn) -> Page {
    show_list(&shell, &admin, None)
}

async fn new(admin: SignedIn) -> Page {
    show_new(&admin, &Fields(Vec::new()), None)
}

async fn add(State(shell): State<Shell>, admin: SignedIn, fields: Fields) -> Page {
    let new = NewStaff {
        email: fields.text("email").to_owned(),
        name: fields.text("name").to_owned(),
        role: role(&fields),
        audit_trail: audit_trail(&fields),
        password: Secret::new(fields.text("password")),
    };
    let now = shell.now();
    match shell.with_core(|core| core.add_staff(now, new)) {
        Ok(()) => Ok(Redirect::to(HOME).into_response()),
        Err(error) => show_new(&admin, &fields, Some(error.to_string())),
    }
}

async fn edit(State(shell): State<Shell>, admin: SignedIn, Path(email): Path<String>) -> Page {
    let user = shell.with_core(|core| core.staff().find(|user| user.email == email).cloned());
    let user = user.ok_or_else(|| PageError::from(StaffError::Unknown(email)))?;
    show(&Form {
        admin: &admin.who,
        title: &user.email,
        action: action(&user.email),
        draft: None,
        roles: Role::ALL.map(Role::name),
        role: user.role.name(),
        audit_trail: user.audit_trail,
        error: None,
    })
}

async fn change(State(shell): State<Shell>, admin: SignedIn, Path(email): Path<String>, fields: Fields) -> Page {
    let now = shell.now();
    let changed = shell.with_core(|core| core.change_staff(now, &email, role(&fields), audit_trail(&fields)));
    done(&shell, &admin, changed)
}

async fn delete(State(shell): State<Shell>, admin: SignedIn, Path(email): Path<String>) -> Page {
    let now = shell.now();
    let deleted = shell.with_core(|core| core.delete_staff(now, &email));
    done(&shell, &admin, deleted)
}

fn done(shell: &Shell, admin: &SignedIn, result: Result<(), StaffError>) -> Page {
    match result {
        Ok(()) => Ok(Redirect::to(HOME).into_response()),
        Err(error) => show_list(shell, admin, Some(error.to_string())),
    }
}

fn show_list(shell: &Shell, admin: &SignedIn, error: Option<String>) -> Page {
    let rows = shell.with_core(|core| core.staff().map(Row::from).collect());
    show(&List { admin: &admin.who, rows, error })
}

fn show_new(admin: &SignedIn, fields: &Fields, error: Option<String>) -> Page {
    show(&Form {
        admin: &admin.who,
        title: "Add User",
        action: format!("{HOME}/new"),
        draft: Some((fields.text("email"), fields.text("name"))),
        roles: Role::ALL.map(Role::name),
        role: role(fields).name(),
        audit_trail: audit_trail(fields),
        error,
    })
}

fn action(email: &str) -> String {
    super::path("control-center-users", email)
}

/// The role that was chosen; whoever chooses none gets the least.
fn role(fields: &Fields) -> Role {
    let chosen = fields.text("role");
    Role::ALL.into_iter().find(|role| role.name() == chosen).unwrap_or(Role::BasicLogin)
}

fn audit_trail(fields: &Fields) -> Toggle {
    if fields.one("auditTrail").is_some() { Toggle::On } else { Toggle::Off }
}

impl From<&ControlCenterUser> for Row {
    fn from(user: &ControlCenterUser) -> Self {
        Self {
            // HYPR shows N/A where no name was entered.
            name: if user.name.is_empty() { "N/A".to_owned() } else { user.name.clone() },
            email: user.email.clone(),
            last_active: user.last_active.map(time).unwrap_or_default(),
            role: user.role.name(),
            audit_trail: if user.may(crate::staff::Right::AuditTrail) { "Enabled" } else { "Disabled" },
        }
    }
}

impl From<StaffError> for PageError {
    fn from(error: StaffError) -> Self {
        Self::NotFound(error.to_string())
    }
}
