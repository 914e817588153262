//! The PIN: its hash, its policy and its retries (CTAP 2.3 §6.5.5).

use sha2::{Digest as _, Sha256};
use wire::Status;

use crate::profile;

/// What the authenticator keeps of a PIN and its policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PinState {
    /// The first half of the PIN's SHA-256, and its length in code points.
    pub(crate) set: Option<StoredPin>,
    /// How often a wrong PIN may still be given.
    pub(crate) retries: u8,
    /// `minPINLength`.
    pub(crate) min_length: u8,
    /// `pinComplexityPolicy`: whether the model's policy is enforced.
    pub(crate) enforces_complexity: bool,
    /// `forcePINChange`.
    pub(crate) force_change: bool,
    /// The relying parties that may see `minPINLength` and `pinComplexityPolicy` by the extensions of those names.
    pub(crate) min_length_rp_ids: Vec<String>,
}

/// A PIN that is set.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct StoredPin {
    pub(crate) hash: [u8; 16],
    pub(crate) length: u8,
    /// Whether it obeys the model's complexity policy, enforced or not; its hash cannot tell.
    pub(crate) is_complex: bool,
}

impl PinState {
    pub(crate) fn new(pin: Option<profile::Pin>) -> Self {
        Self {
            set: None,
            retries: pin.map_or(0, |pin| pin.retries),
            min_length: pin.map_or(0, |pin| pin.min_length),
            enforces_complexity: false,
            force_change: false,
            min_length_rp_ids: Vec::new(),
        }
    }

    /// Whether a relying party may know the policies.
    pub(crate) fn is_told_to(&self, rp_id: &str) -> bool {
        self.min_length_rp_ids.iter().any(|told| told == rp_id)
    }

    /// Whether the PIN that is set would not be accepted any more.
    pub(crate) fn violates_policy(&self) -> bool {
        let violates = |pin: &StoredPin| pin.length < self.min_length || (self.enforces_complexity && !pin.is_complex);
        self.set.as_ref().is_some_and(violates)
    }

    /// Checks a decrypted newPin against the policies (§6.5.5.5, §7.5).
    ///
    /// # Errors
    ///
    /// `INVALID_PARAMETER`: not 64 bytes. `PIN_POLICY_VIOLATION`: too short, too long, too simple, not UTF-8, or the
    /// same as before although a change was demanded.
    pub(crate) fn accept(
        &self,
        padded: &[u8],
        policy: profile::Pin,
        complexity: Option<&profile::PinComplexity>,
    ) -> Result<StoredPin, Status> {
        let padded: &[u8; 64] = padded.try_into().map_err(|_| Status::INVALID_PARAMETER)?;
        let bytes = padded.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        let pin = std::str::from_utf8(&padded[..bytes]).map_err(|_| Status::PIN_POLICY_VIOLATION)?;
        // 64 bytes without padding are one too many.
        let length = pin.chars().count();
        let fits = bytes < padded.len() && (self.min_length.into()..=policy.max_length.into()).contains(&length);
        let is_complex = complexity.is_none_or(|complexity| complexity.admits(pin));
        let length = u8::try_from(length).unwrap_or(u8::MAX);
        let stored = StoredPin { hash: hash(pin.as_bytes()), length, is_complex };
        let repeated = self.force_change && self.set.as_ref().is_some_and(|before| before.hash == stored.hash);
        if fits && !repeated && (is_complex || !self.enforces_complexity) {
            Ok(stored)
        } else {
            Err(Status::PIN_POLICY_VIOLATION)
        }
    }
}

impl std::fmt::Debug for StoredPin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StoredPin")
    }
}

/// `LEFT(SHA-256(pin), 16)`.
fn hash(pin: &[u8]) -> [u8; 16] {
    let mut hash = [0; 16];
    hash.copy_from_slice(&Sha256::digest(pin)[..16]);
    hash
}

/// How often in a row a wrong PIN may be given before the power has to be cut (§6.5.5.6).
pub(crate) const MISMATCHES_MAX: u8 = 3;
