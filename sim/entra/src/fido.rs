//! The WebAuthn relying party `login.microsoft.com` (entra.md §3): pure, over `wire`'s parsers only.
//!
//! **Invariant**: nothing here shares code with the authenticator that it judges.

mod assertion;
mod attestation;
mod ceremonies;
mod certificate;
mod challenge;
mod credential_key;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod oracle;
mod passkey;
mod policy;
mod registration;
#[cfg(test)]
pub(crate) mod testing;
mod user_handle;

pub use assertion::AssertionRefused;
pub(crate) use assertion::{AssertionParts, request_options};
pub use certificate::{BadCertificate, TrustedRoots};
pub(crate) use challenge::{Challenges, LIFETIME as CHALLENGE_LIFETIME};
pub use credential_key::{CredentialKey, RsaKey};
pub use passkey::{AttestationLevel, CredentialIdTaken, HYPR_AAGUID, Passkey, PasskeyType, Passkeys};
pub use policy::{AttestationEnforcement, Fido2Policy, KeyRestrictions, MethodState, SelfService, Target};
pub use registration::{NewKey, RegistrationRefused};
pub(crate) use registration::{Registrar, creation_options, descriptor};
pub(crate) use user_handle::UserHandles;

/// The RP ID of every Entra key.
pub const RP_ID: &str = "login.microsoft.com";

/// SHA-256 of [`RP_ID`].
pub(crate) fn rp_id_hash() -> [u8; 32] {
    use sha2::Digest as _;
    sha2::Sha256::digest(RP_ID).into()
}
