//! The app in the background, installed anew, and what the phone beneath it lends it: clock, passcode, storage.

use clockwork::{Gesture, Verb};
use jiff::SignedDuration;
use phone::{Abandonment, Event, Platform};
use serde_json::json;
use wire::Status;

use crate::bench::{Bench, CAROL, PASSCODE, qr, scanned, status};
use crate::host::{Host, get_assertion, make_credential};

const ENTRA: &str = "login.microsoft.com";
const REPORT: &str = "POST /rp/api/lab/device/DevIdabcdefghijklmnopqrstuvwxyz/passkeys";
const SCAN: &str = "POST /rp/api/lab/device/sessions/5e55/scan";

/// Carol's phone, made by `change`, has a key that Azure knows.
fn registered(change: impl FnOnce(&mut phone::PhoneConfig)) -> (Bench, Host) {
    let mut bench = Bench::with(Platform::Ios, change);
    bench.pair("AZURE_AD", "ENABLED");
    bench.tap("Done");
    let mut host = Host::attach(&mut bench);
    host.cbor(&mut bench, make_credential(ENTRA, CAROL));
    bench.answer_status(status("ENABLED", "PAIRED_WITH_HYPR"));
    bench.tap("Accept");
    bench.tap("Register");
    bench.present(Gesture::Right);
    assert_eq!(host.status(&mut bench), Some(Status::OK));
    bench.answer(REPORT, 202, json!({"phase": "PAIRED_WITH_AZURE"}));
    (bench, host)
}

/// Two requests in which the face was wrong, three times and twice.
fn locked() -> (Bench, Host) {
    let (mut bench, mut host) = registered(|_| {});
    for wrong in [3, 2] {
        host.cbor(&mut bench, get_assertion(ENTRA));
        bench.answer_status(status("ENABLED", "PAIRED_WITH_AZURE"));
        bench.tap("Accept");
        (0..wrong).for_each(|_| bench.present(Gesture::Wrong));
        assert!(host.status(&mut bench).is_some());
    }
    (bench, host)
}

#[test]
fn in_the_background_the_app_is_no_security_key() {
    let mut bench = Bench::paired(Platform::Ios, "AZURE_AD", "ENABLED");
    assert_eq!(bench.phone.connections(), ["ws-1"]);
    bench.phone.send_app_to_background(bench.now);
    assert_eq!(bench.phone.connections(), [] as [&str; 0]);
    bench.expect_title("Carol's phone");
    bench.phone.open_app(bench.now);
    assert_eq!(bench.phone.connections(), ["ws-1"]);
}

#[test]
fn the_background_drops_a_request_and_says_so_afterwards() {
    let mut bench = Bench::paired(Platform::Ios, "AZURE_AD", "ENABLED");
    let mut host = Host::attach(&mut bench);
    host.cbor(&mut bench, make_credential(ENTRA, CAROL));
    bench.answer_status(status("ENABLED", "PAIRED_WITH_HYPR"));
    bench.expect_title("Add This Device");
    bench.phone.send_app_to_background(bench.now);
    host.cbor(&mut bench, make_credential(ENTRA, CAROL));
    assert_eq!(host.status(&mut bench), None, "an app in the background hears nothing");
    bench.phone.open_app(bench.now);
    bench.expect_shown("The connection to the computer ended.");
    assert!(bench.events().contains(&Event::Abandoned { rp_id: ENTRA.into(), reason: Abandonment::Disconnected }));
}

#[test]
fn a_pairing_goes_on_behind_another_app() {
    let mut bench = Bench::new(Platform::Ios);
    bench.verb(Verb::Scan(qr()));
    bench.phone.send_app_to_background(bench.now);
    bench.answer(SCAN, 200, scanned(true));
    bench.phone.open_app(bench.now);
    bench.expect_title("Authenticate");
}

#[test]
fn a_pairing_ends_with_the_app() {
    let mut bench = Bench::new(Platform::Ios);
    bench.verb(Verb::Scan(qr()));
    bench.phone.close_app(bench.now);
    bench.answer(SCAN, 200, scanned(true));
    bench.phone.open_app(bench.now);
    bench.expect_title("HYPR");
}

#[test]
fn coming_back_fetches_the_state_as_opening_does() {
    let mut bench = Bench::paired(Platform::Ios, "AZURE_AD", "ENABLED");
    bench.phone.send_app_to_background(bench.now);
    assert_eq!(bench.requests().len(), 0);
    bench.phone.open_app(bench.now);
    bench.answer_status(status("ENABLED", "PAIRED_WITH_AZURE"));
    bench.open_key();
    bench.expect_shown("Login Activity");
}

#[test]
fn a_new_app_holds_nothing_and_tells_nobody() {
    let (mut bench, _) = registered(|_| {});
    bench.events();
    bench.phone.reinstall_app(bench.now);
    bench.phone.open_app(bench.now);
    assert_eq!(bench.requests().len(), 0, "it has no token with which to ask");
    assert_eq!(bench.phone.credentials().count() + bench.phone.accounts().count(), 0);
    assert_eq!(bench.phone.connections(), [] as [&str; 0]);
    assert!(bench.screen().button("My Security Keys").is_err());
    assert_eq!(bench.events(), [Event::AppClosed, Event::AppReinstalled, Event::AppOpened]);
}

#[test]
fn an_answer_to_the_old_app_changes_nothing_in_the_new_one() {
    let (mut bench, mut host) = registered(|_| {});
    host.cbor(&mut bench, get_assertion(ENTRA));
    let late = bench.request(&format!("GET /rp/api/lab/device/{}", crate::bench::DEVICE));
    bench.phone.reinstall_app(bench.now);
    bench.reply(&late, 200, status("ENABLED", "PAIRED_WITH_AZURE"));
    assert_eq!(bench.phone.accounts().count(), 0);
    assert_eq!(host.status(&mut bench), None);
}

#[test]
fn a_new_app_wants_the_biometric_of_azures_own_anew() {
    let (mut bench, _) = registered(|_| {});
    bench.phone.reinstall_app(bench.now);
    bench.phone.open_app(bench.now);
    bench.pair("AZURE_AD", "ENABLED");
    bench.tap("Done");
    let host = Host::attach(&mut bench);
    host.cbor(&mut bench, make_credential(ENTRA, CAROL));
    bench.answer_status(status("ENABLED", "PAIRED_WITH_HYPR"));
    bench.tap("Accept");
    bench.expect_title("Register a biometric");
}

#[test]
fn five_wrong_faces_in_a_row_lock_the_sensor_and_the_passcode_unlocks_it() {
    let (mut bench, mut host) = locked();
    bench.expect_shown("Face ID is locked. Enter the passcode of this iPhone to use it again.");
    bench.tap("Enter Passcode");
    bench.type_into("Passcode", PASSCODE);
    assert!(!bench.screen().to_string().contains(PASSCODE), "what is typed is not shown");
    bench.tap("Unlock");
    bench.expect_title("HYPR");
    assert!(bench.screen().button("Enter Passcode").is_err());
    host.cbor(&mut bench, get_assertion(ENTRA));
    bench.answer_status(status("ENABLED", "PAIRED_WITH_AZURE"));
    bench.tap("Accept");
    bench.present(Gesture::Right);
    assert_eq!(host.status(&mut bench), Some(Status::OK));
}

#[test]
fn a_wrong_passcode_unlocks_nothing() {
    let (mut bench, mut host) = locked();
    bench.tap("Enter Passcode");
    for wrong in ["", "258037"] {
        bench.type_into("Passcode", wrong);
        bench.tap("Unlock");
        bench.expect_shown("The passcode is wrong.");
    }
    host.cbor(&mut bench, get_assertion(ENTRA));
    assert_eq!(host.status(&mut bench), Some(Status::PIN_BLOCKED));
}

#[test]
fn while_the_sensor_works_nobody_asks_for_the_passcode() {
    let (bench, _) = registered(|_| {});
    assert!(bench.screen().button("Enter Passcode").is_err());
}

#[test]
fn the_app_shows_times_by_the_phones_own_clock() {
    let check = |ahead: i64, shown: &str| {
        let (mut bench, _) = registered(|config| config.clock_ahead = SignedDuration::from_hours(ahead));
        bench.open_key();
        bench.expect_shown(shown);
        bench.tap("Login Activity");
        bench.expect_shown(shown);
    };
    check(0, "2024-03-01T09:00:00Z");
    check(2, "2024-03-01T11:00:00Z");
    check(-10, "2024-02-29T23:00:00Z");
    check(i64::from(i32::MAX), "9999-12-30T22:00:00.999999999Z");
}

#[test]
fn a_phone_without_room_for_a_key_says_so_after_the_user_has_confirmed() {
    let mut bench = Bench::with(Platform::Android, |config| config.keys_max = 0);
    bench.pair("AZURE_AD", "ENABLED");
    bench.tap("Done");
    let mut host = Host::attach(&mut bench);
    host.cbor(&mut bench, make_credential(ENTRA, CAROL));
    bench.answer_status(status("ENABLED", "PAIRED_WITH_HYPR"));
    bench.tap("Accept");
    bench.tap("Register");
    bench.present(Gesture::Right);
    assert_eq!(host.status(&mut bench), Some(Status::KEY_STORE_FULL));
    assert_eq!(bench.phone.credentials().count(), 0);
}

#[test]
fn the_arrow_in_my_computers_leads_to_the_details_of_the_pairing() {
    let mut bench = Bench::paired(Platform::Ios, "HYBRID", "ENABLED");
    bench.tap("My Computers");
    bench.verb(Verb::TapIn { row: "WS-01".into(), button: ">".into() });
    bench.expect_title(CAROL);
}
