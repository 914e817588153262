//! One queue of requests for all parts of a workstation: each part numbers its exchanges, the queue numbers them anew.

use std::collections::BTreeMap;

use bytes::Bytes;
use clockwork::{ExchangeId, Outbox};
use http::Request;

use crate::browser::BrowserKind;

/// Whose exchange it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    SignIn,
    Intune,
    WebAuthn,
    Passwordless,
    Browser(BrowserKind),
}

/// The queue, and who waits for which reply.
#[derive(Debug, Default)]
pub(super) struct Mail {
    outbox: Outbox,
    waiting: BTreeMap<ExchangeId, (Part, ExchangeId)>,
}

impl Mail {
    pub(super) fn send(&mut self, part: Part, id: ExchangeId, request: Request<Bytes>) {
        let outer = self.outbox.send(request);
        self.waiting.insert(outer, (part, id));
    }

    pub(super) fn poll(&mut self) -> Option<(ExchangeId, Request<Bytes>)> {
        self.outbox.poll()
    }

    /// Who waits for the reply, and under which id; nobody does twice.
    pub(super) fn receive(&mut self, outer: ExchangeId) -> Option<(Part, ExchangeId)> {
        self.waiting.remove(&outer)
    }

    /// The browsers are replaced by new ones, whose ids begin anew: replies to the old ones find nobody.
    pub(super) fn forget_browsers(&mut self) {
        self.waiting.retain(|_, (part, _)| !matches!(part, Part::Browser(_)));
    }
}
