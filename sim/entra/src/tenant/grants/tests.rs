//! Codes are redeemed once, in time, by their client, with their verifier; refresh tokens end with the password.

use clockwork::Seed;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::*;
use crate::config::{Account, Config, PasswordState, UserConfig};
use crate::fido::Fido2Policy;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;
const CLIENT: Uuid = Uuid::from_u128(1);
const REDIRECT: &str = "https://app.example/callback";
const UPN: &str = "carol@example.com";
/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn tenant() -> Tenant {
    let carol = UserConfig {
        upn: UPN.into(),
        display_name: "Carol".into(),
        mail: None,
        password: "old password".into(),
        password_state: PasswordState::MustChange,
        account: Account::Enabled,
        phone: None,
        roles: Vec::new(),
        intune: crate::Licence::Assigned,
    };
    let config = Config {
        tenant_id: Uuid::from_u128(7),
        name: "Example".into(),
        domains: vec!["example.com".into()],
        created: NOW,
        users: vec![carol],
        groups: Vec::new(),
        applications: Vec::new(),
        devices: Vec::new(),
        device_configurations: Vec::new(),
        fido2_policy: Fido2Policy::default(),
        conditional_access: Vec::new(),
        attestation_roots: Vec::new(),
    };
    Tenant::new(config, &Seed::of(&["grants"])).expect("the configuration fits")
}

fn grant(tenant: &Tenant) -> CodeGrant {
    let user = tenant.user_by_name(UPN).expect("configured").id;
    CodeGrant {
        client_id: CLIENT,
        sign_in: SignIn { user, amr: vec!["pwd".into()], at: NOW, device: None },
        redirect_uri: REDIRECT.into(),
        scope: "openid".into(),
        nonce: None,
        code_challenge: Some(CHALLENGE.into()),
    }
}

fn redemption(code: &str) -> CodeRedemption<'_> {
    CodeRedemption { client_id: CLIENT, code, redirect_uri: REDIRECT, code_verifier: Some(VERIFIER) }
}

fn number<T>(result: Result<T, Refusal>) -> u32 {
    result.err().expect("a refusal").code.number
}

#[test]
fn a_code_is_redeemed_once() {
    let mut tenant = tenant();
    let code = tenant.issue_code(NOW, grant(&tenant));
    let late = NOW + SignedDuration::from_secs(599);
    assert_eq!(tenant.redeem_code(late, &redemption(&code)).expect("the first time").scope, "openid");
    assert_eq!(number(tenant.redeem_code(late, &redemption(&code))), 54_005);
}

#[test]
fn a_code_is_good_for_ten_minutes() {
    let mut tenant = tenant();
    let code = tenant.issue_code(NOW, grant(&tenant));
    let late = NOW + SignedDuration::from_mins(10);
    assert_eq!(number(tenant.redeem_code(late, &redemption(&code))), 70_008);
}

#[test]
fn a_code_is_good_for_its_client_redirect_uri_and_verifier_only_and_survives_a_wrong_try() {
    let mut tenant = tenant();
    let code = tenant.issue_code(NOW, grant(&tenant));
    let good = redemption(&code);
    for (wrong, expected) in [
        (CodeRedemption { client_id: Uuid::nil(), ..good }, 9_002_313),
        (CodeRedemption { code: "1.forged", ..good }, 9_002_313),
        (CodeRedemption { redirect_uri: "https://elsewhere.example/", ..good }, 500_112),
        (CodeRedemption { code_verifier: Some("wrong"), ..good }, 501_481),
        (CodeRedemption { code_verifier: None, ..good }, 50_148),
    ] {
        assert_eq!(number(tenant.redeem_code(NOW, &wrong)), expected);
    }
    assert!(tenant.redeem_code(NOW, &good).is_ok());
}

#[test]
fn a_changed_password_ends_earlier_sign_ins() {
    let mut tenant = tenant();
    let sign_in = grant(&tenant).sign_in;
    assert!(tenant.check_sign_in(&sign_in).is_ok());
    assert_eq!(number(tenant.check_password(NOW, UPN, "old password")), 50_055);
    let later = NOW + SignedDuration::from_secs(60);
    assert_eq!(number(tenant.change_password(later, UPN, "guess", "new password")), 50_126);
    assert!(tenant.change_password(later, UPN, "old password", "new password").is_ok());
    assert!(tenant.check_password(NOW, UPN, "new password").is_ok());
    assert_eq!(number(tenant.check_sign_in(&sign_in)), 50_173);
}
