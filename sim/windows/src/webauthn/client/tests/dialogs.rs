//! What the person sees, and what the page hears.

use super::*;

#[test]
fn the_dialogs_come_in_the_guides_order() {
    let mut bench = Bench::new();
    bench.begin(create(), Surface::PasskeyBrowser);
    let mut titles = vec![bench.screen().title];
    for label in ["External security key or built-in sensor", "OK", "OK"] {
        bench.tap(label);
        titles.push(bench.screen().title);
    }
    let mut key = FakeKey::hypr();
    key.scripted = vec![(0x06, vec![])];
    bench.attach("phone", key);
    titles.push(bench.screen().title);
    assert_eq!(
        titles,
        [
            "Windows Security",
            "Security key setup",
            "Continue setup",
            "Insert your security key into the USB port",
            "Touch your security key",
        ]
    );
}

#[test]
fn a_browser_without_a_chooser_begins_with_windows_own_dialogs() {
    let mut bench = Bench::new();
    bench.begin(create(), Surface::PlainBrowser);
    assert_eq!(bench.screen().title, "Security key setup");
    bench.begin(get(), Surface::PlainBrowser);
    assert_eq!(bench.screen().title, "Insert your security key into the USB port");
}

#[test]
fn a_cancelled_dialog_is_not_allowed_and_the_key_is_told() {
    let mut key = FakeKey::hypr();
    key.scripted = vec![(0x06, vec![])];
    let mut bench = Bench::with_key(key);
    bench.begin(create(), Surface::PasskeyBrowser);
    bench.agree();
    bench.tap("Cancel");
    assert_eq!(*bench.failure(), Failure::Cancelled);
    assert_eq!(bench.failure().exception(), DomException::NotAllowed);
    assert_eq!(bench.cancelled, ["phone"]);
    assert_eq!(bench.client.screen(), None);
}

#[test]
fn a_key_that_is_pulled_out_is_waited_for_again() {
    let mut key = FakeKey::hypr();
    key.scripted = vec![(0x06, vec![])];
    let mut bench = Bench::with_key(key);
    bench.begin(get(), Surface::PasskeyBrowser);
    bench.agree();
    bench.client.handle_detached("phone");
    assert_eq!(bench.screen().title, "Insert your security key into the USB port");
    bench.keys.clear();
    bench.attach("phone", FakeKey::hypr());
    bench.assertion();
}

/// A refusal by the key: the dialog's title, and what the page hears once the dialog is closed.
fn check_refusal(operation: Operation, byte: u8, status: Status, title: &str, exception: DomException) {
    let mut key = FakeKey::hypr();
    key.scripted = vec![(byte, vec![status.0])];
    let mut bench = Bench::with_key(key);
    bench.begin(operation, Surface::PasskeyBrowser);
    bench.agree();
    assert_eq!(bench.screen().title, title, "{status}");
    assert!(bench.conclusions.is_empty(), "the page waits until the dialog is closed");
    bench.tap("Close");
    assert_eq!((bench.failure().status(), bench.failure().exception()), (Some(status), exception));
}

#[test]
fn refusals_by_the_key_have_their_words_and_exceptions() {
    use DomException::{Constraint, InvalidState, NotAllowed, NotSupported};
    let wrong = "Something went wrong";
    check_refusal(create(), 1, Status::CREDENTIAL_EXCLUDED, "You already registered this key", InvalidState);
    check_refusal(get(), 2, Status::NO_CREDENTIALS, "No credentials", NotAllowed);
    check_refusal(create(), 6, Status::OPERATION_DENIED, wrong, NotAllowed);
    check_refusal(create(), 1, Status::UNSUPPORTED_ALGORITHM, wrong, NotSupported);
    check_refusal(create(), 1, Status::UNSUPPORTED_OPTION, wrong, Constraint);
    check_refusal(create(), 1, Status::KEY_STORE_FULL, wrong, NotAllowed);
    check_refusal(get(), 6, Status::USER_ACTION_TIMEOUT, wrong, NotAllowed);
    check_refusal(get(), 6, Status::UV_INVALID, wrong, NotAllowed);
}

#[test]
fn a_key_that_lacks_what_is_required_is_not_asked() {
    let cases = [
        (vec![("rk", true)], Shortcoming::UserVerification),
        (vec![("rk", true), ("uv", false)], Shortcoming::UserVerification),
        (vec![("rk", false), ("uv", true)], Shortcoming::ResidentKey),
    ];
    for (options, shortcoming) in cases {
        let mut bench = Bench::with_key(FakeKey::with_info(info(&options, &[2], None)));
        bench.begin(create(), Surface::PasskeyBrowser);
        bench.agree();
        assert_eq!(bench.heard(), [0x04]);
        bench.tap("Close");
        assert_eq!(*bench.failure(), Failure::Unsuitable(shortcoming));
        assert_eq!(bench.failure().exception(), DomException::Constraint);
    }
}

#[test]
fn a_key_of_ctap1_alone_is_not_asked() {
    let answers: [(&[u8], Failure); 2] = [
        (b"\xA1\x01\x81\x66U2F_V2", Failure::Unsuitable(Shortcoming::Ctap2)),
        (b"\xA1\x05\x18\x64", Failure::Unreadable("getInfo")),
    ];
    for (info, failure) in answers {
        let mut bench = Bench::with_key(FakeKey::with_info(info.to_vec()));
        bench.begin(get(), Surface::SignIn);
        assert_eq!((bench.heard(), bench.failure()), (vec![0x04], &failure));
    }
}

#[test]
fn a_page_that_wants_the_computers_own_authenticator_gets_no_phone() {
    for (attachment, is_refused) in [("platform", true), ("cross-platform", false)] {
        let mut bench = Bench::with_key(FakeKey::hypr());
        let attached = |options: &mut CreationOptions| {
            options.authenticator_selection.authenticator_attachment = Some(attachment.into());
        };
        bench.begin(creation_with(attached), Surface::SignIn);
        match &bench.conclusions[..] {
            [Err(failure)] => assert_eq!((failure, is_refused), (&Failure::Unsuitable(Shortcoming::Attachment), true)),
            other => assert!(!is_refused, "{other:?}"),
        }
    }
}

#[test]
fn the_key_that_has_no_credential_gives_way_to_the_next() {
    let mut empty = FakeKey::hypr();
    empty.scripted = vec![(0x02, vec![Status::NO_CREDENTIALS.0])];
    let mut bench = Bench::with_key(empty);
    bench.attach("second", FakeKey::hypr());
    bench.begin(get(), Surface::PasskeyBrowser);
    bench.agree();
    bench.assertion();
}

#[test]
fn of_several_accounts_the_person_chooses_one() {
    let mut key = FakeKey::hypr();
    let answer = |name, count| fake_key::ok(&fake_key::assertion_of(name, count));
    key.scripted = vec![(0x02, answer("dave", 2)), (0x08, answer("carol", 0))];
    let mut bench = Bench::with_key(key);
    bench.begin(get(), Surface::PasskeyBrowser);
    bench.agree();
    assert_eq!(bench.screen().title, "Choose an account");
    bench.tap("carol");
    bench.assertion();
}

#[test]
fn the_sign_in_screen_takes_the_account_added_last_and_shows_no_dialog() {
    let mut key = FakeKey::hypr();
    let answer = |name, count| fake_key::ok(&fake_key::assertion_of(name, count));
    key.scripted = vec![(0x02, answer("dave", 2)), (0x08, answer("carol", 0))];
    let mut bench = Bench::with_key(key);
    bench.begin(get(), Surface::SignIn);
    assert_eq!(bench.client.screen(), None);
    bench.assertion();
}

#[test]
fn a_failure_at_the_sign_in_screen_is_told_at_once() {
    let mut key = FakeKey::hypr();
    key.scripted = vec![(0x06, vec![Status::OPERATION_DENIED.0])];
    let mut bench = Bench::with_key(key);
    bench.begin(get(), Surface::SignIn);
    assert_eq!(*bench.failure(), Failure::Status(Status::OPERATION_DENIED));
}

#[test]
fn a_wrong_finger_is_tried_again_as_often_as_the_key_prefers() {
    let mut info = info(&[("rk", true), ("uv", true), ("pinUvAuthToken", true)], &[2], None);
    info[0] += 1;
    info.extend([0x11, 0x02]);
    let mut key = FakeKey::with_info(info);
    let agreement = key.respond(b"\x06\xA2\x01\x02\x02\x02").unwrap();
    key.heard.clear();
    key.scripted = vec![(0x06, agreement), (0x06, vec![Status::UV_INVALID.0])];
    let mut bench = Bench::with_key(key);
    bench.begin(get(), Surface::PasskeyBrowser);
    bench.agree();
    assert_eq!(bench.heard(), [0x04, 0x06, 0x06, 0x06, 0x02]);
    bench.assertion();
}

#[test]
fn the_pages_timeout_is_brought_into_range() {
    for (asked_ms, minutes) in [(None, 5), (Some(1000), 5), (Some(400_000), 6), (Some(86_400_000), 10)] {
        let mut bench = Bench::new();
        bench.begin(request_with(|options| options.timeout = asked_ms), Surface::PasskeyBrowser);
        let deadline = bench.client.poll_timeout().unwrap();
        assert_eq!(deadline.duration_since(START).as_mins(), minutes);
    }
}

#[test]
fn when_time_runs_out_the_key_is_told_and_no_dialog_stays() {
    let mut key = FakeKey::hypr();
    key.scripted = vec![(0x06, vec![])];
    let mut bench = Bench::with_key(key);
    bench.begin(get(), Surface::PasskeyBrowser);
    bench.agree();
    bench.client.handle_timeout(START + SignedDuration::from_secs(299));
    assert!(bench.client.is_busy());
    bench.client.handle_timeout(START + SignedDuration::from_secs(300));
    bench.settle();
    assert_eq!(*bench.failure(), Failure::TimedOut);
    assert_eq!(bench.cancelled, ["phone"]);
    assert_eq!(bench.client.screen(), None);
}

#[test]
fn a_broken_line_is_shown_and_not_allowed() {
    let mut key = FakeKey::hypr();
    key.scripted = vec![(0x06, vec![])];
    let mut bench = Bench::with_key(key);
    bench.begin(get(), Surface::PasskeyBrowser);
    bench.agree();
    bench.client.handle_answer("phone", KeyAnswer::Failed(UsbError::Silent));
    bench.tap("Close");
    assert_eq!(*bench.failure(), Failure::Usb(UsbError::Silent));
}

/// A ceremony of an origin that is not the RP ID's, and the reply to the list of related origins.
fn check_related(body: Option<&str>, accepted: bool) {
    let mut bench = Bench::new();
    let ceremony = Ceremony { origin: "https://login.microsoftonline.com".into(), operation: get() };
    bench.client.handle_ceremony(START, ceremony, Surface::PasskeyBrowser);
    let (id, request) = bench.client.poll_request().expect("the list is asked for");
    assert_eq!(request.uri(), "https://login.microsoft.com/.well-known/webauthn");
    let reply = match body {
        Some(body) => Ok(Response::new(body.to_owned().into())),
        None => Err(clockwork::Unreachable { host: "login.microsoft.com".into(), reason: "cut off".into() }),
    };
    bench.client.handle_response(id, reply);
    bench.settle();
    assert_eq!(bench.client.is_busy(), accepted);
    if !accepted {
        assert_eq!(bench.failure().exception(), DomException::Security);
    }
}

#[test]
fn an_origin_that_is_not_the_rp_ids_needs_its_list() {
    check_related(Some(r#"{"origins":["https://login.microsoftonline.com"]}"#), true);
    check_related(Some(r#"{"origins":["https://login.live.com"]}"#), false);
    check_related(Some("no JSON"), false);
    check_related(None, false);
}

#[test]
fn an_own_origin_needs_no_list() {
    let mut bench = Bench::new();
    bench.begin(get(), Surface::PasskeyBrowser);
    assert!(bench.client.poll_request().is_none());
    assert_eq!(bench.screen().title, "Windows Security");
}

#[test]
fn options_that_break_a_limit_are_refused_at_once() {
    let cases = [
        (creation_with(|options| options.user.id = vec![0; 65].into()), DomException::Type),
        (creation_with(|options| options.user.id = vec![].into()), DomException::Type),
        (creation_with(|options| options.pub_key_cred_params[0].kind = "x".into()), DomException::NotSupported),
        (request_with(|options| options.rp_id = Some("com".into())), DomException::Security),
    ];
    for (mut operation, exception) in cases {
        if let (Operation::Create(options), DomException::NotSupported) = (&mut operation, exception) {
            options.pub_key_cred_params.truncate(1);
        }
        let mut bench = Bench::with_key(FakeKey::hypr());
        bench.begin(operation, Surface::PasskeyBrowser);
        assert_eq!(bench.failure().exception(), exception);
        assert!(bench.heard().is_empty());
    }
}

#[test]
fn the_journal_names_commands_and_statuses() {
    let mut key = FakeKey::hypr();
    key.scripted = vec![(0x06, vec![Status::OPERATION_DENIED.0])];
    let mut bench = Bench::with_key(key);
    bench.begin(get(), Surface::SignIn);
    let lines: Vec<String> = std::iter::from_fn(|| bench.client.poll_event()).map(|event| event.to_string()).collect();
    assert_eq!(
        lines,
        [
            "https://login.microsoft.com calls navigator.credentials.get.",
            "Windows sends authenticatorGetInfo to phone.",
            "phone answers authenticatorGetInfo with CTAP2_OK (0x00).",
            "Windows sends authenticatorClientPIN to phone.",
            "phone answers authenticatorClientPIN with CTAP2_ERR_OPERATION_DENIED (0x27).",
            "The ceremony ends with NotAllowedError: the key answered CTAP2_ERR_OPERATION_DENIED (0x27).",
        ]
    );
}

/// A key whose user has not touched it yet.
fn blinking() -> FakeKey {
    let mut key = FakeKey::hypr();
    key.scripted = vec![(0x0B, vec![])];
    key
}

#[test]
fn of_two_keys_the_one_that_is_touched_goes_on_and_the_other_is_cancelled() {
    let mut bench = Bench::with_key(blinking());
    bench.attach("other", blinking());
    bench.begin(get(), Surface::PlainBrowser);
    assert!(bench.screen().shows("Touch the security key that you want to use."));
    bench.client.handle_answer("other", KeyAnswer::Response(vec![0x00]));
    bench.settle();
    bench.assertion();
    assert_eq!(bench.cancelled, ["phone"]);
    assert_eq!(bench.heard(), [0x0B], "the key that was not touched hears nothing more");
}

#[test]
fn a_key_that_comes_while_another_blinks_can_be_touched_too() {
    let mut bench = Bench::with_key(blinking());
    bench.attach("other", blinking());
    bench.begin(get(), Surface::PlainBrowser);
    bench.attach("third", blinking());
    bench.client.handle_answer("third", KeyAnswer::Response(vec![0x00]));
    bench.settle();
    bench.assertion();
    assert_eq!(bench.cancelled, ["phone", "other"]);
}

#[test]
fn cancelling_stops_all_keys_that_blink() {
    let mut bench = Bench::with_key(blinking());
    bench.attach("other", blinking());
    bench.begin(create(), Surface::PlainBrowser);
    bench.agree();
    bench.tap("Cancel");
    assert_eq!(bench.failure(), &Failure::Cancelled);
    assert_eq!(bench.cancelled, ["phone", "other"]);
}

#[test]
fn pulling_out_the_keys_that_blink_leads_back_to_the_request_for_one() {
    let mut bench = Bench::with_key(blinking());
    bench.attach("other", blinking());
    bench.begin(get(), Surface::PlainBrowser);
    bench.client.handle_detached("phone");
    assert_eq!(bench.screen().title, "Touch your security key");
    bench.client.handle_detached("other");
    assert_eq!(bench.screen().title, "Insert your security key into the USB port");
    bench.keys.clear();
    bench.attach("phone", FakeKey::hypr());
    bench.assertion();
}
