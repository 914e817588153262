//! Typing, choosing and submitting.

use super::*;

const SIGN_IN: &str = r#"<h1>Enter password</h1>
    <form method="post" action="/common/login?x=1">
      <input type="hidden" name="ctx" value="a b&c">
      <label for="p">Password</label><input id="p" name="passwd" type="password">
      <input name="off" value="1" disabled>
      <button name="way" value="password">Sign in</button>
      <button name="way" value="other" formaction="../other" formmethod="get">Other ways to sign in</button>
    </form>"#;

#[test]
fn a_button_submits_its_form_with_every_successful_control() {
    let mut desk = Desk::showing(SIGN_IN);
    desk.enter("Password", "pä ss").unwrap();
    desk.tap("Sign in").unwrap();
    let request = desk.request();
    assert_eq!(request.method(), "POST");
    assert_eq!(request.uri(), "https://bank.example/common/login?x=1");
    assert_eq!(request.headers()["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(request.headers()["origin"], "https://bank.example");
    assert_eq!(request.body(), "ctx=a+b%26c&passwd=p%C3%A4+ss&way=password");
    assert_eq!(desk.screen(), Screen::new("Loading", &[], &[]));
}

#[test]
fn a_button_may_have_its_own_action_and_method() {
    let mut desk = Desk::showing(SIGN_IN);
    desk.tap("Other ways to sign in").unwrap();
    assert_eq!(desk.line(), "GET https://bank.example/other?ctx=a+b%26c&passwd=&way=other");
}

#[test]
fn a_form_without_an_action_goes_back_to_its_page_and_gets_by_default() {
    let mut desk =
        Desk::showing("<form><input type=hidden name=q value=1><input type=submit name=go value=Find></form>");
    desk.tap("Find").unwrap();
    assert_eq!(desk.line(), "GET https://bank.example/cc/start?q=1&go=Find");
}

#[test]
fn choices_are_submitted_by_value() {
    let mut desk = Desk::showing(
        r#"<form method=post><label for=m>Method</label>
        <select id=m name=method><option value=1>Phone<option value=18>Security key<option disabled>App</select>
        <label><input type=checkbox name=offline checked> Offline Mode</label>
        <label><input type=checkbox name=recovery value=yes> Recovery Mode</label>
        <label><input type=radio name=kind value=usb checked>USB device</label>
        <label><input type=radio name=kind value=nfc>NFC device</label>
        <label>Notes <textarea name=notes></textarea></label>
        <button>Add</button></form>"#,
    );
    desk.enter("Method", "Security key").unwrap();
    desk.enter("Offline Mode", "off").unwrap();
    desk.enter("Recovery Mode", "on").unwrap();
    desk.tap("NFC device").unwrap();
    desk.enter("Notes", "a\nb").unwrap();
    assert!(matches!(desk.enter("Method", "App"), Err(VerbError::Disabled { .. })));
    desk.tap("Add").unwrap();
    assert_eq!(desk.line(), "POST https://bank.example/cc/start method=18&recovery=yes&kind=nfc&notes=a%0D%0Ab");
}

#[test]
fn an_option_that_is_not_there_is_named_with_those_that_are() {
    let mut desk = Desk::showing("<h1>T</h1><label for=m>Method</label><select id=m><option>Phone<option>App</select>");
    let error = desk.enter("Method", "Fax").unwrap_err();
    assert_eq!(error.to_string(), r#"no option "Fax" on the screen "T"; it has: Phone, App"#);
}

#[test]
fn a_form_owns_controls_elsewhere_by_its_id() {
    let mut desk = Desk::showing(
        "<form id=f method=post action=/f><button>Save</button></form><input type=hidden form=f name=a value=1>",
    );
    desk.tap("Save").unwrap();
    assert_eq!(desk.line(), "POST https://bank.example/f a=1");
}

#[test]
fn an_empty_required_field_holds_the_form_back() {
    let mut desk = Desk::showing(
        "<h1>T</h1><form><label for=c>Code</label><input id=c name=c required><button>Verify</button>
         <button formnovalidate>Cancel</button></form>",
    );
    desk.tap("Verify").unwrap();
    assert!(desk.is_quiet());
    assert_eq!(desk.screen().texts, ["Please fill out this field."]);
    desk.enter("Code", "1").unwrap();
    assert!(desk.screen().texts.is_empty());
    desk.enter("Code", "").unwrap();
    desk.tap("Cancel").unwrap();
    assert_eq!(desk.line(), "GET https://bank.example/cc/start?c=");
}

#[test]
fn a_button_in_a_line_is_meant_by_the_line() {
    let mut desk = Desk::showing(
        "<h1>T</h1><form method=post><table><tr><th>Name<th></tr>
         <tr><td>Alpha<td><button name=delete value=a>Delete</button>
         <tr><td>Beta<td><button name=delete value=b>Delete</button></table></form>",
    );
    assert!(desk.tap("Delete").is_err());
    assert!(desk.tap_in("Gamma", "Delete").is_err());
    assert!(desk.tap_in("Beta", "Open").is_err());
    desk.tap_in("Beta", "Delete").unwrap();
    assert_eq!(desk.line(), "POST https://bank.example/cc/start delete=b");
}

#[test]
fn an_icon_within_a_link_is_tapped_by_its_name() {
    let mut desk = Desk::showing(
        r#"<ul class=rows><li>Carol <a href="/why">why <span role=img aria-label=warning></span></a></li></ul>"#,
    );
    desk.tap_in("Carol", "warning").unwrap();
    assert_eq!(desk.line(), "GET https://bank.example/why");
}

#[test]
fn a_form_that_submits_itself_is_submitted_on_load() {
    let desk = &mut Desk::showing(
        r#"<form method="post" action="https://login.microsoft.com/t/fido/create" data-auto-submit>
        <input type="hidden" name="canary" value="c"><noscript><button>Continue</button></noscript></form>"#,
    );
    assert_eq!(desk.line(), "POST https://login.microsoft.com/t/fido/create canary=c");
}

#[test]
fn pages_that_submit_themselves_for_ever_are_stopped() {
    let mut desk = Desk::asking();
    for _ in 0..=20 {
        desk.request();
        desk.answer(page("<form data-auto-submit></form>"));
    }
    assert!(desk.is_quiet());
    let text = "bank.example submitted a form too many times.";
    assert_eq!(desk.screen(), Screen::new("This page isn't working", &[text], &[]));
}

#[test]
fn what_a_person_types_never_reaches_the_journal() {
    let mut desk =
        Desk::showing("<form><label for=p>Password</label><input id=p name=p type=password><button>Go</button>");
    desk.enter("Password", "hunter2").unwrap();
    desk.tap("Go").unwrap();
    desk.request();
    desk.answer(page("<h1>In</h1>"));
    let events = desk.events();
    assert_eq!(events.len(), 2);
    assert!(!format!("{events:?}").contains("hunter2"));
}
