//! A scenario's tenant by itself, in real time.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use clockwork::{Clock, Seed};
use lab::entra::{Config, Event, Tenant};
use lab::{Scenario, SetupError};

use crate::SandboxError;

/// A tenant that can be served, and what it was made from.
pub struct Entra {
    config: Config,
    tenant: Arc<Mutex<Tenant>>,
    clock: Clock,
}

/// Hears of what happens in the tenant.
type Tell = Arc<dyn Fn(Event) + Send + Sync>;

#[derive(Clone)]
struct Listener {
    tenant: Arc<Mutex<Tenant>>,
    tell: Tell,
}

/// Why there is no tenant.
#[derive(Debug, thiserror::Error)]
pub enum NoTenant {
    /// The scenario asks for what cannot be.
    #[error(transparent)]
    Scenario(#[from] SetupError),
    /// The system gives no randomness.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
}

impl Entra {
    /// The tenant of a scenario, which begins now whatever its date says. Ids and secrets follow from the scenario's seed,
    /// so that clients stay configured; codes, tokens and sessions are new in every run.
    ///
    /// # Errors
    ///
    /// [`NoTenant`] with the place in the scenario file.
    pub fn of(mut scenario: Scenario, clock: Clock) -> Result<Self, NoTenant> {
        scenario.start = clock.now();
        let seed = Seed::of(&["entra", &scenario.seed.to_string(), &scenario.tenant.domain]);
        let (config, tenant) = lab::tenant_alone(&scenario, &seed)?;
        let mut random = [0; 32];
        getrandom::fill(&mut random).map_err(|reason| SandboxError::NoRandomness(reason.to_string()))?;
        let run = Seed::of(&["run", &random.map(|byte| format!("{byte:02x}")).concat()]);
        Ok(Self { config, tenant: Arc::new(Mutex::new(tenant.in_a_run_of(&run))), clock })
    }

    /// What the tenant was made from.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The tenant over HTTP; `tell` hears of each event before the answer that it belongs to has left.
    pub fn router(&self, tell: impl Fn(Event) + Send + Sync + 'static) -> Router {
        let listener = Listener { tenant: self.tenant.clone(), tell: Arc::new(tell) };
        let router = lab::entra::http::router(self.tenant.clone(), self.clock.clone());
        router.layer(middleware::from_fn_with_state(listener, hear))
    }
}

async fn hear(State(listener): State<Listener>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let next_event =
        || listener.tenant.lock().expect("no holder of the tenant panics while it holds the lock").poll_event();
    std::iter::from_fn(next_event).for_each(|event| (listener.tell)(event));
    response
}
