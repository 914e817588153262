//! Pairing with HYPR by QR code and by activation code, with every refusal (guide: "Pairing with HYPR").

use crate::bench::{Bench, CAROL, completed, qr, refusal, scanned};
use clockwork::{Gesture, Verb};
use phone::{Event, Join, Phase, Platform};
use serde_json::json;

const SCAN: &str = "POST /rp/api/lab/device/sessions/5e55/scan";
const COMPLETE: &str = "POST /rp/api/lab/device/sessions/5e55/complete";

#[test]
fn scan_authenticate_paired() {
    let mut bench = Bench::new(Platform::Ios);
    bench.tap("SCAN QR");
    bench.expect_title("Scan QR Code");
    bench.verb(Verb::Scan(qr()));
    bench.expect_title("Please Wait");
    let scan = bench.answer(SCAN, 200, scanned(true));
    assert_eq!((scan.host.as_str(), scan.body), ("highlandsbank.gethypr.com", json!({"pin": "1234"})));
    bench.expect_title("Authenticate");
    bench.expect_shown("Use Face ID to pair with HighlandsAzure as carol.shaw@highlands_azure.com.");
    bench.present(Gesture::Right);
    let complete = bench.answer(COMPLETE, 201, completed("AZURE_AD", "ENABLED"));
    assert_eq!(
        complete.body,
        json!({"pin": "1234", "deviceName": "Carol's phone", "model": "iPhone 15", "os": "IOS",
            "osVersion": "17.1", "appVersion": "8.3.0"})
    );
    bench.expect_title("Paired");
    bench.tap("Done");
    bench.expect_title("HYPR");
    let account = bench.phone.accounts().next().expect("Carol is paired");
    assert_eq!((account.id.username.as_str(), account.phase), (CAROL, Phase::PairedWithHypr));
    assert_eq!(account.machines[0].join, Join::AzureAd);
}

#[test]
fn a_wrong_face_is_asked_again_and_records_nothing() {
    let mut bench = Bench::new(Platform::Android);
    bench.verb(Verb::Scan(qr()));
    bench.answer(SCAN, 200, scanned(true));
    bench.expect_shown("Use your fingerprint to pair");
    bench.present(Gesture::Wrong);
    bench.expect_shown("Your fingerprint was not recognized. Try again.");
    assert!(bench.requests().is_empty());
    bench.present(Gesture::Cancel);
    bench.expect_title("HYPR");
    bench.expect_shown("The pairing was cancelled.");
    assert!(bench.requests().is_empty());
    assert_eq!(bench.phone.accounts().count(), 0);
}

#[test]
fn refusals_of_a_scan_are_worded_and_record_nothing() {
    let check = |status: u16, code: &str, title: &str, words: &str| {
        let mut bench = Bench::new(Platform::Ios);
        bench.verb(Verb::Scan(qr()));
        bench.answer(SCAN, status, refusal(code, "Control Center's own words."));
        bench.expect_title(title);
        bench.expect_shown(words);
        bench.tap("OK");
        bench.expect_title("HYPR");
        assert_eq!(bench.phone.accounts().count(), 0, "{code}");
    };
    check(403, "LAB_DOMAIN_NOT_ACCEPTED", "Domain Not Accepted", "does not accept the domain highlands_azure.com");
    check(410, "LAB_SESSION_EXPIRED", "Pairing Failed", "The QR code has expired.");
    check(409, "LAB_SESSION_USED", "Pairing Failed", "The QR code has been used already.");
    check(404, "LAB_SESSION_UNKNOWN", "Pairing Failed", "HYPR does not know this QR code.");
    check(400, "LAB_PIN_WRONG", "Pairing Failed", "Control Center's own words.");
    check(503, "", "Could Not Reach HYPR", "Check the connection of your phone");
}

#[test]
fn a_domain_that_is_not_accepted_in_a_good_answer_is_refused_as_well() {
    let mut bench = Bench::new(Platform::Ios);
    bench.verb(Verb::Scan(qr()));
    bench.answer(SCAN, 200, scanned(false));
    bench.expect_title("Domain Not Accepted");
}

#[test]
fn a_phone_without_network_says_so() {
    let mut bench = Bench::new(Platform::Ios);
    bench.verb(Verb::Scan(qr()));
    bench.lose(SCAN);
    bench.expect_title("Could Not Reach HYPR");
}

#[test]
fn what_is_not_a_hypr_code_is_not_sent_anywhere() {
    for text in ["", "https://example.org", "{}", &qr().replace("https://", "http://"), &"x".repeat(10_000)] {
        let mut bench = Bench::new(Platform::Ios);
        bench.verb(Verb::Scan(text.into()));
        bench.expect_shown("This is not a HYPR QR code.");
        assert!(bench.requests().is_empty());
    }
}

#[test]
fn a_disabled_integration_pairs_with_a_warning() {
    let mut bench = Bench::new(Platform::Ios);
    bench.pair("AZURE_AD", "DISABLED");
    bench.expect_title("Paired");
    bench.tap("Done");
    bench.expect_title("Integration Disabled");
    bench.tap("OK");
    bench.expect_title("HYPR");
    bench.tap("My Security Keys");
    bench.expect_shown("Pairing incomplete");
    bench.expect_shown("Integration Disabled");
}

#[test]
fn an_activation_code_does_what_the_qr_code_does() {
    let mut bench = Bench::new(Platform::Ios);
    bench.tap("Enter Code Manually");
    bench.type_into("App Name", "highlandsbank.gethypr.com");
    bench.type_into("PIN", " abc123 ");
    bench.tap("Continue");
    let code = serde_json::from_str(&qr()).expect("JSON");
    let request = bench.answer("GET /rp/versioned/device/pendingqr?activationCode=ABC123", 200, code);
    assert_eq!((request.host.as_str(), request.authorization.as_str()), ("highlandsbank.gethypr.com", ""));
    bench.answer(SCAN, 200, scanned(true));
    bench.expect_title("Authenticate");
}

#[test]
fn a_wrong_activation_code_or_app_name_is_refused() {
    let check = |app_name: &str, words: &str| {
        let mut bench = Bench::new(Platform::Ios);
        bench.tap("Enter Code Manually");
        bench.type_into("App Name", app_name);
        bench.type_into("PIN", "XXXXXX");
        bench.tap("Continue");
        if !bench.requests().is_empty() {
            bench.answer("GET /rp/versioned/device/pendingqr?activationCode=XXXXXX", 404, refusal("LAB_X", ""));
        }
        bench.expect_title("Pairing Failed");
        bench.expect_shown(words);
    };
    check("https://highlandsbank.gethypr.com/rp", "The PIN is not known or has expired.");
    check("not an address", "This App Name is not an address.");
}

#[test]
fn only_hybrid_joined_workstations_stand_under_my_computers() {
    for (join, shown) in [("AZURE_AD", false), ("HYBRID", true)] {
        let mut bench = Bench::paired(Platform::Ios, join, "ENABLED");
        bench.tap("My Computers");
        assert_eq!(bench.screen().row("WS-01").is_ok(), shown, "{join}");
    }
}

#[test]
fn a_second_workstation_joins_the_account_under_the_same_device_id() {
    let mut bench = Bench::paired(Platform::Ios, "AZURE_AD", "ENABLED");
    bench.verb(Verb::Scan(qr()));
    bench.answer(SCAN, 200, scanned(true));
    bench.present(Gesture::Right);
    let mut body = completed("HYBRID", "ENABLED");
    body["workstation"]["machineId"] = json!("ws-2");
    let request = bench.answer(COMPLETE, 201, body);
    assert_eq!(request.body["deviceId"], crate::bench::DEVICE);
    assert_eq!(request.authorization, "Bearer device-secret");
    assert_eq!(bench.phone.accounts().count(), 1);
    assert_eq!(bench.phone.connections(), ["ws-1", "ws-2"]);
}

#[test]
fn a_pairing_that_control_center_has_recorded_is_kept_although_the_app_was_closed() {
    let mut bench = Bench::new(Platform::Ios);
    bench.verb(Verb::Scan(qr()));
    bench.answer(SCAN, 200, scanned(true));
    bench.present(Gesture::Right);
    let complete = bench.request(COMPLETE);
    bench.phone.close_app(bench.now);
    bench.reply(&complete, 201, completed("AZURE_AD", "ENABLED"));
    assert_eq!(bench.phone.accounts().count(), 1);
    bench.expect_title("Carol's phone");
}

#[test]
fn an_answer_after_cancel_changes_nothing() {
    let mut bench = Bench::new(Platform::Ios);
    bench.verb(Verb::Scan(qr()));
    let scan = bench.request(SCAN);
    bench.tap("Cancel");
    bench.reply(&scan, 200, scanned(true));
    bench.expect_title("HYPR");
}

#[test]
fn garbled_answers_are_control_centers_fault_and_harm_nothing() {
    let mut long = completed("AZURE_AD", "ENABLED");
    long["account"]["username"] = json!("x".repeat(70_000));
    let mut token = completed("AZURE_AD", "ENABLED");
    token["deviceToken"] = json!("line\nbreak");
    for body in [json!([]), json!({"deviceId": 7}), completed("MOON", "ENABLED"), long, token] {
        let mut bench = Bench::new(Platform::Ios);
        bench.verb(Verb::Scan(qr()));
        bench.answer(SCAN, 200, scanned(true));
        bench.present(Gesture::Right);
        bench.answer(COMPLETE, 201, body);
        bench.expect_title("Could Not Reach HYPR");
        assert_eq!(bench.phone.accounts().count(), 0);
        let told = |event: &Event| matches!(event, Event::CallFailed { reason, .. } if reason.starts_with("Control Center is at fault"));
        assert!(bench.events().iter().any(told), "the journal says why");
    }
}

#[test]
fn no_secret_stands_in_an_event() {
    let mut bench = Bench::paired(Platform::Ios, "AZURE_AD", "ENABLED");
    let text: Vec<String> = bench.events().iter().map(|event| format!("{event:?} {event}")).collect();
    let text = text.join("\n");
    assert!(text.contains("Paired carol.shaw@highlands_azure.com in HighlandsAzure"), "{text}");
    assert!(!text.contains("device-secret") && !text.contains("1234"), "{text}");
}

#[test]
fn verbs_that_the_screen_does_not_have_are_refused_with_what_it_has() {
    let mut bench = Bench::new(Platform::Ios);
    let error = bench.try_verb(&Verb::Tap("My Security Keys".into())).expect_err("nothing is paired");
    assert!(error.to_string().ends_with("it has: SCAN QR, Enter Code Manually, My Web Accounts, My Computers"));
    assert!(bench.try_verb(&Verb::Present(Gesture::Right)).is_err());
    bench.tap("My Computers");
    assert!(bench.try_verb(&Verb::Scan(qr())).is_err());
    bench.phone.close_app(bench.now);
    assert!(bench.try_verb(&Verb::Scan(qr())).is_err());
    bench.tap("HYPR");
    bench.expect_title("HYPR");
    assert!(matches!(bench.events().last(), Some(Event::AppOpened)));
}
