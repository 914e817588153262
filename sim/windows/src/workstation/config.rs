//! What a workstation is made from.

use uuid::Uuid;

use crate::passwordless::{Join, SecurityKeys};

/// A workstation's facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkstationConfig {
    /// The computer's name.
    pub name: String,
    /// The id by which phones and Control Center name it, a UUID.
    pub machine_id: String,
    /// Its id in Entra.
    pub device_id: Uuid,
    /// How it is joined.
    pub join: Join,
    /// Intune's policy for security keys at Windows sign-in.
    pub security_key_sign_in: SecurityKeys,
}
