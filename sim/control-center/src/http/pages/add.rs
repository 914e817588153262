//! The form of "Add Integration" and the popup after it (guide "Setting Up the HYPR Tenant").

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;

use super::{Page, PageError, Shell, home, show};
use crate::center::{Conclusion, Draft, UnknownIntegration};
use crate::flags::TenantFlag;
use crate::http::form::Fields;
use crate::http::session::SignedIn;
use crate::operation::{FormField, Refusal};
use crate::secret::Secret;

pub(super) fn routes() -> Router<Shell> {
    Router::new()
        .route("/cc/ui/integrations/new/azure/native", get(form).post(add))
        .route("/cc/ui/integrations/{rp_app_id}/added", get(added))
}

#[derive(Template)]
#[template(path = "add_integration.html")]
struct Form<'a> {
    admin: &'a str,
    inputs: Vec<Input>,
    errors: Vec<String>,
}

/// One field of the form.
struct Input {
    field: FormField,
    label: &'static str,
    name: &'static str,
    kind: &'static str,
    hint: &'static str,
    value: String,
    errors: Vec<String>,
}

#[derive(Template)]
#[template(path = "integration_added.html")]
struct Added<'a> {
    admin: &'a str,
    name: &'a str,
    home: String,
}

async fn form(State(shell): State<Shell>, admin: SignedIn) -> Page {
    let offered = shell.with_core(|core| core.config().tenant_flags.contains(&TenantFlag::AzureNativeLogin));
    if !offered {
        return Err(PageError::NotFound("The Native Azure Login Experience is not offered by this tenant.".to_owned()));
    }
    show(&Form { admin: &admin.who, inputs: inputs(&Draft::default()), errors: Vec::new() })
}

async fn add(State(shell): State<Shell>, admin: SignedIn, fields: Fields) -> Page {
    let draft = Draft {
        application_name: fields.text("applicationName").to_owned(),
        client_id: fields.text("clientId").to_owned(),
        tenant_id: fields.text("tenantId").to_owned(),
        client_secret: Secret::new(fields.text("clientSecret")),
        username: fields.text("username").to_owned(),
        password: Secret::new(fields.text("password")),
    };
    let now = shell.now();
    let begun = shell.with_core(|core| core.begin_add_integration(now, draft.clone()));
    let refusals = match begun {
        Err(refusals) => refusals,
        Ok(id) => match shell.conclusion(id).await {
            Conclusion::Done => {
                let to = format!("{}/added", home(draft.application_name.trim()));
                return Ok(Redirect::to(&to).into_response());
            }
            Conclusion::Refused(refusal) => vec![refusal],
            Conclusion::Failed(failure) => vec![Refusal::from(failure)],
            Conclusion::Abandoned => return Err(UnknownIntegration(draft.application_name).into()),
        },
    };
    let mut page = Form { admin: &admin.who, inputs: inputs(&draft), errors: Vec::new() };
    for Refusal { field, text } in refusals {
        match page.inputs.iter_mut().find(|input| Some(input.field) == field) {
            Some(input) => input.errors.push(text),
            None => page.errors.push(text),
        }
    }
    show(&page)
}

async fn added(State(shell): State<Shell>, admin: SignedIn, Path(rp_app_id): Path<String>) -> Page {
    match shell.with_core(|core| core.integration(&rp_app_id).is_some()) {
        true => show(&Added { admin: &admin.who, name: &rp_app_id, home: home(&rp_app_id) }),
        false => Err(UnknownIntegration(rp_app_id).into()),
    }
}

/// The fields as they were filled in; secrets are typed anew.
fn inputs(draft: &Draft) -> Vec<Input> {
    let input = |field, label, name, kind, hint, value: &str| Input {
        field,
        label,
        name,
        kind,
        hint,
        value: value.to_owned(),
        errors: Vec::new(),
    };
    let rule = "Letters, digits, spaces, dashes and underscores, at most 23 characters";
    vec![
        input(FormField::ApplicationName, "Application Name", "applicationName", "text", rule, &draft.application_name),
        input(FormField::ClientId, "Client ID", "clientId", "text", "Of HYPRAuthApp in Entra", &draft.client_id),
        input(FormField::TenantId, "Tenant ID", "tenantId", "text", "Of the Entra tenant", &draft.tenant_id),
        input(FormField::ClientSecret, "Client Secret", "clientSecret", "password", "The value, not the ID", ""),
        input(FormField::ServiceAccountUsername, "Service Account Username", "username", "text", "", &draft.username),
        input(FormField::ServiceAccountPassword, "Service Account Password", "password", "password", "", ""),
    ]
}
