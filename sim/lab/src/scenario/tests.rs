//! What a scenario file may say, and where it is told what it may not.

use super::*;

const GOOD: &str = "description: x\nstart: 2027-03-01T09:00:00Z\ntenant: {name: Bank, domain: bank.example}\nusers:\n  - {name: Carol Shaw, upn: carol@bank.example, password: Heather-42}\n";

fn check(text: &str, expect: &str) {
    let error = Scenario::parse(Path::new("scenarios/x.yaml"), text).unwrap_err();
    assert_eq!(error.to_string(), expect);
}

#[test]
fn what_a_file_leaves_out_is_what_the_guide_sets_up() {
    let scenario = Scenario::parse(Path::new("x.yaml"), GOOD).unwrap();
    assert_eq!(scenario.application.name, "HYPRAuthApp");
    assert_eq!(scenario.service_account.roles, ["Directory Writers", "Privileged Authentication Administrator"]);
    assert_eq!(scenario.user("Carol").unwrap().upn, "carol@bank.example");
}

#[test]
fn a_change_takes_a_day_at_most() {
    let with = |delay: &str| GOOD.replace("domain:", &format!("replication: {{roles: {delay}}}, domain:"));
    let scenario = Scenario::parse(Path::new("x.yaml"), &with("1m 30s")).unwrap();
    assert_eq!(scenario.tenant.replication.roles, SignedDuration::from_secs(90));
    for wrong in ["-1s", "25h"] {
        let error = Scenario::parse(Path::new("x.yaml"), &with(wrong)).unwrap_err().to_string();
        let expect = "tenant.replication.roles: a change takes from 0s to 24h";
        assert!(error.starts_with("x.yaml:3:") && error.contains(expect), "{error}");
    }
}

#[test]
fn a_quota_that_could_not_be_used_is_refused_where_it_stands() {
    let with = |quotas: &str| GOOD.replace("domain:", &format!("throttling: {{{quotas}}}, domain:"));
    assert!(Scenario::parse(Path::new("x.yaml"), &with("")).unwrap().tenant.throttling.is_some());
    let refused = |quotas: &str, expect: &str| check(&with(quotas), &format!("scenarios/x.yaml:{expect}"));
    refused(
        "resource_units: {limit: 9, window: 10s}",
        "3:59: tenant.throttling.resource_units.limit: from 10 to 1000000, not 9",
    );
    refused("writes: {limit: 0, window: 10s}", "3:51: tenant.throttling.writes.limit: from 1 to 1000000, not 0");
    refused("reports: {limit: 1, window: 0s}", "3:63: tenant.throttling.reports.window: from 1s to 24h");
    refused("intune: {limit: 1, window: 25h}", "3:62: tenant.throttling.intune.window: from 1s to 24h");
    refused(
        "writes: {limit: -1, window: 1s}",
        "3:51: tenant.throttling.writes.limit: invalid type: integer `-1`, expected u32",
    );
    refused("writes: {limit: 1}", "3:43: tenant.throttling.writes: missing field `window`");
    refused(
        "reads: {limit: 1}",
        "3:35: tenant.throttling: unknown field `reads`, expected one of `resource_units`, `writes`, `tenant_writes`, `reports`, `conditional_access`, `intune`, `intune_writes`, `token_requests`",
    );
}

#[test]
fn an_unknown_field_is_refused_where_it_stands() {
    check(
        &GOOD.replace("domain:", "domian:"),
        "scenarios/x.yaml:3:22: tenant: unknown field `domian`, expected one of `name`, `domain`, `is_set_up`, `asks_permission_type`, `enforce_attestation`, `security_keys`, `blocked_aaguids`, `windows_security_key_sign_in`, `service_account_needs_mfa`, `replication`, `throttling`",
    );
}

#[test]
fn a_malformed_value_is_refused_where_it_stands() {
    let text = format!("{GOOD}workstations:\n  - {{name: WS-1, joined: claud, user: Carol}}\n");
    check(
        &text,
        "scenarios/x.yaml:7:26: workstations[0].joined: unknown variant `claud`, expected one of `cloud`, `hybrid`, `none`",
    );
}

#[test]
fn a_name_that_refers_to_nobody_is_refused_where_it_stands() {
    let text = format!("{GOOD}phones:\n  - owner: Dave\n    name: P\n    model: M\n    platform: ios\n");
    check(&text, "scenarios/x.yaml:7:12: \"Dave\": no such user; the users are: Carol Shaw");
}

#[test]
fn an_account_of_another_domain_is_refused() {
    check(
        &GOOD.replace("carol@bank.example", "carol@bonk.example"),
        "scenarios/x.yaml:5:29: \"carol@bonk.example\": the tenant's accounts end in @bank.example",
    );
}

#[test]
fn a_place_is_that_of_the_value_and_not_of_the_same_word_elsewhere() {
    let text = format!(
        "{GOOD}integration: {{name: Bank, invited: [Carol, Dave]}}\nphones:\n  - {{owner: Carol, platform: ios, name: Dave's old one, model: M}}\n"
    );
    check(&text, "scenarios/x.yaml:6:44: \"Dave\": no such user; the users are: Carol Shaw");
}

#[test]
fn two_things_of_one_name_are_refused() {
    let machines =
        "workstations:\n  - {name: WS, joined: cloud, user: Carol}\n  - {name: ws, joined: cloud, user: Carol}\n";
    check(&format!("{GOOD}{machines}"), "scenarios/x.yaml:8:12: \"ws\": another workstation has this name");
    let phone = "  - {owner: Carol, platform: ios, name: P, model: M}\n";
    check(&format!("{GOOD}phones:\n{phone}{phone}"), "scenarios/x.yaml:8:41: \"P\": another phone has this name");
    let user =
        |name: &str, upn: &str| format!("{GOOD}  - {{name: {name}, upn: {upn}@bank.example, password: Thistle-17}}\n");
    check(
        &user("Carol Jones", "jones"),
        "scenarios/x.yaml:6:12: \"Carol Jones\": another user has this first name; steps could not tell them apart",
    );
    check(
        &user("Dave Jones", "CAROL"),
        "scenarios/x.yaml:6:29: \"CAROL@bank.example\": another account has this user principal name",
    );
    check(
        &user("Dave Jones", "hyprserviceaccount"),
        "scenarios/x.yaml:6:29: \"hyprserviceaccount@bank.example\": another account has this user principal name",
    );
}

#[test]
fn a_value_that_nobody_would_take_is_refused() {
    let add = |line: &str, expect: &str| check(&format!("{GOOD}{line}\n"), &format!("scenarios/x.yaml:{expect}"));
    let set = |old: &str, new: &str, expect: &str| {
        check(&GOOD.replace(old, new), &format!("scenarios/x.yaml:{expect}"));
    };
    let calendar = "start: the lab's calendar goes from the year 1971 to the year 8999";
    set("2027-03-01", "9999-12-30", &format!("2:8: {calendar}"));
    set("2027-03-01", "1969-12-30", &format!("2:8: {calendar}"));
    set("2027-03-01", "-000001-12-30", &format!("2:8: {calendar}"));
    set("domain: bank.example", "domain: ", "3:30: \"\" is no domain name");
    set("Heather-42", "short", "5:59: a password has at least 8 characters");
    set(
        "Carol Shaw",
        "carol shaw",
        "5:12: \"carol shaw\": steps call people by the first word: a capital, then small letters from a to z",
    );
    set(
        "upn: carol@",
        "upn: carol shaw@",
        "5:29: \"carol shaw@bank.example\" is no user principal name, for example carol.shaw@bank.example",
    );
    add(
        "application: {secret_days: 9223372036854775807}",
        "6:28: application.secret_days: expected 36500 days at most, found 9223372036854775807",
    );
    add(
        "application: {permissions: [everything]}",
        "6:29: \"everything\" is no delegated permission of Microsoft Graph, for example \
         UserAuthenticationMethod.ReadWrite.All",
    );
    add(
        "applications: [{name: A, client_id: 14d82eec-204b-4c2f-b7e8-296a70dab67e}]",
        "6:37: 14d82eec-204b-4c2f-b7e8-296a70dab67e: another application has this client id",
    );
    add(
        "applications: [{name: A, client_id: 5c5ed0a2-0e5a-4a77-8a0b-0d1d9f6a0001, kind: public, secret: x}]",
        "6:81: \"A\": a public application can keep no secret and no certificate",
    );
    add(
        "applications: [{name: A, client_id: 5c5ed0a2-0e5a-4a77-8a0b-0d1d9f6a0001, permissions: [everything]}]",
        "6:89: \"everything\" is no permission of Microsoft Graph, for example User.Read.All, nor one that an \
         application here exposes, for example api://CLIENT-ID/access_as_user",
    );
    add(
        "service_account: {roles: [Global Adminstrator]}",
        "6:27: \"Global Adminstrator\" is no directory role of this lab; the roles are: Application Administrator, Authentication Administrator, Authentication Policy \
         Administrator, Cloud Application Administrator, Cloud Device Administrator, Conditional Access \
         Administrator, Directory Readers, Directory Writers, Global Administrator, Global Reader, \
         Helpdesk Administrator, Intune Administrator, Privileged Authentication Administrator, \
         Privileged Role Administrator, Security Administrator, User Administrator",
    );
    add(
        "control_center: {feature_flags: [AZURE]}",
        "6:34: \"AZURE\" is no feature flag here; the flags are: AZURE_IDP_INTEGRATION, AZURE_NATIVE_LOGIN, \
         ENABLE_CUSTOM_EVENT_MGMT",
    );
    add(
        "control_center: {host: login.microsoftonline.com}",
        "6:24: \"login.microsoftonline.com\" is a host of Microsoft's",
    );
    add(
        "integration: {name: Bank & Sons}",
        "6:21: \"Bank & Sons\": Application Name may hold only letters, digits, spaces, dashes and underscores.",
    );
    add("integration: {name: Bank, restrict_domains: [a.b, 'c d']}", "6:51: \"c d\" is no domain name");
    add(
        "phones: [{owner: Carol, platform: ios, name: a, model: b, faults: ['any:unset-up-bit', 'sign:nonsense']}]",
        "6:88: \"sign:nonsense\": \"nonsense\" is no fault; it is status=NAME, response=HEX, slow-touch=DURATION, \
         wrong-rp-id-hash, unset-up-bit, unset-uv-bit, set-be-bit, set-bs-bit, invalid-signature, counter-stuck, \
         counter-replayed, no-attestation, other-aaguid, extra-extension, drop-extensions, invalid-response, \
         truncated-response, no-credentials, absent-touch, key-store-full or pin-soft-lock",
    );
    add(
        "workstations: [{name: M, system: macos, joined: cloud, user: Carol}]",
        "6:49: \"M\": a Mac is joined to nothing here",
    );
    add(
        "workstations: [{name: M, joined: none, user: Carol, local_account: {user_name: 'a b', password: Heather-42}}]",
        "6:80: \"a b\" is no name of a local account, for example carol",
    );
    add(
        "workstations: [{name: M, joined: none, user: Carol, local_account: {user_name: ab, password: short}}]",
        "6:94: a password has at least 8 characters",
    );
    add(
        "faults: [{verdict: !answer 9999}]",
        "6:20: faults[0].verdict: an answer has a status from 200 to 599, not 9999",
    );
}

#[test]
fn what_only_the_lab_finds_wrong_stands_where_it_is_wrong() {
    let check = |lines: &str, expect: &str| {
        let text = format!("{GOOD}{lines}integration: {{name: Bank}}\n");
        let scenario = Scenario::parse(Path::new("scenarios/x.yaml"), &text).expect("a scenario");
        let seed = clockwork::Seed::of(&["setup"]);
        let error = crate::Lab::start(scenario, &seed).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.starts_with(expect), "{error}");
    };
    check("application: {consented: false}\n", "scenarios/x.yaml:7:14: the integration \"Bank\" was not added: ");
    check("application: {secret_days: -1}\n", "scenarios/x.yaml:7:14: the integration \"Bank\" was not added: ");
    check(
        "applications: [{name: A, client_id: 5c5ed0a2-0e5a-4a77-8a0b-0d1d9f6a0001, certificates: [x]}]\n",
        "scenarios/x.yaml:6:15: the tenant cannot be made: the certificate of the application \"A\" cannot be",
    );
    check("service_account: {roles: []}\n", "scenarios/x.yaml:7:14: the integration \"Bank\" was not added: ");
}

#[test]
fn what_the_library_misplaces_stands_where_it_is_wrong() {
    check(&GOOD.replace("start:", "description: y\nstart:"), "scenarios/x.yaml:2:1: duplicate field `description`");
    check(&GOOD.replace("password:", "upn: x, password:"), "scenarios/x.yaml:5:49: users[0]: duplicate field `upn`");
    check(&format!("---\n{GOOD}---\n{GOOD}"), "scenarios/x.yaml:7:1: a file holds one scenario; `---` begins another");
    check(
        "- a\n",
        "scenarios/x.yaml:1:1: invalid type: sequence, expected a scenario: description, start, tenant, users, ...",
    );
    check(
        &GOOD.replace("T09:00:00Z", ""),
        "scenarios/x.yaml:2:8: start: failed to find time component, which is required for parsing a timestamp; expected an instant such as 2027-03-01T09:00:00Z",
    );
    check("# nothing\n\n", "scenarios/x.yaml:1:1: the file is empty; expected description, start, tenant, users");
    check(
        &GOOD.replace("  - {", "\t- {"),
        "scenarios/x.yaml:5:1: found character that cannot start any token; YAML is indented with spaces, not with tabs",
    );
}

#[test]
fn a_byte_order_mark_and_the_line_ends_of_windows_are_no_error() {
    let text = format!("\u{feff}{}", GOOD.replace('\n', "\r\n"));
    assert_eq!(Scenario::parse(Path::new("x.yaml"), &text).unwrap().description, "x");
}

#[test]
fn a_scenario_is_named_and_not_a_path() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
    assert!(Scenario::named(&folder, "default").is_ok());
    for name in ["../scenarios/default", "/etc/passwd", "", "default.yaml", "..", "a\\b", "a\0"] {
        let error = Scenario::named(&folder, name).unwrap_err().to_string();
        assert!(error.ends_with("is no scenario's name: letters, digits, spaces, dashes and underscores"), "{error}");
    }
}

#[test]
fn every_shipped_file_is_a_scenario() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
    let files = files(&folder).unwrap();
    assert!(files.len() >= 5, "{files:?}");
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        Scenario::parse(&file, &text).unwrap_or_else(|error| panic!("{error}"));
    }
}
