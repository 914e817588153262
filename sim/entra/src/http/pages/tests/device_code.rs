//! A device waits, and a person answers for it in a browser (RFC 8628).

use serde_json::{Value, json};

use super::*;
use crate::first_party;

const DEVICE_CODE: &str = "https://login.microsoftonline.com/common/oauth2/v2.0/devicecode";
const TOKEN: &str = "https://login.microsoftonline.com/common/oauth2/v2.0/token";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// A device, and what it was told.
struct Device {
    browser: Browser,
    told: Value,
}

impl Device {
    fn new(world: &World) -> Self {
        let mut browser = world.browser();
        let client = first_party::OFFICE.to_string();
        let told = browser.post_json(DEVICE_CODE, &[("client_id", &client), ("scope", "User.Read openid")]);
        Self { browser, told }
    }

    fn word(&self, name: &str) -> &str {
        self.told[name].as_str().unwrap_or_else(|| panic!("no {name} in {}", self.told))
    }

    fn poll(&mut self) -> Value {
        let (client, code) = (first_party::OFFICE.to_string(), self.word("device_code").to_owned());
        self.browser.post_json(TOKEN, &[("grant_type", GRANT), ("client_id", &client), ("device_code", &code)])
    }

    /// The refusal's code and error.
    fn refusal(&mut self) -> Value {
        let answer = self.poll();
        json!([answer["error_codes"][0], answer["error"]])
    }
}

/// Goes where the device says and enters its code.
fn enter(world: &World, device: &Device) -> Browser {
    let mut browser = world.browser();
    browser.open(device.word("verification_uri")).type_in("Code", device.word("user_code")).press("Next");
    browser
}

fn sign_in(browser: &mut Browser) {
    browser.type_in("Email, phone, or Skype", CAROL).press("Next").type_in("Password", PASSWORD).press("Sign in");
}

#[test]
fn a_device_waits_until_its_person_has_answered() {
    let world = World::new();
    let mut device = Device::new(&world);
    assert_eq!(device.word("verification_uri"), "https://microsoft.com/devicelogin");
    assert!(device.word("message").contains(device.word("user_code")));
    assert_eq!((&device.told["expires_in"], &device.told["interval"]), (&json!(900), &json!(5)));
    let mut browser = enter(&world, &device);
    sign_in(&mut browser);
    browser.press("No");
    assert_eq!(browser.title(), "Are you trying to sign in to OfficeHome?");
    assert_eq!(device.refusal(), json!([70016, "authorization_pending"]));
    browser.press("Continue");
    assert!(browser.shows("You have signed in to the OfficeHome application on your device."));
    let answer = device.poll();
    assert_eq!(answer["scope"], "User.Read openid");
    assert!(answer["id_token"].is_string(), "{answer}");
    assert_eq!(device.refusal(), json!([54005, "invalid_grant"]));
}

#[test]
fn whoever_cancels_declines() {
    let world = World::new();
    let mut device = Device::new(&world);
    let mut browser = enter(&world, &device);
    sign_in(&mut browser);
    browser.press("No").press("Cancel");
    assert_eq!(device.refusal(), json!([65004, "authorization_declined"]));
}

#[test]
fn a_code_of_nobody_is_asked_for_again() {
    let world = World::new();
    let mut browser = world.browser();
    browser.open("https://microsoft.com/devicelogin").type_in("Code", "NOTACODE2").press("Next");
    assert_eq!(browser.alerts(), ["That code didn't work. Check the code and try again."]);
}

#[test]
fn a_code_that_was_answered_cannot_be_entered_again() {
    let world = World::new();
    let device = Device::new(&world);
    let mut browser = enter(&world, &device);
    sign_in(&mut browser);
    browser.press("No").press("Continue");
    assert_eq!(enter(&world, &device).alerts(), ["That code didn't work. Check the code and try again."]);
}

#[test]
fn after_a_quarter_of_an_hour_it_is_too_late() {
    let world = World::new();
    let mut device = Device::new(&world);
    let mut browser = enter(&world, &device);
    sign_in(&mut browser);
    browser.press("No");
    world.pass(15);
    assert_eq!(device.refusal(), json!([70020, "expired_token"]));
    browser.press("Continue");
    assert_eq!(browser.status, 400);
    assert!(browser.alerts()[0].starts_with("AADSTS70020: "), "{:?}", browser.alerts());
}

#[test]
fn conditional_access_asks_for_the_second_factor_in_the_browser() {
    let world = World::new();
    world.with(|tenant| tenant.set_conditional_access(vec![mfa_for_all()]));
    let mut device = Device::new(&world);
    let mut browser = enter(&world, &device);
    sign_in(&mut browser);
    assert_eq!(browser.title(), "Verify your identity");
    browser.press("Text +X XXXXXXX42").type_in("Code", &world.text_message()).press("Verify").press("No");
    browser.press("Continue");
    assert!(device.poll()["access_token"].is_string());
}
