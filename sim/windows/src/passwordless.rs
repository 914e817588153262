//! The HYPR Passwordless client for Windows: the guide's "Pairing with HYPR on a Domain-joined Workstation", both
//! variants, and the device manager behind it.
//!
//! [`Passwordless`] speaks Control Center's device API, shows the guide's screens in their order, and tells the
//! workstation what to do by [`Action`].
//!
//! **Invariant**: what the home screen lists is what was last fetched. It changes by a pairing or an unpairing done
//! here, by a restart, or when the cache is ten minutes old.

mod api;
mod client;
mod event;
mod installation;
mod replies;
mod screens;
mod state;
mod taps;
#[cfg(test)]
mod tests;

pub use client::Passwordless;
pub use event::Event;
pub use installation::InstallError;

/// What the client knows of the machine it runs on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// The machine's id, a UUID: the phone's connection and Control Center name the machine by it.
    pub machine_id: String,
    /// The computer's name.
    pub name: String,
    /// What it runs.
    pub system: System,
    /// How it is joined.
    pub join: Join,
    /// Whether Windows accepts FIDO keys at sign-in.
    pub security_keys: SecurityKeys,
}

/// An operating system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum System {
    /// Windows.
    #[default]
    Windows,
    /// macOS, for which there is no client.
    MacOs,
}

/// How a machine belongs to a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// Joined to Microsoft Entra.
    Cloud,
    /// Joined to Active Directory and to Microsoft Entra.
    Hybrid,
    /// Not joined.
    None,
}

/// The policy for security keys at Windows sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecurityKeys {
    /// FIDO keys are enabled on the workstation.
    Enabled,
    /// They are not.
    Disabled,
}

/// By which ways a phone with an open app can be reached now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// By Bluetooth: its radio is heard.
    pub bluetooth: bool,
    /// It is on the same wireless network.
    pub network: bool,
}

/// The way from the phone to this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Windows Bluetooth.
    Bluetooth,
    /// The network.
    Web,
}

/// What the client asks the workstation to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Open an address in the default browser.
    OpenUrl(String),
    /// Pair a phone in Windows' Bluetooth.
    PairBluetooth {
        /// The phone's name.
        device_name: String,
    },
    /// The phone's virtual USB key may be plugged in from now on.
    ConnectionReady {
        /// Control Center's id of the phone.
        device_id: String,
        /// How it is connected.
        method: Method,
    },
    /// The phone is unpaired: its virtual USB key may not be plugged in any more.
    ConnectionRemoved {
        /// Control Center's id of the phone.
        device_id: String,
    },
}

impl std::fmt::Display for Method {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Bluetooth => "Bluetooth",
            Self::Web => "Web",
        })
    }
}
