//! Panics of steps as values: message and place, without a word on standard error.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    future::Future,
    panic::{self, AssertUnwindSafe, PanicHookInfo},
    sync::Once,
};

use futures::FutureExt as _;

use crate::Failure;

thread_local! {
    static LISTENING: Cell<bool> = const { Cell::new(false) };
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// From now on panics of this thread are kept for [`catch`] instead of being printed.
pub(crate) fn listen() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| if LISTENING.get() { note(info) } else { before(info) }));
    });
    LISTENING.set(true);
}

/// Awaits `future`; a panic inside becomes a failure.
pub(crate) async fn catch<T>(future: impl Future<Output = T>) -> Result<T, Failure> {
    let outcome = AssertUnwindSafe(future).catch_unwind().await;
    outcome.map_err(|payload| Failure { message: words(payload.as_ref()), place: PLACE.take() })
}

fn note(info: &PanicHookInfo<'_>) {
    let place = info.location().map(|place| format!("{}:{}", place.file(), place.line()));
    PLACE.set(place);
}

fn words(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|&text| text.to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "panicked with something that is not text".to_owned())
}
