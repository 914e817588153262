//! Policies as Graph has them, sign-ins, and what comes of both.

use serde_json::{Value, json};
use uuid::{Uuid, uuid};

use super::*;

const CAROL: Uuid = uuid!("00000000-0000-4000-8000-00000000ca01");
const STAFF: Uuid = uuid!("00000000-0000-4000-8000-00000000ca02");
const APP: Uuid = uuid!("00000000-0000-4000-8000-00000000ca03");
const FIRST: Uuid = Uuid::from_u128(1);
const SECOND: Uuid = Uuid::from_u128(2);

/// A policy for everybody and every application, with some of its members replaced.
fn policy(id: Uuid, changes: Value) -> Policy {
    let mut document = json!({
        "state": "enabled",
        "conditions": {
            "clientAppTypes": ["all"],
            "applications": { "includeApplications": ["All"] },
            "users": { "includeUsers": ["All"] },
        },
        "grantControls": { "operator": "OR", "builtInControls": ["block"] },
    });
    merge(&mut document, changes);
    Policy::read(id, "P".into(), document.as_object().unwrap())
}

fn merge(into: &mut Value, changes: Value) {
    match (into, changes) {
        (Value::Object(known), Value::Object(changes)) => {
            changes.into_iter().for_each(|(name, value)| merge(known.entry(name).or_insert(Value::Null), value));
        }
        (into, changes) => *into = changes,
    }
}

/// A sign-in by `amr` to an application at Graph, from a browser, by a member of STAFF with one role.
fn judge(policies: &[Policy], amr: &[&str], change: impl FnOnce(&mut Context<'_>)) -> Verdict {
    let (groups, roles) = (BTreeSet::from([STAFF]), BTreeSet::from([Role::UserAdministrator]));
    let amr: Vec<String> = amr.iter().map(|&method| method.to_owned()).collect();
    let mut context = Context {
        user: CAROL,
        kind: UserKind::Member,
        groups: &groups,
        roles: &roles,
        applications: [APP, first_party::GRAPH],
        action: None,
        client: ClientApp::Browser,
        amr: &amr,
        device: None,
        challenged: &[],
    };
    change(&mut context);
    evaluate(policies.iter(), &context)
}

fn check(changes: Value, expect: &str) {
    let verdict = judge(&[policy(FIRST, changes.clone())], &["pwd"], |_| {});
    assert_eq!(verdict.applied[0].result, expect, "{changes}");
}

fn users(users: Value) -> Value {
    json!({ "conditions": { "users": users } })
}

fn applications(applications: Value) -> Value {
    json!({ "conditions": { "applications": applications } })
}

fn grant(operator: &str, controls: &[&str]) -> Value {
    json!({ "grantControls": { "operator": operator, "builtInControls": controls } })
}

fn strength(id: &str) -> Value {
    json!({ "grantControls": { "builtInControls": [], "authenticationStrength": { "id": id } } })
}

#[test]
fn a_state_decides_whether_a_policy_counts() {
    check(json!({ "state": "enabled" }), "failure");
    check(json!({ "state": "disabled" }), "notEnabled");
    check(json!({ "state": "enabledForReportingButNotEnforced" }), "reportOnlyFailure");
    let report = policy(FIRST, json!({ "state": "enabledForReportingButNotEnforced" }));
    assert_eq!(judge(&[report], &["pwd"], |_| {}).unmet, None);
}

#[test]
fn a_policy_is_about_users_groups_and_roles() {
    let role = Role::UserAdministrator.template_id();
    check(users(json!({ "includeUsers": [CAROL] })), "failure");
    check(users(json!({ "includeUsers": [FIRST] })), "notApplied");
    check(users(json!({ "includeUsers": ["None"] })), "notApplied");
    check(users(json!({ "includeUsers": [], "includeGroups": [STAFF] })), "failure");
    check(users(json!({ "includeUsers": [], "includeGroups": [FIRST] })), "notApplied");
    check(users(json!({ "includeUsers": [], "includeRoles": [role] })), "failure");
    check(users(json!({ "includeUsers": [], "includeRoles": [FIRST] })), "notApplied");
}

#[test]
fn exclusion_beats_inclusion() {
    let role = Role::UserAdministrator.template_id();
    check(users(json!({ "includeUsers": [CAROL], "excludeUsers": [CAROL] })), "notApplied");
    check(users(json!({ "includeUsers": [CAROL], "excludeGroups": [STAFF] })), "notApplied");
    check(users(json!({ "includeUsers": [CAROL], "excludeRoles": [role] })), "notApplied");
    check(users(json!({ "includeUsers": [CAROL], "excludeUsers": ["GuestsOrExternalUsers"] })), "failure");
    check(applications(json!({ "excludeApplications": [APP] })), "notApplied");
}

#[test]
fn guests_are_a_kind_of_their_own() {
    let guests = || policy(FIRST, users(json!({ "includeUsers": ["GuestsOrExternalUsers"] })));
    assert_eq!(judge(&[guests()], &["pwd"], |_| {}).unmet, None);
    let verdict = judge(&[guests()], &["pwd"], |context| context.kind = UserKind::Guest);
    assert_eq!(verdict.unmet, Some(Unmet { want: Want::Otherwise, policies: vec![FIRST] }));
}

#[test]
fn a_policy_names_the_client_or_the_resource() {
    check(applications(json!({ "includeApplications": [APP] })), "failure");
    check(applications(json!({ "includeApplications": [first_party::GRAPH] })), "failure");
    check(applications(json!({ "includeApplications": [FIRST] })), "notApplied");
    check(applications(json!({ "includeApplications": ["Office365"] })), "notApplied");
    let office = policy(FIRST, applications(json!({ "includeApplications": ["Office365"] })));
    let verdict = judge(&[office], &["pwd"], |context| context.applications[0] = first_party::OFFICE);
    assert!(verdict.unmet.is_some());
}

#[test]
fn a_user_action_is_no_application() {
    let action = json!({ "includeApplications": [], "includeUserActions": ["urn:user:registersecurityinfo"] });
    check(applications(action.clone()), "notApplied");
    let verdict = judge(&[policy(FIRST, applications(action))], &["pwd"], |context| {
        context.action = Some(UserAction::RegisterSecurityInfo);
    });
    assert!(verdict.unmet.is_some());
}

#[test]
fn the_kind_of_client_counts_unless_a_challenge_names_the_policy() {
    let kind = |kind: &str| json!({ "conditions": { "clientAppTypes": [kind] } });
    check(kind("browser"), "failure");
    check(kind("mobileAppsAndDesktopClients"), "notApplied");
    check(kind("exchangeActiveSync"), "notApplied");
    let named = policy(FIRST, kind("mobileAppsAndDesktopClients"));
    assert!(judge(&[named], &["pwd"], |context| context.challenged = &[FIRST]).unmet.is_some());
}

#[test]
fn circumstances_that_no_sign_in_has_here_keep_a_policy_away() {
    let condition = |name: &str, value: Value| json!({ "conditions": { name: value } });
    check(condition("signInRiskLevels", json!(["high"])), "notApplied");
    check(condition("userRiskLevels", json!([])), "failure");
    check(condition("platforms", json!({ "includePlatforms": ["iOS"] })), "notApplied");
    check(condition("platforms", json!({ "includePlatforms": ["all"] })), "failure");
    check(condition("locations", json!({ "includeLocations": ["AllTrusted"] })), "notApplied");
    check(
        condition("locations", json!({ "includeLocations": ["All"], "excludeLocations": ["AllTrusted"] })),
        "failure",
    );
}

#[test]
fn a_grant_wants_what_has_not_been_proved() {
    let check = |changes: Value, amr: &[&str], expect: Option<Want>| {
        let verdict = judge(&[policy(FIRST, changes.clone())], amr, |_| {});
        assert_eq!(verdict.unmet.map(|unmet| unmet.want), expect, "{changes} {amr:?}");
    };
    let (password, message, key): (&[&str], &[&str], &[&str]) = (&["pwd"], &["pwd", "sms", "mfa"], &["fido", "mfa"]);
    let proof = |strength| Some(Want::Proof(strength));
    check(grant("OR", &["block"]), key, Some(Want::Otherwise));
    check(grant("OR", &["mfa"]), password, proof(Strength::Mfa));
    check(grant("OR", &["mfa"]), message, None);
    check(strength("00000000-0000-0000-0000-000000000002"), message, None);
    check(strength("00000000-0000-0000-0000-000000000003"), message, proof(Strength::Passwordless));
    check(strength("00000000-0000-0000-0000-000000000004"), message, proof(Strength::PhishingResistant));
    check(strength("00000000-0000-0000-0000-000000000004"), key, None);
    check(strength("00000000-0000-0000-0000-0000000000ff"), key, Some(Want::Otherwise));
    check(grant("OR", &["mfa", "compliantDevice"]), password, proof(Strength::Mfa));
    check(grant("OR", &["mfa", "compliantDevice"]), message, None);
    check(grant("AND", &["mfa", "compliantDevice"]), message, Some(Want::CompliantDevice));
    check(grant("AND", &["mfa", "domainJoinedDevice"]), password, Some(Want::DomainJoinedDevice));
    check(json!({ "grantControls": null }), password, None);
}

#[test]
fn a_device_satisfies_what_it_is() {
    let check = |control: &str, facts: Option<DeviceFacts>, expect: bool| {
        let verdict = judge(&[policy(FIRST, grant("OR", &[control]))], &["pwd"], |context| context.device = facts);
        assert_eq!(verdict.unmet.is_none(), expect, "{control} {facts:?}");
    };
    let compliant = DeviceFacts { is_compliant: true, is_hybrid_joined: false };
    let hybrid = DeviceFacts { is_compliant: false, is_hybrid_joined: true };
    check("compliantDevice", Some(compliant), true);
    check("compliantDevice", Some(hybrid), false);
    check("compliantDevice", None, false);
    check("domainJoinedDevice", Some(hybrid), true);
    check("domainJoinedDevice", Some(compliant), false);
}

#[test]
fn every_policy_must_be_satisfied_and_block_beats_the_others() {
    let mfa = || policy(FIRST, grant("OR", &["mfa"]));
    let resistant = policy(SECOND, strength("00000000-0000-0000-0000-000000000004"));
    let both = judge(&[mfa(), resistant], &["pwd"], |_| {}).unmet;
    assert_eq!(both, Some(Unmet { want: Want::Proof(Strength::PhishingResistant), policies: vec![FIRST, SECOND] }));
    let blocked = judge(&[mfa(), policy(SECOND, json!({}))], &["pwd"], |_| {}).unmet;
    assert_eq!(blocked, Some(Unmet { want: Want::Otherwise, policies: vec![SECOND] }));
}
