use super::*;

fn now() -> Timestamp {
    "2027-03-01T09:00:00Z".parse().unwrap()
}

fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

fn throttle(limits: Throttling) -> Throttle {
    Throttle::new(limits)
}

fn asked(app: u128, verb: &str, path: &str) -> Asked {
    Asked { app: Uuid::from_u128(app), cost: of_route(verb, path), priority: Priority::Normal, users: 10 }
}

fn small(limit: u32) -> Throttling {
    Throttling { resource_units: Some(Quota::of(limit, 10)), ..Throttling::default() }
}

#[test]
fn a_quota_is_used_up_and_comes_back_with_time() {
    let mut throttle = throttle(small(10));
    let me = asked(1, "GET", "me");
    for used in [None, None, None, None, None, None, None, None, Some(90), Some(100)] {
        assert_eq!(throttle.charge(now(), &me), Ok(used));
    }
    let excess = Excess { meter: Meter::ResourceUnits, retry_after_s: 2 };
    assert_eq!(throttle.charge(now(), &me), Err(excess), "the refused one counts as well");
    assert_eq!(throttle.charge(now() + seconds(2), &me), Ok(Some(100)));
    assert_eq!(throttle.charge(now() + seconds(20), &me), Ok(None));
}

#[test]
fn whoever_does_not_wait_is_kept_out_for_longer_and_not_for_ever() {
    let mut throttle = throttle(small(10));
    let me = asked(1, "GET", "me");
    for _ in 0..1000 {
        let _ = throttle.charge(now(), &me);
    }
    let excess = throttle.charge(now(), &me).unwrap_err();
    assert_eq!(excess.retry_after_s, 9, "1.8 of the limit, and one more");
    assert_eq!(throttle.charge(now() + seconds(9), &me), Ok(Some(100)));
}

#[test]
fn each_application_has_a_quota_of_its_own_and_the_tenant_one_of_writes() {
    let limits = Throttling { tenant_writes: Quota::of(2, 300), ..Throttling::default() };
    let mut throttle = throttle(limits);
    let write = |app| asked(app, "POST", "groups");
    assert_eq!(throttle.charge(now(), &write(1)), Ok(None));
    assert_eq!(throttle.charge(now(), &write(2)), Ok(Some(100)));
    let excess = Excess { meter: Meter::TenantWrites, retry_after_s: 300 };
    assert_eq!(throttle.charge(now(), &write(3)), Err(excess));
    assert_eq!(throttle.charge(now(), &asked(3, "GET", "groups")), Ok(None), "reads go on");
}

#[test]
fn a_request_of_low_priority_is_refused_first() {
    let mut throttle = throttle(small(10));
    let normal = asked(1, "GET", "me");
    let low = Asked { priority: Priority::Low, ..normal };
    for _ in 0..8 {
        assert_eq!(throttle.charge(now(), &low), Ok(None));
    }
    assert_eq!(throttle.charge(now(), &low).unwrap_err().retry_after_s, 2);
    assert_eq!(throttle.charge(now(), &normal), Ok(Some(100)));
}

#[test]
fn a_service_under_load_refuses_everything_until_it_is_over() {
    let mut throttle = Throttle::default();
    throttle.overload(now() + seconds(60));
    let excess = Excess { meter: Meter::Load, retry_after_s: 10 };
    assert_eq!(throttle.charge(now() + seconds(59), &asked(1, "GET", "me")), Err(excess));
    assert_eq!(throttle.charge(now() + seconds(60), &asked(1, "GET", "me")), Ok(None));
}

#[test]
fn the_quota_goes_by_the_size_of_the_tenant() {
    let limits = [49, 50, 500, 501].map(|users| Quota::of_size(users).limit);
    assert_eq!(limits, [3_500, 5_000, 5_000, 8_000]);
}

#[test]
fn what_nobody_uses_any_more_is_forgotten() {
    let mut throttle = throttle(Throttling::default());
    for app in 0..1000 {
        let later = now() + seconds(i64::try_from(app).unwrap() * 11);
        throttle.charge(later, &asked(app, "GET", "me")).unwrap();
    }
    assert_eq!(throttle.used.len(), 1);
}

#[test]
fn an_operation_costs_what_microsoft_says() {
    let cost = |verb, path| {
        let Cost { service, units, writes } = of_route(verb, path);
        (service, units, writes)
    };
    use Service::{ConditionalAccess, Directory, Intune, Reports};
    assert_eq!(cost("GET", "users"), (Directory, 2, 0));
    assert_eq!(cost("GET", "users/{user}"), (Directory, 1, 0));
    assert_eq!(cost("GET", "users/{user}/memberOf/$count"), (Directory, 2, 0));
    assert_eq!(cost("GET", "groups/{group}/members/microsoft.graph.user"), (Directory, 3, 0));
    assert_eq!(cost("POST", "users/{user}/checkMemberGroups"), (Directory, 4, 0));
    assert_eq!(cost("POST", "groups/{group}/members/$ref"), (Directory, 1, 1));
    assert_eq!(cost("DELETE", "users/{user}/authentication/fido2Methods/{method}"), (Directory, 1, 1));
    assert_eq!(cost("GET", "auditLogs/signIns"), (Reports, 1, 0));
    assert_eq!(cost("PATCH", "identity/conditionalAccess/policies/{policy}"), (ConditionalAccess, 1, 1));
    assert_eq!(cost("POST", "deviceManagement/deviceConfigurations"), (Intune, 1, 1));
}

/// Scenario files may give ten resource units and no fewer.
#[test]
fn a_request_of_low_priority_fits_into_the_smallest_quota() {
    let dearest = costs::dearest().saturating_add_signed(costs::EXPAND);
    let quota = Quota::of(10, 10);
    assert!(quota.time_of(dearest) <= quota.share(WARNING), "{dearest} units");
}
