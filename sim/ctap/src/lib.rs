//! The CTAP authenticator: one core, a file per command, and the CTAPHID, Bluetooth and NFC devices around it.
//!
//! [`Authenticator`] takes commands and U2F messages and answers with bytes; [`Hid`] carries both in the 64-byte reports
//! of one host, [`Ble`] in the fragments of one Bluetooth connection, [`Nfc`] in the APDUs of one reader. All are pure:
//! the time is an argument, randomness is an actor's [`clockwork::Stream`], and the user is an input. A command that needs
//! the user rests until [`Authenticator::handle_answer`].
//!
//! What goes wrong on purpose is a list of [`Rule`]s, empty unless somebody sets one; [`PortableCredential`] is how a
//! credential gets out of one key and into another.
//!
//! A file of `authenticator/` is a command, and names the section of CTAP 2.3 that it follows: makeCredential §6.1,
//! getAssertion §6.2, getNextAssertion §6.3, getInfo §6.4, clientPIN §6.5, reset §6.6, bioEnrollment §6.7,
//! credentialManagement §6.8, selection §6.9, largeBlobs §6.10, authenticatorConfig §6.11; CTAP1/U2F messages (§10) are
//! one. What a model has of them is its [`Profile`]. Left out: the prototype commands 0x40 and 0x41, vendor commands, the
//! hybrid transport, U2F over Bluetooth; GATT, pairing and advertising (§11.4), for which no crate serves without BlueZ
//! and an adapter: [`Ble`] begins where a fragment is written and ends where one is notified.
//!
//! **Invariant**: nothing here knows a relying party, a phone's screens or a workstation.
//! **Invariant**: an assertion parses no key and derives none; the signing key is kept with the credential.

mod apdu;
mod attestation;
mod auth_data;
mod authenticator;
mod ble;
mod credential;
mod durable;
mod event;
mod exchange;
mod fault;
mod hid;
mod key;
mod nfc;
mod pin_uv;
mod portable;
mod profile;
mod prompt;
mod request;
mod snapshot;
mod store;

pub use apdu::StatusWord;
pub use attestation::{Attestation, BadAttestation};
pub use authenticator::Authenticator;
pub use ble::Ble;
pub use credential::{Credential, Protection};
pub use event::Event;
pub use fault::{BadRule, Fault, Faults, Rule};
pub use hid::Hid;
pub use key::Signer;
pub use nfc::Nfc;
pub use pin_uv::Permissions;
pub use portable::{BadCredential, PortableCredential};
pub use profile::{
    Algorithm, AttestationFormat, BadProfile, BioEnrollment, BuiltInUv, ConfigCommand, Discoverable, Extension,
    Feature, Limits, Modality, Pin, PinComplexity, PinUvAuthProtocol, Profile, Transport, Version,
};
pub use prompt::{Answer, Prompt, Purpose, Sample, Touch};
pub use snapshot::{BadSnapshot, Snapshot};
