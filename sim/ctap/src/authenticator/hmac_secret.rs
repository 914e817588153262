//! The hmac-secret extension of getAssertion and hmac-secret-mc of makeCredential (CTAP 2.3 §12.7), under either PIN/UV auth protocol.

use clockwork::Stream;
use ctap_types::ctap2::get_assertion::HmacSecretInput;
use hmac::Mac as _;
use wire::Status;
use wire::auth_data::Flags;

use super::Authenticator;
use crate::credential::Secrets;
use crate::pin_uv::{SharedSecret, mac};

/// One salt or two, and the secret under which the outputs go back.
pub(super) struct Salts {
    shared_secret: SharedSecret,
    salts: Vec<u8>,
}

impl Authenticator {
    pub(super) fn hmac_secret_salts(&mut self, input: &HmacSecretInput) -> Result<Salts, Status> {
        let protocol = self.protocol(u64::from(input.pin_protocol.unwrap_or(1)))?;
        let peer = &input.key_agreement;
        let shared_secret = self.key_agreement(protocol).decapsulate(protocol, &peer.x, &peer.y)?;
        shared_secret.verify(&input.salt_enc, &input.salt_auth)?;
        let salts = shared_secret.decrypt(&input.salt_enc)?;
        if !matches!(salts.len(), 32 | 64) {
            return Err(Status::INVALID_LENGTH);
        }
        Ok(Salts { shared_secret, salts })
    }
}

impl Salts {
    /// The outputs, encrypted: a secret for verified users and another for present ones.
    pub(super) fn outputs(&self, secrets: &Secrets, given: u8, rng: &mut Stream) -> Vec<u8> {
        let secret = if given & Flags::UV == 0 { &secrets.without_uv } else { &secrets.with_uv };
        let outputs: Vec<u8> =
            self.salts.chunks(32).flat_map(|salt| mac(secret, salt).finalize().into_bytes()).collect();
        self.shared_secret.encrypt(&outputs, rng)
    }
}
