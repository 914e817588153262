//! The CTAP authenticator: one core, a file per command, and the CTAPHID device around it.
//!
//! [`Authenticator`] takes command bytes and answers with response bytes; [`Hid`] does the same with 64-byte
//! reports. Both are pure: the time is an argument, randomness is an actor's [`clockwork::Stream`], and the user is
//! an input. A command that needs the user rests until [`Authenticator::handle_answer`].
//!
//! **Invariant**: nothing here knows a relying party, a phone's screens or a workstation.
//! **Invariant**: an assertion parses no key and derives none; the signing key is kept with the credential.

mod attestation;
mod auth_data;
mod authenticator;
mod credential;
mod durable;
mod event;
mod hid;
mod key;
mod misbehaviour;
mod pin_uv;
mod profile;
mod prompt;
mod request;
mod snapshot;
mod store;

pub use attestation::{Attestation, BadAttestation};
pub use authenticator::Authenticator;
pub use credential::{Credential, Protection};
pub use event::Event;
pub use hid::Hid;
pub use key::Signer;
pub use misbehaviour::Misbehaviour;
pub use pin_uv::Permissions;
pub use profile::{
    Algorithm, AttestationFormat, BadProfile, BioEnrollment, BuiltInUv, ConfigCommand, Discoverable, Extension,
    Feature, Limits, Modality, Pin, PinUvAuthProtocol, Profile, Transport, Version,
};
pub use prompt::{Answer, Prompt, Purpose, Sample, Touch};
pub use snapshot::{BadSnapshot, Snapshot};
