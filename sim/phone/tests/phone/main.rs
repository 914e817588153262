//! The phone from outside: verbs, HTTP replies and CTAPHID reports in; screens, requests and reports out.

mod app;
mod bench;
mod ceremony;
mod host;
mod pairing;
mod security_keys;

/// A phone moves to the thread of its lab.
const _: fn() = || {
    fn is_send<T: Send>() {}
    is_send::<phone::Phone>();
};
