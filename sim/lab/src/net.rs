//! The lab's network: HTTP/1.1 bytes over in-process duplex streams, one exchange a connection.
//!
//! No runtime drives an exchange: [`InFlight::advance`] polls it until it waits for something that is not its own,
//! so exchanges move only when the lab says so, in the order in which the lab says so.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use axum::Router;
use bytes::Bytes;
use clockwork::{Reply, Unreachable};
use futures::FutureExt as _;
use http::header::HOST;
use http::{HeaderValue, Request, Response, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;

/// Which service answers for which host name: the lab's DNS.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hosts(BTreeMap<String, Router>);

impl Hosts {
    /// Lets `router` answer for `host`.
    pub(crate) fn serve(&mut self, host: &str, router: &Router) {
        self.0.insert(host.to_ascii_lowercase(), router.clone());
    }

    /// Begins an exchange; a host that nobody serves cannot be reached.
    pub(crate) fn begin(&self, request: Request<Bytes>) -> InFlight {
        let host = request.uri().host().unwrap_or_default().to_ascii_lowercase();
        match self.0.get(&host) {
            Some(router) => InFlight::new(host.clone(), converse(router.clone(), request)),
            None => InFlight::failed(host, "no such host in the lab"),
        }
    }
}

/// An exchange that has begun.
pub(crate) struct InFlight {
    host: String,
    conversation: Conversation,
    woken: Arc<Flag>,
}

type Conversation = Pin<Box<dyn Future<Output = Result<Response<Bytes>, String>> + Send>>;

impl InFlight {
    /// An exchange that ends without a reply.
    pub(crate) fn failed(host: String, reason: &str) -> Self {
        let reason = reason.to_owned();
        Self::new(host, async move { Err(reason) })
    }

    /// An exchange that somebody answers before it reaches its host.
    pub(crate) fn answered(host: String, response: Response<Bytes>) -> Self {
        Self::new(host, async move { Ok(response) })
    }

    fn new(host: String, conversation: impl Future<Output = Result<Response<Bytes>, String>> + Send + 'static) -> Self {
        // A step may make many exchanges without yielding; tokio's budget would stop them in the middle.
        let conversation = Box::pin(tokio::task::unconstrained(conversation));
        Self { host, conversation, woken: Arc::new(Flag(AtomicBool::new(true))) }
    }

    /// Moves as far as it can at this instant; `Some` is the end.
    pub(crate) fn advance(&mut self) -> Option<Reply> {
        let waker = Waker::from(self.woken.clone());
        let mut context = Context::from_waker(&waker);
        while self.woken.0.swap(false, Ordering::AcqRel) {
            if let Poll::Ready(outcome) = self.conversation.as_mut().poll(&mut context) {
                return Some(outcome.map_err(|reason| Unreachable { host: self.host.clone(), reason }));
            }
        }
        None
    }
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Release);
    }
}

/// Client and server of one connection, polled in one fixed order until the client has its answer.
async fn converse(router: Router, request: Request<Bytes>) -> Result<Response<Bytes>, String> {
    let (near, far) = tokio::io::duplex(BUFFER_BYTES);
    let server = hyper::server::conn::http1::Builder::new()
        .auto_date_header(false)
        .keep_alive(false)
        .serve_connection(TokioIo::new(far), TowerToHyperService::new(router))
        .fuse();
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(near)).await.map_err(|error| error.to_string())?;
    let request = on_the_wire(request)?;
    let answer = async move {
        let response = sender.send_request(request).await.map_err(|error| error.to_string())?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map_err(|error| error.to_string())?;
        Ok(Response::from_parts(parts, body.to_bytes()))
    };
    let mut connection = std::pin::pin!(connection.fuse());
    let mut server = std::pin::pin!(server);
    let mut answer = std::pin::pin!(answer);
    std::future::poll_fn(move |context| {
        // Both ends report a broken connection through the answer.
        let _ = connection.as_mut().poll(context);
        let _ = server.as_mut().poll(context);
        let _ = connection.as_mut().poll(context);
        answer.as_mut().poll(context)
    })
    .await
}

/// The absolute URI becomes a path and a `Host` header, as a client writes them.
fn on_the_wire(request: Request<Bytes>) -> Result<Request<Full<Bytes>>, String> {
    let (mut parts, body) = request.into_parts();
    let host = parts.uri.authority().map(ToString::to_string).ok_or("the URI names no host")?;
    let host = HeaderValue::try_from(host).map_err(|error| error.to_string())?;
    parts.headers.insert(HOST, host);
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    parts.uri = path.parse::<Uri>().map_err(|error| error.to_string())?;
    Ok(Request::from_parts(parts, Full::new(body)))
}

/// Enough for a page, so that a connection seldom has to wait for its other end.
const BUFFER_BYTES: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use axum::routing::post;

    use super::*;

    #[test]
    fn an_exchange_carries_bytes_both_ways_without_a_runtime() {
        let echo = Router::new().route("/echo", post(|body: Bytes| async move { body }));
        let mut hosts = Hosts::default();
        hosts.serve("a.example", &echo);
        let long = Bytes::from(vec![7; 3 * BUFFER_BYTES]);
        let request = Request::post("https://a.example/echo").body(long.clone()).unwrap();
        let reply = hosts.begin(request).advance().expect("nothing else is waited for").unwrap();
        assert_eq!(reply.body(), &long);
        assert!(!reply.headers().contains_key("date"));
    }

    #[test]
    fn a_host_that_nobody_serves_cannot_be_reached() {
        let request = Request::get("https://nowhere.example/").body(Bytes::new()).unwrap();
        let error = Hosts::default().begin(request).advance().expect("it fails at once").unwrap_err();
        assert_eq!(error.to_string(), "nowhere.example cannot be reached: no such host in the lab");
    }

    #[test]
    fn an_exchange_waits_for_what_its_handler_waits_for() {
        let (tell, told) = tokio::sync::oneshot::channel::<&'static str>();
        let told = Arc::new(std::sync::Mutex::new(Some(told)));
        let slow = Router::new().route(
            "/slow",
            post(move || {
                let told = told.lock().expect("one request").take().expect("one request");
                async move { told.await.expect("somebody tells") }
            }),
        );
        let mut hosts = Hosts::default();
        hosts.serve("a.example", &slow);
        let mut exchange = hosts.begin(Request::post("https://a.example/slow").body(Bytes::new()).unwrap());
        assert!(exchange.advance().is_none());
        tell.send("done").unwrap();
        assert_eq!(exchange.advance().expect("it was told").unwrap().body(), "done");
    }
}
