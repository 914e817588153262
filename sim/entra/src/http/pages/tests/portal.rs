//! The portal: the guide's "Setting Up the Entra/Azure AD Tenant", and what it refuses to whom.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::*;
use crate::Role;

const PORTAL: &str = "https://portal.azure.com/";
const GRACE: &str = "grace.admin@highlands_azure.com";
const WRITER: &str = "walter@highlands_azure.com";

/// The tenant of the pages, with a Global Administrator and a Directory Writer.
fn world() -> World {
    World::of(add_administrators)
}

fn add_administrators(config: &mut Config) {
    let like_dave = |upn: &str, name: &str, role| UserConfig {
        upn: upn.into(),
        display_name: name.into(),
        roles: vec![role],
        ..config.users[1].clone()
    };
    let administrators = [
        like_dave(GRACE, "Grace Admin", Role::GlobalAdministrator),
        like_dave(WRITER, "Walter Reid", Role::DirectoryWriters),
    ];
    config.users.extend(administrators);
}

fn sign_in(browser: &mut Browser, url: &str, upn: &str) {
    browser.open(url).type_in("Email, phone, or Skype", upn).press("Next");
    browser.type_in("Password", PASSWORD).press("Sign in").press("No");
}

fn at_portal(world: &World, upn: &str) -> Browser {
    let mut browser = world.browser();
    sign_in(&mut browser, PORTAL, upn);
    assert_eq!((browser.title().as_str(), browser.url.as_str()), ("Welcome to Azure!", PORTAL));
    browser
}

/// From Home to the overview of a new application.
fn register(browser: &mut Browser, name: &str) {
    browser.open(PORTAL).press("Azure Active Directory").press("App registrations").press("New registration");
    assert_eq!(browser.title(), "Register an application");
    browser.type_in("Name", name).tick("Accounts in this organizational directory only").press("Register");
}

/// From an application to its permissions, which become those of the guide.
fn ask_for_permissions(browser: &mut Browser) {
    browser.press("API permissions").press_beside("User.Read", "...").press("Remove Permission").press("Yes");
    browser.press("Add a permission").press("Microsoft Graph").press("Delegated permissions");
    browser.tick("Directory.AccessAsUser.All").tick("UserAuthenticationMethod.ReadWrite.All").press("Add Permissions");
}

fn create_user(browser: &mut Browser, user: &str, name: &str, password: &str) {
    browser.open(PORTAL).press("Azure Active Directory").press("Users").press("New user").press("Create user");
    browser.type_in("User name", user).type_in("Name", name).tick("Let me create the password");
    browser.type_in("Initial password", password).press("Create");
}

fn statuses(browser: &Browser) -> Vec<(String, String, String)> {
    browser.rows().into_iter().map(|row| (row[0].clone(), row[1].clone(), row[4].clone())).collect()
}

/// What Graph says to an administrator.
fn graph(world: &World, path: &str) -> Value {
    let now = world.clock.now();
    world.with(|tenant| {
        let grace = tenant.user_by_name(GRACE).unwrap().clone();
        let portal = tenant.application(crate::applications::first_party::AZURE_PORTAL).unwrap();
        let mut caller = crate::graph::Caller::visitor(&grace, vec!["pwd".into()], portal);
        if let crate::graph::Caller::User { scopes, .. } = &mut caller {
            scopes.extend(["AuditLog.Read.All", "Directory.Read.All"].map(str::to_owned));
        }
        crate::graph::ask(tenant, now, &caller, http::Method::GET, path, None).unwrap()
    })
}

/// What the journal says that people changed.
fn changes(world: &World) -> Vec<String> {
    let lines = world.events().into_iter().filter_map(|event| match event {
        Event::DirectoryChanged { .. } => Some(event.to_string()),
        _ => None,
    });
    lines.collect()
}

#[test]
fn a_new_application_shows_the_ids_that_graph_has_and_asks_for_user_read() {
    let world = world();
    let mut browser = at_portal(&world, GRACE);
    register(&mut browser, "HYPRAuthApp");
    assert_eq!(browser.title(), "HYPRAuthApp");
    let client_id = browser.fact("Application (client) ID");
    assert_eq!(browser.fact("Directory (tenant) ID"), TENANT.to_string());
    let application = graph(&world, &format!("applications(appId='{client_id}')"));
    assert_eq!(
        (&application["displayName"], &application["signInAudience"]),
        (&json!("HYPRAuthApp"), &json!("AzureADMyOrg"))
    );
    assert_eq!(graph(&world, &format!("servicePrincipals(appId='{client_id}')"))["displayName"], "HYPRAuthApp");
    browser.press("API permissions");
    assert_eq!(statuses(&browser), [("User.Read".into(), "Delegated".into(), String::new())]);
    let audits = graph(&world, "auditLogs/directoryAudits");
    let entry =
        audits["value"].as_array().unwrap().iter().find(|entry| entry["activityDisplayName"] == "Add application");
    assert_eq!(entry.unwrap()["initiatedBy"]["user"]["userPrincipalName"], GRACE);
}

#[test]
fn permissions_are_exchanged_and_granted_for_everybody() {
    let world = world();
    let mut browser = at_portal(&world, GRACE);
    register(&mut browser, "HYPRAuthApp");
    let client_id = browser.fact("Application (client) ID");
    ask_for_permissions(&mut browser);
    let both = |status: &str| {
        ["Directory.AccessAsUser.All", "UserAuthenticationMethod.ReadWrite.All"]
            .map(|name| (name.to_owned(), "Delegated".to_owned(), status.to_owned()))
    };
    assert_eq!(statuses(&browser), both("Not granted for Highlands Bank"));
    browser.press("Grant admin consent for Highlands Bank").press("Yes");
    assert_eq!(statuses(&browser), both("Granted for Highlands Bank"));
    let grants = graph(&world, &format!("servicePrincipals(appId='{client_id}')/oauth2PermissionGrants"));
    let scope = "Directory.AccessAsUser.All UserAuthenticationMethod.ReadWrite.All";
    assert_eq!(
        (&grants["value"][0]["consentType"], &grants["value"][0]["scope"]),
        (&json!("AllPrincipals"), &json!(scope))
    );
}

#[test]
fn a_permission_that_was_granted_stays_granted_when_it_is_removed() {
    let world = world();
    let mut browser = at_portal(&world, GRACE);
    register(&mut browser, "App");
    browser.press("API permissions").press("Grant admin consent for Highlands Bank").press("Yes");
    browser.press_beside("User.Read", "...").press("Remove Permission").press("Yes");
    let granted = ("User.Read".to_owned(), "Delegated".to_owned(), "Granted for Highlands Bank".to_owned());
    assert_eq!(statuses(&browser), [granted]);
    // Consent given anew is what is asked for now: nothing.
    browser.press("Grant admin consent for Highlands Bank").press("Yes");
    assert_eq!(statuses(&browser), []);
}

#[test]
fn application_permissions_are_granted_as_app_roles() {
    let world = world();
    let mut browser = at_portal(&world, GRACE);
    register(&mut browser, "Daemon");
    browser.press("API permissions").press("Add a permission").press("Microsoft Graph");
    browser.press("Application permissions").type_in("Select permissions", "user.read.all").press("Search");
    assert!(!browser.shows_label("Group.Read.All"));
    browser.tick("User.Read.All").press("Add Permissions");
    browser.press("Grant admin consent for Highlands Bank").press("Yes");
    let granted = ("User.Read.All".to_owned(), "Application".to_owned(), "Granted for Highlands Bank".to_owned());
    assert!(statuses(&browser).contains(&granted));
}

#[test]
fn the_value_of_a_secret_is_shown_once() {
    let world = world();
    let mut browser = at_portal(&world, GRACE);
    register(&mut browser, "HYPRAuthApp");
    let client_id: Uuid = browser.fact("Application (client) ID").parse().unwrap();
    browser.press("Certificates & secrets").press("New client secret");
    browser.type_in("Description", "for HYPR").type_in("Expires", "90 days (3 months)").press("Add");
    let row = browser.rows().remove(0);
    assert_eq!((row[0].as_str(), row[1].as_str()), ("for HYPR", "2027-05-30"));
    let (value, now) = (row[2].clone(), world.clock.now());
    let check = |value: &str| world.with(|tenant| tenant.application(client_id).unwrap().check_secret(now, value));
    assert_eq!(check(&value), crate::applications::SecretCheck::Valid);
    browser.press("Certificates & secrets");
    assert_eq!(browser.rows()[0][2], format!("{}******************", &value[..3]));
    assert!(!browser.shows(&value));
    browser.press_beside("for HYPR", "Delete").press("Yes");
    assert_eq!(browser.rows(), Vec::<Vec<String>>::new());
    assert_eq!(check(&value), crate::applications::SecretCheck::Wrong);
}

#[test]
fn a_new_user_gets_roles_and_must_change_the_password_at_the_portal() {
    let world = world();
    let mut browser = at_portal(&world, GRACE);
    create_user(&mut browser, "svc", "Service", "Initial-Pass-1");
    browser.press("Service").press("Assigned roles").press("Add Assignments");
    browser.type_in("Search by name", "writers").press("Search").tick("Directory Writers").press("Add");
    let names = |browser: &Browser| browser.rows().into_iter().map(|row| row[0].clone()).collect::<Vec<_>>();
    assert_eq!(names(&browser), ["Directory Writers"]);
    browser.press("Add Assignments").tick("Directory Writers").press("Add");
    assert!(browser.alerts()[0].contains("A conflicting object"), "{:?}", browser.alerts());
    let mut private = world.browser();
    private.open(PORTAL).type_in("Email, phone, or Skype", "svc@highlands_azure.com").press("Next");
    private.type_in("Password", "Initial-Pass-1").press("Sign in");
    assert_eq!(private.title(), "Update your password");
    private.type_in("Current password", "Initial-Pass-1").type_in("New password", PASSWORD);
    private.type_in("Confirm password", PASSWORD).press("Sign in").press("No");
    assert_eq!(private.title(), "Welcome to Azure!");
}

#[test]
fn what_has_not_replicated_is_not_listed() {
    let world = world();
    let delays = crate::tenant::Replication {
        list: SignedDuration::from_secs(10),
        roles: SignedDuration::from_secs(60),
        ..crate::tenant::Replication::default()
    };
    world.with(|tenant| {
        let mut config = config(tenant.created());
        add_administrators(&mut config);
        let made = Tenant::new(config, &Seed::of(&["pages"])).map_err(|error| error.to_string());
        *tenant = made.unwrap().with_replication(delays);
    });
    let mut browser = at_portal(&world, GRACE);
    create_user(&mut browser, "svc", "New Account", "Initial-Pass-1");
    assert!(!browser.shows("New Account"));
    world.clock.advance(SignedDuration::from_secs(10));
    browser.press("Users").press("New Account").press("Assigned roles").press("Add Assignments");
    browser.tick("Directory Writers").press("Add");
    assert!(!browser.shows("Directory Writers"));
    world.clock.advance(SignedDuration::from_secs(59));
    assert!(!browser.press("Refresh").shows("Directory Writers"));
    world.clock.advance(SignedDuration::from_secs(1));
    assert!(browser.press("Refresh").shows("Directory Writers"));
}

#[test]
fn a_password_that_the_portal_makes_up_is_shown_once() {
    let world = world();
    let mut browser = at_portal(&world, GRACE);
    browser.press("Azure Active Directory").press("Users").press("New user").press("Create user");
    browser.type_in("User name", "new").type_in("Name", "New Person").press("Create");
    let password = browser.fact("Initial password");
    assert_eq!(browser.fact("User principal name"), "new@highlands_azure.com");
    let now = world.clock.now();
    let refused = world.with(|tenant| tenant.check_password(now, "new@highlands_azure.com", &password).unwrap_err());
    assert_eq!(refused.code.number, 50055);
}

#[test]
fn an_account_is_suspended_deleted_and_restored() {
    let world = world();
    let mut browser = at_portal(&world, GRACE);
    browser.press("Azure Active Directory").press("Users").press("Dave Jones").press("Edit properties");
    browser.clear("Account enabled").press("Save");
    assert_eq!(browser.fact("Account status"), "Disabled");
    browser.press("Delete").press("Yes");
    assert!(!browser.shows(DAVE));
    browser.press("Deleted users");
    assert_eq!(browser.rows(), [["Dave Jones", DAVE, "2027-03-01"]]);
    browser.press_beside(DAVE, "Restore user").press("Yes");
    assert_eq!(browser.rows(), Vec::<Vec<String>>::new());
    let changed = changes(&world);
    let by = |what: &str| format!("{GRACE} {what} {DAVE}");
    assert_eq!(changed, [by("disabled the account"), by("deleted the user"), by("restored the user")]);
}

#[test]
fn an_administrator_deletes_the_key_of_a_user() {
    let world = world();
    world.register(CAROL, &TestKey::new(1));
    let mut browser = at_portal(&world, GRACE);
    browser.press("Azure Active Directory").press("Users").press("Carol Shaw").press("Authentication methods");
    let name = browser.rows().into_iter().find(|row| row[0] == "FIDO2 security key").unwrap().remove(1);
    browser.press_beside(&name, "Delete").press("Yes");
    assert!(!browser.shows("FIDO2 security key"));
    assert_eq!(world.with(|tenant| tenant.passkeys.of_user(tenant.user_by_name(CAROL).unwrap().id).len()), 0);
}

#[test]
fn the_fido2_policy_is_switched_targeted_and_configured() {
    let world = world();
    let mut browser = at_portal(&world, GRACE);
    browser.press("Azure Active Directory").press("Security").press("Authentication methods");
    assert_eq!(browser.rows()[0], ["FIDO2 security key", "All users", "Yes"]);
    browser.press("FIDO2 security key").type_in("Enable", "No").press("Save");
    assert_eq!(world.with(|tenant| tenant.fido2_policy.state), crate::fido::MethodState::Disabled);
    browser.type_in("Target", "Select groups").type_in("Groups, separated by commas", "Nobody's").press("Save");
    assert!(browser.alerts()[0].contains("Resource 'Nobody's' does not exist"), "{:?}", browser.alerts());
    browser.press("Configure").type_in("Enforce attestation", "No").type_in("Enforce key restrictions", "Yes");
    browser.type_in("Restrict specific keys", "Allow");
    browser.type_in("AAGUIDs, separated by commas", "0076631b-d4a0-427f-5773-0ec71c9e0279").press("Save");
    let policy = graph(&world, "policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2");
    assert_eq!((&policy["state"], &policy["isAttestationEnforced"]), (&json!("disabled"), &json!(false)));
    let restrictions = json!({
        "isEnforced": true, "enforcementType": "allow", "aaGuids": ["0076631b-d4a0-427f-5773-0ec71c9e0279"],
    });
    assert_eq!(policy["keyRestrictions"], restrictions);
    browser.press("Configure").type_in("AAGUIDs, separated by commas", "no model").press("Save");
    assert_eq!(browser.alerts()[0], "Invalid value specified for property 'keyRestrictions'.");
}

#[test]
fn a_conditional_access_policy_leaves_out_a_user_and_keeps_the_rest() {
    let world = World::of(|config| {
        add_administrators(config);
        let exclude = BTreeSet::from([crate::Subject::User(GRACE.into())]);
        config.conditional_access = vec![crate::ConditionalAccessPolicy { exclude, ..mfa_for_all() }];
    });
    let mut browser = at_portal(&world, GRACE);
    browser.press("Azure Active Directory").press("Security").press("Conditional Access").press("Require MFA");
    let path = format!("identity/conditionalAccess/policies/{}", Uuid::from_u128(0xCA));
    let before = graph(&world, &path);
    browser.type_in("Exclude users", &format!("{GRACE}, {SERVICE}")).press("Save");
    let after = graph(&world, &path);
    let excluded = |policy: &Value| policy["conditions"]["users"]["excludeUsers"].as_array().map_or(0, Vec::len);
    assert_eq!((excluded(&before), excluded(&after)), (1, 2));
    assert_eq!((&after["grantControls"], &after["state"]), (&before["grantControls"], &before["state"]));
    browser.press("New policy").type_in("Name", "Block Dave").type_in("Include", "Select users");
    browser.type_in("Include users", DAVE).type_in("Grant", "Block access").type_in("Enable policy", "On");
    browser.press("Create");
    assert_eq!(browser.rows(), [["Require MFA", "On"], ["Block Dave", "On"]]);
    let mut dave = world.browser();
    dave.open(PORTAL).type_in("Email, phone, or Skype", DAVE).press("Next");
    assert!(dave.type_in("Password", PASSWORD).press("Sign in").alerts().join(" ").contains("53003"));
}

#[test]
fn a_policy_keeps_the_words_and_groups_that_its_page_does_not_offer() {
    let world = world();
    let mut browser = at_portal(&world, GRACE);
    let now = world.clock.now();
    let policy = json!({
        "displayName": "Guests", "state": "disabled",
        "conditions": {
            "applications": { "includeApplications": ["All"] },
            "users": { "includeUsers": ["GuestsOrExternalUsers"] },
        },
        "grantControls": { "operator": "AND", "builtInControls": ["mfa", "compliantDevice"] },
    });
    world.with(|tenant| {
        let grace = tenant.user_by_name(GRACE).unwrap().clone();
        let portal = tenant.application(crate::applications::first_party::AZURE_PORTAL).unwrap();
        let caller = crate::graph::Caller::visitor(&grace, vec!["pwd".into()], portal);
        let path = "identity/conditionalAccess/policies";
        crate::graph::ask(tenant, now, &caller, http::Method::POST, path, Some(&policy)).unwrap();
    });
    browser.open(&format!("{PORTAL}directory/security/conditional-access")).press("Guests");
    browser.type_in("Enable policy", "On").press("Save");
    let kept = graph(&world, "identity/conditionalAccess/policies")["value"][0].clone();
    assert_eq!((&kept["state"], &kept["grantControls"]["operator"]), (&json!("enabled"), &json!("AND")));
    assert_eq!(kept["conditions"]["users"]["includeUsers"], json!(["GuestsOrExternalUsers"]));
    assert_eq!(kept["grantControls"]["builtInControls"], json!(["mfa", "compliantDevice"]));
}

#[test]
fn a_choice_that_was_not_offered_changes_nothing() {
    let world = world();
    let mut browser = at_portal(&world, GRACE);
    register(&mut browser, "App");
    browser.press("Certificates & secrets").press("New client secret").type_in("Expires", "never").press("Add");
    assert_eq!(browser.alerts()[0], "Choose when the secret expires.");
    browser.open("https://intune.microsoft.com/devices/windows-enrollment/windows-hello-for-business");
    browser.type_in("Use security keys for sign-in", "Perhaps").press("Save");
    assert_eq!(browser.alerts()[0], "Choose whether security keys are used for sign-in.");
    assert_eq!(graph(&world, "deviceManagement/deviceConfigurations")["value"], json!([]));
}

#[test]
fn intune_lets_people_sign_in_to_windows_by_security_key() {
    let world = world();
    let mut browser = world.browser();
    sign_in(&mut browser, "https://intune.microsoft.com/", GRACE);
    browser.press("Devices").press("Windows enrollment").press("Windows Hello for Business");
    browser.type_in("Use security keys for sign-in", "Enabled").press("Save");
    let kept = |world: &World| graph(world, "deviceManagement/deviceConfigurations")["value"].clone();
    assert_eq!(kept(&world)[0]["omaSettings"][0]["value"], 1);
    let id = kept(&world)[0]["id"].as_str().unwrap().to_owned();
    let assigned = graph(&world, &format!("deviceManagement/deviceConfigurations/{id}/assignments"));
    assert_eq!(assigned["value"][0]["target"]["@odata.type"], "#microsoft.graph.allDevicesAssignmentTarget");
    browser.type_in("Use security keys for sign-in", "Disabled").press("Save");
    assert_eq!(
        (kept(&world)[0]["omaSettings"][0]["value"].clone(), kept(&world)[0]["id"].clone()),
        (json!(0), json!(id))
    );
    browser.type_in("Use security keys for sign-in", "Not configured").press("Save");
    assert_eq!(kept(&world), json!([]));
}

#[test]
fn whoever_has_no_role_is_told_so_and_changes_nothing() {
    let world = world();
    let mut browser = at_portal(&world, DAVE);
    let denied = "Insufficient privileges to complete the operation.";
    let check = |browser: &mut Browser| {
        assert!(browser.alerts()[0].starts_with("You do not have access."), "{:?}", browser.alerts());
        assert_eq!(browser.alerts()[1..], [denied.to_owned(), "Error code: Authorization_RequestDenied".to_owned()]);
    };
    create_user(&mut browser, "svc", "Service", "Initial-Pass-1");
    check(&mut browser);
    browser.press("Users").press("Carol Shaw").press("Delete").press("Yes");
    check(&mut browser);
    browser.press("Assigned roles").press("Add Assignments").tick("Global Administrator").press("Add");
    check(&mut browser);
    for path in ["authentication-methods", "authentication-methods/fido2", "conditional-access"] {
        browser.open(&format!("{PORTAL}directory/security/{path}"));
        assert_eq!((browser.title().as_str(), browser.status), ("You do not have access", 403));
        check(&mut browser);
    }
    assert_eq!(changes(&world), Vec::<String>::new());
}

#[test]
fn a_directory_writer_creates_users_and_assigns_no_roles() {
    let world = world();
    let mut browser = at_portal(&world, WRITER);
    create_user(&mut browser, "svc", "Service", "Initial-Pass-1");
    browser.press("Service").press("Assigned roles").press("Add Assignments").tick("Directory Writers").press("Add");
    assert!(browser.alerts()[0].starts_with("You do not have access."));
    assert_eq!(changes(&world), [format!("{WRITER} created the user svc@highlands_azure.com")]);
}

#[test]
fn a_form_that_another_site_sends_does_nothing() {
    let world = world();
    let mut browser = at_portal(&world, GRACE);
    let dave = world.with(|tenant| tenant.user_by_name(DAVE).unwrap().id);
    browser.post(&format!("{PORTAL}directory/users/{dave}/delete"), &[("do", "yes")]);
    assert_eq!((browser.title().as_str(), browser.status), ("Something went wrong", 400));
    assert!(world.with(|tenant| tenant.user(dave).is_some()));
}

#[test]
fn an_address_that_makes_no_sense_is_not_found() {
    let world = world();
    let mut browser = at_portal(&world, GRACE);
    let unknown = Uuid::from_u128(7);
    for path in [
        "nowhere".to_owned(),
        "directory/users/x".to_owned(),
        format!("directory/users/{unknown}"),
        format!("directory/app-registrations/{unknown}/secrets"),
        "directory/app-registrations/%27%29/secrets".to_owned(),
        format!("directory/users/{unknown}/authentication-methods/..%2F/delete"),
    ] {
        browser.open(&format!("{PORTAL}{path}"));
        assert_eq!((browser.title().as_str(), browser.status), ("Not found", 404), "{path}");
    }
}

#[test]
fn an_address_leads_to_no_other_site() {
    let world = world();
    for path in ["//evil.test/x", "///evil.test", "/%5Cevil.test"] {
        let mut browser = world.browser();
        sign_in(&mut browser, &format!("https://portal.azure.com{path}"), GRACE);
        assert_eq!(browser.url.host_str(), Some("portal.azure.com"), "{path}");
        assert_eq!(browser.title(), "Not found", "{path}");
    }
}

#[test]
fn the_session_of_a_suspended_administrator_has_ended() {
    let world = world();
    let mut browser = at_portal(&world, GRACE);
    world.with(|tenant| {
        let grace = tenant.user_by_name(GRACE).unwrap().id;
        tenant.set_account("test", grace, Account::Disabled).unwrap();
    });
    assert_eq!(browser.press("Azure Active Directory").title(), "Sign in");
}

#[test]
fn the_portal_has_three_faces() {
    let world = world();
    let check = |url: &str, buttons: &[&str]| {
        let mut browser = world.browser();
        sign_in(&mut browser, url, GRACE);
        assert_eq!((browser.url.as_str(), browser.buttons()), (url, buttons.iter().map(|&b| b.to_owned()).collect()));
        assert_eq!(browser.press("Sign out").title(), "You signed out of your account");
        assert_eq!(browser.open(url).title(), "Sign in");
    };
    check(PORTAL, &["Sign out", "Home", "Azure Active Directory", "App registrations"]);
    check("https://entra.microsoft.com/", &["Sign out", "Home", "Microsoft Entra ID", "App registrations"]);
    check("https://intune.microsoft.com/", &["Sign out", "Home", "Devices"]);
    check("https://endpoint.microsoft.com/", &["Sign out", "Home", "Devices"]);
}
