//! What the client's journal says.

use super::Method;

/// One thing that the client did or saw.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The client was installed.
    Installed {
        /// Control Center's host.
        host: String,
        /// The integration's rpApp.
        app_id: String,
    },
    /// The client was started.
    Launched {
        /// Who is signed in to Windows.
        username: String,
    },
    /// A pairing was asked for.
    PairingRequested,
    /// The QR code stands on the screen.
    QrShown,
    /// A phone has scanned it.
    QrScanned,
    /// A phone is paired.
    Paired {
        /// Control Center's id of the phone.
        device_id: String,
        /// The phone's name.
        device_name: String,
    },
    /// The person confirmed the connection with a phone.
    Connected {
        /// Control Center's id of the phone.
        device_id: String,
        /// How.
        method: Method,
    },
    /// The list of devices was fetched.
    DevicesFetched {
        /// How many are paired.
        paired: usize,
        /// How many of these lack the pairing with Azure.
        incomplete: usize,
    },
    /// A phone was unpaired here.
    Unpaired {
        /// Control Center's id of the phone.
        device_id: String,
    },
    /// Something failed.
    Failed {
        /// What and why, in one sentence.
        problem: String,
    },
}

impl std::fmt::Display for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Installed { host, app_id } => {
                write!(f, "The Passwordless client was installed for {app_id} at {host}.")
            }
            Self::Launched { username } => write!(f, "The Passwordless client was started for {username}."),
            Self::PairingRequested => write!(f, "The Passwordless client asked Control Center for a pairing."),
            Self::QrShown => write!(f, "The Passwordless client shows a QR code."),
            Self::QrScanned => write!(f, "A phone has scanned the QR code."),
            Self::Paired { device_id, device_name } => write!(f, "{device_name} ({device_id}) is paired with HYPR."),
            Self::Connected { device_id, method } => write!(f, "{device_id} connects by {method}."),
            Self::DevicesFetched { paired, incomplete } => {
                write!(f, "Control Center lists {paired} paired devices, {incomplete} without Azure.")
            }
            Self::Unpaired { device_id } => write!(f, "{device_id} was unpaired at the workstation."),
            Self::Failed { problem } => write!(f, "{problem}"),
        }
    }
}
