//! The token endpoint: what each grant gives, and each refusal with its exact code (entra.md §1.4, §1.10).

use crate::common::*;
use entra::{Event, Grant, Subject};
use http::Request;
use jiff::SignedDuration;
use serde_json::{Value, json};

/// The password form with some fields replaced; an empty value leaves the field out.
fn altered<'a>(app: &'a str, username: &'a str, changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut form = password_form(app, username).to_vec();
    for (name, value) in changes {
        form.retain(|(known, _)| known != name);
        form.push((*name, *value));
    }
    form.retain(|(_, value)| !value.is_empty());
    form
}

#[test]
fn the_password_grant_gives_everything_that_its_scope_names() {
    let lab = Lab::new();
    let app = APP.to_string();
    let service = upn("service");
    let answer = lab.token(TENANT, &altered(&app, &service, &[("client_info", "1")]));
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.body["token_type"], "Bearer");
    assert_eq!(answer.body["expires_in"], 3599);
    assert_eq!(
        answer.body["scope"],
        "https://graph.microsoft.com/Directory.AccessAsUser.All \
         https://graph.microsoft.com/UserAuthenticationMethod.ReadWrite.All openid"
    );
    let claims = claims(&answer.text("access_token"));
    let expected = json!({
        "aud": "00000003-0000-0000-c000-000000000000", "iss": format!("https://sts.windows.net/{TENANT}/"),
        "appid": app, "appidacr": "1", "tid": TENANT, "upn": service, "idtyp": "user", "ver": "1.0", "amr": ["pwd"],
        "scp": "Directory.AccessAsUser.All UserAuthenticationMethod.ReadWrite.All openid",
        "oid": lab.user_id("service"),
        "wids": ["9360feb5-f418-4baa-8175-e2a00bac4301", "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
            "b79fbf4d-3ef9-4689-8143-76b194e85509"],
        "iat": start().as_second(), "exp": start().as_second() + 3599,
    });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&claims[name], value, "{name}");
    }
    let id_claims = crate::common::claims(&answer.text("id_token"));
    assert_eq!(id_claims["iss"], format!("https://login.microsoftonline.com/{TENANT}/v2.0"));
    assert_eq!(id_claims["preferred_username"], service);
    let info = wire::Base64Url::parse(&answer.text("client_info")).unwrap().0;
    let info: Value = serde_json::from_slice(&info).unwrap();
    assert_eq!(info, json!({ "uid": lab.user_id("service"), "utid": TENANT }));
    let events = lab.events();
    let [Event::TokenIssued { user: Some(user), grant: Grant::Password, .. }] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert_eq!(*user, service);
}

#[test]
fn each_refusal_of_the_password_grant_has_its_code() {
    let lab = Lab::new();
    let (app, daemon, public) = (APP.to_string(), APP_WITHOUT_CONSENT.to_string(), PUBLIC.to_string());
    let (service, key_id) = (upn("service"), SECRET_ID.to_string());
    let (nobody, disabled, fresh, careful) = (upn("nobody"), upn("disabled"), upn("fresh"), upn("careful"));
    let unknown = "aaaaaaaa-0000-4000-8000-00000000ffff";
    for (changes, expected) in [
        (vec![("client_id", unknown)], (400, "unauthorized_client", 700_016)),
        (vec![("client_id", "not a uuid")], (400, "unauthorized_client", 700_016)),
        (vec![("client_secret", "wrong")], (401, "invalid_client", 7_000_215)),
        (vec![("client_secret", key_id.as_str())], (401, "invalid_client", 7_000_215)),
        (vec![("client_secret", "wOt8Q~old")], (401, "invalid_client", 7_000_222)),
        (vec![("client_secret", "")], (401, "invalid_client", 7_000_218)),
        (vec![("client_id", public.as_str())], (401, "invalid_client", 700_025)),
        (vec![("password", "wrong")], (400, "invalid_grant", 50_126)),
        (vec![("username", nobody.as_str())], (400, "invalid_grant", 50_034)),
        (vec![("username", disabled.as_str())], (400, "invalid_grant", 50_057)),
        (vec![("username", disabled.as_str()), ("password", "wrong")], (400, "invalid_grant", 50_126)),
        (vec![("username", fresh.as_str())], (400, "invalid_grant", 50_055)),
        (vec![("username", careful.as_str())], (400, "invalid_grant", 50_076)),
        (vec![("client_id", daemon.as_str())], (400, "invalid_grant", 65_001)),
        (vec![("scope", "https://graph.microsoft.com/Mail.Read")], (400, "invalid_grant", 65_001)),
        (vec![("scope", "https://graph.microsoft.com/us er@")], (400, "invalid_scope", 70_011)),
        (vec![("scope", "User.Read https://graph.microsoft.com/.default")], (400, "invalid_scope", 70_011)),
        (vec![("scope", "https://vault.azure.net/.default")], (400, "invalid_resource", 500_011)),
        (
            vec![("grant_type", "urn:ietf:params:oauth:grant-type:saml2-bearer")],
            (400, "unsupported_grant_type", 70_003),
        ),
        (vec![("grant_type", "")], (400, "invalid_request", 900_144)),
        (vec![("client_id", "")], (400, "invalid_request", 900_144)),
        (vec![("username", "")], (400, "invalid_request", 900_144)),
        (vec![("password", "")], (400, "invalid_request", 900_144)),
        (vec![("scope", "")], (400, "invalid_request", 900_144)),
    ] {
        let answer = lab.token(TENANT, &altered(&app, &service, &changes));
        assert_eq!(answer.refusal(), expected, "{changes:?}: {}", answer.body);
        let description = answer.text("error_description");
        assert!(description.starts_with(&format!("AADSTS{}: ", expected.2)), "{description}");
        assert!(!description.contains('{'), "a placeholder is left: {description}");
    }
}

#[test]
fn a_refusal_can_be_traced() {
    let lab = Lab::new();
    let app = APP.to_string();
    let service = upn("service");
    let answer = lab.token(TENANT, &altered(&app, &service, &[("password", "wrong")]));
    let id = answer.text("trace_id");
    assert_eq!(answer.headers["x-ms-request-id"], id);
    assert_eq!(answer.headers["date"], "Mon, 02 Mar 2026 09:00:00 GMT");
    let correlation = answer.text("correlation_id");
    assert_eq!(
        answer.text("error_description"),
        format!(
            "AADSTS50126: Error validating credentials due to invalid username or password. \
             Trace ID: {id} Correlation ID: {correlation} Timestamp: 2026-03-02 09:00:00Z"
        )
    );
    let refused = Event::SignInRefused {
        user: Some(service),
        code: 50126,
        reason: "Error validating credentials due to invalid username or password.".into(),
    };
    assert_eq!(lab.events(), [refused]);
}

#[test]
fn refusals_with_more_to_say_say_it() {
    let lab = Lab::new();
    let app = APP.to_string();
    let (fresh, careful) = (upn("fresh"), upn("careful"));
    let answer = lab.token(TENANT, &password_form(&app, &fresh));
    assert_eq!(answer.body["suberror"], "user_password_expired");
    assert!(answer.text("password_change_url").starts_with("https://"));
    let answer = lab.token(TENANT, &password_form(&app, &careful));
    assert_eq!(answer.body["suberror"], "basic_action");
    assert!(answer.text("claims").contains("capolids"));
}

#[test]
fn a_policy_for_everybody_spares_whom_it_excludes() {
    let mut config = config();
    config.conditional_access[0].include = [Subject::AllUsers].into();
    let lab = Lab::of(config);
    let app = APP.to_string();
    assert_eq!(lab.token(TENANT, &password_form(&app, &upn("service"))).status, 200);
    assert_eq!(lab.token(TENANT, &password_form(&app, &upn("careful"))).refusal(), (400, "invalid_grant", 50_076));
    let carol = lab.token(TENANT, &password_form(&app, &upn("carol")));
    assert_eq!(carol.refusal(), (400, "invalid_grant", 50_079), "she has no second factor to bring");
    assert_eq!(carol.body["suberror"], "basic_action");
}

#[test]
fn the_tenant_is_found_by_id_and_domain_and_the_password_grant_not_on_common() {
    let lab = Lab::new();
    let app = APP.to_string();
    let service = upn("service");
    let form = password_form(&app, &service);
    for segment in [TENANT, DOMAIN, "HIGHLANDS_AZURE.COM", "organizations"] {
        assert_eq!(lab.token(segment, &form).status, 200, "{segment}");
    }
    let unknown = "99999999-2222-4333-8444-555555555555";
    assert_eq!(lab.token(unknown, &form).refusal(), (400, "invalid_request", 90_002));
    assert_eq!(lab.token("common", &form).refusal(), (400, "invalid_request", 9_001_023));
}

#[test]
fn an_application_by_itself_has_to_name_its_tenant() {
    let lab = Lab::new();
    let daemon = DAEMON.to_string();
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", daemon.as_str()),
        ("client_secret", "wOt8Q~good"),
        ("scope", "https://graph.microsoft.com/.default"),
    ];
    for segment in ["common", "organizations"] {
        assert_eq!(lab.token(segment, &form).refusal(), (400, "invalid_request", 50_059), "{segment}");
    }
}

#[test]
fn refused_grants_are_in_the_log_with_user_and_client() {
    let lab = Lab::new();
    let (app, service) = (APP.to_string(), upn("service"));
    let refresh = lab.token(TENANT, &password_form(&app, &service)).text("refresh_token");
    let id = lab.user_id("service");
    lab.with(|tenant| tenant.set_account("an administrator", id, entra::Account::Disabled)).unwrap();
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", app.as_str()),
        ("client_secret", "wOt8Q~good"),
        ("refresh_token", refresh.as_str()),
    ];
    assert_eq!(lab.token(TENANT, &form).refusal().2, 50_057);
    let admin = lab.sign_in_with_everything("admin");
    let log = lab.graph("GET", "v1.0/auditLogs/signIns", &admin, Value::Null);
    let entries = log.body["value"].as_array().unwrap();
    let entry = entries.iter().find(|entry| entry["status"]["errorCode"] == 50_057).unwrap();
    let told = json!([entry["userPrincipalName"], entry["appId"], entry["isInteractive"], entry["clientAppUsed"]]);
    assert_eq!(told, json!([service, APP, false, "Browser"]));
}

#[test]
fn a_new_user_signs_in_until_deleted() {
    let lab = Lab::new();
    let app = APP.to_string();
    let carol = upn("carol");
    assert_eq!(lab.token(TENANT, &password_form(&app, &carol)).status, 200);
    let id = lab.user_id("carol");
    lab.with(|tenant| tenant.delete_user("an administrator", id)).unwrap();
    assert_eq!(lab.token(TENANT, &password_form(&app, &carol)).refusal(), (400, "invalid_grant", 500_341));
}

#[test]
fn client_credentials_give_the_app_roles_and_nothing_else() {
    let lab = Lab::new();
    let daemon = DAEMON.to_string();
    let form = |scope| {
        [
            ("grant_type", "client_credentials"),
            ("client_id", daemon.as_str()),
            ("client_secret", "wOt8Q~good"),
            ("scope", scope),
        ]
    };
    let answer = lab.token(TENANT, &form("https://graph.microsoft.com/.default"));
    let members: Vec<&String> = answer.body.as_object().unwrap().keys().collect();
    assert_eq!(members, ["token_type", "expires_in", "ext_expires_in", "access_token"]);
    let claims = claims(&answer.text("access_token"));
    assert_eq!(claims["roles"], json!(["User.Read.All"]));
    assert_eq!(claims["idtyp"], "app");
    assert_eq!(claims.get("scp"), None);
    let refused = lab.token(TENANT, &form("User.Read.All"));
    assert_eq!(refused.refusal(), (400, "invalid_scope", 1_002_012));
    let no_secret = [form("https://graph.microsoft.com/.default")[0], ("client_id", daemon.as_str()), ("scope", "x")];
    assert_eq!(lab.token(TENANT, &no_secret).refusal(), (401, "invalid_client", 7_000_216));
}

#[test]
fn a_secret_may_come_by_basic_authentication() {
    let lab = Lab::new();
    let credentials =
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD, format!("{DAEMON}:wOt8Q%7Egood"));
    let request = Request::post(format!("https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token"))
        .header("authorization", format!("Basic {credentials}"))
        .body("grant_type=client_credentials&scope=https://graph.microsoft.com/.default".to_owned());
    assert_eq!(lab.send(request.unwrap()).status, 200);
}

#[test]
fn a_refresh_token_works_for_90_days_for_its_own_client() {
    let lab = Lab::new();
    let (app, other) = (APP.to_string(), APP_WITHOUT_CONSENT.to_string());
    let service = upn("service");
    let first = lab.token(TENANT, &password_form(&app, &service)).text("refresh_token");
    let form = |client, token| {
        [
            ("grant_type", "refresh_token"),
            ("client_id", client),
            ("client_secret", "wOt8Q~good"),
            ("refresh_token", token),
        ]
    };
    lab.clock.advance(SignedDuration::from_hours(89 * 24));
    let answer = lab.token(TENANT, &form(&app, &first));
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_ne!(answer.text("refresh_token"), first);
    assert_eq!(lab.token(TENANT, &form(&other, &first)).refusal(), (400, "invalid_grant", 9_002_313));
    assert_eq!(lab.token(TENANT, &form(&app, "forged")).refusal(), (400, "invalid_grant", 9_002_313));
    lab.clock.advance(SignedDuration::from_hours(24));
    let late = lab.token(TENANT, &form(&app, &first));
    assert_eq!(late.refusal(), (400, "invalid_grant", 700_082));
    assert_eq!(late.body["suberror"], "token_expired");
}

#[test]
fn a_refresh_token_dies_with_its_account() {
    let lab = Lab::new();
    let app = APP.to_string();
    let service = upn("service");
    let token = lab.token(TENANT, &password_form(&app, &service)).text("refresh_token");
    let id = lab.user_id("service");
    lab.with(|tenant| tenant.set_account("an administrator", id, entra::Account::Disabled)).unwrap();
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", app.as_str()),
        ("client_secret", "wOt8Q~good"),
        ("refresh_token", token.as_str()),
    ];
    assert_eq!(lab.token(TENANT, &form).refusal(), (400, "invalid_grant", 50_057));
}

#[test]
fn a_public_client_needs_no_secret_and_gets_the_spelling_it_asked_in() {
    let lab = Lab::new();
    let public = PUBLIC.to_string();
    let carol = upn("carol");
    let form = altered(&public, &carol, &[("client_secret", ""), ("scope", "user.read openid")]);
    let answer = lab.token(TENANT, &form);
    assert_eq!(answer.body["scope"], "user.read openid");
    assert_eq!(claims(&answer.text("access_token"))["scp"], "User.Read openid");
    assert_eq!(answer.body.get("refresh_token"), None);
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let run = || {
        let lab = Lab::new();
        let app = APP.to_string();
        lab.token(TENANT, &password_form(&app, &upn("service"))).body
    };
    assert_eq!(run(), run());
}

#[test]
fn only_a_capability_that_clients_have_is_in_the_token() {
    let lab = Lab::new();
    let check = |claims_parameter: &str, expect: Value| {
        let (app, name) = (APP.to_string(), upn("service"));
        let answer = lab.token(TENANT, &altered(&app, &name, &[("claims", claims_parameter)]));
        assert_eq!(claims(&answer.text("access_token"))["xms_cc"], expect, "{claims_parameter}");
    };
    check(r#"{"access_token": {"xms_cc": {"values": ["CP1"]}}}"#, json!(["CP1"]));
    check(r#"{"access_token": {"xms_cc": {"values": ["CP7"]}}}"#, Value::Null);
    check("no JSON", Value::Null);
}

#[test]
fn a_device_code_is_for_the_client_that_asked_and_no_other() {
    let lab = Lab::new();
    let (public, other) = (PUBLIC.to_string(), "14d82eec-204b-4c2f-b7e8-296a70dab67e");
    let url = format!("https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/devicecode");
    let ask = |body: String| lab.send(Request::post(&url).body(body).unwrap());
    let code = ask(format!("client_id={PUBLIC}&scope=User.Read")).text("device_code");
    let poll = |client: &str, code: &str| {
        let grant = ("grant_type", "urn:ietf:params:oauth:grant-type:device_code");
        let answer = lab.token(TENANT, &[grant, ("client_id", client), ("device_code", code)]);
        let (status, error, number) = answer.refusal();
        (status, error.to_owned(), number)
    };
    assert_eq!(poll(&public, &code), (400, "authorization_pending".into(), 70_016));
    assert_eq!(poll(&public, "made-up"), (400, "bad_verification_code".into(), 70_018));
    assert_eq!(poll(other, &code).2, 700_016);
    assert_eq!(ask(format!("client_id={PUBLIC}")).refusal(), (400, "invalid_request", 900_144));
    assert_eq!(ask(format!("client_id={APP}&scope=User.Read")).refusal(), (401, "invalid_client", 7_000_218));
    assert_eq!(ask(format!("client_id={PUBLIC}&scope=%22")).refusal(), (400, "invalid_scope", 70_011));
    let long = "User.Read+".repeat(500);
    assert_eq!(ask(format!("client_id={PUBLIC}&scope={long}")).refusal(), (400, "invalid_scope", 70_011));
}

#[test]
fn answers_carry_the_headers_of_the_sign_in_service() {
    let lab = Lab::new();
    let request = Request::post(format!("https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token"));
    let refused = lab.send(request.header("client-request-id", SECRET_ID.to_string()).body("").unwrap());
    let header = |answer: &Answer, name: &str| {
        answer.headers.get(name).map(|value| value.to_str().expect("ASCII").to_owned()).unwrap_or_default()
    };
    for (name, value) in [
        ("cache-control", "no-store, no-cache"),
        ("pragma", "no-cache"),
        ("expires", "-1"),
        ("x-content-type-options", "nosniff"),
        ("x-ms-clitelem", "1,900144,0,,"),
        ("client-request-id", &SECRET_ID.to_string()),
    ] {
        assert_eq!(header(&refused, name), value, "{name}");
    }
    assert_eq!(header(&refused, "x-ms-request-id"), refused.text("trace_id"));
    let document = lab.get(&format!("https://login.microsoftonline.com/{TENANT}/discovery/v2.0/keys"));
    assert_eq!(header(&document, "cache-control"), "max-age=86400, private");
    assert_eq!(header(&document, "access-control-allow-origin"), "*");
    assert_eq!(header(&document, "client-request-id"), "");
}

#[test]
fn user_info_is_for_the_bearer_of_a_living_token_with_openid() {
    let lab = Lab::new();
    let ask = |token: &str| {
        let request = Request::get("https://graph.microsoft.com/oidc/userinfo");
        lab.send(request.header("authorization", format!("Bearer {token}")).body("").unwrap())
    };
    let token = lab.sign_in("carol");
    let answer = ask(&token);
    assert_eq!(
        (answer.text("name"), answer.text("sub")),
        ("carol Example".into(), claims(&token)["sub"].as_str().unwrap().into())
    );
    assert_eq!(ask("made.up.token").status, 401);
    let daemon = DAEMON.to_string();
    let form = [("grant_type", "client_credentials"), ("client_id", &daemon), ("client_secret", "wOt8Q~good")];
    let own = lab.token(TENANT, &[&form[..], &[("scope", "https://graph.microsoft.com/.default")]].concat());
    assert_eq!(ask(&own.text("access_token")).status, 401);
    lab.clock.advance(SignedDuration::from_secs(3599));
    assert_eq!(ask(&token).status, 401);
}
