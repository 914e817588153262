//! Bytes that both ends of a seam agree on: CTAPHID and FIDO BLE framing, CTAP status codes, WebAuthn JSON, client
//! data, authenticator data, attestation objects and COSE keys.
//!
//! **Invariant**: parsers and framing only. What an authenticator signs is written in `ctap`, what a relying party
//! checks is written in `entra`; neither lives here.

pub mod attestation;
pub mod auth_data;
mod base64url;
pub mod cbor;
pub mod client_data;
pub mod cose;
pub mod ctaphid;
pub mod fido_ble;
mod status;
pub mod webauthn;

pub use base64url::Base64Url;
pub use status::Status;
