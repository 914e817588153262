//! From Start Pairing to "Continue in AD".

use super::*;

#[test]
fn the_guides_screens_come_in_its_order() {
    let mut desk = Desk::running();
    desk.tap("Start Pairing");
    assert_eq!(desk.title(), "Reminder");
    assert!(desk.screen().shows("pair your phone as a security key after pairing with HYPR"));
    desk.tap("Continue");
    assert_eq!(desk.title(), "Please wait");
    let request = desk.answer(201, &session(60));
    assert_eq!(line(&request), format!("POST {BASE}/pairing"));
    assert_eq!(bearer(&request), INSTALL_TOKEN);
    let body: Value = serde_json::from_slice(request.body()).unwrap();
    assert_eq!(
        body,
        json!({"rpAppId": "AzurePasskey", "machineId": "M-1", "machineName": "WS-01", "joinType": "AZURE_AD", "username": CAROL})
    );
    assert_eq!((desk.title().as_str(), desk.screen().qr), ("Pair your device", None));
    desk.tap("Begin Pairing");
    let scan = desk.screen();
    assert_eq!((scan.title.as_str(), scan.qr.as_deref()), ("Scan the QR code on the screen", Some("{\"version\":1}")));
    assert!(scan.shows("Activation code: ABC123") && scan.shows("App name: https://highlandsbank.gethypr.com"));
    let request = desk.poll(&json!({"state": "SCANNED"}));
    assert_eq!((line(&request), bearer(&request)), (format!("GET {BASE}/pairing/5e55"), INSTALL_TOKEN));
    assert_eq!((desk.title().as_str(), desk.screen().qr), ("Authenticate on your device", None));
    let device = json!({"deviceId": "DevId1", "deviceName": "Carol's iPhone"});
    desk.poll(&json!({"state": "PAIRED", "device": device, "deviceToken": "device-token"}));
    assert_eq!(desk.title(), "Successfully paired");
    desk.tap("Continue");
    assert_eq!(desk.title(), "Connection method");
    desk.tap("Web");
    assert_eq!(desk.title(), "Verify your connection");
    assert!(desk.screen().shows("same wireless network"));
    assert_eq!(desk.actions(), []);
    desk.tap("Continue");
    assert_eq!(desk.title(), "Phone pairing almost complete!");
    assert_eq!(desk.actions(), [Action::ConnectionReady { device_id: "DevId1".into(), method: Method::Web }]);
    desk.tap("View More Instructions");
    assert!(matches!(&desk.actions()[..], [Action::OpenUrl(url)] if url.starts_with("https://docs.hypr.com/")));
    desk.tap("Continue in AD");
    assert_eq!(desk.actions(), [Action::OpenUrl("https://mysignins.microsoft.com/security-info".into())]);
    let home = desk.screen();
    assert_eq!((home.title.as_str(), home.buttons[0].label.as_str()), ("HYPR Passwordless", "Pair New Device"));
    assert_eq!(home.row("Carol's iPhone").unwrap().icons[0].name, "Pairing incomplete");
}

#[test]
fn secrets_stay_out_of_the_journal() {
    let mut desk = Desk::paired();
    let journal = format!("{:?}", desk.events());
    for secret in ["device-token", "0f03f635", "5e55", "ABC123"] {
        assert!(!journal.contains(secret), "{journal}");
    }
}

#[test]
fn maybe_later_leads_home_and_the_warning_leads_back() {
    let mut desk = Desk::paired();
    assert_eq!(desk.title(), "HYPR Passwordless");
    assert_eq!(desk.actions(), []);
    desk.tap_in("Carol's iPhone", "Pairing incomplete").unwrap();
    assert_eq!(desk.title(), "Phone pairing almost complete!");
    desk.tap("Continue in AD");
    assert_eq!(desk.title(), "Connection method");
    desk.tap("Bluetooth");
    assert!(desk.screen().shows("Bluetooth"));
    desk.tap("Continue");
    desk.tap("Continue in AD");
    let ready = Action::ConnectionReady { device_id: "DevId1".into(), method: Method::Bluetooth };
    assert_eq!(desk.actions(), [ready, Action::OpenUrl("https://mysignins.microsoft.com/security-info".into())]);
}

/// The screen after the reminder.
fn after_reminder(join: Join, keys: SecurityKeys, setting: bool) -> Desk {
    let mut desk = Desk::new(join, keys);
    desk.client.launch(desk.now, CAROL);
    desk.tap("Start Pairing");
    desk.tap("Continue");
    desk.answer(201, &session_with(60, setting));
    desk
}

#[test]
fn the_choice_of_a_device_is_for_hybrid_machines_with_keys_or_a_setting_left_on() {
    for (join, keys, setting, expected) in [
        (Join::Cloud, SecurityKeys::Disabled, false, "Pair your device"),
        (Join::Cloud, SecurityKeys::Enabled, false, "Pair your device"),
        (Join::Hybrid, SecurityKeys::Disabled, false, "Pair your device"),
        (Join::Hybrid, SecurityKeys::Enabled, false, "Select Your Device to Continue"),
        (Join::Cloud, SecurityKeys::Disabled, true, "Select Your Device to Continue"),
    ] {
        assert_eq!(after_reminder(join, keys, setting).title(), expected, "{join:?} {keys:?} {setting}");
    }
}

#[test]
fn a_security_key_does_not_work_and_a_smartphone_does() {
    let mut desk = after_reminder(Join::Cloud, SecurityKeys::Disabled, true);
    desk.tap("Security Key");
    assert_eq!(desk.title(), "Security Key does not work");
    desk.tap("Back");
    desk.tap("Smartphone");
    assert_eq!(desk.title(), "Pair your device");
}

#[test]
fn a_hybrid_machine_says_so() {
    let mut desk = Desk::new(Join::Hybrid, SecurityKeys::Disabled);
    desk.client.launch(desk.now, CAROL);
    desk.tap("Start Pairing");
    desk.tap("Continue");
    let body: Value = serde_json::from_slice(desk.request().body()).unwrap();
    assert_eq!(body["joinType"], "HYBRID");
}

#[test]
fn a_machine_that_is_not_joined_cannot_pair() {
    let mut desk = Desk::new(Join::None, SecurityKeys::Disabled);
    desk.client.launch(desk.now, CAROL);
    desk.tap("Start Pairing");
    desk.tap("Continue");
    assert!(desk.client.poll_request().is_none());
    assert!(desk.screen().shows("This computer is not joined to Microsoft Entra ID."));
}

/// A client that shows its QR code until second 60.
fn showing_qr() -> Desk {
    let mut desk = after_reminder(Join::Cloud, SecurityKeys::Disabled, false);
    desk.tap("Begin Pairing");
    desk
}

#[test]
fn a_code_that_nobody_scans_expires_and_try_again_makes_a_new_one() {
    let mut desk = showing_qr();
    for _ in 0..29 {
        desk.poll(&json!({"state": "WAITING"}));
        assert_eq!(desk.title(), "Scan the QR code on the screen");
    }
    desk.poll(&json!({"state": "WAITING"}));
    assert_eq!(desk.title(), "QR code expired");
    assert_eq!(desk.client.poll_timeout(), None);
    desk.tap("Try Again");
    let mut fresh = session(120);
    fresh["qr"] = json!("fresh");
    desk.answer(201, &fresh);
    assert_eq!(desk.screen().qr.as_deref(), Some("fresh"));
}

#[test]
fn a_phone_that_scanned_in_time_may_finish_later() {
    let mut desk = showing_qr();
    desk.poll(&json!({"state": "SCANNED"}));
    desk.pass(100);
    desk.answer(200, &json!({"state": "SCANNED"}));
    assert_eq!(desk.title(), "Authenticate on your device");
    desk.poll(&json!({"state": "EXPIRED"}));
    assert_eq!(desk.title(), "QR code expired");
}

#[test]
fn who_begins_too_late_gets_a_new_code_at_once() {
    let mut desk = after_reminder(Join::Cloud, SecurityKeys::Disabled, false);
    desk.pass(60);
    desk.tap("Begin Pairing");
    desk.answer(201, &session(120));
    assert!(desk.screen().qr.is_some());
}

#[test]
fn a_refusal_of_the_phone_is_shown_in_its_words() {
    let mut desk = showing_qr();
    desk.poll(&json!({"state": "REFUSED", "message": "The domain is not accepted."}));
    let screen = Screen::new("Pairing failed", &["The domain is not accepted."], &["Try Again", "Cancel"]);
    assert_eq!(desk.screen(), screen);
    desk.tap("Cancel");
    assert_eq!(desk.title(), "HYPR Passwordless");
}

#[test]
fn an_error_of_control_center_is_shown_with_its_code() {
    let mut desk = Desk::running();
    desk.tap("Start Pairing");
    desk.tap("Continue");
    let error =
        json!({"title": "No", "errorCode": "LAB_INSTALL_TOKEN", "errorText": "The install token is not known."});
    desk.answer(401, &error);
    assert_eq!(desk.screen().texts, ["The install token is not known. (LAB_INSTALL_TOKEN)"]);
}

#[test]
fn an_unreachable_control_center_is_named_and_tried_again() {
    let mut desk = Desk::running();
    desk.tap("Start Pairing");
    desk.tap("Continue");
    desk.cut_off();
    assert_eq!(desk.title(), "Control Center cannot be reached");
    assert!(desk.screen().shows("highlandsbank.gethypr.com"));
    desk.tap("Try Again");
    desk.answer(201, &session(60));
    assert_eq!(desk.title(), "Pair your device");
}

#[test]
fn a_pairing_that_was_cut_off_goes_on_where_it_was() {
    let mut desk = showing_qr();
    desk.poll(&json!({"state": "SCANNED"}));
    desk.pass(2);
    desk.cut_off();
    assert_eq!(desk.title(), "Control Center cannot be reached");
    desk.tap("Try Again");
    let request = desk.answer(200, &json!({"state": "SCANNED"}));
    assert_eq!(line(&request), format!("GET {BASE}/pairing/5e55"));
    assert_eq!(desk.title(), "Authenticate on your device");
}

#[test]
fn a_pairing_that_was_cancelled_is_over() {
    let mut desk = showing_qr();
    desk.pass(2);
    desk.request();
    desk.tap("Cancel");
    desk.reply(Ok(Response::new(json!({"state": "SCANNED"}).to_string().into())));
    assert_eq!(desk.title(), "HYPR Passwordless");
    assert_eq!(desk.client.poll_timeout(), None);
}

#[test]
fn an_answer_that_cannot_be_read_is_control_centers_fault() {
    let mut desk = showing_qr();
    desk.poll(&json!({"state": "SOMETHING"}));
    assert_eq!(desk.title(), "Pairing failed");
    assert!(desk.screen().shows("Control Center's answer cannot be read"));
}

#[test]
fn a_token_that_cannot_be_sent_back_does_no_harm() {
    let mut desk = showing_qr();
    let device = json!({"deviceId": "DevId1", "deviceName": "Carol's iPhone"});
    desk.poll(&json!({"state": "PAIRED", "device": device, "deviceToken": "line\nbreak"}));
    desk.client.restart(desk.now);
    assert_eq!(desk.title(), "Your devices cannot be listed");
}

#[test]
fn a_local_account_of_a_joined_machine_cannot_be_paired() {
    let mut desk = Desk::new(Join::Cloud, SecurityKeys::Disabled);
    desk.client.launch(desk.now, "WS-01\\carol");
    desk.tap("Start Pairing");
    desk.tap("Continue");
    assert!(desk.screen().shows("Sign in to Windows with your work or school account"));
    assert!(desk.client.poll_request().is_none());
}

#[test]
fn a_phone_that_windows_does_not_know_is_paired_by_bluetooth_first() {
    let mut desk = Desk::running();
    desk.client.handle_reach(desk.client.reach.clone(), [].into());
    desk.pair();
    desk.actions();
    desk.tap("Continue");
    desk.tap("Bluetooth");
    assert_eq!(desk.actions(), [Action::PairBluetooth { device_name: PHONE.into() }]);
    assert_eq!(desk.title(), "Pair by Bluetooth");
    assert!(desk.screen().button("Continue").is_err(), "there is no way around it");
    desk.client.handle_reach(desk.client.reach.clone(), [PHONE.to_owned()].into());
    assert_eq!(desk.title(), "Verify your connection");
}

#[test]
fn a_bluetooth_pairing_that_was_refused_leads_back_to_the_choice() {
    let mut desk = Desk::running();
    desk.client.handle_reach(desk.client.reach.clone(), [].into());
    desk.pair();
    desk.tap("Continue");
    desk.tap("Bluetooth");
    desk.client.handle_bluetooth_refused();
    assert!(desk.screen().shows("Windows has not paired the phone."));
    desk.tap("Try Again");
    assert!(desk.screen().button("Web").is_ok());
}

#[test]
fn a_phone_that_cannot_be_reached_in_the_chosen_way_is_not_connected() {
    let check = |method: &str, reach: Reach, expect: &str| {
        let mut desk = Desk::running();
        desk.client.handle_reach([(PHONE.to_owned(), reach)].into(), [PHONE.to_owned()].into());
        desk.pair();
        desk.tap("Continue");
        desk.tap(method);
        desk.tap("Continue");
        assert!(desk.screen().shows(expect), "{}", desk.screen());
        assert_eq!(desk.client.connection("DevId1").is_some(), expect == "Phone pairing almost complete!");
    };
    let (near, wired) = (Reach { bluetooth: true, network: false }, Reach { bluetooth: false, network: true });
    check("Bluetooth", near, "Phone pairing almost complete!");
    check("Bluetooth", wired, "The phone cannot be reached by Bluetooth.");
    check("Web", near, "The phone cannot be reached over the network.");
    check("Web", wired, "Phone pairing almost complete!");
}
