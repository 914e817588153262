//! The fault of the command under way, as the code that signs and answers sees it.

use jiff::SignedDuration;
use sha2::{Digest as _, Sha256};
use wire::Status;
use wire::auth_data::Flags;

use super::Fault;

/// What goes wrong with the command under way; mostly nothing.
#[derive(Default)]
pub(crate) struct Verdict(Option<Fault>);

/// When a touch takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Touched {
    AtOnce,
    After(SignedDuration),
    Never,
}

impl Verdict {
    pub(crate) fn new(fault: Option<Fault>) -> Self {
        Self(fault)
    }

    pub(crate) fn is(&self, fault: &Fault) -> bool {
        self.0.as_ref() == Some(fault)
    }

    /// Whether the command is answered without being carried out.
    pub(crate) fn forestalls(&self) -> bool {
        matches!(self.0, Some(Fault::Status(_) | Fault::Response(_)))
    }

    pub(crate) fn rp_id_hash(&self, honest: [u8; 32]) -> [u8; 32] {
        match self.0 {
            Some(Fault::WrongRpIdHash) => Sha256::digest(b"another-relying-party.example").into(),
            _ => honest,
        }
    }

    pub(crate) fn flags(&self, honest: u8) -> u8 {
        match self.0 {
            Some(Fault::UnsetUpBit) => honest & !Flags::UP,
            Some(Fault::UnsetUvBit) => honest & !Flags::UV,
            Some(Fault::SetBeBit) => honest | Flags::BE,
            Some(Fault::SetBsBit) => honest & !Flags::BE | Flags::BS,
            _ => honest,
        }
    }

    /// The counter of the next assertion after one with `last`.
    pub(crate) fn next_sign_count(&self, last: u32) -> u32 {
        match self.0 {
            Some(Fault::CounterStuck) => last,
            Some(Fault::CounterReplayed) => last.saturating_sub(1),
            _ => last.wrapping_add(1),
        }
    }

    pub(crate) fn aaguid(&self, mut honest: [u8; 16]) -> [u8; 16] {
        if self.is(&Fault::OtherAaguid) {
            honest[0] ^= 0xFF;
        }
        honest
    }

    /// Alters what is about to be signed.
    pub(crate) fn spoil_message(&self, message: &mut [u8]) {
        if let (Some(Fault::InvalidSignature), Some(last)) = (&self.0, message.last_mut()) {
            *last ^= 1;
        }
    }

    /// The extension outputs that are signed: a map of fewer than 23 members, or none.
    pub(crate) fn extensions(&self, honest: Option<Vec<u8>>) -> Option<Vec<u8>> {
        match self.0 {
            Some(Fault::DropExtensions) => None,
            Some(Fault::ExtraExtension) => {
                let mut map = honest.unwrap_or_else(|| vec![EMPTY_MAP]);
                map[0] += 1;
                map.extend_from_slice(EXTRA_EXTENSION);
                Some(map)
            }
            _ => honest,
        }
    }

    pub(crate) fn touched(&self) -> Touched {
        match self.0 {
            Some(Fault::SlowTouch(delay)) => Touched::After(delay),
            Some(Fault::AbsentTouch) => Touched::Never,
            _ => Touched::AtOnce,
        }
    }

    /// What leaves instead of `outcome`.
    pub(crate) fn response(&self, outcome: Result<Vec<u8>, Status>) -> Vec<u8> {
        let mut response = outcome.unwrap_or_else(|status| vec![status.0]);
        match &self.0 {
            Some(Fault::Status(status)) => vec![status.0],
            Some(Fault::Response(bytes)) => bytes.clone(),
            Some(Fault::InvalidResponse) if response[0] == Status::OK.0 => WRONG_SHAPE.to_vec(),
            Some(Fault::TruncatedResponse) if response[0] == Status::OK.0 => {
                response.truncate(response.len().div_ceil(2));
                response
            }
            _ => response,
        }
    }
}

const EMPTY_MAP: u8 = 0xA0;
/// `"passkeyLabUnsolicited": true`: no extension has this name, and in canonical order it comes behind all that are.
const EXTRA_EXTENSION: &[u8] = b"\x75passkeyLabUnsolicited\xF5";
/// Status OK and `{1: false}`; no answer has a truth value there.
const WRONG_SHAPE: [u8; 4] = [0x00, 0xA1, 0x01, 0xF4];
