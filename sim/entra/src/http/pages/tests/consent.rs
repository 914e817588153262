//! Consent: asked for, given, declined, for oneself and for the organization, and not asked for when nobody looks.

use super::*;
use crate::{ApplicationConfig, ClientKind, Consent, Role};

const APP: Uuid = uuid!("00000000-0000-4000-8000-00000000c025");
const ADMIN: &str = "grace@highlands_azure.com";
const REDIRECT: &str = "https://app.example/callback";

/// A public application that asks for two permissions, to which nobody has consented, and an administrator.
fn world() -> World {
    World::of(|config| {
        config.applications.push(ApplicationConfig {
            app_id: APP,
            display_name: "Notes".into(),
            kind: ClientKind::Public,
            redirect_uris: vec![REDIRECT.into()],
            secrets: Vec::new(),
            certificates: Vec::new(),
            delegated_permissions: vec!["User.Read".into(), "User.Read.All".into()],
            consent: Consent::Missing,
            application_permissions: Vec::new(),
            exposes: Vec::new(),
        });
        let admin = config.users[1].clone();
        config.users.push(UserConfig { upn: ADMIN.into(), roles: vec![Role::GlobalAdministrator], ..admin });
    })
}

fn authorize(scope: &str, more: &str) -> String {
    let scope = scope.replace(' ', "%20");
    format!(
        "https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_id={APP}&response_type=code\
         &redirect_uri={REDIRECT}&state=s1&scope={scope}{more}"
    )
}

/// Opens a request and signs in.
fn open(browser: &mut Browser, url: &str, upn: &str) {
    browser.open(url).type_in("Email, phone, or Skype", upn).press("Next");
    browser.type_in("Password", PASSWORD).press("Sign in").press("No");
}

fn grants(world: &World, upn: &str) -> (Vec<String>, Vec<String>) {
    world.with(|tenant| {
        let user = tenant.user_by_name(upn).unwrap().id;
        let app = tenant.application(APP).unwrap();
        let own = app.user_grants.get(&user).into_iter().flatten().cloned().collect();
        (app.delegated_grants.iter().cloned().collect(), own)
    })
}

fn parameter(browser: &Browser, name: &str) -> Option<String> {
    browser.url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

#[test]
fn a_user_grants_for_oneself_what_users_may_and_is_asked_once() {
    let world = world();
    let mut browser = world.browser();
    open(&mut browser, &authorize("openid User.Read", ""), CAROL);
    assert_eq!(browser.title(), "Permissions requested");
    assert!(browser.shows("User.Read") && browser.shows("Notes") && browser.shows(CAROL));
    assert_eq!(browser.buttons(), ["Accept", "Cancel"]);
    browser.press("Accept");
    assert!(parameter(&browser, "code").is_some(), "{}", browser.url);
    assert_eq!(grants(&world, CAROL), (vec![], vec!["User.Read".into()]));
    browser.open(&authorize("openid User.Read", ""));
    assert!(parameter(&browser, "code").is_some(), "{}", browser.url);
    browser.open(&authorize("User.Read User.ReadBasic.All", ""));
    assert!(browser.shows("User.ReadBasic.All"), "a second scope is asked for by itself");
    browser.press("Accept");
    assert_eq!(grants(&world, CAROL).1, ["User.Read", "User.ReadBasic.All"]);
    browser.open(&authorize("openid User.Read", "&prompt=consent"));
    assert_eq!(browser.title(), "Permissions requested", "the client may ask again");
}

#[test]
fn cancel_tells_the_application_and_grants_nothing() {
    let world = world();
    let mut browser = world.browser();
    open(&mut browser, &authorize("User.Read", ""), CAROL);
    browser.press("Cancel");
    assert_eq!(parameter(&browser, "error").as_deref(), Some("access_denied"));
    assert_eq!(parameter(&browser, "state").as_deref(), Some("s1"));
    assert!(parameter(&browser, "error_description").unwrap().starts_with("AADSTS65004: "));
    assert_eq!(grants(&world, CAROL), (vec![], vec![]));
}

#[test]
fn what_only_administrators_grant_needs_their_approval() {
    let world = world();
    let mut browser = world.browser();
    open(&mut browser, &authorize("User.Read.All", ""), CAROL);
    assert_eq!(browser.title(), "Need admin approval");
    assert!(browser.alerts()[0].starts_with("AADSTS90094: "));
    let flow = browser.hidden("flowToken").unwrap();
    browser.post("https://login.microsoftonline.com/common/Consent/Set", &[("flowToken", &flow), ("ucaccept", "true")]);
    assert_eq!(parameter(&browser, "error").as_deref(), Some("access_denied"), "a forged answer grants nothing");
    assert_eq!(grants(&world, CAROL), (vec![], vec![]));
}

#[test]
fn an_administrator_consents_on_behalf_of_everybody() {
    let world = world();
    let mut browser = world.browser();
    open(&mut browser, &authorize("https://graph.microsoft.com/.default", ""), ADMIN);
    browser.type_in("Consent on behalf of your organization", "Yes").press("Accept");
    assert!(parameter(&browser, "code").is_some(), "{}", browser.url);
    assert_eq!(grants(&world, CAROL), (vec!["User.Read".into(), "User.Read.All".into()], vec![]));
    let mut browser = world.browser();
    open(&mut browser, &authorize("User.Read.All", ""), CAROL);
    assert!(parameter(&browser, "code").is_some(), "nobody else is asked: {}", browser.url);
}

#[test]
fn nobody_is_asked_silently() {
    let world = world();
    let mut browser = world.browser();
    open(&mut browser, &authorize("openid", ""), CAROL);
    browser.open(&authorize("User.Read", "&prompt=none"));
    assert_eq!(parameter(&browser, "error").as_deref(), Some("consent_required"));
    assert!(parameter(&browser, "error_description").unwrap().starts_with("AADSTS65001: "));
}

#[test]
fn a_permission_that_graph_does_not_have_is_refused() {
    let world = world();
    let mut browser = world.browser();
    open(&mut browser, &authorize("Coffee.Brew", ""), CAROL);
    assert!(browser.alerts()[0].starts_with("AADSTS650053: "), "{:?}", browser.alerts());
}

#[test]
fn the_admin_consent_address_grants_for_the_organization_and_says_so() {
    for path in ["adminconsent", "v2.0/adminconsent"] {
        let world = world();
        let scope = if path.starts_with("v2") { "&scope=https://graph.microsoft.com/.default" } else { "" };
        let url = format!(
            "https://login.microsoftonline.com/{TENANT}/{path}?client_id={APP}&state=s1&redirect_uri={REDIRECT}{scope}"
        );
        let mut browser = world.browser();
        open(&mut browser, &url, ADMIN);
        assert!(browser.shows("Review for your organization"), "{}", browser.title());
        browser.press("Accept");
        assert_eq!(parameter(&browser, "admin_consent").as_deref(), Some("True"), "{}", browser.url);
        assert_eq!(parameter(&browser, "tenant"), Some(TENANT.to_string()));
        assert_eq!(parameter(&browser, "state").as_deref(), Some("s1"));
        assert_eq!(grants(&world, CAROL).0, ["User.Read", "User.Read.All"]);
        let mut browser = world.browser();
        open(&mut browser, &url, CAROL);
        assert_eq!(browser.title(), "Need admin approval");
    }
}
