//! Where the client stands: one variant a screen of the guide, each with what only it needs.

use clockwork::ExchangeId;
use jiff::Timestamp;

use super::Method;
use super::api::{ListedDevice, Session};

/// What the window shows, and what it waits for.
#[derive(Clone)]
pub(crate) enum State {
    /// The client does not run.
    Closed,
    /// The device manager.
    Home,
    /// "Pair with Azure afterwards".
    Reminder,
    /// A pairing was asked for.
    Requesting { exchange: ExchangeId, next: Next },
    /// Smartphone or security key.
    SelectDevice { session: Session },
    /// The security key that does not work.
    SecurityKey { session: Session },
    /// "Click Begin Pairing".
    Begin { session: Session },
    /// The QR code is on show, or a phone that has scanned it is authenticating.
    Pairing { session: Session, step: Step, poll: Poll },
    /// A phone is paired.
    Paired { device_id: String },
    /// Bluetooth or Web.
    ChooseMethod { device_id: String },
    /// Windows pairs the phone by Bluetooth.
    PairBluetooth { device_id: String },
    /// The confirmation of the connection.
    Verify { device_id: String, method: Method },
    /// "Phone pairing almost complete!".
    AlmostComplete { device_id: String },
    /// The confirmation of an unpairing.
    ConfirmUnpair { device: ListedDevice },
    /// An unpairing was asked for.
    Unpairing { device: ListedDevice, exchange: ExchangeId },
    /// Something failed.
    Failed { title: &'static str, text: String, retry: Retry },
}

/// Where a new pairing leads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// To the pages before the QR code.
    Introduce,
    /// Straight to the QR code: the person has been through those pages.
    ShowQr,
}

/// How far the phone is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Nobody has scanned yet.
    Scan,
    /// The phone asks its owner for a fingerprint or face.
    Authenticate,
}

/// The client asks Control Center every two seconds how far a pairing is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Poll {
    /// The next question is due then.
    At(Timestamp),
    /// A question is under way.
    Asked(ExchangeId),
}

/// What "Try Again" does.
#[derive(Clone)]
pub(crate) enum Retry {
    /// Ask for a new pairing, and for a new QR code with it.
    Pair { next: Next },
    /// Go on with a pairing that was cut off.
    Resume { session: Session, step: Step },
    /// Choose the connection once more.
    Connect { device_id: String },
    /// Fetch the list of devices.
    FetchDevices,
    /// Unpair that phone.
    Unpair { device: ListedDevice },
}
