//! The tenant from outside: HTTP requests against its router, whole answers and exact codes compared.

mod aadsts;
mod client_assertion;
mod common;
mod conditional_access;
mod contract;
mod discovery;
mod expiry;
mod graph;
mod graph_access;
mod graph_applications;
mod graph_batch;
mod graph_delta;
mod graph_methods;
mod graph_queries;
mod graph_resources;
mod hostile;
mod keys;
mod on_behalf_of;
mod own_name;
mod replication;
mod throttling;
mod token_endpoint;
mod v1;
