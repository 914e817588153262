//! `directoryObject`: what groups hold, roles are given to and references lead to.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::odata::{Plan, Resource};
use super::service_principals::Principal;
use crate::applications::Application;
use crate::directory::{Device, Group, User};
use crate::roles::Role;
use crate::tenant::Tenant;

/// An object of the directory, whatever its type.
#[derive(Clone, Copy)]
pub(crate) enum DirectoryObject<'t> {
    User(&'t User),
    Group(&'t Group),
    Device(&'t Device),
    Role(Role),
    Application(&'t Application),
    ServicePrincipal(Principal<'t>),
}

/// Which of [`DirectoryObject`]'s types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    User,
    Group,
    Device,
    Role,
    Application,
    ServicePrincipal,
}

impl Kind {
    /// `user`, as in `microsoft.graph.user`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::User => User::KIND,
            Self::Group => Group::KIND,
            Self::Device => Device::KIND,
            Self::Role => Role::KIND,
            Self::Application => Application::KIND,
            Self::ServicePrincipal => Principal::KIND,
        }
    }
}

impl Tenant {
    /// The object with this id, whatever its type.
    pub(crate) fn object(&self, id: Uuid) -> Option<DirectoryObject<'_>> {
        let user = || self.user(id).map(DirectoryObject::User);
        let group = || self.group(id).map(DirectoryObject::Group);
        let device = || self.device_object(id).map(DirectoryObject::Device);
        let application = || self.application_object(id).map(DirectoryObject::Application);
        let principal = || Principal::by_id(self, id).map(DirectoryObject::ServicePrincipal);
        let role = || Role::by_object_id(self.id(), id).map(DirectoryObject::Role);
        user().or_else(group).or_else(device).or_else(application).or_else(principal).or_else(role)
    }
}

impl DirectoryObject<'_> {
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::User(_) => Kind::User,
            Self::Group(_) => Kind::Group,
            Self::Device(_) => Kind::Device,
            Self::Role(_) => Kind::Role,
            Self::Application(_) => Kind::Application,
            Self::ServicePrincipal(_) => Kind::ServicePrincipal,
        }
    }

    pub(crate) fn id(&self, tenant: &Tenant) -> Uuid {
        match self {
            Self::User(user) => user.id,
            Self::Group(group) => group.id,
            Self::Device(device) => device.id,
            Self::Role(role) => role.object_id(tenant.id()),
            Self::Application(application) => application.id,
            Self::ServicePrincipal(principal) => principal.id(),
        }
    }

    /// What a lambda operator sees of it.
    pub(crate) fn brief(&self, tenant: &Tenant) -> Value {
        let names = ["id", "displayName", "userPrincipalName"];
        let properties = names.iter().filter_map(|name| Some(((*name).to_owned(), self.property(tenant, name)?)));
        Value::Object(properties.collect::<Map<_, _>>())
    }
}

impl Resource for DirectoryObject<'_> {
    const KIND: &'static str = "directoryObject";
    /// What any of the types has and a query may name.
    const PROPERTIES: &'static [&'static str] = &[
        "id",
        "deletedDateTime",
        "displayName",
        "description",
        "userPrincipalName",
        "mail",
        "mailNickname",
        "givenName",
        "surname",
        "jobTitle",
        "department",
        "accountEnabled",
        "userType",
        "businessPhones",
        "mobilePhone",
        "officeLocation",
        "preferredLanguage",
        "createdDateTime",
        "groupTypes",
        "mailEnabled",
        "securityEnabled",
        "securityIdentifier",
        "visibility",
        "isAssignableToRole",
        "roleTemplateId",
        "appId",
        "deviceId",
        "trustType",
        "operatingSystem",
    ];

    fn shown(&self) -> &'static [&'static str] {
        match self {
            Self::User(user) => user.shown(),
            Self::Group(group) => group.shown(),
            Self::Device(device) => device.shown(),
            Self::Role(role) => role.shown(),
            Self::Application(application) => application.shown(),
            Self::ServicePrincipal(principal) => principal.shown(),
        }
    }

    fn odata_type(&self) -> Option<&'static str> {
        Some(match self.kind() {
            Kind::User => "#microsoft.graph.user",
            Kind::Group => "#microsoft.graph.group",
            Kind::Device => "#microsoft.graph.device",
            Kind::Role => "#microsoft.graph.directoryRole",
            Kind::Application => "#microsoft.graph.application",
            Kind::ServicePrincipal => "#microsoft.graph.servicePrincipal",
        })
    }

    fn property(&self, tenant: &Tenant, name: &str) -> Option<Value> {
        fn of<R: Resource>(object: &R, tenant: &Tenant, name: &str) -> Option<Value> {
            R::PROPERTIES.contains(&name).then(|| object.property(tenant, name))?
        }
        match self {
            Self::User(user) => of(*user, tenant, name),
            Self::Group(group) => of(*group, tenant, name),
            Self::Device(device) => of(*device, tenant, name),
            Self::Role(role) => of(role, tenant, name),
            Self::Application(application) => of(*application, tenant, name),
            Self::ServicePrincipal(principal) => of(principal, tenant, name),
        }
    }
}

/// The plan of a collection of directory objects.
pub(crate) type ObjectPlan<'t> = Plan<DirectoryObject<'t>>;
