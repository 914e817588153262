//! What survives the loss of power, and goes with a reset (CTAP 2.3 §6.6).

use clockwork::Stream;

use crate::pin_uv::PinState;
use crate::profile::Profile;
use crate::store::Store;

/// Everything an authenticator keeps.
pub(crate) struct Durable {
    pub(crate) store: Store,
    /// How often built-in verification may still fail.
    pub(crate) uv_retries: u8,
    /// Successful built-in verifications since the PIN was entered last (`uvCountSinceLastPinEntry`).
    pub(crate) uv_since_pin: u32,
    pub(crate) pin: PinState,
    pub(crate) config: Config,
    /// The serialized large-blob array (§6.10), its digest included.
    pub(crate) large_blobs: Vec<u8>,
    /// Enrolled fingers, oldest first (§6.7).
    pub(crate) fingerprints: Vec<Fingerprint>,
    /// The persistent pinUvAuthToken, once one was asked for (§6.5.2.2).
    pub(crate) persistent_token: Option<[u8; 32]>,
    /// What `encIdentifier` encrypts: it changes with a reset.
    pub(crate) identifier: [u8; 16],
    /// What `encCredStoreState` encrypts: it changes with the discoverable credentials.
    pub(crate) cred_store_state: [u8; 16],
}

/// What authenticatorConfig sets (§6.11).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Config {
    pub(crate) always_uv: bool,
    pub(crate) enterprise_attestation: bool,
    pub(crate) long_touch_for_reset: bool,
}

/// An enrolled finger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint {
    pub(crate) template_id: Vec<u8>,
    pub(crate) friendly_name: Option<String>,
}

impl Durable {
    /// As it leaves the factory, or a reset.
    pub(crate) fn new(profile: &Profile, rng: &mut Stream) -> Self {
        Self {
            store: Store::default(),
            uv_retries: profile.built_in_uv.map_or(0, |uv| uv.retries),
            uv_since_pin: 0,
            pin: PinState::new(profile.pin),
            config: Config::default(),
            large_blobs: LARGE_BLOBS_INITIAL.to_vec(),
            fingerprints: Vec::new(),
            persistent_token: None,
            identifier: rng.bytes(),
            cred_store_state: rng.bytes(),
        }
    }

    /// A discoverable credential was made, changed or deleted (§6.1.2 step 17.5).
    pub(crate) fn credentials_changed(&mut self, rng: &mut Stream) {
        self.cred_store_state = rng.bytes();
    }
}

/// The initial serialized large-blob array (§6.10): an empty CBOR array, and the first half of its SHA-256.
const LARGE_BLOBS_INITIAL: [u8; 17] =
    [0x80, 0x76, 0xBE, 0x8B, 0x52, 0x8D, 0x00, 0x75, 0xF7, 0xAA, 0xE9, 0x8D, 0x6F, 0xA5, 0x7A, 0x6D, 0x3C];
