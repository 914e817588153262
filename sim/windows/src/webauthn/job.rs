//! One ceremony's facts: what the page asked, for which RP ID, and the client data that will be signed.

use sha2::{Digest as _, Sha256};
use wire::client_data::{self, ClientData};
use wire::webauthn::PUBLIC_KEY;

use super::failure::Failure;
use super::{Ceremony, Operation};

/// Bytes that a user handle has at most (WebAuthn Level 3 §5.4.3).
const USER_HANDLE_BYTES_MAX: usize = 64;

#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub(crate) operation: Operation,
    pub(crate) origin: String,
    pub(crate) rp_id: String,
    /// `clientDataJSON`.
    pub(crate) client_data: Vec<u8>,
    pub(crate) client_data_hash: [u8; 32],
}

impl Job {
    /// Collects the client data; `origin` is as client data spells it.
    pub(crate) fn new(operation: Operation, origin: String, rp_id: String) -> Self {
        let (kind, challenge) = match &operation {
            Operation::Create(options) => (client_data::CREATE, &options.challenge),
            Operation::Get(options) => (client_data::GET, &options.challenge),
        };
        let data = ClientData {
            kind: kind.into(),
            challenge: challenge.to_string(),
            origin: origin.clone(),
            cross_origin: false,
        };
        let client_data = data.to_json();
        let client_data_hash = Sha256::digest(&client_data).into();
        Self { operation, origin, rp_id, client_data, client_data_hash }
    }
}

impl Ceremony {
    /// Milliseconds that the page wants to wait.
    pub(crate) fn timeout_ms(&self) -> Option<u32> {
        match &self.operation {
            Operation::Create(options) => options.timeout,
            Operation::Get(options) => options.timeout,
        }
    }

    /// The RP ID that the page names.
    pub(crate) fn rp_id(&self) -> Option<&str> {
        match &self.operation {
            Operation::Create(options) => options.rp.id.as_deref(),
            Operation::Get(options) => options.rp_id.as_deref(),
        }
    }

    /// Refuses options that no key could answer.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        let Operation::Create(options) = &self.operation else { return Ok(()) };
        let handle_bytes = options.user.id.0.len();
        if !(1..=USER_HANDLE_BYTES_MAX).contains(&handle_bytes) {
            return Err(Failure::UserHandle(handle_bytes));
        }
        let types = &options.pub_key_cred_params;
        if !types.is_empty() && types.iter().all(|entry| entry.kind != PUBLIC_KEY) {
            return Err(Failure::NoAlgorithm);
        }
        Ok(())
    }
}
