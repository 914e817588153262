//! What a browser is told to refuse on a page: every script and style but the template's own, and frames.
//!
//! Forms may go anywhere: the end of a sign-in is a form, or a redirect after one, to an application's own address.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{
    CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::response::Builder;
use sha2::{Digest as _, Sha256};

use super::html::render;
use crate::pages::Page;

/// The policy by the hashes of what the template holds, which no page changes.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let html = render(&Page::new("", &[]));
    let (script, style) = (hash(&html, "<script>", "</script>"), hash(&html, "<style>", "</style>"));
    let policy =
        format!("default-src 'none'; script-src {script}; style-src {style}; base-uri 'none'; frame-ancestors 'none'");
    HeaderValue::try_from(policy).expect("Base64 and words are plain ASCII")
});

/// `'sha256-..'` of an element's text.
fn hash(html: &str, start: &str, end: &str) -> String {
    let text = html.split_once(start).and_then(|(_, rest)| rest.split_once(end)).map(|(text, _)| text);
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text.expect("the template has the element"))))
}

/// The headers of every page.
pub(super) fn guarded(builder: Builder) -> Builder {
    let fixed: [(HeaderName, &str); 3] = [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "strict-origin-when-cross-origin"),
    ];
    let builder = fixed.into_iter().fold(builder, |builder, (name, value)| builder.header(name, value));
    builder.header(CONTENT_SECURITY_POLICY, POLICY.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_runs_its_own_script_and_no_other() {
        let policy = POLICY.to_str().unwrap();
        let mut page = Page::new("T", &["a paragraph"]);
        page.ceremony = Some("{}".into());
        let html = render(&page);
        for (name, start, end) in [("script-src", "<script>", "</script>"), ("style-src", "<style>", "</style>")] {
            assert!(policy.contains(&format!("{name} {};", hash(&html, start, end))), "{name} in {policy}");
            assert_eq!(html.matches(start).count(), 1, "no second {start}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        for inline in [" onclick=", " onload=", " style="] {
            assert!(!html.contains(inline), "{inline}");
        }
    }
}
