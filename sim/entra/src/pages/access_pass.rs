//! "Enter Temporary Access Pass" (entra.md §1.8 item 3).

use super::mfa;
use super::page::{Answer, InputKind, Page, PageForm};
use super::sessions::Stage;
use super::sign_in::{Step, alerts, flow_form, name_of, out_of_step, proved};
use crate::directory::User;
use crate::oauth::Form;
use crate::tenant::{SignIn, Tenant};

const LOGIN: &str = "https://login.microsoftonline.com/common/login";

/// The page, which a user with a pass sees before the one for the password.
pub(super) fn page(token: &str, user: &User, alerts: &[String]) -> Answer {
    let form = flow_form(LOGIN, token)
        .hidden("login", &user.upn)
        .hidden("type", "11")
        .hidden("ps", "56")
        .input("accesspass", "Temporary Access Pass", InputKind::Password, "")
        .button("Sign in");
    let other = flow_form(LOGIN, token).choice("Other ways to sign in", "goto", "options");
    Page::new("Enter Temporary Access Pass", &[&user.upn]).with_alerts(alerts).with_form(form).with_form(other).into()
}

/// The button that leads to the page.
pub(super) fn form(token: &str) -> PageForm {
    flow_form(LOGIN, token).choice("Use a Temporary Access Pass", "goto", "accesspass")
}

/// The page, for whoever chose it.
pub(super) fn chosen(tenant: &Tenant, step: Step<'_>) -> Answer {
    let user = match &step.flow.stage {
        Stage::Password { user } => *user,
        Stage::Verify { sign_in } | Stage::Code { sign_in, .. } => sign_in.user,
        _ => return out_of_step(),
    };
    tenant.user(user).map_or_else(out_of_step, |user| page(step.token, user, &[]))
}

/// POST `/common/login` with `ps=56`: the pass, as the first factor or as the second.
pub(super) fn login(tenant: &mut Tenant, step: Step<'_>, form: &Form) -> Answer {
    let (user, device) = match &step.flow.stage {
        Stage::Password { user } => (*user, None),
        Stage::Verify { sign_in } | Stage::Code { sign_in, .. } => (sign_in.user, sign_in.device),
        _ => return out_of_step(),
    };
    let typed = form.field("accesspass").unwrap_or_default().trim();
    match tenant.redeem_pass(step.now, user, typed) {
        Ok(sign_in) => proved(tenant, step, SignIn { device, ..sign_in }),
        Err(refusal) => {
            let name = name_of(tenant, user);
            tenant.record_refusal(Some(&name), step.flow.request.client_id, &refusal);
            match (tenant.user(user), step.flow.stage.clone()) {
                (_, Stage::Verify { sign_in } | Stage::Code { sign_in, .. }) => {
                    mfa::verify_page(tenant, &step, &sign_in, &alerts(&refusal))
                }
                (Some(user), _) => page(step.token, user, &alerts(&refusal)),
                (None, _) => out_of_step(),
            }
        }
    }
}
