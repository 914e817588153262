//! Throttling as Graph's clients see it (entra.md §2.2): what a request costs, the headers that tell of it, and 429.

use http::header::RETRY_AFTER;
use http::{HeaderMap, HeaderName, HeaderValue, Response};
use jiff::Timestamp;
use uuid::Uuid;

use super::error::GraphError;
use super::odata::Query;
use super::routes::Route;
use crate::tenant::Tenant;
use crate::throttling::{Asked, Cost, Excess, Meter, Priority, Service};

/// Headers that an answer gets, whatever it is.
#[derive(Debug, Default)]
pub(super) struct Marks(Vec<(HeaderName, String)>);

pub(super) const RESOURCE_UNIT: HeaderName = HeaderName::from_static("x-ms-resource-unit");
pub(super) const LIMIT_PERCENTAGE: HeaderName = HeaderName::from_static("x-ms-throttle-limit-percentage");
pub(super) const SCOPE: HeaderName = HeaderName::from_static("x-ms-throttle-scope");
pub(super) const INFORMATION: HeaderName = HeaderName::from_static("x-ms-throttle-information");

impl Marks {
    fn add(&mut self, name: HeaderName, value: impl ToString) {
        self.0.push((name, value.to_string()));
    }

    /// Puts the headers on an answer.
    pub(super) fn onto<B>(self, mut response: Response<B>) -> Response<B> {
        for (name, value) in self.0 {
            let value = HeaderValue::try_from(value).expect("numbers, ids and words are plain ASCII");
            response.headers_mut().insert(name, value);
        }
        response
    }
}

/// Charges a request before it is looked at any closer.
pub(super) fn charge(
    tenant: &mut Tenant,
    now: Timestamp,
    (app, route, query, headers): (Uuid, &Route, &Query, &HeaderMap),
    marks: &mut Marks,
) -> Result<(), GraphError> {
    let cost = cost(route, query);
    let asked = Asked { app, cost, priority: priority(headers), users: tenant.user_count() };
    match tenant.throttle.charge(now, &asked) {
        Ok(used) if cost.service == Service::Directory => {
            marks.add(RESOURCE_UNIT, cost.units);
            if let Some(percent) = used {
                marks.add(LIMIT_PERCENTAGE, format_args!("{}.{:02}", percent / 100, percent % 100));
            }
            Ok(())
        }
        Ok(_) => Ok(()),
        Err(excess) => {
            mark_refused(marks, &excess, app, tenant.id());
            Err(GraphError::too_many_requests())
        }
    }
}

/// What a request costs with its query options.
fn cost(route: &Route, query: &Query) -> Cost {
    let cost = route.cost;
    match cost.service {
        Service::Directory => Cost { units: cost.units.saturating_add_signed(query.units_added()).max(1), ..cost },
        _ => cost,
    }
}

fn priority(headers: &HeaderMap) -> Priority {
    match super::header(headers, "x-ms-throttle-priority") {
        Some(priority) if priority.eq_ignore_ascii_case("low") => Priority::Low,
        _ => Priority::Normal,
    }
}

fn mark_refused(marks: &mut Marks, excess: &Excess, app: Uuid, tenant: Uuid) {
    // Conditional Access says no time.
    if excess.meter != Meter::ConditionalAccess {
        marks.add(RETRY_AFTER, excess.retry_after_s);
    }
    let told = match excess.meter {
        Meter::ResourceUnits => ("Tenant_Application/ReadWrite", "ResourceUnitLimitExceeded"),
        Meter::Writes => ("Tenant_Application/Write", "WriteLimitExceeded"),
        Meter::TenantWrites => ("Tenant/Write", "WriteLimitExceeded"),
        Meter::Load => ("Tenant/ReadWrite", "CPULimitExceeded"),
        // Other services have no such headers.
        _ => return,
    };
    marks.add(SCOPE, format_args!("{}/{app}/{tenant}", told.0));
    marks.add(INFORMATION, told.1);
}
