//! Secrets do not enter the journal: the values of known members are replaced before anything is written.

use clockwork::Screen;
use serde_json::Value;

/// What stands in place of a secret.
pub const MASK: &str = "•••";

/// Members of JSON bodies, forms and queries that hold secrets, in lower case.
const SECRETS: &[&str] = &[
    "access_token",
    "authorization",
    "canary",
    "client_secret",
    "code",
    "code_verifier",
    "ctx",
    "currentpasswd",
    "confirmnewpasswd",
    "devicetoken",
    "flowtoken",
    "hook",
    "id_token",
    "installtoken",
    "newpassword",
    "newpasswd",
    "passwd",
    "password",
    "pin",
    "refresh_token",
    "request",
    "secrettext",
    "session_key",
    "verificationcode",
    "client secret",
    "service account password",
    "activationcode",
    "qr",
];

/// A body as the journal shows it: JSON and forms with secrets masked, a page by its heading, anything else by size.
#[must_use]
pub fn mask_body(content_type: &str, body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    if body.is_empty() {
        String::new()
    } else if content_type.contains("json") {
        serde_json::from_slice::<Value>(body).map_or_else(
            |_| size(body),
            |mut value| {
                mask_json(&mut value);
                value.to_string()
            },
        )
    } else if content_type.contains("x-www-form-urlencoded") {
        mask_pairs(&text)
    } else if content_type.contains("html") {
        format!("page {:?}, {}", heading(&text), size(body))
    } else {
        size(body)
    }
}

/// A screen's text without the access tokens of Control Center's API, which are shown once.
#[must_use]
pub fn mask_text(text: &str) -> String {
    let mut pieces = text.split(TOKEN_START);
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |masked, piece| {
        let rest = piece.trim_start_matches(|letter: char| letter.is_ascii_hexdigit() || letter == '-');
        format!("{masked}{TOKEN_START}{MASK}{rest}")
    })
}

/// What every access token begins with.
const TOKEN_START: &str = "hypap-";

/// A screen as the journal and the report show it: without the secrets that it shows to be written down.
#[must_use]
pub fn mask_screen(mut screen: Screen) -> Screen {
    for (name, value) in screen.rows.iter_mut().flat_map(|row| &mut row.cells) {
        if SHOWN_ONCE.contains(&name.as_str()) || is_client_secret(value) {
            *value = MASK.to_owned();
        }
    }
    screen
}

/// What stands beside a secret that Entra's portal shows once.
const SHOWN_ONCE: &[&str] = &["Initial password"];

/// Entra's client secrets are 40 characters long, `8Q~` the fourth to the sixth of them.
fn is_client_secret(text: &str) -> bool {
    text.chars().count() == 40 && text.chars().skip(3).take(3).eq("8Q~".chars())
}

/// A URL with the secrets of its query masked.
#[must_use]
pub fn mask_url(url: &str) -> String {
    match url.split_once('?') {
        Some((path, query)) => format!("{path}?{}", mask_pairs(query)),
        None => url.to_owned(),
    }
}

fn mask_json(value: &mut Value) {
    match value {
        Value::Object(members) => members.iter_mut().for_each(|(name, value)| {
            if is_secret(name) && value.is_string() {
                *value = MASK.into();
            } else {
                mask_json(value);
            }
        }),
        Value::Array(items) => items.iter_mut().for_each(mask_json),
        _ => {}
    }
}

fn mask_pairs(pairs: &str) -> String {
    let masked = pairs.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if is_secret(&name.replace('+', " ")) => format!("{name}={MASK}"),
        _ => pair.to_owned(),
    });
    masked.collect::<Vec<_>>().join("&")
}

fn is_secret(name: &str) -> bool {
    SECRETS.contains(&name.to_ascii_lowercase().as_str())
}

fn heading(page: &str) -> &str {
    let after = page.split_once("<h1").and_then(|(_, rest)| rest.split_once('>'));
    after.and_then(|(_, rest)| rest.split_once("</h1>")).map_or("", |(heading, _)| heading.trim())
}

fn size(body: &[u8]) -> String {
    format!("{} bytes", body.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_token_on_a_screen_is_masked_wherever_it_stands() {
        let text = "Token: [hypap-110f7826-d95e-12d2-42ce-8bd67fb20bb9]\n  Name: hypap-";
        assert_eq!(mask_text(text), "Token: [hypap-•••]\n  Name: hypap-•••");
    }

    #[test]
    fn a_screen_keeps_what_is_no_secret() {
        let secret = "abc8Q~0123456789012345678901234567890123";
        let row = |cells: &[(&str, &str)]| clockwork::Row {
            cells: cells.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect(),
            ..clockwork::Row::default()
        };
        let screen = |value: &str, password: &str| Screen {
            rows: vec![row(&[("Value", value), ("Secret ID", "1")]), row(&[("Initial password", password)])],
            ..Screen::default()
        };
        assert_eq!(mask_screen(screen(secret, "Xy7")), screen(MASK, MASK));
        assert_eq!(mask_screen(screen("abc*****", MASK)), screen("abc*****", MASK));
    }

    #[test]
    fn secrets_are_masked_wherever_they_stand() {
        assert_eq!(
            mask_body("application/json", br#"{"a":[{"deviceToken":"x","n":1}]}"#),
            r#"{"a":[{"deviceToken":"•••","n":1}]}"#
        );
        assert_eq!(
            mask_body("application/x-www-form-urlencoded", b"username=carol&password=x"),
            "username=carol&password=•••"
        );
        assert_eq!(mask_url("https://a.example/cb?code=abc&state=1"), "https://a.example/cb?code=•••&state=1");
        assert_eq!(mask_body("text/html", b"<h1 class=x>Sign in</h1>"), "page \"Sign in\", 24 bytes");
    }
}
