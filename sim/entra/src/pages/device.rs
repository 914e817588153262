//! Where a person answers for a device (RFC 8628 §3.3): the code, the sign-in, and "Are you trying to sign in?".

use jiff::Timestamp;

use super::authorize::{self, Authorize, Browser};
use super::page::{Answer, InputKind, Page, PageForm};
use super::sessions::Stage;
use super::sign_in::{Step, flow_form, name_of, out_of_step, with_step};
use crate::error::aadsts;
use crate::oauth::Form;
use crate::oauth::device::DEVICE_AUTH;
use crate::tenant::{SignIn, Tenant};

const APP_VERIFY: &str = "https://login.microsoftonline.com/appverify";

/// GET `/common/oauth2/deviceauth`.
pub(crate) fn code_page(alerts: &[String]) -> Answer {
    let form = PageForm::to(DEVICE_AUTH).input("otc", "Code", InputKind::Text, "").button("Next");
    let text = "Enter the code displayed on your app or device to allow access.";
    Page::new("Enter code to allow access", &[text]).with_alerts(alerts).with_form(form).into()
}

/// POST `/common/oauth2/deviceauth`: the code, then the sign-in that the device waits for.
pub(crate) fn enter_code(tenant: &mut Tenant, now: Timestamp, form: &Form, session: Option<&str>) -> Answer {
    let user_code = form.field("otc").unwrap_or_default();
    let Some(request) = tenant.device_request(now, user_code) else {
        return code_page(&["That code didn't work. Check the code and try again.".to_owned()]);
    };
    let request = Authorize::for_device(request.client_id, request.scope.clone(), user_code);
    let browser = Browser { url: DEVICE_AUTH, session, credential: None };
    authorize::respond(tenant, now, request, form, &browser)
}

/// The last question: whoever has been talked into entering somebody else's code can still stop.
pub(super) fn confirm_page(tenant: &mut Tenant, now: Timestamp, request: &Authorize, sign_in: &SignIn) -> Answer {
    let app = application_name(tenant, request);
    let user = name_of(tenant, sign_in.user);
    let flow = request.clone().flow(Stage::Confirm { sign_in: sign_in.clone() }, None);
    let token = tenant.sessions.begin(now, flow);
    let form = flow_form(APP_VERIFY, &token).choice("Continue", "ContinueAuth", "true").choice(
        "Cancel",
        "ContinueAuth",
        "false",
    );
    let why = "Do not continue if somebody else has sent you the code.";
    Page::new(&format!("Are you trying to sign in to {app}?"), &[&user, why]).with_form(form).into()
}

impl Tenant {
    /// POST `/appverify`: the answer to the last question.
    pub(crate) fn post_app_verify(&mut self, now: Timestamp, form: &Form) -> Answer {
        with_step(self, now, form, |tenant, step| conclude(tenant, step, form))
    }
}

fn conclude(tenant: &mut Tenant, step: Step<'_>, form: &Form) -> Answer {
    let (Stage::Confirm { sign_in }, Some(user_code)) = (step.flow.stage.clone(), &step.flow.request.device) else {
        return out_of_step();
    };
    let app = application_name(tenant, &step.flow.request);
    tenant.sessions.enter(step.now, step.token, Stage::Done);
    let Some(request) = tenant.device_request(step.now, user_code) else {
        return authorize::error_page(&aadsts::DEVICE_CODE_EXPIRED.refuse());
    };
    if form.field("ContinueAuth") != Some("true") {
        return decline(tenant, step.now, user_code);
    }
    request.approve(sign_in);
    let text = format!("You have signed in to the {app} application on your device. You may now close this window.");
    Page::new(&app, &[&text]).into()
}

/// The device hears that its request was declined.
pub(super) fn decline(tenant: &mut Tenant, now: Timestamp, user_code: &str) -> Answer {
    if let Some(request) = tenant.device_request(now, user_code) {
        request.decline();
    }
    Page::new("Sign in", &["You have declined. You may now close this window."]).into()
}

fn application_name(tenant: &Tenant, request: &Authorize) -> String {
    tenant.application(request.client_id).map(|app| app.display_name.clone()).unwrap_or_default()
}
