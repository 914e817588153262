//! HTTP requests that a core wants sent; the shell polls them and hands the replies back.

use std::collections::VecDeque;

use bytes::Bytes;
use http::{Request, Response};

/// Names one exchange of a core: the request polled and the reply handed back carry the same id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExchangeId(u64);

/// No reply came: the host is not known, is cut off or hung up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{host} cannot be reached: {reason}")]
pub struct Unreachable {
    /// The host that was asked.
    pub host: String,
    /// Why, in a few words.
    pub reason: String,
}

/// What comes back for an exchange.
pub type Reply = Result<Response<Bytes>, Unreachable>;

/// The queue between a core that has requests and the shell that sends them, oldest first.
#[derive(Default)]
pub struct Outbox {
    sent: u64,
    waiting: VecDeque<(ExchangeId, Request<Bytes>)>,
}

impl Outbox {
    /// Queues a request (its URI absolute) and names the exchange.
    pub fn send(&mut self, request: Request<Bytes>) -> ExchangeId {
        self.sent += 1;
        let id = ExchangeId(self.sent);
        self.waiting.push_back((id, request));
        id
    }

    /// The next request to send, if any.
    pub fn poll(&mut self) -> Option<(ExchangeId, Request<Bytes>)> {
        self.waiting.pop_front()
    }
}

impl std::fmt::Debug for Outbox {
    /// Requests carry passwords and tokens, so that only their number is told.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Outbox({} waiting)", self.waiting.len())
    }
}
