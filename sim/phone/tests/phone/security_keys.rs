//! My Security Keys: the warning icon, instructions, details, rename, delete (guide: "HYPR Mobile App Changes").

use crate::bench::{Bench, CAROL, DEVICE, account, refusal, status};
use phone::{Event, Platform, Removal, Standing};
use serde_json::json;

const REMOVE: &str =
    "DELETE /rp/api/lab/device/DevIdabcdefghijklmnopqrstuvwxyz/accounts/HighlandsAzure/carol.shaw@highlands_azure.com";

fn icons(bench: &Bench) -> Vec<String> {
    let screen = bench.screen();
    let row = screen.row(CAROL).expect("Carol has a line");
    row.icons.iter().map(|icon| icon.hover.clone()).collect()
}

#[test]
fn the_arrow_leads_to_instructions_before_and_to_details_after() {
    let mut bench = Bench::paired(Platform::Ios, "AZURE_AD", "ENABLED");
    bench.tap("My Security Keys");
    assert_eq!(icons(&bench), ["Pairing incomplete"]);
    bench.tap("Back");
    bench.open_key();
    bench.expect_shown("https://mysignins.microsoft.com/security-info");
    bench.close_and_open();
    let request = bench.answer_status(status("ENABLED", "PAIRED_WITH_AZURE"));
    assert_eq!(request.authorization, "Bearer device-secret");
    bench.tap("My Security Keys");
    assert_eq!(icons(&bench), [] as [&str; 0]);
    bench.tap("Back");
    bench.open_key();
    bench.expect_shown("login.microsoft.com");
    let labels: Vec<String> = bench.screen().buttons.into_iter().map(|button| button.label).collect();
    assert_eq!(labels, ["Rename", "Delete", "Login Activity", "Back"]);
}

#[test]
fn a_name_is_kept_and_can_be_taken_back() {
    let mut bench = Bench::paired(Platform::Ios, "AZURE_AD", "ENABLED");
    bench.close_and_open();
    bench.answer_status(status("ENABLED", "PAIRED_WITH_AZURE"));
    bench.open_key();
    bench.tap("Rename");
    bench.type_into("Name", "Work");
    bench.tap("Save");
    bench.expect_title("Work");
    bench.tap("Back");
    bench.expect_shown("Work");
    bench.verb(clockwork::Verb::TapIn { row: CAROL.into(), button: ">".into() });
    bench.tap("Rename");
    bench.type_into("Name", " ");
    bench.tap("Save");
    bench.expect_title(CAROL);
}

#[test]
fn delete_asks_first_and_then_tells_control_center() {
    let mut bench = Bench::paired(Platform::Ios, "AZURE_AD", "ENABLED");
    bench.open_key();
    bench.tap("Delete");
    bench.expect_title("Delete Security Key");
    bench.tap("Cancel");
    assert!(bench.requests().is_empty());
    bench.tap("Delete");
    bench.tap("Delete");
    let request = bench.answer(REMOVE, 204, json!(null));
    assert_eq!(request.authorization, "Bearer device-secret");
    bench.expect_shown("No security key is paired.");
    assert_eq!(bench.phone.accounts().count(), 0);
    bench.tap("Back");
    assert!(bench.screen().button("My Security Keys").is_err());
    bench.close_and_open();
    assert!(bench.requests().is_empty(), "a phone with no account asks nobody");
}

#[test]
fn a_removal_that_control_center_does_not_hear_of_stays_visible_and_is_asked_again() {
    let mut bench = Bench::paired(Platform::Ios, "AZURE_AD", "ENABLED");
    bench.open_key();
    bench.tap("Delete");
    bench.tap("Delete");
    bench.lose(REMOVE);
    assert_eq!(icons(&bench), ["Removal not finished"]);
    assert_eq!(bench.phone.connections(), [] as [&str; 0]);
    bench.close_and_open();
    let standing = bench.phone.accounts().next().map(|it| it.standing);
    assert_eq!(standing, Some(Standing::Removing(Removal::Asked)));
    bench.answer(REMOVE, 503, json!(null));
    bench.answer_status(status("ENABLED", "PAIRED_WITH_HYPR"));
    bench.tap("My Security Keys");
    assert_eq!(icons(&bench), ["Removal not finished"], "an account that Control Center still lists is not revived");
    bench.close_and_open();
    bench.answer(REMOVE, 404, refusal("LAB_ACCOUNT_UNKNOWN", "gone already"));
    assert_eq!(bench.phone.accounts().count(), 0);
}

#[test]
fn a_removal_that_control_center_refuses_this_phone_is_not_asked_for_again() {
    let mut bench = Bench::paired(Platform::Ios, "AZURE_AD", "ENABLED");
    bench.open_key();
    bench.tap("Delete");
    bench.tap("Delete");
    bench.answer(REMOVE, 401, refusal("LAB_TOKEN_REFUSED", "Access token refused"));
    assert_eq!(icons(&bench), ["Removal not finished"]);
    assert!(bench.events().iter().any(|event| matches!(event, Event::RemovalRefused { .. })));
    bench.close_and_open();
    bench.answer(&format!("GET /rp/api/lab/device/{DEVICE}"), 401, refusal("LAB_TOKEN_REFUSED", "refused"));
    assert!(bench.requests().is_empty(), "nothing would change");
    bench.open_key();
    bench.expect_shown("Ask your administrator to delete the account");
    bench.tap("Delete");
    bench.tap("Delete");
    assert!(bench.requests().is_empty());
    assert_eq!(bench.phone.accounts().count(), 0);
    assert!(matches!(bench.events().last(), Some(Event::Dropped { .. })));
}

#[test]
fn an_account_that_control_center_does_not_know_is_shown_not_dropped() {
    for (code, body) in [(200, json!({"accounts": []})), (404, refusal("LAB_DEVICE_UNKNOWN", "no such phone"))] {
        let mut bench = Bench::paired(Platform::Ios, "AZURE_AD", "ENABLED");
        bench.close_and_open();
        bench.answer(&format!("GET /rp/api/lab/device/{DEVICE}"), code, body);
        bench.tap("My Security Keys");
        assert_eq!(icons(&bench), ["No longer paired"]);
        assert!(bench.events().iter().any(|event| matches!(event, Event::AccountUnknown { .. })));
        bench.close_and_open();
        bench.answer_status(status("ENABLED", "PAIRED_WITH_HYPR"));
        bench.tap("My Security Keys");
        assert_eq!(icons(&bench), ["Pairing incomplete"], "Control Center knows it again");
    }
}

#[test]
fn a_phone_without_network_keeps_the_last_state() {
    let mut bench = Bench::paired(Platform::Ios, "AZURE_AD", "ENABLED");
    bench.close_and_open();
    bench.answer_status(account("DISABLED", false, "PAIRED_WITH_AZURE"));
    bench.close_and_open();
    bench.lose_status();
    bench.tap("My Security Keys");
    assert_eq!(icons(&bench), ["Domain Not Accepted"]);
}

#[test]
fn a_closed_app_offers_no_virtual_key() {
    let mut bench = Bench::paired(Platform::Ios, "AZURE_AD", "ENABLED");
    assert_eq!(bench.phone.connections(), ["ws-1"]);
    bench.phone.close_app(bench.now);
    assert_eq!(bench.phone.connections(), [] as [&str; 0]);
}
