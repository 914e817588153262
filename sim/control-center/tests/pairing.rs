//! Pairing with HYPR and with Azure, unpairing, and the groups that follow.

mod common;

use common::*;
use control_center::{
    ApplicationFlag, Conclusion, Event, Fault, IntegrationState, NewPhone, PairingState, Phase, ReportedPasskey,
    RestrictedDomains, Toggle, WorkstationSettings, parse_domains,
};
use jiff::SignedDuration;

#[test]
fn a_user_goes_from_pending_to_hypr_to_azure_and_the_group_follows() {
    let mut world = World::integrated();
    let id = world.cc.begin_invite(world.now, APP, CAROL).unwrap();
    world.pump();
    assert_eq!(world.cc.take_conclusion(id), Some(Conclusion::Done));
    assert_eq!((world.cc.phase_of(CAROL), world.entra.groups_of(CAROL)), (Some(Phase::Pending), vec![GROUPS[0]]));
    let (device, token) = world.pair();
    assert_eq!(
        (world.cc.phase_of(CAROL), world.entra.groups_of(CAROL)),
        (Some(Phase::PairedWithHypr), vec![GROUPS[1]])
    );
    world.cc.report_passkey(world.now, &token, &device, passkey()).unwrap();
    world.pump();
    assert_eq!(world.cc.phase_of(CAROL), Some(Phase::PairedWithHypr), "Entra does not know the key yet");
    world.entra.carol().keys.insert(format!("{KEY}2"));
    world.cc.device_accounts(world.now, &token, &device).unwrap();
    world.pump();
    assert_eq!(
        (world.cc.phase_of(CAROL), world.entra.groups_of(CAROL)),
        (Some(Phase::PairedWithAzure), vec![GROUPS[2]])
    );
    assert_eq!(world.audit("LAB_PAIRED_WITH_AZURE"), [(true, None)]);
}

#[test]
fn an_uninvited_user_goes_straight_to_paired_with_hypr() {
    let mut world = World::integrated();
    world.pair();
    assert_eq!(world.entra.groups_of(CAROL), [GROUPS[1]]);
    assert!(!world.entra.log.iter().any(|one| one.contains("EligibleforPairing")), "{:?}", world.entra.log);
}

#[test]
fn a_phone_that_unpairs_loses_its_key_in_entra() {
    let mut world = World::integrated();
    let (device, token) = world.pair_with_azure();
    world.cc.unpair_from_phone(world.now, &token, &device, APP, CAROL).unwrap();
    world.pump();
    assert_eq!((world.cc.phase_of(CAROL), world.entra.groups_of(CAROL)), (Some(Phase::Pending), vec![GROUPS[0]]));
    assert!(world.entra.carol().keys.is_empty());
    let user = world.cc.integration(APP).unwrap().user(CAROL).unwrap();
    assert_eq!(user.unpaired_warning(), Some("This user unpaired from HYPR."));
    assert_eq!(world.cc.device_accounts(world.now, &token, &device), Err(Fault::DeviceUnknown));
    let deletion = world.entra.log.iter().position(|one| one.starts_with("DELETE /v1.0/users/")).unwrap();
    let addition = world.entra.log.iter().rposition(|one| one.starts_with("POST /v1.0/groups/")).unwrap();
    assert!(deletion < addition, "the key goes before the group: {:?}", world.entra.log);
}

#[test]
fn a_client_that_unpairs_ends_the_pairing_of_its_machine() {
    let mut world = World::integrated();
    let (session, pin) = world.qr();
    world.cc.scan(world.now, &session, &pin).unwrap();
    let done = world.cc.complete(world.now, &session, &pin, None, phone()).unwrap();
    let token = world.workstation_token(&session).unwrap();
    assert_eq!(world.workstation_token(&session), None, "the token is handed out once");
    let listed = world.cc.workstation_devices(&token, MACHINE).unwrap();
    assert_eq!((listed.len(), listed[0].name.as_str(), listed[0].phase), (1, "Carol's iPhone", Phase::PairedWithHypr));
    let install = world.install_token();
    assert_eq!(world.cc.workstation_devices(&install, MACHINE), Err(Fault::TokenRefused));
    world.cc.unpair_from_client(world.now, &token, MACHINE, &done.device_id).unwrap();
    world.pump();
    assert_eq!(world.cc.phase_of(CAROL), Some(Phase::Pending));
    assert_eq!(world.cc.workstation_devices(&token, MACHINE), Ok(vec![]));
}

#[test]
fn a_deleted_user_leaves_entra_and_then_the_list() {
    let mut world = World::integrated();
    world.pair_with_azure();
    let id = world.cc.begin_delete_user(world.now, APP, CAROL).unwrap();
    world.pump();
    assert_eq!(world.cc.take_conclusion(id), Some(Conclusion::Done));
    assert_eq!(world.cc.phase_of(CAROL), None);
    assert!(world.entra.groups_of(CAROL).is_empty() && world.entra.carol().keys.is_empty());
}

#[test]
fn a_deleted_user_stays_in_the_list_while_entra_refuses_and_goes_when_it_relents() {
    let mut world = World::integrated();
    world.pair_with_azure();
    world.entra.reachable = false;
    let id = world.cc.begin_delete_user(world.now, APP, CAROL).unwrap();
    world.pump();
    assert!(matches!(world.cc.take_conclusion(id), Some(Conclusion::Failed(_))));
    let user = world.cc.integration(APP).unwrap().user(CAROL).unwrap();
    assert_eq!(user.doomed_keys[0].failure.as_deref(), Some("graph.microsoft.com cannot be reached: cut off"));
    world.entra.reachable = true;
    world.refresh();
    assert_eq!(world.cc.phase_of(CAROL), None);
    assert!(world.entra.groups_of(CAROL).is_empty() && world.entra.carol().keys.is_empty());
}

#[test]
fn what_a_restored_account_brings_back_goes_when_user_management_is_opened() {
    let mut world = World::integrated();
    let (device, token) = world.pair_with_azure();
    let removed = world.entra.users.remove(CAROL).unwrap();
    world.entra.groups.get_mut(GROUPS[2]).unwrap().clear();
    world.cc.unpair_from_phone(world.now, &token, &device, APP, CAROL).unwrap();
    world.pump();
    // A member who is not found is looked for three times more.
    (0..3).for_each(|_| world.next_deadline());
    world.entra.groups.get_mut(GROUPS[2]).unwrap().insert(removed.id.clone());
    world.entra.users.insert(CAROL.to_owned(), removed);
    world.refresh();
    world.pump();
    assert!(world.entra.carol().keys.is_empty());
    assert_eq!(world.entra.groups_of(CAROL), [GROUPS[0]]);
}

#[test]
fn a_group_move_that_failed_is_made_up_for_when_user_management_is_opened() {
    let mut world = World::integrated();
    world.entra.once(
        "POST /v1.0/groups/HYPRGroupClientPairedwithHYPR/members/$ref",
        403,
        &[],
        graph_error("Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
    );
    world.pair();
    assert!(world.entra.groups_of(CAROL).is_empty());
    assert_eq!(world.audit("LAB_ENTRA_CALL"), [(false, Some("Authorization_RequestDenied"))]);
    assert_eq!(world.refresh(), Conclusion::Done);
    assert_eq!(world.entra.groups_of(CAROL), [GROUPS[1]]);
}

#[test]
fn a_member_who_is_there_already_or_gone_already_is_no_failure() {
    let mut world = World::integrated();
    let carol = world.entra.carol().id.clone();
    world.entra.groups.get_mut(GROUPS[1]).unwrap().insert(carol);
    let (device, token) = world.pair();
    assert_eq!(world.audit("LAB_GROUP_MOVED"), [(true, None)]);
    world.entra.groups.get_mut(GROUPS[1]).unwrap().clear();
    world.cc.unpair_from_phone(world.now, &token, &device, APP, CAROL).unwrap();
    world.pump();
    assert_eq!(world.entra.groups_of(CAROL), [GROUPS[0]]);
    assert!(world.audit("LAB_ENTRA_CALL").is_empty());
}

#[test]
fn a_new_group_that_is_not_replicated_yet_is_tried_again() {
    let mut world = World::integrated();
    let what = "POST /v1.0/groups/HYPRGroupClientPairedwithHYPR/members/$ref";
    world.entra.once(what, 404, &[], graph_error("Request_ResourceNotFound", "Resource 'x' does not exist"));
    world.pair();
    assert!(world.entra.groups_of(CAROL).is_empty());
    world.next_deadline();
    assert_eq!(world.now.duration_since(start()), SignedDuration::from_secs(1));
    assert_eq!(world.entra.groups_of(CAROL), [GROUPS[1]]);
}

#[test]
fn opening_user_management_notices_what_happened_in_entra() {
    let check = |happens: fn(&mut FakeEntra), expect: Option<&str>| {
        let mut world = World::integrated();
        world.pair_with_azure();
        happens(&mut world.entra);
        assert_eq!(world.refresh(), Conclusion::Done);
        let user = world.cc.integration(APP).unwrap().user(CAROL).unwrap();
        assert_eq!((user.azure_trouble(), user.phase()), (expect, Phase::PairedWithAzure));
    };
    check(|_| (), None);
    check(|entra| entra.carol().keys.clear(), Some("The key was deleted in Entra."));
    check(|entra| entra.carol().enabled = false, Some("The account is suspended in Entra."));
    check(|entra| entra.users.clear(), Some("The account no longer exists in Entra."));
}

#[test]
fn a_check_that_fails_changes_nobody_and_is_told() {
    let mut world = World::integrated();
    world.pair_with_azure();
    world.entra.reachable = false;
    assert!(matches!(world.refresh(), Conclusion::Failed(_)));
    let integration = world.cc.integration(APP).unwrap();
    assert_eq!(integration.last_check_failure.as_deref(), Some("graph.microsoft.com cannot be reached: cut off"));
    assert_eq!(integration.user(CAROL).unwrap().azure_trouble(), None);
}

#[test]
fn a_token_that_entra_no_longer_accepts_is_renewed_once() {
    let mut world = World::integrated();
    let refused = graph_error("InvalidAuthenticationToken", "Access token has expired or is not yet valid.");
    world.entra.once(&format!("GET /v1.0/users/{CAROL}"), 401, &[], refused);
    world.pair();
    assert_eq!(world.entra.groups_of(CAROL), [GROUPS[1]]);
    assert_eq!(world.entra.log.iter().filter(|one| one.ends_with("/token")).count(), 1, "{:?}", world.entra.log);
}

#[test]
fn the_qr_code_ends_after_a_minute_or_three() {
    let check = |user_presence: Toggle, lifetime: i64| {
        let mut world = World::integrated();
        let settings = WorkstationSettings { require_user_presence: user_presence, ..WorkstationSettings::default() };
        world.cc.save_workstation_settings(world.now, APP, settings).unwrap();
        let (session, pin) = world.qr();
        world.now += SignedDuration::from_secs(lifetime);
        assert_eq!(world.cc.scan(world.now, &session, &pin), Err(Fault::SessionExpired));
        let token = world.install_token();
        assert!(matches!(world.cc.pairing_state(world.now, &token, &session), Ok(PairingState::Expired)));
        assert_eq!(world.audit("LAB_PAIRING_EXPIRED"), [(false, Some("LAB_SESSION_EXPIRED"))]);
    };
    check(Toggle::Off, 60);
    check(Toggle::On, 180);
}

#[test]
fn the_qr_code_works_once_and_only_with_its_pin() {
    let mut world = World::integrated();
    let (session, pin) = world.qr();
    assert_eq!(world.cc.scan(world.now, &session, "0"), Err(Fault::PinWrong));
    assert_eq!(world.cc.complete(world.now, &session, &pin, None, phone()).unwrap_err(), Fault::SessionNotScanned);
    let scanned = world.cc.scan(world.now, &session, &pin).unwrap();
    assert_eq!(scanned.display_name, "Carol Shaw");
    assert_eq!(world.cc.scan(world.now, &session, &pin), Err(Fault::SessionUsed));
    world.cc.complete(world.now, &session, &pin, None, phone()).unwrap();
    assert_eq!(world.cc.complete(world.now, &session, &pin, None, phone()).unwrap_err(), Fault::SessionUsed);
}

#[test]
fn the_activation_code_fetches_the_text_of_the_qr_code() {
    let mut world = World::integrated();
    let token = world.install_token();
    let offer = world.cc.start_pairing(world.now, &token, pairing_request()).unwrap();
    assert_eq!(offer.activation_code.len(), 6);
    assert_eq!(world.cc.pending_qr(world.now, &offer.activation_code.to_lowercase()), Ok(offer.qr));
    world.now = offer.expires;
    assert_eq!(world.cc.pending_qr(world.now, &offer.activation_code), Err(Fault::SessionUnknown));
}

#[test]
fn a_disabled_integration_lets_users_pair_and_says_so() {
    let mut world = World::integrated();
    world.cc.disable(world.now, APP).unwrap();
    let (session, pin) = world.qr();
    assert_eq!(world.cc.scan(world.now, &session, &pin).unwrap().integration, IntegrationState::Disabled);
    let done = world.cc.complete(world.now, &session, &pin, None, phone()).unwrap();
    assert_eq!(done.integration, IntegrationState::Disabled);
    assert_eq!(done.object_id.as_deref(), Some("c0000000-0000-4000-8000-000000000001"));
    assert_eq!(world.cc.phase_of(CAROL), Some(Phase::PairedWithHypr));
}

#[test]
fn a_domain_that_is_not_accepted_is_refused_at_the_scan_and_nothing_is_recorded() {
    let mut world = World::integrated();
    let domains = RestrictedDomains::On(parse_domains("bank.example").unwrap());
    world.cc.restrict_domains(world.now, APP, domains).unwrap();
    let (session, pin) = world.qr();
    let fault = world.cc.scan(world.now, &session, &pin).unwrap_err();
    assert_eq!(fault.to_string(), "Users of the domain highlands_azure.com are not accepted by this integration.");
    assert_eq!(world.cc.phase_of(CAROL), None);
    let token = world.install_token();
    let state = world.cc.pairing_state(world.now, &token, &session);
    assert!(matches!(state, Ok(PairingState::Refused { message }) if message == fault.to_string()));
}

#[test]
fn a_domain_that_is_removed_later_is_told_to_the_phone() {
    let mut world = World::integrated();
    let (device, token) = world.pair();
    let domains = RestrictedDomains::On(parse_domains("bank.example").unwrap());
    world.cc.restrict_domains(world.now, APP, domains).unwrap();
    let accounts = world.cc.device_accounts(world.now, &token, &device).unwrap();
    assert_eq!((accounts[0].domain, accounts[0].phase), (control_center::Domain::Refused, Phase::PairedWithHypr));
}

#[test]
fn each_missing_flag_breaks_its_own_step() {
    let mut world = World::integrated();
    let token = world.install_token();
    world.cc.set_flag(world.now, APP, ApplicationFlag::RpAppWorkstationEnabled, Toggle::Off).unwrap();
    let flag = ApplicationFlag::RpAppWorkstationEnabled;
    let fault = world.cc.start_pairing(world.now, &token, pairing_request()).unwrap_err();
    assert_eq!(fault, Fault::FlagMissing { rp_app_id: APP.into(), flag });
    world.cc.set_flag(world.now, APP, flag, Toggle::On).unwrap();
    let (session, pin) = world.qr();
    let flag = ApplicationFlag::Fido2MobileAuthenticator;
    world.cc.set_flag(world.now, APP, flag, Toggle::Off).unwrap();
    assert_eq!(world.cc.scan(world.now, &session, &pin), Err(Fault::FlagMissing { rp_app_id: APP.into(), flag }));
}

#[test]
fn settings_left_on_are_reported_as_failures() {
    let mut world = World::integrated();
    world.pair();
    let failure = [(false, Some("LAB_SETTING_LEFT_ON"))];
    assert_eq!(world.audit("LAB_OFFLINE_MODE_SETUP"), failure);
    assert_eq!(world.audit("LAB_RECOVERY_MODE_SETUP"), failure);
    let off = WorkstationSettings {
        security_key: Toggle::Off,
        offline_mode: Toggle::Off,
        recovery_mode: Toggle::Off,
        require_user_presence: Toggle::Off,
    };
    world.cc.save_workstation_settings(world.now, APP, off).unwrap();
    world.pair();
    assert_eq!(world.audit("LAB_OFFLINE_MODE_SETUP"), failure, "no second one");
}

#[test]
fn a_second_phone_keeps_the_user_paired_when_the_first_one_goes() {
    let mut world = World::integrated();
    let (first, token) = world.pair_with_azure();
    let (second, _) = world.pair();
    assert_ne!(first, second);
    assert_eq!(world.cc.phase_of(CAROL), Some(Phase::PairedWithAzure));
    world.cc.unpair_from_phone(world.now, &token, &first, APP, CAROL).unwrap();
    world.pump();
    assert_eq!(
        (world.cc.phase_of(CAROL), world.entra.groups_of(CAROL)),
        (Some(Phase::PairedWithHypr), vec![GROUPS[1]])
    );
}

#[test]
fn a_device_id_is_believed_of_the_phone_that_shows_its_token_only() {
    let mut world = World::integrated();
    let (first, token) = world.pair();
    let claims = NewPhone { device_id: Some(first.clone()), ..phone() };
    let mut complete = |bearer: Option<&str>| {
        let (session, pin) = world.qr();
        world.cc.scan(world.now, &session, &pin).unwrap();
        world.cc.complete(world.now, &session, &pin, bearer, claims.clone()).unwrap()
    };
    assert_eq!(complete(Some(&token)).device_id, first);
    let (nobody, liar) = (complete(None), complete(Some("made up")));
    assert!(nobody.device_id != first && liar.device_id != first, "also when the user is the same");
    let foreign = nobody.device_token.reveal();
    assert_eq!(world.cc.device_accounts(world.now, foreign, &first), Err(Fault::TokenRefused));
    assert!(world.cc.device_accounts(world.now, &token, &first).is_ok(), "the older token stays good");
}

#[test]
fn a_key_belongs_to_the_phone_that_reported_it_first() {
    let mut world = World::integrated();
    let (first, _) = world.pair_with_azure();
    let (second, token) = world.pair();
    for spelling in [KEY.to_owned(), format!("{KEY}==")] {
        let stolen = ReportedPasskey { credential_id: spelling, ..passkey() };
        assert_eq!(world.cc.report_passkey(world.now, &token, &second, stolen), Err(Fault::PasskeyTaken));
    }
    world.cc.unpair_from_phone(world.now, &token, &second, APP, CAROL).unwrap();
    world.pump();
    assert!(!world.entra.carol().keys.is_empty(), "the key of {first} stays");
}

#[test]
fn one_phone_cannot_act_for_another() {
    let mut world = World::integrated();
    let (first, _) = world.pair_with_azure();
    let (_, other) = world.pair();
    let refused = Fault::TokenRefused;
    assert_eq!(world.cc.device_accounts(world.now, &other, &first), Err(refused.clone()));
    assert_eq!(world.cc.report_passkey(world.now, &other, &first, passkey()), Err(refused.clone()));
    assert_eq!(world.cc.unpair_from_phone(world.now, &other, &first, APP, CAROL), Err(refused.clone()));
    assert_eq!(world.cc.unpair_from_client(world.now, &other, MACHINE, &first), Err(refused));
    assert_eq!(world.cc.phase_of(CAROL), Some(Phase::PairedWithAzure));
}

#[test]
fn what_is_forbidden_between_scan_and_completion_ends_the_pairing() {
    let mut world = World::integrated();
    let (session, pin) = world.qr();
    world.cc.scan(world.now, &session, &pin).unwrap();
    let domains = RestrictedDomains::On(parse_domains("bank.example").unwrap());
    world.cc.restrict_domains(world.now, APP, domains).unwrap();
    let refused = Fault::DomainNotAccepted { username: CAROL.into() };
    assert_eq!(world.cc.complete(world.now, &session, &pin, None, phone()).unwrap_err(), refused);
    assert_eq!(world.cc.complete(world.now, &session, &pin, None, phone()).unwrap_err(), Fault::SessionUsed);
    assert_eq!((world.cc.phase_of(CAROL), world.audit("LAB_PAIRING_REFUSED").len()), (None, 1));
}

#[test]
fn an_offer_prints_nothing_that_gives_the_pin_away() {
    let mut world = World::integrated();
    let token = world.install_token();
    let offer = world.cc.start_pairing(world.now, &token, pairing_request()).unwrap();
    let printed = format!("{offer:?}");
    assert!(!printed.contains(offer.pin.reveal()) && !printed.contains(&offer.activation_code), "{printed}");
}

#[test]
fn a_deleted_integration_leaves_groups_and_keys_in_entra() {
    let mut world = World::integrated();
    let (device, token) = world.pair_with_azure();
    world.entra.log.clear();
    world.cc.delete_integration(world.now, APP).unwrap();
    world.pump();
    assert!(world.entra.log.is_empty());
    assert_eq!(world.entra.groups_of(CAROL), [GROUPS[2]]);
    assert_eq!(world.cc.device_accounts(world.now, &token, &device), Err(Fault::DeviceUnknown));
    assert_eq!(world.audit("DELETE_INTEGRATION"), [(true, None)]);
}

#[test]
fn only_the_right_tokens_open_the_device_api() {
    let mut world = World::integrated();
    let (device, _) = world.pair();
    assert_eq!(world.cc.device_accounts(world.now, "", &device), Err(Fault::TokenRefused));
    assert_eq!(world.cc.start_pairing(world.now, "", pairing_request()).unwrap_err(), Fault::TokenRefused);
    let mut elsewhere = pairing_request();
    elsewhere.rp_app_id = "Other".into();
    let fault = world.cc.start_pairing(world.now, "", elsewhere).unwrap_err();
    assert_eq!(fault, Fault::ApplicationUnknown("Other".into()));
}

#[test]
fn an_invitation_to_nobody_is_refused_by_entra() {
    let mut world = World::integrated();
    let id = world.cc.begin_invite(world.now, APP, "nobody@highlands_azure.com").unwrap();
    world.pump();
    match world.cc.take_conclusion(id) {
        Some(Conclusion::Failed(failure)) => assert_eq!(failure.code().as_deref(), Some("Request_ResourceNotFound")),
        other => panic!("expected a failure, got {other:?}"),
    }
    assert_eq!(world.cc.phase_of("nobody@highlands_azure.com"), None);
}

#[test]
fn the_same_seed_gives_the_same_events() {
    let run = || {
        let mut world = World::integrated();
        let (device, token) = world.pair_with_azure();
        world.cc.unpair_from_phone(world.now, &token, &device, APP, CAROL).unwrap();
        world.pump();
        let events: Vec<Event> = std::iter::from_fn(|| world.cc.poll_event()).collect();
        (events, world.cc.audit().to_vec())
    };
    let (events, audit) = run();
    assert_eq!((events.clone(), audit), run());
    assert!(events.iter().all(|event| !event.to_string().is_empty()));
}
