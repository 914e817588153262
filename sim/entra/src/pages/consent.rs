//! Consent (entra.md §1.6): what an application asks for that nobody has granted, who may grant it, and the page.

use std::collections::BTreeSet;

use jiff::Timestamp;
use uuid::Uuid;

use super::authorize::{self, Asking, Authorize};
use super::device;
use super::page::{Answer, InputKind, Page, Table};
use super::sessions::Stage;
use super::sign_in::{Step, flow_form, name_of, out_of_step, with_step};
use crate::applications::{Application, ClientKind, first_party};
use crate::error::{Refusal, aadsts};
use crate::graph::{Consenter, Permissions};
use crate::oauth::{Form, Scopes};
use crate::roles::Role;
use crate::tenant::{Activity, Api, SignIn, Tenant};

/// What has to be granted before an application goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// The client id of the resource.
    resource: Uuid,
    /// Delegated permissions.
    scopes: BTreeSet<String>,
    /// Application permissions, which only an organization grants.
    roles: BTreeSet<String>,
}

const SET: &str = "https://login.microsoftonline.com/common/Consent/Set";
const ON_BEHALF: &str = "Consent on behalf of your organization";
/// Who consents to what users may not.
const CONSENTERS: [Role; 4] = [
    Role::GlobalAdministrator,
    Role::PrivilegedRoleAdministrator,
    Role::ApplicationAdministrator,
    Role::CloudApplicationAdministrator,
];

/// What a request asks for that its person has still to grant; a permission that nobody has heard of is 650053.
pub(super) fn outstanding(tenant: &Tenant, request: &Authorize, sign_in: &SignIn) -> Result<Asked, Refusal> {
    let app = tenant.application(request.client_id).filter(|app| app.kind != ClientKind::FirstParty);
    let scopes = Scopes::parse(tenant, &request.scope).ok();
    // A scope that cannot be read is for the token endpoint to refuse.
    let (Some(app), Some(scopes)) = (app, scopes) else { return Ok(Asked::default()) };
    let resource = scopes.resource();
    let Some(api) = tenant.api(resource) else { return Ok(Asked::default()) };
    let held = tenant.permitted(app, resource, sign_in.user);
    let is_everything = scopes.has_default();
    let mut asked = if is_everything { registered(app, api) } else { known(app, api, &scopes)? };
    if is_everything && held.is_empty() {
        scopes.check_registered(tenant, app)?;
    }
    let mut roles = BTreeSet::new();
    match request.consent {
        // `.default` is what was granted, once something was.
        Asking::Missing if is_everything && !held.is_empty() => asked.clear(),
        Asking::Missing => asked.retain(|name| !held.contains(name.as_str())),
        Asking::Anew => {}
        Asking::Organization if is_everything && resource == first_party::GRAPH => {
            let ids = app.registered_ids(resource, "Role");
            roles = ids.filter_map(|id| Permissions::get().app_role(id)).map(str::to_owned).collect();
        }
        Asking::Organization => {}
    }
    Ok(Asked { resource, scopes: asked, roles })
}

/// What the registration lists of a resource's permissions.
fn registered(app: &Application, api: Api<'_>) -> BTreeSet<String> {
    let ids = app.registered_ids(api.app_id(), "Scope");
    ids.filter_map(|id| api.scope_with_id(id)).map(str::to_owned).collect()
}

/// The permissions by the resource's own spelling.
fn known(app: &Application, api: Api<'_>, scopes: &Scopes) -> Result<BTreeSet<String>, Refusal> {
    let named = |name: &str| {
        let found = api.scope(name).map(str::to_owned);
        found.ok_or_else(|| {
            let refusal = aadsts::SCOPE_NOT_ON_RESOURCE.refuse().with("name", &app.display_name);
            refusal.with("scope", name).with("resource", api.display_name())
        })
    };
    scopes.permissions().map(named).collect()
}

impl Asked {
    pub(super) fn is_empty(&self) -> bool {
        self.scopes.is_empty() && self.roles.is_empty()
    }

    /// Whether somebody may grant all of it, to whomever it is asked for.
    fn may_be_granted_by(&self, tenant: &Tenant, request: &Authorize, sign_in: &SignIn) -> bool {
        let of_users = self.roles.is_empty()
            && request.consent != Asking::Organization
            && self
                .scopes
                .iter()
                .all(|name| tenant.api(self.resource).and_then(|api| api.consenter(name)) == Some(Consenter::User));
        of_users || is_consenter(tenant, sign_in)
    }

    fn table(&self, tenant: &Tenant) -> Table {
        let row = |name: &String| {
            let text = tenant.api(self.resource).and_then(|api| api.text(name)).unwrap_or_default();
            (vec![name.as_str().into(), text.into()], Vec::new())
        };
        Table { columns: vec!["Permission", "What it allows"], rows: self.scopes.union(&self.roles).map(row).collect() }
    }
}

fn is_consenter(tenant: &Tenant, sign_in: &SignIn) -> bool {
    tenant.user(sign_in.user).is_some_and(|user| CONSENTERS.iter().any(|role| user.roles.contains(role)))
}

/// "Permissions requested", or "Need admin approval" for who may not grant them.
pub(super) fn page(tenant: &mut Tenant, now: Timestamp, request: &Authorize, sign_in: &SignIn, asked: Asked) -> Answer {
    let app = tenant.application(request.client_id).map(|app| app.display_name.clone()).unwrap_or_default();
    let user = name_of(tenant, sign_in.user);
    let may = asked.may_be_granted_by(tenant, request, sign_in);
    let table = asked.table(tenant);
    let stage = Stage::Consent { sign_in: sign_in.clone(), asked };
    let token = tenant.sessions.begin(now, request.clone().flow(stage, None));
    let form = flow_form(SET, &token);
    if !may {
        let refusal = aadsts::ADMIN_CONSENT_REQUIRED.refuse();
        tenant.record_refusal(Some(&user), request.client_id, &refusal);
        let form = form.choice("Return to the application without granting consent", "ucaccept", "false");
        let text = format!(
            "{app} needs permission to access resources in your organization that only an admin can grant. Please ask \
             an admin to grant permission to this app before you can use it."
        );
        let page = Page::new("Need admin approval", &[&user, &app, &text]).with_form(form);
        return page.with_alerts(&[refusal.sentence()]).into();
    }
    let for_all = request.consent == Asking::Organization;
    let form = if is_consenter(tenant, sign_in) && !for_all {
        form.input("organization", ON_BEHALF, InputKind::Choice(vec!["No", "Yes"]), "")
    } else {
        form
    };
    let form = form.choice("Accept", "ucaccept", "true").choice("Cancel", "ucaccept", "false");
    let whom = if for_all { "Review for your organization" } else { "This app would like to:" };
    let page = Page::new("Permissions requested", &[&user, &app, whom]).with_form(form);
    Page { table: Some(table), ..page }.into()
}

impl Tenant {
    /// POST `/common/Consent/Set`: the answer.
    pub(crate) fn post_consent(&mut self, now: Timestamp, form: &Form) -> Answer {
        with_step(self, now, form, |tenant, step| decide(tenant, step, form))
    }

    fn grant_consent(&mut self, request: &Authorize, sign_in: &SignIn, asked: Asked, for_all: bool) {
        let granted = self.update_application(request.client_id, |app| {
            app.grants_mut(asked.resource, (!for_all).then_some(sign_in.user)).extend(asked.scopes);
            app.app_roles.extend(asked.roles);
            (app.service_principal_id, app.display_name.clone())
        });
        let Some((id, name)) = granted else { return };
        let by = name_of(self, sign_in.user);
        let whom = if for_all { " for the organization" } else { "" };
        let what = format!("consented to the application {name:?}{whom}");
        self.record_change(&by, Activity::new("Consent to application", "ServicePrincipal", id, &name), what);
    }
}

fn decide(tenant: &mut Tenant, step: Step<'_>, form: &Form) -> Answer {
    let Stage::Consent { sign_in, asked } = step.flow.stage.clone() else { return out_of_step() };
    let request = &step.flow.request;
    tenant.sessions.enter(step.now, step.token, Stage::Done);
    if let Err(refusal) = tenant.check_sign_in(&sign_in) {
        return authorize::error_page(&refusal);
    }
    if !asked.may_be_granted_by(tenant, request, &sign_in) {
        return declined(tenant, &step, &aadsts::ADMIN_CONSENT_REQUIRED.refuse());
    }
    if form.field("ucaccept") != Some("true") {
        return declined(tenant, &step, &aadsts::CONSENT_DECLINED.refuse());
    }
    let on_behalf = form.field("organization") == Some("Yes") && is_consenter(tenant, &sign_in);
    let for_all = on_behalf || request.consent == Asking::Organization;
    tenant.grant_consent(request, &sign_in, asked, for_all);
    authorize::conclude(tenant, step.now, request, &sign_in)
}

fn declined(tenant: &mut Tenant, step: &Step<'_>, refusal: &Refusal) -> Answer {
    match &step.flow.request.device {
        Some(user_code) => device::decline(tenant, step.now, user_code),
        None => authorize::fail(&step.flow.request, refusal),
    }
}
