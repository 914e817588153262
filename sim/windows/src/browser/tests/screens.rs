//! HTML on its way to a screen, one rule a test.

use super::*;

fn check(body: &str, expected: &str) {
    let screen = Desk::showing(&format!("<!DOCTYPE html><html><body>{body}</body></html>")).screen();
    assert_eq!(screen.to_string().trim_end(), expected, "{screen:#?}");
}

#[test]
fn the_first_heading_is_the_title() {
    check("<h1>Security <em>info</em></h1><h1>Other</h1>", "[Security info]");
    check("<h1 hidden>No</h1><h1>Yes</h1>", "[Yes]");
}

#[test]
fn a_page_without_a_heading_goes_by_its_title_or_its_host() {
    assert_eq!(Desk::showing("<title> Sign in </title><p>x").screen().title, "Sign in");
    assert_eq!(Desk::showing("<p>x").screen().title, "bank.example");
}

#[test]
fn paragraphs_list_items_and_alerts_are_texts() {
    check(
        "<h1>T</h1><p>One\n  <b>bold</b>move.<br>Two</p><ul><li>Item</li></ul><div role=alert><p>Wrong <i>code</i></p></div>
         <div>Not shown</div><span>nor this</span>",
        "[T]\n  One boldmove. Two\n  Item\n  Wrong code",
    );
}

#[test]
fn links_belong_to_the_sentence_and_buttons_do_not() {
    check(
        "<h1>T</h1><form><p>Lost it? <a href=/x>Start again</a> <button>Send</button></p></form><ul><li><a href=/u>Users</a></li></ul>",
        "[T]\n  Lost it? Start again\n  <Start again> <Send> <Users>",
    );
}

#[test]
fn fields_go_by_their_labels() {
    check(
        r#"<h1>T</h1><form>
        <label for="n">Name</label><input id="n" name="n" value="Carol">
        <label>Notes <textarea name="t">two
lines</textarea></label>
        <input name="h" type="hidden" value="secret">
        <input name="s" aria-label="Search"><input name="p" placeholder="Phone">
        <input name="nameless"></form>"#,
        "[T]\n  Name: [Carol]\n  Notes: [two\nlines]\n  Search: []\n  Phone: []",
    );
}

#[test]
fn a_password_shows_dots() {
    let mut desk = Desk::showing("<label for=p>Password</label><input id=p type=password>");
    desk.enter("Password", "grün").unwrap();
    assert_eq!(desk.screen().field("Password").unwrap().value, "\u{2022}\u{2022}\u{2022}\u{2022}");
}

#[test]
fn a_select_shows_the_text_of_its_option() {
    check(
        r#"<h1>T</h1><label for=m>Method</label><select id=m><option value=1>Phone<option value=2 selected>Security key</select>"#,
        "[T]\n  Method: [Security key]",
    );
    check(
        "<h1>T</h1><label for=m>Method</label><select id=m><option disabled>Choose<option>App</select>",
        "[T]\n  Method: [App]",
    );
}

#[test]
fn a_checkbox_is_on_or_off() {
    check(
        "<h1>T</h1><label for=a>Restrict Domains</label><input id=a type=checkbox checked>
         <label><input type=checkbox> Recovery Mode</label>",
        "[T]\n  Restrict Domains: [on]\n  Recovery Mode: [off]",
    );
}

#[test]
fn radio_buttons_are_buttons() {
    check(
        "<h1>T</h1><form><label><input type=radio name=k value=usb>USB device</label>
         <input type=radio name=k id=nfc><label for=nfc>NFC device</label></form>",
        "[T]\n  <USB device> <NFC device>",
    );
}

#[test]
fn buttons_links_and_submits_are_buttons_by_their_words() {
    check(
        r#"<h1>T</h1><form><button>Next</button><input type=submit value=Verify><input type=submit>
        <button aria-label="Close">x</button><button disabled>Save</button><a href="/back">Back</a><a>nowhere</a>
        <button type=button>Scripted</button></form><button>Homeless</button>"#,
        "[T]\n  <Next> <Verify> <Submit> <Close> <Save, disabled> <Back> <Scripted, disabled> <Homeless, disabled>",
    );
}

#[test]
fn a_disabled_fieldset_disables_what_it_holds() {
    let mut desk = Desk::showing("<form><fieldset disabled><label for=n>Name</label><input id=n><button>Go</button>");
    assert!(matches!(desk.tap("Go"), Err(VerbError::Disabled { .. })));
    assert!(matches!(desk.enter("Name", "x"), Err(VerbError::Disabled { .. })));
}

#[test]
fn a_table_with_a_header_row_is_lines_of_named_cells() {
    check(
        r#"<h1>Users</h1><table><thead><tr><th>Email<th>Name<th>Actions</tr></thead><tbody>
        <tr><td>carol@x.example <span role="img" aria-label="warning" title="This user unpaired from HYPR."></span>
            <td>Carol <b>Shaw</b><td><form><button>Delete</button></form></tr>
        <tr><td>dave@x.example<td><td><a href="/d">Open</a></tr></tbody></table><p>Two users.</p>"#,
        "[Users]\n  Two users.\n  - Email: carol@x.example | Name: Carol Shaw (warning) <Delete>\n  \
         - Email: dave@x.example | Name:  | Actions: Open <Open>",
    );
}

#[test]
fn a_table_without_a_header_row_names_cells_by_the_heading_before_them() {
    check(
        "<h1>T</h1><table><tr><th>Tenant<td>42<tr><th>State<td>ENABLED</table>",
        "[T]\n  - Tenant: 42\n  - State: ENABLED",
    );
    check("<h1>T</h1><table><tr><td>a<td>b</table>", "[T]\n  - a | b");
    check("<h1>T</h1><table><tr></tr><tr><th>Name</tr><tr><td>a</table>", "[T]\n  - Name: a");
}

#[test]
fn a_list_of_rows_is_lines_with_one_cell() {
    check(
        r#"<h1>T</h1><form><ul class="wide rows"><li>highlands.example <button name=remove value=1>x</button></li>
        <li><a href="/2">other.example</a></li></ul></form>"#,
        "[T]\n  - highlands.example <x>\n  - other.example <other.example>",
    );
}

#[test]
fn icons_stand_where_the_page_has_them() {
    let screen =
        Desk::showing(r#"<h1>T</h1><p>Text <i role="img" aria-label="warning" title="Hover">!</i></p>"#).screen();
    assert_eq!(screen.icons, [clockwork::Icon::new("warning", "Hover")]);
    assert_eq!(screen.texts, ["Text"]);
}

#[test]
fn what_is_hidden_is_not_shown() {
    check(
        r#"<h1>T</h1><div hidden><p>No</p><label for=a>A</label><input id=a><button>B</button></div>
        <p style="color: red; display: none">No</p><template><p>No</p></template><noscript><p>No</p></noscript>"#,
        "[T]",
    );
}

#[test]
fn other_content_is_shown_as_text() {
    let mut desk = Desk::asking();
    desk.request();
    let json = Response::builder().status(404).header("content-type", "application/json");
    desk.answer(json.body(r#"{"error":"<h1>no</h1>"}"#.into()).unwrap());
    assert_eq!(desk.screen(), Screen::new("bank.example", &[r#"{"error":"<h1>no</h1>"}"#], &[]));
}

#[test]
fn an_error_page_is_a_page() {
    let mut desk = Desk::asking();
    desk.request();
    let mut response = page("<h1>Forbidden</h1><p>Ask an admin.</p>");
    *response.status_mut() = http::StatusCode::FORBIDDEN;
    desk.answer(response);
    assert_eq!(desk.screen(), Screen::new("Forbidden", &["Ask an admin."], &[]));
}

#[test]
fn a_page_nested_beyond_reason_does_no_harm() {
    let html = format!("<h1>T</h1><p>before</p>{}<p>deep</p>", "<div>".repeat(2_000));
    assert_eq!(Desk::showing(&html).screen(), Screen::new("T", &["before"], &[]));
}
