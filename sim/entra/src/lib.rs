//! The simulated Entra tenant: sign-in, Graph, security info.
//!
//! [`Tenant`] is the core: no sockets, no clock, no randomness of its own. [`http::router`] is the thin shell around
//! it; one router answers for every host name of Microsoft's.
//!
//! **Invariant**: what a token, a code or a key may do is decided in the core; `http` only carries bytes.

mod applications;
mod conditional_access;
mod config;
mod device_registration;
mod directory;
pub mod error;
mod es256;
mod event;
pub mod fido;
mod graph;
pub mod http;
mod intune;
mod oauth;
mod origin;
mod pages;
mod roles;
mod secret;
mod tenant;
mod throttling;
mod tokens;
mod windows_sign_in;

pub use applications::{Application, BadClientCertificate, ClientKind, first_party};
pub use conditional_access::{ConditionalAccessPolicy, Subject};
pub use config::{
    Account, ApplicationConfig, Config, Consent, DeviceConfig, DeviceConfigurationConfig, GroupConfig, Licence,
    OmaSetting, PasswordState, SecretConfig, UserConfig,
};
pub use directory::{Device, Group, GroupId, TrustType, User, UserId};
pub use es256::PublicKey;
pub use event::{Event, Grant};
pub use roles::Role;
pub use secret::Secret;
pub use tenant::{BadConfig, Replication, Tenant};
pub use throttling::{Quota, Throttling};
