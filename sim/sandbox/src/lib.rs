//! The lab served to people and programs: certificates, HTTPS, one simulator at a time.
//!
//! [`Entra`] is a scenario's tenant behind a router; [`Authority`] makes the certificates of the names that it answers
//! for; [`Server`] carries bytes between sockets and the router. **Invariant**: TLS, sockets and wall time stay here; the
//! simulators behind them know of none.

mod authority;
mod entra;
mod error;
mod name;
mod server;

pub use authority::Authority;
pub use entra::{Entra, NoTenant};
pub use error::SandboxError;
pub use lab::entra::{Account, ApplicationConfig, ClientKind, Config, Consent, Event, PasswordState, UserConfig};
pub use name::{Name, default_names};
pub use server::{Limits, Server};
