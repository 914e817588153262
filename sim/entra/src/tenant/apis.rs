//! Resources: what tokens are for. Microsoft Graph, and the applications that expose permissions of their own
//! (entra.md §1.6).

use uuid::Uuid;

use super::Tenant;
use crate::applications::{Application, Presence, TokenVersion, first_party};
use crate::graph::{Consenter, Permissions};
use crate::tokens::GRAPH_URL;

/// A resource by its delegated permissions.
#[derive(Clone, Copy)]
pub(crate) enum Api<'t> {
    Graph,
    Of(&'t Application),
}

impl Tenant {
    /// The resource that a request calls so: by client id, Graph's URL or an identifier URI; a final slash does not count.
    pub(crate) fn api_called(&self, resource: &str) -> Option<Api<'_>> {
        let resource = resource.trim_end_matches('/');
        if resource == GRAPH_URL || Uuid::parse_str(resource) == Ok(first_party::GRAPH) {
            return Some(Api::Graph);
        }
        let mut present = self.registrations().filter(|known| known.service_principal == Presence::Present);
        present.find(|known| known.is_called(resource)).map(Api::Of)
    }

    /// The resource with this client id.
    pub(crate) fn api(&self, app_id: Uuid) -> Option<Api<'_>> {
        match app_id {
            first_party::GRAPH => Some(Api::Graph),
            _ => self.application(app_id).map(Api::Of),
        }
    }

    /// The delegated permissions of a resource that an application may use for a user: granted, or let in beforehand.
    pub(crate) fn permitted<'t>(
        &'t self,
        client: &'t Application,
        resource: Uuid,
        user: Uuid,
    ) -> std::collections::BTreeSet<&'t str> {
        let mut granted = client.grants_for(resource, user);
        if let Some(Api::Of(resource)) = self.api(resource) {
            granted.extend(resource.preauthorized(client.app_id));
        }
        granted
    }
}

impl<'t> Api<'t> {
    pub(crate) fn app_id(self) -> Uuid {
        match self {
            Self::Graph => first_party::GRAPH,
            Self::Of(application) => application.app_id,
        }
    }

    pub(crate) fn display_name(self) -> &'t str {
        match self {
            Self::Graph => "Microsoft Graph",
            Self::Of(application) => &application.display_name,
        }
    }

    /// How an answer spells the resource before a permission.
    pub(crate) fn uri(self) -> String {
        match self {
            Self::Graph => GRAPH_URL.to_owned(),
            Self::Of(application) => {
                application.identifier_uris().next().map_or_else(|| application.app_id.to_string(), str::to_owned)
            }
        }
    }

    pub(crate) fn token_version(self) -> TokenVersion {
        match self {
            Self::Graph => TokenVersion::V1,
            Self::Of(application) => application.token_version(),
        }
    }

    /// The name of the permission that somebody may have spelled otherwise.
    pub(crate) fn scope(self, spelled: &str) -> Option<&'t str> {
        match self {
            Self::Graph => Permissions::get().delegated(spelled),
            Self::Of(application) => application.api_scope(spelled).map(|scope| scope.name),
        }
    }

    /// The name of the permission with this id.
    pub(crate) fn scope_with_id(self, id: Uuid) -> Option<&'t str> {
        match self {
            Self::Graph => Permissions::get().scope(id),
            Self::Of(application) => application.api_scopes().find(|scope| scope.id == id).map(|scope| scope.name),
        }
    }

    /// Who may grant a permission.
    pub(crate) fn consenter(self, name: &str) -> Option<Consenter> {
        match self {
            Self::Graph => Permissions::get().consenter(name),
            Self::Of(application) => application.api_scope(name).map(|scope| scope.consenter),
        }
    }

    /// What a permission lets an application do.
    pub(crate) fn text(self, name: &str) -> Option<&'t str> {
        match self {
            Self::Graph => Permissions::get().text(name),
            Self::Of(application) => application.api_scope(name).map(|scope| scope.text),
        }
    }
}
