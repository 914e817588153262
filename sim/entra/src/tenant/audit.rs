//! The logs that administrators read: sign-ins and directory audits, written by what happens in the tenant.

use std::collections::VecDeque;

use clockwork::Stream;
use jiff::Timestamp;
use uuid::Uuid;

use super::Tenant;
use crate::conditional_access::Applied;
use crate::directory::UserId;
use crate::error::Refusal;
use crate::event::{Event, Grant};

/// Both logs, oldest entry first.
#[derive(Clone, Debug)]
pub(crate) struct AuditLog {
    rng: Stream,
    pub(crate) sign_ins: VecDeque<SignInEntry>,
    pub(crate) directory: VecDeque<AuditEntry>,
}

/// One sign-in (`signIn`).
#[derive(Clone, Debug)]
pub(crate) struct SignInEntry {
    pub(crate) id: Uuid,
    pub(crate) at: Timestamp,
    pub(crate) upn: String,
    pub(crate) user: Option<(UserId, String)>,
    /// The client's id and name; of a sign-in that succeeded once a token has been issued.
    pub(crate) client: Option<(Uuid, String)>,
    pub(crate) way: Way,
    pub(crate) amr: Vec<String>,
    /// 0, or the AADSTS code.
    pub(crate) error: u32,
    pub(crate) reason: String,
    /// What each Conditional Access policy said.
    pub(crate) applied: Vec<Applied>,
}

/// How a sign-in came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// A page, in a browser.
    Page,
    /// The token endpoint.
    Grant(Grant),
}

/// One change (`directoryAudit`).
#[derive(Clone, Debug)]
pub(crate) struct AuditEntry {
    pub(crate) id: Uuid,
    pub(crate) at: Timestamp,
    /// A user principal name or an application's name.
    pub(crate) by: String,
    pub(crate) activity: Activity,
}

/// What was done to what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Activity {
    /// `Add user`.
    pub(crate) name: &'static str,
    /// `UserManagement`.
    pub(crate) category: &'static str,
    /// The kind of the target: `User`.
    pub(crate) kind: &'static str,
    pub(crate) target_id: String,
    pub(crate) target_name: String,
    /// Convention of the lab: the sentence of the journal.
    pub(crate) detail: String,
}

/// How far back a token may be from its sign-in.
const RECENT: usize = 100;
/// How many entries a log keeps; the oldest go first.
const ENTRIES_MAX: usize = 10_000;

impl AuditLog {
    pub(super) fn new(rng: Stream) -> Self {
        Self { rng, sign_ins: VecDeque::new(), directory: VecDeque::new() }
    }
}

impl Activity {
    /// An activity upon something.
    pub(crate) fn new(name: &'static str, kind: &'static str, id: impl ToString, target_name: &str) -> Self {
        let category = match kind {
            "User" => "UserManagement",
            "Group" => "GroupManagement",
            "Role" => "RoleManagement",
            "Application" | "ServicePrincipal" => "ApplicationManagement",
            "Device" => "Device",
            _ => "Policy",
        };
        let (target_id, target_name) = (id.to_string(), target_name.to_owned());
        Self { name, category, kind, target_id, target_name, detail: String::new() }
    }

    /// `Add`, `Update` or `Delete`, as the name begins.
    pub(crate) fn operation(&self) -> &'static str {
        let first = self.name.split(' ').next().unwrap_or_default();
        match first {
            "Add" | "Restore" => "Add",
            "Delete" | "Hard" | "Remove" => "Delete",
            _ => "Update",
        }
    }
}

impl Tenant {
    /// The logs.
    pub(crate) fn audit(&self) -> &AuditLog {
        &self.audit
    }

    /// Puts a change into the journal and the audit log.
    pub(crate) fn record_change(&mut self, by: &str, activity: Activity, what: String) {
        let activity = Activity { detail: what.clone(), ..activity };
        self.enter(by, activity);
        self.record(Event::DirectoryChanged { by: by.to_owned(), what });
    }

    fn enter(&mut self, by: &str, activity: Activity) {
        let entry = AuditEntry { id: self.audit.rng.uuid(), at: self.latest, by: by.to_owned(), activity };
        self.audit.directory.push_back(entry);
        if self.audit.directory.len() > ENTRIES_MAX {
            self.audit.directory.pop_front();
        }
    }

    /// Writes what an event leaves in the logs.
    pub(super) fn log(&mut self, event: &Event) {
        match event {
            Event::SignedIn { user, amr } => {
                self.log_sign_in(user, Way::Page).amr = amr.clone();
            }
            Event::TokenIssued { client_id, client, user: Some(user), grant: grant @ Grant::Password, .. } => {
                let entry = self.log_sign_in(user, Way::Grant(*grant));
                entry.amr = vec!["pwd".to_owned()];
                entry.client = Some((*client_id, client.clone()));
            }
            Event::TokenIssued { client_id, client, user: Some(user), grant, .. } if grant.is_interactive() => {
                self.log_client(user, *client_id, client);
            }
            Event::KeyRegistered { user, name, .. } => {
                self.log_key("Add Passkey (device-bound)", user, user, name);
            }
            Event::KeyDeleted { user, name, by } => self.log_key("Delete Passkey (device-bound)", by, user, name),
            Event::PasswordChanged { user } => {
                let id = self.user_by_name(user).map(|user| user.id.to_string()).unwrap_or_default();
                self.enter(user, Activity::new("Change user password", "User", id, user));
            }
            _ => {}
        }
    }

    /// Writes what a refused sign-in leaves in the log.
    pub(super) fn log_refusal(&mut self, upn: &str, client: Option<Uuid>, way: Way, refusal: &Refusal) {
        let client = client.and_then(|id| Some((id, self.application(id)?.display_name.clone())));
        let entry = self.log_sign_in(upn, way);
        entry.client = client;
        entry.error = refusal.code.number;
        entry.reason.clone_from(&refusal.text);
        entry.applied = refusal.applied.to_vec();
    }

    fn log_sign_in(&mut self, upn: &str, way: Way) -> &mut SignInEntry {
        let user = self.user_by_name(upn).map(|user| (user.id, user.display_name.clone()));
        let entry = SignInEntry {
            id: self.audit.rng.uuid(),
            at: self.latest,
            upn: upn.to_owned(),
            user,
            client: None,
            way,
            amr: Vec::new(),
            error: 0,
            reason: String::new(),
            applied: Vec::new(),
        };
        if self.audit.sign_ins.len() == ENTRIES_MAX {
            self.audit.sign_ins.pop_front();
        }
        self.audit.sign_ins.push_back(entry);
        self.audit.sign_ins.back_mut().expect("an entry has just been added")
    }

    /// Adds what the Conditional Access policies said to the sign-in that has just been logged.
    pub(crate) fn log_policies(&mut self, applied: &[Applied]) {
        if let Some(entry) = self.audit.sign_ins.back_mut() {
            entry.applied = applied.to_vec();
        }
    }

    /// An interactive sign-in learns its client by the token that follows.
    fn log_client(&mut self, upn: &str, client_id: Uuid, client: &str) {
        let recent = self.audit.sign_ins.iter_mut().rev().take(RECENT);
        let mut recent = recent.take_while(|entry| entry.client.is_none());
        if let Some(entry) = recent.find(|entry| entry.error == 0 && entry.upn.eq_ignore_ascii_case(upn)) {
            entry.client = Some((client_id, client.to_owned()));
        }
    }

    fn log_key(&mut self, name: &'static str, by: &str, user: &str, key: &str) {
        let id = self.user_by_name(user).map(|user| user.id.to_string()).unwrap_or_default();
        let activity = Activity::new(name, "User", id, user);
        self.enter(by, Activity { detail: key.to_owned(), ..activity });
    }
}
