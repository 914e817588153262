//! The axum shell around the core: pages for administrators, the device API for phones and Passwordless clients.

mod access;
mod audit_api;
mod device_api;
mod form;
mod pages;
mod post_office;
mod session;
mod workstation_api;

use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use bytes::Bytes;
use clockwork::{Clock, ExchangeId, Reply};
use http::Request;
use jiff::Timestamp;
use tokio::sync::Notify;

pub use post_office::PostOffice;

use crate::center::{Conclusion, ControlCenter};
use crate::event::Event;
use crate::mail::Mail;
use crate::operation::OperationId;

/// One Control Center, served. Clones share it.
///
/// A page that needs Entra in the middle waits here until [`Shell::handle_response`] or [`Shell::handle_timeout`] has
/// brought its operation to an end; its future needs neither a runtime nor a timer.
#[derive(Clone)]
pub struct Shell {
    core: Arc<Mutex<ControlCenter>>,
    clock: Clock,
    moved: Arc<Notify>,
}

impl Shell {
    /// Serves `core` by the time of `clock`.
    #[must_use]
    pub fn new(core: ControlCenter, clock: Clock) -> Self {
        Self { core: Arc::new(Mutex::new(core)), clock, moved: Arc::new(Notify::new()) }
    }

    /// Every page and every call.
    pub fn router(&self) -> Router {
        let guard = axum::middleware::from_fn_with_state(self.clone(), access::guard);
        pages::routes()
            .route_layer(guard)
            .merge(device_api::routes())
            .merge(workstation_api::routes())
            .merge(audit_api::routes())
            .with_state(self.clone())
    }

    /// The next request to Entra.
    pub fn poll_request(&self) -> Option<(ExchangeId, Request<Bytes>)> {
        self.lock().poll_request()
    }

    /// Takes Entra's reply and wakes the pages that wait.
    pub fn handle_response(&self, now: Timestamp, id: ExchangeId, reply: Reply) {
        self.with_core(|core| core.handle_response(now, id, reply));
    }

    /// The earliest deadline.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.lock().poll_timeout()
    }

    /// Ends what is over by `now`.
    pub fn handle_timeout(&self, now: Timestamp) {
        self.with_core(|core| core.handle_timeout(now));
    }

    /// The next thing that happened.
    pub fn poll_event(&self) -> Option<Event> {
        self.lock().poll_event()
    }

    /// The next e-mail to deliver.
    pub fn poll_mail(&self) -> Option<Mail> {
        self.lock().poll_mail()
    }

    /// Lets the lab set up or look at the core.
    pub fn with_core<R>(&self, work: impl FnOnce(&mut ControlCenter) -> R) -> R {
        let result = work(&mut self.lock());
        self.moved.notify_waiters();
        result
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Waits for the end of a watched operation.
    async fn conclusion(&self, id: OperationId) -> Conclusion {
        loop {
            let mut moved = std::pin::pin!(self.moved.notified());
            // Listening before looking, so that nothing is missed in between.
            moved.as_mut().enable();
            if let Some(conclusion) = self.lock().take_conclusion(id) {
                return conclusion;
            }
            moved.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, ControlCenter> {
        self.core.lock().expect("the core panics on no input")
    }
}
