//! The portal, where the guide's "Setting Up the Entra/Azure AD Tenant" is done: `portal.azure.com`,
//! `entra.microsoft.com`, `intune.microsoft.com`.
//!
//! A blade is a client of Graph, as at Microsoft's: it reads and changes the tenant by Graph's routes on behalf of
//! whoever is signed in, so that roles, replication and the audit log are Graph's. Convention of the lab: the views of
//! the single-page application are pages below `/`.

mod area;
mod conditional_access;
mod desk;
mod intune;
mod methods;
mod permissions;
mod registrations;
mod roles;
mod secrets;
mod security;
mod user;
mod users;

use jiff::Timestamp;

use super::page::{Answer, Page};
use super::security_info::address;
use super::web_app::{Proof, WebApp};
use crate::applications::first_party;
use crate::graph::GraphError;
use crate::oauth::Form;
use crate::tenant::Tenant;
use area::Area;
use desk::Desk;

/// A name under which the portal is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Site {
    /// `portal.azure.com`.
    Azure,
    /// `entra.microsoft.com`.
    Entra,
    /// `intune.microsoft.com`.
    Intune,
    /// `endpoint.microsoft.com`, Intune's older name.
    Endpoint,
}

/// A request to a blade.
pub(crate) struct Visit<'a> {
    pub(crate) site: Site,
    /// The value of the portal's cookie.
    pub(crate) cookie: Option<&'a str>,
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    /// What was sent, if a form was.
    pub(crate) form: Option<&'a Form>,
}

/// What a blade comes to; Graph's refusal becomes a page.
type Outcome = Result<Answer, GraphError>;

impl Site {
    pub(super) fn redirect_uri(self) -> &'static str {
        let [azure, entra, intune, endpoint] = first_party::PORTAL_REDIRECTS;
        match self {
            Self::Azure => azure,
            Self::Entra => entra,
            Self::Intune => intune,
            Self::Endpoint => endpoint,
        }
    }

    /// The name in the bar.
    fn product(self) -> &'static str {
        match self {
            Self::Azure => "Microsoft Azure",
            Self::Entra => "Microsoft Entra admin center",
            Self::Intune | Self::Endpoint => "Microsoft Intune admin center",
        }
    }

    /// What the directory is called there: the Azure portal goes by the guide's word.
    fn directory(self) -> &'static str {
        match self {
            Self::Azure => "Azure Active Directory",
            Self::Entra | Self::Intune | Self::Endpoint => "Microsoft Entra ID",
        }
    }
}

impl Tenant {
    /// GET or POST of a blade.
    pub(crate) fn portal(&mut self, now: Timestamp, visit: &Visit<'_>) -> Answer {
        // A path that begins with two slashes would lead to another site.
        let then = format!("/{}", address(visit.path, visit.query).trim_start_matches(['/', '\\']));
        let visitor = self.signed_in_visitor(now, WebApp::Portal(visit.site), visit.cookie, Proof::Session, &then);
        let (user, sign_in) = match visitor {
            Ok(visitor) => visitor,
            Err(to_sign_in) => return to_sign_in,
        };
        let Some(mut desk) = Desk::of(self, now, visit, &user, &sign_in) else {
            return WebApp::Portal(visit.site).sign_out();
        };
        if visit.form.is_some_and(|form| !desk.made(form)) {
            let words = "This page was not made for this session. Go back, load it again and repeat what you did.";
            return desk.page(&Area::Home, "Something went wrong", &[words]).into_bad_request();
        }
        blade(&mut desk, visit).unwrap_or_else(|refused| desk.refusal(&refused))
    }
}

fn blade(desk: &mut Desk<'_>, visit: &Visit<'_>) -> Outcome {
    let segments: Vec<&str> = visit.path.split('/').filter(|segment| !segment.is_empty()).collect();
    match (segments.as_slice(), visit.form) {
        ([], None) => Ok(home(desk)),
        (["directory"], None) => directory(desk),
        (["directory", "app-registrations", rest @ ..], form) => registrations::blade(desk, rest, form),
        (["directory", "users", rest @ ..], form) => users::blade(desk, rest, form),
        (["directory", "security", rest @ ..], form) => security::blade(desk, rest, form),
        (["devices", rest @ ..], form) => intune::blade(desk, rest, form),
        _ => Ok(not_found(desk)),
    }
}

fn home(desk: &Desk<'_>) -> Answer {
    let title = if desk.site == Site::Azure { "Welcome to Azure!" } else { "Home" };
    let page = desk.page(&Area::Home, title, &[]);
    match desk.site {
        Site::Azure | Site::Entra => page
            .with_link(desk.site.directory(), Area::Directory.href())
            .with_link("App registrations", registrations::ROOT)
            .into(),
        Site::Intune | Site::Endpoint => page.with_link("Devices", intune::DEVICES).into(),
    }
}

fn directory(desk: &mut Desk<'_>) -> Outcome {
    let organization = desk.read("organization")?;
    let organization = &organization["value"][0];
    let text = |name: &str| organization[name].as_str().unwrap_or_default().to_owned();
    let domains = organization["verifiedDomains"].as_array().into_iter().flatten();
    let domain = domains.filter_map(|domain| domain["name"].as_str()).next().unwrap_or_default().to_owned();
    let page = desk.page(&Area::Directory, &text("displayName"), &[]);
    Ok(page
        .with_fact("Name", text("displayName"))
        .with_fact("Tenant ID", text("id"))
        .with_fact("Primary domain", domain)
        .into())
}

fn not_found(desk: &Desk<'_>) -> Answer {
    let page: Page = desk.page(&Area::Home, "Not found", &["This address leads to no page of the portal."]);
    Answer { status: 404, ..page.into() }
}
