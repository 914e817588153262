//! "Verify your identity": a second factor by text message or security key (entra.md §1.8 item 4).

use jiff::SignedDuration;

use super::authorize::{self, Lack};
use super::page::{Answer, InputKind, Page};
use super::sessions::Stage;
use super::sign_in::{Step, alerts, flow_form, name_of, out_of_step, proved};
use super::{access_pass, fido};
use crate::conditional_access::Strength;
use crate::error::aadsts;
use crate::event::Event;
use crate::oauth::Form;
use crate::secret::Secret;
use crate::tenant::{SignIn, Tenant};

const BEGIN: &str = "https://login.microsoftonline.com/common/SAS/BeginAuth";
const PROCESS: &str = "https://login.microsoftonline.com/common/SAS/ProcessAuth";
/// How long a code is good for.
const CODE_LIFETIME: SignedDuration = SignedDuration::from_mins(3);
const CODE_DIGITS: usize = 6;
/// After so many wrong codes the sign-in ends (convention of the lab).
const WRONG_CODES_MAX: u8 = 5;

/// The page that offers the person's methods, or says that there is none.
pub(super) fn verify_page(tenant: &Tenant, step: &Step<'_>, sign_in: &SignIn, alerts: &[String]) -> Answer {
    let Some(user) = tenant.user(sign_in.user) else { return out_of_step() };
    let (strength, refusal) = match authorize::lack(tenant, step.now, &step.flow.request, sign_in) {
        Lack::Proof(strength, refusal) => (strength, refusal),
        Lack::Nothing | Lack::Access(_) => return out_of_step(),
    };
    let mut page = Page::new("Verify your identity", &[&user.upn]).with_alerts(alerts);
    if let (Some(phone), Strength::Mfa) = (&user.phone, strength) {
        let label = format!("Text {}", masked(phone));
        page = page.with_form(flow_form(BEGIN, step.token).hidden("AuthMethodId", "OneWaySMS").button(&label));
    }
    if !tenant.passkeys.of_user(user.id).is_empty() {
        page = page.with_form(fido::get_form(tenant, step.now, step.token, Some(user.id)));
    }
    if strength == Strength::Mfa && tenant.has_usable_pass(step.now, user.id) {
        page = page.with_form(access_pass::form(step.token));
    }
    if page.forms.is_empty() {
        let why = "You have no method to verify your identity with. Contact your administrator to add one.";
        page = page.with_alerts(&[why.to_owned(), refusal.sentence()]);
    }
    page.into()
}

/// Sends a code.
pub(super) fn begin(tenant: &mut Tenant, step: Step<'_>) -> Answer {
    let (Stage::Verify { sign_in } | Stage::Code { sign_in, .. }) = step.flow.stage.clone() else {
        return out_of_step();
    };
    let Some(phone) = tenant.user(sign_in.user).and_then(|user| user.phone.clone()) else { return out_of_step() };
    let code = Secret::from(tenant.sessions.rng.text("0123456789", CODE_DIGITS));
    tenant.record(Event::TextMessage { to: phone.clone(), code: code.clone() });
    tenant.sessions.enter(step.now, step.token, Stage::Code { sign_in, code, sent: step.now });
    code_page(step.token, &phone, &[])
}

fn code_page(token: &str, phone: &str, alerts: &[String]) -> Answer {
    let form = flow_form(PROCESS, token).input("otc", "Code", InputKind::Text, "").button("Verify");
    let other = flow_form(PROCESS, token).choice("Having trouble? Sign in another way", "goto", "verify");
    let text = format!("We texted your phone {}. Please enter the code to sign in.", masked(phone));
    Page::new("Enter code", &[&text]).with_alerts(alerts).with_form(form).with_form(other).into()
}

/// Checks a code.
pub(super) fn process(tenant: &mut Tenant, step: Step<'_>, form: &Form) -> Answer {
    let Stage::Code { sign_in, code, sent } = step.flow.stage.clone() else { return out_of_step() };
    if form.field("goto") == Some("verify") {
        tenant.sessions.enter(step.now, step.token, Stage::Verify { sign_in: sign_in.clone() });
        return verify_page(tenant, &step, &sign_in, &[]);
    }
    let typed = form.field("otc").unwrap_or_default().trim();
    if step.now.duration_since(sent) <= CODE_LIFETIME && typed == code.reveal() {
        let sign_in = with_second_factor(&step, sign_in);
        return proved(tenant, step, sign_in);
    }
    let refusal = aadsts::MFA_FAILED.refuse();
    let name = name_of(tenant, sign_in.user);
    tenant.record_refusal(Some(&name), step.flow.request.client_id, &refusal);
    if tenant.sessions.count_wrong_code(step.now, step.token) >= WRONG_CODES_MAX {
        tenant.sessions.enter(step.now, step.token, Stage::Done);
        return authorize::error_page(&refusal);
    }
    let phone = tenant.user(sign_in.user).and_then(|user| user.phone.clone()).unwrap_or_default();
    code_page(step.token, &phone, &alerts(&refusal))
}

/// The earlier sign-in and the code together; both count from now.
fn with_second_factor(step: &Step<'_>, earlier: SignIn) -> SignIn {
    let mut amr = earlier.amr;
    for method in ["sms", "mfa"] {
        if !amr.iter().any(|known| known == method) {
            amr.push(method.to_owned());
        }
    }
    SignIn { amr, at: step.now, ..earlier }
}

/// A phone number as the pages show it; its length is not shown.
pub(super) fn masked(phone: &str) -> String {
    let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
    let end: String = digits[digits.len().saturating_sub(2)..].iter().collect();
    format!("+X XXXXXXX{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_shows_its_last_two_digits() {
        assert_eq!(masked("+1 555 010 0142"), "+X XXXXXXX42");
        assert_eq!(masked(""), "+X XXXXXXX");
    }
}
