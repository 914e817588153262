//! The virtual phone: the HYPR Mobile App around one CTAP core.
//!
//! **Invariant**: nothing here waits, sends or reads a clock. Taps and gestures, reports and HTTP replies come in by
//! `handle_*`; reports, HTTP requests and events go out by `poll_*`.
//!
//! The app is opened and closed (`app`). It pairs with HYPR by a QR code (`pairing`), lists what it holds (`security_keys`), answers its virtual
//! USB key for the user (`ceremony`), tells Control Center of new keys (`confirmation`) and follows Control Center's
//! word on its accounts (`status`).

mod account;
mod app;
mod bluetooth;
mod ceremony;
mod confirmation;
mod control_center;
mod event;
mod keys;
mod pairing;
mod phone;
mod screens;
mod security_keys;
mod status;
mod words;

pub use account::{
    Account, AccountId, Activity, Domain, ENTRA, Integration, Join, Machine, Phase, Refusal, Removal, Server, Standing,
    Use,
};
pub(crate) use confirmation::Passkey;
pub use event::{Abandonment, Event, Recognition};
pub use phone::{Passcode, Phone, PhoneConfig, Platform};
