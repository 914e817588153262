//! The user as an input: prompts, answers, cancellation, time (CTAP 2.3 §6.1.2, §6.9).

use super::*;
use crate::Answer::{Decline, NotVerified};
use crate::{Prompt, Purpose};

#[test]
fn consent_comes_before_the_biometric_and_names_who_asks() {
    let mut desk = Desk::new();
    desk.key.handle_command(desk.now, &make_credential().bytes());
    let (rp_id, user) = (RP.to_owned(), Some("carol@highlandsbank.com".to_owned()));
    let purpose = Purpose::Register;
    let presence = Prompt::Presence { rp_id: rp_id.clone(), user: user.clone(), purpose };
    assert_eq!(desk.key.prompt(), Some(&presence));
    desk.key.handle_answer(desk.now, Accept);
    assert_eq!(desk.key.prompt(), Some(&Prompt::Verification { rp_id, user, purpose }));
}

#[test]
fn an_answer_that_does_not_fit_changes_nothing() {
    let mut desk = Desk::new();
    desk.key.handle_answer(desk.now, Accept);
    desk.key.handle_command(desk.now, &make_credential().bytes());
    for answer in [Verified, NotVerified] {
        desk.key.handle_answer(desk.now, answer);
        assert!(matches!(desk.key.prompt(), Some(Prompt::Presence { .. })));
    }
    desk.key.handle_answer(desk.now, Accept);
    desk.key.handle_answer(desk.now, Accept);
    assert!(matches!(desk.key.prompt(), Some(Prompt::Verification { .. })));
    assert_eq!(desk.key.poll_response(), None);
    assert_eq!(desk.key.uv_retries(), 5);
}

#[test]
fn a_user_who_declines_or_does_nothing_ends_the_command() {
    let mut desk = Desk::new();
    desk.check(&make_credential(), &[Decline], "CTAP2_ERR_OPERATION_DENIED");
    for answers in [&[][..], &[Accept]] {
        desk.key.handle_command(desk.now, &make_credential().bytes());
        answers.iter().for_each(|answer| desk.key.handle_answer(desk.now, *answer));
        desk.pass(29);
        assert_eq!(desk.key.poll_response(), None);
        assert_eq!(desk.key.poll_timeout(), Some(desk.now + SignedDuration::from_secs(1)));
        desk.pass(1);
        assert_eq!(desk.response().0, "CTAP2_ERR_USER_ACTION_TIMEOUT");
        assert_eq!(desk.key.poll_timeout(), None);
    }
}

#[test]
fn an_answer_that_comes_too_late_is_none() {
    let mut desk = Desk::new();
    desk.key.handle_command(desk.now, &make_credential().bytes());
    desk.now += SignedDuration::from_secs(30);
    desk.key.handle_answer(desk.now, Accept);
    assert_eq!(desk.response().0, "CTAP2_ERR_USER_ACTION_TIMEOUT");
}

#[test]
fn the_host_may_cancel_while_the_user_is_asked() {
    let mut desk = Desk::new();
    desk.key.handle_cancel(desk.now);
    assert_eq!(desk.key.poll_response(), None);
    desk.key.handle_command(desk.now, &make_credential().bytes());
    desk.key.handle_cancel(desk.now);
    assert_eq!(desk.response().0, "CTAP2_ERR_KEEPALIVE_CANCEL");
    assert_eq!(desk.key.credentials().count(), 0);
}

#[test]
fn a_second_command_finds_the_authenticator_busy() {
    let mut desk = Desk::new();
    desk.key.handle_command(desk.now, &make_credential().bytes());
    desk.key.handle_command(desk.now, &[4]);
    assert_eq!(desk.response().0, "CTAP1_ERR_CHANNEL_BUSY");
    assert!(desk.key.prompt().is_some());
}

#[test]
fn selection_is_a_touch() {
    let mut desk = Desk::new();
    assert_eq!(desk.send_bytes(&[0x0B], &[Accept]).0, "CTAP2_OK");
    assert_eq!(desk.send_bytes(&[0x0B], &[Decline]).0, "CTAP2_ERR_OPERATION_DENIED");
    desk.key.handle_command(desk.now, &[0x0B]);
    desk.pass(30);
    assert_eq!(desk.response().0, "CTAP2_ERR_USER_ACTION_TIMEOUT");
}

#[test]
fn the_journal_reads_as_sentences() {
    let mut desk = Desk::new();
    desk.register("carol@highlandsbank.com");
    assert_eq!(
        desk.events(),
        [
            "authenticatorMakeCredential for login.microsoft.com",
            "the user is asked for consent to a registration at login.microsoft.com",
            "the user's answer: accepted",
            "the user is asked for a biometric to a registration at login.microsoft.com",
            "the user's answer: verified",
            "a credential for carol@highlandsbank.com at login.microsoft.com was made",
            "authenticatorMakeCredential answered CTAP2_OK (0x00)",
        ]
    );
}

#[test]
fn a_touch_that_does_not_come_is_one_that_is_declined() {
    let mut desk = Desk::of("ctap-2.3");
    desk.check(&make_credential().options(&[("rk", true)]), &[Accept], "CTAP2_OK");
    for request in [make_credential().options(&[]), get_assertion().options(&[])] {
        desk.key.handle_command(desk.now, &request.bytes());
        desk.pass(30);
        assert_eq!(desk.response().0, "CTAP2_ERR_OPERATION_DENIED");
    }
}
