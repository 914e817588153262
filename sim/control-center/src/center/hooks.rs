//! Delivers events to the tenant's hooks, and again when the receiver is away. How often HYPR tries is not published.

use bytes::Bytes;
use clockwork::{ExchangeId, Reply};
use http::Request;
use jiff::{SignedDuration, Timestamp};

use super::ControlCenter;
use crate::audit::Record;
use crate::event::Event;
use crate::flags::TenantFlag;
use crate::hook::{Hook, HookError};

/// How often a delivery is tried again: after 1, 2 and 4 seconds.
const RETRIES_MAX: u8 = 3;
const HOOKS_MAX: usize = 10;
/// Deliveries that may be under way; a receiver that never answers must not fill the memory.
const DELIVERIES_MAX: usize = 1000;

/// One event on its way to one hook.
pub(super) struct Delivery {
    hook: String,
    request: Request<Bytes>,
    stage: Stage,
    retries: u8,
}

enum Stage {
    AwaitsAnswer(ExchangeId),
    Rests { until: Timestamp },
}

impl Delivery {
    pub(super) fn deadline(&self) -> Option<Timestamp> {
        match self.stage {
            Stage::Rests { until } => Some(until),
            Stage::AwaitsAnswer(_) => None,
        }
    }
}

impl ControlCenter {
    /// Adds a hook.
    ///
    /// # Errors
    ///
    /// [`HookError`].
    pub fn add_hook(&mut self, now: Timestamp, json: &str) -> Result<(), HookError> {
        let hook = Hook::parse(json)?;
        if self.hooks.iter().any(|other| other.name == hook.name) {
            return Err(HookError::Taken(hook.name));
        }
        if self.hooks.len() == HOOKS_MAX {
            return Err(HookError::TooMany);
        }
        let name = hook.name.clone();
        self.hooks.push(hook);
        self.note(now, Event::HookAdded { name });
        Ok(())
    }

    /// Deletes a hook; what is under way to it is given up. Nothing when there is none of this name.
    pub fn delete_hook(&mut self, now: Timestamp, name: &str) {
        let before = self.hooks.len();
        self.hooks.retain(|hook| hook.name != name);
        self.deliveries.retain(|delivery| delivery.hook != name);
        if self.hooks.len() < before {
            self.note(now, Event::HookDeleted { name: name.to_owned() });
        }
    }

    /// The hooks, oldest first.
    pub fn hooks(&self) -> impl Iterator<Item = &Hook> {
        self.hooks.iter()
    }

    /// Sends a record to every hook that wants it, while the tenant's flag is set. That a delivery has failed is told to
    /// nobody: it would fail again.
    pub(super) fn deliver(&mut self, record: &Record) {
        let enabled = self.config.tenant_flags.contains(&TenantFlag::EnableCustomEventMgmt);
        if !enabled || record.event_name == HOOK_FAILED {
            return;
        }
        for hook in self.hooks.iter().filter(|hook| hook.wants(record)) {
            if self.deliveries.len() == DELIVERIES_MAX {
                return;
            }
            let request = hook.request(record);
            let stage = Stage::AwaitsAnswer(self.outbox.send(request.clone()));
            self.deliveries.push(Delivery { hook: hook.name.clone(), request, stage, retries: 0 });
        }
    }

    pub(super) fn delivery_answered(&mut self, now: Timestamp, id: ExchangeId, reply: &Reply) {
        let awaits = |delivery: &Delivery| matches!(delivery.stage, Stage::AwaitsAnswer(awaited) if awaited == id);
        let Some(at) = self.deliveries.iter().position(awaits) else { return };
        let failure = match reply {
            Ok(response) if response.status().is_success() => None,
            Ok(response) => Some(format!("the receiver answered {}", response.status().as_u16())),
            Err(away) => Some(away.to_string()),
        };
        let delivery = &mut self.deliveries[at];
        match failure {
            Some(_) if delivery.retries < RETRIES_MAX => {
                delivery.stage = Stage::Rests { until: now + SignedDuration::from_secs(1 << delivery.retries) };
                delivery.retries += 1;
            }
            Some(reason) => {
                let name = self.deliveries.remove(at).hook;
                self.note(now, Event::HookFailed { name, reason });
            }
            None => drop(self.deliveries.remove(at)),
        }
    }

    pub(super) fn retry_deliveries(&mut self, now: Timestamp) {
        for delivery in self.deliveries.iter_mut().filter(|one| one.deadline().is_some_and(|until| until <= now)) {
            delivery.stage = Stage::AwaitsAnswer(self.outbox.send(delivery.request.clone()));
        }
    }
}

/// The name of the only event that no hook hears of.
pub(crate) const HOOK_FAILED: &str = "LAB_EVENT_HOOK_FAILED";
