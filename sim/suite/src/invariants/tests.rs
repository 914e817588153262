//! A lab that breaks an invariant is reported, and one that keeps them is not.

use std::{collections::BTreeMap, path::Path};

use clockwork::Seed;
use http::Method;
use lab::phone::{AccountId, Domain, ENTRA, Event as PhoneEvent, Integration, Server};
use lab::{Lab, Person, Scenario, ctap};
use serde_json::json;

use super::{broken, broken_pages, disabled};

/// A lab in which Carol is paired with Azure.
fn paired() -> (Lab, Person) {
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
    let scenario = Scenario::named(&scenarios, "default").expect("the file is there");
    let mut lab = Lab::start(scenario, &Seed::of(&["invariants"])).expect("the lab starts");
    let carol = lab.person("Carol").expect("the file has her");
    lab.pair_with_hypr(&carol).expect("paired with HYPR");
    lab.pair_with_azure(&carol).expect("paired with Azure");
    (lab, carol)
}

/// What the tenant has recorded but nobody has read yet is forgotten.
fn without_record<T>(lab: &Lab, change: impl FnOnce(&mut lab::entra::Tenant) -> T) {
    let mut tenant = lab.tenant();
    change(&mut tenant);
    while tenant.poll_event().is_some() {}
}

#[test]
fn a_lab_in_which_everything_went_well_breaks_nothing() {
    let (mut lab, _) = paired();
    assert_eq!(broken(&mut lab, &BTreeMap::new()), [] as [&str; 0]);
}

/// The ids of one of HYPR's groups and of a user.
fn group_and_user(lab: &mut Lab, group: &str, who: &Person) -> (String, String) {
    let listed = lab.graph(Method::GET, "/groups", None).expect("listed");
    let mut groups = listed["value"].as_array().into_iter().flatten();
    let found = groups.find(|known| known["displayName"] == group).and_then(|known| known["id"].as_str());
    let user = lab.graph(Method::GET, &format!("/users/{}", who.upn), None).expect("found");
    let user = user["id"].as_str().expect("a user has an id").to_owned();
    (found.expect("HYPR has made it").to_owned(), user)
}

#[test]
fn a_user_in_no_group_is_reported() {
    let (mut lab, carol) = paired();
    let (group, user) = group_and_user(&mut lab, "HYPR Group (Client Paired with Azure)", &carol);
    lab.graph(Method::DELETE, &format!("/groups/{group}/members/{user}/$ref"), None).expect("removed");
    let expected = "carol.shaw@highlands_azure.com is to be in the groups {PairedWithAzure} and is in {}";
    assert_eq!(broken(&mut lab, &BTreeMap::new()), [expected]);
}

#[test]
fn a_user_in_two_groups_is_reported() {
    let (mut lab, carol) = paired();
    let (group, user) = group_and_user(&mut lab, "HYPR Group (Eligible for Pairing)", &carol);
    let member = json!({ "@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{user}") });
    lab.graph(Method::POST, &format!("/groups/{group}/members/$ref"), Some(&member)).expect("added");
    let expected =
        "carol.shaw@highlands_azure.com is to be in the groups {PairedWithAzure} and is in {Pending, PairedWithAzure}";
    assert_eq!(broken(&mut lab, &BTreeMap::new()), [expected]);
}

#[test]
fn one_person_under_two_names_is_reported() {
    let (mut lab, carol) = paired();
    let renamed = json!({ "userPrincipalName": "carol.ross@highlands_azure.com" });
    lab.graph(Method::PATCH, &format!("/users/{}", carol.upn), Some(&renamed)).expect("renamed");
    let now = lab.now();
    let invited = lab
        .control_center()
        .with_core(|core| core.begin_invite(now, "HighlandsPasskey", "carol.ross@highlands_azure.com").map(|_| ()));
    assert_eq!(invited, Ok(()));
    lab.settle();
    let expected =
        "HYPR lists one person twice: carol.ross@highlands_azure.com and carol.shaw@highlands_azure.com".to_owned();
    assert!(broken(&mut lab, &BTreeMap::new()).contains(&expected));
}

#[test]
fn a_key_in_entra_that_no_phone_holds_is_reported() {
    let (mut lab, carol) = paired();
    without_record(&lab, |tenant| {
        let user = tenant.user_by_name(&carol.upn).expect("Carol is there").id;
        let mut key = tenant.passkeys().of_user(user)[0].clone();
        key.credential_id = vec![7; 32];
        tenant.keep_key(key).expect("the id is free");
    });
    let expected = "Entra keeps the key \"HYPR\" of carol.shaw@highlands_azure.com, and no phone holds it";
    assert_eq!(broken(&mut lab, &BTreeMap::new()), [expected]);
}

#[test]
fn a_key_on_a_phone_that_entra_has_lost_is_reported() {
    let (mut lab, carol) = paired();
    without_record(&lab, |tenant| {
        let user = tenant.user_by_name(&carol.upn).expect("Carol is there").id;
        let method = tenant.passkeys().of_user(user)[0].method_id();
        tenant.delete_key("nobody", user, &method)
    });
    let expected =
        "Carol's iPhone shows carol.shaw@highlands_azure.com as paired with Azure, and Entra has no key of it";
    assert_eq!(broken(&mut lab, &BTreeMap::new()), [expected]);
}

#[test]
fn a_key_that_an_administrator_has_deleted_is_explained() {
    let (mut lab, carol) = paired();
    lab.delete_keys_in_entra(&carol).expect("deleted");
    assert_eq!(broken(&mut lab, &BTreeMap::new()), [] as [&str; 0]);
}

#[test]
fn a_secret_in_the_journal_is_reported() {
    let (mut lab, carol) = paired();
    let key = lab.phone(carol.phone_name().expect("she has one")).expect("it is there").export_credentials();
    let key = lab::wire::Base64Url(key[0].private_key.clone()).to_string();
    for (secret, whose) in [(carol.password.as_str(), "Carol Shaw"), (key.as_str(), "Carol's iPhone")] {
        lab.open_as_admin(&format!("https://highlandsbank.gethypr.com/cc/ui/{secret}"));
        let problems = broken(&mut lab, &BTreeMap::new());
        let expected = format!("the secret of {whose} stands in the journal: ");
        assert!(problems.iter().any(|problem| problem.starts_with(&expected)), "{problems:?}");
        assert!(!problems.iter().any(|problem| problem.contains(secret)), "the report repeats it");
    }
}

#[test]
fn a_page_that_browsers_cannot_read_is_reported() {
    let line = json!({ "name": "BrokenPage", "text": "no label" });
    assert_eq!(broken_pages(&[line]), ["a page cannot be read: no label"]);
}

fn carol() -> AccountId {
    AccountId {
        server: Server::parse("https://highlandsbank.gethypr.com/rp").expect("an rpUrl"),
        rp_app_id: "HighlandsPasskey".into(),
        username: "carol.shaw@highlands_azure.com".into(),
    }
}

fn paired_as(integration: Integration) -> PhoneEvent {
    PhoneEvent::Paired { account: carol(), machine: "WS-CAROL".into(), integration }
}

fn used() -> PhoneEvent {
    PhoneEvent::Authenticator(ctap::Event::Asserted {
        rp_id: ENTRA.into(),
        user: Some(carol().username),
        sign_count: 2,
    })
}

#[track_caller]
fn check_heard(events: &[PhoneEvent], expected: &[&str]) {
    assert_eq!(disabled::check(events.iter().map(|event| ("phone/Carol's iPhone", event))), expected);
}

#[test]
fn a_key_that_is_used_against_what_the_phone_has_heard_is_reported() {
    let because = |why: &str| {
        format!("phone/Carol's iPhone used its key of carol.shaw@highlands_azure.com although it had heard that {why}")
    };
    let disabled = PhoneEvent::IntegrationSeen { account: carol(), integration: Integration::Disabled };
    let refused = PhoneEvent::DomainSeen { account: carol(), domain: Domain::NotAccepted };
    let unknown = PhoneEvent::AccountUnknown { account: carol() };
    check_heard(&[paired_as(Integration::Enabled), disabled, used()], &[&because("the integration is disabled")]);
    check_heard(&[paired_as(Integration::Enabled), refused, used()], &[&because("its domain is not accepted")]);
    check_heard(&[paired_as(Integration::Enabled), unknown, used()], &[&because("HYPR does not know the account")]);
    check_heard(&[paired_as(Integration::Disabled), used()], &[&because("the integration is disabled")]);
}

#[test]
fn a_key_may_be_used_again_once_the_phone_has_heard_so() {
    let enabled = PhoneEvent::IntegrationSeen { account: carol(), integration: Integration::Enabled };
    check_heard(&[paired_as(Integration::Disabled), enabled, used()], &[]);
}

#[test]
fn what_another_phone_has_heard_is_no_matter() {
    let disabled = PhoneEvent::IntegrationSeen { account: carol(), integration: Integration::Disabled };
    let (mine, his) = ("phone/Carol's iPhone", "phone/Dave's Pixel");
    let (paired, used) = (paired_as(Integration::Enabled), used());
    let events = [(mine, &paired), (his, &paired), (his, &disabled), (mine, &used)];
    assert_eq!(disabled::check(events.into_iter()), [] as [&str; 0]);
}
