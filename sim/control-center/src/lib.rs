//! The simulated HYPR Control Center: integrations, users, audit trail, device API.
//!
//! [`ControlCenter`] is a pure core that talks to Entra by `poll_request` and `handle_response`; [`http::Shell`] serves
//! its pages and its device API.

pub mod audit;
mod center;
mod config;
pub mod desktop_client;
mod device;
mod event;
mod fault;
mod flags;
mod graph;
mod hook;
pub mod http;
mod integration;
pub mod mail;
mod name;
mod operation;
mod pairing;
mod people;
mod secret;
mod staff;

pub use center::{
    AccessToken, AccountView, Completed, Conclusion, ControlCenter, Domain, Draft, InviteError, Need, NewPhone,
    NewStaff, PairedDevice, PairingOffer, PairingRequest, PairingState, Permission, RELYING_PARTY, ReportedPasskey,
    Scanned, SignInError, StaffError, TokenError, UnknownIntegration, WorkstationDevice,
};
pub use config::{Admin, Config};
pub use device::{Device, JoinType, MobileOs, Workstation};
pub use event::{Event, LeftOn, Link, Pairing, UnpairedFrom};
pub use fault::Fault;
pub use flags::{ApplicationFlag, TenantFlag};
pub use graph::{Connection, Failure};
pub use hook::{EventType, Hook, HookError};
pub use integration::{Groups, Integration, IntegrationState, Toggle, WorkstationSettings};
pub use mail::{Mail, PAIRING_GUIDE};
pub use name::{
    APPLICATION_NAME_LEN_MAX, ApplicationName, ApplicationNameError, BUILT_IN_APPLICATIONS, DomainError,
    RestrictedDomains, parse_domains,
};
pub use operation::{FormField, OperationId, Refusal};
pub use people::{Account, DoomedKey, Passkey, PasskeyState, Person, Phase, Standing, User};
pub use secret::Secret;
pub use staff::{ControlCenterUser, Right, Role};
