//! App registrations and their service principals: finding, keeping and removing them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::Tenant;
use crate::applications::{Application, ClientKind, Presence};

/// What makes a new registration.
pub(crate) struct NewApplication {
    pub(crate) display_name: String,
    pub(crate) kind: ClientKind,
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) owners: BTreeSet<Uuid>,
    pub(crate) profile: BTreeMap<&'static str, Value>,
}

impl Tenant {
    /// Registrations of this tenant, by client id; Microsoft's own are registered elsewhere.
    pub(crate) fn registrations(&self) -> impl Iterator<Item = &Application> {
        self.applications().filter(|application| application.kind != ClientKind::FirstParty)
    }

    /// Applications with a service principal in this tenant, Microsoft's own clients included.
    pub(crate) fn principals(&self) -> impl Iterator<Item = &Application> {
        self.applications().filter(|application| application.service_principal != Presence::Absent)
    }

    /// The registration with this object id.
    pub(crate) fn application_object(&self, id: Uuid) -> Option<&Application> {
        let application = self.application(*self.client_ids.get(&id)?)?;
        (application.id == id).then_some(application)
    }

    /// The application whose service principal has this object id.
    pub(crate) fn principal_object(&self, id: Uuid) -> Option<&Application> {
        let application = self.application(*self.client_ids.get(&id)?)?;
        let is_it = application.service_principal_id == id && application.service_principal != Presence::Absent;
        is_it.then_some(application)
    }

    /// The object id of Microsoft Graph's own service principal.
    pub(crate) fn graph_principal(&self) -> Uuid {
        self.graph_principal
    }

    /// Registers an application, without a service principal.
    pub(crate) fn register(&mut self, now: Timestamp, new: NewApplication) -> &Application {
        let app_id = self.rng.uuid();
        let application = Application {
            app_id,
            service_principal_id: self.rng.uuid(),
            display_name: new.display_name,
            kind: new.kind,
            redirect_uris: new.redirect_uris,
            delegated_grants: BTreeSet::new(),
            user_grants: BTreeMap::new(),
            api_grants: BTreeMap::new(),
            app_roles: BTreeSet::new(),
            id: self.rng.uuid(),
            created: now,
            service_principal: Presence::Absent,
            owners: new.owners,
            profile: new.profile,
            secrets: Vec::new(),
            certificates: Vec::new(),
        };
        self.keep_application(application);
        &self.applications[&app_id]
    }

    /// Changes an application in place.
    pub(crate) fn update_application<T>(
        &mut self,
        app_id: Uuid,
        change: impl FnOnce(&mut Application) -> T,
    ) -> Option<T> {
        self.applications.get_mut(&app_id).map(Arc::make_mut).map(change)
    }

    /// Removes a registration and its service principal.
    pub(crate) fn remove_application(&mut self, app_id: Uuid) -> Option<Arc<Application>> {
        let application = self.applications.remove(&app_id)?;
        self.client_ids.remove(&application.id);
        self.client_ids.remove(&application.service_principal_id);
        Some(application)
    }

    pub(super) fn keep_application(&mut self, application: Application) {
        if application.kind != ClientKind::FirstParty {
            self.client_ids.insert(application.id, application.app_id);
        }
        self.client_ids.insert(application.service_principal_id, application.app_id);
        self.applications.insert(application.app_id, Arc::new(application));
    }
}
