//! Throttling (entra.md §2.2): costs, quotas, and what somebody reads who has asked too much.

use crate::common::*;
use entra::{Quota, Throttling};
use http::Request;
use jiff::SignedDuration;
use serde_json::{Value, json};

const NONE: Value = Value::Null;

fn quota(limit: u32, seconds: i64) -> Quota {
    Quota { limit, window: SignedDuration::from_secs(seconds) }
}

/// A tenant that throttles, and an administrator's token.
fn throttling(limits: Throttling) -> (Lab, String) {
    let lab = Lab::of_tenant(config(), |mut tenant| {
        tenant.begin_throttling(limits);
        tenant
    });
    let admin = lab.sign_in_with_everything("admin");
    (lab, admin)
}

fn units(limit: u32) -> Throttling {
    Throttling { resource_units: Some(quota(limit, 10)), ..Throttling::default() }
}

fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer.headers.get(name)?.to_str().ok()
}

/// `Retry-After`, scope and reason.
fn told(answer: &Answer) -> [Option<&str>; 3] {
    ["retry-after", "x-ms-throttle-scope", "x-ms-throttle-information"].map(|name| header(answer, name))
}

fn group(name: &str) -> Value {
    json!({ "displayName": name, "mailNickname": name, "mailEnabled": false, "securityEnabled": true })
}

#[test]
fn an_answer_says_what_it_has_cost() {
    let lab = Lab::new();
    let admin = lab.sign_in_with_everything("admin");
    let cost = |path: &str| {
        let answer = lab.graph("GET", path, &admin, NONE);
        header(&answer, "x-ms-resource-unit").map(str::to_owned)
    };
    let careful = format!("v1.0/groups/{MFA_GROUP}");
    for (path, expected) in [
        ("v1.0/me", Some("1")),
        ("v1.0/users", Some("2")),
        ("v1.0/users?$select=id", Some("1")),
        ("v1.0/users?$select=id&$top=5", Some("1")),
        ("v1.0/users?$expand=memberOf", Some("3")),
        ("beta/users?$top=19&$expand=memberOf", Some("2")),
        ("v1.0/users?$top=20", Some("2")),
        ("v1.0/me/memberOf", Some("2")),
        (&format!("{careful}/members"), Some("3")),
        (&format!("{careful}/transitiveMembers"), Some("5")),
        ("v1.0/applications", Some("2")),
        ("v1.0/auditLogs/signIns", None),
        ("v1.0/identity/conditionalAccess/policies", None),
        ("v1.0/nowhere", None),
    ] {
        assert_eq!(cost(path).as_deref(), expected, "{path}");
    }
}

#[test]
fn a_tenant_that_does_not_throttle_answers_however_much_is_asked() {
    let lab = Lab::new();
    let admin = lab.sign_in_with_everything("admin");
    for _ in 0..800 {
        let answer = lab.graph("GET", &format!("v1.0/groups/{MFA_GROUP}/transitiveMembers"), &admin, NONE);
        assert_eq!((answer.status.as_u16(), header(&answer, "x-ms-throttle-limit-percentage")), (200, None));
    }
}

#[test]
fn whoever_has_used_up_its_units_is_refused_until_they_come_back() {
    let (lab, admin) = throttling(units(10));
    let read = || lab.graph("GET", "v1.0/users", &admin, NONE);
    let used = |answer: &Answer| header(answer, "x-ms-throttle-limit-percentage").map(str::to_owned);
    let answers: Vec<_> = (0..5).map(|_| used(&read())).collect();
    assert_eq!(answers, [None, None, None, None, Some("1.00".to_owned())], "the fourth is at 0.8, not above");

    let answer = read();
    assert_eq!(answer.status, 429);
    let id = header(&answer, "request-id").unwrap();
    assert_eq!(
        answer.body,
        json!({ "error": {
            "code": "TooManyRequests",
            "message": "Too many requests.",
            "innerError": { "date": "2026-03-02T09:00:00", "request-id": id, "client-request-id": id },
        } })
    );
    let scope = format!("Tenant_Application/ReadWrite/{EVERYTHING}/{TENANT}");
    assert_eq!(told(&answer), [Some("4"), Some(scope.as_str()), Some("ResourceUnitLimitExceeded")]);
    assert_eq!(header(&answer, "x-ms-resource-unit"), None);

    lab.clock.advance(SignedDuration::from_secs(4));
    assert_eq!(read().status, 200, "Retry-After is kept");
}

#[test]
fn writes_are_throttled_while_reads_go_on_and_another_application_is_not_concerned() {
    let (lab, admin) = throttling(Throttling { writes: quota(2, 150), ..Throttling::default() });
    let create = |token: &str| lab.graph("POST", "v1.0/groups", token, group("g"));
    assert_eq!([(); 2].map(|()| create(&admin).status.as_u16()), [201, 201]);
    let answer = create(&admin);
    let scope = format!("Tenant_Application/Write/{EVERYTHING}/{TENANT}");
    assert_eq!(answer.graph_error(), (429, "TooManyRequests"));
    assert_eq!(told(&answer), [Some("150"), Some(scope.as_str()), Some("WriteLimitExceeded")]);
    assert_eq!(lab.graph("GET", "v1.0/groups", &admin, NONE).values("id").len(), 3, "nothing was made");
    let questions = json!({ "ids": [MFA_GROUP] });
    assert_eq!(lab.graph("POST", "v1.0/directoryObjects/getByIds", &admin, questions).status, 200, "a question");
    assert_eq!(create(&lab.sign_in("service")).status, 201);
}

#[test]
fn all_applications_of_a_tenant_share_one_quota_of_writes() {
    let (lab, admin) = throttling(Throttling { tenant_writes: quota(2, 300), ..Throttling::default() });
    for name in ["a", "b"] {
        assert_eq!(lab.graph("POST", "v1.0/groups", &admin, group(name)).status, 201);
    }
    let answer = lab.graph("POST", "v1.0/groups", &lab.sign_in("service"), group("c"));
    let scope = format!("Tenant/Write/{APP}/{TENANT}");
    assert_eq!(told(&answer), [Some("300"), Some(scope.as_str()), Some("WriteLimitExceeded")]);
}

#[test]
fn logs_and_policies_have_limits_of_their_own_and_policies_say_no_time() {
    let (lab, admin) = throttling(Throttling::default());
    let read = |path: &str| lab.graph("GET", path, &admin, NONE);
    for _ in 0..5 {
        assert_eq!(read("v1.0/auditLogs/signIns").status, 200);
    }
    let logs = read("v1.0/auditLogs/directoryAudits");
    assert_eq!((logs.status.as_u16(), told(&logs)), (429, [Some("4"), None, None]));
    assert_eq!(read("v1.0/identity/conditionalAccess/policies").status, 200);
    let policies = read("v1.0/identity/conditionalAccess/policies");
    assert_eq!((policies.status.as_u16(), told(&policies)), (429, [None, None, None]));
    assert_eq!(read("v1.0/me").status, 200);
    lab.clock.advance(SignedDuration::from_secs(2));
    assert_eq!(read("v1.0/identity/conditionalAccess/policies").status, 200);
}

#[test]
fn intune_counts_changes_more_strictly_than_reads() {
    let (lab, admin) = throttling(Throttling { intune_writes: quota(2, 20), ..Throttling::default() });
    let path = "v1.0/deviceManagement/deviceConfigurations";
    let configuration = json!({
        "@odata.type": "#microsoft.graph.windows10CustomConfiguration", "displayName": "x", "omaSettings": [],
    });
    for _ in 0..2 {
        assert_eq!(lab.graph("POST", path, &admin, configuration.clone()).status, 201);
    }
    assert_eq!(told(&lab.graph("POST", path, &admin, configuration)), [Some("20"), None, None]);
    assert_eq!(lab.graph("GET", path, &admin, NONE).status, 200);
}

#[test]
fn each_request_of_a_batch_is_throttled_by_itself() {
    let (lab, admin) = throttling(units(10));
    let members = format!("/groups/{MFA_GROUP}/transitiveMembers");
    let get =
        |id: &str, depends_on: Value| json!({ "id": id, "method": "GET", "url": members, "dependsOn": depends_on });
    let requests = [get("a", json!([])), get("b", json!([])), get("c", json!([])), get("d", json!(["c"]))];
    let answer = lab.graph("POST", "v1.0/$batch", &admin, json!({ "requests": requests }));
    assert_eq!(answer.status, 200, "the batch itself costs nothing");
    let responses = answer.body["responses"].as_array().unwrap();
    let statuses: Vec<_> = responses.iter().map(|response| response["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [200, 200, 429, 424]);
    assert_eq!(responses[0]["headers"]["x-ms-resource-unit"], "5");
    assert_eq!(responses[1]["headers"]["x-ms-throttle-limit-percentage"], "1.00");
    assert_eq!(responses[2]["headers"]["Retry-After"], "10");
    assert_eq!(responses[2]["body"]["error"]["code"], "TooManyRequests");
}

#[test]
fn a_request_of_low_priority_is_refused_before_others() {
    let (lab, admin) = throttling(units(10));
    let read = |priority: &str| {
        let request = Request::get("https://graph.microsoft.com/v1.0/me")
            .header("authorization", format!("Bearer {admin}"))
            .header("x-ms-throttle-priority", priority);
        lab.send(request.body("").unwrap()).status.as_u16()
    };
    assert_eq!([(); 8].map(|()| read("Low")), [200; 8]);
    assert_eq!((read("low"), read("normal"), read("high")), (429, 200, 429));
}

#[test]
fn a_service_under_load_refuses_whoever_asks() {
    let lab = Lab::new();
    let admin = lab.sign_in_with_everything("admin");
    lab.with(|tenant| tenant.overload_graph(start() + SignedDuration::from_secs(30)));
    let read = || lab.graph("GET", "v1.0/me", &admin, NONE);
    let scope = format!("Tenant/ReadWrite/{EVERYTHING}/{TENANT}");
    assert_eq!(told(&read()), [Some("10"), Some(scope.as_str()), Some("CPULimitExceeded")]);
    assert_eq!(lab.graph("GET", "v1.0/me", "nonsense", NONE).status, 401, "whoever is nobody is told so first");
    lab.clock.advance(SignedDuration::from_secs(30));
    assert_eq!(read().status, 200);
}

#[test]
fn an_application_that_asks_for_tokens_too_often_waits() {
    let limits = Throttling { token_requests: Some(quota(2, 60)), ..Throttling::default() };
    let (lab, _) = throttling(limits);
    let (app, service) = (APP.to_string(), upn("service"));
    let ask = |password: &str| {
        let mut form = password_form(&app, &service);
        form[4].1 = password;
        lab.token(TENANT, &form.map(|(name, value)| (name, value)))
    };
    assert_eq!((ask(PASSWORD).status.as_u16(), ask(PASSWORD).status.as_u16()), (200, 200));
    let answer = ask("whatever");
    assert_eq!(answer.refusal(), (429, "temporarily_unavailable", 90055));
    assert_eq!(header(&answer, "retry-after"), Some("60"));
    assert!(answer.text("error_description").starts_with("AADSTS90055: A transient error has occurred."));
    lab.clock.advance(SignedDuration::from_secs(60));
    assert_eq!(ask(PASSWORD).status, 200);
}
