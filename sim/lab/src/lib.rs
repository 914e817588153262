//! Composition root: a lab from a scenario file; links, network, faults, journal.
//!
//! [`Lab`] joins the four simulators over real bytes and moves them in one fixed order; [`journey`] adds what people
//! do in several taps. **Invariant**: only this crate knows all four, and only it touches the disk for them.

mod actor;
mod archive;
pub mod fault;
mod graph;
pub mod journal;
pub mod journey;
mod lab;
mod look_alike;
mod net;
mod people;
mod receiver;
pub mod scenario;
mod setup;
mod trace;

pub use graph::{GraphError, SECURITY_KEY_SIGN_IN};
pub use journey::FlagLevel;
pub use lab::{Lab, Place};
pub use people::{JourneyError, Person};
pub use receiver::HOST as EVENT_RECEIVER;
pub use scenario::{Scenario, ScenarioError};
pub use setup::{Registration, SetupError, tenant_alone};
pub use windows::Window;
pub use {control_center, ctap, entra, phone, windows, wire};
