//! What a browser's journal says. Addresses stand there without query and fragment, which may carry codes.

use http::StatusCode;
use url::Url;

use crate::webauthn::DomException;

/// One thing that happened in a browser.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A page is on the screen.
    Shown {
        /// Its address, without query and fragment.
        address: String,
        /// The status it came with.
        status: StatusCode,
    },
    /// A page could not be had.
    Failed {
        /// Why, in a sentence.
        problem: String,
    },
    /// A file was saved.
    Downloaded {
        /// Its name.
        file_name: String,
    },
    /// Edge offered the workstation's primary refresh token.
    OfferedSignOn,
    /// The page asked for WebAuthn.
    CeremonyBegun {
        /// The page's origin.
        origin: String,
        /// `create` or `get`.
        operation: &'static str,
    },
    /// The ceremony ended.
    CeremonyEnded {
        /// Why without a credential, if so.
        error: Option<DomException>,
    },
    /// The page is not what the seam between pages and browser says: the fault is the page's.
    BrokenPage {
        /// What is wrong.
        problem: String,
    },
}

impl std::fmt::Display for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Shown { address, status } => write!(f, "The browser shows {address} ({}).", status.as_u16()),
            Self::Failed { problem } => write!(f, "The browser could not load a page: {problem}."),
            Self::Downloaded { file_name } => write!(f, "The browser saved {file_name}."),
            Self::OfferedSignOn => write!(f, "Edge offered the workstation's sign-in to Entra."),
            Self::CeremonyBegun { origin, operation } => {
                write!(f, "{origin} asked for a passkey ceremony ({operation}).")
            }
            Self::CeremonyEnded { error: None } => write!(f, "The passkey ceremony gave the page a credential."),
            Self::CeremonyEnded { error: Some(error) } => write!(f, "The passkey ceremony ended with {error}."),
            Self::BrokenPage { problem } => write!(f, "The page is broken: {problem}."),
        }
    }
}

/// An address as the journal may show it.
pub(crate) fn address(url: &Url) -> String {
    let mut shown = url.clone();
    shown.set_query(None);
    shown.set_fragment(None);
    shown.into()
}
