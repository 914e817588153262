//! "Enter password" and "Update your password" (entra.md §1.8, items 2 and 5).

use super::page::{Answer, InputKind, Page};
use super::sessions::Stage;
use super::sign_in::{Step, alerts, flow_form, name_of, out_of_step, proved};
use crate::directory::User;
use crate::error::aadsts;
use crate::event::Event;
use crate::oauth::Form;
use crate::tenant::{PASSWORD_CHARS_MIN, SignIn, Tenant};

const LOGIN: &str = "https://login.microsoftonline.com/common/login";
const CHANGE: &str = "https://login.microsoftonline.com/common/SSPR/End";

pub(super) fn page(token: &str, user: &User, alerts: &[String]) -> Answer {
    let form = flow_form(LOGIN, token)
        .hidden("login", &user.upn)
        .hidden("type", "11")
        .input("passwd", "Password", InputKind::Password, "")
        .button("Sign in");
    let others = flow_form(LOGIN, token).choice("Other ways to sign in", "goto", "options");
    Page::new("Enter password", &[&user.upn]).with_alerts(alerts).with_form(form).with_form(others).into()
}

/// Checks a password.
pub(super) fn login(tenant: &mut Tenant, step: Step<'_>, form: &Form) -> Answer {
    let Stage::Password { user } = step.flow.stage else { return out_of_step() };
    let Some(user) = tenant.user(user).cloned() else { return out_of_step() };
    let Some(password) = form.field("passwd") else {
        return page(step.token, &user, &["Please enter your password.".into()]);
    };
    match tenant.check_password(step.now, &user.upn, password) {
        Ok(id) => {
            let sign_in = SignIn { user: id, amr: vec!["pwd".into()], at: step.now, device: None };
            proved(tenant, step, sign_in)
        }
        Err(refusal) if refusal.code == aadsts::PASSWORD_EXPIRED => {
            tenant.sessions.enter(step.now, step.token, Stage::NewPassword { user: user.id });
            change_page(step.token, &user, &[])
        }
        Err(refusal) => {
            tenant.record_refusal(Some(&user.upn), step.flow.request.client_id, &refusal);
            page(step.token, &user, &alerts(&refusal))
        }
    }
}

fn change_page(token: &str, user: &User, alerts: &[String]) -> Answer {
    let form = flow_form(CHANGE, token)
        .hidden("login", &user.upn)
        .input("currentpasswd", "Current password", InputKind::Password, "")
        .input("newpasswd", "New password", InputKind::Password, "")
        .input("confirmnewpasswd", "Confirm password", InputKind::Password, "")
        .button("Sign in");
    let why = "You need to update your password because this is the first time you are signing in, or because your \
               password has expired.";
    Page::new("Update your password", &[&user.upn, why]).with_alerts(alerts).with_form(form).into()
}

/// Sets a new password and goes on.
pub(super) fn change(tenant: &mut Tenant, step: Step<'_>, form: &Form) -> Answer {
    let Stage::NewPassword { user } = step.flow.stage else { return out_of_step() };
    let Some(user) = tenant.user(user).cloned() else { return out_of_step() };
    let field = |name| form.field(name).unwrap_or_default();
    let (old, new) = (field("currentpasswd"), field("newpasswd"));
    if let Some(fault) = new_password_fault(old, new, field("confirmnewpasswd")) {
        return change_page(step.token, &user, &[fault.to_owned()]);
    }
    match tenant.change_password(step.now, &user.upn, old, new) {
        Ok(id) => {
            let user = name_of(tenant, id);
            tenant.record(Event::PasswordChanged { user });
            let sign_in = SignIn { user: id, amr: vec!["pwd".into()], at: step.now, device: None };
            proved(tenant, step, sign_in)
        }
        Err(refusal) => {
            tenant.record_refusal(Some(&user.upn), step.flow.request.client_id, &refusal);
            change_page(step.token, &user, &alerts(&refusal))
        }
    }
}

fn new_password_fault(old: &str, new: &str, again: &str) -> Option<&'static str> {
    if new != again {
        Some("Passwords do not match.")
    } else if new.chars().count() < PASSWORD_CHARS_MIN {
        Some("Your password must be at least 8 characters long.")
    } else if new == old {
        Some("Choose a password that you haven't used before.")
    } else {
        None
    }
}
