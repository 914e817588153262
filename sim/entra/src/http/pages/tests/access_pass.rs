//! Temporary Access Pass at the sign-in pages, and what comes first for a name.

use serde_json::{Value, json};

use super::*;
use crate::directory::AccessPass;
use crate::secret::Digested;

const OFFICE: &str = "https://www.office.com/";
const PASS: &str = "Ab3*pass";

/// Gives Carol a pass of ten minutes.
fn give_pass(world: &World, is_usable_once: bool) {
    let now = world.clock.now();
    world.with(|tenant| {
        let digest = Digested::new(PASS, &mut tenant.rng);
        let id = tenant.user_by_name(CAROL).unwrap().id;
        let pass =
            AccessPass { id, created: now, starts: now, digest, is_spent: false, lifetime_minutes: 10, is_usable_once };
        tenant.update_user(id, |user| user.access_pass = Some(pass)).unwrap();
    });
}

fn to_first_page(world: &World) -> Browser {
    let mut browser = world.browser();
    browser.open(OFFICE).type_in("Email, phone, or Skype", CAROL).press("Next");
    browser
}

fn use_pass(browser: &mut Browser, pass: &str) -> Vec<String> {
    browser.type_in("Temporary Access Pass", pass).press("Sign in");
    browser.alerts()
}

#[test]
fn a_user_with_a_pass_is_asked_for_it_and_it_counts_as_two_factors() {
    let world = World::new();
    world.with(|tenant| tenant.set_conditional_access(vec![mfa_for_all()]));
    give_pass(&world, false);
    let mut browser = to_first_page(&world);
    assert_eq!(
        (browser.title().as_str(), browser.buttons()),
        ("Enter Temporary Access Pass", vec!["Sign in".into(), "Other ways to sign in".into()])
    );
    assert_eq!(use_pass(&mut browser, "wrong")[1], "Error code: 130503");
    assert_eq!(use_pass(&mut browser, PASS), Vec::<String>::new());
    browser.press("No");
    assert_eq!(browser.title(), "Microsoft 365");
    let amr = ["otp", "mfa"].map(str::to_owned).to_vec();
    assert!(world.events().contains(&Event::SignedIn { user: CAROL.into(), amr }));
    browser.open("https://mysignins.microsoft.com/security-info/security-key");
    assert_eq!(browser.title(), "Security key", "it is proof enough to add a key");
}

#[test]
fn a_one_time_pass_is_good_once_and_any_pass_for_its_time() {
    let world = World::new();
    give_pass(&world, true);
    let (mut first, mut second) = (to_first_page(&world), to_first_page(&world));
    use_pass(&mut first, PASS);
    assert_eq!(first.title(), "Stay signed in?");
    assert_eq!(use_pass(&mut second, PASS)[1], "Error code: 130505");
    assert_eq!(to_first_page(&world).title(), "Enter password", "a spent pass is not asked for");
    give_pass(&world, false);
    let mut late = to_first_page(&world);
    world.pass(10);
    assert_eq!(use_pass(&mut late, PASS)[1], "Error code: 130504");
    world.with(|tenant| {
        let id = tenant.user_by_name(CAROL).unwrap().id;
        tenant.update_user(id, |user| user.access_pass = None);
    });
    assert_eq!(use_pass(&mut late, PASS)[1], "Error code: 130507");
}

#[test]
fn a_pass_is_a_second_factor_after_a_password() {
    let world = World::new();
    world.with(|tenant| tenant.set_conditional_access(vec![mfa_for_all()]));
    let mut browser = to_first_page(&world);
    browser.type_in("Password", PASSWORD).press("Sign in");
    assert_eq!(browser.buttons(), ["Text +X XXXXXXX42"]);
    give_pass(&world, true);
    let mut browser = to_first_page(&world);
    browser.press("Other ways to sign in").press("Use my password").type_in("Password", PASSWORD).press("Sign in");
    browser.press("Use a Temporary Access Pass");
    assert_eq!(use_pass(&mut browser, PASS), Vec::<String>::new());
    assert_eq!(browser.title(), "Stay signed in?");
}

/// What the script of Microsoft's page learns of a name.
fn credential_type(world: &World, name: &str, is_fido_supported: bool) -> Value {
    let asked = json!({ "username": name, "isFidoSupported": is_fido_supported, "flowToken": "F" });
    world.browser().post_text("https://login.microsoftonline.com/common/GetCredentialType", &asked.to_string())
}

#[test]
fn the_script_of_the_page_learns_what_a_name_may_sign_in_with() {
    let world = World::new();
    let check = |name: &str, exists: u8, preferred: u8, has: [bool; 2]| {
        let found = credential_type(&world, name, true);
        let credentials = &found["Credentials"];
        let told = json!([
            found["IfExistsResult"],
            credentials["PrefCredential"],
            credentials["HasFido"],
            credentials["HasAccessPass"],
            found["FlowToken"],
            found["Username"]
        ]);
        assert_eq!(told, json!([exists, preferred, has[0], has[1], "F", name]));
    };
    check("nobody@highlands_azure.com", 1, 1, [false, false]);
    check(CAROL, 0, 1, [false, false]);
    let key = TestKey::new(1);
    world.register(CAROL, &key);
    check(CAROL, 0, 1, [true, false]);
    assert_eq!(credential_type(&world, CAROL, false)["Credentials"]["HasFido"], false);
    let allowed = &credential_type(&world, CAROL, true)["Credentials"]["FidoParams"]["AllowList"];
    assert_eq!(allowed, &json!([wire::Base64Url(key.credential_id.clone())]));
    sign_in_by_key(&world, &key);
    check(CAROL, 0, 7, [true, false]);
    give_pass(&world, false);
    check(CAROL, 0, 13, [true, true]);
}

fn sign_in_by_key(world: &World, key: &TestKey) {
    let mut browser = to_first_page(world);
    browser.press("Other ways to sign in").press("Use Windows Hello or a security key");
    let assertion = key.sign(&world.signing(CAROL, &browser.challenge(), 5));
    browser.end_ceremony(Ok(serde_json::to_value(assertion).unwrap())).press("No");
    assert_eq!(browser.title(), "Microsoft 365");
}

#[test]
fn who_signed_in_with_a_key_last_is_asked_for_it_first() {
    let world = World::new();
    let key = TestKey::new(1);
    world.register(CAROL, &key);
    assert_eq!(to_first_page(&world).title(), "Enter password");
    sign_in_by_key(&world, &key);
    let mut browser = to_first_page(&world);
    assert_eq!(browser.title(), "Face, fingerprint, PIN or security key");
    assert_eq!(browser.buttons(), ["Use Windows Hello or a security key", "Other ways to sign in"]);
    browser.press("Other ways to sign in").press("Use my password").type_in("Password", PASSWORD).press("Sign in");
    assert_eq!(to_first_page(&world).title(), "Enter password", "the password was the last");
}

#[test]
fn ten_wrong_passwords_lock_an_account_for_a_minute() {
    let world = World::new();
    let mut browser = to_first_page(&world);
    let mut guess = |password: &str| {
        browser.type_in("Password", password).press("Sign in");
        browser.alerts().last().cloned().unwrap_or_default()
    };
    for number in 1..=10 {
        assert_eq!(guess(&format!("guess {number}")), "Error code: 50126");
    }
    assert_eq!(guess(PASSWORD), "Error code: 50053");
    world.pass(1);
    assert_eq!(guess("guess 11"), "Error code: 50126");
    world.pass(1);
    assert_eq!(guess(PASSWORD), "Error code: 50053", "the second lock is longer");
    world.pass(1);
    assert_eq!(guess(PASSWORD), "");
}

#[test]
fn the_same_wrong_password_again_and_again_locks_nobody_out() {
    let world = World::new();
    let mut browser = to_first_page(&world);
    for _ in 0..30 {
        browser.type_in("Password", "an old one").press("Sign in");
    }
    browser.type_in("Password", PASSWORD).press("Sign in");
    assert_eq!(browser.title(), "Stay signed in?");
}

#[test]
fn security_info_signs_out_and_names_what_it_deletes() {
    let world = World::new();
    world.register(CAROL, &TestKey::new(1));
    let mut browser = to_first_page(&world);
    browser.type_in("Password", PASSWORD).press("Sign in").press("No");
    browser.open("https://mysignins.microsoft.com/security-info/methods");
    assert_eq!(browser.accessible_name("Delete"), "Delete Security key HYPR");
    browser.press("Sign out");
    assert_eq!(browser.title(), "You signed out of your account");
    assert_eq!(browser.open("https://mysignins.microsoft.com/security-info").title(), "Sign in");
}
