//! When a server that runs until it is told otherwise is told so.

/// Ctrl-C, or what `kill` and container runtimes send.
pub(crate) async fn stopped() {
    #[cfg(unix)]
    {
        let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
        if let Ok(mut terminate) = terminate {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => return,
                _ = terminate.recv() => return,
            }
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        // Where signals cannot be listened to, they do what they do without us.
        std::future::pending::<()>().await;
    }
}
