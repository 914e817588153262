//! Faults that must be signed to mean anything: a relying party can only tell them from a broken signature when the
//! signature is right.

use sha2::{Digest as _, Sha256};
use wire::auth_data::Flags;

/// What an authenticator does wrong on purpose, in every makeCredential, getAssertion and U2F message that it has a
/// meaning for, until it is set anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Misbehaviour {
    /// Nothing.
    #[default]
    None,
    /// Signs the hash of another RP ID.
    WrongRpIdHash,
    /// Leaves the UP flag unset.
    NoUserPresence,
    /// Leaves the UV flag unset.
    NoUserVerification,
    /// Signs something else; the signature stays well-formed.
    BadSignature,
    /// Signs the last counter again and keeps it.
    CounterStuck,
    /// Signs a counter below the last one.
    CounterReplayed,
    /// Registers with format `none` instead of an attestation.
    AttestationStripped,
    /// Registers with another model's AAGUID.
    OtherAaguid,
}

impl Misbehaviour {
    pub(crate) fn rp_id_hash(self, honest: [u8; 32]) -> [u8; 32] {
        match self {
            Self::WrongRpIdHash => Sha256::digest(b"another-relying-party.example").into(),
            _ => honest,
        }
    }

    pub(crate) fn flags(self, honest: u8) -> u8 {
        match self {
            Self::NoUserPresence => honest & !Flags::UP,
            Self::NoUserVerification => honest & !Flags::UV,
            _ => honest,
        }
    }

    /// The counter of the next assertion after one with `last`.
    pub(crate) fn next_sign_count(self, last: u32) -> u32 {
        match self {
            Self::CounterStuck => last,
            Self::CounterReplayed => last.saturating_sub(1),
            _ => last.wrapping_add(1),
        }
    }

    pub(crate) fn aaguid(self, mut honest: [u8; 16]) -> [u8; 16] {
        if self == Self::OtherAaguid {
            honest[0] ^= 0xFF;
        }
        honest
    }

    /// Alters what is about to be signed.
    pub(crate) fn spoil_message(self, message: &mut [u8]) {
        if let (Self::BadSignature, Some(last)) = (self, message.last_mut()) {
            *last ^= 1;
        }
    }
}
