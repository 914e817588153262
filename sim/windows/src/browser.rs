//! A virtual browser: it fetches the same HTML as a real one and makes a screen of it.
//!
//! [`Browser`] shows one page at a time. What it reads of a page, and how, is in `browser/html.rs`; a page that works
//! here works in a real browser with no script but the one that runs its WebAuthn block.
//!
//! **Invariant**: everything a person sees or does goes through the page's HTML; there is no second representation.

mod cookies;
mod engine;
mod event;
mod form;
mod html;
mod load;
mod page;
mod single_sign_on;
#[cfg(test)]
mod tests;
mod text;
mod webauthn_block;

pub use engine::Browser;
pub use event::Event;
pub use load::Download;
pub use single_sign_on::SingleSignOn;

/// Which browser it is. They differ in name and in that only Edge signs in by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BrowserKind {
    /// Microsoft Edge: signs in with the workstation's primary refresh token.
    Edge,
    /// Google Chrome.
    Chrome,
    /// Mozilla Firefox.
    Firefox,
}

impl BrowserKind {
    /// The `User-Agent` header.
    const fn user_agent(self) -> &'static str {
        match self {
            Self::Edge => {
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0"
            }
            Self::Chrome => {
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/120.0.0.0 Safari/537.36"
            }
            Self::Firefox => "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:121.0) Gecko/20100101 Firefox/121.0",
        }
    }
}

impl std::fmt::Display for BrowserKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Edge => "Edge",
            Self::Chrome => "Chrome",
            Self::Firefox => "Firefox",
        })
    }
}
