//! The tenant from outside: HTTP requests against its router, whole answers and exact codes compared.

mod client_assertion;
mod common;
mod discovery;
mod graph;
mod hostile;
mod keys;
mod own_name;
mod token_endpoint;
mod v1;
