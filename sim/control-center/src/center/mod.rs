//! Control Center itself: what it knows, and the actor that the lab pumps.

mod admins;
mod conclude;
mod devices;
mod flags;
mod hooks;
mod integrations;
mod line;
mod sessions;
mod tokens;
mod users;
mod workstations;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use bytes::Bytes;
use clockwork::{ExchangeId, Outbox, Reply, Seed, Stream};
use http::Request;
use jiff::Timestamp;

pub use admins::{NewStaff, SignInError, StaffError};
pub use devices::{AccountView, Completed, Domain, NewPhone, RELYING_PARTY, ReportedPasskey};
pub(crate) use hooks::HOOK_FAILED;
pub use integrations::{Draft, UnknownIntegration};
pub use line::Conclusion;
pub use sessions::{PairingOffer, PairingRequest, PairingState, Scanned};
pub use tokens::{AccessToken, Need, Permission, TokenError};
pub use users::InviteError;
pub use workstations::{PairedDevice, WorkstationDevice};

use crate::audit::{Record, Stamp};
use crate::config::{Admin, Config};
use crate::device::Device;
use crate::event::Event;
use crate::flags::ApplicationFlag;
use crate::hook::Hook;
use crate::integration::{Integration, Toggle, WorkstationSettings};
use crate::mail::Mail;
use crate::operation::OperationId;
use crate::pairing::Session;
use crate::people::{Phase, User};
use crate::staff::{ControlCenterUser, Role};
use hooks::Delivery;
use line::{Job, Line};

/// What device ids and FIDO ids are spelled with, read off HYPR's published sample.
const ID_ALPHABET: &str = "0123456789abcdefghijklmnopqrstuv";

/// One tenant of HYPR Control Center.
///
/// **Invariant**: a user's phase follows from the pairings ([`User::phase`]); the groups in Entra follow from the phase.
pub struct ControlCenter {
    config: Config,
    default_workstation_settings: WorkstationSettings,
    /// Application flags that are set globally, against the guide.
    global_flags: BTreeSet<ApplicationFlag>,
    rng: Stream,
    trace: Stream,
    /// Control Center Users by address in lower case.
    staff: BTreeMap<String, ControlCenterUser>,
    /// By id.
    tokens: BTreeMap<String, AccessToken>,
    /// Signed-in users' addresses by cookie.
    signed_in: BTreeMap<String, String>,
    /// By `rpAppId`.
    integrations: BTreeMap<String, Integration>,
    /// By device id.
    devices: BTreeMap<String, Device>,
    /// By session id.
    sessions: BTreeMap<String, Session>,
    /// The work that needs Entra, by `rpAppId`; an integration that is being added has a line before it exists.
    lines: BTreeMap<String, Line>,
    outbox: Outbox,
    events: VecDeque<Event>,
    mails: VecDeque<Mail>,
    hooks: Vec<Hook>,
    deliveries: Vec<Delivery>,
    audit: Vec<Record>,
    operations_begun: u64,
    watched: BTreeSet<OperationId>,
    conclusions: BTreeMap<OperationId, Conclusion>,
}

impl ControlCenter {
    /// A tenant without integrations.
    #[must_use]
    pub fn new(config: Config, seed: &Seed) -> Self {
        let staff = config.admins.iter().map(|admin| (admin.email.to_lowercase(), first_user(admin))).collect();
        Self {
            config,
            staff,
            tokens: BTreeMap::new(),
            default_workstation_settings: WorkstationSettings::default(),
            global_flags: BTreeSet::new(),
            rng: seed.fork("control-center"),
            trace: seed.fork("control-center/trace"),
            signed_in: BTreeMap::new(),
            integrations: BTreeMap::new(),
            devices: BTreeMap::new(),
            sessions: BTreeMap::new(),
            lines: BTreeMap::new(),
            outbox: Outbox::default(),
            events: VecDeque::new(),
            mails: VecDeque::new(),
            hooks: Vec::new(),
            deliveries: Vec::new(),
            audit: Vec::new(),
            operations_begun: 0,
            watched: BTreeSet::new(),
            conclusions: BTreeMap::new(),
        }
    }

    /// The next request to Entra.
    pub fn poll_request(&mut self) -> Option<(ExchangeId, Request<Bytes>)> {
        self.outbox.poll()
    }

    /// Takes Entra's reply; one that nobody waits for any more is dropped.
    pub fn handle_response(&mut self, now: Timestamp, id: ExchangeId, reply: Reply) {
        let line = self.lines.iter().find(|(_, line)| line.awaits(id));
        match line.map(|(rp_app_id, _)| rp_app_id.clone()) {
            Some(rp_app_id) => self.reply_arrived(now, &rp_app_id, reply),
            None => self.delivery_answered(now, id, &reply),
        }
    }

    /// The earliest end of a rest or of a pairing session.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let rests = self.lines.values().filter_map(Line::deadline);
        let deliveries = self.deliveries.iter().filter_map(Delivery::deadline);
        rests.chain(deliveries).chain(self.sessions.values().filter_map(Session::deadline)).min()
    }

    /// Ends what is over by `now`.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        self.expire_sessions(now);
        for line in self.lines.values_mut() {
            line.handle_timeout(now, &mut self.outbox);
        }
        self.retry_deliveries(now);
    }

    /// The next thing that happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// The next e-mail to deliver.
    pub fn poll_mail(&mut self) -> Option<Mail> {
        self.mails.pop_front()
    }

    /// The tenant's configuration.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The Audit Trail, oldest first.
    #[must_use]
    pub fn audit(&self) -> &[Record] {
        &self.audit
    }

    /// The phones, by device id.
    pub fn devices(&self) -> impl Iterator<Item = &Device> {
        self.devices.values()
    }

    /// One phone.
    #[must_use]
    pub fn device(&self, device_id: &str) -> Option<&Device> {
        self.devices.get(device_id)
    }

    /// The integrations, by name.
    pub fn integrations(&self) -> impl Iterator<Item = &Integration> {
        self.integrations.values()
    }

    /// One integration.
    #[must_use]
    pub fn integration(&self, rp_app_id: &str) -> Option<&Integration> {
        self.integrations.get(rp_app_id)
    }

    /// The phase of a user in the first integration that has the user.
    #[must_use]
    pub fn phase_of(&self, upn: &str) -> Option<Phase> {
        self.integrations.values().find_map(|integration| integration.user(upn)).map(User::phase)
    }

    fn rp_url(&self) -> String {
        format!("https://{}/rp", self.config.host)
    }

    fn tenant_id(&self) -> String {
        self.config.host.split('.').next().unwrap_or_default().to_owned()
    }

    /// Writes an event down: for the journal, and for the Audit Trail where it belongs there.
    fn note(&mut self, now: Timestamp, event: Event) {
        let mut trace_id = self.trace.hex(9);
        trace_id.pop();
        let stamp = Stamp { id: self.audit.len() as u64 + 1, at: now, tenant_id: self.tenant_id(), trace_id };
        if let Some(record) = Record::of(&event, stamp) {
            self.deliver(&record);
            self.audit.push(record);
        }
        self.events.push_back(event);
    }

    /// Changes a user and follows up what it means for the phase, the group and the Azure pairing.
    fn change_user<R>(
        &mut self,
        now: Timestamp,
        rp_app_id: &str,
        username: &str,
        change: impl FnOnce(&mut User) -> R,
    ) -> Option<R> {
        let user = self.integrations.get_mut(rp_app_id)?.user_mut(username)?;
        let (from, trouble_before, doomed_before) = (user.phase(), user.azure_trouble(), user.doomed_keys.len());
        let result = change(user);
        let (to, trouble, doomed) = (user.phase(), user.azure_trouble(), user.doomed_keys.len());
        let (username, rp) = (user.username.clone(), rp_app_id.to_owned());
        if from == to && trouble != trouble_before {
            self.note(now, Event::AzurePairingChecked { rp_app_id: rp, username: username.clone(), trouble });
        } else if from != to {
            self.note(now, Event::PhaseChanged { rp_app_id: rp, username: username.clone(), from, to });
        }
        // The keys go first: until they are gone, the group still says that the passkey works, which is true.
        if doomed > doomed_before {
            self.enqueue(now, rp_app_id, Job::DeleteKeys { username: username.clone() });
        }
        if from != to {
            self.enqueue(now, rp_app_id, Job::MoveGroups { username });
        }
        Some(result)
    }

    /// Forgets phones that hold no account any more; their tokens end with them.
    fn forget_idle_devices(&mut self) {
        let users = self.integrations.values().flat_map(|integration| integration.users.values());
        let used: BTreeSet<&String> = users.flat_map(|user| user.accounts.keys()).collect();
        self.devices.retain(|device_id, _| used.contains(device_id));
    }
}

/// A Control Center user whom HYPR has made together with the tenant.
fn first_user(admin: &Admin) -> ControlCenterUser {
    ControlCenterUser {
        email: admin.email.clone(),
        name: String::new(),
        role: Role::Admin,
        audit_trail: Toggle::On,
        last_active: None,
        password: admin.password.clone(),
    }
}
