//! Roles, access tokens, the audit search API and event hooks over the router.

mod common;

use common::site::{APP_HOME, HOME, Site};
use common::*;
use control_center::audit::{QuickFilter, Record, Search};
use control_center::{NewStaff, Permission, Role, Secret, TenantFlag, Toggle};
use http::{Method, StatusCode};
use jiff::SignedDuration;
use serde_json::{Value, json};

/// A site where a user of this role has signed in.
fn site_of(role: Role, audit_trail: Toggle) -> Site {
    let mut site = Site::integrated();
    let password = Secret::new("Kelpie-11-Burn");
    let new = NewStaff { email: "ailsa@bank.example".into(), name: String::new(), role, audit_trail, password };
    let now = site.clock.now();
    site.shell.with_core(|core| core.add_staff(now, new)).unwrap();
    site.cookie.clear();
    site.post("/cc/login", &[("email", "AILSA@bank.example"), ("password", "Kelpie-11-Burn")]);
    site
}

#[test]
fn each_role_opens_its_pages_and_no_others() {
    let user = format!("{HOME}/users/{}/delete", CAROL.replace('@', "%40"));
    let pages = [
        ("users", format!("{HOME}/users")),
        ("settings", format!("{HOME}/settings")),
        ("invite", format!("{HOME}/invite")),
        ("delete a user", user),
        ("tokens", format!("{APP_HOME}/access-tokens")),
        ("installer", format!("{HOME}/desktop-client")),
        ("add", "/cc/ui/integrations/new".to_owned()),
        ("staff", "/cc/ui/control-center-users".to_owned()),
        ("flags", "/cc/ui/flags".to_owned()),
        ("audit", format!("{HOME}/audit")),
        ("export", "/cc/ui/audit/export".to_owned()),
    ];
    let check = |role, audit_trail, expect: &[&str]| {
        let mut site = site_of(role, audit_trail);
        let open = pages.iter().filter(|(_, path)| site.get(path).status != StatusCode::FORBIDDEN);
        assert_eq!(open.map(|(name, _)| *name).collect::<Vec<_>>(), expect, "{role:?}");
    };
    let all: Vec<&str> = pages.iter().map(|(name, _)| *name).collect();
    check(Role::Admin, Toggle::Off, &all);
    check(Role::AppManager, Toggle::Off, &["users", "settings", "invite", "tokens", "installer", "add"]);
    check(Role::UserManager, Toggle::On, &["users", "invite", "delete a user", "audit", "export"]);
    check(Role::Viewer, Toggle::Off, &["users", "settings"]);
}

#[test]
fn a_viewer_changes_nothing_by_any_form() {
    let mut site = site_of(Role::Viewer, Toggle::On);
    for path in ["enable", "disable", "delete", "login-settings", "invite"] {
        assert_eq!(site.post(&format!("{HOME}/{path}"), &[]).status, StatusCode::FORBIDDEN, "{path}");
    }
    for path in ["/cc/ui/flags", "/cc/ui/workstation", "/cc/ui/control-center-users/new"] {
        assert_eq!(site.post(path, &[]).status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[test]
fn basic_login_is_turned_away_and_that_is_written_down() {
    let mut site = site_of(Role::BasicLogin, Toggle::On);
    site.get("/cc/ui/integrations").leads_to("/cc/login");
    let last = site.shell.with_core(|core| core.audit().last().cloned()).unwrap();
    assert_eq!((last.event_name, last.error_code.as_deref()), ("LOGIN", Some("LAB_ROLE_WITHOUT_ACCESS")));
}

#[test]
fn a_changed_role_counts_at_once_and_a_deleted_user_is_out() {
    let mut site = site_of(Role::Viewer, Toggle::Off);
    let now = site.clock.now();
    let changed = |core: &mut control_center::ControlCenter| {
        core.change_staff(now, "ailsa@bank.example", Role::UserManager, Toggle::Off)
    };
    site.shell.with_core(changed).unwrap();
    assert_eq!(site.get(&format!("{HOME}/settings")).status, StatusCode::FORBIDDEN);
    site.shell.with_core(|core| core.delete_staff(now, "ailsa@bank.example")).unwrap();
    site.get(&format!("{HOME}/users")).leads_to("/cc/login");
}

fn token(site: &mut Site, application: &str, permission: Permission) -> String {
    let now = site.clock.now();
    let made = site.shell.with_core(|core| core.create_token(now, "admin", application, "t", permission));
    made.unwrap().reveal().to_owned()
}

const SEARCH: &str = "/cc/api/versioned/audit/search?startTSUTC=0&endTSUTC=9999999999999";

#[test]
fn a_token_has_hyprs_prefix_and_is_kept_by_its_digest_alone() {
    let mut site = Site::integrated();
    let seen = site.post(&format!("{APP_HOME}/access-tokens"), &[("name", "CI"), ("permission", "Reporting")]);
    let at = seen.body.find("hypap-").expect("the new token is shown");
    let token = &seen.body[at..at + 42];
    site.get(&format!("{APP_HOME}/access-tokens")).shows("<td>CI</td><td>Reporting</td>").lacks(token);
    site.post(&format!("{APP_HOME}/access-tokens"), &[("name", " ")]).shows("Enter a name of 1 to 64 characters.");
}

#[test]
fn the_search_has_the_published_shape() {
    let mut site = Site::integrated();
    let token = token(&mut site, "controlCenterAdmin", Permission::Reporting);
    let query = format!("{SEARCH}&rpAppId=HYPR%20Azure_1&pageSize=1&pageNumber=1&orderBy=eventTimeInUTC&sortDir=asc");
    let mut found = site.call(Method::GET, &query, &token, json!({})).json();
    let record = found["data"][0].take();
    assert_eq!(found["metadata"], json!({"totalRecords": 1, "totalPages": 1, "currentPage": 1}));
    let members: Vec<&str> = record.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members.len(), 25, "{members:?}");
    let expect = json!(["AUDIT", 4, "CREATE_INTEGRATION", "RELYING_PARTY_SERVER", "highlandsbank", APP, true, null]);
    let shown = ["type", "version", "eventName", "eventLoggedBy", "tenantId", "rpAppId", "isSuccessful", "errorCode"];
    assert_eq!(Value::from_iter(shown.map(|member| record[member].clone())), expect);
    assert_eq!(record["eventTimeInUTC"], 1_772_442_000_000_i64);
    assert_eq!(record["additionalDetails"].as_object().unwrap().len(), 15);
}

#[test]
fn the_search_goes_by_pages_in_either_direction() {
    let mut site = Site::integrated();
    let token = token(&mut site, "controlCenterAdmin", Permission::Reporting);
    let mut names = |query: &str| {
        let found = site.call(Method::GET, &format!("{SEARCH}&{query}"), &token, json!({})).json();
        let names =
            found["data"].as_array().unwrap().iter().map(|record| record["eventName"].as_str().unwrap().to_owned());
        (names.collect::<Vec<_>>(), found["metadata"].clone())
    };
    let metadata = |page: u8| json!({"totalRecords": 3, "totalPages": 2, "currentPage": page});
    let ascending = ["LOGIN", "CREATE_INTEGRATION"].map(str::to_owned).to_vec();
    assert_eq!(names("pageSize=2&sortDir=asc"), (ascending, metadata(1)));
    assert_eq!(names("pageSize=2&pageNumber=2&sortDir=asc"), (vec!["ACCESS_TOKEN_CREATE".to_owned()], metadata(2)));
    assert_eq!(names("pageSize=2&pageNumber=2&sortDir=desc"), (vec!["LOGIN".to_owned()], metadata(2)));
    assert_eq!(names("pageSize=2&pageNumber=3"), (vec![], metadata(3)));
}

#[test]
fn a_search_that_asks_for_the_impossible_is_told_so() {
    let mut site = Site::integrated();
    let token = token(&mut site, "controlCenterAdmin", Permission::Reporting);
    for query in ["pageSize=0", "pageSize=1001", "pageNumber=0", "orderBy=message", "sortDir=up", "pageSize=many"] {
        let seen = site.call(Method::GET, &format!("{SEARCH}&{query}"), &token, json!({}));
        assert_eq!(seen.status, StatusCode::BAD_REQUEST, "{query}: {}", seen.body);
        assert!(!seen.json()["errorText"].as_str().unwrap().is_empty());
    }
    let bare = site.call(Method::GET, "/cc/api/versioned/audit/search", &token, json!({}));
    assert_eq!(bare.status, StatusCode::BAD_REQUEST);
    for bad in ["", "hypap-110f7826-d95e-12d2-42ce-8bd67fb20bb9"] {
        assert_eq!(site.call(Method::GET, SEARCH, bad, json!({})).status, StatusCode::FORBIDDEN);
    }
}

#[test]
fn applications_and_phones_are_listed_to_the_right_token_only() {
    let mut site = Site::integrated();
    site.set_flags();
    let (device, _) = site.pair();
    let admin = token(&mut site, "controlCenterAdmin", Permission::Reporting);
    let app = token(&mut site, APP, Permission::Authentication);
    let names = ["controlCenterAdmin", "HYPRDefaultApplication", "HYPRDefaultWorkstationApplication", APP];
    let listed = site.call(Method::GET, "/cc/api/application", &admin, json!({})).json();
    assert_eq!(listed, Value::from_iter(names.map(|name| json!({ "appID": name }))));
    let phones = format!("/rp/api/oob/client/authentication/HYPR%20Azure_1/{}/devices", CAROL.replace('@', "%40"));
    let phone = json!([{"deviceId": device, "protocolVersion": null, "modelNumber": "iPhone 14", "machineId": MACHINE, "namedUser": CAROL}]);
    assert_eq!(site.call(Method::GET, &phones, &app, json!({})).json(), phone);
    assert_eq!(site.call(Method::GET, &phones, &admin, json!({})).status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        site.call(Method::GET, &phones.replace("carol", "dave"), &app, json!({})).status,
        StatusCode::BAD_REQUEST
    );
}

#[test]
fn a_token_lives_thirty_days_from_its_last_use_to_the_second() {
    let mut site = Site::integrated();
    let token = token(&mut site, "controlCenterAdmin", Permission::Reporting);
    let days = |days: i64| SignedDuration::from_hours(24 * days);
    site.clock.advance_to(start() + days(30) - SignedDuration::from_secs(1));
    assert_eq!(site.call(Method::GET, SEARCH, &token, json!({})).status, StatusCode::OK);
    site.clock.advance_to(start() + days(60) - SignedDuration::from_secs(1));
    assert_eq!(site.call(Method::GET, SEARCH, &token, json!({})).status, StatusCode::FORBIDDEN);
}

#[test]
fn the_tokens_of_a_deleted_integration_end_with_it() {
    let mut site = Site::integrated();
    token(&mut site, APP, Permission::Authentication);
    let now = site.clock.now();
    site.post(&format!("{HOME}/delete"), &[]).leads_to("/cc/ui/integrations");
    assert_eq!(site.shell.with_core(|core| core.tokens_of(now, APP).count()), 0);
}

fn hook(endpoint: &str) -> Value {
    json!({
        "name": "SIEM", "eventType": "ALL", "invocationEndpoint": endpoint, "httpMethod": "POST", "authType": "BASIC",
        "authParams": {
            "basicAuthParameters": {"username": "hypr", "password": "s3cret"},
            "invocationHttpParameters": {"headerParameters": [{"key": "X-Source", "value": "lab", "isValueSecret": false}]}
        }
    })
}

#[test]
fn a_hook_is_delivered_with_its_method_headers_and_the_records_json() {
    let mut world = World::integrated();
    world.cc.set_tenant_flag(world.now, TenantFlag::EnableCustomEventMgmt, Toggle::On);
    world.cc.add_hook(world.now, &hook("https://siem.example/in").to_string()).unwrap();
    let (id, request) = world.cc.poll_request().expect("adding the hook is an event itself");
    assert_eq!((request.method(), request.uri().to_string().as_str()), (&Method::POST, "https://siem.example/in"));
    assert_eq!(request.headers()["authorization"], "Basic aHlwcjpzM2NyZXQ=");
    assert_eq!(
        (&request.headers()["x-source"], &request.headers()["content-type"]),
        (&"lab".parse().unwrap(), &"application/json".parse().unwrap())
    );
    let record: Value = serde_json::from_slice(request.body()).unwrap();
    assert_eq!(record, control_center::audit::to_json(world.cc.audit().last().unwrap()));
    world.cc.handle_response(world.now, id, Ok(http::Response::new(bytes::Bytes::new())));
    assert_eq!(world.cc.poll_timeout(), None, "a delivered event is done with");
}

#[test]
fn a_hook_that_is_none_is_refused_in_words() {
    let mut world = World::integrated();
    let mut check = |change: fn(&mut Value), words: &str| {
        let mut hook = hook("https://siem.example/in");
        change(&mut hook);
        let error = world.cc.add_hook(world.now, &hook.to_string()).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    };
    check(|hook| hook["invocationEndpoint"] = "siem.example".into(), "must be an http or https address");
    check(|hook| hook["invocationEndpoint"] = "ftp://siem.example".into(), "must be an http or https address");
    check(|hook| hook["httpMethod"] = "TRACE".into(), "httpMethod must be GET, POST, PUT, DELETE or PATCH");
    check(|hook| hook["authType"] = "OAUTH_CLIENT_CREDENTIALS".into(), "expected `NONE` or `BASIC`");
    check(|hook| hook["authParams"] = json!({}), "BASIC needs basicAuthParameters");
    check(|hook| hook["name"] = "".into(), "name must not be empty");
    check(|hook| hook["frequency"] = 1.into(), "unknown field `frequency`");
}

#[test]
fn no_password_of_a_hook_is_printed() {
    let hook = control_center::Hook::parse(&hook("https://siem.example/in").to_string()).unwrap();
    assert!(!format!("{hook:?}").contains("aHlwcjpzM2NyZXQ="));
}

#[test]
fn the_trail_is_searched_by_username_machine_session_device_and_trace_id() {
    let mut world = World::integrated();
    world.pair();
    let paired = |record: &&Record| record.event_name == "LAB_PAIRED_WITH_HYPR";
    let record = world.cc.audit().iter().find(paired).unwrap().clone();
    let finds = |text: &str| {
        let (from, to) = QuickFilter::LastHour.window(world.now);
        Search { rp_app_id: Some(APP.into()), from, to, text: text.to_owned() }.finds(&record)
    };
    let ids = [&record.username, &record.machine_id, &record.session_id, &record.device_id];
    for id in ids.into_iter().flatten().chain([&record.trace_id]) {
        assert!(finds(id) && finds(&id[1..].to_uppercase()), "{id}");
    }
    assert!(!finds("LAB_PAIRED") && !finds(APP), "names and applications are no such words");
}
