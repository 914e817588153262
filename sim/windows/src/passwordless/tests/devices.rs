//! The list of devices, its cache, and unpairing.

use super::*;

#[test]
fn the_next_pairing_uses_the_token_of_the_machine() {
    let mut desk = Desk::paired();
    desk.tap("Pair New Device");
    desk.tap("Continue");
    assert_eq!(bearer(&desk.request()), "Bearer device-token");
}

#[test]
fn a_token_that_control_center_forgot_gives_way_to_the_install_token() {
    let mut desk = Desk::paired();
    desk.tap("Pair New Device");
    desk.tap("Continue");
    desk.answer(401, &json!({"errorText": "unknown token"}));
    assert_eq!(bearer(&desk.answer(201, &session(60))), INSTALL_TOKEN);
    assert_eq!(desk.title(), "Pair your device");
}

#[test]
fn the_warning_stays_until_a_restart() {
    let mut desk = Desk::paired();
    desk.pass(599 - 4);
    assert!(desk.client.poll_request().is_none());
    desk.client.restart(desk.now);
    assert_eq!(desk.screen(), Screen::new("HYPR Passwordless", &["Loading your devices"], &[]));
    let request = desk.answer(200, &listed("PAIRED_WITH_AZURE"));
    assert_eq!((line(&request), bearer(&request)), (format!("GET {BASE}/M-1/devices"), "Bearer device-token"));
    assert!(desk.screen().row("Carol's iPhone").unwrap().icons.is_empty());
    assert!(desk.tap_in("Carol's iPhone", "Pairing incomplete").is_err());
}

#[test]
fn the_warning_stays_until_ten_minutes_have_passed() {
    let mut desk = Desk::paired();
    let paired_at = desk.now;
    assert_eq!(desk.client.poll_timeout(), Some(paired_at + SignedDuration::from_mins(10)));
    desk.pass(600);
    assert!(!desk.screen().row("Carol's iPhone").unwrap().icons.is_empty());
    desk.answer(200, &listed("PAIRED_WITH_AZURE"));
    assert!(desk.screen().row("Carol's iPhone").unwrap().icons.is_empty());
    assert_eq!(desk.client.poll_timeout(), Some(desk.now + SignedDuration::from_mins(10)));
}

#[test]
fn a_list_that_cannot_be_refreshed_stays() {
    let mut desk = Desk::paired();
    desk.pass(600);
    desk.cut_off();
    assert!(desk.screen().row("Carol's iPhone").is_ok());
    assert_eq!(desk.client.poll_timeout(), Some(desk.now + SignedDuration::from_mins(10)));
}

#[test]
fn a_first_list_that_cannot_be_had_is_an_error() {
    let mut desk = Desk::paired();
    desk.client.restart(desk.now);
    desk.cut_off();
    assert_eq!(desk.title(), "Control Center cannot be reached");
    desk.tap("Try Again");
    desk.answer(200, &listed("PAIRED_WITH_HYPR"));
    assert_eq!(desk.title(), "HYPR Passwordless");
}

#[test]
fn a_pending_phone_is_not_listed_and_loses_its_connection() {
    let mut desk = Desk::paired();
    desk.tap_in(CAROL, "Pairing incomplete").unwrap();
    desk.tap("Continue in AD");
    desk.tap("Web");
    desk.tap("Continue");
    desk.actions();
    desk.client.restart(desk.now);
    desk.answer(200, &listed("PENDING"));
    assert_eq!(desk.screen(), Screen::new("HYPR Passwordless", &[], &["Start Pairing"]));
    assert_eq!(desk.actions(), [Action::ConnectionRemoved { device_id: "DevId1".into() }]);
    assert_eq!(desk.client.connection("DevId1"), None);
}

#[test]
fn a_machine_that_control_center_no_longer_knows_has_no_phone() {
    for status in [401, 404] {
        let mut desk = Desk::paired();
        desk.tap_in(CAROL, "Pairing incomplete").unwrap();
        desk.tap("Continue in AD");
        desk.tap("Web");
        desk.tap("Continue");
        desk.tap("Close");
        desk.actions();
        desk.client.restart(desk.now);
        desk.answer(status, &json!({"errorText": "unknown"}));
        assert_eq!(desk.screen(), Screen::new("HYPR Passwordless", &[], &["Start Pairing"]), "{status}");
        assert_eq!(desk.actions(), [Action::ConnectionRemoved { device_id: "DevId1".into() }]);
        desk.tap("Start Pairing");
        desk.tap("Continue");
        assert_eq!(bearer(&desk.request()), INSTALL_TOKEN);
    }
}

#[test]
fn unpairing_asks_first_and_then_control_center() {
    let mut desk = Desk::paired();
    desk.tap_in("Carol's iPhone", "Unpair").unwrap();
    assert_eq!(desk.title(), "Unpair this device?");
    desk.tap("Cancel");
    assert!(desk.client.poll_request().is_none());
    desk.tap_in("Carol's iPhone", "Unpair").unwrap();
    desk.tap("Unpair");
    let request = desk.answer(204, &Value::Null);
    assert_eq!(line(&request), format!("DELETE {BASE}/M-1/devices/DevId1"));
    assert_eq!(bearer(&request), "Bearer device-token");
    assert_eq!(desk.screen(), Screen::new("HYPR Passwordless", &[], &["Start Pairing"]));
    assert_eq!(desk.events().pop(), Some(Event::Unpaired { device_id: "DevId1".into() }));
}

#[test]
fn an_unpairing_that_failed_leaves_the_phone_paired() {
    let mut desk = Desk::paired();
    desk.tap_in("Carol's iPhone", "Unpair").unwrap();
    desk.tap("Unpair");
    desk.answer(403, &json!({"errorText": "Not yours."}));
    assert_eq!(desk.screen(), Screen::new("Unpairing failed", &["Not yours."], &["Try Again", "Cancel"]));
    desk.tap("Cancel");
    assert!(desk.screen().row("Carol's iPhone").is_ok());
}

#[test]
fn a_phone_that_was_unpaired_already_goes_all_the_same() {
    let mut desk = Desk::paired();
    desk.tap_in("Carol's iPhone", "Unpair").unwrap();
    desk.tap("Unpair");
    desk.answer(404, &json!({"errorText": "unknown device"}));
    assert!(desk.screen().rows.is_empty());
}
