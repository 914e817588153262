//! What every blade works with: Graph on behalf of the visitor, and the frame around the page.

use http::Method;
use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use url::form_urlencoded;
use uuid::Uuid;
use wire::Base64Url;

use super::area::Area;
use super::{Outcome, Site, Visit};
use crate::applications::first_party;
use crate::directory::User;
use crate::graph::{self, Caller, GraphError};
use crate::oauth::Form;
use crate::pages::page::{Answer, Frame, InputKind, Page, PageForm, Ticked};
use crate::tenant::{PermissionType, SignIn, Tenant};

/// The visitor at a blade.
pub(super) struct Desk<'a> {
    pub(super) site: Site,
    pub(super) now: Timestamp,
    /// The name of the organization.
    pub(super) organization: String,
    /// The domain of new accounts.
    pub(super) domain: String,
    tenant: &'a mut Tenant,
    caller: Caller,
    account: String,
    path: String,
    query: String,
    canary: String,
}

/// How many objects a list shows at once.
const LISTED_MAX: usize = 100;

impl<'a> Desk<'a> {
    /// `None` when the portal itself is not in the tenant any more.
    pub(super) fn of(
        tenant: &'a mut Tenant,
        now: Timestamp,
        visit: &Visit<'_>,
        user: &User,
        sign_in: &SignIn,
    ) -> Option<Self> {
        let caller = Caller::visitor(user, sign_in.amr.clone(), tenant.application(first_party::AZURE_PORTAL)?);
        let session = Sha256::digest(visit.cookie.unwrap_or_default());
        Some(Self {
            site: visit.site,
            now,
            organization: tenant.name().to_owned(),
            domain: tenant.domains().first().cloned().unwrap_or_default(),
            tenant,
            caller,
            account: user.upn.clone(),
            path: visit.path.to_owned(),
            query: visit.query.to_owned(),
            canary: Base64Url(session.to_vec()).to_string(),
        })
    }

    /// Whether a form is one that this session was shown: another site cannot make one.
    pub(super) fn made(&self, form: &Form) -> bool {
        form.field("canary") == Some(&self.canary)
    }

    pub(super) fn tenant_id(&self) -> Uuid {
        self.tenant.id()
    }

    pub(super) fn permission_type(&self) -> PermissionType {
        self.tenant.permission_type
    }

    /// GET by Graph.
    pub(super) fn read(&mut self, path: &str) -> Result<Value, GraphError> {
        graph::ask(self.tenant, self.now, &self.caller, Method::GET, path, None)
    }

    /// GET of a collection under query options; the first hundred objects of it.
    pub(super) fn list(&mut self, path: &str, options: &[(&str, &str)]) -> Result<Vec<Value>, GraphError> {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(options).append_pair("$top", &LISTED_MAX.to_string());
        let body = self.read(&format!("{path}?{}", query.finish()))?;
        Ok(body["value"].as_array().cloned().unwrap_or_default())
    }

    /// The id of the object whose `property` is `name`.
    pub(super) fn named(&mut self, collection: &str, property: &str, name: &str) -> Result<String, GraphError> {
        let filter = format!("{property} eq '{}'", name.replace('\'', "''"));
        let found = self.list(collection, &[("$filter", &filter), ("$select", "id")])?;
        let id = found.first().and_then(|object| object["id"].as_str());
        id.map(str::to_owned).ok_or_else(|| GraphError::no_such_object(name))
    }

    /// Letters that nobody guesses.
    pub(super) fn random(&mut self, letters: &str, count: usize) -> String {
        self.tenant.rng.text(letters, count)
    }

    /// A value of the address's query.
    pub(super) fn query(&self, name: &str) -> String {
        let mut pairs = form_urlencoded::parse(self.query.as_bytes());
        pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
    }

    /// A change by Graph.
    pub(super) fn change(&mut self, method: Method, path: &str, body: &Value) -> Result<Value, GraphError> {
        let body = Some(body).filter(|body| !body.is_null());
        graph::ask(self.tenant, self.now, &self.caller, method, path, body)
    }

    pub(super) fn post(&mut self, path: &str, body: &Value) -> Result<Value, GraphError> {
        self.change(Method::POST, path, body)
    }

    pub(super) fn patch(&mut self, path: &str, body: &Value) -> Result<(), GraphError> {
        self.change(Method::PATCH, path, body).map(drop)
    }

    pub(super) fn delete(&mut self, path: &str) -> Result<(), GraphError> {
        self.change(Method::DELETE, path, &Value::Null).map(drop)
    }

    /// A page within its frame.
    pub(super) fn page(&self, area: &Area, title: &str, texts: &[&str]) -> Page {
        let frame = Frame {
            product: self.site.product(),
            account: self.account.clone(),
            sign_out: "/signout",
            trail: area.trail(self.site),
            menu: area.menu(),
            commands: Vec::new(),
            path: self.path.clone(),
        };
        Page { frame: Some(frame), ..Page::new(title, texts) }
    }

    /// A form back to the blade's own address.
    pub(super) fn form(&self) -> PageForm {
        PageForm::to(&*self.path).hidden("canary", &self.canary)
    }

    /// A question, which is done by "Yes".
    pub(super) fn question(&self, area: &Area, title: &str, text: &str, alerts: &[String], back: &str) -> Answer {
        let form = self.form().choice("Yes", "do", "yes");
        self.page(area, title, &[text]).with_alerts(alerts).with_form(form).with_link("No", back).into()
    }

    /// The page in place of one that Graph refuses.
    pub(super) fn refusal(&self, refused: &GraphError) -> Answer {
        let title = match refused.status.as_u16() {
            403 => "You do not have access",
            404 => "Not found",
            _ => "Something went wrong",
        };
        let page = self.page(&Area::Home, title, &[]).with_alerts(&alerts(refused));
        Answer { status: refused.status.as_u16(), ..page.into() }
    }
}

/// Asks `question` until it is answered, does it, and goes `back`.
pub(super) fn confirmed(
    desk: &mut Desk<'_>,
    form: Option<&Form>,
    back: &str,
    question: impl Fn(&Desk<'_>, &[String]) -> Answer,
    work: impl FnOnce(&mut Desk<'_>) -> Result<(), GraphError>,
) -> Outcome {
    if form.is_none() {
        return Ok(question(desk, &[]));
    }
    Ok(match work(desk) {
        Ok(()) => Answer::redirect(back),
        Err(refused) => question(desk, &alerts(&refused)),
    })
}

/// What a page says of a list that may go on.
pub(super) fn listed(found: &[Value]) -> &'static [&'static str] {
    if found.len() < LISTED_MAX { &[] } else { &["The first 100 are shown."] }
}

/// What the portal says of a refusal.
pub(super) fn alerts(refused: &GraphError) -> Vec<String> {
    let access = "You do not have access. Looks like you don't have access to this content. To get access, please \
                  contact the owner.";
    let first = (refused.code == "Authorization_RequestDenied").then(|| access.to_owned());
    first.into_iter().chain([refused.message.clone(), format!("Error code: {}", refused.code)]).collect()
}

/// What stands in a field: what was typed, or what was there before.
pub(super) fn typed<'f>(form: Option<&'f Form>, name: &str, before: &'f str) -> &'f str {
    form.map_or(before, |form| form.field(name).unwrap_or_default())
}

/// A box that is ticked or not.
pub(super) fn tick(is_ticked: bool) -> InputKind {
    InputKind::Tick(if is_ticked { Ticked::Yes } else { Ticked::No })
}

/// A switch: Yes or No.
pub(super) fn yes_or_no() -> InputKind {
    InputKind::Choice(vec![YES, NO])
}

pub(super) fn word(yes: bool) -> &'static str {
    if yes { YES } else { NO }
}

/// Whether a switch was left at Yes.
pub(super) fn is_yes(form: &Form, name: &str) -> bool {
    form.field(name) == Some(YES)
}

const YES: &str = "Yes";
const NO: &str = "No";
