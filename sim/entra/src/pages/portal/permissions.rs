//! API permissions of an application (the guide's "Grant Application Required API Permissions").

mod consent;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use uuid::Uuid;

use super::desk::{Desk, alerts, confirmed, tick, typed};
use super::registrations::Registration;
use super::{Outcome, not_found};
use crate::applications::first_party;
use crate::graph::{Consenter, GraphError, Permissions};
use crate::oauth::Form;
use crate::pages::page::{Answer, Cell, InputKind, Link};
use crate::tenant::PermissionType;
use consent::{grant, granted};

/// A kind of permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Delegated,
    Application,
}

/// A permission of Microsoft Graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Asked {
    kind: Kind,
    name: &'static str,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Delegated => "Delegated",
            Self::Application => "Application",
        }
    }

    /// As `requiredResourceAccess` says it.
    fn graph_name(self) -> &'static str {
        match self {
            Self::Delegated => "Scope",
            Self::Application => "Role",
        }
    }

    fn segment(self) -> &'static str {
        match self {
            Self::Delegated => "delegated",
            Self::Application => "application",
        }
    }

    fn parse(segment: &str) -> Option<Self> {
        [Self::Delegated, Self::Application].into_iter().find(|kind| kind.segment() == segment)
    }

    fn id(self, name: &str) -> Option<Uuid> {
        let permission = Permissions::get().permissions.get(name)?;
        match self {
            Self::Delegated => permission.delegated,
            Self::Application => permission.application,
        }
    }

    /// Every permission of the kind, by name.
    fn all(self) -> impl Iterator<Item = &'static str> {
        let all = Permissions::get().permissions.keys().map(String::as_str);
        all.filter(move |name| self.id(name).is_some())
    }
}

impl Asked {
    fn needs_admin(self) -> bool {
        self.kind == Kind::Application || Permissions::get().consenter(self.name) == Some(Consenter::Admin)
    }

    fn parse(kind: &str, name: &str) -> Option<Self> {
        let kind = Kind::parse(kind)?;
        kind.all().find(|known| *known == name).map(|name| Self { kind, name })
    }
}

pub(super) fn blade(desk: &mut Desk<'_>, of: &Registration, rest: &[&str], form: Option<&Form>) -> Outcome {
    let root = root(of);
    match (rest, form) {
        ([], None) => list(desk, of),
        (["consent"], form) => {
            let question = |desk: &Desk<'_>, alerts: &[String]| {
                let text = format!(
                    "Do you want to grant consent for the requested permissions for all accounts in {}? This will update any existing admin consent records this application already has to match what is listed below.",
                    desk.organization
                );
                desk.question(&of.area(), "Grant admin consent confirmation.", &text, alerts, &root)
            };
            confirmed(desk, form, &root, question, |desk| grant(desk, of))
        }
        (["add"], None) => Ok(choose_api(desk, of)),
        (["add", "microsoft-graph"], None) => Ok(choose_kind(desk, of)),
        (["add", "microsoft-graph", kind], form) => match Kind::parse(kind) {
            Some(kind) => select(desk, of, kind, form),
            None => Ok(not_found(desk)),
        },
        ([kind, name, rest @ ..], form) => match (Asked::parse(kind, name), rest, form) {
            (Some(asked), [], None) => Ok(one(desk, of, asked)),
            (Some(asked), ["remove"], form) => remove(desk, of, asked, form),
            _ => Ok(not_found(desk)),
        },
        _ => Ok(not_found(desk)),
    }
}

fn root(of: &Registration) -> String {
    format!("{}/api-permissions", of.area().href())
}

fn list(desk: &mut Desk<'_>, of: &Registration) -> Outcome {
    let granted = granted(desk, of)?;
    let configured = configured(of);
    let (yes, no) = (format!("Granted for {}", desk.organization), format!("Not granted for {}", desk.organization));
    let row = |asked: Asked| {
        let status = match (granted.contains(&asked), asked.needs_admin()) {
            (true, _) => &*yes,
            (false, true) => &*no,
            (false, false) => "",
        };
        let text = Permissions::get().text(asked.name).unwrap_or_default();
        let consent = if asked.needs_admin() { "Yes" } else { "No" };
        [asked.name, asked.kind.name(), text, consent, status].map(Cell::from).into()
    };
    let more = |asked: Asked| Link::new("...", format!("{}/{}/{}", root(of), asked.kind.segment(), asked.name));
    let rows = configured.iter().map(|asked| (row(*asked), vec![more(*asked)]));
    // What was granted and is not asked for any more still counts.
    let others = granted.difference(&configured).map(|asked| (row(*asked), Vec::new()));
    let text = "Applications are authorized to call APIs when they are granted permissions by users/admins as part of the consent process. Microsoft Graph:";
    let columns = ["API / Permissions name", "Type", "Description", "Admin consent required", "Status"];
    let page = desk.page(&of.area(), "API permissions", &[text]).with_table(&columns, rows.chain(others).collect());
    let page = page.with_command("Add a permission", format!("{}/add", root(of)));
    Ok(page
        .with_command(format!("Grant admin consent for {}", desk.organization), format!("{}/consent", root(of)))
        .into())
}

/// The permissions that the registration asks for.
fn configured(of: &Registration) -> BTreeSet<Asked> {
    let resources = of.document["requiredResourceAccess"].as_array().into_iter().flatten();
    let access = resources.flat_map(|resource| resource["resourceAccess"].as_array().into_iter().flatten());
    let map = Permissions::get();
    let known = access.filter_map(|access| {
        let id = Uuid::parse_str(access["id"].as_str()?).ok()?;
        Some(match access["type"].as_str()? {
            "Role" => Asked { kind: Kind::Application, name: map.app_role(id)? },
            _ => Asked { kind: Kind::Delegated, name: map.scope(id)? },
        })
    });
    known.collect()
}

fn choose_api(desk: &Desk<'_>, of: &Registration) -> Answer {
    let text = "Take advantage of the tremendous amount of data in Office 365, Enterprise Mobility + Security, and Windows. Select an API:";
    let page = desk.page(&of.area(), "Request API permissions", &[text]);
    let next = match desk.permission_type() {
        PermissionType::Asked => String::new(),
        PermissionType::Delegated => format!("/{}", Kind::Delegated.segment()),
    };
    let graph = format!("{}/add/microsoft-graph{next}", root(of));
    page.with_link("Microsoft Graph", graph).with_link("Cancel", root(of)).into()
}

fn choose_kind(desk: &Desk<'_>, of: &Registration) -> Answer {
    let texts = [
        "Microsoft Graph. What type of permissions does your application require?",
        "Delegated permissions: your application needs to access the API as the signed-in user.",
        "Application permissions: your application runs as a background service or daemon without a signed-in user.",
    ];
    let to = |kind: Kind| format!("{}/add/microsoft-graph/{}", root(of), kind.segment());
    desk.page(&of.area(), "Request API permissions", &texts)
        .with_link("Delegated permissions", to(Kind::Delegated))
        .with_link("Application permissions", to(Kind::Application))
        .with_link("Cancel", root(of))
        .into()
}

/// The permissions of a kind, to tick; "Search" narrows them down and keeps what is ticked.
fn select(desk: &mut Desk<'_>, of: &Registration, kind: Kind, form: Option<&Form>) -> Outcome {
    let ticked: BTreeSet<&'static str> =
        kind.all().filter(|name| form.is_some_and(|form| form.field(name).is_some())).collect();
    if form.is_some_and(|form| form.field("do") == Some("add")) {
        let mut wanted = configured(of);
        wanted.extend(ticked.iter().map(|name| Asked { kind, name }));
        return match configure(desk, of, &wanted) {
            Ok(()) => Ok(Answer::redirect(root(of))),
            Err(refused) => Ok(select_page(desk, of, kind, &ticked, form, &alerts(&refused))),
        };
    }
    Ok(select_page(desk, of, kind, &ticked, form, &[]))
}

fn select_page(
    desk: &Desk<'_>,
    of: &Registration,
    kind: Kind,
    ticked: &BTreeSet<&'static str>,
    form: Option<&Form>,
    alerts: &[String],
) -> Answer {
    let search = typed(form, "search", "");
    let fits = |name: &&'static str| ticked.contains(name) || name.to_lowercase().contains(&search.to_lowercase());
    let input = desk.form().input("search", "Select permissions", InputKind::Search, search);
    let input =
        kind.all().filter(fits).fold(input, |input, name| input.input(name, name, tick(ticked.contains(name)), "on"));
    let title = format!("Request API permissions: {} permissions", kind.name());
    let page = desk.page(&of.area(), &title, &["Microsoft Graph"]).with_alerts(alerts);
    page.with_form(input.choice("Add Permissions", "do", "add")).with_link("Discard", root(of)).into()
}

fn one(desk: &Desk<'_>, of: &Registration, asked: Asked) -> Answer {
    let remove = format!("{}/{}/{}/remove", root(of), asked.kind.segment(), asked.name);
    let text = Permissions::get().text(asked.name).unwrap_or_default();
    let page = desk.page(&of.area(), asked.name, &[text]).with_fact("Type", asked.kind.name());
    page.with_command("Remove Permission", remove).with_link("Back", root(of)).into()
}

fn remove(desk: &mut Desk<'_>, of: &Registration, asked: Asked, form: Option<&Form>) -> Outcome {
    let question = |desk: &Desk<'_>, alerts: &[String]| {
        let text = format!("Are you sure you want to remove the permission {}?", asked.name);
        desk.question(&of.area(), "Remove permission", &text, alerts, &root(of))
    };
    confirmed(desk, form, &root(of), question, |desk| {
        let mut wanted = configured(of);
        wanted.remove(&asked);
        configure(desk, of, &wanted)
    })
}

/// Sets the permissions of Microsoft Graph that the registration asks for; other resources stay as they are.
fn configure(desk: &mut Desk<'_>, of: &Registration, wanted: &BTreeSet<Asked>) -> Result<(), GraphError> {
    let graph = first_party::GRAPH.to_string();
    let known = of.document["requiredResourceAccess"].as_array().cloned().unwrap_or_default();
    let mut resources: Vec<Value> = known.into_iter().filter(|resource| resource["resourceAppId"] != *graph).collect();
    let access = |asked: &Asked| json!({ "id": asked.kind.id(asked.name), "type": asked.kind.graph_name() });
    if !wanted.is_empty() {
        let access: Vec<Value> = wanted.iter().map(access).collect();
        resources.push(json!({ "resourceAppId": graph, "resourceAccess": access }));
    }
    desk.patch(&of.path(), &json!({ "requiredResourceAccess": resources }))
}
