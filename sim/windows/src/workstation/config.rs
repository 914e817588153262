//! What a workstation is made from.

use uuid::Uuid;

use crate::passwordless::{Join, System};
use crate::sign_in::LocalAccount;

/// A workstation's facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkstationConfig {
    /// The computer's name.
    pub name: String,
    /// The id by which phones and Control Center name it, a UUID.
    pub machine_id: String,
    /// Its id in Entra.
    pub device_id: Uuid,
    /// What it runs.
    pub system: System,
    /// How it is joined.
    pub join: Join,
    /// An account of the machine's own, for whoever has no other way in.
    pub local_account: Option<LocalAccount>,
}
