//! The pages and the device API over the router.

mod common;

use std::collections::BTreeMap;

use clockwork::Seed;
use common::site::{APP_HOME, HOME, Site, form};
use common::*;
use control_center::http::Shell;
use control_center::{ControlCenter, Phase, Toggle};
use http::{Method, StatusCode};
use serde_json::{Value, json};

#[test]
fn nobody_sees_a_page_without_signing_in() {
    let mut site = Site::new();
    site.get("/cc/ui/integrations").leads_to("/cc/login");
    site.get("/cc/login").shows("<label for=\"email\">Email</label>").shows("<button>Sign In</button>");
    site.post("/cc/login", &[("email", "admin@highlandsbank.com"), ("password", "no")])
        .shows("The email or the password is not right.");
    site.get("/").leads_to("/cc/ui/integrations");
}

#[test]
fn signing_out_ends_the_session() {
    let mut site = Site::signed_in();
    let cookie = site.cookie.clone();
    site.post("/cc/logout", &[]).leads_to("/cc/login");
    site.cookie = cookie;
    site.get("/cc/ui/integrations").leads_to("/cc/login");
    let names: Vec<&str> = site.shell.with_core(|core| core.audit().iter().map(|record| record.event_name).collect());
    assert_eq!(names, ["LOGIN", "LOGOUT"]);
}

#[test]
fn an_administrator_follows_the_guide_from_add_to_enable() {
    let mut site = Site::signed_in();
    site.get("/cc/ui/integrations").shows("Add New Integrations");
    site.get("/cc/ui/integrations/new").shows(">Azure AD</a>");
    site.get("/cc/ui/integrations/new/azure")
        .shows("<h1>Select your login experience</h1>")
        .shows("Native Azure Login Experience")
        .shows("HYPR Login Experience");
    site.post("/cc/ui/integrations/new/azure", &[("experience", "native")])
        .leads_to("/cc/ui/integrations/new/azure/native");
    site.get("/cc/ui/integrations/new/azure/native").shows("Service Account Password").shows("Add Integration");
    site.post("/cc/ui/integrations/new/azure/native", &form()).leads_to(&format!("{HOME}/added"));
    site.get(&format!("{HOME}/added")).shows("<h1>Integration added</h1>").shows(">Maybe Later</a>");
    site.get(&format!("{HOME}/settings")).shows("<p class=\"state\">DISABLED</p>").shows("<button>Enable</button>");
    site.post(&format!("{HOME}/enable"), &[]).leads_to(&format!("{HOME}/enabled"));
    site.get(&format!("{HOME}/enabled")).shows("<h1>Integration enabled</h1>").shows(">Close</a>");
    site.get(&format!("{HOME}/settings")).shows("<p class=\"state\">ENABLED</p>").lacks("<button>Enable</button>");
    site.get("/cc/ui/integrations").shows("<td>HYPR Azure_1</td>").shows("<td>ENABLED</td>");
}

#[test]
fn a_form_that_entra_refuses_keeps_what_was_typed_but_no_secret() {
    let mut site = Site::signed_in();
    let token = "POST /99999999-8888-4777-8666-555555555555/oauth2/v2.0/token";
    site.entra.once(token, 401, &[], aadsts(7_000_215, "Invalid client secret provided."));
    let seen = site.post("/cc/ui/integrations/new/azure/native", &form());
    seen.shows("role=\"alert\"")
        .shows("AADSTS7000215: Invalid client secret provided.")
        .shows("value=\"HYPR Azure_1\"");
    seen.lacks("s3cret").lacks("pa55");
}

#[test]
fn a_page_waits_while_entra_is_busy_and_goes_on_after_that() {
    let mut site = Site::signed_in();
    let busy = graph_error("TooManyRequests", "Too many requests");
    site.entra.once("GET /v1.0/me/memberOf", 429, &[("Retry-After", "30")], busy);
    site.post("/cc/ui/integrations/new/azure/native", &form()).leads_to(&format!("{HOME}/added"));
    assert_eq!(site.clock.now().duration_since(start()).as_secs(), 30);
}

#[test]
fn missing_tenant_flags_hide_the_tile_and_the_experience() {
    let check = |flag, path: &str, words: &str| {
        let mut config = control_center().config().clone();
        config.tenant_flags.remove(&flag);
        let core = ControlCenter::new(config, &Seed::of(&["flags"]));
        let mut site = Site::new();
        site.shell = Shell::new(core, site.clock.clone());
        site.post("/cc/login", &[("email", "admin@highlandsbank.com"), ("password", "let-me-in")]);
        site.get(path).lacks(words);
    };
    check(control_center::TenantFlag::AzureIdpIntegration, "/cc/ui/integrations/new", "Azure AD");
    check(
        control_center::TenantFlag::AzureNativeLogin,
        "/cc/ui/integrations/new/azure",
        "Native Azure Login Experience",
    );
}

#[test]
fn a_user_is_seen_in_the_tab_of_the_phase_with_the_icon() {
    let mut site = Site::integrated();
    site.set_flags();
    let (device, token) = site.pair();
    let users = |tab: &str| format!("{HOME}/users?tab={tab}");
    site.get(&users("hypr"))
        .shows("Pending: 0, Paired with HYPR: 1, Paired with Azure: 0")
        .shows(&format!("<td>{CAROL}</td><td>Carol Shaw</td><td>1</td><td>2026-03-02 09:00:00</td>"));
    site.get(&format!("{HOME}/users/carol.shaw%40highlands_azure.com/devices"))
        .shows("<td>iPhone 14</td><td>IOS</td>")
        .shows(&device)
        .shows("<td>WS-01</td>")
        .shows(&format!("<td>login.microsoft.com</td><td>{CAROL}</td><td>99999999-8888-4777-8666-555555555555</td>"));
    let key =
        json!({"rpAppId":APP,"username":CAROL,"rpId":"login.microsoft.com","credentialId":KEY,"userHandle":"T0I"});
    let reported = site.call(Method::POST, &format!("/rp/api/lab/device/{device}/passkeys"), &token, key);
    assert_eq!((reported.status, reported.json()), (StatusCode::ACCEPTED, json!({"phase":"PAIRED_WITH_HYPR"})));
    site.entra.carol().keys.insert(format!("{KEY}2"));
    site.get(&users("azure")).shows("Paired with Azure: 1").lacks("role=\"img\"");
    let account =
        &site.call(Method::GET, &format!("/rp/api/lab/device/{device}"), &token, json!({})).json()["accounts"][0];
    assert_eq!((&account["phase"], &account["integration"]), (&json!("PAIRED_WITH_AZURE"), &json!("DISABLED")));
    site.entra.carol().enabled = false;
    site.get(&users("azure")).shows("aria-label=\"Azure pairing no longer exists\"");
    site.entra.carol().enabled = true;
    let path = format!("/rp/api/lab/device/{device}/accounts/HYPR%20Azure_1/carol.shaw%40highlands_azure.com");
    assert_eq!(site.call(Method::DELETE, &path, &token, json!({})).status, StatusCode::NO_CONTENT);
    site.get(&users("pending")).shows("aria-label=\"warning\" title=\"This user unpaired from HYPR.\"");
    assert_eq!(site.entra.groups_of(CAROL), [GROUPS[0]]);
}

#[test]
fn a_user_is_deleted_after_a_question() {
    let mut site = Site::integrated();
    site.set_flags();
    site.pair();
    let path = format!("{HOME}/users/carol.shaw%40highlands_azure.com/delete");
    site.get(&path).shows("<h1>Delete user</h1>").shows("cannot be undone");
    site.post(&path, &[]).leads_to(&format!("{HOME}/users"));
    assert_eq!(site.shell.with_core(|core| core.phase_of(CAROL)), None);
    assert_eq!(site.get(&path).status, StatusCode::NOT_FOUND);
}

#[test]
fn users_are_invited_by_their_address() {
    let mut site = Site::integrated();
    site.post(&format!("{HOME}/invite"), &[("email", "carol")]).shows("&#34;carol&#34; is not an email address.");
    site.post(&format!("{HOME}/invite"), &[("email", "x@highlands_azure.com")]).shows("Request_ResourceNotFound");
    site.post(&format!("{HOME}/invite"), &[("email", CAROL)]).shows(&format!("{CAROL} was invited."));
    assert_eq!(site.shell.with_core(|core| core.phase_of(CAROL)), Some(Phase::Pending));
    assert_eq!(site.entra.groups_of(CAROL), [GROUPS[0]]);
}

#[test]
fn domains_are_added_removed_and_saved() {
    let mut site = Site::integrated();
    let path = format!("{HOME}/login-settings");
    site.get(&path).shows(">Restrict Domains</button>").shows("aria-checked=\"false\"").lacks("+Add Domain");
    site.post(&path, &[("action", "toggle")]).shows("+Add Domain").shows("aria-checked=\"true\"");
    let added = [("restrict", "on"), ("domains", "Bank.example, highlands_azure.com"), ("action", "add")];
    site.post(&path, &added).shows("<td>bank.example</td>").shows("<td>highlands_azure.com</td>").lacks("saved");
    let listed = [("restrict", "on"), ("domain", "bank.example"), ("domain", "highlands_azure.com")];
    let removed = [&listed[..], &[("remove", "bank.example")]].concat();
    site.post(&path, &removed).lacks("<td>bank.example</td>").shows("<td>highlands_azure.com</td>");
    let saved = [&listed[..2], &[("domains", ""), ("action", "save")]].concat();
    site.post(&path, &saved).shows("<p role=\"status\">Restrict Domains saved successfully</p>");
    site.get(&path).shows("<td>bank.example</td>").shows("aria-checked=\"true\"");
    site.post(&path, &[("restrict", "on"), ("domains", "https://x.com"), ("action", "save")])
        .shows("is not a domain name. Type it without https://")
        .lacks("saved successfully");
    site.post(&path, &[("restrict", "on"), ("domains", ""), ("action", "save")]).shows("Add at least one domain");
    site.post(&path, &[("domains", ""), ("action", "save")]).shows("Restrict Domains saved successfully");
    site.get(&path).shows("aria-checked=\"false\"").lacks("bank.example");
}

#[test]
fn the_client_is_downloaded_with_its_parameters() {
    let mut site = Site::integrated();
    site.get(&format!("{HOME}/download")).shows(">Back</a>").shows(">Download Now</a>");
    let archive = site.get(&format!("{HOME}/desktop-client"));
    let files = unzip(&archive.bytes);
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(names, ["WorkforceAccess-8.3.0_x64.msi", "hypr.json"]);
    assert_eq!(&files["WorkforceAccess-8.3.0_x64.msi"][..8], b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
    let mut json: Value = serde_json::from_slice(&files["hypr.json"]).unwrap();
    let token = json["installToken"].take();
    assert_eq!(token.as_str().unwrap(), site.install_token());
    assert_eq!(json["pinningHash"].take().as_str().unwrap().len(), 88);
    let expect = json!({
        "version": "1.0", "rpUrl": "https://highlandsbank.gethypr.com/rp", "appId": APP, "pinningHash": null,
        "installToken": null, "supportEmail": "support@highlandsbank.gethypr.com", "fullUI": "1"
    });
    assert_eq!(json, expect);
}

/// The files of an archive, by Python's reader, which nobody here wrote.
fn unzip(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let code = "import sys,io,zipfile,json; z=zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read())); assert z.testzip() is None; print(json.dumps({n: list(z.read(n)) for n in z.namelist()}))";
    let mut python = std::process::Command::new("python3")
        .args(["-c", code])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("python3 can be run");
    std::io::Write::write_all(&mut python.stdin.take().unwrap(), archive).unwrap();
    serde_json::from_slice(&python.wait_with_output().unwrap().stdout).expect("Python has read the archive")
}

#[test]
fn workstation_settings_start_as_the_guide_says_and_are_told_to_the_client() {
    let mut site = Site::integrated();
    site.set_flags();
    let path = format!("{APP_HOME}/workstation-settings");
    assert_eq!(site.get(&path).body.matches(" checked").count(), 3);
    site.post(&path, &[("requireUserPresence", "on")]).shows("Workstation Settings saved successfully");
    let settings = site.shell.with_core(|core| core.integration(APP).unwrap().workstation_settings);
    assert_eq!((settings.security_key, settings.require_user_presence), (Toggle::Off, Toggle::On));
    let install = site.install_token();
    let body = json!({"rpAppId":APP,"machineId":MACHINE,"machineName":"WS-01","joinType":"HYBRID","username":CAROL});
    let offer = site.call(Method::POST, "/rp/api/lab/workstation/pairing", &install, body).json();
    assert_eq!(offer["expires"], "2026-03-02T09:03:00Z");
    let expect = json!({"securityKey":false,"offlineMode":false,"recoveryMode":false});
    assert_eq!(offer["workstationSettings"], expect);
}

#[test]
fn a_client_polls_its_session_until_it_gets_its_token() {
    let mut site = Site::integrated();
    site.set_flags();
    let install = site.install_token();
    let body = json!({"rpAppId":APP,"machineId":MACHINE,"machineName":"WS-01","joinType":"HYBRID","username":CAROL});
    let offer = site.call(Method::POST, "/rp/api/lab/workstation/pairing", &install, body).json();
    let session = offer["sessionId"].as_str().unwrap().to_owned();
    let poll = format!("/rp/api/lab/workstation/pairing/{session}");
    assert_eq!(site.call(Method::GET, &poll, &install, json!({})).json(), json!({"state":"WAITING"}));
    let code = offer["activationCode"].as_str().unwrap();
    let by_code = site.get(&format!("/rp/versioned/device/pendingqr?activationCode={code}"));
    assert_eq!(by_code.body, offer["qr"].as_str().unwrap());
    let phone = format!("/rp/api/lab/device/sessions/{session}");
    let scanned = site.call(Method::POST, &format!("{phone}/scan"), "", json!({"pin":offer["pin"]})).json();
    let expect = json!({"username":CAROL,"displayName":"Carol Shaw","rpAppId":APP,"integration":"DISABLED","domainAccepted":true,"machineName":"WS-01","joinType":"HYBRID"});
    assert_eq!(scanned, expect);
    assert_eq!(site.call(Method::GET, &poll, &install, json!({})).json(), json!({"state":"SCANNED"}));
    let body = json!({"pin":offer["pin"],"deviceName":"Carol's Pixel","model":"Pixel 8","os":"ANDROID","osVersion":"14","appVersion":"8.3.0"});
    let done = site.call(Method::POST, &format!("{phone}/complete"), "", body).json();
    assert_eq!(done["account"]["objectId"], "c0000000-0000-4000-8000-000000000001");
    let device = done["deviceId"].as_str().unwrap().to_owned();
    assert_eq!((device.len(), &device[..5], done["fidoUser"].as_str().unwrap().len()), (31, "DevId", 30));
    let paired = site.call(Method::GET, &poll, &install, json!({})).json();
    let expect = json!({"deviceId":device,"deviceName":"Carol's Pixel","model":"Pixel 8","os":"ANDROID"});
    assert_eq!((&paired["state"], &paired["device"]), (&json!("PAIRED"), &expect));
    let token = paired["deviceToken"].as_str().unwrap();
    let devices =
        site.call(Method::GET, &format!("/rp/api/lab/workstation/{MACHINE}/devices"), token, json!({})).json();
    let expect = json!({"devices":[{"deviceId":device,"deviceName":"Carol's Pixel","username":CAROL,"phase":"PAIRED_WITH_HYPR"}]});
    assert_eq!(devices, expect);
    let path = format!("/rp/api/lab/workstation/{MACHINE}/devices/{device}");
    assert_eq!(site.call(Method::DELETE, &path, token, json!({})).status, StatusCode::NO_CONTENT);
}

#[test]
fn refusals_of_the_device_api_have_status_code_and_sentence() {
    let mut site = Site::integrated();
    let install = site.install_token();
    let start = json!({"rpAppId":APP,"machineId":MACHINE,"machineName":"WS-01","joinType":"AZURE_AD","username":CAROL});
    let mut check = |method: Method, path: &str, token: &str, body: Value, status: u16, code: &str| {
        let seen = site.call(method, path, token, body);
        assert_eq!((seen.status.as_u16(), seen.json()["errorCode"].as_str()), (status, Some(code)), "{}", seen.body);
        assert!(seen.json()["errorText"].as_str().unwrap().ends_with(|c: char| c != ' '));
    };
    let pairing = "/rp/api/lab/workstation/pairing";
    check(Method::POST, pairing, &install, json!({"rpAppId":APP}), 400, "LAB_MALFORMED");
    check(Method::POST, pairing, "wrong", start.clone(), 401, "LAB_TOKEN_REFUSED");
    check(Method::POST, pairing, &install, start, 403, "LAB_FEATURE_FLAG_MISSING");
    check(
        Method::GET,
        "/rp/versioned/device/pendingqr?activationCode=ABC123",
        "",
        json!({}),
        404,
        "LAB_SESSION_UNKNOWN",
    );
    check(Method::POST, "/rp/api/lab/device/sessions/x/scan", "", json!({"pin":"1"}), 404, "LAB_SESSION_UNKNOWN");
    check(Method::GET, "/rp/api/lab/device/DevIdx", "", json!({}), 404, "LAB_DEVICE_UNKNOWN");
    check(Method::GET, "/rp/api/lab/workstation/x/devices", "", json!({}), 404, "LAB_WORKSTATION_UNKNOWN");
}

#[test]
fn the_audit_trail_lists_name_message_and_success() {
    let mut site = Site::integrated();
    site.set_flags();
    site.pair();
    site.get(&format!("{HOME}/audit"))
        .shows("<td>CREATE_INTEGRATION</td><td>Successfully added an IdP integration.</td>")
        .shows("<td>LAB_OFFLINE_MODE_SETUP</td>")
        .shows("<td>Failure</td><td>LAB_SETTING_LEFT_ON</td>")
        .lacks("<td>LOGIN</td>");
    site.get("/cc/ui/audit").shows("<td>LOGIN</td><td>The user logged in to Control Center.</td>");
    site.get("/cc/ui/audit/events/1").shows("<td>eventLoggedBy</td><td>CONTROL_CENTER_SERVER</td>");
}

#[test]
fn a_deleted_integration_is_not_found_any_more() {
    let mut site = Site::integrated();
    site.get(&format!("{HOME}/delete")).shows("stay in Entra");
    site.post(&format!("{HOME}/delete"), &[]).leads_to("/cc/ui/integrations");
    for page in ["users", "settings", "login-settings", "audit", "invite", "desktop-client"] {
        assert_eq!(site.get(&format!("{HOME}/{page}")).status, StatusCode::NOT_FOUND, "{page}");
    }
    for page in ["workstation-settings", "flags", ""] {
        assert_eq!(
            site.get(format!("{APP_HOME}/{page}").trim_end_matches('/')).status,
            StatusCode::NOT_FOUND,
            "{page}"
        );
    }
}
