//! `--control ADDRESS:PORT`: the phone's user as HTTP and JSON, for test suites in any language.
//!
//! A request becomes an [`Order`], which the phone's own loop carries out between two turns; what it promises is on disk
//! before its answer leaves.

mod guard;
mod json;
mod routes;

use std::future::pending;
use std::net::SocketAddr;
use std::time::Duration;

use sandbox::{Limits, SandboxError, Server};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use transport::shell::Hub;

use self::guard::Guard;
use super::error::PhoneError;
use super::narrator::Narrator;
use super::order::{Order, Outcome, Refusal};
use crate::args::PhoneArgs;

/// The interface, served by a task of its own until it is dropped.
pub(super) struct Control {
    pub(super) address: SocketAddr,
    orders: mpsc::Receiver<Asked>,
    serving: JoinHandle<()>,
}

/// An order, and where its outcome goes.
pub(super) struct Asked {
    order: Order,
    reply: oneshot::Sender<Done>,
}

/// What came of an order, still to leave.
pub(super) struct Reply {
    done: Done,
    to: oneshot::Sender<Done>,
}

type Done = Result<Outcome, Refusal>;

/// What handlers share: the way to the phone, and whether something has happened.
#[derive(Clone)]
struct Door {
    orders: mpsc::Sender<Asked>,
    happened: watch::Receiver<u64>,
}

impl Drop for Control {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Asked {
    pub(super) fn carry_out(self, hub: &mut Hub, narrator: &Narrator) -> Reply {
        Reply { done: self.order.carry_out(hub, narrator), to: self.reply }
    }
}

impl Reply {
    /// Sends it. Whoever asked may have hung up.
    pub(super) fn leave(self) {
        let _ = self.to.send(self.done);
    }
}

/// Listens, when the flags say so.
///
/// # Errors
///
/// [`PhoneError::ControlUnguarded`], [`PhoneError::ControlToken`], [`PhoneError::ControlUnavailable`].
pub(super) async fn open(args: &PhoneArgs, happened: watch::Receiver<u64>) -> Result<Option<Control>, PhoneError> {
    let Some(address) = args.control else { return Ok(None) };
    let guard = Guard::new(args.control_token.as_deref())?;
    if !address.ip().is_loopback() && args.control_token.is_none() {
        return Err(PhoneError::ControlUnguarded { address });
    }
    let (sender, orders) = mpsc::channel(ORDERS_MAX);
    let router = routes::router(Door { orders: sender, happened }, guard);
    // Whoever waits for something to happen may do so for a minute.
    let limits = Limits { request: Duration::from_secs(90), ..Limits::default() };
    let server = Server::bind(address, None, router, limits).await.map_err(PhoneError::ControlUnavailable)?;
    let unusable = |reason| PhoneError::ControlUnavailable(SandboxError::Unusable { address, reason });
    let address = server.address().map_err(unusable)?;
    let serving = tokio::spawn(server.serve(pending()));
    Ok(Some(Control { address, orders, serving }))
}

/// The next order; never, without an interface.
pub(super) async fn next(control: &mut Option<Control>) -> Asked {
    let asked = match control {
        Some(control) => control.orders.recv().await,
        None => None,
    };
    match asked {
        Some(asked) => asked,
        None => pending().await,
    }
}

/// Orders that may wait for the phone.
const ORDERS_MAX: usize = 16;
