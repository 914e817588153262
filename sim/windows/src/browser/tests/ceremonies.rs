//! The WebAuthn block: what goes out, and how the result comes back to the page.

use serde_json::json;
use wire::webauthn::{AttestationResponse, PUBLIC_KEY, Registration};

use super::*;
use crate::fake_key::assertion_for_a_page;
use crate::webauthn::{CredentialJson, DomException, Operation};

const GET: &str = r#"<h1>Sign in with your passkey</h1>
    <form id="result" method="post" action="https://login.microsoftonline.com/common/login">
      <input type="hidden" name="type" value="23">
      <input type="hidden" name="assertion"><input type="hidden" name="error">
    </form>
    <script type="application/json" id="webauthn">
    {"operation":"get","publicKey":{"challenge":"AAEC","rpId":"login.microsoft.com","userVerification":"required"},
     "form":"result",
     "fields":{"assertion":{"id":"id","clientDataJSON":"response.clientDataJSON","signature":"response.signature",
                            "userHandle":"response.userHandle"}},
     "errorField":"error"}
    </script>"#;

const CREATE: &str = r#"<h1>Setting up</h1>
    <form id="f" method="post" action="/api/post/newfido">
      <input type="hidden" name="attestationObject"><input type="hidden" name="transports">
      <input type="hidden" name="ext"><input type="hidden" name="error_code">
    </form>
    <script type="application/json" id="webauthn">
    {"operation":"create","publicKey":{"challenge":"AAEC","rp":{"id":"login.microsoft.com","name":"Microsoft"},
       "user":{"id":"AQ","name":"carol@x.example","displayName":"Carol"},
       "pubKeyCredParams":[{"type":"public-key","alg":-7}]},
     "form":"f","errorField":"error_code",
     "fields":{"attestationObject":"response.attestationObject","transports":"response.transports",
               "ext":"clientExtensionResults"}}
    </script>"#;

fn assertion() -> CredentialJson {
    CredentialJson::Assertion(assertion_for_a_page())
}

fn registration() -> CredentialJson {
    CredentialJson::Registration(Registration {
        id: vec![1].into(),
        raw_id: vec![1].into(),
        kind: PUBLIC_KEY.into(),
        authenticator_attachment: None,
        response: AttestationResponse {
            client_data_json: vec![2].into(),
            attestation_object: vec![3].into(),
            transports: vec!["usb".into()],
        },
        client_extension_results: json!({"hmacCreateSecret": true}).as_object().unwrap().clone(),
    })
}

fn form(request: &Request<Bytes>) -> Vec<(String, String)> {
    url::form_urlencoded::parse(request.body()).into_owned().collect()
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[test]
fn the_ceremony_goes_out_once_with_the_origin_of_the_page() {
    let mut desk = Desk::showing(GET);
    let ceremony = desk.browser.poll_ceremony().unwrap();
    assert_eq!(ceremony.origin, "https://bank.example");
    let Operation::Get(options) = ceremony.operation else { panic!("the page gets") };
    assert_eq!(
        (options.challenge.0.as_slice(), options.rp_id.as_deref()),
        (&[0, 1, 2][..], Some("login.microsoft.com"))
    );
    assert!(desk.browser.poll_ceremony().is_none());
    assert!(desk.browser.awaits_ceremony());
    assert!(desk.is_quiet());
}

#[test]
fn an_assertion_fills_the_form_as_an_object_without_what_is_absent() {
    let mut desk = Desk::showing(GET);
    desk.browser.handle_ceremony_result(NOW, Ok(assertion()));
    assert!(!desk.browser.awaits_ceremony());
    let request = desk.request();
    assert_eq!(request.uri(), "https://login.microsoftonline.com/common/login");
    assert_eq!(request.headers()["origin"], "https://bank.example");
    let object = r#"{"id":"AQ","clientDataJSON":"Ag","signature":"BA"}"#;
    assert_eq!(form(&request), [pair("type", "23"), pair("assertion", object), pair("error", "")]);
}

#[test]
fn a_registration_fills_strings_as_they_are_and_the_rest_as_json() {
    let mut desk = Desk::showing(CREATE);
    assert!(matches!(desk.browser.poll_ceremony().unwrap().operation, Operation::Create(_)));
    desk.browser.handle_ceremony_result(NOW, Ok(registration()));
    let expected = [
        pair("attestationObject", "Aw"),
        pair("transports", r#"["usb"]"#),
        pair("ext", r#"{"hmacCreateSecret":true}"#),
        pair("error_code", ""),
    ];
    assert_eq!(form(&desk.request()), expected);
}

#[test]
fn a_failure_is_submitted_by_its_name() {
    let mut desk = Desk::showing(CREATE);
    desk.browser.handle_ceremony_result(NOW, Err(DomException::InvalidState));
    assert!(form(&desk.request()).contains(&pair("error_code", "InvalidStateError")));
}

#[test]
fn options_that_cannot_be_read_are_a_type_error() {
    let mut desk = Desk::showing(&CREATE.replace("AAEC", "not base64!"));
    assert!(desk.browser.poll_ceremony().is_none());
    assert!(form(&desk.request()).contains(&pair("error_code", "TypeError")));
}

#[test]
fn a_conditional_ceremony_does_not_run() {
    let mut desk =
        Desk::showing(&GET.replace(r#""operation":"get","#, r#""operation":"get","mediation":"conditional","#));
    assert!(desk.browser.poll_ceremony().is_none());
    assert!(!desk.browser.awaits_ceremony());
    assert!(desk.is_quiet());
}

#[test]
fn a_page_that_was_left_gets_no_result() {
    let mut desk = Desk::showing(&format!("{GET}<a href=/cancel>Cancel</a>"));
    desk.tap("Cancel").unwrap();
    assert!(!desk.browser.awaits_ceremony());
    assert!(desk.browser.poll_ceremony().is_none());
    desk.browser.handle_ceremony_result(NOW, Ok(assertion()));
    assert_eq!(desk.line(), "GET https://bank.example/cancel");
    assert!(desk.is_quiet());
}

#[test]
fn a_block_that_makes_no_sense_is_the_pages_fault() {
    for (html, word) in [
        (GET.replace(r#""get""#, r#""fetch""#), "fetch"),
        (GET.replace(r#""form":"result","#, ""), "missing field `form`"),
    ] {
        let mut desk = Desk::showing(&html);
        assert!(desk.browser.poll_ceremony().is_none());
        assert_eq!(desk.screen().title, "Sign in with your passkey");
        let broken = desk.events().pop().unwrap();
        assert!(matches!(&broken, Event::BrokenPage { problem } if problem.contains(word)), "{broken:?}");
    }
}

#[test]
fn an_input_that_is_not_there_is_told() {
    let mut desk = Desk::showing(&GET.replace(r#"<input type="hidden" name="assertion">"#, ""));
    desk.browser.handle_ceremony_result(NOW, Ok(assertion()));
    let told = desk
        .events()
        .into_iter()
        .any(|event| matches!(event, Event::BrokenPage { problem } if problem.contains("assertion")));
    assert!(told);
}
