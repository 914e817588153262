//! A site that looks like Microsoft's and asks for Microsoft's keys: what WebAuthn is there to defeat.

use axum::Router;
use axum::extract::Form;
use axum::response::Html;
use axum::routing::get;
use serde::Deserialize;
use serde_json::json;

use crate::lab::Lab;

/// The host of the site.
const LOOK_ALIKE: &str = "login-microsoft.example";

/// What the browser brings: an assertion, or the exception that it told the page's script.
#[derive(Deserialize)]
struct Loot {
    #[serde(default)]
    assertion: String,
    #[serde(default)]
    error_code: String,
}

impl Lab {
    /// Serves the site from now on.
    pub fn serve_look_alike(&mut self) {
        self.hosts.serve(LOOK_ALIKE, &Router::new().route("/", get(ask).post(take)));
        self.note("somebody serves a site that looks like Microsoft's");
    }
}

/// A page that asks for a key of `login.microsoft.com`.
async fn ask() -> Html<String> {
    let ceremony = json!({
        "operation": "get",
        "publicKey": {
            "challenge": "bG9vay1hbGlrZQ",
            "rpId": "login.microsoft.com",
            "allowCredentials": [],
            "userVerification": "required",
        },
        "form": "loot",
        "fields": { "assertion": { "signature": "response.signature" } },
        "errorField": "error_code",
    });
    page(
        "Sign in with your security key",
        &format!(
            r#"<form id="loot" method="post" action="/"><input type="hidden" name="assertion">
            <input type="hidden" name="error_code"></form>
            <script type="application/json" id="webauthn">{ceremony}</script>"#
        ),
    )
}

/// Says what it got.
async fn take(Form(loot): Form<Loot>) -> Html<String> {
    if loot.assertion.is_empty() {
        // Names of exceptions are letters only; what is none is not shown.
        let name: String = loot.error_code.chars().filter(char::is_ascii_alphabetic).collect();
        return page("Nothing was stolen", &format!("<p>The browser refused: {name}</p>"));
    }
    page("A signature was stolen", "<p>The browser has given one away.</p>")
}

fn page(heading: &str, body: &str) -> Html<String> {
    Html(format!(
        "<!DOCTYPE html><html lang=\"en\"><head><title>{heading}</title></head><body><h1>{heading}</h1>{body}</body></html>"
    ))
}
