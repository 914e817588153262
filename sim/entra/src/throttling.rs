//! Throttling (entra.md §2.2; Microsoft Graph "service-specific throttling limits"): a request costs units, a quota has
//! so many for a time, and who has used them up is answered 429.
//!
//! Of a quota and an application one instant is kept: when the quota is whole again if nobody asks for anything more.
//! What a request costs moves it on by its share of the quota's time.

pub(crate) mod costs;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

pub(crate) use costs::{Cost, Service, of_route};

/// So many units within so much time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Units; 1 or more.
    pub limit: u32,
    /// The time; longer than nothing.
    pub window: SignedDuration,
}

/// What an application and a tenant may ask for; the default is what Microsoft publishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Throttling {
    /// Resource units of identity and access, of an application; without one it goes by the number of users.
    pub resource_units: Option<Quota>,
    /// Changes of identity and access, of an application.
    pub writes: Quota,
    /// Changes of identity and access, of all applications.
    pub tenant_writes: Quota,
    /// Requests for sign-in and audit logs, of an application.
    pub reports: Quota,
    /// Requests for Conditional Access policies, of all applications.
    pub conditional_access: Quota,
    /// Requests to Intune, of an application; all of them together have twice as many.
    pub intune: Quota,
    /// Changes in Intune, of an application; all of them together have twice as many.
    pub intune_writes: Quota,
    /// Requests to the token endpoint, of an application. Microsoft publishes no number: without one there is no limit.
    pub token_requests: Option<Quota>,
}

/// The tenant's quotas and what is used of them; off unless there is a [`Throttling`].
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    limits: Option<Throttling>,
    used: BTreeMap<(Meter, Option<Uuid>), Timestamp>,
    overloaded_until: Option<Timestamp>,
}

/// Who asks, and for what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    pub(crate) app: Uuid,
    pub(crate) cost: Cost,
    pub(crate) priority: Priority,
    /// How many users the tenant has.
    pub(crate) users: usize,
}

/// `x-ms-throttle-priority`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Priority {
    Low,
    /// Also `high`: nothing waits in the lab, so that nothing can be put before something else.
    #[default]
    Normal,
}

/// Why a request is not answered now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Excess {
    pub(crate) meter: Meter,
    /// Whole seconds after which the same request fits, if nobody asks for anything else.
    pub(crate) retry_after_s: i64,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Meter {
    ResourceUnits,
    Writes,
    TenantWrites,
    Reports,
    ConditionalAccess,
    Intune,
    TenantIntune,
    IntuneWrites,
    TenantIntuneWrites,
    TokenRequests,
    /// Nothing: the service as a whole has too much to do.
    Load,
}

/// A line of a bill: so many units of a meter's quota.
struct Item {
    meter: Meter,
    quota: Quota,
    units: u32,
}

/// How much of a quota is used, in hundredths.
type Percent = u32;

/// From where on an answer tells how much is used, and where requests of low priority are refused.
const WARNING: Percent = 80;
/// Refused requests count as well, up to here: the highest number that Microsoft tells.
const USED_MAX: Percent = 180;
/// How long a service under load asks to be left alone.
const LOAD_RETRY_AFTER_S: i64 = 10;

impl Default for Throttling {
    fn default() -> Self {
        Self {
            resource_units: None,
            writes: Quota::of(3_000, 150),
            tenant_writes: Quota::of(18_000, 300),
            reports: Quota::of(5, 10),
            conditional_access: Quota::of(1, 1),
            intune: Quota::of(1_000, 20),
            intune_writes: Quota::of(100, 20),
            token_requests: None,
        }
    }
}

impl Quota {
    const fn of(limit: u32, seconds: i64) -> Self {
        Self { limit, window: SignedDuration::from_secs(seconds) }
    }

    /// Resource units of an application in a tenant of so many users: small, medium, large.
    fn of_size(users: usize) -> Self {
        match users {
            0..50 => Self::of(3_500, 10),
            50..=500 => Self::of(5_000, 10),
            _ => Self::of(8_000, 10),
        }
    }

    fn doubled(self) -> Self {
        Self { limit: self.limit.saturating_mul(2), ..self }
    }

    /// How long the quota takes to give so many units again.
    fn time_of(self, units: u32) -> SignedDuration {
        let nanos = self.window.as_nanos() * i128::from(units) / i128::from(self.limit.max(1));
        SignedDuration::from_nanos(i64::try_from(nanos).unwrap_or(i64::MAX))
    }

    /// So many hundredths of its time.
    fn share(self, percent: Percent) -> SignedDuration {
        let nanos = self.window.as_nanos() * i128::from(percent) / 100;
        SignedDuration::from_nanos(i64::try_from(nanos).unwrap_or(i64::MAX))
    }

    fn percent(self, used: SignedDuration) -> Percent {
        let percent = used.as_nanos() * 100 / self.window.as_nanos().max(1);
        Percent::try_from(percent).unwrap_or(USED_MAX)
    }
}

impl Throttle {
    pub(crate) fn new(limits: Throttling) -> Self {
        Self { limits: Some(limits), ..Self::default() }
    }

    /// Every request until then is refused, whoever asks.
    pub(crate) fn overload(&mut self, until: Timestamp) {
        self.overloaded_until = Some(until);
    }

    /// Takes the cost of a request from every quota that it falls under, and says how much is used of the fullest, if
    /// that is worth a warning.
    ///
    /// # Errors
    ///
    /// The first quota in the order of the bill that has not enough left.
    pub(crate) fn charge(&mut self, now: Timestamp, asked: &Asked) -> Result<Option<Percent>, Excess> {
        let bill = self.limits.map(|limits| bill(&limits, asked)).unwrap_or_default();
        // Every quota is charged, also behind the one that refuses.
        let taken: Vec<_> = bill.iter().map(|item| self.take(now, item, asked.app, asked.priority)).collect();
        if self.overloaded_until.is_some_and(|until| now < until) {
            return Err(Excess { meter: Meter::Load, retry_after_s: LOAD_RETRY_AFTER_S });
        }
        let fullest = taken.into_iter().try_fold(0, |fullest, used| used.map(|used| used.max(fullest)))?;
        Ok(Some(fullest).filter(|fullest| *fullest > WARNING))
    }

    /// Counts a request to the token endpoint.
    ///
    /// # Errors
    ///
    /// When the application has asked too often.
    pub(crate) fn charge_token_request(&mut self, now: Timestamp, app: Uuid) -> Result<(), Excess> {
        let Some(quota) = self.limits.and_then(|limits| limits.token_requests) else { return Ok(()) };
        self.take(now, &Item { meter: Meter::TokenRequests, quota, units: 1 }, app, Priority::Normal).map(|_| ())
    }

    fn take(&mut self, now: Timestamp, item: &Item, app: Uuid, priority: Priority) -> Result<Percent, Excess> {
        let &Item { meter, quota, units } = item;
        let key = (meter, meter.is_of_an_application().then_some(app));
        if !self.used.contains_key(&key) {
            self.used.retain(|_, whole_at| *whole_at > now);
        }
        let whole_at = self.used.entry(key).or_insert(now);
        let cost = quota.time_of(units);
        let used = whole_at.duration_since(now).max(SignedDuration::ZERO) + cost;
        let kept = used.min(quota.share(USED_MAX));
        *whole_at = now + kept;
        let is_low = meter == Meter::ResourceUnits && priority == Priority::Low;
        let room = quota.share(if is_low { WARNING } else { 100 });
        if used <= room {
            return Ok(quota.percent(used));
        }
        Err(Excess { meter, retry_after_s: whole_seconds(kept + cost - room) })
    }
}

impl Meter {
    fn is_of_an_application(self) -> bool {
        match self {
            Self::ResourceUnits
            | Self::Writes
            | Self::Reports
            | Self::Intune
            | Self::IntuneWrites
            | Self::TokenRequests => true,
            Self::TenantWrites
            | Self::ConditionalAccess
            | Self::TenantIntune
            | Self::TenantIntuneWrites
            | Self::Load => false,
        }
    }
}

/// Which quotas a request falls under, and with how much.
fn bill(limits: &Throttling, asked: &Asked) -> Vec<Item> {
    let Cost { service, units, writes } = asked.cost;
    let items = match service {
        Service::Directory => vec![
            (Meter::ResourceUnits, limits.resource_units.unwrap_or(Quota::of_size(asked.users)), units),
            (Meter::Writes, limits.writes, writes),
            (Meter::TenantWrites, limits.tenant_writes, writes),
        ],
        Service::Reports => vec![(Meter::Reports, limits.reports, units)],
        Service::ConditionalAccess => vec![(Meter::ConditionalAccess, limits.conditional_access, units)],
        Service::Intune => vec![
            (Meter::Intune, limits.intune, units),
            (Meter::TenantIntune, limits.intune.doubled(), units),
            (Meter::IntuneWrites, limits.intune_writes, writes),
            (Meter::TenantIntuneWrites, limits.intune_writes.doubled(), writes),
        ],
    };
    let items = items.into_iter().filter(|(_, _, units)| *units > 0);
    items.map(|(meter, quota, units)| Item { meter, quota, units }).collect()
}

/// Rounded up.
fn whole_seconds(time: SignedDuration) -> i64 {
    time.as_secs() + i64::from(time.subsec_nanos() > 0)
}
