//! The tenant: everything that Entra keeps, and the one door through which it changes.

mod access_passes;
mod accounts;
mod apis;
mod applications;
mod audit;
mod changes;
mod device_codes;
mod devices;
mod expiring;
mod grants;
mod groups;
mod lockout;
mod names;
mod policies;
mod recycle_bin;
mod replication;
mod roles;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use clockwork::{Seed, Stream};
use jiff::Timestamp;
use uuid::Uuid;

use crate::applications::{Application, BadClientCertificate, Presence};
use crate::conditional_access::{StoredPolicy, Strength};
use crate::config::{Config, DeviceConfigurationConfig};
use crate::directory::{Device, Group, GroupId, User, UserId};
use crate::error::{Refusal, Trace, aadsts};
use crate::event::Event;
use crate::fido::{
    BadCertificate, Challenges, CredentialIdTaken, Fido2Policy, Passkey, Passkeys, TrustedRoots, UserHandles,
};
use crate::pages::Sessions;
use crate::roles::Role;
use crate::throttling::{Throttle, Throttling};
use crate::tokens::SigningKey;
use crate::windows_sign_in::{Nonces, PrimaryRefreshTokens};

pub(crate) use accounts::{NewUser, PASSWORD_CHARS_MIN};
pub(crate) use apis::Api;
pub(crate) use applications::NewApplication;
pub(crate) use audit::{Activity, AuditEntry, AuditLog, SignInEntry, Way};
pub(crate) use changes::{Change, Membership};
pub(crate) use device_codes::{DEVICE_CODE_LIFETIME, DeviceCodes};
pub(crate) use expiring::{Expiring, Found};
pub(crate) use grants::{CodeGrant, CodeRedemption, RefreshGrant, SignIn};
pub(crate) use groups::{MembershipFault, NewGroup};
pub(crate) use policies::{Attempt, DeviceConfiguration};
pub(crate) use recycle_bin::{Deleted, RestoreFault};
pub use replication::Replication;
use replication::{Facet, InFlight};
pub(crate) use replication::{Session, View};

/// One simulated tenant.
pub struct Tenant {
    id: Uuid,
    name: String,
    domains: Vec<String>,
    created: Timestamp,
    users: BTreeMap<UserId, User>,
    /// Lower-case user principal names.
    names: BTreeMap<String, UserId>,
    display_names: names::DisplayNames,
    recycled: recycle_bin::RecycleBin,
    groups: BTreeMap<GroupId, Group>,
    /// Which groups a user is in: the other side of [`Group::members`].
    memberships: BTreeMap<UserId, std::collections::BTreeSet<GroupId>>,
    /// By client id; a token is made while its tenant changes, so it holds on to its application.
    applications: BTreeMap<Uuid, Arc<Application>>,
    /// Client ids by the object ids of registrations and of service principals.
    client_ids: BTreeMap<Uuid, Uuid>,
    /// Microsoft Graph's own service principal.
    graph_principal: Uuid,
    /// By device id.
    devices: BTreeMap<Uuid, Device>,
    /// Device ids by object id.
    device_ids: BTreeMap<Uuid, Uuid>,
    activated_roles: BTreeSet<Role>,
    /// Who holds a role: the other side of [`User::roles`].
    holders: BTreeMap<Role, BTreeSet<UserId>>,
    conditional_access: Vec<StoredPolicy>,
    /// Intune's device configurations, as Graph shows them, each with its assignments.
    pub(crate) device_configurations: BTreeMap<Uuid, DeviceConfiguration>,
    audit: AuditLog,
    changes: changes::Changes,
    lockouts: lockout::Lockouts,
    in_flight: InFlight,
    pub(crate) throttle: Throttle,
    pub(crate) permission_type: PermissionType,
    /// The latest instant that the tenant was told of: when an event that carries no time has happened.
    latest: Timestamp,
    grants: grants::Grants,
    device_requests: device_codes::DeviceRequests,
    pub(crate) fido2_policy: Fido2Policy,
    pub(crate) passkeys: Passkeys,
    pub(crate) user_handles: UserHandles,
    pub(crate) attestation_roots: TrustedRoots,
    /// Registration challenges that wait for their key.
    pub(crate) challenges: Challenges,
    /// Browser sessions and half-done sign-ins.
    pub(crate) sessions: Sessions,
    /// Nonces of Windows sign-in.
    pub(crate) nonces: Nonces,
    /// Machines on which somebody has signed in.
    pub(crate) primary_refresh_tokens: PrimaryRefreshTokens,
    pub(crate) signing_key: SigningKey,
    pub(crate) rng: Stream,
    events: VecDeque<Event>,
}

/// Why a [`Config`] makes no tenant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadConfig {
    /// No verified domain.
    #[error("a tenant needs at least one domain")]
    NoDomain,
    /// Two users with one name.
    #[error("two users are called {0}")]
    DuplicateUser(String),
    /// A group member who is no user.
    #[error("{member} in the group {group:?} is not a user")]
    UnknownMember {
        /// The group.
        group: String,
        /// The name that nobody has.
        member: String,
    },
    /// A device that nobody of the tenant has joined.
    #[error("{owner}, who joined {device}, is not a user")]
    UnknownOwner {
        /// The device's name.
        device: String,
        /// The name that nobody has.
        owner: String,
    },
    /// A certificate that cannot be registered on an application.
    #[error("the certificate of the application {name:?} cannot be registered: {why}")]
    ClientCertificate {
        /// The application's display name.
        name: String,
        /// What is wrong with it.
        why: BadClientCertificate,
    },
    /// A root that is not a certificate.
    #[error("an attestation root cannot be read: {0}")]
    Root(#[source] BadCertificate),
}

/// What the portal does about the type of a permission (guide "Delegated by Default").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum PermissionType {
    /// Asks: delegated or application.
    #[default]
    Asked,
    /// Takes delegated without asking.
    Delegated,
}

impl Tenant {
    /// Makes the tenant; object ids follow from the seed and the objects' names, so that a new user shifts nobody's.
    ///
    /// # Errors
    ///
    /// [`BadConfig`] when the parts do not fit each other.
    pub fn new(config: Config, seed: &Seed) -> Result<Self, BadConfig> {
        if config.domains.is_empty() {
            return Err(BadConfig::NoDomain);
        }
        let roots: Vec<&str> = config.attestation_roots.iter().map(String::as_str).collect();
        let roots = TrustedRoots::from_pem(&roots);
        let mut tenant = Self {
            id: config.tenant_id,
            name: config.name,
            domains: config.domains,
            created: config.created,
            users: BTreeMap::new(),
            names: BTreeMap::new(),
            display_names: names::DisplayNames::default(),
            recycled: recycle_bin::RecycleBin::default(),
            groups: BTreeMap::new(),
            memberships: BTreeMap::new(),
            applications: BTreeMap::new(),
            client_ids: BTreeMap::new(),
            graph_principal: seed.fork("entra/graph-service-principal").uuid(),
            devices: BTreeMap::new(),
            device_ids: BTreeMap::new(),
            activated_roles: BTreeSet::from([Role::GlobalAdministrator]),
            holders: BTreeMap::new(),
            conditional_access: Vec::new(),
            device_configurations: BTreeMap::new(),
            audit: AuditLog::new(seed.fork("entra/audit")),
            changes: changes::Changes::default(),
            lockouts: lockout::Lockouts::default(),
            in_flight: InFlight::default(),
            throttle: Throttle::default(),
            permission_type: PermissionType::default(),
            latest: config.created,
            grants: grants::Grants::default(),
            device_requests: device_codes::DeviceRequests::default(),
            fido2_policy: config.fido2_policy,
            passkeys: Passkeys::default(),
            user_handles: UserHandles::new(config.tenant_id, seed.fork("entra/user-handles").bytes()),
            attestation_roots: roots.map_err(BadConfig::Root)?,
            challenges: Challenges::default(),
            sessions: Sessions::new(seed.fork("entra/sessions")),
            nonces: Nonces::default(),
            primary_refresh_tokens: PrimaryRefreshTokens::default(),
            signing_key: SigningKey::of_fixture(),
            rng: seed.fork("entra"),
            events: VecDeque::new(),
        };
        for user in config.users {
            let rng = &mut seed.fork(&format!("entra/user/{}", user.upn));
            tenant.add_configured_user(user, rng)?;
        }
        config.groups.into_iter().try_for_each(|group| tenant.add_configured_group(group))?;
        let first_party = Application::first_party(config.created, &mut seed.fork("entra/first-party"));
        let registered = config.applications.into_iter().map(|application| {
            let rng = &mut seed.fork(&format!("entra/application/{}", application.app_id));
            let name = application.display_name.clone();
            Application::registered(application, config.created, rng)
                .map_err(|why| BadConfig::ClientCertificate { name, why })
        });
        let registered = registered.collect::<Result<Vec<_>, _>>()?;
        first_party.into_iter().chain(registered).for_each(|application| tenant.keep_application(application));
        config.devices.into_iter().try_for_each(|device| tenant.add_configured_device(device, seed))?;
        tenant.device_configurations =
            config.device_configurations.into_iter().map(|given| configured(given, config.created, seed)).collect();
        tenant.device_ids = tenant.devices.values().map(|device| (device.id, device.device_id)).collect();
        tenant.index_roles();
        tenant.set_conditional_access(config.conditional_access);
        // What was there from the start has not changed.
        tenant.changes = changes::Changes::default();
        Ok(tenant)
    }

    /// The same tenant, whose ids stay and whose opaque values (codes, tokens, sessions) follow from another seed: what
    /// was given out in one run means nothing in the next.
    #[must_use]
    pub fn in_a_run_of(mut self, seed: &Seed) -> Self {
        self.rng = seed.fork("entra");
        self.sessions = Sessions::new(seed.fork("entra/sessions"));
        self
    }

    /// The same tenant, whose changes are read only after a while.
    #[must_use]
    pub fn with_replication(mut self, delays: Replication) -> Self {
        self.in_flight = InFlight::new(delays);
        self
    }

    /// From now on requests cost something, and whoever asks too much waits.
    pub fn begin_throttling(&mut self, limits: Throttling) {
        self.throttle = Throttle::new(limits);
    }

    /// The same tenant, whose portal does not ask for the type of a permission: it takes Delegated.
    #[must_use]
    pub fn with_permissions_taken_as_delegated(mut self) -> Self {
        self.permission_type = PermissionType::Delegated;
        self
    }

    /// Graph has too much to do until then, and refuses everything.
    pub fn overload_graph(&mut self, until: Timestamp) {
        self.throttle.overload(until);
    }

    /// The next thing that happened, oldest first.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// The directory (tenant) id.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// The organization's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Verified domains, the initial one first.
    #[must_use]
    pub fn domains(&self) -> &[String] {
        &self.domains
    }

    /// When the tenant was made.
    #[must_use]
    pub fn created(&self) -> Timestamp {
        self.created
    }

    /// The application with this client id, Microsoft's own included.
    #[must_use]
    pub fn application(&self, app_id: Uuid) -> Option<&Application> {
        self.applications.get(&app_id).map(AsRef::as_ref)
    }

    /// Every application, Microsoft's own included, by client id.
    pub(crate) fn applications(&self) -> impl Iterator<Item = &Application> {
        self.applications.values().map(AsRef::as_ref)
    }

    /// The device with this device id.
    #[must_use]
    pub fn device(&self, device_id: Uuid) -> Option<&Device> {
        self.devices.get(&device_id)
    }

    /// The security keys of the tenant's users.
    #[must_use]
    pub fn passkeys(&self) -> &Passkeys {
        &self.passkeys
    }

    /// Gives a user a key that was registered before the lab began.
    ///
    /// # Errors
    ///
    /// [`CredentialIdTaken`]; nothing has changed then.
    pub fn keep_key(&mut self, key: Passkey) -> Result<(), CredentialIdTaken> {
        self.passkeys.add(key)
    }

    /// The FIDO2 security key method policy.
    #[must_use]
    pub fn fido2_policy(&self) -> &Fido2Policy {
        &self.fido2_policy
    }

    /// Sets the FIDO2 security key method policy, as the portal does.
    pub fn set_fido2_policy(&mut self, policy: Fido2Policy) {
        self.keep_before(Facet::Fido2Policy);
        self.fido2_policy = policy;
    }

    /// Checks the tenant segment of a login path: `common`, `organizations`, the tenant's id or a verified domain.
    pub(crate) fn check_segment(&self, segment: &str) -> Result<(), Refusal> {
        let own = ["common", "organizations"].contains(&segment)
            || Uuid::parse_str(segment).is_ok_and(|id| id == self.id)
            || self.domains.iter().any(|domain| domain.eq_ignore_ascii_case(segment));
        if own { Ok(()) } else { Err(aadsts::TENANT_NOT_FOUND.refuse().with("tenant", segment)) }
    }

    /// The application with this client id as a request gives it, or 700016.
    pub(crate) fn client(&self, client_id: &str) -> Result<&Arc<Application>, Refusal> {
        let known = Uuid::parse_str(client_id).ok().and_then(|id| self.applications.get(&id));
        let refused = |code: &'static aadsts::Code| code.refuse().with("id", client_id).with("tenant", &self.name);
        let application = known.ok_or_else(|| refused(aadsts::APPLICATION_NOT_FOUND))?;
        match application.service_principal {
            Presence::Present => Ok(application),
            Presence::Disabled => Err(refused(aadsts::APPLICATION_DISABLED).with("name", &application.display_name)),
            Presence::Absent => Err(refused(aadsts::SERVICE_PRINCIPAL_MISSING)),
        }
    }

    /// Why a sign-in has not proved enough for `resource`: 50076, or 50079 for a user who has no method that would.
    pub(crate) fn proof_refusal(&self, user: UserId, strength: Strength, resource: Uuid) -> Refusal {
        let account = self.user(user).filter(|_| strength == Strength::Mfa);
        let has_weaker = account.is_some_and(|user| user.phone.is_some())
            || account.is_some() && self.has_usable_pass(self.latest, user);
        let has_method = has_weaker || !self.passkeys.of_user(user).is_empty();
        let code = if has_method { aadsts::MFA_REQUIRED } else { aadsts::MFA_ENROLMENT };
        code.refuse().with("resource", &resource.to_string())
    }

    /// Ids for an answer; `client_request_id` is echoed when the client sent one.
    pub(crate) fn trace(&mut self, now: Timestamp, client_request_id: Option<Uuid>) -> Trace {
        let trace_id = self.rng.uuid();
        let correlation_id = client_request_id.unwrap_or_else(|| self.rng.uuid());
        Trace { trace_id, correlation_id, at: now }
    }

    /// Tells the tenant the time, before anything is asked of it.
    pub(crate) fn notice(&mut self, now: Timestamp) {
        self.latest = self.latest.max(now);
        self.forget_replicated();
    }

    /// Puts a line into the journal, and into the logs that administrators read.
    pub(crate) fn record(&mut self, event: Event) {
        self.log(&event);
        self.events.push_back(event);
    }

    /// Puts a sign-in that was refused on a page into the journal, and into the log of sign-ins.
    pub(crate) fn record_refusal(&mut self, user: Option<&str>, client: Uuid, refusal: &Refusal) {
        self.record_refused_grant(user, Some(client), Way::Page, refusal);
    }

    /// The same of any sign-in; the log has those of users who are known by name.
    pub(crate) fn record_refused_grant(
        &mut self,
        user: Option<&str>,
        client: Option<Uuid>,
        way: Way,
        refusal: &Refusal,
    ) {
        let whose = refusal.user.and_then(|user| self.user(user)).map(|user| user.upn.clone());
        let user = user.map(str::to_owned).or(whose);
        if let Some(user) = &user {
            self.log_refusal(user, client, way, refusal);
        }
        self.record(Event::SignInRefused { user, code: refusal.code.number, reason: refusal.text.clone() });
    }
}

/// A configuration that was there from the start, assigned to all licensed users.
fn configured(given: DeviceConfigurationConfig, created: Timestamp, seed: &Seed) -> (Uuid, DeviceConfiguration) {
    let id = seed.fork(&format!("entra/device-configuration/{}", given.display_name)).uuid();
    (id, DeviceConfiguration::configured(id, &crate::graph::date(created), given))
}
