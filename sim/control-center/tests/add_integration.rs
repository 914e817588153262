//! "Add Integration" against scripted answers of Entra.

mod common;

use common::*;
use control_center::{Conclusion, FormField, IntegrationState, Refusal, TenantFlag};
use serde_json::json;

#[test]
fn an_integration_is_added_disabled_and_its_three_groups_are_created() {
    let mut world = World::new();
    assert_eq!(world.add(draft()), Conclusion::Done);
    assert_eq!(world.cc.integration(APP).unwrap().state, IntegrationState::Disabled);
    assert_eq!(world.entra.groups.keys().collect::<Vec<_>>(), [GROUPS[2], GROUPS[1], GROUPS[0]]);
    assert_eq!(world.audit("CREATE_INTEGRATION"), [(true, None)]);
    assert_eq!(
        world.entra.log,
        [
            "POST /99999999-8888-4777-8666-555555555555/oauth2/v2.0/token",
            "GET /v1.0/me/memberOf",
            "GET /v1.0/groups",
            "POST /v1.0/groups",
            "GET /v1.0/groups",
            "POST /v1.0/groups",
            "GET /v1.0/groups",
            "POST /v1.0/groups",
        ]
    );
}

#[test]
fn groups_of_the_same_names_are_used_again() {
    let mut world = World::new();
    world.entra.groups = GROUPS.map(|name| (name.to_owned(), Default::default())).into();
    assert_eq!(world.add(draft()), Conclusion::Done);
    assert!(!world.entra.log.contains(&"POST /v1.0/groups".to_owned()));
}

fn refused(world: &mut World) -> Refusal {
    match world.add(draft()) {
        Conclusion::Refused(refusal) => refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

#[test]
fn each_wrong_parameter_is_named_with_the_code_of_entra() {
    let check = |code: u32, status: u16, text: &str, field: Option<FormField>, advice: &str| {
        let mut world = World::new();
        let token = "POST /99999999-8888-4777-8666-555555555555/oauth2/v2.0/token";
        world.entra.once(token, status, &[], aadsts(code, text));
        let expect = Refusal { field, text: format!("{advice}Entra answered AADSTS{code}: {text}") };
        assert_eq!(refused(&mut world), expect);
        assert!(world.cc.integration(APP).is_none());
        assert_eq!(world.add(draft()), Conclusion::Done, "the name is free again");
    };
    check(90002, 400, "Tenant 'x' not found.", Some(FormField::TenantId), "Check the Tenant ID. ");
    check(
        700_016,
        400,
        "Application with identifier 'x' was not found.",
        Some(FormField::ClientId),
        "Check the Client ID: the tenant has no such application. ",
    );
    check(
        7_000_215,
        401,
        "Invalid client secret provided.",
        Some(FormField::ClientSecret),
        "Check the Client Secret: its value is needed, not its ID. ",
    );
    check(
        50126,
        400,
        "Error validating credentials.",
        Some(FormField::ServiceAccountPassword),
        "Check the Service Account Username and Password. ",
    );
    check(
        50076,
        400,
        "You must use multi-factor authentication.",
        None,
        "Exclude the service account from the Conditional Access policy that asks for MFA. ",
    );
}

#[test]
fn missing_permissions_are_named() {
    let mut world = World::new();
    world.entra.scope = "openid https://graph.microsoft.com/Directory.AccessAsUser.All User.Read";
    let refusal = refused(&mut world);
    assert_eq!(refusal.field, Some(FormField::ClientId));
    assert!(
        refusal.text.contains("lacks the delegated permission UserAuthenticationMethod.ReadWrite.All."),
        "{refusal}"
    );
}

#[test]
fn missing_roles_are_named() {
    let mut world = World::new();
    world.entra.roles.remove(1);
    let refusal = refused(&mut world);
    assert!(refusal.text.contains("lacks the role Privileged Authentication Administrator."), "{refusal}");
    world.entra.roles.clear();
    let refusal = refused(&mut world);
    assert!(refusal.text.contains("Directory Writers and Privileged Authentication Administrator"), "{refusal}");
}

#[test]
fn roles_on_the_next_page_count() {
    let mut world = World::new();
    let link = "https://graph.microsoft.com/v1.0/me/memberOf?$skiptoken=x";
    world.entra.once("GET /v1.0/me/memberOf", 200, &[], json!({"value": [], "@odata.nextLink": link}));
    assert_eq!(world.add(draft()), Conclusion::Done);
}

#[test]
fn a_refusal_of_graph_keeps_its_code() {
    let mut world = World::new();
    let body = graph_error("Authorization_RequestDenied", "Insufficient privileges to complete the operation.");
    world.entra.once("POST /v1.0/groups", 403, &[], body);
    let text =
        "Microsoft Graph answered 403 Authorization_RequestDenied: Insufficient privileges to complete the operation.";
    assert_eq!(refused(&mut world), Refusal { field: None, text: text.into() });
}

#[test]
fn an_entra_that_cannot_be_reached_is_said_to_be_so() {
    let mut world = World::new();
    world.entra.reachable = false;
    let text = "login.microsoftonline.com cannot be reached: cut off";
    assert_eq!(refused(&mut world), Refusal { field: None, text: text.into() });
}

#[test]
fn the_form_itself_is_checked_before_entra_is_asked() {
    let mut world = World::integrated();
    let mut wrong = draft();
    wrong.application_name = "hypr azure_1".into();
    wrong.client_id = " ".into();
    let refusals = world.cc.begin_add_integration(world.now, wrong).unwrap_err();
    let expect = [
        (Some(FormField::ApplicationName), "The Application Name hypr azure_1 is in use already."),
        (Some(FormField::ClientId), "Enter the Client ID."),
    ];
    assert_eq!(refusals, expect.map(|(field, text)| Refusal { field, text: text.into() }));
    assert!(world.cc.poll_request().is_none());
}

#[test]
fn a_missing_tenant_flag_refuses() {
    let mut config = world_config();
    config.tenant_flags.remove(&TenantFlag::AzureNativeLogin);
    let mut cc = control_center::ControlCenter::new(config, &clockwork::Seed::of(&["flags"]));
    let refusals = cc.begin_add_integration(start(), draft()).unwrap_err();
    assert_eq!(refusals[0].text, "The feature flag AZURE_NATIVE_LOGIN is not set for this tenant.");
}

fn world_config() -> control_center::Config {
    control_center().config().clone()
}

#[test]
fn a_busy_entra_is_asked_again_when_it_says_so_and_three_times_at_most() {
    let mut world = World::new();
    let busy = graph_error("TooManyRequests", "Too many requests");
    world.entra.once("GET /v1.0/me/memberOf", 429, &[("Retry-After", "17")], busy.clone());
    world.entra.once("GET /v1.0/me/memberOf", 503, &[("Retry-After", "Mon, 02 Mar 2026 09:01:00 GMT")], busy.clone());
    world.entra.once("GET /v1.0/me/memberOf", 503, &[], busy.clone());
    world.entra.once("GET /v1.0/me/memberOf", 429, &[("Retry-After", "1")], busy);
    let id = world.cc.begin_add_integration(world.now, draft()).unwrap();
    world.pump();
    let mut waits = Vec::new();
    while world.cc.take_conclusion(id).is_none() && waits.len() < 3 {
        world.next_deadline();
        waits.push((world.now - start()).get_seconds());
    }
    assert_eq!(waits, [17, 60, 64]);
    assert_eq!(world.entra.log.iter().filter(|one| *one == "GET /v1.0/me/memberOf").count(), 4);
    let refused = world.audit("CREATE_INTEGRATION");
    assert_eq!(refused, [(false, Some("LAB_INTEGRATION_REFUSED"))]);
    assert!(world.cc.audit().last().unwrap().message.contains("429 TooManyRequests to every one of 4 attempts"));
}

#[test]
fn no_secret_is_printed() {
    let printed = format!("{:?}", draft());
    assert!(!printed.contains("s3cret") && !printed.contains("pa55"), "{printed}");
}
