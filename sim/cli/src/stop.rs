//! The end of a command that serves until it is told to stop.

use std::future::{Future, pending};

/// Ctrl-C, or what `kill` and container runtimes send, from now on: whoever has read that the command serves may stop
/// it at once. To be called within a runtime.
#[cfg(unix)]
pub(crate) fn stopped() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    // Where signals cannot be listened to, they do what they do without us.
    let [interrupt, terminate] = [SignalKind::interrupt(), SignalKind::terminate()].map(|kind| signal(kind).ok());
    let next = async |signal: Option<tokio::signal::unix::Signal>| match signal {
        Some(mut signal) => drop(signal.recv().await),
        None => pending().await,
    };
    async move {
        tokio::select! {
            () = next(interrupt) => {}
            () = next(terminate) => {}
        }
    }
}

/// Ctrl-C.
#[cfg(not(unix))]
pub(crate) fn stopped() -> impl Future<Output = ()> {
    async {
        if tokio::signal::ctrl_c().await.is_err() {
            pending::<()>().await;
        }
    }
}
