//! `hypr.json` and the client's life.

use super::*;
use crate::passwordless::InstallError;

fn refusal(from: &str, to: &str) -> InstallError {
    let machine = Machine {
        machine_id: "M-1".into(),
        name: "WS-01".into(),
        system: System::Windows,
        join: Join::Cloud,
        security_keys: SecurityKeys::Disabled,
    };
    Passwordless::new(machine).install(&HYPR_JSON.replace(from, to)).unwrap_err()
}

#[test]
fn a_bad_file_is_refused_with_the_member_at_fault() {
    for (from, to, expected) in [
        ("https://highlandsbank.gethypr.com/rp", "https://highlandsbank.gethypr.com/cc", "rpUrl"),
        ("https://highlandsbank.gethypr.com/rp", "http://highlandsbank.gethypr.com/rp", "rpUrl"),
        ("https://highlandsbank.gethypr.com/rp", "highlandsbank", "rpUrl"),
        ("AzurePasskey", " ", "hypr.json has no appId"),
        ("\"installToken\"", "\"token\"", "hypr.json has no installToken"),
        ("0f03f635-", "", "installToken in hypr.json is not a UUID"),
        ("\"version\":", "", "hypr.json cannot be read"),
    ] {
        let error = refusal(from, to).to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn the_install_token_is_not_told() {
    let error = refusal("0f03f635-4d9a-46ff-b537-cd97ad77cb6e", "hunter2");
    assert!(!format!("{error:?} {error}").contains("hunter2"));
}

#[test]
fn a_client_that_is_not_installed_does_not_start() {
    let machine = Machine {
        machine_id: "M-1".into(),
        name: "WS-01".into(),
        system: System::Windows,
        join: Join::Cloud,
        security_keys: SecurityKeys::Disabled,
    };
    let mut client = Passwordless::new(machine);
    client.launch(Timestamp::UNIX_EPOCH, CAROL);
    assert!(client.screen().shows("HYPR Passwordless is not installed."));
    assert!(client.poll_event().is_none());
}

#[test]
fn an_installed_client_runs_when_it_is_launched() {
    let mut desk = Desk::new(Join::Cloud, SecurityKeys::Disabled);
    assert_eq!(desk.screen(), Screen::new("HYPR Passwordless", &["HYPR Passwordless is not running."], &[]));
    desk.client.launch(desk.now, CAROL);
    assert_eq!(desk.screen(), Screen::new("HYPR Passwordless", &[], &["Start Pairing"]));
    assert!(desk.client.poll_request().is_none());
}

#[test]
fn launching_again_disturbs_nothing_but_another_person_starts_afresh() {
    let mut desk = Desk::running();
    desk.tap("Start Pairing");
    desk.client.launch(desk.now, CAROL);
    assert_eq!(desk.title(), "Reminder");
    desk.client.launch(desk.now, "dave@highlands_azure.com");
    assert_eq!(desk.title(), "HYPR Passwordless");
}

#[test]
fn the_token_survives_an_installation_for_the_same_application_only() {
    let mut desk = Desk::paired();
    desk.client.install(HYPR_JSON).unwrap();
    desk.client.launch(desk.now, CAROL);
    assert_eq!(bearer(&desk.request()), "Bearer device-token");
    desk.client.install(&HYPR_JSON.replace("AzurePasskey", "Other")).unwrap();
    desk.client.launch(desk.now, CAROL);
    assert!(desk.client.poll_request().is_none());
    assert_eq!(desk.screen(), Screen::new("HYPR Passwordless", &[], &["Start Pairing"]));
}

#[test]
fn a_client_can_move_between_threads() {
    fn is_send<T: Send>() {}
    is_send::<Passwordless>();
}

#[test]
fn a_mac_is_refused_whatever_the_file_says() {
    let machine = Machine {
        machine_id: "M-1".into(),
        name: "MAC-01".into(),
        system: System::MacOs,
        join: Join::None,
        security_keys: SecurityKeys::Disabled,
    };
    let refusal = Passwordless::new(machine).install(HYPR_JSON).unwrap_err().to_string();
    assert_eq!(refusal, "HYPR Passwordless needs Windows; macOS is not yet supported.");
}
