//! The tenant from outside: HTTP requests against its router, whole answers and exact codes compared.

mod common;
mod discovery;
mod graph;
mod hostile;
mod keys;
mod token_endpoint;
