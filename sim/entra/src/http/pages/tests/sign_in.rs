//! Sign-in: names, passwords, second factors, keys, sessions.

use super::*;

const OFFICE: &str = "https://www.office.com/";

/// Goes to Microsoft 365 and gives name and password.
fn sign_in(browser: &mut Browser, upn: &str, password: &str) {
    browser.open(OFFICE).type_in("Email, phone, or Skype", upn).press("Next");
    browser.type_in("Password", password).press("Sign in");
}

#[test]
fn a_password_leads_through_stay_signed_in_to_the_content() {
    let world = World::new();
    let mut browser = world.browser();
    browser.open(OFFICE);
    assert_eq!(
        (browser.title().as_str(), browser.buttons()),
        ("Sign in", vec!["Next".into(), "Sign-in options".into()])
    );
    browser.type_in("Email, phone, or Skype", CAROL).press("Next");
    assert_eq!(browser.title(), "Enter password");
    assert_eq!(browser.buttons(), ["Sign in", "Other ways to sign in"]);
    browser.type_in("Password", PASSWORD).press("Sign in");
    assert_eq!((browser.title().as_str(), browser.buttons()), ("Stay signed in?", vec!["Yes".into(), "No".into()]));
    browser.press("No");
    assert_eq!((browser.title().as_str(), browser.url.as_str()), ("Microsoft 365", OFFICE));
    assert!(browser.shows("Welcome, Carol Shaw") && browser.shows(CAROL));
    assert!(!browser.has_cookie("login.microsoftonline.com", "ESTSAUTHPERSISTENT"));
    assert_eq!(world.events(), [Event::SignedIn { user: CAROL.into(), amr: vec!["pwd".into()] }]);
}

#[test]
fn only_yes_outlives_the_browser() {
    for (answer, title) in [("Yes", "Microsoft 365"), ("No", "Sign in")] {
        let world = World::new();
        let mut browser = world.browser();
        sign_in(&mut browser, CAROL, PASSWORD);
        browser.press(answer).restart();
        assert_eq!(browser.open(OFFICE).title(), title, "{answer}");
    }
}

#[test]
fn a_session_of_the_browser_opens_another_app_without_a_word() {
    let world = World::new();
    let mut browser = world.browser();
    sign_in(&mut browser, CAROL, PASSWORD);
    browser.press("No").open("https://mysignins.microsoft.com/security-info");
    assert_eq!(browser.title(), "My Account");
    browser.open(OFFICE).press("Sign out");
    assert_eq!(browser.title(), "You signed out of your account");
    assert_eq!(browser.open(OFFICE).title(), "Sign in");
}

#[test]
fn refusals_have_microsofts_words_and_their_code() {
    let world = World::new();
    let check = |upn: &str, password: Option<&str>, words: &str, code: &str| {
        let mut browser = world.browser();
        browser.open(OFFICE).type_in("Email, phone, or Skype", upn).press("Next");
        if let Some(password) = password {
            browser.type_in("Password", password).press("Sign in");
        }
        let alerts = browser.alerts();
        assert!(alerts[0].starts_with(words), "{alerts:?}");
        assert_eq!(alerts.get(1).map(String::as_str), (!code.is_empty()).then_some(code));
    };
    check("", None, "Enter a valid email address", "");
    check("nobody@highlands_azure.com", None, "This username may be incorrect.", "Error code: 50034");
    check(CAROL, Some(""), "Please enter your password.", "");
    check(CAROL, Some("wrong"), "Your account or password is incorrect.", "Error code: 50126");
    check(SUSPENDED, Some(PASSWORD), "Your account has been locked.", "Error code: 50057");
}

#[test]
fn a_password_that_an_administrator_set_is_changed_first() {
    let world = World::new();
    let mut browser = world.browser();
    sign_in(&mut browser, SERVICE, PASSWORD);
    assert_eq!(browser.title(), "Update your password");
    let mut change = |old: &str, new: &str, again: &str| {
        browser.type_in("Current password", old).type_in("New password", new).type_in("Confirm password", again);
        browser.press("Sign in");
        (browser.title(), browser.alerts())
    };
    let refused =
        |alerts: &[&str]| ("Update your password".to_owned(), alerts.iter().map(|&text| text.to_owned()).collect());
    assert_eq!(change(PASSWORD, "New-Horse-88", "New-Horse-89"), refused(&["Passwords do not match."]));
    assert_eq!(change(PASSWORD, "short", "short"), refused(&["Your password must be at least 8 characters long."]));
    assert_eq!(change(PASSWORD, PASSWORD, PASSWORD), refused(&["Choose a password that you haven't used before."]));
    assert_eq!(change("wrong", "New-Horse-88", "New-Horse-88").1[1], "Error code: 50126");
    assert_eq!(change(PASSWORD, "New-Horse-88", "New-Horse-88").0, "Stay signed in?");
    sign_in(&mut world.browser(), SERVICE, "New-Horse-88");
    assert!(world.events().contains(&Event::PasswordChanged { user: SERVICE.into() }));
}

#[test]
fn a_policy_asks_for_a_second_factor_after_the_password() {
    let world = World::new();
    world.with(|tenant| tenant.set_conditional_access(vec![mfa_for_all()]));
    let mut browser = world.browser();
    sign_in(&mut browser, CAROL, PASSWORD);
    assert_eq!(
        (browser.title().as_str(), browser.buttons()),
        ("Verify your identity", vec!["Text +X XXXXXXX42".into()])
    );
    browser.press("Text +X XXXXXXX42");
    assert_eq!(browser.title(), "Enter code");
    let code = world.text_message();
    assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()));
    browser.type_in("Code", "not it").press("Verify");
    assert_eq!(browser.alerts()[1], "Error code: 500121");
    browser.type_in("Code", &code).press("Verify").press("No");
    assert_eq!(browser.title(), "Microsoft 365");
    let amr = ["pwd", "sms", "mfa"].map(str::to_owned).to_vec();
    assert!(world.events().contains(&Event::SignedIn { user: CAROL.into(), amr }));
}

#[test]
fn a_code_is_good_for_three_minutes() {
    for (minutes, title) in [(3, "Stay signed in?"), (4, "Enter code")] {
        let world = World::new();
        world.with(|tenant| tenant.set_conditional_access(vec![mfa_for_all()]));
        let mut browser = world.browser();
        sign_in(&mut browser, CAROL, PASSWORD);
        browser.press("Text +X XXXXXXX42");
        let code = world.text_message();
        world.pass(minutes);
        assert_eq!(browser.type_in("Code", &code).press("Verify").title(), title);
    }
}

#[test]
fn five_wrong_codes_end_the_sign_in() {
    let world = World::new();
    world.with(|tenant| tenant.set_conditional_access(vec![mfa_for_all()]));
    let mut browser = world.browser();
    sign_in(&mut browser, CAROL, PASSWORD);
    browser.press("Text +X XXXXXXX42");
    let first = world.text_message();
    for _ in 0..4 {
        assert_eq!(browser.type_in("Code", "not it").press("Verify").title(), "Enter code");
    }
    let flow = browser.hidden("flowToken").unwrap();
    browser.press("Having trouble? Sign in another way").press("Text +X XXXXXXX42");
    let second = world.text_message();
    browser.type_in("Code", &first).press("Verify");
    assert_eq!(browser.status, 400, "a new code does not start the count anew");
    assert!(browser.alerts()[0].starts_with("AADSTS500121"));
    browser.post("https://login.microsoftonline.com/common/SAS/ProcessAuth", &[("flowToken", &flow), ("otc", &second)]);
    assert!(browser.alerts()[0].starts_with("AADSTS9002313"), "{:?}", browser.alerts());
}

#[test]
fn who_has_no_method_is_told_so() {
    let world = World::new();
    world.with(|tenant| tenant.set_conditional_access(vec![mfa_for_all()]));
    let mut browser = world.browser();
    sign_in(&mut browser, DAVE, PASSWORD);
    assert_eq!(browser.title(), "Verify your identity");
    assert!(browser.alerts()[0].starts_with("You have no method to verify your identity with."));
    assert!(browser.alerts()[1].starts_with("AADSTS50079"));
    assert_eq!(browser.buttons(), Vec::<String>::new());
}

#[test]
fn a_key_signs_in_in_place_of_the_password() {
    let world = World::new();
    let key = TestKey::new(1);
    world.register(CAROL, &key);
    let mut browser = world.browser();
    browser.open(OFFICE).type_in("Email, phone, or Skype", CAROL).press("Next").press("Other ways to sign in");
    assert_eq!(browser.title(), "Choose a way to sign in");
    assert_eq!(browser.buttons(), ["Use Windows Hello or a security key", "Use my password"]);
    browser.press("Use Windows Hello or a security key");
    assert_eq!(browser.url.origin().ascii_serialization(), "https://login.microsoft.com");
    let options = browser.ceremony()["publicKey"].clone();
    assert_eq!(
        (options["rpId"].as_str(), options["userVerification"].as_str()),
        (Some("login.microsoft.com"), Some("required"))
    );
    assert_eq!(options["allowCredentials"].as_array().unwrap().len(), 1);
    assert!(browser.challenge().starts_with(b"O.ey"));
    let signing = world.signing(CAROL, &browser.challenge(), 2);
    browser.end_ceremony(Ok(serde_json::to_value(key.sign(&signing)).unwrap()));
    assert_eq!(browser.title(), "Stay signed in?");
    assert_eq!(browser.press("No").title(), "Microsoft 365");
}

#[test]
fn a_key_signs_in_without_a_name() {
    let world = World::new();
    let key = TestKey::new(1);
    world.register(CAROL, &key);
    let mut browser = world.browser();
    browser.open(OFFICE).press("Sign-in options").press("Use Windows Hello or a security key");
    assert_eq!(browser.ceremony()["publicKey"]["allowCredentials"], serde_json::json!([]));
    let signing = world.signing(CAROL, &browser.challenge(), 2);
    browser.end_ceremony(Ok(serde_json::to_value(key.sign(&signing)).unwrap())).press("No");
    assert!(browser.shows("Welcome, Carol Shaw"));
}

#[test]
fn a_refused_key_leads_back_to_the_choice_with_its_code() {
    let world = World::new();
    let key = TestKey::new(1);
    world.register(CAROL, &key);
    let mut browser = world.browser();
    browser.open(OFFICE).type_in("Email, phone, or Skype", CAROL).press("Next").press("Other ways to sign in");
    browser.press("Use Windows Hello or a security key").end_ceremony(Err("NotAllowedError"));
    assert_eq!(
        (browser.title().as_str(), browser.alerts()[1].as_str()),
        ("Choose a way to sign in", "Error code: NotAllowedError")
    );
    browser.press("Use Windows Hello or a security key");
    let replayed = world.signing(CAROL, &browser.challenge(), 1);
    browser.end_ceremony(Ok(serde_json::to_value(key.sign(&replayed)).unwrap()));
    assert_eq!(
        (browser.title().as_str(), browser.alerts()[1].as_str()),
        ("Choose a way to sign in", "Error code: 135017")
    );
    browser.press("Use my password");
    assert_eq!(browser.title(), "Enter password");
}

#[test]
fn a_form_that_comes_twice_or_from_nowhere_goes_nowhere() {
    let world = World::new();
    let mut browser = world.browser();
    sign_in(&mut browser, CAROL, PASSWORD);
    let flow = browser.hidden("flowToken").unwrap();
    assert_eq!(browser.press("No").title(), "Microsoft 365");
    for flow in [flow.as_str(), "made up", ""] {
        let fields = [("flowToken", flow), ("LoginOptions", "1")];
        browser.post("https://login.microsoftonline.com/kmsi", &fields);
        assert_eq!(browser.status, 400);
        assert!(browser.alerts()[0].starts_with("AADSTS9002313"), "{:?}", browser.alerts());
    }
}

#[test]
fn a_code_comes_back_to_its_app_once() {
    let world = World::new();
    let mut browser = world.browser();
    sign_in(&mut browser, CAROL, PASSWORD);
    browser.press("No").open("https://mysignins.microsoft.com/security-info");
    let returned = browser.trail.iter().rfind(|url| url.path() == "/signin-oidc").unwrap().to_string();
    browser.open(&returned);
    assert_eq!((browser.status, browser.title().as_str()), (400, "Sign in"));
}

#[test]
fn a_suspended_account_has_no_session_in_an_app_either() {
    let world = World::new();
    let mut browser = world.browser();
    sign_in(&mut browser, CAROL, PASSWORD);
    assert_eq!(browser.press("No").title(), "Microsoft 365");
    world.with(|tenant| {
        let carol = tenant.user_by_name(CAROL).unwrap().id;
        tenant.set_account("admin", carol, Account::Disabled).unwrap();
    });
    assert_eq!(browser.open(OFFICE).title(), "Sign in");
}

#[test]
fn a_client_or_address_that_is_not_registered_gets_nothing() {
    let world = World::new();
    let mut browser = world.browser();
    browser.open("https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_id=x");
    assert_eq!(browser.status, 400);
    assert!(browser.alerts()[0].starts_with("AADSTS700016"));
    let url = "https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_id=4765445b-32c6-49b0-83e6-1d93765276ca\
               &redirect_uri=https://evil.example/&response_type=code&scope=openid";
    browser.open(url);
    assert_eq!(browser.status, 400);
    assert!(browser.alerts()[0].starts_with("AADSTS50011"));
    let windows = url.replace("4765445b-32c6-49b0-83e6-1d93765276ca", "38aa3b87-a06d-4817-b275-7a316988d93b");
    browser.open(&windows);
    assert!(browser.alerts()[0].starts_with("AADSTS500113"), "it has no address at all");
}

#[test]
fn a_client_that_wants_no_page_hears_that_there_is_no_session() {
    let world = World::new();
    let mut browser = world.browser();
    let url = "https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_id=19db86c3-b2b9-44cc-b339-36da233a3be2\
               &redirect_uri=https://mysignins.microsoft.com/signin-oidc&scope=openid&state=s";
    browser.open(&format!("{url}&response_type=code&prompt=none"));
    let query =
        |name: &str| browser.url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    assert_eq!((query("error").as_deref(), query("state").as_deref()), (Some("login_required"), Some("s")));
    assert!(query("error_description").unwrap().starts_with("AADSTS50058"));
    for (wrong, code) in [
        ("response_type=id_token", "AADSTS700054"),
        ("response_type=code&claims=%7B", "AADSTS9002313"),
        ("response_type=code&code_challenge=x&code_challenge_method=plain", "AADSTS9002313"),
    ] {
        browser.open(&format!("{url}&{wrong}"));
        assert!(browser.alerts()[0].starts_with(code), "{:?}", browser.alerts());
    }
}

#[test]
fn a_client_that_wants_no_page_hears_which_second_factor_is_missing() {
    let world = World::new();
    let url = "https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_id=19db86c3-b2b9-44cc-b339-36da233a3be2\
               &redirect_uri=https://mysignins.microsoft.com/signin-oidc&scope=openid&response_type=code&prompt=none";
    for (upn, code) in [(CAROL, "AADSTS50076"), (DAVE, "AADSTS50079")] {
        world.with(|tenant| tenant.set_conditional_access(Vec::new()));
        let mut browser = world.browser();
        sign_in(&mut browser, upn, PASSWORD);
        browser.press("No");
        world.with(|tenant| tenant.set_conditional_access(vec![mfa_for_all()]));
        browser.open(url);
        let error = browser.url.query_pairs().find(|(name, _)| name == "error").map(|(_, error)| error.into_owned());
        assert_eq!(error.as_deref(), Some("interaction_required"));
        assert!(browser.alerts()[0].starts_with(code), "{:?}", browser.alerts());
    }
}
