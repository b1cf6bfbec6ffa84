//! End to end: the real programs against real servers, and the shape of the workspace itself.
#![cfg(test)] // clippy then lets every module unwrap

mod bridge_reference;
mod bridge_servers;
mod demo;
mod nginx;
mod official_clients;
mod probe_servers;
mod sign_in;
mod workspace;
