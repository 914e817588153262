//! The virtual key asks: Control Center first, then Accept, then the biometric for Azure (guide: "Pairing with
//! Azure", "Logging In with HYPR Enterprise Passkey").

use clockwork::{Gesture, Verb};
use phone::{Abandonment, Event, Phase, Platform, Refusal};
use serde_json::json;
use wire::Status;
use wire::ctaphid::{Command, error};

use crate::bench::{Bench, CAROL, account, refusal, status};
use crate::host::{Host, get_assertion, make_credential, selection, token_to_register};

const ENTRA: &str = "login.microsoft.com";
const REPORT: &str = "POST /rp/api/lab/device/DevIdabcdefghijklmnopqrstuvwxyz/passkeys";

/// Carol is paired with HYPR and her phone is attached.
fn attached() -> (Bench, Host) {
    let mut bench = Bench::paired(Platform::Ios, "AZURE_AD", "ENABLED");
    let host = Host::attach(&mut bench);
    (bench, host)
}

/// Carol's phone has made a key and told Control Center.
fn registered() -> (Bench, Host) {
    let (mut bench, mut host) = attached();
    host.cbor(&mut bench, make_credential(ENTRA, CAROL));
    bench.answer_status(status("ENABLED", "PAIRED_WITH_HYPR"));
    bench.tap("Accept");
    bench.tap("Register");
    bench.present(Gesture::Right);
    assert_eq!(host.status(&mut bench), Some(Status::OK));
    bench.answer(REPORT, 202, json!({"phase": "PAIRED_WITH_HYPR"}));
    (bench, host)
}

#[test]
fn accept_and_a_separate_biometric_make_the_key() {
    let (mut bench, mut host) = attached();
    host.cbor(&mut bench, make_credential(ENTRA, CAROL));
    bench.expect_title("Please Wait");
    bench.answer_status(status("ENABLED", "PAIRED_WITH_HYPR"));
    bench.expect_title("Add This Device");
    bench.expect_shown("login.microsoft.com asks to add this device as a security key.");
    bench.expect_shown(CAROL);
    bench.tap("Accept");
    bench.expect_title("Register a biometric");
    bench.expect_shown("specific to Azure");
    assert!(bench.try_verb(&Verb::Present(Gesture::Right)).is_err(), "nobody looks yet");
    bench.tap("Register");
    bench.expect_title("Azure Biometric");
    assert_eq!(host.status(&mut bench), None, "the key waits for the user");
    bench.present(Gesture::Right);
    assert_eq!(host.status(&mut bench), Some(Status::OK));
    bench.expect_title("HYPR");
    let credential = bench.phone.credentials().next().expect("the key was made").clone();
    let report = bench.answer(REPORT, 202, json!({"phase": "PAIRED_WITH_HYPR"}));
    assert_eq!(report.authorization, "Bearer device-secret");
    assert_eq!(
        report.body,
        json!({"rpAppId": "HighlandsAzure", "username": CAROL, "rpId": ENTRA,
            "credentialId": wire::Base64Url(credential.id), "userHandle": wire::Base64Url(vec![7; 16])})
    );
}

#[test]
fn the_registered_biometric_signs_in_without_being_registered_again() {
    let (mut bench, mut host) = registered();
    host.cbor(&mut bench, get_assertion(ENTRA));
    bench.answer_status(status("ENABLED", "PAIRED_WITH_AZURE"));
    bench.expect_title("Sign-In Request");
    bench.expect_shown(CAROL);
    bench.tap("Accept");
    bench.expect_title("Azure Biometric");
    bench.present(Gesture::Right);
    assert_eq!(host.status(&mut bench), Some(Status::OK));
    bench.open_key();
    bench.tap("Login Activity");
    let what: Vec<String> = bench.screen().rows.iter().map(|row| row.cells[1].1.clone()).collect();
    assert_eq!(what, ["Signed in", "Registered"]);
}

#[test]
fn control_center_is_asked_until_azure_confirms() {
    let (mut bench, _) = registered();
    bench.pass(4);
    assert!(bench.requests().is_empty());
    bench.pass(1);
    bench.answer_status(status("ENABLED", "PAIRED_WITH_HYPR"));
    bench.pass(5);
    bench.answer_status(status("ENABLED", "PAIRED_WITH_AZURE"));
    bench.pass(600);
    assert!(bench.requests().is_empty(), "nothing is left to ask");
    let account = bench.phone.accounts().next().expect("Carol is paired");
    assert_eq!(account.phase, Phase::PairedWithAzure);
    assert_eq!(bench.phone.poll_timeout(), None);
}

#[test]
fn a_report_that_is_lost_is_sent_again_and_patience_ends_after_five_minutes() {
    let (mut bench, host) = attached();
    host.cbor(&mut bench, make_credential(ENTRA, CAROL));
    bench.answer_status(status("ENABLED", "PAIRED_WITH_HYPR"));
    bench.tap("Accept");
    bench.tap("Register");
    bench.present(Gesture::Right);
    bench.lose(REPORT);
    bench.pass(5);
    bench.answer(REPORT, 202, json!({"phase": "PAIRED_WITH_HYPR"}));
    let mut asked = 0;
    for _ in 0..100 {
        bench.pass(5);
        if !bench.requests().is_empty() {
            bench.answer_status(status("ENABLED", "PAIRED_WITH_HYPR"));
            asked += 1;
        }
    }
    assert_eq!(asked, 58, "every 5 s from the tenth second to before the 300th");
    assert!(bench.events().iter().any(|event| matches!(event, Event::ConfirmationGivenUp { .. })));
    bench.close_and_open();
    bench.answer_status(status("ENABLED", "PAIRED_WITH_HYPR"));
    bench.pass(5);
    bench.answer_status(status("ENABLED", "PAIRED_WITH_AZURE"));
}

/// The phone declines by itself after Control Center's answer.
fn check_refused(answer: serde_json::Value, code: u16, expected: Refusal, title: &str) {
    let (mut bench, mut host) = registered();
    bench.events();
    for command in [make_credential(ENTRA, CAROL), get_assertion(ENTRA)] {
        host.cbor(&mut bench, command);
        bench.answer(&format!("GET /rp/api/lab/device/{}", crate::bench::DEVICE), code, answer.clone());
        assert_eq!(host.status(&mut bench), Some(Status::OPERATION_DENIED), "{expected:?}");
        bench.expect_title(title);
        let events = bench.events();
        assert!(events.contains(&Event::Refused { rp_id: ENTRA.into(), refusal: expected }), "{events:?}");
        bench.tap("OK");
    }
    assert_eq!(bench.phone.credentials().count(), 1);
}

#[test]
fn disabled_restricted_and_unpaired_accounts_are_refused_without_asking_the_user() {
    let disabled = account("DISABLED", true, "PAIRED_WITH_AZURE");
    check_refused(disabled, 200, Refusal::IntegrationDisabled, "Integration Disabled");
    let restricted = account("ENABLED", false, "PAIRED_WITH_AZURE");
    check_refused(restricted, 200, Refusal::DomainNotAccepted, "Domain Not Accepted");
    check_refused(json!({"accounts": []}), 200, Refusal::NotPaired, "Account Not Paired");
    check_refused(refusal("LAB_DEVICE_UNKNOWN", ""), 404, Refusal::NotPaired, "Account Not Paired");
}

#[test]
fn a_phone_that_cannot_reach_control_center_goes_by_the_last_state() {
    let (mut bench, mut host) = attached();
    host.cbor(&mut bench, make_credential(ENTRA, CAROL));
    bench.lose_status();
    bench.expect_title("Add This Device");
    bench.tap("Decline");
    assert_eq!(host.status(&mut bench), Some(Status::OPERATION_DENIED));
    bench.close_and_open();
    bench.answer_status(status("DISABLED", "PAIRED_WITH_HYPR"));
    let mut host = Host::attach(&mut bench);
    host.cbor(&mut bench, make_credential(ENTRA, CAROL));
    bench.lose_status();
    assert_eq!(host.status(&mut bench), Some(Status::OPERATION_DENIED));
    bench.expect_title("Integration Disabled");
}

#[test]
fn an_integration_that_is_disabled_while_the_user_is_asked_ends_the_request() {
    let (mut bench, mut host) = registered();
    host.cbor(&mut bench, get_assertion(ENTRA));
    bench.answer_status(status("ENABLED", "PAIRED_WITH_HYPR"));
    bench.tap("Accept");
    bench.expect_title("Azure Biometric");
    bench.pass(5);
    bench.answer_status(status("DISABLED", "PAIRED_WITH_HYPR"));
    assert_eq!(host.status(&mut bench), Some(Status::OPERATION_DENIED));
    bench.expect_title("Integration Disabled");
}

/// A token is out when something happens; tells whether it was withdrawn.
fn is_withdrawn_by(happening: fn(&mut Bench, &mut Host)) -> bool {
    let (mut bench, mut host) = attached();
    host.cbor(&mut bench, token_to_register(ENTRA));
    bench.answer_status(status("ENABLED", "PAIRED_WITH_HYPR"));
    bench.tap("Accept");
    bench.tap("Register");
    bench.present(Gesture::Right);
    assert_eq!(host.status(&mut bench), Some(Status::OK));
    happening(&mut bench, &mut host);
    let mut events = std::iter::from_fn(|| bench.phone.poll_event());
    events.any(|event| event == Event::Authenticator(ctap::Event::TokenRevoked))
}

#[test]
fn a_token_ends_when_the_phone_hears_that_the_account_is_refused() {
    assert!(is_withdrawn_by(|bench, _| {
        bench.open_key();
        bench.tap("Delete");
        bench.tap("Delete");
    }));
    assert!(is_withdrawn_by(|bench, host| {
        host.cbor(bench, get_assertion(ENTRA));
        bench.answer_status(status("DISABLED", "PAIRED_WITH_HYPR"));
    }));
    assert!(!is_withdrawn_by(|bench, host| {
        host.cbor(bench, get_assertion(ENTRA));
        bench.answer_status(status("ENABLED", "PAIRED_WITH_HYPR"));
    }));
}

#[test]
fn a_long_user_name_is_known_by_its_beginning() {
    let (bench, _) = attached();
    let mut account = bench.phone.accounts().next().expect("Carol is paired").clone();
    account.id.username = format!("{}@highlands_azure.com", "c".repeat(70));
    assert!(account.owns(ENTRA, Some(&"C".repeat(64))));
    assert!(account.owns(ENTRA, Some(&account.id.username)));
    assert!(!account.owns(ENTRA, Some(&"c".repeat(63))) && !account.owns(ENTRA, None));
}

#[test]
fn an_enabled_integration_works_again_after_a_refusal() {
    let (mut bench, mut host) = attached();
    host.cbor(&mut bench, make_credential(ENTRA, CAROL));
    bench.answer_status(status("DISABLED", "PAIRED_WITH_HYPR"));
    assert_eq!(host.status(&mut bench), Some(Status::OPERATION_DENIED));
    host.cbor(&mut bench, make_credential(ENTRA, CAROL));
    bench.answer_status(status("ENABLED", "PAIRED_WITH_HYPR"));
    bench.expect_title("Add This Device");
}

#[test]
fn nobody_paired_means_nobody_may_use_the_key_for_entra() {
    let mut bench = Bench::new(Platform::Ios);
    let mut host = Host::attach(&mut bench);
    host.cbor(&mut bench, make_credential(ENTRA, CAROL));
    assert_eq!(host.status(&mut bench), Some(Status::OPERATION_DENIED));
    bench.expect_title("Account Not Paired");
}

#[test]
fn other_relying_parties_are_no_business_of_control_center() {
    let (mut bench, mut host) = attached();
    host.cbor(&mut bench, make_credential("example.org", "carol"));
    assert!(bench.requests().is_empty());
    bench.expect_title("Add This Device");
    bench.tap("Accept");
    bench.tap("Register");
    bench.present(Gesture::Right);
    assert_eq!(host.status(&mut bench), Some(Status::OK));
    assert!(bench.requests().is_empty(), "and the key is not reported");
}

#[test]
fn decline_at_each_step_is_denied() {
    for path in [&["Decline"][..], &["Accept", "Cancel"], &["Accept", "Register", "Cancel"]] {
        let (mut bench, mut host) = attached();
        host.cbor(&mut bench, make_credential(ENTRA, CAROL));
        bench.answer_status(status("ENABLED", "PAIRED_WITH_HYPR"));
        path.iter().for_each(|label| bench.tap(label));
        assert_eq!(host.status(&mut bench), Some(Status::OPERATION_DENIED), "{path:?}");
        bench.expect_title("HYPR");
        bench.expect_shown("You declined the request.");
        assert_eq!(bench.phone.credentials().count(), 0);
    }
}

#[test]
fn a_wrong_face_is_asked_again_and_too_many_end_the_request() {
    let (mut bench, mut host) = registered();
    host.cbor(&mut bench, get_assertion(ENTRA));
    bench.answer_status(status("ENABLED", "PAIRED_WITH_AZURE"));
    bench.tap("Accept");
    bench.present(Gesture::Wrong);
    bench.expect_title("Azure Biometric");
    bench.expect_shown("Face ID did not recognize you. Try again.");
    assert_eq!(host.status(&mut bench), None);
    bench.present(Gesture::Right);
    assert_eq!(host.status(&mut bench), Some(Status::OK));

    host.cbor(&mut bench, get_assertion(ENTRA));
    bench.answer_status(status("ENABLED", "PAIRED_WITH_AZURE"));
    bench.tap("Accept");
    (0..3).for_each(|_| bench.present(Gesture::Wrong));
    assert_eq!(host.status(&mut bench), Some(Status::OPERATION_DENIED));
    bench.expect_title("HYPR");
    bench.expect_shown("Face ID did not recognize you.");
}

#[test]
fn too_many_wrong_faces_block_the_biometric_until_the_phone_is_unlocked_anew() {
    let (mut bench, mut host) = registered();
    for wrong in [3, 2] {
        host.cbor(&mut bench, get_assertion(ENTRA));
        bench.answer_status(status("ENABLED", "PAIRED_WITH_AZURE"));
        bench.tap("Accept");
        (0..wrong).for_each(|_| bench.present(Gesture::Wrong));
        assert!(host.status(&mut bench).is_some());
    }
    host.cbor(&mut bench, get_assertion(ENTRA));
    assert_eq!(host.status(&mut bench), Some(Status::PIN_BLOCKED));
    bench.close_and_open();
    bench.answer_status(status("ENABLED", "PAIRED_WITH_AZURE"));
    let mut host = Host::attach(&mut bench);
    host.cbor(&mut bench, get_assertion(ENTRA));
    bench.answer_status(status("ENABLED", "PAIRED_WITH_AZURE"));
    bench.tap("Accept");
    bench.present(Gesture::Right);
    assert_eq!(host.status(&mut bench), Some(Status::OK));
}

#[test]
fn nobody_answers_and_the_request_times_out() {
    let (mut bench, mut host) = attached();
    host.cbor(&mut bench, make_credential(ENTRA, CAROL));
    bench.answer_status(status("ENABLED", "PAIRED_WITH_HYPR"));
    bench.pass(300);
    assert_eq!(host.status(&mut bench), Some(Status::USER_ACTION_TIMEOUT));
    bench.expect_title("HYPR");
    bench.expect_shown("The request timed out.");
}

#[test]
fn the_computer_can_cancel() {
    let (mut bench, mut host) = attached();
    host.cbor(&mut bench, make_credential(ENTRA, CAROL));
    bench.answer_status(status("ENABLED", "PAIRED_WITH_HYPR"));
    host.send(&mut bench, Command::CANCEL, Vec::new());
    assert_eq!(host.status(&mut bench), Some(Status::KEEPALIVE_CANCEL));
    bench.expect_shown("The computer cancelled the request.");
}

#[test]
fn control_centers_late_answer_revives_nothing() {
    let (mut bench, mut host) = attached();
    host.cbor(&mut bench, make_credential(ENTRA, CAROL));
    let late = bench.request(&format!("GET /rp/api/lab/device/{}", crate::bench::DEVICE));
    host.send(&mut bench, Command::CANCEL, Vec::new());
    assert_eq!(host.status(&mut bench), Some(Status::KEEPALIVE_CANCEL));
    bench.reply(&late, 200, status("ENABLED", "PAIRED_WITH_HYPR"));
    bench.expect_title("HYPR");
}

#[test]
fn closing_the_app_drops_the_request_and_the_channel() {
    let (mut bench, mut host) = attached();
    host.cbor(&mut bench, make_credential(ENTRA, CAROL));
    bench.answer_status(status("ENABLED", "PAIRED_WITH_HYPR"));
    bench.phone.close_app(bench.now);
    host.cbor(&mut bench, make_credential(ENTRA, CAROL));
    assert_eq!(host.status(&mut bench), None, "a closed app hears nothing");
    bench.phone.open_app(bench.now);
    bench.expect_title("HYPR");
    host.cbor(&mut bench, make_credential(ENTRA, CAROL));
    bench.expect_title("HYPR");
    assert_eq!(host.status(&mut bench), None, "the channel is forgotten");
    assert!(bench.events().contains(&Event::Abandoned { rp_id: ENTRA.into(), reason: Abandonment::Disconnected }));
}

#[test]
fn deleting_the_account_deletes_its_key_at_once() {
    let (mut bench, mut host) = registered();
    bench.open_key();
    bench.tap("Delete");
    bench.tap("Delete");
    assert_eq!(bench.phone.credentials().count(), 0);
    bench.requests();
    host.cbor(&mut bench, make_credential(ENTRA, CAROL));
    bench.request(&format!("DELETE /rp/api/lab/device/{}/accounts/HighlandsAzure/{CAROL}", crate::bench::DEVICE));
    bench.answer_status(status("ENABLED", "PAIRED_WITH_AZURE"));
    assert_eq!(host.status(&mut bench), Some(Status::OPERATION_DENIED), "it is unpaired, whatever HYPR still says");
}

#[test]
fn a_request_that_comes_while_pairing_leaves_the_pairing_alone() {
    let (mut bench, mut host) = attached();
    bench.verb(Verb::Scan(crate::bench::qr()));
    bench.answer("POST /rp/api/lab/device/sessions/5e55/scan", 200, crate::bench::scanned(true));
    host.cbor(&mut bench, make_credential(ENTRA, CAROL));
    bench.answer_status(status("ENABLED", "PAIRED_WITH_HYPR"));
    bench.tap("Decline");
    assert_eq!(host.status(&mut bench), Some(Status::OPERATION_DENIED));
    bench.expect_title("Authenticate");
}

#[test]
fn selection_asks_for_accept_alone() {
    let (mut bench, mut host) = attached();
    host.cbor(&mut bench, selection());
    bench.expect_title("Use This Device");
    bench.tap("Accept");
    assert_eq!(host.status(&mut bench), Some(Status::OK));
    bench.expect_title("HYPR");
}

#[test]
fn a_token_by_biometric_is_asked_for_in_the_same_order() {
    let (mut bench, mut host) = attached();
    host.cbor(&mut bench, token_to_register(ENTRA));
    bench.answer_status(status("ENABLED", "PAIRED_WITH_HYPR"));
    bench.expect_title("Add This Device");
    bench.expect_shown(CAROL);
    bench.tap("Accept");
    bench.tap("Register");
    bench.present(Gesture::Right);
    assert_eq!(host.status(&mut bench), Some(Status::OK));
}

#[test]
fn a_request_that_may_be_a_disabled_accounts_is_refused_unless_it_names_another() {
    let (mut bench, mut host) = attached();
    bench.pair_dave();
    let mut both = status("ENABLED", "PAIRED_WITH_HYPR");
    let mut dave = both["accounts"][0].clone();
    dave["username"] = json!("dave@highlands_azure.com");
    dave["integration"] = json!("DISABLED");
    both["accounts"].as_array_mut().expect("a list").push(dave);

    bench.answer_status(both.clone());
    host.cbor(&mut bench, token_to_register(ENTRA));
    bench.answer_status(both.clone());
    assert_eq!(host.status(&mut bench), Some(Status::OPERATION_DENIED));
    bench.expect_title("Integration Disabled");
    host.cbor(&mut bench, make_credential(ENTRA, CAROL));
    bench.answer_status(both);
    bench.expect_title("Add This Device");
}

#[test]
fn unplugging_ends_the_request_on_the_screen() {
    let (mut bench, host) = attached();
    host.cbor(&mut bench, make_credential(ENTRA, CAROL));
    bench.answer_status(status("ENABLED", "PAIRED_WITH_HYPR"));
    bench.phone.handle_detached(bench.now, "ws-1");
    bench.expect_title("HYPR");
    bench.expect_shown("The connection to the computer ended.");
}

#[test]
fn a_second_workstation_finds_the_key_busy_and_leaves_the_first_undisturbed() {
    let (mut bench, mut host) = attached();
    let mut other = Host::attach_to(&mut bench, "ws-2");
    host.cbor(&mut bench, selection());
    bench.expect_title("Use This Device");
    assert_eq!(host.status(&mut bench), None, "the key waits for the user");
    other.cbor(&mut bench, selection());
    assert_eq!(other.error(&mut bench), Some(error::CHANNEL_BUSY));
    bench.phone.handle_detached(bench.now, "ws-2");
    bench.tap("Accept");
    assert_eq!(host.status(&mut bench), Some(Status::OK));
}

#[test]
fn unplugging_from_one_workstation_does_not_end_what_another_has_asked() {
    let (mut bench, host) = attached();
    let mut other = Host::attach_to(&mut bench, "ws-2");
    other.cbor(&mut bench, selection());
    bench.phone.handle_detached(bench.now, "ws-1");
    drop(host);
    bench.tap("Accept");
    assert_eq!(other.status(&mut bench), Some(Status::OK));
}
