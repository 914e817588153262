//! `tenant.throttling`: what an application may ask Entra for in which time. Whatever is left out is what Microsoft
//! publishes.

use jiff::SignedDuration;
use serde::Deserialize;

use super::check::{Checked, ensure};
use super::place::Segment::{self, Key};

/// Quotas of the tenant; with none at all it throttles as Microsoft Graph does.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Throttling {
    /// Resource units of an application, at users, groups, applications, devices and their like.
    pub resource_units: Option<Quota>,
    /// Changes there, of an application.
    pub writes: Option<Quota>,
    /// Changes there, of all applications together.
    pub tenant_writes: Option<Quota>,
    /// Requests for the logs, of an application.
    pub reports: Option<Quota>,
    /// Requests for Conditional Access policies, of all applications together.
    pub conditional_access: Option<Quota>,
    /// Requests to Intune, of an application.
    pub intune: Option<Quota>,
    /// Changes in Intune, of an application.
    pub intune_writes: Option<Quota>,
    /// Requests for tokens, of an application; without it there is no limit.
    pub token_requests: Option<Quota>,
}

/// So many in so much time.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    /// How many.
    pub limit: u32,
    /// In which time.
    pub window: SignedDuration,
}

/// Refuses quotas under which nothing could be answered, or for ever.
pub(super) fn check(throttling: &Throttling) -> Checked {
    let quotas = [
        ("resource_units", throttling.resource_units, UNITS_MIN),
        ("writes", throttling.writes, 1),
        ("tenant_writes", throttling.tenant_writes, 1),
        ("reports", throttling.reports, 1),
        ("conditional_access", throttling.conditional_access, 1),
        ("intune", throttling.intune, 1),
        ("intune_writes", throttling.intune_writes, 1),
        ("token_requests", throttling.token_requests, 1),
    ];
    let mut given = quotas.into_iter().filter_map(|(field, quota, least)| Some((field, quota?, least)));
    given.try_for_each(|(field, Quota { limit, window }, least)| {
        ensure((least..=LIMIT_MAX).contains(&limit), &at(field, "limit"), || {
            format!("tenant.throttling.{field}.limit: from {least} to {LIMIT_MAX}, not {limit}")
        })?;
        ensure((WINDOW_MIN..=WINDOW_MAX).contains(&window), &at(field, "window"), || {
            format!("tenant.throttling.{field}.window: from 1s to 24h")
        })
    })
}

fn at(field: &'static str, part: &'static str) -> [Segment; 4] {
    [Key("tenant"), Key("throttling"), Key(field), Key(part)]
}

/// A request takes up to six, and one of low priority is refused when four fifths are used.
const UNITS_MIN: u32 = 10;
/// Far beyond what Microsoft gives.
const LIMIT_MAX: u32 = 1_000_000;
const WINDOW_MIN: SignedDuration = SignedDuration::from_secs(1);
const WINDOW_MAX: SignedDuration = SignedDuration::from_hours(24);
