//! Ctrl-C: the first lets the running scenarios end and the reports be written, the second ends the process at once.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

/// A flag that the first Ctrl-C from now on sets.
pub(crate) fn listen() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = stop.clone();
    // Where signals cannot be listened to, Ctrl-C does what it does without us.
    thread::spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_io().build() else { return };
        runtime.block_on(async {
            if tokio::signal::ctrl_c().await.is_ok() {
                flag.store(true, Ordering::SeqCst);
                let _ = tokio::signal::ctrl_c().await;
                std::process::exit(INTERRUPTED);
            }
        });
    });
    stop
}

/// What shells report for a process that SIGINT ended.
const INTERRUPTED: i32 = 130;
