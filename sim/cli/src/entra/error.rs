//! Why a tenant cannot be served, and what to do.

use miette::{Diagnostic, Report};
use sandbox::{NoTenant, SandboxError};
use thiserror::Error;

/// Why a tenant cannot be served.
#[derive(Debug, Error, Diagnostic)]
#[error("{reason}")]
#[diagnostic(help("{advice}"))]
pub(super) struct EntraError {
    reason: SandboxError,
    advice: String,
}

impl From<SandboxError> for EntraError {
    fn from(reason: SandboxError) -> Self {
        let advice = reason.advice();
        Self { reason, advice }
    }
}

impl EntraError {
    /// What is wrong with a scenario has a place and a help of its own.
    pub(super) fn from_tenant(why: NoTenant) -> Report {
        match why {
            NoTenant::Scenario(error) => error.into(),
            NoTenant::Sandbox(error) => Self::from(error).into(),
        }
    }
}
