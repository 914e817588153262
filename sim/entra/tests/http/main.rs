//! The tenant from outside: HTTP requests against its router, whole answers and exact codes compared.

mod common;
mod contract;
mod discovery;
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
mod token_endpoint;
