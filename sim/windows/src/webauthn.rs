//! The WebAuthn client of Windows (WebAuthn Level 3 §5.1.3 and §5.1.4): from a page's options to a CTAP key and back.
//!
//! [`Client`] runs one ceremony at a time. It is told which keys are plugged in, says which CTAP commands to send to
//! which key, and shows the dialogs of Windows Security; framing is [`crate::usb`]'s business.
//!
//! **Invariant**: what a key signed is the relying party's to judge. The client reads the answer, it does not verify it.

mod cbor_writer;
mod client;
mod client_pin;
mod conversation;
mod dialog;
mod event;
mod failure;
mod get_assertion;
mod get_info;
mod job;
mod make_credential;
mod pin_uv_auth;
mod plan;
mod rp_id;
mod selection;

use wire::webauthn::{Assertion, CreationOptions, Registration, RequestOptions};

pub use client::{Client, Conclusion, KeyCommand};
pub use dialog::Surface;
pub use event::Event;
pub use failure::{DomException, Failure, Shortcoming};
pub use rp_id::{RpIdError, Scope, scope};

/// A page's wish for WebAuthn: `navigator.credentials.create` or `.get`, called on `origin`.
#[derive(Clone, Debug, PartialEq)]
pub struct Ceremony {
    /// The page's origin: `https://login.microsoft.com`.
    pub origin: String,
    /// What it asks for.
    pub operation: Operation,
}

/// The two operations of WebAuthn.
#[derive(Clone, Debug, PartialEq)]
pub enum Operation {
    /// Make a credential.
    Create(CreationOptions),
    /// Sign with one.
    Get(RequestOptions),
}

/// The credential that a ceremony ends with, as JSON for the page.
#[derive(Clone, Debug, PartialEq)]
pub enum CredentialJson {
    /// After [`Operation::Create`].
    Registration(Registration),
    /// After [`Operation::Get`].
    Assertion(Assertion),
}
