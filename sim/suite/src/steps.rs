//! The steps, a file a concept. A step parses its words, calls one verb of the lab, and keeps or checks the answer.

mod control_center;
mod control_center_users;
mod desktop_client;
mod entra;
mod faults;
mod intune;
mod pairing;
mod parameters;
mod people;
mod phone;
mod portal;
mod screens;
mod sign_in;
mod unpair;
mod user_management;

/// The files above as text, in the order of `docs/steps.md`: a step's words and comment are read from them.
pub(crate) const SOURCES: &[(&str, &str)] = &[
    ("people.rs", include_str!("steps/people.rs")),
    ("pairing.rs", include_str!("steps/pairing.rs")),
    ("phone.rs", include_str!("steps/phone.rs")),
    ("sign_in.rs", include_str!("steps/sign_in.rs")),
    ("unpair.rs", include_str!("steps/unpair.rs")),
    ("screens.rs", include_str!("steps/screens.rs")),
    ("control_center.rs", include_str!("steps/control_center.rs")),
    ("user_management.rs", include_str!("steps/user_management.rs")),
    ("control_center_users.rs", include_str!("steps/control_center_users.rs")),
    ("desktop_client.rs", include_str!("steps/desktop_client.rs")),
    ("entra.rs", include_str!("steps/entra.rs")),
    ("intune.rs", include_str!("steps/intune.rs")),
    ("portal.rs", include_str!("steps/portal.rs")),
    ("faults.rs", include_str!("steps/faults.rs")),
];

/// The file of the parameters as text.
pub(crate) const PARAMETERS: &str = include_str!("steps/parameters.rs");
